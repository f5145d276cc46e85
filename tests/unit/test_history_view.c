/* The history pane: figures by day, what was not observed, what has no price, and fifty instances. */
#include "test.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "tmpl/tmpl.h"
#include "view/history_view.h"
#include "view_facts.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(256 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

/* The last n days of UTC, and a ledger for each instance of them: all observed, all up, nothing happened. */
struct asked {
	struct snapshot *s;
	struct history_question q;
	struct history_source *sources;
};

static struct history *quiet(const struct asked *x)
{
	struct history *h = arena_alloc(a, sizeof(*h));

	*h = (struct history){ .n = x->q.n_days, .has_all_work = true, .watched_since = NOW - 400 * DAYS };
	h->days = arena_calloc(a, h->n, sizeof(*h->days));
	for (size_t i = 0; i < h->n; i++) {
		h->days[i].backup_age_s = 20 * HOURS;
		h->days[i].observed_s = x->q.days[i].to_s < NOW ? DAYS : NOW - x->q.days[i].from_s;
		h->days[i].up = 2880;
	}
	return h;
}

static struct asked ask(size_t n_instances, size_t n_days)
{
	struct asked x = { .s = fact_snapshot(n_instances, a) };
	struct zone_day *days = arena_calloc(a, n_days, sizeof(*days));

	zone_days("UTC", NOW, n_days, days);
	x.q = (struct history_question){ .zone = "UTC", .home_zone = "UTC", .days = days, .n_days = n_days };
	x.sources = arena_calloc(a, n_instances + 1, sizeof(*x.sources));
	for (size_t i = 0; i < n_instances; i++)
		x.sources[i].history = quiet(&x);
	x.q.sources = x.sources;
	return x;
}

/* Sources are const to the view, not to the test. */
static struct history *of(const struct asked *x, size_t i)
{
	return (struct history *)x->sources[i].history;
}

static void work(struct history *h, size_t day, int64_t sessions, int64_t microusd, int64_t costed)
{
	h->days[day].work = (struct history_work){ .sessions = sessions, .messages = sessions * 10,
						   .input_tokens = sessions * 1000, .output_tokens = sessions * 100,
						   .cost_microusd = microusd, .costed = costed };
}

static void not_observed(struct history *h, size_t day)
{
	h->days[day] = (struct history_day){ .backup_age_s = COUNT_UNKNOWN, .work = h->days[day].work };
}

static cJSON *view(const struct asked *x, const char *choice)
{
	return history_view(x->s, choice, &x->q, a);
}

static const cJSON *chart_of(const cJSON *model, const char *id)
{
	const cJSON *c;

	cJSON_ArrayForEach(c, json_array(model, "charts"))
		if (str_eq(json_string(c, "id"), id))
			return c;
	fail_msg("no chart %s", id);
	return NULL;
}

/* A cell's words, by days before the last one. */
static const char *cell(const cJSON *model, const char *chart, int days_ago, int column)
{
	const cJSON *rows = json_array(json_object(chart_of(model, chart), "table"), "rows");

	return json_string(cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(rows, days_ago), "cells"), column), "text");
}

static const char *figure(const cJSON *model, const char *chart)
{
	return json_string(chart_of(model, chart), "figure");
}

/* The page itself; a name that the model lacks, or anything else wrong with the template, fails the test. */
static const char *page(const cJSON *model)
{
	struct tmpl_set *set = tmpl_set_new(top_path("templates"), true);
	struct buf out = BUF_INIT(1024 * 1024);
	struct tmpl_error err = { "" };
	const char *text;

	if (!tmpl_set_load(set, "history", &err) || !tmpl_render(set, "history", model, &out, &err))
		fail_msg("%s", err.text);
	text = arena_strdup(a, buf_str(&out));
	buf_done(&out);
	tmpl_set_free(set);
	return text;
}

