/*
 * store/store_timeline_sql.h -- schema step: messages of sessions.
 *
 * A row of `timelines` says how far a session's messages were taken in;
 * `timeline_todo`, which sessions have changed since. `timeline_state` counts
 * the messages, by trigger, and remembers under which policy they were taken.
 */
#ifndef MC_STORE_STORE_TIMELINE_SQL_H
#define MC_STORE_STORE_TIMELINE_SQL_H

#define STORE_STEP_TIMELINE                                                                                      \
	"CREATE TABLE timelines(session INTEGER PRIMARY KEY, active INTEGER NOT NULL, last INTEGER NOT NULL,"    \
	" last_at INTEGER NOT NULL, held INTEGER NOT NULL, total INTEGER, gap INTEGER NOT NULL, origin TEXT, note TEXT);" \
	"CREATE INDEX timelines_active ON timelines(active);"                                                    \
	"CREATE TABLE timeline_todo(session INTEGER PRIMARY KEY, active INTEGER NOT NULL);"                      \
	"CREATE INDEX timeline_todo_active ON timeline_todo(active);"                                            \
	"CREATE TABLE timeline_state(one INTEGER PRIMARY KEY CHECK(one = 1), held INTEGER NOT NULL, policy INTEGER NOT NULL);" \
	"INSERT INTO timeline_state VALUES(1, 0, -1);"                                                           \
	"CREATE TABLE messages(session INTEGER NOT NULL, id INTEGER NOT NULL, at INTEGER NOT NULL, role TEXT, tool TEXT," \
	" call TEXT, bytes INTEGER, tokens INTEGER, finish TEXT, mark INTEGER NOT NULL, failed INTEGER NOT NULL," \
	" exit_code INTEGER, text TEXT, PRIMARY KEY(session, id)) WITHOUT ROWID;"                                \
	"CREATE TABLE calls(session INTEGER NOT NULL, message INTEGER NOT NULL, i INTEGER NOT NULL, call TEXT, name TEXT," \
	" bytes INTEGER, text TEXT, PRIMARY KEY(session, message, i)) WITHOUT ROWID;"                            \
	"CREATE INDEX calls_call ON calls(session, call) WHERE call IS NOT NULL;"                                \
	"CREATE TABLE model_usage(session INTEGER NOT NULL, model TEXT NOT NULL, requests INTEGER, input INTEGER," \
	" output INTEGER, cost INTEGER, PRIMARY KEY(session, model)) WITHOUT ROWID;"                             \
	"CREATE TRIGGER timelines_in AFTER INSERT ON timelines BEGIN"                                            \
	" UPDATE timeline_state SET held = held + new.held; END;"                                                \
	"CREATE TRIGGER timelines_up AFTER UPDATE OF held ON timelines BEGIN"                                    \
	" UPDATE timeline_state SET held = held + new.held - old.held; END;"                                     \
	"CREATE TRIGGER timelines_out AFTER DELETE ON timelines BEGIN"                                           \
	" UPDATE timeline_state SET held = held - old.held; END;"

#endif
