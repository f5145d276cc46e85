#!/usr/bin/env node
// Starting and stopping: what a new user meets before any page.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, hmc, runTests, startSite, test, token, until } from './harness.mjs'

// Every process whose environment or arguments name the scratch folder.
const left = (run) =>
	readdirSync('/proc').filter((pid) => {
		if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
		try {
			return (readFileSync(`/proc/${pid}/cmdline`, 'latin1') + readFileSync(`/proc/${pid}/environ`, 'latin1')).includes(run)
		} catch {
			return false
		}
	})

for (const signal of ['SIGINT', 'SIGTERM'])
	test(`${signal} stops everything and leaves nothing behind`, async () => {
		const site = await startSite()
		assert.ok(left(site.run).length >= 5)
		assert.equal(await site.stop(signal), 0)
		assert.deepEqual(left(site.run), [])
		assert.equal(existsSync(site.run), false)
	})

// A terminal sends it to all that are in the foreground.
test('Ctrl-C in a terminal starts nothing again, and its last word is that nothing is left', async () => {
	const site = await startSite(['--demo'], {}, { detached: true })
	process.kill(-site.child.pid, 'SIGINT')
	assert.equal(await site.exited, 0)
	await until('its last word', () => /Stopped; nothing is left behind\.\n$/.test(site.output()))
	assert.doesNotMatch(site.output(), /respawn/)
	assert.deepEqual(left(site.run), [])
	await site.stop()
})

test('a taken port is one clear line', async () => {
	const port = await freePort()
	const other = createServer().listen(port, '127.0.0.1')
	await assert.rejects(startSite(['--demo'], { PORT: String(port) }), (e) => {
		assert.match(e.message, new RegExp(`port ${port} on 127.0.0.1 is taken.*PORT=${port + 1}`))
		return true
	})
	other.close()
})

test('two sites run beside each other', async () => {
	const one = await startSite()
	const two = await startSite()
	for (const site of [one, two]) assert.equal((await fetch(site.origin + '/healthz')).status, 200)
	await one.stop()
	await two.stop()
})

test('when Caddy dies one line says so and the rest stops', async () => {
	const site = await startSite()
	const caddy = left(site.run).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('caddy'))
	process.kill(Number(caddy), 'SIGKILL')
	assert.equal(await site.exited, 1)
	assert.match(site.output(), /Caddy has ended; stopping the rest/)
	assert.deepEqual(left(site.run), [])
	await site.stop()
})

test('a wrong configuration is one line that names the place', async () => {
	const dir = mkdtempSync(join(tmpdir(), 'mc-start.'))
	const config = join(dir, 'config.json')
	const { writeFileSync } = await import('node:fs')
	writeFileSync(config, '{"instances":[{"id":"a","user":"root","hermesHome":"x"}]}')
	await assert.rejects(startSite([], { HMC_CONFIG: config }), /instances\[0\]\.hermesHome must be an absolute path/)
	rmSync(dir, { recursive: true })
})

test('no Hermes at all is said on the page, with the way to samples', async () => {
	const dir = mkdtempSync(join(tmpdir(), 'mc-start.'))
	const config = join(dir, 'config.json')
	const { writeFileSync } = await import('node:fs')
	writeFileSync(config, '{"instances":[]}')
	const site = await startSite([], { HMC_CONFIG: config })
	const page = await (await fetch(site.origin + '/hermes', { headers: { cookie: `hmc=${await token(site)}` } })).text()
	assert.match(page, /No Hermes instance/)
	assert.match(page, /make demo/)
	/* 1 where this machine is busy: its load is judged even then. */
	assert.ok((await hmc(site, 'status')).status <= 1)
	await site.stop()
	rmSync(dir, { recursive: true })
})

process.exit((await runTests()) ? 1 : 0)
