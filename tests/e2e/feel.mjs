#!/usr/bin/env node
// How every pane feels: to axe, to a keyboard, on any width, without JavaScript, on paper, kept open, on a home screen.
//
// The pages are found as a visitor finds them: the navigation, then one link of each kind that stands on its panes.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { get as httpGet } from 'node:http'
import { join } from 'node:path'
import { findPages, runTests, startBrowser, startSite, test, token, top, until } from './harness.mjs'

const site = await startSite()
const browser = await startBrowser()
process.on('uncaughtException', async (e) => { console.log(`not ok - ${e.stack}`); await site.stop(); process.exit(1) })
const axe = readFileSync(join(top, 'tests/e2e/node_modules/axe-core/axe.min.js'), 'utf8')
const cookieOf = async (role) => ({ name: 'hmc', value: await token(site, role), url: site.origin })
const cookies = { admin: await cookieOf('admin'), viewer: await cookieOf('viewer') }
const problems = []

// An admin's Refresh asks exporters, once in ten seconds (refresh.mjs); a viewer's fetches the page again.
async function open({ role = 'admin', ...options } = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options })
	await context.addCookies([cookies[role]])
	const page = await context.newPage()
	page.on('console', (m) => m.type() === 'error' && !/status of 40[0-9]|ERR_FAILED/.test(m.text()) && problems.push(`${page.url()}: ${m.text()}`))
	page.on('pageerror', (e) => problems.push(`${page.url()}: ${e}`))
	return page
}
async function visit(page, path) {
	if (path === '/login') await page.context().clearCookies()
	return page.goto(site.origin + path)
}
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const openAll = (page) => page.evaluate(() => document.querySelectorAll('main details').forEach((d) => (d.open = true)))

// --- which pages there are ---------------------------------------------------------------------
const finder = await open()
const { panes, pages: found } = await findPages(site, finder)
const pages = [...found, '/hermes/ops?severity=critical', '/hermes?instance=bheem']
const errors = ['/hermes?instance=nobody', '/hermes/ops?severity=bad', '/hermes/nothing-here']

test('every pane of the navigation answers, says what it is, and its tab carries the worst state', async () => {
	for (const path of pages) {
		const answer = await finder.goto(site.origin + path)
		assert.equal(answer.status(), 200, path)
		assert.ok((await finder.locator('h1').innerText()).length > 3, path)
		const pane = finder.locator('section.pane')
		assert.equal(await pane.count(), 1, `${path}: one section.pane`)
		const { status, title, now } = await pane.evaluate((e) => ({ ...e.dataset }))
		assert.match(status ?? '', /^(ok|warn|critical|unknown|off|info)$/, path)
		assert.match(now ?? '', /^\d{4}-.*Z$/, path)
		assert.equal(await finder.title(), `${title} · Mission Control`)
		if (status !== 'info') assert.match(await finder.locator('link[rel=icon]').getAttribute('href'), new RegExp(`favicon-${status}\\.svg`), path)
		const keys = await finder.locator('section.pane [data-key]').evaluateAll((all) => all.map((e) => e.dataset.key))
		assert.deepEqual(keys.filter((k, i) => keys.indexOf(k) !== i), [], `${path}: a key names one thing`)
		assert.equal(await finder.locator('section.pane details:not([data-key])').count(), 0, `${path}: what opens has a key`)
		const ids = await finder.locator('[id]').evaluateAll((all) => all.map((e) => e.id))
		assert.equal(new Set(ids).size, ids.length, `${path}: ids are unique`)
	}
})

