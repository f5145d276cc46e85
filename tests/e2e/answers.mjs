#!/usr/bin/env node
// Answering alerts in a real browser, without scripts too: acknowledge, snooze, silence, take back; what others see.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hmc, runTests, startBrowser, startSite, test, until } from './harness.mjs'

const site = await startSite()
const browser = await startBrowser()
const alerts = `${site.origin}/hermes/alerts?instance=bheem`

async function open(role, options = {}, sub = 'tester') {
	const value = (await hmc(site, 'token', '--sub', sub, '--role', role)).stdout.trim()
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
	await context.addCookies([{ name: 'hmc', value, url: site.origin }])
	return context.newPage()
}
const section = (page, name) => page.locator('section.pane > section').filter({ has: page.getByRole('heading', { level: 2, name, exact: true }) })
const row = (page, name, title) => section(page, name).locator('li').filter({ has: page.locator('.what', { hasText: title }) })
const fill = async (form, fields) => {
	for (const [name, value] of Object.entries(fields)) {
		const field = form.locator(`[name="${name}"]`)
		if ((await field.evaluate((e) => e.tagName)) === 'SELECT') await field.selectOption(value)
		else await field.fill(value)
	}
}
async function answer(page, item, action, fields) {
	await item.locator('summary', { hasText: action }).click()
	const form = item.locator('form').filter({ has: page.getByRole('button', { name: action, exact: true }) })
	await fill(form, fields)
	await Promise.all([page.waitForURL(/\/hermes\/alerts/), form.getByRole('button', { name: action, exact: true }).click()])
}
const titles = (page) => section(page, 'Open').locator('.what').allInnerTexts()
const badge = async (page) => Number((await page.locator('.nav a[href="/hermes/alerts"] .badge').allInnerTexts())[0]?.match(/\d+$/)?.[0] ?? 0)
const ready = await open('admin')
await until('the ledger knows what is open', async () => {
	await ready.goto(alerts)
	return (await titles(ready)).length > 1 && /Since 20/.test(await section(ready, 'Open').innerText())
}, 40000)
const first = 'Discord has given up'
const second = 'Slack does not get connected'

test('an admin acknowledges; everyone sees who and why, and the badge counts one less', async () => {
	const page = await open('admin', { javaScriptEnabled: false }, 'asha')
	await page.goto(alerts)
	const before = await badge(page)
	await answer(page, row(page, 'Open', first), 'Acknowledge', { reason: '<script>alert(1)</script> "after the trip"' })
	const words = await row(page, 'Acknowledged', first).innerText()
	assert.match(words, /Acknowledged .* by asha: “<script>alert\(1\)<\/script> "after the trip"”/)
	assert.match(words, /Ends when it is over or gets worse/)
	assert.ok(!(await titles(page)).includes(first))
	assert.equal(await badge(page), before - 1)
	const viewer = await open('viewer')
	await viewer.goto(alerts)
	assert.match(await row(viewer, 'Acknowledged', first).innerText(), /by asha/)
	assert.equal(await viewer.locator('form[action="/hermes/alerts/answer"]').count(), 0)
	await viewer.goto(`${site.origin}/hermes?instance=bheem`)
	assert.match(await viewer.locator('main').innerText(), /one is acknowledged/i)
	assert.match(await viewer.locator('main').innerText(), new RegExp(first.replace(/[^\w ]/g, '.')))
})

test('of two admins the second is told, and sees what the first has said', async () => {
	const one = await open('admin', {}, 'asha')
	const two = await open('admin', { javaScriptEnabled: false }, 'uma')
	await one.goto(alerts)
	await two.goto(alerts)
	await answer(one, row(one, 'Open', second), 'Snooze', { until: '4h' })
	assert.match(await row(one, 'Snoozed', second).innerText(), /Snoozed .* by asha\. Until 20/)
	const item = row(two, 'Open', second)
	await item.locator('summary', { hasText: 'Acknowledge' }).click()
	await item.locator('form').first().locator('[name="reason"]').fill('mine')
	await Promise.all([two.waitForResponse((r) => r.status() === 409), item.getByRole('button', { name: 'Acknowledge', exact: true }).click()])
	assert.match(await two.locator('main').innerText(), /has changed since the page was made/)
	await two.goto(alerts)
	await Promise.all([two.waitForURL(/alerts/), row(two, 'Snoozed', second).getByRole('button', { name: 'Take back' }).click()])
	assert.ok((await titles(two)).includes(second))
})

