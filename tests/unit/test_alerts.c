/* The alerts pane: what may be asked, and what an open alert says of its beginning. */
#include "base/str.h"
#include "json/json.h"
#include "test.h"
#include "view/alerts_view.h"
#include "view_facts.h"

static void every_parameter_that_is_wrong_is_named(void **state)
{
	static const struct {
		struct alerts_asked asked;
		const char *says;
	} cases[] = {
		{ { .show = "odd" }, "\"show\" is one of: all, open, acknowledged, snoozed, silenced, closed." },
		{ { .show = "" }, "There is no such list" },
		{ { .show = "open, closed" }, "There is no such list" },
		{ { .severity = "warn" }, "There are: all, critical, warning, unknown." },
		{ { .limit = "201" }, "from 1 to 200" },
		{ { .cursor = "x" }, "not one that a page" },
		{ { .show = "closed", .severity = "unknown", .q = "", .limit = "200", .cursor = "5.s.7.vijay" }, NULL },
	};
	struct arena *a = *state;
	struct alerts_filter f;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *wrong = alerts_filter_parse(&cases[i].asked, a, &f);

		if (!wrong != !cases[i].says || (wrong && !strstr(wrong, cases[i].says)))
			fail_msg("case %zu: %s", i, wrong ? wrong : "(taken)");
	}
	assert_non_null(alerts_filter_parse(&(struct alerts_asked){ .q = arena_printf(a, "%0201d", 1) }, a, &f));
	assert_int_equal(f.after.n, 0);
}

static void a_filter_takes_by_severity_and_words(void **state)
{
	const struct store_alert x = { .severity = ALERT_WARN, .title = "Backup is <LATE>" };
	struct alerts_filter f;

	assert_null(alerts_filter_parse(&(struct alerts_asked){ .severity = "warning", .q = "is <late" }, *state, &f));
	assert_true(alerts_filter_has(&f, &x));
	assert_null(alerts_filter_parse(&(struct alerts_asked){ .severity = "critical" }, *state, &f));
	assert_false(alerts_filter_has(&f, &x));
	assert_null(alerts_filter_parse(&(struct alerts_asked){ .q = "early" }, *state, &f));
	assert_false(alerts_filter_has(&f, &x));
}

static void what_is_open_is_judged_now_and_dated_by_the_ledger(void **state)
{
	struct arena *a = *state;
	struct snapshot *s = fact_snapshot(1, a);
	struct store_alert known[] = { { .reading = "platform.telegram", .severity = ALERT_CRITICAL, .opened_at = s->now - 7200 } };
	struct alerts_ledger ledger = { .id = s->instances[0].instance->id, .open = known, .n_open = 1 };
	struct alerts_input in = { .ledgers = &ledger, .n_ledgers = 1 };
	struct alerts_filter f;
	const cJSON *open;

	s->instances[0].report.gateway.platforms[0].state = "fatal";
	assert_null(alerts_filter_parse(&(struct alerts_asked){ .severity = "critical" }, a, &f));
	{
		CLEANUP_JSON cJSON *m = alerts_view(s, s->instances[0].instance->id, &f, &in, a);

		open = json_array(m, "open")->child;
		assert_non_null(open);
		assert_non_null(strstr(json_string(open, "sinceText"), "(2 h)."));
		assert_string_equal(json_string(open, "instanceId"), ledger.id);
		assert_non_null(json_string(json_object(json_object(open, "reading"), "evidence"), "rule"));
	}
	ledger = (struct alerts_ledger){ .id = ledger.id, .reason = "ledger.db is damaged" };
	{
		CLEANUP_JSON cJSON *m = alerts_view(s, s->instances[0].instance->id, &f, &in, a);

		open = json_array(m, "open")->child;
		assert_non_null(strstr(json_string(open, "sinceText"), "Since when is not known"));
		assert_non_null(strstr(json_string(json_array(m, "notes")->child, "text"), "ledger.db is damaged"));
	}
}

static void a_page_of_very_many_is_cut_and_says_so(void **state)
{
	struct arena *a = *state;
	struct snapshot *s = fact_snapshot(1, a);
	struct gateway *g = &s->instances[0].report.gateway;
	const struct platform dead = { .name = "discord", .state = "fatal", .updated_at = NOW - 60 };
	struct alerts_input in = { .n_ledgers = 0 };
	struct alerts_filter f;
	size_t can_answer = 0;
	const cJSON *x;

	g->n_platforms = 250;
	g->platforms = arena_calloc(a, g->n_platforms, sizeof(*g->platforms));
	for (size_t i = 0; i < g->n_platforms; i++)
		g->platforms[i] = dead;
	assert_null(alerts_filter_parse(&(struct alerts_asked){ 0 }, a, &f));
	{
		CLEANUP_JSON cJSON *m = alerts_view(s, s->instances[0].instance->id, &f, &in, a);

		assert_int_equal(cJSON_GetArraySize(json_array(m, "open")), 200);
		assert_non_null(strstr(json_string(m, "openMore"), "And 50 more"));
		cJSON_ArrayForEach(x, json_array(m, "open"))
			can_answer += cJSON_IsTrue(json_get(x, "canAnswer"));
	}
	assert_int_equal(can_answer, 100);
}

static int setup(void **state)
{
	*state = arena_new(64 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(every_parameter_that_is_wrong_is_named),
		UNIT(a_filter_takes_by_severity_and_words),
		UNIT(a_page_of_very_many_is_cut_and_says_so),
		UNIT(what_is_open_is_judged_now_and_dated_by_the_ledger),
	};

	return RUN_TESTS("alerts", tests);
}
