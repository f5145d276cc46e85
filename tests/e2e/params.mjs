#!/usr/bin/env node
// Every parameter of every address, wrong in every way: a clear 400 as page and as JSON, never an answer that looks like an empty list.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { api, ask, pages, run, session, stage } from './cgi.mjs'
import { runTests, test, top } from './harness.mjs'

const products = JSON.parse(readFileSync(join(top, 'tests/golden/products.json'), 'utf8').replace(/^\s*\}?\s*$/gm, ''))
const s = stage({ products })

const letters = (n) => 'x'.repeat(n)
const choice = ['odd', '', 'ALL', 'all,all', '%00', letters(300)]
const number = ['0', '-1', '201', '1.5', '1e1', '0x10', '99999999999999999999', ' 5', '5 ', '']
const cursor = ['odd', '', '1', '1.x.1.vijay', '1.s.0.vijay', '-1.s.1.vijay', '1.s.1.', '1.s.1.nobody', '99999999999999999999.s.1.vijay', `1.s.1.${letters(300)}`]
const time = ['odd', '', '2026-11-24', '2026-13-01T00:00:00Z', '1', '1969-01-01T00:00:00Z']
const text = [letters(201), '%F0%9F%8E%89', '%C2%A0', '...', '%E2%80%AE']
const zone = ['odd', '', '../../etc/passwd', '/etc/passwd', 'Asia', 'Europe/Atlantis', letters(300), 'utc%00']

// path -> parameter -> what it may not be. A pane more, or a parameter more, is a line more.
const wrong = {
	'/hermes': { tz: zone, since: [...time, '2999-01-01T00:00:00Z'] },
	'/hermes/ops': { severity: choice },
	'/hermes/runbook': { reading: ['odd', '', letters(300), '%3Cb%3E'] },
	'/hermes/tasks': {
		state: choice, source: ['nowhere', '', letters(201)], since: [...choice.filter((x) => x !== 'ALL'), '8d'],
		from: [...time, '2999-01-01T00:00:00Z'], to: time, q: text, job: ['nobody', '', letters(201)], limit: number, cursor,
	},
	[session]: { after: number.filter((x) => x !== '201') },
	[run]: { after: number.filter((x) => x !== '201') },
	'/hermes/cron': { state: choice },
	'/hermes/backups': { tz: zone },
	'/hermes/notifications': { state: choice, alert: number, limit: number, cursor },
	'/hermes/agents': { q: [letters(101)] },
	'/hermes/history': { days: [...number, '8', '31', '91'], tz: zone },
	'/hermes/products': {},
	'/hermes/audit': {
		action: choice.filter((x) => x), by: [letters(201)], limit: number,
		cursor: ['odd', '', '1', '1.x', '.1', '1.', '0.1', '-1.1', '1.-1', '1.1.1', ' 1.1', '9999999999.1', '1.9999999999', `1.${letters(300)}`],
	},
	'/hermes/posture': {},
	'/hermes/alerts': { show: choice, severity: choice, q: [letters(201)], limit: number, cursor, tz: zone },
}
// Whatever the address: these are refused before the page is asked.
const anywhere = [
	'nonsense=1', 'instance=all&instance=all', 'instance=%ff', 'instance=%00', 'part=2', 'part=', `instance=${letters(5000)}`, `x=${letters(9000)}`,
	Array.from({ length: 65 }, (_, i) => `p${i}=1`).join('&'), '%ff=1', 'a%00b=1', 'INSTANCE=all', 'instance%5b%5d=all',
]

