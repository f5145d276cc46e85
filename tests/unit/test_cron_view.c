#include "test.h"

#include "base/str.h"
#include "json/json.h"
#include "view/cron_view.h"
#include "view_facts.h"

static struct arena *a;
static struct snapshot *s;
static cJSON *model;

static int setup(void **state)
{
	(void)state;
	a = arena_new((size_t)512 * 1024 * 1024);
	json_init();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cJSON_Delete(model);
	arena_free(a);
	return 0;
}

/* A daily job of 40 days, due five hours ago, that ran. */
static void be_daily(struct cron_job *j)
{
	j->kind = "cron";
	j->expr = "0 1 * * *";
	j->words = "every day at 01:00";
	j->zone = "UTC";
	j->created_at = NOW - 40 * DAYS;
	j->period_s = DAYS;
	j->grace_s = 2 * HOURS;
	j->next_run_at = NOW + 19 * HOURS;
	j->last_run_at = NOW - 5 * HOURS + 60;
	j->due = arena_calloc(a, 1, sizeof(*j->due));
	j->due[0] = (struct cron_due){ NOW - 5 * HOURS - 29 * DAYS, DAYS, 30 };
	j->n_due = 1;
}

static struct cron *cron_of(size_t i)
{
	return &s->instances[i].report.cron;
}

static void begin(size_t n)
{
	s = fact_snapshot(n, a);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < cron_of(i)->n_jobs; k++)
			be_daily(&cron_of(i)->jobs[k]);
}

static void view(const char *choice, const char *state)
{
	cJSON_Delete(model);
	model = cron_view(cron_plan(s, choice, state, a), a);
}

static const cJSON *card(int i)
{
	return cJSON_GetArrayItem(json_array(model, "cards"), i);
}

static const cJSON *job(int i, int k)
{
	const cJSON *found = cJSON_GetArrayItem(json_array(card(i), "jobs"), k);

	assert_non_null(found);
	return found;
}

static void says(const cJSON *o, const char *name, const char *want)
{
	const char *got = json_string(o, name);

	if (!str_eq(got, want))
		fail_msg("%s: \"%s\", wanted \"%s\"", name, got ? got : "(none)", want ? want : "(none)");
}

static int filter_count(const char *id)
{
	const cJSON *f;
	int64_t n = -1;

	cJSON_ArrayForEach(f, json_array(model, "filters"))
		if (str_eq(json_string(f, "id"), id))
			json_i64(f, "count", &n);
	return (int)n;
}

static void a_job_is_told_in_words(void **state)
{
	const cJSON *j;

	(void)state;
	begin(1);
	view(NULL, NULL);
	says(model, "headline", "3 cron jobs, none needs a look");
	j = job(0, 0);
	says(j, "scheduleText", "every day at 01:00");
	says(j, "scheduleExpr", "0 1 * * *");
	says(j, "graceText", "2 h");
	says(j, "repeatText", "7 runs so far, no end set");
	says(j, "nextText", "in 19 h");
	says(j, "instanceId", "vijay");
	says(j, "jobId", "4f2d752e4335");
	says(json_object(j, "strip"), "summary", "30 slots: 1 ok, 29 not observed");
	says(cJSON_GetArrayItem(json_array(json_object(j, "strip"), "runs"), 29), "text", "2026-11-24 01:00 UTC: ok");
	says(card(0), "tasksHref", "/hermes/tasks?instance=vijay&source=cron");
}

