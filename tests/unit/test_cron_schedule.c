#include "test.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "hermes/cron_schedule.h"

/* A Sunday, on which the clocks of Berlin went on. */
#define NOW_TEXT "2026-03-29T18:00:00Z"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new((size_t)4 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static int64_t epoch(const char *iso)
{
	int64_t t;

	assert_true(clock_parse_iso(iso, 0, &t));
	return t;
}

static void expressions_in_words(void **state)
{
	static const struct {
		const char *expr, *want;
	} rows[] = {
		{ "30 7 * * *", "every day at 07:30" },
		{ "* * * * *", "every minute" },
		{ "*/5 * * * *", "every 5 minutes" },
		{ "0 * * * *", "every hour" },
		{ "20 * * * *", "every hour at 20 past" },
		{ "0 */6 * * *", "every 6 hours" },
		{ "15 */2 * * *", "every 2 hours at 15 past" },
		{ "0 8,20 * * *", "every day at 08:00 and 20:00" },
		{ "0 6 * * 1-5", "every weekday at 06:00" },
		{ "0 9 * * 1", "every Monday at 09:00" },
		{ "0 9 * * sun,wed,mon", "every Monday, Wednesday and Sunday at 09:00" },
		{ "0 10 * * 6,0", "every Saturday and Sunday at 10:00" },
		{ "0 3 1 * *", "on day 1 of every month at 03:00" },
		{ "0 0 29 2 *", "on day 29 of February at 00:00" },
		{ "0 12 1,15 jan-mar *", "on days 1 and 15 of January, February and March at 12:00" },
		{ "0 12 * 12 *", "every day in December at 12:00" },
		{ "0 0 13 * 5", "on day 13 of every month and every Friday at 00:00" },
		{ "*/15 9-17 * * 1-5", "every weekday, every 15 minutes from 09:00 to 17:45" },
		{ "* 8 * * *", "every day, every minute from 08:00 to 08:59" },
		{ "0 8-18 * * *", "every day, every hour from 08:00 to 18:00" },
		{ "0 8-18/2 * * *", "every day, every 2 hours from 08:00 to 18:00" },
		{ "0,7 1,2,9 * * *", "every day, 6 times from 01:00 to 09:07" },
		{ "*/7 * * * *", "every day, 216 times from 00:00 to 23:56" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cronexpr c;
		const char *got;

		assert_true(cronexpr_parse(rows[i].expr, &c));
		got = cron_words(&c, a);
		if (!got || strcmp(got, rows[i].want) != 0)
			fail_msg("\"%s\": \"%s\", not \"%s\"", rows[i].expr, got ? got : "(none)", rows[i].want);
	}
}

static void intervals_in_words(void **state)
{
	static const struct {
		int64_t minutes;
		const char *want;
	} rows[] = { { 1, "every minute" },	{ 30, "every 30 minutes" }, { 60, "every hour" },  { 90, "every 90 minutes" },
		     { 240, "every 4 hours" }, { 1440, "every day" },	    { 2880, "every 2 days" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(cron_interval_words(rows[i].minutes, a), rows[i].want);
	assert_null(cron_interval_words(0, a));
}

/* The job of a text of JSON, read at NOW_TEXT in a home whose zone is `zone` (NULL = none is set). */
static struct cron_job read_in(const char *json, const char *zone)
{
	struct cron_reading r = { .now = epoch(NOW_TEXT), .due_left = 100, .a = a };
	struct cron_job job = { .id = "x" };
	CLEANUP_JSON cJSON *tree = cJSON_Parse(json);
	const char *const names[] = { "created_at", "next_run_at", "last_run_at" };
	int64_t *const times[] = { &job.created_at, &job.next_run_at, &job.last_run_at };

	assert_non_null(tree);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		clock_parse_iso(json_string(tree, names[i]), 0, times[i]);
	if (zone)
		r.has_configured = tzif_load(zone, r.now, &r.configured, a);
	if (zone && !r.has_configured) {
		print_message("skipped: this machine has no table of zones\n");
		skip();
	}
	cron_schedule_read(&job, tree, &r);
	return job;
}

static struct cron_job job_of(const char *json)
{
	return read_in(json, NULL);
}

static void check_due(const struct cron_job *job, size_t i, const char *from, int64_t every_s, int64_t times)
{
	char got[CLOCK_TEXT_MAX];

	assert_true(i < job->n_due);
	clock_rfc3339(job->due[i].from, got);
	assert_string_equal(got, from);
	assert_int_equal(job->due[i].every_s, every_s);
	assert_int_equal(job->due[i].times, times);
}

static void a_daily_job_is_one_stretch_of_thirty(void **state)
{
	struct cron_job job = job_of("{\"schedule\": {\"kind\": \"cron\", \"expr\": \"30 7 * * *\"},"
				     " \"next_run_at\": \"2026-03-30T07:30:00+00:00\"}");

	(void)state;
	assert_string_equal(job.kind, "cron");
	assert_string_equal(job.words, "every day at 07:30");
	assert_string_equal(job.zone, "UTC");
	assert_int_equal(job.grace_s, 7200);
	assert_int_equal(job.n_due, 1);
	check_due(&job, 0, "2026-02-28T07:30:00Z", 86400, 30);
}

static void each_minute_is_one_stretch_too(void **state)
{
	struct cron_job job = job_of("{\"schedule\": {\"expr\": \"* * * * *\"}, \"next_run_at\": \"2026-03-29T18:01:00+00:00\"}");

	(void)state;
	assert_int_equal(job.grace_s, 120);
	assert_int_equal(job.n_due, 1);
	check_due(&job, 0, "2026-03-29T17:31:00Z", 60, 30);
}

static void it_was_never_due_before_it_was_created(void **state)
{
	struct cron_job job = job_of("{\"schedule\": {\"expr\": \"0 0 29 2 *\"}, \"created_at\": \"2026-01-05T08:00:00+00:00\"}");

	(void)state;
	assert_int_equal(job.n_due, 0);
	job = job_of("{\"schedule\": {\"expr\": \"0 6 * * 1-5\"}, \"created_at\": \"2026-03-19T08:00:00+00:00\"}");
	assert_int_equal(job.n_due, 2);
	check_due(&job, 0, "2026-03-20T06:00:00Z", 3 * 86400, 2);
	check_due(&job, 1, "2026-03-24T06:00:00Z", 86400, 4);
}

static void a_rare_job_without_a_date_of_birth_is_looked_back_at_for_years(void **state)
{
	struct cron_job job = job_of("{\"schedule\": {\"expr\": \"0 0 29 2 *\"}}");

	(void)state;
	assert_int_equal(job.n_due, 1);
	check_due(&job, 0, "2016-02-29T00:00:00Z", 1461 * 86400, 3);
}

/* 07:30 in Berlin is 06:30 UTC in winter, 05:30 UTC from this very day on. */
static void the_zone_of_the_settings_moves_the_clock(void **state)
{
	struct cron_job job = read_in("{\"schedule\": {\"expr\": \"30 7 * * *\"}, \"next_run_at\": \"2026-03-30T07:30:00+02:00\","
				      " \"created_at\": \"2026-03-20T12:00:00+01:00\"}",
				      "Europe/Berlin");

	(void)state;
	assert_string_equal(job.zone, "UTC+02:00");
	assert_int_equal(job.n_due, 2);
	check_due(&job, 0, "2026-03-21T06:30:00Z", 86400, 8);
	check_due(&job, 1, "2026-03-29T05:30:00Z", 0, 1);
}

/* The file was written in another zone than the settings name now: its own stamp stands. */
static void a_zone_that_the_stamps_contradict_is_not_used(void **state)
{
	struct cron_job job = read_in("{\"schedule\": {\"expr\": \"30 7 * * *\"}, \"next_run_at\": \"2026-03-30T07:30:00+05:30\","
				      " \"created_at\": \"2026-03-26T12:00:00+05:30\"}",
				      "Europe/Berlin");

	(void)state;
	assert_string_equal(job.zone, "UTC+05:30");
	check_due(&job, 0, "2026-03-27T02:00:00Z", 86400, 3);
}

static void an_interval_counts_back_from_the_next_run(void **state)
{
	struct cron_job job = job_of("{\"schedule\": {\"kind\": \"interval\", \"minutes\": 30},"
				     " \"created_at\": \"2026-03-29T15:00:00+00:00\", \"next_run_at\": \"2026-03-29T18:10:00+00:00\"}");

	(void)state;
	assert_string_equal(job.kind, "interval");
	assert_string_equal(job.words, "every 30 minutes");
	assert_null(job.expr);
	assert_int_equal(job.period_s, 1800);
	assert_int_equal(job.grace_s, 900);
	check_due(&job, 0, "2026-03-29T15:10:00Z", 1800, 6);
}

static void an_interval_that_says_no_time_was_never_due(void **state)
{
	struct cron_job job = job_of("{\"schedule\": {\"kind\": \"interval\", \"minutes\": 30}}");

	(void)state;
	assert_int_equal(job.period_s, 1800);
	assert_int_equal(job.n_due, 0);
	/* Nor before the times that a report can tell: of every twenty years one lies after 2000. */
	job = job_of("{\"schedule\": {\"kind\": \"interval\", \"minutes\": 10519200}, \"next_run_at\": \"2026-03-29T18:10:00+00:00\"}");
	assert_int_equal(job.n_due, 1);
	check_due(&job, 0, "2006-03-29T18:10:00Z", 0, 1);
}

static void once_is_due_once(void **state)
{
	struct cron_job job = job_of("{\"schedule\": {\"kind\": \"once\", \"run_at\": \"2026-03-29T17:00:00+05:30\"}}");

	(void)state;
	assert_string_equal(job.kind, "once");
	assert_string_equal(job.words, "once on 2026-03-29 at 17:00");
	assert_string_equal(job.zone, "UTC+05:30");
	assert_int_equal(job.period_s, COUNT_UNKNOWN);
	check_due(&job, 0, "2026-03-29T11:30:00Z", 0, 1);
	job = job_of("{\"schedule\": {\"kind\": \"once\", \"run_at\": \"2027-03-29T17:00:00+05:30\"}}");
	assert_int_equal(job.n_due, 0);
	job = job_of("{\"schedule\": {\"kind\": \"once\", \"run_at\": \"1970-03-29T17:00:00+05:30\"}}");
	assert_int_equal(job.n_due, 0);
	job = job_of("{\"schedule\": {\"kind\": \"once\", \"run_at\": \"soon\"}}");
	assert_null(job.words);
}

static void what_is_not_understood_is_said_to_be_so(void **state)
{
	struct cron_job job = job_of("{\"schedule\": {\"kind\": \"cron\", \"expr\": \"@daily\"}}");

	(void)state;
	assert_string_equal(job.expr, "@daily");
	assert_null(job.words);
	assert_int_equal(job.n_due, 0);
	assert_int_equal(job.period_s, COUNT_UNKNOWN);
	job = job_of("{\"schedule\": 5}");
	assert_null(job.kind);
	job = job_of("{}");
	assert_null(job.kind);
	/* By hand, as plain text. */
	job = job_of("{\"schedule\": \"0 9 * * 1\"}");
	assert_string_equal(job.words, "every Monday at 09:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_in_words),
		cmocka_unit_test(intervals_in_words),
		cmocka_unit_test(a_daily_job_is_one_stretch_of_thirty),
		cmocka_unit_test(each_minute_is_one_stretch_too),
		cmocka_unit_test(it_was_never_due_before_it_was_created),
		cmocka_unit_test(a_rare_job_without_a_date_of_birth_is_looked_back_at_for_years),
		cmocka_unit_test(the_zone_of_the_settings_moves_the_clock),
		cmocka_unit_test(a_zone_that_the_stamps_contradict_is_not_used),
		cmocka_unit_test(an_interval_counts_back_from_the_next_run),
		cmocka_unit_test(an_interval_that_says_no_time_was_never_due),
		cmocka_unit_test(once_is_due_once),
		cmocka_unit_test(what_is_not_understood_is_said_to_be_so),
	};

	return cmocka_run_group_tests_name("cron_schedule", tests, setup, teardown);
}
