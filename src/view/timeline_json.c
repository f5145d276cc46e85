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
#include "view/timeline_entries.h"

#define NAME_CHARS 100
#define TEXT_CHARS TIMELINE_CHARS
/* Before 0.20 the rows of a turn have one time: a shorter span than this is none. */
#define SPAN_MS    50

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

	for (size_t i = 0; m->finish && i < ARRAY_SIZE(expected); i++)
		if (str_eq(m->finish, expected[i]))
			return NULL;
	return m->finish;
}

static void add_words(cJSON *o, const struct entry *x, const struct timeline_facts *f, struct arena *a)
{
	const struct message *m = x->message, *said = x->kind == ENTRY_MESSAGE ? m : NULL;
	const char *name = said ? role_words(a, said->role, f->session->source) : entry_tool(x);

	add_text(o, "name", name ? name : x->kind == ENTRY_TOOL ? "a tool" : NULL, NAME_CHARS, a);
	add_text(o, "role", said ? said->role : NULL, NAME_CHARS, a);
	json_add_bool(o, "isPerson", said && str_eq(said->role, "user"));
	add_text(o, "text", m ? m->text : NULL, TEXT_CHARS, a);
	add_text(o, "argumentsText", x->call ? x->call->text : NULL, TEXT_CHARS, a);
	add_text(o, "finish", said ? said->finish : NULL, NAME_CHARS, a);
	add_text(o, "finishText", said ? finish_words(said) : NULL, NAME_CHARS, a);
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
	if (x->kind == ENTRY_MESSAGE && x->message && x->message->tokens != COUNT_UNKNOWN)
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
		part = timeline_part(f.page);
		f.page = &part;
		e = timeline_entries(&part, a);
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
