// What the tests of roles, headers and payloads share: requests as bytes, answers as they came, tokens good and bad.
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'

export const form = 'application/x-www-form-urlencoded'

export function parse(text) {
	const [head, ...rest] = text.split('\r\n\r\n')
	const [first, ...lines] = head.split('\r\n')
	const headers = {}
	for (const line of lines) (headers[line.replace(/:.*/s, '').toLowerCase()] ??= []).push(line.replace(/^[^:]*: ?/, ''))
	return { status: Number(/^HTTP\/1\.[01] (\d+)/.exec(first)?.[1] ?? 0), headers, lines, head, text: rest.join('\r\n\r\n') }
}

// One request on a connection of its own; nothing in it is mended on its way. host: null = none.
export function send(site, method, target, { host = `127.0.0.1:${site.port}`, headers = [], body } = {}) {
	const lines = [`${method} ${target} HTTP/1.1`, ...(host === null ? [] : [`Host: ${host}`]), 'Connection: close', ...headers]
	if (body !== undefined) lines.push(`Content-Type: ${form}`, `Content-Length: ${Buffer.byteLength(body)}`)
	return new Promise((done) => {
		const parts = []
		const socket = connect(site.port, '127.0.0.1', () => socket.write(Buffer.from([...lines, '', body ?? ''].join('\r\n'), 'latin1')))
		socket.setTimeout(20000, () => socket.destroy())
		socket.on('data', (d) => parts.push(d))
		socket.on('error', () => {})
		socket.on('close', () => done(parse(Buffer.concat(parts).toString('latin1'))))
	})
}

// A session of the site's own key unless `with` says otherwise; each is another session.
export function mint(site, role, { key, claims = {} } = {}) {
	const now = Math.floor(Date.now() / 1000)
	const b64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
	const signed = `${b64({ alg: 'HS256', kid: 'run', typ: 'JWT' })}.${b64({ exp: now + 3600, iat: now, jti: randomBytes(8).toString('hex'), role, sub: `a-${role}`, use: 'session', ...claims })}`
	return `${signed}.${createHmac('sha256', key ?? readFileSync(join(site.run, 'jwt.key'))).update(signed).digest('base64url')}`
}
export const cookieOf = (token) => (token ? [`Cookie: hmc=${token}`] : [])
export async function csrfOf(site, token) {
	const page = await send(site, 'GET', '/hermes/products', { headers: cookieOf(token) })
	return /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
}

// A few at a time: a request takes longer on its way than in any program.
export async function each(items, run, atOnce = 6) {
	const rest = [...items]
	await Promise.all(Array.from({ length: atOnce }, async () => {
		while (rest.length) await run(rest.shift())
	}))
}
// Every pair, every triple: one item of each list.
export const combined = (...lists) => lists.reduce((rows, list) => rows.flatMap((row) => [...list].map((item) => [...row, item])), [[]])

// An address that the route answers: one task of those there are for "/hermes/tasks/*".
export async function samples(site) {
	const tasks = await send(site, 'GET', '/hermes/tasks', { headers: cookieOf(mint(site, 'viewer')) })
	const task = /href="\/hermes\/(tasks\/[^"/?#]+\/[^"/?#]+)"/.exec(tasks.text)[1]
	return (route) => route.path.replace('tasks/*', task).replace('*', 'x')
}

const fixed = {
	'x-content-type-options': /^nosniff$/, 'x-frame-options': /^DENY$/, 'referrer-policy': /^(same-origin|no-referrer)$/,
	'permissions-policy': /camera=\(\).*geolocation=\(\).*microphone=\(\)/, 'cross-origin-opener-policy': /^same-origin$/,
	'cross-origin-resource-policy': /^same-origin$/, 'x-robots-tag': /noindex/,
}
// Each answer says all of this, each once; `isPublic`: of the files that hold nothing private.
export function keepsPrivate(answer, what, { isPublic = false, isHttps = false } = {}) {
	const one = (name) => {
		assert.equal(answer.headers[name]?.length, 1, `${what}: ${answer.status} with ${name}: ${answer.headers[name] ?? 'none'}`)
		return answer.headers[name][0]
	}
	for (const [name, value] of Object.entries(fixed)) assert.match(one(name), value, `${what}: ${answer.status}, ${name}`)
	const policy = Object.fromEntries(one('content-security-policy').split('; ').map((d) => [d.split(' ')[0], d.split(' ').slice(1).join(' ')]))
	assert.equal(policy['default-src'], "'none'", what)
	assert.equal(policy['frame-ancestors'], "'none'", what)
	assert.equal(policy['base-uri'], "'none'", what)
	assert.match(policy['form-action'], /^'(self|none)'$/, what)
	for (const [name, value] of Object.entries(policy)) assert.match(value, /^'(self|none)'$/, `${what}: ${name} ${value}`)
	if (isPublic) assert.match(one('cache-control'), /^public, max-age=\d+/, what)
	else assert.equal(one('cache-control'), 'no-store', `${what}: ${answer.status}`)
	for (const name of ['server', 'status', 'access-control-allow-origin', 'x-powered-by']) assert.equal(answer.headers[name], undefined, `${what}: ${name}`)
	for (const cookie of answer.headers['set-cookie'] ?? []) {
		assert.match(cookie, /; HttpOnly(;|$)/, what)
		assert.match(cookie, /; SameSite=(Lax|Strict)(;|$)/, what)
		assert.match(cookie, /; Path=\/(;|$)/, what)
		assert.doesNotMatch(cookie, /domain=/i, what)
		assert.equal(/; Secure(;|$)/.test(cookie), isHttps, `${what}: ${cookie}`)
	}
	if (answer.status === 401 || answer.status === 405) one(answer.status === 401 ? 'www-authenticate' : 'allow')
}

// The lines of a public list; null without them.
export function payloads(name) {
	const file = process.env.MC_SHARED ? join(process.env.MC_SHARED, 'vectors', name) : ''
	if (!existsSync(file)) console.log(`# skipped: no ${name}`)
	return existsSync(file) ? readFileSync(file, 'latin1').split('\n').filter(Boolean) : null
}
