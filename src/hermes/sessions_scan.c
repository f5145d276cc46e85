#include "hermes/sessions_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"

#define SLICE_US     (40 * 1000)
#define SQL_MAX      2048
#define SOURCE_CHARS 64
#define OTHERS       "(others)"

enum { COL_ROWID, COL_SOURCE, COL_IS_OPEN, COL_STARTED, COL_HEARTBEAT, COL_NEWEST };

enum tristate sessions_is_active(bool is_open, int64_t last_active_at, int64_t now)
{
	if (!is_open)
		return TRI_NO;
	if (last_active_at > now + ACTIVE_S)
		return TRI_UNKNOWN;
	return now - last_active_at < ACTIVE_S ? TRI_YES : TRI_NO;
}

/* The column, or NULL where this version has none. */
static const char *column(const struct statedb_columns *c, const char *name)
{
	return statedb_has(c, name) ? name : "NULL";
}

/*
 * `archived = 0` since 0.20, as `hermes sessions stats` counts. The newest
 * message is one seek in idx_messages_session, asked for open sessions only.
 */
static const char *scan_sql(const struct sessions_shape *shape, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(SQL_MAX);
	const struct statedb_columns *c = &shape->sessions;
	bool has_end = statedb_has(c, "ended_at");

	buf_printf(&b, "SELECT rowid, %s, %s, %s, %s, ", column(c, "source"),
		   has_end ? "ended_at IS NULL" : "NULL", column(c, "started_at"),
		   column(c, "last_activity_at"));
	if (has_end && shape->has_messages && statedb_has(&shape->messages, "timestamp") &&
	    statedb_has(&shape->messages, "session_id"))
		buf_adds(&b, "CASE WHEN ended_at IS NULL THEN (SELECT max(m.timestamp) FROM messages m"
			     " WHERE m.session_id = sessions.id) END");
	else
		buf_adds(&b, "NULL");
	buf_printf(&b, " FROM sessions WHERE rowid > ?1%s ORDER BY rowid",
		   statedb_has(c, "archived") ? " AND archived = 0" : "");
	return arena_strdup(a, buf_str(&b));
}

static void count_source(struct sessions *out, const char *source, int64_t n)
{
	const char *name = source ? source : "unknown";
	size_t i = 0;

	while (i < out->n_by_source && !str_eq(out->by_source[i].source, name))
		i++;
	if (i == out->n_by_source && i >= SOURCES_MAX) {
		name = OTHERS;
		for (i = 0; i < out->n_by_source && !str_eq(out->by_source[i].source, name); i++)
			;
	}
	if (i == out->n_by_source) {
		out->by_source[i].source = name;
		out->n_by_source++;
	}
	out->by_source[i].sessions += n;
}

static int most_first(const void *x, const void *y)
{
	const struct source_count *a = x, *b = y;

	if (a->sessions != b->sessions)
		return a->sessions < b->sessions ? 1 : -1;
	return strcmp(a->source, b->source);
}

static int64_t later(int64_t x, int64_t y)
{
	return x > y ? x : y;
}

/* The source of a row: one that is known already costs no memory, for there may be a million rows. */
static const char *source_of(struct statedb *s, sqlite3_stmt *st, const struct sessions *out)
{
	const char *raw = (const char *)sqlite3_column_text(st, COL_SOURCE);

	for (size_t i = 0; raw && i < out->n_by_source; i++)
		if (strcmp(out->by_source[i].source, raw) == 0)
			return out->by_source[i].source;
	if (out->n_by_source > SOURCES_MAX)
		return OTHERS;
	return statedb_text(s, st, COL_SOURCE, SOURCE_CHARS);
}

static void count_row(struct statedb *s, sqlite3_stmt *st, int64_t now, struct sessions *out)
{
	int64_t started = statedb_time(st, COL_STARTED);
	int64_t last = later(statedb_time(st, COL_HEARTBEAT), statedb_time(st, COL_NEWEST));
	bool is_open = sqlite3_column_int(st, COL_IS_OPEN) == 1;

	out->total++;
	count_source(out, source_of(s, st, out), 1);
	out->open += is_open;
	out->active += sessions_is_active(is_open, last ? last : started, now) == TRI_YES;
	if (later(started, last) <= now + ACTIVE_S)
		out->last_active_at = later(out->last_active_at, later(started, last));
}

/* Steps until the slice is over. SQLITE_ROW: more to come after *rowid. */
static int scan_slice(struct statedb *s, sqlite3_stmt *st, int64_t now, int64_t *rowid, struct sessions *out)
{
	int64_t until;
	int rc;

	statedb_restart(s, st);
	sqlite3_bind_int64(st, 1, *rowid);
	until = clock_mono_us() + SLICE_US;
	while ((rc = statedb_step(s, st)) == SQLITE_ROW) {
		*rowid = sqlite3_column_int64(st, COL_ROWID);
		count_row(s, st, now, out);
		if (clock_mono_us() > until)
			break;
	}
	return rc;
}

