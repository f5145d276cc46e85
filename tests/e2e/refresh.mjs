#!/usr/bin/env node
// "Refresh" of an admin: exporters are asked for new readings, and the page says so until they are there.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runTests, startBrowser, startSite, test, token, until } from './harness.mjs'

const site = await startSite()
const browser = await startBrowser()
const report = (id) => JSON.parse(readFileSync(join(site.run, 'state/reports', id, 'report.json'), 'utf8'))
const askedFile = (id) => join(site.run, 'state/refresh', id)
const audit = () => readFileSync(join(site.run, 'state/audit/000001.jsonl'), 'utf8').trim().split('\n').map((l) => JSON.parse(l))

async function open(role, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
	await context.addCookies([{ name: 'hmc', value: await token(site, role), url: site.origin }])
	return context.newPage()
}
const forget = () => { for (const id of ['vijay', 'bheem', 'host']) rmSync(askedFile(id), { force: true }) }
const form = (page) => page.locator('form[action="/hermes/refresh"]').evaluate((f) => Object.fromEntries(new FormData(f)))
const post = (page, fields) => page.request.post(site.origin + '/hermes/refresh', { form: fields, headers: { origin: site.origin }, maxRedirects: 0 })

test('who presses it gets new readings of all, in place, and is told when they were asked for', async () => {
	const page = await open('admin')
	await page.goto(site.origin + '/hermes/ops')
	await page.evaluate(() => { window.isSame = true })
	await page.getByRole('button', { name: 'Refresh' }).click()
	await page.waitForFunction(() => /asked for at \d\d:\d\d:\d\d UTC/.test(document.querySelector('.asked').textContent))
	await page.waitForFunction(() => /are here\./.test(document.querySelector('.asked').textContent), null, { timeout: 20000 })
	assert.match(await page.locator('.asked').innerText(), /^The reports of Vijay, Bheem and this machine that were asked for at/)
	assert.equal(await page.evaluate(() => window.isSame), true)
	for (const id of ['vijay', 'bheem', 'host'])
		assert.equal(Date.parse(report(id).exporter.askedAt) / 1000, Number(readFileSync(askedFile(id), 'utf8')))
	assert.equal(audit()[0].action, 'refresh')
	assert.equal(audit().at(-1).outcome, 'done')
})

test('again within ten seconds is refused in a sentence, and the page stays', async () => {
	const page = await open('admin')
	forget()
	await page.goto(site.origin + '/hermes/ops')
	await page.getByRole('button', { name: 'Refresh' }).click()
	await page.locator('.asked span').waitFor()
	await page.getByRole('button', { name: 'Refresh' }).click()
	await page.waitForFunction(() => /try again in \d+ s/.test(document.querySelector('.notice.shown')?.textContent))
	const answer = await post(page, await form(page))
	assert.equal(answer.status(), 429)
	assert.match(answer.headers()['retry-after'], /^\d+$/)
})

test('without a script it leads back to the page, of the one instance alone', async () => {
	const page = await open('admin', { javaScriptEnabled: false })
	forget()
	await page.goto(site.origin + '/hermes/agents?instance=bheem&q=mail')
	await page.getByRole('button', { name: 'Refresh' }).click()
	await page.waitForURL(site.origin + '/hermes/agents?q=mail&instance=bheem')
	assert.match(await page.locator('.asked').innerText(), /of Bheem/)
	assert.equal(existsSync(askedFile('vijay')), false)
	await until('bheem answers', () => report('bheem').exporter.askedAt !== null && Date.parse(report('bheem').exporter.askedAt) / 1000 === Number(readFileSync(askedFile('bheem'), 'utf8')))
	await page.reload()
	assert.match(await page.locator('.asked').innerText(), /is here\./)
})

test('of two who ask at once one is refused', async () => {
	const page = await open('admin')
	await page.goto(site.origin + '/hermes/ops')
	const fields = { ...(await form(page)), instance: 'vijay' }
	forget()
	const statuses = (await Promise.all([post(page, fields), post(page, fields)])).map((a) => a.status()).sort()
	assert.deepEqual(statuses, [303, 429])
})

test('viewers, other sessions, other sites and wrong fields are refused, and nobody is sent elsewhere', async () => {
	const viewer = await open('viewer'), admin = await open('admin')
	await viewer.goto(site.origin + '/hermes/ops')
	assert.equal(await viewer.locator('form[action="/hermes/refresh"]').count(), 0)
	await admin.goto(site.origin + '/hermes/ops')
	const fields = await form(admin)
	forget()
	const csrf = await viewer.locator('form[action="/logout"] input[name=csrf]').inputValue()
	assert.equal((await post(viewer, { ...fields, csrf })).status(), 403)
	assert.equal((await post(admin, { ...fields, csrf })).status(), 403)
	assert.equal((await admin.request.post(site.origin + '/hermes/refresh', { form: fields, headers: { origin: 'https://evil.example' } })).status(), 403)
	assert.equal((await post(admin, { csrf: fields.csrf })).status(), 400)
	assert.equal((await post(admin, { ...fields, instance: '../../etc/passwd' })).status(), 404)
	assert.equal((await admin.request.get(site.origin + '/hermes/refresh')).status(), 405)
	assert.equal(existsSync(askedFile('vijay')), false)
	for (const back of ['https://evil.example/', '//evil.example/hermes', '/hermes/../login', '/hermes\r\nX: y']) {
		forget()
		assert.equal((await post(admin, { ...fields, back })).headers().location, '/hermes')
	}
})

const failed = await runTests()
await browser.close()
await site.stop()
process.exit(failed ? 1 : 0)
