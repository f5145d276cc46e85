#include "store/store_loops.h"

#include <string.h>

#include "base/str.h"
#include "store/store_parts.h"

#define LINE_CHARS 400
#define STATE_NAME_MAX  60

static void bind_count(sqlite3_stmt *st, int i, int64_t n)
{
	if (n == COUNT_UNKNOWN)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_int64(st, i, n);
}

static int64_t count_of(sqlite3_stmt *st, int i)
{
	return sqlite3_column_type(st, i) == SQLITE_INTEGER && sqlite3_column_int64(st, i) >= 0 ? sqlite3_column_int64(st, i) :
												COUNT_UNKNOWN;
}

/* What may be another user's text, as a line. */
static const char *line_of(sqlite3_stmt *st, int i, struct arena *a)
{
	const char *s = store_text(st, i, a);

	return s ? str_clean(a, s, strlen(s), LINE_CHARS) : NULL;
}

static enum loop_state state_of(sqlite3_stmt *st, int i)
{
	int64_t n = sqlite3_column_int64(st, i);

	return n >= LOOP_FAILED && n <= LOOP_REFUSED ? (enum loop_state)n : LOOP_FAILED;
}

static int put_done(struct store *s, int rc, struct arena *a, const char **error)
{
	if (rc == SQLITE_OK)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}

int store_put_backup_run(struct store *s, const struct backup_run *r, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    "INSERT INTO backup_runs(at, took, state, commit_id, remote, files, bytes, changed, error)"
				    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
				    -1, &st, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, r->at);
		sqlite3_bind_int64(st, 2, r->took_us);
		sqlite3_bind_int(st, 3, (int)r->state);
		store_bind_text(st, 4, r->commit);
		store_bind_text(st, 5, r->remote);
		bind_count(st, 6, r->files);
		bind_count(st, 7, r->bytes);
		bind_count(st, 8, r->changed);
		store_bind_text(st, 9, r->error);
		rc = store_step(st);
	}
	return put_done(s, rc, a, error);
}

int store_put_drill(struct store *s, const struct drill_run *r, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    "INSERT INTO drills(at, took, state, commit_id, remote, files, bytes, checked, failed, receipt,"
				    " error) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
				    -1, &st, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, r->at);
		sqlite3_bind_int64(st, 2, r->took_us);
		sqlite3_bind_int(st, 3, (int)r->state);
		store_bind_text(st, 4, r->commit);
		store_bind_text(st, 5, r->remote);
		bind_count(st, 6, r->files);
		bind_count(st, 7, r->bytes);
		bind_count(st, 8, r->checked);
		bind_count(st, 9, r->failed);
		store_bind_text(st, 10, r->receipt && strlen(r->receipt) <= RECEIPT_BYTES_MAX ? r->receipt : NULL);
		store_bind_text(st, 11, r->error);
		rc = store_step(st);
	}
	return put_done(s, rc, a, error);
}

static void take_backup(sqlite3_stmt *st, struct backup_run *r, struct arena *a)
{
	*r = (struct backup_run){
		.n = sqlite3_column_int64(st, 0),
		.at = sqlite3_column_int64(st, 1),
		.took_us = sqlite3_column_int64(st, 2),
		.state = state_of(st, 3),
		.commit = line_of(st, 4, a),
		.remote = line_of(st, 5, a),
		.files = count_of(st, 6),
		.bytes = count_of(st, 7),
		.changed = count_of(st, 8),
		.error = line_of(st, 9, a),
	};
}

static void take_drill(sqlite3_stmt *st, struct drill_run *r, struct arena *a)
{
	const char *receipt = (const char *)sqlite3_column_text(st, 10);

	*r = (struct drill_run){
		.n = sqlite3_column_int64(st, 0),
		.at = sqlite3_column_int64(st, 1),
		.took_us = sqlite3_column_int64(st, 2),
		.state = state_of(st, 3),
		.commit = line_of(st, 4, a),
		.remote = line_of(st, 5, a),
		.files = count_of(st, 6),
		.bytes = count_of(st, 7),
		.checked = count_of(st, 8),
		.failed = count_of(st, 9),
		.receipt = receipt && strlen(receipt) <= RECEIPT_BYTES_MAX ? arena_strdup(a, receipt) : NULL,
		.error = line_of(st, 11, a),
	};
}

