#!/usr/bin/env node
// The public lists of redirects, line breaks and paths that lead astray, each line in every place where it could do harm:
// real Caddy, real panes, as bytes on the wire. (Nothing of ours takes a snapshot's path or a bundle's member by request.)
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runTests, startSite, test, top, until } from './harness.mjs'
import { cookieOf, each, keepsPrivate, mint, payloads, send } from './wire.mjs'

const site = await startSite()
const signedIn = cookieOf(mint(site, 'admin'))
const build = resolve(process.env.MC_BUILD ?? join(top, 'build'))
const get = (path, headers = signedIn) => send(site, 'GET', path, { headers })
const encode = (text) => [...Buffer.from(text, 'latin1')].map((b) => `%${b.toString(16).padStart(2, '0')}`).join('')
// As the line stands, and as a browser's form would send it.
const bothWays = (line) => [line, encode(line)]
// Go's server refuses what is no request, in its own words.
const isBare = (answer) => answer.status === 400 && /^400 Bad Request/.test(answer.text)

// Nobody opens more than sixty sessions an hour: each is another person's.
let people = 0
const somebody = () => mint(site, 'viewer', { claims: { sub: `p-${people++}` } })

function staysHere(answer, what) {
	for (const to of answer.headers.location ?? []) {
		assert.equal(new URL(to, site.origin).origin, site.origin, `${what} leads to ${to}`)
		assert.match(to, /^\/(hermes|login)?([/?]|$)(?!\/)/, `${what} leads to ${to}`)
		assert.doesNotMatch(to, /[\\\s\x00-\x1f]|\/\//, `${what} leads to ${to}`)
	}
}

test('no redirect payload leads anywhere but here, whether it is looked at or signed in with', async () => {
	const lines = payloads('redirect-crlf/open-redirect.txt')
	if (!lines) return
	let led = 0
	assert.ok(lines.length > 100)
	await each(lines, async (line) => {
		for (const next of bothWays(line)) {
			const looked = await get(`/login?next=${next}`)
			assert.ok([303, 400, 404].includes(looked.status) || isBare(looked), `${next}: ${looked.status}`)
			staysHere(looked, next)
			led += looked.headers.location?.length ?? 0
		}
		const signIn = await send(site, 'POST', '/login', { headers: ['Sec-Fetch-Site: same-origin'], body: `token=${somebody()}&next=${encode(line)}` })
		assert.ok([303, 400].includes(signIn.status), `${line}: ${signIn.status}`)
		staysHere(signIn, line)
		// And from the page that a stranger asked for.
		const stranger = await get(`/hermes${line}`, [])
		staysHere(stranger, line)
	})
	assert.ok(led > 100, String(led))
})

test('no line break gets a line of its own into an answer, from any place that one echoes', async () => {
	const lines = payloads('redirect-crlf/crlf.txt')
	if (!lines) return
	const places = [
		(x) => `/${x}`, (x) => `/hermes${x}`, (x) => `/login${x}`, (x) => `/static${x}`, (x) => `/static/mc.css${x}`, (x) => `/static/schema${x}`, (x) => `/api/hermes/overview${x}`, (x) => `/hermes/tasks/vijay${x}`,
		(x) => `/login?next=${x}`, (x) => `/login?next=/hermes${x}`, (x) => `/login?code=${x}`, (x) => `/hermes?instance=${x}`, (x) => `/hermes?instance=vijay${x}`, (x) => `/hermes?tz=${x}`, (x) => `/hermes?tz=UTC${x}`,
		(x) => `/hermes?since=${x}`, (x) => `/hermes/tasks?q=${x}`, (x) => `/hermes/tasks?cursor=${x}`, (x) => `/hermes?${x}`, (x) => `/hermes?${x}=1`,
	]
	const names = new Set()
	for (const path of ['/hermes', '/hermes?instance=vijay', '/login', '/nothing', '/static/mc.css', '/static/nothing', '/api/hermes/overview'])
		for (const headers of [signedIn, []]) for (const name of Object.keys((await get(path, headers)).headers)) names.add(name)
	const own = new Set([...names, 'location', 'www-authenticate', 'connection'])
	const ourCookies = /^(hmc|hmc-instance|hmc-zone|hmc-looked)=/
	await each(lines.flatMap(bothWays).flatMap((x) => places.flatMap((place) => [[place(x), signedIn], [place(x), []]])), async ([path, headers]) => {
		const answer = await get(path, headers)
		assert.ok([200, 303, 400, 401, 404, 414].includes(answer.status), `${path}: ${answer.status}`)
		for (const line of answer.lines) assert.match(line, /^[\w-]+: /, `${path}: ${line}`)
		for (const name of Object.keys(answer.headers)) assert.ok(own.has(name), `${path}: ${name}`)
		for (const cookie of answer.headers['set-cookie'] ?? []) assert.match(cookie, ourCookies, path)
		assert.doesNotMatch(answer.head, /crlf[=:]/i.test(path) ? /^set-cookie:\s*crlf/im : /$^/, path)
		staysHere(answer, path)
		if (!isBare(answer)) keepsPrivate(answer, path, { isPublic: answer.status === 200 && path.startsWith('/static/') })
	})
	// In what a form carries, and in the cookies that are read back.
	for (const line of lines.flatMap((l) => [l, decodeURIComponent(l.replace(/%(?![0-9a-f]{2})/gi, '%25'))])) {
		const posted = await send(site, 'POST', '/login', { headers: ['Sec-Fetch-Site: same-origin'], body: new URLSearchParams({ token: somebody(), next: `/hermes${line}` }).toString() })
		for (const name of Object.keys(posted.headers)) assert.ok(own.has(name), `next ${line}: ${name}`)
		assert.equal(posted.headers['set-cookie']?.length, 1, line)
		staysHere(posted, line)
		if (/[\r\n\0]/.test(line)) continue // ends the request's own header
		const cookies = await get('/hermes', [`${signedIn[0]}; hmc-instance=${line}; hmc-zone=${line}; hmc-looked=${line}`])
		assert.ok([200, 303].includes(cookies.status), `cookie ${line}: ${cookies.status}`)
		for (const name of Object.keys(cookies.headers)) assert.ok(own.has(name), `cookie ${line}: ${name}`)
	}
})

// Panes, and Caddy, of this very site.
const ours = () => readdirSync('/proc').filter((pid) => {
	try {
		const name = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]
		return /^\d+$/.test(pid) && (name.startsWith(`${build}/cgi-bin/`) || /(^|\/)caddy$/.test(name)) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(site.run)
	} catch {
		return false
	}
})
const mayTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0