function refuses(program, path, query, statuses = [400]) {
	for (const p of [path, api(path)]) {
		const r = ask(s, program, p, { query })
		const what = `${p}?${query.slice(0, 80)}: ${r.status} ${r.stderr}`

		assert.equal(r.signal, null, what)
		assert.ok(statuses.includes(r.status), what)
		if (p === path) {
			assert.match(r.headers['content-type'], /^text\/html/, what)
			assert.match(r.text, /<h1|class="message"|role="alert"/, what)
			assert.doesNotMatch(r.text, /data-updated|class="list"/, what)
		} else {
			const { error } = JSON.parse(r.text)
			assert.equal(error.status, r.status, what)
			assert.match(error.message, /^[A-Z"].{10,600}[.]$/s, what)
		}
	}
}

test('every address is in the table, and every parameter that its program declares', () => {
	const known = new Set(Object.keys(wrong))
	for (const [, path] of pages) assert.ok(known.has(path), path)
	const skipped = new Set(['auth.c', 'metrics.c', 'feed.c'])
	for (const file of readdirSync(join(top, 'cgi-bin')).filter((f) => f.endsWith('.c') && !skipped.has(f)))
		assert.ok(pages.some(([program]) => `${program}.c` === file), `${file} has no page in tests/e2e/cgi.mjs`)
	for (const [program, path] of pages) {
		const said = JSON.parse(ask(s, program, api(path), { query: 'nonsense=1' }).text).error.message
		const declared = /It knows: (.*)\.$/.exec(said)[1].split(' ').filter((name) => name !== 'instance').sort()
		assert.deepEqual(Object.keys(wrong[path]).sort(), declared, path)
	}
})

test('every page and its JSON answers as it is', () => {
	for (const [program, path] of pages)
		for (const p of [path, api(path)]) {
			const r = ask(s, program, p)
			assert.equal(r.status, 200, `${p}: ${r.status} ${r.stderr}`)
		}
})

for (const [program, path] of pages)
	test(`${path} refuses what its parameters cannot be`, () => {
		for (const [name, values] of Object.entries(wrong[path])) {
			for (const value of values) refuses(program, path, `${name}=${value}`)
			refuses(program, path, `${name}=1&${name}=1`)
			refuses(program, path, `${name}=%ff%fe`)
			refuses(program, path, `${name}=${letters(5000)}`)
			refuses(program, path, `${name}=a%00b`)
		}
		for (const query of anywhere) refuses(program, path, query, query.length > 8192 ? [414] : query === 'instance=%ff' ? [400, 404] : [400])
	})

test('an instance that there is not is a 404 that names those there are', () => {
	for (const [program, path] of pages)
		for (const id of ['nobody', '', 'VIJAY', '../vijay', 'vijay,bheem', letters(300), "'%20OR%201=1"])
			for (const p of [path, api(path)]) {
				const r = ask(s, program, p, { query: `instance=${id}` })
				assert.equal(r.status, 404, `${p} ${id}`)
				assert.match(r.text, /vijay/)
				assert.match(r.text, /bheem/)
			}
})

test('a page and its JSON are as long with HEAD as with GET, and are not to be posted to', () => {
	for (const [program, path] of pages)
		for (const p of [path, api(path)]) {
			const got = ask(s, program, p), head = ask(s, program, p, { method: 'HEAD' }), post = ask(s, program, p, { method: 'POST', body: 'a=b' })
			assert.equal(head.status, 200, p)
			assert.equal(head.text, '', p)
			assert.equal(head.headers['content-type'], got.headers['content-type'], p)
			assert.equal(head.headers.etag, got.headers.etag, p)
			assert.equal(post.status, 405, p)
			assert.match(post.headers.allow, /GET, HEAD/, p)
			for (const method of ['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'])
				assert.equal(ask(s, program, p, { method }).status, 405, `${method} ${p}`)
		}
})

test('addresses of tasks that cannot be are 404', () => {
	const paths = ['/x/../../etc', '/x', '/', '//x', '/vijay', '/vijay/', '/vijay//x', '/vijay/..', '/nobody/x', '/vijay/nobody', '/vijay/runs/999999',
		'/vijay/runs/0', '/vijay/runs/-1', '/vijay/runs/x', '/vijay/runs/', '/vijay/runs/99999999999999999999', `/vijay/${letters(300)}`, '/vijay/%2e', "/vijay/' OR 1=1 --",
		`${session.slice('/hermes/tasks'.length)}/more`]
	for (const path of paths)
		for (const p of [`/hermes/tasks${path}`, `/api/hermes/tasks${path}`]) {
			const r = ask(s, 'task', p)
			assert.equal(r.status, 404, `${p}: ${r.status}`)
			if (p.startsWith('/api')) assert.equal(JSON.parse(r.text).error.status, 404)
		}
	assert.match(ask(s, 'task', '/api/hermes/tasks/nobody/x').text, /vijay, bheem/)
})

const status = await runTests()
s.remove()
process.exit(status ? 1 : 0)
