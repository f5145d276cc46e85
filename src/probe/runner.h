/*
 * probe/runner.h -- run probes side by side, each under a deadline that holds.
 *
 * A probe may sit in a call that no timeout reaches (a deaf bus, a dead NFS).
 * So each runs in a thread of its own; one that is late is left behind with
 * the memory it uses, its reading says "timed out", and it is not started
 * again before it has come back. Nothing forks.
 */
#ifndef MC_PROBE_RUNNER_H
#define MC_PROBE_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/probe.h"

/*
 * Fills *out, which is zeroed and begins with a struct probe; strings go to
 * `a`. `in` stays valid for the life of the process. deadline_us is
 * monotonic: a courtesy to those that can stop by themselves.
 */
typedef void (*probe_fn)(void *out, const void *in, struct arena *a, int64_t deadline_us);

struct probe_task {
	const char *name;       /* what is read, fit to show; static */
	probe_fn run;
	const void *in;
	void *out;
	size_t out_size;
	int64_t limit_us;       /* 0 = PROBE_LIMIT_US */
	bool was_left_out;      /* filled: it did not answer in time, or was not asked */
};

#define PROBE_LIMIT_US (2 * 1000 * 1000)

struct runner;

/* Gives a runner for up to n_tasks tasks, whose order stays the same from run to run; it lives as long as the process. */
struct runner *runner_new(size_t n_tasks);

/*
 * Runs all tasks and returns when each has answered or run out of time.
 * Every out is filled: by its probe, taken_at and took_us added where the
 * probe left them 0, or with PROBE_UNKNOWN and a reason. Results and their
 * strings live until runner_recycle().
 */
void runner_run(struct runner *r, struct probe_task *tasks, size_t n_tasks);

/* Frees what the last run's probes allocated; those left behind keep theirs until they return. */
void runner_recycle(struct runner *r);

/* Frees the runner, unless a probe is still out: then everything stays, for that probe may come back to it. */
void runner_free(struct runner *r);

/* How many probes of earlier runs have still not returned. */
size_t runner_stuck(const struct runner *r);

#endif
