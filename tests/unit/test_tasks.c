/* The list of work: what may be asked, how each piece stands, and one order over several ledgers. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "store/store_list.h"
#include "test.h"
#include "view/judge_task.h"
#include "view/tasks_view.h"

#define NOW INT64_C(1795500000)

static struct arena *a;
static char dirs[2][64];

static int setup(void **state)
{
	(void)state;
	a = arena_new(256 * 1024 * 1024);
	for (size_t i = 0; i < 2; i++) {
		snprintf(dirs[i], sizeof(dirs[i]), "/tmp/test_tasks.XXXXXX");
		assert_non_null(mkdtemp(dirs[i]));
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		unlink(arena_printf(a, "%s/ledger.db", dirs[i]));
		rmdir(dirs[i]);
	}
	arena_free(a);
	return 0;
}

/* ---- the filter ---- */

static void every_parameter_that_is_wrong_is_named(void **state)
{
	static const struct {
		struct task_asked asked;
		const char *says;
	} cases[] = {
		{ { .state = "odd" }, "There is no such state. There are: all, active, stalled, failed" },
		{ { .state = "" }, "There is no such state" },
		{ { .state = "Active" }, "There is no such state" },
		{ { .since = "8d" }, "There is no such time. \"since\" is one of: 24h, 7d, 30d, all" },
		{ { .since = "7d", .from = "2026-11-24T00:00:00Z" }, "exclude each other" },
		{ { .from = "yesterday" }, "are times like" },
		{ { .from = "2026-11-24T00:00:00Z", .to = "2026-11-24T00:00:00Z" }, "must come after" },
		{ { .from = "2999-01-01T00:00:00Z" }, "a time that is over" },
		{ { .q = "--'\"*" }, "needs a letter or a digit" },
		{ { .q = "\xF0\x9F\x8E\x89 \xC2\xA0 \xE2\x80\x93" }, "needs a letter or a digit" },
		{ { .q = "\xC3\xA9" }, NULL },
		{ { .q = "\xE0\xA4\x95" }, NULL },
		{ { .q = "\xE6\x97\xA5" }, NULL },
		{ { .source = "" }, "need a name" },
		{ { .job = "" }, "need a name" },
		{ { .limit = "0" }, "a number from 1 to 200" },
		{ { .limit = "201" }, "a number from 1 to 200" },
		{ { .limit = "99999999999999999999" }, "a number from 1 to 200" },
		{ { .cursor = "" }, "not one that a page" },
		{ { .cursor = "1.s.1." }, "not one that a page" },
		{ { .cursor = "1.x.1.vijay" }, "not one that a page" },
		{ { .cursor = "-1.s.1.vijay" }, "not one that a page" },
		{ { .cursor = "1.s.0.vijay" }, "not one that a page" },
		{ { .cursor = "1.s.99999999999999999999.vijay" }, "not one that a page" },
		{ { .cursor = "1.s.1.vijay%00" }, NULL },
	};
	struct task_filter f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *wrong = task_filter_parse(&cases[i].asked, NOW, a, &f);

		if (!wrong != !cases[i].says || (wrong && !strstr(wrong, cases[i].says)))
			fail_msg("case %zu: %s", i, wrong ? wrong : "(taken)");
	}
	assert_non_null(task_filter_parse(&(struct task_asked){ .q = arena_printf(a, "%0201d", 1) }, NOW, a, &f));
}

static void links_keep_what_was_asked_but_the_page(void **state)
{
	struct task_asked asked = { .state = "failed", .q = "a&b=c \"d\"", .since = "30d", .cursor = "1.s.1.vijay", .limit = "9" };
	struct task_filter f;

	(void)state;
	assert_null(task_filter_parse(&asked, NOW, a, &f));
	assert_int_equal(f.from_s, NOW - 30 * 86400);
	assert_string_equal(task_filter_href(&f, "bheem", "state", "late", a),
			    "/hermes/tasks?instance=bheem&since=30d&q=a%26b%3Dc%20%22d%22&limit=9&state=late");
	assert_string_equal(task_filter_href(&f, NULL, "q", NULL, a), "/hermes/tasks?instance=all&state=failed&since=30d&limit=9");
	assert_null(task_filter_parse(&(struct task_asked){ .from = "2026-11-24T00:00:00Z" }, NOW, a, &f));
	assert_string_equal(task_filter_href(&f, NULL, "since", "7d", a), "/hermes/tasks?instance=all&since=7d");
	assert_string_equal(task_cursor_text(&(struct list_cursor){ 5, "vijay", WORK_RUN, 7 }, a), "5.r.7.vijay");
}

