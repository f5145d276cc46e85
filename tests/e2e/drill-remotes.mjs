#!/usr/bin/env node
// hmc drill over the remotes there are, good and bad: ssh, http and https with a token, full, slow, moved on, too large; and what
// happens beside it. Each failure is one line, a row of the ledger and an alert that says it. TAP.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git, hmc, payload, quiet, secret, stage } from './drill-stage.mjs'
import { answer, backend, listen, silent, sshd, startSshd, stopSshd } from './git-servers.mjs'
import { runTests, test } from './harness.mjs'

const dir = mkdtempSync(join(tmpdir(), 'mc-drill-remotes.'))
const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()
const skipped = (why) => console.log(`# skipped: ${why}`)
const mayTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
const mayMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
const REFUSED = 4, FAILED = 1, PROVEN = 2

// Servers of this process answer while hmc runs, so that is not waited for in one breath.
const aside = (s, what, { env = {}, before = [], more = [] } = {}) => new Promise((done) => {
	const [command, ...args] = [...before, hmc, ...s.args(what, ...more)]
	const child = spawn(command, args, { ...s.opts, env: { ...s.opts.env, ...env } }), r = { stdout: '', stderr: '' }
	child.stdout.on('data', (x) => { r.stdout += x })
	child.stderr.on('data', (x) => { r.stderr += x })
	child.on('close', (status) => done({ ...r, status }))
})
const ok = (r) => { assert.equal(r.status, 0, r.stderr + r.stdout); return r }

// One line, nothing left, nothing leaked; a row and an alert that say it.
function isFailed(s, r, status, state, ...words) {
	assert.equal(r.status, status, r.stderr + r.stdout)
	for (const w of words) assert.match(r.stderr, w)
	assert.equal(r.stderr.trim().split('\n').length, 1, r.stderr)
	assert.equal(s.last().state, state)
	assert.ok(r.stderr.includes(s.last().error), `${r.stderr} · ${s.last().error}`)
	const alert = s.alert('drill.proof')
	assert.equal(alert.title, 'The restore drill failed')
	for (const w of words) assert.match(alert.why, new RegExp(w.source, 'i'))
	assert.doesNotMatch(r.stderr + r.stdout + JSON.stringify([s.last(), alert]), new RegExp(`${secret.slice(0, 24)}|scoped-token`))
	s.isClean()
}

async function overSsh() {
	const ssh = await startSshd(dir), own = { key: ssh.at('deploy'), knownHosts: ssh.at('known') }
	const s = stage({ remote: (path) => `ssh://${user}@127.0.0.1:${ssh.port}${path}`, backup: own })
	writeFileSync(ssh.at('repo'), s.remote)
	s.backup()
	return { s, ssh, set: (more) => s.configure({ ...own, ...more }) }
}

test('over ssh the deploy key clones, and pushes the receipt', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s } = await overSsh()
	ok(s.drill())
	assert.equal(s.last().state, PROVEN)
	assert.equal(s.receipt().isProven, true)
	assert.match(s.receipt().remote, /^ssh:\/\/127\.0\.0\.1:\d+\//)
	assert.equal(s.inRepo().length, 1)
	s.isClean()
})

test('a key, a host or a repository that will not do is told, and is an alert', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s, ssh, set } = await overSsh()
	set({ key: ssh.at('stranger') })
	isFailed(s, s.drill(), 1, FAILED, /does not take this instance's key/)
	chmodSync(ssh.at('deploy'), 0o644)
	set({})
	isFailed(s, s.drill(), 78, REFUSED, /may be read by others/, /chmod 600/)
	chmodSync(ssh.at('deploy'), 0o600)
	set({ key: ssh.at('nothing-here') })
	isFailed(s, s.drill(), 78, REFUSED, /cannot be read: No such file/)
	set({ knownHosts: ssh.at('known-none') })
	isFailed(s, s.drill(), 1, FAILED, /is not in .*known-none; compare its fingerprint/)
	set({ knownHosts: ssh.at('known-other') })
	isFailed(s, s.drill(), 1, FAILED, /shows a key that is not the one in/)
	set({})
	writeFileSync(ssh.at('repo'), '/somewhere/else.git')
	isFailed(s, s.drill(), 75, FAILED, /asking ssh:\/\/127\.0\.0\.1:\d+\/.*failed/)
	writeFileSync(ssh.at('repo'), s.remote)
	ok(s.drill())
})

