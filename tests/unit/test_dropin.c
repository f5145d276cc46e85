/* The drop-ins of what system timers start for an instance. */
#include "base/cleanup.h"
#include "config/dropin.h"
#include "test.h"

static const struct config config = { .state_dir = "/var/lib/hermes-mission-control" };

static const char *text_for(enum dropin_of of, struct instance in, struct arena *a, const char **error)
{
	in.id = "bheem";
	in.user = "uma";
	if (!in.hermes_home)
		in.hermes_home = "/home/uma/.hermes";
	return dropin_text(&config, &in, of, a, error);
}

static const char *text_of(struct instance in, struct arena *a, const char **error)
{
	return text_for(DROPIN_EXPORT, in, a, error);
}

static void a_user_sees_its_own_home_bus_and_reports(void **state)
{
	static const char *const lines[] = {
		"\n[Service]\nUser=1001\n",
		"\nBindPaths=-/home/uma/.hermes\n",
		"\nReadOnlyPaths=-/home/uma/.hermes/.env\n",
		"\nBindReadOnlyPaths=-/home/uma/repos/backup\n",
		"\nBindReadOnlyPaths=-/home/uma/.ssh/backup.pub\n",
		"\nBindReadOnlyPaths=-/run/user/1001/bus\n",
		"\nBindPaths=-/var/lib/hermes-mission-control/reports/bheem\n",
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const char *error, *text = text_of((struct instance){ .uid = 1001, .backup_repo = "/home/uma/repos/backup",
								 .backup_key = "/home/uma/.ssh/backup" }, a, &error);

	(void)state;
	assert_null(error);
	assert_int_equal(strncmp(text, DROPIN_MARK, strlen(DROPIN_MARK)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!strstr(text, lines[i]))
			fail_msg("missing: %s in\n%s", lines[i], text);
	assert_null(strstr(text, "/home/uma/.ssh/backup\n")); /* the private half stays hidden */
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

#define BACKED_UP { .uid = 1001, .backup_repo = "/home/uma/repos/backup", .backup_key = "/home/uma/.ssh/backup", \
		    .backup_known_hosts = "/home/uma/.ssh/known_hosts", .backup_timer = { "hmc-backup@bheem.timer", UNIT_SCOPE_AUTO } }

/* Each line of some stands in text, and no bind beside those. */
static void binds_are(const char *text, const char *const *some, size_t n)
{
	size_t binds = 0;

	for (size_t i = 0; i < n; i++)
		if (!strstr(text, some[i]))
			fail_msg("missing: %s in\n%s", some[i], text);
	for (const char *at = text; (at = strstr(at, "\nBind")); at++)
		binds++;
	if (binds != n)
		fail_msg("%zu binds instead of %zu:\n%s", binds, n, text);
}

static void a_backup_writes_its_repository_and_sees_its_key(void **state)
{
	static const char *const lines[] = {
		"\nBindPaths=-/var/lib/hermes-mission-control/reports/bheem\n",
		"\nBindReadOnlyPaths=-/home/uma/.hermes\n",
		"\nBindPaths=-/home/uma/repos/backup\n",
		"\nBindReadOnlyPaths=-/home/uma/.ssh/backup\n",
		"\nBindReadOnlyPaths=-/home/uma/.ssh/known_hosts\n",
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const char *error, *text = text_for(DROPIN_BACKUP, (struct instance)BACKED_UP, a, &error);

	(void)state;
	assert_non_null(strstr(text, "\n[Service]\nUser=1001\n"));
	binds_are(text, lines, ARRAY_SIZE(lines));
	assert_null(strstr(text, "IPAddress"));
}

static void a_drill_writes_no_repository(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const char *error, *text = text_for(DROPIN_DRILL, (struct instance)BACKED_UP, a, &error);

	(void)state;
	assert_non_null(strstr(text, "\nBindReadOnlyPaths=-/home/uma/repos/backup\n"));
	assert_null(strstr(text, "\nBindPaths=-/home/"));
}

static void a_notifier_sees_its_home_and_token_and_writes_reports_alone(void **state)
{
	static const char *const lines[] = {
		"\nBindPaths=-/var/lib/hermes-mission-control/reports/bheem\n",
		"\nBindPaths=-/var/lib/hermes-mission-control/alive/bheem\n",
		"\nBindReadOnlyPaths=-/home/uma/.hermes\n",
		"\nBindReadOnlyPaths=-/home/uma/.config/bot-token\n",
	};
	struct instance in = BACKED_UP;
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const char *error;

	(void)state;
	in.notify.token_file = "/home/uma/.config/bot-token";
	binds_are(text_for(DROPIN_NOTIFY, in, a, &error), lines, ARRAY_SIZE(lines));
	in.uid = 0;
	assert_non_null(strstr(text_for(DROPIN_NOTIFY, in, a, &error), "\nProtectProc=default\n")); /* the gateway is looked for */
	assert_null(strstr(text_for(DROPIN_BACKUP, in, a, &error), "ProtectProc"));
	in.notify.token_file = "/home/uma/bot token";
	assert_null(text_for(DROPIN_NOTIFY, in, a, &error));
	assert_non_null(strstr(error, "bot token"));
}

static void only_what_is_configured_is_wanted(void **state)
{
	struct instance in = BACKED_UP;

	(void)state;
	assert_true(dropin_is_wanted(DROPIN_EXPORT, &in));
	assert_true(dropin_is_wanted(DROPIN_BACKUP, &in));
	assert_true(dropin_is_wanted(DROPIN_DRILL, &in));
	assert_false(dropin_is_wanted(DROPIN_NOTIFY, &in));
	in.notify.is_on = true;
	in.backup_timer.unit = "uma-hermes-backup.timer"; /* somebody else's */
	assert_true(dropin_is_wanted(DROPIN_NOTIFY, &in));
	assert_false(dropin_is_wanted(DROPIN_BACKUP, &in));
	assert_false(dropin_is_wanted(DROPIN_DRILL, &in));
}

static void the_beat_is_handed_its_url(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	struct config c = { .beat = { .url_file = "/etc/x/beat.url" } };
	const char *error;

	(void)state;
	assert_string_equal(dropin_beat_text(&c, a, &error), DROPIN_MARK "[Service]\nLoadCredential=beat.url:/etc/x/beat.url\n");
	c.beat.url_file = "/etc/x y";
	assert_null(dropin_beat_text(&c, a, &error));
	assert_non_null(strstr(error, "beat.urlFile"));
	c.beat.url_file = "credential:mine"; /* a person's own drop-in */
	assert_null(dropin_beat_text(&c, a, &error));
	assert_null(error);
	c.beat.url_file = NULL;
	assert_null(dropin_beat_text(&c, a, &error));
	assert_null(error);
}

static void a_drill_that_is_due_sooner_runs_more_often(void **state)
{
	static const struct {
		int days;
		const char *line;
	} cases[] = { { 1, "*-*-* 04,16:40:00" }, { 2, "*-*-* 04:40:00" }, { 13, "*-*-* 04:40:00" }, { 14, NULL }, { 30, NULL } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct instance in = { .drill_every_s = cases[i].days * (int64_t)86400 };
		const char *text = dropin_drill_timer(&in);

		assert_int_equal(text != NULL, cases[i].line != NULL);
		if (!text || !cases[i].line)
			continue;
		assert_int_equal(strncmp(text, DROPIN_MARK, strlen(DROPIN_MARK)), 0);
		assert_non_null(strstr(text, "\n[Timer]\nOnCalendar=\n")); /* the one that ships is taken away */
		assert_non_null(strstr(text, cases[i].line));
	}
}

static const char *of_host(const struct product *list, size_t n, bool *is_needed, struct arena *a)
{
	const struct config c = { .state_dir = "/var/lib/x", .products = { list, n } };

	return dropin_host_text(&c, a, is_needed);
}

static void the_machine_gets_the_network_that_its_products_need(void **state)
{
	static const struct product local[] = { { .url = "http://127.0.0.1:3049/h" }, { .url = "https://localhost/" }, { .unit = { "x.service", UNIT_SCOPE_SYSTEM } } };
	static const struct product near[] = { { .url = "http://100.87.53.10:80/" }, { .url = "http://[fd7a::1]/" }, { .url = "http://[fd7a::1]:81/" } };
	static const struct product named[] = { { .url = "https://shop.example/" } };
	static const struct product none[] = { { .unit = { "x.service", UNIT_SCOPE_SYSTEM } }, { .id = "later" } };
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	bool is_needed;
	const char *text = of_host(local, 3, &is_needed, a);

	(void)state;
	assert_true(is_needed);
	assert_int_equal(strncmp(text, DROPIN_MARK, strlen(DROPIN_MARK)), 0);
	assert_non_null(strstr(text, "\nRestrictAddressFamilies=AF_INET AF_INET6\nIPAddressAllow=localhost\n"));
	assert_null(strstr(strstr(text, "IPAddressAllow=localhost") + 1, "IPAddressAllow"));
	text = of_host(near, 3, &is_needed, a);
	assert_non_null(strstr(text, "\nIPAddressAllow=100.87.53.10\nIPAddressAllow=fd7a::1\n"));
	assert_null(strstr(text, "localhost"));
	assert_non_null(strstr(of_host(named, 1, &is_needed, a), "\nIPAddressAllow=any\n"));
	text = of_host(none, 2, &is_needed, a);
	assert_false(is_needed);
	assert_null(strstr(text, "AF_INET"));
	assert_null(strstr(text, "IPAddress"));
}

static const char *for_caddy(const char *admin, const char *file, bool *is_needed, struct arena *a)
{
	const struct config c = { .state_dir = "/var/lib/x", .caddy = { .admin = admin, .file = file } };

	return dropin_host_text(&c, a, is_needed);
}

static void the_machine_s_caddy_opens_what_asking_it_needs(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	bool is_needed;
	const char *text = for_caddy("http://127.0.0.1:2019", NULL, &is_needed, a);

	(void)state;
	assert_true(is_needed);
	assert_non_null(strstr(text, "\nRestrictAddressFamilies=AF_INET AF_INET6\nIPAddressAllow=localhost\n"));
	assert_null(strstr(text, "Bind"));
	text = for_caddy("unix//run/caddy/admin.sock", "/srv/caddy/Caddyfile", &is_needed, a);
	assert_true(is_needed);
	assert_non_null(strstr(text, "\nBindReadOnlyPaths=-/run/caddy/admin.sock\nBindReadOnlyPaths=-/srv/caddy/Caddyfile\n"));
	assert_null(strstr(text, "AF_INET"));
	assert_null(strstr(for_caddy("off", NULL, &is_needed, a), "Bind"));
	assert_false(is_needed);
	for_caddy(NULL, NULL, &is_needed, a);
	assert_false(is_needed);
	assert_null(strstr(for_caddy(NULL, "/srv/a b", &is_needed, a), "Bind"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_sees_its_own_home_bus_and_reports),
		cmocka_unit_test(only_a_dashboard_opens_loopback),
		cmocka_unit_test(a_backup_writes_its_repository_and_sees_its_key),
		cmocka_unit_test(a_drill_writes_no_repository),
		cmocka_unit_test(the_beat_is_handed_its_url),
		cmocka_unit_test(a_drill_that_is_due_sooner_runs_more_often),
		cmocka_unit_test(a_notifier_sees_its_home_and_token_and_writes_reports_alone),
		cmocka_unit_test(only_what_is_configured_is_wanted),
		cmocka_unit_test(the_machine_s_caddy_opens_what_asking_it_needs),
		cmocka_unit_test(percent_is_no_specifier),
		cmocka_unit_test(what_a_unit_cannot_name_is_refused),
		cmocka_unit_test(the_machine_gets_the_network_that_its_products_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
