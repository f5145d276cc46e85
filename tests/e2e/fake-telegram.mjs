#!/usr/bin/env node
// A FAKE of the Telegram Bot API: a local HTTPS server that speaks sendMessage, sendPhoto and sendDocument as
// core.telegram.org/bots/api documents them, records what arrived in order, and fails on demand. It is no part of the product.
//
//   const api = await fakeTelegram({ token, chats: ['-100'] })   api.url, api.caFile, api.arrived, api.asked
//   api.fail('429', { retryAfter: 3, times: 1 })                   what the next requests meet
//   api.close()
//
// By itself: fake-telegram.mjs PORT FOLDER TOKEN CHAT puts ca.pem and a line of JSON for each message into FOLDER
// (arrived.jsonl); a fault is ordered by POST /fake/fail with { "kind": ..., ... }.
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LIMITS = { text: 4096, caption: 1024 }

function certificate(dir) {
	const at = (name) => join(dir, name)
	execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=a fake Bot API', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost',
		'-keyout', at('key.pem'), '-out', at('ca.pem')], { stdio: 'ignore' })
	return { key: readFileSync(at('key.pem')), cert: readFileSync(at('ca.pem')), caFile: at('ca.pem') }
}

// multipart/form-data as RFC 7578 has it, enough for what a bot sends.
function multipart(body, type) {
	const boundary = /boundary=("?)([^";]+)\1/.exec(type)?.[2]
	const fields = {}
	if (!boundary) return fields
	const text = body.toString('latin1')
	for (const part of text.split(`--${boundary}`).slice(1, -1)) {
		const end = part.indexOf('\r\n\r\n'), head = part.slice(0, end), name = /name="([^"]*)"/.exec(head)?.[1]
		const data = Buffer.from(part.slice(end + 4, -2), 'latin1'), file = /filename="([^"]*)"/.exec(head)?.[1]
		fields[name] = file ? { file, type: /Content-Type: (\S+)/i.exec(head)?.[1], data } : data.toString()
	}
	return fields
}

const error = (code, description, parameters) => ({ code, body: { ok: false, error_code: code, description, ...(parameters && { parameters }) } })

// What the real one refuses of a message, in its words.
function look(method, f, chats) {
	const text = method === 'sendMessage' ? f.text : f.caption
	if (method === 'sendMessage' && !text) return error(400, 'Bad Request: message text is empty')
	if (text && text.length > LIMITS[method === 'sendMessage' ? 'text' : 'caption']) return error(400, 'Bad Request: message is too long')
	if (method !== 'sendMessage' && !f[method === 'sendPhoto' ? 'photo' : 'document']?.data) return error(400, 'Bad Request: there is no document in the request')
	if (!chats.includes(String(f.chat_id))) return error(400, 'Bad Request: chat not found')
	for (const row of f.reply_markup?.inline_keyboard ?? [])
		for (const b of row) {
			if (!b.text) return error(400, 'Bad Request: inline keyboard button text is empty')
			if (!b.url || !/^https?:\/\/[^/]+\.[^/]+/.test(b.url)) return error(400, `Bad Request: inline keyboard button URL '${b.url}' is invalid: Wrong HTTP URL`)
		}
	return null
}

