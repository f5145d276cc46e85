#!/usr/bin/env node
// Who may do what, over the whole table of routes (src/web/routes.c): real Caddy, real panes, as bytes on the wire.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTests, startSite, test } from './harness.mjs'
import { routes } from './routes.mjs'
import { combined, cookieOf, csrfOf, each, keepsPrivate, mint, samples, send } from './wire.mjs'

const site = await startSite()
const now = Math.floor(Date.now() / 1000)
const addressOf = await samples(site)

// Each call makes another session, for some requests end theirs.
const visitors = {
	'no token': () => '',
	'an expired token': () => mint(site, 'admin', { claims: { iat: now - 7200, exp: now - 3600 } }),
	'a token of a wrong key': () => mint(site, 'admin', { key: 'another-key-than-the-one-of-this-site-0123456789' }),
	'a viewer': () => mint(site, 'viewer'),
	'an admin': () => mint(site, 'admin'),
}
const rank = { 'a viewer': 1, 'an admin': 2 }
const needs = { open: 0, viewer: 1, admin: 2 }
const isForPrograms = (path) => path.startsWith('/api/') || path === '/metrics' || path.endsWith('.atom')

// What an answer is, whatever the page is about: a handler's own answer is "let in".
const kinds = {
	200: 'let in', 303: 'let in', 400: 'let in', 404: 'let in', 409: 'let in', 422: 'let in',
	401: 'sign in', 403: 'refused', 405: 'not that way',
}
function kindOf(answer) {
	if (answer.status === 303 && /^\/login/.test(answer.headers.location?.[0]) && !answer.headers['set-cookie']) return 'sign in'
	return kinds[answer.status] ?? String(answer.status)
}

// The rule. isOurs: sent from a page of ours; isBound: with the csrf value of the very session.
function expected(path, method, who, { isOurs = false, isBound = false } = {}) {
	const route = routes.find((r) => r.path === path && r.method === (method === 'HEAD' ? 'GET' : method))
	if (!route) return 'not that way'
	if ((rank[who] ?? 0) < needs[route.access]) return rank[who] ? 'refused' : 'sign in'
	if (method === 'POST' && !(isOurs && (isBound || route.access === 'open'))) return 'refused'
	return 'let in'
}

async function check(route, method, who, expectedOf, { headers = [], body } = {}) {
	const token = visitors[who]()
	const path = addressOf(route)
	const answer = await send(site, method, path, { headers: [...cookieOf(token), ...headers], body })
	const what = `${method} ${path} by ${who}`
	assert.equal(kindOf(answer), expectedOf, `${what}: ${answer.status}\n${answer.head}`)
	keepsPrivate(answer, what)
	if (expectedOf === 'sign in') assert.equal(answer.status, isForPrograms(path) ? 401 : 303, what)
	if (expectedOf === 'let in' && method !== 'POST') assert.ok([200, 303].includes(answer.status), `${what}: ${answer.status}`)
	if (method === 'HEAD') assert.equal(answer.text, '', what)
	return answer
}

const paths = [...new Map(routes.map((r) => [r.path, r])).values()]
const origins = {
	'Sec-Fetch-Site says ours': [['Sec-Fetch-Site: same-origin'], true],
	'Origin says ours': [[`Origin: ${site.origin}`], true],
	'another site': [['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example'], false],
	'another site, with our Origin': [['Sec-Fetch-Site: cross-site', `Origin: ${site.origin}`], false],
	'a neighbour': [['Sec-Fetch-Site: same-site', `Origin: ${site.origin}`], false],
	'no page (typed)': [['Sec-Fetch-Site: none'], false],
	'an origin that begins as ours': [[`Origin: ${site.origin}.evil.example`], false],
	'an opaque origin': [['Origin: null'], false],
	'nowhere': [[], false],
}

// Everything that a request may change, but for what exporters write meanwhile.
function state(dir = join(site.run, 'state'), under = '') {
	return readdirSync(join(dir, under), { withFileTypes: true })
		.filter((e) => under || !/^(reports|audit)$/.test(e.name))
		.flatMap((e) => (e.isDirectory() ? state(dir, join(under, e.name)) : [`${join(under, e.name)}: ${readFileSync(join(dir, under, e.name), 'latin1')}`])).sort()
}

