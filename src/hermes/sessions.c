#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "hermes/sessions_scan.h"
#include "hermes/statedb.h"
#include "model/sessions.h"

#define SOURCE_NAME  "state.db"
#define SQL_MAX      4096
#define ID_CHARS     200
#define TITLE_CHARS  200
#define WORD_CHARS   64
#define MARGIN_US    (200 * 1000) /* to close and to hand over before the caller's patience ends */
#define BUDGET_US    (1500 * 1000)
#define COST_MAX_USD 1e9

/* clang-format off */
/* In this order in the statement of read_latest(). */
static const char *const latest_columns[] = {
	"id", "source", "title", "model", "started_at", "ended_at", "end_reason", "last_activity_at",
	"message_count", "tool_call_count", "input_tokens", "output_tokens", "cost_status",
	"actual_cost_usd", "estimated_cost_usd", "parent_session_id",
};

enum {
	COL_ID, COL_SOURCE, COL_TITLE, COL_MODEL, COL_STARTED, COL_ENDED, COL_END_REASON, COL_HEARTBEAT,
	COL_MESSAGES, COL_TOOL_CALLS, COL_INPUT, COL_OUTPUT, COL_COST_STATUS,
	COL_ACTUAL, COL_ESTIMATED, COL_PARENT,
	COL_NEWEST, /* a subquery after them */
};
/* clang-format on */

/*
 * As `hermes sessions list`: newest first, without tool runs, and since 0.20
 * without what was archived or hidden.
 */
static const char *latest_sql(const struct sessions_shape *shape, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(SQL_MAX);
	const struct statedb_columns *c = &shape->sessions;

	buf_adds(&b, "SELECT ");
	for (size_t i = 0; i < ARRAY_SIZE(latest_columns); i++)
		buf_printf(&b, "%s, ", statedb_has(c, latest_columns[i]) ? latest_columns[i] : "NULL");
	if (shape->has_messages && statedb_has(&shape->messages, "timestamp") &&
	    statedb_has(&shape->messages, "session_id"))
		buf_adds(&b, "(SELECT max(m.timestamp) FROM messages m WHERE m.session_id = sessions.id)");
	else
		buf_adds(&b, "NULL");
	buf_adds(&b, " FROM sessions WHERE 1");
	if (statedb_has(c, "source"))
		buf_adds(&b, " AND source IS NOT 'tool'");
	if (statedb_has(c, "archived"))
		buf_adds(&b, " AND archived = 0");
	if (statedb_has(c, "hidden"))
		buf_adds(&b, " AND hidden = 0");
	buf_printf(&b, " ORDER BY %s DESC LIMIT %d", statedb_has(c, "started_at") ? "started_at" : "rowid",
		   SESSIONS_LATEST_MAX);
	return arena_strdup(a, buf_str(&b));
}

/* Dollars as micro-dollars; COUNT_UNKNOWN for NULL, other types, and what no bill can be. */
static int64_t microusd(sqlite3_stmt *st, int column)
{
	int type = sqlite3_column_type(st, column);
	double usd;

	if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
		return COUNT_UNKNOWN;
	usd = sqlite3_column_double(st, column);
	return usd >= 0 && usd <= COST_MAX_USD ? llround(usd * 1e6) : COUNT_UNKNOWN;
}

/*
 * agent/usage_pricing.py: a cost of status "unknown" may stand there as 0.0,
 * which is no zero; "actual" figures are mostly kept in the estimated column.
 */
static int64_t cost_of(sqlite3_stmt *st, const char *status)
{
	int64_t cost = COUNT_UNKNOWN;

	if (str_eq(status, "actual"))
		cost = microusd(st, COL_ACTUAL);
	if (cost == COUNT_UNKNOWN && (str_eq(status, "actual") || str_eq(status, "estimated")))
		cost = microusd(st, COL_ESTIMATED);
	if (str_eq(status, "included"))
		cost = microusd(st, COL_ESTIMATED) > 0 ? microusd(st, COL_ESTIMATED) : 0;
	return cost;
}

/*
 * 0.5 and 0.6 lost the figures of chats and cron runs: 0 tokens and no cost
 * status although there were messages. Such a 0 was never counted.
 */
static bool lost_its_tokens(const struct session *x)
{
	return !x->cost_status && x->messages > 0 && x->input_tokens <= 0 && x->output_tokens <= 0;
}

static void read_figures(struct session *x, struct statedb *s, sqlite3_stmt *st)
{
	x->messages = statedb_count(st, COL_MESSAGES);
	x->tool_calls = statedb_count(st, COL_TOOL_CALLS);
	x->input_tokens = statedb_count(st, COL_INPUT);
	x->output_tokens = statedb_count(st, COL_OUTPUT);
	x->cost_status = statedb_text(s, st, COL_COST_STATUS, WORD_CHARS);
	x->cost_microusd = cost_of(st, x->cost_status);
	if (lost_its_tokens(x))
		x->input_tokens = x->output_tokens = COUNT_UNKNOWN;
}

static void read_session(struct session *x, struct statedb *s, sqlite3_stmt *st, int64_t now)
{
	int64_t heartbeat = statedb_time(st, COL_HEARTBEAT), newest = statedb_time(st, COL_NEWEST);
	bool is_open = sqlite3_column_type(st, COL_ENDED) == SQLITE_NULL;

	x->id = statedb_text(s, st, COL_ID, ID_CHARS);
	x->source = statedb_text(s, st, COL_SOURCE, WORD_CHARS);
	x->title = statedb_text(s, st, COL_TITLE, TITLE_CHARS);
	x->model = statedb_text(s, st, COL_MODEL, ID_CHARS);
	x->parent_id = statedb_text(s, st, COL_PARENT, ID_CHARS);
	x->end_reason = statedb_text(s, st, COL_END_REASON, WORD_CHARS);
	x->started_at = statedb_time(st, COL_STARTED);
	x->ended_at = statedb_time(st, COL_ENDED);
	x->last_active_at = heartbeat > newest ? heartbeat : newest;
	if (!x->last_active_at)
		x->last_active_at = x->started_at;
	/* Closed at a time that cannot be read: 0 would say that it is open. */
	if (!is_open && !x->ended_at)
		x->ended_at = x->last_active_at ? x->last_active_at : now;
	x->is_active = sessions_is_active(is_open, x->last_active_at, now);
	read_figures(x, s, st);
}

static int read_latest(struct statedb *s, const struct sessions_shape *shape, int64_t now,
		       struct sessions *out)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc;

	out->latest = arena_calloc(s->a, SESSIONS_LATEST_MAX, sizeof(*out->latest));
	st = statedb_prepare(s, latest_sql(shape, s->a));
	if (!st)
		return sqlite3_extended_errcode(s->db);
	while ((rc = statedb_step(s, st)) == SQLITE_ROW && out->n_latest < SESSIONS_LATEST_MAX)
		read_session(&out->latest[out->n_latest++], s, st, now);
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
static int read_all_of(struct statedb *s, int64_t now, struct sessions *out, const char **reason)
{
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
		rc = read_latest(s, &shape, now, out);
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
	rc = read_all_of(&s, home_now(src), out, &reason);
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
