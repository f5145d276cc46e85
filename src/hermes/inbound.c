#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/home.h"
#include "hermes/life.h"
#include "hermes/statedb.h"

#define SOURCE_CHARS 64
#define ROWS_MAX     2000 /* looked at, newest first: the same at any size of the database */
#define BUDGET_US    (1000 * 1000)
#define AHEAD_S      300  /* two clocks may differ so much */

bool life_is_chat(const char *source)
{
	/* hermes_state.py and its callers; see docs/hermes-formats.md. */
	static const char *const others[] = { "cli",	    "tui",     "desktop", "cron",    "tool", "subagent",
					      "acp",	    "webhook", "api_server", "unknown", "batch", "local",
					      "homeassistant" };

	if (!source || !*source)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (str_eq(source, others[i]))
			return false;
	return true;
}

/* Whether t says more than what is known: later, but one of a clock that ran ahead only when there is no other. */
static bool is_better(int64_t t, int64_t known, int64_t now)
{
	bool is_ahead = t > now + AHEAD_S, was_ahead = known > now + AHEAD_S;

	if (!t || !known)
		return t != 0;
	return is_ahead == was_ahead ? t > known : was_ahead;
}

/*
 * By time, among the newest rows: rows come in the order of being written,
 * which is that of turns that end (before 0.20), of imports and of clocks that
 * were set. The time is asked for of a person's rows alone, because it lies
 * behind the text, and a long text costs pages to pass over.
 */
static int find_newest(struct statedb *s, struct life *l, int64_t now, size_t *n_rows)
{
	CLEANUP_STMT sqlite3_stmt *st = statedb_prepare(
		s, "SELECT CASE m.role WHEN 'user' THEN m.timestamp END, s.source FROM messages m"
		   " LEFT JOIN sessions s ON s.id = m.session_id ORDER BY m.rowid DESC LIMIT 2000");
	int rc = st ? SQLITE_ROW : sqlite3_extended_errcode(s->db);

	while (rc == SQLITE_ROW && (rc = statedb_step(s, st)) == SQLITE_ROW) {
		int64_t t = statedb_time(st, 0);
		const char *source;

		++*n_rows;
		if (!is_better(t, l->inbound_at, now))
			continue;
		source = statedb_text(s, st, 1, SOURCE_CHARS);
		if (!life_is_chat(source))
			continue;
		l->inbound_at = t;
		l->inbound_source = source;
	}
	return rc;
}

/* What the rows say. When time runs out, the newest rows have been seen: what they showed stands. */
static void answer(struct life *l, struct statedb *s, int rc, size_t n_rows)
{
	if (rc != SQLITE_DONE && !(statedb_is_late(rc) && l->inbound_at))
		home_answer(&l->inbound, PROBE_UNKNOWN, statedb_why(s, rc));
	else if (l->inbound_at)
		home_answer(&l->inbound, PROBE_OK, NULL);
	else if (n_rows < ROWS_MAX)
		home_answer(&l->inbound, PROBE_INACTIVE, "nobody has written in a chat yet");
	else
		home_answer(&l->inbound, PROBE_UNKNOWN,
			    "none of the newest 2,000 messages is a person's in a chat; older ones are not searched");
}

void life_read_inbound(struct life *l, const struct hermes_source *src, struct arena *a, int64_t deadline_us)
{
	int64_t own = clock_mono_us() + BUDGET_US;
	enum statedb_way from = STATEDB_CLOSED;
	bool is_trusted = false;

	if (deadline_us > 0 && deadline_us < own)
		own = deadline_us;
	for (int tries = 0; tries < 2 && !is_trusted; tries++, from = STATEDB_READ_ONLY) {
		struct statedb_columns c;
		struct statedb s;
		size_t n_rows = 0;
		int rc = SQLITE_OK;

		l->inbound_at = 0;
		l->inbound_source = NULL;
		if (!statedb_open(&s, src->home, from, a, own, &l->inbound))
			return;
		if (statedb_columns(&s, "messages", &c, &rc) && statedb_columns(&s, "sessions", &c, &rc))
			rc = find_newest(&s, l, home_now(src), &n_rows);
		else if (rc == SQLITE_OK)
			rc = SQLITE_DONE; /* tables that are not there hold no message */
		answer(l, &s, rc, n_rows);
		is_trusted = statedb_close(&s);
	}
	if (is_trusted)
		return;
	l->inbound_at = 0;
	l->inbound_source = NULL;
	home_answer(&l->inbound, PROBE_UNKNOWN, "state.db changed while it was read; the next reading tries again");
}
