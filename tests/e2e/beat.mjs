#!/usr/bin/env node
// The beat to the outside against a fake of Healthchecks: what leaves the machine, when, and what becomes of it when it is not taken.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fakeHealthchecks } from './fake-healthchecks.mjs'
import { runTests, test, top } from './harness.mjs'

const build = process.env.MC_BUILD ?? join(top, 'build')
const hmc = join(build, 'hmc')
const dir = mkdtempSync(join(tmpdir(), 'mc-beat.'))
const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()
const now = () => Math.floor(Date.now() / 1000)
const stamp = (t) => new Date(t * 1000).toISOString().replace(/\.\d+/, '')

let count = 0
async function stage({ beat = {}, ids = ['vijay', 'bheem'] } = {}) {
	const own = join(dir, `stage-${++count}`), at = (...name) => join(own, ...name), outside = await fakeHealthchecks()
	for (const id of ids) mkdirSync(at(id), { recursive: true })
	writeFileSync(at('beat.url'), `${outside.url}\n`, { mode: 0o600 })
	const s = {
		at, outside,
		configure: (change = {}, notify = { enabled: true }) => writeFileSync(at('config.json'), JSON.stringify({ stateDir: at('state'), ...(change !== null && { beat: { urlFile: at('beat.url'), caFile: outside.caFile, ...beat, ...change } }),
			instances: ids.map((id) => ({ id, label: `Secret name of ${id}`, user, hermesHome: at(id), ...(notify && { notify }) })) })),
		run: (args, env = {}) => new Promise((done) => {
			const child = spawn(hmc, [...args, '--config', at('config.json')], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } }), r = { stdout: '', stderr: '' }
			child.stdout.on('data', (x) => { r.stdout += x })
			child.stderr.on('data', (x) => { r.stderr += x })
			child.on('close', (status) => done({ ...r, status }))
		}),
		beat: (env) => s.run(['beat'], env),
		sent: () => JSON.parse(readFileSync(at('state/beat/sent.json'))),
		// As if so much time had passed since the last one.
		later: (by) => {
			const x = s.sent()
			for (const key of ['ranAt', 'goodAt', 'nextAt', 'firstAt']) if (x[key]) x[key] = stamp(Date.parse(x[key]) / 1000 - by)
			writeFileSync(at('state/beat/sent.json'), JSON.stringify(x))
		},
		silent: (id, what, ago) => {
			mkdirSync(at('state/alive', id), { recursive: true })
			writeFileSync(at('state/alive', id, what), '')
			utimesSync(at('state/alive', id, what), now() - ago, now() - ago)
		},
		reading: () => JSON.parse(readFileSync(at('state/reports/host/report.json'))).readings.beat,
		secret: () => outside.id.slice(0, 12),
	}
	s.configure()
	for (const id of ids) ok(await s.run(['export', '--instance', id]))
	ok(await s.run(['export', '--host']))
	for (const id of ids) s.silent(id, 'notify', 5)
	return s
}
const ok = (r) => { assert.equal(r.status, 0, r.stderr); assert.equal(r.stderr, ''); return r }
const fails = (s, r, status, ...words) => {
	assert.equal(r.status, status, r.stderr + r.stdout)
	for (const w of words) assert.match(r.stderr, w)
	assert.equal(r.stderr.trim().split('\n').length, 1, r.stderr)
	assert.ok(!(r.stderr + r.stdout).includes(s.secret()), r.stderr)
}
const body = (s) => JSON.parse(s.outside.pings.at(-1).body)

test('counts leave the machine, and nothing else, when it is time', async () => {
	const s = await stage()
	assert.equal(ok(await s.beat()).stdout, '')
	ok(await s.beat())
	assert.equal(s.outside.pings.length, 1, 'five minutes have not passed')
	assert.deepEqual({ ...s.outside.pings[0], body: '' }, { path: '/ping/ID', method: 'POST', body: '', type: 'application/json' })
	assert.deepEqual(Object.keys(body(s)), ['instances', 'healthy', 'warnings', 'criticals', 'unknown'])
	assert.equal(body(s).instances, 2)
	assert.equal(body(s).healthy + body(s).warnings + body(s).criticals + body(s).unknown, 2)
	s.later(301)
	ok(await s.beat())
	assert.equal(s.outside.pings.length, 2)
	assert.equal(ok(await s.run(['beat', '--verbose'])).stdout, 'it is not time yet\n')
	for (const name of ['state/beat/sent.json', 'state/alive/host/counts.json']) {
		assert.equal(statSync(s.at(name)).mode & 0o777, 0o644)
		assert.doesNotMatch(readFileSync(s.at(name), 'utf8'), new RegExp(`Secret|vijay|${s.secret()}`))
	}
	await s.outside.close()
})