static int read_done(struct store *s, int rc, struct arena *a, const char **error)
{
	return put_done(s, rc == SQLITE_DONE ? SQLITE_OK : rc, a, error);
}

#define BACKUPS "SELECT n, at, took, state, commit_id, remote, files, bytes, changed, error FROM backup_runs"

int store_backup_runs(struct store *s, int64_t from_s, struct backup_run *out, size_t max, size_t *n, struct arena *a,
		      const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    BACKUPS " WHERE at >= ?1 ORDER BY at DESC, n DESC LIMIT 200",
				    -1, &st, NULL);

	*n = 0;
	if (rc == SQLITE_OK)
		sqlite3_bind_int64(st, 1, from_s);
	while (rc == SQLITE_OK && *n < max && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		take_backup(st, &out[(*n)++], a);
		rc = SQLITE_OK;
	}
	return read_done(s, rc, a, error);
}

/* ---- by days ---- */

static bool is_good(enum loop_state state)
{
	return state == LOOP_DONE || state == LOOP_NOTHING;
}

/* Counted here: a reader may call no function of SQL (store_open.c). Of the newest rows, which end each day and how many there are; their texts are looked up later, for those alone. */
static int sort_into_days(struct store *s, const int64_t *bounds, size_t n, struct backup_day *out)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	size_t day = n;
	int rc = sqlite3_prepare_v2(s->db,
				    "SELECT n, at, state FROM backup_runs WHERE at >= ?1 AND at < ?2 ORDER BY at DESC, n DESC LIMIT ?3", -1,
				    &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 1, bounds[0]);
	sqlite3_bind_int64(st, 2, bounds[n]);
	sqlite3_bind_int64(st, 3, BACKUP_ROWS_MAX);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		int64_t at = sqlite3_column_int64(st, 1);
		bool good = is_good(state_of(st, 2));
		struct backup_day *d;

		while (day > 0 && (day == n || at < bounds[day]))
			day--;
		d = &out[day];
		d->runs++;
		d->failed += !good;
		if (!d->last.n)
			d->last.n = sqlite3_column_int64(st, 0);
		if (good && !d->good.n)
			d->good.n = sqlite3_column_int64(st, 0);
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int fill(sqlite3_stmt *st, struct backup_run *r, struct arena *a)
{
	int rc = SQLITE_OK;

	if (!r->n)
		return SQLITE_OK;
	sqlite3_reset(st);
	sqlite3_bind_int64(st, 1, r->n);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		take_backup(st, r, a);
	else
		*r = (struct backup_run){ 0 };
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* The one time that is asked for; 0 where there is none. */
static int time_of(struct store *s, const char *sql, int64_t bound, int64_t *at)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 1, bound);
	rc = sqlite3_step(st);
	*at = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int store_backup_days(struct store *s, const int64_t *bounds, size_t n, struct backup_day *out, int64_t *first_at, int64_t *good_at,
		      struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *one = NULL;
	int rc;

	memset(out, 0, n * sizeof(*out));
	*first_at = *good_at = 0;
	rc = n ? sort_into_days(s, bounds, n, out) : SQLITE_OK;
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(s->db, BACKUPS " WHERE n = ?1", -1, &one, NULL);
	for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
		rc = fill(one, &out[i].last, a);
		if (rc == SQLITE_OK)
			rc = fill(one, &out[i].good, a);
	}
	if (rc == SQLITE_OK)
		rc = time_of(s, "SELECT at FROM backup_runs WHERE at > ?1 ORDER BY at LIMIT 1", 0, first_at);
	if (rc == SQLITE_OK)
		rc = time_of(s, "SELECT at FROM backup_runs WHERE at < ?1 AND state IN (2, 3) ORDER BY at DESC LIMIT 1", bounds[0], good_at);
	return read_done(s, rc, a, error);
}

#define DRILLS "SELECT n, at, took, state, commit_id, remote, files, bytes, checked, failed, receipt, error FROM drills"

