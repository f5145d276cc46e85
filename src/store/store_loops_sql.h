/*
 * store/store_loops_sql.h -- schema step: the alert book, and the loops.
 *
 * `book` holds what the next reading is counted against, one row a reading
 * that is not simply fine; `alerts` what was opened.
 */
#ifndef MC_STORE_STORE_LOOPS_SQL_H
#define MC_STORE_STORE_LOOPS_SQL_H

#define STORE_STEP_LOOPS                                                                                          \
	"CREATE TABLE book(reading TEXT PRIMARY KEY, bad INTEGER NOT NULL, good INTEGER NOT NULL,"                \
	" unknown INTEGER NOT NULL, needs INTEGER NOT NULL, since INTEGER NOT NULL, last INTEGER NOT NULL,"       \
	" severity INTEGER NOT NULL, unknown_since INTEGER NOT NULL, title TEXT NOT NULL, changes TEXT NOT NULL)" \
	" WITHOUT ROWID;"                                                                                         \
	"ALTER TABLE alerts ADD COLUMN cause TEXT;"                                                               \
	"ALTER TABLE alerts ADD COLUMN why TEXT;"                                                                 \
	"ALTER TABLE alerts ADD COLUMN last INTEGER NOT NULL DEFAULT 0;"                                          \
	"ALTER TABLE alerts ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;"                                      \
	"ALTER TABLE alerts ADD COLUMN flaps INTEGER NOT NULL DEFAULT 0;"                                         \
	"ALTER TABLE alerts ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;"                                        \
	"ALTER TABLE alerts ADD COLUMN again INTEGER NOT NULL DEFAULT 0;"                                         \
	"ALTER TABLE alerts ADD COLUMN worse INTEGER NOT NULL DEFAULT 0;"                                         \
	"ALTER TABLE alerts ADD COLUMN unsteady INTEGER NOT NULL DEFAULT 0;"                                      \
	"ALTER TABLE alerts ADD COLUMN ended TEXT;"                                                               \
	"ALTER TABLE alerts ADD COLUMN answer INTEGER NOT NULL DEFAULT 0;"                                        \
	"ALTER TABLE alerts ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;"                                      \
	"ALTER TABLE alerts ADD COLUMN answered_by TEXT;"                                                         \
	"CREATE TABLE outbox(n INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,"             \
	" state INTEGER NOT NULL, alert INTEGER NOT NULL, severity INTEGER NOT NULL, text TEXT NOT NULL, link TEXT," \
	" made INTEGER NOT NULL, next INTEGER NOT NULL, sent INTEGER NOT NULL, tries INTEGER NOT NULL,"           \
	" message INTEGER NOT NULL, error TEXT, told_by INTEGER NOT NULL DEFAULT 0);"                             \
	"CREATE INDEX outbox_state ON outbox(state, next, n);"                                                    \
	"CREATE INDEX outbox_alert ON outbox(alert) WHERE alert > 0;"                                             \
	"CREATE INDEX outbox_made ON outbox(made);"                                                               \
	"CREATE TABLE backup_runs(n INTEGER PRIMARY KEY, at INTEGER NOT NULL, took INTEGER NOT NULL,"             \
	" state INTEGER NOT NULL, commit_id TEXT, remote TEXT, files INTEGER, bytes INTEGER, changed INTEGER, error TEXT);" \
	"CREATE INDEX backup_runs_at ON backup_runs(at);"                                                         \
	"CREATE TABLE drills(n INTEGER PRIMARY KEY, at INTEGER NOT NULL, took INTEGER NOT NULL,"                  \
	" state INTEGER NOT NULL, commit_id TEXT, remote TEXT, files INTEGER, bytes INTEGER, checked INTEGER,"    \
	" failed INTEGER, receipt TEXT, error TEXT);"                                                             \
	"CREATE INDEX drills_at ON drills(at);"                                                                   \
	/* What a loop remembers of itself: "notify.limitedUntil", "beat.sent". */                                \
	"CREATE TABLE loop_state(name TEXT PRIMARY KEY, at INTEGER NOT NULL, word TEXT) WITHOUT ROWID;"

#endif
