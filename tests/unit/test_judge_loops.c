/* What is said of the loops' last runs. */
#include "judge_rows.h"

static void recorded(void)
{
	r->loops = (struct loops){ .probe = PROBED("ledger.db"), .backup_good_at = NOW - 2 * HOURS, .backup_first_at = NOW - 9 * DAYS };
	r->loops.backup = (struct backup_run){ .at = NOW - 2 * HOURS, .state = LOOP_DONE, .files = 41, .bytes = 81234, .changed = 3 };
}
static void never(void) { recorded(); r->loops.backup = (struct backup_run){ 0 }; }
static void nothing_new(void) { recorded(); r->loops.backup.state = LOOP_NOTHING; }
static void failed(void)
{
	recorded();
	r->loops.backup.state = LOOP_FAILED;
	r->loops.backup.error = "the remote rejected main: hook declined";
	r->loops.backup_failures = 3;
}
static void refused(void) { failed(); r->loops.backup.state = LOOP_REFUSED; }
static void unread(void) { recorded(); fact_unread(&r->loops.probe, "locked"); }
static void not_configured(void) { failed(); in->backup_repo = NULL; }
static void ahead(void) { recorded(); r->loops.backup.at = NOW + DAYS; }

static void the_last_backup_run_is_judged_by_its_row(void **state)
{
	ROWS({ "done", recorded, "backup.run", STATUS_OK, "pushed", NULL, NULL },
	     { "nothing to do", nothing_new, "backup.run", STATUS_OK, "nothing new", NULL, NULL },
	     { "never", never, "backup.run", STATUS_INFO, "never ran", NULL, NULL },
	     { "failed", failed, "backup.run", STATUS_WARN, "failed", "Backup failed", NULL },
	     { "refused", refused, "backup.run", STATUS_WARN, "refused", "Backup was refused", NULL },
	     { "unread", unread, "backup.run", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "not configured", not_configured, "backup.run", STATUS_OFF, "not configured", NULL, NULL },
	     { "ahead", ahead, "backup.run", STATUS_UNKNOWN, "clock trouble", "lies in the future", NULL }, );
}

static void a_failure_says_what_the_remote_said_and_how_often(void **state)
{
	struct judgement *all;
	const struct judgement *j;
	size_t n;

	(void)state;
	healthy();
	failed();
	judge_instance(&s, NOW, a, &all, &n);
	j = judge_find(all, n, "backup.run");
	assert_string_equal(j->why, "The remote rejected main: hook declined. 3 runs in a row. The last good run began 2 h ago.");
}

static void an_exporter_that_tells_of_no_loops_gets_no_row(void **state)
{
	struct judgement *all;
	size_t n;

	(void)state;
	healthy();
	judge_instance(&s, NOW, a, &all, &n);
	assert_null(judge_find(all, n, "backup.run"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_backup_run_is_judged_by_its_row),
		cmocka_unit_test(a_failure_says_what_the_remote_said_and_how_often),
		cmocka_unit_test(an_exporter_that_tells_of_no_loops_gets_no_row),
	};
	int failed_tests;

	a = arena_new(64 << 20);
	failed_tests = RUN_TESTS("judge loops", tests);
	arena_free(a);
	return failed_tests;
}
