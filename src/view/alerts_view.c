#include "view/alerts_view.h"

#include <stdlib.h>
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

#define OPEN_MAX 200

struct feed {
	const struct snapshot *s;
	const char *choice;
	const struct alerts_filter *f;
	const struct alerts_input *in;
	const struct verdict *v;
	struct arena *a;
};

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
	size_t open = p->v->n_critical + p->v->n_warn + p->v->n_unknown;

	json_append(shows, chip(p, "show", "all", "All", p->f->show, -1));
	json_append(shows, chip(p, "show", "open", "Open", p->f->show, (int64_t)open));
	json_append(shows, chip(p, "show", "acknowledged", "Acknowledged", p->f->show, -1));
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

/* ---- what is open ---- */

static enum alert_severity severity_of(enum status s)
{
	return s == STATUS_CRITICAL ? ALERT_CRITICAL : s == STATUS_WARN ? ALERT_WARN : ALERT_UNKNOWN;
}

/* Since when the ledger knows of it; 0 where it does not. */
static int64_t opened_at(const struct feed *p, const char *id, const char *reading)
{
	for (size_t i = 0; i < p->in->n_ledgers; i++) {
		const struct alerts_ledger *l = &p->in->ledgers[i];

		for (size_t k = 0; str_eq(l->id, id) && k < l->n_open; k++)
			if (str_eq(l->open[k].reading, reading))
				return l->open[k].opened_at;
	}
	return 0;
}

/* How often a late job was due without running; less than 0 where that cannot be told. */
static int64_t runs_missed(const struct feed *p, const struct verdict_part *part, const struct judgement *j)
{
	const struct cron *cron = part->snapshot ? &part->snapshot->report.cron : NULL;

	for (size_t i = 0; cron && str_starts(j->id, "cron.") && i < cron->n_jobs; i++) {
		const struct cron_job *job = &cron->jobs[i];

		if (!str_eq(job->id, j->id + strlen("cron.")))
			continue;
		if (str_eq(j->word, "failed"))
			return job->failure_streak;
		if (str_eq(j->word, "late") && job->next_run_at && job->period_s > 0)
			return 1 + (p->s->now - job->next_run_at) / job->period_s;
	}
	return COUNT_UNKNOWN;
}

struct open_alert {
	const struct verdict_part *part;
	const struct judgement *j;
	size_t order;
};

static const char *id_of(const struct verdict_part *part)
{
	return part->snapshot ? part->snapshot->instance->id : "host";
}

static const char *since_text(const struct feed *p, const struct open_alert *x, int64_t since)
{
	int64_t missed = runs_missed(p, x->part, x->j);
	const char *runs = missed > 0 ? arena_printf(p->a, ", %s missed or failed", human_plural(p->a, missed, "run")) : "";

	if (!since)
		return arena_printf(p->a, "Since when is not known: the ledger does not hold it%s.", runs);
	return arena_printf(p->a, "Since %.16s UTC (%s)%s.", human_instant(p->a, since), human_span(p->a, p->s->now - since), runs);
}

static cJSON *open_json(const struct feed *p, const struct open_alert *x)
{
	const char *id = id_of(x->part);
	int64_t since = opened_at(p, id, x->j->id), missed = runs_missed(p, x->part, x->j);
	cJSON *o = cJSON_CreateObject();

	add_text(o, "id", arena_printf(p->a, "%s/%s", id, x->j->id), 400, p->a);
	json_add_string(o, "instanceId", id);
	json_add_string(o, "instanceLabel", x->part->snapshot ? x->part->name : "Host");
	json_add_string(o, "state", "open");
	json_add_string(o, "status", status_name(x->j->status));
	json_add_string(o, "severity", status_severity(x->j->status));
	json_add_string(o, "word", status_severity(x->j->status));
	add_text(o, "title", x->j->title, 400, p->a);
	add_text(o, "why", x->j->why, 800, p->a);
	json_add_string(o, "cause", x->j->cause);
	add_time(o, "opened", since, p->s->now, p->a);
	json_add_string(o, "sinceText", since_text(p, x, since));
	if (missed < 0)
		json_add_null(o, "runsMissed");
	else
		json_add_i64(o, "runsMissed", missed);
	json_add(o, "reading", reading_json(x->j, id, true, p->s->now, p->a));
	return o;
}

static int worst_first(const void *x, const void *y)
{
	const struct open_alert *a = x, *b = y;
	int rank = status_rank(b->j->status) - status_rank(a->j->status);

	return rank ? rank : (a->order > b->order) - (a->order < b->order);
}

static size_t gather(const struct feed *p, const struct verdict_part *part, struct open_alert *out, size_t n)
{
	for (size_t i = 0; i < part->n; i++) {
		const struct judgement *j = &part->judgements[i];
		const struct store_alert as = { .severity = severity_of(j->status), .title = j->title };

		if (!j->title || !alerts_filter_has(p->f, &as))
			continue;
		out[n] = (struct open_alert){ part, j, n };
		n++;
	}
	return n;
}

