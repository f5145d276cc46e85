#!/usr/bin/env node
// hmc doctor before, during and after: each fault that is planted is named, with what to do.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, hmc, runTests, startSite, test, top, until } from './harness.mjs'

const build = process.env.MC_BUILD ?? join(top, 'build')
const dir = mkdtempSync(join(tmpdir(), 'mc-doctor.'))
chmodSync(dir, 0o755)
const doctor = (args, as) => {
	const program = join(build, 'hmc')
	const [file, argv] = as ? ['runuser', ['-u', as, '--', join(dir, 'hmc'), 'doctor', ...args]] : [program, ['doctor', ...args]]
	if (as) {
		copyFileSync(program, join(dir, 'hmc'))
		chmodSync(join(dir, 'hmc'), 0o755)
	}
	return spawnSync(file, argv, { encoding: 'utf8', timeout: 60000 })
}

// The answer to a configuration of the test's own.
const secret = 'a secret of thirty-two bytes or more, for tests\n'
function ask(change = {}, { mode = 0o644, keyMode = 0o600, key = secret, text, as } = {}) {
	const file = join(dir, 'config.json')
	const keyFile = join(dir, 'jwt.key')
	rmSync(keyFile, { force: true })
	if (key !== null) {
		writeFileSync(keyFile, key)
		chmodSync(keyFile, keyMode)
	}
	const config = {
		stateDir: join(dir, 'state'),
		site: { listen: '127.0.0.1:9', origin: 'http://127.0.0.1:9' },
		auth: { keys: [{ kid: 'k', alg: 'HS256', file: keyFile }] },
		instances: [{ id: 'here', user: 'root', hermesHome: join(dir, 'home') }],
		...change,
	}
	mkdirSync(join(dir, 'state'), { recursive: true })
	writeFileSync(file, text ?? JSON.stringify(config))
	chmodSync(file, mode)
	const r = doctor(['--json', '--config', file], as)
	assert.ok([0, 1, 2].includes(r.status), `${r.status} ${r.stderr}`)
	assert.equal(r.stderr, '')
	return { status: r.status, checks: JSON.parse(r.stdout).checks }
}
const find = (answer, what) => answer.checks.find((c) => c.what === what) ?? assert.fail(`no check "${what}" among ${answer.checks.map((c) => c.what)}`)

test('a sound configuration is called sound, and each check says what it found', () => {
	const answer = ask()
	assert.equal(find(answer, 'Sign-in keys').status, 'ok')
	assert.equal(find(answer, 'The configuration').status, 'ok')
	assert.equal(find(answer, 'Instances').status, 'ok')
	for (const c of answer.checks) {
		assert.ok(c.found, c.what)
		if (['warn', 'critical', 'unknown'].includes(c.status) && c.section !== 'Guardrails') assert.ok(c.cure, `${c.what} says what to do`)
	}
})

test('a configuration that cannot be read is a finding, and the rest is still checked', () => {
	const answer = ask({}, { text: '{"instnaces": []}' })
	assert.equal(find(answer, 'The configuration').status, 'critical')
	assert.match(find(answer, 'The configuration').found, /did you mean 'instances'/)
	assert.ok(find(answer, 'The clock'))
	assert.equal(answer.status, 1)
})

test('what others may write or read is named', () => {
	assert.match(find(ask({}, { mode: 0o666 }), 'The configuration').cure, /^chmod 0644 /)
	const key = find(ask({}, { keyMode: 0o644 }), 'Sign-in keys')
	assert.equal(key.status, 'critical')
	assert.match(key.found, /everyone may read; chmod 0640/)
})

test('no key, a short key, none configured: nobody can sign in', () => {
	for (const [answer, words] of [[ask({}, { key: null }), /cannot be opened/], [ask({}, { key: 'short' }), /less than 32 bytes/], [ask({ auth: { keys: [] } }), /no sign-in key/]]) {
		assert.equal(find(answer, 'Sign-in keys').status, 'critical')
		assert.match(find(answer, 'Sign-in keys').found, words)
		assert.equal(answer.status, 1)
	}
})

test('a key that systemd hands to the panes is not called missing', () => {
	const keys = find(ask({ auth: { keys: [{ kid: 'k', alg: 'HS256', file: 'credential:jwt.key' }] } }), 'Sign-in keys')

	assert.equal(keys.status, 'unknown')
	assert.match(keys.cure, /LoadCredential=jwt\.key:/)
})

