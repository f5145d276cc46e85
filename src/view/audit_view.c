#include "view/audit_view.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "base/url.h"
#include "json/json.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"

#define BY_BYTES_MAX   200
#define UNDER_WAY_S    20 /* longer than a request may take */
#define CURSOR_DIGITS  9

/* What can be done through a page: as it is recorded, as a choice, in a sentence. */
static const struct {
	const char *action;
	const char *label;
	const char *text;
} acts[] = {
	{ "refresh", "Refresh", "asked for new readings" },
	{ "acknowledge", "Acknowledge", "acknowledged" },
	{ "snooze", "Snooze", "snoozed" },
	{ "silence", "Silence", "silenced" },
	{ "undo-answer", "Answer taken back", "took back an answer to" },
	{ "mark", "Mark", "called intended" },
	{ "unmark", "Mark taken back", "called no longer intended" },
	{ "revoke", "Revoke", "revoked" },
	{ "signin", "Sign in", "signed in" },
	{ "signout", "Sign out", "signed out" },
};
#define ACTIONS "refresh, acknowledge, snooze, silence, undo-answer, mark, unmark, revoke, signin, signout"

static const char *find_act(const char *action)
{
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		if (str_eq(acts[i].action, action))
			return acts[i].text;
	return NULL;
}

/* ---- the query ---- */

/* "12.3456": the file, and the place in it. */
static bool parse_cursor(const char *text, struct arena *a, struct audit_place *out)
{
	const char *dot = strchr(text, '.');

	return dot && dot - text <= CURSOR_DIGITS && strlen(dot + 1) <= CURSOR_DIGITS &&
	       str_parse_i64(arena_strndup(a, text, (size_t)(dot - text)), 1, INT64_MAX, &out->file) &&
	       str_parse_i64(dot + 1, 0, INT64_MAX, &out->offset);
}

const char *audit_query_parse(const struct audit_asked *q, struct arena *a, struct audit_query *out)
{
	int64_t limit = AUDIT_PAGE;

	*out = (struct audit_query){ .action = str_eq(q->action, "all") ? NULL : q->action, .sub = q->by && *q->by ? q->by : NULL };
	if (out->action && !find_act(out->action))
		return "There is no such action. \"action\" is one of: all, " ACTIONS ".";
	if (q->by && strlen(q->by) > BY_BYTES_MAX)
		return "The name is longer than 200 bytes.";
	if (q->limit && !str_parse_i64(q->limit, 1, AUDIT_PAGE_MAX, &limit))
		return "\"limit\" is a number from 1 to 200.";
	if (q->cursor && !parse_cursor(q->cursor, a, &out->before))
		return "This cursor is not one that a page of this list gave. Begin again without it.";
	out->limit = (size_t)limit;
	return NULL;
}

/* ---- the model ---- */

struct maker {
	const struct snapshot *s;
	const char *choice;
	const struct audit_asked *q;
	const struct audit_page *page;
	struct arena *a;
};

/* This page with one of its parameters changed; a NULL value takes it away. */
static const char *href(const struct maker *m, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char *value;
	} all[] = { { "action", m->q->action }, { "by", m->q->by }, { "limit", m->q->limit } };
	CLEANUP(buf_done) struct buf b = BUF_INIT(8192);

	buf_adds(&b, link_pane(m->a, "audit", m->choice));
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].value && *all[i].value && !str_eq(all[i].name, name))
			buf_printf(&b, "&%s=%s", all[i].name, url_encoded(m->a, all[i].value));
	if (name && value)
		buf_printf(&b, "&%s=%s", name, url_encoded(m->a, value));
	return arena_strdup(m->a, buf_str(&b));
}

static cJSON *choice_json(const struct maker *m, const char *id, const char *label)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "id", id);
	json_add_string(o, "label", label);
	json_add_string(o, "href", href(m, "action", str_eq(id, "all") ? NULL : id));
	json_add_bool(o, "isCurrent", str_eq(id, m->q->action ? m->q->action : "all"));
	return o;
}

static void add_kept(cJSON *list, const char *name, const char *value)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "name", name);
	json_add_string(o, "value", value);
	json_append(list, o);
}

static void add_filters(cJSON *model, const struct maker *m)
{
	cJSON *actions = json_add_array(model, "actions"), *kept;

	json_append(actions, choice_json(m, "all", "All"));
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		json_append(actions, choice_json(m, acts[i].action, acts[i].label));
	json_add_string(model, "action", m->q->action ? m->q->action : "all");
	add_text(model, "by", m->q->by && *m->q->by ? m->q->by : NULL, BY_BYTES_MAX, m->a);
	json_add_string(model, "clearHref", m->q->by && *m->q->by ? href(m, "by", NULL) : NULL);
	kept = json_add_array(model, "kept");
	add_kept(kept, "instance", m->choice ? m->choice : "all");
	if (m->q->action)
		add_kept(kept, "action", m->q->action);
}

/* "Vijay"; an instance that is configured no more goes by its id. NULL: of none in particular. */
static const char *label_of(const struct maker *m, const char *id, const char *action)
{
	if (!id)
		return str_eq(action, "refresh") ? "All" : NULL;
	for (size_t i = 0; i < m->s->n_instances; i++)
		if (str_eq(m->s->instances[i].instance->id, id))
			return instance_short_label(m->s->instances[i].instance, m->a);
	return str_eq(id, "host") ? "Host" : id;
}

