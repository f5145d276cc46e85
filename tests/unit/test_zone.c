/* Zones by name, and days of 23, 24 and 25 hours. */
#include "test.h"

#include <time.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/zone.h"

#define HOUR INT64_C(3600)
#define DAY  INT64_C(86400)

static int64_t at(const char *text)
{
	int64_t t = 0;

	assert_true(clock_parse_iso(text, 0, &t));
	return t;
}

static void need(const char *name)
{
	if (zone_is_known(name))
		return;
	print_message("skipped: this machine has no %s\n", name);
	skip();
}

static void a_name_of_the_folder_is_known_and_nothing_else_is(void **state)
{
	static const char *const wrong[] = {
		"",
		"asia/kolkata",
		"Asia/Nowhere",
		"Asia",
		"Asia/",
		"/Asia/Kolkata",
		"Asia//Kolkata",
		"Asia/../Asia/Kolkata",
		"../zoneinfo/Asia/Kolkata",
		"./UTC",
		"zone.tab",
		"leapseconds",
		"right/Asia/Kolkata",
		"posix/Asia/Kolkata",
		"localtime",
		"Factory",
		"+05:30",
		"UTC\n",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	};

	(void)state;
	need("Asia/Kolkata");
	assert_true(zone_is_known("UTC"));
	assert_true(zone_is_known("Etc/GMT+5"));
	assert_true(zone_is_known("America/Argentina/Buenos_Aires"));
	assert_false(zone_is_known(NULL));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (zone_is_known(wrong[i]))
			fail_msg("\"%s\" is taken for a zone", wrong[i]);
}

static void days_follow_each_other_without_a_hole(void **state)
{
	static const char *const zones[] = { "UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "Pacific/Apia",
					     "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Kiritimati" };
	struct zone_day days[400];
	int64_t now = at("2026-11-24T12:00:00Z");

	(void)state;
	for (size_t z = 0; z < ARRAY_SIZE(zones); z++) {
		need(zones[z]);
		zone_days(zones[z], now, 400, days);
		assert_true(days[399].from_s <= now && now < days[399].to_s);
		for (size_t i = 0; i < 400; i++) {
			int64_t length = days[i].to_s - days[i].from_s;

			if (length < 23 * HOUR || length > 25 * HOUR)
				fail_msg("%s: %d-%d-%d has %lld s", zones[z], days[i].year, days[i].month, days[i].day,
					 (long long)length);
			if (i)
				assert_true(days[i - 1].to_s == days[i].from_s && days[i - 1].day != days[i].day);
		}
	}
}

static void a_zone_with_half_an_hour_begins_its_days_at_half_past(void **state)
{
	struct zone_day day;

	(void)state;
	need("Asia/Kolkata");
	zone_days("Asia/Kolkata", at("2026-11-24T18:29:59Z"), 1, &day);
	assert_int_equal(day.from_s, at("2026-11-23T18:30:00Z"));
	assert_int_equal(day.day, 24);
	assert_int_equal(day.weekday, 2);
	zone_days("Asia/Kolkata", at("2026-11-24T18:30:00Z"), 1, &day);
	assert_int_equal(day.day, 25);
	assert_int_equal(zone_offset_s("Asia/Kolkata", 0), 19800);
}

static void the_day_of_the_change_has_23_or_25_hours(void **state)
{
	struct zone_day days[2];

	(void)state;
	need("Europe/Berlin");
	zone_days("Europe/Berlin", at("2026-03-29T12:00:00Z"), 1, days);
	assert_int_equal(days[0].to_s - days[0].from_s, 23 * HOUR);
	zone_days("Europe/Berlin", at("2026-10-25T23:30:00Z"), 2, days);
	assert_int_equal(days[0].day, 25);
	assert_int_equal(days[0].to_s - days[0].from_s, 25 * HOUR);
	assert_int_equal(days[1].to_s - days[1].from_s, 24 * HOUR);
}

/* Cairo leaves out the hour after midnight on the last Friday of April: the day begins at one. */
static void a_day_without_midnight_begins_when_its_date_does(void **state)
{
	struct zone_day day;

	(void)state;
	need("Africa/Cairo");
	zone_days("Africa/Cairo", at("2026-04-24T12:00:00Z"), 1, &day);
	if (zone_offset_s("Africa/Cairo", day.to_s) == zone_offset_s("Africa/Cairo", day.from_s - 1))
		skip(); /* these zone files are older than that rule */
	assert_int_equal(day.day, 24);
	assert_int_equal(day.to_s - day.from_s, 23 * HOUR);
	assert_int_equal(zone_offset_s("Africa/Cairo", day.from_s), 3 * HOUR);
}

static void the_zone_of_the_process_is_left_as_it_was(void **state)
{
	struct zone_day day;

	(void)state;
	need("Asia/Kolkata");
	setenv("TZ", "America/New_York", 1);
	tzset();
	zone_days("Asia/Kolkata", 1000, 1, &day);
	assert_string_equal(getenv("TZ"), "America/New_York");
	assert_int_equal(clock_local_offset_s(at("2026-01-01T00:00:00Z")), -5 * HOUR);
	unsetenv("TZ");
	tzset();
	zone_days("Asia/Kolkata", 1000, 1, &day);
	assert_null(getenv("TZ"));
}

static void the_machines_zone_is_that_of_its_clock(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(65536);

	(void)state;
	need("Asia/Kolkata");
	setenv("TZ", ":Asia/Kolkata", 1);
	assert_string_equal(zone_local(a), "Asia/Kolkata");
	setenv("TZ", "/usr/share/zoneinfo/Asia/Kolkata", 1);
	assert_string_equal(zone_local(a), "Asia/Kolkata");
	setenv("TZ", "Etc/UTC", 1);
	assert_string_equal(zone_local(a), "UTC");
	setenv("TZ", "Not/AZone", 1);
	assert_string_equal(zone_local(a), "UTC");
	unsetenv("TZ");
	assert_true(zone_is_known(zone_local(a)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_of_the_folder_is_known_and_nothing_else_is),
		cmocka_unit_test(days_follow_each_other_without_a_hole),
		cmocka_unit_test(a_zone_with_half_an_hour_begins_its_days_at_half_past),
		cmocka_unit_test(the_day_of_the_change_has_23_or_25_hours),
		cmocka_unit_test(a_day_without_midnight_begins_when_its_date_does),
		cmocka_unit_test(the_zone_of_the_process_is_left_as_it_was),
		cmocka_unit_test(the_machines_zone_is_that_of_its_clock),
	};

	return RUN_TESTS("zone", tests);
}
