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

/* It has run each night and found nothing new for three days. */
static void quiet_home(void) { nothing_new(); r->backup_repo.head_at = NOW - 3 * DAYS; r->backup_repo.ahead = 0; }
static void quiet_and_stopped(void) { quiet_home(); r->loops.backup_good_at = NOW - 30 * HOURS; }
static void quiet_and_long_stopped(void) { quiet_home(); r->loops.backup_good_at = NOW - 53 * HOURS; }
static void quiet_but_refused(void) { refused(); r->backup_repo.head_at = NOW - 3 * DAYS; r->loops.backup_good_at = NOW - 27 * HOURS; }
static void quiet_and_ahead(void) { quiet_home(); r->backup_repo.ahead = 1; }

static void a_run_that_found_nothing_new_keeps_the_backup_fresh(void **state)
{
	ROWS({ "nothing new", quiet_home, "backup.age", STATUS_OK, "fresh", NULL, NULL },
	     { "not for a day", quiet_and_stopped, "backup.age", STATUS_WARN, "late", "Backup is 4 h late", NULL },
	     { "not for two", quiet_and_long_stopped, "backup.age", STATUS_CRITICAL, "late", "Backup is 27 h late", NULL },
	     { "refused since", quiet_but_refused, "backup.age", STATUS_WARN, "late", "Backup is 1 h late", NULL },
	     { "what it has was not pushed", quiet_and_ahead, "backup.age", STATUS_CRITICAL, "late", "Backup is 46 h late", NULL }, );
}

static void our_timer_failed(void)
{
	refused();
	in->backup_timer.unit = "hmc-backup@bheem.timer";
	r->backup_timer.service_result = "exit-code";
	r->backup_timer.service_exit_status = 1;
	r->backup_timer.last_run = 0;
}
static void our_timer_failed_otherwise(void) { our_timer_failed(); r->loops.backup.state = LOOP_DONE; }
static void another_timer_failed(void) { our_timer_failed(); in->backup_timer.unit = "hermes-backup.timer"; }

static void a_failed_run_is_told_once_and_not_by_its_timer_too(void **state)
{
	ROWS({ "the run", our_timer_failed, "backup.run", STATUS_WARN, "refused", "Backup was refused", NULL },
	     { "its timer", our_timer_failed, "backup.timer", STATUS_WARN, "last run failed", NULL, "backup.run" },
	     { "killed before it could say so", our_timer_failed_otherwise, "backup.timer", STATUS_WARN, "last run failed", "last run failed", NULL },
	     { "somebody else's", another_timer_failed, "backup.timer", STATUS_WARN, "last run failed", "last run failed", NULL }, );
}

static void no_commit(void) { r->backup_repo.head = NULL; r->backup_repo.head_at = 0; r->loops.backup_good_at = 0; }
static void first_refused(void) { refused(); no_commit(); }
static void not_tried(void) { never(); no_commit(); }

static void what_keeps_the_first_backup_from_coming_about_is_the_cause(void **state)
{
	ROWS({ "the run", first_refused, "backup.run", STATUS_CRITICAL, "refused", "Backup was refused", NULL },
	     { "the backup", first_refused, "backup.age", STATUS_CRITICAL, "none yet", NULL, "backup.run" },
	     { "nobody tried", not_tried, "backup.age", STATUS_CRITICAL, "none yet", "There is no backup yet", NULL }, );
}

