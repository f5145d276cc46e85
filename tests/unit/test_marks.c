/*
 * test_marks.c -- what was marked is kept, whole, and never lost to a broken or foreign file.
 */
#include "test.h"

#include <ftw.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "report/marks.h"

#define NOW INT64_C(1795500000)

struct place {
	char dir[64];
	struct arena *a;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/mc-marks.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->a = arena_new(64 * 1024 * 1024);
	*state = p;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static int teardown(void **state)
{
	struct place *p = *state;

	nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(p->a);
	free(p);
	return 0;
}

static struct mark mark_of(struct place *p, const char *key, const char *digest, int64_t at)
{
	struct mark_value *v = arena_calloc(p->a, 2, sizeof(*v));

	v[0] = (struct mark_value){ "vijay", digest };
	v[1] = (struct mark_value){ "bheem", "0123456789abcdef" };
	return (struct mark){ .key = key, .by = "uma <b>", .at = at, .values = v, .n_values = 2 };
}

static void set(struct place *p, const char *key, const char *digest, int64_t at)
{
	struct mark m = mark_of(p, key, digest, at);
	const char *reason = NULL;

	if (!marks_set(p->dir, &m, p->a, &reason))
		fail_msg("%s", reason);
}

static struct marks load(struct place *p)
{
	struct marks m;