static void a_quiet_week_is_zero_and_not_unknown(void **state)
{
	struct asked x = ask(1, 7);
	CLEANUP_JSON cJSON *m = view(&x, NULL);

	(void)state;
	assert_string_equal(json_string(m, "headline"), "7 days: no sessions");
	assert_string_equal(cell(m, "sessions", 0, 0), "0");
	assert_string_equal(cell(m, "cost", 0, 0), "$0.00");
	assert_string_equal(cell(m, "alerts", 3, 0), "0");
	assert_string_equal(figure(m, "availability"), "100 %");
	assert_string_equal(figure(m, "backup"), "20 h");
	assert_null(strstr(page(m), "<rect class=\"unseen\""));
}

static void a_day_without_an_exporter_is_hatched_and_never_zero(void **state)
{
	static const char *const charts[] = { "sessions", "messages", "tokens", "cost", "cron", "availability" };
	struct asked x = ask(1, 30);
	const char *html;

	(void)state;
	not_observed(of(&x, 0), 12);
	work(of(&x, 0), 20, 5, 100000, 5);
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);

		assert_string_equal(json_string(m, "headline"), "30 days: 5 sessions, one day not observed");
		for (size_t i = 0; i < ARRAY_SIZE(charts); i++) {
			assert_string_equal(cell(m, charts[i], 17, 0), "not observed");
			assert_true(cJSON_IsTrue(json_get(chart_of(m, charts[i]), "hasUnseen")));
		}
		assert_string_equal(cell(m, "alerts", 17, 0), "not known");
		assert_string_equal(cell(m, "backup", 17, 0), "not known");
		html = page(m);
		assert_non_null(strstr(html, "<rect class=\"unseen\" x=\"40.00%\""));
	}
}

static void what_hermes_kept_of_an_unobserved_day_is_still_told(void **state)
{
	struct asked x = ask(1, 30);

	(void)state;
	not_observed(of(&x, 0), 12);
	work(of(&x, 0), 12, 3, 0, 3);
	of(&x, 0)->days[12].runs_failed = 1;
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);

		assert_string_equal(cell(m, "sessions", 17, 0), "3");
		assert_string_equal(cell(m, "cron", 17, 0), "0");
		assert_string_equal(cell(m, "cron", 17, 1), "1");
		assert_true(cJSON_IsTrue(json_get(chart_of(m, "sessions"), "hasUnseen")));
	}
}

static void days_before_the_first_look_are_no_gaps_to_complain_of(void **state)
{
	struct asked x = ask(1, 30);

	(void)state;
	for (size_t i = 0; i < 28; i++)
		not_observed(of(&x, 0), i);
	of(&x, 0)->watched_since = x.q.days[28].from_s + 3600;
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);

		assert_string_equal(json_string(m, "headline"), "30 days: no sessions");
		assert_true(str_starts(json_string(m, "explanation"), "Watched since 2026-11-23 01:00:00 UTC."));
	}
	of(&x, 0)->watched_since = 0;
	not_observed(of(&x, 0), 28);
	not_observed(of(&x, 0), 29);
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);

		assert_string_equal(json_string(m, "headline"), "30 days: no session is known, nothing observed yet");
		assert_null(figure(m, "availability"));
	}
}

static void a_cost_without_all_prices_is_the_least_it_was(void **state)
{
	struct asked x = ask(1, 7);

	(void)state;
	work(of(&x, 0), 4, 3, 1500000, 2);
	work(of(&x, 0), 5, 2, 0, 0);
	work(of(&x, 0), 6, 1, 500000, 1);
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);

		assert_string_equal(figure(m, "cost"), "at least $2.00");
		assert_string_equal(json_string(chart_of(m, "cost"), "sub"), "by model; 3 of 6 sessions without a price");
		assert_string_equal(cell(m, "cost", 0, 0), "$0.50");
		assert_string_equal(cell(m, "cost", 1, 0), "no price");
		assert_string_equal(cell(m, "cost", 2, 0), "at least $1.50");
		assert_string_equal(cell(m, "cost", 3, 0), "$0.00");
	}
}

