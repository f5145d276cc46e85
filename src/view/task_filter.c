#include "view/task_filter.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "base/url.h"

#define WORDS_BYTES_MAX 200
#define NAME_BYTES_MAX  200
#define HREF_MAX        8192
#define DAY_S           86400

const struct task_choice task_states[] = {
	{ .id = "all", .label = "All", .none = "No work is on record in this time." },
	{ .id = "active", .label = "Active", .none = "Nothing is at work." },
	{ .id = "stalled", .label = "Stalled", .none = "Nothing is stalled." },
	{ .id = "failed", .label = "Failed", .none = "Nothing failed in this time." },
	{ .id = "not-delivered", .label = "Not delivered", .none = "Every answer was delivered, as far as the jobs' last runs tell." },
	{ .id = "late", .label = "Late", .none = "No job is late." },
	{ .id = "open", .label = "Open", .none = "No session waits for someone." },
	{ .id = "ended", .label = "Ended", .none = "No session ended that was begun in this time." },
	{ .id = "ok", .label = "Runs ok", .none = "No scheduled run ended well in this time." },
	{ .id = "paused", .label = "Paused", .none = "No job is paused." },
	{ 0 },
};

const struct task_choice task_spans[] = {
	{ .id = "24h", .label = "24 hours", .span_s = DAY_S },
	{ .id = "7d", .label = "7 days", .span_s = 7 * DAY_S },
	{ .id = "30d", .label = "30 days", .span_s = 30 * DAY_S },
	{ .id = "all", .label = "All time" },
	{ 0 },
};

static const struct task_choice *choice_of(const struct task_choice *list, const char *id)
{
	for (; list->id; list++)
		if (str_eq(list->id, id))
			return list;
	return NULL;
}

static const char *ids_of(const struct task_choice *list, struct arena *a)
{
	const char *text = list->id;

	while ((++list)->id)
		text = arena_printf(a, "%s, %s", text, list->id);
	return text;
}

/* "<at>.<s|r>.<n>.<instance>" */
bool task_cursor_parse(const char *text, struct arena *a, struct list_cursor *out)
{
	const char *kind = strchr(text, '.'), *n, *id;

	if (!kind || (kind[1] != 's' && kind[1] != 'r') || kind[2] != '.')
		return false;
	n = kind + 3;
	id = strchr(n, '.');
	if (!id || strlen(id + 1) > NAME_BYTES_MAX || !id[1])
		return false;
	out->kind = kind[1] == 's' ? WORK_SESSION : WORK_RUN;
	out->ledger_id = arena_strdup(a, id + 1);
	return str_parse_i64(arena_strndup(a, text, (size_t)(kind - text)), 0, INT64_MAX / 4, &out->at) &&
	       str_parse_i64(arena_strndup(a, n, (size_t)(id - n)), 1, INT64_MAX / 4, &out->n);
}

const char *task_cursor_text(const struct list_cursor *c, struct arena *a)
{
	return arena_printf(a, "%" PRId64 ".%c.%" PRId64 ".%s", c->at, c->kind == WORK_SESSION ? 's' : 'r', c->n, c->ledger_id);
}

static const char *parse_span(const struct task_asked *q, int64_t now, struct arena *a, struct task_filter *out)
{
	const struct task_choice *span = choice_of(task_spans, q->since ? q->since : "7d");

	if (q->since && (q->from || q->to))
		return "\"since\" and \"from\" or \"to\" exclude each other.";
	if (!span)
		return arena_printf(a, "There is no such time. \"since\" is one of: %s; or give \"from\" and \"to\".",
				    ids_of(task_spans, a));
	if (!q->from && !q->to) {
		out->since = span->id;
		out->from_s = span->span_s ? now - span->span_s : 0;
		return NULL;
	}
	if ((q->from && !clock_parse_iso(q->from, 0, &out->from_s)) || (q->to && !clock_parse_iso(q->to, 0, &out->to_s)))
		return "\"from\" and \"to\" are times like 2026-11-24T05:22:00Z.";
	if (out->from_s < 0 || out->to_s < 0 || (q->to && out->to_s <= out->from_s))
		return "\"to\" must come after \"from\".";
	if (out->from_s > now)
		return "\"from\" is a time that is over; nothing has begun after now.";
	return NULL;
}

/* The code point of a valid UTF-8 sequence of n bytes. */
static uint32_t code_of(const char *s, size_t n)
{
	uint32_t c = n == 1 ? (unsigned char)*s : (unsigned char)*s & (0xFFu >> (n + 1));

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3F);
	return c;
}

