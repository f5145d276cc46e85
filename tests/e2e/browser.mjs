#!/usr/bin/env node
// What a person does: a real browser, a real Caddy, sample homes.
import assert from 'node:assert/strict'
import { runTests, startBrowser, startSite, test, token, until } from './harness.mjs'

const site = await startSite()
const browser = await startBrowser()
const problems = []

// A page of its own: console errors and blocked resources (a CSP that bites) count as failures.
async function open(options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
	const page = await context.newPage()
	// A refused sign-in (401) and a wrong parameter (400) are meant; the browser logs them as errors of ours.
	page.on('console', (m) => m.type() === 'error' && !/status of 40[01]/.test(m.text()) && problems.push(m.text()))
	page.on('pageerror', (e) => problems.push(String(e)))
	return page
}
async function signIn(page, role = 'viewer') {
	await page.goto(site.origin + '/login')
	await page.getByLabel('Token').fill(await token(site, role))
	await page.getByRole('button', { name: 'Sign in' }).click()
	await page.waitForURL(site.origin + '/hermes')
}

test('a link signs in once; then both instances, switch, reload, sign out', async () => {
	const page = await open()
	await page.goto(site.link)
	await page.getByRole('button', { name: 'Sign in' }).click()
	await page.waitForURL(site.origin + '/hermes')
	assert.match(await page.locator('h1').innerText(), /\.$/)
	assert.match(await page.locator('.banner').innerText(), /Sample data/)
	assert.deepEqual(await page.locator('article[data-key] h3').allInnerTexts().then((t) => t.slice(0, 2)), ['Vijay', 'Bheem'])

	await page.getByRole('navigation', { name: 'Instance' }).getByText('Bheem').click()
	await page.waitForURL(/instance=bheem/)
	assert.equal(await page.locator('article[data-key="vijay"]').count(), 0)
	await page.goto(site.origin + '/hermes')
	assert.equal(await page.locator('article[data-key="vijay"]').count(), 0, 'the choice is remembered')
	await page.reload()
	assert.equal(await page.locator('article[data-key="bheem"]').count(), 1)
	await page.getByRole('navigation', { name: 'Instance' }).getByText('All').click()
	await page.waitForURL(/instance=all/)
	assert.equal(await page.locator('article[data-key="vijay"]').count(), 1)

	await page.getByRole('button', { name: 'Sign out' }).click()
	await page.waitForURL(/\/login/)
	await page.goto(site.origin + '/hermes')
	assert.match(page.url(), /\/login\?next=/)
	const again = await open()
	await again.goto(site.link)
	await again.getByRole('button', { name: 'Sign in' }).click()
	await again.getByRole('alert').waitFor()
	assert.match(again.url(), /\/login/)
})

test('where a visitor wanted to go is where sign-in leads', async () => {
	const page = await open()
	await page.goto(site.origin + '/hermes?instance=vijay')
	assert.match(page.url(), /\/login\?next=/)
	await page.getByLabel('Token').fill(await token(site))
	await page.getByRole('button', { name: 'Sign in' }).click()
	await page.waitForURL(site.origin + '/hermes?instance=vijay')
})

test('a wrong token says so and nothing else', async () => {
	const page = await open()
	await page.goto(site.origin + '/login')
	await page.getByLabel('Token').fill('not.a.token')
	await page.getByRole('button', { name: 'Sign in' }).click()
	await page.getByRole('alert').waitFor()
	assert.equal(await page.locator('.nav').count(), 0)
})

test('every verdict opens to its evidence, by keyboard', async () => {
	const page = await open()
	await signIn(page)
	const summary = page.locator('article[data-key="bheem"] details summary').first()
	await summary.focus()
	await page.keyboard.press('Enter')
	const evidence = page.locator('article[data-key="bheem"] details[open]').first()
	await evidence.waitFor()
	assert.match(await evidence.innerText(), /Rule/)
	await page.keyboard.press('Tab')
	const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
	assert.notEqual(outline, 'none', 'focus is visible')
	await page.goto(site.origin + '/hermes')
	await page.keyboard.press('Tab')
	assert.match(await page.evaluate(() => document.activeElement.textContent), /Skip/)
})

