/*
 * Two real Hermes homes with planted secrets ("PLANTED" stands in each): no
 * line of a file and no text of the database still holds one afterwards.
 */
#include "test.h"

#include <ftw.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "redact/redact.h"

#define PLANTED "PLANTED"

static struct {
	struct redactor *r;
	struct arena *a;
	int texts, planted, survived, other_hits;
	char *databases[8];
	size_t n_databases;
	size_t root_len;
} run;

static int setup(void **state)
{
	(void)state;
	memset(&run, 0, sizeof(run));
	run.r = redactor_new(true);
	run.a = arena_new(64 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < run.n_databases; i++)
		free(run.databases[i]);
	redactor_free(run.r);
	arena_free(run.a);
	return 0;
}

static void try_text(const char *where, const char *text)
{
	const char *out = redact(run.r, text, run.a);

	run.texts++;
	run.planted += strstr(text, PLANTED) != NULL;
	run.other_hits += out != text && !strstr(text, PLANTED);
	if (strstr(out, PLANTED)) {
		run.survived++;
		print_message("  survived in %s: %.200s\n", where, out);
	}
	assert_string_equal(redact(run.r, out, run.a), out);
	if (arena_used(run.a) > 32 << 20)
		arena_reset(run.a);
}

static void try_lines(const char *path)
{
	CLEANUP_FREE char *text = read_all(path, NULL);

	for (char *line = text; line; ) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		try_text(path, line);
		line = end ? end + 1 : NULL;
	}
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *name = path + at->base;

	(void)st;
	/* Beside home/ lie descriptions, which speak of the planted secrets. */
	if (type != FTW_F || !strstr(path + run.root_len, "/home/"))
		return 0;
	if (strcmp(name, "state.db") == 0 && run.n_databases < ARRAY_SIZE(run.databases))
		run.databases[run.n_databases++] = strdup(path);
	else
		try_lines(path);
	return 0;
}

static void walk(void)
{
	const char *root = shared_path("hermes-homes");

	run.root_len = strlen(root);
	if (nftw(root, visit, 16, FTW_PHYS) != 0)
		fail_msg("cannot walk the sample homes");
}

static void no_planted_secret_is_left_in_any_line_of_a_home(void **state)
{
	(void)state;
	walk();
	print_message("lines: %d, of which %d hold a planted secret, %d still do\n", run.texts, run.planted,
		      run.survived);
	assert_true(run.planted > 20);
	assert_int_equal(run.survived, 0);
}

/* Opening the database in place would write beside it. */
static char *copy_of(const char *path)
{
	size_t n;
	CLEANUP_FREE char *data = read_all(path, &n);
	char *copy = strdup("/tmp/test_redact_XXXXXX");
	int fd = mkstemp(copy);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, n), (ssize_t)n);
	close(fd);
	return copy;
}

static void try_table(sqlite3 *db, const char *table)
{
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK) {
		while (sqlite3_step(st) == SQLITE_ROW)
			for (int c = 0; c < sqlite3_column_count(st); c++)
				if (sqlite3_column_type(st, c) == SQLITE_TEXT)
					try_text(table, (const char *)sqlite3_column_text(st, c));
	}
	sqlite3_finalize(st);
	sqlite3_free(sql);
}

static void try_database(const char *path)
{
	static const char names[] = "SELECT name FROM sqlite_master WHERE type='table'";
	char *copy = copy_of(path);
	sqlite3 *db = NULL;
	sqlite3_stmt *tables = NULL;

	assert_int_equal(sqlite3_open_v2(copy, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, names, -1, &tables, NULL), SQLITE_OK);
	while (sqlite3_step(tables) == SQLITE_ROW)
		try_table(db, (const char *)sqlite3_column_text(tables, 0));
	sqlite3_finalize(tables);
	sqlite3_close(db);
	unlink(copy);
	unlink(arena_printf(run.a, "%s-wal", copy));
	unlink(arena_printf(run.a, "%s-shm", copy));
	free(copy);
}

static void no_planted_secret_is_left_in_any_text_of_a_state_db(void **state)
{
	(void)state;
	walk();
	run.texts = run.planted = run.survived = 0;
	for (size_t i = 0; i < run.n_databases; i++)
		try_database(run.databases[i]);
	print_message("texts: %d, of which %d hold a planted secret, %d still do\n", run.texts, run.planted,
		      run.survived);
	assert_true(run.n_databases >= 2 && run.planted > 0);
	assert_int_equal(run.survived, 0);
}

/* The homes hold names, ids, paths, times and prose by the thousand: none of it may be taken for a secret. */
static void nothing_but_planted_secrets_is_touched_in_a_home(void **state)
{
	(void)state;
	walk();
	print_message("lines without a planted secret that were touched: %d of %d\n", run.other_hits,
		      run.texts - run.planted);
	assert_true(run.other_hits <= 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_planted_secret_is_left_in_any_line_of_a_home),
		TEST(no_planted_secret_is_left_in_any_text_of_a_state_db),
		TEST(nothing_but_planted_secrets_is_touched_in_a_home),
	};

	return RUN_TESTS("redact_homes", tests);
}
