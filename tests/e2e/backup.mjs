#!/usr/bin/env node
// hmc backup over real repositories: bare ones on this disk, and git over ssh with an sshd of our own.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answer, backend, listen, sshd, startSshd, stopSshd } from './git-servers.mjs'
import { runTests, test, top, until } from './harness.mjs'

const build = process.env.MC_BUILD ?? join(top, 'build')
const hmc = join(build, 'hmc')
const shared = process.env.MC_SHARED || join(top, '../shared')
const dir = mkdtempSync(join(tmpdir(), 'mc-backup.'))
const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()
const quiet = { encoding: 'utf8', timeout: 60000, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x@example.net', GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x@example.net' } }
const git = (where, ...args) => execFileSync('git', ['-C', where, ...args], { ...quiet, stdio: ['ignore', 'pipe', 'pipe'] }).trim()
const payload = 'hermes_persistent_backup'
const secret = `sk-proj-${'Ab3dEf6hIj9k'.repeat(4)}`
const skipped = (why) => console.log(`# skipped: ${why}`)
const hasHomes = existsSync(join(shared, 'hermes-homes'))

let n = 0
// A home, a bare remote, a clone of it and a configuration of their own.
function stage({ remote, backup = {}, home = 'made' } = {}) {
	const own = join(dir, `stage-${++n}`), at = (name) => join(own, name)
	mkdirSync(own)
	if (home === 'made') {
		for (const folder of ['memories', 'skills/own', 'cron']) mkdirSync(at(`home/${folder}`), { recursive: true })
		writeFileSync(at('home/config.yaml'), `model: sonnet\nmcp_servers:\n  mail:\n    env:\n      MAIL_TOKEN: ${secret}\n`)
		writeFileSync(at('home/.env'), `OPENROUTER_API_KEY=${secret}\n`)
		writeFileSync(at('home/memories/MEMORY.md'), 'Likes short letters.\n§\nLives in Pune.\n')
		writeFileSync(at('home/skills/own/SKILL.md'), '---\nname: own\n---\nDo it.\n')
		writeFileSync(at('home/cron/jobs.json'), '{"jobs": [{"id": "a"}, {"id": "b"}]}\n')
	} else {
		cpSync(join(shared, 'hermes-homes', home, 'home'), at('home'), { recursive: true })
		execFileSync('chmod', ['-R', 'u+w', at('home')])
	}
	execFileSync('git', ['init', '-q', '--bare', '-b', 'main', at('remote.git')], quiet)
	execFileSync('git', ['init', '-q', '-b', 'main', at('repo')], quiet)
	git(at('repo'), 'remote', 'add', 'origin', remote ? remote(at('remote.git')) : at('remote.git'))
	const s = {
		own, at, home: at('home'), repo: at('repo'), remote: at('remote.git'),
		configure: (more) => writeFileSync(at('config.json'), JSON.stringify({ stateDir: at('state'),
			instances: [{ id: 'bheem', label: 'Bheem / Uma', user, hermesHome: at('home'), backup: { repo: at('repo'), ...more } }] })),
		args: (...more) => ['backup', '--instance', 'bheem', '--config', at('config.json'), ...more],
		run: (...more) => spawnSync(hmc, s.args(...more), quiet),
		rows: () => spawnSync('sqlite3', ['-json', at('state/reports/bheem/ledger.db'), 'SELECT state, commit_id, files, changed, error FROM backup_runs ORDER BY n'], quiet).stdout,
		last: () => JSON.parse(s.rows() || '[]').pop(),
		head: (where = s.remote) => spawnSync('git', ['-C', where, 'rev-parse', '-q', '--verify', 'refs/heads/main'], quiet).stdout.trim(),
		commits: () => Number(git(s.remote, 'rev-list', '--count', 'main')),
		isWhole() {
			assert.equal(s.head(), s.head(s.repo))
			assert.equal(git(s.repo, 'status', '--porcelain', '--', payload), '')
			git(s.remote, 'fsck', '--strict')
			for (const f of JSON.parse(git(s.remote, 'show', `main:${payload}/manifest.json`)).files)
				assert.equal(execFileSync('sh', ['-c', `git -C "$0" show "main:${payload}/$1" | sha256sum | cut -c1-64`, s.remote, f.path], quiet).trim(), f.sha256, f.path)
		},
	}
	s.configure(backup)
	return s
}
const ok = (r) => { assert.equal(r.status, 0, r.stderr); return r }
const fails = (r, status, ...words) => {
	assert.equal(r.status, status, r.stderr + r.stdout)
	for (const w of words) assert.match(r.stderr, w)
	assert.equal(r.stderr.trim().split('\n').length, 1, r.stderr)
	assert.doesNotMatch(r.stderr + r.stdout, new RegExp(secret.slice(0, 24)))
}
const seen = STATE => ({ failed: 1, done: 2, nothing: 3, refused: 4 })[STATE]

