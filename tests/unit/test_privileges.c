/*
 * The units that ship, and the drop-ins that hmc setup writes, grant what docs/privileges.md lists and no more; and
 * neither says anything else than the table by which a unit in force is judged (src/probe/own_table.c).
 */
#include <glob.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "config/dropin.h"
#include "probe/own_table.h"
#include "test.h"

/* Of [Service]: what grants nothing, and so needs no line in the document. */
static const char *const harmless[] = {
	"Type", "ExecStart", "SuccessExitStatus", "TimeoutStartSec", "TimeoutStopSec", "MemoryMax", "TasksMax", "Nice", "IOSchedulingClass",
	"Restart", "RestartSec", "KillMode", "StandardInput", "StandardOutput", "StandardError", "LimitNOFILE", "SystemCallErrorNumber",
	"RuntimeDirectoryMode", "Environment", "RestartPreventExitStatus",
};

static const struct {
	const char *path;
	enum own_kind kind;
} shipped[] = {
	{ "systemd/hmc-pane@.service", OWN_PANE },
	{ "systemd/hmc-caddy.service", OWN_CADDY },
	{ "systemd/hmc-port.service", OWN_PORT },
	{ "systemd/hmc-export-host.service", OWN_HOST },
	{ "systemd/hmc-export@.service", OWN_INSTANCE },
	{ "systemd/hmc-notify@.service", OWN_LOOP },
	{ "systemd/hmc-backup@.service", OWN_LOOP },
	{ "systemd/hmc-drill@.service", OWN_LOOP },
	{ "systemd/hmc-beat.service", OWN_BEAT },
	{ "systemd/user/hmc-export@.service", OWN_USER },
	{ "systemd/user/hmc-notify@.service", OWN_USER },
	{ "systemd/user/hmc-backup@.service", OWN_USER },
	{ "systemd/user/hmc-drill@.service", OWN_USER },
};

static const char *read_text(const char *path, struct arena *a)
{
	CLEANUP_FREE char *data = read_all(top_path(path), NULL);
	const char *text = arena_strdup(a, data);

	return text;
}

/* The part of the document below a heading, up to the next one of its kind. */
static const char *section(const char *doc, const char *heading, struct arena *a)
{
	const char *at = strstr(doc, arena_printf(a, "\n## %s\n", heading)), *end;

	if (!at)
		fail_msg("docs/privileges.md has no section '%s'", heading);
	end = strstr(at + 1, "\n## ");
	return arena_strndup(a, at, end ? (size_t)(end - at) : strlen(at));
}

/* Calls each line "Name=value" of [Service] or [Socket]. */
static const char *next_line(const char *at, const char **name, const char **value, struct arena *a)
{
	while (at && *at) {
		const char *line = arena_strndup(a, at, strcspn(at, "\n")), *equals = strchr(line, '=');

		at += strlen(line) + (at[strlen(line)] == '\n');
		if (*line == '#' || *line == ';' || !equals)
			continue;
		*name = arena_strndup(a, line, (size_t)(equals - line));
		*value = equals + 1;
		return at;
	}
	return NULL;
}

static const char *part(const char *text, const char *name, struct arena *a)
{
	const char *at = strstr(text, arena_printf(a, "\n[%s]\n", name)), *end;

	if (!at)
		return "";
	at = strchr(at + 1, '\n') + 1;
	end = strstr(at, "\n[");
	return arena_strndup(a, at, end ? (size_t)(end - at) + 1 : strlen(at));
}

static const struct own_setting *find_setting(const char *name)
{
	for (size_t i = 0; i < n_own_settings; i++)
		if (str_eq(own_settings[i].name, name))
			return &own_settings[i];
	return NULL;
}

static bool is_harmless(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (str_eq(harmless[i], name))
			return true;
	return false;
}

/* A unit's lines of one setting, joined as systemd joins them; NULL where there is none. */
static const char *joined(const char *service, const char *setting, struct arena *a)
{
	const char *name, *value, *all = NULL;

	for (const char *at = service; (at = next_line(at, &name, &value, a));)
		if (str_eq(name, setting))
			all = all && *all ? arena_printf(a, "%s %s", all, value) : value;
	return all;
}

