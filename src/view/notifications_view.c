#include "view/notifications_view.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "base/url.h"
#include "json/json.h"
#include "view/human.h"
#include "view/judge_outbox.h"
#include "view/links.h"
#include "view/parts_json.h"
#include "view/runbook.h"
#include "view/task_filter.h"
#include "view/verdict.h"

#define LINES_MAX  30   /* of a text */
#define LINE_CHARS 300
#define NOTES_MAX  20
#define WAYS_MAX   20

static const struct {
	const char *id;
	const char *label;
	const char *none;
} states[] = {
	{ "all", "All", "Nothing has been said yet: there was no alert to tell of." },
	{ "sent", "Sent", "No message like that has arrived." },
	{ "waiting", "Waiting", "No message waits." },
	{ "refused", "Refused", "No message was refused." },
	{ "unclear", "Unclear", "Of every message it is known what became of it." },
	{ "merged", "Merged", "No message was told by another." },
};
#define STATES "all, sent, waiting, refused, unclear, merged"

/* ---- the query ---- */

static size_t find_state(const char *id)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(states) && !str_eq(states[i].id, id))
		i++;
	return i;
}

const char *messages_filter_parse(const struct messages_asked *q, const char *instance, struct arena *a, struct messages_filter *out)
{
	int64_t limit = MESSAGES_PAGE;

	*out = (struct messages_filter){ .state = q->state ? q->state : "all", .has_cursor = q->cursor != NULL, .asked = *q };
	if (find_state(out->state) == ARRAY_SIZE(states))
		return "There is no such state. There are: " STATES ".";
	if (q->alert && !instance)
		return "\"alert\" is a number in the book of one instance: choose that with \"instance\".";
	if (q->alert && (!str_parse_i64(q->alert, -INT64_MAX, INT64_MAX, &out->alert) || !out->alert))
		return "\"alert\" is the number of an alert, from 1 on; below zero in the machine's book.";
	if (q->limit && !str_parse_i64(q->limit, 1, MESSAGES_PAGE_MAX, &limit))
		return "\"limit\" is a number from 1 to 200.";
	if (q->cursor && !task_cursor_parse(q->cursor, a, &out->after))
		return "This cursor is not one that a page of this list gave. Begin again without it.";
	out->limit = (size_t)limit;
	return NULL;
}

bool messages_filter_has(const struct messages_filter *f, enum outbox_state s)
{
	return str_eq(f->state, "all") || str_eq(f->state, outbox_state_name(s));
}

/* ---- the model ---- */

struct maker {
	const struct snapshot *s;
	const char *choice;
	const struct messages_filter *f;
	const struct messages_input *in;
	const struct verdict *v;
	struct arena *a;
};

/* This page with one of its parameters changed; a NULL value takes it away. */
static const char *href(const struct maker *m, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char *value;
	} all[] = { { "state", m->f->asked.state }, { "alert", m->f->asked.alert }, { "limit", m->f->asked.limit } };
	CLEANUP(buf_done) struct buf b = BUF_INIT(4096);

	buf_adds(&b, link_pane(m->a, "notifications", m->choice));
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].value && !str_eq(all[i].name, name))
			buf_printf(&b, "&%s=%s", all[i].name, url_encoded(m->a, all[i].value));
	if (name && value)
		buf_printf(&b, "&%s=%s", name, url_encoded(m->a, value));
	return arena_strdup(m->a, buf_str(&b));
}

/* Of those in the ledgers that were read. */
static int64_t count(const struct maker *m, const char *state)
{
	int64_t n = 0;

	for (size_t i = 0; i < m->in->n_ledgers; i++)
		for (int s = OUTBOX_WAITING; !m->in->ledgers[i].reason && s <= OUTBOX_UNCLEAR; s++)
			if (str_eq(state, "all") || str_eq(state, outbox_state_name((enum outbox_state)s)))
				n += m->in->ledgers[i].counts.of[s];
	return n;
}

static void add_filters(cJSON *model, const struct maker *m)
{
	cJSON *list = json_add_array(model, "states");

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		int64_t n = m->f->alert ? 0 : count(m, states[i].id);
		cJSON *o = cJSON_CreateObject();

		json_add_string(o, "id", states[i].id);
		json_add_string(o, "label", states[i].label);
		json_add_string(o, "href", href(m, "state", i == 0 ? NULL : states[i].id));
		json_add_bool(o, "isCurrent", str_eq(m->f->state, states[i].id));
		json_add_string(o, "countText", n > 0 ? human_count(m->a, n) : NULL);
		json_append(list, o);
	}
	json_add_string(model, "state", m->f->state);
	json_add_string(model, "alert", m->f->alert ? m->f->asked.alert : NULL);
	json_add_string(model, "clearHref", m->f->alert ? href(m, "alert", NULL) : NULL);
}

