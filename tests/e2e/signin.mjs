#!/usr/bin/env node
// Signing in, in a real browser: arriving from another site, being asked who one is, a session that lasts, and ends.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHmac } from 'node:crypto'
import { hmc, runTests, startBrowser, startSite, test, token, top, until } from './harness.mjs'

// The platform, on another site for a browser: localhost, where Mission Control is 127.0.0.1.
let page = ''
const platform = createServer((request, response) => {
	response.setHeader('content-type', 'text/html')
	response.end(page)
})
const platformPort = await new Promise((done) => platform.listen(0, '127.0.0.1', () => done(platform.address().port)))
const stranger = createServer((request, response) => {
	response.setHeader('content-type', 'text/html')
	response.end(page)
})
const strangerPort = await new Promise((done) => stranger.listen(0, '127.0.0.1', () => done(stranger.address().port)))

const dir = mkdtempSync(join(tmpdir(), 'mc-signin.'))
chmodSync(dir, 0o755)
writeFileSync(join(dir, 'config.json'), JSON.stringify({ auth: { signinOrigins: [`http://localhost:${platformPort}`] }, instances: [] }))
const site = await startSite([], { HMC_CONFIG: join(dir, 'config.json') })
const browser = await startBrowser()

const open = async () => {
	const context = await browser.newContext()
	context.setDefaultTimeout(15000)
	return context.newPage()
}
const tokenOf = async (sub, role = 'viewer', ...more) => (await hmc(site, 'token', '--sub', sub, '--role', role, ...more)).stdout.trim()
const form = (fields) =>
	`<!doctype html><title>Platform</title><form method="post" action="${site.origin}/login">${Object.entries(fields).map(([k, v]) => `<input type="hidden" name="${k}" value="${v}">`).join('')}<button>Mission Control</button></form>`
async function come(tab, fields, port = platformPort) {
	page = form(fields)
	await tab.goto(`http://localhost:${port}/`)
	await tab.getByRole('button').click()
}
const who = (tab) => tab.locator('body').innerText()

test('who comes from the platform is signed in and where the platform said', async () => {
	const tab = await open()
	await come(tab, { token: await tokenOf('uma'), next: '/hermes/ops' })
	await tab.waitForURL(site.origin + '/hermes/ops')
	assert.match(await who(tab), /uma/)
	const cookies = await tab.context().cookies(site.origin)
	assert.deepEqual(cookies.map((c) => c.name).filter((n) => n.includes('arrival')), [])
	const session = cookies.find((c) => c.name === 'hmc')
	assert.equal(session.httpOnly, true)
	assert.equal(session.sameSite, 'Lax')
	await tab.reload()
	assert.match(tab.url(), /\/hermes\/ops$/)
})

test('the code of docs/api.md makes such a page', async () => {
	const code = /```js file=mission-control.mjs\n([^]*?)```/.exec(readFileSync(join(top, 'docs/api.md'), 'utf8'))[1]
	const { missionControlPage, missionControlToken } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
	const key = { kid: 'run', secret: readFileSync(join(site.run, 'jwt.key')) }
	const tab = await open()
	page = missionControlPage(site.origin, missionControlToken({ sub: 'asha', role: 'viewer' }, key), '/hermes/ops?instance=all')
	await tab.goto(`http://localhost:${platformPort}/`)
	await tab.getByRole('button').click()
	await tab.waitForURL(site.origin + '/hermes/ops?instance=all')
	assert.match(await who(tab), /asha/)
	// A page that does not say where it is from is nobody's.
	page = page.replace('strict-origin', 'no-referrer')
	await tab.context().clearCookies()
	await tab.goto(`http://localhost:${platformPort}/`)
	await tab.getByRole('button').click()
	assert.match(await who(tab), /not sent from a page of Mission Control/)
})

test('who is signed in as somebody else is asked, and stays so unless told otherwise', async () => {
	const tab = await open()
	await come(tab, { token: await tokenOf('vijay', 'admin') })
	await tab.waitForURL(site.origin + '/hermes')
	await come(tab, { token: await tokenOf('uma'), next: '/hermes/ops' })
	await tab.getByRole('button', { name: 'Stay vijay' }).waitFor()
	assert.match(await who(tab), /signed in as vijay \(admin\)[^]*uma \(viewer\)/)
	if (process.env.SHOTS) for (const [name, width] of [['phone', 390], ['desk', 1280], ['narrow', 320]]) {
		await tab.setViewportSize({ width, height: 700 })
		await tab.screenshot({ path: join(process.env.SHOTS, `arrival-${name}.png`) })
		assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name)
	}
	await tab.getByRole('button', { name: 'Stay vijay' }).click()
	await tab.waitForURL(site.origin + '/hermes/ops')
	assert.match(await who(tab), /vijay/)
	await come(tab, { token: await tokenOf('uma') })
	const before = (await tab.context().cookies(site.origin)).find((c) => c.name === 'hmc').value
	await tab.getByRole('button', { name: 'Sign in as uma' }).click()
	await tab.waitForURL(site.origin + '/hermes')
	assert.match(await who(tab), /uma/)
	assert.equal((await fetch(site.origin + '/hermes', { redirect: 'manual', headers: { cookie: `hmc=${before}` } })).status, 303, 'the session of before is over')
})

test('no other site can sign anybody in, and no site can use a link', async () => {
	const tab = await open()
	await come(tab, { token: await tokenOf('uma') }, strangerPort)
	assert.match(await who(tab), /not sent from a page of Mission Control/)
	const link = (await hmc(site, 'token', '--sub', 'uma', '--role', 'viewer', '--link')).stdout.trim()
	await come(tab, { code: new URL(link).searchParams.get('code') })
	assert.match(await who(tab), /not sent from a page of Mission Control/)
	assert.deepEqual(await tab.context().cookies(site.origin), [])
})

