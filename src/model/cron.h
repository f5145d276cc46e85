/*
 * model/cron.h -- scheduled jobs and the scheduler's signs of life.
 */
#ifndef MC_MODEL_CRON_H
#define MC_MODEL_CRON_H

#include <stdbool.h>
#include <stddef.h>

#include "model/probe.h"

/* At most this many of the last times at which a job was due. */
#define CRON_DUE_MAX 30

/* Times at which a job was due, evenly apart: from, from + every_s, ... */
struct cron_due {
	int64_t from;
	int64_t every_s;            /* 0 = there is only one */
	int64_t times;
};

struct cron_job {
	const char *id;
	const char *name;
	const char *schedule;       /* as Hermes displays it */
	const char *kind;           /* "cron", "interval", "once"; NULL = a schedule that is not understood */
	const char *expr;           /* the cron expression */
	const char *words;          /* "every day at 07:30"; NULL where the schedule is not understood */
	const char *zone;           /* the clock that expr and words go by: "UTC+05:30" */
	const char *state;          /* scheduled, paused, completed, error: effective, after `enabled` */
	enum tristate enabled;
	const char *last_status;    /* NULL = never ran; ok, error, blocked_config */
	const char *last_error;
	const char *last_delivery_error; /* what it says is published by the policy for titles alone ... */
	enum tristate delivery_failed; /* ... and that there is one always; see cron_job_is_undelivered() */
	const char *paused_reason;
	const char *deliver;
	int64_t last_run_at;        /* end of the last run */
	int64_t next_run_at;
	int64_t created_at;
	int64_t paused_at;
	int64_t period_s;           /* between runs, where the schedule has one; COUNT_UNKNOWN otherwise */
	int64_t grace_s;            /* so late it may start, by Hermes's rule; 0 = not told */
	int64_t failure_streak;     /* COUNT_UNKNOWN where this version does not count */
	int64_t runs;               /* repeat.completed */
	int64_t runs_wanted;        /* repeat.times; COUNT_UNKNOWN = for ever, or not told */
	/*
	 * When it was due last, up to the moment of reading and since it was
	 * created, oldest first. Of an interval these are only where it would be
	 * had it always run at once: each next time counts from the end of a run.
	 */
	struct cron_due *due;
	size_t n_due;
};

/* Whether the last run's answer did not arrive; reports of before have the text alone. */
static inline bool cron_job_is_undelivered(const struct cron_job *j)
{
	return j->delivery_failed == TRI_YES || (j->last_delivery_error && *j->last_delivery_error);
}

struct cron {
	struct probe probe;         /* of jobs.json; absent = PROBE_INACTIVE "no cron jobs" */
	struct cron_job *jobs;
	size_t n_jobs;
	struct probe scheduler;     /* of the heartbeat files; PROBE_INACTIVE where this version writes none */
	int64_t heartbeat_at;
	int64_t last_success_at;
	int64_t last_error_at;
	const char *last_error;
};

#endif
