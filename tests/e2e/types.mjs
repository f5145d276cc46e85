// static/schema/hermes.d.ts as JSON Schemas (2020-12): the one is written, the others are made.
//
// Interfaces become objects whose members are all required; members that an interface extends stand
// among its own; comments become descriptions; the tags @format, @pattern, @minimum, @maximum and
// @integer are taken over; an interface with @schema NAME gets a file of its own. Nothing is closed:
// readers must let pass what they do not know. closed() makes the variant that our own tests hold
// answers against, in which a member that nobody documented is an error.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020.js'
import ts from 'typescript'
import { top } from './harness.mjs'

export const folder = join(top, 'static/schema')
export const source = join(folder, 'hermes.d.ts')

const numbers = new Set(['minimum', 'maximum'])

function comment(node) {
	const doc = node.jsDoc?.at(-1)
	const text = ts.getTextOfJSDocComment(doc?.comment)?.replace(/\s+/g, ' ').trim()
	const tags = Object.fromEntries((doc?.tags ?? []).map((t) => [t.tagName.text, ts.getTextOfJSDocComment(t.comment)?.trim() ?? '']))
	return { text, tags }
}

// { interfaces, aliases, files } of the source; each by its name.
function read(text) {
	const file = ts.createSourceFile('hermes.d.ts', text, ts.ScriptTarget.Latest, true)
	const found = { interfaces: new Map(), aliases: new Map(), files: new Map() }
	for (const node of file.statements) {
		if (ts.isInterfaceDeclaration(node)) found.interfaces.set(node.name.text, node)
		else if (ts.isTypeAliasDeclaration(node)) found.aliases.set(node.name.text, node)
		else throw new Error(`hermes.d.ts: only interfaces and types: ${node.getText().slice(0, 60)}`)
		const name = comment(node).tags.schema
		if (name) found.files.set(name, node.name.text)
	}
	return found
}

function annotate(schema, node) {
	const { text, tags } = comment(node)
	if (tags.integer !== undefined) schema.type = 'integer'
	for (const key of ['format', 'pattern', 'minimum', 'maximum'])
		if (tags[key]) schema[key] = numbers.has(key) ? Number(tags[key]) : tags[key]
	return text ? { description: text, ...schema } : schema
}

function union(types, uses) {
	const isNull = (t) => ts.isLiteralTypeNode(t) && t.literal.kind === ts.SyntaxKind.NullKeyword
	const rest = types.filter((t) => !isNull(t))
	const literals = rest.every((t) => ts.isLiteralTypeNode(t))
	const schemas = literals ? [{ enum: rest.map((t) => t.literal.text) }] : rest.map((t) => schemaOf(t, uses))
	if (rest.length === types.length) return schemas.length === 1 ? schemas[0] : { anyOf: schemas }
	if (schemas.length === 1 && typeof schemas[0].type === 'string') return { ...schemas[0], type: [schemas[0].type, 'null'] }
	return { anyOf: [...schemas, { type: 'null' }] }
}

function schemaOf(type, uses) {
	if (ts.isUnionTypeNode(type)) return union(type.types, uses)
	if (ts.isArrayTypeNode(type)) return { type: 'array', items: schemaOf(type.elementType, uses) }
	if (ts.isParenthesizedTypeNode(type)) return schemaOf(type.type, uses)
	if (ts.isLiteralTypeNode(type)) {
		if (type.literal.kind === ts.SyntaxKind.NullKeyword) return { type: 'null' }
		return { const: ts.isNumericLiteral(type.literal) ? Number(type.literal.text) : type.literal.text }
	}
	if (ts.isTypeReferenceNode(type)) {
		uses.push(type.typeName.text)
		return { $ref: `#/$defs/${type.typeName.text}` }
	}
	const plain = { [ts.SyntaxKind.StringKeyword]: 'string', [ts.SyntaxKind.NumberKeyword]: 'number', [ts.SyntaxKind.BooleanKeyword]: 'boolean' }[type.kind]
	if (!plain) throw new Error(`hermes.d.ts: a type that no schema is made of: ${type.getText()}`)
	return { type: plain }
}

// The members of an interface and of those that it extends.
function members(node, all) {
	const bases = (node.heritageClauses ?? []).flatMap((h) => h.types).map((t) => all.interfaces.get(t.expression.text))
	return [...bases.flatMap((b) => members(b, all)), ...node.members]
}

function objectOf(node, all, uses) {
	const properties = {}
	const required = []
	for (const member of members(node, all)) {
		const name = member.name.text
		properties[name] = annotate(schemaOf(member.type, uses), member)
		if (!member.questionToken) required.push(name)
	}
	return annotate({ type: 'object', required, properties }, node)
}

function definition(name, all, uses) {
	if (all.interfaces.has(name)) return objectOf(all.interfaces.get(name), all, uses)
	if (all.aliases.has(name)) return annotate(schemaOf(all.aliases.get(name).type, uses), all.aliases.get(name))
	throw new Error(`hermes.d.ts: there is no type ${name}`)
}

