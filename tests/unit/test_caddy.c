/* What the machine's Caddy serves: from its loaded configuration, from its file, and from whoever else answers there. */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "fake_http.h"
#include "probe/caddy.h"
#include "probe/caddy_parts.h"
#include "test.h"

static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/hmc-caddy.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static const char *put(const char *name, const char *text, struct arena *a)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);
	CLEANUP_FILE FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	return path;
}

static struct caddy from_file(const char *text, struct arena *a)
{
	struct caddy c = { .n_sites = 0 };
	const char *reason;
	bool is_absent;

	assert_true(caddy_read_file(&c, put("Caddyfile", text, a), a, &is_absent, &reason));
	return c;
}

static struct caddy from_loaded(const char *json, struct arena *a)
{
	struct caddy c = { .n_sites = 0 };
	const char *reason = NULL;

	if (!caddy_read_loaded(&c, json, strlen(json), a, &reason))
		fail_msg("%s", reason);
	return c;
}

static void assert_site(const struct caddy *c, size_t i, const char *listen, const char *reach, const char *hosts, const char *upstreams,
			const char *roots)
{
	const char *const want[] = { listen, reach, hosts, upstreams, roots };

	assert_true(i < c->n_sites);
	for (size_t k = 0; k < ARRAY_SIZE(want); k++) {
		const char *const has[] = { c->sites[i].listen, c->sites[i].reach, c->sites[i].hosts, c->sites[i].upstreams, c->sites[i].roots };

		if (!str_eq(has[k], want[k]))
			fail_msg("site %zu: '%s' is not '%s'", i, has[k], want[k]);
	}
}

static void a_loaded_configuration_tells_its_sites(void **state)
{
	static const char json[] =
		"{\"admin\":{\"listen\":\"unix//run/caddy/admin.sock\"},\"apps\":{\"http\":{\"servers\":{\"srv0\":{\"listen\":[\":443\",\"[::1]:8443\"],\"routes\":["
		"{\"match\":[{\"host\":[\"a.example.com\",\"b.example.com\"]}],\"handle\":[{\"handler\":\"subroute\",\"routes\":[{\"handle\":["
		"{\"handler\":\"vars\",\"root\":\"/srv/my www\"},{\"handler\":\"file_server\"},"
		"{\"handler\":\"reverse_proxy\",\"transport\":{\"protocol\":\"fastcgi\"},\"upstreams\":[{\"dial\":\"unix//run/hermes-mission-control/ops.sock\"}]}]}]}]},"
		"{\"handle\":[{\"handler\":\"reverse_proxy\",\"upstreams\":[{\"dial\":\"127.0.0.1:9119\"},{\"dial\":\"127.0.0.1:9119\"}]}]}],"
		"\"errors\":{\"routes\":[{\"handle\":[{\"handler\":\"file_server\",\"root\":\"/srv/errors\"}]}]}}}},"
		"\"layer4\":{\"servers\":{\"x\":{\"listen\":[\"0.0.0.0:5000\"],\"routes\":[{\"handle\":[{\"handler\":\"proxy\",\"upstreams\":[{\"dial\":[\"127.0.0.1:8480\"]}]}]}]}}}}}";
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct caddy c = from_loaded(json, a);

	(void)state;
	assert_int_equal(c.n_sites, 5);
	assert_site(&c, 0, ":443", "public", "a.example.com b.example.com", "unix//run/hermes-mission-control/ops.sock", "/srv/my%20www");
	assert_site(&c, 1, "[::1]:8443", "loopback", "a.example.com b.example.com", "unix//run/hermes-mission-control/ops.sock", "/srv/my%20www");
	assert_site(&c, 2, ":443", "public", NULL, "127.0.0.1:9119", "/srv/errors");
	assert_site(&c, 4, "0.0.0.0:5000", "public", NULL, "127.0.0.1:8480", NULL);
	assert_int_equal(c.is_whole, TRI_YES);
	assert_string_equal(c.admin, "unix//run/caddy/admin.sock");
}

