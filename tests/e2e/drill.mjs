#!/usr/bin/env node
// hmc drill over repositories that hmc backup made, and over some that nobody should have made.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { git, hasHomes, hmc, homes, payload, quiet, secret, stage } from './drill-stage.mjs'
import { runTests, test, until } from './harness.mjs'

const proven = (s, ...more) => { const r = s.drill(...more); assert.equal(r.status, 0, r.stderr); assert.equal(r.stderr, ''); s.isClean(); return r }

test('a backup is proven silently, its receipt stands in ledger and repository, and nothing is left', () => {
	const s = stage()
	s.backup()
	const before = git(s.remote, 'rev-parse', 'main')
	assert.equal(proven(s).stdout, '')
	assert.equal(s.last().state, 2)
	assert.equal(s.last().commit_id, before)
	assert.equal(s.last().checked, 4)
	const r = s.receipt()
	assert.deepEqual([r.kind, r.version, r.isProven, r.findings], ['hmc-restore-drill', 1, true, []])
	assert.deepEqual(r.counts.find((c) => c.kind === 'cronJobs'), { kind: 'cronJobs', backup: 2, live: 2 })
	assert.equal(s.inRepo().length, 1)
	assert.match(s.inRepo()[0], /^drills\/\d{8}T\d{6}Z-bheem\.json$/)
	assert.deepEqual(JSON.parse(git(s.remote, 'show', `main:${s.inRepo()[0]}`)), r)
	assert.equal(git(s.remote, 'diff', '--name-only', before, 'main'), s.inRepo()[0])
	s.backup()
	assert.equal(git(s.repo, 'status', '--porcelain'), '')
})

test('without push the receipt stands in the ledger alone', () => {
	const s = stage()
	s.backup()
	const before = git(s.remote, 'rev-parse', 'main')
	proven(s, '--no-push')
	assert.equal(git(s.remote, 'rev-parse', 'main'), before)
	assert.equal(s.last().state, 2)
})

test('only its own receipts go, and twenty are kept', () => {
	const s = stage()
	s.backup()
	s.tamper(`mkdir drills
		for i in $(seq 10 34); do echo {} > drills/202601\${i}T000000Z-bheem.json; done
		echo {} > drills/20250101T000000Z-vijay.json; echo mine > drills/notes.txt`)
	proven(s)
	const held = s.inRepo()
	assert.equal(held.filter((f) => f.endsWith('-bheem.json')).length, 20)
	assert.ok(!held.includes('drills/20260110T000000Z-bheem.json'))
	assert.ok(held.includes('drills/20250101T000000Z-vijay.json') && held.includes('drills/notes.txt'))
})

test('what changed since the backup is told, what is older and differs is found', () => {
	const s = stage()
	s.backup()
	appendFileSync(join(s.home, 'memories/MEMORY.md'), '§\nNew.\n')
	utimesSync(join(s.home, 'memories/MEMORY.md'), new Date(Date.now() + 5000), new Date(Date.now() + 5000))
	writeFileSync(join(s.home, 'cron/jobs.json'), '{"jobs": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}\n')
	proven(s)
	assert.ok(s.receipt().told.includes('cronJobs: live has 3, the backup 2'))
	// The ledger says that a later backup saw the home as it is now.
	execFileSync('sqlite3', [s.at('state/reports/bheem/ledger.db'), `UPDATE backup_runs SET at = ${Math.floor(Date.now() / 1000) + 60}`], quiet)
	s.fails(1, /differs from the live one, and was last changed before the backup/)
	assert.equal(s.last().state, 1)
})

// Bash that makes the manifest true of a file again, as somebody would who means to deceive.
const resum = (path) => `node -e 'const fs = require("fs"), m = "${payload}/manifest.json", d = fs.readFileSync("${payload}/${path}"), t = JSON.parse(fs.readFileSync(m));
	Object.assign(t.files.find((f) => f.path === "${path}"), { bytes: d.length, sha256: require("crypto").createHash("sha256").update(d).digest("hex") });
	if ("${path}" === "cron/jobs.json") t.counts.cronJobs.items = null;
	fs.writeFileSync(m, JSON.stringify(t))'`
