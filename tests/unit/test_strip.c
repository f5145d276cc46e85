/* Strips: slots are time, and what was not seen is neither up nor down. */
#include "base/str.h"
#include "json/json.h"
#include "test.h"
#include "view/strip.h"

#define NOW INT64_C(1795500000) /* a whole hour */

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

/* One letter a slot. */
static const char *letters(struct strip s)
{
	static const char names[] = { [SLOT_UNSEEN] = '.', [SLOT_BEFORE] = '_', [SLOT_OK] = 'o', [SLOT_WARN] = 'w',
				      [SLOT_CRITICAL] = 'c', [SLOT_OFF] = '-', [SLOT_UNKNOWN] = '?' };
	char *text = arena_calloc(a, s.n + 1, 1);

	for (size_t i = 0; i < s.n; i++)
		text[i] = names[s.slots[i]];
	return text;
}

static void each_slot_is_as_bad_as_the_worst_seen_in_it(void **state)
{
	struct watch_slot rows[] = {
		{ .at = NOW - 4 * 1800, .runs = 30, .fine = 30 },
		{ .at = NOW - 4 * 1800 + 900, .runs = 30, .fine = 29, .critical = 1 },
		{ .at = NOW - 3 * 1800, .runs = 30, .fine = 20, .warns = 10 },
		{ .at = NOW - 2 * 1800, .runs = 5 },
		{ .at = NOW - 2 * 1800 + 900, .runs = 5, .off = 5 },
		{ .at = NOW, .runs = 1, .fine = 1 },
	};
	struct watch w = { .rows = rows, .n = ARRAY_SIZE(rows), .since = NOW - 5 * 1800 };

	(void)state;
	assert_string_equal(letters(strip_of_watch(&w, 1800, 8, NOW + 60, a)), "__.cw-.o");
}

static void nothing_seen_is_no_news_and_before_the_first_report_there_is_none(void **state)
{
	struct watch none = { 0 }, old = { .since = NOW - 86400 };
	struct watch_slot only_unknown[] = { { .at = NOW, .runs = 3 } };
	struct watch dark = { .rows = only_unknown, .n = 1, .since = NOW - 1800 };

	(void)state;
	assert_string_equal(letters(strip_of_watch(&none, 1800, 4, NOW, a)), "____");
	assert_string_equal(letters(strip_of_watch(&old, 1800, 4, NOW, a)), "....");
	assert_string_equal(letters(strip_of_watch(&dark, 1800, 3, NOW, a)), "_.?");
}

static void rows_outside_and_from_a_clock_that_was_wrong_change_nothing(void **state)
{
	struct watch_slot rows[] = { { .at = 0, .runs = 1, .critical = 1 }, { .at = NOW - 10 * 1800, .runs = 1, .critical = 1 },
				     { .at = NOW + 86400, .runs = 1, .critical = 1 }, { .at = INT64_MAX / 1000, .runs = 1, .critical = 1 } };
	struct watch w = { .rows = rows, .n = ARRAY_SIZE(rows), .since = 900 };

	(void)state;
	assert_string_equal(letters(strip_of_watch(&w, 1800, 4, NOW, a)), "....");
}

static void the_model_says_it_for_eyes_and_ears(void **state)
{
	struct watch_slot rows[] = { { .at = NOW - 1800, .runs = 1, .fine = 1 }, { .at = NOW - 3600, .runs = 1, .fine = 1 } };
	struct watch w = { .rows = rows, .n = ARRAY_SIZE(rows), .since = NOW - 86400 };
	struct strip s = strip_of_watch(&w, 1800, 4, NOW, a);
	CLEANUP_JSON cJSON *o = strip_json(&s, "2 h", a);
	const cJSON *run = json_array(o, "runs")->child;

	(void)state;
	assert_string_equal(json_string(o, "summary"), "2 h: 1 h ok, 1 h not observed");
	assert_int_equal(cJSON_GetArraySize(json_array(o, "runs")), 3);
	assert_string_equal(json_string(run, "status"), "unseen");
	assert_string_equal(json_string(run->next, "status"), "ok");
	assert_string_equal(json_string(run->next, "text"), "ok: 2026-11-24 05:00 to 06:00 UTC");
	assert_int_equal(json_get(run->next, "x")->valueint, 8);
	assert_int_equal(json_get(run->next, "width")->valueint, 16);
}

static void uptime_is_a_share_of_what_is_known(void **state)
{
	struct watch_slot rows[] = { { .at = NOW - 1800, .runs = 10, .up = 5, .down = 5 }, { .at = NOW - 900, .runs = 10 },
				     { .at = NOW, .runs = 10, .up = 10 } };
	struct watch w = { .rows = rows, .n = ARRAY_SIZE(rows) };

	(void)state;
	assert_true(watch_uptime(&w, NOW - 1800, NOW + 900) == 0.75);
	assert_true(watch_uptime(&w, NOW - 900, NOW) < 0);
	assert_true(watch_uptime(&w, NOW, NOW + 900) == 1);
	rows[0].off = 5; /* paused: meant not to run */
	assert_true(watch_uptime(&w, NOW - 1800, NOW + 900) == 1);
	rows[2].up = 0;
	rows[2].down = rows[2].off = 10;
	assert_true(watch_uptime(&w, NOW, NOW + 900) < 0);
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(each_slot_is_as_bad_as_the_worst_seen_in_it),
		UNIT(nothing_seen_is_no_news_and_before_the_first_report_there_is_none),
		UNIT(rows_outside_and_from_a_clock_that_was_wrong_change_nothing),
		UNIT(the_model_says_it_for_eyes_and_ears),
		UNIT(uptime_is_a_share_of_what_is_known),
	};

	return RUN_TESTS("strip", tests);
}
