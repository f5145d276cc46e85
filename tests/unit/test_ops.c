#include "test.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "tmpl/tmpl.h"
#include "view/ops_view.h"
#include "view_facts.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(64 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

/* Two well instances, the second with a stopped gateway and a repository that could not be read. */
static struct snapshot *troubled(void)
{
	struct snapshot *s = fact_snapshot(2, a);
	struct instance_report *r = &s->instances[1].report;

	r->gateway_unit.active_state = "failed";
	r->gateway.pid_state = PID_DEAD;
	fact_unread(&r->backup_repo.probe, "timed out after 2 s");
	return s;
}

static const cJSON *card_of(const cJSON *model, const char *id)
{
	const cJSON *card;

	cJSON_ArrayForEach(card, json_array(model, "cards"))
		if (str_eq(json_string(card, "instanceId"), id))
			return card;
	fail_msg("no card of %s", id);
	return NULL;
}

static int64_t filter_count(const cJSON *model, const char *id)
{
	const cJSON *f;
	int64_t n = -1;

	cJSON_ArrayForEach(f, json_array(model, "filters"))
		if (str_eq(json_string(f, "id"), id))
			assert_true(json_i64(f, "count", &n));
	return n;
}

static void counts_of_the_filters_add_up_to_all_readings(void **state)
{
	CLEANUP_JSON cJSON *m = ops_view(troubled(), NULL, NULL, a);
	int64_t all = filter_count(m, "all"), shown = 0;
	const cJSON *card;

	(void)state;
	assert_true(all > 20);
	assert_int_equal(filter_count(m, "critical") + filter_count(m, "warning") + filter_count(m, "unknown") +
				 filter_count(m, "fine"), all);
	assert_true(filter_count(m, "critical") >= 1);
	assert_true(filter_count(m, "unknown") >= 1);
	cJSON_ArrayForEach(card, json_array(m, "cards"))
		shown += cJSON_GetArraySize(json_array(card, "readings"));
	assert_int_equal(shown, all);
	assert_non_null(strstr(json_string(m, "headline"), "could not be taken"));
}

static void single_jobs_are_shown_that_a_card_folds_away(void **state)
{
	CLEANUP_JSON cJSON *m = ops_view(fact_snapshot(1, a), NULL, NULL, a);
	const cJSON *reading;
	int jobs = 0;

	(void)state;
	cJSON_ArrayForEach(reading, json_array(card_of(m, "vijay"), "readings"))
		jobs += str_starts(json_string(reading, "id"), "cron.");
	assert_true(jobs >= 3);
}