static void cost_is_told_by_model_with_the_cheapest_as_others(void **state)
{
	static const char *const names[] = { "opus", "sonnet", "", "flash", "haiku" };
	struct asked x = ask(2, 7);
	struct history *h = of(&x, 0);

	(void)state;
	h->models = arena_calloc(a, ARRAY_SIZE(names), sizeof(*h->models));
	h->n_models = ARRAY_SIZE(names);
	for (size_t i = 0; i < h->n_models; i++) {
		h->models[i] = (struct history_model){ .name = names[i], .days = arena_calloc(a, 7, sizeof(struct history_work)) };
		h->models[i].days[6] = (struct history_work){ .sessions = 1, .costed = 1, .cost_microusd = 5000000 - (int64_t)i * 1000000 };
		h->models[i].total = h->models[i].days[6];
	}
	work(h, 6, 5, 15000000, 5);
	of(&x, 1)->models = h->models; /* the same models in another instance are the same series */
	of(&x, 1)->n_models = 2;
	work(of(&x, 1), 6, 2, 9000000, 2);
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);
		const cJSON *columns = json_array(json_object(chart_of(m, "cost"), "table"), "columns");

		assert_int_equal(cJSON_GetArraySize(columns), 5);
		assert_string_equal(json_string(cJSON_GetArrayItem(columns, 0), "label"), "opus");
		assert_string_equal(json_string(cJSON_GetArrayItem(columns, 2), "label"), "model not told");
		assert_string_equal(json_string(cJSON_GetArrayItem(columns, 3), "label"), "others");
		assert_string_equal(cell(m, "cost", 0, 0), "$10.00");
		assert_string_equal(cell(m, "cost", 0, 3), "$3.00");
		assert_string_equal(cell(m, "cost", 0, 4), "$24.00");
		assert_string_equal(figure(m, "cost"), "$24.00");
	}
}

static void availability_is_of_what_was_observed(void **state)
{
	struct asked x = ask(1, 7);
	struct history_day *d = of(&x, 0)->days;

	(void)state;
	/* half of a day seen, a tenth of that stopped; another day meant to be off */
	d[2].observed_s = 12 * HOURS;
	d[2].up = 1296;
	d[2].down = 144;
	d[3].up = 0;
	d[3].off = 2880;
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);
		const cJSON *unseen = json_array(chart_of(m, "availability"), "unseen");

		assert_string_equal(cell(m, "availability", 4, 0), "45 % (90 % of observed)");
		assert_string_equal(cell(m, "availability", 4, 1), "5 %");
		assert_string_equal(cell(m, "availability", 4, 3), "50 %");
		assert_string_equal(cell(m, "availability", 3, 2), "100 %");
		assert_string_equal(cell(m, "availability", 3, 0), "0 %");
		assert_int_equal(cJSON_GetArraySize(unseen), 1);
		assert_string_equal(json_string(cJSON_GetArrayItem(unseen, 0), "height"), "50.00%");
		/* 4 whole days and a quarter, and nine tenths of a half: 4.7 of 4.75 */
		assert_string_equal(figure(m, "availability"), "98.9 %");
	}
}

static void what_could_not_be_judged_is_neither_up_nor_down(void **state)
{
	struct asked x = ask(1, 7);
	struct history_day *d = of(&x, 0)->days;

	(void)state;
	d[1].up = 1440;
	d[1].unsure = 1440;
	d[2].up = 0; /* observed before anything was judged */
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);

		assert_string_equal(cell(m, "availability", 5, 0), "50 % (100 % of observed)");
		assert_string_equal(cell(m, "availability", 4, 0), "not observed");
		assert_string_equal(cell(m, "alerts", 4, 0), "not known");
		assert_string_equal(figure(m, "availability"), "100 %");
	}
}

