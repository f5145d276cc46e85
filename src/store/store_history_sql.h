/*
 * store/store_history_sql.h -- schema step 5: what lists, searches and charts ask for.
 *
 * - session_quarters replaces session_days: a day is one of some time zone, and
 *   every zone's midnight falls on a quarter of an hour of UTC.
 * - sessions.class and its indexes answer "only those that failed" without a
 *   look at those that did not.
 * - session_titles is the search. Its rowid is started and number in one, so
 *   that the newest come first by the index itself; `tags` hold source and
 *   class, so that a filter is part of the search and not a scan behind it.
 *   Beginnings of one and two letters have lists of their own: longer ones
 *   match few enough words to be put together when asked for.
 * - watch is what was judged, in quarters of an hour: for strips, and for how
 *   long an instance was there, in days of any zone.
 * - alerts, versions: what needed someone, and which Hermes ran, from when on.
 */
#ifndef MC_STORE_STORE_HISTORY_SQL_H
#define MC_STORE_STORE_HISTORY_SQL_H

/* How many bits of a rowid in session_titles are the session's number. */
#define STORE_KEY_BITS  30
#define STORE_KEY_MASK  ((INT64_C(1) << STORE_KEY_BITS) - 1)
#define STORE_KEY_MAX_S ((INT64_C(1) << 33) - 1)

#define KEY_(x)  "((min(max(" x ".started, 0), 8589934591) << 30) | (" x ".n & 1073741823))"
#define TAGS_(x) "'s' || hex(" x ".source) || ' c' || " x ".class"

/* The search's table, with each text in what q() makes of it: quotes, or quotes within quotes. */
#define STORE_SEARCH(q)                                                                                    \
	"CREATE VIRTUAL TABLE session_titles USING fts5(title, tags, content=" q("") ", columnsize=0, prefix=" q( \
		"1 2") ", tokenize=" q("unicode61 remove_diacritics 2") ")"
#define SEARCH_Q_(text)	    "'" text "'"
#define SEARCH_QQ_(text)    "''" text "''"
#define STORE_SEARCH_QUOTED STORE_SEARCH(SEARCH_QQ_)

/* Adds (sign "+") or takes away (sign "-") one session x. */
#define QUARTER_(x, sign)                                                                                         \
	"INSERT INTO session_quarters VALUES(" x ".started / 900, " x ".source, coalesce(" x ".model, ''), " sign "1, " \
	sign "coalesce(" x ".messages, 0), " sign "coalesce(" x ".tool_calls, 0), " sign "coalesce(" x ".input, 0), " \
	sign "coalesce(" x ".output, 0), " sign "coalesce(" x ".cost, 0), " sign "(" x ".cost IS NOT NULL))"      \
	" ON CONFLICT(quarter, source, model) DO UPDATE SET sessions = sessions + excluded.sessions,"             \
	" messages = messages + excluded.messages, tool_calls = tool_calls + excluded.tool_calls,"                \
	" input = input + excluded.input, output = output + excluded.output, cost = cost + excluded.cost,"        \
	" costed = costed + excluded.costed;"

#define COUNT_(x, sign)                                                                                           \
	"INSERT INTO session_counts VALUES(" x ".source, " sign "(" x ".gone = 0 AND " x ".archived = 0), "       \
	sign "(" x ".gone = 0 AND " x ".archived = 0 AND " x ".ended = 0))"                                       \
	" ON CONFLICT(source) DO UPDATE SET sessions = sessions + excluded.sessions, open = open + excluded.open;"

