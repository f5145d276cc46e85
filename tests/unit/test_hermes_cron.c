#include "test_hermes.h"

#include "../fixtures/sample_cron.h"
#include "base/buf.h"
#include "base/str.h"
#include "model/cron.h"

static struct cron *read_home(struct home *h)
{
	struct cron *c = arena_alloc(h->a, sizeof(*c));

	hermes_cron(c, &h->src, h->a, 0);
	return c;
}

static struct cron *read_ok(struct home *h)
{
	struct cron *c = read_home(h);

	if (c->probe.state != PROBE_OK)
		fail_msg("not read: %s", c->probe.reason);
	return c;
}

static int64_t time_at(const cJSON *job, const char *name)
{
	int64_t t = 0;

	clock_parse_iso(text_at(job, name), 0, &t);
	return t;
}

static void compare_home(struct home *h, const char *which)
{
	cJSON *want = expected_of(h, which);
	const cJSON *jobs = at(want, "cron_jobs_all"), *job;
	struct cron *c;
	size_t i = 0;

	copy_home(h, which);
	c = read_ok(h);
	assert_int_equal(c->n_jobs, cJSON_GetArraySize(jobs));
	cJSON_ArrayForEach(job, jobs)
	{
		const struct cron_job *got = &c->jobs[i++];

		same_text(got->id, text_at(job, "id"));
		same_text(got->name, text_at(job, "name"));
		same_text(got->schedule, text_at(job, "schedule_display"));
		same_text(got->state, text_at(job, "state"));
		same_text(got->last_status, text_at(job, "last_status"));
		same_text(got->last_error, text_at(job, "last_error"));
		same_text(got->paused_reason, text_at(job, "paused_reason"));
		same_text(got->deliver, text_at(job, "deliver"));
		assert_int_equal(got->enabled, cJSON_IsTrue(at(job, "enabled")) ? TRI_YES : TRI_NO);
		assert_int_equal(got->last_run_at, time_at(job, "last_run_at"));
		assert_int_equal(got->next_run_at, time_at(job, "next_run_at"));
		assert_int_equal(got->runs, at(at(job, "repeat"), "completed")->valueint);
		assert_int_equal(got->failure_streak, COUNT_UNKNOWN);
	}
	assert_int_equal(c->scheduler.state, PROBE_INACTIVE);
	assert_reason(c->scheduler, "writes no heartbeat");
	cJSON_Delete(want);
}

static void vijays_jobs_are_those_of_hermes(void **state)
{
	compare_home(*state, "vijay-2026-03");
}

static void bheems_jobs_are_those_of_hermes(void **state)
{
	compare_home(*state, "bheem-2026-03");
}

static struct sample sample_in(struct home *h)
{
	return (struct sample){
		.a = h->a, .name = "test", .home = h->path, .now = h->src.now, .zone_s = 19800
	};
}

static const struct cron_job *by_id(const struct cron *c, const char *id)
{
	for (size_t i = 0; i < c->n_jobs; i++)
		if (str_eq(c->jobs[i].id, id))
			return &c->jobs[i];
	fail_msg("no job %s", id);
	return NULL;
}

static void sample_of_0_20_reads(void **state)
{
	struct home *h = *state;
	struct sample s = sample_in(h);
	const struct cron_job *job;
	struct cron *c;

	write_cron_26(&s);
	c = read_ok(h);
	assert_int_equal(c->n_jobs, 5);
	job = by_id(c, "b0b0b0b10001");
	assert_string_equal(job->last_status, "error");
	assert_true(str_starts(job->last_error, "HTTPError: 401"));
	assert_null(strchr(job->last_error, '\n'));
	assert_int_equal(job->failure_streak, 4);
	assert_int_equal(job->period_s, 14400);
	job = by_id(c, "b0b0b0b10002");
	assert_true(str_starts(job->last_delivery_error, "discord:"));
	assert_int_equal(job->delivery_failed, TRI_YES);
	assert_int_equal(job->period_s, 86400);
	job = by_id(c, "b0b0b0b10003");
	assert_string_equal(job->state, "paused");
	assert_true(job->next_run_at < h->src.now);
	job = by_id(c, "b0b0b0b10004");
	assert_string_equal(job->state, "completed");
	assert_int_equal(job->period_s, COUNT_UNKNOWN);
	assert_int_equal(job->next_run_at, 0);
	assert_int_equal(c->scheduler.state, PROBE_OK);
	assert_int_equal(c->heartbeat_at, h->src.now - 21);
	assert_int_equal(c->last_success_at, h->src.now - 21);
	assert_int_equal(c->last_error_at, 0);
}

