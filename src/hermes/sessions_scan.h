/*
 * hermes/sessions_scan.h -- counts that need every row, in slices that nobody waits for.
 */
#ifndef MC_HERMES_SESSIONS_SCAN_H
#define MC_HERMES_SESSIONS_SCAN_H

#include "hermes/statedb.h"
#include "model/sessions.h"

/* hermes_cli/web_server.py: active = not closed, and last activity less than this ago. */
#define ACTIVE_S    300
#define SOURCES_MAX 50 /* further sources are counted as "(others)" */

/* What the tables of this home have. */
struct sessions_shape {
	struct statedb_columns sessions;
	struct statedb_columns messages;
	bool has_messages;
};

/* Hermes's rule; TRI_UNKNOWN when the time lies in the future: a clock is wrong. */
enum tristate sessions_is_active(bool is_open, int64_t last_active_at, int64_t now);

/*
 * Fills total, by_source, open, active and raises last_active_at. Rows come
 * by rowid in slices of at most SLICE_US, each its own read transaction, so
 * the counts are no snapshot: rows that come or go meanwhile may be missed.
 * Whatever was not counted to the end in time is COUNT_UNKNOWN. Gives
 * SQLITE_OK, or the error that spoils the reading.
 */
int sessions_scan(struct statedb *s, const struct sessions_shape *shape, int64_t now, struct sessions *out);

/*
 * Fills messages: every row, as `hermes sessions stats` counts. SQLite walks
 * the smallest index for COUNT(*), 43 ms for a million rows, in one opcode
 * that no time limit can stop: so it is asked only where MAX(rowid) promises
 * at_once_max rows or fewer, and more are counted session by session in
 * slices. COUNT_UNKNOWN when there is no time for that; MAX(rowid) itself is
 * no substitute, it counts deleted rows as well.
 */
int sessions_count_messages(struct statedb *s, int64_t at_once_max, struct sessions *out);

#define SESSIONS_COUNT_AT_ONCE 1000000

#endif
