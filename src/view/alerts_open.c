/*
 * What is open, and of that what was answered: judged now, dated by the ledger.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/alerts_parts.h"
#include "view/human.h"
#include "view/parts_json.h"

#define OPEN_MAX  200 /* of all lists of a page together: it is to stay below 1 MiB */
#define FORMS_MAX 100 /* that many of them can be answered there; others are found by choosing an instance */

static const struct group {
	enum answer_kind kind;
	const char *id;
	const char *label;
	const char *empty;
} groups[] = {
	{ ANSWER_ACKNOWLEDGE, "acknowledged", "Acknowledged", "Nothing is acknowledged, or nothing like that." },
	{ ANSWER_SNOOZE, "snoozed", "Snoozed", "Nothing is snoozed, or nothing like that." },
	{ ANSWER_SILENCE, "silenced", "Silenced", "No silence holds anything open back, or nothing like that." },
};

static const struct group *group_of(enum answer_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (groups[i].kind == kind)
			return &groups[i];
	return &groups[0];
}

const char *alert_seen(const struct judgement *j, int64_t now, struct arena *a)
{
	return arena_printf(a, "%lld.%s.%s", (long long)now, status_name(j->status), j->answer ? j->answer->id : "none");
}

bool alert_is_as_seen(const struct judgement *j, const struct answerable *alert, const char *seen, struct arena *a)
{
	const char *dot = strchr(seen, '.');
	int64_t at;

	if (!dot || !str_parse_i64(arena_strndup(a, seen, (size_t)(dot - seen)), 1, alert->now, &at))
		return false;
	return str_eq(seen, alert_seen(j, at, a)) && answer_is_same_opening(alert, at);
}

const char *alert_family(const char *reading, struct arena *a)
{
	const char *dot = strchr(reading, '.');

	return dot && dot - reading > 0 ? arena_printf(a, "%.*s.*", (int)(dot - reading), reading) : NULL;
}

/* Since when the ledger knows of it; 0 where it does not. */
static int64_t opened_at(const struct store_alert *x, const struct store_pending *pending)
{
	return x ? store_alert_since(x) : pending ? pending->since : 0;
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

static cJSON *open_json(const struct feed *p, const struct open_alert *x, bool can_answer)
{
	const char *id = id_of(x->part);
	const struct store_alert *booked = alerts_booked(p, id, x->j->id);
	const struct store_pending *pending = booked ? NULL : alerts_pending(p, id, x->j->id);
	int64_t since = opened_at(booked, pending), missed = runs_missed(p, x->part, x->j);
	cJSON *o = cJSON_CreateObject();

	add_text(o, "id", arena_printf(p->a, "%s/%s", id, x->j->id), 400, p->a);
	json_add_string(o, "instanceId", id);
	json_add_string(o, "instanceLabel", x->part->snapshot ? x->part->name : "Host");
	json_add_string(o, "state", x->j->answer ? group_of(x->j->answer->kind)->id : "open");
	json_add_string(o, "status", status_name(x->j->status));
	json_add_string(o, "severity", status_severity(x->j->status));
	json_add_string(o, "word", status_severity(x->j->status));
	add_text(o, "title", x->j->title, 400, p->a);
	add_text(o, "why", x->j->why, 800, p->a);
	json_add_string(o, "cause", x->j->cause);
	add_time(o, "opened", since, p->s->now, p->a);
	add_text(o, "sinceText", arena_printf(p->a, "%s%s", since_text(p, x, since), alerts_open_text(p, booked, pending)), 800, p->a);
	json_add_bool(o, "isBooked", booked != NULL);
	alerts_add_course(o, booked);
	alerts_add_told(o, p, id, booked ? booked->n : 0, alerts_told_of(p, id, booked));
	if (missed < 0)
		json_add_null(o, "runsMissed");
	else
		json_add_i64(o, "runsMissed", missed);
	json_add(o, "reading", reading_json(x->j, id, true, p->s->now, p->a));
	json_add(o, "answer", answer_json(x->j->answer, p->s->now, p->a));
	json_add_bool(o, "canAnswer", can_answer);
	json_add_string(o, "seen", alert_seen(x->j, p->s->now, p->a));
	add_text(o, "family", alert_family(x->j->id, p->a), 200, p->a);
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
		const struct store_alert as = { .severity = verdict_severity(j), .title = j->title };

		if (!j->title || !alerts_filter_has(p->f, &as))
			continue;
		out[n] = (struct open_alert){ part, j, n };
		n++;
	}
	return n;
}

/* What of a page can be shown. */
struct listing {
	const struct open_alert *all;
	size_t n;
	size_t shown;               /* so far, in all lists */
};

/* Adds those that have this answer (ANSWER_NONE: none) as long as there is room; how many there are. */
static size_t add_of(cJSON *list, const struct feed *p, struct listing *l, enum answer_kind kind)
{
	size_t found = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct answer *x = l->all[i].j->answer;

		if ((x ? x->kind : ANSWER_NONE) != kind)
			continue;
		found++;
		if (l->shown < OPEN_MAX)
			json_append(list, open_json(p, &l->all[i], l->shown++ < FORMS_MAX));
	}
	return found;
}

static const char *more_text(const struct feed *p, const cJSON *list, size_t found)
{
	size_t shown = (size_t)cJSON_GetArraySize(list);

	return found > shown ? arena_printf(p->a, "And %zu more, less bad than these.", found - shown) : NULL;
}

static void add_group(cJSON *to, const struct feed *p, struct listing *l, const struct group *g)
{
	cJSON *o, *list;
	size_t found;

	if (!alerts_shows(p, g->id))
		return;
	o = cJSON_CreateObject();
	json_add_string(o, "id", g->id);
	json_add_string(o, "label", g->label);
	list = json_add_array(o, "alerts");
	found = add_of(list, p, l, g->kind);
	json_add_bool(o, "hasAlerts", found > 0);
	json_add_string(o, "empty", found ? NULL : g->empty);
	json_add_string(o, "more", more_text(p, list, found));
	/* Among all, an empty group says nothing. */
	if (found || !str_eq(p->f->show, "all"))
		json_append(to, o);
	else
		cJSON_Delete(o);
}

void alerts_add_open(cJSON *model, const struct feed *p)
{
	size_t asking = verdict_asking(p->v), n = 0, found;
	struct listing l;
	struct open_alert *all = arena_calloc(p->a, asking + verdict_answered(p->v) + 1, sizeof(*all));
	bool is_shown = alerts_shows(p, "open");
	cJSON *list = json_add_array(model, "open"), *answered = json_add_array(model, "answered");

	for (size_t i = 0; i < p->v->n_parts; i++)
		n = gather(p, &p->v->parts[i], all, n);
	if (p->v->host)
		n = gather(p, p->v->host, all, n);
	qsort(all, n, sizeof(*all), worst_first);
	l = (struct listing){ .all = all, .n = n };
	found = is_shown ? add_of(list, p, &l, ANSWER_NONE) : 0;
	json_add_bool(model, "hasOpen", found > 0);
	json_add_bool(model, "showsOpen", is_shown);
	json_add_string(model, "openEmpty", found || !is_shown ? NULL : asking ? "Nothing open is like that." : "Nothing needs anyone.");
	json_add_string(model, "openMore", more_text(p, list, found));
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		add_group(answered, p, &l, &groups[i]);
}