	marks_load(p->dir, NOW, &m, p->a);
	return m;
}

static const char *path_of(struct place *p, const char *name)
{
	return arena_printf(p->a, "%s/marks/%s", p->dir, name);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void nothing_is_marked_until_somebody_does(void **state)
{
	struct place *p = *state;
	const char *reason = NULL;

	assert_int_equal(load(p).probe.state, PROBE_INACTIVE);
	assert_int_equal(load(p).n_list, 0);
	assert_true(marks_remove(p->dir, "version", p->a, &reason));
}

static void a_mark_is_read_back_as_it_was_made(void **state)
{
	struct place *p = *state;
	struct marks m;
	struct stat st;

	set(p, "approvals.mode", "9c41b07e52aa13d8", NOW);
	m = load(p);
	assert_int_equal(m.probe.state, PROBE_OK);
	assert_int_equal(m.n_list, 1);
	assert_string_equal(m.list[0].key, "approvals.mode");
	assert_string_equal(m.list[0].by, "uma <b>");
	assert_int_equal(m.list[0].at, NOW);
	assert_int_equal(m.list[0].n_values, 2);
	assert_string_equal(m.list[0].values[0].instance_id, "vijay");
	assert_string_equal(m.list[0].values[0].digest, "9c41b07e52aa13d8");
	assert_int_equal(stat(path_of(p, "marks.json"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void one_key_has_one_mark_and_it_can_be_taken_back(void **state)
{
	struct place *p = *state;
	const char *reason = NULL;
	struct marks m;

	set(p, "version", "1111111111111111", NOW);
	set(p, "model", "2222222222222222", NOW);
	set(p, "version", "3333333333333333", NOW + 1);
	m = load(p);
	assert_int_equal(m.n_list, 2);
	assert_string_equal(m.list[1].values[0].digest, "3333333333333333");
	assert_true(marks_remove(p->dir, "version", p->a, &reason));
	m = load(p);
	assert_int_equal(m.n_list, 1);
	assert_string_equal(m.list[0].key, "model");
}

static void the_oldest_goes_when_there_is_no_more_room(void **state)
{
	struct place *p = *state;
	struct marks m;
	bool found = false;

	FILE *f;

	assert_int_equal(mkdir(path_of(p, ""), 0700), 0);
	f = fopen(path_of(p, "marks.json"), "w");
	assert_non_null(f);
	for (int i = 0; i < MARKS_MAX; i++)
		fprintf(f, "%s{\"key\":\"key-%d\",\"at\":\"2026-11-%02dT00:00:00Z\"}", i ? "," : "{\"schemaVersion\":1,\"marks\":[", i,
			i == 7 ? 1 : 20);
	fputs("]}", f);
	fclose(f);
	set(p, "one more", "1111111111111111", NOW);
	m = load(p);
	assert_int_equal(m.n_list, MARKS_MAX);
	for (size_t i = 0; i < m.n_list; i++)
		found = found || str_eq(m.list[i].key, "key-7");
	assert_false(found);
}

static void a_broken_or_foreign_file_is_unknown_and_is_not_overwritten(void **state)
{
	static const char *const texts[] = {
		"", "{", "[]", "{\"schemaVersion\":2,\"marks\":[]}", "{\"schemaVersion\":1,\"marks\":5}",
		"{\"schemaVersion\":1,\"marks\":[{\"key\":5}]}", "{\"schemaVersion\":1,\"marks\":[],\"marks\":[]}",
		"{\"schemaVersion\":1,\"marks\":[{\"by\":\"uma\"}]}",
		"{\"schemaVersion\":1,\"marks\":[{\"key\":\"a\",\"by\":\"uma\",\"values\":[{\"instanceId\":\"one\"}]}]}",
		"{\"schemaVersion\":1,\"marks\":[{\"key\":\"a\",\"by\":\"uma\",\"values\":[{\"digest\":\"0123456789abcdef\"}]}]}",
	};
	struct place *p = *state;
	struct mark m = mark_of(p, "version", "1111111111111111", NOW);

	assert_int_equal(mkdir(path_of(p, ""), 0700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP_FREE char *after = NULL;
		const char *reason = NULL;

		write_file(path_of(p, "marks.json"), texts[i]);
		assert_int_equal(load(p).probe.state, PROBE_UNKNOWN);
		assert_non_null(load(p).probe.reason);
		assert_int_equal(load(p).n_list, 0);
		assert_false(marks_set(p->dir, &m, p->a, &reason));
		assert_non_null(reason);
		after = read_all(path_of(p, "marks.json"), NULL);
		assert_string_equal(after, texts[i]);
	}
	if (geteuid() == 0) {
		write_file(path_of(p, "marks.json"), "{\"schemaVersion\":1,\"marks\":[]}");
		assert_int_equal(load(p).probe.state, PROBE_OK);
		assert_int_equal(chown(path_of(p, "marks.json"), 65534, 65534), 0);
		assert_int_equal(load(p).probe.state, PROBE_UNKNOWN);
	}
}

static void a_link_in_its_place_is_not_followed(void **state)
{
	struct place *p = *state;
	struct mark m = mark_of(p, "version", "1111111111111111", NOW);
	const char *reason = NULL, *elsewhere = arena_printf(p->a, "%s/elsewhere", p->dir);

	assert_int_equal(mkdir(path_of(p, ""), 0700), 0);
	write_file(elsewhere, "{\"schemaVersion\":1,\"marks\":[]}");
	assert_int_equal(symlink("../elsewhere", path_of(p, "marks.json")), 0);
	assert_int_equal(load(p).probe.state, PROBE_UNKNOWN);
	assert_false(marks_set(p->dir, &m, p->a, &reason));
	assert_int_equal(unlink(path_of(p, "marks.json")), 0);
	assert_int_equal(unlink(path_of(p, ".lock")), 0);
	assert_int_equal(rmdir(path_of(p, "")), 0);
	assert_int_equal(symlink("/tmp", arena_printf(p->a, "%s/marks", p->dir)), 0);
	assert_false(marks_set(p->dir, &m, p->a, &reason));
}

static void where_it_cannot_be_written_nothing_changes(void **state)
{
	struct place *p = *state;
	struct mark m = mark_of(p, "version", "1111111111111111", NOW);
	const char *reason = NULL;

	/* A file stands where the folder should: root is stopped by that, too. */
	write_file(arena_printf(p->a, "%s/marks", p->dir), "");
	assert_false(marks_set(p->dir, &m, p->a, &reason));
	assert_non_null(strstr(reason, "marks"));
}

/* Several workers mark at once: every mark must be there afterwards. */
static void marks_of_workers_at_once_are_all_kept(void **state)
{
	enum { WORKERS = 4, EACH = 10 };
	struct place *p = *state;
	pid_t pids[WORKERS];

	for (int w = 0; w < WORKERS; w++) {
		fflush(NULL);
		pids[w] = fork();
		assert_true(pids[w] >= 0);
		if (pids[w] == 0) {
			for (int i = 0; i < EACH; i++) {
				struct mark m = mark_of(p, arena_printf(p->a, "w%d-%d", w, i), "1111111111111111", NOW);
				const char *reason = NULL;

				if (!marks_set(p->dir, &m, p->a, &reason))
					_exit(1);
			}
			_exit(0);
		}
	}
	for (int w = 0; w < WORKERS; w++) {
		int status;

		assert_int_equal(waitpid(pids[w], &status, 0), pids[w]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	assert_int_equal(load(p).n_list, WORKERS * EACH);
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(nothing_is_marked_until_somebody_does),
		UNIT(a_mark_is_read_back_as_it_was_made),
		UNIT(one_key_has_one_mark_and_it_can_be_taken_back),
		UNIT(the_oldest_goes_when_there_is_no_more_room),
		UNIT(a_broken_or_foreign_file_is_unknown_and_is_not_overwritten),
		UNIT(a_link_in_its_place_is_not_followed),
		UNIT(where_it_cannot_be_written_nothing_changes),
		UNIT(marks_of_workers_at_once_are_all_kept),
	};

	json_init();
	return RUN_TESTS("marks", tests);
}
