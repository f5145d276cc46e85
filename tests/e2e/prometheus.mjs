// A strict reader of Prometheus's text format 0.0.4, with the rules of `promtool check metrics`.
import assert from 'node:assert/strict'

const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/

function parseSample(line) {
	const metric = name.exec(line)?.[0]
	assert.ok(metric, line)
	const labels = {}
	let rest = line.slice(metric.length)
	if (rest.startsWith('{')) {
		do {
			rest = rest.slice(1)
			const found = label.exec(rest)
			assert.ok(found, `a label is expected at "${rest.slice(0, 60)}"`)
			assert.ok(!(found[1] in labels), `${found[1]} twice: ${line}`)
			labels[found[1]] = found[2].replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))
			rest = rest.slice(found[0].length)
		} while (rest.startsWith(','))
		assert.ok(rest.startsWith('}'), line)
		rest = rest.slice(1)
	}
	assert.match(rest, /^ [+-]?(\d+(\.\d+)?([eE][+-]?\d+)?|NaN|Inf)$/, line)
	return { name: metric, labels, value: Number(rest) }
}

// What promtool says of names, types and helps.
function lint({ name: n, type, help }) {
	assert.ok(help, `${n}: no help`)
	assert.equal(n.endsWith('_total'), type === 'counter', `${n}: counters end in _total, and nothing else does`)
	assert.doesNotMatch(n, /_(count|sum|bucket)$/, n)
	assert.doesNotMatch(n, /(gauge|counter|histogram|summary)/, `${n}: the type is no part of a name`)
	assert.doesNotMatch(n, /[A-Z]|:/, n)
	assert.doesNotMatch(n, /_(milliseconds|microseconds|ms|us|s|sec|minutes|hours|days|weeks|kilobytes|megabytes|kb|mb|gb|kib|mib|gib|bits|percent|percents|celsius_f)(_|$)/, `${n}: not a base unit`)
}

// Gives [{ name, labels, value }]; fails at anything that is not exactly the format.
export function parse(text) {
	assert.ok(text.endsWith('\n'))
	const samples = []
	const families = new Map()
	const seen = new Set()
	let family = null
	for (const line of text.slice(0, -1).split('\n')) {
		const [, what, metric, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
		if (what === 'HELP') {
			assert.ok(!families.has(metric), `${metric} comes in two places`)
			family = { name: metric, help: rest, type: null }
			families.set(metric, family)
			continue
		}
		if (what === 'TYPE') {
			assert.equal(metric, family?.name)
			assert.match(rest, /^(counter|gauge)$/)
			family.type = rest
			lint(family)
			continue
		}
		const sample = parseSample(line)
		assert.equal(sample.name, family?.name, `${line}: not under its own help`)
		assert.ok(family.type, line)
		const key = line.slice(0, line.lastIndexOf(' '))
		assert.ok(!seen.has(key), `twice: ${key}`)
		seen.add(key)
		for (const l of Object.keys(sample.labels)) assert.match(l, /^[a-z][a-z0-9_]*$/, line)
		samples.push(sample)
	}
	return samples
}
