#!/usr/bin/env node
// What is logged of a whole visit: each request by its route and its name, and nothing that a visitor sent.
import assert from 'node:assert/strict'
import { readFileSync, renameSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { runTests, startSite, test, token, until } from './harness.mjs'

const site = await startSite()
const admin = await token(site, 'admin'), viewer = await token(site)
const asAdmin = { cookie: `hmc=${admin}` }
const get = (path, headers = asAdmin, init = {}) => fetch(site.origin + path, { redirect: 'manual', headers, ...init })
const post = (path, fields, headers = {}) =>
	get(path, { ...asAdmin, origin: site.origin, 'content-type': 'application/x-www-form-urlencoded', ...headers }, { method: 'POST', body: new URLSearchParams(fields) })
const objects = () => site.output().split('\n').filter((l) => l.startsWith('{')).map((l) => JSON.parse(l))
const requests = () => objects().filter((o) => o.request)
const named = (answer) => answer.headers.get('x-request-id')
const logged = (answer) => until('the line of a request', () => requests().find((o) => o.request === named(answer)), 5000)

// What must not be seen: each is planted somewhere else.
const planted = []
const secret = (where) => {
	planted.push(`zq${where}zq`)
	return planted.at(-1)
}

test('a request is one line: which route, how it went, how long it took, how much it was', async () => {
	const answer = await get('/hermes/ops?severity=critical&instance=vijay', { ...asAdmin, 'accept-encoding': 'identity' })
	const text = await answer.text(), line = await logged(answer)
	assert.deepEqual(Object.keys(line), ['time', 'level', 'program', 'message', 'pane', 'request', 'method', 'route', 'status', 'ms', 'bytes'])
	assert.deepEqual([line.level, line.program, line.pane, line.method, line.route, line.status], ['info', 'ops', 'ops', 'GET', '/hermes/ops', 200])
	assert.equal(line.bytes, Buffer.byteLength(text))
	assert.ok(line.ms >= 0 && line.ms < 10000)
	assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
	assert.equal(requests().filter((o) => o.request === line.request).length, 1)
})

test('every answer carries a name of its own, which no visitor chooses', async () => {
	const paths = ['/hermes', '/api/hermes/tasks', '/hermes/nothing', '/api/hermes/nothing', '/login', '/healthz', '/metrics', '/', '/hermes/tasks/vijay/nobody', '/hermes?x=1', `/${'a'.repeat(3000)}`]
	const ids = new Set()
	for (const path of [...paths, ...paths]) {
		const answer = await get(path, { ...asAdmin, 'x-request-id': 'mine', 'x-request_id': 'mine' })
		assert.match(named(answer), /^[0-9a-f]{16}$/, path)
		ids.add(named(answer))
	}
	assert.equal(ids.size, 2 * paths.length)
	const first = await get('/hermes/agents'), again = await get('/hermes/agents', { ...asAdmin, 'if-none-match': first.headers.get('etag') })
	assert.match(named(again), /^[0-9a-f]{16}$/)
	assert.notEqual(named(again), named(first))
})

test('an error says the name that the log has', async () => {
	const page = await get('/hermes/ops?severity=odd'), api = await get('/api/hermes/ops?severity=odd')
	assert.ok((await page.text()).includes(`request <code>${named(page)}</code>`))
	assert.equal((await api.json()).error.requestId, named(api))
	assert.equal((await logged(page)).status, 400)
	assert.equal((await logged(api)).route, '/api/hermes/ops')
})

test('what a page that stays open has already, and signs of life, are not logged', async () => {
	const health = await get('/healthz')
	const kept = await until('a 304', async () => {
		const first = await get('/hermes/agents')
		await first.text()
		const again = await get('/hermes/agents', { ...asAdmin, 'if-none-match': first.headers.get('etag') })
		return again.status === 304 && again
	})
	await logged(await get('/hermes'))
	for (const answer of [health, kept]) assert.equal(requests().some((o) => o.request === named(answer)), false)
})

// A path or a method that fetch() would not send.
const raw = (method, path, headers = {}) =>
	new Promise((done, failed) => {
		request({ host: '127.0.0.1', port: site.port, method, path, headers }, (answer) => answer.resume().on('end', () => done(answer))).on('error', failed).end()
	})

test('nothing that a visitor sent is in any log: not a token, a cookie, a query, a title, a name, a path', async () => {
	const csrf = /name="csrf" value="([^"]*)"/.exec(await (await get('/hermes')).text())[1]
	const visits = [
		() => get('/hermes/tasks?q=' + secret('query')), () => get('/hermes/tasks?' + secret('parameter') + '=1'), () => get('/api/hermes/alerts?q=' + secret('search')),
		() => get('/hermes/agents?q=' + secret('skill')), () => get('/hermes/audit?by=' + secret('subject')), () => get('/hermes?instance=' + secret('instance')),
		() => get('/hermes/tasks/vijay/' + secret('session')), () => get('/hermes/tasks/' + secret('instancepath') + '/x'), () => get('/' + secret('path')), () => get('/hermes/' + secret('page')),
		() => get('/api/hermes/' + secret('api')), () => get('/hermes/history?tz=' + secret('zone')), () => get('/hermes/tasks?cursor=' + secret('cursor')),
		() => get('/hermes', { cookie: 'hmc=' + secret('cookie') }), () => get('/hermes', { cookie: `hmc=${viewer}x; other=${secret('othercookie')}` }),
		() => get('/api/hermes', { authorization: 'Bearer ' + secret('bearer') }), () => get('/api/hermes', { authorization: secret('scheme') + ' x' }),
		() => get('/hermes', { ...asAdmin, 'user-agent': secret('agent'), referer: site.origin + '/' + secret('referer'), 'x-forwarded-user': secret('forwarded') }),
		() => get('/login?code=' + secret('code')), () => get('/login?next=/hermes/' + secret('next')),
		() => post('/login', { token: secret('posted') }), () => post('/login', { code: secret('postedcode'), next: '/hermes?q=' + secret('postednext') }),
		() => post('/hermes/refresh', { csrf: secret('csrf'), instance: 'vijay' }), () => post('/hermes/refresh', { csrf, instance: secret('postedinstance') }),
		() => post('/hermes/agents/mark', { csrf, key: secret('key'), seen: '0'.repeat(16), action: 'intend' }), () => post('/hermes/refresh', { csrf, instance: 'vijay', back: '/hermes?q=' + secret('back') }),
		() => get('/hermes', { ...asAdmin, origin: 'https://' + secret('origin') + '.example' }, { method: 'POST', body: 'a=' + secret('body') }),
		() => raw(secret('METHOD').toUpperCase().replace(/[^A-Z]/g, ''), '/hermes'), () => raw('GET', '/hermes', { host: secret('host') + '.example' }),
		() => raw('GET', '/hermes/%0a{"level":"error","request":"' + secret('forged').replace('"', '') + '"}'), () => raw('GET', '/hermes?a=%0d%0aHMC_STATUS=' + secret('field')),
	]
	for (const visit of visits) {
		const answer = await visit()
		if (answer.arrayBuffer) await answer.arrayBuffer()
		assert.ok((answer.status ?? answer.statusCode) >= 200)
	}
	// Caddy's own log, when a pane does not answer.
	renameSync(join(site.run, 'ops.sock'), join(site.run, 'away.sock'))
	const missing = await get('/hermes/ops?q=' + secret('caddyquery'), { ...asAdmin, 'x-odd': secret('caddyheader') })
	renameSync(join(site.run, 'away.sock'), join(site.run, 'ops.sock'))
	assert.equal(missing.status, 502)
	await logged(await get('/hermes'))
	const caddy = await until("Caddy's line", () => readFileSync(join(site.run, 'caddy.log'), 'utf8').includes('"status":502') && readFileSync(join(site.run, 'caddy.log'), 'utf8'))
	assert.match(caddy, /"uri":"\/hermes\/ops"/)
	const said = site.output().replace(site.link, '') + caddy
	for (const text of [...planted, ...planted.map((t) => t.toUpperCase()), admin, viewer, csrf, admin.split('.')[2], viewer.split('.')[2]])
		assert.ok(!said.includes(text), `${text} is in a log:\n${said.split('\n').find((l) => l.includes(text))}`)
	assert.ok(planted.length > 30)
})

test('what is no route, and a method nobody knows, have one name for all', async () => {
	const routes = new Set(readFileSync(new URL('../../docs/routes.md', import.meta.url), 'utf8').match(/(?<=\| `)\/[^`]*(?=` \|)/g))
	for (const o of requests()) {
		assert.ok(o.route === 'none' || routes.has(o.route), o.route)
		assert.ok(['GET', 'HEAD', 'POST', 'other'].includes(o.method), o.method)
	}
	assert.ok(requests().some((o) => o.route === '/hermes/tasks/*'))
	assert.ok(requests().some((o) => o.route === 'none' && o.status === 404))
	assert.ok(requests().some((o) => o.method === 'other'))
})

const failed = await runTests()
await site.stop()
process.exit(failed ? 1 : 0)
