#!/usr/bin/env node
// One task, as a person reads it: from the list to messages, subagents and runs, and back.
import assert from 'node:assert/strict'
import { runTests, startBrowser, startSite, test, token } from './harness.mjs'

const site = await startSite()
const browser = await startBrowser()

async function open(options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
	await context.addCookies([{ name: 'hmc', value: await token(site), url: site.origin }])
	return context.newPage()
}

test('a task, from the list to its messages, its subagent and back', async () => {
	const page = await open()
	await page.goto(site.origin + '/hermes/tasks?instance=bheem&q=stock')
	await page.getByRole('link', { name: 'Stock for the weekend' }).click()
	await page.waitForURL(/\/hermes\/tasks\/bheem\/\d+_/)
	assert.equal(await page.locator('h1').innerText(), 'Stock for the weekend')
	const timeline = await page.locator('.tl').innerText()
	assert.match(timeline, /Person/)
	assert.match(timeline, /\[redacted:github-token\]/)
	assert.match(timeline, /<script>alert\('text'\)<\/script> \{\{mustache\}\}/)
	assert.ok(!/PLANTED/.test(await page.content()), 'no secret is on the page')
	assert.match(await page.locator('.tl .failed').innerText(), /terminal[^]*exit 127/)
	assert.match(await page.locator('.tl').innerText(), /order[^]*no result/)
	assert.match(await page.locator('.aside').innerText(), /By model[^]*claude-opus/)
	await page.getByRole('link', { name: 'Compare three wholesalers' }).click()
	await page.getByRole('heading', { level: 1, name: 'Compare three wholesalers' }).waitFor()
	assert.match(await page.locator('.aside').innerText(), /Subagent of[^]*Stock for the weekend/)
	await page.getByRole('navigation', { name: 'Where this is' }).getByText('Bheem').click()
	await page.waitForURL(/\/hermes\/tasks\?instance=bheem/)
})

test('a long task is read by pages; its instance publishes no text', async () => {
	const page = await open()
	await page.goto(site.origin + '/hermes/tasks?instance=vijay&since=all&q=cookbook')
	await page.getByRole('link', { name: 'Translate the cookbook' }).click()
	const pages = page.getByRole('navigation', { name: 'Pages of the timeline' }).first()
	assert.equal(await page.locator('.tl li:not(.day) p:not(.meta)').count(), 0)
	await pages.getByText('After').click()
	await page.waitForURL(/after=\d+/)
	assert.equal(await page.locator('.gap').count(), 0)
	await pages.getByText('Newest').click()
	assert.equal(await pages.getByText('Newest').count(), 0)
	await pages.getByText('First').click()
	await page.waitForURL((url) => !url.search)
	assert.match(await page.locator('.gap').innerText(), /220 messages are left out here/)
})

test('a run of a job tells of its error, its session and the run before', async () => {
	const page = await open()
	await page.goto(site.origin + '/hermes/tasks?instance=bheem&state=failed&source=cron&since=all')
	await page.getByRole('link', { name: 'Invoice import' }).first().click()
	await page.waitForURL(/\/runs\/\d+$/)
	assert.match(await page.locator('main').innerText(), /HTTP 401 for/)
	await page.getByRole('link', { name: 'Run before' }).click()
	await page.waitForURL(/\/runs\/\d+$/)
	await page.getByRole('link', { name: 'Run after' }).click()
	await page.getByRole('link', { name: 'Its session' }).click()
	await page.getByRole('link', { name: 'The run of the job' }).click()
	await page.waitForURL(/\/runs\/\d+$/)
})

test('a task that is not there says so, and which instances there are', async () => {
	const page = await open()
	for (const [path, words] of [['vijay/nobody', /no session of that id/], ['vijay/runs/999999', /no run of that number/], ['nowhere/x', /Known here: vijay, bheem/], ['vijay', /There is no such page/]]) {
		const answer = await page.goto(`${site.origin}/hermes/tasks/${path}`)
		assert.equal(answer.status(), 404)
		assert.match(await page.locator('main').innerText(), words)
	}
	const answer = await page.goto(`${site.origin}/hermes/tasks/vijay/nobody?after=x`)
	assert.equal(answer.status(), 400)
})

test('a task fits a phone of 320 px and needs no script', async () => {
	const page = await open({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false })
	await page.goto(site.origin + '/hermes/tasks?instance=bheem&q=stock')
	await page.getByRole('link', { name: 'Stock for the weekend' }).click()
	const { width } = await page.locator('main').boundingBox()
	assert.ok(width <= 320)
	assert.equal(await page.locator('.tl li:not(.day)').count() > 8, true)
	await page.getByRole('link', { name: 'Compare three wholesalers' }).click()
	await page.getByRole('heading', { level: 1, name: 'Compare three wholesalers' }).waitFor()
})

const failed = await runTests()
await browser.close()
await site.stop()
process.exit(failed ? 1 : 0)