/* "-/x" is "/x" where that is there. */
static const char *without_dashes(const char *words, struct arena *a)
{
	char *text = arena_strdup(a, words), *to = text;

	for (const char *from = text; *from; from++)
		if (*from != '-' || from[1] != '/' || (from != text && from[-1] != ' '))
			*to++ = *from;
	*to = '\0';
	return text;
}

static void shipped_units_say_what_the_table_says(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shipped); i++) {
		const char *service = part(read_text(shipped[i].path, a), "Service", a), *name, *value;

		for (size_t j = 0; j < n_own_settings; j++) {
			const struct own_setting *s = &own_settings[j];
			const char *has = joined(service, s->name, a), *want = s->want[shipped[i].kind];

			if (!str_eq(has ? without_dashes(has, a) : NULL, want))
				fail_msg("%s: %s=%s, but src/probe/own_table.c and docs/privileges.md have '%s'", shipped[i].path, s->name,
					 has ? has : " is missing", want ? want : "nothing");
		}
		for (const char *at = service; (at = next_line(at, &name, &value, a));) {
			if (!find_setting(name) && !is_harmless(name) && !str_eq(name, "EnvironmentFile"))
				fail_msg("%s grants %s=%s, which docs/privileges.md does not list", shipped[i].path, name, value);
			if (str_eq(name, "ExecStart") && *value != '/' && strncmp(value, "@BINDIR@/", 9) != 0)
				fail_msg("%s starts '%s': a prefix may take a sandbox away", shipped[i].path, value);
		}
	}
}

static void every_shipped_service_is_in_the_table(void **state)
{
	static const char *const patterns[] = { "systemd/*.service", "systemd/user/*.service" };
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const char *top = getenv("MC_TOP") ? getenv("MC_TOP") : ".";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		glob_t found = { .gl_pathc = 0 };

		assert_int_equal(glob(arena_printf(a, "%s/%s", top, patterns[i]), 0, NULL, &found), 0);
		for (size_t j = 0; j < found.gl_pathc; j++) {
			bool is_known = false;

			for (size_t k = 0; k < ARRAY_SIZE(shipped); k++)
				is_known |= str_ends(found.gl_pathv[j], shipped[k].path);
			if (!is_known)
				fail_msg("%s ships, but src/probe/own_table.c and docs/privileges.md do not know it", found.gl_pathv[j]);
		}
		globfree(&found);
	}
}

static const char *cell(const struct own_setting *s, int kind)
{
	return !s->want[kind] ? "–" : !*s->want[kind] ? "empty" : s->want[kind];
}

static void the_document_lists_every_setting_and_no_other(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	const char *list = section(read_text("docs/privileges.md", a), "What each unit is granted", a);
	size_t rows = 0;

	(void)state;
	for (size_t i = 0; i < n_own_settings; i++) {
		const struct own_setting *s = &own_settings[i];
		const char *row = arena_printf(a, "\n| `%s=` |", s->name);

		for (int kind = 0; kind < OWN_KINDS; kind++)
			row = arena_printf(a, "%s %s |", row, cell(s, kind));
		row = arena_printf(a, "%s\n", row);
		if (!strstr(list, row))
			fail_msg("docs/privileges.md lacks this row:%s", row);
	}
	for (const char *at = list; (at = strstr(at, "\n| `")); at++)
		rows++;
	assert_int_equal(rows, n_own_settings);
}