test('each address gives each visitor what the table says, by GET, HEAD and the methods that nothing takes', async () => {
	await each(combined(paths, Object.keys(visitors), ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']), ([route, who, method]) =>
		check(route, method, who, expected(route.path, method, who)))
})

test('a token in the Authorization header counts as one in the cookie does', async () => {
	await each(combined(paths, Object.keys(visitors)), async ([route, who]) => {
		const token = visitors[who]()
		const answer = await send(site, 'GET', addressOf(route), { headers: token ? [`Authorization: Bearer ${token}`] : [] })
		assert.equal(kindOf(answer), expected(route.path, 'GET', who), `${route.path} by ${who}: ${answer.status}`)
	})
})

test('a part of a page tells a stranger so, instead of sending the sign-in page in its place', async () => {
	for (const route of routes.filter((r) => r.template && r.access !== 'open'))
		assert.equal((await send(site, 'GET', `${addressOf(route)}?part=1`)).status, 401, route.path)
})

test('no POST of any visitor is let in from another place than a page of ours, or without its session’s csrf; nothing is done', async () => {
	const before = state()
	const another = await csrfOf(site, mint(site, 'admin'))
	await each(combined(paths, Object.keys(visitors), Object.values(origins), ['', `csrf=${another}`]), async ([route, who, [headers, isOurs], body]) => {
		const want = expected(route.path, 'POST', who, { isOurs })
		if (want !== 'let in') await check(route, 'POST', who, want, { headers, body })
	})
	assert.deepEqual(state(), before)
})

test('a POST of a page of ours is let in with the csrf of its session, for whom the table says', async () => {
	const posts = routes.filter((r) => r.method === 'POST')
	await each(combined(posts, Object.keys(visitors), Object.entries(origins)), async ([route, who, [from, [headers, isOurs]]]) => {
		const token = visitors[who]()
		const csrf = rank[who] ? await csrfOf(site, token) : ''
		if (rank[who]) assert.ok(csrf.length > 15, 'the page of a session holds its csrf')
		// A sign-in that fails is counted, and ten a minute are the most: this one succeeds.
		const body = new URLSearchParams({ csrf, ...(route.path === '/login' && { token: mint(site, 'viewer') }) }).toString()
		const answer = await send(site, 'POST', addressOf(route), { headers: [...cookieOf(token), ...headers], body })
		const what = `POST ${route.path} by ${who}, from ${from}`
		const want = expected(route.path, 'POST', who, { isOurs, isBound: true })
		// Who signs out is on the way to /login, too.
		const got = route.path === '/logout' && answer.headers['set-cookie']?.[0].startsWith('hmc=;') ? 'let in' : kindOf(answer)
		assert.equal(got, want, `${what}: ${answer.status}`)
		keepsPrivate(answer, what)
		const again = await send(site, 'GET', '/api/hermes/products', { headers: cookieOf(token) })
		const isOver = route.path === '/logout' && want === 'let in'
		assert.equal(again.status, rank[who] && !isOver ? 200 : 401, `${what}: the session afterwards`)
	})
})

// --- nothing beside the table ------------------------------------------------------------------------
const isRoute = (path) => routes.some((r) => r.path === path || (r.path.endsWith('*') && path.startsWith(r.path.slice(0, -1)) && path.length >= r.path.length))
const nearMisses = (path) => [
	`${path}/`, `${path}//`, `/${path}`, `${path}.json`, `${path}.html`, `${path}.c`, `${path};x`, `${path};/`, `${path}%20`, `${path}%00`, `${path}%0a`, `${path}%2f`, `${path}%5c`,
	`${path}%3f`, `${path}%23`, `${path}/.`, `${path}/..`, `${path}/%2e%2e`, `${path}/../..${path}`, `/.${path}`, `/..${path}`, `/x/..${path}`, `/%2e${path}`, path.toUpperCase(),
	path.replace(/[a-z]/, (c) => c.toUpperCase()), path.slice(0, -1), `${path}s`, `${path}~`, `${path}.bak`, `${path}%ff`, `${path}%c0%af`, `/api${path}`, `/api/v1${path}`, path.replace('/api', ''),
	`/static${path}`, `/cgi-bin${path}`, path.replace(/\/(?=[^/]*$)/, '//'), path.replace(/\/(?=[^/]*$)/, '\\'), path.replace(/\/(?=[^/]*$)/, '/%2e/'), `${path}%E2%80%8B`,
]
// Two ways to write one address: the same bytes, or what a decoder of paths makes of them.
const decoded = (path) => {
	try {
		return decodeURIComponent(path)
	} catch {
		return path
	}
}

test('what is nearly an address is none, for an admin either', async () => {
	const admin = mint(site, 'admin')
	const near = new Set(paths.flatMap(({ path }) => nearMisses(path.replace('*', 'x'))).filter((n) => n.startsWith('/') && !isRoute(decoded(n))))
	assert.ok(near.size > 20 * paths.length, String(near.size))
	await each(near, async (path) => {
		const answer = await send(site, 'GET', path, { headers: cookieOf(admin) })
		assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`)
		keepsPrivate(answer, path)
	})
	for (const path of ['*', '/hermes/', '/api', '/api/', '/hermes/config.json', '/hermes/overview', '/api/hermes/task', '/api/login', '/api/metrics', '/robots.txt', '/favicon.ico', '/.git/config', '/server-status', '/debug/pprof', '/config/', '/load'])
		assert.ok([400, 404].includes((await send(site, 'GET', path, { headers: cookieOf(admin) })).status), path)
})

// --- no header is identity -----------------------------------------------------------------------------
const names = ['X-User', 'X-Remote-User', 'Remote-User', 'X-Forwarded-User', 'X-Auth-Request-User', 'X-Webauth-User', 'X-Forwarded-Email', 'X-Role', 'X-Hmc-Role', 'Role', 'Tailscale-User-Login', 'Tailscale-User-Name',
	'Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP', 'X-Original-URL', 'X-Rewrite-URL', 'X-HTTP-Method-Override', 'X-Method-Override', 'Proxy-Authorization', 'Ssl-Client-S-Dn',
	'X-Client-Cert', 'Cf-Access-Authenticated-User-Email', 'X-Amzn-Oidc-Identity', 'X-Goog-Authenticated-User-Email', 'Client-Ip', 'True-Client-Ip', 'Hmc', 'X-Csrf-Token', 'Auth-Type', 'Remote-Addr', 'Gateway-Interface', 'Path-Info', 'Script-Name']
const spellings = [(n) => n, (n) => n.replaceAll('-', '_'), (n) => n.replaceAll('-', '.'), (n) => n.toUpperCase(), (n) => n.toLowerCase(), (n) => n.replace('-', '_'), (n) => n.toUpperCase().replaceAll('-', '_'), (n) => `Http-${n}`, (n) => `HTTP_${n.replaceAll('-', '_')}`]
const values = { Forwarded: 'for=127.0.0.1;host=127.0.0.1;proto=https;by=root', 'X-Original-URL': '/healthz', 'X-Rewrite-URL': '/healthz', 'X-HTTP-Method-Override': 'POST', 'X-Method-Override': 'POST', 'Remote-Addr': '127.0.0.1', 'Path-Info': '/healthz', 'Script-Name': '/healthz' }
const forged = [...new Set(names.flatMap((n) => spellings.map((spell) => `${spell(n)}: ${values[n] ?? 'root'}`)))]

test('no forged identity, in any spelling, alone or with all the others, changes anything', async () => {
	const viewer = mint(site, 'viewer')
	const csrf = await csrfOf(site, viewer)
	const mark = routes.find((r) => r.method === 'POST' && r.access === 'admin').path
	assert.ok(forged.length > 200)
	const check = async (headers, what) => {
		const [stranger, asViewer, write] = await Promise.all([
			send(site, 'GET', '/api/hermes/products', { headers }),
			send(site, 'GET', '/hermes/products', { headers: [...headers, ...cookieOf(viewer)] }),
			send(site, 'POST', mark, { headers: [...headers, ...cookieOf(viewer), 'Sec-Fetch-Site: same-origin'], body: `csrf=${csrf}` }),
		])
		assert.equal(stranger.status, 401, what)
		assert.equal(asViewer.status, 200, what)
		assert.match(asViewer.text, /a-viewer/, what)
		assert.doesNotMatch(asViewer.text, /a-admin|>root</, what)
		assert.equal(write.status, 403, what)
	}
	await each(forged, (line) => check([line], line), 3)
	const rows = forged.slice(0, 150) // Caddy takes 16 KB of headers
	for (let i = 0; i < 20; i++) await check(rows.slice(i).concat(rows.slice(0, i)), 'all of them') // of two that become one, which one wins is random
	await each(combined(paths, ['no token', 'a viewer']), async ([route, who]) => {
		const answer = await send(site, 'GET', addressOf(route), { headers: [...rows, ...cookieOf(visitors[who]())] })
		assert.equal(kindOf(answer), expected(route.path, 'GET', who), `${route.path} by ${who}: ${answer.status}`)
	})
})

let failed = 1
try {
	failed = await runTests()
} finally {
	await site.stop()
}
process.exit(failed ? 1 : 0)
