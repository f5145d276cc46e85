#include "test.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "view/human.h"

#define T   INT64_C(1795500000)
#define THIN "\xE2\x80\xAF"

static struct arena *a;

struct number_case {
	int64_t in;
	const char *out;
};

static void check_all(char *(*f)(struct arena *, int64_t), const struct number_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = f(a, cases[i].in);

		if (strcmp(got, cases[i].out) != 0)
			fail_msg("%lld: got \"%s\", wanted \"%s\"", (long long)cases[i].in, got, cases[i].out);
	}
}

static void duration_names_its_two_largest_units(void **state)
{
	static const struct number_case cases[] = {
		{ 0, "0 s" },       { 41, "41 s" },     { 60, "1 m" },       { 130, "2 m 10 s" },
		{ 3600, "1 h" },    { 33120, "9 h 12 m" }, { 86400, "1 d" }, { 3 * 86400 + 4 * 3600 + 59, "3 d 4 h" },
		{ 86400 + 59, "1 d" }, { -1, "not known" }, { INT64_MIN, "not known" },
		{ INT64_MAX, "106751991167300 d 15 h" },
	};

	(void)state;
	check_all(human_duration, cases, ARRAY_SIZE(cases));
}

static void span_has_one_unit_and_hours_up_to_two_days(void **state)
{
	static const struct number_case cases[] = {
		{ 0, "0 s" }, { 59, "59 s" }, { 60, "1 min" }, { 3599, "59 min" }, { 3600, "1 h" },
		{ 31 * 3600, "31 h" }, { 172799, "47 h" }, { 172800, "2 d" }, { 18 * 86400, "18 d" }, { -5, "not known" },
	};

	(void)state;
	check_all(human_span, cases, ARRAY_SIZE(cases));
}

static void ago_never_calls_the_future_past(void **state)
{
	static const struct number_case cases[] = {
		{ T - 12, "12 s ago" }, { T, "just now" },        { T + 5, "just now" },
		{ T + 6, "in the future" }, { 0, "never" },       { T - 8 * 60, "8 min ago" },
		{ INT64_MAX, "in the future" }, { -1, "20781 d ago" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(human_ago(a, cases[i].in, T), cases[i].out);
	/* Times at both ends do not overflow. */
	assert_non_null(human_ago(a, INT64_MIN, INT64_MAX));
	assert_non_null(human_until(a, INT64_MIN, INT64_MAX));
	assert_non_null(human_until(a, INT64_MAX, INT64_MIN));
}

static void until_says_due_when_the_time_has_come(void **state)
{
	(void)state;
	assert_string_equal(human_until(a, T + 4 * 3600, T), "in 4 h");
	assert_string_equal(human_until(a, T, T), "due");
	assert_string_equal(human_until(a, T - 1, T), "due");
	assert_string_equal(human_until(a, 0, T), "not planned");
}

static void took_keeps_a_tenth_of_short_times(void **state)
{
	static const struct number_case cases[] = {
		{ 0, "0.0 ms" }, { 400, "0.4 ms" }, { 31000, "31 ms" }, { 2000000, "2 s" },
		{ 2500000, "2.5 s" }, { 61000000, "1 m 1 s" }, { -1, "not known" },
	};

	(void)state;
	check_all(human_took, cases, ARRAY_SIZE(cases));
}

static void bytes_are_binary_and_short(void **state)
{
	static const struct number_case cases[] = {
		{ 0, "0 B" }, { 512, "512 B" }, { 1024, "1.0 KiB" }, { 1288490189, "1.2 GiB" },
		{ INT64_C(212) << 20, "212 MiB" }, { (INT64_C(1) << 20) - 1, "1.0 MiB" },
		{ INT64_MAX, "8.0 EiB" }, { -1, "not known" },
	};

	(void)state;
	check_all(human_bytes, cases, ARRAY_SIZE(cases));
}

static void money_is_not_rounded_to_nothing(void **state)
{
	static const struct number_case cases[] = {
		{ 0, "$0.00" }, { 1840000, "$1.84" }, { 4999, "under $0.01" }, { 5000, "$0.01" },
		{ 1234567890, "$1,234.57" }, { 999995000, "$1,000.00" }, { -1, "not known" },
		{ INT64_MAX, "$9,223,372,036,854.78" },
	};

	(void)state;
	check_all(human_usd, cases, ARRAY_SIZE(cases));
}

static void counts_are_grouped_and_unknown_is_not_zero(void **state)
{
	static const struct number_case cases[] = {
		{ 0, "0" }, { 999, "999" }, { 6321, "6" THIN "321" }, { 1234567, "1" THIN "234" THIN "567" },
		{ -1, "not known" },
	};

	(void)state;
	check_all(human_count, cases, ARRAY_SIZE(cases));
}

static void numbers_are_words_up_to_ten(void **state)
{
	(void)state;
	assert_string_equal(human_number(a, 0), "no");
	assert_string_equal(human_number(a, 1), "one");
	assert_string_equal(human_number(a, 10), "ten");
	assert_string_equal(human_number(a, 11), "11");
	assert_string_equal(human_number_cap(a, 2), "Two");
	assert_string_equal(human_plural(a, 1, "reading"), "one reading");
	assert_string_equal(human_plural(a, 3, "reading"), "three readings");
}

static void lists_end_with_and(void **state)
{
	static const char *const items[] = { "a", "b", "c" };

	(void)state;
	assert_string_equal(human_list(a, items, 0), "");
	assert_string_equal(human_list(a, items, 1), "a");
	assert_string_equal(human_list(a, items, 2), "a and b");
	assert_string_equal(human_list(a, items, 3), "a, b and c");
}

static void instants_are_utc_and_empty_when_not_known(void **state)
{
	(void)state;
	assert_string_equal(human_instant(a, T), "2026-11-24 06:00:00 UTC");
	assert_string_equal(human_instant(a, 0), "");
	assert_string_equal(human_instant(a, INT64_MAX), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(duration_names_its_two_largest_units),
		cmocka_unit_test(span_has_one_unit_and_hours_up_to_two_days),
		cmocka_unit_test(ago_never_calls_the_future_past),
		cmocka_unit_test(until_says_due_when_the_time_has_come),
		cmocka_unit_test(took_keeps_a_tenth_of_short_times),
		cmocka_unit_test(bytes_are_binary_and_short),
		cmocka_unit_test(money_is_not_rounded_to_nothing),
		cmocka_unit_test(counts_are_grouped_and_unknown_is_not_zero),
		cmocka_unit_test(numbers_are_words_up_to_ten),
		cmocka_unit_test(lists_end_with_and),
		cmocka_unit_test(instants_are_utc_and_empty_when_not_known),
	};
	int failed;

	a = arena_new(1 << 20);
	failed = RUN_TESTS("human", tests);
	arena_free(a);
	return failed;
}
