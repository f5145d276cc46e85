#!/usr/bin/env node
// hmc as a person and a timer use it.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { runTests, test, top, until } from './harness.mjs'

const build = process.env.MC_BUILD ?? join(top, 'build')
const hmc = join(build, 'hmc')
const dir = mkdtempSync(join(tmpdir(), 'mc-commands.'))
execFileSync(join(build, 'tests/fixtures/sample-homes'), [dir])
const config = join(dir, 'config.json')
const state = JSON.parse(readFileSync(config, 'utf8').replace(/^\s*\/\/.*$/gm, '')).stateDir

const run = (...args) => spawnSync(hmc, args, { encoding: 'utf8', timeout: 30000 })
const sample = (...args) => run(...args, '--config', config)
const oneLine = (text) => assert.match(text, /^[^\n]+\n$/)
const report = (id) => JSON.parse(readFileSync(join(state, 'reports', id, 'report.json'), 'utf8'))

test('help and version are there for everybody', () => {
	for (const args of [['--help'], ['help'], ['export', '--help'], ['status', '--help'], ['token', '--help'], ['config', '--help']]) {
		const r = run(...args)
		assert.equal(r.status, 0, args.join(' '))
		assert.match(r.stdout, /usage: hmc/)
	}
	assert.match(run('--version').stdout, /^hmc \d+\.\d+\.\d+\n$/)
})

test('a usage error is one line and exit 64', () => {
	for (const args of [['nonsense'], ['export', '--nonsense'], ['export', '--every', '0'], ['export', '--every', 'x'], ['export', 'x'],
		['export', '--instance', 'nobody'], ['export', '--instance', 'vijay', '--host'], ['status', '--instance', 'nobody'], ['status', 'x'],
		['token'], ['token', '--sub', 'a', '--role', 'root'], ['token', '--sub', 'a', '--role', 'viewer', '--ttl', '400d'], ['config', '--x'], ['export', '--config']]) {
		const r = args.includes('--config') ? run(...args) : sample(...args)
		assert.equal(r.status, 64, `${args.join(' ')}: ${r.status} ${r.stderr}`)
		oneLine(r.stderr)
	}
	assert.equal(run().status, 64)
})

test('a configuration error is one line and exit 78, for every command', () => {
	const bad = join(dir, 'bad.json')
	writeFileSync(bad, '{"instnaces": []}')
	for (const command of ['export', 'status', 'config']) {
		const r = run(command, '--config', bad)
		assert.equal(r.status, 78)
		oneLine(r.stderr)
		assert.match(r.stderr, /did you mean 'instances'/)
	}
	assert.equal(run('config', '--check', '--config', '/nonexistent').status, 78)
})

test('before anything was exported status is unknown, exit 2', () => {
	const r = sample('status')
	assert.equal(r.status, 2)
	assert.match(r.stdout, /not published anything yet/)
})

test('an export publishes what Hermes left and says nothing without a terminal', () => {
	const r = sample('export')
	assert.equal(r.stderr + r.stdout, '')
	assert.equal(r.status, 0)
	const vijay = report('vijay')
	assert.equal(vijay.schemaVersion, 1)
	assert.equal(vijay.readings.sessions.state, 'ok')
	assert.ok(vijay.readings.sessions.total > 5)
	assert.equal(vijay.readings.cron.state, 'ok')
	assert.equal(vijay.readings.gateway.state, 'ok')
	assert.equal(vijay.readings.backupRepo.state, 'ok')
	assert.match(vijay.readings.backupRepo.head, /^[0-9a-f]{7}$/)
	assert.ok(report('host').readings.memory.totalBytes > 0)
	for (const [name, reading] of Object.entries({ ...vijay.readings, ...report('bheem').readings })) {
		assert.ok(['ok', 'inactive', 'unknown'].includes(reading.state), name)
		assert.ok(reading.state === 'ok' || reading.reason, `${name} says why`)
		assert.ok(reading.takenAt, `${name} says when`)
	}
	assert.equal(statSync(join(state, 'reports/vijay/report.json')).mode & 0o7777, 0o640)
})

test('nothing planted is in a report', () => {
	for (const id of ['vijay', 'bheem', 'host'])
		assert.doesNotMatch(readFileSync(join(state, 'reports', id, 'report.json'), 'utf8'), /PLANTED/)
	assert.ok(report('bheem').exporter.redactions + report('vijay').exporter.redactions > 0)
})