int store_drills(struct store *s, int64_t from_s, struct drill_run *out, size_t max, size_t *n, struct arena *a,
		 const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, DRILLS " WHERE at >= ?1 ORDER BY at DESC, n DESC LIMIT 200", -1, &st, NULL);

	*n = 0;
	if (rc == SQLITE_OK)
		sqlite3_bind_int64(st, 1, from_s);
	while (rc == SQLITE_OK && *n < max && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		take_drill(st, &out[(*n)++], a);
		rc = SQLITE_OK;
	}
	return read_done(s, rc, a, error);
}

bool store_last_proof(struct store *s, struct drill_run *out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, DRILLS " WHERE state = 2 ORDER BY at DESC, n DESC LIMIT 1", -1, &st, NULL);
	bool found = rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW;

	if (found)
		take_drill(st, out, a);
	else
		read_done(s, rc, a, error);
	return found;
}

/* The rows in the order in which runs ended: one that began first may have ended last. */
#define ENDED_LAST " ORDER BY n DESC LIMIT 1"
#define GOOD       "state IN (2, 3)" /* LOOP_DONE, LOOP_NOTHING */

static int one_row(struct store *s, const char *sql, sqlite3_stmt **st)
{
	int rc = sqlite3_prepare_v2(s->db, sql, -1, st, NULL);

	return rc == SQLITE_OK ? sqlite3_step(*st) : rc;
}

/* What has not been has no counts. */
#define NO_DRILL ((struct drill_run){ .files = COUNT_UNKNOWN, .bytes = COUNT_UNKNOWN, .checked = COUNT_UNKNOWN, .failed = COUNT_UNKNOWN })

int store_loops(struct store *s, struct loops *out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *backup = NULL;
	CLEANUP_STMT sqlite3_stmt *past = NULL;
	CLEANUP_STMT sqlite3_stmt *drill = NULL;
	int rc;

	out->backup = (struct backup_run){ .files = COUNT_UNKNOWN, .bytes = COUNT_UNKNOWN, .changed = COUNT_UNKNOWN };
	out->drill = out->proof = NO_DRILL;
	rc = one_row(s, BACKUPS ENDED_LAST, &backup);
	if (rc == SQLITE_ROW)
		take_backup(backup, &out->backup, a);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		rc = one_row(s,
			     "SELECT COALESCE(MAX(at), 0), COALESCE(MIN(at), 0), (SELECT COUNT(*) FROM backup_runs WHERE n >"
			     " COALESCE((SELECT MAX(n) FROM backup_runs WHERE " GOOD "), 0)) FROM backup_runs WHERE " GOOD,
			     &past);
	if (rc == SQLITE_ROW) {
		out->backup_good_at = sqlite3_column_int64(past, 0);
		out->backup_first_at = sqlite3_column_int64(past, 1);
		out->backup_failures = sqlite3_column_int64(past, 2);
		rc = one_row(s, DRILLS ENDED_LAST, &drill);
	}
	if (rc == SQLITE_ROW)
		take_drill(drill, &out->drill, a);
	out->drill.receipt = NULL;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return put_done(s, rc, a, error);
	*error = NULL;
	if (!store_last_proof(s, &out->proof, a, error) && *error)
		return -1;
	out->proof.receipt = NULL;
	return 0;
}

int store_put_state(struct store *s, const char *name, int64_t at, const char *word, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = strlen(name) > STATE_NAME_MAX ? SQLITE_MISUSE : SQLITE_OK;

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(s->db, "INSERT OR REPLACE INTO loop_state VALUES(?1, ?2, ?3)", -1, &st, NULL);
	if (rc == SQLITE_OK) {
		store_bind_text(st, 1, name);
		sqlite3_bind_int64(st, 2, at);
		store_bind_text(st, 3, word);
		rc = store_step(st);
	}
	return put_done(s, rc, a, error);
}

bool store_get_state(struct store *s, const char *name, int64_t *at, const char **word, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(s->db, "SELECT at, word FROM loop_state WHERE name = ?1", -1, &st, NULL) != SQLITE_OK)
		return false;
	store_bind_text(st, 1, name);
	if (sqlite3_step(st) != SQLITE_ROW)
		return false;
	*at = sqlite3_column_int64(st, 0);
	*word = line_of(st, 1, a);
	return true;
}
