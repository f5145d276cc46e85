#!/usr/bin/env node
// tests/e2e/screenshot.mjs [FOLDER]: pictures of the running demo, for the README and for looking at.
//
// Every page there is, at 390 and 1280 px, in both themes, as FOLDER/<page>-<width>-<theme>.webp (docs/pictures);
// what is longer than two screens is cut. docs/overview.png, the one at the top of the README, comes with them.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPages, kindOf, startBrowser, startSite, token, top } from './harness.mjs'

const folder = process.argv[2] ?? join(top, 'docs/pictures')
const site = await startSite()
const browser = await startBrowser()
const cookie = { name: 'hmc', value: await token(site, 'admin'), url: site.origin }
const packer = await browser.newPage()

async function open(width, colorScheme) {
	const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, hasTouch: width < 600, isMobile: width < 600 })
	await context.addCookies([cookie])
	return context.newPage()
}
// A third of the bytes of PNG; the browser itself packs it.
async function asWebp(png) {
	const url = await packer.evaluate(async (data) => {
		const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob())
		const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
		canvas.getContext('2d').drawImage(image, 0, 0)
		return canvas.toDataURL('image/webp', 0.75)
	}, png.toString('base64'))
	return Buffer.from(url.split(',')[1], 'base64')
}
// "/hermes/tasks/*/runs/*" is "run", "/hermes/tasks/*/*" "task", "/hermes" "overview".
const nameOf = (path) => (({ '/hermes': 'overview', '/hermes/tasks/*/*': 'task', '/hermes/tasks/*/runs/*': 'run' })[kindOf(path)] ?? kindOf(path).split('/').pop())

const first = await open(1280, 'light')
const { pages } = await findPages(site, first)
await first.goto(site.origin + '/hermes')
await first.screenshot({ path: join(top, 'docs/overview.png'), fullPage: true })
// So that the audit has something to show.
await first.getByRole('button', { name: 'Refresh' }).click()
await first.waitForFunction(() => /are here/.test(document.querySelector('.asked').textContent), null, { timeout: 30000 })
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const width of [390, 1280])
	for (const theme of ['light', 'dark']) {
		const page = await open(width, theme)
		for (const path of [...pages, '/login']) {
			if (path === '/login') await page.context().clearCookies()
			await page.goto(site.origin + path)
			await page.evaluate(() => document.fonts.ready)
			const height = Math.min(1800, await page.evaluate(() => document.documentElement.scrollHeight))
			await page.setViewportSize({ width, height })
			writeFileSync(join(folder, `${nameOf(path)}-${width}-${theme}.webp`), await asWebp(await page.screenshot()))
			await page.setViewportSize({ width, height: 900 })
		}
		console.log(`${folder}: ${pages.length + 1} pages at ${width} px, ${theme}`)
		await page.context().close()
	}
await browser.close()
await site.stop()
process.exit(0)
