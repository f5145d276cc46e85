// A FAKE of a service of Healthchecks' kind: a local HTTPS server that takes pings as healthchecks.io/docs/http_api documents them
// (POST to a secret URL, "/fail" behind it), keeps what arrived, and fails on demand. It is no part of the product.
//
//   const outside = await fakeHealthchecks()         outside.url, outside.caFile, outside.pings: [{ path, method, body, type }]
//   outside.fail('500'); outside.close()
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export async function fakeHealthchecks({ id = '5a3c9e0d-7b1f-4c8a-9d2e-planted00001' } = {}) {
	const own = mkdtempSync(join(tmpdir(), 'fake-healthchecks.')), at = (name) => join(own, name)
	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=a fake Healthchecks', '-addext', 'subjectAltName=IP:127.0.0.1',
		'-keyout', at('key.pem'), '-out', at('ca.pem')], { stdio: 'ignore' })
	const outside = { pings: [], asked: 0, caFile: at('ca.pem'), id }
	let faults = []
	outside.fail = (kind, more = {}) => faults.push({ kind, ...more })
	const server = createServer({ key: readFileSync(at('key.pem')), cert: readFileSync(at('ca.pem')) }, (req, res) => {
		let body = ''
		req.on('data', (x) => { body += x })
		req.on('end', () => {
			const fault = faults.shift()
			outside.asked++
			switch (fault?.kind) {
			case '500': return res.writeHead(503).end('no')
			case 'redirect': return res.writeHead(302, { Location: fault.to }).end()
			case 'silent': return
			case 'drop': return req.socket.destroy()
			case 'huge': return res.writeHead(200).end('x'.repeat(1 << 20))
			}
			const path = new URL(req.url, 'https://x').pathname
			if (path !== `/ping/${id}` && path !== `/ping/${id}/fail`) return res.writeHead(404).end('not found')
			outside.pings.push({ path: path.replace(id, 'ID'), method: req.method, body, type: req.headers['content-type'] })
			res.writeHead(200).end('OK')
		})
	})
	await new Promise((done, failed) => server.on('error', failed).listen(0, '127.0.0.1', done))
	outside.port = server.address().port
	outside.url = `https://127.0.0.1:${outside.port}/ping/${id}`
	outside.close = () => new Promise((done) => {
		server.closeAllConnections()
		server.close(() => { rmSync(own, { recursive: true, force: true }); done() })
	})
	return outside
}
