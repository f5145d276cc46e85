/* What systemd says of a timer and of what it starts. */
#include "test.h"

#include "base/clock.h"
#include "fake_systemd.h"
#include "probe/systemd.h"

static struct timer probe_timer_of(const struct fake_unit *list, const char *name)
{
	struct fake_systemd f = { .units = list };
	struct unit_ref ref = { name, UNIT_SCOPE_SYSTEM };
	struct timer t = { 0 };

	fake_start(&f, at("system"));
	probe_timer(&t, &ref, arena, clock_mono_us() + 20 * 1000000);
	fake_stop(&f);
	return t;
}

static void a_waiting_timer_tells_its_last_and_next_run(void **state)
{
	static const struct fake_unit list[] = {
		{ .name = "backup.timer", .load = "loaded", .active = "active", .sub = "waiting",
		  .file_state = "enabled", .triggers = "backup.service", .last = 1700000000 * S,
		  .next_realtime = 1700086400 * S, .next_monotonic = UINT64_MAX },
		{ .name = "backup.service", .load = "loaded", .active = "inactive", .sub = "dead",
		  .result = "success",
		  .exec_start = 1, .exec_exit = 2, .exec_status = 0 },
		{ 0 }
	};
	struct timer t = probe_timer_of(list, "backup.timer");

	(void)state;
	assert_int_equal(t.probe.state, PROBE_OK);
	assert_int_equal(t.last_run, 1700000000);
	assert_int_equal(t.next_run, 1700086400);
	assert_string_equal(t.service, "backup.service");
	assert_string_equal(t.service_state, "inactive");
	assert_string_equal(t.service_result, "success");
	assert_int_equal(t.service_exit_status, 0);
	assert_int_equal(t.scope, UNIT_SCOPE_SYSTEM);
}

static void a_timer_counted_from_boot_has_a_wall_clock_time_too(void **state)
{
	struct fake_unit list[] = {
		{ .name = "backup.timer", .load = "loaded", .active = "active", .sub = "waiting",
		  .triggers = "backup.service", .next_monotonic = (uint64_t)clock_mono_us() + 3600 * S },
		{ .name = "backup.service", .load = "loaded", .active = "inactive", .sub = "dead" },
		{ 0 }
	};
	struct timer t = probe_timer_of(list, "backup.timer");
	int64_t now = clock_now_s();

	(void)state;
	assert_in_range(t.next_run, now + 3600 - 60, now + 3600 + 2);
	assert_int_equal(t.last_run, 0);
	list[0].next_realtime = 1700000000 * S; /* the sooner of the two */
	assert_int_equal(probe_timer_of(list, "backup.timer").next_run, 1700000000);
	list[0].next_realtime = UINT64_MAX;
	list[0].next_monotonic = (uint64_t)INT64_MAX + 5;
	assert_int_equal(probe_timer_of(list, "backup.timer").next_run, 0);
}

static void a_service_that_never_ran_has_no_result(void **state)
{
	static const struct fake_unit list[] = {
		{ .name = "backup.timer", .load = "loaded", .active = "active", .sub = "waiting",
		  .triggers = "backup.service" },
		{ .name = "backup.service", .load = "loaded", .active = "inactive", .sub = "dead" },
		{ 0 }
	};
	struct timer t = probe_timer_of(list, "backup.timer");

	(void)state;
	assert_string_equal(t.service_state, "inactive");
	assert_null(t.service_result);
	assert_int_equal(t.service_exit_status, COUNT_UNKNOWN);
}

static void a_failed_run_shows_behind_a_healthy_timer(void **state)
{
	static const struct fake_unit list[] = {
		{ .name = "backup.timer", .load = "loaded", .active = "active", .sub = "waiting",
		  .triggers = "backup.service" },
		{ .name = "backup.service", .load = "loaded", .active = "failed", .sub = "failed",
		  .result = "exit-code", .exec_start = 1, .exec_exit = 2, .exec_status = 3 },
		{ 0 }
	};
	struct timer t = probe_timer_of(list, "backup.timer");

	(void)state;
	assert_int_equal(t.probe.state, PROBE_OK);
	assert_string_equal(t.service_state, "failed");
	assert_string_equal(t.service_result, "exit-code");
	assert_int_equal(t.service_exit_status, 3);
}

static void a_stopped_timer_has_no_next_run(void **state)
{
	static const struct fake_unit list[] = {
		{ .name = "backup.timer", .load = "loaded", .active = "inactive", .sub = "dead",
		  .file_state = "disabled", .triggers = "backup.service", .last = 1700000000 * S,
		  .next_realtime = 1700086400 * S },
		{ .name = "backup.service", .load = "loaded", .active = "inactive", .sub = "dead" },
		{ 0 }
	};
	struct timer t = probe_timer_of(list, "backup.timer");

	(void)state;
	expect_reason(&t.probe, PROBE_INACTIVE, "stopped");
	assert_int_equal(t.next_run, 0);
	assert_int_equal(t.last_run, 1700000000);
	assert_string_equal(t.unit_file_state, "disabled");
}

static void an_absent_or_unconfigured_timer_is_inactive(void **state)
{
	static const struct fake_unit none[] = { { 0 } };
	struct timer t = probe_timer_of(none, "none.timer");

	(void)state;
	expect_reason(&t.probe, PROBE_INACTIVE, "no such unit: none.timer");
	t = probe_timer_of(none, NULL);
	expect_reason(&t.probe, PROBE_INACTIVE, "not configured");
}

static void a_probe_that_was_late_gives_each_reading_its_reason(void **state)
{
	struct instance in = { .gateway = { "g.service", UNIT_SCOPE_USER } };
	struct instance_units u = { .probe = { .state = PROBE_UNKNOWN, .reason = "timed out after 2 s",
					       .taken_at = 5 } };

	(void)state;
	instance_units_settle(&u, &in);
	expect_reason(&u.gateway.probe, PROBE_UNKNOWN, "timed out after 2 s");
	assert_string_equal(u.gateway.name, "g.service");
	assert_int_equal(u.gateway.probe.taken_at, 5);
	expect_reason(&u.dashboard.probe, PROBE_INACTIVE, "not configured");
	expect_reason(&u.backup.probe, PROBE_INACTIVE, "not configured");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_waiting_timer_tells_its_last_and_next_run),
		T(a_timer_counted_from_boot_has_a_wall_clock_time_too),
		T(a_service_that_never_ran_has_no_result),
		T(a_failed_run_shows_behind_a_healthy_timer),
		T(a_stopped_timer_has_no_next_run),
		T(an_absent_or_unconfigured_timer_is_inactive),
		T(a_probe_that_was_late_gives_each_reading_its_reason),
	};

	return RUN_TESTS("systemd_timer", tests);
}
