/*
 * model/runs.h -- cron runs on their way from an instance into its ledger.
 */
#ifndef MC_MODEL_RUNS_H
#define MC_MODEL_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/probe.h"

#define RUNS_BATCH    1000 /* at most in one batch */
#define RUNS_DIRS_MAX 500  /* jobs whose outputs are looked at */

struct cron_run {
	const char *id;             /* of the execution, or "<job>/<output file>" */
	const char *job_id;
	int64_t started_at;         /* 0 = not known */
	int64_t finished_at;        /* 0 = not finished */
	const char *status;         /* ok, failed, empty, silent, running, unknown */
	const char *error;
	const char *source;         /* ticker, by hand, ...; NULL where this version does not say */
	const char *output;         /* name of the file; NULL = none */
	int64_t output_bytes;
};

/* How far a job's folder of outputs, or executions.db, has been taken in. */
struct runs_mark {
	const char *name;           /* the job's id; "" = executions.db */
	int64_t stamp;              /* nanoseconds: the folder's or file's last change */
	int64_t size;               /* of executions.db */
	const char *last;           /* the newest output taken in; names are stamps, so they sort by time */
};

/* PROBE_OK: runs may be taken in, and then the marks are these. */
struct runs_batch {
	struct probe probe;         /* PROBE_INACTIVE: no cron run has left a trace here */
	struct cron_run *runs;
	size_t n_runs;
	struct runs_mark *marks;    /* only those that changed */
	size_t n_marks;
};

struct runs_request {
	const struct runs_mark *marks;
	size_t n_marks;
};

#endif