test('an instance that publishes counts keeps every text that anybody wrote', () => {
	const own = join(dir, 'counts')
	mkdirSync(own)
	const all = JSON.parse(readFileSync(config, 'utf8').replace(/^\s*\/\/.*$/gm, ''))
	all.stateDir = own
	for (const i of all.instances) Object.assign(i, { publish: 'counts', privacy: true })
	writeFileSync(join(dir, 'counts.json'), JSON.stringify(all))
	assert.equal(run('export', '--config', join(dir, 'counts.json')).status, 0)
	const counts = JSON.parse(readFileSync(join(own, 'reports/vijay/report.json'), 'utf8'))
	assert.equal(counts.exporter.publish, 'counts')
	assert.equal(counts.exporter.privacy, true)
	assert.equal(counts.readings.sessions.total, report('vijay').readings.sessions.total)
	assert.equal(counts.readings.cron.jobs.length, report('vijay').readings.cron.jobs.length)
	const text = JSON.stringify(counts)
	for (const wrote of [...report('vijay').readings.sessions.latest.map((x) => x.title), ...report('vijay').readings.cron.jobs.map((x) => x.name)])
		if (wrote?.length > 8) assert.ok(!text.includes(JSON.stringify(wrote)), wrote)
	assert.equal(report('vijay').exporter.publish, 'titles')
})

test('a first import says how far it is on a terminal, and a timer takes it in by turns', () => {
	const own = join(dir, 'many')
	mkdirSync(own)
	execFileSync(join(build, 'tests/bench/sessions'), [join(own, 'home'), '9000'])
	const config = (state) => {
		writeFileSync(join(own, `${state}.json`), JSON.stringify({ stateDir: join(own, state), instances: [{ id: 'a', user: userInfo().username, hermesHome: join(own, 'home') }] }))
		return ['export', '--instance', 'a', '--config', join(own, `${state}.json`)]
	}
	const total = (state) => {
		const file = join(own, state, 'reports/a/report.json')
		return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).readings.sessions.total : null
	}
	const tty = spawnSync('script', ['-qec', [hmc, ...config('tty')].join(' '), '/dev/null'], { encoding: 'utf8', timeout: 60000 })
	assert.match(tty.stdout, /taking sessions into the ledger: \d+ of 9000/)
	assert.match(tty.stdout, /9000 sessions are in the ledger/)
	assert.equal(total('tty'), 9000)
	for (let i = 0; i < 50 && total('timer') !== 9000; i++) assert.equal(run(...config('timer')).stdout, '')
	assert.equal(total('timer'), 9000)
})

