/* Drawings: what is not known is a gap, what is nothing is nothing, and both look different. */
#include "test.h"

#include <math.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/chart.h"

#define THIN "\xE2\x80\xAF"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(16 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct chart_place *places(size_t n)
{
	struct chart_place *p = arena_calloc(a, n ? n : 1, sizeof(*p));

	for (size_t i = 0; i < n; i++) {
		p[i].date = arena_printf(a, "2026-11-%02zu", i + 1);
		p[i].name = arena_printf(a, "%zu Nov", i + 1);
		p[i].mark = i % 2 == 0 ? p[i].name : NULL;
	}
	return p;
}

/* A chart of one series. */
static cJSON *draw(cJSON *(*how)(const struct chart *, struct arena *), const double *values, size_t n)
{
	const struct chart_series series = { .id = "x", .label = "X", .values = values };
	const struct chart c = { .sentence = "figures", .places = places(n), .n = n, .series = &series, .n_series = 1 };

	/* cppcheck-suppress returnDanglingLifetime ; the tree that is drawn holds copies */
	return how(&c, a);
}

static const cJSON *series_of(const cJSON *chart, int at)
{
	return cJSON_GetArrayItem(json_array(chart, "series"), at);
}

static const char *path_of(const cJSON *chart, int at)
{
	return json_string(series_of(chart, at), "d");
}

static size_t count_of(const char *s, char c)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == c;
	return n;
}

/* Every number of a path, for limits that all must keep. */
static void check_finite(const char *d)
{
	assert_null(strstr(d, "nan"));
	assert_null(strstr(d, "inf"));
	assert_null(strstr(d, "e+"));
}

static void a_bar_stands_in_the_middle_of_its_place_on_the_baseline(void **state)
{
	const double values[] = { 2, 4 };
	CLEANUP_JSON cJSON *c = draw(chart_bars, values, 2);

	(void)state;
	/* places are 500 wide, bars 420; the axis ends at 4 */
	assert_string_equal(path_of(c, 0), "M40 100v-50h420v50zM540 100v-100h420v100z");
	assert_string_equal(json_string(c, "viewBox"), "0 0 1000 100");
}

static void a_gap_is_no_bar_and_breaks_the_line(void **state)
{
	const double values[] = { 1, 1, CHART_NONE, 1, 1, NAN, 1 };
	CLEANUP_JSON cJSON *bars = draw(chart_bars, values, ARRAY_SIZE(values));
	CLEANUP_JSON cJSON *line = draw(chart_line, values, ARRAY_SIZE(values));

	(void)state;
	assert_int_equal(count_of(path_of(bars, 0), 'M'), 5);
	assert_int_equal(count_of(path_of(line, 0), 'M'), 3);
	assert_int_equal(count_of(path_of(line, 0), 'L'), 2);
	/* the area under it is closed before each gap */
	assert_int_equal(count_of(json_string(series_of(line, 0), "area"), 'z'), 3);
}

static void a_single_point_between_gaps_is_still_seen(void **state)
{
	const double values[] = { CHART_NONE, 3, CHART_NONE };
	CLEANUP_JSON cJSON *line = draw(chart_line, values, 3);

	(void)state;
	assert_string_equal(path_of(line, 0), "M500 0h0");
}

static void all_zero_is_a_line_on_the_ground_and_not_a_gap(void **state)
{
	const double values[] = { 0, 0, 0 };
	CLEANUP_JSON cJSON *line = draw(chart_line, values, 3), *bars = draw(chart_bars, values, 3);

	(void)state;
	assert_string_equal(path_of(line, 0), "M166.7 100L500 100L833.3 100");
	assert_string_equal(path_of(bars, 0), "");
	assert_string_equal(json_string(cJSON_GetArrayItem(json_array(bars, "ticks"), 0), "text"), "1");
	assert_string_equal(
		json_string(cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(json_array(json_object(bars, "table"), "rows"), 0),
							  "cells"), 0), "text"), "0");
}

static void nothing_known_draws_nothing_and_has_no_last(void **state)
{
	const double values[] = { CHART_NONE, CHART_NONE };
	CLEANUP_JSON cJSON *line = draw(chart_line, values, 2);
	CLEANUP_JSON cJSON *none = draw(chart_line, values, 0);

	(void)state;
	assert_string_equal(path_of(line, 0), "");
	assert_null(json_get(line, "last"));
	assert_string_equal(path_of(none, 0), "");
}