#define STORE_STEP_HISTORY                                                                                        \
	"DROP TRIGGER sessions_in; DROP TRIGGER sessions_up; DROP TABLE session_days;"                            \
	/* How the last turn stands (model/sessions.h: enum turn), and what follows from all that is in the row. */ \
	"ALTER TABLE sessions ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;"                                        \
	"ALTER TABLE sessions ADD COLUMN class INTEGER AS"                                                        \
	" (CASE WHEN turn = 3 THEN 4 WHEN ended <> 0 OR gone <> 0 THEN 3 WHEN turn = 2 THEN 2 ELSE 1 END) VIRTUAL;" \
	"CREATE INDEX sessions_class ON sessions(class, started, n);"                                             \
	"CREATE INDEX sessions_class_source ON sessions(class, source, started, n);"                              \
	"CREATE TABLE session_quarters(quarter INTEGER NOT NULL, source TEXT NOT NULL, model TEXT NOT NULL,"      \
	" sessions INTEGER NOT NULL, messages INTEGER NOT NULL, tool_calls INTEGER NOT NULL, input INTEGER NOT NULL," \
	" output INTEGER NOT NULL, cost INTEGER NOT NULL, costed INTEGER NOT NULL,"                               \
	" PRIMARY KEY(quarter, source, model)) WITHOUT ROWID;"                                                    \
	"INSERT INTO session_quarters SELECT started / 900, source, coalesce(model, ''), count(*),"               \
	" sum(coalesce(messages, 0)), sum(coalesce(tool_calls, 0)), sum(coalesce(input, 0)), sum(coalesce(output, 0))," \
	" sum(coalesce(cost, 0)), sum(cost IS NOT NULL) FROM sessions GROUP BY 1, 2, 3;"                          \
	STORE_SEARCH(SEARCH_Q_) ";"                                                                               \
	"INSERT INTO session_titles(rowid, title, tags) SELECT " KEY_("x") ", title, " TAGS_("x")                 \
	" FROM sessions x WHERE title IS NOT NULL ORDER BY started, n;"                                           \
	"CREATE TRIGGER sessions_in AFTER INSERT ON sessions BEGIN " COUNT_("new", "+") QUARTER_("new", "+")      \
	" INSERT INTO session_titles(rowid, title, tags) SELECT " KEY_("new") ", new.title, " TAGS_("new")        \
	" WHERE new.title IS NOT NULL; END;"                                                                      \
	"CREATE TRIGGER sessions_up AFTER UPDATE ON sessions BEGIN " COUNT_("old", "-") QUARTER_("old", "-")      \
	COUNT_("new", "+") QUARTER_("new", "+") " END;"                                                           \
	"CREATE TRIGGER sessions_title AFTER UPDATE ON sessions WHEN (old.title, old.started, old.source, old.class)" \
	" IS NOT (new.title, new.started, new.source, new.class) BEGIN"                                           \
	" INSERT INTO session_titles(session_titles, rowid, title, tags) SELECT 'delete', " KEY_("old") ", old.title, " \
	TAGS_("old") " WHERE old.title IS NOT NULL;"                                                              \
	" INSERT INTO session_titles(rowid, title, tags) SELECT " KEY_("new") ", new.title, " TAGS_("new")        \
	" WHERE new.title IS NOT NULL; END;"                                                                      \
	/* A run stands in the list where it began; where only its end is known, there. */                        \
	"DROP INDEX cron_runs_at; DROP INDEX cron_runs_job;"                                                      \
	"ALTER TABLE cron_runs ADD COLUMN at INTEGER AS (CASE WHEN started > 0 THEN started ELSE finished END) VIRTUAL;" \
	"CREATE INDEX cron_runs_at ON cron_runs(at, n);"                                                          \
	"CREATE INDEX cron_runs_job ON cron_runs(job, at, n);"                                                    \
	"CREATE INDEX cron_runs_status ON cron_runs(status, at, n);"                                              \
	"CREATE TABLE alerts(n INTEGER PRIMARY KEY, reading TEXT NOT NULL, severity INTEGER NOT NULL,"            \
	" title TEXT NOT NULL, opened INTEGER NOT NULL, closed INTEGER NOT NULL DEFAULT 0);"                      \
	"CREATE UNIQUE INDEX alerts_open ON alerts(reading) WHERE closed = 0;"                                    \
	"CREATE INDEX alerts_opened ON alerts(opened, n);"                                                        \
	"CREATE INDEX alerts_closed ON alerts(closed, n);"                                                        \
	/* Samples lie in the order of time, among all readings: a strip of a day would read through all of them. */ \
	"CREATE TABLE watch(quarter INTEGER PRIMARY KEY, runs INTEGER NOT NULL, fine INTEGER NOT NULL,"           \
	" warns INTEGER NOT NULL, critical INTEGER NOT NULL, off INTEGER NOT NULL, up INTEGER NOT NULL,"          \
	" down INTEGER NOT NULL);"                                                                                \
	"CREATE TABLE versions(n INTEGER PRIMARY KEY, version TEXT NOT NULL, since INTEGER NOT NULL);"

#endif
