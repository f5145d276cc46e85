#include "test_hermes.h"

#include "hermes/statedb.h"
#include "model/sessions.h"

#define TABLES                                                                                               \
	"CREATE TABLE sessions (id TEXT PRIMARY KEY, source TEXT, started_at REAL, ended_at REAL, title "    \
	"TEXT);"                                                                                             \
	"CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id TEXT, timestamp REAL);"                   \
	"CREATE INDEX m ON messages(session_id, timestamp);"
#define ROWS                                                                                                 \
	"INSERT INTO sessions VALUES ('one', 'cli', 1774800000, NULL, 'before');"                            \
	"INSERT INTO messages VALUES (1, 'one', 1774800001)"

static struct sessions read_home(struct home *h)
{
	struct sessions out = { 0 };

	hermes_sessions(&out, &h->src, h->a, clock_mono_us() + 30 * 1000000LL);
	return out;
}

static void assert_unknown(struct home *h, const char *reason)
{
	struct sessions x = read_home(h);

	assert_int_equal(x.probe.state, PROBE_UNKNOWN);
	assert_reason(x.probe, reason);
	assert_int_equal(x.total, COUNT_UNKNOWN);
	assert_int_equal(x.messages, COUNT_UNKNOWN);
	assert_true(x.probe.taken_at > 0);
}

static void no_state_db_is_inactive(void **state)
{
	struct home *h = *state;
	struct sessions x = read_home(h);

	assert_int_equal(x.probe.state, PROBE_INACTIVE);
	assert_reason(x.probe, "no state.db: this instance has not run yet");
	assert_int_equal(x.total, COUNT_UNKNOWN);
}

static void no_home_is_inactive(void **state)
{
	struct home *h = *state;
	struct sessions x;

	h->src.home = in_home(h, "nowhere");
	x = read_home(h);
	assert_int_equal(x.probe.state, PROBE_INACTIVE);
	assert_reason(x.probe, "no such directory");
}

static void a_file_as_home_is_unknown(void **state)
{
	struct home *h = *state;

	puts_(h, "file", "x");
	h->src.home = in_home(h, "file");
	assert_unknown(h, "not a directory");
}

static void what_is_no_plain_file_is_refused_without_waiting(void **state)
{
	static const char *const names[] = { "state.db", "state.db-wal", "state.db-shm", "state.db-journal" };
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = in_home(h, names[i]);

		if (i > 0)
			make_db(h, TABLES ROWS);
		assert_int_equal(mkfifo(path, 0600), 0);
		assert_unknown(h, "a named pipe");
		unlink(path);
		assert_int_equal(symlink("/etc/passwd", path), 0);
		assert_unknown(h, "a symbolic link");
		unlink(path);
		assert_int_equal(mkdir(path, 0700), 0);
		assert_unknown(h, "a directory");
		rmdir(path);
		unlink(in_home(h, "state.db"));
	}
}

static void an_empty_file_is_unknown(void **state)
{
	puts_(*state, "state.db", "");
	assert_unknown(*state, "is empty");
}

static void what_is_no_database_is_unknown(void **state)
{
	struct home *h = *state;
	char *junk = arena_alloc(h->a, 100000);

	memset(junk, 'j', 100000);
	put(h, "state.db", junk, 100000);
	assert_unknown(h, "not a database");
	puts_(h, "state.db", "x");
	assert_unknown(h, "state.db");
	puts_(h, "state.db", "SQLite format 3");
	assert_unknown(h, "state.db");
}

static void fill(struct home *h, const char *journal)
{
	make_db(h, arena_printf(h->a,
				"PRAGMA journal_mode=%s;" TABLES "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
				" SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO sessions SELECT 's' || i, "
				"'cli', 1774000000 + i,"
				" NULL, hex(randomblob(60)) FROM n",
				journal));
}

static void a_truncated_file_is_unknown(void **state)
{
	struct home *h = *state;

	fill(h, "DELETE");
	assert_int_equal(truncate(in_home(h, "state.db"), 3 * 4096 + 17), 0);
	assert_unknown(h, "damaged");
}

