#include "view/task_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/judge_task.h"
#include "view/lineage_json.h"
#include "view/links.h"
#include "view/parts_json.h"
#include "view/task_parts.h"
#include "view/task_words.h"
#include "view/timeline_json.h"
#include "view/verdict.h"

#define TITLE_CHARS 200
#define TAB_CHARS   80
#define ID_CHARS    200
#define WORD_CHARS  100
#define SHORT_CHARS 16 /* what fits beside another fact */

const struct session *task_reported(const struct instance_snapshot *s, const char *id)
{
	for (size_t i = 0; s->has_report && i < s->report.sessions.n_latest; i++)
		if (str_eq(s->report.sessions.latest[i].id, id))
			return &s->report.sessions.latest[i];
	return NULL;
}

const struct cron_run *task_run(const struct task_builder *b)
{
	return b->f->run ? &b->f->run->self : NULL;
}

/* ---- figures ---- */

void task_add_count(cJSON *o, const char *name, int64_t n)
{
	if (n < 0)
		json_add_null(o, name);
	else
		json_add_i64(o, name, n);
}

void task_add_fact_at(struct task_builder *b, const char *label, const char *text, int64_t at)
{
	char stamp[CLOCK_TEXT_MAX] = "";
	cJSON *o = cJSON_CreateObject();

	if (at)
		clock_rfc3339(at, stamp);
	json_add_string(o, "label", label);
	json_add_string(o, "text", text);
	json_add_bool(o, "isLong", str_utf8_count(text, strlen(text)) > SHORT_CHARS);
	json_add_string(o, "at", *stamp ? stamp : NULL);
	json_add_string(o, "exact", at ? human_instant(b->a, at) : NULL);
	json_append(b->facts, o);
}

void task_add_fact(struct task_builder *b, const char *label, const char *text)
{
	if (text)
		task_add_fact_at(b, label, str_clean(b->a, text, strlen(text), WORD_CHARS), 0);
}

static void add_figure(struct task_builder *b, const char *label, int64_t n)
{
	if (n >= 0)
		task_add_fact(b, label, human_count(b->a, n));
}

static void add_cost(struct task_builder *b, const struct session *x)
{
	bool is_estimated = x->cost_microusd >= 0 && str_eq(x->cost_status, "estimated");

	task_add_fact(b, is_estimated ? "Cost, estimated" : "Cost",
		 x->cost_microusd < 0 ? "not known" : str_eq(x->cost_status, "included") ? "included" : human_usd(b->a, x->cost_microusd));
}

/* How long it took, or has taken so far; -1 = not known. */
static int64_t took(const struct task_builder *b, bool *is_over)
{
	const struct cron_run *r = task_run(b);
	const struct session *x = b->session;

	*is_over = r ? r->finished_at > 0 : x && x->ended_at > 0;
	if (r && r->started_at && r->finished_at >= r->started_at)
		return r->finished_at - r->started_at;
	if (r || !x || !x->started_at)
		return -1;
	if (x->ended_at)
		return x->ended_at >= x->started_at ? x->ended_at - x->started_at : -1;
	return x->last_active_at >= x->started_at ? x->last_active_at - x->started_at : -1;
}

/* ---- the task ---- */

static const char *title_of(const struct task_builder *b)
{
	if (task_run(b))
		return b->job && b->job->name && *b->job->name ? b->job->name : task_run(b)->job_id;
	if (b->session && b->session->title && *b->session->title)
		return b->session->title;
	return b->job ? b->job->name : NULL;
}

struct task_state task_state_now(const struct task_builder *b)
{
	if (task_run(b))
		return judge_run_task(task_run(b), b->job, b->is_dark, b->s->now, b->a);
	if (b->session)
		return judge_session_task(b->session, b->is_dark, b->s->now, b->a);
	return (struct task_state){ .id = "unknown", .word = "unknown", .status = STATUS_UNKNOWN,
				    .detail = "it could not be looked up" };
}

static void add_state(cJSON *o, const struct task_builder *b)
{
	struct task_state t = task_state_now(b);

	json_add_string(o, "status", status_name(t.status));
	json_add_string(o, "state", t.id);
	json_add_string(o, "word", t.word);
	add_text(o, "detail", b->session && !task_run(b) && b->session->ended_at ? end_reason_words(b->a, t.detail) : t.detail,
		 WORD_CHARS, b->a);
	json_add_string(o, "rule", t.rule);
}

static void add_span(cJSON *o, const struct task_builder *b)
{
	const struct cron_run *r = task_run(b);
	const struct session *x = b->session;
	bool is_over;
	int64_t s = took(b, &is_over);

	add_time(o, "started", r ? r->started_at : x ? x->started_at : 0, b->s->now, b->a);
	add_time(o, "ended", r ? r->finished_at : x ? x->ended_at : 0, b->s->now, b->a);
	add_time(o, "lastActive", r ? 0 : x ? x->last_active_at : 0, b->s->now, b->a);
	task_add_count(o, "took", s);
	json_add_string(o, "tookText", s >= 0 ? human_duration(b->a, s) : NULL);
	json_add_bool(o, "isOver", is_over);
}