for (const [what, script, ...words] of [
	['a changed file', `echo x >> ${payload}/memories/MEMORY.md`, /memories\/MEMORY\.md has \d+ bytes, and the manifest says/],
	['a changed byte', `sed -i 's/Pune/Goan/' ${payload}/memories/MEMORY.md`, /SHA-256 differs/],
	['a lost file', `rm ${payload}/cron/jobs.json`, /cron\/jobs\.json is in the manifest and not in the backup/],
	['a file too many', `echo x > ${payload}/memories/X.md`, /X\.md is in the backup and not in its manifest/],
	['a link', `ln -s /etc/passwd ${payload}/passwd`, /passwd is a link; it was not followed/],
	['a secret', `echo 'key ${secret}' >> ${payload}/memories/MEMORY.md; ${resum('memories/MEMORY.md')}`, /MEMORY\.md holds a secret \(rule /],
	['no manifest', `rm ${payload}/manifest.json`, /manifest\.json .* is missing/],
	['a broken manifest', `echo '{' > ${payload}/manifest.json`, /broken or none of hmc backup/],
	['a lying count', `sed -i 's/"items":2/"items":7/' ${payload}/manifest.json`, /the manifest counts 7 of/],
	['another instance', `sed -i 's/"instanceId": "bheem"/"instanceId": "vijay"/' ${payload}/manifest.json`, /of another instance/],
	['jobs that Hermes could not read', `echo '{"jobs": [' > ${payload}/cron/jobs.json; ${resum('cron/jobs.json')}`, /jobs\.json cannot be read as Hermes would/],
	['a config.yaml that Hermes could not read', `printf 'a: [\n' > ${payload}/config.yaml; ${resum('config.yaml')}`, /config\.yaml cannot be read as Hermes would/],
	['no payload', `git rm -rq ${payload}; echo x > x`, /has no hermes_persistent_backup\//],
])
	test(`${what} in the remote is a failed drill, and its row says so`, () => {
		const s = stage()
		s.backup()
		s.tamper(script)
		s.fails(1, ...words)
		assert.equal(s.last().state, 1)
		assert.ok(s.last().error)
	})

test('hooks, filters and attributes of the repository run nothing', () => {
	const s = stage(), mark = s.at('ran')
	s.backup()
	s.tamper(`echo '* filter=evil' > .gitattributes; printf '[filter "evil"]\\n\\tsmudge = touch ${mark}\\n' > .gitconfig
		mkdir -p hooks; printf '#!/bin/sh\\ntouch ${mark}\\n' > hooks/post-checkout; chmod +x hooks/post-checkout`)
	proven(s)
	assert.ok(!existsSync(mark))
})

test('a remote that is empty or gone says so', () => {
	const s = stage()
	s.fails(1, /nothing was ever pushed there/)
	s.backup()
	rmSync(s.remote, { recursive: true })
	s.fails(75, /look whether the remote is there/)
})

test('too many files are no backup', () => {
	const s = stage()
	s.backup()
	s.tamper(`mkdir ${payload}/many; cd ${payload}/many; seq 1 21000 | xargs touch; cd ../..`)
	s.fails(1, /none of ours/)
})

test('what a killed drill left goes with the next one, and what runs is left alone', async () => {
	const s = stage()
	s.backup()
	mkdirSync(s.at('tmp/hmc-drill.bheem.abc123/home'), { recursive: true })
	symlinkSync(s.home, s.at('tmp/hmc-drill.bheem.abc123/home/link'))
	proven(s)
	assert.ok(existsSync(join(s.home, 'config.yaml')))
	const held = s.at('tmp/hmc-drill.bheem.def456')
	mkdirSync(held)
	const holder = spawn('flock', [held, 'sleep', '60'], { stdio: 'ignore', detached: true })
	await until('the folder is held', () => spawnSync('flock', ['-n', held, 'true']).status === 1)
	assert.equal(s.drill().status, 0)
	assert.ok(existsSync(held))
	process.kill(-holder.pid)
})

test('the second of two ends with 75 and leaves no row', async () => {
	const s = stage()
	s.backup()
	proven(s)
	const before = s.last().n, lock = s.at('state/reports/bheem/drill.lock')
	const holder = spawn('flock', [lock, 'sleep', '60'], { stdio: 'ignore', detached: true })
	await until('the lock is held', () => spawnSync('flock', ['-n', lock, 'true']).status === 1)
	s.fails(75, /another drill of bheem is under way/)
	assert.equal(s.last().n, before)
	process.kill(-holder.pid)
})

test('a receipt that cannot be pushed does not unprove the backup, and is told', () => {
	const s = stage()
	s.backup()
	writeFileSync(join(s.remote, 'refs/heads/main.lock'), '')
	const r = s.drill()
	assert.notEqual(r.status, 0)
	assert.match(r.stderr, /proven, but pushing to/)
	assert.equal(s.last().state, 2)
	assert.match(s.last().error, /proven, but/)
	assert.deepEqual(s.inRepo(), [])
	s.isClean()
})

const hasStrace = spawnSync('strace', ['-V']).status === 0
for (const [call, when] of [['mkdirat', 1], ['mkdirat', 3], ['unlinkat', 1], ['unlinkat', 9]])
	test(`killed at ${call} ${when}, it leaves what the next drill takes away`, () => {
		if (!hasStrace) return console.log('# skipped: no strace')
		const s = stage()
		s.backup()
		const r = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`, hmc, ...s.args('drill')], s.opts)
		assert.notEqual(r.status, 0)
		assert.equal(readdirSync(s.at('tmp')).length, 1)
		proven(s)
	})

test('a full disk is told, and nothing is left', () => {
	if (!hasStrace) return console.log('# skipped: no strace')
	const s = stage()
	s.backup()
	const r = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=mkdirat', '-e', 'inject=mkdirat:error=ENOSPC:when=2+', hmc, ...s.args('drill')], s.opts)
	assert.equal(r.status, 1, r.stderr)
	assert.match(r.stderr, /No space left on device/)
	assert.equal(s.last().state, 1)
	s.isClean()
})

test('stopped, it takes its folder away, leaves a row and ends with 75', async () => {
	if (!hasStrace) return console.log('# skipped: no strace')
	const s = stage()
	s.backup()
	const child = spawn('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=mkdirat', '-e', 'inject=mkdirat:delay_enter=20000000:when=2', hmc, ...s.args('drill', '--verbose')], s.opts)
	let out = ''
	child.stdout.on('data', (x) => { out += x })
	const ended = new Promise((done) => child.on('exit', done))
	await until('it restores', () => out.includes('restoring'))
	process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ')[0]), 'SIGTERM')
	assert.equal(await ended, 75)
	assert.match(s.last().error, /was stopped/)
	s.isClean()
})

test('every shared home that can be backed up is proven', () => {
	if (!hasHomes) return console.log('# skipped: no shared homes')
	let n_proven = 0
	for (const home of homes) {
		const s = stage({ home })
		if (spawnSync(hmc, s.args('backup'), s.opts).status !== 0) continue
		const r = s.drill('--verbose')
		assert.equal(r.status, 0, `${home}: ${r.stderr}${r.stdout}`)
		s.isClean()
		n_proven++
	}
	assert.ok(n_proven > 0)
})

const failed = await runTests()
process.exit(failed ? 1 : 0)
