#include "view/timeline_json.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "model/instance.h"
#include "view/human.h"
#include "view/parts_json.h"
#include "view/status.h"
#include "view/task_words.h"

#define NAME_CHARS 100
#define TEXT_CHARS TIMELINE_CHARS
#define ENTRIES_MAX 300                 /* of one page, ... */
#define BYTES_MAX   ((size_t)200 * 1024) /* and of texts in it: an answer stays under 1 MiB */

/* Before 0.20 the rows of a turn have one time: a shorter span than this is none. */
#define SPAN_MS    50

enum kind { ENTRY_MESSAGE, ENTRY_TOOL, ENTRY_GAP };

struct entry {
	enum kind kind;
	const struct message *message;  /* a message, or the result of a call */
	const struct tool_call *call;
	int64_t at_ms;
	int64_t until_ms;
	int64_t count;                  /* calls that are one entry */
	int64_t bytes;                  /* of results */
	int64_t argument_bytes;
	enum message_mark mark;
};

struct entries {
	struct entry *list;
	size_t n;
};

/* ---- entries out of rows ---- */

static const struct message *result_of(const struct timeline_page *p, size_t from, const char *call_id)
{
	for (size_t i = from; call_id && i < p->n; i++)
		if (str_eq(p->rows[i].role, "tool") && str_eq(p->rows[i].call_id, call_id))
			return &p->rows[i];
	return NULL;
}

/* Whether a call on this page has it already. */
static bool has_call(const struct timeline_page *p, size_t before, const struct message *m)
{
	for (size_t i = 0; m->call_id && i < before; i++)
		for (size_t k = 0; k < p->rows[i].n_calls; k++)
			if (str_eq(p->rows[i].calls[k].id, m->call_id))
				return result_of(p, i + 1, m->call_id) == m;
	return false;
}

static struct entry *add(struct entries *e, enum kind kind, const struct message *m)
{
	struct entry *x = &e->list[e->n++];

	*x = (struct entry){ .kind = kind, .message = m, .count = 1, .bytes = COUNT_UNKNOWN, .argument_bytes = COUNT_UNKNOWN };
	if (m) {
		x->at_ms = x->until_ms = m->at_ms;
		x->bytes = m->bytes;
		x->mark = m->mark;
	}
	return x;
}

static void add_call(struct entries *e, const struct timeline_page *p, size_t at, const struct tool_call *c)
{
	const struct message *from = &p->rows[at], *result = result_of(p, at + 1, c->id);
	struct entry *x = add(e, ENTRY_TOOL, result);

	x->call = c;
	x->argument_bytes = c->bytes;
	x->at_ms = from->at_ms;
	if (!result)
		x->until_ms = from->at_ms;
	x->mark = from->mark;
}

static void add_row(struct entries *e, const struct timeline_page *p, size_t i)
{
	const struct message *m = &p->rows[i];

	if (str_eq(m->role, "session_meta"))
		return; /* the gateway's note to itself */
	if (str_eq(m->role, "tool")) {
		if (!has_call(p, i, m))
			add(e, ENTRY_TOOL, m);
		return;
	}
	if (m->bytes != 0 || m->n_calls == 0)
		add(e, ENTRY_MESSAGE, m);
	for (size_t k = 0; k < m->n_calls; k++)
		add_call(e, p, i, &m->calls[k]);
}

static const char *tool_name(const struct entry *x)
{
	return x->call && x->call->name ? x->call->name : x->message ? x->message->tool : NULL;
}

static bool is_plain(const struct entry *x)
{
	return x->kind == ENTRY_TOOL && x->message && x->message->failed != TRI_YES && !x->message->text &&
	       !(x->call && x->call->text);
}

static void sum(int64_t *to, int64_t n)
{
	*to = *to == COUNT_UNKNOWN || n == COUNT_UNKNOWN ? COUNT_UNKNOWN : *to + n;
}

/* Eleven files read one after the other are one line. */
static void join_plain(struct entries *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		struct entry *x = &e->list[i], *last = n ? &e->list[n - 1] : NULL;

		if (last && is_plain(last) && is_plain(x) && last->mark == x->mark && str_eq(tool_name(last), tool_name(x))) {
			last->count += x->count;
			last->until_ms = x->until_ms > last->until_ms ? x->until_ms : last->until_ms;
			sum(&last->bytes, x->bytes);
			sum(&last->argument_bytes, x->argument_bytes);
		} else {
			e->list[n++] = *x;
		}
	}
	e->n = n;
}

