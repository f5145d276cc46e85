#include "hermes/statedb.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/home.h"

#define COLUMNS_MAX 500

static void start_clock(struct statedb *s)
{
	s->statement_until_us = clock_mono_us() + s->statement_us;
	if (s->statement_until_us > s->deadline_us)
		s->statement_until_us = s->deadline_us;
	s->waited_us = 0;
}

sqlite3_stmt *statedb_prepare(struct statedb *s, const char *sql)
{
	sqlite3_stmt *st = NULL;

	start_clock(s);
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return NULL;
	start_clock(s);
	return st;
}

int statedb_step(struct statedb *s, sqlite3_stmt *st)
{
	/* Over the deadline nothing new is started: SQLite looks at the limit between opcodes only. */
	if (clock_mono_us() > s->deadline_us)
		return SQLITE_INTERRUPT;
	return sqlite3_step(st);
}

void statedb_restart(struct statedb *s, sqlite3_stmt *st)
{
	sqlite3_reset(st);
	start_clock(s);
}

bool statedb_is_late(int rc)
{
	return (rc & 0xFF) == SQLITE_INTERRUPT;
}

bool statedb_wants_copy(int rc)
{
	switch (rc & 0xFF) {
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		return true;
	default:
		return false;
	}
}

/* What is wrong with it, to follow its name; NULL for what needs SQLite's own words. */
static const char *trouble(int rc)
{
	switch (rc & 0xFF) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ": locked by another program for 500 ms";
	case SQLITE_CORRUPT:
		return " is damaged (SQLite: malformed); restore it, or run `hermes doctor`";
	case SQLITE_NOTADB:
		return " is not a database; restore it from a backup";
	case SQLITE_INTERRUPT:
		return " did not answer in time";
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return " asks for more than reading its tables: its schema is not Hermes's";
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		return " cannot be opened; is its directory readable by this user?";
	case SQLITE_TOOBIG:
		return " holds a value of more than 16 MiB";
	default:
		return NULL;
	}
}

const char *statedb_why(struct statedb *s, int rc)
{
	const char *name = s->names[STATEDB_MAIN] ? s->names[STATEDB_MAIN] : "the database", *what = trouble(rc);

	if (what)
		return arena_printf(s->a, "%s%s", name, what);
	if ((rc & 0xFF) == SQLITE_IOERR)
		return arena_printf(s->a, "%s cannot be read: the disk answers with an error (%d)", name, rc);
	return arena_printf(s->a, "%s cannot be read: SQLite says \"%s\" (%d)", name, sqlite3_errstr(rc), rc);
}

/* A plain table, not a view, not a virtual one. */
static int is_table(struct statedb *s, const char *name, bool *yes)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc;

	*yes = false;
	st = statedb_prepare(
		s, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?1 COLLATE NOCASE");
	if (!st)
		return sqlite3_extended_errcode(s->db);
	sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
	rc = statedb_step(s, st);
	if (rc == SQLITE_ROW) {
		const char *sql = (const char *)sqlite3_column_text(st, 0);

		*yes = sql && sqlite3_strnicmp(sql, "CREATE TABLE", strlen("CREATE TABLE")) == 0;
		return SQLITE_OK;
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

bool statedb_columns(struct statedb *s, const char *table, struct statedb_columns *out, int *rc)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	bool exists;

	memset(out, 0, sizeof(*out));
	*rc = is_table(s, table, &exists);
	if (*rc != SQLITE_OK || !exists)
		return false;
	st = statedb_prepare(s, arena_printf(s->a, "PRAGMA table_info(%s)", table));
	if (!st) {
		*rc = sqlite3_extended_errcode(s->db);
		return false;
	}
	out->names = arena_calloc(s->a, COLUMNS_MAX, sizeof(*out->names));
	while ((*rc = statedb_step(s, st)) == SQLITE_ROW && out->n < COLUMNS_MAX)
		out->names[out->n++] = arena_strdup(s->a, (const char *)sqlite3_column_text(st, 1));
	if (*rc != SQLITE_DONE && *rc != SQLITE_ROW)
		return false;
	*rc = SQLITE_OK;
	return true;
}

bool statedb_has(const struct statedb_columns *c, const char *column)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->names[i] && sqlite3_stricmp(c->names[i], column) == 0)
			return true;
	return false;
}

const char *statedb_text(struct statedb *s, sqlite3_stmt *st, int column, size_t max)
{
	/* Text first, bytes second: a UTF-16 file is converted by the first call. */
	const char *text = (const char *)sqlite3_column_text(st, column);
	int n = sqlite3_column_bytes(st, column);
	const char *clean;

	if (!text || n < 0)
		return NULL;
	clean = str_clean(s->a, text, (size_t)n, max);
	return clean[strspn(clean, " ")] ? clean : NULL;
}

static bool is_number(sqlite3_stmt *st, int column)
{
	int type = sqlite3_column_type(st, column);

	return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

int64_t statedb_time(sqlite3_stmt *st, int column)
{
	return is_number(st, column) ? home_epoch(sqlite3_column_double(st, column)) : 0;
}

int64_t statedb_count(sqlite3_stmt *st, int column)
{
	double v;

	if (!is_number(st, column))
		return COUNT_UNKNOWN;
	v = sqlite3_column_double(st, column);
	if (!(v >= 0 && v <= 9007199254740992.0) || v != floor(v))
		return COUNT_UNKNOWN;
	return (int64_t)v;
}
