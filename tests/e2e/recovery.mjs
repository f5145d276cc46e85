#!/usr/bin/env node
// docs/disaster-recovery.md: its commands restore a home from what hmc backup pushed, to the byte what hmc drill restores, and
// refuse what it refuses. TAP.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { git, hmc, homes, payload, quiet, secret, stage } from './drill-stage.mjs'
import { runTests, test, top } from './harness.mjs'

const text = readFileSync(join(top, 'docs/disaster-recovery.md'), 'utf8')
const chapter = text.split(/^## /m).find((part) => part.startsWith('Restore the home\n'))
const commands = [...chapter.matchAll(/^```sh\n(.*?)^```$/gms)].map((m) => m[1])

// What a person would paste, in a shell of that user on the new machine; `repo` and `home` are where nothing is yet.
function follow(s, { steps = commands, as = 'new' } = {}) {
	const env = { ...quiet.env, remote: s.remote, repo: s.at(`${as}/repos/backup`), home: s.at(`${as}/.hermes`), GIT_SSH_COMMAND: 'false' }
	return { ...spawnSync('bash', ['-ec', steps.join('\n')], { ...quiet, env }), home: env.home, repo: env.repo }
}
const followed = (s, more) => { const r = follow(s, more); assert.equal(r.status, 0, r.stderr + r.stdout); return r }

// { path: mode and bytes } of all that lies below a folder; what a file may be beyond being run is its user's affair.
function tree(folder, under = '') {
	const out = {}
	for (const name of readdirSync(join(folder, under)).sort()) {
		const path = join(under, name), st = lstatSync(join(folder, path))
		if (st.isDirectory()) Object.assign(out, tree(folder, path))
		else out[path] = `${(st.mode & 0o777).toString(8)} ${st.isFile() ? readFileSync(join(folder, path)).toString('base64') : 'no file'}`
	}
	return out
}

// The home that a drill restored, as it stood when the drill was killed at the first thing that it took away.
function drilled(s) {
	const r = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=unlinkat', '-e', 'inject=unlinkat:signal=KILL:when=1', hmc, ...s.args('drill', '--no-push')], s.opts)
	assert.notEqual(r.status, 0)
	const [left, ...more] = readdirSync(s.at('tmp'))
	assert.deepEqual(more, [])
	return tree(s.at(`tmp/${left}/home`))
}
const mayTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0

const withoutEnv = (files) => Object.fromEntries(Object.entries(files).filter(([path]) => !/(^|\/)\.env$/.test(path)))

// A home with all that a backup takes, and a repository whose attributes would have every file written otherwise.
function rich() {
	const s = stage()
	for (const folder of ['hooks/greet', 'plugins/p', 'profiles/work/memories', 'skills/own/scripts']) mkdirSync(join(s.home, folder), { recursive: true })
	writeFileSync(join(s.home, 'SOUL.md'), 'Kind.\r\nAnd $Id$ short.\n')
	writeFileSync(join(s.home, 'hooks/greet/HOOK.yaml'), 'name: greet\nevents: [startup]\n')
	writeFileSync(join(s.home, 'hooks/greet/handler.py'), 'async def handle(event, context):\n    pass\n')
	writeFileSync(join(s.home, 'skills/own/scripts/run it.sh'), '#!/bin/sh\n')
	chmodSync(join(s.home, 'skills/own/scripts/run it.sh'), 0o755)
	writeFileSync(join(s.home, 'plugins/p/plugin.yaml'), 'name: p\nversion: 1.0.0\n')
	writeFileSync(join(s.home, 'profiles/work/config.yaml'), `model: opus\napi_key: ${secret}\n`)
	writeFileSync(join(s.home, 'profiles/work/.env'), `export SLACK_BOT_TOKEN=${secret}\n`)
	writeFileSync(join(s.home, 'profiles/work/memories/MEMORY.md'), 'Works.\n')
	writeFileSync(join(s.home, 'channel_directory.json'), '{"platforms": {}}\n')
	appendFileSync(join(s.home, '.env'), 'TELEGRAM_BOT_TOKEN=123:abc\n')
	s.backup()
	s.tamper("printf '* text eol=crlf ident\\n*.md working-tree-encoding=UTF-16\\n' > .gitattributes")
	return s
}

test('the chapter has its commands, and none of them names a place of its own', () => {
	assert.ok(commands.length >= 4)
	assert.doesNotMatch(commands.join(''), /~|\/root|\/home\/|runuser|sudo/)
})

test('a home is restored to the byte, files are the user\'s alone, and what may be run may be run', () => {
	const s = rich(), r = followed(s)
	const files = JSON.parse(git(s.remote, 'show', `main:${payload}/manifest.json`)).files
	assert.ok(files.length > 10)
	const restored = tree(r.home)
	assert.deepEqual(Object.keys(withoutEnv(restored)), files.map((f) => f.path).sort())
	for (const { path, mode } of files) {
		assert.equal(restored[path].split(' ')[0], parseInt(mode, 8) & 0o100 ? '700' : '600', path)
		if (!path.endsWith('config.yaml')) assert.equal(restored[path].split(' ')[1], readFileSync(join(s.home, path)).toString('base64'), path)
	}
	assert.equal(spawnSync('grep', ['-rq', secret, s.at('new')]).status, 1)
	for (const path of ['config.yaml', 'profiles/work/config.yaml']) assert.match(readFileSync(join(r.home, path), 'utf8'), /\[redacted:left-out\]/)
})

test('it lists the places that were left out, and begins .env with the names alone', () => {
	const s = rich(), r = followed(s)
	assert.equal(r.stdout, 'config.yaml: mcp_servers.mail.env.MAIL_TOKEN\nprofiles/work/config.yaml: api_key\n')
	assert.equal(readFileSync(join(r.home, '.env'), 'utf8'), 'OPENROUTER_API_KEY=\nTELEGRAM_BOT_TOKEN=\n')
	assert.equal(readFileSync(join(r.home, 'profiles/work/.env'), 'utf8'), 'SLACK_BOT_TOKEN=\n')
	assert.equal(lstatSync(join(r.home, '.env')).mode & 0o777, 0o600)
})

test('what the installer or a person has put there stays, and the commands can be given again', () => {
	const s = rich(), home = s.at('new/.hermes')
	mkdirSync(join(home, 'hermes-agent'), { recursive: true })
	writeFileSync(join(home, 'hermes-agent/pyproject.toml'), 'version = "1"\n')
	writeFileSync(join(home, 'SOUL.md'), 'fresh\n')
	writeFileSync(join(home, '.env'), 'export OPENROUTER_API_KEY=mine\n')
	followed(s)
	followed(s, { steps: commands.slice(1).map((x, i) => (i ? x : `cd "$repo"\n${x}`)) })
	assert.equal(readFileSync(join(home, '.env'), 'utf8'), 'export OPENROUTER_API_KEY=mine\nTELEGRAM_BOT_TOKEN=\n')
	assert.equal(readFileSync(join(home, 'SOUL.md'), 'utf8'), 'Kind.\r\nAnd $Id$ short.\n')
	assert.ok(existsSync(join(home, 'hermes-agent/pyproject.toml')))
})

test('hmc drill restores the same, of our own home and of those that Hermes wrote', () => {
	if (!mayTrace) return console.log('# skipped: tracing is not permitted here')
	const all = [rich(), ...homes.map((home) => stage({ home }))]
	for (const s of all) {
		const jobs = join(s.home, 'cron/jobs.json') // of one of them a prompt holds a key, which is refused
		writeFileSync(jobs, readFileSync(jobs, 'utf8').replace(/[\w.-]*PLANTED[\w.-]*/g, 'taken out'))
		s.backup()
		const begun = process.hrtime.bigint()
		const restored = withoutEnv(tree(followed(s).home))
		console.log(`# ${Object.keys(restored).length} files in ${Number((process.hrtime.bigint() - begun) / 1000000n)} ms by hand`)
		assert.deepEqual(drilled(s), restored)
		assert.equal(s.drill('--no-push').status, 0)
		const receipt = s.receipt()
		assert.equal(receipt.files, Object.keys(restored).length)
		console.log(`# ${receipt.files} files, ${receipt.bytes} bytes in ${JSON.stringify(receipt.tookSeconds)} s by hmc drill`)
	}
})

for (const [what, script] of [
	['a changed byte', `sed -i 's/Pune/Goan/' ${payload}/memories/MEMORY.md`],
	['a lost file', `rm ${payload}/cron/jobs.json`],
	['a file too many', `echo x > ${payload}/memories/X.md`],
	['a link', `ln -s /etc/passwd ${payload}/passwd`],
	['a link in the place of a file', `rm ${payload}/SOUL.md; ln -s /etc/passwd ${payload}/SOUL.md`],
	['a folder that is a link', `rm -r ${payload}/memories; ln -s / ${payload}/memories`],
	['no manifest', `rm ${payload}/manifest.json`],
	['a broken manifest', `echo '{' > ${payload}/manifest.json`],
	['an empty manifest', `echo '{}' > ${payload}/manifest.json`],
])
	test(`${what}: the drill refuses it, and so do the commands, before anything is put back`, () => {
		const s = rich()
		s.tamper(script)
		assert.equal(s.drill('--no-push').status, 1)
		const r = follow(s)
		assert.notEqual(r.status, 0, r.stdout)
		assert.ok(!existsSync(r.home))
	})

test('neither a hook nor a filter of the repository or of its templates runs', () => {
	const s = rich(), mark = s.at('ran')
	s.tamper(`echo '* filter=evil' > .gitattributes; mkdir -p hooks; printf '#!/bin/sh\\ntouch ${mark}\\n' > hooks/post-checkout; chmod +x hooks/post-checkout`)
	const steps = [`git config --file "$PWD/gitconfig" filter.evil.smudge 'touch ${mark}; cat'; export GIT_CONFIG_GLOBAL=$PWD/gitconfig`, ...commands]
	followed(s, { steps: [`mkdir -p '${s.at('new')}'; cd '${s.at('new')}'`, ...steps] })
	assert.ok(!existsSync(mark))
})

test('the clone that it leaves is one that hmc backup goes on with', () => {
	const s = rich(), r = followed(s)
	for (const [path, was] of Object.entries(tree(r.home))) if (path.endsWith('config.yaml') || path.endsWith('.env')) assert.ok(was)
	s.configure({ repo: r.repo })
	const before = git(s.remote, 'rev-parse', 'main')
	s.backup()
	assert.equal(git(s.remote, 'rev-parse', 'main'), before)
	assert.equal(git(r.repo, 'status', '--porcelain'), '')
	appendFileSync(join(s.home, 'memories/MEMORY.md'), '§\nStarted anew.\n')
	s.backup()
	assert.equal(s.drill().status, 0)
})

process.exit((await runTests()) ? 1 : 0)