// Map of file name (without .schema.json) to { type, schema }.
export function schemas(text = readFileSync(source, 'utf8')) {
	const all = read(text)
	const out = new Map()
	for (const [file, type] of all.files) {
		const uses = []
		const $defs = {}
		const root = definition(type, all, uses)
		for (const name of uses) if (!$defs[name]) $defs[name] = definition(name, all, uses) // grows while it is walked
		const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `/static/schema/${file}.schema.json`, title: type }
		out.set(file, { type, schema: { ...head, ...root, $defs: Object.fromEntries(Object.entries($defs).sort(([a], [b]) => (a < b ? -1 : 1))) } })
	}
	return out
}

export const fileOf = (name) => join(folder, `${name}.schema.json`)

// As JSON that can be read: what fits a line stands on one.
function print(value, indent) {
	const short = JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ')
	if (typeof value !== 'object' || value === null || (indent && short.length + indent.length * 8 <= 120)) return short
	const inner = indent + '\t'
	if (Array.isArray(value) && value.every((v) => typeof v === 'string')) {
		const lines = ['']
		for (const word of value.map((v, i) => JSON.stringify(v) + (i < value.length - 1 ? ',' : ''))) {
			if (lines.at(-1).length + word.length + inner.length * 8 > 118) lines.push('')
			lines[lines.length - 1] += (lines.at(-1) && ' ') + word
		}
		return `[\n${lines.map((l) => inner + l).join('\n')}\n${indent}]`
	}
	const [open, close] = Array.isArray(value) ? '[]' : '{}'
	const parts = Array.isArray(value) ? value.map((v) => print(v, inner)) : Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}: ${print(v, inner)}`)
	return `${open}\n${parts.map((p) => inner + p).join(',\n')}\n${indent}${close}`
}
export const textOf = (schema) => print(schema, '') + '\n'

// The same schema with every object closed; with partial, members may be missing.
export function closed(schema, partial = false) {
	if (Array.isArray(schema)) return schema.map((s) => closed(s, partial))
	if (!schema || typeof schema !== 'object') return schema
	const out = Object.fromEntries(Object.entries(schema).map(([k, v]) => [k, closed(v, partial)]))
	if (out.type !== 'object' || !out.properties) return out
	if (partial) delete out.required
	return { ...out, additionalProperties: false }
}

// Adds to `seen` the names of the types that a value has parts of.
export function typesIn(schema, value, seen, root = schema) {
	if (!schema || value === null || value === undefined) return
	if (schema.$ref) {
		const name = schema.$ref.split('/').at(-1)
		seen.add(name)
		typesIn(root.$defs[name], value, seen, root)
	}
	for (const one of schema.anyOf ?? []) typesIn(one, value, seen, root)
	if (Array.isArray(value)) for (const item of value) typesIn(schema.items, item, seen, root)
	else if (typeof value === 'object') for (const [k, v] of Object.entries(value)) typesIn(schema.properties?.[k], v, seen, root)
}

function isInstant(text) {
	const t = Date.parse(text)
	return !Number.isNaN(t) && new Date(t).toISOString() === text.replace('Z', '.000Z')
}

// A function of a value: null when it is valid, else what is wrong, in a line.
export function validator(schema) {
	const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, formats: { 'date-time': isInstant } })
	const check = ajv.compile(schema)
	return (value) => (check(value) ? null : check.errors.slice(0, 8).map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`).join('; '))
}

// Compiles { name: text } of TypeScript beside hermes.d.ts, strictly; the complaints, one a line.
export function complaints(files, more = {}) {
	const options = {
		strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
		lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: [], skipLibCheck: false, noUncheckedIndexedAccess: true, ...more,
	}
	const held = new Map(Object.entries(files).map(([name, text]) => [join(folder, name), text]))
	const host = ts.createCompilerHost(options)
	const { readFile, fileExists, getSourceFile } = host
	host.readFile = (f) => held.get(f) ?? readFile.call(host, f)
	host.fileExists = (f) => held.has(f) || fileExists.call(host, f)
	host.getSourceFile = (f, ...rest) => (held.has(f) ? ts.createSourceFile(f, held.get(f), ts.ScriptTarget.ES2022) : getSourceFile.call(host, f, ...rest))
	const program = ts.createProgram([source, ...held.keys()], options, host)
	return ts.getPreEmitDiagnostics(program).map((d) => {
		const at = d.file ? `${d.file.fileName.replace(folder + '/', '')}:${d.file.getLineAndCharacterOfPosition(d.start).line + 1}: ` : ''
		return at + ts.flattenDiagnosticMessageText(d.messageText, ' ')
	})
}

// A value as a typed constant: an excess or a missing member is a complaint of the compiler's.
export const fixture = (type, value) => `import type { ${type} } from './hermes'\nexport const value: ${type} = ${JSON.stringify(value, null, 1)}\n`