static size_t text_bytes(const struct message *m)
{
	size_t n = m->text ? strlen(m->text) : 0;

	for (size_t i = 0; i < m->n_calls; i++)
		n += m->calls[i].text ? strlen(m->calls[i].text) : 0;
	return n;
}

/* As many rows of it as make a page that is not too large; the next page begins where they end. */
static struct timeline_page part_of(const struct timeline_page *p)
{
	struct timeline_page part = *p;
	size_t entries = 0, bytes = 0;

	for (part.n = 0; part.n < p->n; part.n++) {
		const struct message *m = &p->rows[part.n];

		entries += 1 + m->n_calls;
		bytes += text_bytes(m);
		if (part.n && (entries > ENTRIES_MAX || bytes > BYTES_MAX))
			break;
	}
	part.has_more = p->has_more || part.n < p->n;
	return part;
}

static struct entries entries_of(const struct timeline_page *p, struct arena *a)
{
	struct entries e = { .list = arena_calloc(a, p->n * (TIMELINE_CALLS + 1) + 2, sizeof(*e.list)) };

	for (size_t i = 0; i < p->n; i++) {
		add_row(&e, p, i);
		if (p->rows[i].id == p->gap_after)
			add(&e, ENTRY_GAP, NULL);
	}
	join_plain(&e);
	return e;
}

/* ---- entries as JSON ---- */

/* "13:54:02", of an RFC 3339 text. */
static const char *time_text(const char *rfc, struct arena *a)
{
	return strlen(rfc) == CLOCK_TEXT_MAX - 1 ? arena_strndup(a, rfc + 11, 8) : NULL;
}

static void add_times(cJSON *o, const struct entry *x, const char **day, struct arena *a)
{
	char at[CLOCK_TEXT_MAX] = "", until[CLOCK_TEXT_MAX] = "";
	int64_t took = x->until_ms - x->at_ms;
	const char *today;

	if (x->at_ms)
		clock_rfc3339(x->at_ms / 1000, at);
	if (x->count > 1 && x->until_ms / 1000 > x->at_ms / 1000)
		clock_rfc3339(x->until_ms / 1000, until);
	today = *at ? arena_strndup(a, at, 10) : *day;
	json_add_string(o, "at", *at ? at : NULL);
	json_add_string(o, "timeText", time_text(at, a));
	json_add_string(o, "until", *until ? until : NULL);
	json_add_string(o, "untilText", time_text(until, a));
	json_add_string(o, "dayText", str_eq(today, *day) ? NULL : today);
	*day = today;
	if (x->kind == ENTRY_TOOL && took >= SPAN_MS)
		json_add_double(o, "took", (double)took / 1000);
	else
		json_add_null(o, "took");
	json_add_string(o, "tookText", x->kind == ENTRY_TOOL && took >= SPAN_MS ? human_took(a, took * 1000) : NULL);
}

static void add_size(cJSON *o, const char *name, int64_t bytes)
{
	if (bytes == COUNT_UNKNOWN)
		json_add_null(o, name);
	else
		json_add_i64(o, name, bytes);
}

/* "42 B in, 1.2 KiB out" of a tool, "312 B" of a message. */
static const char *size_text(const struct entry *x, struct arena *a)
{
	const char *in = x->argument_bytes > 0 ? arena_printf(a, "%s in", human_bytes(a, x->argument_bytes)) : NULL;
	const char *out = x->bytes > 0 && x->kind == ENTRY_TOOL ? arena_printf(a, "%s out", human_bytes(a, x->bytes)) : NULL;

	if (x->kind == ENTRY_MESSAGE)
		return x->bytes > 0 ? human_bytes(a, x->bytes) : NULL;
	return in && out ? arena_printf(a, "%s, %s", in, out) : in ? in : out;
}

/* A call whose answer never came is not one that failed. */
static void add_outcome(cJSON *o, const struct entry *x, struct arena *a)
{
	const struct message *m = x->message;
	bool failed = x->kind == ENTRY_TOOL && m && m->failed == TRI_YES;
	bool broke = x->kind == ENTRY_MESSAGE && m && m->finish && strstr(m->finish, "error");
	const char *word = failed || broke ? "failed" : x->kind == ENTRY_TOOL && !m ? "no result" : NULL;

	json_add_bool(o, "isFailed", failed || broke);
	json_add_string(o, "status", failed || broke ? status_name(STATUS_CRITICAL) : word ? status_name(STATUS_OFF) : NULL);
	json_add_string(o, "word", word);
	if (failed && m->exit_code != COUNT_UNKNOWN)
		json_add_i64(o, "exitCode", m->exit_code);
	else
		json_add_null(o, "exitCode");
	json_add_string(o, "exitText", failed && m->exit_code != COUNT_UNKNOWN
					       ? arena_printf(a, "exit %" PRId64, m->exit_code) : NULL);
}

