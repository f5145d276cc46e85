/* Cron runs from an instance into its ledger: hermes/cron_runs.h on one side, store/store_runs.h on the other. */
#include "test_hermes.h"

#include "base/str.h"
#include "hermes/cron_runs.h"
#include "store/store_parts.h"
#include "store/store_runs.h"

static struct store *ledger(struct home *h)
{
	const char *error = NULL;
	struct store *s;

	mkdir(in_home(h, "ledger"), 0755);
	s = store_open(in_home(h, "ledger"), h->a, &error);
	if (!s)
		fail_msg("%s", error);
	return s;
}

static struct runs_batch take(struct home *h, struct store *s)
{
	struct runs_source src = { .home = h->src };
	struct runs_batch b = { 0 };
	const char *error = NULL;

	assert_int_equal(store_runs_request(s, &src.request, h->a, &error), 0);
	hermes_cron_runs(&b, &src, h->a, 0);
	if (b.probe.state == PROBE_OK)
		assert_int_equal(store_runs_take(s, &b, h->a, &error), 0);
	return b;
}

static int64_t one(struct store *s, const char *sql)
{
	return store_number(s->db, sql, -7);
}

static void output(struct home *h, const char *job, const char *stamp, const char *title, const char *response)
{
	mkdir(in_home(h, "cron"), 0755);
	mkdir(in_home(h, "cron/output"), 0755);
	mkdir(in_home(h, arena_printf(h->a, "cron/output/%s", job)), 0755);
	puts_(h, arena_printf(h->a, "cron/output/%s/%s.md", job, stamp),
	      arena_printf(h->a, "# Cron Job: %s\n\n**Job ID:** %s\n\n## Prompt\n\nSay [SILENT] or (No response generated) or (FAILED).\n\n"
				 "## Response\n\n%s\n", title, job, response));
}

static void outputs_tell_how_a_run_went(void **state)
{
	static const struct {
		const char *stamp, *title, *response, *status;
	} cases[] = {
		{ "2026-03-29_10-00-00", "brief", "All is well.", "ok" },
		{ "2026-03-29_11-00-00", "brief (FAILED)", "boom", "failed" },
		{ "2026-03-29_12-00-00", "brief", "(No response generated)", "empty" },
		{ "2026-03-29_13-00-00", "brief", "[SILENT]", "silent" },
		{ "2026-03-29_14-00-00", "brief", "I will not say [SILENT].", "ok" },
	};
	struct home *h = *state;
	struct store *s = ledger(h);

	assert_int_equal(take(h, s).probe.state, PROBE_INACTIVE);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		output(h, "aa11", cases[i].stamp, cases[i].title, cases[i].response);
	assert_int_equal(take(h, s).n_runs, 5);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (one(s, arena_printf(h->a, "SELECT count(*) FROM cron_runs WHERE output = '%s.md' AND status = '%s' AND job = 'aa11'",
					cases[i].stamp, cases[i].status)) != 1)
			fail_msg("%s is not %s", cases[i].response, cases[i].status);
	/* A restored file has the time of its name. */
	assert_int_equal(one(s, "SELECT max(finished) < 1774900000 FROM cron_runs"), 1);
	store_close(s);
}

static void folders_that_have_not_changed_are_not_read_again(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);

	for (int i = 0; i < RUNS_BATCH + 50; i++)
		output(h, "aa11", arena_printf(h->a, "2026-03-%02d_%02d-%02d-00", 1 + i / 700, i / 60 % 24, i % 60), "x", "fine");
	output(h, "bb22", "2026-03-29_10-00-00", "y", "fine");
	while (take(h, s).n_runs)
		;
	assert_int_equal(one(s, "SELECT count(DISTINCT output || job) FROM cron_runs"), one(s, "SELECT count(*) FROM cron_runs"));
	assert_int_equal(take(h, s).n_marks, 0);
	output(h, "bb22", "2026-03-30_10-00-00", "y", "fine");
	assert_int_equal(take(h, s).n_runs, 1);
	store_close(s);
}

static void a_pipe_or_a_link_is_no_output(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);

	output(h, "aa11", "2026-03-29_10-00-00", "x", "fine");
	assert_int_equal(mkfifo(in_home(h, "cron/output/aa11/2026-03-29_11-00-00.md"), 0600), 0);
	assert_int_equal(symlink("/etc/passwd", in_home(h, "cron/output/aa11/2026-03-29_12-00-00.md")), 0);
	assert_int_equal(symlink("/etc", in_home(h, "cron/output/away")), 0);
	assert_int_equal(take(h, s).n_runs, 1);
	store_close(s);
}