static void add_figures(cJSON *o, const struct session *x)
{
	const struct session none = { .messages = -1, .tool_calls = -1, .input_tokens = -1, .output_tokens = -1,
				      .cache_read_tokens = -1, .cache_write_tokens = -1, .reasoning_tokens = -1,
				      .cost_microusd = -1 };

	if (!x)
		x = &none;
	task_add_count(o, "messages", x->messages);
	task_add_count(o, "toolCalls", x->tool_calls);
	task_add_count(o, "inputTokens", x->input_tokens);
	task_add_count(o, "outputTokens", x->output_tokens);
	task_add_count(o, "cacheReadTokens", x->cache_read_tokens);
	task_add_count(o, "cacheWriteTokens", x->cache_write_tokens);
	task_add_count(o, "reasoningTokens", x->reasoning_tokens);
	if (x->cost_microusd < 0)
		json_add_null(o, "costUsd");
	else
		json_add_double(o, "costUsd", (double)x->cost_microusd / 1000000);
}

static void add_task(cJSON *model, const struct task_builder *b)
{
	cJSON *o = json_add_object(model, "task");
	const struct session *x = b->session;
	const char *title = title_of(b), *instance = b->f->instance->instance->id;

	json_add_string(o, "instanceId", instance);
	add_text(o, "instanceLabel", instance_short_label(b->f->instance->instance, b->a), WORD_CHARS, b->a);
	json_add_string(o, "kind", task_run(b) ? "run" : "session");
	add_text(o, "id", task_run(b) ? task_run(b)->id : x ? x->id : b->f->asked, ID_CHARS, b->a);
	add_text(o, "title", title, TITLE_CHARS, b->a);
	json_add_bool(o, "isUntitled", !title);
	add_text(o, "source", task_run(b) ? "cron" : x ? (x->source ? x->source : "unknown") : NULL, WORD_CHARS, b->a);
	add_text(o, "model", x ? x->model : NULL, WORD_CHARS, b->a);
	add_state(o, b);
	add_span(o, b);
	add_figures(o, x);
	add_text(o, "costStatus", x ? x->cost_status : NULL, WORD_CHARS, b->a);
	add_text(o, "endReason", x ? x->end_reason : NULL, WORD_CHARS, b->a);
	json_add_string(o, "endText", x ? end_reason_words(b->a, x->end_reason) : NULL);
	add_text(o, "preview", x ? x->preview : NULL, TITLE_CHARS, b->a);
	json_add_bool(o, "isArchived", x && x->is_archived);
	json_add_bool(o, "isHidden", x && x->is_hidden);
	json_add_bool(o, "isGone", x && x->is_gone);
}

/* ---- facts, in words ---- */

static void add_times(struct task_builder *b)
{
	const struct cron_run *r = task_run(b);
	int64_t started = r ? r->started_at : b->session ? b->session->started_at : 0;
	int64_t ended = r ? r->finished_at : b->session ? b->session->ended_at : 0;
	bool is_over;
	int64_t s = took(b, &is_over);

	if (started)
		task_add_fact_at(b, "Started", human_ago(b->a, started, b->s->now), started);
	if (ended)
		task_add_fact_at(b, "Ended", human_ago(b->a, ended, b->s->now), ended);
	if (s >= 0)
		task_add_fact(b, is_over ? "Took" : "So far", human_duration(b->a, s));
}

static void add_session_facts(struct task_builder *b)
{
	const struct session *x = b->session;

	if (!x)
		return;
	task_add_fact(b, "Model", x->model ? x->model : "not known");
	add_cost(b, x);
	add_figure(b, "Messages", x->messages);
	add_figure(b, "Tool calls", x->tool_calls);
	task_add_fact(b, "Tokens in", human_count(b->a, x->input_tokens));
	task_add_fact(b, "Tokens out", human_count(b->a, x->output_tokens));
	if (x->cache_read_tokens > 0)
		add_figure(b, "Read from cache", x->cache_read_tokens);
	if (x->reasoning_tokens > 0)
		add_figure(b, "Reasoning tokens", x->reasoning_tokens);
	if (x->is_gone)
		task_add_fact(b, "In state.db", "deleted");
	if (x->is_archived || x->is_hidden)
		task_add_fact(b, "In Hermes's list", x->is_archived ? "archived" : "hidden");
}

/* ---- the page ---- */