test('a home is committed and pushed once, silently, and what has not changed is not committed again', () => {
	const s = stage()
	assert.equal(ok(s.run()).stdout, '')
	s.isWhole()
	assert.equal(s.last().state, seen('done'))
	assert.equal(s.last().commit_id, s.head())
	ok(s.run())
	assert.equal(s.commits(), 1)
	assert.equal(s.last().state, seen('nothing'))
	assert.match(git(s.repo, 'log', '-1', '--format=%an <%ae>'), /^Bheem \/ Uma <bheem@/)
	const held = git(s.remote, 'ls-tree', '-r', '--name-only', 'main').split('\n').map((x) => x.slice(payload.length + 1))
	assert.deepEqual(held, ['config.yaml', 'cron/jobs.json', 'manifest.json', 'memories/MEMORY.md', 'skills/own/SKILL.md'])
	assert.equal(spawnSync('git', ['-C', s.remote, 'grep', '-q', secret, 'main'], quiet).status, 1)
	const m = JSON.parse(git(s.remote, 'show', `main:${payload}/manifest.json`))
	assert.deepEqual(m.leftOut, ['config.yaml: mcp_servers.mail.env.MAIL_TOKEN'])
	assert.deepEqual(m.envNames, ['.env: OPENROUTER_API_KEY'])
	assert.equal(m.counts.memories.items, 2)
	assert.equal(m.counts.cronJobs.items, 2)
})

test('what the first backup holds is read at once, and not told as empty until the next look', () => {
	const s = stage(), payload = () => {
		ok(spawnSync(hmc, ['export', '--instance', 'bheem', '--config', s.at('config.json')], quiet))
		return JSON.parse(readFileSync(s.at('state/reports/bheem/report.json'), 'utf8')).readings.payload
	}
	assert.equal(payload().state, 'inactive')
	ok(s.run())
	assert.equal(payload().state, 'ok')
	assert.equal(payload().files, 4)
})

test('a dry run says what would change, and changes nothing and asks nobody', () => {
	const s = stage()
	ok(s.run())
	writeFileSync(join(s.home, 'SOUL.md'), 'Kind.\n')
	appendFileSync(join(s.home, 'memories/MEMORY.md'), 'More.\n')
	rmSync(join(s.home, 'skills/own'), { recursive: true })
	rmSync(s.remote, { recursive: true })
	const before = s.head(s.repo), rows = s.rows(), said = ok(s.run('--dry-run')).stdout
	assert.match(said, /added {4}SOUL\.md \(6 bytes\)/)
	assert.match(said, /changed {2}memories\/MEMORY\.md/)
	assert.match(said, /gone {5}skills\/own\/SKILL\.md/)
	assert.equal(s.head(s.repo), before)
	assert.equal(s.rows(), rows)
	assert.ok(existsSync(join(s.repo, payload, 'skills/own/SKILL.md')))
})

test('a secret in a memory, a skill or a name refuses the run, names file and rule, and nothing leaves', () => {
	for (const [path, told] of [['memories/USER.md', /memories\/USER\.md holds a secret \(rule [a-z-]+\)/], ['skills/own/helper.py', /skills\/own\/helper\.py holds a secret/],
		[`skills/${secret}.md`, /name of a file in skills holds a secret/]]) {
		const s = stage()
		ok(s.run())
		const before = s.head()
		writeFileSync(join(s.home, path), path.includes(secret) ? 'x' : `KEY = "${secret}"\n`)
		fails(s.run(), 1, told)
		assert.equal(s.head(), before)
		assert.equal(s.last().state, seen('refused'))
		assert.ok(!s.rows().includes(secret.slice(0, 24)))
	}
})

test('a secret in a text of two bytes a letter is one, too', () => {
	const s = stage()
	writeFileSync(join(s.home, 'memories/windows.md'), Buffer.from(`\ufeffThe key is ${secret}, keep it.\r\n`, 'utf16le'))
	fails(s.run(), 1, /memories\/windows\.md holds a secret \(rule [a-z0-9-]+\)/)
	assert.equal(s.head(), '')
	writeFileSync(join(s.home, 'memories/windows.md'), Buffer.from('\ufeffNothing to see.\r\n', 'utf16le').swap16())
	ok(s.run())
	s.isWhole()
})