test('a token that is no good is told as on the sign-in page', async () => {
	const tab = await open()
	await come(tab, { token: 'not.a.token' })
	await tab.getByRole('alert').waitFor()
})

// A session of the run's own key, as signing in makes it, but some hours old.
function aged(site, cookie, hours) {
	const key = readFileSync(join(site.run, 'jwt.key'))
	const [head, claims] = cookie.split('.')
	const said = JSON.parse(Buffer.from(claims, 'base64url'))
	for (const name of ['iat', 'exp', 'start']) said[name] -= hours * 3600
	const text = `${head}.${Buffer.from(JSON.stringify(said)).toString('base64url')}`
	return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

test('a session that is used lasts, its open forms stay good, and signing out ends all of it', async () => {
	const tab = await open()
	const link = (await hmc(site, 'token', '--sub', 'uma', '--role', 'admin', '--link')).stdout.trim()
	await tab.goto(link)
	await tab.getByRole('button', { name: 'Sign in' }).click()
	await tab.waitForURL(site.origin + '/hermes')
	const cookieOf = async () => (await tab.context().cookies(site.origin)).find((c) => c.name === 'hmc').value
	const old = aged(site, await cookieOf(), 7)
	await tab.context().addCookies([{ name: 'hmc', value: old, url: site.origin, httpOnly: true, sameSite: 'Lax' }])
	await tab.goto(site.origin + '/hermes')
	const fresh = await cookieOf()
	assert.notEqual(fresh, old)
	const second = await tab.context().newPage()
	await second.goto(site.origin + '/hermes')
	assert.equal(await cookieOf(), fresh, 'not with every look')
	// The first tab's form was made under the cookie of before.
	await tab.getByRole('button', { name: 'Sign out' }).click()
	await tab.waitForURL(/\/login/)
	for (const cookie of [old, fresh]) assert.equal((await fetch(site.origin + '/hermes', { redirect: 'manual', headers: { cookie: `hmc=${cookie}` } })).status, 303)
})

// hmc with something to read.
const hmcReads = (text, ...args) =>
	new Promise((done) => {
		const child = spawn(join(site.run, 'hmc'), [...args, '--config', join(site.run, 'config.json')])
		let out = ''
		child.stdout.on('data', (d) => (out += d))
		child.stderr.on('data', (d) => (out += d))
		child.on('close', (status) => done({ status, out }))
		child.stdin.end(text)
	})
const answerTo = async (bearer) => (await fetch(site.origin + '/api/hermes/overview', { headers: { authorization: `Bearer ${bearer}` } })).status

test('hmc token revoke ends one token, or all that somebody has, at once', async () => {
	const one = await tokenOf('asha')
	const two = await tokenOf('asha')
	const other = await tokenOf('ravi')
	for (const t of [one, two, other]) assert.equal(await answerTo(t), 200)
	const single = await hmcReads(one + '\n', 'token', 'revoke', '--token', '-')
	assert.equal(single.status, 0, single.out)
	assert.match(single.out, /^Ended: the token of asha \(viewer\)[^\n]*\n$/)
	assert.deepEqual([await answerTo(one), await answerTo(two)], [401, 200])
	const { jti } = JSON.parse(Buffer.from(other.split('.')[1], 'base64url'))
	assert.equal((await hmc(site, 'token', 'revoke', '--jti', jti)).status, 0)
	assert.equal(await answerTo(other), 401)
	const all = await hmc(site, 'token', 'revoke', '--sub', 'asha')
	assert.equal(all.status, 0)
	assert.match(all.stdout, /^Ended: every token, link and session of asha [^\n]*\n$/)
	assert.equal(await answerTo(two), 401)
	await until('a second has passed', async () => (await answerTo(await tokenOf('asha'))) === 200)
	for (const args of [[], ['--sub', 'a', '--jti', 'b'], ['--token', one], ['--sub', 'a b'], ['--jti', ''], ['--nonsense']]) {
		const r = await hmc(site, 'token', 'revoke', ...args)
		assert.equal(r.status, 64, args.join(' '))
		assert.match(r.stderr, /^[^\n]+\n$/)
		assert.ok(!r.stderr.includes(one))
	}
	const bad = await hmcReads('x.y.z', 'token', 'revoke', '--token', '-')
	assert.equal(bad.status, 1)
	assert.match(bad.out, /nothing was ended/)
})

test('a changed key counts without a restart, and a broken one changes nothing', async () => {
	const bearer = await token(site)
	assert.equal(await answerTo(bearer), 200)
	const key = readFileSync(join(site.run, 'jwt.key'))
	writeFileSync(join(site.run, 'jwt.key'), 'short')
	const start = Math.floor(Date.now() / 1000)
	await until('two seconds', () => Date.now() / 1000 > start + 2)
	for (let i = 0; i < 8; i++) assert.equal(await answerTo(bearer), 200)
	writeFileSync(join(site.run, 'jwt.key'), 'f'.repeat(64))
	await until('no worker takes the old key', async () => {
		for (let i = 0; i < 6; i++) if ((await answerTo(bearer)) !== 401) return false
		return true
	})
	assert.equal(await answerTo(await token(site)), 200)
	writeFileSync(join(site.run, 'jwt.key'), key)
	await until('the old key is back', async () => (await answerTo(bearer)) === 200)
})

const failed = await runTests()
await browser.close()
await site.stop()
platform.close()
stranger.close()
rmSync(dir, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
