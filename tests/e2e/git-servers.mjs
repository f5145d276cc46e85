// Remotes for hmc backup and hmc drill: git over ssh by an sshd of our own, git's own backend behind a server that wants a token,
// and servers that take a connection and say nothing. All on loopback.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { until } from './harness.mjs'

export const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((x) => existsSync(x))
let server
export const stopSshd = () => server?.child.kill()
// In a folder of its own below dir; one a process.
export async function startSshd(dir) {
	if (server) return server
	const at = (name) => join(dir, 'ssh', name)
	mkdirSync(at(''), { mode: 0o700 })
	for (const key of ['host', 'host-other', 'deploy', 'stranger']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)])
	if (process.getuid() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
	const port = await new Promise((r) => { const x = createServer().listen(0, '127.0.0.1', () => { const p = x.address().port; x.close(() => r(p)) }) })
	// The key may speak git to one repository, and nothing else.
	writeFileSync(at('only'), `#!/bin/sh\ncase "$SSH_ORIGINAL_COMMAND" in\n"git-upload-pack '$(cat ${at('repo')})'"|"git-receive-pack '$(cat ${at('repo')})'") exec git-shell -c "$SSH_ORIGINAL_COMMAND";;\nesac\necho 'this key is for another repository' >&2\nexit 1\n`, { mode: 0o755 })
	writeFileSync(at('authorized'), `restrict,command="${at('only')}" ${readFileSync(at('deploy.pub'), 'utf8')}`)
	writeFileSync(at('config'), `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${at('host')}\nAuthorizedKeysFile ${at('authorized')}\nPidFile ${at('pid')}\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n`)
	const child = spawn(sshd, ['-D', '-e', '-f', at('config')], { stdio: ['ignore', 'ignore', 'pipe'] })
	let said = ''
	child.stderr.on('data', (x) => { said += x })
	await until('sshd listens', () => said.includes('listening') || child.exitCode !== null)
	assert.equal(child.exitCode, null, said)
	const known = (key) => `[127.0.0.1]:${port} ${readFileSync(at(`${key}.pub`), 'utf8')}`
	writeFileSync(at('known'), known('host'))
	writeFileSync(at('known-other'), known('host-other'))
	writeFileSync(at('known-none'), '')
	server = { at, port, child, said: () => said }
	return server
}

export const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend')
const wanted = `Basic ${Buffer.from('uma:scoped-token-1').toString('base64')}`
// What is below root, to who has the token; /away/ leads to another host.
export function answer(root, req, res) {
	if (req.url.startsWith('/away/')) return res.writeHead(302, { Location: `http://127.0.0.2:9${req.url.replace('/away/', '/')}` }).end()
	if (req.headers.authorization !== wanted) return res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end()
	const [path, query = ''] = req.url.split('?')
	const child = spawn(backend, { env: { PATH: process.env.PATH, GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: '1', REMOTE_USER: 'uma', REQUEST_METHOD: req.method, PATH_INFO: path, QUERY_STRING: query, CONTENT_TYPE: req.headers['content-type'] ?? '', GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_0: 'http.receivepack', GIT_CONFIG_VALUE_0: 'true', GIT_CONFIG_KEY_1: 'safe.directory', GIT_CONFIG_VALUE_1: '*' } })
	const out = []
	req.pipe(child.stdin)
	child.stdout.on('data', (x) => out.push(x))
	child.on('close', () => {
		const all = Buffer.concat(out), end = all.indexOf('\r\n\r\n'), headers = {}
		for (const line of all.subarray(0, end).toString().split('\r\n')) headers[line.split(':')[0]] = line.slice(line.indexOf(':') + 1).trim()
		const status = parseInt(headers.Status ?? '200')
		delete headers.Status
		res.writeHead(status, headers).end(all.subarray(end + 4))
	})
}
export const listen = (server) => new Promise((r) => server.listen(0, '127.0.0.1', () => r(server.address().port)))

// Takes connections and says nothing; how many came is counted.
export async function silent() {
	const held = new Set(), server = createServer((socket) => { held.add(socket); socket.on('error', () => {}) })
	return { port: await listen(server), came: () => held.size, close: () => { for (const socket of held) socket.destroy(); server.close() } }
}