// Each file that our processes ask the kernel for while `run` runs; null where nobody may watch them.
async function opened(run) {
	if (!mayTrace) {
		console.log('# skipped: strace may not trace here, so what is opened is not watched')
		await run()
		return null
	}
	const pids = ours()
	assert.ok(pids.length > 20, `${pids.length} processes`)
	let log = ''
	const strace = spawn('strace', ['-f', '-y', '-s', '4096', '-e', 'trace=open,openat,openat2,creat,readlink,readlinkat,stat,lstat,newfstatat,statx,access,faccessat,faccessat2', ...pids.flatMap((p) => ['-p', p])], { stdio: ['ignore', 'ignore', 'pipe'] })
	strace.stderr.on('data', (d) => (log += d.toString('latin1')))
	try {
		await until('strace watches them all', () => pids.every((p) => log.includes(`Process ${p} attached`)))
		await run()
	} finally {
		const over = new Promise((r) => strace.on('close', r))
		strace.kill('SIGINT')
		await over
	}
	const files = []
	for (const [, at, name] of log.matchAll(/(?:\w+)\((?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?"((?:[^"\\]|\\.)*)"/g)) if (name) files.push(name.startsWith('/') ? name : `${at ?? ''}/${name}`)
	return files
}

test('no path that leads astray opens anything beyond what the panes read, or is a server’s error', async () => {
	const lines = payloads('path-traversal/paths.txt')
	if (!lines) return
	assert.ok(lines.length > 200)
	const places = {
		segment: (x) => [`/${x}`, `/hermes/${x}`, `/hermes/tasks/${x}`, `/hermes/tasks/vijay/${x}`, `/hermes/tasks/vijay/runs/${x}`, `/api/hermes/tasks/bheem/${x}`],
		file: (x) => [`/static/${x}`, `/static/schema/${x}`],
		value: (x) => [`/hermes?instance=${x}`, `/api/hermes/ops?instance=${x}`, `/hermes?tz=${x}`, `/hermes/history?tz=${x}`, `/hermes/runbook?reading=${x}`, `/hermes/tasks?job=${x}`, `/hermes/tasks?source=${x}`, `/hermes/tasks?cursor=${x}`],
		text: (x) => [`/hermes/tasks?q=${x}`, `/hermes/agents?q=${x}`, `/login?next=${x}`, `/login?code=${x}`],
	}
	// What a place may answer besides 400 and 404: the text of a search is any text, a path longer than all is too long.
	const more = { segment: [], file: [], value: [414], text: [200, 303, 414] }
	let asked = 0
	const files = await opened(() =>
		each(lines.flatMap(bothWays).flatMap((x) => Object.keys(places).flatMap((kind) => places[kind](x).map((path) => [kind, path]))), async ([kind, path]) => {
			const answer = await get(path)
			const bare = isBare(answer)
			assert.ok(bare || [400, 404, ...more[kind]].includes(answer.status), `${path}: ${answer.status}`)
			if (!bare) keepsPrivate(answer, path)
			assert.doesNotMatch(answer.text, /root:[^:]*:0:0:|\[boot loader\]|for 16-bit app support|daemon:\*/, path)
			asked++
		}))
	assert.ok(asked > 9000, String(asked))
	if (!files) return
	// A folder of files may be asked for any name in it; the rest is what panes read whatever they are asked.
	const roots = [`${site.run}/`, `${top}/templates`, `${top}/docs`, '/usr/share/zoneinfo', '/etc/localtime', '/etc/timezone', '/proc/self', '/proc/sys', '/sys/', '/dev/null', '/dev/urandom', '/etc/ssl/openssl.cnf', '/usr/lib', '/lib', '/etc/ld.so']
	const isWithin = (file) => roots.some((r) => file.startsWith(r)) || `${site.run}/`.startsWith(`${file}/`)
	const isMeant = (file) => file.startsWith(`${site.run}/static/`) || !/passwd|shadow|\.ini|htaccess|FILE/i.test(file)
	const foreign = [...new Set(files)].filter((f) => f.split('/').includes('..') || !isWithin(f) || !isMeant(f))
	assert.ok(files.length > 100, 'the watch saw something')
	assert.deepEqual(foreign, [])
})

let failed = 1
try {
	failed = await runTests()
} finally {
	await site.stop()
}
process.exit(failed ? 1 : 0)
