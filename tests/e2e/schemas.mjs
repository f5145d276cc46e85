#!/usr/bin/env node
// The JSON Schemas and hermes.d.ts against answers and reports on file. TAP.
//
//   tests/e2e/schemas.mjs           test
//   tests/e2e/schemas.mjs --write   make the schemas anew from hermes.d.ts ("make schema")
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { runTests, test, top } from './harness.mjs'
import { closed, complaints, fileOf, fixture, folder, schemas, source, textOf, typesIn, validator } from './types.mjs'

const made = schemas()
if (process.argv[2] === '--write') {
	for (const old of readdirSync(folder).filter((f) => f.endsWith('.schema.json'))) rmSync(join(folder, old))
	for (const [name, { schema }] of made) writeFileSync(fileOf(name), textOf(schema))
	process.exit(0)
}

const build = process.env.MC_BUILD ?? join(top, 'build')
const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
const open = new Map([...made].map(([name, { schema }]) => [name, validator(schema)]))
const strict = new Map([...made].map(([name, { schema }]) => [name, validator(closed(schema))]))
const older = new Map([...made].map(([name, { schema }]) => [name, validator(closed(schema, true))]))
const isValid = (name, value, where) => assert.equal(strict.get(name)(value), null, where)
const report = (r) => (r.kind === 'host' ? 'report-host' : 'report-instance')

// Which schema an answer on file belongs to: by its heading, else by the file's name.
const golden = readdirSync(join(top, 'tests/golden/expected'))
	.filter((f) => f.endsWith('.json'))
	.map((f) => [f, read(join(top, 'tests/golden/expected', f))])
const paneOf = (file, value) => {
	if (value.error) return 'error'
	const named = [...made.keys()].find((name) => name === value.heading?.toLowerCase())
	return named ?? [...made.keys()].find((name) => file === `${name}.json` || file.startsWith(`${name}-`))
}

// Exports of the sample homes, and of the real ones where they are.
const work = mkdtempSync(join(tmpdir(), 'mc-schemas.'))
process.on('exit', () => rmSync(work, { recursive: true, force: true }))
function exported(name, config) {
	const state = join(work, name)
	const file = join(work, `${name}.json`)
	writeFileSync(file, JSON.stringify({ ...config, stateDir: state }))
	execFileSync('mkdir', ['-p', state])
	execFileSync(join(build, 'hmc'), ['export', '--config', file])
	return readdirSync(join(state, 'reports')).map((id) => read(join(state, 'reports', id, 'report.json')))
}
function samples() {
	execFileSync(join(build, 'tests/fixtures/sample-homes'), [join(work, 'homes')])
	const config = JSON.parse(readFileSync(join(work, 'homes/config.json'), 'utf8').replace(/^\s*\/\/.*$/gm, ''))
	return [exported('samples', config), exported('excerpts', { ...config, instances: config.instances.map((i) => ({ ...i, publish: 'excerpts' })) }),
		exported('counts', { ...config, instances: config.instances.map((i) => ({ ...i, publish: 'counts', privacy: true })) })].flat()
}
function homes() {
	const from = join(process.env.MC_SHARED ?? '', 'hermes-homes')
	if (!process.env.MC_SHARED || !existsSync(from)) return []
	cpSync(from, join(work, 'copies'), { recursive: true }) // SQLite writes beside a database even to read it
	const instances = readdirSync(from)
		.filter((id) => existsSync(join(from, id, 'home')))
		.map((id) => ({ id, user: userInfo().username, hermesHome: join(work, 'copies', id, 'home') }))
	return exported('real', { instances })
}

test('the schemas on file are those of hermes.d.ts', () => {
	for (const [name, { schema }] of made) assert.equal(readFileSync(fileOf(name), 'utf8'), textOf(schema), `${name}: run "make schema"`)
	const files = readdirSync(folder).filter((f) => f.endsWith('.schema.json'))
	assert.deepEqual(files.sort(), [...made.keys()].map((n) => `${n}.schema.json`).sort())
})