test('a false alarm is allowed by path and rule, and only there', () => {
	const s = stage()
	writeFileSync(join(s.home, 'memories/USER.md'), `${secret}\n`)
	const rule = s.run().stderr.match(/\(rule ([a-z-]+)\)/)[1]
	s.configure({ allow: [`memories/USER.md:${rule}`] })
	ok(s.run())
	writeFileSync(join(s.home, 'memories/MEMORY.md'), `${secret}\n`)
	fails(s.run(), 1, /memories\/MEMORY\.md holds a secret/)
})

test('what others have in the repository is neither touched nor committed', () => {
	const s = stage()
	writeFileSync(join(s.repo, 'README'), 'theirs\n')
	git(s.repo, 'add', 'README')
	mkdirSync(join(s.repo, payload, 'skills/theirs'), { recursive: true })
	writeFileSync(join(s.repo, payload, 'skills/theirs/note'), 'theirs\n')
	writeFileSync(join(s.repo, 'draft'), 'theirs\n')
	ok(s.run())
	rmSync(join(s.home, 'skills/own'), { recursive: true })
	ok(s.run())
	assert.equal(git(s.repo, 'status', '--porcelain'), `A  README\n?? draft\n?? ${payload}/skills/`)
	assert.ok(!git(s.remote, 'ls-tree', '-r', '--name-only', 'main').includes('theirs'))
	git(s.repo, 'commit', '-qm', 'theirs')
	git(s.repo, 'push', '-q', 'origin', 'main')
	ok(s.run())
	assert.match(git(s.remote, 'ls-tree', '--name-only', 'main'), /README/)
})

test('a remote that has gone on is followed; what is not the backup\'s alone is left to a person; nothing is forced', () => {
	const s = stage()
	ok(s.run())
	const other = s.at('other')
	execFileSync('git', ['clone', '-q', s.remote, other], quiet)
	writeFileSync(join(other, 'README'), 'theirs\n')
	git(other, 'add', '.'); git(other, 'commit', '-qm', 'theirs'); git(other, 'push', '-q')
	appendFileSync(join(s.home, 'memories/MEMORY.md'), 'More.\n')
	ok(s.run())
	s.isWhole()
	assert.equal(readFileSync(join(s.repo, 'README'), 'utf8'), 'theirs\n')
	assert.equal(s.commits(), 3)
	// A backup that could not be pushed, and another commit there meanwhile: made anew on top.
	git(s.repo, 'remote', 'set-url', '--push', 'origin', s.at('nowhere.git'))
	appendFileSync(join(s.home, 'memories/MEMORY.md'), 'Yet more.\n')
	assert.notEqual(s.run().status, 0)
	git(s.repo, 'config', '--unset', 'remote.origin.pushurl')
	git(other, 'pull', '-q'); writeFileSync(join(other, 'README'), 'theirs, again\n'); git(other, 'commit', '-qam', 'again'); git(other, 'push', '-q')
	ok(s.run())
	s.isWhole()
	assert.equal(s.commits(), 5)
	// Somebody's own commit here, and another there.
	writeFileSync(join(s.repo, 'mine'), 'x\n'); git(s.repo, 'add', 'mine'); git(s.repo, 'commit', '-qm', 'mine')
	git(other, 'pull', '-q'); writeFileSync(join(other, 'README'), 'a third time\n'); git(other, 'commit', '-qam', 'third'); git(other, 'push', '-q')
	fails(s.run(), 1, /have gone apart, and 1 commits? here/, /pull --rebase/)
	assert.equal(s.head(), git(other, 'rev-parse', 'HEAD'))
})

test('a remote that is gone, missing or not set up is said in one line, and leaves a row', () => {
	const gone = stage()
	rmSync(gone.remote, { recursive: true })
	fails(gone.run(), 75, /asking .*remote\.git failed/)
	assert.equal(gone.last().state, seen('failed'))
	const none = stage()
	git(none.repo, 'remote', 'remove', 'origin')
	fails(none.run(), 78, /has no remote "origin"; add it/)
	const no = stage({ backup: { repo: join(dir, 'nothing-here') } })
	fails(no.run(), 78, /no such directory/)
	const secretive = stage()
	git(secretive.repo, 'remote', 'set-url', 'origin', `https://x:${secret}@127.0.0.1:1/x.git`)
	fails(secretive.run(), 78, /holds a password/)
	const plain = stage()
	git(plain.repo, 'remote', 'set-url', 'origin', 'http://git.example.net/x.git')
	fails(plain.run(), 78, /not encrypted/)
})