test('without a beat nothing is sent, and the reading says so', async () => {
	const s = await stage()
	s.configure(null)
	ok(await s.beat())
	assert.match(ok(await s.run(['beat', '--verbose'])).stdout, /^not configured, so nothing is sent; add "beat"/)
	assert.equal(s.outside.asked, 0)
	ok(await s.run(['export', '--host']))
	assert.deepEqual([s.reading().state, s.reading().reason], ['inactive', 'the configuration has no "beat"'])
	await s.outside.close()
})

test('what is not taken is tried again, later and later, and says why in one line', async () => {
	const s = await stage({ beat: { every: '10m' } }), waits = []
	for (const [fault, says] of [['500', /was answered with 503/], ['redirect', /redirect \(302\), which is not followed/], ['drop', /without an answer/], ['huge', null], ['500', /503/], ['500', /503/], ['500', /503/]]) {
		s.outside.fail(fault, { to: `${s.outside.url}/fail` })
		const r = await s.beat()
		if (says) fails(s, r, 75, says)
		else ok(r) // it was taken; how long the answer is matters to nobody
		waits.push((Date.parse(s.sent().nextAt) - Date.parse(s.sent().ranAt)) / 1000 + 5) // a timer that comes early is let through
		s.later(601)
	}
	assert.deepEqual(waits, [60, 120, 240, 600, 60, 120, 240])
	assert.equal(s.outside.pings.length, 0)
	await s.outside.close()
})

test('while it waits nobody is asked, over restarts too', async () => {
	const s = await stage()
	s.outside.fail('500')
	fails(s, await s.beat(), 75, /503/)
	for (let i = 0; i < 3; i++) ok(await s.beat())
	assert.equal(s.outside.asked, 1)
	s.later(61)
	ok(await s.beat())
	assert.deepEqual([s.outside.pings.length, s.sent().failures, s.sent().error], [1, 0, null])
	await s.outside.close()
})

test('an unknown address, a stranger, nobody, and what never answers each say what it is', async () => {
	const s = await stage()
	const told = async (status, says) => { s.later(601); fails(s, await s.beat(), status, says) }
	ok(await s.beat())
	writeFileSync(s.at('beat.url'), `${s.outside.url.replace('planted', 'mistyped')}\n`)
	await told(75, /address is not known there \(404\); put the right one into beat\.urlFile/)
	writeFileSync(s.at('beat.url'), 'https://127.0.0.1:1/ping/x\n')
	await told(75, /nobody takes connections there/)
	writeFileSync(s.at('beat.url'), 'https://nowhere.invalid/ping/x\n')
	await told(75, /its name cannot be looked up/)
	writeFileSync(s.at('beat.url'), `${s.outside.url}\n`)
	s.configure({ caFile: '/etc/ssl/certs/ca-certificates.crt' })
	await told(75, /TLS certificate is not one that is trusted here/)
	s.configure()
	s.outside.fail('silent')
	await told(75, /no answer in time/)
	await s.outside.close()
})

test('a URL that others can read, that is none, or that is not https is not used', async () => {
	const s = await stage(), file = s.at('beat.url'), url = s.outside.url
	const refused = async (says) => { if (existsSync(s.at('state/beat/sent.json'))) s.later(601); fails(s, await s.beat(), 78, says) }
	chmodSync(file, 0o644)
	await refused(/may be read by others; .*chmod 600/)
	chmodSync(file, 0o600)
	for (const [text, says] of [['', /first line must begin with|first line/], [url.replace('https', 'http'), /must begin with https:/], ['https://user:pass@127.0.0.1/x', /must not hold a user/], [`https://127.0.0.1/${'x'.repeat(900)}`, /first line/], ['a\0b', /first line/]]) {
		writeFileSync(file, text)
		await refused(says)
	}
	rmSync(file)
	await refused(/cannot be read: No such file/)
	symlinkSync(s.at('config.json'), file)
	await refused(/it is a link/)
	rmSync(file)
	execFileSync('mkfifo', [file])
	chmodSync(file, 0o600)
	await refused(/not a plain file/)
	rmSync(file)
	writeFileSync(file, url, { mode: 0o600 })
	if (process.getuid() === 0) {
		chownSync(file, 65534, 65534)
		await refused(/belongs to another user/)
		chownSync(file, 0, 0)
	}
	assert.equal(s.outside.asked, 0)
	s.configure({ urlFile: 'credential:other' })
	await refused(/was not handed over by systemd; LoadCredential=other:\/PATH/)
	s.configure({ urlFile: url })
	const r = await s.beat()
	assert.equal(r.status, 78)
	assert.match(r.stderr, /beat\.urlFile must be an absolute path/)
	await s.outside.close()
})

