#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "hermes/session_row.h"
#include "hermes/sessions_scan.h"
#include "hermes/statedb.h"
#include "model/sessions.h"

#define SOURCE_NAME  "state.db"
#define MARGIN_US    (200 * 1000) /* to close and to hand over before the caller's patience ends */
#define BUDGET_US    (1500 * 1000)

/*
 * As `hermes sessions list`: newest first, without tool runs, and since 0.20
 * without what was archived or hidden.
 */
static const char *latest_sql(const struct sessions_shape *shape, bool with_preview, struct arena *a)
{
	const struct statedb_columns *c = &shape->sessions;

	return session_row_sql(shape, with_preview,
			       arena_printf(a, "WHERE 1%s%s%s ORDER BY %s DESC LIMIT %d",
					    statedb_has(c, "source") ? " AND source IS NOT 'tool'" : "",
					    statedb_has(c, "archived") ? " AND archived = 0" : "",
					    statedb_has(c, "hidden") ? " AND hidden = 0" : "",
					    statedb_has(c, "started_at") ? "started_at" : "rowid", SESSIONS_LATEST_MAX),
			       a);
}

static int read_latest(struct statedb *s, const struct sessions_shape *shape, const struct hermes_source *src,
		       struct sessions *out)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc;

	out->latest = arena_calloc(s->a, SESSIONS_LATEST_MAX, sizeof(*out->latest));
	st = statedb_prepare(s, latest_sql(shape, src->excerpts, s->a));
	if (!st)
		return sqlite3_extended_errcode(s->db);
	while ((rc = statedb_step(s, st)) == SQLITE_ROW && out->n_latest < SESSIONS_LATEST_MAX)
		session_row_read(&out->latest[out->n_latest++], s, st, home_now(src));
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* One value of one row; 0 or COUNT_UNKNOWN, by `is_time`, when there is none. */
static int read_one(struct statedb *s, const char *sql, bool is_time, int64_t *out)
{
	CLEANUP_STMT sqlite3_stmt *st = statedb_prepare(s, sql);
	int rc = st ? statedb_step(s, st) : sqlite3_extended_errcode(s->db);

	if (rc == SQLITE_ROW)
		*out = is_time ? statedb_time(st, 0) : statedb_count(st, 0);
	return rc == SQLITE_ROW || rc == SQLITE_DONE || statedb_is_late(rc) ? SQLITE_OK : rc;
}

static int read_messages(struct statedb *s, const struct sessions_shape *shape, int64_t now,
			 struct sessions *out)
{
	int64_t newest = 0;
	int rc = SQLITE_OK;

	if (!shape->has_messages)
		return rc;
	/* Rows are never written out of order, so the last id is the newest but for imports. */
	if (statedb_has(&shape->messages, "timestamp"))
		rc = read_one(s, "SELECT timestamp FROM messages ORDER BY rowid DESC LIMIT 1", true, &newest);
	if (newest > out->last_active_at && newest <= now + ACTIVE_S)
		out->last_active_at = newest;
	return rc == SQLITE_OK ? sessions_count_messages(s, SESSIONS_COUNT_AT_ONCE, out) : rc;
}

static int read_schema_version(struct statedb *s, struct sessions *out)
{
	struct statedb_columns c;
	int rc;

	if (!statedb_columns(s, "schema_version", &c, &rc) || !statedb_has(&c, "version"))
		return rc;
	return read_one(s, "SELECT max(version) FROM schema_version", false, &out->schema_version);
}

/* Everything, with the database open. Gives SQLITE_OK, or *reason or the code that spoils the reading. */
static int read_all_of(struct statedb *s, const struct hermes_source *src, struct sessions *out, const char **reason)
{
	int64_t now = home_now(src);
	struct sessions_shape shape = { 0 };
	int rc;

	if (!statedb_columns(s, "sessions", &shape.sessions, &rc) || !statedb_has(&shape.sessions, "id")) {
		*reason = rc == SQLITE_OK ? "state.db has no table \"sessions\" of Hermes's" : NULL;
		return rc;
	}
	shape.has_messages = statedb_columns(s, "messages", &shape.messages, &rc);
	if (rc == SQLITE_OK)
		rc = read_schema_version(s, out);
	if (rc == SQLITE_OK)
		rc = read_latest(s, &shape, src, out);
	if (rc == SQLITE_OK)
		rc = sessions_scan(s, &shape, now, out);
	if (rc == SQLITE_OK)
		rc = read_messages(s, &shape, now, out);
	return rc;
}

static void start_over(struct sessions *out)
{
	struct probe p = out->probe;

	memset(out, 0, sizeof(*out));
	out->probe = p;
	out->total = out->open = out->active = out->messages = COUNT_UNKNOWN;
	out->schema_version = out->size_bytes = COUNT_UNKNOWN;
}

/* False when the way in was not to be trusted and a second one may do. */
static bool read_once(struct sessions *out, const struct hermes_source *src, enum statedb_way from,
		      struct arena *a, int64_t deadline_us, enum statedb_way *next)
{
	const char *reason = NULL;
	struct statedb s;
	enum statedb_way way;
	bool trusted;
	int rc;

	start_over(out);
	if (!statedb_open(&s, src->home, from, a, deadline_us, &out->probe))
		return true;
	out->size_bytes = s.files.st[STATEDB_MAIN].st_size;
	way = s.way;
	rc = read_all_of(&s, src, out, &reason);
	if (rc != SQLITE_OK)
		reason = statedb_why(&s, rc);
	trusted = statedb_close(&s);
	home_answer(&out->probe, reason ? PROBE_UNKNOWN : PROBE_OK, reason);
	if (!trusted) {
		home_answer(&out->probe, PROBE_UNKNOWN,
			    "state.db changed while it was read; the next reading tries again");
		*next = STATEDB_READ_ONLY;
		return false;
	}
	*next = STATEDB_COPY;
	return way == STATEDB_COPY || !statedb_wants_copy(rc);
}

void hermes_sessions(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct hermes_source *src = in;
	struct sessions *x = out;
	enum statedb_way from = STATEDB_CLOSED, next = STATEDB_CLOSED;
	int64_t own = clock_mono_us() + BUDGET_US;

	/* The figures come first: what is late of them is left unknown before the whole reading is. */
	if (deadline_us <= 0 || deadline_us - MARGIN_US > own)
		deadline_us = own;
	else
		deadline_us -= MARGIN_US;
	home_begin(&x->probe, SOURCE_NAME, src);
	start_over(x);
	if (!home_is_there(&x->probe, src, a))
		return;
	for (int tries = 0; tries < 3; tries++, from = next)
		if (read_once(x, src, from, a, deadline_us, &next))
			return;
}
