// A home, its backup in a bare remote of its own, and hmc backup and hmc drill over them; for drill.mjs and recovery.mjs.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { top } from './harness.mjs'
import { closed, schemas, validator } from './types.mjs'

const build = process.env.MC_BUILD ?? join(top, 'build')
export const hmc = join(build, 'hmc')
export const shared = process.env.MC_SHARED || join(top, '../shared')
export const hasHomes = existsSync(join(shared, 'hermes-homes'))
export const homes = !hasHomes ? [] : readdirSync(join(shared, 'hermes-homes')).filter((home) => existsSync(join(shared, 'hermes-homes', home, 'home/config.yaml')))
export const payload = 'hermes_persistent_backup'
export const secret = `sk-proj-${'Ab3dEf6hIj9k'.repeat(4)}`
const dir = mkdtempSync(join(tmpdir(), 'mc-drill.'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()
const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x@example.net', GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x@example.net' }
delete env.RUNTIME_DIRECTORY
export const quiet = { encoding: 'utf8', timeout: 60000, env }
export const git = (where, ...args) => execFileSync('git', ['-C', where, ...args], { ...quiet, stdio: ['ignore', 'pipe', 'pipe'] }).trim()
const isReceipt = validator(closed(schemas().get('drill-receipt').schema))

let n = 0
// A home, its backup in a bare remote, and a scratch folder of its own.
export function stage({ remote, backup = {}, home = 'made' } = {}) {
	const own = join(dir, `stage-${++n}`), at = (name) => join(own, name)
	mkdirSync(own)
	mkdirSync(at('tmp'))
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
	const configure = (more) => writeFileSync(at('config.json'), JSON.stringify({ stateDir: at('state'), instances: [{ id: 'bheem', label: 'Bheem <Uma>', user, hermesHome: at('home'), backup: { repo: at('repo'), ...more } }] }))
	configure(backup)
	const opts = { ...quiet, env: { ...env, TMPDIR: at('tmp') } }
	const args = (what, ...more) => [what, '--instance', 'bheem', '--config', at('config.json'), ...more]
	const s = {
		own, at, configure, home: at('home'), repo: at('repo'), remote: at('remote.git'), opts, args,
		backup: () => assert.equal(spawnSync(hmc, args('backup'), opts).status, 0),
		drill: (...more) => spawnSync(hmc, args('drill', ...more), opts),
		last: () => JSON.parse(spawnSync('sqlite3', ['-json', at('state/reports/bheem/ledger.db'), 'SELECT * FROM drills ORDER BY n'], quiet).stdout || '[]').pop(),
		// As its schema says, to the last member.
		receipt() {
			const receipt = JSON.parse(s.last().receipt)
			assert.equal(isReceipt(receipt), null)
			return receipt
		},
		// The open alert of a reading, after the exporter has looked twice.
		alert(reading) {
			for (let i = 0; i < 2; i++) assert.equal(spawnSync(hmc, args('export'), quiet).status, 0)
			return JSON.parse(spawnSync('sqlite3', ['-json', at('state/reports/bheem/ledger.db'), `SELECT title, why FROM alerts WHERE closed = 0 AND reading = '${reading}'`], quiet).stdout || '[]')[0]
		},
		inRepo: () => git(s.remote, 'ls-tree', '-r', '--name-only', 'main', 'drills/').split('\n').filter(Boolean),
		isClean: () => assert.deepEqual(readdirSync(at('tmp')), []),
		// A commit in the remote, made by somebody who has a shell in a clone.
		tamper(script) {
			rmSync(at('other'), { recursive: true, force: true })
			execFileSync('git', ['clone', '-qn', s.remote, at('other')], quiet)
			writeFileSync(at('other/.git/info/attributes'), '* -text -eol -ident -filter -working-tree-encoding\n')
			git(at('other'), 'reset', '-q', '--hard')
			execFileSync('bash', ['-ec', `${script}\ngit add -A -f\ngit commit -qm x\ngit push -q`], { ...quiet, cwd: at('other') })
		},
		fails(status, ...words) {
			const r = s.drill()
			assert.equal(r.status, status, r.stderr + r.stdout)
			for (const w of words) assert.match(r.stderr, w)
			assert.equal(r.stderr.trim().split('\n').length, 1, r.stderr)
			assert.doesNotMatch(r.stderr + r.stdout + JSON.stringify(s.last() ?? ''), new RegExp(secret.slice(0, 24)))
			s.isClean()
			if (status === 1 && s.last().receipt) assert.equal(s.receipt().isProven, false)
		},
	}
	return s
}
