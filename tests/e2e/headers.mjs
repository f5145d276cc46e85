#!/usr/bin/env node
// What every answer says to a browser: over the whole table of routes, every status, files, Caddy's own answers; real Caddy, real panes.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import * as cgi from './cgi.mjs'
import { runTests, startSite, test } from './harness.mjs'
import { routes } from './routes.mjs'
import { cookieOf, csrfOf, each, keepsPrivate, mint, parse, samples, send } from './wire.mjs'

const site = await startSite()
const addressOf = await samples(site)
const admin = mint(site, 'admin')
const signedIn = cookieOf(admin)
const ours = 'Sec-Fetch-Site: same-origin'
const reads = routes.filter((r) => r.method === 'GET')
const seen = new Set()

async function ask(status, method, path, init = {}, isPublic = false) {
	const answer = await send(site, method, path, { ...init, headers: init.headers ?? signedIn })
	const what = `${method} ${path.slice(0, 80)}`
	assert.equal(answer.status, status, `${what}\n${answer.head}`)
	keepsPrivate(answer, what, { isPublic })
	if (status !== 304) assert.match(answer.headers['content-type']?.[0] ?? '', /^[a-z]+\/[a-z+-]+/, what)
	seen.add(status)
	return answer
}

test('every address, as it is, as a part, packed, unchanged, and asked for what it does not know', async () => {
	await each(reads, async (route) => {
		const path = addressOf(route)
		const isOpen = route.access === 'open'
		const status = isOpen && path !== '/healthz' ? 303 : 200
		const answer = await ask(status, 'GET', path)
		if (status === 200) {
			assert.equal(answer.headers['content-length']?.[0], String(Buffer.byteLength(answer.text, 'latin1')), path)
			const packed = await ask(200, 'GET', path, { headers: [...signedIn, 'Accept-Encoding: gzip'] })
			await ask(304, 'GET', path, { headers: [...signedIn, 'If-None-Match: *'] })
			assert.ok(packed.text.length <= answer.text.length, path)
		}
		if (route.template && !isOpen) await ask(200, 'GET', `${path}?part=1`)
		if (!isOpen) await ask(400, 'GET', `${path}?nonsense=1`)
		if (!isOpen) await ask(404, 'GET', `${path}?instance=nobody`)
		await ask(405, 'PUT', path)
		await ask(421, 'GET', path, { host: 'evil.example' })
	})
})