// --- axe -----------------------------------------------------------------------------------------
const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
async function findings(page, only) {
	return page.evaluate(
		async ([source, runOnly]) => {
			if (!window.axe) (0, eval)(source)
			const { violations } = await window.axe.run(document, { runOnly, resultTypes: ['violations'] })
			return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.html.slice(0, 140)} (${n.failureSummary.replace(/\s+/g, ' ').slice(0, 200)})`))
		},
		[axe, only],
	)
}
for (const [device, options] of [['a desk', {}], ['a phone', phone]])
	test(`axe finds nothing at WCAG 2.2 AA on ${device}, in both themes, with everything opened`, async () => {
		const page = await open(options)
		const bad = []
		for (const path of [...pages, ...errors, '/login']) {
			await page.emulateMedia({ colorScheme: 'light' })
			await visit(page, path)
			await page.evaluate(axe)
			await openAll(page)
			const say = (theme) => (f) => bad.push(`${path} ${theme}: ${f}`)
			;(await findings(page, { type: 'tag', values: levels })).forEach(say('light'))
			await page.emulateMedia({ colorScheme: 'dark' })
			;(await findings(page, { type: 'rule', values: ['color-contrast', 'link-in-text-block'] })).forEach(say('dark'))
		}
		await page.locator('body').waitFor()
		assert.deepEqual(bad, [])
		await page.context().close()
	})

// --- width, touch ---------------------------------------------------------------------------------
test('no page is wider than the screen from 320 to 2560 px, folded or opened', async () => {
	const page = await open()
	for (const path of [...pages, ...errors, '/login']) {
		await page.setViewportSize({ width: 320, height: 640 })
		await visit(page, path)
		for (const folded of [true, false]) {
			if (!folded) await openAll(page)
			for (const width of [320, 360, 480, 640, 760, 761, 1024, 1280, 1920, 2560]) {
				await page.setViewportSize({ width, height: 640 })
				const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
				assert.ok(wide <= 0, `${path} at ${width} px: ${wide} px too wide`)
			}
		}
	}
	await page.context().close()
})

test('on a phone of 320 px what is tapped is large enough, and the bar shows where one is', async () => {
	const page = await open({ ...phone, viewport: { width: 320, height: 640 } })
	const small = []
	for (const path of pages) {
		await page.goto(site.origin + path)
		await openAll(page)
		small.push(...(await page.evaluate((at) =>
			[...document.querySelectorAll('button, summary, .nav a, .switch a, .tools a, .filters a, input:not([type=hidden]):not([type=checkbox]), select')]
				.filter((e) => e.getClientRects().length && e.checkVisibility() && (e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 24))
				.map((e) => `${at}: ${e.outerHTML.slice(0, 90)} ${Math.round(e.getBoundingClientRect().width)} x ${Math.round(e.getBoundingClientRect().height)}`), path)))
		const bar = await page.evaluate(() => {
			const list = document.querySelector('.nav ul'), inside = (e) => {
				const { left, right, top, bottom } = e.getBoundingClientRect(), hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
				return left >= 0 && right <= innerWidth && e.contains(hit)
			}
			const pinned = [...list.querySelectorAll('[aria-current], li:has(.badge) a')], seen = pinned.every(inside) // before a focus comes
			const reached = [...list.querySelectorAll('a')].filter((a) => { a.scrollIntoView({ inline: 'center', block: 'nearest' }); return inside(a) })
			return { pinned: seen, n: pinned.length, reached: reached.length, all: list.querySelectorAll('a').length }
		})
		assert.ok(bar.n >= 1 && bar.pinned, `${path}: the current pane and what has a badge are in sight`)
		assert.equal(bar.reached, bar.all, `${path}: every pane can be reached`)
	}
	assert.deepEqual(small, [])
	await page.context().close()
})

// --- keyboard -------------------------------------------------------------------------------------
test('by keyboard everything is reached in order, and the focus is seen', async () => {
	const page = await open({ viewport: { width: 390, height: 700 } })
	for (const path of [...pages, ...errors, '/login']) {
		await visit(page, path)
		const wanted = await page.evaluate(() => {
			window.stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter((e) => e.checkVisibility() && !e.disabled)
			return window.stops.length
		})
		const seen = []
		for (let i = 0; i < wanted + 5; i++) {
			await page.keyboard.press('Tab')
			const stop = await page.evaluate(() => {
				const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect()
				const at = [[0.5, 0.5], [0.02, 0.5], [0.98, 0.5], [0.5, 0.1], [0.5, 0.9]].map(([x, y]) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y))
				return { i: window.stops.indexOf(e), is: e.outerHTML.slice(0, 120), outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, shown: at.some((hit) => hit && (e.contains(hit) || hit.contains(e))) }
			})
			if (stop.i < 0 || stop.i === seen[0]) break
			assert.ok(stop.outlined, `${path}: no focus seen on ${stop.is}`)
			assert.ok(stop.shown, `${path}: covered: ${stop.is}`)
			seen.push(stop.i)
		}
		assert.deepEqual(seen, Array.from({ length: wanted }, (_, i) => i), path)
	}
	await page.context().close()
})

test('g and a letter lead to each pane, / to the search, ? to the list; never while writing, and not when switched off', async () => {
	const page = await open()
	await page.goto(site.origin + '/hermes')
	const letters = await page.locator('.nav a').evaluateAll((all) => all.map((a) => [a.dataset.go, a.getAttribute('href')]))
	assert.equal(new Set(letters.map(([key]) => key)).size, letters.length, 'a letter a pane')
	for (const [key, href] of letters) {
		await page.keyboard.press('g')
		await page.keyboard.press(key)
		await page.waitForURL(site.origin + href)
		assert.match(await page.locator('.nav [aria-current]').getAttribute('href'), new RegExp(`^${href}$`))
	}
	const dialog = page.locator('dialog')
	await page.keyboard.press('?')
	await dialog.waitFor()
	assert.match(await dialog.innerText(), /Overview\s+g o/)
	await page.keyboard.press('g')
	await page.keyboard.press('o')
	assert.ok(await dialog.isVisible(), 'keys wait while the list is open')
	await page.keyboard.press('Escape')
	await dialog.waitFor({ state: 'hidden' })
	await page.getByRole('link', { name: 'Keyboard' }).click()
	await dialog.waitFor()
	await page.getByLabel('Use these keys').uncheck()
	await page.getByRole('link', { name: 'Close', exact: true }).click()
	await dialog.waitFor({ state: 'hidden' })
	await page.reload()
	const here = page.url()
	for (const key of ['?', 'g', 'o', '/']) await page.keyboard.press(key)
	assert.equal(await dialog.isVisible(), false)
	assert.equal(page.url(), here)
	await page.getByRole('link', { name: 'Keyboard' }).click()
	assert.equal(await page.getByLabel('Use these keys').isChecked(), false, 'remembered')
	await page.getByLabel('Use these keys').check()
	await page.keyboard.press('Escape')

	let searches = 0
	for (const path of panes) {
		await page.goto(site.origin + path)
		const field = page.locator('main input[type="search"]').first()
		if (!(await field.count())) continue
		searches++
		await page.keyboard.press('/')
		await page.keyboard.type('g o?/')
		assert.equal(await field.inputValue(), 'g o?/', path)
		assert.equal(await dialog.isVisible(), false)
		await page.keyboard.press('Enter')
		await page.waitForURL(/[?&]q=g(\+|%20)o%3F%2F/)
	}
	assert.ok(searches > 0, 'some pane has a search')
	await page.context().close()
})

// --- kept open ------------------------------------------------------------------------------------
// What the server would say a moment later, changed by us on its way.
async function later(page, change) {
	await page.route(/[?&]part=1/, async (route) => {
		const answer = await route.fetch({ headers: { ...route.request().headers(), 'if-none-match': '' } })
		await route.fulfill({ response: answer, body: await page.evaluate(([html, source]) => {
			const doc = new DOMParser().parseFromString(html, 'text/html')
			new Function('doc', source)(doc)
			return doc.body.innerHTML
		}, [await answer.text(), change]) })
	})
	const wanted = page.waitForResponse(/[?&]part=1/)
	await page.evaluate(() => document.querySelector('[data-act=refresh]').click())
	await wanted
	await until('it is swapped', () => page.evaluate(() => !document.querySelector('[data-act=refresh]').hasAttribute('aria-busy')))
	await page.unroute(/[?&]part=1/)
}

test('a list that changes under the focus leaves it on what is nearest, and the screen where it was', async () => {
	const page = await open({ role: 'viewer' })
	await page.goto(site.origin + '/hermes/ops?instance=bheem')
	const summaries = page.locator('article[data-key="bheem"] details > summary')
	const keyAt = (i) => summaries.nth(i).evaluate((e) => e.parentElement.dataset.key)
	const focused = () => page.evaluate(() => document.activeElement.closest('[data-key]')?.dataset.key)
	const [gone, next] = [await keyAt(6), await keyAt(7)]
	await summaries.nth(7).focus()
	await page.keyboard.press('Enter')
	await summaries.nth(6).focus()
	const before = await summaries.nth(7).evaluate((e) => e.getBoundingClientRect().top)
	await later(page, '')
	assert.equal(await focused(), gone, 'nothing has changed')
	await page.evaluate(() => scrollTo(0, 200))
	const at = () => page.locator(`details[data-key="${next}"]`).evaluate((e) => Math.round(e.getBoundingClientRect().top))
	const top = await at()
	await later(page, `doc.querySelector('[data-key="${gone}"]').remove(); doc.querySelector('.lede').insertAdjacentHTML('afterend', '<p>new</p>'.repeat(30))`)
	assert.equal(await focused(), next, 'the next one has it')
	assert.ok(before > 0 && Math.abs((await at()) - top) < 60, `it stays where it was on the screen: ${top}, ${await at()}`)
	assert.equal(await page.locator(`details[data-key="${next}"]`).evaluate((d) => d.open), true)
	await later(page, `doc.querySelectorAll('[data-key]').forEach((e) => e.remove())`)
	assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'BODY', 'never lost')
	await page.context().close()
})

test('badges, title, icon and time follow in place', async () => {
	const page = await open({ role: 'viewer' })
	await page.goto(site.origin + '/hermes')
	await page.locator('.nav a').first().focus()
	await later(page, `doc.querySelector('.nav a[href="/hermes/alerts"]')?.insertAdjacentHTML('beforeend', '<span class="badge">7</span>');
		Object.assign(doc.querySelector('.pane').dataset, { status: 'ok', title: '(7) Changed', says: 'seven problems', now: '2031-01-02T03:04:05Z' })`)
	assert.equal(await page.locator('.nav a[href="/hermes/alerts"] .badge').last().innerText(), '7')
	assert.equal(await page.title(), '(7) Changed · Mission Control')
	assert.match(await page.locator('link[rel=icon]').getAttribute('href'), /favicon-ok/)
	assert.equal(await page.locator('.notice').innerText(), 'seven problems')
	assert.match(await page.locator('main > .foot time').innerText(), /03:04:05/)
	assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '/hermes', 'the focus in the bar stays')
	await page.context().close()
})

test('a page that can no longer be refreshed says so and claims nothing', async () => {
	const page = await open({ role: 'viewer' })
	await page.goto(site.origin + '/hermes')
	const was = await page.title()
	await page.route(/[?&]part=1/, (route) => route.abort())
	await page.getByRole('link', { name: 'Refresh' }).click()
	await page.locator('.notice.shown').waitFor()
	assert.match(await page.title(), /^\(\?\) Overview/)
	assert.match(await page.locator('link[rel=icon]').getAttribute('href'), /favicon-unknown/)
	await page.unroute(/[?&]part=1/)
	await page.getByRole('link', { name: 'Refresh' }).click()
	await until('it is known again', async () => (await page.title()) === was)
	assert.equal(await page.locator('.notice.shown').count(), 0)
	await page.context().close()
})

test('ages go on by themselves, and an answer that nothing has changed does not set them back', async () => {
	const page = await open({ role: 'viewer' })
	await page.clock.install()
	await page.goto(site.origin + '/hermes')
	const age = page.locator('.lede time[data-ago]')
	assert.match(await age.innerText(), /^(just now|\d+ s ago)$/)
	await page.route(/[?&]part=1/, (route) => route.fulfill({ status: 304 }))
	await page.clock.runFor(125000)
	await until('the minutes are counted', async () => (await age.innerText()) === '2 min ago')
	const asked = page.waitForResponse(/[?&]part=1/)
	await page.getByRole('link', { name: 'Refresh' }).click()
	await asked
	await page.clock.runFor(2000)
	assert.equal(await age.innerText(), '2 min ago')
	await page.context().close()
})

test('it waits while a text is written or marked, keeps what was written, and keeps the filter', async () => {
	const page = await open({ role: 'viewer' })
	for (const path of panes) {
		await page.goto(site.origin + path)
		const asked = []
		page.removeAllListeners('request')
		page.on('request', (r) => /[?&]part=1/.test(r.url()) && asked.push(r.url()))
		const wake = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
		const field = page.locator('.pane input[type="search"], .pane input[type="text"]').first()
		if (await field.count()) {
			await field.fill('half a wo')
			await wake()
			assert.deepEqual(asked, [], `${path}: not under a writing hand`)
			await later(page, '')
			assert.equal(await field.inputValue(), 'half a wo', path)
			assert.equal(await field.evaluate((e) => e === document.activeElement), true, path)
			await field.evaluate((e) => e.blur())
			asked.length = 0
		}
		await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('h1')))
		await wake()
		assert.deepEqual(asked, [], `${path}: not while something is marked`)
		await page.evaluate(() => getSelection().removeAllRanges())
		await wake()
		await until(`${path} is fetched again`, () => asked.length > 0)
	}
	await page.goto(site.origin + '/hermes/ops?severity=critical&instance=bheem')
	await later(page, '')
	assert.equal(await page.locator('.filters [aria-current]').innerText().then((t) => t.split(/\s/)[0]), 'Critical')
	assert.ok((await page.locator('.reading .st').evaluateAll((all) => all.map((e) => e.className))).every((c) => c === 'st critical'))
	await page.context().close()
})

// --- without JavaScript, on paper, small, at home ----------------------------------------------------
test('without JavaScript every pane is whole, opens, refreshes with its filter and can be searched', async () => {
	const page = await open({ role: 'viewer', javaScriptEnabled: false })
	for (const path of pages) {
		await page.goto(site.origin + path)
		const said = await page.locator('h1').innerText()
		assert.ok(said.length > 3, path)
		assert.equal(await page.locator('.js-only:visible').count(), 0, `${path}: no button that does nothing`)
		const details = page.locator('.pane details:visible').first()
		if (await details.count()) {
			await details.locator('summary').first().click()
			assert.equal(await details.getAttribute('open'), '', path)
		}
		await page.getByRole('link', { name: 'Refresh' }).click()
		for (const [name, value] of new URL(path, site.origin).searchParams) assert.equal(new URL(page.url()).searchParams.get(name), value, `${path}: Refresh keeps ${name}`)
		assert.equal(new URL(page.url()).pathname, new URL(path, site.origin).pathname)
		const field = page.locator('.pane form[method="get"] input[type="search"], .pane form:not([method]) input[type="search"]').first()
		if (await field.count()) {
			await field.fill('plan')
			await field.press('Enter')
			await page.waitForURL(/[?&]q=plan/)
			assert.equal(await page.locator('.pane input[type="search"]').first().inputValue(), 'plan', path)
		}
	}
	await page.getByRole('link', { name: 'Keyboard' }).click()
	assert.ok(await page.locator('dialog').isVisible())
	await page.getByRole('link', { name: 'Close', exact: true }).click()
	assert.equal(await page.locator('dialog').isVisible(), false)
	await page.context().close()
})

test('on paper there is black on white, no navigation, what was opened, and heads of tables on each sheet', async () => {
	const page = await open({ colorScheme: 'dark' })
	for (const path of pages) {
		await page.emulateMedia({ media: 'screen' })
		await page.goto(site.origin + path)
		const details = page.locator('.pane details:visible > summary').first()
		if (await details.count()) await details.click()
		await page.emulateMedia({ media: 'print' })
		const { back, ink, shown, cut, opened } = await page.evaluate(() => ({
			back: getComputedStyle(document.body).backgroundColor,
			ink: getComputedStyle(document.querySelector('h1')).color,
			shown: [...document.querySelectorAll('nav, button, form, .btn, dialog, input')].filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 80)),
			cut: [...document.querySelectorAll('main *')].filter((e) => e.checkVisibility() && /auto|scroll/.test(getComputedStyle(e).overflowX + getComputedStyle(e).overflowY)).map((e) => e.outerHTML.slice(0, 80)),
			opened: document.querySelectorAll('.pane details[open]').length,
		}))
		assert.deepEqual([back, ink, shown, cut], ['rgb(255, 255, 255)', 'rgb(0, 0, 0)', [], []], path)
		assert.ok(opened > 0 || !(await details.count()), path)
		assert.ok((await page.pdf({ format: 'A4' })).length > 2000, path)
	}
	await page.context().close()
})

// Everything a first visit takes, compressed as it goes over the wire.
const bytesOf = (path) => new Promise((done, failed) => {
	httpGet(site.origin + path, { headers: { cookie: `hmc=${cookies.admin.value}`, 'accept-encoding': 'gzip' } }, (answer) => {
		let n = 0
		const parts = []
		answer.on('data', (d) => { n += d.length; parts.push(d) }).on('end', () => done({ n, head: answer.rawHeaders.join(': ').length, body: Buffer.concat(parts) }))
	}).on('error', failed)
})
test('no pane takes more than 60 KB, compressed and all in, even for a first view', async () => {
	const page = await open()
	const files = new Map()
	for (const path of pages) {
		const answer = await page.goto(site.origin + path)
		const used = [...(await answer.text()).matchAll(/"(\/static\/[^"#]+)/g)].map((m) => m[1]).filter((f) => !/icon-\d+\.png/.test(f)) // a home screen's own
		for (const f of new Set(used)) if (!files.has(f)) { const { n, head } = await bytesOf(f); files.set(f, n + head) }
		const { n, head } = await bytesOf(path)
		const all = n + head + [...new Set(used)].reduce((sum, f) => sum + files.get(f), 0)
		console.log(`# ${path}: ${(n / 1024).toFixed(1)} KB, ${(all / 1024).toFixed(1)} KB with all it uses`)
		assert.ok(all <= 60 * 1024, `${path}: ${all} bytes`)
	}
	await page.context().close()
})

