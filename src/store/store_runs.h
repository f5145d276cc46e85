/*
 * store/store_runs.h -- the ledger's cron runs and backups.
 */
#ifndef MC_STORE_STORE_RUNS_H
#define MC_STORE_STORE_RUNS_H

#include "model/runs.h"
#include "model/sessions.h"
#include "store/store.h"

/* How far runs have been taken in; in `a`. 0, or -1 with one line in *error. */
int store_runs_request(struct store *s, struct runs_request *out, struct arena *a, const char **error);

/*
 * Takes a batch in and moves its marks, in one transaction. Texts are stored
 * as they are, so they must have passed the redactor. A run that is known is
 * brought up to date. 0, or -1 with one line in *error.
 */
int store_runs_take(struct store *s, const struct runs_batch *b, struct arena *a, const char **error);

struct run_query {
	const char *job;            /* NULL = every job */
	const char *status;         /* NULL = however it went */
	int64_t from_s;             /* begun from then on */
	int64_t to_s;               /* and before then; 0 = no end */
	int64_t before_at;          /* the page after the one that ended with this store_run_at() ... */
	int64_t before_n;           /* ... and this number; 0 = the first page */
	size_t limit;               /* at most 200 */
};

/* Where a run stands in the list: when it began, or, where that is not known, when it ended. */
int64_t store_run_at(const struct cron_run *r) __attribute__((nonnull));

int store_run_page(struct store *s, const struct run_query *q, struct run_page *out, struct arena *a, const char **error);

/*
 * One run by the ledger's number, with the runs of its job before and after.
 * False with *error NULL when there is no such run.
 */
bool store_run(struct store *s, int64_t n, struct run_family *out, struct arena *a, const char **error);

/*
 * The number of the run that a session was ("cron_<job>_<stamp>"): the nearest
 * in time, 0 where it is none or none is near. 0, or -1 with one line in *error.
 */
int store_run_of_session(struct store *s, const struct session *x, int64_t *number, struct arena *a, const char **error);

/* How far in time a session is from a run: by their beginnings, else by their ends. */
int64_t store_run_apart(const struct cron_run *r, const struct session *x) __attribute__((nonnull));

/* Backups seen, newest first, at most `max`. 0, or -1 with one line in *error. */
int store_backups(struct store *s, struct backup_row *out, size_t max, size_t *n, struct arena *a, const char **error);

#endif
