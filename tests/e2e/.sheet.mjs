import { startBrowser } from './harness.mjs'
import { readdirSync, readFileSync } from 'node:fs'
const [dir, suffix, w, out, ...names] = process.argv.slice(2)
const b = await startBrowser(), p = await b.newPage()
const files = readdirSync(dir).filter((f) => f.endsWith(suffix + '.webp') && (!names.length || names.includes(f.split('-')[0])))
await p.setViewportSize({ width: Number(w) * Math.min(files.length, 4) + 40, height: 800 })
await p.setContent(`<body style="margin:0;background:#888;display:flex;flex-wrap:wrap;gap:8px;align-items:flex-start">` + files.map((f) => `<img style="width:${w}px" src="data:image/webp;base64,${readFileSync(dir + '/' + f).toString('base64')}">`).join(''))
await p.waitForTimeout(500)
await p.screenshot({ path: out, fullPage: true })
await b.close()
