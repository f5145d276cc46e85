/*
 * hermes/statedb.h -- open an instance's state.db without disturbing its owner.
 *
 * What SQLite does with another program's database (measured on 3.40) decides
 * the way in:
 *   WAL, and neither -shm nor a filled -wal: its owner is stopped. immutable=1
 *     leaves no trace; file and side files are compared before and after.
 *   -shm there, or rollback journal without -journal, or a directory that may
 *     be written: mode=ro, waiting 500 ms at most for a lock.
 *   otherwise, and where that fails for want of rights: a private copy.
 * The main file is never opened but by SQLite (a copy apart, which is taken
 * with no connection open): closing it would drop this process's locks on it.
 * No statement runs longer than STATEDB_STATEMENT_US, so that neither a
 * checkpoint nor a commit of Hermes waits longer than that.
 */
#ifndef MC_HERMES_STATEDB_H
#define MC_HERMES_STATEDB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "model/probe.h"

#define STATEDB_BUSY_MS      500
#define STATEDB_STATEMENT_US (100 * 1000)
#define STATEDB_COPY_MAX     ((int64_t)64 * 1024 * 1024)

/* How far one opening may go; the first that works is taken. */
enum statedb_way {
	STATEDB_CLOSED = 0,
	STATEDB_IMMUTABLE,
	STATEDB_READ_ONLY,
	STATEDB_COPY,
};

enum { STATEDB_MAIN = 0, STATEDB_WAL, STATEDB_SHM, STATEDB_JOURNAL, STATEDB_FILES };

/* state.db and its side files as they were found; st_nlink 0 = absent. */
struct statedb_files {
	struct stat st[STATEDB_FILES];
};

struct statedb {
	sqlite3 *db;
	const char *names[STATEDB_FILES]; /* "state.db", "state.db-wal", ... */
	enum statedb_way way;
	struct statedb_files files;
	const char *home;           /* with symbolic links resolved */
	int64_t deadline_us;        /* of the whole reading; monotonic */
	int64_t statement_us;       /* STATEDB_STATEMENT_US but in tests */
	int64_t statement_until_us; /* of the running statement */
	int64_t waited_us;          /* for locks, by the running statement */
	struct arena *a;
};

/*
 * Opens it by the first way that `from` and the files allow (STATEDB_CLOSED:
 * any). False with *p answered: inactive when there is no state.db. On true
 * close with statedb_close().
 */
bool statedb_open(struct statedb *s, const char *home, enum statedb_way from, struct arena *a,
		  int64_t deadline_us, struct probe *p);

/*
 * The same for another of Hermes's databases: `name` in the folder dir, read
 * as carefully. absent is the reason when it is not there. Tables that may be
 * asked for are listed in statedb_guard.c.
 */
bool statedb_open_named(struct statedb *s, const char *dir, const char *name, const char *absent, enum statedb_way from,
			struct arena *a, int64_t deadline_us, struct probe *p);

/*
 * Closes it; fine on one that is closed or zeroed. False when what was read
 * cannot be trusted, because the file changed under immutable=1.
 */
bool statedb_close(struct statedb *s);

/* A statement with its own time limit; NULL when it cannot be prepared: statedb_why() says why. */
sqlite3_stmt *statedb_prepare(struct statedb *s, const char *sql);

/* SQLITE_ROW, SQLITE_DONE or an error; the statement's time runs from the first step on. */
int statedb_step(struct statedb *s, sqlite3_stmt *st);

/* Starts the statement's time again; resets it first, so that its read transaction ends. */
void statedb_restart(struct statedb *s, sqlite3_stmt *st);

/* An SQLite result code as one line for a person. */
const char *statedb_why(struct statedb *s, int rc);

/* True for the results that mean "not in the time given", which spoil one figure and not the reading. */
bool statedb_is_late(int rc);

/* True for results that another way of opening may cure: no right to write beside the file. */
bool statedb_wants_copy(int rc);

/* Columns of a table by name; has_column() is without case, as SQLite's names are. */
struct statedb_columns {
	const char **names;
	size_t n;
};

/* False when the table is missing, or is a view or virtual; *rc is SQLITE_OK then, else what went wrong. */
bool statedb_columns(struct statedb *s, const char *table, struct statedb_columns *out, int *rc);
bool statedb_has(const struct statedb_columns *c, const char *column);

/* Text of at most max characters, whatever the type; NULL for NULL or blank. */
const char *statedb_text(struct statedb *s, sqlite3_stmt *st, int column, size_t max);

/* Epoch seconds; 0 unless it is a number from 2000 to 9999. */
int64_t statedb_time(sqlite3_stmt *st, int column);

/* A whole number, not negative; COUNT_UNKNOWN otherwise. */
int64_t statedb_count(sqlite3_stmt *st, int column);

static inline void statedb_finalize(sqlite3_stmt **st)
{
	sqlite3_finalize(*st);
	*st = NULL;
}
#define CLEANUP_STMT CLEANUP(statedb_finalize)

#endif