test('a remote that moves on between clone and push keeps what it has; the proof stands, its receipt waits for the next drill', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s } = await overSsh(), hook = join(s.remote, 'hooks/pre-receive')
	s.tamper('echo theirs > README')
	const theirs = git(s.remote, 'rev-parse', 'main')
	git(s.remote, 'update-ref', 'refs/heads/main', `${theirs}~`)
	// It arrives while our push is under way.
	writeFileSync(hook, `#!/bin/sh\nenv -u GIT_QUARANTINE_PATH git update-ref refs/heads/main ${theirs}\n`, { mode: 0o755 })
	const r = s.drill()
	assert.notEqual(r.status, 0)
	assert.match(r.stderr, /proven, but pushing to .* failed/)
	assert.equal(r.stderr.trim().split('\n').length, 1, r.stderr)
	assert.equal(git(s.remote, 'rev-parse', 'main'), theirs)
	assert.equal(s.last().state, PROVEN)
	assert.match(s.last().error, /proven, but pushing to/)
	rmSync(hook)
	ok(s.drill())
	assert.equal(s.inRepo().length, 1)
	assert.equal(git(s.remote, 'show', 'main:README'), 'theirs')
})

test('a hook that refuses the receipt is told in its words', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s } = await overSsh()
	writeFileSync(join(s.remote, 'hooks/pre-receive'), '#!/bin/sh\necho main is protected, ask an owner >&2\nexit 1\n', { mode: 0o755 })
	const r = s.drill()
	assert.equal(r.status, 1)
	assert.match(r.stderr, /proven, but pushing to .*rejected refs\/heads\/main.*main is protected, ask an owner/)
	assert.equal(s.last().state, PROVEN)
	s.isClean()
})

