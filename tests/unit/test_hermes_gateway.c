#include "test_hermes.h"

#include <inttypes.h>

#include "base/str.h"
#include "hermes/gateway.h"
#include "hermes/version.h"
#include "model/gateway.h"
#include "model/report.h"

static struct gateway *read_home(struct home *h)
{
	struct gateway *g = arena_alloc(h->a, sizeof(*g));

	hermes_gateway(g, &h->src, h->a, 0);
	return g;
}

static const struct platform *platform_of(const struct gateway *g, const char *name)
{
	for (size_t i = 0; i < g->n_platforms; i++)
		if (str_eq(g->platforms[i].name, name))
			return &g->platforms[i];
	return NULL;
}

static void compare_home(struct home *h, const char *which)
{
	cJSON *want = expected_of(h, which);
	const cJSON *status = at(at(want, "gateway"), "runtime_status"), *p;
	struct gateway *g;
	int64_t t = 0;

	/* An empty /proc: whatever runs here has nothing to do with those homes. */
	assert_int_equal(mkdir(in_home(h, "proc"), 0755), 0);
	h->src.proc_root = in_home(h, "proc");
	copy_home(h, which);
	g = read_home(h);
	assert_int_equal(g->probe.state, PROBE_OK);
	same_text(g->state, text_at(status, "gateway_state"));
	same_text(g->exit_reason, text_at(status, "exit_reason"));
	assert_int_equal(g->pid, at(status, "pid")->valueint);
	assert_int_equal(g->pid_state, PID_DEAD);
	assert_int_equal(g->active_agents, COUNT_UNKNOWN);
	assert_true(clock_parse_iso(text_at(status, "updated_at"), 0, &t));
	assert_int_equal(g->updated_at, t);
	assert_int_equal(g->n_platforms, cJSON_GetArraySize(at(status, "platforms")));
	cJSON_ArrayForEach(p, at(status, "platforms"))
	{
		const struct platform *got = platform_of(g, p->string);

		assert_non_null(got);
		same_text(got->state, text_at(p, "state"));
		same_text(got->error_code, cJSON_GetStringValue(cJSON_GetObjectItem(p, "error_code")));
		same_text(got->error_message, cJSON_GetStringValue(cJSON_GetObjectItem(p, "error_message")));
		assert_int_equal(got->needs_attention, TRI_UNKNOWN);
	}
	cJSON_Delete(want);
}

static void vijays_gateway_is_that_of_hermes(void **state)
{
	compare_home(*state, "vijay-2026-03");
}

static void bheems_gateway_is_that_of_hermes(void **state)
{
	compare_home(*state, "bheem-2026-03");
}

/* A process in a /proc of our own: 4711, started at tick 9000. */
static void make_process(struct home *h, const char *cmdline, size_t n)
{
	mkdir(in_home(h, "proc"), 0755);
	puts_(h, "proc/stat", "cpu 1 2 3\nbtime 1774000000\n");
	puts_(h, "proc/4711/stat",
	      "4711 (python) gateway) S 1 1 1 0 -1 4194304 1 1 1 1 1 1 1 1 20 0 1 0 9000 1 1\n");
	put(h, "proc/4711/cmdline", cmdline, n);
	h->src.proc_root = arena_strdup(h->a, in_home(h, "proc"));
}

#define CMD(text) text, sizeof(text)
#define GATEWAY   CMD("/opt/venv/bin/python\0-m\0hermes_cli.main\0gateway\0run")