static void sample_of_0_5_reads(void **state)
{
	struct home *h = *state;
	struct sample s = sample_in(h);
	struct cron *c;

	write_cron_6(&s);
	c = read_ok(h);
	assert_int_equal(c->n_jobs, 5);
	for (size_t i = 0; i < c->n_jobs; i++)
		assert_null(c->jobs[i].last_error);
}

/* Forms of the file, and what Hermes makes of each. `release` NULL: no checkout to read it from. */
static void forms_of_the_file(void **state)
{
	static const struct {
		const char *text, *release;
		enum probe_state state;
		size_t n_jobs;
		const char *reason;
	} rows[] = {
		{ "{\"jobs\": []}", NULL, PROBE_OK, 0, NULL },
		{ "{}", NULL, PROBE_OK, 0, NULL },
		{ "{\"jobs\": [{\"id\": \"a\"}, 5, null, \"x\", [], {\"id\": \"b\"}]}", NULL, PROBE_OK, 2,
		  NULL },
		{ "[{\"id\": \"a\"}]", NULL, PROBE_OK, 1, NULL },
		{ "[{\"id\": \"a\"}]", "0.20.3", PROBE_OK, 1, NULL },
		{ "[{\"id\": \"a\"}]", "0.15.1", PROBE_UNKNOWN, 0, "Hermes 0.15.1 cannot read" },
		{ "\xEF\xBB\xBF{\"jobs\": [{\"id\": \"a\"}]}", NULL, PROBE_OK, 1, NULL },
		{ "\xEF\xBB\xBF{\"jobs\": [{\"id\": \"a\"}]}", "0.5.0", PROBE_UNKNOWN, 0, "byte order mark" },
		{ "{\"jobs\": [{\"id\": \"a\", \"name\": \"tab\there\nline\"}]}", NULL, PROBE_OK, 1, NULL },
		{ "{\"jobs\": [{\"id\": \"a\", \"name\": \"\\ud83d alone\"}]}", NULL, PROBE_OK, 1, NULL },
		{ "", NULL, PROBE_UNKNOWN, 0, "is empty" },
		{ "   ", NULL, PROBE_UNKNOWN, 0, "is not JSON" },
		{ "{\"jobs\": [{\"id\": \"a\", ", NULL, PROBE_UNKNOWN, 0, "is not JSON" },
		{ "{\"jobs\": [{\"id\": \"\xE9\"}]}", NULL, PROBE_UNKNOWN, 0, "not UTF-8" },
		{ "\"jobs\"", NULL, PROBE_UNKNOWN, 0, "neither an object nor a list" },
		{ "12", NULL, PROBE_UNKNOWN, 0, "neither an object nor a list" },
		{ "null", NULL, PROBE_UNKNOWN, 0, "neither an object nor a list" },
		{ "{\"jobs\": {}}", NULL, PROBE_UNKNOWN, 0, "is no list" },
		{ "{\"jobs\": null}", NULL, PROBE_UNKNOWN, 0, "is no list" },
		{ "jobs: []", NULL, PROBE_UNKNOWN, 0, "is not JSON" },
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cron *c;

		puts_(h, "cron/jobs.json", rows[i].text);
		unlink(in_home(h, "hermes-agent/pyproject.toml"));
		if (rows[i].release)
			puts_(h, "hermes-agent/pyproject.toml",
			      arena_printf(h->a, "[project]\nversion = \"%s\"\n", rows[i].release));
		c = read_home(h);
		if (c->probe.state != rows[i].state || c->n_jobs != rows[i].n_jobs)
			fail_msg("%s: state %d, %zu jobs, %s", rows[i].text, c->probe.state, c->n_jobs,
				 c->probe.reason);
		if (rows[i].reason)
			assert_reason(c->probe, rows[i].reason);
	}
}

