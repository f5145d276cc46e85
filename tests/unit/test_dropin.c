/* The drop-in of an exporter that a system timer starts. */
#include "base/cleanup.h"
#include "config/dropin.h"
#include "test.h"

static const struct config config = { .state_dir = "/var/lib/hermes-mission-control" };

static const char *text_of(struct instance in, struct arena *a, const char **error)
{
	in.id = "bheem";
	in.user = "uma";
	if (!in.hermes_home)
		in.hermes_home = "/home/uma/.hermes";
	return dropin_text(&config, &in, a, error);
}

static void a_user_sees_its_own_home_bus_and_reports(void **state)
{
	static const char *const lines[] = {
		"\n[Service]\nUser=1001\n",
		"\nBindPaths=-/home/uma/.hermes\n",
		"\nReadOnlyPaths=-/home/uma/.hermes/.env\n",
		"\nBindReadOnlyPaths=-/home/uma/repos/backup\n",
		"\nBindReadOnlyPaths=-/run/user/1001/bus\n",
		"\nBindPaths=-/var/lib/hermes-mission-control/reports/bheem\n",
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const char *error, *text = text_of((struct instance){ .uid = 1001, .backup_repo = "/home/uma/repos/backup" }, a, &error);

	(void)state;
	assert_null(error);
	assert_int_equal(strncmp(text, DROPIN_MARK, strlen(DROPIN_MARK)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strstr(text, lines[i]))
			fail_msg("missing: %s in\n%s", lines[i], text);
	assert_null(strstr(text, "AF_INET"));
	assert_null(strstr(text, "ProtectProc"));
}

static void only_a_dashboard_opens_loopback(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const char *error, *text = text_of((struct instance){ .uid = 1001, .dashboard_port = 9120 }, a, &error);

	(void)state;
	assert_non_null(strstr(text, "\nIPAddressAllow=localhost\n"));
	assert_non_null(strstr(text, "\nRestrictAddressFamilies=AF_INET AF_INET6\n"));
}

static void percent_is_no_specifier(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const char *error, *text = text_of((struct instance){ .uid = 0, .hermes_home = "/srv/100%h" }, a, &error);

	(void)state;
	assert_non_null(strstr(text, "\nBindPaths=-/srv/100%%h\n"));
	assert_non_null(strstr(text, "\nProtectProc=default\n"));
}

static void what_a_unit_cannot_name_is_refused(void **state)
{
	static const char *const homes[] = { "/srv/a b", "/srv/a:b", "/srv/a\"b", "/srv/a\nUser=0", "/srv/a\\b", "/srv/a'b", "relative" };
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const char *error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		assert_null(text_of((struct instance){ .uid = 7, .hermes_home = homes[i] }, a, &error));
		assert_non_null(strstr(error, "bheem"));
	}
	assert_null(text_of((struct instance){ .uid = -1 }, a, &error));
	assert_non_null(strstr(error, "no user 'uma'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_sees_its_own_home_bus_and_reports),
		cmocka_unit_test(only_a_dashboard_opens_loopback),
		cmocka_unit_test(percent_is_no_specifier),
		cmocka_unit_test(what_a_unit_cannot_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