static void add_outcome(cJSON *o, const struct maker *m, const struct audit_entry *e)
{
	bool is_new = e->at > m->s->now - UNDER_WAY_S;

	switch (e->outcome) {
	case AUDIT_DONE:
		json_add_string(o, "outcome", "done");
		json_add_string(o, "status", "ok");
		json_add_string(o, "word", "done");
		break;
	case AUDIT_FAILED:
		json_add_string(o, "outcome", "failed");
		json_add_string(o, "status", "warn");
		json_add_string(o, "word", "failed");
		break;
	default:
		json_add_string(o, "outcome", "unknown");
		json_add_string(o, "status", is_new ? "info" : "unknown");
		json_add_string(o, "word", is_new ? "under way" : "unknown");
	}
	if (e->outcome == AUDIT_OUTCOME_UNKNOWN && !is_new)
		json_add_string(o, "why", "How it ended is not on record: the program ended first, or could not write.");
	else
		add_text(o, "why", e->why ? arena_printf(m->a, "%s.", human_cap(m->a, e->why)) : NULL, AUDIT_WORDS_MAX + 1, m->a);
}

static cJSON *entry_json(const struct maker *m, const struct audit_entry *e)
{
	const char *text = find_act(e->action);
	cJSON *o = cJSON_CreateObject();

	add_text(o, "id", e->id, 64, m->a);
	add_text(o, "instanceId", e->instance, 64, m->a);
	add_text(o, "instanceLabel", label_of(m, e->instance, e->action), 64, m->a);
	add_time(o, "done", e->at, m->s->now, m->a);
	add_text(o, "by", e->sub, 128, m->a);
	add_text(o, "role", e->role, 16, m->a);
	add_text(o, "action", e->action, 64, m->a);
	add_text(o, "actionText", text ? text : arena_printf(m->a, "did \"%s\"", e->action), 100, m->a);
	add_text(o, "target", e->target, AUDIT_WORDS_MAX, m->a);
	add_text(o, "detail", e->detail, AUDIT_WORDS_MAX, m->a);
	add_text(o, "pane", e->pane, 64, m->a);
	add_text(o, "requestId", e->request, 64, m->a);
	add_outcome(o, m, e);
	return o;
}

static void add_note(cJSON *list, const char *text, struct arena *a)
{
	cJSON *o = cJSON_CreateObject();

	json_add_null(o, "instanceId");
	add_text(o, "text", text, 400, a);
	json_append(list, o);
}

static void add_notes(cJSON *model, const struct maker *m)
{
	const struct audit_page *p = m->page;
	cJSON *list = json_add_array(model, "notes");

	if (p->n_unread == 1)
		add_note(list, arena_printf(m->a, "One file of the log could not be read, and what stands in it is missing here: %s.", p->unread), m->a);
	else if (p->n_unread)
		add_note(list, arena_printf(m->a, "%s files of the log could not be read, and what stands in them is missing here; the first: %s.",
					    human_number_cap(m->a, (int64_t)p->n_unread), p->unread), m->a);
	if (p->n_broken)
		add_note(list, arena_printf(m->a, "%s of the log %s no record, and %s left out: cut off, or not written by this program.",
					    human_cap(m->a, human_plural(m->a, (int64_t)p->n_broken, "line")), p->n_broken == 1 ? "is" : "are",
					    p->n_broken == 1 ? "is" : "are"), m->a);
	if (p->is_cut_short && p->looked_back_to)
		add_note(list, arena_printf(m->a, "Looked through back to %s; older records may be like that, too.",
					    human_instant(m->a, p->looked_back_to)), m->a);
	if (!p->has_more && p->is_trimmed)
		add_note(list, arena_printf(m->a, "This is the end: the newest %d files of 1 MiB are kept.", AUDIT_FILES_MAX), m->a);
}

static const char *empty_text(const struct maker *m)
{
	const struct audit_page *p = m->page;
	bool is_filtered = (m->q->action && !str_eq(m->q->action, "all")) || (m->q->by && *m->q->by) || m->choice;

	if (p->n)
		return NULL;
	if (p->probe.state == PROBE_UNKNOWN)
		return arena_printf(m->a, "The audit log cannot be read: %s. Nothing can be changed through a page until that is put right.",
				    p->probe.reason);
	if (p->n_unread)
		return "No record could be read.";
	if (m->q->cursor)
		return "There are no older records.";
	if (p->has_more)
		return "No record like that among those that were looked through.";
	return is_filtered ? "No record is like that." : "Nothing was changed through a page yet.";
}

static void add_list(cJSON *model, const struct maker *m)
{
	const struct audit_page *p = m->page;
	cJSON *list = json_add_array(model, "entries");
	const char *cursor = NULL;

	for (size_t i = 0; i < p->n; i++)
		json_append(list, entry_json(m, &p->list[i]));
	if (p->has_more)
		cursor = arena_printf(m->a, "%lld.%lld", (long long)p->next.file, (long long)p->next.offset);
	json_add_bool(model, "hasEntries", p->n > 0);
	add_text(model, "emptyText", empty_text(m), 600, m->a);
	json_add_string(model, "nextCursor", cursor);
	json_add_string(model, "olderHref", cursor ? href(m, "cursor", cursor) : NULL);
	json_add_string(model, "newestHref", m->q->cursor ? href(m, NULL, NULL) : NULL);
}

cJSON *audit_view(const struct snapshot *s, const char *choice, const struct audit_asked *asked, const struct audit_page *page,
		  struct arena *a)
{
	const struct maker m = { s, choice, asked, page, a };
	cJSON *model = cJSON_CreateObject();

	add_head(model, "Audit", s, verdict_of(s, choice, a), choice, a);
	json_add_string(model, "headline", "Who changed what");
	json_add_string(model, "note", "Whatever is changed through a page is written down before it is done, and then how it ended. Newest first.");
	json_add_string(model, "logState", page->probe.state == PROBE_UNKNOWN ? "unknown" : "ok");
	add_filters(model, &m);
	add_list(model, &m);
	add_notes(model, &m);
	return model;
}