test('over http on this machine a token clones and pushes; a wrong one, one that others may read and a redirect are told', async () => {
	if (!existsSync(backend)) return skipped('there is no git-http-backend here')
	let root
	const server = createHttp((req, res) => answer(root, req, res)), port = await listen(server)
	const s = stage({ remote: () => `http://127.0.0.1:${port}/remote.git` }), token = s.at('token')
	root = s.own
	writeFileSync(token, 'scoped-token-1\n', { mode: 0o600 })
	s.configure({ tokenFile: token, tokenUser: 'uma' })
	try {
		ok(await aside(s, 'backup'))
		ok(await aside(s, 'drill'))
		assert.equal(s.receipt().isProven, true)
		assert.equal(s.inRepo().length, 1)
		writeFileSync(token, 'another\n')
		isFailed(s, await aside(s, 'drill'), 1, FAILED, /does not take this instance's token/)
		chmodSync(token, 0o640)
		isFailed(s, await aside(s, 'drill'), 78, REFUSED, /may be read by others/)
		chmodSync(token, 0o600)
		writeFileSync(token, 'scoped-token-1\n')
		git(s.repo, 'remote', 'set-url', 'origin', `http://127.0.0.1:${port}/away/remote.git`)
		isFailed(s, await aside(s, 'drill'), 75, FAILED, /cannot redirect/)
	} finally {
		server.close()
	}
})

test('over https with a certificate that this machine trusts backup and drill do their work', async () => {
	if (!existsSync(backend)) return skipped('there is no git-http-backend here')
	if (!mayMount) return skipped('mounting is not permitted here')
	const at = (name) => join(dir, name), system = '/etc/ssl/certs/ca-certificates.crt'
	if (!existsSync(system)) return skipped('there is no list of certificates here')
	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', at('tls.key'), '-out', at('tls.crt')], { stdio: 'ignore' })
	let root
	const server = createHttps({ key: readFileSync(at('tls.key')), cert: readFileSync(at('tls.crt')) }, (req, res) => answer(root, req, res)), port = await listen(server)
	const s = stage({ remote: () => `https://localhost:${port}/remote.git` }), token = s.at('token')
	root = s.own
	writeFileSync(token, 'scoped-token-1\n', { mode: 0o600 })
	s.configure({ tokenFile: token, tokenUser: 'uma' })
	// Trusted in a mount namespace alone.
	mkdirSync(at('certs'), { recursive: true })
	writeFileSync(at('certs/ca-certificates.crt'), readFileSync(at('tls.crt')))
	const hash = execFileSync('openssl', ['x509', '-hash', '-noout', '-in', at('tls.crt')], { encoding: 'utf8' }).trim()
	writeFileSync(at(`certs/${hash}.0`), readFileSync(at('tls.crt')))
	const before = ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /etc/ssl/certs && exec "$@"', at('certs')]
	try {
		isFailed(s, await aside(s, 'drill'), 1, FAILED, /TLS certificate is not valid/)
		ok(await aside(s, 'backup', { before }))
		ok(await aside(s, 'drill', { before }))
		assert.match(s.receipt().remote, /^https:\/\/localhost:\d+\/remote\.git$/)
		assert.equal(s.receipt().isProven, true)
	} finally {
		server.close()
	}
})

test('a remote that takes the connection and says nothing is given up, by backup and drill', async () => {
	const black = await silent()
	const s = stage({ remote: () => `http://127.0.0.1:${black.port}/remote.git` }), token = s.at('token')
	writeFileSync(token, 'scoped-token-1\n', { mode: 0o600 })
	s.configure({ tokenFile: token })
	try {
		for (const what of ['backup', 'drill']) {
			const r = await aside(s, what, { env: { HMC_LIMIT_S: '1' } })
			assert.equal(r.status, 75, r.stderr)
			assert.match(r.stderr, new RegExp(`^hmc ${what}: .*too (long|much time)`))
			assert.equal(r.stderr.trim().split('\n').length, 1, r.stderr)
			s.isClean()
		}
		assert.ok(black.came() >= 2)
		assert.equal(s.last().state, FAILED)
		assert.match(s.alert('drill.proof').why, /took too long and was ended/)
		assert.match(s.alert('backup.run').why, /took too long and was ended/)
	} finally {
		black.close()
	}
})

test('a remote that talks on and on is given up, and its last words are none of a reason', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s } = await overSsh(), hook = join(s.remote, 'hooks/pre-receive')
	writeFileSync(hook, '#!/bin/sh\nfor i in $(seq 300); do echo busy $i >&2; sleep 0.1; done\n', { mode: 0o755 })
	const drill = await aside(s, 'drill', { env: { HMC_LIMIT_S: '4' } })
	assert.equal(drill.status, 75, drill.stderr)
	assert.match(drill.stderr, /^hmc drill: bheem: proven, but pushing .* took (longer|too long) .*\n$/)
	assert.equal(s.last().state, PROVEN)
	assert.equal(s.receipt().isProven, true)
	s.isClean()
	appendFileSync(join(s.home, 'memories/MEMORY.md'), '§\nMore.\n')
	const backup = await aside(s, 'backup', { env: { HMC_LIMIT_S: '4' } })
	assert.equal(backup.status, 75, backup.stderr)
	assert.match(backup.stderr, /^hmc backup: (bheem: pushing to|the backup) .*took (longer|too long) .*\n$/)
	assert.match(s.alert('backup.run').why, /took (longer|too long)/)
	rmSync(hook)
	s.backup()
	ok(s.drill())
})

// Figures that hardly compress, and nothing that looks like a key.
function figures(bytes) {
	let x = 1
	const out = []
	for (let n = 0; n < bytes; n += out.at(-1).length) out.push(`${(x = Math.imul(x, 1103515245) + 12345 >>> 0) % 9973} `)
	return out.join('')
}

test('more than a drill takes from a remote is given up on the way', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s } = await overSsh()
	writeFileSync(join(s.home, 'skills/own/long.md'), figures(4 << 20))
	s.backup()
	ok(s.drill())
	isFailed(s, await aside(s, 'drill', { env: { HMC_CLONE_MIB: '1' } }), 1, FAILED, /it holds more than 1 MiB/)
	for (const no of ['0', '-1', '5000', 'x']) ok(await aside(s, 'drill', { env: { HMC_CLONE_MIB: no } }))
})

