#!/usr/bin/env node
// Ledgers and reports that are missing, broken, another's or hostile, one after the other, under every page: its part says so, the rest stands.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { api, ask, pages, run, stage } from './cgi.mjs'
import { runTests, test, top } from './harness.mjs'

const products = JSON.parse(readFileSync(join(top, 'tests/golden/products.json'), 'utf8').replace(/^\s*\}?\s*$/gm, ''))
const sql = (s, id, text) => execFileSync('sqlite3', [join(s.reports(id), 'ledger.db')], { input: text, encoding: 'utf8' })
async function staged(body) {
	const s = stage({ products })
	try {
		await body(s)
	} finally {
		s.remove()
	}
}
function answers(s, program, path, query = '') {
	const r = ask(s, program, path, { query })
	assert.equal(r.signal, null, `${path}: ${r.stderr}`)
	assert.doesNotMatch(r.stderr, /ceiling|Sanitizer|runtime error/, path)
	return r
}
const model = (s, program, path, query) => JSON.parse(answers(s, program, api(path), query).text)

const broken = {
	'is gone': (f) => rmSync(f),
	'is empty': (f) => writeFileSync(f, ''),
	'is cut off': (f) => truncateSync(f, 5000),
	'is noise': (f) => writeFileSync(f, 'x'.repeat(20000)),
	'is a pipe': (f) => { rmSync(f); spawnSync('mkfifo', [f]) },
	'is a folder': (f) => { rmSync(f); mkdirSync(f) },
}
const ledgers = {
	...broken,
	'is of an older version': (f) => spawnSync('sqlite3', [f, 'PRAGMA user_version=5']),
	'is of a newer version': (f) => spawnSync('sqlite3', [f, 'PRAGMA user_version=99']),
	'has lost its tables': (f) => spawnSync('sqlite3', [f, 'DROP TABLE watch; DROP TABLE cron_runs; DROP TABLE alerts; DROP TABLE backups; DROP TABLE samples']),
	'has pages of noise': (f) => { const b = readFileSync(f); b.fill(0x55, 8192); writeFileSync(f, b) },
	...(process.getuid() === 0 && { 'is another user\'s': (f) => chownSync(f, 12345, 12345) }),
}
// What of the model rests on a ledger, and says so.
const saysSo = {
	'/hermes': (m) => m.trendsNote, '/hermes/tasks': (m) => m.notes[0]?.text, '/hermes/alerts': (m) => m.notes[0]?.text,
}

for (const [file, ways] of [['ledger.db', ledgers], ['report.json', broken]])
	for (const [how, spoil] of Object.entries(ways))
		test(`every page stands when ${file} ${how}`, () => staged((s) => {
			for (const id of ['bheem', 'vijay', 'host']) spoil(join(s.reports(id), file))
			for (const [program, path] of pages) {
				const page = answers(s, program, path), json = answers(s, program, api(path))
				const wanted = path === run && file === 'ledger.db' ? [200, 503] : [200]
				assert.ok(wanted.includes(page.status), `${path}: ${page.status} ${page.stderr}`)
				assert.equal(json.status, page.status, path)
				const m = JSON.parse(json.text)
				if (file === 'ledger.db' && saysSo[path]) {
					assert.match(saysSo[path](m) ?? '', /could not be read/, path)
					assert.match(page.text, /could not be read/, path)
				}
			}
		}))

test('what is not known of a day is no zero of the overview, either', () => staged((s) => {
	for (const id of ['bheem', 'vijay']) sql(s, id, 'DELETE FROM watch; DELETE FROM session_quarters; DELETE FROM alerts; DELETE FROM backups;')
	for (const t of model(s, 'overview', '/hermes').trends) {
		assert.equal(t.value, null, t.id)
		assert.equal(t.valueText, 'not known', t.id)
		assert.doesNotMatch(t.detail, /^\D*0 in/, t.id)
	}
}))

test('since the last look counts from the moment, not from the next quarter of an hour', () => staged((s) => {
	const since = '2026-11-24T07:06:00Z'
	const at = Date.parse(since) / 1000
	const n = sql(s, 'vijay', `SELECT count(*) FROM sessions WHERE started >= ${at}`).trim()
	assert.equal(n, '1')
	assert.match(model(s, 'overview', '/hermes', `instance=vijay&since=${since}`).changes.summary, /one session/i)
}))

