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

/* What the page says of an open alert of which the ledger holds this. */
static const char *open_says(const struct store_alert *x, const struct store_pending *pending, struct arena *a)
{
	struct snapshot *s = fact_snapshot(1, a);
	struct alerts_ledger ledger = { .id = s->instances[0].instance->id, .open = x, .n_open = x ? 1 : 0, .pending = pending,
					.n_pending = pending ? 1 : 0 };
	struct alerts_input in = { .ledgers = &ledger, .n_ledgers = 1 };
	struct alerts_filter f;
	CLEANUP_JSON cJSON *m = NULL;

	s->instances[0].report.gateway.platforms[0].state = "fatal";
	assert_null(alerts_filter_parse(&(struct alerts_asked){ .severity = "critical" }, a, &f));
	m = alerts_view(s, s->instances[0].instance->id, &f, &in, a);
	assert_int_equal(cJSON_IsTrue(json_get(json_array(m, "open")->child, "isBooked")), x != NULL);
	return arena_strdup(a, json_string(json_array(m, "open")->child, "sinceText"));
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void an_open_alert_says_what_the_book_holds_of_it(void **state)
{
	struct arena *a = *state;
	int64_t now = fact_snapshot(1, a)->now;
	const struct store_pending once = { "platform.telegram", 1, 3, now - 30 };
	struct store_alert x = { .reading = "platform.telegram", .severity = ALERT_CRITICAL, .title = "Telegram has given up", .opened_at = now - 7200,
				 .again_at = now - 600, .reopened = 2, .missed = 4 };
	const char *text;

	text = open_says(NULL, &once, a);
	assert_says(text, "(30 s).");
	assert_says(text, "Seen once so far; it is told of after three readings in a row.");
	text = open_says(&x, NULL, a);
	assert_says(text, "(10 min).");
	assert_says(text, "It came back twice within an hour of being over.");
	assert_says(text, "Four runs of the exporter did not happen meanwhile.");
	x.unsteady_at = now - 60;
	x.flaps = 9;
	x.unknown_since = now - 30;
	text = open_says(&x, NULL, a);
	assert_says(text, "It comes and goes (nine changes), and stays open until it has been calm for 30 min.");
	assert_says(text, "as last known: Telegram has given up.");
}

static void an_alert_that_is_over_says_how_it_ended(void **state)
{
	static const struct {
		struct store_alert x;
		const char *says;
	} cases[] = {
		{ { .ended = "explained", .cause = "gateway" }, "Explained by gateway, which has an alert of its own." },
		{ { .ended = "off" }, "It is meant to be off." },
		{ { .ended = "gone" }, "It is not there any more." },
		{ { .ended = "recovered", .missed = 9, .last_at = 1774800000 }, "Last seen at 2026-03-29 16:00 UTC." },
		{ { .answer = ANSWER_ACKNOWLEDGE, .answered_by = "asha" }, "It was acknowledged by asha." },
	};
	struct arena *a = *state;
	struct snapshot *s = fact_snapshot(1, a);
	struct alerts_filter f;

	assert_null(alerts_filter_parse(&(struct alerts_asked){ .show = "closed" }, a, &f));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct alerts_closed one = { .id = s->instances[0].instance->id, .alert = cases[i].x };
		struct alerts_input in = { .closed = &one, .n_closed = 1 };
		CLEANUP_JSON cJSON *m = NULL;

		one.alert.reading = "platform.telegram";
		one.alert.title = "Telegram has given up";
		one.alert.severity = ALERT_WARN;
		one.alert.opened_at = s->now - 7200;
		one.alert.closed_at = s->now - 3600;
		m = alerts_view(s, one.id, &f, &in, a);
		assert_says(json_string(json_array(m, "closed")->child, "why"), cases[i].says);
	}
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
		UNIT(an_open_alert_says_what_the_book_holds_of_it),
		UNIT(an_alert_that_is_over_says_how_it_ended),
	};

	return RUN_TESTS("alerts", tests);
}