static void executions(struct home *h, const char *sql)
{
	sqlite3 *db;

	mkdir(in_home(h, "cron"), 0755);
	assert_int_equal(sqlite3_open(in_home(h, "cron/executions.db"), &db), SQLITE_OK);
	run_sql(db, sql);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void executions_are_taken_in_and_brought_up_to_date(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);
	struct run_query q = { .job = "aa11", .limit = 2 };
	struct run_page page;
	const char *error = NULL;

	executions(h, "CREATE TABLE executions(id TEXT PRIMARY KEY, job_id TEXT, source TEXT, status TEXT, claimed_at TEXT, started_at TEXT,"
		      " finished_at TEXT, error TEXT);"
		      "INSERT INTO executions VALUES('e1','aa11','builtin','completed','2026-03-29T10:00:00+05:30','2026-03-29T10:00:01+05:30',"
		      "'2026-03-29T10:00:09+05:30',NULL),('e2','aa11','direct','running','2026-03-29T05:00:00+00:00',NULL,NULL,NULL),"
		      "('e3','bb22','hub','odd','2026-03-29T06:00:00+00:00',NULL,NULL,'boom <b>'),('e4',NULL,NULL,NULL,NULL,NULL,NULL,NULL)");
	assert_int_equal(take(h, s).n_runs, 3);
	assert_int_equal(one(s, "SELECT finished FROM cron_runs WHERE id = 'e1'"), 1774758609);
	assert_int_equal(one(s, "SELECT count(*) FROM cron_runs WHERE id = 'e2' AND status = 'running' AND source = 'by hand'"), 1);
	assert_int_equal(one(s, "SELECT count(*) FROM cron_runs WHERE id = 'e3' AND status = 'unknown' AND error = 'boom <b>'"), 1);
	assert_int_equal(take(h, s).n_marks, 0);
	executions(h, "UPDATE executions SET status = 'failed', finished_at = '2026-03-29T05:10:00+00:00' WHERE id = 'e2';"
		      "INSERT INTO executions VALUES('e5','aa11','builtin','completed','2026-03-29T07:00:00Z','2026-03-29T07:00:00Z',"
		      "'2026-03-29T07:00:05Z',NULL)");
	take(h, s);
	assert_int_equal(one(s, "SELECT count(*) FROM cron_runs"), 4);
	assert_int_equal(store_run_page(s, &q, &page, h->a, &error), 0);
	assert_int_equal(page.n, 2);
	assert_true(page.has_more);
	assert_string_equal(page.runs[0].id, "e5");
	assert_string_equal(page.runs[1].status, "failed");
	q.before_at = store_run_at(&page.runs[1]);
	q.before_n = page.numbers[1];
	assert_int_equal(store_run_page(s, &q, &page, h->a, &error), 0);
	assert_int_equal(page.n, 1);
	assert_string_equal(page.runs[0].id, "e1");
	store_close(s);
}

static void executions_that_cannot_be_read_are_unknown_and_lose_nothing(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);

	mkdir(in_home(h, "cron"), 0755);
	puts_(h, "cron/executions.db", "this is no database, though it is long enough to be taken for one at first sight");
	assert_int_equal(take(h, s).probe.state, PROBE_UNKNOWN);
	assert_int_equal(unlink(in_home(h, "cron/executions.db")), 0);
	assert_int_equal(mkfifo(in_home(h, "cron/executions.db"), 0600), 0);
	assert_int_equal(take(h, s).probe.state, PROBE_UNKNOWN);
	store_close(s);
}

static void backups_are_remembered_as_they_are_seen(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);
	struct instance_report r = { .instance_id = "x", .generated_at = 1774800000 };
	struct backup_row rows[4];
	const char *error = NULL;
	size_t n;

	r.backup_repo = (struct repo){ .probe.state = PROBE_OK, .head = "aaaaaaa", .head_at = 1774790000 };
	assert_int_equal(store_record_instance(s, &r, NULL, h->a, &error), 0);
	r.generated_at += 30;
	assert_int_equal(store_record_instance(s, &r, NULL, h->a, &error), 0);
	r.backup_repo.head = "bbbbbbb";
	r.backup_repo.head_at = 1774799990;
	assert_int_equal(store_record_instance(s, &r, NULL, h->a, &error), 0);
	r.backup_repo.probe.state = PROBE_UNKNOWN;
	r.backup_repo.head = "ccccccc";
	assert_int_equal(store_record_instance(s, &r, NULL, h->a, &error), 0);
	assert_int_equal(store_backups(s, rows, 4, &n, h->a, &error), 0);
	assert_int_equal(n, 2);
	assert_string_equal(rows[0].head, "bbbbbbb");
	assert_int_equal(rows[1].seen_at, 1774800000);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(outputs_tell_how_a_run_went),
		HOME_TEST(folders_that_have_not_changed_are_not_read_again),
		HOME_TEST(a_pipe_or_a_link_is_no_output),
		HOME_TEST(executions_are_taken_in_and_brought_up_to_date),
		HOME_TEST(executions_that_cannot_be_read_are_unknown_and_lose_nothing),
		HOME_TEST(backups_are_remembered_as_they_are_seen),
	};

	return RUN_TESTS("cron runs", tests);
}