test('alerts of the machine itself are new since the last look, the newest first', () => staged((s) => {
	const at = Date.parse('2026-11-24T07:09:00Z') / 1000
	sql(s, 'host', `INSERT INTO alerts(reading, severity, title, opened) VALUES('disk', 3, 'The disk is full', ${at});`)
	const { changes } = model(s, 'overview', '/hermes', 'since=2026-11-24T00:00:00Z')
	assert.equal(changes.items[0].instanceId, 'host')
	assert.equal(changes.items[0].text, 'The disk is full')
	const times = changes.items.map((x) => x.happenedAt)
	assert.deepEqual(times, [...times].sort().reverse())
	assert.ok(!model(s, 'overview', '/hermes', 'instance=vijay&since=2026-11-24T00:00:00Z').changes.items.some((x) => x.instanceId === 'host'))
}))

test('a list that could not be read in part does not say that nothing needs a look', () => staged((s) => {
	rmSync(join(s.reports('bheem'), 'ledger.db'))
	assert.match(model(s, 'tasks', '/hermes/tasks').headline, /as far as it could be read$/)
	assert.doesNotMatch(model(s, 'tasks', '/hermes/tasks', 'instance=vijay').headline, /as far as/)
	rmSync(join(s.reports('vijay'), 'report.json'))
	assert.match(model(s, 'tasks', '/hermes/tasks', 'instance=vijay&state=late').emptyText, /But the jobs of Vijay are not known now\.$/)
}))

test('a search of more alerts than are looked through says so', () => staged((s) => {
	sql(s, 'vijay', `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
		INSERT INTO alerts(reading, severity, title, opened, closed) SELECT 'gateway', 2, 'Gateway ' || i, 1700000000 - i, 1700000000 FROM n;`)
	const m = model(s, 'alerts', '/hermes/alerts', 'instance=vijay&show=closed&q=nothing+of+the+kind')
	assert.match(m.notes[0]?.text ?? '', /only its latest alerts/)
	assert.deepEqual(model(s, 'alerts', '/hermes/alerts', 'instance=vijay&show=closed').notes, [])
}))

// More than a request's memory would hold.
test('a ledger of titles of half a megabyte each ends no program', () => staged((s) => {
	sql(s, 'vijay', `${sql(s, 'vijay', "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'")}
		UPDATE sessions SET title = replace(hex(zeroblob(100000)), '00', 'title'), model = title; UPDATE alerts SET title = replace(hex(zeroblob(100000)), '00', 'alert');`)
	for (const [program, path, query] of [['tasks', '/hermes/tasks', 'since=all&limit=200'], ['alerts', '/hermes/alerts', 'limit=200'], ['history', '/hermes/history'], ['overview', '/hermes', 'since=2026-01-01T00:00:00Z']])
		assert.equal(answers(s, program, path, query).status, 200, path)
}))

// Every column of every table holds what it never should: a program ends in a page, whatever is in another user's file.
const values = { nothing: 'NULL', 'a huge number': '9223372036854775807', 'a number below zero': '-9223372036854775807', 'bytes that are no text': "x'ff00fe3c623e'",
	'a long text': "replace(hex(zeroblob(1200)), '00', '<b>x')", 'a fraction beyond all': '9e999' }
for (const [what, value] of Object.entries(values))
	test(`every page stands when a ledger holds ${what}`, () => staged((s) => {
		for (const id of ['vijay', 'host']) {
			const tables = JSON.parse(execFileSync('sqlite3', ['-json', join(s.reports(id), 'ledger.db'),
				"SELECT m.name AS t, c.name AS c FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'session_titles%' AND m.name NOT LIKE 'sqlite%' AND c.pk = 0 AND c.hidden = 0"], { encoding: 'utf8' }))
			const triggers = sql(s, id, "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'")
			sql(s, id, `${triggers} PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(replace(sql, 'NOT NULL UNIQUE', 'UNIQUE'), 'NOT NULL', '') WHERE type = 'table' AND name NOT LIKE 'session_titles%' AND sql NOT LIKE '%WITHOUT ROWID%';`)
			for (const { t, c } of tables) {
				const f = join(s.reports(id), 'ledger.db')
				const r = spawnSync('sqlite3', [f, `UPDATE OR IGNORE "${t}" SET "${c}" = ${value}`], { encoding: 'utf8' })
				if (r.status !== 0 && !/NOT NULL/.test(r.stderr)) throw new Error(`${t}.${c}: ${r.stderr}`)
			}
		}
		for (const [program, path] of [...pages, ['tasks', '/hermes/tasks?since=all'], ['alerts', '/hermes/alerts?show=closed']]) {
			const [p, query] = path.split('?')
			const page = answers(s, program, p, query), json = answers(s, program, api(p), query)
			assert.ok([200, 404, 503].includes(page.status), `${path}: ${page.status} ${page.stderr}`)
			JSON.parse(json.text)
			assert.doesNotMatch(page.text, /<b>x/, path)
		}
	}))

process.exit((await runTests()) ? 1 : 0)