/* Everything that a configuration can make hmc setup write, under names that stand for themselves. */
static const char *all_dropins(struct arena *a)
{
	static struct product products[] = { { .url = "http://127.0.0.1/" }, { .url = "http://10.9.8.7/" }, { .url = "https://example.com/" } };
	struct instance in[] = { { .id = "ID", .user = "USER", .uid = 4242, .hermes_home = "/HOME", .backup_repo = "/REPO",
				   .backup_key = "/KEY", .backup_known_hosts = "/HOSTS", .backup_token_file = "/TOKEN",
				   .notify = { .token_file = "/BOT", .ca_file = "/CERTIFICATE" }, .dashboard_port = 1 },
				 { .id = "ID", .user = "root", .uid = 0, .hermes_home = "/HOME" } };
	struct config c = { .state_dir = "/STATE", .products = { products, ARRAY_SIZE(products) }, .beat = { .url_file = "/URL" },
			    .caddy = { .admin = "unix//SOCKET", .file = "/CADDYFILE" } };
	bool is_needed;
	const char *error, *all = arena_printf(a, "%s%s", dropin_host_text(&c, a, &is_needed), dropin_beat_text(&c, a, &error));

	for (size_t i = 0; i < ARRAY_SIZE(in); i++)
		for (enum dropin_of of = 0; of < DROPINS; of++)
			all = arena_printf(a, "%s%s", all, dropin_text(&c, &in[i], of, a, &error));
	return all;
}

static void the_document_lists_every_line_of_a_dropin_and_no_other(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	const char *list = section(read_text("docs/privileges.md", a), "What `hmc setup` adds", a), *dropins = all_dropins(a), *name, *value;

	(void)state;
	for (const char *at = dropins; (at = next_line(at, &name, &value, a));)
		if (!strstr(list, arena_printf(a, "`%s=%s`", name, value)))
			fail_msg("hmc setup writes %s=%s, which docs/privileges.md does not list", name, value);
	for (const char *at = list; (at = strstr(at, "\n| `")); at++) {
		const char *line = arena_strndup(a, at + 4, strcspn(at + 4, "`"));

		if (!strstr(dropins, arena_printf(a, "\n%s\n", line)))
			fail_msg("docs/privileges.md lists %s, which hmc setup never writes", line);
	}
}

/* Lines of files that are no [Service]: each stands there as it is. */
static void every_line_stands_in(const char *list, const char *path, const char *text, struct arena *a)
{
	for (const char *at = text; *at;) {
		const char *line = arena_strndup(a, at, strcspn(at, "\n"));

		at += strlen(line) + (at[strlen(line)] == '\n');
		if (*line && *line != '#' && !strstr(list, arena_printf(a, "`%s`", line)))
			fail_msg("%s has '%s', which docs/privileges.md does not list", path, line);
	}
}

static void the_document_lists_sockets_accounts_and_folders(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	const char *list = section(read_text("docs/privileges.md", a), "Sockets, accounts and folders", a);

	(void)state;
	every_line_stands_in(list, "hmc-pane@.socket", part(read_text("systemd/hmc-pane@.socket", a), "Socket", a), a);
	every_line_stands_in(list, "sysusers", read_text("systemd/hermes-mission-control.sysusers", a), a);
	every_line_stands_in(list, "tmpfiles", read_text("systemd/hermes-mission-control.tmpfiles", a), a);
}

