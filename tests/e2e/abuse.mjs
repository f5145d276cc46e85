#!/usr/bin/env node
// Visitors and neighbours that behave badly, on the real Caddy and the real panes: pages keep being served.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { runTests, startSite, test, token, top, until } from './harness.mjs'

// A worker gives a request up after this long; ten seconds are the default.
const deadlineMs = 3000
const site = await startSite(['--demo'], { HMC_DEADLINE_MS: String(deadlineMs) })
const viewer = await token(site)
const signedIn = { cookie: `hmc=${viewer}` }
const get = (path, headers = signedIn) => fetch(site.origin + path, { redirect: 'manual', headers, signal: AbortSignal.timeout(30000) })
const open = () => {
	const socket = connect(site.port, '127.0.0.1')
	socket.on('error', () => {})
	return socket
}
const openPane = (pane) => {
	const socket = connect(join(site.run, `${pane}.sock`))
	socket.on('error', () => {})
	return socket
}
const many = (n, make) => Array.from({ length: n }, make)
const endAll = (sockets) => sockets.forEach((s) => s.destroy())
const request = (path, ...headers) => [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${site.port}`, ...headers, '', ''].join('\r\n')

// On a connection of its own: one that is kept may be closed by the other side just as it is used again.
const ask = (path) =>
	new Promise((done) => {
		const socket = open()
		let answer = ''
		socket.setTimeout(60000, () => socket.destroy())
		socket.on('data', (d) => (answer += answer.length < 100 ? d.toString('latin1') : ''))
		socket.on('close', () => done(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)))
		socket.write(request(path, `Cookie: hmc=${viewer}`, 'Connection: close'))
	})

async function pagesCome(n, why, path = '/hermes') {
	for (let i = 0; i < n; i++) assert.equal((await get(path)).status, 200, `${why}: page ${i + 1}`)
}

// Workers of a pane of this very site, each a process that multiwatch keeps.
function workers(pane) {
	return readdirSync('/proc').filter((pid) => {
		try {
			return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0].endsWith(`/cgi-bin/${pane}`) &&
				readFileSync(`/proc/${pid}/environ`, 'latin1').includes(site.run)
		} catch {
			return false
		}
	}).map(Number)
}

test('uploads that come a byte at a time keep nobody waiting', async () => {
	const slow = many(40, open)
	for (const s of slow) s.write(`POST /login HTTP/1.1\r\nHost: 127.0.0.1:${site.port}\r\nOrigin: ${site.origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nt`)
	const timer = setInterval(() => slow.forEach((s) => s.writable && s.write('a')), 500)
	await pagesCome(20, 'beside forty slow uploads')
	await pagesCome(5, 'beside forty slow uploads to the same pane', '/login?code=x')
	clearInterval(timer)
	endAll(slow)
})

test('readers that do not read the largest answers keep nobody waiting', async () => {
	const deaf = many(40, open)
	for (const s of deaf) {
		s.pause()
		for (let i = 0; i < 5; i++) s.write(request('/api/hermes/tasks?limit=200', `Cookie: hmc=${viewer}`))
	}
	await pagesCome(20, 'beside forty that do not read')
	await pagesCome(5, 'the same pane', '/hermes/tasks')
	endAll(deaf)
})

test('one byte and then silence, on Caddy and on a pane’s own socket', async () => {
	const silent = many(200, open)
	silent.forEach((s) => s.write('G'))
	await pagesCome(10, 'beside two hundred that fell silent')
	endAll(silent)
	const [one] = [openPane('overview')]
	one.write(Buffer.from([1]))
	await pagesCome(5, 'with one of two workers held')
	const both = [one, openPane('overview')]
	both[1].write(Buffer.from([1]))
	await pagesCome(3, 'the workers that were held ended at their deadline, and others came')
	endAll(both)
})

test('a thousand at once are all answered', async () => {
	const statuses = await Promise.all(many(1000, () => ask('/hermes')))
	const tally = {}
	for (const s of statuses) tally[s] = (tally[s] ?? 0) + 1
	assert.deepEqual(tally, { 200: 1000 })
})

test('a thousand that stay and say nothing leave room for others', async () => {
	const idle = many(1000, open)
	await until('they are all connected', () => idle.filter((s) => s.readyState === 'open').length > 900)
	await pagesCome(10, 'beside a thousand idle ones')
	endAll(idle)
})

test('a worker that is killed while pages are asked for costs no page, and is replaced', async () => {
	for (let round = 0; round < 3; round++) {
		const before = await until('two workers', () => (workers('overview').length === 2 ? workers('overview') : null))
		const pages = many(30, () => get('/api/hermes/overview'))
		process.kill(before[round % 2], 'SIGKILL')
		const statuses = (await Promise.all(pages)).map((r) => r.status)
		// The one request that it had begun may be lost: Caddy cannot know whether it had an effect.
		assert.ok(statuses.filter((s) => s !== 200).length <= 1, statuses.join())
		await until('another worker', () => workers('overview').length === 2 && !workers('overview').includes(before[round % 2]), 5000)
	}
	await pagesCome(5, 'afterwards')
})

test('a worker that is stopped costs at most what it had in hand; a pane whose workers all are fails alone', async () => {
	const both = await until('two workers', () => (workers('ops').length === 2 ? workers('ops') : null))
	try {
		process.kill(both[0], 'SIGSTOP')
		const statuses = []
		for (let i = 0; i < 10; i++) statuses.push((await get('/hermes/ops')).status)
		assert.ok(statuses.filter((s) => s !== 200).length <= 1, statuses.join())
		process.kill(both[1], 'SIGSTOP')
		const [ops] = await Promise.all([get('/hermes/ops'), pagesCome(10, 'the other panes')])
		assert.ok([502, 503, 504].includes(ops.status), String(ops.status))
	} finally {
		for (const pid of both) process.kill(pid, 'SIGCONT')
	}
	await until('the pane is back', async () => (await get('/hermes/ops')).status === 200)
})

test('Caddy that takes in its configuration anew loses no request', async () => {
	let asked = true
	const statuses = []
	const visitor = (async () => {
		while (asked) statuses.push(await ask('/hermes'))
	})()
	for (let i = 0; i < 3; i++) {
		const before = statuses.length
		const r = spawnSync('caddy', ['reload', '--force', '--config', 'caddy/Caddyfile', '--adapter', 'caddyfile', '--address', `unix/${join(site.run, 'caddy-admin.sock')}`], {
			cwd: top, encoding: 'utf8', timeout: 30000,
			env: { ...process.env, HMC_PORT: String(site.port), HMC_RUN: site.run, HMC_ADMIN: join(site.run, 'caddy-admin.sock'), HMC_STATIC: join(site.run, 'static'), HOME: site.run },
		})
		assert.equal(r.status, 0, r.stderr)
		await until('more pages', () => statuses.length > before + 3)
	}
	asked = false
	await visitor
	assert.ok(statuses.length > 9 && statuses.every((s) => s === 200), statuses.join())
})

test('the public byte sequences on a pane’s socket disturb nobody', async () => {
	const file = process.env.MC_SHARED ? join(process.env.MC_SHARED, 'vectors/fastcgi/cases.json') : ''
	if (!existsSync(file)) return console.log('# skipped: no public vectors')
	const { tests } = JSON.parse(readFileSync(file, 'utf8'))
	assert.ok(tests.length > 30)
	for (const t of tests) {
		const socket = openPane('overview')
		for (const step of t.steps) if (step.send_b64 && socket.writable) socket.write(Buffer.from(step.send_b64, 'base64'))
		const r = await get('/hermes')
		assert.equal(r.status, 200, `beside "${t.name}"`)
		await r.arrayBuffer()
		socket.destroy()
	}
	await until('both workers are there again', () => workers('overview').length === 2)
	await pagesCome(5, 'after them all')
})

test('an answer of more than 64 KB arrives whole without compression, and so does the next on that connection', async () => {
	const answers = await new Promise((done) => {
		const socket = open()
		let all = Buffer.alloc(0)
		socket.setTimeout(15000, () => socket.destroy())
		socket.on('data', (d) => (all = Buffer.concat([all, d])))
		socket.on('close', () => done(all.toString('latin1')))
		socket.write(request('/api/hermes/tasks?limit=200', `Cookie: hmc=${viewer}`))
		socket.write(request('/api/hermes/overview', `Cookie: hmc=${viewer}`, 'Connection: close'))
	})
	const heads = [...answers.matchAll(/HTTP\/1\.1 (\d+)[\s\S]*?\r\n\r\n/g)]
	assert.deepEqual(heads.map((h) => h[1]), ['200', '200'])
	const length = Number(/content-length: (\d+)/i.exec(heads[0][0])[1])
	assert.ok(length > 65536, `the answer is ${length} bytes`)
	assert.equal(heads[0].index + heads[0][0].length + length, heads[1].index)
	await (await get('/api/hermes/history?days=90', { ...signedIn, 'accept-encoding': 'identity' })).arrayBuffer()
	assert.doesNotMatch(readFileSync(join(site.run, 'caddy.log'), 'utf8'), /invalid header|aborting with incomplete/)
})

let failed = 1
try {
	failed = await runTests()
} finally {
	await site.stop()
}
process.exit(failed ? 1 : 0)
