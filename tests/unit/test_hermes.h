/*
 * tests/unit/test_hermes.h -- homes in a temporary folder for the readers of hermes/.
 */
#ifndef MC_TESTS_TEST_HERMES_H
#define MC_TESTS_TEST_HERMES_H

#include "test.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "hermes/hermes.h"

#define NOBODY 65534

/* A fresh home, its arena, and a source that looks at it at a fixed time. */
struct home {
	char path[256];
	struct arena *a;
	struct hermes_source src;
};

static inline int home_setup(void **state)
{
	struct home *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	snprintf(h->path, sizeof(h->path), "%s/hmc-home.XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(h->path));
	assert_int_equal(chmod(h->path, 0755), 0);
	h->a = arena_new((size_t)64 * 1024 * 1024);
	h->src = (struct hermes_source){ .home = h->path, .proc_root = "/proc", .now = 1774807200 };
	*state = h;
	return 0;
}

static inline int home_remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static inline int home_teardown(void **state)
{
	struct home *h = *state;

	nftw(h->path, home_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(h->a);
	free(h);
	return 0;
}

#define HOME_TEST(f) cmocka_unit_test_setup_teardown(f, home_setup, home_teardown)

static inline const char *in_home(struct home *h, const char *name)
{
	return arena_printf(h->a, "%s/%s", h->path, name);
}

static inline void put(struct home *h, const char *name, const char *data, size_t n)
{
	char *path = arena_strdup(h->a, in_home(h, name));
	char *slash = strrchr(path, '/');
	FILE *f;

	*slash = '\0';
	mkdir(path, 0755);
	*slash = '/';
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static inline void puts_(struct home *h, const char *name, const char *text)
{
	put(h, name, text, strlen(text));
}

static inline bool is_there(struct home *h, const char *name)
{
	struct stat st;

	return lstat(in_home(h, name), &st) == 0;
}

/* Copies one of the homes that Hermes wrote; its modes do not matter here. */
static inline void copy_file(struct home *h, const char *from, const char *name)
{
	size_t n;
	char *data = read_all(from, &n);

	put(h, name, data, n);
	free(data);
}

static inline void copy_home(struct home *h, const char *which)
{
	static const char *const files[] = { "state.db", "cron/jobs.json", "gateway_state.json",
					     "gateway.pid" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char rest[256];

		snprintf(rest, sizeof(rest), "hermes-homes/%s/home/%s", which, files[i]);
		copy_file(h, shared_path(rest), files[i]);
	}
}

static inline cJSON *expected_of(struct home *h, const char *which)
{
	char rest[256];
	char *text;
	cJSON *j;

	snprintf(rest, sizeof(rest), "hermes-homes/%s/expected.json", which);
	text = read_all(shared_path(rest), NULL);
	j = cJSON_Parse(text);
	free(text);
	assert_non_null(j);
	assert_true(clock_parse_iso(cJSON_GetObjectItem(j, "snapshot_time")->valuestring, 0, &h->src.now));
	return j;
}

static inline const cJSON *at(const cJSON *j, const char *name)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(j, name);

	assert_non_null(v);
	return v;
}

/* NULL for JSON null. */
static inline const char *text_at(const cJSON *j, const char *name)
{
	return cJSON_GetStringValue(at(j, name));
}

static inline void same_text(const char *got, const char *want)
{
	if (!want)
		assert_null(got);
	else
		assert_string_equal(got, want);
}

/* Runs `f(h)` in a child as another user and gives its exit status; skips when this is not root. */
static inline int as_nobody(int (*f)(struct home *h), struct home *h)
{
	int status;
	pid_t pid;

	if (geteuid() != 0) {
		print_message("skipped: needs root to become another user\n");
		skip();
	}
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
			_exit(99);
		_exit(f(h));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static inline sqlite3 *open_db(struct home *h)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(in_home(h, "state.db"), &db), SQLITE_OK);
	return db;
}

static inline void run_sql(sqlite3 *db, const char *text)
{
	char *error = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", text, error);
}

static inline void make_db(struct home *h, const char *text)
{
	sqlite3 *db = open_db(h);

	run_sql(db, text);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

#define assert_reason(probe, part)                                                                           \
	do {                                                                                                 \
		assert_non_null((probe).reason);                                                             \
		if (!strstr((probe).reason, part))                                                           \
			fail_msg("the reason is \"%s\", without \"%s\"", (probe).reason, part);              \
		assert_null(strchr((probe).reason, '\n'));                                                   \
	} while (0)

#endif
