#define PCRE2_CODE_UNIT_WIDTH 8

#include "redact/engine.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "redact/rules.h"

#define MATCH_LIMIT   200000
#define DEPTH_LIMIT   2000
#define HEAP_LIMIT_KB 8192
#define JIT_AFTER     200

#define MARKER     "[redacted:"
#define MARKER_MAX 64 /* no rule's name is longer than this less the frame */

struct engine {
	pcre2_code **code;          /* NULL: not met yet, or switched off */
	unsigned *uses;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	struct literals *literals;
};

static void die(const char *what, const char *name)
{
	fprintf(stderr, "mission-control: %s%s\n", what, name);
	abort();
}

static pcre2_code *compile(const struct rule *rule)
{
	PCRE2_SIZE at;
	int err;
	pcre2_code *code;

	code = pcre2_compile((PCRE2_SPTR)rule->pattern, PCRE2_ZERO_TERMINATED,
			     PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &err, &at, NULL);
	if (!code) {
		fprintf(stderr, "mission-control: error %d at byte %zu\n", err, (size_t)at);
		die("a redaction rule does not compile: ", rule->name);
	}
	return code;
}

struct engine *engine_new(bool privacy)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (!e || redact_n_rules > LITERALS_OWNERS_MAX)
		die("no room for the redaction rules", "");
	e->code = calloc(redact_n_rules, sizeof(*e->code)); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
	e->uses = calloc(redact_n_rules, sizeof(*e->uses));
	e->match = pcre2_match_data_create(8, NULL);
	e->limits = pcre2_match_context_create(NULL);
	if (!e->code || !e->uses || !e->match || !e->limits)
		die("out of memory", "");
	pcre2_set_match_limit(e->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(e->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(e->limits, HEAP_LIMIT_KB);
	e->literals = literals_new();
	for (size_t i = 0; i < redact_n_rules; i++) {
		if (redact_rules[i].privacy && !privacy)
			continue;
		literals_add(e->literals, redact_rules[i].need, i);
	}
	literals_finish(e->literals);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < redact_n_rules; i++)
		pcre2_code_free(e->code[i]);
	pcre2_match_data_free(e->match);
	pcre2_match_context_free(e->limits);
	literals_free(e->literals);
	free(e->code);
	free(e->uses);
	free(e);
}

void engine_set_match_limit(struct engine *e, uint32_t steps)
{
	pcre2_set_match_limit(e->limits, steps);
}

void engine_candidates(const struct engine *e, const char *text, size_t n, struct owner_set *rules)
{
	literals_scan(e->literals, text, n, rules);
}

/*
 * A rule is compiled when a text first has what it needs: most never are, and
 * compiling all costs more than the rest of an export. Machine code is made
 * only for a rule that is used often; where the sandbox forbids writable and
 * executable memory that fails and PCRE2 interprets, with the same result.
 */
static pcre2_code *code_of(struct engine *e, size_t rule)
{
	if (!e->code[rule])
		e->code[rule] = compile(&redact_rules[rule]);
	if (++e->uses[rule] == JIT_AFTER)
		pcre2_jit_compile(e->code[rule], PCRE2_JIT_COMPLETE);
	return e->code[rule];
}

/* Gives 1 for a match, 0 for none, -1 for giving up. */
static int next_match(struct engine *e, size_t rule, const char *text, size_t n, size_t from)
{
	const PCRE2_SPTR subject = (PCRE2_SPTR)text;
	const pcre2_code *code = code_of(e, rule);
	int rc;

	rc = pcre2_match(code, subject, n, from, PCRE2_NO_UTF_CHECK, e->match, e->limits);
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(code, subject, n, from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, e->match, e->limits);
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	return rc >= 0 ? 1 : -1;
}

/* Where the marker that contains byte `at` begins and ends; false when there is none. */
static bool marker_around(const char *text, size_t n, size_t at, size_t *start, size_t *end)
{
	const size_t head = strlen(MARKER);

	for (size_t back = 0; back <= at && back < MARKER_MAX; back++) {
		size_t i = at - back;
		const char *close;

		if (text[i] == ']' && back)
			return false;
		if (text[i] != '[' || n - i < head || memcmp(text + i, MARKER, head) != 0)
			continue;
		close = memchr(text + i, ']', n - i < MARKER_MAX ? n - i : MARKER_MAX);
		if (!close || (size_t)(close - text) < at)
			return false;
		*start = i;
		*end = (size_t)(close - text) + 1;
		return true;
	}
	return false;
}

/*
 * Text that was replaced before is not replaced again, which is what makes a
 * second pass change nothing. A find that reaches over a marker counts by what
 * is left beside it, and then takes the marker along.
 */
static bool settle_markers(struct candidate *c, bool *judged)
{
	CLEANUP(buf_done) struct buf rest = BUF_INIT(c->n + 1);
	size_t start, end, at = c->start;

	if (marker_around(c->text, c->n, c->match, &start, &end) && c->match > start)
		return false;
	if (!memchr(c->text + c->start, '[', c->end - c->start) &&
	    !marker_around(c->text, c->n, c->start, &start, &end))
		return true;
	while (at < c->end) {
		if (!marker_around(c->text, c->n, at, &start, &end)) {
			buf_addc(&rest, c->text[at++]);
			continue;
		}
		*judged = true;
		c->start = start < c->start ? start : c->start;
		c->end = end > c->end ? end : c->end;
		at = end;
	}
	return !*judged || plausible_rest(buf_str(&rest), rest.len);
}

/* The span of the secret in the last match; false when it is not one after all. */
static bool take_match(struct engine *e, const struct rule *rule, const char *text, size_t n,
		       struct candidate *c)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(e->match), *group = at + 2 * rule->group;
	bool judged = false;

	if (group[0] == PCRE2_UNSET)
		group = at;
	*c = (struct candidate){ .text = text, .n = n, .match = at[0], .start = group[0], .end = group[1] };
	if (c->end <= c->start)
		return false;
	if (!settle_markers(c, &judged))
		return false;
	return judged || !rule->judge || rule->judge(c);
}

enum engine_result engine_run(struct engine *e, size_t rule, const char *text, size_t n, struct buf *out,
			      int64_t *hits)
{
	const struct rule *def = &redact_rules[rule];
	enum engine_result result = ENGINE_NOTHING;
	size_t from = 0, copied = 0;

	while (from <= n) {
		struct candidate c;
		int found = next_match(e, rule, text, n, from);

		if (found < 0)
			return ENGINE_GAVE_UP;
		if (found == 0)
			break;
		if (!take_match(e, def, text, n, &c)) {
			/* Go on inside what was refused: "secret: token: <value>" */
			from = c.start > from ? c.start : from + 1;
			while (from < n && ((unsigned char)text[from] & 0xC0) == 0x80)
				from++;
			continue;
		}
		result = ENGINE_HIT;
		if (!out)
			return result;
		buf_add(out, text + copied, c.start > copied ? c.start - copied : 0);
		buf_printf(out, MARKER "%s]", def->name);
		(*hits)++;
		from = copied = c.end;
	}
	if (result == ENGINE_HIT)
		buf_add(out, text + copied, n - copied);
	return result;
}