static const char *label_of(const struct maker *m, const char *id)
{
	for (size_t i = 0; i < m->v->n_parts; i++)
		if (str_eq(m->v->parts[i].snapshot->instance->id, id))
			return m->v->parts[i].name;
	return id;
}

/* The text's lines, each as a line; the first one is what it is about. */
static void add_lines(cJSON *o, const char *text, struct arena *a)
{
	cJSON *list;
	const char *line = text, *end;

	end = strchrnul(line, '\n');
	json_add_string(o, "title", end > line ? str_clean(a, line, (size_t)(end - line), LINE_CHARS) : NULL);
	list = json_add_array(o, "lines");
	while (*end && cJSON_GetArraySize(list) < LINES_MAX) {
		line = end + 1;
		end = strchrnul(line, '\n');
		if (end > line)
			json_append(list, cJSON_CreateString(str_clean(a, line, (size_t)(end - line), LINE_CHARS)));
	}
	json_add_bool(o, "hasLines", cJSON_GetArraySize(list) > 0);
}

static void add_number(cJSON *o, const char *name, int64_t n, struct arena *a)
{
	json_add_string(o, name, n ? arena_printf(a, "%lld", (long long)n) : NULL);
}

static cJSON *message_json(const struct maker *m, const struct message_row *r)
{
	static const enum status severities[] = { [ALERT_NONE] = STATUS_INFO, [ALERT_UNKNOWN] = STATUS_UNKNOWN, [ALERT_WARN] = STATUS_WARN,
						  [ALERT_CRITICAL] = STATUS_CRITICAL };
	const struct outbox_item *x = &r->item;
	struct outbox_verdict v = judge_outbox(x, r->id, m->s->now, m->a);
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "id", arena_printf(m->a, "%s/%lld", r->id, (long long)x->n));
	json_add_string(o, "instanceId", r->id);
	json_add_string(o, "instanceLabel", label_of(m, r->id));
	json_add_string(o, "kind", outbox_kind_word(x->kind));
	json_add_string(o, "state", v.state);
	json_add_string(o, "status", status_name(v.status));
	json_add_string(o, "word", v.word);
	json_add_string(o, "severity",
			x->severity >= ALERT_UNKNOWN && x->severity <= ALERT_CRITICAL ? status_severity(severities[x->severity]) : NULL);
	add_lines(o, x->text, m->a);
	add_time(o, "made", x->made_at, m->s->now, m->a);
	add_time(o, "sent", x->sent_at, m->s->now, m->a);
	json_add_string(o, "sentLabel", x->state == OUTBOX_SENT ? "sent" : "tried");
	json_add_i64(o, "tries", x->tries > 0 ? x->tries : 0);
	json_add_string(o, "triesText", x->tries > 1 ? human_plural(m->a, x->tries, "attempt") : NULL);
	add_number(o, "messageId", x->message_id, m->a);
	add_number(o, "alert", x->alert, m->a);
	/* The machine has a book of its own, whose numbers stand here below zero. */
	json_add_string(o, "alertText",
			!x->alert ? NULL : arena_printf(m->a, "alert %lld%s", (long long)(x->alert < 0 ? -x->alert : x->alert),
						      x->alert < 0 ? " of this machine" : ""));
	json_add_string(o, "alertHref",
			x->alert ? arena_printf(m->a, "%s&alert=%lld", link_pane(m->a, "notifications", r->id), (long long)x->alert) : NULL);
	add_number(o, "toldBy", x->told_by, m->a);
	add_text(o, "why", v.why, 600, m->a);
	json_add_string(o, "cure", v.cure);
	return o;
}

static void add_messages(cJSON *model, const struct maker *m)
{
	cJSON *list = json_add_array(model, "messages");
	const char *cursor = NULL, *none = states[find_state(m->f->state)].none;
	bool was_read = false;

	for (size_t i = 0; i < m->in->n_ledgers; i++)
		was_read |= !m->in->ledgers[i].reason;
	for (size_t i = 0; i < m->in->n_rows; i++)
		json_append(list, message_json(m, &m->in->rows[i]));
	if (m->in->has_more && m->in->n_rows) {
		const struct message_row *last = &m->in->rows[m->in->n_rows - 1];

		cursor = task_cursor_text(&(struct list_cursor){ last->item.made_at, last->id, WORK_SESSION, last->item.n }, m->a);
	}
	if (m->f->alert && str_eq(m->f->state, "all"))
		none = "Nothing was said of this alert.";
	if (!m->in->n_ledgers)
		none = "There is no instance that could say anything.";
	else if (!was_read)
		none = "What was said could not be read.";
	json_add_bool(model, "hasMessages", m->in->n_rows > 0);
	json_add_string(model, "emptyText", m->in->n_rows ? NULL : none);
	json_add_string(model, "nextCursor", cursor);
	json_add_string(model, "olderHref", cursor ? href(m, "cursor", cursor) : NULL);
	json_add_string(model, "newestHref", m->f->has_cursor ? href(m, NULL, NULL) : NULL);
}

