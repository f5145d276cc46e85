#include "cmd/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/limit.h"
#include "hermes/cron_runs.h"
#include "hermes/work.h"
#include "probe/runner.h"
#include "store/store_runs.h"
#include "store/store_sessions.h"

#define BATCH_ARENA_MAX (24 * 1024 * 1024)
#define SOURCE_NAME     "state.db, by way of the ledger"

struct intake {
	const struct instance *instance;
	struct runner *runner;
	struct work_source source;
	struct work_batch batch;
	struct probe_task task;
	struct runner *cron_runner; /* one that hangs in the one holds up nothing of the other */
	struct runs_source runs_source;
	struct runs_batch runs;
	struct probe_task runs_task;
	bool has_told;              /* progress, on the terminal */
};

struct intake *intake_new(const struct instance *in)
{
	struct intake *i = calloc(1, sizeof(*i));

	if (!i)
		abort();
	i->instance = in;
	i->runner = runner_new(1);
	i->source.home = (struct hermes_source){ .home = in->hermes_home,
						 .proc_root = "/proc",
						 .excerpts = in->publish >= PUBLISH_EXCERPTS };
	i->task = (struct probe_task){ .name = "state.db", .run = hermes_work, .in = &i->source, .out = &i->batch,
				       .out_size = sizeof(i->batch) };
	i->cron_runner = runner_new(1);
	i->runs_source.home = i->source.home;
	i->runs_task = (struct probe_task){ .name = "cron runs", .run = hermes_cron_runs, .in = &i->runs_source, .out = &i->runs,
					    .out_size = sizeof(i->runs) };
	return i;
}

void intake_free(struct intake *i)
{
	if (!i || runner_stuck(i->runner) > 0 || runner_stuck(i->cron_runner) > 0)
		return;
	runner_free(i->runner);
	runner_free(i->cron_runner);
	free(i);
}

/* As the policy says; every text that stays has passed the redactor. */
static void clean(const struct intake *i, struct session *x, struct redactor *r, struct arena *a)
{
	const char **texts[] = { &x->source, &x->title, &x->preview, &x->model, &x->end_reason, &x->cost_status };

	if (i->instance->publish < PUBLISH_TITLES)
		x->title = NULL;
	if (i->instance->publish < PUBLISH_EXCERPTS)
		x->preview = NULL;
	for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
		*texts[k] = redact(r, *texts[k], a);
}

static void tell(struct intake *i, bool is_over)
{
	const struct work_batch *b = &i->batch;
	int64_t total = b->total_rows > 0 ? b->total_rows : 0, done = b->next.row;

	if (is_over && !i->has_told)
		return;
	if (is_over)
		printf("\r%-12s %lld sessions are in the ledger%20s\n", i->instance->id, (long long)done, "");
	else
		printf("\r%-12s taking sessions into the ledger: %lld of %lld (%lld %%)", i->instance->id, (long long)done,
		       (long long)total, (long long)(total ? done * 100 / total : 0));
	fflush(stdout);
	i->has_told = !is_over;
}

/*
 * One batch: asked for, read under the runner's deadline, cleaned, stored.
 * False when there is nothing more to be done now. A probe that was left
 * behind still looks at its request: that one is not touched.
 */
static bool take_batch(struct intake *i, struct store *s, struct redactor *r, const char **error)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BATCH_ARENA_MAX);
	struct work_batch *b = &i->batch;

	*error = NULL;
	if (runner_stuck(i->runner) > 0) {
		b->probe.state = PROBE_UNKNOWN;
		b->probe.reason = "state.db has not answered since an earlier run";
		return false;
	}
	i->source.request = (struct work_request){ 0 };
	if (store_work_request(s, clock_now_s(), &i->source.request, a, error) < 0)
		return false;
	runner_recycle(i->runner);
	runner_run(i->runner, &i->task, 1);
	if (b->probe.state != PROBE_OK || b->is_unchanged) {
		if (runner_stuck(i->runner) > 0)
			a = NULL; /* kept for the one that was left behind */
		return false;
	}
	for (size_t k = 0; k < b->n_rows; k++)
		clean(i, &b->rows[k], r, a);
	if (store_work_take(s, b, a, error) < 0)
		return false;
	return !b->next.is_complete;
}

static const struct sessions *reading(struct intake *i, struct store *s, struct arena *a)
{
	struct sessions *out = arena_calloc(a, 1, sizeof(*out));
	const char *error = NULL;

	out->total = out->open = out->active = out->messages = out->schema_version = out->size_bytes = COUNT_UNKNOWN;
	out->probe = i->batch.probe;
	out->probe.source = SOURCE_NAME;
	if (out->probe.state != PROBE_OK) {
		out->probe.reason = arena_strdup(a, out->probe.reason);
		return out;
	}
	if (!store_work_is_complete(s)) {
		out->probe.state = PROBE_UNKNOWN;
		out->probe.reason = arena_printf(a, "sessions are being taken into the ledger: %lld of about %lld so far",
						 (long long)i->batch.next.row, (long long)i->batch.total_rows);
		return out;
	}
	return store_sessions(s, clock_now_s(), out, a, &error) == 0 ? out : NULL;
}

const struct sessions *intake_sessions(struct intake *i, struct store *s, struct redactor *r, bool is_tty, struct arena *a)
{
	int64_t until = clock_mono_us() + (int64_t)INTAKE_BUDGET_S * 1000000;
	const char *error = NULL;

	if (!s)
		return NULL;
	while (take_batch(i, s, r, &error) && (is_tty || clock_mono_us() < until)) {
		if (is_tty) {
			tell(i, false);
			limit_start(); /* a person waits, and sees why */
		}
	}
	if (is_tty)
		tell(i, true);
	return error ? NULL : reading(i, s, a);
}

static void clean_run(const struct intake *i, struct cron_run *x, struct redactor *r, struct arena *a)
{
	const char **texts[] = { &x->id, &x->job_id, &x->error, &x->source, &x->output };

	if (i->instance->publish < PUBLISH_TITLES)
		x->error = NULL;
	for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
		*texts[k] = redact(r, *texts[k], a);
}

void intake_cron_runs(struct intake *i, struct store *s, struct redactor *r)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BATCH_ARENA_MAX);
	const char *error = NULL;

	if (!s || runner_stuck(i->cron_runner) > 0)
		return;
	i->runs_source.request = (struct runs_request){ 0 };
	if (store_runs_request(s, &i->runs_source.request, a, &error) < 0)
		return; /* the samples of this run go the same way, and say so */
	runner_recycle(i->cron_runner);
	runner_run(i->cron_runner, &i->runs_task, 1);
	if (i->runs.probe.state != PROBE_OK) {
		if (runner_stuck(i->cron_runner) > 0)
			a = NULL; /* kept for the one that was left behind */
		return;
	}
	for (size_t k = 0; k < i->runs.n_runs; k++)
		clean_run(i, &i->runs.runs[k], r, a);
	store_runs_take(s, &i->runs, a, &error);
}