test('an address in the clear and a user that is not there are found', () => {
	const plain = ask({ site: { listen: '127.0.0.1:9', origin: 'http://vm-01.example' } })
	assert.match((plain.checks.find((c) => c.what === 'Its address') ?? find(plain, 'The configuration')).found, /clear|https/)
	assert.equal(plain.status, 1)
	const nobody = ask({ instances: [{ id: 'here', label: 'Here', user: 'no-such-user', hermesHome: '/nowhere' }] })
	assert.match(find(nobody, 'Here').found, /no user no-such-user/)
})

test('an exporter that never spoke and a site that does not answer are told as such', () => {
	const answer = ask()
	assert.match(find(answer, 'The report of here').found, /not published anything yet/)
	assert.match(find(answer, 'The site').found, /nobody listens on 127\.0\.0\.1:9$/)
})

test('who may not look is told how, and is told no error', () => {
	const answer = ask({}, { as: 'nobody' })
	const key = find(answer, 'Sign-in keys')
	assert.equal(key.status, 'unknown')
	assert.equal(key.cure, 'run this as root')
})

test('nothing is written, and a secret is not shown', () => {
	const before = spawnSync('find', [dir, '-newer', join(dir, 'config.json'), '-printf', '%p %T@\n'], { encoding: 'utf8' }).stdout
	const r = doctor(['--config', join(dir, 'config.json')])
	assert.equal(spawnSync('find', [dir, '-newer', join(dir, 'config.json'), '-printf', '%p %T@\n'], { encoding: 'utf8' }).stdout, before)
	assert.ok(!r.stdout.includes(secret.trim()))
})

test('a port that is held goes to nobody else, and its holder hears no visitor', async () => {
	const { createServer, connect } = await import('node:net')
	const { spawn } = await import('node:child_process')
	const port = await freePort()
	const file = join(dir, 'hold.json')
	writeFileSync(file, JSON.stringify({ site: { listen: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` } }))
	const holder = spawn(join(build, 'hmc'), ['hold', '--config', file], { stdio: 'ignore' })
	const binds = () => new Promise((done) => {
		const server = createServer().on('error', (e) => done(e.code))
		server.listen(port, '127.0.0.1', () => server.close(() => done('bound')))
	})
	try {
		await until('the port is held', async () => (await binds()) === 'EADDRINUSE')
		const heard = await new Promise((done) => connect(port, '127.0.0.1').on('connect', () => done('a visitor came in')).on('error', (e) => done(e.code)))
		assert.equal(heard, 'ECONNREFUSED')
		const other = spawnSync('runuser', ['-u', 'nobody', '--', join(dir, 'hmc'), 'hold', '--config', file], { encoding: 'utf8', timeout: 10000 })
		assert.equal(other.status, 1)
		assert.match(other.stderr, /^hmc hold: [^\n]+ another user's program has it[^\n]+\n$/)
	} finally {
		holder.kill('SIGTERM')
	}
	assert.equal(await new Promise((done) => holder.on('exit', done)), 0)
	assert.equal(await binds(), 'bound')
})

test('usage errors are one line and exit 64; help says the exit status', () => {
	for (const args of [['--nonsense'], ['x']]) {
		const r = doctor(args)
		assert.equal(r.status, 64)
		assert.match(r.stderr, /^[^\n]+\n$/)
	}
	assert.match(doctor(['--help']).stdout, /exit status: 0/)
})

test('over a running site the site answers and every report is fresh', async () => {
	const site = await startSite()
	try {
		const r = await hmc(site, 'doctor', '--json')
		const { checks } = JSON.parse(r.stdout)
		const of = (what) => find({ checks }, what)
		assert.equal(of('The site').status, 'ok', JSON.stringify(of('The site')))
		for (const c of checks.filter((x) => x.section === 'Exporters')) assert.equal(c.status, 'ok', `${c.what}: ${c.found}`)
		assert.ok(checks.filter((x) => x.section === 'Exporters').length >= 3)
		const people = await hmc(site, 'doctor')
		assert.match(people.stdout, /^Configuration\n/)
		assert.ok(!people.stdout.includes('\x1b'), 'no colours without a terminal')
	} finally {
		await site.stop()
	}
})

const failed = await runTests()
rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
