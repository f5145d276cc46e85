#!/usr/bin/env node
// Products, as a person meets them: proposed from a compose file, asked by the machine's exporter, read on the page.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, hmc, runTests, startBrowser, startSite, test, token, until } from './harness.mjs'

const dir = mkdtempSync(join(tmpdir(), 'mc-products.'))
const asked = []
const server = createServer((request, response) => {
	asked.push(request)
	response.statusCode = request.url.startsWith('/broken') ? 503 : 200
	response.end('status: <b>ok</b>')
})
await new Promise((r) => server.listen(0, '127.0.0.1', r))
const base = `http://127.0.0.1:${server.address().port}`
writeFileSync(join(dir, 'config.json'), JSON.stringify({
	instances: [{ id: 'one', label: 'One', user: process.env.USER ?? 'root', hermesHome: join(dir, 'none'), gateway: { unit: null } }],
	products: [
		{ id: 'web', name: 'Web <script>alert(1)</script>', url: `${base}/healthz?key=not-to-be-shown`, expectText: '<b>ok</b>', instance: 'one', links: [{ label: 'Open', url: `${base}/?a=1&b=2` }] },
		{ id: 'api', name: 'Orders', url: `${base}/broken` },
		{ id: 'shop', name: 'Shop', url: `http://127.0.0.1:${await freePort()}/` },
		{ id: 'later', name: 'Billing', instance: 'one' },
	],
}))
const site = await startSite([], { HMC_CONFIG: join(dir, 'config.json') })
const browser = await startBrowser()

async function open(path, options = {}) {
	const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options })
	await context.addCookies([{ name: 'hmc', value: await token(site), url: site.origin }])
	const page = await context.newPage()
	await page.goto(site.origin + path)
	return page
}
const card = (page, name) => page.locator('article.card', { has: page.getByRole('heading', { name }) })

test('each product says how it is, why, and what that rests on', async () => {
	const page = await open('/hermes/products')
	assert.equal(await page.locator('h1').innerText(), 'One of three products is well; two need a look')
	assert.match(await card(page, 'Web').innerText(), /answers[^]*status 200/)
	assert.match(await card(page, 'Orders').innerText(), /status 503[^]*It answers 503, expected is 200 to 399\./)
	assert.match(await card(page, 'Shop').innerText(), /refused[^]*Nobody takes connections/)
	assert.match(await page.locator('.list').innerText(), /planned\s+Billing/)
	await card(page, 'Web').getByText('Checked').click()
	assert.match(await card(page, 'Web').innerText(), /Value[^]*expected text found/)
	assert.ok(!(await page.content()).includes('not-to-be-shown'), 'the query is nowhere')
	assert.equal(await card(page, 'Web').getByRole('link', { name: 'Open' }).getAttribute('href'), `${base}/?a=1&b=2`)
	assert.equal(await card(page, 'Web').locator('.strip').count(), 1)
	assert.equal(await page.locator('main script').count(), 0)
})

test('it is asked without cookie or login, by its whole address', async () => {
	const request = asked.find((r) => r.url.startsWith('/healthz'))
	assert.equal(request.url, '/healthz?key=not-to-be-shown')
	assert.equal(request.method, 'GET')
	assert.equal(request.headers.cookie ?? request.headers.authorization, undefined)
})

test('an instance shows its own products, with a way to all of them', async () => {
	const page = await open('/hermes/products?instance=one', { javaScriptEnabled: false, viewport: { width: 320, height: 600 } })
	assert.equal(await page.locator('h1').innerText(), 'The one product of One is well')
	assert.equal(await page.locator('article.card').count(), 1)
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320)
})

test('trouble shows on the overview, and the page is JSON too', async () => {
	const page = await open('/hermes')
	assert.match(await page.locator('.list').first().innerText(), /Orders answers with status 503/)
	const answer = await fetch(`${site.origin}/api/hermes/products`, { headers: { authorization: `Bearer ${await token(site)}` } })
	const model = await answer.json()
	assert.deepEqual(model.products.map((p) => [p.id, p.instanceId, p.status, p.httpStatus]), [['api', null, 'critical', 503], ['shop', null, 'critical', null], ['web', 'one', 'ok', 200]])
	assert.deepEqual(model.planned.map((p) => p.id), ['later'])
	const wrong = await fetch(`${site.origin}/api/hermes/products?sort=name`, { headers: { authorization: `Bearer ${await token(site)}` } })
	assert.equal(wrong.status, 400)
})

test('without its report nothing is shown as well, and the page stands', async () => {
	const report = join(site.run, 'state/reports/host/report.json')
	truncateSync(report, 10)
	const page = await until('the broken report is seen', async () => {
		const p = await open('/hermes/products')
		return /Nothing is known now about three products/.test(await p.locator('h1').innerText()) ? p : (truncateSync(report, 10), null)
	})
	assert.equal(await page.locator('article .st.ok').count(), 0)
	assert.match(await card(page, 'Web').innerText(), /unknown/)
})

test('entries are proposed from a compose file, and nothing is written', async () => {
	const before = readFileSync(join(site.run, 'config.json'), 'utf8')
	const file = join(dir, 'docker-compose.yml')
	writeFileSync(file, 'services:\n  shop-front:\n    ports: ["8080:80"]\n    healthcheck: { test: curl -f http://localhost/up }\n  db: { ports: ["5432:5432"] }\n  web: {}\n')
	const { status, stdout, stderr } = await hmc(site, 'products', 'import', file)
	assert.equal(status, 0)
	assert.deepEqual(JSON.parse(stdout).products, [{ id: 'shop-front', name: 'shop-front', url: 'http://127.0.0.1:8080/up' }, { id: 'db', name: 'db' }])
	assert.match(stderr, /note: db: its port is one that seldom speaks HTTP; no url/)
	assert.match(stderr, /note: web: left out: 'web' is configured already/)
	assert.equal(readFileSync(join(site.run, 'config.json'), 'utf8'), before)
})

test('a file that is none gets one line and status 1', async () => {
	const pipe = join(dir, 'pipe'), large = join(dir, 'large'), deep = join(dir, 'deep'), binary = join(dir, 'binary')
	execFileSync('mkfifo', [pipe])
	writeFileSync(large, ' '.repeat(1024 * 1024 + 1))
	writeFileSync(deep, 'services: ' + '['.repeat(500000))
	writeFileSync(binary, Buffer.from([0, 255, 254, 1, 2, 3]))
	for (const [path, words] of [[pipe, /regular file/], [dir, /regular file/], [large, /at most 1 MiB/], [deep, /nest too deep/], [binary, /not YAML/], [join(dir, 'none'), /No such file/], ['/dev/zero', /regular file/]]) {
		const { status, stdout, stderr } = await hmc(site, 'products', 'import', path)
		assert.equal(status, 1, path)
		assert.equal(stdout, '')
		assert.match(stderr, words)
		assert.equal(stderr.trim().split('\n').length, 1, stderr)
	}
	assert.equal((await hmc(site, 'products')).status, 64)
	assert.equal((await hmc(site, 'products', 'import')).status, 64)
	assert.equal((await hmc(site, 'products', 'export', 'x')).status, 64)
})

const failed = await runTests()
await browser.close()
await site.stop()
server.close()
rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