test('no page holds what its policy forbids', async () => {
	const pages = [['/login', []], ['/nothing-here', []], ...reads.filter((r) => r.template && r.access !== 'open').map((r) => [addressOf(r), signedIn])]
	for (const [path, headers] of pages) {
		const { text } = await send(site, 'GET', path, { headers })
		assert.match(text, /<\/html>/, path)
		for (const [tag] of text.matchAll(/<[a-z][^>]*>/gi)) assert.doesNotMatch(tag, /\s(style|on[a-z]+)\s*=|^<(style|base|iframe|object|embed)\b/i, `${path}: ${tag}`)
		for (const [, attributes, body] of text.matchAll(/<script\b([^>]*)>([^]*?)<\/script>/gi)) assert.ok(/ src="\/static\//.test(attributes) && !body.trim(), `${path}: <script${attributes}>`)
		for (const [, to] of text.matchAll(/\s(?:action|src|href)="([^"]*)"/gi)) assert.doesNotMatch(to, /^\s*(javascript|data|vbscript):/i, `${path}: ${to}`)
		for (const [, to] of text.matchAll(/<form\b[^>]* action="([^"]*)"/gi)) assert.match(to, /^\/(?!\/)/, path)
		for (const [, to] of text.matchAll(/<(?:script|link|img|use)\b[^>]* (?:src|href)="([^"]*)"/gi)) assert.match(to, /^(\/(?!\/)|#)/, path)
	}
})

test('every status there is', async () => {
	const long = (n) => 'x'.repeat(n)
	await ask(303, 'GET', '/hermes', { headers: [] })
	await ask(401, 'GET', '/api/hermes/overview', { headers: [] })
	await ask(401, 'POST', '/login', { headers: [ours], body: 'token=nonsense' })
	await ask(403, 'POST', '/logout', { headers: [...signedIn, ours], body: 'csrf=wrong' })
	await ask(400, 'GET', '/hermes?a=1&a=2')
	await ask(404, 'GET', '/nothing-here')
	await ask(404, 'GET', '/api/hermes/nothing-here')
	await ask(404, 'GET', `/${long(1100)}`)
	await ask(413, 'POST', '/login', { headers: [ours], body: `token=${long(70000)}` })
	await ask(414, 'GET', `/hermes?q=${long(9000)}`)
	await ask(415, 'POST', '/login', { headers: [ours, 'Content-Type: text/plain', 'Content-Length: 3', '', 'a=b'] })
	await ask(400, 'GET', '/hermes%00')
	for (let i = 0; i < 12; i++) await send(site, 'POST', '/login', { headers: [ours], body: 'token=nonsense' })
	assert.ok((await ask(429, 'POST', '/login', { headers: [ours], body: 'token=nonsense' })).headers['retry-after'])
	const denied = join(site.run, 'state/auth/denied')
	renameSync(denied, `${denied}.away`)
	try {
		await ask(503, 'GET', '/hermes')
		await ask(503, 'GET', '/api/hermes/overview')
	} finally {
		renameSync(`${denied}.away`, denied)
	}
	await ask(200, 'GET', '/hermes')
	for (const status of [200, 303, 304, 400, 401, 403, 404, 405, 413, 414, 415, 421, 429, 503]) assert.ok(seen.has(status), String(status))
})

test('a pane that does not answer: Caddy says so, as privately', async () => {
	const socket = join(site.run, 'history.sock')
	renameSync(socket, `${socket}.away`)
	try {
		const answer = await ask(502, 'GET', '/hermes/history')
		assert.match(answer.text, /does not answer/)
		await ask(502, 'GET', '/api/hermes/history', { headers: [] })
	} finally {
		renameSync(`${socket}.away`, socket)
	}
	await ask(200, 'GET', '/hermes/history')
})

test('files: each that there is, one that is not, an unchanged one, a piece of one, and writing to one', async () => {
	const files = readdirSync(join(site.run, 'static'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).map((e) => join(e.path, e.name).slice(site.run.length))
	assert.ok(files.length > 10)
	await each(files, async (path) => {
		const { headers } = await ask(200, 'GET', path, { headers: [] }, true)
		assert.equal(headers['set-cookie'], undefined)
		await ask(304, 'GET', path, { headers: [`If-None-Match: ${headers.etag[0]}`] }, true)
		await ask(200, 'HEAD', path, { headers: [] }, true)
		if (!path.endsWith('.gz')) await ask(206, 'GET', path, { headers: ['Range: bytes=0-9'] }, true)
		for (const method of ['POST', 'PUT', 'DELETE']) await ask(405, method, path, { headers: [], body: '' })
	})
	for (const path of ['/static/nothing.css', '/static/', '/static/schema/', '/static/schema/nothing.json', '/static/mc.css/', '/static/..%2fconfig.json']) await ask(404, 'GET', path, { headers: [] })
})

// Go's server gives these before Caddy's site is asked: nothing can be added to them, and nothing of ours is in them.
test('what is no request of HTTP gets a bare refusal', async () => {
	const broken = {
		'a header of 40 KB': [431, 'GET', '/hermes', { headers: [`X: ${'x'.repeat(40000)}`] }],
		'no Host': [400, 'GET', '/hermes', { host: null }],
		'two Hosts': [400, 'GET', '/hermes', { headers: [`Host: 127.0.0.1:${site.port}`] }],
		'a path that is none': [400, 'GET', '/hermes%zz', {}],
		'a blank in the path': [400, 'GET', '/her mes', {}],
		'a header whose name holds a blank': [400, 'GET', '/hermes', { headers: ['X y: z'] }],
		'a length that is no number': [400, 'POST', '/login', { headers: ['Content-Length: x'] }],
		'two lengths': [400, 'POST', '/login', { headers: ['Content-Length: 1', 'Content-Length: 2'] }],
		'a coding that is unknown': [501, 'POST', '/login', { headers: ['Transfer-Encoding: odd'] }],
	}
	for (const [name, [status, ...request]] of Object.entries(broken)) {
		const answer = await send(site, ...request)
		assert.equal(answer.status, status, `${name}: ${answer.head}`)
		assert.ok(answer.text.length < 100 && /^text\/plain/.test(answer.headers['content-type']?.[0] ?? 'text/plain'), `${name}: ${answer.text}`)
		assert.deepEqual(Object.keys(answer.headers).filter((h) => !/^(content-type|connection)$/.test(h)), [], name)
	}
})

test('only the names of this site are answered, however another is spelled', async () => {
	const port = site.port
	const known = [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `LocalHost:${port}`]
	const foreign = ['evil.example', `evil.example:${port}`, '127.0.0.1', 'localhost', `127.0.0.1:${port}.evil.example`, `127.0.0.1:${port}0`, `127.0.0.1:0${port}`, `127.0.0.1.:${port}`, `localhost.:${port}`, `127.1:${port}`, `127.0.1:${port}`,
		`0x7f.0.0.1:${port}`, `0x7f000001:${port}`, `2130706433:${port}`, `0177.0.0.1:${port}`, `127.000.000.001:${port}`, `0.0.0.0:${port}`, `[::1]:${port}`, `[::ffff:127.0.0.1]:${port}`, `127.0.0.2:${port}`, `localhost.evil.example:${port}`,
		`evil-localhost:${port}`, `127.0.0.1:80`, `localtest.me:${port}`, `127.0.0.1.nip.io:${port}`, `localhost%00:${port}`, `127.0.0.1:`, `:${port}`, `user@127.0.0.1:${port}`, `127.0.0.1:${port}@evil.example`, `127.0.0.1:${port},evil.example`, `127.0.0.1:${port} evil.example`, `127.0.0.1:${port}/`, '']
	for (const host of known) await ask(200, 'GET', '/hermes/products', { host })
	for (const host of foreign) {
		const answer = await send(site, 'GET', '/hermes/products', { host, headers: [...signedIn, `X-Forwarded-Host: 127.0.0.1:${port}`, `X_Forwarded_Host: 127.0.0.1:${port}`, `Forwarded: host=127.0.0.1:${port}`, `X-Host: 127.0.0.1:${port}`] })
		// What is no host at all is refused by Go's server, in its own words.
		assert.ok(answer.status === 421 || (answer.status === 400 && /^400 Bad Request/.test(answer.text)), `${host}: ${answer.status}`)
		if (answer.status === 421) keepsPrivate(answer, host)
		assert.doesNotMatch(answer.text, /a-admin/, host)
	}
	assert.equal((await send(site, 'GET', `http://evil.example/hermes`, { headers: signedIn })).status, 421, 'a whole address as target counts before Host')
	for (const route of reads) assert.equal((await send(site, 'GET', addressOf(route), { host: 'evil.example', headers: signedIn })).status, 421, route.path)
	for (const route of routes.filter((r) => r.method === 'POST'))
		assert.equal((await send(site, 'POST', addressOf(route), { host: 'evil.example', headers: [...signedIn, ours], body: `csrf=${await csrfOf(site, admin)}` })).status, 421, route.path)
})

// The configuration of the golden tests has an https origin; as plain CGI, for a browser needs a certificate for the rest.
test('on https no cookie goes without Secure, whatever the route sets', () => {
	const s = cgi.stage()
	const cookies = []
	const take = (r, what) => {
		const answer = parse(`HTTP/1.1 ${r.status} x\r\n${r.head.replace(/\r?\n/g, '\r\n').replace(/^Status: .*\r\n/m, '')}\r\n\r\n`)
		keepsPrivate(answer, what, { isHttps: true })
		cookies.push(...(answer.headers['set-cookie'] ?? []))
		return r
	}
	try {
		for (const route of routes.filter((r) => r.method === 'GET'))
			for (const role of ['', 'viewer', 'admin']) {
				const path = route.path.replace('tasks/*', cgi.session.slice('/hermes/'.length))
				const query = route.access === 'open' ? '' : `instance=vijay${/\btz\b/.test(route.params ?? '') ? '&tz=Asia/Kolkata' : ''}`
				take(cgi.ask(s, route.program, path, { role, query }), path)
			}
		const post = (path, fields, role, headers = {}) => take(cgi.ask(s, 'auth', path, { method: 'POST', role, body: new URLSearchParams(fields).toString(), headers: { HTTP_SEC_FETCH_SITE: 'same-origin', ...headers } }), path)
		assert.equal(post('/login', { token: cgi.token('viewer') }, '').status, 303)
		assert.equal(post('/login', { token: 'nonsense' }, '').status, 401)
		assert.equal(post('/login', { token: cgi.token('viewer') }, '', { HTTP_SEC_FETCH_SITE: 'cross-site' }).status, 403)
		const csrf = /name="csrf" value="([^"]+)"/.exec(cgi.ask(s, 'products', '/hermes/products').text)[1]
		assert.equal(post('/logout', { csrf }, 'viewer').status, 303)
		const names = new Set(cookies.map((c) => c.replace(/=.*/s, '')))
		for (const name of ['__Host-hmc', 'hmc-instance', 'hmc-zone']) assert.ok(names.has(name), `${name} is among ${[...names]}`)
		assert.ok(!names.has('hmc'))
		// The name that plain http uses signs nobody in here.
		assert.equal(cgi.ask(s, 'products', '/api/hermes/products', { role: '', cookie: `hmc=${cgi.token('viewer')}` }).status, 401)
	} finally {
		s.remove()
	}
})

let failed = 1
try {
	failed = await runTests()
} finally {
	await site.stop()
}
process.exit(failed ? 1 : 0)
