#!/usr/bin/env node
// Hostile strings in every field of every report and ledger: each page keeps its tree of elements, and JSON says the strings again.
//
// What the exporters publish of the sample homes is taken, and every text in it replaced: once by plain words, then
// by the public lists of naughty strings, turn by turn. Each text begins alike in all turns ("s0012 "), so that what
// is one thing stays one thing, and lists keep their order; only what follows differs. Panes run as plain CGI.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { kindOf, runTests, startBrowser, test, top } from './harness.mjs'

const build = process.env.MC_BUILD ?? join(top, 'build')
const dir = mkdtempSync(join(tmpdir(), 'mc-hostile.'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
const parse = (file) => JSON.parse(readFileSync(file, 'utf8').replace(/^\s*\/\/.*$/gm, ''))

// --- the strings -----------------------------------------------------------------------------------
const own = ['<script>window.hit=1</script>', '</title><img src=x onerror=window.hit=1>', '"onmouseover="window.hit=1', "'><svg/onload=window.hit=1>", '{{{content}}} {{> page}}',
	'</section></main><h1>x</h1>', '<!--', ']]>', '&lt;b&gt;', '\u202eevil\u2066', '\u001b[31mred', '%00%0d%0aSet-Cookie: a=b', 'javascript:window.hit=1', '"}]} , {"', '\ud800', '\ufffe', 'a'.repeat(480), '𝒳'.repeat(120)]
const lists = ['naughty-strings/blns.json', 'xss-payloads/xss.json'].map((f) => join(process.env.MC_SHARED || '/nonexistent', 'vectors', f)).filter((f) => existsSync(f))
const strings = [...own, ...lists.flatMap((f) => JSON.parse(readFileSync(f, 'utf8')))].map((s) => s.replaceAll('\0', '').slice(0, 480).toWellFormed()).filter((s) => s.trim())
if (!lists.length) console.log('# skipped: no public lists; our own strings alone')

const known = new Map() // a text as it was published -> its number, the same in every turn
function numbered(text) {
	if (!known.has(text)) known.set(text, known.size)
	return known.get(text)
}
const prefix = (n) => `s${String(n).padStart(4, '0')} `
const plain = (text) => prefix(numbered(text)) + 'plain'
// Those that stand on a page (seats: number -> rank) take the strings in order, so that each string gets there.
const hostile = (turn, seats, most) => (text) => {
	const said = cut(prefix(numbered(text)) + strings[((seats.get(numbered(text)) ?? numbered(text)) + turn * seats.size) % strings.length], most)
	return ids.has(text) ? cleaned(said).replace(/[\\%\u0000-\u001f\u007f]|\/(?=\/)|\.(?=\.)/g, '_') : said
}
// Pages link to what has an id that a path can hold (view/links.h), and find a job's runs where the report, whose
// texts are cleaned as they are read, and the ledger give it the same id: others would differ by that.
const ids = new Set()
const isId = (name) => /^(id|.*Id|session|parent|job)$/.test(name)
const cut = (s, bytes) => Buffer.from(s).subarray(0, bytes).toString().replace(/\ufffd+$/, '')
const startsIn = (pages) => new Set([...pages.values()].flatMap(({ text }) => text.match(/s\d{4} /g) ?? []))
const seatsOf = (pages) => new Map([...startsIn(pages)].map((start, rank) => [Number(start.slice(1)), rank]))

// base/str.h: str_clean()
const cleaned = (s) => s.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
	.replace(/[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu, '')
	.replace(/./gsu, (c) => ((c.codePointAt(0) & 0xfffe) === 0xfffe ? '' : c))

// --- what is replaced ------------------------------------------------------------------------------
// Fields that the tables of shapes call texts; with words alone, only what people and agents wrote.
const shapes = readdirSync(join(top, 'src/report')).filter((f) => /^shapes.*\.c$/.test(f)).map((f) => readFileSync(join(top, 'src/report', f), 'utf8')).join('\n')
const fieldsOf = (macros) => new Set([...shapes.matchAll(new RegExp(`\\b(?:${macros})\\([^;{}]*?, \\w+, "(\\w+)"`, 'g'))].map((m) => m[1]))
const every = fieldsOf('TEXT|TITLE|EXCERPT|CONTENT|TEXTS')
const enums = fieldsOf('ENUM'), words = new Set([...shapes.matchAll(/_words\[\] = \{([^}]*)\}/g)].flatMap((m) => m[1].match(/(?<=")\w+(?=")/g)))
const written = new Set([...fieldsOf('TITLE|EXCERPT|CONTENT'), 'reason', 'name', 'label'])

function replaced(value, fields, as, key) {
	if (typeof value === 'string' && isId(key)) ids.add(value)
	if (typeof value === 'string') return fields.has(key) && value && !(enums.has(key) && words.has(value)) ? as(value) : value
	if (Array.isArray(value)) return value.map((v) => replaced(v, fields, as, key))
	if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, replaced(v, fields, as, k)]))
	return value
}
const sql = (db, text) => execFileSync('sqlite3', [db], { input: text, encoding: 'utf8', maxBuffer: 1 << 28 })
const quoted = (s) => `'${s.replaceAll("'", "''")}'`
// The tables that sum up sessions, and the index of titles, follow by triggers.
const machinery = /^(readings|intake|cron_marks|sqlite_.*|session_.*)$/
function replaceInLedger(db, isEvery, as) {
	const columns = JSON.parse(sql(db, `.mode json
		SELECT m.name AS tab, p.name AS col FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type LIKE 'TEXT%';`) || '[]')
	let change = 'BEGIN;\n'
	for (const { tab, col } of columns) {
		if (machinery.test(tab) || col === 'reading' || !(isEvery || /title|preview|error|text|name/.test(col))) continue
		for (const { v } of JSON.parse(sql(db, `.mode json\nSELECT DISTINCT ${col} AS v FROM ${tab} WHERE ${col} <> '' AND typeof(${col}) = 'text';`) || '[]')) {
			if (isId(col)) ids.add(v)
			// A report's source is cleaned as it is read: it is the same one as the ledger's only when that is clean, too.
			change += `UPDATE ${tab} SET ${col} = ${quoted(col === 'source' ? cleaned(as(v)) : as(v))} WHERE ${col} = ${quoted(v)};\n`
		}
	}
	sql(db, change + 'COMMIT;')
}

