/*
 * store/store_loops.h -- what the loops write into the ledger, and what is read of it.
 *
 * The writing side is the instance's own user, beside the exporter: each call
 * is one short transaction. 0, or -1 with one line in *error.
 */
#ifndef MC_STORE_STORE_LOOPS_H
#define MC_STORE_STORE_LOOPS_H

#include "model/loops.h"
#include "store/store.h"

#define LOOP_ROWS_MAX      200
#define LOOP_KEPT_S        (730 * 86400LL) /* two years */

int store_put_backup_run(struct store *s, const struct backup_run *r, struct arena *a, const char **error) __attribute__((nonnull));
int store_put_drill(struct store *s, const struct drill_run *r, struct arena *a, const char **error) __attribute__((nonnull));

/*
 * The runs of n days; bounds are n + 1 times, each day from one to the next.
 * *first_at: when the first run of all began; *good_at: when the newest began
 * that ended well before the first of these days; 0 = there is none.
 * BACKUP_ROWS_MAX of the newest rows are looked through.
 */
#define BACKUP_ROWS_MAX 20000
int store_backup_days(struct store *s, const int64_t *bounds, size_t n, struct backup_day *out, int64_t *first_at, int64_t *good_at,
		      struct arena *a, const char **error) __attribute__((nonnull));

/* The newest first, those that began at or after from_s, at most `max` (LOOP_ROWS_MAX); *n says how many. Strings in `a`. */
int store_backup_runs(struct store *s, int64_t from_s, struct backup_run *out, size_t max, size_t *n, struct arena *a,
		      const char **error) __attribute__((nonnull));
int store_drills(struct store *s, int64_t from_s, struct drill_run *out, size_t max, size_t *n, struct arena *a,
		 const char **error) __attribute__((nonnull));

/* The newest proof: the last drill with LOOP_DONE. False where there is none, or on trouble (*error set then). */
bool store_last_proof(struct store *s, struct drill_run *out, struct arena *a, const char **error) __attribute__((nonnull));

/* What a report says of backups and drills. -1 with one line in *error; out->probe is the caller's. */
int store_loops(struct store *s, struct loops *out, struct arena *a, const char **error) __attribute__((nonnull));

/* A loop's own memory, by name (letters, digits, '-', '.'; 60 at most). get: false where there is none. */
int store_put_state(struct store *s, const char *name, int64_t at, const char *word, struct arena *a, const char **error)
	__attribute__((nonnull(1, 2, 5, 6)));
bool store_get_state(struct store *s, const char *name, int64_t *at, const char **word, struct arena *a)
	__attribute__((nonnull));

#endif
