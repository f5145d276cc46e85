#include "hermes/statedb.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "hermes/home.h"
#include "hermes/statedb_copy.h"
#include "hermes/statedb_guard.h"

/* Why SQLite may not have this one: it would hang in a FIFO and follow a link. NULL when it may. */
static const char *refusal(int dir, const char *name, struct stat *st, struct arena *a)
{
	if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) < 0) {
		memset(st, 0, sizeof(*st));
		if (errno == ENOENT)
			return NULL;
		if (errno == EACCES)
			return arena_printf(a, "permission denied: %s", name);
		return arena_printf(a, "%s cannot be looked at: %s", name, strerrordesc_np(errno));
	}
	switch (st->st_mode & S_IFMT) {
	case S_IFREG:
		return NULL;
	case S_IFLNK:
		return arena_printf(a, "%s is a symbolic link, not a file", name);
	case S_IFDIR:
		return arena_printf(a, "%s is a directory, not a file", name);
	case S_IFIFO:
		return arena_printf(a, "%s is a named pipe, not a file", name);
	default:
		return arena_printf(a, "%s is a device or a socket, not a file", name);
	}
}

/*
 * Looks at all four without opening them. False, answered, when the database
 * is absent or may not be read.
 */
static bool look(const struct statedb *s, const char *absent, struct statedb_files *out, struct probe *p)
{
	struct arena *a = s->a;
	CLEANUP_FD int dir = open(s->home, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *reason = NULL;

	memset(out, 0, sizeof(*out));
	if (dir < 0)
		reason = arena_printf(a, "%s cannot be opened: %s", s->home, strerrordesc_np(errno));
	for (int i = 0; i < STATEDB_FILES && !reason; i++)
		reason = refusal(dir, s->names[i], &out->st[i], a);
	if (!reason && !out->st[STATEDB_MAIN].st_nlink) {
		home_answer(p, PROBE_INACTIVE, absent);
		return false;
	}
	if (!reason && faccessat(dir, s->names[STATEDB_MAIN], R_OK, AT_EACCESS) < 0)
		reason = arena_printf(a, "permission denied: %s", s->names[STATEDB_MAIN]);
	if (!reason && out->st[STATEDB_MAIN].st_size == 0)
		reason = arena_printf(a, "%s is empty (0 bytes): it was cut off, or Hermes is just starting",
				      s->names[STATEDB_MAIN]);
	if (reason)
		home_answer(p, PROBE_UNKNOWN, reason);
	return !reason;
}

static bool is_same_file(const struct stat *x, const struct stat *y)
{
	return x->st_nlink == y->st_nlink && x->st_ino == y->st_ino && x->st_dev == y->st_dev &&
	       x->st_size == y->st_size && x->st_mtim.tv_sec == y->st_mtim.tv_sec &&
	       x->st_mtim.tv_nsec == y->st_mtim.tv_nsec;
}

/* The files are as they were: nothing was written, no owner has started. */
static bool is_unchanged(struct statedb *s)
{
	struct statedb_files now;
	struct probe ignored = { 0 };

	if (!look(s, "", &now, &ignored))
		return false;
	for (int i = 0; i < STATEDB_FILES; i++)
		if (!is_same_file(&s->files.st[i], &now.st[i]))
			return false;
	return true;
}

/* "file:/path?query", with what a URI reads otherwise escaped. */
static const char *uri_of(const struct statedb *s, const char *dir, const char *query)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(4 * PATH_MAX);

	buf_adds(&b, "file:");
	for (const char *c = dir; *c; c++) {
		if (strchr("?#%", *c))
			buf_printf(&b, "%%%02X", (unsigned char)*c);
		else
			buf_addc(&b, *c);
	}
	buf_printf(&b, "/%s?%s", s->names[STATEDB_MAIN], query);
	return arena_strdup(s->a, buf_str(&b));
}

static int open_in(struct statedb *s, const char *dir, int flags, const char *query)
{
	const int always =
		SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	int rc;

	rc = sqlite3_open_v2(uri_of(s, dir, query), &s->db, flags | always, NULL);
	if (rc == SQLITE_OK)
		rc = statedb_guard(s);
	return rc;
}

