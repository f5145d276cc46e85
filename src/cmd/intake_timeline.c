#include "cmd/intake_timeline.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/limit.h"
#include "hermes/timeline.h"
#include "probe/runner.h"
#include "report/timeline_clean.h"
#include "store/store_timeline.h"

#define BATCH_ARENA_MAX ((size_t)48 * 1024 * 1024)

struct timelines {
	const struct instance *instance;
	struct runner *runner;
	struct timeline_source source;
	struct timeline_batch batch;
	struct probe_task task;
};

struct timelines *timelines_new(const struct instance *in)
{
	struct timelines *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->instance = in;
	t->runner = runner_new(1);
	t->source.home = (struct hermes_source){ .home = in->hermes_home,
						 .proc_root = "/proc",
						 .excerpts = in->publish >= PUBLISH_EXCERPTS };
	t->task = (struct probe_task){ .name = "messages", .run = hermes_timeline, .in = &t->source, .out = &t->batch,
				       .out_size = sizeof(t->batch) };
	return t;
}

void timelines_free(struct timelines *t)
{
	if (!t || runner_stuck(t->runner) > 0)
		return;
	runner_free(t->runner);
	free(t);
}

/* One batch; false when there is nothing more to be done now. */
static bool take_batch(struct timelines *t, struct store *s, struct redactor *r)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BATCH_ARENA_MAX);
	const char *error = NULL;

	if (runner_stuck(t->runner) > 0)
		return false; /* a probe that was left behind still looks at its request */
	t->source.request = (struct timeline_request){ 0 };
	if (store_timeline_request(s, clock_now_s(), timeline_policy(t->instance), &t->source.request, a, &error) < 0 ||
	    t->source.request.n_wants == 0)
		return false;
	runner_recycle(t->runner);
	runner_run(t->runner, &t->task, 1);
	if (t->batch.probe.state != PROBE_OK) {
		if (runner_stuck(t->runner) > 0)
			a = NULL; /* kept for the one that was left behind */
		return false;
	}
	timeline_clean(&t->batch, t->instance->publish, r, a);
	return store_timeline_take(s, &t->batch, a, &error) == 0 && t->batch.n_items > 0;
}

void timelines_take(struct timelines *t, struct store *s, struct redactor *r, bool is_tty)
{
	int64_t until = clock_mono_us() + (int64_t)TIMELINES_BUDGET_S * 1000000;

	while (s && take_batch(t, s, r) && (is_tty || clock_mono_us() < until))
		if (is_tty)
			limit_start(); /* a person waits, as for the sessions before */
}