test('it refreshes in place and keeps what was opened', async () => {
	const page = await open()
	await signIn(page)
	const details = page.locator('article[data-key="bheem"] details').first()
	await details.locator('summary').click()
	const madeAt = () => page.locator('section.pane').first().getAttribute('data-now')
	const before = await madeAt()
	await until('a later second', async () => {
		await page.getByRole('link', { name: 'Refresh' }).click()
		await page.waitForTimeout(300)
		return (await madeAt()) !== before
	})
	assert.equal(await details.evaluate((d) => d.open), true)
	assert.doesNotMatch(page.url(), /part=1/)
})

test('the theme switch is remembered and both themes are readable', async () => {
	const page = await open({ colorScheme: 'light' })
	await signIn(page)
	const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
	const light = await background()
	for (let i = 0; i < 3 && (await background()) === light; i++) await page.getByRole('button', { name: /Theme/ }).click()
	const dark = await background()
	assert.notEqual(dark, light)
	await page.reload()
	assert.equal(await background(), dark)
})

test('nothing is wider than the screen from 320 px on', async () => {
	for (const width of [320, 390, 760, 1280, 2560]) {
		const page = await open({ viewport: { width, height: 800 } })
		await signIn(page)
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
		assert.ok(wide <= 0, `${width} px: ${wide} px too wide`)
		await page.context().close()
	}
})

test('on a phone what is tapped is large enough', async () => {
	const page = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
	await signIn(page)
	const small = await page.evaluate(() =>
		[...document.querySelectorAll('button, summary, .nav a, .switch a, .tools a')]
			.filter((e) => e.offsetParent && (e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 24))
			.map((e) => `${e.textContent.trim()} ${Math.round(e.getBoundingClientRect().height)} px`),
	)
	assert.deepEqual(small, [])
})

test('without JavaScript everything is there', async () => {
	const page = await open({ javaScriptEnabled: false })
	await signIn(page)
	assert.equal(await page.locator('article[data-key] h3').count() >= 2, true)
	await page.locator('article[data-key="bheem"] details summary').first().click()
	assert.equal(await page.locator('article[data-key="bheem"] details[open]').count(), 1)
	await page.getByRole('link', { name: 'Refresh' }).click()
	await page.waitForURL(/\/hermes/)
	await page.getByRole('button', { name: 'Sign out' }).click()
	await page.waitForURL(/\/login/)
})

test('hostile text from the homes is text', async () => {
	const page = await open()
	let dialogs = 0
	page.on('dialog', (d) => (dialogs++, d.dismiss()))
	await signIn(page)
	const text = await page.locator('main').innerText()
	assert.match(text, /<script>|<b>|<img/, 'the samples hold markup as text')
	assert.equal(await page.locator('main script, main b, main img, main iframe').count(), 0)
	assert.equal(dialogs, 0)
})