/* One page after the other is overwritten: damaged or whole, never a crash or a false zero. */
static void damaged_pages_are_unknown_or_harmless(void **state)
{
	struct home *h = *state;
	size_t n, unknown = 0;
	char *good;

	fill(h, "WAL");
	good = read_all(in_home(h, "state.db"), &n);
	for (size_t page = 0; page < n / 4096; page += page < 8 ? 1 : 7) {
		char *bad = malloc(n);
		struct sessions x;

		memcpy(bad, good, n);
		memset(bad + page * 4096 + (page ? 0 : 100), 0xEE, 4096 - (page ? 0 : 100));
		put(h, "state.db", bad, n);
		x = read_home(h);
		unknown += x.probe.state == PROBE_UNKNOWN;
		assert_true(x.probe.state == PROBE_OK || x.probe.state == PROBE_UNKNOWN);
		if (x.probe.state == PROBE_UNKNOWN)
			assert_reason(x.probe, "damaged");
		assert_int_not_equal(x.total, 0);
		free(bad);
	}
	assert_true(unknown > 3);
	free(good);
}

static void a_database_that_is_locked_for_good_is_unknown(void **state)
{
	struct home *h = *state;
	sqlite3 *db;

	make_db(h, TABLES ROWS);
	db = open_db(h);
	run_sql(db, "BEGIN EXCLUSIVE");
	assert_unknown(h, "locked by another program for 500 ms");
	run_sql(db, "COMMIT");
	assert_int_equal(read_home(h).probe.state, PROBE_OK);
	sqlite3_close(db);
}

static void rollback_mode_is_read_in_place(void **state)
{
	struct home *h = *state;
	struct sessions x;
	sqlite3 *db;

	make_db(h, TABLES ROWS);
	db = open_db(h);
	run_sql(db, "BEGIN IMMEDIATE; INSERT INTO sessions VALUES ('two', 'cli', 1, NULL, NULL)");
	x = read_home(h);
	assert_int_equal(x.probe.state, PROBE_OK);
	assert_int_equal(x.total, 1);
	run_sql(db, "COMMIT");
	assert_int_equal(read_home(h).total, 2);
	sqlite3_close(db);
}

/* Leaves a home as a crash in the middle of a commit does: pages written, journal full. */
static void crash_in_mid_commit(struct home *h)
{
	sqlite3 *db;

	fill(h, "DELETE");
	db = open_db(h);
	run_sql(db, "PRAGMA cache_size=5; PRAGMA cache_spill=ON; BEGIN; UPDATE sessions SET title = 'half', "
		    "source = 'half'");
	copy_file(h, in_home(h, "state.db"), "crashed");
	copy_file(h, in_home(h, "state.db-journal"), "crashed-journal");
	run_sql(db, "ROLLBACK");
	sqlite3_close(db);
	assert_int_equal(rename(in_home(h, "crashed"), in_home(h, "state.db")), 0);
	assert_int_equal(rename(in_home(h, "crashed-journal"), in_home(h, "state.db-journal")), 0);
}

static void a_hot_journal_is_rolled_back_in_a_copy_only(void **state)
{
	struct home *h = *state;
	size_t before_n, after_n;
	char *before, *after;
	struct sessions x;

	crash_in_mid_commit(h);
	before = read_all(in_home(h, "state.db"), &before_n);
	x = read_home(h);
	assert_int_equal(x.probe.state, PROBE_OK);
	assert_int_equal(x.total, 2000);
	assert_int_equal(x.n_by_source, 1);
	assert_string_equal(x.by_source[0].source, "cli");
	after = read_all(in_home(h, "state.db"), &after_n);
	assert_int_equal(before_n, after_n);
	assert_memory_equal(before, after, before_n);
	assert_true(is_there(h, "state.db-journal"));
	free(before);
	free(after);
}

static void a_copy_leaves_nothing_behind(void **state)
{
	struct home *h = *state;
	const char *tmp = arena_strdup(h->a, in_home(h, "tmp"));

	crash_in_mid_commit(h);
	assert_int_equal(mkdir(tmp, 0700), 0);
	setenv("TMPDIR", tmp, 1);
	assert_int_equal(read_home(h).probe.state, PROBE_OK);
	unsetenv("TMPDIR");
	assert_int_equal(rmdir(tmp), 0);
}

static void what_is_too_large_to_copy_is_unknown(void **state)
{
	struct home *h = *state;

	crash_in_mid_commit(h);
	assert_int_equal(truncate(in_home(h, "state.db"), STATEDB_COPY_MAX + 1), 0);
	assert_unknown(h, "too large to copy");
}

