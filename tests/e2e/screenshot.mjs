#!/usr/bin/env node
// tests/e2e/screenshot.mjs [--all FOLDER]: pictures of the running demo.
//
// Without arguments it makes docs/overview.png, the picture in the README;
// with --all, every page at 390 and 1280 px in both themes into FOLDER.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startBrowser, startSite, token, top } from './harness.mjs'

const all = process.argv[2] === '--all' ? process.argv[3] : null
const site = await startSite()
const browser = await startBrowser()

async function shoot(file, path, options) {
	const context = await browser.newContext({ deviceScaleFactor: 1, ...options })
	await context.addCookies([{ name: 'hmc', value: await token(site, 'admin'), url: site.origin }])
	const page = await context.newPage()
	await page.goto(site.origin + path)
	await page.waitForTimeout(300)
	await page.screenshot({ path: file, fullPage: true })
	console.log(file)
	await context.close()
}

if (all) {
	mkdirSync(all, { recursive: true })
	for (const [name, path] of [['overview', '/hermes'], ['ops', '/hermes/ops'], ['ops-filtered', '/hermes/ops?instance=bheem&severity=warning'], ['runbook', '/hermes/runbook'], ['cron', '/hermes/cron'], ['one', '/hermes?instance=bheem'], ['agents', '/hermes/agents'], ['login', '/login'], ['missing', '/hermes?instance=nobody']])
		for (const width of [390, 1280])
			for (const colorScheme of ['light', 'dark'])
				await shoot(join(all, `${name}-${width}-${colorScheme}.png`), path, { viewport: { width, height: 900 }, colorScheme })
} else {
	await shoot(join(top, 'docs/overview.png'), '/hermes', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' })
}
await browser.close()
await site.stop()
process.exit(0)
