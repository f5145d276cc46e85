/*
 * model/cron.h -- scheduled jobs and the scheduler's signs of life.
 */
#ifndef MC_MODEL_CRON_H
#define MC_MODEL_CRON_H

#include <stddef.h>

#include "model/probe.h"

struct cron_job {
	const char *id;
	const char *name;
	const char *schedule;       /* as Hermes displays it */
	const char *state;          /* scheduled, paused, completed, error: effective, after `enabled` */
	enum tristate enabled;
	const char *last_status;    /* NULL = never ran; ok, error, blocked_config */
	const char *last_error;
	const char *last_delivery_error;
	const char *paused_reason;
	const char *deliver;
	int64_t last_run_at;        /* end of the last run */
	int64_t next_run_at;
	int64_t period_s;           /* between runs, where the schedule has one; COUNT_UNKNOWN otherwise */
	int64_t failure_streak;     /* COUNT_UNKNOWN where this version does not count */
	int64_t runs;               /* repeat.completed */
};

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
