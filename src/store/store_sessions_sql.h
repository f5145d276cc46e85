/*
 * store/store_sessions_sql.h -- schema step 3: sessions as rows, and how far they were taken in.
 *
 * Sums are kept by triggers, in the same transaction as the rows they sum, so
 * that no question has to count a million of them. `gone`: not in state.db any
 * more, but it was. Counts are of what is there and not archived, as Hermes
 * counts; days are of all that ever was.
 */
#ifndef MC_STORE_STORE_SESSIONS_SQL_H
#define MC_STORE_STORE_SESSIONS_SQL_H

#define COUNTS_(x) "(" x ".gone = 0 AND " x ".archived = 0)"
#define OPEN_(x)   "(" x ".gone = 0 AND " x ".archived = 0 AND " x ".ended = 0)"
#define DAY_(x)    x ".started / 86400"

/* Adds (sign "+") or takes away (sign "-") one session x from the sums. */
#define SUM_(x, sign)                                                                                             \
	"INSERT INTO session_counts VALUES(" x ".source, " sign COUNTS_(x) ", " sign OPEN_(x) ")"                 \
	" ON CONFLICT(source) DO UPDATE SET sessions = sessions + excluded.sessions, open = open + excluded.open;" \
	"INSERT INTO session_days VALUES(" DAY_(x) ", " x ".source, coalesce(" x ".model, ''), " sign "1, "       \
	sign "coalesce(" x ".messages, 0), " sign "coalesce(" x ".tool_calls, 0), " sign "coalesce(" x ".input, 0), " \
	sign "coalesce(" x ".output, 0), " sign "coalesce(" x ".cost, 0), " sign "(" x ".cost IS NOT NULL))"      \
	" ON CONFLICT(day, source, model) DO UPDATE SET sessions = sessions + excluded.sessions,"                 \
	" messages = messages + excluded.messages, tool_calls = tool_calls + excluded.tool_calls,"                \
	" input = input + excluded.input, output = output + excluded.output, cost = cost + excluded.cost,"        \
	" costed = costed + excluded.costed;"

#define STORE_STEP_SESSIONS                                                                                       \
	"CREATE TABLE sessions(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, row INTEGER NOT NULL,"             \
	" source TEXT NOT NULL, model TEXT, title TEXT, preview TEXT, parent TEXT, end_reason TEXT,"              \
	" started INTEGER NOT NULL, ended INTEGER NOT NULL, active INTEGER NOT NULL, messages INTEGER,"           \
	" tool_calls INTEGER, input INTEGER, output INTEGER, cache_read INTEGER, cache_write INTEGER,"            \
	" reasoning INTEGER, cost INTEGER, cost_status TEXT, archived INTEGER NOT NULL, hidden INTEGER NOT NULL," \
	" gone INTEGER NOT NULL DEFAULT 0);"                                                                      \
	"CREATE INDEX sessions_started ON sessions(started, n);"                                                  \
	"CREATE INDEX sessions_source ON sessions(source, started, n);"                                           \
	"CREATE INDEX sessions_active ON sessions(active);"                                                       \
	"CREATE INDEX sessions_row ON sessions(row) WHERE gone = 0;"                                              \
	"CREATE INDEX sessions_parent ON sessions(parent) WHERE parent IS NOT NULL;"                              \
	"CREATE TABLE session_counts(source TEXT PRIMARY KEY, sessions INTEGER NOT NULL, open INTEGER NOT NULL)"  \
	" WITHOUT ROWID;"                                                                                         \
	"CREATE TABLE session_days(day INTEGER NOT NULL, source TEXT NOT NULL, model TEXT NOT NULL,"              \
	" sessions INTEGER NOT NULL, messages INTEGER NOT NULL, tool_calls INTEGER NOT NULL, input INTEGER NOT NULL," \
	" output INTEGER NOT NULL, cost INTEGER NOT NULL, costed INTEGER NOT NULL, PRIMARY KEY(day, source, model))" \
	" WITHOUT ROWID;"                                                                                         \
	"CREATE TABLE intake(one INTEGER PRIMARY KEY CHECK(one = 1), row INTEGER NOT NULL, row_id TEXT,"          \
	" message INTEGER NOT NULL, sweep INTEGER NOT NULL, messages INTEGER NOT NULL, schema_version INTEGER NOT NULL," \
	" size_bytes INTEGER NOT NULL, complete INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL," \
	" mtime_ns INTEGER NOT NULL, wal_size INTEGER NOT NULL, wal_mtime_ns INTEGER NOT NULL);"                  \
	"CREATE TRIGGER sessions_in AFTER INSERT ON sessions BEGIN " SUM_("new", "+") " END;"                     \
	"CREATE TRIGGER sessions_up AFTER UPDATE ON sessions BEGIN " SUM_("old", "-") SUM_("new", "+") " END;"

#endif