test('status judges as the page does and colours only a terminal', () => {
	const plain = sample('status')
	assert.equal(plain.status, 1)
	assert.match(plain.stdout, /Bheem/)
	assert.doesNotMatch(plain.stdout, /\x1b/)
	const tty = spawnSync('script', ['-qec', `${hmc} status --config ${config}`, '/dev/null'], { encoding: 'utf8' })
	assert.match(tty.stdout, /\x1b\[/)
	const one = sample('status', '--instance', 'vijay')
	assert.doesNotMatch(one.stdout, /Bheem/)
})

test('status --json is the snapshot itself', () => {
	const snapshot = JSON.parse(sample('status', '--json').stdout)
	assert.deepEqual(snapshot.instances.map((i) => i.instanceId), ['vijay', 'bheem'])
	assert.equal(snapshot.instances[0].report.readings.sessions.total, report('vijay').readings.sessions.total)
	assert.equal(snapshot.host.state, 'ok')
	const one = JSON.parse(sample('status', '--json', '--instance', 'bheem').stdout)
	assert.equal(one.instances.length, 1)
	assert.equal(one.host, undefined)
})

test('an export goes on until it is told to stop, and finishes what it writes', async () => {
	const { spawn } = await import('node:child_process')
	const child = spawn(hmc, ['export', '--instance', 'vijay', '--every', '1', '--config', config], { stdio: 'ignore' })
	const file = join(state, 'reports/vijay/report.json')
	const first = statSync(file).ino
	await until('a second report', () => statSync(file).ino !== first)
	const second = statSync(file).ino
	await until('a third report', () => statSync(file).ino !== second)
	const exited = new Promise((r) => child.on('exit', (code, signal) => r(signal ?? code)))
	child.kill('SIGTERM')
	assert.equal(await exited, 0)
	assert.equal(existsSync(join(state, 'reports/vijay/.report.json.new')), false)
	JSON.parse(readFileSync(file, 'utf8'))
})

test('an export starts no process', () => {
	const trace = spawnSync('strace', ['-f', '-e', 'trace=clone,clone3,fork,vfork,execve', hmc, 'export', '--config', config], {
		encoding: 'utf8',
		env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' }, // the leak checker is a process of its own
	})
	if (trace.error || /ptrace.*not permitted/i.test(trace.stderr)) return
	const started = trace.stderr.split('\n').filter((l) => /\b(clone3?|v?fork|execve)\(/.test(l) && !l.includes('CLONE_THREAD') && !/execve\("[^"]*hmc"/.test(l))
	assert.deepEqual(started, [])
})

test('a state folder that cannot be written is one line with the cure, exit 1', () => {
	const blocked = join(dir, 'blocked.json')
	writeFileSync(join(dir, 'a-file'), '')
	writeFileSync(blocked, readFileSync(config, 'utf8').replaceAll(JSON.stringify(state), JSON.stringify(join(dir, 'a-file'))))
	const r = run('export', '--host', '--config', blocked)
	assert.equal(r.status, 1)
	oneLine(r.stderr)
	assert.match(r.stderr, /cannot publish in/)
})

test("another user's instance is left to that user's exporter", () => {
	const other = join(dir, 'other.json')
	const me = userInfo().username === 'root' ? 'nobody' : 'root'
	writeFileSync(other, JSON.stringify({ stateDir: state, instances: [{ id: 'theirs', user: me, hermesHome: '/nonexistent' }] }))
	const r = run('export', '--instance', 'theirs', '--config', other)
	assert.equal(r.status, 1)
	oneLine(r.stderr)
	assert.match(r.stderr, new RegExp(`runuser -u ${me}`))
})

test('config says where each value came from, and finds instances by itself', () => {
	const printed = sample('config').stdout
	assert.match(printed, /"interval": 30,\s+\/\/ default/)
	assert.match(printed, /"id": "vijay",\s+\/\/ from the file/)
	assert.match(sample('config', '--check').stdout, /sound, 2 instances/)
	const found = join(dir, 'found.json')
	writeFileSync(found, '{}')
	assert.equal(run('config', '--check', '--config', found).status, 0)
})

// Faults in a home: each costs its own reading, never the run.
const home = join(dir, 'vijay')
const faults = {
	'state.db': 'sessions',
	'cron/jobs.json': 'cron',
	'gateway_state.json': 'gateway',
}
for (const [file, reading] of Object.entries(faults)) {
	const path = join(home, file)
	const spoil = {
		'is empty': () => writeFileSync(path, ''),
		'is truncated': (saved) => writeFileSync(path, saved.subarray(0, Math.floor(saved.length / 2))),
		'is no such thing': () => writeFileSync(path, '\x00\xff<html>not what it says</html>'.repeat(100)),
		'is huge': () => writeFileSync(path, Buffer.alloc(40 * 1024 * 1024, 0x20)),
		'is a FIFO': () => { unlinkSync(path); execFileSync('mkfifo', [path]) },
		'is a link': (saved) => { unlinkSync(path); writeFileSync(path + '.real', saved); symlinkSync(path + '.real', path) },
		'is a folder': () => { unlinkSync(path); mkdirSync(path) },
	}
	for (const [what, how] of Object.entries(spoil))
		test(`when ${file} ${what}, that reading is not ok and the others are`, () => {
			const saved = readFileSync(path)
			const mode = statSync(path).mode
			try {
				how(saved)
				const r = sample('export', '--instance', 'vijay')
				assert.equal(r.status, 0, r.stderr)
				const { readings } = report('vijay')
				assert.equal(readings[reading].state, 'unknown', JSON.stringify(readings[reading]).slice(0, 300))
				assert.ok(readings[reading].reason)
				for (const other of Object.values(faults).filter((o) => o !== reading)) assert.equal(readings[other].state, 'ok', other)
			} finally {
				rmSync(path, { recursive: true, force: true })
				rmSync(path + '.real', { force: true })
				writeFileSync(path, saved)
				chmodSync(path, mode)
			}
		})
}

test('when the home is gone, every reading of it says so', () => {
	rmSync(home, { recursive: true })
	assert.equal(sample('export', '--instance', 'vijay').status, 0)
	const { readings } = report('vijay')
	for (const reading of Object.values(faults)) {
		assert.notEqual(readings[reading].state, 'ok')
		assert.ok(readings[reading].reason)
	}
})

const failed = await runTests()
rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
