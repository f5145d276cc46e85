#!/usr/bin/env node
// The API as outsiders meet it: a running site over sample homes, against its schemas, its types and docs/api.md.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { runTests, startSite, test, token, top, until } from './harness.mjs'
import { parse } from './prometheus.mjs'
import { closed, complaints, fixture, schemas, validator } from './types.mjs'

// Every endpoint of JSON: its schema, what it may be asked, and what it must refuse (with that status). A pane more is
// a line more; a test below looks for endpoints that are missing here.
const endpoints = [
	{ api: '/api/hermes', page: '/hermes', schema: 'overview', asks: [''], refuses: {} },
	{
		api: '/api/hermes/overview', page: '/hermes', schema: 'overview', asks: ['', 'tz=Asia/Kolkata&since=2026-01-01T00:00:00Z'],
		refuses: { 'severity=all': 400, 'since=yesterday': 400, 'since=2099-01-01T00:00:00Z': 400, 'tz=Mars/Olympus': 400, 'tz=../../etc/passwd': 400 },
	},
	{
		api: '/api/hermes/ops', page: '/hermes/ops', schema: 'ops',
		asks: ['', ...['all', 'critical', 'warning', 'unknown', 'fine'].map((s) => `severity=${s}`), 'severity=fine&instance=vijay'],
		refuses: { 'severity=bad': 400, 'severity=': 400, 'severity=critical&severity=fine': 400 },
	},
	{ api: '/api/hermes/agents', page: '/hermes/agents', schema: 'agents', asks: ['', 'q=google', 'q=nothing-has-this-name'], refuses: { [`q=${'x'.repeat(101)}`]: 400 } },
	{
		api: '/api/hermes/alerts', page: '/hermes/alerts', schema: 'alerts',
		asks: ['', 'show=open', 'show=closed&limit=1', 'show=acknowledged', 'severity=critical&instance=bheem', 'q=backup'],
		refuses: { 'show=odd': 400, 'severity=fine': 400, 'limit=0': 400, 'cursor=x': 400 },
	},
	{
		api: '/api/hermes/audit', page: '/hermes/audit', schema: 'audit', asks: ['', 'action=refresh&limit=1', 'by=tester', 'action=mark&instance=bheem', 'cursor=1.0'], isForAdmins: true,
		refuses: { 'action=odd': 400, 'limit=0': 400, 'cursor=x': 400, [`by=${'x'.repeat(201)}`]: 400 },
	},
	{
		api: '/api/hermes/backups', page: '/hermes/backups', schema: 'backups', asks: ['', 'tz=America/St_Johns', 'tz=Pacific/Apia&instance=bheem'],
		refuses: { 'days=7': 400, 'tz=Nowhere': 400, 'tz=': 400 },
	},
	{
		api: '/api/hermes/notifications', page: '/hermes/notifications', schema: 'notifications',
		asks: ['', 'state=refused', 'state=waiting&limit=1', 'instance=bheem&alert=1', 'instance=bheem&alert=-1'],
		refuses: { 'state=odd': 400, 'alert=1': 400, 'instance=bheem&alert=0': 400, 'limit=0': 400, 'cursor=x': 400 },
	},
	{ api: '/api/hermes/posture', page: '/hermes/posture', schema: 'posture', asks: [''], refuses: { 'severity=all': 400 } },
	{ api: '/api/hermes/runbook', page: '/hermes/runbook', schema: 'runbook', asks: ['', 'reading=backup.age'], refuses: { 'reading=nothing': 400 } },
	{
		api: '/api/hermes/history', page: '/hermes/history', schema: 'history', asks: ['', 'days=7&tz=America/St_Johns', 'days=90&instance=bheem'],
		refuses: { 'days=8': 400, 'days=': 400, 'tz=Nowhere': 400, 'tz=/etc/passwd': 400 },
	},
	{ api: '/api/hermes/products', page: '/hermes/products', schema: 'products', asks: [''], refuses: { 'sort=name': 400 } },
	{
		api: '/api/hermes/cron', page: '/hermes/cron', schema: 'cron', asks: ['', 'state=failed', 'state=late', 'state=paused', 'state=ok&instance=vijay'],
		refuses: { 'state=odd': 400, 'state=': 400 },
	},
	{
		api: '/api/hermes/tasks', page: '/hermes/tasks', schema: 'tasks',
		asks: ['', 'state=failed&since=all', 'state=late', 'state=paused&instance=vijay', 'q=invoice', 'source=cron&limit=1', 'from=2026-01-01T00:00:00Z&to=2026-12-01T00:00:00Z'],
		refuses: { 'state=odd': 400, 'source=nowhere': 400, 'since=3d': 400, 'limit=0': 400, 'limit=9999': 400, 'cursor=x': 400, 'from=x': 400, 'since=7d&from=2026-01-01T00:00:00Z': 400 },
	},
]
const others = ['/metrics', '/hermes/alerts.atom']
const everywhere = ['instance=all', 'instance=vijay', 'instance=bheem']
const nowhere = {
	'instance=nobody': 404, 'instance=': 404, 'instance=Vijay': 404, 'instance=host': 404, 'instance=vijay&instance=bheem': 400,
	'instant=vijay': 400, [`instance=${'a'.repeat(5000)}`]: 400, 'x=%00': 400,
}

