#!/usr/bin/env node
// The table of routes (src/web/routes.c), as the program itself says it, and what is written from it.
//
//   routes.mjs --write    writes docs/routes.md and the routes of caddy/site.caddy anew (`make routes`)
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { top } from './harness.mjs'

export const build = process.env.MC_BUILD ?? join(top, 'build')
export const routes = JSON.parse(execFileSync(join(build, 'tests/fixtures/route-table'), { encoding: 'utf8' }))
export const programs = [...new Set(routes.map((r) => r.program))]

const head = `# Every address

What this site answers, and to whom. It is written from the one table of routes (\`src/web/routes.c\`) by \`make routes\`; a test fails when it is not
current. Anything else is 404, whoever asks.

- \`open\`: anybody who reaches the site. \`viewer\`: a valid token of either role. \`admin\`: the role \`admin\`; a viewer gets 403.
- \`GET\` answers \`HEAD\` too. Another method than those listed for an address is 405, with \`Allow\`.
- Without a valid token a person is sent to \`/login\` (303); programs (\`/api/\`, \`/metrics\`, feeds) and parts of a page get 401.
- \`POST\` has to come from a page of this site and, except for \`/login\`, carry its session's \`csrf\` value; else 403, and nothing is done.
- Parameters are those of the query. \`instance\` and \`part\` are known everywhere but on open addresses; any other that is not listed is 400.
- \`*\` stands for at least one character.
- Asked under a name that is not this site's (\`site.origin\`, \`site.listen\`, \`localhost\` with its port), every address is 421.

Every answer, errors, files and Caddy's own among them, says once each: a \`Content-Security-Policy\` that lets nothing in but this site's own files
(nothing inline, no frames around it, no \`<base>\`, forms to itself alone), \`X-Content-Type-Options: nosniff\`, \`X-Frame-Options\`, \`Referrer-Policy\`,
\`Permissions-Policy\`, \`Cross-Origin-Opener-Policy\`, \`Cross-Origin-Resource-Policy\`, and \`Cache-Control: no-store\` (files, which hold nothing private:
\`public\`). Cookies are \`HttpOnly\`, \`SameSite\`, and on https \`Secure\`. What is no request of HTTP gets Go's bare 400, 431 or 501, without any of it.
\`tests/e2e/roles.mjs\`, \`headers.mjs\` and \`payloads.mjs\` hold a running site to this page.

| method | address | who | parameters | what | program |
| --- | --- | --- | --- | --- | --- |
`
const files = {
	'docs/routes.md': () => head + routes.map((r) => `| ${r.method} | \`${r.path}\` | ${r.access} | ${(r.params ?? '').split(' ').filter(Boolean).map((p) => `\`${p}\``).join(' ')} | ${r.about} | ${r.program} |\n`).join(''),
	'caddy/site.caddy': (was) => {
		const [begin, end] = ['\t# Routes: src/web/routes.c, by `make routes`.\n', '\t# End of routes.\n']
		const from = was.indexOf(begin), to = was.indexOf(end)
		if (from < 0 || to < from) throw new Error('caddy/site.caddy has lost the lines that its routes stand between')
		return was.slice(0, from) + begin + programs.map(handle).join('') + was.slice(to)
	},
}
const pathsOf = (program) => [...new Set(routes.filter((r) => r.program === program).map((r) => r.path))]
// Whoever signs people in also says 404 to what is nobody's, and 405.
const handle = (program) =>
	program === 'auth'
		? '\thandle {\n\t\timport hmc_pane auth\n\t}\n'
		: `\t@${program} path ${pathsOf(program).join(' ')}\n\thandle @${program} {\n\t\timport hmc_pane ${program}\n\t}\n`

// The name of each file that does not say what the table says.
export const outdated = () => Object.entries(files).filter(([file, make]) => read(file) !== make(read(file))).map(([file]) => file)
function read(file) {
	try {
		return readFileSync(join(top, file), 'utf8')
	} catch {
		return ''
	}
}

if (process.argv[1]?.endsWith('/routes.mjs') && process.argv[2] === '--write')
	for (const [file, make] of Object.entries(files)) writeFileSync(join(top, file), make(read(file)))