static void a_process_is_alive_only_if_it_is_the_same(void **state)
{
	static const struct {
		const char *pid_file, *state_file;
		enum pid_state want;
		int64_t pid;
	} rows[] = {
		{ "{\"pid\": 4711, \"start_time\": 9000}", NULL, PID_ALIVE, 4711 },
		{ "{\"pid\": 4711, \"start_time\": 8999}", NULL, PID_OTHER, 4711 },
		{ "{\"pid\": 4711}", NULL, PID_ALIVE, 4711 },
		{ "4711", NULL, PID_ALIVE, 4711 },
		{ " 4711\n", NULL, PID_ALIVE, 4711 },
		{ "{\"pid\": 4712, \"start_time\": 9000}", NULL, PID_DEAD, 4712 },
		{ NULL, NULL, PID_NONE, 0 },
		{ "", NULL, PID_UNKNOWN, 0 },
		{ "soon", NULL, PID_UNKNOWN, 0 },
		{ "{\"pid\": -1}", NULL, PID_UNKNOWN, 0 },
		{ "{\"pid\": 1e99}", NULL, PID_UNKNOWN, 0 },
		{ "{\"pid\": \"4711\"}", NULL, PID_UNKNOWN, 0 },
		{ "[4711]", NULL, PID_UNKNOWN, 0 },
		/* Without a pid file the state file's process counts, unless it says that it ended. */
		{ NULL, "{\"pid\": 4711, \"start_time\": 9000, \"gateway_state\": \"running\"}", PID_ALIVE,
		  4711 },
		{ NULL, "{\"pid\": 4711, \"start_time\": 9000, \"gateway_state\": \"stopped\"}", PID_NONE,
		  0 },
		{ NULL, "{\"pid\": 4711, \"start_time\": 9000, \"gateway_state\": \"startup_failed\"}",
		  PID_NONE, 0 },
		{ NULL, "{\"pid\": 4712, \"start_time\": 9000, \"gateway_state\": \"running\"}", PID_DEAD,
		  4712 },
		{ "{\"pid\": 4712}", "{\"pid\": 4711, \"start_time\": 9000, \"gateway_state\": \"running\"}",
		  PID_ALIVE, 4711 },
		{ "{\"pid\": 4711, \"start_time\": 9000}", "{\"pid\": 4712, \"gateway_state\": \"running\"}",
		  PID_ALIVE, 4711 },
	};
	struct home *h = *state;

	make_process(h, GATEWAY);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct gateway *g;

		unlink(in_home(h, "gateway.pid"));
		unlink(in_home(h, "gateway_state.json"));
		if (rows[i].pid_file)
			puts_(h, "gateway.pid", rows[i].pid_file);
		if (rows[i].state_file)
			puts_(h, "gateway_state.json", rows[i].state_file);
		g = read_home(h);
		if (g->pid_state != rows[i].want || g->pid != rows[i].pid)
			fail_msg("%s / %s: %d, %" PRId64, rows[i].pid_file, rows[i].state_file, g->pid_state,
				 g->pid);
		assert_int_equal(g->process_started_at > 1774000000, rows[i].want == PID_ALIVE);
	}
}

static void a_process_of_another_kind_is_not_the_gateway(void **state)
{
	struct home *h = *state;

	make_process(h, CMD("/usr/sbin/nginx\0-g\0daemon off;"));
	puts_(h, "gateway.pid", "{\"pid\": 4711, \"start_time\": 9000}");
	assert_int_equal(read_home(h)->pid_state, PID_OTHER);
	make_process(h, "", 0);
	assert_int_equal(read_home(h)->pid_state, PID_OTHER);
}

static void no_proc_is_unknown_not_dead(void **state)
{
	struct home *h = *state;

	h->src.proc_root = in_home(h, "no-proc");
	puts_(h, "gateway.pid", "{\"pid\": 4711, \"start_time\": 9000}");
	assert_int_equal(read_home(h)->pid_state, PID_UNKNOWN);
}

