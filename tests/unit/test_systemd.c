/* What systemd says, and what is made of its silence. */
#include "test.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fake_systemd.h"
#include "probe/runner.h"
#include "probe/systemd.h"
#include "probe/systemd_bus.h"

static const struct fake_unit units[] = {
	{ .name = "running.service", .load = "loaded", .active = "active", .sub = "running",
	  .file_state = "enabled",
	  .active_enter = 1700000100 * S, .inactive_exit = 1700000099 * S, .state_change = 1700000200 * S,
	  .exec_start = 1, .main_pid = 4242, .restarts = 3 },
	{ .name = "stopped.service", .load = "loaded", .active = "inactive", .sub = "dead",
	  .file_state = "disabled",
	  .inactive_enter = 1700000300 * S, .exec_start = 1, .exec_exit = 2, .exec_status = 0 },
	{ .name = "failed.service", .load = "loaded", .active = "failed", .sub = "failed",
	  .file_state = "enabled",
	  .result = "exit-code", .inactive_enter = 1700000400 * S, .exec_start = 1, .exec_exit = 2,
	  .exec_status = 78 },
	{ .name = "looping.service", .load = "loaded", .active = "activating", .sub = "auto-restart",
	  .result = "exit-code", .inactive_exit = 1700000500 * S, .exec_start = 1, .exec_exit = 2,
	  .exec_status = 1,
	  .restarts = 17 },
	{ .name = "stopping.service", .load = "loaded", .active = "deactivating", .sub = "stop-sigterm",
	  .active_exit = 1700000600 * S },
	{ .name = "reloading.service", .load = "loaded", .active = "reloading", .sub = "reload",
	  .active_enter = 1700000700 * S },
	{ .name = "masked.service", .load = "masked", .active = "inactive", .sub = "dead",
	  .file_state = "masked" },
	{ .name = "masked-running.service", .load = "masked", .active = "active", .sub = "running",
	  .main_pid = 9 },
	{ .name = "removed-running.service", .load = "not-found", .active = "active", .sub = "running",
	  .main_pid = 10 },
	{ .name = "broken.service", .load = "bad-setting", .active = "inactive", .sub = "dead",
	  .load_error = "Unit has no\nExecStart=." },
	{ .name = "error.service", .load = "error", .active = "inactive", .sub = "dead" },
	{ .name = "hostile.service", .load = "loaded", .active = "active", .sub = "\x1b[2Jrunning",
	  .result = "x\ny" },
	{ .name = "endless.service", .load = "loaded", .active = "active", .sub = "running",
	  .active_enter = UINT64_MAX, .state_change = UINT64_MAX, .main_pid = UINT32_MAX,
	  .restarts = UINT32_MAX },
	{ .name = "some.target", .load = "loaded", .active = "active", .sub = "active",
	  .state_change = 5 * S },
	{ 0 }
};

static struct unit probe_in(const char *name, enum unit_scope scope)
{
	struct instance in = { .gateway = { name, scope } };
	struct instance_units out = { 0 };

	probe_instance_units(&out, &in, arena, clock_mono_us() + 20 * 1000000);
	assert_int_equal(out.probe.state, PROBE_OK);
	if (out.gateway.probe.state != PROBE_OK)
		assert_non_null(out.gateway.probe.reason);
	assert_non_null(out.gateway.probe.source);
	assert_true(out.gateway.probe.taken_at > 0);
	return out.gateway;
}

/* Asks a system bus with these manners once. */
static struct unit probe_with(enum fake_manners manners, const char *name)
{
	struct fake_systemd f = { .manners = manners, .units = units };
	struct unit u;

	fake_start(&f, at("system"));
	u = probe_in(name, UNIT_SCOPE_SYSTEM);
	fake_stop(&f);
	return u;
}

static void whose_manager_comes_up_at_boot_is_told_by_a_file(void **state)
{
	char folder[] = "/tmp/mc-linger.XXXXXX", path[64];
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/uma", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(linger_of(folder, "uma", arena), TRI_YES);
	assert_int_equal(linger_of(folder, "ravi", arena), TRI_NO);
	assert_int_equal(linger_of("/tmp/mc-linger-not-there", "uma", arena), TRI_NO);
	assert_int_equal(linger_of(path, "uma", arena), TRI_UNKNOWN); /* no folder: nothing can be said */
	assert_int_equal(linger_of(folder, "../uma", arena), TRI_UNKNOWN);
	unlink(path);
	rmdir(folder);
	/* The system's own manager has no such question. */
	assert_int_equal(probe_with(FAKE_ANSWERS, "running.service").lingers, TRI_UNKNOWN);
}