static void forget(struct sessions *out)
{
	out->total = out->open = out->active = COUNT_UNKNOWN;
	out->n_by_source = 0;
}

/*
 * Where the rows could not be walked in time (ended_at lies behind the system
 * prompt, tens of kilobytes a row until 0.20), total and sources may still
 * come from their index. Late here means unknown, not an error.
 */
static int count_by_index(struct statedb *s, const struct sessions_shape *shape, struct sessions *out)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = SQLITE_INTERRUPT;

	out->total = 0;
	if (statedb_has(&shape->sessions, "source")) {
		st = statedb_prepare(s, statedb_has(&shape->sessions, "archived")
						? "SELECT 0, source, count(*) FROM sessions WHERE archived = "
						  "0 GROUP BY source"
						: "SELECT 0, source, count(*) FROM sessions GROUP BY source");
		rc = st ? SQLITE_ROW : sqlite3_extended_errcode(s->db);
	}
	while (st && (rc = statedb_step(s, st)) == SQLITE_ROW) {
		count_source(out, source_of(s, st, out), sqlite3_column_int64(st, 2));
		out->total += sqlite3_column_int64(st, 2);
	}
	if (rc != SQLITE_DONE)
		forget(out);
	return rc == SQLITE_DONE || statedb_is_late(rc) ? SQLITE_OK : rc;
}

int sessions_scan(struct statedb *s, const struct sessions_shape *shape, int64_t now, struct sessions *out)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int64_t rowid = INT64_MIN;
	int rc;

	out->total = out->open = out->active = 0;
	out->by_source = arena_calloc(s->a, SOURCES_MAX + 1, sizeof(*out->by_source));
	st = statedb_prepare(s, scan_sql(shape, s->a));
	rc = st ? SQLITE_ROW : sqlite3_extended_errcode(s->db);
	while (rc == SQLITE_ROW)
		rc = scan_slice(s, st, now, &rowid, out);
	statedb_finalize(&st);
	if (rc != SQLITE_DONE) {
		forget(out);
		rc = statedb_is_late(rc) ? count_by_index(s, shape, out) : rc;
		if (rc != SQLITE_OK)
			return rc;
	}
	if (!statedb_has(&shape->sessions, "ended_at"))
		out->open = out->active = COUNT_UNKNOWN;
	if (!statedb_has(&shape->sessions, "source"))
		out->n_by_source = 0;
	qsort(out->by_source, out->n_by_source, sizeof(*out->by_source), most_first);
	return SQLITE_OK;
}

/* Counts whole sessions by the index until the slice is over; *after is the last one, NULL at first. */
static int count_slice(struct statedb *s, sqlite3_value **after, int64_t *n)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int64_t until;
	int rc;

	st = statedb_prepare(
		s,
		*after ? "SELECT session_id, count(*) FROM messages WHERE session_id > ?1 GROUP BY session_id"
		       : "SELECT session_id, count(*) FROM messages GROUP BY session_id");
	if (!st)
		return sqlite3_extended_errcode(s->db);
	if (*after)
		sqlite3_bind_value(st, 1, *after);
	until = clock_mono_us() + SLICE_US;
	while ((rc = statedb_step(s, st)) == SQLITE_ROW) {
		*n += sqlite3_column_int64(st, 1);
		if (clock_mono_us() > until && sqlite3_column_type(st, 0) != SQLITE_NULL) {
			sqlite3_value_free(*after);
			*after = sqlite3_value_dup(sqlite3_column_value(st, 0));
			break;
		}
	}
	return rc;
}

static int count_by_session(struct statedb *s, int64_t *n)
{
	sqlite3_value *after = NULL;
	int rc;

	*n = 0;
	do
		rc = count_slice(s, &after, n);
	while (rc == SQLITE_ROW);
	sqlite3_value_free(after);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* The first column of the only row, a number. */
static int ask_number(struct statedb *s, const char *sql, int64_t *n)
{
	CLEANUP_STMT sqlite3_stmt *st = statedb_prepare(s, sql);
	int rc = st ? statedb_step(s, st) : sqlite3_extended_errcode(s->db);

	if (rc != SQLITE_ROW)
		return rc == SQLITE_DONE ? SQLITE_CORRUPT : rc;
	*n = sqlite3_column_int64(st, 0);
	return SQLITE_OK;
}

int sessions_count_messages(struct statedb *s, int64_t at_once_max, struct sessions *out)
{
	int64_t n = 0, newest = 0;
	int rc = ask_number(s, "SELECT max(rowid) FROM messages", &newest);

	if (rc == SQLITE_OK && newest <= at_once_max)
		rc = ask_number(s, "SELECT count(*) FROM messages", &n);
	else if (rc == SQLITE_OK)
		rc = count_by_session(s, &n);
	if (rc == SQLITE_OK)
		out->messages = n;
	return statedb_is_late(rc) ? SQLITE_OK : rc;
}
