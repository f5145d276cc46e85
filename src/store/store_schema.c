#include "store/store_parts.h"
#include "store/store_history_sql.h"
#include "store/store_loops_sql.h"
#include "store/store_runs_sql.h"
#include "store/store_sessions_sql.h"
#include "store/store_timeline_sql.h"

#include <stdio.h>

/*
 * Step i leads from version i to i + 1. A step that was ever released is never
 * changed: a new one is added, and STORE_SCHEMA_VERSION raised.
 *
 * Raw samples lie in the order of time, not of readings: a run appends to one
 * page and compaction cuts at the other end, where by reading a run would
 * write a page for each. Sums are few, and asked for by reading.
 */
static const char *const steps[STORE_SCHEMA_VERSION] = {
	"CREATE TABLE readings(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
	"CREATE TABLE samples(at INTEGER NOT NULL, reading INTEGER NOT NULL, state INTEGER NOT NULL, value REAL,"
	" PRIMARY KEY(at, reading)) WITHOUT ROWID;"
	"CREATE TABLE hours(reading INTEGER NOT NULL, at INTEGER NOT NULL, ok INTEGER NOT NULL,"
	" inactive INTEGER NOT NULL, unknown INTEGER NOT NULL, n_values INTEGER NOT NULL, low REAL, high REAL,"
	" total REAL, PRIMARY KEY(reading, at)) WITHOUT ROWID;"
	"CREATE INDEX hours_at ON hours(at);"
	"CREATE TABLE days(reading INTEGER NOT NULL, at INTEGER NOT NULL, ok INTEGER NOT NULL,"
	" inactive INTEGER NOT NULL, unknown INTEGER NOT NULL, n_values INTEGER NOT NULL, low REAL, high REAL,"
	" total REAL, PRIMARY KEY(reading, at)) WITHOUT ROWID;"
	"CREATE INDEX days_at ON days(at);",

	"CREATE TABLE latest(reading INTEGER PRIMARY KEY, state INTEGER NOT NULL, word TEXT NOT NULL);"
	"CREATE TABLE transitions(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, prior_at INTEGER NOT NULL,"
	" reading INTEGER NOT NULL, from_state INTEGER NOT NULL, to_state INTEGER NOT NULL,"
	" from_word TEXT NOT NULL, to_word TEXT NOT NULL);"
	"CREATE INDEX transitions_at ON transitions(at);"
	"CREATE INDEX transitions_reading ON transitions(reading, at);",

	STORE_STEP_SESSIONS,

	STORE_STEP_RUNS,

	STORE_STEP_HISTORY,

	STORE_STEP_TIMELINE,

	STORE_STEP_LOOPS,
};

int store_migrate(sqlite3 *db, int version)
{
	int64_t have = store_number(db, "PRAGMA user_version", -1);
	char text[96];
	int rc = have < 0 ? SQLITE_CORRUPT : SQLITE_OK;

	for (int64_t i = have; i < version && rc == SQLITE_OK; i++)
		rc = sqlite3_exec(db, steps[i], NULL, NULL, NULL);
	/* Both lie in the file's header and are part of the transaction. */
	snprintf(text, sizeof(text), "PRAGMA application_id=%d; PRAGMA user_version=%d", STORE_APPLICATION_ID, version);
	return rc == SQLITE_OK ? sqlite3_exec(db, text, NULL, NULL, NULL) : rc;
}

int64_t store_number(sqlite3 *db, const char *sql, int64_t otherwise)
{
	CLEANUP_STMT sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK || sqlite3_step(stmt) != SQLITE_ROW ||
	    sqlite3_column_type(stmt, 0) != SQLITE_INTEGER)
		return otherwise;
	return sqlite3_column_int64(stmt, 0);
}