test('what systemd hands over is taken, by its name or by that of the file', async () => {
	const s = await stage(), handed = s.at('credentials')
	mkdirSync(handed)
	writeFileSync(join(handed, 'beat.url'), s.outside.url, { mode: 0o440 })
	rmSync(s.at('beat.url'))
	ok(await s.beat({ CREDENTIALS_DIRECTORY: handed }))
	s.later(601)
	s.configure({ urlFile: 'credential:beat.url' })
	ok(await s.beat({ CREDENTIALS_DIRECTORY: handed }))
	assert.equal(s.outside.pings.length, 2)
	await s.outside.close()
})

test('where nobody on the machine could tell, the outside is told; it alone says when that ends', async () => {
	const s = await stage()
	ok(await s.beat())
	const next = async () => { s.later(300); ok(await s.beat()); return s.outside.pings.at(-1).path }
	s.silent('vijay', 'notify', 1000)
	assert.equal(await next(), '/ping/ID', 'one is left')
	s.silent('bheem', 'notify', 1000)
	assert.equal(await next(), '/ping/ID/fail', 'both are dead')
	s.silent('bheem', 'notify', 5)
	assert.equal(await next(), '/ping/ID')
	for (const id of ['vijay', 'bheem']) s.silent(id, 'notify', 1000)
	s.later(7200) // nothing ran: the machine may have slept
	ok(await s.beat())
	assert.equal(s.outside.pings.at(-1).path, '/ping/ID')
	s.configure({ fail: false })
	assert.equal(await next(), '/ping/ID')
	// Where nobody is told of anything, it is the machine's exporter that counts.
	s.configure({}, null)
	assert.equal(await next(), '/ping/ID')
	s.silent('host', 'export', 1000)
	assert.equal(await next(), '/ping/ID/fail')
	await s.outside.close()
})

test('critical instances are counted and are no failure; what is old or broken is counted as unknown', async () => {
	const s = await stage(), file = s.at('state/alive/host/counts.json')
	const counts = async (x) => {
		rmSync(file)
		if (x !== null) writeFileSync(file, typeof x === 'string' ? x : JSON.stringify({ schemaVersion: 1, at: stamp(now()), instances: 2, healthy: 1, warnings: 0, criticals: 1, unknown: 0, ...x }))
		if (existsSync(s.at('state/beat/sent.json'))) s.later(301)
		ok(await s.beat())
		assert.equal(s.outside.pings.at(-1).path, '/ping/ID')
		return Object.values(body(s)).join(' ')
	}
	assert.equal(await counts({}), '2 1 0 1 0')
	assert.equal(await counts({ at: stamp(now() - 301) }), '2 0 0 0 2')
	assert.equal(await counts({ at: stamp(now() + 900) }), '2 0 0 0 2')
	assert.equal(await counts({ healthy: -1 }), '2 0 0 0 2')
	assert.equal(await counts({ healthy: 'many' }), '2 0 0 0 2')
	assert.equal(await counts('{'), '2 0 0 0 2')
	writeFileSync(file, '')
	assert.equal(await counts('x'.repeat(2 << 20)), '2 0 0 0 2')
	if (process.getuid() === 0) {
		await counts({})
		chownSync(file, 65534, 65534)
		s.later(301)
		ok(await s.beat())
		assert.equal(body(s).unknown, 2, 'not its folder\'s owner wrote it')
	}
	await s.outside.close()
})

test('how it goes is a reading of the machine', async () => {
	const s = await stage()
	const state = async () => { ok(await s.run(['export', '--host'])); return s.reading() }
	assert.deepEqual([(await state()).state, s.reading().ranAt], ['ok', null])
	ok(await s.beat())
	assert.ok((await state()).goodAt)
	s.outside.fail('500')
	s.later(301)
	fails(s, await s.beat(), 75, /503/)
	assert.deepEqual([(await state()).failures, s.reading().error], [1, 'the beat was not taken: it was answered with 503'])
	const r = await s.run(['status', '--json'])
	assert.ok(!r.stdout.includes(s.secret()))
	writeFileSync(s.at('state/beat/sent.json'), '{')
	assert.match((await state()).reason, /sent\.json is broken/)
	s.outside.fail('500')
	fails(s, await s.beat(), 75, /503/) // it is begun anew
	assert.equal((await state()).failures, 1)
	for (const name of readdirSync(s.at('state/reports/host'))) assert.ok(!readFileSync(s.at('state/reports/host', name)).includes(s.secret()), name)
	await s.outside.close()
})

test('what became of it cannot be written down: it says so, and does not send without end', async () => {
	const s = await stage()
	mkdirSync(s.at('state/beat'))
	mkdirSync(s.at('state/beat/sent.json'))
	fails(s, await s.beat(), 1, /sent\.json cannot be written/)
	const r = await s.run(['beat', 'x'])
	assert.equal(r.status, 64)
	await s.outside.close()
})

const failed = await runTests()
rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