static void a_matcher_without_names_lets_anybody_in(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct caddy c = from_loaded("{\"apps\":{\"http\":{\"servers\":{\"s\":{\"listen\":[\":80\"],\"routes\":[{\"match\":[{\"host\":[\"x\"]},{\"path\":[\"/y\"]}],"
				     "\"handle\":[{\"handler\":\"file_server\"}]}]}}}}}", a);

	(void)state;
	assert_int_equal(c.n_sites, 1);
	assert_site(&c, 0, ":80", "public", NULL, NULL, ".");
}

static void what_is_no_configuration_is_refused(void **state)
{
	static const char *const bad[] = { "", "<html>", "[]", "\"x\"", "{\"apps\":", "{\"a\":1,\"a\":2}", "{} {}" };
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct caddy c = { .n_sites = 0 };
		const char *reason = NULL;

		assert_false(caddy_read_loaded(&c, bad[i], strlen(bad[i]), a, &reason));
		assert_non_null(reason);
	}
	/* Of wrong types nothing is taken; an empty one serves nothing. */
	assert_int_equal(from_loaded("{\"apps\":{\"http\":{\"servers\":{\"s\":{\"listen\":{},\"routes\":[1,{\"match\":7,\"handle\":{\"dial\":[{}]}}]}}}}}", a).n_sites, 0);
	assert_int_equal(from_loaded("null", a).n_sites, 0);
	assert_string_equal(from_loaded("{\"admin\":{\"disabled\":true}}", a).admin, "off");
}

static void too_many_sites_are_not_whole(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	CLEANUP(buf_done) struct buf b = BUF_INIT(1024 * 1024);
	struct caddy c;

	(void)state;
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "site%d.example.com {\n\trespond hi\n}\n", i);
	c = from_file(buf_str(&b), a);
	assert_int_equal(c.n_sites, CADDY_SITES_MAX);
	assert_int_equal(c.is_whole, TRI_NO);
	buf_clear(&b);
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "site%d.example.com ", i);
	c = from_file(arena_printf(a, ":80 {\n\treverse_proxy %s\n}\n", buf_str(&b)), a);
	assert_int_equal(c.is_whole, TRI_NO);
	assert_true(strlen(c.sites[0].upstreams) <= CADDY_WORDS_MAX);
}

static void a_file_tells_its_sites(void **state)
{
	static const char text[] =
		"# a comment { with a brace\n"
		"{\n\tadmin unix//run/caddy/admin.sock\n\tservers {\n\t\ttimeouts {\n\t\t\tidle 2m\n\t\t}\n\t}\n}\n"
		"(pane) {\n\treverse_proxy unix//run/hermes-mission-control/{args.0}.sock\n}\n"
		"example.com, http://www.example.com:8080,\nhttps://x.example.com/path {\n"
		"\thandle /x* {\n\t\treverse_proxy @named 127.0.0.1:9119 {\n\t\t\tto 127.0.0.1:9120\n\t\t\theader_up Authorization secret\n\t\t}\n\t}\n"
		"\timport pane overview\n"
		"\troot * \"/srv/my www\"\n\tfile_server\n\tphp_fastcgi unix//run/php.sock\n"
		"}\n"
		":80 {\n\tbind 127.0.0.1 ::1 100.100.1.2\n\trespond \"a } b\" 200\n}\n"
		"localhost:7000 {\n\tfile_server\n}\n";
	static const char up[] = "127.0.0.1:9119 127.0.0.1:9120 unix//run/hermes-mission-control/overview.sock unix//run/php.sock";
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct caddy c = from_file(text, a);

	(void)state;
	assert_int_equal(c.n_sites, 7);
	assert_site(&c, 0, ":443", "public", "example.com", up, "/srv/my%20www");
	assert_site(&c, 1, ":8080", "public", "www.example.com", up, "/srv/my%20www");
	assert_site(&c, 2, ":443", "public", "x.example.com", up, "/srv/my%20www");
	assert_site(&c, 3, "127.0.0.1:80", "loopback", NULL, NULL, NULL);
	assert_site(&c, 4, "[::1]:80", "loopback", NULL, NULL, NULL);
	assert_site(&c, 5, "100.100.1.2:80", "tailnet", NULL, NULL, NULL);
	/* A name is only a matcher to Caddy: it listens on every address. */
	assert_site(&c, 6, ":7000", "public", "localhost", NULL, ".");
	assert_int_equal(c.is_whole, TRI_YES);
	assert_null(c.note);
	assert_string_equal(c.admin, "unix//run/caddy/admin.sock");
}