/* Whatever stands between the reader and the whole of it. */
static void add_notes(cJSON *model, const struct task_builder *b)
{
	cJSON *list = json_add_array(model, "notes");
	const struct task_facts *f = b->f;
	const char *notes[3] = { NULL };

	if (f->trouble)
		notes[0] = arena_printf(b->a, "The ledger could not be read: %s.%s", f->trouble,
					b->session ? " What the last report says of it is shown." : "");
	if (b->is_dark)
		notes[1] = arena_printf(b->a, "As of the last report: %s.",
					f->instance->probe.reason ? f->instance->probe.reason : "nothing newer is known");
	if (b->session && b->session->is_gone && !task_run(b))
		notes[2] = "It was deleted in Hermes since; only figures are kept of it.";
	for (size_t i = 0; i < 3; i++) {
		cJSON *o = notes[i] ? cJSON_CreateObject() : NULL;

		if (!o)
			continue;
		json_add_string(o, "instanceId", f->instance->instance->id);
		json_add_string(o, "text", notes[i]);
		json_append(list, o);
	}
}

static void add_models(cJSON *model, const struct task_builder *b)
{
	const struct timeline_page *p = b->f->timeline;
	cJSON *list = json_add_array(model, "models");

	for (size_t i = 0; p && i < p->n_models; i++) {
		const struct model_usage *u = &p->models[i];
		cJSON *o = cJSON_CreateObject();

		json_add_string(o, "instanceId", b->f->instance->instance->id);
		add_text(o, "model", u->model, WORD_CHARS, b->a);
		task_add_count(o, "requests", u->requests);
		task_add_count(o, "inputTokens", u->input_tokens);
		task_add_count(o, "outputTokens", u->output_tokens);
		json_add_string(o, "inputText", u->input_tokens < 0 ? "–" : human_count(b->a, u->input_tokens));
		json_add_string(o, "outputText", u->output_tokens < 0 ? "–" : human_count(b->a, u->output_tokens));
		if (u->cost_microusd < 0)
			json_add_null(o, "costUsd");
		else
			json_add_double(o, "costUsd", (double)u->cost_microusd / 1000000);
		json_add_string(o, "costText", u->cost_microusd < 0 ? "–" : human_usd(b->a, u->cost_microusd));
		json_append(list, o);
	}
	json_add_bool(model, "hasModels", p && p->n_models > 0);
}

static void add_crumbs(cJSON *model, const struct task_builder *b)
{
	const struct instance *in = b->f->instance->instance;
	cJSON *o = json_add_object(model, "crumbs");

	json_add_string(o, "listHref", link_pane(b->a, "tasks", NULL));
	json_add_string(o, "instanceHref", link_pane(b->a, "tasks", in->id));
	add_text(o, "instanceLabel", instance_short_label(in, b->a), WORD_CHARS, b->a);
}

static void add_the_timeline(cJSON *model, const struct task_builder *b)
{
	const struct instance_snapshot *in = b->f->instance;
	const struct session none = { .messages = -1, .tool_calls = -1 };
	const char *id = in->instance->id;
	struct timeline_facts t = {
		.instance_id = id,
		.session = b->session ? b->session : &none,
		.page = b->f->timeline,
		.trouble = b->f->trouble,
		.href = b->session ? link_session(b->a, id, b->session->id) : NULL,
		.after = b->f->after,
		.publish = in->has_report ? (int)in->report.exporter.publish : -1,
	};

	if (!b->session && task_run(b))
		t.trouble = "this run left no session, or none that can be told from others";
	add_timeline(model, &t, b->a);
}

static const char *heading_of(const struct task_builder *b)
{
	const char *title = title_of(b);

	return title ? str_clean(b->a, title, strlen(title), TAB_CHARS) : task_run(b) ? "Run" : "Session";
}

cJSON *task_view(const struct snapshot *s, const char *choice, const struct task_facts *f, struct arena *a)
{
	struct task_builder b = { .s = s, .f = f, .is_dark = f->instance->probe.state != PROBE_OK, .a = a };
	const struct cron *cron = &f->instance->report.cron;
	cJSON *model = cJSON_CreateObject();

	b.session = f->family ? &f->family->self : f->reported;
	if (f->instance->has_report)
		b.job = f->run ? job_by_id(cron, f->run->self.job_id) : job_of_session(cron, b.session ? b.session->id : NULL);
	add_head(model, heading_of(&b), s, verdict_of(s, choice, a), choice, a);
	add_crumbs(model, &b);
	add_task(model, &b);
	b.facts = json_add_array(model, "facts");
	add_times(&b);
	task_add_run_facts(&b);
	add_session_facts(&b);
	add_notes(model, &b);
	task_add_run(model, &b);
	json_add_string(model, "runHref", f->run_of_session ? link_run(a, f->instance->instance->id, f->run_of_session) : NULL);
	add_the_timeline(model, &b);
	add_lineage(model, f, s->now, a);
	add_models(model, &b);
	return model;
}