static void little_beside_much_is_never_drawn_as_nothing(void **state)
{
	const double values[] = { 1, 100000 };
	CLEANUP_JSON cJSON *c = draw(chart_bars, values, 2);

	(void)state;
	assert_true(str_starts(path_of(c, 0), "M40 100v-1h"));
}

static void huge_and_impossible_figures_stay_within_the_box(void **state)
{
	const double values[] = { 1e18, 5e17, INFINITY, -INFINITY, 1e300, -7, -0.0 };
	CLEANUP_JSON cJSON *bars = draw(chart_bars, values, ARRAY_SIZE(values));
	CLEANUP_JSON cJSON *line = draw(chart_line, values, ARRAY_SIZE(values));
	CLEANUP_JSON cJSON *spark = chart_spark(values, ARRAY_SIZE(values), NULL, a);

	(void)state;
	check_finite(path_of(bars, 0));
	check_finite(path_of(line, 0));
	check_finite(json_string(spark, "line"));
	assert_int_equal(count_of(path_of(bars, 0), 'M'), 2);
	assert_true(str_ends(path_of(line, 0), "M928.6 100h0"));
}

static void stacked_series_stand_on_each_other(void **state)
{
	const double first[] = { 1, 3 }, second[] = { 3, CHART_NONE };
	const struct chart_series series[] = { { .id = "x", .label = "X", .values = first },
					       { .id = "y", .label = "Y", .values = second, .total = "3" } };
	const struct chart c = { .sentence = "figures", .places = places(2), .n = 2, .series = series, .n_series = 2 };
	CLEANUP_JSON cJSON *m = chart_bars(&c, a);

	(void)state;
	assert_string_equal(path_of(m, 0), "M40 100v-25h420v25zM540 100v-75h420v75z");
	assert_string_equal(path_of(m, 1), "M40 75v-75h420v75z");
	assert_true(cJSON_IsTrue(json_get(m, "hasLegend")));
	assert_string_not_equal(json_string(series_of(m, 0), "look"), json_string(series_of(m, 1), "look"));
	assert_string_equal(json_string(series_of(m, 1), "totalText"), "3");
}

static void grouped_series_stand_side_by_side_to_one_scale(void **state)
{
	const double first[] = { 1, 4 }, second[] = { 4, 0 };
	const struct chart_series series[] = { { .id = "x", .label = "X", .values = first },
					       { .id = "y", .label = "Y", .values = second } };
	const struct chart c = { .sentence = "figures", .places = places(2), .n = 2, .series = series, .n_series = 2,
				 .is_grouped = true };
	CLEANUP_JSON cJSON *m = chart_bars(&c, a);

	(void)state;
	assert_string_equal(path_of(m, 0), "M40 100v-25h210v25zM540 100v-100h210v100z");
	assert_string_equal(path_of(m, 1), "M250 100v-100h210v100z");
}

static void a_row_may_end_with_its_sum(void **state)
{
	const double first[] = { 1, CHART_NONE }, second[] = { 4, CHART_NONE };
	const struct chart_series series[] = { { .id = "x", .label = "X", .values = first },
					       { .id = "y", .label = "Y", .values = second } };
	const struct chart c = { .sentence = "figures", .places = places(2), .n = 2, .series = series, .n_series = 2,
				 .sum_label = "All" };
	CLEANUP_JSON cJSON *m = chart_bars(&c, a);
	const cJSON *rows = json_array(json_object(m, "table"), "rows");
	double v;

	(void)state;
	assert_int_equal(cJSON_GetArraySize(json_array(json_object(m, "table"), "columns")), 3);
	assert_true(json_double(cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(rows, 1), "cells"), 2), "value", &v) && v == 5);
	assert_null(json_get(cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(rows, 0), "cells"), 2), "value"));
}

static void what_was_not_seen_is_hatched_and_neighbours_are_one(void **state)
{
	const double values[] = { CHART_NONE, CHART_NONE, 1, 1 }, unseen[] = { 1, 1, 0, 0.25 };
	const struct chart_series series = { .id = "x", .label = "X", .values = values };
	const struct chart c = { .sentence = "figures", .places = places(4), .n = 4, .series = &series, .n_series = 1,
				 .unseen = unseen, .unseen_text = "not observed" };
	CLEANUP_JSON cJSON *m = chart_bars(&c, a);
	const cJSON *list = json_array(m, "unseen"), *rows = json_array(json_object(m, "table"), "rows");

	(void)state;
	assert_int_equal(cJSON_GetArraySize(list), 2);
	assert_string_equal(json_string(cJSON_GetArrayItem(list, 0), "x"), "0.00%");
	assert_string_equal(json_string(cJSON_GetArrayItem(list, 0), "width"), "50.00%");
	assert_string_equal(json_string(cJSON_GetArrayItem(list, 0), "height"), "100.00%");
	assert_string_equal(json_string(cJSON_GetArrayItem(list, 1), "height"), "25.00%");
	assert_true(cJSON_IsTrue(json_get(m, "hasLegend")));
	/* newest first: the last row is the first place */
	assert_string_equal(json_string(cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(rows, 3), "cells"), 0), "text"),
			    "not observed");
	assert_null(json_get(cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(rows, 3), "cells"), 0), "value"));
}