static void a_file_of_one_site_needs_no_braces(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct caddy c = from_file("example.com\n\nreverse_proxy 127.0.0.1:8480\n", a);

	(void)state;
	assert_int_equal(c.n_sites, 1);
	assert_site(&c, 0, ":443", "public", "example.com", "127.0.0.1:8480", NULL);
}

static void imports_are_followed_beneath_the_folder_alone(void **state)
{
	static const char *const elsewhere[] = { "/etc/passwd", "../outside", "/nowhere/*.caddy", "link.caddy", "missing.caddy" };
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	struct caddy c;

	(void)state;
	mkdir(arena_printf(a, "%s/sites", dir), 0700);
	put("sites/a.caddy", "a.example.com {\n\timport ../common\n}\n", a);
	put("sites/b.caddy", "b.example.com {\n\treverse_proxy 127.0.0.1:1\n}\n", a);
	put("common.caddy", "reverse_proxy 127.0.0.1:2\n", a);
	assert_int_equal(symlink("/etc/hostname", arena_printf(a, "%s/link.caddy", dir)), 0);
	c = from_file("import sites/b*.caddy\nc.example.com {\n\timport common.caddy\n}\n", a);
	assert_int_equal(c.n_sites, 2);
	assert_site(&c, 0, ":443", "public", "b.example.com", "127.0.0.1:1", NULL);
	assert_site(&c, 1, ":443", "public", "c.example.com", "127.0.0.1:2", NULL);
	assert_int_equal(c.is_whole, TRI_YES);
	for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++) {
		c = from_file(arena_printf(a, "import %s\n:80 {\n}\n", elsewhere[i]), a);
		assert_int_equal(c.is_whole, TRI_NO);
		assert_non_null(strstr(c.note, "is not followed"));
		assert_int_equal(c.n_sites, 1);
	}
}

static void what_a_site_invokes_is_its_own(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct caddy c = from_file("&(inside) {\n\treverse_proxy 127.0.0.1:8480\n}\nshop.example.com {\n\tinvoke inside\n}\n"
				   "two.example.com {\n\tinvoke nothing\n}\n", a);

	(void)state;
	assert_site(&c, 0, ":443", "public", "shop.example.com", "127.0.0.1:8480", NULL);
	assert_int_equal(c.is_whole, TRI_NO);
}

static void upstreams_that_are_looked_up_lead_anywhere(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct caddy c = from_file(":80 {\n\treverse_proxy {\n\t\tdynamic a {\n\t\t\tname dash.internal\n\t\t\tport 9119\n\t\t}\n\t}\n}\n", a);

	(void)state;
	assert_non_null(strstr(c.sites[0].upstreams, "{dynamic}"));
	c = from_loaded("{\"apps\":{\"http\":{\"servers\":{\"s\":{\"listen\":[\":80\"],\"routes\":[{\"handle\":[{\"handler\":\"reverse_proxy\","
			"\"dynamic_upstreams\":{\"source\":\"multi\",\"sources\":[{\"source\":\"a\",\"name\":\"dash.internal\",\"port\":\"9119\"}]}}]}]}}}}}", a);
	assert_non_null(strstr(c.sites[0].upstreams, "{dynamic}"));
}

static void a_heredoc_is_not_taken_for_blocks(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct caddy c = from_file("a.example.com {\n\trespond <<HTML\n\t{ {\n\tHTML 200\n}\nb.example.com {\n\treverse_proxy 127.0.0.1:8480\n}\n", a);

	(void)state;
	assert_int_equal(c.is_whole, TRI_NO);
	assert_non_null(strstr(c.note, "<<"));
}

