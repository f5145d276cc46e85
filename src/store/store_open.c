#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/store_history_sql.h"
#include "store/store_parts.h"

#define WRITER_BUSY_MS 2000
#define READER_BUSY_MS 250
/* Small pieces that SQLite keeps at hand: a quarter of what is usual, for panes leave many ledgers open. */
#define LOOKASIDE_BYTES 256
#define LOOKASIDE_N     80
#define OPCODES_BETWEEN_LOOKS 1000

/*
 * Rollback journal, deleted at the end of each run. Not WAL: its readers must
 * write to ledger.db-shm, and panes may not write here. Not a journal that
 * stays (TRUNCATE, PERSIST): a reader that may not open it, as where the
 * folder gives new files another group, takes it for a hot one for ever.
 * synchronous=FULL, the safe one for this kind of journal.
 */
static const char writer_setup[] = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
				   "PRAGMA mmap_size=0; PRAGMA cache_size=-1024; PRAGMA cell_size_check=1;"
				   "PRAGMA max_page_count=524288"; /* 2 GiB, should all else fail to bound it: a million sessions are 400 MiB */
static const char reader_setup[] = "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cache_size=-1024;"
				   "PRAGMA cell_size_check=1; PRAGMA query_only=1";

const char *store_reason(struct arena *a, sqlite3 *db, int rc)
{
	const char *file = STORE_FILE;

	switch (rc & 0xFF) {
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return arena_printf(a, "%s is damaged (%s); keep it for a look, move it away, and a new one is begun", file,
				    sqlite3_errstr(rc));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return arena_printf(a, "%s is locked by another process; try again", file);
	case SQLITE_FULL:
		return arena_printf(a, "%s cannot grow; free some space", file);
	case SQLITE_INTERRUPT:
		return arena_printf(a, "%s took too long to read", file);
	case SQLITE_READONLY:
		if (rc == SQLITE_READONLY_ROLLBACK)
			return arena_printf(a, "an exporter was cut off while writing %s; its next run puts that right", file);
		return arena_printf(a, "%s cannot be written; it and its folder must belong to the user that the exporter runs as",
				    file);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return arena_printf(a, "%s cannot be opened; look at who owns it and its folder", file);
	default:
		return arena_printf(a, "%s: %s; see the system's log", file, db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
	}
}

/* Why SQLite may not have this file: it would wait in a pipe. NULL when it may, or when there is none. */
static const char *refusal(int dir, const char *name, int64_t uid, struct stat *st, struct arena *a)
{
	if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) < 0) {
		memset(st, 0, sizeof(*st));
		return errno == ENOENT ? NULL : arena_printf(a, "%s cannot be looked at: %s", name, strerrordesc_np(errno));
	}
	if (!S_ISREG(st->st_mode))
		return arena_printf(a, "%s is a link, a folder, a pipe or a device, not a file; remove it", name);
	if (uid != STORE_ANY_USER && st->st_uid != (uid_t)uid)
		return arena_printf(a, "%s belongs to user number %u, not %lld; look at who put it there", name, st->st_uid,
				    (long long)uid);
	if (st->st_nlink > 1)
		return arena_printf(a, "%s has a second name (hard link); look at who made it", name);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return arena_printf(a, "others may write to %s; make its mode 0640", name);
	return NULL;
}

/* Looks at the ledger and what SQLite may keep beside it; *ledger is of the ledger itself, without links where there is none. */
static const char *look(int dir, int64_t uid, struct stat *ledger, struct arena *a)
{
	static const char *const names[] = { STORE_FILE "-journal", STORE_FILE "-wal", STORE_FILE "-shm", STORE_FILE };
	const char *reason = NULL;

	memset(ledger, 0, sizeof(*ledger));
	for (size_t i = 0; i < ARRAY_SIZE(names) && !reason; i++)
		reason = refusal(dir, names[i], uid, ledger, a);
	return reason;
}