static void sessions_are_told_by_instance_and_together(void **state)
{
	struct asked x = ask(2, 7);

	(void)state;
	work(of(&x, 0), 6, 4, 0, 4);
	work(of(&x, 1), 6, 3, 0, 3);
	not_observed(of(&x, 1), 2);
	{
		CLEANUP_JSON cJSON *all = view(&x, NULL), *one = view(&x, "bheem");

		assert_string_equal(cell(all, "sessions", 0, 0), "4");
		assert_string_equal(cell(all, "sessions", 0, 1), "3");
		assert_string_equal(cell(all, "sessions", 0, 2), "7");
		/* one of two looked: the day is not hatched, but one cell is not known */
		assert_string_equal(cell(all, "sessions", 4, 1), "not observed");
		assert_string_equal(cell(all, "sessions", 4, 2), "0");
		assert_true(cJSON_IsFalse(json_get(chart_of(all, "sessions"), "hasUnseen")));
		assert_int_equal(cJSON_GetArraySize(json_array(all, "instances")), 2);
		assert_string_equal(figure(one, "sessions"), "3");
		assert_string_equal(json_string(chart_of(one, "sessions"), "instanceId"), "bheem");
		assert_string_equal(cell(one, "sessions", 4, 0), "not observed");
		assert_int_equal(cJSON_GetArraySize(json_array(one, "instances")), 0);
	}
}

static void alerts_of_the_machine_count_where_all_is_chosen(void **state)
{
	struct asked x = ask(1, 7);
	struct history *host = quiet(&x);

	(void)state;
	of(&x, 0)->days[6].opened = 2;
	host->days[6].opened = 1;
	x.q.host.history = host;
	{
		CLEANUP_JSON cJSON *all = view(&x, NULL), *one = view(&x, "vijay");

		assert_string_equal(cell(all, "alerts", 0, 0), "3");
		assert_string_equal(cell(one, "alerts", 0, 0), "2");
		assert_non_null(strstr(json_string(chart_of(all, "alerts"), "sub"), "with this machine's"));
	}
	x.q.host = (struct history_source){ .reason = "no ledger.db" };
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);

		assert_string_equal(figure(m, "alerts"), "2");
		assert_non_null(strstr(json_string(chart_of(m, "alerts"), "sub"), "without this machine's"));
	}
}

static void a_ledger_that_cannot_be_read_is_named_and_the_rest_stands(void **state)
{
	struct asked x = ask(2, 7);

	(void)state;
	work(of(&x, 0), 6, 4, 0, 4);
	x.sources[1] = (struct history_source){ .reason = "ledger.db is damaged\n<b>; keep it" };
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL), *none = view(&x, "bheem");
		const cJSON *note = cJSON_GetArrayItem(json_array(m, "notes"), 0);

		assert_string_equal(json_string(note, "instanceId"), "bheem");
		assert_string_equal(json_string(note, "text"),
				    "Bheem is not part of these figures: ledger.db is damaged <b>; keep it.");
		assert_string_equal(figure(m, "sessions"), "4");
		assert_null(strstr(page(m), "<b>;"));
		assert_string_equal(json_string(none, "headline"), "7 days: nothing is known");
		assert_int_equal(cJSON_GetArraySize(json_array(none, "charts")), 0);
		assert_non_null(strstr(page(none), "no ledger could be read"));
	}
}

static void sessions_still_being_taken_in_are_no_zeros(void **state)
{
	struct asked x = ask(1, 7);

	(void)state;
	of(&x, 0)->has_all_work = false;
	work(of(&x, 0), 1, 2, 0, 2);
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);

		assert_string_equal(cell(m, "sessions", 5, 0), "2");
		assert_string_not_equal(cell(m, "sessions", 0, 0), "0");
		assert_non_null(strstr(json_string(cJSON_GetArrayItem(json_array(m, "notes"), 0), "text"), "still being taken in"));
	}
	/* without a state.db there is nothing to take in */
	x.s->instances[0].report.sessions.probe.state = PROBE_INACTIVE;
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);

		assert_int_equal(cJSON_GetArraySize(json_array(m, "notes")), 0);
	}
}