static void a_file_that_imports_itself_ends(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	CLEANUP(buf_done) struct buf b = BUF_INIT(1024 * 1024);
	struct caddy c = from_file("import Caddyfile\nimport Caddyfile\n(x) {\n\timport x\n\timport x\n}\n:80 {\n\timport x\n}\n", a);

	(void)state;
	assert_int_equal(c.is_whole, TRI_NO);
	/* Much of everything: it stays within the memory that a probe has. */
	buf_adds(&b, "(x) {\n");
	for (int i = 0; i < 300; i++)
		buf_adds(&b, "\treverse_proxy {args.0}{args.1}{args[2]}\n");
	buf_adds(&b, "}\n:80 {\n");
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "\timport x %01000d %01000d %01000d\n\timport Caddyfile\n", i, i, i);
	buf_adds(&b, "}\n");
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "import ../%d\n", i);
	assert_int_equal(from_file(buf_str(&b), a).is_whole, TRI_NO);
}

static void odd_files_are_read_to_their_end(void **state)
{
	static const char *const odd[] = { "", "{", "}", "}}}}", "{{{{", "(", "()", "() {", ":80 {", ":80 {\n}}\n:81 {", "\"", "`", "\\", "\\\n", ",", ",,, {", "a,\n",
					   "import", "import\n", "{$X} {\n}", "{$X:} {\n}", ":80 {\n\troot\n\tbind\n\tto\n\treverse_proxy\n\timport\n}", "[::1]:80 {\n}",
					   "[ {\n}", "&(n) {\n}\n", "\xff\xfe {\n}\n" };
	CLEANUP(arena_freep) struct arena *a = arena_new(512 * 1024 * 1024);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		from_file(odd[i], a);
	assert_int_equal(from_file("{$SITE:example.com} {\n}\n", a).is_whole, TRI_NO);
}

static void a_text_that_is_hostile_is_made_fit_to_show(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct caddy c = from_file("\"ex\x1b[31m ample\" {\n\treverse_proxy \"1 2\n3\"\n}\n", a);

	(void)state;
	assert_int_equal(c.n_sites, 1);
	assert_null(strchr(c.sites[0].hosts, '\x1b'));
	assert_null(strchr(c.sites[0].upstreams, '\n'));
	assert_string_equal(c.sites[0].upstreams, "1%202%203");
}

/* Without a bus nothing is known of caddy.service: then the configuration's word counts. */
static struct caddy probed(const char *admin, const char *file, struct arena *a)
{
	struct caddy_place place = { admin, file };
	struct caddy c = { .n_sites = 0 };

	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus", 1);
	probe_caddy(&c, &place, a, clock_mono_us() + 2000000);
	return c;
}

static void who_gives_no_configuration_is_told_of_by_the_file(void **state)
{
	static const struct {
		const char *answer;
		bool is_silent;
		const char *reason;
	} cases[] = {
		{ "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", false, "answered with status 403" },
		{ "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false, "answered with status 302" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<ht>", false, "not JSON" },
		{ "garbage\r\n\r\n", false, "gave no answer" },
		{ NULL, true, "gave no answer in time" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", false, "gave no answer" },
	};
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	const char *file = put("Caddyfile", ":80 {\n\treverse_proxy 127.0.0.1:8480\n}\n", a);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_server f = { .answer = cases[i].answer, .is_silent = cases[i].is_silent };
		struct caddy c;

		server_start(&f);
		c = probed(arena_printf(a, "http://127.0.0.1:%d", f.port), file, a);
		server_stop(&f);
		assert_int_equal(c.probe.state, PROBE_OK);
		assert_string_equal(c.how, "file");
		if (!c.note || !strstr(c.note, cases[i].reason))
			fail_msg("case %zu: %s", i, c.note);
		assert_site(&c, 0, ":80", "public", NULL, "127.0.0.1:8480", NULL);
	}
	assert_non_null(strstr(probed("unix//nowhere/admin.sock", "/nowhere/Caddyfile", a).probe.reason, "there is no /nowhere/Caddyfile"));
	assert_int_equal(probed("unix//nowhere/admin.sock", "/nowhere/Caddyfile", a).probe.state, PROBE_UNKNOWN);
	assert_null(probed("off", file, a).note);
	/* Only the configuration may name a place; a file leads nowhere else. */
	file = put("Caddyfile", "{\n\tadmin localhost:2019@192.0.2.1\n}\n:80 {\n}\n", a);
	assert_non_null(strstr(probed(NULL, file, a).note, "not an address of this machine"));
}