// hmc with a folder on a disk of its own, which may be full.
const onSmallDisk = (s, folder, what, size, fill) => spawnSync('unshare', ['--mount', 'sh', '-c',
	`cp -a "$0" "$0.kept" && mount -t tmpfs -o size=${size} none "$0" && cp -a "$0.kept/." "$0" && ${fill ? 'head -c 9000000 /dev/zero > "$0/filler" 2> /dev/null;' : ''} exec "$@"`, folder, hmc, ...s.args(what)], s.opts)

test('a remote without room keeps what it has: the proof stands', () => {
	if (!mayMount) return skipped('mounting is not permitted here')
	const s = stage()
	s.backup()
	const before = git(s.remote, 'rev-parse', 'main'), r = onSmallDisk(s, s.remote, 'drill', '400k', true)
	assert.notEqual(r.status, 0, r.stdout)
	assert.match(r.stderr, /proven, but pushing to/)
	assert.equal(s.last().state, PROVEN)
	assert.equal(git(s.remote, 'rev-parse', 'main'), before)
	git(s.remote, 'fsck', '--strict')
	ok(s.drill())
})

test('a scratch folder without room is told, and nothing of it is left', () => {
	if (!mayMount) return skipped('mounting is not permitted here')
	const s = stage()
	writeFileSync(join(s.home, 'skills/own/long.md'), figures(1 << 20))
	s.backup()
	isFailed(s, onSmallDisk(s, s.at('tmp'), 'drill', '400k'), 75, FAILED, /cloning .* failed: No space left on device.*; set TMPDIR to a folder with room/)
	ok(s.drill())
})

test('a ledger that cannot be written is told; what was done is done', () => {
	if (!mayMount) return skipped('mounting is not permitted here')
	for (const what of ['backup', 'drill']) {
		const s = stage()
		s.backup()
		appendFileSync(join(s.home, 'memories/MEMORY.md'), '§\nMore.\n')
		const reports = s.at('state/reports/bheem'), rows = spawnSync('sqlite3', [join(reports, 'ledger.db'), `SELECT count(*) FROM ${what === 'drill' ? 'drills' : 'backup_runs'}`], quiet).stdout
		const r = onSmallDisk(s, reports, what, '2m', true)
		assert.notEqual(r.status, 0, r.stdout)
		assert.match(r.stderr, /the ledger could not be written|cannot be written: No space left/)
		assert.equal(spawnSync('sqlite3', [join(reports, 'ledger.db'), `SELECT count(*) FROM ${what === 'drill' ? 'drills' : 'backup_runs'}`], quiet).stdout, rows)
		s.backup()
		ok(s.drill())
	}
})

test('a home that changes while the drill compares leaves the proof as it is', async () => {
	if (!mayTrace) return skipped('tracing is not permitted here')
	const s = stage(), memory = join(s.home, 'memories/MEMORY.md')
	s.backup()
	const writer = setInterval(() => appendFileSync(memory, 'again\n'), 30)
	const r = await aside(s, 'drill', { before: ['strace', '-f', '-qq', '-o', '/dev/null', '-P', memory, '-e', 'inject=read:delay_exit=400000'] })
	clearInterval(writer)
	ok(r)
	assert.match(s.receipt().told.join('\n'), /the live home was not compared: memories\/MEMORY\.md changes while it is copied/)
	assert.ok(s.receipt().counts.every((c) => c.live === null))
})

