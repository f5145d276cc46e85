#include "test.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "hermes/cronexpr.h"

/* A Sunday. */
#define FROM "2026-03-29T18:00:00Z"

static int64_t epoch(const char *iso)
{
	int64_t t;

	assert_true(clock_parse_iso(iso, 0, &t));
	return t;
}

static void next_time_is_the_first_match_after_now(void **state)
{
	static const struct {
		const char *expr, *after, *want;
	} rows[] = {
		{ "* * * * *", FROM, "2026-03-29T18:01:00Z" },
		{ "* * * * *", "2026-03-29T18:00:59Z", "2026-03-29T18:01:00Z" },
		{ "0 18 * * *", FROM, "2026-03-30T18:00:00Z" },
		{ "*/15 * * * *", "2026-03-29T18:44:59Z", "2026-03-29T18:45:00Z" },
		{ "*/15 * * * *", "2026-03-29T23:45:00Z", "2026-03-30T00:00:00Z" },
		{ "30 2 * * *", FROM, "2026-03-30T02:30:00Z" },
		{ "0 9 * * 1", FROM, "2026-03-30T09:00:00Z" },
		{ "0 9 * * 1-5", "2026-03-27T09:00:00Z", "2026-03-30T09:00:00Z" },
		{ "0 9 * * 7", FROM, "2026-04-05T09:00:00Z" },
		{ "0 9 * * 0", FROM, "2026-04-05T09:00:00Z" },
		{ "0 9 * * sun", FROM, "2026-04-05T09:00:00Z" },
		{ "0 9 * * MON,wed", FROM, "2026-03-30T09:00:00Z" },
		{ "0 9 * * 5-7", FROM, "2026-04-03T09:00:00Z" },
		{ "0 9 * * sat-mon", FROM, "2026-03-30T09:00:00Z" },
		{ "0 0 1 * *", FROM, "2026-04-01T00:00:00Z" },
		{ "0 0 31 * *", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z" },
		{ "0 0 29 2 *", FROM, "2028-02-29T00:00:00Z" },
		{ "0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z" },
		{ "0 0 1 jan *", FROM, "2027-01-01T00:00:00Z" },
		{ "59 23 31 12 *", FROM, "2026-12-31T23:59:00Z" },
		{ "0 22-2 * * *", "2026-03-29T22:30:00Z", "2026-03-29T23:00:00Z" },
		{ "0 22-2 * * *", "2026-03-30T02:00:00Z", "2026-03-30T22:00:00Z" },
		{ "5/20 * * * *", "2026-03-29T18:05:00Z", "2026-03-29T18:25:00Z" },
		{ "10-30/10 8,20 * * *", FROM, "2026-03-29T20:10:00Z" },
		{ "0 12 ? * 3", FROM, "2026-04-01T12:00:00Z" },
		/* Both day fields: either is enough. */
		{ "0 0 13 * 5", FROM, "2026-04-03T00:00:00Z" },
		{ "0 0 13 * 5", "2026-04-10T00:00:00Z", "2026-04-13T00:00:00Z" },
		{ "  0\t9  * *   1  ", FROM, "2026-03-30T09:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[CLOCK_TEXT_MAX];
		struct cronexpr c;
		int64_t t = 0;

		if (!cronexpr_parse(rows[i].expr, &c))
			fail_msg("\"%s\" does not parse", rows[i].expr);
		assert_true(cronexpr_next(&c, epoch(rows[i].after), 0, &t));
		clock_rfc3339(t, got);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("\"%s\" after %s: %s, not %s", rows[i].expr, rows[i].after, got,
				 rows[i].want);
	}
}

static void other_expressions_are_refused(void **state)
{
	static const char *const rows[] = {
		"",
		" ",
		"* * * *",
		"* * * * * *",
		"60 * * * *",
		"* 24 * * *",
		"* * 0 * *",
		"* * 32 * *",
		"* * * 0 *",
		"* * * 13 *",
		"* * * * 8",
		"*/0 * * * *",
		"*/ * * * *",
		"-1 * * * *",
		"1- * * * *",
		"1-2-3 * * * *",
		"1,,2 * * * *",
		",1 * * * *",
		"1, * * * *",
		"@daily",
		"L * * * *",
		"* * L * *",
		"* * * * 5#2",
		"* * * * monday",
		"a * * * *",
		"1.5 * * * *",
		"** * * * *",
		"* * * * *x",
		"99999999999 * * * *",
		"*/99999 * * * *",
		"0 0 * * 1 ; rm",
	};
	struct cronexpr c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (cronexpr_parse(rows[i], &c))
			fail_msg("\"%s\" parses", rows[i]);
	assert_false(cronexpr_parse(NULL, &c));
}

static void an_endless_expression_is_refused(void **state)
{
	char text[5000];
	struct cronexpr c;

	(void)state;
	memset(text, '1', sizeof(text));
	for (size_t i = 1; i < sizeof(text) - 1; i += 2)
		text[i] = ',';
	text[sizeof(text) - 1] = '\0';
	assert_false(cronexpr_parse(text, &c));
}

static void a_day_that_never_comes_has_no_next_time(void **state)
{
	struct cronexpr c;
	int64_t t = 5;

	(void)state;
	assert_true(cronexpr_parse("0 0 30 2 *", &c));
	assert_false(cronexpr_next(&c, epoch(FROM), 0, &t));
	assert_int_equal(t, 5);
	assert_int_equal(cronexpr_period_s(&c, epoch(FROM), 0), 0);
}

static void times_out_of_range_have_no_next_time(void **state)
{
	struct cronexpr c;
	int64_t t;

	(void)state;
	assert_true(cronexpr_parse("* * * * *", &c));
	assert_false(cronexpr_next(&c, INT64_MAX, 3600, &t));
	assert_false(cronexpr_next(&c, INT64_MIN, 0, &t));
	assert_false(cronexpr_next(&c, -1, 0, &t));
}

static void the_zone_moves_the_day(void **state)
{
	struct cronexpr c;
	int64_t t;

	(void)state;
	/* 02:30 in India is 21:00 UTC of the day before. */
	assert_true(cronexpr_parse("30 2 * * *", &c));
	assert_true(cronexpr_next(&c, epoch(FROM), 19800, &t));
	assert_int_equal(t, epoch("2026-03-29T21:00:00Z"));
	assert_true(cronexpr_parse("0 0 1 4 *", &c));
	assert_true(cronexpr_next(&c, epoch(FROM), -28800, &t));
	assert_int_equal(t, epoch("2026-04-01T08:00:00Z"));
}

static void last_time_is_the_newest_match_up_to_now(void **state)
{
	static const struct {
		const char *expr, *at, *want;
	} rows[] = {
		{ "* * * * *", FROM, FROM },
		{ "* * * * *", "2026-03-29T18:00:59Z", FROM },
		{ "0 18 * * *", FROM, FROM },
		{ "0 18 * * *", "2026-03-29T17:59:59Z", "2026-03-28T18:00:00Z" },
		{ "30 7 * * *", FROM, "2026-03-29T07:30:00Z" },
		{ "*/15 9-17 * * *", FROM, "2026-03-29T17:45:00Z" },
		{ "50 * * * *", FROM, "2026-03-29T17:50:00Z" },
		{ "50 0 * * *", "2026-03-29T00:10:00Z", "2026-03-28T00:50:00Z" },
		{ "0 9 * * 1-5", FROM, "2026-03-27T09:00:00Z" },
		{ "0 9 * * 7", FROM, "2026-03-29T09:00:00Z" },
		{ "0 9 * * sat", FROM, "2026-03-28T09:00:00Z" },
		{ "0 3 1 * *", "2026-03-01T02:59:00Z", "2026-02-01T03:00:00Z" },
		{ "0 3 31 * *", FROM, "2026-01-31T03:00:00Z" },
		{ "0 0 29 2 *", FROM, "2024-02-29T00:00:00Z" },
		{ "0 0 29 2 *", "2024-02-28T23:59:59Z", "2020-02-29T00:00:00Z" },
		{ "0 0 1 jan *", FROM, "2026-01-01T00:00:00Z" },
		{ "59 23 31 12 *", FROM, "2025-12-31T23:59:00Z" },
		{ "0 0 13 * 5", FROM, "2026-03-27T00:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[CLOCK_TEXT_MAX];
		struct cronexpr c;
		int64_t t = 0;

		assert_true(cronexpr_parse(rows[i].expr, &c));
		assert_true(cronexpr_last(&c, epoch(rows[i].at), 0, &t));
		clock_rfc3339(t, got);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("\"%s\" up to %s: %s, not %s", rows[i].expr, rows[i].at, got, rows[i].want);
	}
}

/* Whatever next finds, last finds again from there, and nothing in between. */
static void last_undoes_next(void **state)
{
	static const char *const rows[] = { "*/7 3,9 * * *",  "0 22-2 * * *",	"5 4 29-31 * *", "0 0 13 * 5",
					    "30 6 * 2,12 1-5", "0 0 29 2 *", "59 23 * * 0" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t t = epoch("2023-12-28T11:11:11Z"), before = 0, back;
		struct cronexpr c;

		assert_true(cronexpr_parse(rows[i], &c));
		for (int k = 0; k < 300; k++) {
			assert_true(cronexpr_next(&c, t, 20700, &t));
			assert_true(cronexpr_last(&c, t + 59, 20700, &back));
			assert_int_equal(back, t);
			if (before) {
				assert_true(cronexpr_last(&c, t - 1, 20700, &back));
				assert_int_equal(back, before);
			}
			before = t;
			if (t > epoch("2090-01-01T00:00:00Z"))
				break;
		}
	}
}

static void what_never_came_has_no_last_time(void **state)
{
	struct cronexpr c;
	int64_t t = 5;

	(void)state;
	assert_true(cronexpr_parse("0 0 30 2 *", &c));
	assert_false(cronexpr_last(&c, epoch(FROM), 0, &t));
	assert_true(cronexpr_parse("* * * * *", &c));
	assert_false(cronexpr_last(&c, INT64_MAX, 3600, &t));
	assert_false(cronexpr_last(&c, INT64_MIN, 0, &t));
	assert_false(cronexpr_last(&c, -1, 0, &t));
	assert_int_equal(t, 5);
}

static void period_is_the_gap_of_the_next_two(void **state)
{
	static const struct {
		const char *expr;
		int64_t want;
	} rows[] = {
		{ "* * * * *", 60 },      { "*/15 * * * *", 900 }, { "0 * * * *", 3600 },
		{ "0 7 * * *", 86400 },   { "0 9 * * 1", 604800 }, { "0 0 1 * *", 30 * 86400 },
		{ "0 9 * * 1-5", 86400 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cronexpr c;

		assert_true(cronexpr_parse(rows[i].expr, &c));
		assert_int_equal(cronexpr_period_s(&c, epoch(FROM), 0), rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_time_is_the_first_match_after_now),
		cmocka_unit_test(other_expressions_are_refused),
		cmocka_unit_test(an_endless_expression_is_refused),
		cmocka_unit_test(a_day_that_never_comes_has_no_next_time),
		cmocka_unit_test(times_out_of_range_have_no_next_time),
		cmocka_unit_test(the_zone_moves_the_day),
		cmocka_unit_test(last_time_is_the_newest_match_up_to_now),
		cmocka_unit_test(last_undoes_next),
		cmocka_unit_test(what_never_came_has_no_last_time),
		cmocka_unit_test(period_is_the_gap_of_the_next_two),
	};

	return RUN_TESTS("cronexpr", tests);
}