static void what_is_no_plain_file_is_unknown(void **state)
{
	struct home *h = *state;
	const char *path = in_home(h, "cron/jobs.json");

	puts_(h, "cron/other", "x");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_reason(read_home(h)->probe, "named pipe");
	unlink(path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(read_home(h)->probe.state, PROBE_UNKNOWN);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(read_home(h)->probe.state, PROBE_UNKNOWN);
}

static void no_file_means_no_jobs(void **state)
{
	struct home *h = *state;
	struct cron *c = read_home(h);

	assert_int_equal(c->probe.state, PROBE_INACTIVE);
	assert_string_equal(c->probe.reason, "no cron jobs");
	h->src.home = in_home(h, "nowhere");
	c = read_home(h);
	assert_reason(c->probe, "no such directory");
	assert_reason(c->scheduler, "no such directory");
}

static int child_expects_denied(struct home *h)
{
	return read_home(h)->probe.state == PROBE_UNKNOWN &&
			       strstr(read_home(h)->probe.reason, "permission denied")
		       ? 0
		       : 1;
}

static void denied_is_unknown_not_absent(void **state)
{
	struct home *h = *state;

	puts_(h, "cron/jobs.json", "{}");
	assert_int_equal(chmod(in_home(h, "cron"), 0700), 0);
	assert_int_equal(as_nobody(child_expects_denied, h), 0);
}

static void many_jobs(struct home *h, size_t n, size_t failing)
{
	struct buf b = BUF_INIT((size_t)64 * 1024 * 1024);

	buf_adds(&b, "{\"jobs\": [");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b,
			   "%s{\"id\": \"j%zu\", \"name\": \"job\", \"last_status\": \"%s\", \"schedule\":"
			   " {\"kind\": \"cron\", \"expr\": \"*/5 * * * *\"}}",
			   i ? "," : "", i, i + failing >= n ? "error" : "ok");
	buf_adds(&b, "]}");
	put(h, "cron/jobs.json", b.data, b.len);
	buf_done(&b);
}

static void of_too_many_jobs_the_failing_are_kept(void **state)
{
	struct home *h = *state;
	struct cron *c;

	many_jobs(h, 10000, 3);
	c = read_ok(h);
	assert_int_equal(c->n_jobs, 500);
	assert_string_equal(c->jobs[0].id, "j0");
	assert_string_equal(c->jobs[497].id, "j9997");
	assert_string_equal(c->jobs[499].last_status, "error");
	assert_reason(c->probe, "10000 jobs; 500 are shown");
	many_jobs(h, 900, 700);
	c = read_ok(h);
	assert_int_equal(c->n_jobs, 500);
	assert_string_equal(c->jobs[0].last_status, "error");
	many_jobs(h, 500, 0);
	assert_null(read_ok(h)->probe.reason);
}