// --- a state folder a turn, and the panes over it ---------------------------------------------------
execFileSync(join(build, 'tests/fixtures/sample-homes'), [join(dir, 'homes')])
const shipped = { ...parse(join(dir, 'homes/config.json')), stateDir: join(dir, 'state') }
writeFileSync(join(dir, 'export.json'), JSON.stringify(shipped))
for (const who of [[], ['--host']]) assert.equal(spawnSync(join(build, 'hmc'), ['export', ...who, '--config', join(dir, 'export.json')]).status, 0)
const now = Math.floor(Date.now() / 1000) + 2
const routes = [...readFileSync(join(top, 'caddy/site.caddy'), 'utf8').matchAll(/@\w+ path ([^\n]+)\n\s*handle @\w+ \{\n\s*import hmc_pane (\w+)/g)].flatMap(([, paths, pane]) => paths.split(' ').map((path) => ({ path, pane })))
	.filter(({ pane }) => existsSync(join(build, 'cgi-bin', pane)))
const paneOf = (path) => routes.find((r) => r.path === path || (r.path.endsWith('*') && path.startsWith(r.path.slice(0, -1))))?.pane

function stage(name, isEvery, as) {
	const state = join(dir, name)
	cpSync(shipped.stateDir, state, { recursive: true })
	mkdirSync(join(state, 'auth/denied'), { recursive: true })
	writeFileSync(join(state, 'jwt.key'), 'a-key-for-tests-alone-0123456789abcdef', { mode: 0o600 })
	for (const id of readdirSync(join(state, 'reports'))) {
		const file = join(state, 'reports', id, 'report.json')
		writeFileSync(file, JSON.stringify(Object.fromEntries(Object.entries(parse(file)).map(([k, v]) => [k, typeof v === 'string' ? v : replaced(v, isEvery ? every : written, as, k)])))) // but for whose it is
		if (existsSync(join(state, 'reports', id, 'ledger.db'))) replaceInLedger(join(state, 'reports', id, 'ledger.db'), isEvery, as)
	}
	const config = join(state, 'config.json')
	// A person's own words in the configuration; shortened to what fits the switch, so not among what must be said again whole.
	const label = (s) => cleaned(as(s)).replace(/^s/, 'L').replaceAll(/\p{C}/gu, ' ').slice(0, 60).toWellFormed()
	writeFileSync(config, JSON.stringify({ ...shipped, stateDir: state, site: { origin: 'https://vm-01.example.ts.net' }, auth: { keys: [{ kid: 'k', alg: 'HS256', file: join(state, 'jwt.key') }] },
		instances: shipped.instances.map((i) => ({ ...i, label: label(i.label) })) }))
	if (!cookie) {
		const made = spawnSync(join(build, 'hmc'), ['token', '--sub', 'tester', '--role', 'admin', '--config', config], { encoding: 'utf8' })
		assert.equal(made.status, 0, made.stderr)
		cookie = `__Host-hmc=${made.stdout.trim()}`
	}
	return { config, cookie }
}
let cookie // made once: the panes' clock stands still, and a later one would be of their future
function ask(site, url) {
	const [path, query = ''] = url.split('?')
	const pane = paneOf(path)
	assert.ok(pane, `no pane for ${url}`)
	const { stdout, stderr } = spawnSync(join(build, 'cgi-bin', pane), { encoding: 'utf8', maxBuffer: 1 << 24, env: {
		PATH: process.env.PATH, HMC_CONFIG: site.config, HMC_TEMPLATES: join(top, 'templates'), HMC_DOCS: join(top, 'docs'), HMC_NOW: String(now), HMC_STRICT: '1', GATEWAY_INTERFACE: 'CGI/1.1',
		REQUEST_METHOD: 'GET', PATH_INFO: decodeURIComponent(path), QUERY_STRING: query, SERVER_PROTOCOL: 'HTTP/1.1', HTTP_HOST: 'vm-01.example.ts.net', HTTP_COOKIE: site.cookie } })
	const end = stdout.indexOf('\r\n\r\n')
	assert.ok(end > 0, `${url}: ${stdout}${stderr}`)
	return { status: Number(/^Status: (\d+)/.exec(stdout)?.[1]), body: stdout.slice(end + 4) }
}

// --- in a browser's own eyes ---------------------------------------------------------------------------
const browser = await startBrowser()
const eyes = await browser.newPage()
const looked = (html) => eyes.evaluate((text) => {
	const doc = new DOMParser().parseFromString(text, 'text/html')
	const ours = new Set(['class', 'role', 'type', 'name', 'method', 'scope', 'aria-current', 'data-status', 'data-act', 'data-go'])
	doc.querySelectorAll('.long').forEach((e) => { e.classList.remove('long'); e.classList.length || e.removeAttribute('class') }) // a fact of many words gets a row of its own
	const line = (e) => `${e.tagName} ${[...e.attributes].map((a) => (ours.has(a.name) ? `${a.name}=${a.value}` : a.name)).sort().join(' ')}`
	const depth = (e) => { let n = 0; for (let p = e.parentElement; p; p = p.parentElement) n++; return n }
	return {
		tree: [...doc.querySelectorAll('*')].map((e) => '  '.repeat(depth(e)) + line(e)),
		text: doc.documentElement.textContent,
		strange: [...doc.querySelectorAll('[href], [src], [action]')].map((e) => e.getAttribute('href') ?? e.getAttribute('src') ?? e.getAttribute('action')).filter((u) => !/^([/#](?![/\\])|$|https?:\/\/)/.test(u)),
		links: [...doc.querySelectorAll('.pane a[href^="/hermes/"]')].map((a) => a.getAttribute('href')),
		api: doc.querySelector('main > .foot a[href^="/api/"]')?.getAttribute('href') ?? null,
		nav: [...doc.querySelectorAll('.nav a')].map((a) => a.getAttribute('href')),
	}
}, html)

// The pages of a state, by name: navigation, then one of each kind of link.
async function pagesOf(site, ids = shipped.instances.map((i) => i.id)) {
	const all = new Map()
	const add = async (name, url) => {
		const { status, body } = ask(site, url)
		all.set(name, { url, status, ...(await looked(body)) })
		return all.get(name)
	}
	for (const pane of (await add('/hermes', '/hermes')).nav) if (paneOf(pane)) await add(pane, pane)
	for (const id of ids) await add(`/hermes?instance=${id}`, `/hermes?instance=${id}`)
	for (const { links } of [...all.values()])
		for (const url of links) if (!all.has(kindOf(url)) && paneOf(url.split(/[?#]/)[0])) await add(kindOf(url), url.replace(/#.*/, ''))
	return all
}

function leavesOf(value, found = []) {
	if (typeof value === 'string') found.push(value)
	else if (value && typeof value === 'object') Object.values(value).forEach((v) => leavesOf(v, found))
	return found
}

for (const [what, isEvery, most, bytes] of [['what people and agents wrote', false, 6, 480], ['every text there is, names, states and ids too', true, 20, 200]])
	test(`hostile strings as ${what}: no page has an element more or less, and JSON says them again`, async () => {
		const calm = await pagesOf(stage(`plain-${isEvery}`, isEvery, plain))
		assert.ok(calm.size >= 3)
		for (const [name, page] of calm) assert.equal(page.status, 200, name)
		const texts = new Map([...known].map(([text, n]) => [prefix(n), text]))
		const seats = seatsOf(calm), turns = Math.min(most, Math.ceil(strings.length / seats.size)), shown = new Set()
		let said = 0
		for (let turn = 0; turn < turns; turn++) {
			const as = hostile(turn, seats, bytes), site = stage(`hostile-${isEvery}-${turn}`, isEvery, as)
			const rough = await pagesOf(site)
			assert.deepEqual([...rough.keys()], [...calm.keys()])
			for (const [name, page] of rough) {
				assert.equal(page.status, 200, `${name}, turn ${turn}`)
				const was = calm.get(name).tree, at = page.tree.findIndex((line, i) => line !== was[i])
				assert.ok(at < 0 && page.tree.length === was.length,
					`${name}, turn ${turn}, element ${at}: ${was.slice(Math.max(0, at - 2), at + 3).join('\n')}\nbecame\n${page.tree.slice(Math.max(0, at - 2), at + 3).join('\n')}`)
				assert.deepEqual(page.strange, [], name)
				if (!page.api) continue
				const { status, body } = ask(site, page.api)
				assert.equal(status, 200, page.api)
				const model = JSON.parse(body)
				assert.deepEqual(JSON.parse(JSON.stringify(model)), model)
				for (const leaf of leavesOf(model)) {
					const start = /^s\d{4} /.exec(leaf)?.[0]
					if (!start || !texts.has(start)) continue
					const whole = cleaned(as(texts.get(start))).replace(/[\s.,;:]+$/, '')
					let same = 0
					while (same < whole.length && leaf[same] === whole[same]) same++
					// Said whole, but for a full stop at its end, or cut by an ellipsis; in a sentence there may be more words.
					assert.ok(same === whole.length || leaf[same] === '…', `${page.api}, turn ${turn}: ${JSON.stringify(leaf)} of ${JSON.stringify(whole)}`)
					said++
				}
			}
			for (const start of startsIn(rough)) shown.add(start)
			rmSync(join(dir, `hostile-${isEvery}-${turn}`), { recursive: true })
		}
		console.log(`# ${known.size} texts, ${strings.length} strings, ${calm.size} pages, ${turns} turns: ${shown.size} texts stand on a page, ${said} were said again`)
		assert.ok(shown.size >= 15 && said >= 100, 'the strings do reach the pages')
	})

test('fifty instances with every list at its longest: no page takes more than 60 KB, or one JSON more than 1 MiB', async () => {
	const site = stage('fifty', false, plain)
	const all = parse(site.config), state = all.stateDir
	all.instances = Array.from({ length: 50 }, (_, i) => {
		const was = shipped.instances[i % shipped.instances.length], id = `instance-${i}`
		cpSync(join(state, 'reports', was.id), join(state, 'reports', id), { recursive: true })
		const report = parse(join(state, 'reports', id, 'report.json'))
		writeFileSync(join(state, 'reports', id, 'report.json'), JSON.stringify({ ...report, instanceId: id }))
		return { ...was, id, label: `Instance number ${i} / somebody` }
	})
	writeFileSync(site.config, JSON.stringify(all))
	const frame = readdirSync(join(top, 'static')).filter((f) => /^(mc\.(css|js)|icons\.svg|favicon-warn\.svg|manifest.*)$/.test(f)).reduce((sum, f) => sum + gzipSync(readFileSync(join(top, 'static', f))).length, 0)
	for (const [name, { url, status, api }] of await pagesOf(site, ['instance-0', 'instance-49'])) {
		const bytes = gzipSync(ask(site, url).body).length + frame
		console.log(`# ${name}: ${(bytes / 1024).toFixed(1)} KB with what it uses`)
		assert.equal(status, 200, url)
		assert.ok(bytes <= 60 * 1024, `${url}: ${bytes} bytes`)
		if (api) assert.ok(Buffer.byteLength(ask(site, api).body) <= 1 << 20, api)
	}
})

test('a browser that opens the pages runs none of it', async () => {
	const page = await browser.newPage(), problems = []
	page.on('dialog', (d) => { problems.push(`dialog ${d.message()}`); d.dismiss() })
	page.on('pageerror', (e) => problems.push(String(e)))
	const seats = seatsOf(await pagesOf(stage('calm', true, plain)))
	for (let turn = 0; turn < 3; turn++) {
		const site = stage(`opened-${turn}`, true, hostile(turn, seats, 200))
		await page.unrouteAll()
		await page.route('**/*', (route) => {
			const { pathname, search } = new URL(route.request().url())
			if (pathname.startsWith('/static/')) return route.fulfill({ path: join(top, pathname) })
			if (!paneOf(pathname)) { problems.push(`asked for ${route.request().url()}`); return route.abort() }
			return route.fulfill({ contentType: 'text/html; charset=utf-8', body: ask(site, pathname + search).body })
		})
		for (const { url } of (await pagesOf(site)).values()) {
			await page.goto('http://127.0.0.1:9' + url)
			await page.evaluate(() => { document.querySelectorAll('details').forEach((d) => (d.open = true)); document.querySelector('[data-act=refresh]').click() })
			await page.mouse.move(300, 300)
			assert.equal(await page.evaluate(() => window.hit), undefined, url)
			assert.equal(await page.evaluate(() => document.querySelector('.pane') !== null), true, url)
		}
	}
	assert.deepEqual(problems, [])
})

const failed = await runTests()
await browser.close()
process.exit(failed ? 1 : 0)
