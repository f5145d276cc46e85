// What the end-to-end tests share: a running site, a browser, TAP.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const top = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..')

export function freePort() {
	return new Promise((done, failed) => {
		const server = createServer().on('error', failed)
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address()
			server.close(() => done(port))
		})
	})
}

export async function until(what, check, limitMs = 20000) {
	const end = Date.now() + limitMs
	for (;;) {
		const value = await check()
		if (value) return value
		if (Date.now() > end) throw new Error(`waited ${limitMs / 1000} s in vain: ${what}`)
		await new Promise((r) => setTimeout(r, 50))
	}
}

// Starts caddy/run; gives { origin, link, run, output(), stop(), child }.
export async function startSite(args = ['--demo'], env = {}, options = {}) {
	const dir = mkdtempSync(join(tmpdir(), 'mc-e2e.'))
	const ready = join(dir, 'ready')
	const port = env.PORT ?? (await freePort())
	let output = ''
	const child = spawn('bash', [join(top, 'caddy/run'), ...args], {
		cwd: top,
		env: { ...process.env, PORT: String(port), HMC_READY_FILE: ready, BUILD: process.env.MC_BUILD ?? join(top, 'build'), ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
		...options,
	})
	const exited = new Promise((r) => child.on('exit', (code, signal) => r(signal ?? code)))
	child.stdout.on('data', (d) => (output += d))
	child.stderr.on('data', (d) => (output += d))
	await until('the site is ready', () => {
		if (child.exitCode !== null) throw new Error(`caddy/run ended with ${child.exitCode}:\n${output}`)
		return existsSync(ready) && readFileSync(ready, 'utf8').endsWith('\n')
	}).catch((e) => {
		child.kill('SIGTERM')
		rmSync(dir, { recursive: true, force: true })
		throw new Error(`${e.message}\n${output}`)
	})
	const link = /http:\S+\/login\?code=\S+/.exec(output)[0]
	return {
		origin: `http://127.0.0.1:${port}`,
		port,
		link,
		child,
		run: readFileSync(ready, 'utf8').trim(),
		output: () => output,
		exited,
		async stop(signal = 'SIGINT') {
			child.kill(signal)
			const code = await exited
			rmSync(dir, { recursive: true, force: true })
			return code
		},
	}
}

// hmc with the run's configuration; gives { status, stdout, stderr }.
export function hmc(site, ...args) {
	return new Promise((done) => {
		const child = spawn(join(site.run, 'hmc'), [...args, '--config', join(site.run, 'config.json')])
		let stdout = ''
		let stderr = ''
		child.stdout.on('data', (d) => (stdout += d))
		child.stderr.on('data', (d) => (stderr += d))
		child.on('close', (status) => done({ status, stdout, stderr }))
	})
}

export async function token(site, role = 'viewer', ...more) {
	return (await hmc(site, 'token', '--sub', 'tester', '--role', role, ...more)).stdout.trim()
}

export async function startBrowser() {
	const { chromium } = await import('playwright-core')
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
		args: [
			'--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
			'--disable-background-networking', '--disable-component-update', '--disable-sync',
		],
	})
}

// One of a kind: every task is "/hermes/tasks/*/*", every run of a job "/hermes/tasks/*/runs/*".
export const kindOf = (url) => url.replace(/[?#].*/, '').replace(/^(\/hermes\/tasks\/)[^/]+\/runs\/.*/, '$1*/runs/*').replace(/^(\/hermes\/tasks\/)[^/*]+\/(?!runs\/).*/, '$1*/*')

// The pages there are, as a visitor finds them: the navigation, then one link of each kind that stands on its panes and below them.
export async function findPages(site, page) {
	const hrefs = (selector) => page.locator(selector).evaluateAll((all) => all.map((a) => a.getAttribute('href').replace(/#.*/, '')))
	await page.goto(site.origin + '/hermes')
	const panes = await hrefs('.nav li a')
	const pages = new Map(panes.map((p) => [p, p]))
	for (const pane of panes) {
		await page.goto(site.origin + pane)
		for (const url of await hrefs('.pane a[href^="/hermes/"], main > .foot a[href^="/hermes/"]')) if (!pages.has(kindOf(url))) pages.set(kindOf(url), url)
	}
	// Beside the navigation, for admins.
	for (const url of await hrefs('main > .foot .also a[href^="/hermes/"]')) pages.set(kindOf(url), url)
	return { panes, pages: [...pages.values()] }
}

const tests = []
export function test(name, run) {
	tests.push({ name, run })
}

export async function runTests() {
	let n = 0
	let failed = 0
	for (const { name, run } of tests) {
		n++
		try {
			await run()
			console.log(`ok ${n} - ${name}`)
		} catch (e) {
			failed++
			console.log(`not ok ${n} - ${name}`)
			console.log(String(e?.stack ?? e).replace(/^/gm, '# '))
		}
	}
	console.log(`1..${n}`)
	return failed
}
