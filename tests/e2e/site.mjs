#!/usr/bin/env node
// The site as it is on the wire: real Caddy, real panes, sample homes.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { request } from 'node:http'
import { hmc, runTests, startSite, test, token, until } from './harness.mjs'

const site = await startSite()
const viewer = await token(site)
const admin = await token(site, 'admin')
const signedIn = { cookie: `hmc=${viewer}` }

const get = (path, headers = {}, init = {}) => fetch(site.origin + path, { redirect: 'manual', headers, ...init })

// As bytes on a connection, for what fetch refuses to send.
function raw(text) {
	return new Promise((done) => {
		let answer = ''
		const socket = connect(site.port, '127.0.0.1', () => socket.write(text))
		socket.setTimeout(15000, () => socket.destroy())
		socket.on('data', (d) => (answer += d.toString('latin1')))
		socket.on('close', () => done(answer))
		socket.on('error', () => done(answer))
	})
}
const rawGet = (path, ...headers) =>
	raw([`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${site.port}`, 'Connection: close', ...headers, '', ''].join('\r\n'))
const statusOf = (answer) => Number(/^HTTP\/1\.[01] (\d+)/.exec(answer)?.[1] ?? 0)

test('a stranger gets the sign-in page, a script 401, nothing else', async () => {
	const page = await get('/hermes')
	assert.equal(page.status, 303)
	assert.match(page.headers.get('location'), /^\/login\?next=/)
	const api = await get('/api/hermes/overview')
	assert.equal(api.status, 401)
	assert.equal((await api.json()).error.status, 401)
	assert.equal((await get('/login')).status, 200)
	assert.equal((await get('/')).status, 303)
})

test('healthz is open and says nothing else', async () => {
	const answer = await get('/healthz')
	assert.equal(answer.status, 200)
	assert.equal(await answer.text(), 'ok\n')
})

test('a viewer sees both instances, as a page and as JSON', async () => {
	const page = await get('/hermes', signedIn)
	assert.equal(page.status, 200)
	const html = await page.text()
	assert.match(html, /Vijay/)
	assert.match(html, /Bheem/)
	assert.match(html, /ample/, 'samples are called samples')
	const model = await (await get('/api/hermes/overview', signedIn)).json()
	assert.deepEqual(model.instances.map((i) => i.id ?? i.ref.id).sort(), ['bheem', 'vijay'])
	const bearer = await get('/api/hermes/overview', { authorization: `Bearer ${viewer}` })
	assert.equal(bearer.status, 200)
})

test('the chosen instance filters everything and is remembered', async () => {
	const chosen = await get('/hermes?instance=bheem', signedIn)
	assert.match(chosen.headers.get('set-cookie'), /hmc-instance=bheem/)
	const model = await (await get('/api/hermes/overview?instance=bheem', signedIn)).json()
	assert.deepEqual(model.instances.map((i) => i.id ?? i.ref.id), ['bheem'])
	assert.ok(model.attention.every((a) => a.instanceId === 'bheem'))
	assert.ok(model.latest.every((a) => a.instanceId === 'bheem'))
	const remembered = await (await get('/hermes', { cookie: `hmc=${viewer}; hmc-instance=bheem` })).text()
	assert.ok(!/<h3[^>]*>[^<]*Vijay/.test(remembered))
	const unknown = await get('/hermes?instance=nobody', signedIn)
	assert.equal(unknown.status, 404)
	assert.match(await unknown.text(), /bheem/)
})

test('every answer carries its length and the headers that keep it private', async () => {
	for (const path of ['/hermes', '/login', '/api/hermes/overview', '/nothing-here', '/healthz']) {
		const answer = await rawGet(path, `Cookie: hmc=${viewer}`)
		assert.match(answer, /\r\ncontent-length: \d+\r\n/i, path)
		assert.match(answer, /\r\nx-content-type-options: nosniff\r\n/i, path)
		assert.match(answer, /\r\ncache-control: no-store/i, path)
		assert.match(answer, /\r\nreferrer-policy: /i, path)
		const csp = /\r\ncontent-security-policy: ([^\r]+)/i.exec(answer)?.[1] ?? ''
		assert.match(csp, /frame-ancestors 'none'/, path)
		assert.doesNotMatch(csp, /unsafe|data:/, path)
		assert.doesNotMatch(answer, /\r\n(server|status): /i, path)
	}
})