static void a_filter_lets_through_only_its_own(void **state)
{
	static const struct {
		const char *severity, *status;
	} cases[] = { { "critical", "critical" }, { "warning", "warn" }, { "unknown", "unknown" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_JSON cJSON *m = ops_view(troubled(), NULL, cases[i].severity, a);
		const cJSON *card, *reading;

		assert_string_equal(json_string(m, "severity"), cases[i].severity);
		cJSON_ArrayForEach(card, json_array(m, "cards"))
			cJSON_ArrayForEach(reading, json_array(card, "readings"))
				assert_string_equal(json_string(reading, "status"), cases[i].status);
	}
}

static void an_empty_card_says_why(void **state)
{
	CLEANUP_JSON cJSON *m = ops_view(troubled(), NULL, "critical", a);

	(void)state;
	assert_string_equal(json_string(card_of(m, "vijay"), "emptyText"), "Nothing is critical here.");
	assert_null(json_string(card_of(m, "bheem"), "emptyText"));
}

static void the_worst_comes_first(void **state)
{
	CLEANUP_JSON cJSON *m = ops_view(troubled(), NULL, NULL, a);

	(void)state;
	assert_string_equal(json_string(json_array(m, "cards")->child, "instanceId"), "bheem");
	assert_string_equal(json_string(json_array(card_of(m, "bheem"), "readings")->child, "status"), "critical");
}

static const cJSON *reading_of(const cJSON *card, const char *id)
{
	const cJSON *reading;

	cJSON_ArrayForEach(reading, json_array(card, "readings"))
		if (str_eq(json_string(reading, "id"), id))
			return reading;
	fail_msg("no reading %s", id);
	return NULL;
}

static int rank_of(const cJSON *reading)
{
	static const char *const worst_first[] = { "critical", "warn", "unknown", "ok", "off", "info" };
	int rank = 0;

	while (!str_eq(json_string(reading, "status"), worst_first[rank]))
		rank++;
	return rank;
}

static void readings_stand_by_group_the_worst_first_within_each(void **state)
{
	CLEANUP_JSON cJSON *m = ops_view(troubled(), NULL, NULL, a);
	const cJSON *reading, *before = NULL, *other;
	int first_of_groups = 0;

	(void)state;
	cJSON_ArrayForEach(reading, json_array(card_of(m, "bheem"), "readings")) {
		bool begins = !before || !str_eq(json_string(before, "group"), json_string(reading, "group"));

		assert_int_equal(json_string(reading, "groupHeading") != NULL, begins);
		if (begins) {
			assert_true(rank_of(reading) >= first_of_groups);
			first_of_groups = rank_of(reading);
			for (other = json_array(card_of(m, "bheem"), "readings")->child; other != reading; other = other->next)
				assert_string_not_equal(json_string(other, "group"), json_string(reading, "group"));
		} else {
			assert_true(rank_of(reading) >= rank_of(before));
		}
		before = reading;
	}
}

static void a_unit_tells_what_happens_at_boot(void **state)
{
	static const struct {
		const char *state;
		enum unit_scope scope;
		enum tristate lingers;
		const char *text;
		int starts; /* -1 = null */
	} cases[] = {
		{ "enabled", UNIT_SCOPE_SYSTEM, TRI_UNKNOWN, "starts at boot", 1 },
		{ "enabled", UNIT_SCOPE_USER, TRI_YES, "starts at boot", 1 },
		{ "enabled", UNIT_SCOPE_USER, TRI_NO, "starts at log-in", 0 },
		{ "enabled", UNIT_SCOPE_USER, TRI_UNKNOWN, "starts with its user", -1 },
		{ "disabled", UNIT_SCOPE_SYSTEM, TRI_UNKNOWN, "not enabled", 0 },
		{ "disabled", UNIT_SCOPE_USER, TRI_YES, "not enabled", 0 },
		{ "static", UNIT_SCOPE_SYSTEM, TRI_UNKNOWN, "started by others alone", -1 },
		{ "something new", UNIT_SCOPE_SYSTEM, TRI_UNKNOWN, "something new", -1 },
		{ NULL, UNIT_SCOPE_SYSTEM, TRI_UNKNOWN, NULL, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot *s = fact_snapshot(1, a);
		struct unit *u = &s->instances[0].report.gateway_unit;
		CLEANUP_JSON cJSON *m = NULL;
		const cJSON *gateway;
		bool starts;

		u->unit_file_state = cases[i].state;
		u->scope = cases[i].scope;
		u->lingers = cases[i].lingers;
		m = ops_view(s, NULL, NULL, a);
		gateway = reading_of(card_of(m, "vijay"), "gateway");
		assert_string_equal(json_string(gateway, "word"), "running");
		assert_true(str_eq(json_string(gateway, "bootText"), cases[i].text));
		assert_int_equal(json_bool(gateway, "startsAtBoot", &starts) ? starts : -1, cases[i].starts);
	}
}

static void what_a_dead_report_said_of_boot_is_not_repeated(void **state)
{
	struct snapshot *s = fact_snapshot(1, a);
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	fact_dark(&s->instances[0], HOURS);
	m = ops_view(s, NULL, NULL, a);
	assert_null(json_string(reading_of(card_of(m, "vijay"), "gateway"), "bootText"));
}

static void severity_is_tagged_where_the_word_does_not_say_it(void **state)
{
	CLEANUP_JSON cJSON *m = ops_view(troubled(), NULL, NULL, a);
	const cJSON *bheem = card_of(m, "bheem");

	(void)state;
	assert_string_equal(json_string(reading_of(bheem, "gateway"), "severityTag"), "critical");
	assert_string_equal(json_string(reading_of(bheem, "gateway"), "severity"), "critical");
	assert_string_equal(json_string(reading_of(bheem, "backup.age"), "word"), "unknown");
	assert_null(json_string(reading_of(bheem, "backup.age"), "severityTag"));
	assert_string_equal(json_string(reading_of(bheem, "sessions.total"), "severity"), "info");
	assert_null(json_string(reading_of(bheem, "sessions.total"), "severityTag"));
}

static const char *link_of(const cJSON *card, const char *id)
{
	const cJSON *link;

	cJSON_ArrayForEach(link, json_array(card, "links"))
		if (str_eq(json_string(link, "id"), id))
			return json_string(link, "href");
	return NULL;
}

static void a_card_leads_on_to_the_dashboard_and_the_runbook(void **state)
{
	struct snapshot *s = troubled();
	struct instance *in = (struct instance *)s->instances[1].instance;
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	in->dashboard_url = "https://vm-01.example.ts.net:9443/";
	m = ops_view(s, NULL, NULL, a);
	assert_string_equal(link_of(card_of(m, "bheem"), "dashboard"), "http://127.0.0.1:9120/");
	assert_string_equal(link_of(card_of(m, "bheem"), "dashboardDirect"), "https://vm-01.example.ts.net:9443/");
	assert_string_equal(link_of(card_of(m, "bheem"), "runbookWorst"), "/hermes/runbook#gateway");
	assert_null(link_of(card_of(m, "vijay"), "dashboardDirect"));
	assert_null(link_of(card_of(m, "vijay"), "runbookWorst"));
	assert_string_equal(link_of(card_of(m, "vijay"), "runbook"), "/hermes/runbook");
	assert_null(link_of(card_of(m, "host"), "dashboard"));
}

/* An address of ours leads to it, whatever an instance calls its jobs. */
static void anchors_are_plain_whatever_a_reading_is_called(void **state)
{
	struct snapshot *s = fact_snapshot(1, a);
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	s->instances[0].report.cron.jobs[0].id = "a b\"><i>#%";
	m = ops_view(s, NULL, NULL, a);
	assert_string_equal(json_string(reading_of(card_of(m, "vijay"), "cron.a b\"><i>#%"), "anchor"),
			    "vijay/cron.a_b___i___");
	assert_string_equal(json_string(reading_of(card_of(m, "host"), "memory"), "runbookHref"),
			    "/hermes/runbook#host.memory");
}

static void a_choice_leaves_the_rest_and_the_host_out(void **state)
{
	CLEANUP_JSON cJSON *m = ops_view(troubled(), "bheem", NULL, a);

	(void)state;
	assert_int_equal(cJSON_GetArraySize(json_array(m, "cards")), 1);
	assert_non_null(strstr(json_string(json_array(m, "filters")->child, "href"), "instance=bheem"));
}

/* Five instances of 500 jobs each, and two hundred instances: neither may outgrow an answer. */
static void however_much_there_is_an_answer_stays_under_its_limit(void **state)
{
	static const struct {
		size_t instances, jobs;
	} cases[] = { { 5, 500 }, { 200, 500 } };
	struct tmpl_set *set = tmpl_set_new(top_path("templates"), /* strict= */ true);
	struct tmpl_error err;

	(void)state;
	assert_true(tmpl_set_load(set, "ops", &err));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_freep) struct arena *big = arena_new((size_t)1 << 30);
		struct snapshot *s = fact_snapshot(cases[i].instances, big);
		CLEANUP(buf_done) struct buf out = BUF_INIT(1000 * 1000);
		CLEANUP_FREE char *text = NULL;
		CLEANUP_JSON cJSON *m = NULL;

		for (size_t n = 0; n < s->n_instances; n++) {
			struct cron *c = &s->instances[n].report.cron;

			c->jobs = arena_calloc(big, cases[i].jobs, sizeof(*c->jobs));
			c->n_jobs = cases[i].jobs;
			for (size_t j = 0; j < c->n_jobs; j++) {
				c->jobs[j] = fact_job(arena_printf(big, "%012zx", j), "a job with a long name, again and again");
				c->jobs[j].last_status = "error";
				c->jobs[j].last_error = "an error text of some length, as tracebacks are, and then some more of it";
			}
		}
		m = ops_view(s, NULL, NULL, big);
		if (!tmpl_render(set, "ops", m, &out, &err))
			fail_msg("%zu instances: %s", cases[i].instances, err.text);
		text = json_print(m);
		assert_true(strlen(text) < 1000 * 1000);
	}
	tmpl_set_free(set);
}

