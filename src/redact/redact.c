#include "redact/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "redact/encoded.h"
#include "redact/engine.h"
#include "redact/rules.h"

#define TEXT_MAX    65536
#define OUT_MAX     (8 * TEXT_MAX) /* room while rules work; what leaves is cut to TEXT_MAX again */
#define PASSES_MAX  8
#define TAIL_MAX    256            /* a cut moves back to a blank at most this far */
#define FIND_STEP   (TEXT_MAX - 8192)

/* Two names that are not in the table. */
#define NAME_ENCODED "encoded"
#define NAME_LIMIT   "match-limit"

struct named_count {
	const char *name;
	int64_t hits;
};

struct redactor {
	struct engine *engine;
	const char *const *fine;    /* rules that are not looked for just now */
	size_t n_fine;
	struct named_count counts[LITERALS_OWNERS_MAX + 2];
	size_t n_counts;
	size_t count_of[LITERALS_OWNERS_MAX + 2]; /* by rule; the last two: encoded, limit */
	int64_t total;
};

#define RULE_ENCODED (redact_n_rules)
#define RULE_LIMIT   (redact_n_rules + 1)

static const char *name_of(size_t rule)
{
	if (rule == RULE_ENCODED)
		return NAME_ENCODED;
	return rule == RULE_LIMIT ? NAME_LIMIT : redact_rules[rule].name;
}

static void count_names(struct redactor *r, bool privacy)
{
	for (size_t rule = 0; rule <= RULE_LIMIT; rule++) {
		size_t i = 0;

		if (rule < redact_n_rules && redact_rules[rule].privacy && !privacy)
			continue;
		while (i < r->n_counts && strcmp(r->counts[i].name, name_of(rule)) != 0)
			i++;
		if (i == r->n_counts)
			r->counts[r->n_counts++].name = name_of(rule);
		r->count_of[rule] = i;
	}
}

struct redactor *redactor_new(bool privacy)
{
	struct redactor *r = calloc(1, sizeof(*r));

	if (!r) {
		fprintf(stderr, "mission-control: out of memory\n");
		abort();
	}
	r->engine = engine_new(privacy);
	count_names(r, privacy);
	return r;
}

void redactor_free(struct redactor *r)
{
	if (!r)
		return;
	engine_free(r->engine);
	free(r);
}

void redactor_set_match_limit(struct redactor *r, uint32_t steps)
{
	engine_set_match_limit(r->engine, steps);
}

static void add_hits(struct redactor *r, size_t rule, int64_t hits)
{
	r->counts[r->count_of[rule]].hits += hits;
	r->total += hits;
}

const char *redactor_rule(const struct redactor *r, size_t i, int64_t *hits)
{
	if (i >= r->n_counts)
		return NULL;
	if (hits)
		*hits = r->counts[i].hits;
	return r->counts[i].name;
}

int64_t redactor_total(const struct redactor *r)
{
	return r->total;
}

static bool is_fine(const struct redactor *r, const char *rule)
{
	for (size_t i = 0; i < r->n_fine; i++)
		if (str_eq(r->fine[i], rule))
			return true;
	return false;
}

/* The first rule that hits in valid UTF-8, NULL when none does. Looks into encodings only when asked to. */
static const char *find_plain(struct redactor *r, const char *text, size_t n)
{
	struct owner_set rules = { 0 };

	engine_candidates(r->engine, text, n, &rules);
	for (size_t i = 0; i < redact_n_rules; i++) {
		enum engine_result got;

		if (!owner_set_has(&rules, i) || is_fine(r, name_of(i)))
			continue;
		got = engine_run(r->engine, i, text, n, NULL, NULL);
		if (got != ENGINE_NOTHING)
			return got == ENGINE_HIT ? name_of(i) : NAME_LIMIT;
	}
	return NULL;
}

/* The next run of base64 or percent-encoding that says a secret. */
static bool next_encoded(struct redactor *r, const char *text, size_t n, size_t from, struct encoded_run *run)
{
	CLEANUP(buf_done) struct buf plain = BUF_INIT(TEXT_MAX);

	while (encoded_next(text, n, from, run)) {
		if (encoded_text(text + run->start, run->end - run->start, &plain) &&
		    find_plain(r, plain.data, plain.len))
			return true;
		from = run->end;
	}
	return false;
}

/* Replaces encoded runs; false when there were none. */
static bool hide_encoded(struct redactor *r, const struct buf *text, struct buf *out)
{
	struct encoded_run run;
	size_t from = 0;

	while (next_encoded(r, buf_str(text), text->len, from, &run)) {
		buf_add(out, text->data + from, run.start - from);
		buf_adds(out, "[redacted:" NAME_ENCODED "]");
		add_hits(r, RULE_ENCODED, 1);
		from = run.end;
	}
	if (from == 0)
		return false;
	buf_add(out, text->data + from, text->len - from);
	return true;
}