test('only what is spoken for is answered', async () => {
	const expected = [
		['/nothing-here', [404, 303]],
		['/hermes/', [404]],
		['/HERMES', [404]],
		['/hermes/..%2fapi', [400, 404]],
		['/hermes%2foverview', [400, 404]],
		['//hermes', [400, 404, 308]],
		['/hermes/%00', [400, 404]],
		['/hermes/%5c..%5c', [400, 404]],
		['/static/../config.json', [404]],
		['/static/..%2f..%2fetc/passwd', [404]],
	]
	for (const [path, statuses] of expected) {
		const status = statusOf(await rawGet(path, `Cookie: hmc=${viewer}`))
		assert.ok(statuses.includes(status), `${path}: ${status}`)
	}
	for (const method of ['POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS']) {
		const answer = await raw(`${method} /hermes HTTP/1.1\r\nHost: 127.0.0.1:${site.port}\r\nConnection: close\r\nCookie: hmc=${viewer}\r\nContent-Length: 0\r\n\r\n`)
		assert.ok([403, 405].includes(statusOf(answer)), `${method}: ${statusOf(answer)}`)
	}
})

test('two cookies, joined cookies and forged identity are no login', async () => {
	const anonymous = [
		[`Cookie: hmc=${viewer}; hmc=${viewer}`],
		[`Cookie: hmc=${viewer}`, `Cookie: hmc=${viewer}`],
		[`Cookie: HMC=${viewer}`],
		[`Cookie: hmc="${viewer}"`],
		[`Cookie: hmc=${viewer}x`],
		['X-User: root', 'X_User: root', 'X.User: root', 'Tailscale-User-Login: root', 'Tailscale_User_Login: root', 'Remote-User: root', 'X-Forwarded-For: 127.0.0.1'],
	]
	for (const headers of anonymous) assert.equal(statusOf(await rawGet('/api/hermes/overview', ...headers)), 401, headers.join())
	assert.equal(statusOf(await rawGet('/api/hermes/overview', `Cookie: other=1; hmc=${viewer}`, 'X_User: nobody')), 200)
})