/* ---- how it stands ---- */

static void a_session_stands_as_its_last_message_says(void **state)
{
	static const struct {
		const char *name;
		struct session x;
		bool is_dark;
		const char *id;
		enum status status;
	} cases[] = {
		{ "closed", { .ended_at = NOW - 9, .last_active_at = NOW - 10 }, false, "ended", STATUS_OFF },
		{ "closed after an error", { .ended_at = NOW - 9, .turn = TURN_FAILED }, false, "failed", STATUS_CRITICAL },
		{ "gone", { .is_gone = true, .last_active_at = NOW - 10 }, false, "ended", STATUS_OFF },
		{ "just now", { .last_active_at = NOW - 299, .turn = TURN_UNFINISHED }, false, "active", STATUS_OK },
		{ "5 min quiet, an answer was to come", { .last_active_at = NOW - 300, .turn = TURN_UNFINISHED }, false, "stalled", STATUS_WARN },
		{ "given up", { .last_active_at = NOW - 86400, .turn = TURN_UNFINISHED }, false, "open", STATUS_OFF },
		{ "answered", { .last_active_at = NOW - 300, .turn = TURN_COMPLETE }, false, "open", STATUS_OFF },
		{ "not said", { .last_active_at = NOW - 4000, .turn = TURN_UNKNOWN }, false, "open", STATUS_OFF },
		{ "failed, still open", { .last_active_at = NOW - 10, .turn = TURN_FAILED }, false, "failed", STATUS_CRITICAL },
		{ "no report", { .last_active_at = NOW - 10 }, true, "unknown", STATUS_UNKNOWN },
		{ "no report, but it had ended", { .ended_at = NOW - 10 }, true, "ended", STATUS_OFF },
		{ "a clock ahead", { .last_active_at = NOW + 9000 }, false, "unknown", STATUS_UNKNOWN },
		{ "no time at all", { 0 }, false, "unknown", STATUS_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task_state t = judge_session_task(&cases[i].x, cases[i].is_dark, NOW, a);

		if (!str_eq(t.id, cases[i].id) || t.status != cases[i].status)
			fail_msg("%s: %s", cases[i].name, t.id);
	}
}

static void a_run_stands_as_hermes_recorded_it(void **state)
{
	const struct cron_job job = { .id = "j", .last_run_at = NOW - 100, .last_delivery_error = "chat not found" };
	static const struct {
		struct cron_run run;
		const char *id;
	} cases[] = {
		{ { .status = "ok", .started_at = NOW - 5000, .finished_at = NOW - 4900 }, "ok" },
		{ { .status = "ok", .started_at = NOW - 150, .finished_at = NOW - 99 }, "not-delivered" },
		{ { .status = "failed", .started_at = NOW - 150, .finished_at = NOW - 99 }, "failed" },
		{ { .status = "silent", .finished_at = NOW - 9000 }, "silent" },
		{ { .status = "empty", .finished_at = NOW - 9000 }, "empty" },
		{ { .status = "running", .started_at = NOW - 9000 }, "running" },
		{ { .status = "odd", .finished_at = NOW - 9000 }, "unknown" },
		{ { .finished_at = NOW - 9000 }, "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task_state t = judge_run_task(&cases[i].run, &job, false, NOW, a);

		if (!str_eq(t.id, cases[i].id))
			fail_msg("case %zu: %s", i, t.id);
	}
	assert_string_equal(judge_run_task(&cases[1].run, NULL, false, NOW, a).id, "ok");
	assert_int_equal(judge_run_task(&cases[5].run, NULL, true, NOW, a).status, STATUS_UNKNOWN);
}

static void a_task_of_a_board_stands_as_the_board_says(void **state)
{
	static const struct {
		struct kanban_task task;
		const char *id;
		enum status status;
	} cases[] = {
		{ { .status = "done" }, "ended", STATUS_OFF },
		{ { .status = "done", .failures = 9 }, "ended", STATUS_OFF },
		{ { .status = "running", .heartbeat_at = NOW - 9 }, "active", STATUS_OK },
		{ { .status = "blocked", .block_kind = "needs_input" }, "stalled", STATUS_WARN },
		{ { .status = "ready", .failures = 3 }, "failed", STATUS_CRITICAL },
		{ { .status = "ready", .failures = 2 }, "open", STATUS_OFF },
		{ { 0 }, "unknown", STATUS_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task_state t = judge_kanban_task(&cases[i].task, false, NOW, a);

		if (!str_eq(t.id, cases[i].id) || t.status != cases[i].status)
			fail_msg("case %zu: %s", i, t.id);
	}
	assert_int_equal(judge_kanban_task(&cases[2].task, true, NOW, a).status, STATUS_UNKNOWN);
}

/* ---- one list ---- */

static struct store *fill(size_t i, const struct session *rows, size_t n, const struct cron_run *runs, size_t n_runs)
{
	struct work_batch b = { .probe.state = PROBE_OK, .n_rows = n, .next.is_complete = true };
	struct runs_batch r = { .probe.state = PROBE_OK, .n_runs = n_runs };
	const char *error = NULL;
	struct store *s = store_open(dirs[i], a, &error);

	if (!s)
		fail_msg("%s", error);
	b.rows = arena_calloc(a, n + 1, sizeof(*b.rows));
	for (size_t k = 0; k < n; k++) {
		b.rows[k] = rows[k];
		b.rows[k].rowid = (int64_t)k + 1;
	}
	r.runs = arena_calloc(a, n_runs + 1, sizeof(*r.runs));
	if (n_runs)
		memcpy(r.runs, runs, n_runs * sizeof(*runs));
	assert_int_equal(store_work_take(s, &b, a, &error), 0);
	assert_int_equal(store_runs_take(s, &r, a, &error), 0);
	store_close(s);
	s = store_open_read(dirs[i], geteuid(), clock_mono_us() + INT64_C(60000000), a, &error);
	if (!s)
		fail_msg("%s", error);
	return s;
}

#define S(id_, source_, at_) { .id = (id_), .source = (source_), .started_at = NOW - (at_), .ended_at = NOW - (at_) + 50, .last_active_at = NOW - (at_) + 50 }

/* Every page of it, one after the other, as one line; items apart by blanks, pages by "|". */
static const char *walk(struct list_query q)
{
	const char *text = "";
	struct list_cursor after;
	struct list_page page;

	for (int i = 0; i < 50; i++) {
		store_list(&q, &page, a);
		for (size_t k = 0; k < page.n; k++) {
			const struct work_item *item = &page.items[k];

			text = arena_printf(a, "%s%s%s", text, k || i ? " " : "", item->run ? item->run->id : item->session->id);
			after = (struct list_cursor){ item->at, q.ledgers[item->ledger].id, item->kind, item->n };
		}
		if (!page.has_more)
			return text;
		text = arena_printf(a, "%s |", text);
		q.after = &after;
	}
	fail_msg("it does not end: %s", text);
	return NULL;
}

static void pages_of_several_ledgers_are_one_order_without_gaps_and_doubles(void **state)
{
	const struct session one[] = { S("a1", "cli", 100), S("a2", "cli", 90), S("a3", "cli", 90), S("a4", "cli", 50) };
	const struct session two[] = { S("b1", "cli", 95), S("b2", "cli", 90), S("b3", "cli", 50), S("cron_j_20260101_000000", "cron", 40) };
	const struct cron_run runs[] = {
		{ .id = "r1", .job_id = "x", .started_at = NOW - 90, .finished_at = NOW - 80, .status = "ok" },
		{ .id = "r2", .job_id = "j", .started_at = NOW - 39, .finished_at = NOW - 1, .status = "failed" },
		{ .id = "r3", .job_id = "x", .started_at = 0, .finished_at = NOW - 20, .status = "ok" },
	};
	CLEANUP(store_closep) struct store *s1 = fill(0, one, 4, NULL, 0);
	CLEANUP(store_closep) struct store *s2 = fill(1, two, 4, runs, 3);
	const struct list_ledger ledgers[] = { { "aa", s1 }, { "bb", s2 } };
	struct list_stream streams[] = { { .kind = WORK_SESSION, .ledger = 0 }, { .kind = WORK_SESSION, .ledger = 1 },
					 { .kind = WORK_RUN, .ledger = 1 } };
	struct list_query q = { .ledgers = ledgers, .n_ledgers = 2, .streams = streams, .n_streams = 3 };

	(void)state;
	/* The session of run r2 is not listed beside it. */
	q.limit = 200;
	assert_string_equal(walk(q), "r3 r2 a4 b3 a3 a2 b2 r1 b1 a1");
	q.limit = 1;
	assert_string_equal(walk(q), "r3 | r2 | a4 | b3 | a3 | a2 | b2 | r1 | b1 | a1");
	q.limit = 3;
	assert_string_equal(walk(q), "r3 r2 a4 | b3 a3 a2 | b2 r1 b1 | a1");
	/* Two streams that give the same are one. */
	streams[2] = streams[1];
	q.limit = 2;
	assert_string_equal(walk(q), "a4 b3 | a3 a2 | b2 b1 | a1");
}

static void a_run_knows_its_session_and_a_ledger_that_fails_leaves_the_rest(void **state)
{
	const struct session one[] = { S("a1", "cli", 100) };
	const struct session two[] = { S("cron_j_x_20260101_000000", "cron", 200), S("cron_j_20260101_000000", "cron", 200),
				       S("cron_j_20260101_000500", "cron", 9000) };
	const struct cron_run runs[] = { { .id = "r", .job_id = "j", .started_at = NOW - 190, .finished_at = NOW - 100, .status = "ok" },
					 { .id = "old", .job_id = "j", .finished_at = NOW - 8000, .status = "ok" },
					 { .id = "lone", .job_id = "k", .finished_at = NOW - 8000, .status = "ok" } };
	CLEANUP(store_closep) struct store *s1 = fill(0, one, 1, NULL, 0);
	CLEANUP(store_closep) struct store *s2 = fill(1, two, 3, runs, 3);
	const struct list_ledger ledgers[] = { { "aa", s1 }, { "bb", NULL } };
	struct list_stream streams[] = { { .kind = WORK_SESSION, .ledger = 0 }, { .kind = WORK_SESSION, .ledger = 1 } };
	struct session x;
	const char *error;

	(void)state;
	assert_true(store_run_session(s2, &runs[0], NOW, &x, a, &error));
	assert_string_equal(x.id, "cron_j_20260101_000000");
	assert_true(store_run_session(s2, &runs[1], NOW, &x, a, &error));
	assert_string_equal(x.id, "cron_j_20260101_000500");
	assert_false(store_run_session(s2, &runs[2], NOW, &x, a, &error));
	assert_null(error);
	assert_string_equal(walk((struct list_query){ .ledgers = ledgers, .n_ledgers = 2, .streams = streams, .n_streams = 2, .limit = 9 }), "a1");
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(every_parameter_that_is_wrong_is_named),
		UNIT(links_keep_what_was_asked_but_the_page),
		UNIT(a_session_stands_as_its_last_message_says),
		UNIT(a_run_stands_as_hermes_recorded_it),
		UNIT(a_task_of_a_board_stands_as_the_board_says),
		UNIT(pages_of_several_ledgers_are_one_order_without_gaps_and_doubles),
		UNIT(a_run_knows_its_session_and_a_ledger_that_fails_leaves_the_rest),
	};

	return RUN_TESTS("tasks", tests);
}
