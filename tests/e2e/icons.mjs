#!/usr/bin/env node
// tests/e2e/icons.mjs: static/icon-*.png anew from static/icon.svg, after that was changed.
//
// The drawing fills its square and keeps what matters within the middle 80 %,
// which is all that a maskable icon may count on; the others get round corners.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startBrowser, top } from './harness.mjs'

const svg = readFileSync(join(top, 'static/icon.svg'), 'utf8')
const browser = await startBrowser()
const page = await browser.newPage()
for (const [name, size, round] of [['icon-180', 180, 0], ['icon-192', 192, 0.22], ['icon-512', 512, 0.22], ['icon-maskable-512', 512, 0]]) {
	await page.setViewportSize({ width: size, height: size })
	await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh;border-radius:${round * 100}%}</style>${svg}`)
	await page.screenshot({ path: join(top, `static/${name}.png`), omitBackground: true })
	console.log(`static/${name}.png`)
}
await browser.close()