/* What is looser than the table, whatever else is set. */
static void a_loosened_setting_is_told(void **state)
{
	static const struct {
		const char *name;
		enum own_kind kind;
		const char *in_force;
		bool is_loose;
	} cases[] = {
		{ "User", OWN_PANE, "hmc", false },
		{ "User", OWN_PANE, "root", true },
		{ "User", OWN_PANE, "", true },
		{ "NoNewPrivileges", OWN_PANE, "no", true },
		{ "ProtectHome", OWN_INSTANCE, "read-only", true },
		{ "ProtectHome", OWN_INSTANCE, "yes", false },
		{ "ReadWritePaths", OWN_HOST, "/var/lib/hermes-mission-control/reports/host", false },
		{ "ReadWritePaths", OWN_HOST, "/var/lib/hermes-mission-control/reports/host /etc", true },
		{ "ReadWritePaths", OWN_HOST, "", false },
		{ "BindPaths", OWN_CADDY, "/root:/root:yes:16384", true },
		{ "IPAddressAllow", OWN_CADDY, "127.0.0.0/8 ::1/128", false },
		{ "IPAddressAllow", OWN_CADDY, "127.0.0.0/8 10.0.0.0/8", true },
		{ "IPAddressDeny", OWN_CADDY, "0.0.0.0/0 ::/0", false },
		{ "IPAddressDeny", OWN_CADDY, "", true },
		{ "RestrictAddressFamilies", OWN_PANE, "yes:AF_UNIX", false },
		{ "RestrictAddressFamilies", OWN_PANE, "yes:AF_UNIX AF_INET", true },
		{ "RestrictAddressFamilies", OWN_PANE, "no:", true },
		{ "CapabilityBoundingSet", OWN_PANE, "0", false },
		{ "CapabilityBoundingSet", OWN_PANE, "2097152", true },
		{ "SystemCallFilter", OWN_PANE, "yes:read write", false },
		{ "SystemCallFilter", OWN_PANE, "yes:read mount", true },
		{ "SystemCallFilter", OWN_PANE, "no:mount", true },
		{ "UMask", OWN_PANE, "63", false },
		{ "UMask", OWN_PANE, "18", true },
		{ "ExecStartPre", OWN_PANE, "/bin/true", true },
		{ "DeviceAllow", OWN_PANE, "char-rtc:r", false },
		{ "DeviceAllow", OWN_PANE, "/dev/sda:rwm", true },
		{ "ProcSubset", OWN_HOST, "all", false }, /* not asked of it */
		{ "PrivateTmp", OWN_PANE, NULL, false }, /* this systemd does not have it */
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(4 * 1024 * 1024);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct own_setting *s = find_setting(cases[i].name);

		assert_non_null(s);
		if (own_is_loose(s, own_wanted(s, cases[i].kind, NULL, a), cases[i].in_force, a) != cases[i].is_loose)
			fail_msg("%s=%s: %s", cases[i].name, cases[i].in_force, cases[i].is_loose ? "is loose" : "is not loose");
	}
}

static void what_the_setup_adds_is_not_loose(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4 * 1024 * 1024);
	const char *dropin = all_dropins(a);
	const struct own_setting *binds = find_setting("BindPaths"), *user = find_setting("User"), *families = find_setting("RestrictAddressFamilies");

	(void)state;
	/* A stateDir elsewhere wants drop-ins of a person (docs/operations.md). */
	assert_null(own_moved(OWN_HOST, "/var/lib/hermes-mission-control", a));
	assert_null(own_moved(OWN_CADDY, "/srv/x", a));
	assert_string_equal(own_moved(OWN_HOST, "/srv/x", a), "ReadWritePaths=/srv/x/reports/host\nReadWritePaths=/srv/x/alive/host\nReadWritePaths=/srv/x/host-told\n");
	assert_non_null(strstr(own_moved(OWN_PANE, "/srv/x", a), "ReadWritePaths=/srv/x/auth\n"));
	assert_string_equal(own_wanted(user, OWN_INSTANCE, "[Service]\nUser=1001\n", a), "1001");
	assert_string_equal(own_wanted(binds, OWN_INSTANCE, "[Service]\nBindPaths=-/srv/100%%h\n", a), "/srv/100%h");
	assert_false(own_is_loose(binds, own_wanted(binds, OWN_INSTANCE, dropin, a), "/HOME:/HOME:yes:16384 /STATE/reports/ID:/STATE/reports/ID:yes:0", a));
	assert_true(own_is_loose(binds, own_wanted(binds, OWN_INSTANCE, dropin, a), "/HOME:/HOME:yes:16384 /root:/HOME:yes:0", a));
	assert_true(own_is_loose(binds, own_wanted(binds, OWN_INSTANCE, dropin, a), "/etc:/HOME:yes:0", a));
	assert_false(own_is_loose(families, own_wanted(families, OWN_INSTANCE, dropin, a), "yes:AF_INET AF_INET6 AF_UNIX", a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_units_say_what_the_table_says),
		cmocka_unit_test(every_shipped_service_is_in_the_table),
		cmocka_unit_test(the_document_lists_every_setting_and_no_other),
		cmocka_unit_test(the_document_lists_every_line_of_a_dropin_and_no_other),
		cmocka_unit_test(the_document_lists_sockets_accounts_and_folders),
		cmocka_unit_test(a_loosened_setting_is_told),
		cmocka_unit_test(what_the_setup_adds_is_not_loose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