static void large_texts_are_cut_and_a_huge_file_refused(void **state)
{
	struct home *h = *state;
	size_t n = 5 * 1024 * 1024;
	char *text = malloc(n + 1);
	struct cron *c;

	assert_non_null(text);
	memset(text, 'x', n);
	text[n] = '\0';
	puts_(h, "cron/jobs.json",
	      arena_printf(h->a,
			   "{\"jobs\": [{\"id\": \"a\", \"name\": \"%s\", \"last_error\": \"e%.9999s\"}]}",
			   text, text));
	c = read_ok(h);
	assert_int_equal(str_utf8_count(c->jobs[0].name, strlen(c->jobs[0].name)), 200);
	assert_int_equal(str_utf8_count(c->jobs[0].last_error, strlen(c->jobs[0].last_error)), 300);
	free(text);
	assert_int_equal(truncate(in_home(h, "cron/jobs.json"), 17 * 1024 * 1024), 0);
	c = read_home(h);
	assert_int_equal(c->probe.state, PROBE_UNKNOWN);
	assert_reason(c->probe, "too large");
}

/* cron/jobs.py:effective_job_state */
static void state_is_the_effective_one(void **state)
{
	static const struct {
		const char *json, *want;
		enum tristate enabled;
	} rows[] = {
		{ "{\"enabled\": true, \"state\": \"scheduled\"}", "scheduled", TRI_YES },
		{ "{\"enabled\": true, \"state\": \"paused\"}", "scheduled", TRI_YES },
		{ "{\"enabled\": true, \"paused_at\": \"2026-03-01T00:00:00+00:00\"}", "scheduled", TRI_YES },
		{ "{\"enabled\": true, \"state\": \"completed\"}", "completed", TRI_YES },
		{ "{\"enabled\": true, \"state\": \"error\"}", "error", TRI_YES },
		{ "{\"enabled\": true}", "scheduled", TRI_YES },
		{ "{}", "scheduled", TRI_YES },
		{ "{\"enabled\": false, \"state\": \"paused\"}", "paused", TRI_NO },
		{ "{\"enabled\": false}", "paused", TRI_NO },
		{ "{\"enabled\": false, \"state\": \"scheduled\", \"paused_at\": \"x\"}", "paused", TRI_NO },
		{ "{\"enabled\": false, \"state\": \"completed\"}", "completed", TRI_NO },
		{ "{\"enabled\": null, \"state\": \"\"}", "paused", TRI_NO },
		{ "{\"enabled\": 0}", "paused", TRI_NO },
		{ "{\"enabled\": \"no\"}", "scheduled", TRI_YES },
		{ "{\"enabled\": true, \"state\": \"brand-new\"}", "brand-new", TRI_YES },
		{ "{\"enabled\": true, \"state\": [1]}", "scheduled", TRI_YES },
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cron *c;

		puts_(h, "cron/jobs.json", arena_printf(h->a, "{\"jobs\": [%s]}", rows[i].json));
		c = read_ok(h);
		if (!str_eq(c->jobs[0].state, rows[i].want) || c->jobs[0].enabled != rows[i].enabled)
			fail_msg("%s: %s", rows[i].json, c->jobs[0].state);
	}
}

static void every_field_may_be_of_any_type(void **state)
{
	static const char *const values[] = { "null", "true",  "5",  "-1e300", "NaN",
					      "\"\"", "\"x\"", "[]", "{}",     "[{}]" };
	static const char *const names[] = {
		"id",           "name",        "schedule",    "schedule_display", "repeat",
		"enabled",      "state",       "paused_at",   "last_status",      "last_error",
		"deliver",      "next_run_at", "last_run_at", "failure_streak",   "last_delivery_error",
		"paused_reason"
	};
	struct home *h = *state;

	for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
		struct buf b = BUF_INIT(65536);
		struct cron *c;

		buf_adds(&b, "{\"jobs\": [{");
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			buf_printf(&b, "%s\"%s\": %s", i ? ", " : "", names[i], values[v]);
		buf_adds(&b, "}, {\"schedule\": {\"minutes\": ");
		buf_printf(&b, "%s, \"expr\": %s}, \"repeat\": {\"completed\": %s}}]}", values[v], values[v],
			   values[v]);
		puts_(h, "cron/jobs.json", buf_str(&b));
		buf_done(&b);
		c = read_ok(h);
		assert_int_equal(c->n_jobs, 2);
		assert_true(c->jobs[0].next_run_at >= 0);
		assert_non_null(c->jobs[0].state);
	}
}

