/*
 * test_refresh.c -- what is asked for is asked once in ten seconds, and what a page says of it is true.
 */
#include "test.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "report/refresh_request.h"
#include "view/asked_words.h"

#define NOW INT64_C(1795500000) /* 2026-11-24 06:00:00 */

struct place {
	char dir[64];
	struct arena *a;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/mc-refresh.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->a = arena_new(1024 * 1024);
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

static const char *path_of(struct place *p, const char *id)
{
	return arena_printf(p->a, "%s/refresh/%s", p->dir, id);
}

static enum refresh_result request(struct place *p, const char *id, int64_t now)
{
	const char *reason = NULL;

	return refresh_request(p->dir, id, now, p->a, &reason);
}

static void a_request_is_read_by_everyone_and_made_once_in_ten_seconds(void **state)
{
	struct place *p = *state;
	struct stat st, again;
	mode_t was = umask(077); /* of the panes' units */

	assert_int_equal(refresh_asked_at(p->dir, "vijay", p->a), 0);
	assert_int_equal(request(p, "vijay", NOW), REFRESH_ASKED);
	umask(was);
	assert_int_equal(refresh_asked_at(p->dir, "vijay", p->a), NOW);
	assert_int_equal(refresh_asked_at(p->dir, "bheem", p->a), 0);
	assert_int_equal(stat(path_of(p, "vijay"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_int_equal(stat(path_of(p, ""), &again), 0);
	assert_int_equal(again.st_mode & 0777, 0755);
	assert_int_equal(request(p, "vijay", NOW + REFRESH_EVERY_S - 1), REFRESH_TOO_SOON);
	assert_int_equal(request(p, "vijay", NOW + REFRESH_EVERY_S), REFRESH_ASKED);
	assert_int_equal(stat(path_of(p, "vijay"), &again), 0);
	assert_int_equal(st.st_ino, again.st_ino); /* a watch on the file lasts */
	/* A clock that was set back must not shut everybody out. */
	assert_int_equal(request(p, "vijay", NOW - 3600), REFRESH_ASKED);
	assert_int_equal(refresh_asked_at(p->dir, "vijay", p->a), NOW - 3600);
}

static void set_folder_time(struct place *p, int64_t t)
{
	const struct timespec at[] = { { .tv_sec = t }, { .tv_sec = t } };

	assert_int_equal(utimensat(AT_FDCWD, path_of(p, ""), at, 0), 0);
}

static void one_look_at_the_folder_tells_of_every_request(void **state)
{
	struct place *p = *state;
	struct stat st;

	assert_int_equal(refresh_last_ns(p->dir, NOW, p->a), 0);
	assert_int_equal(request(p, "vijay", NOW), REFRESH_ASKED);
	set_folder_time(p, NOW - REFRESH_TOLD_S - 1);
	assert_int_equal(refresh_last_ns(p->dir, NOW, p->a), 0);
	set_folder_time(p, NOW - REFRESH_TOLD_S);
	assert_int_equal(refresh_last_ns(p->dir, NOW, p->a), (NOW - REFRESH_TOLD_S) * 1000000000);
	assert_int_equal(request(p, "vijay", NOW + 60), REFRESH_ASKED); /* of a file that is there already, too */
	assert_int_equal(stat(path_of(p, ""), &st), 0);
	assert_true((int64_t)st.st_mtim.tv_sec != NOW - REFRESH_TOLD_S);
}

static void put(struct place *p, const char *id, const char *text)
{
	FILE *f = fopen(path_of(p, id), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void what_says_no_time_is_no_request(void **state)
{
	static const char *const odd[] = { "", "1", "001795500000", "001795500000\n\n", "-01795500000\n", "00179550000x\n", "000000000000\n" };
	struct place *p = *state;

	assert_int_equal(mkdir(path_of(p, ""), 0755), 0);
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		put(p, "vijay", odd[i]);
		assert_int_equal(refresh_asked_at(p->dir, "vijay", p->a), 0);
	}
	unlink(path_of(p, "vijay"));
	assert_int_equal(mkfifo(path_of(p, "vijay"), 0644), 0);
	assert_int_equal(refresh_asked_at(p->dir, "vijay", p->a), 0);
	assert_int_equal(request(p, "vijay", NOW), REFRESH_FAILED);
	unlink(path_of(p, "vijay"));
	put(p, "elsewhere", "001795500000\n");
	assert_int_equal(symlink("elsewhere", path_of(p, "vijay")), 0);
	assert_int_equal(refresh_asked_at(p->dir, "vijay", p->a), 0);
	assert_int_equal(request(p, "vijay", NOW), REFRESH_FAILED);
	unlink(path_of(p, "vijay"));
	assert_int_equal(link(path_of(p, "elsewhere"), path_of(p, "vijay")), 0);
	assert_int_equal(request(p, "vijay", NOW), REFRESH_FAILED);
}

/* ---- the words ---- */

static struct asked asked(const char *name, int64_t asked_at, int64_t answered_at, int64_t made_at)
{
	return (struct asked){ .name = name, .look = "systemctl status hmc-export@x.path", .asked_at = asked_at, .answered_at = answered_at, .made_at = made_at };
}

static const char *said(struct place *p, const struct asked *list, size_t n, bool waits, bool late)
{
	struct asked_words w = asked_words(list, n, NOW, p->a);

	assert_int_equal(w.is_waiting, waits);
	assert_int_equal(w.is_late, late);
	return w.text;
}

static void a_request_is_answered_by_the_report_that_names_it(void **state)
{
	struct place *p = *state;
	struct asked q = asked("Bheem", NOW - 4, 0, NOW - 20);

	assert_string_equal(said(p, &q, 1, true, false), "A new report of Bheem was asked for at 05:59:56 UTC; the one shown is from 05:59:40 UTC.");
	q.made_at = NOW - 4; /* of the same second, and may be from before */
	assert_non_null(said(p, &q, 1, true, false));
	q.answered_at = NOW - 4;
	assert_string_equal(said(p, &q, 1, false, false), "The report of Bheem that was asked for at 05:59:56 UTC is here.");
	q.answered_at = 0;
	q.made_at = NOW - 3;
	assert_string_equal(said(p, &q, 1, false, false), "The report of Bheem that was asked for at 05:59:56 UTC is here.");
	q = asked("Bheem", NOW - ASKED_NEWS_S - 1, NOW - ASKED_NEWS_S - 1, NOW);
	assert_null(said(p, &q, 1, false, false));
	q = asked("Bheem", NOW - 3, 0, 0);
	assert_non_null(strstr(said(p, &q, 1, true, false), "there is none to show yet"));
}

static void an_exporter_that_does_not_react_is_told_of_after_thirty_seconds(void **state)
{
	struct place *p = *state;
	struct asked q = asked("Bheem", NOW - ASKED_PATIENCE_S, 0, NOW - 60);

	said(p, &q, 1, true, false);
	q.asked_at--;
	assert_string_equal(said(p, &q, 1, false, true), "A new report of Bheem was asked for at 05:59:29 UTC, and 30 s later it has not come: the one "
							 "shown is from 05:59:00 UTC. On the machine, 'systemctl status hmc-export@x.path' says more.");
	q.asked_at = NOW - REFRESH_TOLD_S;
	assert_null(said(p, &q, 1, false, false));
	q.asked_at = NOW + 3600;
	assert_null(said(p, &q, 1, false, false));
}

static void many_are_told_in_one_sentence(void **state)
{
	struct place *p = *state;
	struct asked list[5];

	for (int i = 0; i < 5; i++)
		list[i] = asked("Bheem", NOW - 5 - i, 0, NOW - 20 - i);
	list[4].name = "not shown";
	assert_string_equal(said(p, list, 5, true, false), "New reports of Bheem, Bheem, Bheem and two more were asked for at 05:59:55 UTC; "
							   "the oldest shown is from 05:59:36 UTC.");
	for (int i = 1; i < 5; i++)
		list[i].answered_at = NOW;
	assert_string_equal(said(p, list, 5, true, false), "A new report of Bheem was asked for at 05:59:55 UTC; the one shown is from 05:59:40 UTC.");
	list[0].answered_at = NOW;
	list[3].asked_at = 0;
	list[4].asked_at = 0;
	assert_string_equal(said(p, list, 5, false, false), "The reports of Bheem, Bheem and Bheem that were asked for at 05:59:55 UTC are here.");
	assert_null(said(p, list, 0, false, false));
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(a_request_is_read_by_everyone_and_made_once_in_ten_seconds),
		UNIT(one_look_at_the_folder_tells_of_every_request),
		UNIT(what_says_no_time_is_no_request),
		UNIT(a_request_is_answered_by_the_report_that_names_it),
		UNIT(an_exporter_that_does_not_react_is_told_of_after_thirty_seconds),
		UNIT(many_are_told_in_one_sentence),
	};

	return RUN_TESTS("refresh", tests);
}