test('links are not followed, pipes are passed by, and both are told', () => {
	const s = stage()
	writeFileSync(s.at('outside'), 'not of the home\n')
	symlinkSync(s.at('outside'), join(s.home, 'memories/LINK.md'))
	symlinkSync(s.own, join(s.home, 'skills/away'))
	execFileSync('mkfifo', [join(s.home, 'skills/pipe')])
	const said = ok(s.run('--verbose')).stdout
	for (const what of [/LINK\.md is a link/, /skills\/away is a link/, /skills\/pipe is a named pipe/]) assert.match(said, what)
	assert.ok(!git(s.remote, 'ls-tree', '-r', '--name-only', 'main').match(/LINK|away|pipe/))
})

test('a profile is freed of secrets whatever its name', () => {
	const s = stage(), opaque = 'qX7vLm2pRt9zKw4c'
	for (const name of ['myskills', 'hooks', 'plain']) {
		mkdirSync(join(s.home, 'profiles', name, 'skills/own'), { recursive: true })
		writeFileSync(join(s.home, 'profiles', name, 'config.yaml'), `mcp_servers:\n  mail:\n    env:\n      MAIL_PIN: ${opaque}\n`)
		writeFileSync(join(s.home, 'profiles', name, 'skills/own/config.yaml'), 'a: 1\n')
	}
	ok(s.run())
	assert.equal(spawnSync('git', ['-C', s.remote, 'grep', '-q', opaque, 'main'], quiet).status, 1)
	assert.equal(git(s.remote, 'show', `main:${payload}/profiles/myskills/skills/own/config.yaml`), 'a: 1')
})

test('a skill that is a work tree of git is backed up without git\'s own', () => {
	const s = stage()
	writeFileSync(join(s.home, 'skills/own/.git'), 'gitdir: ../../x\n')
	mkdirSync(join(s.home, 'skills/other/.git'), { recursive: true })
	writeFileSync(join(s.home, 'skills/other/.git/config'), '[core]\n')
	writeFileSync(join(s.home, 'skills/other/SKILL.md'), 'x\n')
	ok(s.run())
	s.isWhole()
	assert.doesNotMatch(git(s.remote, 'ls-tree', '-r', '--name-only', 'main'), /\.git/)
})

test('profiles that cannot be listed, or lie elsewhere, are not taken for gone', () => {
	const s = stage()
	mkdirSync(join(s.home, 'profiles/work'), { recursive: true })
	writeFileSync(join(s.home, 'profiles/work/SOUL.md'), 'Kind.\n')
	ok(s.run())
	mkdirSync(join(s.own, 'elsewhere/foreign'), { recursive: true })
	writeFileSync(join(s.own, 'elsewhere/foreign/SOUL.md'), 'Not of this home.\n')
	rmSync(join(s.home, 'profiles'), { recursive: true })
	symlinkSync(join(s.own, 'elsewhere'), join(s.home, 'profiles'))
	const r = ok(s.run('--verbose'))
	assert.match(r.stdout, /passed by: profiles is a link or no folder/)
	assert.doesNotMatch(git(s.remote, 'ls-tree', '-r', '--name-only', 'main'), /foreign/)
})

test('a line of .env that begins with a secret gives no name to the list', () => {
	const s = stage()
	appendFileSync(join(s.home, '.env'), `export ghp_${'aB3dE6hI9kLm'.repeat(3)}=x\nGOOD_NAME=1\n`)
	ok(s.run())
	const m = JSON.parse(git(s.remote, 'show', `main:${payload}/manifest.json`))
	assert.ok(m.envNames.includes('.env: GOOD_NAME'))
	assert.doesNotMatch(JSON.stringify(m), /ghp_aB3d/)
})

test('whatever an instance is called, a commit says whose it is', () => {
	const s = stage(), named = JSON.parse(readFileSync(s.at('config.json'), 'utf8'))
	for (const [label, author] of [['Bheem <uma>', 'Bheem uma'], ['<>', 'bheem'], [' ', 'bheem']]) {
		named.instances[0].label = label
		writeFileSync(s.at('config.json'), JSON.stringify(named))
		appendFileSync(join(s.home, 'memories/MEMORY.md'), 'More.\n')
		ok(s.run())
		assert.equal(git(s.repo, 'log', '-1', '--format=%an'), author)
	}
	s.isWhole()
})