test('a header of 70 KB and a body of 70 KB are refused and nothing breaks', async () => {
	assert.ok([400, 401, 431].includes(statusOf(await rawGet('/api/hermes/overview', `Cookie: hmc=${'a'.repeat(70000)}`))))
	const body = 'token=' + 'a'.repeat(70000)
	const answer = await raw(`POST /login HTTP/1.1\r\nHost: 127.0.0.1:${site.port}\r\nOrigin: ${site.origin}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
	assert.ok([400, 413].includes(statusOf(answer)), String(statusOf(answer)))
	assert.equal((await get('/healthz')).status, 200)
})

test('another Host is misdirected', async () => {
	assert.equal(statusOf(await raw('GET /hermes HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')), 421)
})

test('parameters that are wrong get a clear error', async () => {
	for (const query of ['instance=vijay&instance=bheem', 'instance=' + 'a'.repeat(5000), 'instance=%ff'])
		assert.ok([400, 404].includes((await get('/hermes?' + query, signedIn)).status), query)
})

// fetch always offers gzip; this asks for exactly one encoding.
function getEncoded(path, encoding) {
	return new Promise((done, failed) => {
		request(site.origin + path, { headers: { ...signedIn, 'accept-encoding': encoding } }, (answer) => {
			const parts = []
			answer.on('data', (d) => parts.push(d)).on('end', () => done({ headers: answer.headers, body: Buffer.concat(parts) }))
		}).on('error', failed).end()
	})
}

test('pages are compressed once, each form with its own tag', async () => {
	const plain = await getEncoded('/hermes', 'identity')
	const packed = await getEncoded('/hermes', 'gzip')
	assert.equal(packed.headers['content-encoding'], 'gzip')
	assert.equal(plain.headers['content-encoding'], undefined)
	assert.notEqual(packed.headers.etag, plain.headers.etag)
	assert.match(packed.headers.vary, /accept-encoding/i)
	assert.match(gunzipSync(packed.body).toString(), /<\/html>/)
	assert.ok(packed.body.length < 60000)
})

test('static files are public, typed, compressed and hold nothing private', async () => {
	for (const [name, type] of [['mc.css', 'text/css'], ['mc.js', 'javascript'], ['icons.svg', 'image/svg']]) {
		const answer = await get('/static/' + name)
		assert.equal(answer.status, 200, name)
		assert.match(answer.headers.get('content-type'), new RegExp(type))
		assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
	}
	assert.equal((await get('/static/')).status, 404)
})

test('a sign-in link works once; a signed-out token is dead on the server', async () => {
	const link = (await hmc(site, 'token', '--sub', 'once', '--role', 'viewer', '--link')).stdout.trim()
	const code = new URL(link).searchParams.get('code')
	assert.equal((await get(link.slice(site.origin.length))).status, 200, 'looking at the link does not use it up')
	const use = () =>
		get('/login', { origin: site.origin, 'content-type': 'application/x-www-form-urlencoded' }, { method: 'POST', body: new URLSearchParams({ code }) })
	const first = await use()
	assert.equal(first.status, 303)
	const cookie = first.headers.get('set-cookie')
	assert.match(cookie, /^hmc=[^;]+; .*HttpOnly/i)
	assert.match(cookie, /SameSite=(Lax|Strict)/i)
	assert.ok([400, 401, 403].includes((await use()).status), 'the second use is refused')
	const session = cookie.split(';')[0]
	const page = await (await get('/hermes', { cookie: session })).text()
	const csrf = /name="csrf" value="([^"]+)"/.exec(page)[1]
	const out = (form, headers) =>
		get('/logout', { cookie: session, 'content-type': 'application/x-www-form-urlencoded', ...headers }, { method: 'POST', body: new URLSearchParams(form) })
	assert.equal((await out({ csrf }, { origin: 'https://evil.example' })).status, 403)
	assert.equal((await out({ csrf }, {})).status, 403, 'neither Origin nor Sec-Fetch-Site')
	assert.equal((await out({ csrf: 'x' }, { origin: site.origin })).status, 403)
	assert.equal((await get('/hermes', { cookie: session })).status, 200)
	assert.equal((await out({ csrf }, { origin: site.origin })).status, 303)
	assert.equal((await get('/hermes', { cookie: session })).status, 303, 'the old cookie is worthless')
})

test('nothing planted reaches a page, the API or a report', async () => {
	const texts = [await (await get('/hermes', signedIn)).text(), await (await get('/api/hermes/overview', signedIn)).text()]
	for (const id of readdirSync(join(site.run, 'state/reports')))
		texts.push(readFileSync(join(site.run, 'state/reports', id, 'report.json'), 'utf8'))
	assert.ok(texts.length >= 5)
	for (const text of texts) assert.doesNotMatch(text, /PLANTED/)
})

test('a worker that is killed is replaced while pages keep coming', async () => {
	const workers = () =>
		readdirSync('/proc').filter((pid) => {
			try {
				return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0].endsWith('/cgi-bin/overview') &&
					readFileSync(`/proc/${pid}/environ`, 'latin1').includes(site.run)
			} catch {
				return false
			}
		})
	const before = await until('two workers', () => (workers().length === 2 ? workers() : null))
	process.kill(Number(before[0]), 'SIGKILL')
	for (let i = 0; i < 30; i++) assert.equal((await get('/api/hermes/overview', signedIn)).status, 200)
	await until('a new worker', () => workers().length === 2 && !workers().includes(before[0]))
})

test('stalled visitors do not keep others waiting', async () => {
	const stalled = []
	for (let i = 0; i < 8; i++) {
		const socket = connect(site.port, '127.0.0.1')
		socket.on('error', () => {})
		socket.write(`POST /login HTTP/1.1\r\nHost: 127.0.0.1:${site.port}\r\nContent-Length: 500\r\n\r\nto`)
		stalled.push(socket)
	}
	for (let i = 0; i < 20; i++) assert.equal((await get('/hermes', signedIn)).status, 200)
	for (const socket of stalled) socket.destroy()
})

test('Caddy listens on loopback alone', async () => {
	const wanted = `:${site.port.toString(16).toUpperCase().padStart(4, '0')}`
	const listeners = ['tcp', 'tcp6'].flatMap((f) =>
		readFileSync(`/proc/net/${f}`, 'utf8').split('\n').slice(1).map((l) => l.trim().split(/\s+/)).filter((c) => c[3] === '0A' && c[1].endsWith(wanted)),
	)
	assert.deepEqual(listeners.map((c) => c[1].split(':')[0]), ['0100007F'])
})

test('an admin token works as well and expired or foreign ones do not', async () => {
	assert.equal((await get('/hermes', { cookie: `hmc=${admin}` })).status, 200)
	const [h, p, s] = viewer.split('.')
	const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(p, 'base64url')), role: 'admin' })).toString('base64url')
	assert.equal((await get('/api/hermes/overview', { cookie: `hmc=${h}.${forged}.${s}` })).status, 401)
	assert.equal((await get('/api/hermes/overview', { cookie: `hmc=${h}.${p}.` })).status, 401)
})

const failed = await runTests()
await site.stop()
process.exit(failed ? 1 : 0)
