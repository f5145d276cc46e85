/* Products that are units, or have one beside their address. */
#include "test.h"

#include "base/clock.h"
#include "fake_systemd.h"
#include "probe/products.h"

static const struct fake_unit list[] = {
	{ .name = "web.service", .load = "loaded", .active = "active", .sub = "running", .result = "success" },
	{ .name = "slow.service", .load = "loaded", .active = "activating", .sub = "start", .result = "success" },
	{ .name = "broken.service", .load = "loaded", .active = "failed", .sub = "failed", .result = "exit-code" },
	{ .name = "off.service", .load = "loaded", .active = "inactive", .sub = "dead", .result = "success" },
	{ 0 }
};

/* Port 1 of loopback: nobody listens there. */
#define REFUSED "http://127.0.0.1:1/"

static struct product_health ask(const char *unit, const char *url, enum fake_manners manners)
{
	struct fake_systemd f = { .units = list, .manners = manners };
	const struct product p = { .id = "web", .url = url, .url_shown = url, .unit = { unit, UNIT_SCOPE_SYSTEM } };
	const struct products all = { .list = &p, .n = 1 };
	struct product_healths out = { 0 };

	fake_start(&f, at("system"));
	probe_products(&out, &all, arena, clock_mono_us() + PRODUCTS_LIMIT_US);
	fake_stop(&f);
	assert_int_equal(out.n_list, 1);
	return out.list[0];
}

static void a_unit_that_is_active_is_all_that_is_asked(void **state)
{
	struct product_health h = ask("web.service", NULL, FAKE_ANSWERS);

	(void)state;
	assert_int_equal(h.probe.state, PROBE_OK);
	assert_string_equal(h.unit.active_state, "active");
	assert_int_equal(h.outcome, PRODUCT_NOT_ASKED);
	assert_int_equal(ask("slow.service", NULL, FAKE_ANSWERS).probe.state, PROBE_OK);
}

static void a_unit_that_is_not_active_is_told_with_its_state(void **state)
{
	struct product_health h = ask("broken.service", NULL, FAKE_ANSWERS);

	(void)state;
	assert_int_equal(h.probe.state, PROBE_INACTIVE);
	assert_string_equal(h.probe.reason, "broken.service is failed");
	h = ask("off.service", NULL, FAKE_ANSWERS);
	assert_int_equal(h.probe.state, PROBE_INACTIVE);
	assert_string_equal(h.probe.reason, "stopped");
	h = ask("none.service", NULL, FAKE_ANSWERS);
	assert_int_equal(h.probe.state, PROBE_INACTIVE);
	assert_string_equal(h.probe.reason, "no such unit: none.service");
}

static void a_bus_that_does_not_answer_is_no_report_that_it_is_down(void **state)
{
	struct product_health h = ask("web.service", NULL, FAKE_DENIES);

	(void)state;
	assert_int_equal(h.probe.state, PROBE_UNKNOWN);
	assert_non_null(h.probe.reason);
}

static void what_does_not_hold_goes_before_what_could_not_be_asked(void **state)
{
	struct product_health h = ask("web.service", REFUSED, FAKE_DENIES);

	(void)state;
	assert_int_equal(h.probe.state, PROBE_INACTIVE);
	assert_int_equal(h.outcome, PRODUCT_REFUSED);
	h = ask("broken.service", "http://no-such-host.invalid/", FAKE_ANSWERS);
	assert_int_equal(h.probe.state, PROBE_INACTIVE);
	assert_string_equal(h.probe.reason, "broken.service is failed");
	h = ask("off.service", REFUSED, FAKE_ANSWERS);
	assert_string_equal(h.probe.reason, "stopped"); /* the cause, not what follows from it */
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_unit_that_is_active_is_all_that_is_asked),
		T(a_unit_that_is_not_active_is_told_with_its_state),
		T(a_bus_that_does_not_answer_is_no_report_that_it_is_down),
		T(what_does_not_hold_goes_before_what_could_not_be_asked),
	};

	return RUN_TESTS("products_unit", tests);
}
