/*
 * store/store_runs_sql.h -- schema step 4: cron runs and backups as rows.
 */
#ifndef MC_STORE_STORE_RUNS_SQL_H
#define MC_STORE_STORE_RUNS_SQL_H

#define STORE_STEP_RUNS                                                                                          \
	"CREATE TABLE cron_runs(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, job TEXT NOT NULL,"              \
	" started INTEGER NOT NULL, finished INTEGER NOT NULL, status TEXT NOT NULL, error TEXT, source TEXT,"   \
	" output TEXT, bytes INTEGER);"                                                                          \
	"CREATE INDEX cron_runs_at ON cron_runs(max(started, finished), n);"                                     \
	"CREATE INDEX cron_runs_job ON cron_runs(job, max(started, finished), n);"                               \
	"CREATE TABLE cron_marks(name TEXT PRIMARY KEY, stamp INTEGER NOT NULL, size INTEGER NOT NULL, last TEXT)" \
	" WITHOUT ROWID;"                                                                                        \
	"CREATE TABLE backups(head TEXT PRIMARY KEY, committed INTEGER NOT NULL, seen INTEGER NOT NULL) WITHOUT ROWID;" \
	"CREATE INDEX backups_committed ON backups(committed);"

#endif
