#!/usr/bin/env node
// The table of routes against the programs and the files that are made from it: each program answers its own and nothing else.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ask, stage } from './cgi.mjs'
import { runTests, test, top } from './harness.mjs'
import { outdated, programs, routes } from './routes.mjs'

const site = stage()
const paths = [...new Set(routes.map((r) => r.path))]
const of = (program, path) => routes.filter((r) => r.program === program && r.path === path)
// An address of a star's route, of things that exist in the frozen ledgers.
const asked = (path) => path.replace(/\/\*$/, '/bheem/20260101_000119_b')
const isStarOf = (program, path) => routes.some((r) => r.program === program && r.path.endsWith('/*') && path.startsWith(r.path.slice(0, -1)) && path.length >= r.path.length)

test('docs/routes.md and Caddy\'s site say what the table says (else: make routes)', () => assert.deepEqual(outdated(), []))

test('every program has routes, and every route a program', () => {
	const files = readdirSync(join(top, 'cgi-bin')).filter((f) => f.endsWith('.c')).map((f) => f.slice(0, -2))
	assert.deepEqual([...programs].sort(), files.sort())
})

test('each program, asked itself, answers its own addresses and none of another program', () => {
	for (const program of programs)
		for (const path of paths) {
			const own = of(program, path)
			const { status } = ask(site, program, asked(path), { role: 'admin' })
			const wanted = own.some((r) => r.method === 'GET') ? [200, 303] : own.length ? [405] : isStarOf(program, asked(path)) ? [200] : [404]
			assert.ok(wanted.includes(status), `${program} ${path}: ${status}`)
		}
})

test('an address that is nearly one of the table is none', () => {
	const near = (path) => [`${path}/`, `${path}x`, path.slice(0, -1), path.toUpperCase(), `/${path}`, `${path}/.`, `${path}/..`, `${path};a=b`, `${path}.json`, `${path} `, `/api${path}`, path.replace(/^\/api/, '/API'), `/static${path}`, `${path}/*`, `${path.replace(/[^/]+$/, '*')}`]
	const known = new Set(paths)
	for (const program of programs)
		for (const path of new Set(paths.filter((p) => of(program, p).length).flatMap((p) => near(asked(p))))) {
			if (known.has(path) || isStarOf(program, path) || !path.startsWith('/')) continue
			assert.equal(ask(site, program, path, { role: 'admin' }).status, 404, `${program} ${path}`)
		}
})

const failed = await runTests()
site.remove()
process.exit(failed ? 1 : 0)