/* A WAL writer in a process of its own; `say` and `hear` are its pipes. */
static pid_t start_writer(struct home *h, int *say, int *hear)
{
	int to[2], from[2];
	pid_t pid;

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		sqlite3 *db = open_db(h);
		char c;

		close(to[1]);
		run_sql(db,
			"PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;"
			"INSERT INTO sessions VALUES ('live', 'telegram', 1774807100, NULL, 'in the wal')");
		if (write(from[1], "r", 1) != 1)
			_exit(1);
		while (read(to[0], &c, 1) == 1) {
			int rc = sqlite3_exec(
				db,
				"INSERT INTO messages(session_id, timestamp) VALUES ('live', 1774807150);"
				"PRAGMA wal_checkpoint(TRUNCATE)",
				NULL, NULL, NULL);

			if (write(from[1], rc == SQLITE_OK ? "k" : "b", 1) != 1)
				_exit(1);
		}
		_exit(0); /* without closing: -wal and -shm stay */
	}
	close(to[0]);
	close(from[1]);
	*say = to[1];
	*hear = from[0];
	return pid;
}

static char hear_one(int fd)
{
	char c = 0;

	assert_int_equal(read(fd, &c, 1), 1);
	return c;
}

static void end_writer(pid_t pid, int say, int hear)
{
	close(say);
	close(hear);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_live_writer_is_read_and_not_held_up(void **state)
{
	struct home *h = *state;
	struct sessions x;
	int say, hear;
	pid_t pid;

	make_db(h, TABLES ROWS);
	pid = start_writer(h, &say, &hear);
	hear_one(hear);
	x = read_home(h);
	assert_int_equal(x.probe.state, PROBE_OK);
	assert_int_equal(x.total, 2);
	assert_int_equal(x.active, 1);
	assert_int_equal(write(say, "w", 1), 1);
	assert_int_equal(hear_one(hear), 'k');
	assert_int_equal(read_home(h).messages, 2);
	end_writer(pid, say, hear);
}

/* After a kill: -wal and -shm stay, and what they hold is part of the truth. */
static void a_killed_writers_wal_is_read(void **state)
{
	struct home *h = *state;
	int say, hear;
	pid_t pid;

	make_db(h, TABLES ROWS);
	pid = start_writer(h, &say, &hear);
	hear_one(hear);
	end_writer(pid, say, hear);
	assert_int_equal(read_home(h).total, 2);
	unlink(in_home(h, "state.db-shm"));
	assert_int_equal(read_home(h).total, 2);
}

static int child_expects_two(struct home *h)
{
	struct sessions x = read_home(h);

	if (x.probe.state != PROBE_OK)
		print_message("%s\n", x.probe.reason);
	return x.probe.state == PROBE_OK && x.total == 2 ? 0 : 1;
}

static void without_the_right_to_write_a_wal_is_read_all_the_same(void **state)
{
	struct home *h = *state;
	int say, hear;
	pid_t pid;

	make_db(h, TABLES ROWS);
	pid = start_writer(h, &say, &hear);
	hear_one(hear);
	/* While it lives. */
	assert_int_equal(as_nobody(child_expects_two, h), 0);
	end_writer(pid, say, hear);
	/* After a kill; then with -shm gone, which only a copy can cure. */
	assert_int_equal(as_nobody(child_expects_two, h), 0);
	unlink(in_home(h, "state.db-shm"));
	assert_int_equal(as_nobody(child_expects_two, h), 0);
	/* Cleanly closed. */
	make_db(h, "PRAGMA wal_checkpoint(TRUNCATE)");
	assert_false(is_there(h, "state.db-wal"));
	assert_int_equal(as_nobody(child_expects_two, h), 0);
	assert_false(is_there(h, "state.db-wal"));
}

static int child_expects_denied(struct home *h)
{
	struct sessions x = read_home(h);

	return x.probe.state == PROBE_UNKNOWN && strstr(x.probe.reason, "permission denied") ? 0 : 1;
}

static void denied_is_unknown_not_absent(void **state)
{
	struct home *h = *state;

	make_db(h, TABLES ROWS);
	assert_int_equal(chmod(in_home(h, "state.db"), 0600), 0);
	assert_int_equal(as_nobody(child_expects_denied, h), 0);
	assert_int_equal(chmod(h->path, 0700), 0);
	assert_int_equal(as_nobody(child_expects_denied, h), 0);
	h->src.home = in_home(h, "below");
	assert_int_equal(as_nobody(child_expects_denied, h), 0);
}

static void what_changed_under_immutable_is_not_trusted(void **state)
{
	struct home *h = *state;
	struct probe p = { 0 };
	struct statedb s;

	make_db(h, "PRAGMA journal_mode=WAL;" TABLES ROWS);
	assert_true(statedb_open(&s, h->path, STATEDB_CLOSED, h->a, clock_mono_us() + 30000000, &p));
	assert_int_equal(s.way, STATEDB_IMMUTABLE);
	assert_true(statedb_close(&s));
	assert_true(statedb_open(&s, h->path, STATEDB_CLOSED, h->a, clock_mono_us() + 30000000, &p));
	make_db(h, "UPDATE sessions SET title = 'after'");
	assert_false(statedb_close(&s));
}

static void an_odd_path_is_no_uri(void **state)
{
	struct home *h = *state;
	const char *odd = arena_strdup(h->a, in_home(h, "a?mode=rwc#x%41 b"));

	assert_int_equal(mkdir(odd, 0755), 0);
	make_db(h, TABLES ROWS);
	assert_int_equal(rename(in_home(h, "state.db"), arena_printf(h->a, "%s/state.db", odd)), 0);
	h->src.home = odd;
	assert_int_equal(read_home(h).total, 1);
}

static void a_home_behind_a_link_is_read(void **state)
{
	struct home *h = *state;

	make_db(h, TABLES ROWS);
	assert_int_equal(symlink(h->path, in_home(h, "self")), 0);
	h->src.home = in_home(h, "self");
	assert_int_equal(read_home(h).total, 1);
}

static void the_guard_lets_nothing_but_reading_through(void **state)
{
	static const char *const refused[] = {
		"DELETE FROM sessions",
		"UPDATE sessions SET id = 1",
		"CREATE TABLE x (y)",
		"DROP TABLE sessions",
		"ATTACH '/etc/passwd' AS p",
		"PRAGMA journal_mode=DELETE",
		"PRAGMA user_version=5",
		"VACUUM",
		"SELECT * FROM secrets",
		"SELECT load_extension('x')",
		"SELECT randomblob(1000000000)",
		"BEGIN",
		"SELECT * FROM pragma_database_list",
		"SELECT x FROM v",
	};
	struct home *h = *state;
	struct probe p = { 0 };
	struct statedb s;

	make_db(h, TABLES ROWS "; CREATE TABLE secrets (x); CREATE VIEW v AS SELECT id AS x FROM sessions");
	assert_true(statedb_open(&s, h->path, STATEDB_CLOSED, h->a, clock_mono_us() + 30000000, &p));
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		sqlite3_stmt *st = statedb_prepare(&s, refused[i]);
		int rc = st ? statedb_step(&s, st) : SQLITE_AUTH;

		if (rc == SQLITE_ROW || rc == SQLITE_DONE)
			fail_msg("\"%s\" passes", refused[i]);
		sqlite3_finalize(st);
	}
	statedb_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(no_state_db_is_inactive),
		HOME_TEST(no_home_is_inactive),
		HOME_TEST(a_file_as_home_is_unknown),
		HOME_TEST(what_is_no_plain_file_is_refused_without_waiting),
		HOME_TEST(an_empty_file_is_unknown),
		HOME_TEST(what_is_no_database_is_unknown),
		HOME_TEST(a_truncated_file_is_unknown),
		HOME_TEST(damaged_pages_are_unknown_or_harmless),
		HOME_TEST(a_database_that_is_locked_for_good_is_unknown),
		HOME_TEST(rollback_mode_is_read_in_place),
		HOME_TEST(a_hot_journal_is_rolled_back_in_a_copy_only),
		HOME_TEST(a_copy_leaves_nothing_behind),
		HOME_TEST(what_is_too_large_to_copy_is_unknown),
		HOME_TEST(a_live_writer_is_read_and_not_held_up),
		HOME_TEST(a_killed_writers_wal_is_read),
		HOME_TEST(without_the_right_to_write_a_wal_is_read_all_the_same),
		HOME_TEST(denied_is_unknown_not_absent),
		HOME_TEST(what_changed_under_immutable_is_not_trusted),
		HOME_TEST(an_odd_path_is_no_uri),
		HOME_TEST(a_home_behind_a_link_is_read),
		HOME_TEST(the_guard_lets_nothing_but_reading_through),
	};

	return RUN_TESTS("hermes_statedb", tests);
}