test('ops shows every reading, worst first, and filters by severity', async () => {
	const page = await open()
	await signIn(page)
	await page.getByRole('navigation', { name: 'Panes' }).getByText('Ops').click()
	await page.waitForURL(/\/hermes\/ops/)
	assert.match(await page.locator('h1').innerText(), /^\d+ readings, /)
	const groups = await page.locator('article[data-key="bheem"] .readings > *').evaluateAll((all) =>
		all.reduce((g, e) => (e.tagName === 'H3' ? g.push([]) : g.at(-1).push(e.querySelector('.st').className.replace('st ', '')), g), []))
	const rank = { critical: 0, warn: 1, unknown: 2, ok: 3, off: 4, info: 5 }
	const isSorted = (list) => assert.deepEqual(list, [...list].sort((x, y) => rank[x] - rank[y]))
	assert.ok(groups.length >= 5, 'by group')
	groups.forEach(isSorted)
	isSorted(groups.map((g) => g[0]))
	await page.getByRole('navigation', { name: 'Severity' }).getByText('Critical').click()
	await page.waitForURL(/severity=critical/)
	const left = await page.locator('.reading .st').evaluateAll((all) => all.map((e) => e.className))
	assert.ok(left.length > 0 && left.every((c) => c === 'st critical'))
	await page.getByRole('navigation', { name: 'Instance' }).getByText('Vijay').click()
	await page.waitForURL(/instance=vijay/)
	assert.match(page.url(), /severity=critical/, 'the filter stays')
	assert.match(await page.locator('article[data-key="vijay"]').innerText(), /Nothing is critical here/)
	await page.locator('.filters a').first().focus()
	await page.keyboard.press('Enter')
	await page.waitForURL(/severity=all/)
	await page.locator('article summary').first().focus()
	await page.keyboard.press('Enter')
	assert.match(await page.locator('details[open]').first().innerText(), /Rule/)
	await page.goto(site.origin + '/hermes/ops?severity=bad')
	assert.match(await page.locator('main').innerText(), /There are: all, critical/)
})