/* How telling goes, by the reading that Ops shows. */
static void add_ways_to_tell(cJSON *model, const struct maker *m)
{
	cJSON *list = json_add_array(model, "delivery");

	for (size_t i = 0; i < m->v->n_parts && i < WAYS_MAX; i++) {
		const struct verdict_part *part = &m->v->parts[i];
		const struct judgement *j = judge_find(part->judgements, part->n, "notify.delivery");
		const char *id = part->snapshot->instance->id;
		cJSON *o = cJSON_CreateObject();

		json_add_string(o, "instanceId", id);
		json_add_string(o, "instanceLabel", part->name);
		json_add_string(o, "status", status_name(j ? j->status : STATUS_UNKNOWN));
		add_text(o, "word", j ? j->word : "not told", 40, m->a);
		add_text(o, "detail", j ? j->detail : "its exporter tells nothing of notifications", LINE_CHARS, m->a);
		add_text(o, "why", j && j->title ? arena_printf(m->a, "%s. %s", j->title, j->why) : NULL, 600, m->a);
		json_add_string(o, "href", j ? link_reading(m->a, id, j->id) : NULL);
		json_add_string(o, "runbookHref", runbook_href(id, "notify.delivery", m->a));
		json_append(list, o);
	}
	json_add_bool(model, "hasDelivery", m->v->n_parts > 0);
}

static void add_notes(cJSON *model, const struct maker *m)
{
	cJSON *list = json_add_array(model, "notes");

	for (size_t i = 0; i < m->in->n_ledgers && cJSON_GetArraySize(list) < NOTES_MAX; i++) {
		const struct messages_ledger *l = &m->in->ledgers[i];
		cJSON *o;

		if (!l->reason)
			continue;
		o = cJSON_CreateObject();
		json_add_string(o, "instanceId", l->id);
		add_text(o, "text", arena_printf(m->a, "%s: what it said could not be read (%s).", label_of(m, l->id), l->reason), 400, m->a);
		json_append(list, o);
	}
}

/* "One message was refused, two wait" */
static const char *headline(const struct maker *m)
{
	int64_t refused = 0, waiting = count(m, "waiting"), unclear = count(m, "unclear");
	const char *parts[3];
	size_t n = 0;

	for (size_t i = 0; i < m->in->n_ledgers; i++)
		refused += m->in->ledgers[i].counts.untold;
	if (m->f->alert)
		return m->f->alert > 0 ? arena_printf(m->a, "What was said of alert %s of %s", m->f->asked.alert, label_of(m, m->choice))
				       : arena_printf(m->a, "What %s said of alert %s of this machine", label_of(m, m->choice), m->f->asked.alert + 1);
	if (refused > 0)
		parts[n++] = arena_printf(m->a, "%s refused", human_number(m->a, refused));
	if (waiting > 0)
		parts[n++] = arena_printf(m->a, "%s waiting", human_number(m->a, waiting));
	if (unclear > 0)
		parts[n++] = arena_printf(m->a, "%s unclear", human_number(m->a, unclear));
	if (n)
		return arena_printf(m->a, "Messages: %s", human_list(m->a, parts, n));
	return count(m, "sent") > 0 ? "Everything that was said has arrived" : "Nothing has been said";
}

cJSON *notifications_view(const struct snapshot *s, const char *choice, const struct messages_filter *f, const struct messages_input *in,
			  struct arena *a)
{
	const struct maker m = { s, choice, f, in, verdict_of(s, choice, a), a };
	cJSON *model = cJSON_CreateObject();

	add_head(model, "Notifications", s, m.v, choice, a);
	json_add_string(model, "headline", headline(&m));
	json_add_string(model, "alertsHref", link_pane(a, "alerts", choice));
	add_ways_to_tell(model, &m);
	add_filters(model, &m);
	add_messages(model, &m);
	add_notes(model, &m);
	return model;
}