static const char *mark_name(enum message_mark mark)
{
	return mark == MESSAGE_COMPACTED ? "compacted" : mark == MESSAGE_INACTIVE ? "inactive" : "active";
}

static const char *mark_words(enum message_mark mark)
{
	return mark == MESSAGE_COMPACTED ? "replaced by a summary" : mark == MESSAGE_INACTIVE ? "taken back" : NULL;
}

/* "stop" and "tool_calls" are how it should end; anything else is worth a word. */
static const char *finish_words(const struct message *m)
{
	static const char *const expected[] = { "stop", "tool_calls", "end_turn", "tool_use" };

	for (size_t i = 0; m && m->finish && i < ARRAY_SIZE(expected); i++)
		if (str_eq(m->finish, expected[i]))
			return NULL;
	return m ? m->finish : NULL;
}

static void add_words(cJSON *o, const struct entry *x, const struct timeline_facts *f, struct arena *a)
{
	const struct message *m = x->message;
	const char *name = tool_name(x);

	if (x->kind == ENTRY_TOOL)
		add_text(o, "name", name ? name : "a tool", NAME_CHARS, a);
	else
		json_add_string(o, "name", x->kind == ENTRY_MESSAGE ? role_words(a, m->role, f->session->source) : NULL);
	add_text(o, "role", x->kind == ENTRY_MESSAGE ? m->role : NULL, NAME_CHARS, a);
	json_add_bool(o, "isPerson", x->kind == ENTRY_MESSAGE && str_eq(m->role, "user"));
	add_text(o, "text", m ? m->text : NULL, TEXT_CHARS, a);
	add_text(o, "argumentsText", x->call ? x->call->text : NULL, TEXT_CHARS, a);
	json_add_string(o, "finish", x->kind == ENTRY_MESSAGE && m->finish ? str_clean(a, m->finish, strlen(m->finish), NAME_CHARS) : NULL);
	add_text(o, "finishText", x->kind == ENTRY_MESSAGE ? finish_words(m) : NULL, NAME_CHARS, a);
}

static const char *gap_words(const struct timeline_page *p, struct arena *a)
{
	if (p->total == COUNT_UNKNOWN || p->total <= p->held)
		return "Messages are left out here; how many is not known.";
	return arena_printf(a, "%s messages are left out here: the first %d and the newest %d are kept.",
			    human_count(a, p->total - p->held), TIMELINE_FIRST, TIMELINE_NEWEST);
}

static cJSON *entry_json(const struct entry *x, const struct timeline_facts *f, const char **day, struct arena *a)
{
	static const char *const kinds[] = { "message", "tool", "gap" };
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "kind", kinds[x->kind]);
	json_add_string(o, "instanceId", f->instance_id);
	json_add_string(o, "id", x->message ? arena_printf(a, "%" PRId64, x->message->id) : NULL);
	json_add_bool(o, "isGap", x->kind == ENTRY_GAP);
	json_add_string(o, "gapText", x->kind == ENTRY_GAP ? gap_words(f->page, a) : NULL);
	add_words(o, x, f, a);
	add_times(o, x, day, a);
	add_size(o, "bytes", x->bytes);
	add_size(o, "argumentBytes", x->argument_bytes);
	json_add_string(o, "sizeText", size_text(x, a));
	json_add_i64(o, "count", x->count);
	json_add_string(o, "countText", x->count > 1 ? arena_printf(a, "%" PRId64 " calls", x->count) : NULL);
	if (x->kind == ENTRY_MESSAGE && x->message->tokens != COUNT_UNKNOWN)
		json_add_i64(o, "tokens", x->message->tokens);
	else
		json_add_null(o, "tokens");
	add_outcome(o, x, a);
	json_add_string(o, "mark", mark_name(x->mark));
	json_add_string(o, "markText", mark_words(x->mark));
	return o;
}

/* ---- around them ---- */