// Lists of what are no things of an instance's: choices, commands to copy, names.
const noThings = /\.(lineage|ways|filters|actions|facts|zones|ticks|marks|unseen|series|columns|rows\[\]\.cells|last\.cells|table\.rows|links|skipped|states|sources|spans|shows|severities|kept|runs|trends|groups|sections|blocks|intro|commands|keys|paragraph\.spans|snoozeChoices|silenceChoices|answered|items\[\]\.spans|list\.items|rows\[\]\.items|strip\.days|strip\.counts|receipt\.(steps|counts))$/

const site = await startSite()
const viewer = await token(site)
const bearer = { authorization: `Bearer ${viewer}` }
const admin = { authorization: `Bearer ${await token(site, 'admin')}` }
const isForAdmins = (path) => endpoints.some((e) => e.isForAdmins && [e.api, e.page].includes(path.split('?')[0]))
const bearerOf = (path) => (isForAdmins(path) ? admin : bearer)
const get = (path, headers = bearerOf(path), init = {}) => fetch(site.origin + path, { redirect: 'manual', headers, ...init })
const withQuery = (path, query) => (query ? `${path}?${query}` : path)
const made = schemas()
const strict = new Map([...made].map(([name, { schema }]) => [name, validator(closed(schema))]))
const isError = async (answer, status, where) => {
	assert.equal(answer.status, status, where)
	assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8', where)
	const body = await answer.json()
	assert.equal(strict.get('error')(body), null, where)
	assert.equal(body.error.status, status, where)
	assert.match(body.error.message, /^["A-Z].*\.$/s, where)
}

// Calls visit(value, key, path) for everything in a tree.
function walk(value, visit, key = '', path = '') {
	visit(value, key, path)
	if (Array.isArray(value)) for (const item of value) walk(item, visit, '', `${path}[]`)
	else if (value && typeof value === 'object') for (const [k, v] of Object.entries(value)) walk(v, visit, k, `${path}.${k}`)
}

// Waits for a report of each instance: before it, an answer is right, and thin.
await until('reports', async () => (await (await get('/api/hermes/overview')).json()).instances.every((i) => i.reportedAt), 30000)
// One session with messages, and one run: what the list links to.
const work = (await (await get('/api/hermes/tasks?since=all&limit=200')).json()).tasks
for (const kind of ['session', 'run']) {
	const some = work.find((t) => t.kind === kind && (kind === 'run' || t.messages > 2)).href
	endpoints.push({ route: '/api/hermes/tasks/*', api: `/api${some}`, page: some, schema: 'task', isOne: true, asks: ['', 'after=1'], refuses: { 'after=x': 400, 'after=-1': 400 } })
}
const answers = []
for (const e of endpoints)
	for (const query of [...new Set([...e.asks, ...(e.isOne ? [] : everywhere)])]) {
		const answer = await get(withQuery(e.api, query))
		answers.push({ ...e, query, where: withQuery(e.api, query), status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() })
	}

test('every endpoint that a program serves is asked here and told of in docs/api.md', () => {
	const programs = readdirSync(join(top, 'cgi-bin')).filter((f) => f.endsWith('.c'))
	const served = programs.flatMap((f) => [...readFileSync(join(top, 'cgi-bin', f), 'utf8').matchAll(/"GET", "(\/api\/[^"]*|\/metrics)"/g)].map((m) => m[1]))
	const asked = endpoints.map((e) => e.route ?? e.api)
	assert.deepEqual([...new Set(served)].sort(), [...new Set([...asked, '/metrics'])].sort())
	const docs = readFileSync(join(top, 'docs/api.md'), 'utf8')
	for (const path of [...asked, ...others]) assert.ok(docs.includes(`\`${path.replace('*', 'INSTANCE/')}`), `docs/api.md does not tell of ${path}`)
	for (const [name, { type }] of made) assert.ok(docs.includes(`\`${name}\``) && (name.startsWith('report') || name === 'error' || docs.includes(`\`${type}\``)), name)
})

test('every answer is what its schema says, to the last member', () => {
	for (const a of answers) {
		assert.equal(a.status, 200, a.where)
		assert.equal(a.type, 'application/json; charset=utf-8', a.where)
		assert.equal(strict.get(a.schema)(JSON.parse(a.text)), null, a.where)
	}
})

test('and what its type says: the compiler finds no member too many and none missing', () => {
	const files = answers.map((a, i) => [`answer-${i}.ts`, `// ${a.where}\n` + fixture(made.get(a.schema).type, JSON.parse(a.text))])
	assert.deepEqual(complaints(Object.fromEntries(files)).slice(0, 5), [])
})

test('keys are camelCase and times UTC', () => {
	for (const a of answers)
		walk(JSON.parse(a.text), (value, key, path) => {
			if (key) assert.match(key, /^[a-z][a-zA-Z0-9]*$/, a.where + path)
			if (/[a-z]At$/.test(key) && value !== null) assert.match(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, a.where + path)
			if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d/.test(value)) assert.match(value, /Z$/, a.where + path)
		})
})

test('every thing in a list says which instance it is of, and a ref agrees with it', () => {
	for (const a of answers)
		walk(JSON.parse(a.text), (value, key, path) => {
			const isThing = Array.isArray(value) && value.some((v) => v && typeof v === 'object') && !noThings.test(path)
			// Null: of all of them, and the instances stand below.
			for (const item of isThing ? value : []) assert.match(item.instanceId === null ? 'all' : item.instanceId ?? '', /^[a-z0-9-]+$/, a.where + path)
			if (value?.ref) assert.equal(value.ref.id, value.instanceId, a.where + path)
			if (value && value.ref === null) assert.equal(value.instanceId, 'host', a.where + path)
		})
})

test('a choice is kept to: nothing of another instance is in the answer', () => {
	for (const a of answers.filter((x) => x.query === 'instance=bheem'))
		walk(JSON.parse(a.text), (value, key, path) => {
			// A badge is what can be chosen instead; a difference is to the others.
			if (key === 'instanceId' && !/^\.(badges|differences)/.test(path)) assert.ok(value === 'bheem' || value === null, a.where + path)
		})
})

test('what a page takes its JSON takes, and what it refuses is refused alike, in the one shape of errors', async () => {
	for (const e of endpoints) {
		for (const query of [...e.asks, ...(e.isOne ? [] : everywhere)]) assert.equal((await get(withQuery(e.page, query))).status, 200, withQuery(e.page, query))
		for (const [query, status] of Object.entries({ ...nowhere, ...e.refuses })) {
			await isError(await get(withQuery(e.api, query)), status, withQuery(e.api, query.slice(0, 80)))
			assert.equal((await get(withQuery(e.page, query))).status, status, withQuery(e.page, query.slice(0, 80)))
		}
	}
	for (const path of others)
		for (const [query, status] of Object.entries(nowhere)) {
			const answer = await get(withQuery(path, query))
			assert.equal(answer.status, status, path + query.slice(0, 80))
			assert.match(answer.headers.get('content-type'), /^text\/plain/)
			assert.match(await answer.text(), /^[A-Z][^<]*\n$/)
		}
	for (const path of ['/api/hermes/nothing', `/api/${'a'.repeat(3000)}`, '/api//hermes', '/api/hermes/..%2fops', '/api/hermes/%5c']) await isError(await get(path), 404, path.slice(0, 80))
	await isError(await get('/api/hermes/%ff'), 400, 'no UTF-8')
	await isError(await get(`/api/hermes/overview?instance=${'a'.repeat(9000)}`), 414, 'a long query')
	await isError(await get('/api/hermes/overview/'), 404, 'a slash too many')
})

test('what is for admins is 403 to a viewer', async () => {
	for (const e of endpoints.filter((x) => x.isForAdmins)) {
		await isError(await get(e.api, bearer), 403, e.api)
		assert.equal((await get(e.page, bearer)).status, 403, e.page)
	}
})

test('whoever has no valid token is told 401 and how, whatever is asked', async () => {
	for (const path of [...endpoints.map((e) => e.api), ...others])
		for (const headers of [{}, { authorization: 'Bearer nonsense' }, { authorization: `Bearer ${viewer}x` }, { authorization: `Basic ${viewer}` }, { cookie: 'hmc=nonsense' }]) {
			const answer = await get(path, headers)
			assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="Mission Control"', path)
			assert.equal(answer.headers.get('set-cookie'), null)
			if (path.startsWith('/api/')) await isError(answer, 401, path)
			else assert.equal(answer.status, 401, path)
		}
	const cookie = await get('/metrics', { cookie: `hmc=${viewer}` })
	assert.equal(cookie.status, 200, 'the cookie does as well')
})

test('another method is refused with what is allowed, HEAD has the head alone', async () => {
	for (const path of [...endpoints.map((e) => e.api), ...others]) {
		const put = await get(path, bearerOf(path), { method: 'PUT' })
		assert.equal(put.status, 405, path)
		assert.equal(put.headers.get('allow'), 'GET, HEAD', path)
		const head = await get(path, bearerOf(path), { method: 'HEAD' })
		assert.equal(head.status, 200, path)
		assert.ok(Number(head.headers.get('content-length')) > 100, path)
		assert.ok(head.headers.get('etag'), path)
		assert.equal(await head.text(), '', path)
	}
})

test('an answer that the asker has is not sent again', async () => {
	// A new report or a new minute between the two questions makes a new answer: then they are asked once more.
	for (const path of [...endpoints.map((e) => withQuery(e.api, e.asks.at(-1))), '/hermes/alerts.atom'])
		await until(`a 304 of ${path}`, async () => {
			const first = await get(path)
			await first.text()
			const again = await get(path, { ...bearerOf(path), 'if-none-match': first.headers.get('etag') })
			assert.equal(first.headers.get('cache-control'), 'no-store')
			if (again.status === 200) return false
			assert.equal(again.status, 304)
			assert.equal(again.headers.get('etag'), first.headers.get('etag'))
			assert.equal(await again.text(), '')
			return true
		})
})

// A list in pages: its endpoint, the query, and what its items are called.
for (const [api, query, list] of [['/api/hermes/tasks', 'since=all', 'tasks']])
	test(`the pages of ${api} are the whole list, nothing twice and nothing left out`, async () => {
		const walkPages = async (limit) => {
			const found = []
			for (let cursor = null, n = 0; n === 0 || cursor; n++) {
				assert.ok(n < 500)
				const page = await (await get(`${api}?${query}&limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)).json()
				assert.ok(page[list].length <= limit && (page.nextCursor === null || page[list].length === limit))
				found.push(...page[list].map((x) => `${x.instanceId} ${x.kind} ${x.id}`))
				cursor = page.nextCursor
			}
			return found
		}
		const large = await walkPages(200)
		assert.ok(large.length > 200)
		assert.deepEqual(await walkPages(17), large)
		assert.equal(new Set(large).size, large.length)
	})

test('every address in an answer leads somewhere', async () => {
	const hrefs = new Set()
	for (const a of answers) walk(JSON.parse(a.text), (value, key) => /[hH]ref$/.test(key) && value && hrefs.add(value))
	// As many of each page as tell whether they are made rightly.
	const byPage = [...hrefs].reduce((m, h) => m.set(page(h), [...(m.get(page(h)) ?? []), h]), new Map())
	function page(href) {
		return href.split(/[?#]/)[0].split('/').slice(0, 4).join('/')
	}
	// A pane that the site has a place for and no program yet answers 502.
	const panes = [...readFileSync(join(top, 'caddy/site.caddy'), 'utf8').matchAll(/import hmc_pane (\w+)/g)].map((m) => m[1])
	const awaited = panes.some((p) => !existsSync(join(top, 'cgi-bin', `${p}.c`)))
	for (const [, some] of byPage)
		for (const href of some.slice(0, 12)) {
			const { status } = await get(href.split('#')[0])
			assert.ok(status === 200 || (status === 502 && awaited), `${href}: ${status}`)
		}
})

test('metrics are what Prometheus reads, and agree with the JSON', async () => {
	const answer = await get('/metrics')
	assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
	let samples
	// A report between the two questions may part them for once.
	await until('the two agree', async () => {
		samples = parse(await (await get('/metrics')).text())
		const overview = await (await get('/api/hermes/overview')).json()
		const value = (name, labels) => samples.find((s) => s.name === name && Object.entries(labels).every(([k, v]) => s.labels[k] === v))?.value
		const need = samples.filter((s) => s.name === 'hermes_attention').reduce((sum, s) => sum + s.value, 0)
		return need === overview.verdict.count && overview.instances.every((card) =>
			value('hermes_sessions', { instance: card.instanceId }) === card.sessions.total &&
			value('hermes_instance_status', { instance: card.instanceId, status: card.status }) === 1)
	})
	const docs = readFileSync(join(top, 'docs/api.md'), 'utf8')
	for (const name of new Set(samples.map((s) => s.name))) assert.ok(docs.includes(name) || docs.includes(`…${name.slice(name.lastIndexOf('_available'))}`), `docs/api.md does not tell of ${name}`)
	const one = parse(await (await get('/metrics?instance=bheem')).text())
	assert.deepEqual([...new Set(one.map((s) => s.labels.instance))].filter(Boolean), ['bheem'])
})

test('the feed is Atom: every element that RFC 4287 wants, an entry for each thing on the overview', async () => {
	const answer = await get('/hermes/alerts.atom')
	assert.equal(answer.headers.get('content-type'), 'application/atom+xml; charset=utf-8')
	let text, entries
	await until('as many entries as the overview has', async () => {
		text = await (await get('/hermes/alerts.atom')).text()
		entries = text.split('<entry>').slice(1)
		return entries.length === (await (await get('/api/hermes/overview')).json()).attention.length
	})
	for (const part of [text.split('<entry>')[0], ...entries]) {
		assert.equal(part.match(/<id>urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}<\/id>/g)?.length, 1)
		assert.equal(part.match(/<title>[^<]+<\/title>/g)?.length, 1)
		assert.equal(part.match(/<updated>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<\/updated>/g)?.length, 1)
		const href = part.match(/<link rel="alternate" [^>]*href="([^"]+)"/)[1].replaceAll('&amp;', '&')
		if (entries.includes(part)) assert.equal((await fetch(href, { headers: bearer })).status, 200, href)
	}
	assert.equal(new Set(entries.map((e) => /<id>(.*)<\/id>/.exec(e)[1])).size, entries.length)
	const later = await (await get('/hermes/alerts.atom')).text()
	assert.deepEqual(later.match(/<id>.*<\/id>/g), text.match(/<id>.*<\/id>/g), 'ids are stable')
})

test('types and schemas are served for outsiders, as what they are', async () => {
	const types = await get('/static/schema/hermes.d.ts', {})
	assert.equal(types.status, 200)
	assert.equal(types.headers.get('content-type'), 'text/plain; charset=utf-8')
	assert.match(await types.text(), /export interface HermesInstanceRef/)
	for (const name of made.keys()) {
		const answer = await get(`/static/schema/${name}.schema.json`, {})
		assert.equal(answer.headers.get('content-type'), 'application/json', name)
		assert.doesNotMatch(answer.headers.get('cache-control'), /immutable/)
		assert.equal((await answer.json()).$id, `/static/schema/${name}.schema.json`)
	}
})

// The code of docs/api.md, as it stands there.
const code = Object.fromEntries(
	[...readFileSync(join(top, 'docs/api.md'), 'utf8').matchAll(/```tsx? file=(\S+)\n([\s\S]*?)```/g)].map((m) => [m[1], m[2]]),
)

test('the code of docs/api.md for Next.js compiles without a complaint', () => {
	const shims = 'declare const process: { env: Record<string, string | undefined> }\ndeclare namespace JSX { interface IntrinsicElements { [tag: string]: object }\n interface Element {} }\ndeclare function h(...parts: unknown[]): JSX.Element\n'
	const local = (text) => text.replaceAll('../../lib/', './')
	const files = { 'api.ts': local(code['lib/api.ts']), 'page.tsx': local(code['app/hermes/page.tsx']), 'shims.d.ts': shims }
	assert.deepEqual(complaints(files, { jsx: ts.JsxEmit.React, jsxFactory: 'h' }), [])
})

test('and does in Node what it says, against this site', async () => {
	Object.assign(process.env, { HERMES_ORIGIN: site.origin, HERMES_TOKEN: viewer })
	const js = (text) => ts.transpileModule(text, { compilerOptions: { target: 'ES2022', module: 'ESNext', jsx: ts.JsxEmit.React, jsxFactory: 'h' } }).outputText
	const url = (text) => `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
	const api = url(js(code['lib/api.ts']))
	const { hermes, HermesError } = await import(api)
	const { default: Page } = await import(url(js(code['app/hermes/page.tsx']).replace('../../lib/api', api)))
	globalThis.h = (tag, attributes, ...children) => `<${tag}>${children.flat(9).join('')}</${tag}>`

	const html = await Page({ searchParams: Promise.resolve({}) })
	const overview = await hermes('overview')
	assert.ok(html.includes(`<h1>${overview.verdict.sentence}</h1>`), html)
	assert.equal(html.match(/<li>/g).length, overview.attention.length)
	assert.match(html, /Vijay \/ root is \S+/)
	assert.match(await Page({ searchParams: Promise.resolve({ instance: 'bheem' }) }), /Bheem \/ Uma is/)
	assert.equal((await hermes('ops', { severity: 'critical' })).severity, 'critical')

	// Twice the same object: the second time the site said 304.
	await until('a 304', async () => (await hermes('ops')) === (await hermes('ops')))
	await assert.rejects(hermes('overview', { instance: 'nobody' }), (e) => e instanceof HermesError && e.status === 404 && /Known here/.test(e.message))
	process.env.HERMES_TOKEN = 'nonsense'
	await assert.rejects(hermes('overview'), (e) => e instanceof HermesError && e.status === 401)
})

const failed = await runTests()
await site.stop()
process.exit(failed ? 1 : 0)