/* An empty file is an empty database to SQLite; made here for its mode, whatever the umask. */
static const char *make(int dir, struct arena *a)
{
	CLEANUP_FD int fd = openat(dir, STORE_FILE, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	/* Another exporter was faster: what it made is looked at as if it had been there. */
	if ((fd >= 0 && fchmod(fd, 0640) == 0) || (fd < 0 && errno == EEXIST))
		return NULL;
	return arena_printf(a, "%s cannot be made: %s; its folder must belong to the user that the exporter runs as",
			    STORE_FILE, strerrordesc_np(errno));
}

static void set_limits(sqlite3 *db)
{
	static const int config[][2] = {
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 }, { SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },    { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },        { SQLITE_DBCONFIG_DQS_DDL, 0 },
	};
	static const int limits[][2] = {
		{ SQLITE_LIMIT_LENGTH, 1024 * 1024 }, { SQLITE_LIMIT_SQL_LENGTH, 16384 },
		{ SQLITE_LIMIT_ATTACHED, 0 },         { SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(config); i++)
		sqlite3_db_config(db, config[i][0], config[i][1], NULL);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		sqlite3_limit(db, limits[i][0], limits[i][1]);
}

static int open_file(struct store *s, const char *path, int flags, int busy_ms, const char *setup)
{
	int rc = sqlite3_open_v2(path, &s->db,
				 flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (rc != SQLITE_OK)
		return rc;
	set_limits(s->db);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, LOOKASIDE_BYTES, LOOKASIDE_N);
	sqlite3_busy_timeout(s->db, busy_ms);
	return sqlite3_exec(s->db, setup, NULL, NULL, NULL);
}

/*
 * Whose file it is, by its header; NULL when it is ours and not from the
 * future. All of it is read under one lock, so that a writer who comes between
 * is "locked" and never makes a ledger look like another program's.
 */
static const char *identify(sqlite3 *db, int rc, bool may_be_new, int64_t *ret_version, struct arena *a)
{
	int64_t id, version, tables;

	if (rc == SQLITE_OK) /* reads the header, and says what is wrong with it */
		rc = sqlite3_exec(db, "BEGIN; SELECT rootpage FROM sqlite_schema", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return store_reason(a, db, rc);
	id = store_number(db, "PRAGMA application_id", -1);
	version = store_number(db, "PRAGMA user_version", -1);
	tables = store_number(db, "SELECT count(*) FROM sqlite_schema", -1);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	*ret_version = version;
	if (id == 0 && version == 0 && tables == 0)
		return may_be_new ? NULL : STORE_FILE " is empty: the exporter has not recorded a run yet";
	if (id != STORE_APPLICATION_ID || version < 1)
		return STORE_FILE " is another program's database, not a ledger; move it away, and a new one is begun";
	if (version > STORE_SCHEMA_VERSION)
		return arena_printf(a, STORE_FILE " was written by a newer version (schema %lld, this one knows %d); upgrade hmc",
				    (long long)version, STORE_SCHEMA_VERSION);
	return NULL;
}

static int migrate(sqlite3 *db)
{
	int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = store_migrate(db, STORE_SCHEMA_VERSION);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return rc;
}

/* Gives dir without links, which SQLITE_OPEN_NOFOLLOW refuses in any part: how the folder is reached is the operator's. */
static const char *path_of(const char *dir, struct arena *a)
{
	CLEANUP_FREE char *real = realpath(dir, NULL);

	return arena_printf(a, "%s/%s", real ? real : dir, STORE_FILE);
}

static const char *no_folder(const char *dir, struct arena *a)
{
	return arena_printf(a, "%s cannot be opened: %s", dir, strerrordesc_np(errno));
}

static void store_new(struct store **s, int64_t deadline_us)
{
	*s = calloc(1, sizeof(**s));
	if (!*s)
		abort();
	(*s)->deadline_us = deadline_us;
}

/* By the file's header (sqlite.org/fileformat2.html, 1.3): nothing is opened that SQLite would have to be asked about. */
bool store_is_older(const char *dir)
{
	CLEANUP_FD int at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int fd = at < 0 ? -1 : openat(at, STORE_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	unsigned char v[4];
	int64_t version;

	if (fd < 0 || pread(fd, v, sizeof(v), 60) != (ssize_t)sizeof(v))
		return false;
	version = ((int64_t)v[0] << 24) | (v[1] << 16) | (v[2] << 8) | v[3];
	return version > 0 && version < STORE_SCHEMA_VERSION;
}

struct store *store_open(const char *dir, struct arena *a, const char **error)
{
	CLEANUP_FD int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(store_closep) struct store *s = NULL;
	struct stat st = { .st_nlink = 0 };
	int64_t version = 0;
	int rc;

	store_new(&s, 0);
	*error = fd < 0 ? no_folder(dir, a) : look(fd, geteuid(), &st, a);
	if (!*error && st.st_nlink == 0)
		*error = make(fd, a);
	if (*error)
		return NULL;
	rc = open_file(s, path_of(dir, a), SQLITE_OPEN_READWRITE, WRITER_BUSY_MS, writer_setup);
	/*
	 * Sums and the search are kept by triggers (into a virtual table, which takes a trusted schema). They are
	 * as much this user's own as the rows: nobody else may write here.
	 */
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, NULL);
	*error = identify(s->db, rc, true, &version, a);
	if (*error)
		return NULL;
	if (version != STORE_SCHEMA_VERSION && (rc = migrate(s->db)) != SQLITE_OK) {
		*error = store_reason(a, s->db, rc);
		return NULL;
	}
	return TAKE_PTR(s);
}

static int out_of_time(void *ctx)
{
	const struct store *s = ctx;

	return clock_mono_us() > s->deadline_us;
}

/*
 * The schema is another user's: after the opening nothing but SELECT passes,
 * and no function but the search's own: match(), fts5() which gives its
 * tokenizer to who can take a pointer (and it asks for the version of the data
 * that it has read). store_take_up() asks for that of the schema.
 */
static int authorize(void *ctx, int action, const char *first, const char *second, const char *db, const char *inside)
{
	bool ok = action == SQLITE_SELECT || action == SQLITE_READ ||
		  (action == SQLITE_FUNCTION && second && (strcmp(second, "match") == 0 || strcmp(second, "fts5") == 0)) ||
		  (action == SQLITE_PRAGMA && first && strcmp(first, "data_version") == 0) ||
		  (action == SQLITE_PRAGMA && first && !second && strcmp(first, "schema_version") == 0);

	(void)ctx;
	(void)db;
	return !inside && ok ? SQLITE_OK : SQLITE_DENY;
}

/*
 * Connects the virtual table, for which SQLite writes into the schema it holds
 * in memory; that the authorizer would not let pass. Only one that is ours to
 * the letter is: another module's would be another program's code. Where it
 * is not, the search alone fails, and says so.
 */
static void prepare_search(sqlite3 *db)
{
	if (store_number(db, "SELECT sql = '" STORE_SEARCH_QUOTED "' FROM sqlite_schema WHERE name = 'session_titles'", 0) == 1)
		sqlite3_exec(db, "SELECT rowid FROM session_titles LIMIT 0", NULL, NULL, NULL);
}

struct store *store_open_read(const char *dir, int64_t uid, int64_t deadline_us, struct arena *a, const char **error)
{
	CLEANUP_FD int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP(store_closep) struct store *s = NULL;
	struct stat st = { .st_nlink = 0 };
	int64_t version = 0;
	int rc;

	store_new(&s, deadline_us);
	*error = fd < 0 ? no_folder(dir, a) : look(fd, uid, &st, a);
	if (!*error && st.st_nlink == 0)
		*error = "no " STORE_FILE ": the exporter has not recorded a run yet";
	if (!*error && faccessat(fd, STORE_FILE, R_OK, AT_EACCESS) < 0)
		*error = arena_printf(a, "permission denied: %s; the dashboard's group must be able to read it", STORE_FILE);
	if (*error)
		return NULL;
	rc = open_file(s, path_of(dir, a), SQLITE_OPEN_READONLY, READER_BUSY_MS, reader_setup);
	if (s->db)
		sqlite3_progress_handler(s->db, OPCODES_BETWEEN_LOOKS, out_of_time, s);
	*error = identify(s->db, rc, false, &version, a);
	if (!*error && version != STORE_SCHEMA_VERSION)
		*error = STORE_FILE " was written by an older version; the exporter's next run brings it up to date";
	if (*error)
		return NULL;
	s->dev = st.st_dev;
	s->ino = st.st_ino;
	s->schema = store_number(s->db, "PRAGMA schema_version", -1);
	prepare_search(s->db);
	sqlite3_set_authorizer(s->db, authorize, NULL);
	return TAKE_PTR(s);
}

void store_drop(struct store *s)
{
	if (!s)
		return;
	sqlite3_close(s->db);
	free(s);
}

void store_close(struct store *s)
{
	if (!s || !s->is_kept) {
		store_drop(s);
		return;
	}
	sqlite3_db_release_memory(s->db);
	s->is_lent = false;
}

void store_keep(struct store *s)
{
	s->is_kept = s->is_lent = true;
}

bool store_is_lent(const struct store *s)
{
	return s->is_lent;
}

bool store_take_up(struct store *s, const char *dir, int64_t uid, int64_t deadline_us, struct arena *a)
{
	CLEANUP_FD int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (s->is_lent || fd < 0 || look(fd, uid, &st, a) || st.st_nlink == 0 || st.st_dev != s->dev || st.st_ino != s->ino ||
	    faccessat(fd, STORE_FILE, R_OK, AT_EACCESS) < 0)
		return false;
	s->deadline_us = deadline_us;
	if (store_number(s->db, "PRAGMA schema_version", -1) != s->schema)
		return false;
	s->is_lent = true;
	return true;
}

void store_closep(struct store **s)
{
	store_close(*s);
	*s = NULL;
}

int store_end(struct store *s, int rc, struct arena *a, const char **error)
{
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return 0;
	*error = store_reason(a, s->db, rc);
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}
