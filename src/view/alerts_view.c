#include "view/alerts_parts.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "base/url.h"
#include "json/json.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"
#include "view/task_filter.h"

/* ---- what can be chosen ---- */

static const char *href(const struct feed *p, const char *name, const char *value)
{
	const struct alerts_asked *q = &p->f->asked;
	const struct {
		const char *name;
		const char *value;
	} all[] = { { "show", q->show }, { "severity", q->severity }, { "q", p->f->words }, { "limit", q->limit } };
	CLEANUP(buf_done) struct buf b = BUF_INIT(4096);

	buf_printf(&b, "%s", link_pane(p->a, "alerts", p->choice));
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].value && !str_eq(all[i].name, name))
			buf_printf(&b, "&%s=%s", all[i].name, url_encoded(p->a, all[i].value));
	if (name && value)
		buf_printf(&b, "&%s=%s", name, url_encoded(p->a, value));
	return arena_strdup(p->a, buf_str(&b));
}

static cJSON *chip(const struct feed *p, const char *name, const char *id, const char *label, const char *current, int64_t n)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "id", id);
	json_add_string(o, "label", label);
	json_add_string(o, "href", href(p, name, str_eq(id, "all") ? NULL : id));
	json_add_bool(o, "isCurrent", str_eq(id, current));
	json_add_string(o, "countText", n > 0 ? human_count(p->a, n) : NULL);
	return o;
}

static void add_filters(cJSON *model, const struct feed *p)
{
	cJSON *shows = json_add_array(model, "shows"), *severities = json_add_array(model, "severities"), *kept;

	json_append(shows, chip(p, "show", "all", "All", p->f->show, -1));
	json_append(shows, chip(p, "show", "open", "Open", p->f->show, (int64_t)verdict_asking(p->v)));
	json_append(shows, chip(p, "show", "acknowledged", "Acknowledged", p->f->show, (int64_t)p->v->n_acknowledged));
	json_append(shows, chip(p, "show", "snoozed", "Snoozed", p->f->show, (int64_t)p->v->n_snoozed));
	json_append(shows, chip(p, "show", "silenced", "Silenced", p->f->show, (int64_t)p->v->n_silenced));
	json_append(shows, chip(p, "show", "closed", "Closed", p->f->show, -1));
	json_append(severities, chip(p, "severity", "all", "All", p->f->severity, -1));
	json_append(severities, chip(p, "severity", "critical", "Critical", p->f->severity, (int64_t)p->v->n_critical));
	json_append(severities, chip(p, "severity", "warning", "Warning", p->f->severity, (int64_t)p->v->n_warn));
	json_append(severities, chip(p, "severity", "unknown", "Unknown", p->f->severity, (int64_t)p->v->n_unknown));
	json_add_string(model, "show", p->f->show);
	json_add_string(model, "severity", p->f->severity);
	add_text(model, "query", p->f->words, 200, p->a);
	json_add_string(model, "clearHref", p->f->words ? href(p, "q", NULL) : NULL);
	kept = json_add_array(model, "kept");
	for (size_t i = 0; i < 3; i++) {
		const char *const names[] = { "instance", "show", "severity" };
		const char *const values[] = { p->choice ? p->choice : "all", p->f->asked.show, p->f->asked.severity };
		cJSON *o;

		if (!values[i])
			continue;
		o = cJSON_CreateObject();
		json_add_string(o, "name", names[i]);
		json_add_string(o, "value", values[i]);
		json_append(kept, o);
	}
}

/* ---- what is over ---- */

const char *alerts_label(const struct feed *p, const char *id)
{
	for (size_t i = 0; i < p->v->n_parts; i++)
		if (str_eq(p->v->parts[i].snapshot->instance->id, id))
			return p->v->parts[i].name;
	return "Host";
}

bool alerts_shows(const struct feed *p, const char *list)
{
	return str_eq(p->f->show, "all") || str_eq(p->f->show, list);
}

static cJSON *closed_json(const struct feed *p, const struct alerts_closed *x)
{
	static const enum status statuses[] = { [ALERT_NONE] = STATUS_INFO, [ALERT_UNKNOWN] = STATUS_UNKNOWN, [ALERT_WARN] = STATUS_WARN,
						[ALERT_CRITICAL] = STATUS_CRITICAL };
	const struct store_alert *w = &x->alert;
	cJSON *o = cJSON_CreateObject();

	add_text(o, "id", arena_printf(p->a, "%s/%s@%lld", x->id, w->reading, (long long)w->n), 400, p->a);
	json_add_string(o, "instanceId", x->id);
	json_add_string(o, "instanceLabel", alerts_label(p, x->id));
	json_add_string(o, "state", "closed");
	json_add_string(o, "status", "ok");
	json_add_string(o, "severity", status_severity(statuses[w->severity]));
	json_add_string(o, "word", "closed");
	add_text(o, "title", w->title, 400, p->a);
	add_text(o, "readingId", w->reading, 200, p->a);
	add_time(o, "opened", w->opened_at, p->s->now, p->a);
	add_time(o, "closed", w->closed_at, p->s->now, p->a);
	json_add_i64(o, "lasted", w->closed_at - w->opened_at);
	add_text(o, "why",
		 arena_printf(p->a, "%s, at worst %s. Opened %.16s UTC, over after %s.%s", human_cap(p->a, w->reading),
			      status_severity(statuses[w->severity]), human_instant(p->a, w->opened_at),
			      human_duration(p->a, w->closed_at - w->opened_at), alerts_closed_text(p, w)),
		 800, p->a);
	json_add_string(o, "ended", w->ended);
	add_text(o, "cause", w->cause, 200, p->a);
	add_text(o, "answeredBy", w->answered_by, 200, p->a);
	alerts_add_course(o, w);
	alerts_add_told(o, p, x->id, w->n, &x->told);
	return o;
}