static void runs_of_the_ledger_fill_the_strip(void **state)
{
	struct cron_run runs[3] = {
		{ .started_at = NOW - 5 * HOURS + 20, .finished_at = NOW - 5 * HOURS + 60, .status = "ok" },
		{ .started_at = NOW - 29 * HOURS + 20, .finished_at = NOW - 29 * HOURS + 60, .status = "failed" },
		{ .started_at = NOW - 77 * HOURS + 20, .finished_at = NOW - 77 * HOURS + 60, .status = "ok" },
	};
	int64_t numbers[3] = { 43, 42, 41 };
	struct cron_past past = { runs, numbers, 3, false, 0 };
	struct cron_plan *plan;
	const cJSON *slots;

	(void)state;
	begin(1);
	plan = cron_plan(s, NULL, NULL, a);
	plan->groups[0].rows[0].past = &past;
	cJSON_Delete(model);
	model = cron_view(plan, a);
	says(json_object(job(0, 0), "strip"), "summary", "30 slots: 2 ok, 1 failed, 1 missed, 26 not observed");
	says(job(0, 0), "lastRunHref", "/hermes/tasks/vijay/runs/43");
	slots = json_array(json_object(job(0, 0), "strip"), "runs");
	says(cJSON_GetArrayItem(slots, 28), "state", "failed");
	says(cJSON_GetArrayItem(slots, 28), "href", "/hermes/tasks/vijay/runs/42");
	says(cJSON_GetArrayItem(slots, 27), "state", "missed");
	says(cJSON_GetArrayItem(slots, 27), "runAt", NULL);
}

static void the_worst_come_first(void **state)
{
	(void)state;
	begin(2);
	cron_of(1)->jobs[2].last_status = "error";
	cron_of(1)->jobs[2].failure_streak = 3;
	cron_of(1)->jobs[1].enabled = TRI_NO;
	view(NULL, NULL);
	says(model, "headline", "6 cron jobs, one needs a look");
	says(card(0), "instanceId", "bheem");
	says(job(0, 0), "jobId", "001122334455");
	says(job(0, 0), "status", "critical");
	says(job(0, 2), "word", "paused");
	says(card(1), "instanceId", "vijay");
}

static void each_filter_takes_its_own(void **state)
{
	(void)state;
	begin(2);
	cron_of(0)->jobs[0].last_status = "error";
	cron_of(0)->jobs[1].next_run_at = NOW - 3 * HOURS;
	cron_of(0)->jobs[2].state = "paused";
	cron_of(1)->jobs[0].last_delivery_error = "chat not found";
	cron_of(1)->jobs[1].last_status = NULL;
	cron_of(1)->jobs[1].last_run_at = 0;
	view(NULL, "failed");
	assert_int_equal(filter_count("all"), 6);
	assert_int_equal(filter_count("failed"), 2);
	assert_int_equal(filter_count("late"), 1);
	assert_int_equal(filter_count("paused"), 1);
	assert_int_equal(filter_count("ok"), 2);
	says(job(0, 0), "word", "failed");
	says(job(1, 0), "word", "not delivered");
	view(NULL, "late");
	says(job(0, 0), "lateText", "3 h");
	says(job(0, 0), "lateSinceExact", "2026-11-24 03:00:00 UTC");
	says(card(1), "emptyText", "No job of it is late.");
	view("bheem", "ok");
	assert_int_equal(cJSON_GetArraySize(json_array(model, "cards")), 1);
	assert_int_equal(cJSON_GetArraySize(json_array(card(0), "jobs")), 2);
	assert_true(cron_is_state("paused"));
	assert_false(cron_is_state("odd"));
	assert_false(cron_is_state(NULL));
}

static void what_is_not_known_is_said(void **state)
{
	(void)state;
	begin(3);
	fact_dark(&s->instances[0], 600);
	s->instances[1].has_report = false;
	fact_unread(&s->instances[1].probe, "permission denied");
	fact_unread(&cron_of(2)->probe, "cron/jobs.json is not JSON: line 3");
	cron_of(2)->n_jobs = 0;
	view(NULL, NULL);
	says(model, "headline", "3 cron jobs, three are unknown; those of two instances are not known");
	for (int i = 0; i < 3; i++) {
		const char *text = json_string(cJSON_GetArrayItem(json_array(card(i), "notes"), 0), "text");

		assert_non_null(text);
		if (str_eq(json_string(card(i), "instanceId"), "agent-3"))
			assert_non_null(strstr(text, "not JSON"));
		else
			assert_true(str_starts(text, "Nothing is known about"));
		says(card(i), "emptyText", NULL);
	}
	view("vijay", "late");
	assert_non_null(strstr(json_string(card(0), "emptyText"), "not known"));
}