test('what needs attention leads to its evidence, and that to what to do', async () => {
	const page = await open()
	await signIn(page)
	await page.locator('.list').getByRole('link', { name: /^Backup is/ }).click()
	await page.waitForURL(/\/hermes\/ops\?instance=bheem#bheem\/backup\.age$/)
	const evidence = page.locator('article[data-key="bheem"] details[data-key="bheem/backup.age"]')
	await until('the evidence is open', () => evidence.evaluate((d) => d.open))
	assert.match(await evidence.innerText(), /Clears when/)
	assert.match(await evidence.locator('summary').innerText(), /warning/)
	await evidence.getByRole('link', { name: 'Runbook: Backup' }).focus()
	await page.keyboard.press('Enter')
	await page.waitForURL(/\/hermes\/runbook#backup\.age$/)
	const section = page.locator('article[id="backup.age"]')
	assert.match(await section.innerText(), /Do not force a push/)
	assert.ok((await section.boundingBox()).y < 200, 'the section is in view')
	assert.ok((await section.getByRole('button', { name: /^Copy/ }).count()) >= 4)
	await page.locator('.list').getByRole('link', { name: /^Discord/ }).click()
	await page.waitForURL(/#platform\.name$/)
	await page.goto(site.origin + '/hermes/runbook?reading=cron.nothing')
	assert.equal(await page.locator('.prose article').count(), 1)
	await page.goto(site.origin + '/hermes/runbook?reading=nothing')
	assert.match(await page.locator('main').innerText(), /no section for that reading/)
})

test('a card says where to go and what to copy, and an address opens evidence that is already here', async () => {
	const page = await open()
	await signIn(page)
	await page.goto(site.origin + '/hermes/ops?instance=bheem')
	await page.locator('.actions summary').click()
	assert.match(await page.locator('.actions').innerText(), /Runbook: /)
	await page.evaluate(() => { location.hash = '#bheem/scheduler' })
	await until('the evidence is open', () => page.locator('details[data-key="bheem/scheduler"]').evaluate((d) => d.open))
})

test('without JavaScript a refresh keeps the query, and an address opens its evidence', async () => {
	const page = await open({ javaScriptEnabled: false })
	await signIn(page)
	await page.goto(site.origin + '/hermes/ops?instance=bheem&severity=warning#bheem/backup.age')
	await until('the evidence is open', async () => (await page.locator('details[open]').count()) === 1)
	await page.getByRole('link', { name: 'Refresh' }).click()
	await page.waitForURL(/severity=warning/)
	assert.match(page.url(), /instance=bheem/)
})

test('history is drawn by day of a chosen zone, above a table of the same figures', async () => {
	const page = await open()
	await signIn(page)
	await page.getByRole('navigation', { name: 'Panes' }).getByText('History').click()
	await page.waitForURL(/\/hermes\/history/)
	assert.match(await page.locator('h1').innerText(), /^30 days: \d+ sessions/)
	await page.getByRole('navigation', { name: 'Span' }).getByText('7 days').click()
	await page.waitForURL(/days=7/)
	const card = page.locator('article[data-key="sessions"]')
	assert.match(await card.locator('.plot').getAttribute('aria-label'), /^Sessions a day, 7 days: most on /)
	await card.locator('summary').focus()
	await page.keyboard.press('Enter')
	const rows = await card.locator('tbody tr').evaluateAll((all) => all.map((r) => [...r.children].map((c) => c.textContent)))
	assert.equal(rows.length, 7)
	assert.match(rows[0][0], /, so far$/)
	const all = rows.map((r) => Number(r.at(-1))).filter((n) => n > 0)
	assert.equal(all.reduce((x, y) => x + y, 0), Number(await card.locator('.figure').innerText()))
	const bars = await card.locator('path.column').evaluateAll((paths) => paths.map((p) => (p.getAttribute('d').match(/M/g) ?? []).length))
	const days = bars.map((_, i) => rows.filter((r) => Number(r[i + 1]) > 0).length)
	assert.deepEqual(bars, days, 'a bar for each day that has sessions, none for the others')
	/* The exporters began just now: what is older was not observed, and is no zero. */
	assert.match(await page.locator('article[data-key="availability"] .legend').innerText(), /not observed/)
	assert.deepEqual(await page.locator('article[data-key="alerts"] tbody tr').last().locator('td').allTextContents(), ['not known', 'not known'])

	await page.getByLabel('Other zone').fill('Asia/Kolkata')
	await page.keyboard.press('Enter')
	await page.waitForURL(/tz=Asia/)
	assert.match(page.url(), /days=7/, 'the span stays')
	assert.match(await page.locator('.lede').innerText(), /Days in Asia\/Kolkata \(UTC\+05:30\)/)
	await page.goto(site.origin + '/hermes/history')
	assert.match(await page.locator('.lede').innerText(), /Asia\/Kolkata/, 'the zone is remembered')
	await page.getByRole('navigation', { name: 'Instance' }).getByText('Vijay').click()
	await page.waitForURL(/instance=vijay/)
	assert.equal(await page.getByText('Each instance').count(), 0)
	await page.goto(site.origin + '/hermes/history?tz=Mars/Olympus')
	assert.match(await page.locator('main').innerText(), /There is no time zone "Mars\/Olympus"/)
})

test('an admin calls a difference intended, and takes it back; a viewer sees it and cannot', async () => {
	const page = await open({ javaScriptEnabled: false })
	const viewer = await open()
	await signIn(page, 'admin')
	await signIn(viewer)
	const row = (p) => p.getByRole('region', { name: 'Differences' }).getByRole('row', { name: /^Time zone/ })
	await page.goto(site.origin + '/hermes/agents')
	assert.match(await page.locator('h1').innerText(), /^Two agents, five differences nobody has explained$/)
	await row(page).getByRole('button', { name: 'Intended: Time zone' }).click()
	await page.waitForURL(site.origin + '/hermes/agents?instance=all')
	assert.match(await row(page).innerText(), /intended, tester/)
	assert.match(await page.locator('h1').innerText(), /four differences/)
	await viewer.goto(site.origin + '/hermes/agents')
	assert.match(await row(viewer).innerText(), /intended, tester/)
	assert.equal(await viewer.locator('.pane form[method="post"]').count(), 0)
	await row(page).getByRole('button', { name: /^Take back/ }).click()
	await page.getByRole('heading', { name: /five differences/ }).waitFor()
})

test('on a phone the comparison scrolls within itself, and its buttons are for thumbs', async () => {
	const page = await open({ viewport: { width: 320, height: 700 }, hasTouch: true, isMobile: true })
	await signIn(page, 'admin')
	await page.goto(site.origin + '/hermes/agents')
	assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320)
	const small = await page.locator('main button, main summary').evaluateAll((all) => all.filter((e) => e.offsetParent && e.getBoundingClientRect().height < 44).length)
	assert.equal(small, 0)
})

test('a key in two homes is told by name and fingerprint, and no value is', async () => {
	const page = await open()
	await signIn(page)
	await page.goto(site.origin + '/hermes/agents')
	const text = await page.getByRole('region', { name: 'Differences' }).innerText()
	assert.match(text, /the same in Vijay and Bheem/)
	assert.match(text, /DISCORD_BOT_TOKEN \(fingerprint [0-9a-f]{8}\)/)
	assert.doesNotMatch(await page.content(), /PLANTED/)
})

test('skills are searched without a script, and the search stays with the instance', async () => {
	const page = await open({ javaScriptEnabled: false })
	await signIn(page)
	await page.goto(site.origin + '/hermes/agents?instance=bheem')
	await page.getByRole('searchbox').fill('VAT')
	await page.keyboard.press('Enter')
	await page.waitForURL(/instance=bheem&q=VAT/)
	assert.deepEqual(await page.getByRole('region', { name: 'Skills' }).locator('td.title').allInnerTexts(), ['vat-check'])
	await page.getByRole('searchbox').fill('no such skill')
	await page.keyboard.press('Enter')
	await page.getByText('No skill\'s name, category or origin holds “no such skill”.').waitFor()
	await page.getByRole('link', { name: 'Show all' }).click()
	assert.equal(await page.locator('article[data-key="vijay"]').count(), 0)
})

test('cron tells of each job when it was due and what became of it', async () => {
	const page = await open()
	await signIn(page)
	await page.getByRole('navigation', { name: 'Panes' }).getByText('Cron').click()
	await page.waitForURL(/\/hermes\/cron/)
	assert.match(await page.locator('h1').innerText(), /^\d+ cron jobs, two need a look$/)
	const job = (name) => page.locator('.jobs > li', { hasText: name })
	assert.match(await job('Lunch menu').innerText(), /every day at 12:15 UTC\+05:30 · 15 12 \* \* \*/)
	// The exporter reads the runs of the ledger after its first report.
	await until('the runs are there', async () => {
		await page.goto(site.origin + '/hermes/cron?instance=all')
		return /27 ok/.test(await job('Lunch menu').innerText())
	})
	const strip = job('Lunch menu').getByRole('img')
	assert.equal(await strip.getAttribute('aria-label'), '30 slots: 27 ok, 1 failed, 1 not delivered, 1 late')
	assert.equal(await strip.locator('rect').count(), 30)
	assert.match(await job('Invoice import').getByRole('link', { name: /ago/ }).getAttribute('href'), /^\/hermes\/tasks\/bheem\/runs\/\d+$/)
	await page.getByRole('navigation', { name: 'State' }).getByText('Paused').click()
	await page.waitForURL(/state=paused/)
	assert.deepEqual(await page.locator('.jobs .st').allInnerTexts(), ['paused', 'completed', 'paused'])
	await page.getByRole('navigation', { name: 'Instance' }).getByText('Vijay').click()
	await page.waitForURL(/instance=vijay/)
	assert.match(page.url(), /state=paused/, 'the filter stays')
	await job('Weekly review').locator('summary').focus()
	await page.keyboard.press('Enter')
	assert.match(await job('Weekly review').innerText(), /Grace/)
	await page.goto(site.origin + '/hermes/cron?state=odd')
	assert.match(await page.locator('main').innerText(), /There are: all, failed, late, paused, ok/)
})
test('the tab carries the worst state', async () => {
	const page = await open()
	await signIn(page)
	assert.match(await page.title(), /^\(\d+\) /)
	assert.match(await page.locator('link[rel=icon]').getAttribute('href'), /favicon-(warn|critical|unknown)/)
})

test('the browser complained of nothing', () => {
	assert.deepEqual(problems, [])
})

const failed = await runTests()
await browser.close()
await site.stop()
process.exit(failed ? 1 : 0)