static void add_closed(cJSON *model, const struct feed *p)
{
	bool is_shown = alerts_shows(p, "closed");
	cJSON *list = json_add_array(model, "closed");
	const char *cursor = NULL;

	for (size_t i = 0; is_shown && i < p->in->n_closed; i++)
		json_append(list, closed_json(p, &p->in->closed[i]));
	if (is_shown && p->in->has_more) {
		const struct alerts_closed *last = &p->in->closed[p->in->n_closed - 1];

		cursor = task_cursor_text(&(struct list_cursor){ last->alert.opened_at, last->id, WORK_SESSION, last->alert.n }, p->a);
	}
	json_add_bool(model, "hasClosed", cJSON_GetArraySize(list) > 0);
	json_add_bool(model, "showsClosed", is_shown);
	json_add_string(model, "closedEmpty", cJSON_GetArraySize(list) || !is_shown ? NULL : "No alert that is over is on record.");
	json_add_string(model, "nextCursor", cursor);
	json_add_string(model, "olderHref", cursor ? href(p, "cursor", cursor) : NULL);
	json_add_string(model, "newestHref", p->f->has_cursor ? href(p, NULL, NULL) : NULL);
}

static void add_answers_note(cJSON *list, const struct feed *p, const char *id, const struct answers *x)
{
	cJSON *o;

	if (x->probe.state != PROBE_UNKNOWN || !x->probe.reason || cJSON_GetArraySize(list) >= 20)
		return;
	o = cJSON_CreateObject();
	json_add_string(o, "instanceId", id);
	add_text(o, "text",
		 arena_printf(p->a, "%s: what was answered could not be read (%s), so nothing is taken to be answered.",
			      str_eq(id, ANSWER_FOR_ALL) ? "All instances" : alerts_label(p, id), x->probe.reason),
		 400, p->a);
	json_append(list, o);
}

static void add_notes(cJSON *model, const struct feed *p)
{
	cJSON *list = json_add_array(model, "notes");

	for (size_t i = 0; i < p->v->n_parts; i++)
		add_answers_note(list, p, p->v->parts[i].snapshot->instance->id, &p->v->parts[i].snapshot->answers);
	if (p->v->host)
		add_answers_note(list, p, "host", &p->s->host.answers);
	add_answers_note(list, p, ANSWER_FOR_ALL, &p->s->answers);

	for (size_t i = 0; i < p->in->n_ledgers; i++) {
		const struct alerts_ledger *l = &p->in->ledgers[i];
		cJSON *o;

		if ((!l->reason && !l->is_cut) || cJSON_GetArraySize(list) >= 20)
			continue;
		o = cJSON_CreateObject();
		json_add_string(o, "instanceId", l->id);
		add_text(o, "text",
			 l->reason ? arena_printf(p->a, "%s: its past could not be read (%s).", alerts_label(p, l->id), l->reason)
				   : arena_printf(p->a, "%s: only its latest alerts that are over were looked through; older ones may be like that, too.",
						  alerts_label(p, l->id)),
			 400, p->a);
		json_append(list, o);
	}
}

/* "Two open, one of them critical" */
static const char *open_text(const struct feed *p)
{
	size_t total = verdict_asking(p->v);

	if (total == 0)
		return verdict_answered(p->v) ? "Nothing open needs you" : "Nothing is open";
	if (p->v->n_critical == 0 || total == 1)
		return arena_printf(p->a, "%s open%s", human_number_cap(p->a, (int64_t)total),
				    p->v->n_critical ? ", and critical" : p->v->n_warn ? "" : ": could not be judged");
	return arena_printf(p->a, "%s open, %s critical", human_number_cap(p->a, (int64_t)total),
			    p->v->n_critical == total ? "all of them"
						      : arena_printf(p->a, "%s of them", human_number(p->a, (int64_t)p->v->n_critical)));
}

/* "Two open, one of them critical; one answered" */
static const char *headline(const struct feed *p)
{
	size_t answered = verdict_answered(p->v);

	return answered ? arena_printf(p->a, "%s; %s answered", open_text(p), human_number(p->a, (int64_t)answered)) : open_text(p);
}

cJSON *alerts_view(const struct snapshot *s, const char *choice, const struct alerts_filter *f, const struct alerts_input *in,
		   struct arena *a)
{
	const struct feed p = { s, choice, f, in, verdict_of(s, choice, a), a };
	cJSON *model = cJSON_CreateObject();

	add_head(model, "Alerts", s, p.v, choice, a);
	json_add_string(model, "headline", headline(&p));
	json_add_string(model, "note", "What is open is judged now, by the rules that Ops shows; the exporters remember since when, and tell of it once it was seen often enough.");
	alerts_add_telling(model, &p);
	add_filters(model, &p);
	json_add_string(model, "choice", choice ? choice : "all");
	alerts_add_open(model, &p);
	alerts_add_silences(model, &p);
	alerts_add_choices(model, &p);
	add_closed(model, &p);
	add_notes(model, &p);
	return model;
}