static void an_answer_without_end_is_cut(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	struct fake_server f = { .answer = "HTTP/1.1 200 OK\r\n\r\n[", .again = "1111111111111111111111111111111111111111111111111111111111111111,\n" };
	struct caddy c;

	(void)state;
	server_start(&f);
	c = probed(arena_printf(a, "http://127.0.0.1:%d", f.port), "/nowhere/Caddyfile", a);
	server_stop(&f);
	assert_int_equal(c.probe.state, PROBE_UNKNOWN);
}

/* The one that ships with this system; it listens on loopback and a socket alone. */
static void a_real_caddy_is_asked_over_its_socket(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	const char *socket = arena_printf(a, "%s/admin.sock", dir);
	const char *file = put("Real", arena_printf(a, "{\n\tadmin unix/%s\n\tauto_https off\n}\nhttp://public.example.com:0 {\n\tbind 127.0.0.1\n\treverse_proxy 127.0.0.1:8480 unix//run/hermes-mission-control/ops.sock\n}\n", socket), a);
	char *argv[] = { (char[]){ "caddy" }, (char[]){ "run" }, (char[]){ "--config" }, arena_strdup(a, file), (char[]){ "--adapter" }, (char[]){ "caddyfile" }, NULL };
	char *envp[] = { arena_printf(a, "HOME=%s", dir), arena_printf(a, "XDG_DATA_HOME=%s", dir), arena_printf(a, "XDG_CONFIG_HOME=%s", dir), NULL };
	posix_spawn_file_actions_t to_nowhere;
	struct caddy c = { .n_sites = 0 };
	pid_t pid;

	(void)state;
	posix_spawn_file_actions_init(&to_nowhere);
	posix_spawn_file_actions_addopen(&to_nowhere, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, "/usr/bin/caddy", &to_nowhere, NULL, argv, envp) != 0)
		skip();
	for (int i = 0; i < 100 && !str_eq(c.how, "loaded configuration"); i++) {
		if (access(socket, F_OK) == 0)
			c = probed(arena_printf(a, "unix/%s", socket), "/nowhere/Caddyfile", a);
		usleep(100000);
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	posix_spawn_file_actions_destroy(&to_nowhere);
	assert_string_equal(c.how, "loaded configuration");
	assert_int_equal(c.n_sites, 1);
	assert_non_null(c.sites);
	assert_site(&c, 0, c.sites[0].listen, "loopback", "public.example.com", "127.0.0.1:8480 unix//run/hermes-mission-control/ops.sock", NULL);
	/* Once it is gone, its socket is still there. */
	assert_int_equal(probed(arena_printf(a, "unix/%s", socket), "/nowhere/Caddyfile", a).probe.state, PROBE_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loaded_configuration_tells_its_sites),
		cmocka_unit_test(a_matcher_without_names_lets_anybody_in),
		cmocka_unit_test(what_is_no_configuration_is_refused),
		cmocka_unit_test(too_many_sites_are_not_whole),
		cmocka_unit_test(a_file_tells_its_sites),
		cmocka_unit_test(a_file_of_one_site_needs_no_braces),
		cmocka_unit_test(imports_are_followed_beneath_the_folder_alone),
		cmocka_unit_test(a_file_that_imports_itself_ends),
		cmocka_unit_test(what_a_site_invokes_is_its_own),
		cmocka_unit_test(upstreams_that_are_looked_up_lead_anywhere),
		cmocka_unit_test(a_heredoc_is_not_taken_for_blocks),
		cmocka_unit_test(odd_files_are_read_to_their_end),
		cmocka_unit_test(a_text_that_is_hostile_is_made_fit_to_show),
		cmocka_unit_test(who_gives_no_configuration_is_told_of_by_the_file),
		cmocka_unit_test(an_answer_without_end_is_cut),
		cmocka_unit_test(a_real_caddy_is_asked_over_its_socket),
	};

	return cmocka_run_group_tests(tests, make_dir, NULL);
}