static void swap(struct buf *a, struct buf *b)
{
	struct buf t = *a;

	*a = *b;
	*b = t;
}

static void give_up(struct redactor *r, struct buf *text)
{
	buf_clear(text);
	buf_adds(text, "[redacted:" NAME_LIMIT "]");
	add_hits(r, RULE_LIMIT, 1);
}

/*
 * Cuts to the most that is looked at: at a character, not inside a marker,
 * and where there is a blank near the end, at that: half a secret is harder
 * to recognise than a whole one.
 */
static void cut(struct buf *text)
{
	size_t n = TEXT_MAX;

	if (text->len <= TEXT_MAX)
		return;
	while (((unsigned char)text->data[n] & 0xC0) == 0x80)
		n--;
	for (size_t i = n; i > n - TAIL_MAX; i--) {
		if (text->data[i] != ' ' && text->data[i] != '\n' && text->data[i] != '\t')
			continue;
		n = i;
		break;
	}
	for (size_t i = n; i > n - 64; i--) {
		if (text->data[i] == ']')
			break;
		if (text->data[i] == '[') {
			n = i;
			break;
		}
	}
	text->len = n;
	text->data[n] = '\0';
}

/* One pass of every rule; false when nothing changed. */
static bool pass(struct redactor *r, struct buf *text, struct buf *spare)
{
	struct owner_set rules = { 0 };
	bool changed = false;

	cut(text);
	engine_candidates(r->engine, buf_str(text), text->len, &rules);
	for (size_t i = 0; i < redact_n_rules; i++) {
		enum engine_result got;
		int64_t hits = 0;

		if (!owner_set_has(&rules, i))
			continue;
		buf_clear(spare);
		got = engine_run(r->engine, i, text->data, text->len, spare, &hits);
		if (got == ENGINE_GAVE_UP || spare->overflow) {
			give_up(r, text);
			return false;
		}
		if (got == ENGINE_HIT) {
			swap(text, spare);
			add_hits(r, i, hits);
			changed = true;
		}
	}
	buf_clear(spare);
	if (hide_encoded(r, text, spare)) {
		swap(text, spare);
		changed = true;
	}
	return changed;
}

/* Nothing to do for this text? The common case: one scan, no copy. */
static bool is_clean(struct redactor *r, const char *text, size_t n)
{
	struct encoded_run run;

	return n <= TEXT_MAX && str_is_utf8(text, n) && !find_plain(r, text, n) &&
	       !next_encoded(r, text, n, 0, &run);
}

/* Adds n bytes; what is no UTF-8 becomes U+FFFD. */
static void add_scrubbed(struct buf *out, const char *s, size_t n)
{
	while (n) {
		size_t len = str_utf8_len(s, n);

		if (len)
			buf_add(out, s, len);
		else
			buf_adds(out, "\xEF\xBF\xBD");
		s += len ? len : 1;
		n -= len ? len : 1;
	}
}

const char *redact(struct redactor *r, const char *text, struct arena *a)
{
	CLEANUP(buf_done) struct buf work = BUF_INIT(OUT_MAX);
	CLEANUP(buf_done) struct buf spare = BUF_INIT(OUT_MAX);
	size_t n;

	if (!text)
		return NULL;
	n = strnlen(text, TEXT_MAX + 1);
	if (is_clean(r, text, n))
		return text;
	add_scrubbed(&work, text, n);
	for (int i = 0; pass(r, &work, &spare); i++) {
		if (i < PASSES_MAX)
			continue;
		give_up(r, &work); /* it never comes to rest */
		break;
	}
	return arena_strndup(a, buf_str(&work), work.len);
}

static const char *find_in_window(struct redactor *r, const char *text, size_t n)
{
	CLEANUP(buf_done) struct buf clean = BUF_INIT(3 * TEXT_MAX);
	struct encoded_run run;
	const char *name;

	if (!str_is_utf8(text, n)) {
		add_scrubbed(&clean, text, n);
		text = clean.data;
		n = clean.len;
	}
	name = find_plain(r, text, n);
	if (!name && !is_fine(r, NAME_ENCODED) && next_encoded(r, text, n, 0, &run))
		name = NAME_ENCODED;
	return name;
}

const char *redact_find(struct redactor *r, const char *text, size_t n)
{
	/* Windows overlap by more than a secret's length, but for a key in PEM: its first line is enough. */
	for (size_t from = 0; from < n; from += FIND_STEP) {
		size_t len = n - from < TEXT_MAX ? n - from : TEXT_MAX;
		const char *name = find_in_window(r, text + from, len);

		if (name || from + len == n)
			return name;
	}
	return NULL;
}

const char *redact_find_but(struct redactor *r, const char *text, size_t n, const char *const *fine, size_t n_fine)
{
	const char *name;

	r->fine = fine;
	r->n_fine = n_fine;
	name = redact_find(r, text, n);
	r->fine = NULL;
	r->n_fine = 0;
	return name;
}