static void a_ledger_that_cannot_be_asked_is_said(void **state)
{
	struct cron_plan *plan;

	(void)state;
	begin(1);
	plan = cron_plan(s, NULL, NULL, a);
	plan->groups[0].ledger_error = "ledger.db is damaged";
	cJSON_Delete(model);
	model = cron_view(plan, a);
	says(cJSON_GetArrayItem(json_array(card(0), "notes"), 0), "text",
	     "Past runs are not known: ledger.db is damaged. Of each job only the last result is shown.");
}

static void no_jobs_and_no_instances(void **state)
{
	(void)state;
	begin(1);
	cron_of(0)->n_jobs = 0;
	cron_of(0)->probe.state = PROBE_INACTIVE;
	view(NULL, NULL);
	says(model, "headline", "There are no cron jobs");
	says(card(0), "emptyText", "It has no cron jobs.");
	begin(0);
	view(NULL, NULL);
	assert_int_equal(cJSON_GetArraySize(json_array(model, "cards")), 0);
}

/* What a report of an older exporter, or a hostile one, leaves out. */
static void a_job_of_nothing_is_shown_all_the_same(void **state)
{
	(void)state;
	begin(1);
	cron_of(0)->jobs[0] = (struct cron_job){ .period_s = COUNT_UNKNOWN, .failure_streak = COUNT_UNKNOWN, .runs = COUNT_UNKNOWN,
						 .runs_wanted = COUNT_UNKNOWN };
	cron_of(0)->jobs[1].kind = NULL;
	cron_of(0)->jobs[1].words = NULL;
	cron_of(0)->jobs[1].n_due = 0;
	cron_of(0)->jobs[1].created_at = 0;
	view(NULL, NULL);
	says(job(0, 0), "scheduleText", "every 60m");
	says(job(0, 0), "noStrip", "Its report does not say when it was due.");
	says(job(0, 2), "scheduleText", "no schedule");
	says(job(0, 2), "repeatText", "runs are not counted");
}

static void many_jobs(size_t instances, size_t each)
{
	begin(instances);
	for (size_t i = 0; i < instances; i++) {
		struct cron *c = cron_of(i);

		c->jobs = arena_calloc(a, each, sizeof(*c->jobs));
		c->n_jobs = each;
		for (size_t k = 0; k < each; k++) {
			c->jobs[k] = fact_job(arena_printf(a, "%06zu%06zu", i, k), arena_printf(a, "<b>job</b> %zu", k));
			be_daily(&c->jobs[k]);
		}
		c->jobs[each - 1].last_status = "error";
	}
}

static void a_hundred_jobs_of_fifty_instances_stay_under_a_megabyte(void **state)
{
	char *text;

	(void)state;
	many_jobs(50, 100);
	view(NULL, NULL);
	says(model, "headline", "5\xE2\x80\xAF" "000 cron jobs, 50 need a look");
	assert_int_equal(cJSON_GetArraySize(json_array(card(7), "jobs")), 2);
	says(job(7, 0), "word", "failed");
	says(card(7), "moreText", "98 more, none of them worse; choose this instance to see more of its jobs");
	text = json_print(model);
	if (strlen(text) > 1024 * 1024)
		fail_msg("the answer has %zu bytes", strlen(text));
	free(text);
	many_jobs(1, 500);
	view("vijay", NULL);
	assert_int_equal(cJSON_GetArraySize(json_array(card(0), "jobs")), 100);
	says(card(0), "moreText", "400 more, none of them worse");
	text = json_print(model);
	if (strlen(text) > 1024 * 1024)
		fail_msg("the answer has %zu bytes", strlen(text));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_is_told_in_words),
		cmocka_unit_test(runs_of_the_ledger_fill_the_strip),
		cmocka_unit_test(the_worst_come_first),
		cmocka_unit_test(each_filter_takes_its_own),
		cmocka_unit_test(what_is_not_known_is_said),
		cmocka_unit_test(a_ledger_that_cannot_be_asked_is_said),
		cmocka_unit_test(no_jobs_and_no_instances),
		cmocka_unit_test(a_job_of_nothing_is_shown_all_the_same),
		cmocka_unit_test(a_hundred_jobs_of_fifty_instances_stay_under_a_megabyte),
	};

	return cmocka_run_group_tests_name("cron_view", tests, setup, teardown);
}
