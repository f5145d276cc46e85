/*
 * Latest work: the newest sessions of all covered instances in one list.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/judge_task.h"
#include "view/links.h"
#include "view/parts_json.h"

#define LATEST_MAX 10

struct work {
	const struct verdict_part *part;
	const struct session *session;
};

static int newest_first(const void *x, const void *y)
{
	const struct work *a = x, *b = y;
	int by_time = (a->session->started_at < b->session->started_at) -
		      (a->session->started_at > b->session->started_at);

	return by_time ? by_time
		       : strcmp(a->session->id ? a->session->id : "", b->session->id ? b->session->id : "");
}

static void add_state(cJSON *o, const struct work *w, int64_t now, struct arena *a)
{
	struct task_state t = judge_session_task(w->session, w->part->is_dark, now, a);

	json_add_string(o, "status", status_name(t.status));
	json_add_string(o, "state", t.id);
	json_add_string(o, "word", t.word);
}

static void add_count(cJSON *o, const char *name, const char *text_name, int64_t n, struct arena *a)
{
	if (n < 0)
		json_add_null(o, name);
	else
		json_add_i64(o, name, n);
	json_add_string(o, text_name, n < 0 ? "–" : human_count(a, n));
}

/* A run of a cron job has no title of its own in most versions. */
static const char *work_title(const struct work *w)
{
	const struct session *s = w->session;
	const struct cron_job *job;

	if (s->title && *s->title)
		return s->title;
	job = job_of_session(&w->part->snapshot->report.cron, s->id);
	return job ? job->name : NULL;
}

static cJSON *work_json(const struct work *w, int64_t now, struct arena *a)
{
	const struct session *s = w->session;
	const char *title = work_title(w);
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", w->part->snapshot->instance->id);
	json_add(o, "ref", ref_json(w->part->snapshot->instance, a));
	json_add_string(o, "instanceLabel", w->part->name);
	add_text(o, "id", s->id, 200, a);
	json_add_string(o, "href", link_session(a, w->part->snapshot->instance->id, s->id));
	add_text(o, "title", title, 160, a);
	json_add_bool(o, "isUntitled", !title);
	add_text(o, "source", s->source ? s->source : "unknown", 40, a);
	add_text(o, "model", s->model, 100, a);
	add_state(o, w, now, a);
	add_count(o, "messages", "messagesText", s->messages, a);
	add_time(o, "started", s->started_at, now, a);
	add_time(o, "lastActive", s->last_active_at, now, a);
	if (s->cost_microusd < 0)
		json_add_null(o, "costUsd");
	else
		json_add_double(o, "costUsd", (double)s->cost_microusd / 1000000);
	return o;
}

/* A list that could not be read says so instead of looking empty. */
static void add_note(cJSON *notes, const struct verdict_part *p, struct arena *a)
{
	const struct judgement *j = judge_find(p->judgements, p->n, "sessions.active");
	const char *text = NULL;

	if (p->is_dark)
		text = p->snapshot->has_report
			       ? arena_printf(a, "%s: as of its last report.", p->name)
			       : arena_printf(a, "%s: not known, there is no report.", p->name);
	else if (j && j->status == STATUS_UNKNOWN)
		text = arena_printf(a, "%s: could not be read (%s).", p->name, j->detail);
	if (text) {
		cJSON *o = cJSON_CreateObject();

		json_add_string(o, "instanceId", p->snapshot->instance->id);
		json_add_string(o, "text", text);
		json_append(notes, o);
	}
}

static size_t count_sessions(const struct verdict *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_parts; i++)
		n += v->parts[i].snapshot->has_report ? v->parts[i].snapshot->report.sessions.n_latest : 0;
	return n;
}

void add_latest(cJSON *model, const struct verdict *v, int64_t now, struct arena *a)
{
	size_t total = count_sessions(v), n = 0;
	struct work *all = arena_calloc(a, total ? total : 1, sizeof(*all));
	cJSON *list = json_add_array(model, "latest");
	cJSON *notes = json_add_array(model, "latestNotes");

	for (size_t i = 0; i < v->n_parts; i++) {
		const struct verdict_part *p = &v->parts[i];
		const struct sessions *s = &p->snapshot->report.sessions;

		if (i < LATEST_MAX)
			add_note(notes, p, a);
		for (size_t k = 0; p->snapshot->has_report && k < s->n_latest; k++)
			all[n++] = (struct work){ p, &s->latest[k] };
	}
	qsort(all, n, sizeof(*all), newest_first);
	for (size_t i = 0; i < n && i < LATEST_MAX; i++)
		json_append(list, work_json(&all[i], now, a));
	json_add_bool(model, "hasLatest", n > 0);
	json_add_string(model, "latestEmpty",
			n || cJSON_GetArraySize(notes) ? NULL : "No work yet: no session is on record.");
}