static void drilled(void)
{
	recorded();
	r->loops.drill = r->loops.proof = (struct drill_run){ .at = NOW - 3 * DAYS, .state = LOOP_DONE, .files = 41, .took_us = 900000 };
}
static void drilled_long_ago(void) { drilled(); r->loops.drill.at = r->loops.proof.at = NOW - 31 * DAYS; }
static void drilled_last_quarter(void) { drilled(); r->loops.drill.at = r->loops.proof.at = NOW - 93 * DAYS; }
static void drilled_last_month(void) { drilled(); r->loops.drill.at = r->loops.proof.at = NOW - 29 * DAYS; }
static void drilled_a_week_ago_where_daily(void) { drilled(); in->drill_every_s = DAYS; }
static void drilled_long_ago_where_rarely(void) { drilled_long_ago(); in->drill_every_s = 90 * DAYS; }
static void drilled_last_quarter_where_rarely(void) { drilled_last_quarter(); in->drill_every_s = 90 * DAYS; }
static void drill_failed(void)
{
	drilled();
	r->loops.drill.at = NOW - 1 * HOURS;
	r->loops.drill.state = LOOP_FAILED;
	r->loops.drill.error = "cron/jobs.json is in the manifest and not in the backup";
}
static void drill_failed_for_a_quarter(void) { drill_failed(); r->loops.proof.at = NOW - 93 * DAYS; }
static void unproven_for_a_month(void) { recorded(); r->loops.backup_first_at = NOW - 31 * DAYS; }
static void unproven_for_a_quarter(void) { recorded(); r->loops.backup_first_at = NOW - 93 * DAYS; }
static void no_backup_no_drill(void) { never(); r->loops.backup_first_at = 0; }
static void drill_ahead(void) { drilled(); r->loops.drill.at = NOW + DAYS; }
static void drill_not_configured(void) { drill_failed(); in->backup_repo = NULL; }