static void a_gateway_is_known_by_its_command_line(void **state)
{
	static const struct {
		const char *argv[9];
		bool want;
	} rows[] = {
		{ { "/opt/v/bin/python", "-m", "hermes_cli.main", "gateway", "run" }, true },
		{ { "/opt/v/bin/python", "-m", "hermes_cli.main", "--profile", "work", "gateway", "run",
		    "--replace" },
		  true },
		{ { "python3", "/h/hermes-agent/hermes_cli/main.py", "gateway", "run", "--replace" }, true },
		{ { "/usr/bin/hermes", "gateway" }, true },
		{ { "hermes", "-p", "work", "gateway", "restart" }, true },
		{ { "hermes", "--profile=work", "gateway", "--verbose" }, true },
		{ { "hermes", "gateway", "--profile", "status", "run" }, true },
		{ { "python", "/x/gateway/run.py" }, true },
		{ { "/usr/local/bin/hermes-gateway" }, true },
		{ { "hermes", "gateway", "status" }, false },
		{ { "hermes", "gateway", "stop" }, false },
		{ { "hermes", "gateway", "install", "--system" }, false },
		{ { "hermes", "chat" }, false },
		{ { "hermes", "--profile", "gateway" }, false },
		{ { "hermes" }, false },
		{ { "tail", "-f", "/root/.hermes/logs/gateway.log" }, false },
		{ { "vim", "gateway.py" }, false },
		{ { "grep", "gateway", "run" }, false },
		{ { "nothermes", "gateway", "run" }, false },
		{ { "" }, false },
		{ { NULL }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *argv[9];
		size_t n = 0;

		for (; rows[i].argv[n]; n++)
			argv[n] = (char *)(uintptr_t)rows[i].argv[n];
		if (gateway_is_command(argv, n) != rows[i].want)
			fail_msg("row %zu: %s", i, n ? argv[0] : "");
	}
}

static void states_of_the_state_file(void **state)
{
	static const struct {
		const char *text;
		enum probe_state want;
		const char *reason;
	} rows[] = {
		{ "{}", PROBE_OK, NULL },
		{ "{\"platforms\": []}", PROBE_OK, NULL },
		{ "{\"platforms\": {\"x\": 5, \"y\": null}}", PROBE_OK, NULL },
		{ "{\"gateway_state\": {\"a\": 1}, \"active_agents\": \"two\", \"updated_at\": []}", PROBE_OK,
		  NULL },
		{ "{\"gateway_state\": \"bro\xFFken\"}", PROBE_OK, NULL },
		{ "", PROBE_UNKNOWN, "is empty" },
		{ "{\"pid\": 1, ", PROBE_UNKNOWN, "is not JSON" },
		{ "[]", PROBE_UNKNOWN, "something else" },
		{ "\"running\"", PROBE_UNKNOWN, "something else" },
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct gateway *g;

		puts_(h, "gateway_state.json", rows[i].text);
		g = read_home(h);
		if (g->probe.state != rows[i].want)
			fail_msg("%s: %d", rows[i].text, g->probe.state);
		if (rows[i].reason)
			assert_reason(g->probe, rows[i].reason);
		assert_int_equal(g->active_agents, COUNT_UNKNOWN);
		assert_int_equal(g->n_platforms, 0);
	}
}

static void no_file_is_inactive_and_no_plain_file_unknown(void **state)
{
	struct home *h = *state;
	const char *path = in_home(h, "gateway_state.json");

	assert_int_equal(read_home(h)->probe.state, PROBE_INACTIVE);
	assert_reason(read_home(h)->probe, "has not run here yet");
	assert_int_equal(read_home(h)->pid_state, PID_NONE);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(read_home(h)->probe.state, PROBE_UNKNOWN);
	unlink(path);
	assert_int_equal(symlink("/proc/self/environ", path), 0);
	assert_int_equal(read_home(h)->probe.state, PROBE_UNKNOWN);
	h->src.home = in_home(h, "nowhere");
	assert_int_equal(read_home(h)->probe.state, PROBE_INACTIVE);
}

static void platforms_come_with_their_words(void **state)
{
	struct home *h = *state;
	struct gateway *g;
	const struct platform *p;

	puts_(h, "gateway_state.json",
	      "{\"gateway_state\": \"degraded\", \"active_agents\": 3, \"updated_at\": 1774807000.5, "
	      "\"platforms\": {"
	      "\"discord\": {\"state\": \"fatal\", \"error_code\": 401, \"error_message\": \"a\\nb\\u202ec\","
	      " \"updated_at\": \"2026-03-29T17:00:00+00:00\", \"needs_attention\": true},"
	      "\"<b>\\u001b[1m\": {\"state\": \"novel\", \"needs_attention\": false}}}");
	g = read_home(h);
	assert_int_equal(g->active_agents, 3);
	assert_int_equal(g->updated_at, 1774807000);
	p = platform_of(g, "discord");
	assert_non_null(p);
	assert_string_equal(p->error_code, "401");
	assert_string_equal(p->error_message, "a bc");
	assert_int_equal(p->needs_attention, TRI_YES);
	assert_int_equal(p->updated_at, 1774803600);
	p = platform_of(g, "<b> [1m");
	assert_non_null(p);
	assert_int_equal(p->needs_attention, TRI_NO);
}

static void a_dead_processs_platforms_are_dropped_while_another_lives(void **state)
{
	struct home *h = *state;
	struct gateway *g;

	make_process(h, GATEWAY);
	puts_(h, "gateway.pid", "{\"pid\": 4711, \"start_time\": 9000}");
	puts_(h, "gateway_state.json",
	      "{\"pid\": 4711, \"start_time\": 9000, \"gateway_state\": \"running\", \"platforms\": {"
	      "\"telegram\": {\"state\": \"connected\", \"writer_pid\": 4711, \"writer_start_time\": 9000},"
	      "\"discord\": {\"state\": \"connected\", \"writer_pid\": 4700, \"writer_start_time\": 100},"
	      "\"slack\": {\"state\": \"connected\", \"writer_pid\": 4711, \"writer_start_time\": 100},"
	      "\"signal\": {\"state\": \"connected\"}}}");
	g = read_home(h);
	assert_int_equal(g->n_platforms, 2);
	assert_non_null(platform_of(g, "telegram"));
	assert_non_null(platform_of(g, "signal"));
}

static struct hermes_version version_in(struct home *h)
{
	struct hermes_version v = { 0 };

	hermes_read_version(&v, &h->src, h->a, 0);
	return v;
}

static void version_is_that_of_the_checkout(void **state)
{
	struct home *h = *state;
	struct hermes_version v = version_in(h);

	assert_int_equal(v.probe.state, PROBE_INACTIVE);
	assert_string_equal(v.probe.reason, "no checkout below the home");
	assert_int_equal(mkdir(in_home(h, "hermes-agent"), 0755), 0);
	puts_(h, "hermes-agent/hermes_cli/__init__.py",
	      "\"\"\"doc\"\"\"\n__version__ = '0.15.1'\n__release_date__ = '2026.5.29'\n");
	v = version_in(h);
	assert_int_equal(v.probe.state, PROBE_OK);
	assert_string_equal(v.version, "0.15.1");
	puts_(h, "hermes-agent/pyproject.toml",
	      "version = \"9\"\n[tool.x]\nversion = \"8\"\n[project]\nname = \"h\"\nversion=\"0.5.0\" # "
	      "now\n");
	assert_string_equal(version_in(h).version, "0.5.0");
	puts_(h, "hermes-agent/pyproject.toml", "[project]\ndynamic = [\"version\"]\n");
	assert_string_equal(version_in(h).version, "0.15.1");
	unlink(in_home(h, "hermes-agent/hermes_cli/__init__.py"));
	v = version_in(h);
	assert_int_equal(v.probe.state, PROBE_UNKNOWN);
	assert_reason(v.probe, "names no version");
}

static void a_checkout_behind_a_link_is_unknown(void **state)
{
	struct home *h = *state;

	puts_(h, "elsewhere/pyproject.toml", "[project]\nversion = \"0.5.0\"\n");
	assert_int_equal(symlink("elsewhere", in_home(h, "hermes-agent")), 0);
	assert_int_equal(version_in(h).probe.state, PROBE_UNKNOWN);
	assert_reason(version_in(h).probe, "symbolic link");
}

static void versions_compare_by_number(void **state)
{
	(void)state;
	assert_true(version_is_at_most("0.15.1", 0, 15));
	assert_true(version_is_at_most("v0.5.0", 0, 15));
	assert_true(version_is_at_most("0.9", 0, 15));
	assert_false(version_is_at_most("0.20.3", 0, 15));
	assert_false(version_is_at_most("1.0.0", 0, 15));
	assert_false(version_is_at_most("dev", 0, 15));
	assert_false(version_is_at_most("0", 0, 15));
	assert_false(version_is_at_most(NULL, 0, 15));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(vijays_gateway_is_that_of_hermes),
		HOME_TEST(bheems_gateway_is_that_of_hermes),
		HOME_TEST(a_process_is_alive_only_if_it_is_the_same),
		HOME_TEST(a_process_of_another_kind_is_not_the_gateway),
		HOME_TEST(no_proc_is_unknown_not_dead),
		cmocka_unit_test(a_gateway_is_known_by_its_command_line),
		HOME_TEST(states_of_the_state_file),
		HOME_TEST(no_file_is_inactive_and_no_plain_file_unknown),
		HOME_TEST(platforms_come_with_their_words),
		HOME_TEST(a_dead_processs_platforms_are_dropped_while_another_lives),
		HOME_TEST(version_is_that_of_the_checkout),
		HOME_TEST(a_checkout_behind_a_link_is_unknown),
		cmocka_unit_test(versions_compare_by_number),
	};

	return RUN_TESTS("hermes_gateway", tests);
}