/* Byte 18 of the header: 2 = WAL. Read through SQLite's own handle, so that no lock is dropped. */
static bool is_wal(struct statedb *s)
{
	sqlite3_file *file = NULL;
	unsigned char head[100];

	if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file ||
	    !file->pMethods || file->pMethods->xRead(file, head, sizeof(head), 0) != SQLITE_OK)
		return false;
	return head[18] == 2;
}

static void close_db(struct statedb *s)
{
	sqlite3_close(s->db);
	s->db = NULL;
	s->way = STATEDB_CLOSED;
}

static int try_immutable(struct statedb *s)
{
	int rc = open_in(s, s->home, SQLITE_OPEN_READONLY, "mode=ro&immutable=1");

	s->way = STATEDB_IMMUTABLE;
	if (rc == SQLITE_OK && is_wal(s))
		return SQLITE_OK;
	close_db(s);
	return rc == SQLITE_OK ? SQLITE_MISMATCH : rc;
}

static int try_read_only(struct statedb *s)
{
	int rc = open_in(s, s->home, SQLITE_OPEN_READONLY, "mode=ro");

	if (rc == SQLITE_OK) /* the first look at the schema meets locks, journals and missing rights */
		rc = sqlite3_exec(s->db, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL);
	s->way = STATEDB_READ_ONLY;
	return rc;
}

static int try_copy(struct statedb *s, const char **reason)
{
	CLEANUP(statedb_copy_remove) struct statedb_copy copy = { 0 };
	int rc;

	*reason = statedb_copy_make(&copy, s->home, s->names, STATEDB_FILES, &s->files, s->a);
	if (*reason)
		return SQLITE_CANTOPEN;
	if (!is_unchanged(s)) {
		*reason = arena_printf(s->a, "%s changed while it was copied; the next reading tries again",
				       s->names[STATEDB_MAIN]);
		return SQLITE_CANTOPEN;
	}
	/* Writable, so that SQLite may roll back or replay into the copy; it never leaves this directory. */
	rc = open_in(s, copy.dir, SQLITE_OPEN_READWRITE, "mode=rw");
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->db, "SELECT 1 FROM sqlite_master LIMIT 1", NULL, NULL, NULL);
	s->way = STATEDB_COPY;
	return rc;
}

static void set_names(struct statedb *s, const char *name)
{
	static const char *const endings[STATEDB_FILES] = { "", "-wal", "-shm", "-journal" };

	for (int i = 0; i < STATEDB_FILES; i++)
		s->names[i] = arena_printf(s->a, "%s%s", name, endings[i]);
}

bool statedb_open_named(struct statedb *s, const char *dir, const char *name, const char *absent, enum statedb_way from,
			struct arena *a, int64_t deadline_us, struct probe *p)
{
	CLEANUP_FREE char *real = realpath(dir, NULL);
	const char *reason = NULL;
	int rc = SQLITE_MISMATCH;

	*s = (struct statedb){ .a = a,
			       .deadline_us = deadline_us,
			       .statement_us = STATEDB_STATEMENT_US,
			       .home = arena_strdup(a, real ? real : dir) };
	set_names(s, name);
	if (!look(s, absent, &s->files, p))
		return false;
	if (from <= STATEDB_IMMUTABLE && !s->files.st[STATEDB_SHM].st_nlink &&
	    !s->files.st[STATEDB_WAL].st_size && !s->files.st[STATEDB_JOURNAL].st_nlink)
		rc = try_immutable(s);
	if (rc == SQLITE_MISMATCH && from <= STATEDB_READ_ONLY)
		rc = try_read_only(s);
	if (rc == SQLITE_MISMATCH || statedb_wants_copy(rc)) {
		close_db(s);
		rc = try_copy(s, &reason);
	}
	if (rc == SQLITE_OK)
		return true;
	home_answer(p, PROBE_UNKNOWN, reason ? reason : statedb_why(s, rc));
	close_db(s);
	return false;
}

bool statedb_open(struct statedb *s, const char *home, enum statedb_way from, struct arena *a,
		  int64_t deadline_us, struct probe *p)
{
	return statedb_open_named(s, home, "state.db", "no state.db: this instance has not run yet", from, a,
				  deadline_us, p);
}

bool statedb_close(struct statedb *s)
{
	bool trusted = s->way != STATEDB_IMMUTABLE || is_unchanged(s);

	if (s->db)
		close_db(s);
	return trusted;
}