test('the names that the web knows are there', () => {
	const types = readFileSync(source, 'utf8')
	for (const name of ['InstanceRef', 'OpsSnapshot', 'Task', 'Product', 'Event', 'Run', 'AgentStatus', 'Overview'])
		assert.match(types, new RegExp(`^export interface Hermes${name} `, 'm'))
})

test('every answer on file is what its schema says, to the last member', () => {
	assert.ok(golden.length > 12)
	for (const [file, value] of golden) isValid(paneOf(file, value), value, file)
})

// Receipts are met in tests/e2e/drill.mjs, reports further down.
// The frozen reports have no board, no keys and no late job, and are two: the first three are met in tests/e2e/api.mjs.
const unmet = ['HermesSharedKey', 'HermesSharedKeys', 'HermesTaskJob', 'HermesBoardTask', 'HermesDifferenceGroup']

test('an answer on file has met every type of an answer, but for those that are named here', () => {
	const met = new Set()
	for (const [file, value] of golden) typesIn(made.get(paneOf(file, value)).schema, value, met)
	const all = [...made].filter(([name]) => !name.startsWith('report') && name !== 'drill-receipt').flatMap(([, { schema }]) => Object.keys(schema.$defs))
	assert.deepEqual([...new Set(all)].filter((name) => !met.has(name)).sort(), [...unmet].sort())
})

const fresh = [...samples(), ...homes()]
const frozen = readdirSync(join(top, 'tests/golden/reports')).map((f) => read(join(top, 'tests/golden/reports', f)))

test('so is every report, of sample homes under each policy and of real homes', () => {
	assert.ok(fresh.length >= 9)
	assert.ok(fresh.filter((r) => r.readings.sessions?.state === 'ok').length >= 6)
	for (const r of fresh) isValid(report(r), r, `${r.kind} ${r.instanceId ?? ''} ${r.exporter.publish}`)
})

test('a report of an older exporter has members less, and none that are other', () => {
	for (const r of frozen) assert.equal(older.get(report(r))(r), null, r.instanceId)
})

test('TypeScript says the same of them', () => {
	const all = [...golden.map(([f, v]) => [f, paneOf(f, v), v]), ...fresh.map((r, i) => [`report-${i}`, report(r), r])]
	const found = complaints(Object.fromEntries(all.map(([f, name, value]) => [`${f}.ts`, fixture(made.get(name).type, value)])))
	assert.deepEqual(found.slice(0, 10), [])
})

test('a member that nobody documented, a missing one and a wrong one are found', () => {
	const [, sound] = golden.find(([f]) => f === 'two-instances.json')
	const spoilt = [
		['more', (v) => (v.attention[0].undocumented = 1)],
		['less', (v) => delete v.instances[0].readings[0].label],
		['null', (v) => (v.heading = null)],
		['a local time', (v) => (v.generatedAt = '2026-11-24T07:11:02+05:30')],
		['no such day', (v) => (v.generatedAt = '2026-02-30T07:11:02Z')],
		['an unknown word', (v) => (v.verdict.status = 'green')],
		['a fraction of a thing', (v) => (v.counts.instances = 1.5)],
	]
	for (const [what, spoil] of spoilt) {
		const value = structuredClone(sound)
		spoil(value)
		assert.ok(strict.get('overview')(value), what)
		if (!['a local time', 'no such day', 'a fraction of a thing'].includes(what)) // no types of TypeScript's
			assert.notDeepEqual(complaints({ 'spoilt.ts': fixture('HermesOverview', value) }), [], what)
	}
})

test('a reader of today takes an answer of tomorrow that has a member more', () => {
	const value = structuredClone(golden.find(([f]) => f === 'two-instances.json')[1])
	value.tomorrow = { more: true }
	value.instances[0].readings[0].tomorrow = 1
	assert.equal(open.get('overview')(value), null)
	assert.deepEqual(complaints({ 'reader.ts': `import type { HermesOverview } from './hermes'\nconst answer = ${JSON.stringify(value)}\nexport const x = answer as HermesOverview\n` }), [])
})

process.exit((await runTests()) ? 1 : 0)