test('it can be put on a home screen', async () => {
	const page = await open()
	await page.goto(site.origin + '/hermes')
	const href = await page.locator('link[rel=manifest]').getAttribute('href')
	const answer = await fetch(site.origin + href)
	assert.match(answer.headers.get('content-type'), /^application\/manifest\+json/)
	const manifest = await answer.json()
	assert.equal(manifest.start_url, '/hermes')
	assert.equal(manifest.display, 'standalone')
	const icons = [...manifest.icons.map((i) => [i.src, Number(i.sizes.split('x')[0])]), [await page.locator('link[rel=apple-touch-icon]').getAttribute('href'), 180]]
	for (const [src, size] of icons) {
		const icon = await fetch(new URL(src, site.origin + href))
		assert.equal(icon.headers.get('content-type'), 'image/png', src)
		const bytes = Buffer.from(await icon.arrayBuffer())
		assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [size, size], src)
	}
	assert.ok(['any', 'maskable'].every((p) => manifest.icons.some((i) => i.purpose === p)))
	for (const { url } of manifest.shortcuts) assert.ok(panes.includes(url), url)
	const cdp = await page.context().newCDPSession(page)
	const read = await cdp.send('Page.getAppManifest')
	assert.deepEqual(read.errors, [])
	assert.match(read.data ?? '', /Mission Control/, 'the page may fetch it')
	const bars = (scheme) => page.locator('meta[name="theme-color"]').evaluateAll((all, dark) => all.filter((m) => m.media.includes(dark)).map((m) => m.content)[0], scheme)
	for (const scheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme: scheme })
		const paper = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--paper').trim())
		assert.equal(await bars(scheme), paper, `the bar of a phone in ${scheme}`)
	}
	await page.getByRole('button', { name: /Theme/ }).click()
	assert.equal(await bars('dark'), '#f7f6f3', 'a chosen theme colours the bar, whatever the system says')
	await page.context().close()
})

test('the browser complained of nothing', () => assert.deepEqual([...new Set(problems)], []))

const failed = await runTests()
await browser.close()
await site.stop()
process.exit(failed ? 1 : 0)