export async function fakeTelegram({ token, chats, port = 0, dir, onArrival = () => {} }) {
	const own = dir ?? mkdtempSync(join(tmpdir(), 'fake-telegram.'))
	mkdirSync(own, { recursive: true })
	const { key, cert, caFile } = certificate(own)
	const api = { arrived: [], asked: [], caFile, token, chats, dir: own }
	let faults = [], number = 40

	// kind: 429, 500, refuse, slow, silent, huge, redirect, drop, lost, html; times: how many requests (Infinity: until cleared).
	api.fail = (kind, more = {}) => faults.push({ kind, times: 1, ...more })
	api.clear = () => { faults = [] }

	const take = (method, f) => {
		const message = { message_id: ++number, method, chat: String(f.chat_id), thread: f.message_thread_id, text: f.text ?? f.caption, document: f.document ?? f.photo,
			button: f.reply_markup?.inline_keyboard?.[0]?.[0], keyboard: f.reply_markup?.inline_keyboard, parseMode: f.parse_mode, silent: Boolean(f.disable_notification && f.disable_notification !== 'false'), at: Date.now() }
		api.arrived.push(message)
		onArrival(message)
		return { code: 200, body: { ok: true, result: { message_id: message.message_id, date: Math.floor(message.at / 1000), chat: { id: Number(f.chat_id), type: 'private' }, text: f.text } } }
	}
	const say = (res, { code, body }, headers = {}) => res.writeHead(code, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))

	const meet = (fault, req, res, method, f) => {
		switch (fault.kind) {
		case '429': return say(res, error(429, `Too Many Requests: retry after ${fault.retryAfter ?? 1}`, { retry_after: fault.retryAfter ?? 1 }))
		case '500': return say(res, error(fault.code ?? 502, 'Bad Gateway'))
		case 'html': return res.writeHead(fault.code ?? 502, { 'Content-Type': 'text/html' }).end('<h1>502</h1>')
		case 'refuse': return say(res, error(fault.code ?? 403, fault.description ?? 'Forbidden: bot was blocked by the user', fault.parameters))
		case 'slow': return setTimeout(() => say(res, take(method, f)), fault.ms ?? 2000)
		case 'silent': return fault.take === false || take(method, f) // and never a word
		case 'huge': take(method, f); return res.writeHead(200).end('x'.repeat(1024 * 1024))
		case 'redirect': return res.writeHead(302, { Location: fault.to ?? 'https://127.0.0.1:1/elsewhere' }).end()
		case 'drop': return req.socket.destroy()
		case 'lost': take(method, f); return req.socket.destroy() // it arrived, and nobody is told
		default: throw new Error(`the fake knows no fault '${fault.kind}'`)
		}
	}

	const answer = (req, res, raw) => {
		const [, given, method] = /^\/bot([^/]+)\/(\w+)$/.exec(req.url) ?? []
		if (req.url === '/fake/fail') return (api.fail(JSON.parse(raw).kind, JSON.parse(raw)), res.end('{}'))
		api.asked.push({ method, url: req.url.replace(token, 'TOKEN'), at: Date.now() })
		if (given !== token) return say(res, given ? error(401, 'Unauthorized') : error(404, 'Not Found'))
		if (!['sendMessage', 'sendPhoto', 'sendDocument'].includes(method)) return say(res, error(404, 'Not Found: method not found'))
		const type = req.headers['content-type'] ?? ''
		const f = type.startsWith('application/json') ? JSON.parse(raw) : multipart(raw, type)
		const fault = faults.find((x) => x.times > 0)
		if (fault) {
			fault.times--
			return meet(fault, req, res, method, f)
		}
		say(res, look(method, f, chats) ?? take(method, f))
	}

	const server = createServer({ key, cert }, (req, res) => {
		const parts = []
		req.on('data', (x) => parts.push(x))
		req.on('end', () => answer(req, res, Buffer.concat(parts)))
	})
	await new Promise((done, failed) => server.on('error', failed).listen(port, '127.0.0.1', done))
	api.url = `https://127.0.0.1:${server.address().port}`
	api.close = () => new Promise((done) => {
		server.closeAllConnections()
		server.close(() => {
			if (!dir) rmSync(own, { recursive: true, force: true })
			done()
		})
	})
	return api
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [, , port, dir, token, ...chats] = process.argv
	if (!chats.length) {
		console.error('usage: fake-telegram.mjs PORT FOLDER TOKEN CHAT...')
		process.exit(64)
	}
	const api = await fakeTelegram({ port: Number(port), dir, token, chats, onArrival: (m) => appendFileSync(join(dir, 'arrived.jsonl'), JSON.stringify(m) + '\n') })
	console.log(`a fake Bot API at ${api.url}, certificate ${api.caFile}`)
}
