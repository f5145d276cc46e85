// Panes as plain CGI programs over the frozen reports and ledgers of the golden tests: no server, no browser, a frozen clock.
import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { top } from './harness.mjs'

const build = process.env.MC_BUILD ?? join(top, 'build')
const golden = join(top, 'tests/golden')
const key = 'a-key-for-tests-alone-0123456789abcdef'
const made = Date.parse('2026-11-24T07:11:02Z') / 1000 // of the frozen reports
export const now = made + 12

// Every pane's page: program, path. Its JSON has /api before the path.
export const session = '/hermes/tasks/bheem/20260101_000119_b'
export const run = '/hermes/tasks/vijay/runs/83'
export const pages = [
	['overview', '/hermes'], ['ops', '/hermes/ops'], ['ops', '/hermes/runbook'], ['tasks', '/hermes/tasks'], ['task', session],
	['task', run], ['cron', '/hermes/cron'], ['agents', '/hermes/agents'], ['history', '/hermes/history'],
	['products', '/hermes/products'], ['alerts', '/hermes/alerts'], ['ops', '/hermes/backups'], ['alerts', '/hermes/notifications'], ['audit', '/hermes/audit'], ['posture', '/hermes/posture'],
]

const b64 = (text) => Buffer.from(text).toString('base64url')
export function token(role) {
	const signed = `${b64('{"alg":"HS256","kid":"golden","typ":"JWT"}')}.${b64(
		`{"exp":${now + 3600},"iat":${now},"jti":"golden","role":"${role}","sub":"tester","use":"session"}`)}`
	return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}

// The golden ledger of an instance or of the machine; made once.
const ledgers = {}
function ledger(id) {
	if (ledgers[id]) return ledgers[id]
	const dir = mkdtempSync(join(tmpdir(), 'mc-ledger.'))
	const [program, ...args] = id === 'host' ? ['golden-host-ledger', dir, String(made)] : ['golden-ledger', dir, id, String(made)]
	const r = spawnSync(join(build, 'tests/fixtures', program), args, { encoding: 'utf8' })
	if (r.status !== 0) throw new Error(`${program}: ${r.stderr}`)
	ledgers[id] = readFileSync(join(dir, 'ledger.db'))
	rmSync(dir, { recursive: true })
	return ledgers[id]
}

// A state folder with reports, ledgers, a key and a configuration (more: what it says besides).
export function stage(more = {}) {
	const dir = mkdtempSync(join(tmpdir(), 'mc-cgi.'))
	const state = join(dir, 'state')
	const config = JSON.parse(readFileSync(join(golden, 'config.json'), 'utf8').replaceAll('@STATE@', state).replaceAll('@USER@', userInfo().username))
	mkdirSync(join(state, 'auth/denied'), { recursive: true })
	writeFileSync(join(state, 'jwt.key'), key, { mode: 0o600 })
	writeFileSync(join(dir, 'config.json'), JSON.stringify({ ...config, ...more }))
	for (const [id, report] of [['vijay', 'vijay'], ['bheem', 'bheem'], ['host', 'host-products']]) {
		mkdirSync(join(state, 'reports', id), { recursive: true })
		copyFileSync(join(golden, `reports/${report}.json`), join(state, 'reports', id, 'report.json'))
		chmodSync(join(state, 'reports', id, 'report.json'), 0o644)
		writeFileSync(join(state, 'reports', id, 'ledger.db'), ledger(id), { mode: 0o640 })
	}
	return { dir, state, reports: (id) => join(state, 'reports', id), remove: () => rmSync(dir, { recursive: true, force: true }) }
}

// Pages that a viewer may not see.
const forAdmins = new Set(['audit'])

// One request; gives { status, headers, text, stderr }. query is sent as it stands.
export function ask(s, program, path, { query = '', method = 'GET', role = forAdmins.has(program) ? 'admin' : 'viewer', cookie = '', body = '', headers = {} } = {}) {
	const r = spawnSync(join(build, 'cgi-bin', program), [], {
		input: body,
		encoding: 'utf8',
		timeout: 30000,
		maxBuffer: 64 << 20,
		env: {
			PATH: process.env.PATH, TZ: 'UTC', HMC_CONFIG: join(s.dir, 'config.json'), HMC_TEMPLATES: join(top, 'templates'),
			HMC_DOCS: join(top, 'docs'), HMC_NOW: String(now), GATEWAY_INTERFACE: 'CGI/1.1', SERVER_PROTOCOL: 'HTTP/1.1',
			REQUEST_METHOD: method, PATH_INFO: path, QUERY_STRING: query, HTTP_HOST: 'vm-01.example.ts.net',
			HTTP_COOKIE: [role && `__Host-hmc=${token(role)}`, cookie].filter(Boolean).join('; '), // role: '' = nobody
			...(method === 'POST' && { CONTENT_LENGTH: String(Buffer.byteLength(body)), CONTENT_TYPE: 'application/x-www-form-urlencoded' }),
			...headers,
		},
	})
	const [head = '', ...rest] = r.stdout.split(/\r?\n\r?\n/)
	const fields = Object.fromEntries([...head.matchAll(/^([\w-]+): ?(.*?)\r?$/gm)].map(([, k, v]) => [k.toLowerCase(), v]))
	return {
		status: Number.parseInt(fields.status ?? (r.stdout ? '200' : '0'), 10),
		headers: fields,
		head,
		text: r.stdout.slice(head.length).replace(/^\r?\n\r?\n/, ''),
		stderr: r.stderr,
		signal: r.signal ?? (r.status > 1 ? r.status : null),
	}
}

export const api = (path) => (path === '/hermes' ? '/api/hermes/overview' : `/api${path}`)