static void a_running_unit_is_ok_with_its_facts(void **state)
{
	struct unit u = probe_with(FAKE_ANSWERS, "running.service");

	(void)state;
	assert_int_equal(u.probe.state, PROBE_OK);
	assert_string_equal(u.name, "running.service");
	assert_string_equal(u.probe.source, "running.service on the system bus");
	assert_int_equal(u.scope, UNIT_SCOPE_SYSTEM);
	assert_string_equal(u.load_state, "loaded");
	assert_string_equal(u.sub_state, "running");
	assert_string_equal(u.unit_file_state, "enabled");
	assert_string_equal(u.result, "success");
	assert_int_equal(u.since, 1700000100);
	assert_int_equal(u.main_pid, 4242);
	assert_int_equal(u.restarts, 3);
	assert_int_equal(u.exit_status, COUNT_UNKNOWN);
}

static void every_state_is_ok_or_inactive_with_its_reason(void **state)
{
	static const struct {
		const char *name;
		enum probe_state want;
		const char *reason, *active;
		int64_t since;
	} cases[] = {
		{ "stopped.service", PROBE_INACTIVE, "stopped", "inactive", 1700000300 },
		{ "failed.service", PROBE_OK, NULL, "failed", 1700000400 },
		{ "looping.service", PROBE_OK, NULL, "activating", 1700000500 },
		{ "stopping.service", PROBE_OK, NULL, "deactivating", 1700000600 },
		{ "reloading.service", PROBE_OK, NULL, "reloading", 1700000700 },
		{ "masked.service", PROBE_INACTIVE, "masked", "inactive", 0 },
		{ "masked-running.service", PROBE_OK, NULL, "active", 0 },
		{ "removed-running.service", PROBE_OK, NULL, "active", 0 },
		{ "none.service", PROBE_INACTIVE, "no such unit: none.service", "inactive", 0 },
		{ "broken.service", PROBE_INACTIVE, "its unit file is broken: Unit has no ExecStart=.",
		  "inactive", 0 },
		{ "error.service", PROBE_INACTIVE, "its unit file is broken: error", "inactive", 0 },
		{ "some.target", PROBE_OK, NULL, "active", 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct unit u = probe_with(FAKE_ANSWERS, cases[i].name);

		assert_int_equal(u.probe.state, cases[i].want);
		if (cases[i].reason)
			assert_string_equal(u.probe.reason, cases[i].reason);
		assert_string_equal(u.active_state, cases[i].active);
		assert_int_equal(u.since, cases[i].since);
	}
}

static void facts_of_units_that_do_not_run_are_kept(void **state)
{
	struct unit u = probe_with(FAKE_ANSWERS, "stopped.service");

	(void)state;
	assert_string_equal(u.unit_file_state, "disabled");
	assert_string_equal(u.result, "success");
	assert_int_equal(u.exit_status, 0);
	u = probe_with(FAKE_ANSWERS, "failed.service");
	assert_string_equal(u.result, "exit-code");
	assert_int_equal(u.exit_status, 78);
	u = probe_with(FAKE_ANSWERS, "removed-running.service");
	assert_int_equal(u.main_pid, 10);
	u = probe_with(FAKE_ANSWERS, "looping.service");
	assert_int_equal(u.restarts, 17);
	u = probe_with(FAKE_ANSWERS, "some.target");
	assert_int_equal(u.restarts, COUNT_UNKNOWN);
}

static void hostile_words_and_absurd_numbers_are_tamed(void **state)
{
	struct unit u = probe_with(FAKE_ANSWERS, "hostile.service");

	(void)state;
	assert_null(strchr(u.sub_state, '\x1b'));
	assert_string_equal(u.result, "x y");
	u = probe_with(FAKE_ANSWERS, "endless.service");
	assert_int_equal(u.since, 0);
	assert_int_equal(u.main_pid, UINT32_MAX);
}

static void not_configured_asks_nobody(void **state)
{
	struct fake_systemd f = { .units = units };
	struct unit u;

	(void)state;
	fake_start(&f, at("system"));
	u = probe_in(NULL, UNIT_SCOPE_SYSTEM);
	fake_stop(&f);
	expect_reason(&u.probe, PROBE_INACTIVE, "not configured");
	assert_int_equal(f.questions, 0);
}

static void trouble_on_the_bus_is_unknown(void **state)
{
	static const struct {
		enum fake_manners manners;
		const char *words;
	} cases[] = {
		{ FAKE_IS_DEAF, "the system bus did not answer within 1.0 s" },
		{ FAKE_NEVER_REPLIES, "systemd did not answer on the system bus within 1.0 s" },
		{ FAKE_DENIES, "access denied" },
		{ FAKE_LEAVES_OUT, "did not say in which state" },
		{ FAKE_MIXES_TYPES, "did not say in which state" },
		{ FAKE_ANSWERS_OTHERWISE, "cannot be read" },
		{ FAKE_TALKS_NONSENSE, "the system bus" },
		{ FAKE_HANGS_UP, "hung up" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct unit u = probe_with(cases[i].manners, "running.service");

		expect_reason(&u.probe, PROBE_UNKNOWN, cases[i].words);
		assert_null(u.active_state);
		assert_int_equal(u.restarts, COUNT_UNKNOWN);
	}
}

static void a_bus_that_nobody_listens_on_is_unknown(void **state)
{
	struct unit u = probe_in("running.service", UNIT_SCOPE_SYSTEM);

	(void)state;
	expect_reason(&u.probe, PROBE_UNKNOWN, "the system bus cannot be reached");
}

static void a_deaf_bus_ends_at_the_deadline_of_the_runner(void **state)
{
	static struct instance in = { .gateway = { "running.service", UNIT_SCOPE_SYSTEM },
				      .dashboard = { "stopped.service", UNIT_SCOPE_SYSTEM },
				      .backup_timer = { "b.timer", UNIT_SCOPE_SYSTEM } };
	static struct runner *runner;
	struct fake_systemd f = { .manners = FAKE_NEVER_REPLIES, .units = units };
	struct instance_units out = { 0 };
	struct probe_task task = { .name = "systemd", .run = probe_instance_units, .in = &in, .out = &out,
				   .out_size = sizeof(out), .limit_us = 30 * 1000000 };
	int64_t start = clock_mono_us();

	(void)state;
	fake_start(&f, at("system"));
	runner = runner_new(1);
	runner_run(runner, &task, 1);
	fake_stop(&f);
	/* sd-bus alone would take 90 s for the first unit and 25 s for each of the others. */
	assert_true(clock_mono_us() - start < 20 * 1000000);
	expect_reason(&out.gateway.probe, PROBE_UNKNOWN, "did not answer");
	expect_reason(&out.dashboard.probe, PROBE_UNKNOWN, "did not answer");
	expect_reason(&out.backup.probe, PROBE_UNKNOWN, "did not answer");
	assert_int_equal(f.questions, 1); /* silence is met once, not once a unit */
	runner_recycle(runner);
}

static void no_time_left_is_unknown(void **state)
{
	struct fake_systemd f = { .units = units };
	struct instance in = { .gateway = { "running.service", UNIT_SCOPE_SYSTEM } };
	struct instance_units out = { 0 };

	(void)state;
	fake_start(&f, at("system"));
	probe_instance_units(&out, &in, arena, clock_mono_us() - 1);
	fake_stop(&f);
	assert_int_equal(out.gateway.probe.state, PROBE_UNKNOWN);
	assert_non_null(out.gateway.probe.reason);
}

static void a_missing_user_manager_is_unknown_and_says_how_to_start_it(void **state)
{
	struct unit u = probe_in("running.service", UNIT_SCOPE_USER);

	(void)state;
	expect_reason(&u.probe, PROBE_UNKNOWN, "is not running");
	expect_reason(&u.probe, PROBE_UNKNOWN, at("bus"));
	expect_reason(&u.probe, PROBE_UNKNOWN, "loginctl enable-linger");
	assert_int_equal(u.scope, UNIT_SCOPE_USER);
}

static void a_runtime_directory_of_somebody_else_is_not_used(void **state)
{
	struct fake_systemd f = { .units = units };
	struct unit u;

	(void)state;
	if (geteuid() != 0)
		skip();
	fake_start(&f, at("bus"));
	assert_int_equal(chown(dir, 65534, 65534), 0);
	u = probe_in("running.service", UNIT_SCOPE_USER);
	assert_int_equal(chown(dir, 0, 0), 0);
	fake_stop(&f);
	assert_int_not_equal(u.probe.state, PROBE_OK);
	assert_int_equal(f.questions, 0);
}

static const struct fake_unit few[] = {
	{ .name = "mine.service", .load = "loaded", .active = "active", .sub = "running" },
	{ 0 }
};

static void without_a_scope_the_user_manager_goes_first(void **state)
{
	struct fake_systemd user = { .units = few }, system = { .units = units };
	struct unit u;

	(void)state;
	fake_start(&user, at("bus"));
	fake_start(&system, at("system"));
	u = probe_in("mine.service", UNIT_SCOPE_AUTO);
	assert_int_equal(u.probe.state, PROBE_OK);
	assert_int_equal(u.scope, UNIT_SCOPE_USER);
	assert_non_null(strstr(u.probe.source, "the user bus of "));
	u = probe_in("running.service", UNIT_SCOPE_AUTO);
	assert_int_equal(u.probe.state, PROBE_OK);
	assert_int_equal(u.scope, UNIT_SCOPE_SYSTEM);
	u = probe_in("none.service", UNIT_SCOPE_AUTO);
	expect_reason(&u.probe, PROBE_INACTIVE, "no such unit: none.service");
	assert_int_equal(u.scope, UNIT_SCOPE_AUTO);
	fake_stop(&system);
	fake_stop(&user);
}

/* Our own units are known to both managers. */
static void without_a_scope_a_unit_of_both_is_meant_where_it_runs(void **state)
{
	static const struct fake_unit here[] = {
		{ .name = "a.service", .load = "loaded", .active = "inactive", .sub = "dead" },
		{ .name = "b.service", .load = "loaded", .active = "inactive", .sub = "dead" },
		{ .name = "c.service", .load = "loaded", .active = "active", .sub = "running" },
		{ 0 }
	}, there[] = {
		{ .name = "a.service", .load = "loaded", .active = "active", .sub = "running" },
		{ .name = "b.service", .load = "loaded", .active = "inactive", .sub = "dead" },
		{ .name = "c.service", .load = "loaded", .active = "active", .sub = "running" },
		{ 0 }
	};
	struct fake_systemd user = { .units = here }, system = { .units = there };
	struct unit a, b, c;

	(void)state;
	fake_start(&user, at("bus"));
	fake_start(&system, at("system"));
	a = probe_in("a.service", UNIT_SCOPE_AUTO);
	b = probe_in("b.service", UNIT_SCOPE_AUTO);
	c = probe_in("c.service", UNIT_SCOPE_AUTO);
	fake_stop(&system);
	fake_stop(&user);
	assert_int_equal(a.probe.state, PROBE_OK);
	assert_int_equal(a.scope, UNIT_SCOPE_SYSTEM);
	expect_reason(&b.probe, PROBE_INACTIVE, "stopped");
	assert_int_equal(b.scope, UNIT_SCOPE_USER);
	assert_int_equal(c.scope, UNIT_SCOPE_USER);
}

static void a_deaf_user_manager_may_hide_what_the_system_does_not_know(void **state)
{
	struct fake_systemd user = { .manners = FAKE_DENIES }, system = { .units = units };
	struct unit u;

	(void)state;
	fake_start(&user, at("bus"));
	fake_start(&system, at("system"));
	u = probe_in("running.service", UNIT_SCOPE_AUTO);
	assert_int_equal(u.probe.state, PROBE_OK);
	u = probe_in("mine.service", UNIT_SCOPE_AUTO);
	expect_reason(&u.probe, PROBE_UNKNOWN, "the system manager does not know it, and ");
	fake_stop(&system);
	fake_stop(&user);
}

static void an_address_that_would_start_a_program_is_not_used(void **state)
{
	(void)state;
	setenv("DBUS_SYSTEM_BUS_ADDRESS", arena_printf(arena, "unixexec:path=/bin/touch,argv1=%s/started",
	  dir), 1);
	probe_in("running.service", UNIT_SCOPE_SYSTEM);
	assert_int_equal(access(at("started"), F_OK), -1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_running_unit_is_ok_with_its_facts),
		T(whose_manager_comes_up_at_boot_is_told_by_a_file),
		T(every_state_is_ok_or_inactive_with_its_reason),
		T(facts_of_units_that_do_not_run_are_kept),
		T(hostile_words_and_absurd_numbers_are_tamed),
		T(not_configured_asks_nobody),
		T(trouble_on_the_bus_is_unknown),
		T(a_bus_that_nobody_listens_on_is_unknown),
		T(a_deaf_bus_ends_at_the_deadline_of_the_runner),
		T(no_time_left_is_unknown),
		T(a_missing_user_manager_is_unknown_and_says_how_to_start_it),
		T(a_runtime_directory_of_somebody_else_is_not_used),
		T(without_a_scope_the_user_manager_goes_first),
		T(without_a_scope_a_unit_of_both_is_meant_where_it_runs),
		T(a_deaf_user_manager_may_hide_what_the_system_does_not_know),
		T(an_address_that_would_start_a_program_is_not_used),
	};

	return RUN_TESTS("systemd", tests);
}
