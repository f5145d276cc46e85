/*
 * One piece of work as every list shows it.
 */
#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/judge_task.h"
#include "view/links.h"
#include "view/parts_json.h"
#include "view/tasks_view.h"

#define TITLE_CHARS 160

static struct task_state state_of(const struct work_item *item, const struct instance_snapshot *of, bool is_dark, int64_t now,
				  struct arena *a)
{
	if (item->kind == WORK_SESSION)
		return judge_session_task(item->session, is_dark, now, a);
	return judge_run_task(item->run, job_by_id(&of->report.cron, item->run->job_id), is_dark, now, a);
}

bool work_item_is(const struct work_item *item, const struct instance_snapshot *of, const char *state, int64_t now,
		  struct arena *a)
{
	const char *id;

	if (str_eq(state, "all"))
		return true;
	/* Of an instance that is dark, too, what is asked for is what was so when it was last looked at. */
	id = state_of(item, of, false, now, a).id;
	return str_eq(id, state) || (str_eq(state, "active") && str_eq(id, "running")) ||
	       (str_eq(state, "ok") && str_eq(id, "silent"));
}

/* A run of a job has no title of its own in most versions: it is called as its job. */
static const char *title_of(const struct work_item *item, const struct instance_snapshot *of)
{
	const struct cron *cron = &of->report.cron;
	const struct cron_job *job;

	if (item->run) {
		job = job_by_id(cron, item->run->job_id);
		return job && job->name && *job->name ? job->name : item->run->job_id;
	}
	if (item->session->title && *item->session->title)
		return item->session->title;
	job = job_of_session(cron, item->session->id);
	return job ? job->name : NULL;
}

static void add_number(cJSON *o, const char *name, int64_t n)
{
	if (n < 0)
		json_add_null(o, name);
	else
		json_add_i64(o, name, n);
}

static void add_count(cJSON *o, const char *name, const char *text_name, int64_t n, struct arena *a)
{
	add_number(o, name, n);
	json_add_string(o, text_name, n < 0 ? "–" : human_count(a, n));
}

/* "21 400 in, 1 800 out" */
static const char *tokens_text(const struct session *x, struct arena *a)
{
	if (x->input_tokens < 0 && x->output_tokens < 0)
		return "–";
	return arena_printf(a, "%s in, %s out", human_count(a, x->input_tokens), human_count(a, x->output_tokens));
}

/* In the place of a run's session that is not known. */
static const struct session no_session = { .messages = COUNT_UNKNOWN, .tool_calls = COUNT_UNKNOWN, .input_tokens = COUNT_UNKNOWN,
					   .output_tokens = COUNT_UNKNOWN, .cost_microusd = COUNT_UNKNOWN };

static void add_figures(cJSON *o, const struct session *x, struct arena *a)
{
	add_count(o, "messages", "messagesText", x->messages, a);
	add_count(o, "toolCalls", "toolCallsText", x->tool_calls, a);
	add_number(o, "inputTokens", x->input_tokens);
	add_number(o, "outputTokens", x->output_tokens);
	json_add_string(o, "tokensText", tokens_text(x, a));
	if (x->cost_microusd < 0)
		json_add_null(o, "costUsd");
	else
		json_add_double(o, "costUsd", (double)x->cost_microusd / 1000000);
	json_add_string(o, "costText", x->cost_microusd < 0 ? "–" : human_usd(a, x->cost_microusd));
}

/* How long it took, or has been going on; less than 0 where one end is not known. */
static int64_t took_of(const struct work_item *item, const struct task_state *t, int64_t now)
{
	int64_t start = item->run ? item->run->started_at : 0;
	int64_t end = item->run ? item->run->finished_at : 0;

	if (item->session) {
		start = start ? start : item->session->started_at;
		end = end ? end : item->session->ended_at;
	}
	if (!end && (str_eq(t->id, "active") || str_eq(t->id, "running")))
		end = now;
	return start && end >= start ? end - start : -1;
}

static const char *took_text(const struct task_state *t, int64_t took, struct arena *a)
{
	if (str_eq(t->id, "stalled"))
		return t->detail;
	if (took < 0)
		return "–";
	return str_eq(t->id, "active") || str_eq(t->id, "running") ? arena_printf(a, "running %s", human_duration(a, took))
								     : human_duration(a, took);
}

static void add_state(cJSON *o, const struct task_state *t, int64_t took, struct arena *a)
{
	json_add_string(o, "status", status_name(t->status));
	json_add_string(o, "state", t->id);
	json_add_string(o, "word", t->word);
	add_text(o, "detail", t->detail, TITLE_CHARS, a);
	if (took < 0)
		json_add_null(o, "took");
	else
		json_add_i64(o, "took", took);
	add_text(o, "tookText", took_text(t, took, a), TITLE_CHARS, a);
}

cJSON *work_item_json(const struct work_item *item, const struct instance_snapshot *of, bool is_dark, int64_t now, struct arena *a)
{
	const struct session *x = item->session ? item->session : &no_session;
	const struct task_state t = state_of(item, of, is_dark, now, a);
	const char *title = title_of(item, of), *id = of->instance->id;
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", id);
	add_text(o, "instanceLabel", instance_short_label(of->instance, a), 60, a);
	json_add_string(o, "kind", item->run ? "run" : "session");
	add_text(o, "id", item->run ? item->run->id : x->id, 400, a);
	json_add_string(o, "href", item->run ? link_run(a, id, item->n) : link_session(a, id, x->id));
	add_text(o, "title", title, TITLE_CHARS, a);
	json_add_bool(o, "isUntitled", !title);
	add_text(o, "source", item->run ? "cron" : x->source ? x->source : "unknown", 40, a);
	add_text(o, "model", x->model, 100, a);
	add_text(o, "jobId", item->run ? item->run->job_id : NULL, 200, a);
	add_text(o, "sessionId", x->id, 200, a);
	add_text(o, "parentId", x->parent_id, 200, a);
	json_add_bool(o, "isArchived", x->is_archived);
	json_add_bool(o, "isGone", x->is_gone);
	add_state(o, &t, took_of(item, &t, now), a);
	add_figures(o, x, a);
	add_time(o, "started", item->at, now, a);
	add_time(o, "ended", item->run ? item->run->finished_at : x->ended_at, now, a);
	return o;
}