test('a silence of a family holds it back, warns of itself, and is taken back', async () => {
	const page = await open('admin', { viewport: { width: 320, height: 700 } })
	await page.goto(alerts)
	const job = (await section(page, 'Open').locator('li').filter({ has: page.locator('option', { hasText: /^all of its kind \(cron\.\*\)$/ }) }).locator('.what').allInnerTexts())[0]
	assert.ok(job, 'a job is in trouble')
	await answer(page, row(page, 'Open', job), 'Silence', { reading: 'cron.*', instance: 'all', until: '7d', reason: 'the provider moves' })
	assert.match(await row(page, 'Silenced', job).innerText(), /By the silence of cron\.\*/)
	assert.match(await row(page, 'Silences', 'cron.*').innerText(), /All[^]*the provider moves/)
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'no sideways scrolling')
	await Promise.all([page.waitForURL(/alerts/), row(page, 'Silences', 'cron.*').getByRole('button', { name: 'Take back' }).click()])
	assert.ok((await titles(page)).includes(job))
})

test('every part of the forms can be reached, opened and sent by keyboard, and is large enough for a finger', async () => {
	const page = await open('admin', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
	await page.goto(alerts)
	const item = row(page, 'Open', second)
	await item.locator('summary', { hasText: 'Acknowledge' }).focus()
	await page.keyboard.press('Enter')
	await page.keyboard.press('Tab')
	await page.keyboard.type('by keyboard')
	for (const box of await item.locator('.answers summary, .answers details[open] .btn, .answers details[open] .field').all()) {
		const { height } = await box.boundingBox()
		assert.ok(height >= 43.5, `${await box.innerText()} is ${height} px high`)
	}
	await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), page.keyboard.press('Enter')])
	await page.waitForURL(/alerts/)
	assert.match(await row(page, 'Acknowledged', second).innerText(), /by keyboard/)
})

test('recovery ends what was acknowledged; what comes back is open again', async () => {
	const page = await open('admin')
	const file = join(site.run, 'homes/bheem/gateway_state.json')
	const broken = readFileSync(file, 'utf8')
	const look = async (check) => {
		await page.goto(alerts)
		return check(await section(page, 'Acknowledged').innerText().catch(() => ''), await titles(page))
	}
	await page.goto(alerts)
	await until('a report since, and the alert in the book', async () => {
		const { answered } = await page.evaluate(() => fetch('/api/hermes/alerts?instance=bheem').then((r) => r.json()))
		const alert = answered.flatMap((g) => g.alerts).find((x) => x.title === 'Discord has given up')
		return alert?.isBooked && Date.parse(alert.reading.evidence.takenAt) > Date.parse(alert.answer.answeredAt) // three readings open it
	}, 40000)
	assert.ok(await look((acknowledged) => acknowledged.includes('Discord has given up')), 'it holds on with the next report')
	writeFileSync(file, broken.replace('"fatal"', '"connected"').replace('"needs_attention": true', '"needs_attention": false'))
	await until('Discord is well', () => look((acknowledged, list) => !acknowledged.includes('Discord') && !list.includes('Discord has given up')), 40000)
	await until('the ledger has closed it', async () => {
		await page.goto(`${alerts}&show=closed`)
		return (await section(page, 'Closed').innerText()).includes('Discord has given up')
	}, 40000)
	writeFileSync(file, broken)
	await until('Discord is in trouble again', () => look((acknowledged, list) => list.includes('Discord has given up')), 40000)
	await until('the next report has it, too', () => look((acknowledged, list) => list.includes('Discord has given up') && !acknowledged.includes('Discord')), 40000)
})

const failed = await runTests()
await browser.close()
await site.stop()
process.exit(failed ? 1 : 0)
