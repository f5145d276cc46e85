/*
 * test_audit_read.c -- the audit log as admins read it: whole, in order, and honest about what is missing.
 */
#include "test.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "report/audit_log.h"
#include "report/audit_read.h"

#define NOW INT64_C(1795500000)

struct place {
	char dir[64];
	struct arena *a;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/mc-audit.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->a = arena_new(256 * 1024 * 1024);
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

static const char *file_of(struct place *p, int n)
{
	return arena_printf(p->a, "%s/audit/%06d.jsonl", p->dir, n);
}

static void write_file(struct place *p, int n, const char *text)
{
	FILE *f;

	mkdir(arena_printf(p->a, "%s/audit", p->dir), 0700);
	f = fopen(file_of(p, n), "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(file_of(p, n), 0600), 0);
}

static const char *record(struct place *p, int n)
{
	return arena_printf(p->a, "{\"id\":\"%d\",\"at\":\"2026-11-24T06:%02d:%02dZ\",\"sub\":\"%s\",\"action\":\"%s\",\"instance\":%s}\n", n, n / 60 % 60,
			    n % 60, n % 2 ? "asha" : "uma", n % 3 ? "refresh" : "mark", n % 5 ? "null" : "\"bheem\"");
}

static const char *outcome(struct place *p, int n)
{
	return arena_printf(p->a, "{\"of\":\"%d\",\"outcome\":\"%s\",\"why\":null}\n", n, n % 4 ? "done" : "failed");
}

static const char *joined(struct place *p, const char *const *lines, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = arena_printf(p->a, "%s%s", text, lines[i]);
	return text;
}

static struct audit_page read_log(struct place *p, struct audit_query q)
{
	struct audit_page page;

	q.limit = q.limit ? q.limit : 100;
	audit_read(p->dir, &q, NOW, &page, p->a);
	return page;
}

/* "3 2 1", each with + for done, - for failed, ? for neither. */
static const char *ids(struct place *p, const struct audit_page *page)
{
	const char *text = "";

	for (size_t i = 0; i < page->n; i++)
		text = arena_printf(p->a, "%s%s%s%c", text, i ? " " : "", page->list[i].id, "?+-"[page->list[i].outcome]);
	return text;
}

static void what_was_written_is_read(void **state)
{
	struct place *p = *state;
	const struct audit_entry e = { .id = "00000000000000aa", .at = NOW, .request = "bb", .sub = "asha", .role = "admin", .pane = "ops",
				       .action = "refresh", .instance = "bheem", .target = "t\"\n", .detail = "d" };
	const char *reason;
	struct audit_page page = read_log(p, (struct audit_query){ 0 });

	assert_int_equal(page.probe.state, PROBE_INACTIVE);
	assert_true(audit_log_record(p->dir, &e, p->a, &reason));
	page = read_log(p, (struct audit_query){ 0 });
	assert_string_equal(ids(p, &page), "00000000000000aa?");
	assert_true(audit_log_outcome(p->dir, e.id, AUDIT_FAILED, "no room", NOW, p->a, &reason));
	page = read_log(p, (struct audit_query){ 0 });
	assert_int_equal(page.probe.state, PROBE_OK);
	assert_string_equal(ids(p, &page), "00000000000000aa-");
	assert_string_equal(page.list[0].why, "no room");
	assert_string_equal(page.list[0].sub, "asha");
	assert_string_equal(page.list[0].instance, "bheem");
	assert_string_equal(page.list[0].target, "t\" ");
	assert_int_equal(page.list[0].at, NOW);
	assert_false(page.has_more);
	assert_int_equal(page.n_broken, 0);
}

static void pages_are_the_whole_log_with_every_outcome(void **state)
{
	struct place *p = *state;
	const char *one[] = { record(p, 1), record(p, 2), outcome(p, 1), outcome(p, 2), record(p, 3), record(p, 4) };
	const char *two[] = { outcome(p, 4), outcome(p, 3), record(p, 5), outcome(p, 5), record(p, 6) };

	write_file(p, 1, joined(p, one, ARRAY_SIZE(one)));
	write_file(p, 2, joined(p, two, ARRAY_SIZE(two)));
	for (size_t limit = 1; limit < 8; limit++) {
		struct audit_query q = { .limit = limit };
		const char *text = "";

		for (int guard = 0; guard < 9; guard++) {
			struct audit_page page = read_log(p, q);

			assert_true(page.n <= limit);
			text = arena_printf(p->a, "%s%s%s", text, *text && page.n ? " " : "", ids(p, &page));
			if (!page.has_more)
				break;
			q.before = page.next;
		}
		assert_string_equal(text, "6? 5+ 4- 3+ 2+ 1+");
	}
}

static void what_is_asked_for_is_found(void **state)
{
	struct place *p = *state;
	const char *lines[12];
	struct audit_page page;

	for (int i = 0; i < 12; i++)
		lines[i] = record(p, i + 1);
	write_file(p, 1, joined(p, lines, 12));
	page = read_log(p, (struct audit_query){ .sub = "asha", .action = "mark" });
	assert_string_equal(ids(p, &page), "9? 3?");
	page = read_log(p, (struct audit_query){ .instance = "bheem", .action = "mark" });
	assert_string_equal(ids(p, &page), "12? 9? 6? 3?");
	page = read_log(p, (struct audit_query){ .instance = "vijay", .limit = 20 });
	assert_int_equal(page.n, 10); /* but for the two that are bheem's */
	page = read_log(p, (struct audit_query){ .sub = "ash" });
	assert_int_equal(page.n, 0);
}

static void lines_that_are_no_record_are_counted_and_left_out(void **state)
{
	struct place *p = *state;
	char *longest = arena_alloc(p->a, AUDIT_LINE_BYTES + 8);
	const char *lines[] = { record(p, 1), "nonsense\n", "{\"id\":\"x\"}\n", "[1]\n", "{\"of\":\"1\",\"outcome\":\"maybe\"}\n", "\n", longest,
				"{\"id\":\"x\",\"at\":\"then\",\"sub\":\"a\",\"action\":\"b\"}\n", "\xff\n", record(p, 2), "{\"id\":\"3\",\"at\":\"2026" };
	struct audit_page page;

	memset(longest, 'x', AUDIT_LINE_BYTES + 6);
	memcpy(longest + AUDIT_LINE_BYTES + 6, "\n", 2);
	write_file(p, 1, joined(p, lines, ARRAY_SIZE(lines)));
	page = read_log(p, (struct audit_query){ 0 });
	assert_string_equal(ids(p, &page), "2? 1?");
	assert_int_equal(page.n_broken, 8);
}

static void a_file_that_is_not_ours_alone_is_told_of_and_the_rest_stands(void **state)
{
	struct place *p = *state;
	struct audit_page page;

	for (int i = 1; i < 6; i++)
		write_file(p, i, record(p, i));
	assert_int_equal(chmod(file_of(p, 2), 0620), 0);
	unlink(file_of(p, 3));
	assert_int_equal(symlink("000001.jsonl", file_of(p, 3)), 0);
	unlink(file_of(p, 4));
	assert_int_equal(mkfifo(file_of(p, 4), 0600), 0);
	page = read_log(p, (struct audit_query){ 0 });
	assert_int_equal(page.probe.state, PROBE_OK);
	assert_int_equal(page.n_unread, 3);
	assert_non_null(strstr(page.unread, "000004.jsonl"));
	assert_string_equal(ids(p, &page), "5?");
	/* Four files were enough for one look; the next begins where it ended. */
	assert_true(page.is_cut_short && page.has_more);
	page = read_log(p, (struct audit_query){ .before = page.next });
	assert_string_equal(ids(p, &page), "1?");
	assert_false(page.has_more);
}

static void a_folder_that_cannot_be_believed_or_read_is_unknown(void **state)
{
	struct place *p = *state;
	const char *dir = arena_printf(p->a, "%s/audit", p->dir);
	struct audit_page page;

	write_file(p, 1, record(p, 1));
	assert_int_equal(chmod(dir, 0770), 0);
	page = read_log(p, (struct audit_query){ 0 });
	assert_int_equal(page.probe.state, PROBE_UNKNOWN);
	assert_non_null(page.probe.reason);
	assert_int_equal(page.n, 0);
	assert_int_equal(rename(dir, arena_printf(p->a, "%s/elsewhere", p->dir)), 0);
	assert_int_equal(symlink("elsewhere", dir), 0);
	page = read_log(p, (struct audit_query){ 0 });
	assert_int_equal(page.probe.state, PROBE_UNKNOWN);
}

static void the_end_of_a_log_that_was_trimmed_is_known(void **state)
{
	struct place *p = *state;
	struct audit_page page;

	write_file(p, 7, record(p, 1));
	page = read_log(p, (struct audit_query){ 0 });
	assert_true(page.is_trimmed);
	/* A place in a file that is gone by now: what is older is gone, too. */
	page = read_log(p, (struct audit_query){ .before = { 3, 100 } });
	assert_int_equal(page.n, 0);
	assert_false(page.has_more);
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(what_was_written_is_read),
		UNIT(pages_are_the_whole_log_with_every_outcome),
		UNIT(what_is_asked_for_is_found),
		UNIT(lines_that_are_no_record_are_counted_and_left_out),
		UNIT(a_file_that_is_not_ours_alone_is_told_of_and_the_rest_stands),
		UNIT(a_folder_that_cannot_be_believed_or_read_is_unknown),
		UNIT(the_end_of_a_log_that_was_trimmed_is_known),
	};

	json_init();
	return RUN_TESTS("audit_read", tests);
}