static void period_comes_from_the_schedule(void **state)
{
	static const struct {
		const char *schedule;
		int64_t want;
	} rows[] = {
		{ "{\"kind\": \"interval\", \"minutes\": 90}", 5400 },
		{ "{\"kind\": \"interval\", \"minutes\": 0.5}", 30 },
		{ "{\"kind\": \"interval\", \"minutes\": 0}", COUNT_UNKNOWN },
		{ "{\"kind\": \"interval\", \"minutes\": -5}", COUNT_UNKNOWN },
		{ "{\"kind\": \"cron\", \"expr\": \"*/10 * * * *\"}", 600 },
		{ "{\"kind\": \"cron\", \"expr\": \"no cron\"}", COUNT_UNKNOWN },
		{ "{\"kind\": \"cron\", \"expr\": \"0 0 30 2 *\"}", COUNT_UNKNOWN },
		{ "{\"kind\": \"once\", \"run_at\": \"2026-04-02T09:00:00+00:00\"}", COUNT_UNKNOWN },
		{ "\"0 7 * * *\"", 86400 },
		{ "null", COUNT_UNKNOWN },
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		puts_(h, "cron/jobs.json",
		      arena_printf(h->a, "{\"jobs\": [{\"id\": \"a\", \"schedule\": %s}]}",
				   rows[i].schedule));
		if (read_ok(h)->jobs[0].period_s != rows[i].want)
			fail_msg("%s: %lld", rows[i].schedule, (long long)read_ok(h)->jobs[0].period_s);
	}
}

static void the_ticker_says_when_and_what(void **state)
{
	struct home *h = *state;
	struct cron *c;

	puts_(h, "cron/ticker_heartbeat", "1774807190.25");
	puts_(h, "cron/ticker_last_error", "1774807130.5\nPermissionError: jobs.json\nsecond line\n");
	c = read_home(h);
	assert_int_equal(c->scheduler.state, PROBE_OK);
	assert_int_equal(c->heartbeat_at, 1774807190);
	assert_int_equal(c->last_success_at, 0);
	assert_int_equal(c->last_error_at, 1774807130);
	assert_string_equal(c->last_error, "PermissionError: jobs.json second line ");
}

static void a_broken_ticker_file_is_unknown(void **state)
{
	static const char *const rows[] = { "",   "soon",           "nan",  "-5",         "1e999",
					    "12", "1774807190.25x", "0x6A", " 1774807190" };
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cron *c;

		puts_(h, "cron/ticker_heartbeat", rows[i]);
		puts_(h, "cron/ticker_last_success", "1774807190.25");
		c = read_home(h);
		if (c->scheduler.state != PROBE_UNKNOWN)
			fail_msg("\"%s\" is read", rows[i]);
		assert_reason(c->scheduler, "ticker_heartbeat holds no time");
		assert_int_equal(c->heartbeat_at, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(vijays_jobs_are_those_of_hermes),
		HOME_TEST(bheems_jobs_are_those_of_hermes),
		HOME_TEST(sample_of_0_20_reads),
		HOME_TEST(sample_of_0_5_reads),
		HOME_TEST(forms_of_the_file),
		HOME_TEST(what_is_no_plain_file_is_unknown),
		HOME_TEST(no_file_means_no_jobs),
		HOME_TEST(denied_is_unknown_not_absent),
		HOME_TEST(of_too_many_jobs_the_failing_are_kept),
		HOME_TEST(large_texts_are_cut_and_a_huge_file_refused),
		HOME_TEST(state_is_the_effective_one),
		HOME_TEST(every_field_may_be_of_any_type),
		HOME_TEST(period_comes_from_the_schedule),
		HOME_TEST(the_ticker_says_when_and_what),
		HOME_TEST(a_broken_ticker_file_is_unknown),
	};

	return RUN_TESTS("hermes_cron", tests);
}