static void fifty_instances_fit_and_are_capped(void **state)
{
	struct asked x = ask(50, 90);

	(void)state;
	for (size_t i = 0; i < 50; i++)
		for (size_t d = 0; d < 90; d++)
			work(of(&x, i), d, (int64_t)(i * 7 + d * 13) % 40, 123456, 1);
	{
		CLEANUP_JSON cJSON *m = view(&x, NULL);
		CLEANUP_FREE char *text = json_print(m);

		assert_int_equal(cJSON_GetArraySize(json_array(m, "instances")), 12);
		assert_true(str_starts(json_string(m, "instancesMore"), "And 38 more"));
		assert_int_equal(cJSON_GetArraySize(json_array(chart_of(m, "sessions"), "series")), 4);
		assert_string_equal(json_string(cJSON_GetArrayItem(json_array(chart_of(m, "sessions"), "series"), 3), "label"),
				    "47 others");
		assert_int_equal(cJSON_GetArraySize(json_array(chart_of(m, "backup"), "series")), 1);
		assert_true(strlen(page(m)) < 400 * 1024);
		assert_true(strlen(text) < 400 * 1024);
	}
}

static void addresses_keep_days_zone_and_instance(void **state)
{
	struct asked x = ask(2, 30);

	(void)state;
	x.q.zone = "Etc/GMT+5";
	x.q.offset_s = -5 * HOURS;
	{
		CLEANUP_JSON cJSON *m = view(&x, "vijay");
		const cJSON *spans = json_array(m, "spans"), *zones = json_array(m, "zones");

		assert_string_equal(json_string(cJSON_GetArrayItem(spans, 0), "href"),
				    "/hermes/history?instance=vijay&days=7&tz=Etc/GMT%2B5");
		assert_true(cJSON_IsTrue(json_get(cJSON_GetArrayItem(spans, 1), "isCurrent")));
		assert_int_equal(cJSON_GetArraySize(zones), 2);
		assert_string_equal(json_string(cJSON_GetArrayItem(zones, 1), "label"), "UTC");
		assert_string_equal(json_string(m, "timeZoneText"), "Etc/GMT+5 (UTC-05:00)");
	}
}

static void the_last_day_is_not_over(void **state)
{
	struct asked x = ask(1, 7);
	CLEANUP_JSON cJSON *m = view(&x, NULL);
	const cJSON *rows = json_array(json_object(chart_of(m, "sessions"), "table"), "rows");

	(void)state;
	assert_string_equal(json_string(cJSON_GetArrayItem(rows, 0), "name"), "Tue 24 Nov, so far");
	assert_string_equal(json_string(cJSON_GetArrayItem(rows, 0), "date"), "2026-11-24");
	assert_string_equal(json_string(cJSON_GetArrayItem(rows, 6), "name"), "Wed 18 Nov");
}

static void only_the_offered_spans_are_spans(void **state)
{
	static const char *const wrong[] = { "", "8", "07", "7 ", "+7", "-7", "30d", "900", "7\n" };
	size_t days = 0;

	(void)state;
	assert_true(history_is_span("90", &days) && days == 90);
	assert_false(history_is_span(NULL, &days));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(history_is_span(wrong[i], &days));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_quiet_week_is_zero_and_not_unknown),
		T(a_day_without_an_exporter_is_hatched_and_never_zero),
		T(what_hermes_kept_of_an_unobserved_day_is_still_told),
		T(days_before_the_first_look_are_no_gaps_to_complain_of),
		T(a_cost_without_all_prices_is_the_least_it_was),
		T(cost_is_told_by_model_with_the_cheapest_as_others),
		T(availability_is_of_what_was_observed),
		T(what_could_not_be_judged_is_neither_up_nor_down),
		T(sessions_are_told_by_instance_and_together),
		T(alerts_of_the_machine_count_where_all_is_chosen),
		T(a_ledger_that_cannot_be_read_is_named_and_the_rest_stands),
		T(sessions_still_being_taken_in_are_no_zeros),
		T(fifty_instances_fit_and_are_capped),
		T(addresses_keep_days_zone_and_instance),
		T(the_last_day_is_not_over),
		T(only_the_offered_spans_are_spans),
	};

	json_init();
	return RUN_TESTS("history_view", tests);
}