/* Blocks of signs, spaces and pictures alone, which are no part of a word to the search (FTS5's unicode61). */
static bool is_sign(uint32_t c)
{
	static const uint32_t blocks[][2] = { { 0, '0' - 1 }, { '9' + 1, 'A' - 1 }, { 'Z' + 1, 'a' - 1 }, { 'z' + 1, 0xA9 },
					      { 0xAB, 0xB1 }, { 0xBB, 0xBB }, { 0x2000, 0x206F }, { 0x2190, 0x245F }, { 0x2500, 0x2775 },
					      { 0x27C0, 0x2BFF }, { 0x3000, 0x3004 }, { 0xE000, 0xF8FF }, { 0xFE00, 0xFE0F },
					      { 0xFFF0, 0xFFFF }, { 0x1F000, 0x1F0FF }, { 0x1F300, 0x1FAFF }, { 0xE0000, 0x10FFFF } };

	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		if (c >= blocks[i][0] && c <= blocks[i][1])
			return true;
	return false;
}

static bool has_word(const char *q)
{
	size_t left = strlen(q), n;

	for (; left && (n = str_utf8_len(q, left)) > 0; q += n, left -= n)
		if (!is_sign(code_of(q, n)))
			return true;
	return false;
}

static const char *parse_words(const struct task_asked *q, struct task_filter *out)
{
	if (q->q && strlen(q->q) > WORDS_BYTES_MAX)
		return "The search is longer than 200 bytes.";
	if (q->q && *q->q && !has_word(q->q))
		return "The search needs a letter or a digit: it finds titles by the beginnings of their words.";
	out->words = q->q && *q->q ? q->q : NULL;
	if ((q->source && strlen(q->source) > NAME_BYTES_MAX) || (q->job && strlen(q->job) > NAME_BYTES_MAX))
		return "A name is longer than 200 bytes.";
	if ((q->source && !*q->source) || (q->job && !*q->job))
		return "\"source\" and \"job\" need a name; leave them out for all.";
	out->source = q->source;
	out->job = q->job;
	return NULL;
}

const char *task_filter_parse(const struct task_asked *q, int64_t now, struct arena *a, struct task_filter *out)
{
	const struct task_choice *state = choice_of(task_states, q->state ? q->state : "all");
	const char *wrong;
	int64_t limit = TASK_PAGE_DEFAULT;

	*out = (struct task_filter){ .asked = *q };
	if (!state)
		return arena_printf(a, "There is no such state. There are: %s.", ids_of(task_states, a));
	out->state = state->id;
	wrong = parse_span(q, now, a, out);
	if (!wrong)
		wrong = parse_words(q, out);
	if (wrong)
		return wrong;
	if (q->limit && !str_parse_i64(q->limit, 1, TASK_PAGE_MAX, &limit))
		return "\"limit\" is a number from 1 to 200.";
	out->limit = (size_t)limit;
	out->has_cursor = q->cursor != NULL;
	if (q->cursor && !task_cursor_parse(q->cursor, a, &out->after))
		return "This cursor is not one that a page of this list gave. Begin again without it.";
	return NULL;
}

const char *task_filter_href(const struct task_filter *f, const char *instance_id, const char *name, const char *value,
			     struct arena *a)
{
	const struct task_asked *q = &f->asked;
	const struct {
		const char *name;
		const char *value;
	} all[] = { { "state", q->state }, { "source", q->source }, { "since", q->since }, { "from", q->from },
		    { "to", q->to }, { "q", q->q && *q->q ? q->q : NULL }, { "job", q->job }, { "limit", q->limit } };
	CLEANUP(buf_done) struct buf b = BUF_INIT(HREF_MAX);

	buf_printf(&b, "/hermes/tasks?instance=%s", instance_id ? url_encoded(a, instance_id) : "all");
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		/* A span replaces the two ends, and they it. */
		bool is_other = str_eq(name, "since") && (str_eq(all[i].name, "from") || str_eq(all[i].name, "to"));

		if (all[i].value && !str_eq(all[i].name, name) && !is_other)
			buf_printf(&b, "&%s=%s", all[i].name, url_encoded(a, all[i].value));
	}
	if (name && value)
		buf_printf(&b, "&%s=%s", name, url_encoded(a, value));
	return arena_strdup(a, buf_str(&b));
}