static const char *empty_words(const struct timeline_facts *f, struct arena *a)
{
	const struct timeline_page *p = f->page;

	if (!p)
		return f->trouble ? arena_printf(a, "The messages are not known: %s.", f->trouble) : "The messages are not known.";
	if (p->note && p->n == 0)
		return arena_printf(a, "Not known: %s.", p->note);
	if (!p->is_known)
		return p->is_pending ? "Its messages are about to be read; the exporter's next run goes on with it."
				     : "Its messages are not kept: only those of sessions of the last 30 days are.";
	return p->n == 0 && f->after ? "There are no messages after that one." : "Nothing was said in it.";
}

static const char *more_words(const struct timeline_facts *f, struct arena *a)
{
	const struct timeline_page *p = f->page;

	if (!p || p->n == 0)
		return NULL;
	if (p->note)
		return arena_printf(a, "The newest are not known: %s.", p->note);
	return p->is_pending && !p->has_more ? "There are newer ones; the exporter's next run takes them in." : NULL;
}

static void add_href(cJSON *o, const char *name, const struct timeline_facts *f, bool wanted, int64_t after, struct arena *a)
{
	const char *href = NULL;

	if (wanted && f->href)
		href = after ? arena_printf(a, "%s?after=%" PRId64, f->href, after) : f->href;
	json_add_string(o, name, href);
}

static void add_pages(cJSON *o, const struct timeline_facts *f, struct arena *a)
{
	const struct timeline_page *p = f->page;
	bool has_pages = p && f->href && (p->has_before || p->has_more);

	json_add_bool(o, "hasPages", has_pages);
	add_href(o, "firstHref", f, p && p->has_before, 0, a);
	add_href(o, "previousHref", f, p && p->has_before && p->before, p ? p->before : 0, a);
	add_href(o, "nextHref", f, p && p->has_more && p->n, p && p->n ? p->rows[p->n - 1].id : 0, a);
	add_href(o, "newestHref", f, p && p->has_more && p->newest, p ? p->newest : 0, a);
}

static const char *summary(const struct timeline_facts *f, struct arena *a)
{
	int64_t messages = f->page && f->page->total > 0 ? f->page->total : f->session->messages;
	int64_t calls = f->session->tool_calls;

	if (messages < 0)
		return NULL;
	return arena_printf(a, "%s message%s%s", human_count(a, messages), messages == 1 ? "" : "s",
			    calls > 0 ? arena_printf(a, ", %s tool call%s", human_count(a, calls), calls == 1 ? "" : "s") : "");
}

static void add_figures(cJSON *o, const struct timeline_page *p)
{
	bool is_counted = p && p->total != COUNT_UNKNOWN;

	if (is_counted)
		json_add_i64(o, "messages", p->total);
	else
		json_add_null(o, "messages");
	if (is_counted && p->total >= p->held)
		json_add_i64(o, "leftOut", p->gap_after ? p->total - p->held : 0);
	else
		json_add_null(o, "leftOut");
}

static void add_policy(cJSON *o, int publish)
{
	static const char *const policies[] = { "counts", "titles", "excerpts" };
	bool is_known = publish >= PUBLISH_COUNTS && publish <= PUBLISH_EXCERPTS;

	json_add_string(o, "policy", is_known ? policies[publish] : NULL);
	json_add_string(o, "policyText", is_known ? policy_words(publish) : "Not known: there is no report of this instance.");
}

void add_timeline(cJSON *model, const struct timeline_facts *facts, struct arena *a)
{
	cJSON *o = json_add_object(model, "timeline"), *list = json_add_array(o, "entries");
	struct timeline_facts f = *facts;
	struct timeline_page part;
	struct entries e = { 0 };
	const char *day = NULL;

	if (f.page) {
		part = part_of(f.page);
		f.page = &part;
		e = entries_of(&part, a);
	}
	for (size_t i = 0; i < e.n; i++)
		json_append(list, entry_json(&e.list[i], &f, &day, a));
	json_add_bool(o, "isKnown", f.page && f.page->is_known && !f.page->note);
	json_add_bool(o, "hasEntries", e.n > 0);
	json_add_string(o, "summaryText", summary(&f, a));
	json_add_string(o, "emptyText", e.n ? NULL : empty_words(&f, a));
	json_add_string(o, "moreText", more_words(&f, a));
	add_figures(o, f.page);
	add_policy(o, f.publish);
	add_pages(o, &f, a);
}