static void the_table_has_the_figures_of_the_drawing(void **state)
{
	const double values[] = { 1204, 0, CHART_NONE };
	CLEANUP_JSON cJSON *m = draw(chart_line, values, 3);
	const cJSON *rows = json_array(json_object(m, "table"), "rows"), *cell;
	double v;

	(void)state;
	assert_int_equal(cJSON_GetArraySize(rows), 3);
	assert_string_equal(json_string(cJSON_GetArrayItem(rows, 2), "date"), "2026-11-01");
	cell = cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(rows, 2), "cells"), 0);
	assert_true(json_double(cell, "value", &v) && v == 1204);
	assert_string_equal(json_string(cell, "text"), "1" THIN "204");
	/* the last known one, not the last */
	assert_string_equal(json_string(json_object(m, "last"), "date"), "2026-11-02");
}

static void axes_end_at_round_numbers(void **state)
{
	static const struct {
		enum chart_unit unit;
		double max, top;
		size_t steps;
	} cases[] = {
		{ CHART_COUNT, 0, 1, 1 },           { CHART_COUNT, 1, 1, 1 },
		{ CHART_COUNT, 3, 3, 3 },           { CHART_COUNT, 5, 6, 3 },
		{ CHART_COUNT, 17, 20, 4 },         { CHART_COUNT, 40, 40, 4 },
		{ CHART_COUNT, 41, 60, 3 },         { CHART_COUNT, 1234567, 1500000, 3 },
		{ CHART_USD, 0.03, 0.03, 3 },       { CHART_USD, 3.2, 4, 4 },
		{ CHART_PERCENT, 3, 100, 2 },       { CHART_SECONDS, 0, 60, 1 },
		{ CHART_SECONDS, 31 * 3600, 36 * 3600, 3 }, { CHART_SECONDS, 30 * 86400, 30 * 86400, 3 },
		{ CHART_COUNT, CHART_NONE, 1, 1 },  { CHART_COUNT, INFINITY, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct chart_scale s = chart_scale_of(cases[i].unit, cases[i].max);

		if (fabs(s.top - cases[i].top) > 1e-9 * s.top || s.n_steps != cases[i].steps)
			fail_msg("case %zu: the top is %g in %zu steps", i, s.top, s.n_steps);
	}
}

static void figures_are_said_in_their_unit(void **state)
{
	static const struct {
		enum chart_unit unit;
		double v;
		const char *text, *tick;
	} cases[] = {
		{ CHART_COUNT, 20000, "20" THIN "000", "20 k" }, { CHART_COUNT, 1500000, "1" THIN "500" THIN "000", "1.5 M" },
		{ CHART_USD, 0.5, "$0.50", "$0.50" },            { CHART_USD, 12, "$12.00", "$12" },
		{ CHART_USD, 0.001, "under $0.01", "$0.00" },    { CHART_PERCENT, 97.14, "97.1 %", "97 %" },
		{ CHART_PERCENT, 99.96, "over 99.9 %", "100 %" }, { CHART_PERCENT, 100, "100 %", "100 %" },
		{ CHART_SECONDS, 111600, "31 h", "1 d 7 h" },    { CHART_SECONDS, 0, "0 s", "0" },
		{ CHART_COUNT, CHART_NONE, "not known", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(chart_text(cases[i].unit, cases[i].v, a), cases[i].text);
		if (cases[i].tick)
			assert_string_equal(chart_tick(cases[i].unit, cases[i].v, a), cases[i].tick);
	}
}

static void a_limit_is_a_line_across_and_fits_under_the_top(void **state)
{
	const double values[] = { 3600 };
	const struct chart_series series = { .id = "x", .label = "X", .values = values };
	const struct chart c = { .sentence = "age", .unit = CHART_SECONDS, .places = places(1), .n = 1, .series = &series,
				 .n_series = 1, .limit = 24 * 3600 };
	CLEANUP_JSON cJSON *m = chart_line(&c, a);

	(void)state;
	assert_string_equal(json_string(m, "limit"), "M0 0h1000");
	assert_string_equal(path_of(m, 0), "M500 95.8h0");
}

static void a_spark_begins_at_zero_and_breaks_at_gaps(void **state)
{
	const double values[] = { 100, 101, CHART_NONE, 100 };
	CLEANUP_JSON cJSON *m = chart_spark(values, 4, "sessions a day", a);
	double last;

	(void)state;
	/* a ripple of one in a hundred stays near the top */
	assert_string_equal(json_string(m, "line"), "M125 4.8L375 3.8M875 4.8h0");
	assert_true(json_double(m, "last", &last) && last == 100);
	assert_string_equal(json_string(m, "sentence"), "sessions a day");
	assert_true(cJSON_IsFalse(json_get(m, "isEmpty")));
}

static void an_empty_spark_says_so(void **state)
{
	const double values[] = { CHART_NONE };
	CLEANUP_JSON cJSON *m = chart_spark(values, 1, NULL, a);
	CLEANUP_JSON cJSON *none = chart_spark(values, 0, NULL, a);

	(void)state;
	assert_true(cJSON_IsTrue(json_get(m, "isEmpty")));
	assert_true(cJSON_IsTrue(json_get(none, "isEmpty")));
	assert_null(json_get(m, "last"));
}

static void a_hostile_label_becomes_one_harmless_line(void **state)
{
	const double values[] = { 1 };
	const struct chart_series series = { .id = "x", .label = "a\n\xE2\x80\xAEgpj.exe", .values = values };
	const struct chart c = { .sentence = "figures", .places = places(1), .n = 1, .series = &series, .n_series = 1 };
	CLEANUP_JSON cJSON *m = chart_bars(&c, a);

	(void)state;
	assert_string_equal(json_string(series_of(m, 0), "label"), "a gpj.exe");
}

static void a_mark_for_each_place_stands_in_its_middle(void **state)
{
	const double values[] = { 1 };
	CLEANUP_JSON cJSON *m = draw(chart_bars, values, 1);

	(void)state;
	assert_string_equal(json_string(cJSON_GetArrayItem(json_array(m, "marks"), 0), "x"), "50.00%");
	assert_true(cJSON_IsTrue(json_get(cJSON_GetArrayItem(json_array(m, "marks"), 0), "isCentred")));
}

static void marks_stand_where_their_places_begin(void **state)
{
	const double values[] = { 1, 1, 1, 1 };
	CLEANUP_JSON cJSON *m = draw(chart_bars, values, 4);
	const cJSON *marks = json_array(m, "marks");

	(void)state;
	assert_int_equal(cJSON_GetArraySize(marks), 2);
	assert_string_equal(json_string(cJSON_GetArrayItem(marks, 1), "x"), "50.00%");
	assert_true(cJSON_IsFalse(json_get(cJSON_GetArrayItem(marks, 0), "isMinor")));
	assert_true(cJSON_IsTrue(json_get(cJSON_GetArrayItem(marks, 1), "isMinor")));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_bar_stands_in_the_middle_of_its_place_on_the_baseline),
		T(a_gap_is_no_bar_and_breaks_the_line),
		T(a_single_point_between_gaps_is_still_seen),
		T(all_zero_is_a_line_on_the_ground_and_not_a_gap),
		T(nothing_known_draws_nothing_and_has_no_last),
		T(little_beside_much_is_never_drawn_as_nothing),
		T(huge_and_impossible_figures_stay_within_the_box),
		T(stacked_series_stand_on_each_other),
		T(grouped_series_stand_side_by_side_to_one_scale),
		T(a_row_may_end_with_its_sum),
		T(what_was_not_seen_is_hatched_and_neighbours_are_one),
		T(the_table_has_the_figures_of_the_drawing),
		T(axes_end_at_round_numbers),
		T(figures_are_said_in_their_unit),
		T(a_limit_is_a_line_across_and_fits_under_the_top),
		T(a_spark_begins_at_zero_and_breaks_at_gaps),
		T(an_empty_spark_says_so),
		T(a_hostile_label_becomes_one_harmless_line),
		T(a_mark_for_each_place_stands_in_its_middle),
		T(marks_stand_where_their_places_begin),
	};

	return RUN_TESTS("chart", tests);
}