static void only_the_named_severities_are_ones(void **state)
{
	(void)state;
	assert_true(ops_is_severity("all"));
	assert_true(ops_is_severity("fine"));
	assert_false(ops_is_severity("ALL"));
	assert_false(ops_is_severity(""));
	assert_false(ops_is_severity(NULL));
}

static void the_page_renders_in_strict_mode_whatever_is_known(void **state)
{
	struct snapshot *dark = fact_snapshot(2, a), *none = fact_snapshot(2, a);
	const struct snapshot *all[] = { fact_snapshot(1, a), troubled(), dark, none };
	struct tmpl_set *set = tmpl_set_new(top_path("templates"), /* strict= */ true);
	struct tmpl_error err;

	(void)state;
	dark->instances[0].has_report = dark->host.has_report = false;
	dark->instances[0].probe = dark->host.probe = (struct probe){ .reason = "broken" };
	none->n_instances = 0;
	if (!tmpl_set_load(set, "ops", &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(4 << 20);
		CLEANUP_JSON cJSON *m = ops_view(all[i], NULL, i % 2 ? "warning" : NULL, a);

		if (!tmpl_render(set, "ops", m, &out, &err))
			fail_msg("%s", err.text);
	}
	tmpl_set_free(set);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(counts_of_the_filters_add_up_to_all_readings),
		T(single_jobs_are_shown_that_a_card_folds_away),
		T(a_filter_lets_through_only_its_own),
		T(an_empty_card_says_why),
		T(the_worst_comes_first),
		T(readings_stand_by_group_the_worst_first_within_each),
		T(a_unit_tells_what_happens_at_boot),
		T(what_a_dead_report_said_of_boot_is_not_repeated),
		T(severity_is_tagged_where_the_word_does_not_say_it),
		T(a_card_leads_on_to_the_dashboard_and_the_runbook),
		T(anchors_are_plain_whatever_a_reading_is_called),
		T(a_choice_leaves_the_rest_and_the_host_out),
		T(however_much_there_is_an_answer_stays_under_its_limit),
		T(only_the_named_severities_are_ones),
		T(the_page_renders_in_strict_mode_whatever_is_known),
	};

	json_init();
	return RUN_TESTS("ops", tests);
}