static size_t add_open(cJSON *model, const struct feed *p)
{
	size_t total = p->v->n_critical + p->v->n_warn + p->v->n_unknown, n = 0;
	struct open_alert *all = arena_calloc(p->a, total + 1, sizeof(*all));
	bool is_shown = str_eq(p->f->show, "all") || str_eq(p->f->show, "open");
	cJSON *list = json_add_array(model, "open");

	for (size_t i = 0; is_shown && i < p->v->n_parts; i++)
		n = gather(p, &p->v->parts[i], all, n);
	if (is_shown && p->v->host)
		n = gather(p, p->v->host, all, n);
	qsort(all, n, sizeof(*all), worst_first);
	for (size_t i = 0; i < n && i < OPEN_MAX; i++)
		json_append(list, open_json(p, &all[i]));
	json_add_bool(model, "hasOpen", n > 0);
	json_add_bool(model, "showsOpen", is_shown);
	json_add_string(model, "openEmpty", n || !is_shown ? NULL
					    : total	   ? "Nothing open is like that."
						  : "Nothing needs anyone.");
	json_add_string(model, "openMore", n > OPEN_MAX ? arena_printf(p->a, "And %zu more, less bad than these.", n - OPEN_MAX) : NULL);
	return n;
}

/* ---- what is over ---- */

static const char *label_of(const struct feed *p, const char *id)
{
	for (size_t i = 0; i < p->v->n_parts; i++)
		if (str_eq(p->v->parts[i].snapshot->instance->id, id))
			return p->v->parts[i].name;
	return "Host";
}

static cJSON *closed_json(const struct feed *p, const struct alerts_closed *x)
{
	static const enum status statuses[] = { [ALERT_NONE] = STATUS_INFO, [ALERT_UNKNOWN] = STATUS_UNKNOWN, [ALERT_WARN] = STATUS_WARN,
						[ALERT_CRITICAL] = STATUS_CRITICAL };
	const struct store_alert *w = &x->alert;
	cJSON *o = cJSON_CreateObject();

	add_text(o, "id", arena_printf(p->a, "%s/%s@%lld", x->id, w->reading, (long long)w->n), 400, p->a);
	json_add_string(o, "instanceId", x->id);
	json_add_string(o, "instanceLabel", label_of(p, x->id));
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
		 arena_printf(p->a, "%s, at worst %s. Opened %.16s UTC, over after %s.", human_cap(p->a, w->reading),
			      status_severity(statuses[w->severity]), human_instant(p->a, w->opened_at),
			      human_duration(p->a, w->closed_at - w->opened_at)),
		 800, p->a);
	return o;
}

static void add_closed(cJSON *model, const struct feed *p)
{
	bool is_shown = str_eq(p->f->show, "all") || str_eq(p->f->show, "closed");
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

static void add_notes(cJSON *model, const struct feed *p)
{
	cJSON *list = json_add_array(model, "notes");

	for (size_t i = 0; i < p->in->n_ledgers; i++) {
		const struct alerts_ledger *l = &p->in->ledgers[i];
		cJSON *o;

		if ((!l->reason && !l->is_cut) || cJSON_GetArraySize(list) >= 20)
			continue;
		o = cJSON_CreateObject();
		json_add_string(o, "instanceId", l->id);
		add_text(o, "text",
			 l->reason ? arena_printf(p->a, "%s: its past could not be read (%s).", label_of(p, l->id), l->reason)
				   : arena_printf(p->a, "%s: only its latest alerts that are over were looked through; older ones may be like that, too.",
						  label_of(p, l->id)),
			 400, p->a);
		json_append(list, o);
	}
}

/* "Two open, one of them critical" */
static const char *headline(const struct feed *p)
{
	size_t total = p->v->n_critical + p->v->n_warn + p->v->n_unknown;

	if (total == 0)
		return "Nothing is open";
	if (p->v->n_critical == 0 || total == 1)
		return arena_printf(p->a, "%s open%s", human_number_cap(p->a, (int64_t)total),
				    p->v->n_critical ? ", and critical" : p->v->n_warn ? "" : ": could not be judged");
	return arena_printf(p->a, "%s open, %s critical", human_number_cap(p->a, (int64_t)total),
			    p->v->n_critical == total ? "all of them"
						      : arena_printf(p->a, "%s of them", human_number(p->a, (int64_t)p->v->n_critical)));
}

cJSON *alerts_view(const struct snapshot *s, const char *choice, const struct alerts_filter *f, const struct alerts_input *in,
		   struct arena *a)
{
	const struct feed p = { s, choice, f, in, verdict_of(s, choice, a), a };
	cJSON *model = cJSON_CreateObject();

	add_head(model, "Alerts", s, p.v, choice, a);
	json_add_string(model, "headline", headline(&p));
	json_add_string(model, "note", "What is open is judged now, by the rules that Ops shows; the exporters remember since when.");
	add_filters(model, &p);
	json_add_string(model, "acknowledgedText",
			str_eq(f->show, "acknowledged") ? "Acknowledging, snoozing and silencing are planned: nothing can be acknowledged yet." : NULL);
	add_open(model, &p);
	add_closed(model, &p);
	add_notes(model, &p);
	return model;
}
