/*
 * store/store.h -- ledger.db: what has happened, one an instance.
 *
 * <stateDir>/reports/<id>/ledger.db; the host's id is "host". Written by the
 * exporter after each report, read by panes of another user who may read the
 * file and its folder and write neither. docs/ledger.md says what it holds
 * and for how long.
 *
 * Every observation is in exactly one of three places: as it was taken (48
 * hours), in the sum of its hour (90 days) or of its day (2 years). Nothing
 * free-form gets in: names of readings, numbers, and state words of
 * [a-z_-] ("other" for anything else).
 */
#ifndef MC_STORE_STORE_H
#define MC_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/ledger.h"
#include "model/report.h"

#define STORE_FILE     "ledger.db"
#define STORE_ROWS_MAX 10000 /* that one question is answered with */
#define STORE_ANY_USER (-1)

struct store;

/*
 * Opens dir/ledger.db for writing, making or migrating it. NULL with one line
 * in *error (in `a`) where it is not ours to write: a link, a pipe, another
 * user's, another program's, a newer version's, damaged. Such a file is left
 * as it is: two years of history are worth a person's look, and damage is
 * often the disk's, where a new file would fare no better.
 */
struct store *store_open(const char *dir, struct arena *a, const char **error) __attribute__((nonnull));

/* Whether dir holds a ledger of an earlier version, which opening it for writing will bring up to date; that can take minutes. */
bool store_is_older(const char *dir) __attribute__((nonnull));

/*
 * Records a report at its generated_at with what was judged of it (NULL: it
 * was not), and moves a bounded part of what is old into its hour or day. One transaction: whatever happens, all of it is in
 * the ledger or nothing. 0, or -1 with one line in *error; close and open
 * again then, for the file may have been moved away.
 */
struct store_verdict;
int store_record_instance(struct store *s, const struct instance_report *r, const struct store_verdict *v, struct arena *a,
			  const char **error) __attribute__((nonnull(1, 2, 4, 5)));
int store_record_host(struct store *s, const struct host_report *r, const struct store_verdict *v, struct arena *a,
		      const char **error) __attribute__((nonnull(1, 2, 4, 5)));

/*
 * Opens dir/ledger.db for reading: never writes, makes or repairs anything.
 * The file must belong to uid (STORE_ANY_USER: to anyone). No later call
 * works beyond deadline_us (clock_mono_us()). NULL with one line in *error.
 */
struct store *store_open_read(const char *dir, int64_t uid, int64_t deadline_us, struct arena *a, const char **error)
	__attribute__((nonnull));

/* Frees the store, or lays down one that is kept; NULL is fine. */
void store_close(struct store *s);
void store_closep(struct store **s);

/*
 * For who reads the same ledger again and again: from now on store_close()
 * only lays the store down, without locks and with as little memory as can be;
 * store_take_up() takes it up again for another while, and store_drop() ends
 * it. Half of what a short question costs is the opening.
 */
void store_keep(struct store *s) __attribute__((nonnull));

/*
 * False where it cannot be: it is taken up already, or the file that it has
 * open is not any more what store_open_read() would open (another, another's,
 * of another schema, not to be read, locked). Then store_open_read() says
 * what there is.
 */
bool store_take_up(struct store *s, const char *dir, int64_t uid, int64_t deadline_us, struct arena *a) __attribute__((nonnull));
bool store_is_lent(const struct store *s) __attribute__((nonnull));
void store_drop(struct store *s);

/*
 * What was seen of a reading ("gatewayUnit", "sessions.active", "export") from
 * from_s on and before to_s: at most STORE_ROWS_MAX, the newest ones. An hour
 * or a day without a row was not observed. Reading "export" is there for each
 * run, its number the microseconds that the readings took. 0, or -1 with one
 * line in *error.
 */
int store_samples(struct store *s, const char *reading, int64_t from_s, int64_t to_s, struct store_samples *out,
		  struct arena *a, const char **error) __attribute__((nonnull));

/* Changes of one reading, or with NULL of all, in the same way. A first sight of something is no change. */
int store_transitions(struct store *s, const char *reading, int64_t from_s, int64_t to_s,
		      struct store_transitions *out, struct arena *a, const char **error)
	__attribute__((nonnull(1, 5, 6, 7)));

/*
 * How often a new gateway process was seen from from_s until now, and since
 * when it was looked at. False where no run has been recorded since.
 */
bool store_restarts(struct store *s, int64_t from_s, int64_t now, int64_t *restarts, int64_t *counted_from)
	__attribute__((nonnull));

/*
 * By how much a home that takes `bytes` now has grown a day (less than 0: it
 * shrank), and over how many seconds that was measured, at most a week. False
 * where there is no earlier figure.
 */
bool store_growth(struct store *s, int64_t now, int64_t bytes, int64_t *a_day, int64_t *over_s) __attribute__((nonnull));

#define STORE_WATCHES_MAX 128

/*
 * What was found of every reading whose name begins with prefix, by quarters
 * of an hour that touch from_s up to to_s: of raw samples, so of the last 48
 * hours at most. All of them in one walk; at most STORE_WATCHES_MAX readings. 0, or -1 with one line in *error. All in `a`.
 */
int store_reading_watches(struct store *s, const char *prefix, int64_t from_s, int64_t to_s, struct reading_watches *out,
			  struct arena *a, const char **error) __attribute__((nonnull));

/* Since when this ledger has certainly been kept, as far back as it still remembers; 0 where it holds nothing. */
int64_t store_kept_since(struct store *s) __attribute__((nonnull));

#endif
