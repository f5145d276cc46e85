#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/home.h"
#include "hermes/life.h"
#include "hermes/statedb.h"

#define SOURCE_CHARS 64
#define ROWS_MAX     2000 /* looked at, newest first: the same at any size of the database */
#define BUDGET_US    (1000 * 1000)

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

static int find_newest(struct statedb *s, struct life *l, size_t *n_rows)
{
	CLEANUP_STMT sqlite3_stmt *st =
		statedb_prepare(s, "SELECT m.timestamp, m.role, s.source FROM messages m LEFT JOIN sessions s"
				   " ON s.id = m.session_id ORDER BY m.rowid DESC LIMIT 2000");
	int rc = st ? SQLITE_ROW : sqlite3_extended_errcode(s->db);

	while (rc == SQLITE_ROW && (rc = statedb_step(s, st)) == SQLITE_ROW) {
		const char *source;

		++*n_rows;
		if (!str_eq((const char *)sqlite3_column_text(st, 1), "user"))
			continue;
		source = statedb_text(s, st, 2, SOURCE_CHARS);
		if (!life_is_chat(source) || !statedb_time(st, 0))
			continue;
		l->inbound_at = statedb_time(st, 0);
		l->inbound_source = source;
		return SQLITE_DONE;
	}
	return rc;
}

/* What the rows say, where they could be read. */
static void answer(struct life *l, struct statedb *s, int rc, size_t n_rows)
{
	if (rc != SQLITE_DONE)
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

		if (!statedb_open(&s, src->home, from, a, own, &l->inbound))
			return;
		if (statedb_columns(&s, "messages", &c, &rc) && statedb_columns(&s, "sessions", &c, &rc))
			rc = find_newest(&s, l, &n_rows);
		else if (rc == SQLITE_OK)
			rc = SQLITE_DONE; /* tables that are not there hold no message */
		answer(l, &s, rc, n_rows);
		is_trusted = statedb_close(&s);
	}
	if (!is_trusted)
		home_answer(&l->inbound, PROBE_UNKNOWN, "state.db changed while it was read; the next reading tries again");
}