static void the_age_of_the_last_proof_is_judged(void **state)
{
	ROWS({ "proven", drilled, "drill.proof", STATUS_OK, "proven", NULL, NULL },
	     { "due", drilled_long_ago, "drill.proof", STATUS_WARN, "due", "A restore drill is due", NULL },
	     { "overdue", drilled_last_quarter, "drill.proof", STATUS_CRITICAL, "due", "A restore drill is due", NULL },
	     { "not due", drilled_last_month, "drill.proof", STATUS_OK, "proven", NULL, NULL },
	     { "daily", drilled_a_week_ago_where_daily, "drill.proof", STATUS_WARN, "due", "A restore drill is due", NULL },
	     { "rarely", drilled_long_ago_where_rarely, "drill.proof", STATUS_OK, "proven", NULL, NULL },
	     { "rarely, a quarter", drilled_last_quarter_where_rarely, "drill.proof", STATUS_CRITICAL, "due", "A restore drill is due", NULL },
	     { "failed", drill_failed, "drill.proof", STATUS_WARN, "failed", "The restore drill failed", NULL },
	     { "failed long", drill_failed_for_a_quarter, "drill.proof", STATUS_CRITICAL, "failed", "The restore drill failed", NULL },
	     { "young", recorded, "drill.proof", STATUS_INFO, "not yet proven", NULL, NULL },
	     { "never, a month", unproven_for_a_month, "drill.proof", STATUS_WARN, "never proven", "never proven to restore", NULL },
	     { "never, a quarter", unproven_for_a_quarter, "drill.proof", STATUS_CRITICAL, "never proven", "never proven to restore", NULL },
	     { "nothing", no_backup_no_drill, "drill.proof", STATUS_INFO, "never proven", NULL, NULL },
	     { "unread", unread, "drill.proof", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "not configured", drill_not_configured, "drill.proof", STATUS_OFF, "not configured", NULL, NULL },
	     { "ahead", drill_ahead, "drill.proof", STATUS_UNKNOWN, "clock trouble", "lies in the future", NULL }, );
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

/* ---- notifications ---- */

static void tells(void)
{
	recorded();
	in->notify.is_on = true;
	r->loops.delivery = (struct delivery){ .ran_at = NOW - MINUTES, .good_at = NOW - 3 * HOURS };
}
static void nobody_told(void) { tells(); in->notify.is_on = false; r->loops.delivery.refused = 3; }
static void no_notifier(void) { tells(); r->loops.delivery = (struct delivery){ 0 }; }
static void stopped(void) { tells(); r->loops.delivery.ran_at = NOW - 3 * HOURS; }
static void silent(void) { tells(); r->loops.delivery.good_at = 0; }
static void was_refused(void) { tells(); r->loops.delivery.refused = 1; r->loops.delivery.error = "unblock the bot"; }
static void waits(void) { tells(); r->loops.delivery.waiting = 2; r->loops.delivery.waiting_since = NOW - 2 * MINUTES; r->loops.delivery.error = "no answer"; }
static void waits_long(void) { waits(); r->loops.delivery.waiting_since = NOW - 20 * MINUTES; }
static void waits_quietly(void) { tells(); r->loops.delivery.waiting = 2; }
static void no_bot(void) { tells(); r->loops.delivery.error = "no bot token is found"; }
static void not_clear(void) { tells(); r->loops.delivery.unclear = 1; }
static void given_up(void) { tells(); r->loops.delivery.is_dead = TRI_YES; }
static void told_of_tomorrow(void) { tells(); r->loops.delivery.ran_at = NOW + DAYS; }
static void not_read(void) { tells(); fact_unread(&r->loops.probe, "locked"); }

static void notifications_are_judged_by_what_became_of_them(void **state)
{
	ROWS({ "tells", tells, "notify.delivery", STATUS_OK, "delivers", NULL, NULL },
	     { "silent", silent, "notify.delivery", STATUS_OK, "nothing to say", NULL, NULL },
	     { "off", nobody_told, "notify.delivery", STATUS_OFF, "not configured", NULL, NULL },
	     { "never ran", no_notifier, "notify.delivery", STATUS_WARN, "never ran", "Nobody is told", NULL },
	     { "stopped", stopped, "notify.delivery", STATUS_WARN, "stopped", "Nobody is told", NULL },
	     { "refused", was_refused, "notify.delivery", STATUS_WARN, "refused", "do not arrive", NULL },
	     { "waits", waits, "notify.delivery", STATUS_OK, "waiting", NULL, NULL },
	     { "waits long", waits_long, "notify.delivery", STATUS_WARN, "late", "do not arrive", NULL },
	     { "quiet hours", waits_quietly, "notify.delivery", STATUS_OK, "waiting", NULL, NULL },
	     { "no bot", no_bot, "notify.delivery", STATUS_WARN, "failing", "do not arrive", NULL },
	     { "unclear", not_clear, "notify.delivery", STATUS_OK, "unclear", NULL, NULL },
	     { "given up", given_up, "notify.delivery", STATUS_WARN, "given up", "given up its home chat", NULL },
	     { "ahead", told_of_tomorrow, "notify.delivery", STATUS_UNKNOWN, "clock trouble", "lies in the future", NULL },
	     { "unread", not_read, "notify.delivery", STATUS_UNKNOWN, "unknown", "could not be checked", NULL }, );
}

static void watches(void) { tells(); r->loops.watching = (struct watching){ .ran_at = NOW - 30, .seen = 5, .silent = 0 }; }
static void one_silent(void) { watches(); r->loops.watching.silent = 1; }
static void blind(void) { watches(); r->loops.watching.error = "there is no folder alive/bheem"; }
static void watch_off(void) { blind(); in->notify.is_on = false; }
static void watch_unread(void) { watches(); fact_unread(&r->loops.probe, "locked"); }
static void watch_ahead(void) { watches(); r->loops.watching.ran_at = NOW + DAYS; }

static void a_watch_that_cannot_see_warns_and_what_is_silent_is_told_elsewhere(void **state)
{
	ROWS({ "all alive", watches, "notify.watch", STATUS_OK, "all alive", NULL, NULL },
	     { "one silent", one_silent, "notify.watch", STATUS_INFO, "1 silent", NULL, NULL },
	     { "blind", blind, "notify.watch", STATUS_WARN, "partly blind", "Not all exporters and notifiers are watched", NULL },
	     { "off", watch_off, "notify.watch", STATUS_OFF, "not configured", NULL, NULL },
	     { "unread", watch_unread, "notify.watch", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "ahead", watch_ahead, "notify.watch", STATUS_UNKNOWN, "clock trouble", "in the future", NULL }, );
}

/* ---- the beat to the outside ---- */

static struct host_snapshot host;

static void beats(void)
{
	host.report.beat = (struct beat){ .probe = PROBED("beat/sent.json"), .every_s = 300, .first_at = NOW - 9 * DAYS, .ran_at = NOW - 60,
					  .good_at = NOW - 60 };
}
static void no_beat(void) { host.report.beat = (struct beat){ .probe = { .state = PROBE_INACTIVE, .taken_at = NOW, .reason = "not configured" } }; }
static void never_beat(void) { beats(); host.report.beat.first_at = host.report.beat.ran_at = host.report.beat.good_at = 0; }
static void missed_one(void)
{
	beats();
	host.report.beat.good_at = NOW - 600;
	host.report.beat.failures = 2;
	host.report.beat.error = "the beat was answered with 503";
}
static void missed_many(void) { missed_one(); host.report.beat.good_at = NOW - 901; }
static void never_taken(void) { missed_one(); host.report.beat.good_at = 0; }
static void begins(void) { never_taken(); host.report.beat.first_at = NOW - 120; }
static void beat_stopped(void) { beats(); host.report.beat.good_at = host.report.beat.ran_at = NOW - 901; }
static void beat_ahead(void) { beats(); host.report.beat.ran_at = NOW + DAYS; }
static void beat_unread(void) { beats(); fact_unread(&host.report.beat.probe, "broken"); }

static void the_beat_warns_when_three_were_missed(void **state)
{
	static const struct {
		void (*spoil)(void);
		enum status status;
		const char *word, *title;
	} rows[] = {
		{ beats, STATUS_OK, "taken", NULL },
		{ no_beat, STATUS_OFF, "not configured", NULL },
		{ never_beat, STATUS_WARN, "never ran", "does not arrive" },
		{ missed_one, STATUS_OK, "tried again", NULL },
		{ missed_many, STATUS_WARN, "failing", "does not arrive" },
		{ never_taken, STATUS_WARN, "failing", "does not arrive" },
		{ begins, STATUS_OK, "tried again", NULL },
		{ beat_stopped, STATUS_WARN, "stopped", "does not arrive" },
		{ beat_ahead, STATUS_UNKNOWN, "clock trouble", "in the future" },
		{ beat_unread, STATUS_UNKNOWN, "unknown", "could not be checked" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct judgement *all;
		const struct judgement *j;
		size_t n;

		host = fact_host();
		rows[i].spoil();
		judge_host(&host, NOW, a, &all, &n);
		j = judge_find(all, n, "beat");
		assert_non_null(j);
		if (j->status != rows[i].status || !str_eq(j->word, rows[i].word) || !rows[i].title != !j->title ||
		    (j->title && !strstr(j->title, rows[i].title)))
			fail_msg("row %zu: %s \"%s\", title \"%s\"", i, status_name(j->status), j->word, text(j->title));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_backup_run_is_judged_by_its_row),
		cmocka_unit_test(a_run_that_found_nothing_new_keeps_the_backup_fresh),
		cmocka_unit_test(a_failed_run_is_told_once_and_not_by_its_timer_too),
		cmocka_unit_test(what_keeps_the_first_backup_from_coming_about_is_the_cause),
		cmocka_unit_test(the_age_of_the_last_proof_is_judged),
		cmocka_unit_test(a_failure_says_what_the_remote_said_and_how_often),
		cmocka_unit_test(an_exporter_that_tells_of_no_loops_gets_no_row),
		cmocka_unit_test(notifications_are_judged_by_what_became_of_them),
		cmocka_unit_test(a_watch_that_cannot_see_warns_and_what_is_silent_is_told_elsewhere),
		cmocka_unit_test(the_beat_warns_when_three_were_missed),
	};
	int failed_tests;

	a = arena_new(64 << 20);
	failed_tests = RUN_TESTS("judge loops", tests);
	arena_free(a);
	return failed_tests;
}