for (const [what, path, told] of [['a skill', 'skills/own/helper.py', /skills\/own\/helper\.py holds a secret \(rule /], ['a file\'s name', `skills/${secret}.md`, /holds a secret \(rule /]])
	test(`a secret in ${what} of the remote is found by its rule, and shown nowhere`, () => {
		const s = stage()
		s.backup()
		s.tamper(`printf '%s' '${path.includes(secret) ? 'x' : secret}' > '${payload}/${path}'`)
		isFailed(s, s.drill(), 1, FAILED, told)
		assert.equal(spawnSync('git', ['-C', s.remote, 'grep', '-q', secret.slice(0, 24), 'main', '--', 'drills'], quiet).status, 1)
		assert.ok(!s.last().receipt.includes(secret.slice(0, 24)))
	})

test('killed at any point, a drill leaves remote and ledger whole, and the next one needs nobody', () => {
	if (!mayTrace) return skipped('tracing is not permitted here')
	const s = stage(), env = { ...s.opts.env, ASAN_OPTIONS: 'detect_leaks=0' }
	s.backup()
	let killed = 0
	for (const call of ['write,pwrite64', 'fsync,fdatasync', 'rename,renameat,renameat2', 'unlink,unlinkat', 'openat,openat2', 'mkdir,mkdirat', 'link,linkat', 'flock', 'ftruncate'])
		for (const when of [1, 2, 5, 9, 17, 40, 90]) {
			const r = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${when}`, hmc, ...s.args('drill')], { ...s.opts, env })
			killed += r.signal === 'SIGKILL' || r.status === 137
		}
	assert.ok(killed > 10, `${killed}`)
	ok(s.drill())
	s.isClean()
	git(s.remote, 'fsck', '--strict')
	assert.equal(spawnSync('sqlite3', [s.at('state/reports/bheem/ledger.db'), 'PRAGMA integrity_check'], quiet).stdout.trim(), 'ok')
	assert.equal(s.last().state, PROVEN)
	s.backup()
})

test('two drills and a backup at once: each does its own or leaves it to the other, and what is pushed is whole', async () => {
	const s = stage()
	s.backup()
	for (let round = 0; round < 4; round++) {
		appendFileSync(join(s.home, 'memories/MEMORY.md'), `§\nRound ${round}.\n`)
		const all = await Promise.all([aside(s, 'drill'), aside(s, 'drill'), aside(s, 'backup')])
		for (const r of all) {
			assert.ok([0, 1, 75].includes(r.status), r.stderr)
			assert.ok(r.stderr.trim().split('\n').length === 1, r.stderr)
			if (r.status) assert.match(r.stderr, /under way|proven, but pushing to|failed: /)
		}
	}
	s.backup()
	ok(s.drill())
	s.isClean()
	git(s.remote, 'fsck', '--strict')
	assert.equal(git(s.remote, 'show', `main:${payload}/memories/MEMORY.md`), readFileSync(join(s.home, 'memories/MEMORY.md'), 'utf8').trim())
})

// ---- told by hmc notify ----

test('--tell puts numbered steps into the outbox, once, and none where it failed', () => {
	const s = stage()
	const outbox = () => JSON.parse(spawnSync('sqlite3', ['-json', s.at('state/reports/bheem/ledger.db'), 'SELECT text FROM outbox ORDER BY n'], quiet).stdout || '[]').map((x) => x.text)
	const own = JSON.parse(readFileSync(s.at('config.json'), 'utf8'))
	for (const what of ['backup', 'drill']) {
		const r = spawnSync(hmc, s.args(what, '--tell'), s.opts)
		assert.equal(r.status, 78)
		assert.match(r.stderr, /--tell has nobody to tell: the configuration has no "notify" for bheem/)
	}
	own.instances[0].notify = { enabled: true }
	writeFileSync(s.at('config.json'), JSON.stringify(own))
	assert.equal(spawnSync(hmc, s.args('backup', '--tell', '--dry-run'), s.opts).status, 64)
	ok(spawnSync(hmc, s.args('backup', '--tell'), s.opts))
	ok(s.drill('--tell'))
	const [backup, drill, ...more] = outbox()
	assert.deepEqual(more, [])
	assert.match(backup, /^✅ Bheem.*: Backup pushed\n1️⃣ four files, \d+ B read\n2️⃣ no secret found in them\n3️⃣ four files changed\n4️⃣ .* has [0-9a-f]{10}$/)
	assert.match(drill, /^✅ Bheem.*: The backup restores\n1️⃣ .* cloned in .*\n2️⃣ four files, .* restored into an empty home\n3️⃣ .*\n4️⃣ .*\n5️⃣ compared with the live home\n6️⃣ the receipt stands in the ledger and in the repository$/)
	writeFileSync(join(s.home, 'memories/USER.md'), secret)
	assert.equal(spawnSync(hmc, s.args('backup', '--tell'), s.opts).status, 1)
	s.tamper(`rm ${payload}/cron/jobs.json`)
	assert.equal(s.drill('--tell').status, 1)
	assert.equal(outbox().length, 2)
})

const failed = await runTests()
stopSshd()
rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