test('another name of what stays here stays here, too', () => {
	const s = stage()
	writeFileSync(join(s.home, 'auth.json'), '{"x": "qX7vLm2pRt9z"}\n')
	linkSync(join(s.home, 'auth.json'), join(s.home, 'memories/notes.md'))
	linkSync(join(s.home, 'memories/MEMORY.md'), join(s.home, 'skills/own/memory.md')) // a name more of what is backed up
	const r = ok(s.run('--verbose'))
	assert.match(r.stdout, /passed by: memories\/notes\.md is another name of a file that stays here/)
	const held = git(s.remote, 'ls-tree', '-r', '--name-only', 'main')
	assert.doesNotMatch(held, /notes\.md/)
	assert.match(held, /skills\/own\/memory\.md/)
	assert.equal(spawnSync('git', ['-C', s.remote, 'grep', '-q', 'qX7vLm2p', 'main'], quiet).status, 1)
})

test('too large a file is refused by name', () => {
	const s = stage()
	writeFileSync(join(s.home, 'skills/own/model.bin'), Buffer.alloc(5 * 1024 * 1024 + 1, 'a'))
	fails(s.run(), 1, /skills\/own\/model\.bin has 5242881 bytes/)
})

test('too many files, too many folders deep and too much in all are refused, and nothing is committed', () => {
	const spoilers = [
		['a=$0/home/skills/many; mkdir "$a" && cd "$a" && seq 20001 | xargs touch', /more than 20000 files to back up; move what is no memory, skill or hook out of it/],
		['a=$0/home/skills; for i in $(seq 17); do a=$a/$i; done; mkdir -p "$a" && touch "$a/x"', /more than 16 folders deep; move it out of the home/],
		['for i in $(seq 41); do truncate -s 5M "$0/home/skills/own/$i.bin"; done', /more than 200 MiB to back up; move what is large out of skills\/, hooks\/ and plugins\//],
	]
	for (const [script, words] of spoilers) {
		const s = stage()
		ok(s.run())
		const before = s.head()
		execFileSync('sh', ['-c', script, s.own], quiet)
		fails(s.run(), 1, words)
		assert.equal(s.last().state, seen('refused'))
		assert.equal(s.head(), before)
		rmSync(s.home, { recursive: true })
	}
})

const mayTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
const mayMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

test('a file that changes while it is copied is not committed', async () => {
	if (!mayTrace) return skipped('tracing is not permitted here')
	const s = stage(), memory = join(s.home, 'memories/MEMORY.md')
	const writer = setInterval(() => appendFileSync(memory, 'again\n'), 30)
	const child = spawn('strace', ['-f', '-o', '/dev/null', '-P', memory, '-e', 'inject=read:delay_exit=400000', hmc, ...s.args()], { env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' } })
	let err = ''
	child.stderr.on('data', (x) => { err += x })
	const code = await new Promise((r) => child.on('exit', r))
	clearInterval(writer)
	assert.equal(code, 75, err)
	assert.match(err, /memories\/MEMORY\.md changes while it is copied/)
	assert.equal(s.head(), '')
	ok(s.run())
})

test('what is gone before it is read is gone, and no reason not to back up the rest', async () => {
	if (!mayTrace) return skipped('tracing is not permitted here')
	const s = stage(), passing = join(s.home, 'skills/own/passing')
	writeFileSync(passing, 'for a moment\n')
	const child = spawn('strace', ['-f', '-o', s.at('trace'), '-P', 'passing', '-e', 'inject=openat:delay_enter=600000', hmc, ...s.args()], { env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' } })
	let err = ''
	child.stderr.on('data', (x) => { err += x })
	const code = new Promise((r) => child.on('exit', r))
	await until('it is about to be opened', () => existsSync(s.at('trace')) && /"passing"/.test(readFileSync(s.at('trace'), 'utf8')))
	rmSync(passing)
	assert.equal(await code, 0, err)
	assert.match(git(s.remote, 'ls-tree', '-r', '--name-only', 'main'), /skills\/own\/SKILL\.md/)
	assert.doesNotMatch(git(s.remote, 'ls-tree', '-r', '--name-only', 'main'), /passing/)
	s.isWhole()
})

test('killed at any point, the next run needs nobody', () => {
	if (!mayTrace) return skipped('tracing is not permitted here')
	const s = stage()
	const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' }
	let round = 0
	for (const call of ['write', 'fsync', 'rename,renameat,renameat2', 'unlink,unlinkat', 'openat,openat2', 'mkdir,mkdirat', 'link,linkat', 'fstat,newfstatat'])
		for (const when of [1, 3, 6, 11, 20, 40, 70]) {
			appendFileSync(join(s.home, 'memories/MEMORY.md'), `Round ${++round}.\n`)
			spawnSync('strace', ['-f', '-o', '/dev/null', '-e', `inject=${call}:signal=SIGKILL:when=${when}`, hmc, ...s.args()], { ...quiet, env })
		}
	ok(s.run())
	s.isWhole()
	// A run that dies with git's lock on the index in its hands: found by what lies there, not by counting calls.
	const lock = join(s.repo, '.git/index.lock')
	writeFileSync(join(s.at('state/reports/bheem'), 'backup-running'), '')
	writeFileSync(lock, '')
	appendFileSync(join(s.home, 'memories/MEMORY.md'), 'After all.\n')
	ok(s.run())
	s.isWhole()
	// And somebody else's lock is left alone.
	writeFileSync(lock, '')
	fails(s.run(), 75, /is locked by another git/)
	assert.ok(existsSync(lock))
})

test('two at once: the second leaves it to the first, and leaves no row', async () => {
	const s = stage()
	ok(s.run())
	const rows = s.rows(), holder = spawn('flock', ['--no-fork', s.at('state/reports/bheem/backup.lock'), 'sh', '-c', 'echo held; exec sleep 60'])
	await new Promise((r) => holder.stdout.once('data', r))
	fails(s.run(), 75, /another backup of bheem is under way/)
	holder.kill()
	assert.equal(s.rows(), rows)
})

test('a remote without room, and a clone without, say so and lose nothing', () => {
	if (!mayMount) return skipped('mounting is not permitted here')
	for (const what of ['remote.git', 'repo']) {
		const s = stage()
		ok(s.run())
		const before = s.head()
		// Figures that hardly compress, the same in every run, and nothing that looks like a key.
		let x = 1, long = ''
		while (long.length < 2000000) long += `${(x = Math.imul(x, 1103515245) + 12345 >>> 0) % 9973} `
		writeFileSync(join(s.home, 'skills/own/long.md'), long)
		const script = 'cp -a "$0" "$0.kept" && mount -t tmpfs -o size=400k none "$0" && cp -a "$0.kept/." "$0" && shift 0; exec "$@"'
		const r = spawnSync('unshare', ['--mount', 'sh', '-c', script, s.at(what), hmc, ...s.args()], quiet)
		assert.notEqual(r.status, 0, r.stdout + r.stderr)
		assert.equal(r.stderr.trim().split('\n').length, 1, r.stderr)
		assert.equal(s.head(), before)
		assert.equal(s.last().state, seen('failed'))
		ok(s.run())
		s.isWhole()
	}
})

test('what stands in the way of a backup is a row, and an alert in the same words', () => {
	const spoilers = [
		[(s) => writeFileSync(join(s.home, 'memories/USER.md'), secret), 1, 'refused', /memories\/USER\.md holds a secret \(rule [a-z-]+\)/],
		[(s) => writeFileSync(join(s.home, `skills/${secret}.md`), 'x'), 1, 'refused', /name of a file in skills holds a secret/],
		[(s) => rmSync(s.remote, { recursive: true }), 75, 'failed', /asking .*remote\.git failed/],
		[(s) => s.configure({ branch: 'other' }), 78, 'refused', /is on branch main, and backup\.branch says other/],
		[(s) => { git(s.repo, 'remote', 'set-url', 'origin', `https://x:${secret}@127.0.0.1:1/x.git`) }, 78, 'refused', /URL of remote "origin" holds a password/],
		[(s) => { writeFileSync(join(s.repo, 'mine'), 'x'); git(s.repo, 'add', 'mine'); git(s.repo, 'commit', '-qm', 'mine'); execFileSync('git', ['clone', '-q', s.remote, s.at('other')], quiet); writeFileSync(s.at('other/theirs'), 'x'); git(s.at('other'), 'add', '.'); git(s.at('other'), 'commit', '-qm', 'theirs'); git(s.at('other'), 'push', '-q') }, 1, 'refused', /have gone apart/],
	]
	for (const [spoil, status, state, words] of spoilers) {
		const s = stage()
		ok(s.run())
		spoil(s)
		const before = s.head(), r = s.run()
		fails(r, status, words)
		assert.equal(s.head(), before)
		assert.equal(s.last().state, seen(state))
		assert.ok(r.stderr.includes(s.last().error))
		for (let i = 0; i < 2; i++) ok(spawnSync(hmc, ['export', '--instance', 'bheem', '--config', s.at('config.json')], quiet))
		const [alert] = JSON.parse(spawnSync('sqlite3', ['-json', s.at('state/reports/bheem/ledger.db'), "SELECT title, why FROM alerts WHERE closed = 0 AND reading = 'backup.run'"], quiet).stdout)
		assert.equal(alert.title, state === 'refused' ? 'Backup was refused' : 'Backup failed')
		assert.match(alert.why, new RegExp(words.source, 'i'))
		assert.doesNotMatch(alert.why, new RegExp(secret.slice(0, 24)))
	}
})

// ---- git over ssh ----

const overSsh = async (more = {}) => {
	const ssh = await startSshd(dir)
	const s = stage({ remote: (path) => `ssh://${user}@127.0.0.1:${ssh.port}${path}`, backup: { key: ssh.at('deploy'), knownHosts: ssh.at('known'), ...more } })
	writeFileSync(ssh.at('repo'), s.remote)
	return { s, ssh, set: (x) => s.configure({ key: ssh.at('deploy'), knownHosts: ssh.at('known'), ...x }) }
}

test('over ssh the instance\'s deploy key pushes its own repository, and no other', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s, ssh, set } = await overSsh()
	ok(s.run())
	s.isWhole()
	execFileSync('ssh-keygen', ['-q', '-H', '-f', ssh.at('known')], { ...quiet, stdio: 'ignore' }) // hashed names, as Debian's ssh writes them
	ok(s.run())
	assert.equal(s.last().state, seen('nothing'))
	appendFileSync(join(s.home, 'memories/MEMORY.md'), 'More.\n')
	set({ key: ssh.at('stranger') })
	fails(s.run(), 1, /does not take this instance's key/)
	set({})
	writeFileSync(ssh.at('repo'), '/somewhere/else.git')
	fails(s.run(), 75, /asking ssh:\/\/127\.0\.0\.1:\d+\/.*failed/)
	writeFileSync(ssh.at('repo'), s.remote)
	ok(s.run())
	s.isWhole()
})

test('a host that is not known, or is another, is not spoken to', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s, ssh, set } = await overSsh()
	set({ knownHosts: ssh.at('known-none') })
	fails(s.run(), 1, /is not in .*known-none; compare its fingerprint/)
	set({ knownHosts: ssh.at('known-other') })
	fails(s.run(), 1, /shows a key that is not the one in/)
	set({ knownHosts: ssh.at('nothing-here') })
	fails(s.run(), 1, /cannot be read/)
	assert.equal(s.head(), '')
})

test('a key that others may read, or that is not there, is refused with the cure', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s, ssh, set } = await overSsh()
	chmodSync(ssh.at('deploy'), 0o644)
	fails(s.run(), 78, /may be read by others/, /chmod 600/)
	chmodSync(ssh.at('deploy'), 0o600)
	set({ key: ssh.at('nothing-here') })
	fails(s.run(), 78, /cannot be read: No such file/)
	set({ key: undefined })
	fails(s.run(), 78, /wants a key: name this instance's deploy key as backup\.key/)
	if (process.getuid() !== 0) return
	set({ key: ssh.at('stranger') })
	execFileSync('chown', ['nobody', ssh.at('stranger')])
	fails(s.run(), 78, /belongs to another user/)
	execFileSync('chown', ['root', ssh.at('stranger')])
	set({})
	execFileSync('chown', ['-R', 'nobody', s.repo])
	fails(s.run(), 78, /belongs to user \d+/)
})

test('what the remote\'s hook says is told, and the next run pushes what waits', async () => {
	if (!sshd) return skipped('there is no sshd here')
	const { s } = await overSsh(), hook = join(s.remote, 'hooks/pre-receive')
	writeFileSync(hook, '#!/bin/sh\necho main is protected, ask an owner >&2\nexit 1\n', { mode: 0o755 })
	fails(s.run(), 1, /rejected refs\/heads\/main/, /main is protected, ask an owner/)
	assert.equal(s.last().state, seen('failed'))
	assert.equal(s.last().commit_id, null)
	rmSync(hook)
	ok(s.run())
	s.isWhole()
	assert.equal(s.commits(), 1)
})

// ---- git over http: git's own backend behind a server that wants a token ----

// The server answers while hmc runs, so that cannot be waited for in one breath.
const runAside = (s) => new Promise((done) => {
	const child = spawn(hmc, s.args(), quiet), r = { stdout: '', stderr: '' }
	child.stdout.on('data', (x) => { r.stdout += x })
	child.stderr.on('data', (x) => { r.stderr += x })
	child.on('close', (status) => done({ ...r, status }))
})

test('over http on this machine a token from a file pushes; a wrong one and a redirect are told', async () => {
	if (!existsSync(backend)) return skipped('there is no git-http-backend here')
	let root
	const server = createHttp((req, res) => answer(root, req, res)), port = await listen(server)
	const s = stage({ remote: () => `http://127.0.0.1:${port}/remote.git` }), token = s.at('token')
	root = s.own
	writeFileSync(token, 'scoped-token-1\n', { mode: 0o600 })
	try {
		fails(s.run(), 78, /wants a token: name a file with one as backup\.tokenFile/)
		s.configure({ tokenFile: token, tokenUser: 'uma' })
		git(s.repo, 'remote', 'set-url', 'origin', 'http://127.0.0.1.example.invalid/remote.git')
		fails(s.run(), 78, /is not encrypted; give it as https/)
		git(s.repo, 'remote', 'set-url', 'origin', `http://127.0.0.1:${port}/remote.git`)
		ok(await runAside(s))
		s.isWhole()
		ok(await runAside(s))
		assert.equal(s.last().state, seen('nothing'))
		chmodSync(token, 0o640)
		fails(s.run(), 78, /may be read by others/)
		chmodSync(token, 0o600)
		writeFileSync(token, 'another\n')
		const refused = await runAside(s)
		fails(refused, 1, /does not take this instance's token/)
		assert.doesNotMatch(refused.stderr + s.rows(), /another|scoped-token/)
		writeFileSync(token, 'scoped-token-1\n')
		writeFileSync(join(s.remote, 'hooks/pre-receive'), '#!/bin/sh\necho not by scoped-token-1, go away >&2\nexit 1\n', { mode: 0o755 })
		appendFileSync(join(s.home, 'memories/MEMORY.md'), 'More.\n')
		const echoed = await runAside(s)
		fails(echoed, 1, /rejected refs\/heads\/main/, /holds the token, and is left out/)
		assert.doesNotMatch(echoed.stderr + s.rows(), /scoped-token/)
		git(s.repo, 'remote', 'set-url', 'origin', `http://127.0.0.1:${port}/away/remote.git`)
		fails(await runAside(s), 75, /cannot redirect from '127\.0\.0\.1' to '127\.0\.0\.2'/)
	} finally {
		server.close()
	}
})

test('where fetch and push have addresses of their own, the token goes to the one that is pushed to alone', async () => {
	if (!existsSync(backend)) return skipped('there is no git-http-backend here')
	let root
	const given = [], elsewhere = createHttp((req, res) => {
		given.push(req.headers.authorization ?? 'nothing')
		res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end()
	})
	const server = createHttp((req, res) => answer(root, req, res)), port = await listen(server), other = await listen(elsewhere)
	const s = stage({ remote: () => `http://127.0.0.1:${other}/remote.git` }), token = s.at('token')
	root = s.own
	git(s.repo, 'remote', 'set-url', '--push', 'origin', `http://127.0.0.1:${port}/remote.git`)
	writeFileSync(token, 'scoped-token-1\n', { mode: 0o600 })
	s.configure({ tokenFile: token, tokenUser: 'uma' })
	try {
		ok(await runAside(s))
		s.isWhole()
		assert.deepEqual(given.filter((x) => x !== 'nothing'), [])
	} finally {
		server.close()
		elsewhere.close()
	}
})

test('a certificate that nobody vouches for, and a name that nobody knows, are told', async () => {
	const at = (name) => join(dir, name)
	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1', '-keyout', at('tls.key'), '-out', at('tls.crt')], { stdio: 'ignore' })
	let asked = 0
	const server = createHttps({ key: readFileSync(at('tls.key')), cert: readFileSync(at('tls.crt')) }, (req, res) => { asked++; res.end() }), port = await listen(server)
	const s = stage({ remote: () => `https://127.0.0.1:${port}/remote.git` }), token = s.at('token')
	writeFileSync(token, 'scoped-token-1\n', { mode: 0o600 })
	s.configure({ tokenFile: token })
	try {
		fails(await runAside(s), 1, /TLS certificate is not valid/)
		assert.equal(asked, 0)
	} finally {
		server.close()
	}
	git(s.repo, 'remote', 'set-url', 'origin', 'https://git.nowhere.invalid/remote.git')
	fails(s.run(), 75, /asking https:\/\/git\.nowhere\.invalid\/remote\.git failed/)
})

test('homes that Hermes wrote are backed up without a planted secret', () => {
	if (!hasHomes) return skipped('the shared homes are not here')
	for (const home of ['vijay-2026-03', 'bheem-2026-03']) {
		const s = stage({ home }), first = s.run()
		if (first.status) { // a prompt of a job holds a key
			fails(first, 1, /cron\/jobs\.json holds a secret/)
			const jobs = join(s.home, 'cron/jobs.json')
			writeFileSync(jobs, readFileSync(jobs, 'utf8').replace(/[\w.-]*PLANTED[\w.-]*/g, 'taken out'))
			ok(s.run())
		}
		s.isWhole()
		assert.equal(spawnSync('git', ['-C', s.remote, 'grep', '-q', 'PLANTED', 'main'], quiet).status, 1)
	}
})

const failed = await runTests()
stopSshd()
rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
