/*
 * A run of a scheduled job: its outcome, its output, the runs around it.
 */
#include <inttypes.h>

#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"
#include "view/task_parts.h"

#define TITLE_CHARS 200
#define ID_CHARS    200
#define WORD_CHARS  100
#define ERROR_CHARS 600

static const char *delivery_text(const struct task_builder *b, const struct task_state *t)
{
	const char *to = b->job && b->job->deliver ? b->job->deliver : NULL;

	if (b->job && str_eq(t->id, "not-delivered"))
		return b->job->last_delivery_error ? arena_printf(b->a, "failed: %s", b->job->last_delivery_error)
						   : "failed; why is not published by this instance's policy";
	if (str_eq(t->id, "silent"))
		return "none: it had nothing to say";
	if (!to)
		return NULL;
	return b->f->run->next_n ? arena_printf(b->a, "to %s, as the job says now", to)
				 : arena_printf(b->a, "to %s; no failure is noted", to);
}

static const char *output_text(const struct cron_run *r, struct arena *a)
{
	if (!r->output)
		return "no file";
	return r->output_bytes == COUNT_UNKNOWN ? r->output : arena_printf(a, "%s, %s", r->output, human_bytes(a, r->output_bytes));
}

static void add_neighbour(cJSON *o, const char *name, const struct task_builder *b, const struct cron_run *r, int64_t n)
{
	cJSON *x;

	if (!n) {
		json_add_null(o, name);
		return;
	}
	x = json_add_object(o, name);
	json_add_string(x, "instanceId", b->f->instance->instance->id);
	json_add_string(x, "number", arena_printf(b->a, "%" PRId64, n));
	json_add_string(x, "href", link_run(b->a, b->f->instance->instance->id, n));
	add_time(x, "at", r->started_at ? r->started_at : r->finished_at, b->s->now, b->a);
	add_text(x, "outcome", r->status, WORD_CHARS, b->a);
}

void task_add_run(cJSON *model, const struct task_builder *b)
{
	const struct run_family *f = b->f->run;
	const struct cron_job *job = b->job;
	struct task_state t;
	cJSON *o;

	if (!f) {
		json_add_null(model, "run");
		return;
	}
	t = task_state_now(b);
	o = json_add_object(model, "run");
	json_add_string(o, "instanceId", b->f->instance->instance->id);
	json_add_string(o, "number", arena_printf(b->a, "%" PRId64, f->number));
	add_text(o, "jobId", f->self.job_id, ID_CHARS, b->a);
	add_text(o, "jobName", job ? job->name : NULL, TITLE_CHARS, b->a);
	json_add_bool(o, "hasJob", job != NULL);
	add_text(o, "schedule", job ? job->schedule : NULL, WORD_CHARS, b->a);
	add_text(o, "startedBy", f->self.source, WORD_CHARS, b->a);
	add_text(o, "outcome", f->self.status, WORD_CHARS, b->a);
	add_text(o, "error", f->self.error, ERROR_CHARS, b->a);
	add_text(o, "output", f->self.output, ID_CHARS, b->a);
	task_add_count(o, "outputBytes", f->self.output ? f->self.output_bytes : -1);
	add_text(o, "delivery", delivery_text(b, &t), ERROR_CHARS, b->a);
	add_neighbour(o, "previous", b, &f->previous, f->previous_n);
	add_neighbour(o, "next", b, &f->next, f->next_n);
	json_add_string(o, "sessionHref", b->session ? link_session(b->a, b->f->instance->instance->id, b->session->id) : NULL);
}

void task_add_run_facts(struct task_builder *b)
{
	const struct cron_run *r = task_run(b);
	struct task_state t;

	if (!r)
		return;
	t = task_state_now(b);
	task_add_fact(b, "Schedule", b->job && b->job->schedule ? b->job->schedule : b->job ? "none" : "the job is gone");
	task_add_fact(b, "Started by", str_eq(r->source, "ticker") ? "the scheduler" : r->source);
	task_add_fact(b, "Output", output_text(r, b->a));
	task_add_fact(b, "Delivery", delivery_text(b, &t));
}
