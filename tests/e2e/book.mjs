#!/usr/bin/env node
// The alert book as the exporter keeps it: a gateway that dies and comes back, causes, answers, rules, a run that is cut off.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTests, test, top } from './harness.mjs'

const build = process.env.MC_BUILD ?? join(top, 'build')
const dir = mkdtempSync(join(tmpdir(), 'mc-book.'))
const config = join(dir, 'config.json')
const stands_for_a_gateway = []

function start() {
	const p = spawn('bash', ['-c', 'while sleep 1; do date +%s.%N > "$0/cron/ticker_heartbeat"; done', join(dir, 'bheem')], { argv0: 'hermes-gateway', stdio: 'ignore' })
	stands_for_a_gateway.push(p)
	return p
}
async function kill(p) {
	const gone = new Promise((done) => p.once('exit', done))
	p.kill('SIGKILL')
	await gone
}

let gateway = start()
execFileSync(join(build, 'tests/fixtures/sample-homes'), [dir, '--gateway-pid', String(gateway.pid)])
const state = join(dir, 'state')
const ledger = join(state, 'reports/bheem/ledger.db')
const file = join(dir, 'bheem/gateway_state.json')

function exports(times, more = config) {
	for (let i = 0; i < times; i++) {
		const r = spawnSync(join(build, 'hmc'), ['export', '--instance', 'bheem', '--config', more], { encoding: 'utf8', timeout: 30000 })
		assert.equal(r.status, 0, r.stderr)
	}
}
const rows = (sql) => JSON.parse(execFileSync('sqlite3', ['-json', ledger, sql], { encoding: 'utf8' }) || '[]')
const alert = (reading) => rows(`SELECT * FROM alerts WHERE reading = '${reading}' ORDER BY n DESC`)[0]
const count = (reading) => rows(`SELECT * FROM alerts WHERE reading = '${reading}'`).length

/* The process that a state file names: Hermes notes its number and when it began. */
function point(p) {
	const was = JSON.parse(readFileSync(file, 'utf8'))
	const stat = readFileSync(`/proc/${p.pid}/stat`, 'utf8')
	const begun = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
	for (const f of ['gateway_state.json', 'gateway.pid']) {
		const x = f === 'gateway.pid' ? JSON.parse(readFileSync(join(dir, 'bheem', f), 'utf8')) : was
		writeFileSync(join(dir, 'bheem', f), JSON.stringify({ ...x, pid: p.pid, start_time: begun }))
	}
}

test('a platform is an alert after three readings, a backup after one', () => {
	exports(2)
	assert.equal(alert('backup.age').closed, 0)
	assert.match(alert('backup.age').why, /expected within 26 h/)
	assert.equal(alert('platform.discord'), undefined)
	assert.equal(rows("SELECT bad, needs FROM book WHERE reading = 'platform.discord'")[0].bad, 2)
	exports(1)
	assert.equal(alert('platform.discord').closed, 0)
	assert.equal(alert('gateway'), undefined)
})

test('what an admin said is noted, and only of the opening it was said of', () => {
	const at = new Date().toISOString().replace(/\.\d+/, '')
	mkdirSync(join(state, 'answers/bheem'), { recursive: true })
	writeFileSync(join(state, 'answers/bheem/answers.json'), JSON.stringify({ schemaVersion: 1, answers: [{ id: '0123456789abcdef', kind: 'acknowledge',
		instanceId: 'bheem', reading: 'backup.age', severity: 'warning', openedAt: at, by: 'asha', reason: 'on it', at, until: new Date(Date.now() + 86400000).toISOString().replace(/\.\d+/, '') }] }))
	exports(1)
	assert.equal(alert('backup.age').answered_by, 'asha')
	assert.equal(alert('platform.discord').answered_by, null)
})

test('a gateway that dies is one alert, and explains its platforms', async () => {
	await kill(gateway)
	exports(1)
	assert.equal(alert('gateway'), undefined)
	assert.equal(alert('platform.discord').closed, 0, 'of one of both somebody has to be told')
	exports(1)
	assert.equal(alert('gateway').closed, 0)
	assert.equal(alert('gateway').severity, 3)
	const discord = alert('platform.discord')
	assert.equal(discord.ended, 'explained')
	assert.equal(discord.cause, 'gateway')
	assert.ok(discord.closed > 0)
})

test('what is back within the hour is the same alert', async () => {
	gateway = start()
	point(gateway)
	exports(1)
	assert.equal(alert('gateway').closed, 0)
	exports(2)
	assert.equal(alert('gateway').ended, 'recovered')
	assert.equal(alert('platform.discord').closed, 0)
	assert.equal(alert('platform.discord').reopened, 1)
	assert.equal(count('platform.discord'), 1)
	await kill(gateway)
	exports(2)
	assert.equal(alert('gateway').closed, 0)
	assert.equal(alert('gateway').reopened, 1)
	assert.equal(count('gateway'), 1)
})

test('a run that is killed leaves all of what it found, or nothing', async () => {
	for (let wait = 0; wait < 60; wait += 6) {
		const p = spawn(join(build, 'hmc'), ['export', '--instance', 'bheem', '--config', config], { stdio: 'ignore' })
		const gone = new Promise((done) => p.once('exit', done))
		await new Promise((done) => setTimeout(done, wait))
		p.kill('SIGKILL')
		await gone
		assert.equal(execFileSync('sqlite3', [ledger, 'PRAGMA integrity_check'], { encoding: 'utf8' }).trim(), 'ok')
		assert.equal(count('gateway'), 1)
		assert.equal(alert('gateway').closed, 0)
	}
	exports(1)
	assert.equal(alert('gateway').reopened, 1)
})

test('the configuration says otherwise, and says so', () => {
	const other = join(dir, 'other.json')
	writeFileSync(other, readFileSync(config, 'utf8').replace('"sample": true,', '"sample": true, "alerts": { "rules": { "gateway": { "close": 1 } } },'))
	gateway = start()
	point(gateway)
	exports(1, other)
	assert.ok(alert('gateway').closed > 0)
	const r = spawnSync(join(build, 'hmc'), ['config', '--config', other], { encoding: 'utf8' })
	assert.match(r.stdout, /"gateway": \{ "open": 2, "close": 1, "unknown": 4 \},\s+\/\/ from the file/)
	assert.match(r.stdout, /"platform\.\*": \{ "open": 3, "close": 2, "unknown": 6 \},\s+\/\/ default/)
})

test('a paused instance has no alert of what is meant to be off', async () => {
	await kill(gateway)
	exports(2)
	assert.equal(alert('gateway').closed, 0)
	const paused = join(dir, 'paused.json')
	writeFileSync(paused, readFileSync(config, 'utf8').replace('"publish": "excerpts",', '"publish": "excerpts", "paused": "on leave",'))
	exports(1, paused)
	assert.equal(alert('gateway').ended, 'off')
	assert.ok(alert('gateway').closed > 0)
})

const failed = await runTests()
for (const p of stands_for_a_gateway) p.kill('SIGKILL')
if (!process.env.KEEP) rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
