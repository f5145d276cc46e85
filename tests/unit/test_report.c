#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "report/report.h"
#include "report/report_cache.h"

#define NOW INT64_C(1795498000)

static struct arena *a;
static struct redactor *redactor;
static char state[64], dir[160], file[200];
static struct instance instance;
static struct config config;

static void reports_below(const char *id)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/reports", state);
	mkdir(path, 0755);
	snprintf(dir, sizeof(dir), "%s/%s", path, id);
	assert_int_equal(mkdir(dir, 0755), 0);
	snprintf(file, sizeof(file), "%s/report.json", dir);
}

static int setup(void **s)
{
	(void)s;
	a = arena_new(256 * 1024 * 1024);
	redactor = redactor_new(false);
	snprintf(state, sizeof(state), "/tmp/mc-report.XXXXXX");
	assert_non_null(mkdtemp(state));
	reports_below("vijay");
	instance = (struct instance){ .id = "vijay", .label = "Vijay", .user = "root", .uid = (int64_t)geteuid() };
	config = (struct config){ .state_dir = state, .instances = &instance, .n_instances = 1, .interval_s = 30 };
	return 0;
}

static int teardown(void **s)
{
	char command[128];

	(void)s;
	snprintf(command, sizeof(command), "rm -rf %s", state);
	assert_int_equal(system(command), 0);
	redactor_free(redactor);
	arena_free(a);
	return 0;
}

static void *keep(const void *items, size_t size)
{
	return memcpy(arena_alloc(a, size), items, size);
}

/* A report with something in every kind of field. */
static struct instance_report sample(void)
{
	struct platform platforms[] = { { .name = "telegram", .state = "connected" },
					       { .name = "discord", .state = "fatal", .needs_attention = TRI_YES } };
	struct session latest[] = { { .id = "s1", .title = "<b>hi</b>", .started_at = NOW - 60,
					     .messages = 4, .tool_calls = COUNT_UNKNOWN, .cost_microusd = 14820,
					     .is_active = TRI_NO } };
	struct instance_report r = { .instance_id = "vijay", .generated_at = NOW };

	r.exporter = (struct exporter){ .version = "0", .user = "root", .flavour = "by hand", .interval_s = 30,
					.publish = PUBLISH_TITLES };
	r.gateway_unit = (struct unit){ .probe = { .state = PROBE_OK, .taken_at = NOW, .took_us = 420 },
					.name = "hermes-gateway.service", .scope = UNIT_SCOPE_SYSTEM,
					.active_state = "active", .restarts = 3, .since = NOW - 3600,
					.exit_status = COUNT_UNKNOWN };
	r.gateway = (struct gateway){ .probe = { .state = PROBE_OK }, .pid_state = PID_ALIVE,
				      .platforms = keep(platforms, sizeof(platforms)), .n_platforms = 2, .active_agents = COUNT_UNKNOWN };
	r.sessions = (struct sessions){ .probe = { .state = PROBE_OK }, .total = 23, .active = 0,
					.messages = COUNT_UNKNOWN, .latest = keep(latest, sizeof(latest)), .n_latest = 1 };
	r.cron.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "no cron jobs" };
	return r;
}

static char *sample_text(void)
{
	struct instance_report r = sample();
	CLEANUP_JSON cJSON *json = report_instance_json(&r, redactor);

	return json_print(json);
}

static void publish(const char *text)
{
	const char *error = NULL;

	if (report_publish(dir, text, a, &error) < 0)
		fail_msg("%s", error);
}

static void put_raw(const char *text, size_t n)
{
	FILE *f = fopen(file, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static const struct instance_snapshot *load_at(int64_t now)
{
	return &snapshot_load(&config, now, a)->instances[0];
}

static void what_is_written_is_what_is_read(void **s)
{
	CLEANUP_FREE char *text = sample_text();
	const struct instance_snapshot *i;

	(void)s;
	publish(text);
	i = load_at(NOW + 10);
	if (i->probe.state != PROBE_OK)
		fail_msg("%s", i->probe.reason);
	assert_true(i->has_report);
	assert_int_equal(i->report.gateway_unit.probe.state, PROBE_OK);
	assert_int_equal(i->report.gateway_unit.probe.took_us, 420);
	assert_int_equal(i->report.gateway_unit.restarts, 3);
	assert_int_equal(i->report.gateway_unit.since, NOW - 3600);
	assert_int_equal(i->report.gateway_unit.exit_status, COUNT_UNKNOWN);
	assert_int_equal(i->report.gateway_unit.scope, UNIT_SCOPE_SYSTEM);
	assert_string_equal(i->report.gateway_unit.active_state, "active");
	assert_int_equal(i->report.gateway.pid_state, PID_ALIVE);
	assert_int_equal(i->report.gateway.n_platforms, 2);
	assert_string_equal(i->report.gateway.platforms[1].state, "fatal");
	assert_int_equal(i->report.gateway.platforms[1].needs_attention, TRI_YES);
	assert_int_equal(i->report.gateway.platforms[0].needs_attention, TRI_UNKNOWN);
	assert_int_equal(i->report.sessions.total, 23);
	assert_int_equal(i->report.sessions.active, 0);
	assert_int_equal(i->report.sessions.messages, COUNT_UNKNOWN);
	assert_string_equal(i->report.sessions.latest[0].title, "<b>hi</b>");
	assert_int_equal(i->report.sessions.latest[0].cost_microusd, 14820);
	assert_int_equal(i->report.cron.probe.state, PROBE_INACTIVE);
	assert_string_equal(i->report.cron.probe.reason, "no cron jobs");
}

static void a_report_is_read_once_and_anew_when_it_is_another(void **s)
{
	struct report_cache *cache = report_cache_new(&config);
	CLEANUP_FREE char *text = sample_text();
	struct instance_report other = sample();
	const struct instance_snapshot *i;
	CLEANUP_JSON cJSON *json = NULL;
	CLEANUP_FREE char *new_text = NULL;
	const char *name;

	(void)s;
	publish(text);
	i = &report_cache_load(cache, NOW, a)->instances[0];
	assert_int_equal(i->probe.state, PROBE_OK);
	name = i->report.gateway_unit.name;
	i = &report_cache_load(cache, NOW + 3600, a)->instances[0];
	assert_ptr_equal(i->report.gateway_unit.name, name); /* not read again ... */
	assert_int_equal(i->probe.state, PROBE_UNKNOWN);     /* ... but an hour older */
	assert_true(i->has_report);
	other.gateway_unit.name = "another.service";
	json = report_instance_json(&other, redactor);
	new_text = json_print(json);
	publish(new_text);
	i = &report_cache_load(cache, NOW, a)->instances[0];
	assert_string_equal(i->report.gateway_unit.name, "another.service");
	put_raw("{", 1);
	i = &report_cache_load(cache, NOW, a)->instances[0];
	assert_false(i->has_report);
	assert_non_null(strstr(i->probe.reason, "broken"));
	assert_int_equal(unlink(file), 0);
	i = &report_cache_load(cache, NOW, a)->instances[0];
	assert_false(i->has_report);
	assert_non_null(strstr(i->probe.reason, "not published"));
	report_cache_free(cache);
}

static void a_member_that_is_missing_is_not_known(void **s)
{
	static const char text[] = "{\"schemaVersion\":1,\"kind\":\"instance\",\"instanceId\":\"vijay\","
				   "\"generatedAt\":\"2026-11-24T05:26:40Z\",\"novel\":{\"x\":1},\"readings\":{}}";
	const struct instance_snapshot *i;

	(void)s;
	put_raw(text, strlen(text));
	i = load_at(NOW);
	assert_true(i->has_report);
	assert_int_equal(i->report.sessions.probe.state, PROBE_UNKNOWN);
	assert_int_equal(i->report.sessions.total, COUNT_UNKNOWN);
	assert_int_equal(i->report.gateway_unit.restarts, COUNT_UNKNOWN);
}

static void age_decides_whether_it_counts(void **s)
{
	static const struct {
		int64_t age;
		enum probe_state state;
		const char *reason;
	} cases[] = {
		{ 0, PROBE_OK, NULL },		{ 60, PROBE_OK, NULL },
		{ -3, PROBE_OK, NULL },		{ 71, PROBE_UNKNOWN, "stopped reporting" },
		{ 86400, PROBE_UNKNOWN, "stopped reporting" },
		{ -86400, PROBE_UNKNOWN, "dated in the future" },
	};
	CLEANUP_FREE char *text = sample_text();

	(void)s;
	publish(text);
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		const struct instance_snapshot *i = load_at(NOW + cases[n].age);

		assert_true(i->has_report);
		assert_int_equal(i->probe.state, cases[n].state);
		if (cases[n].reason)
			assert_non_null(strstr(i->probe.reason, cases[n].reason));
	}
}

static void expect_unknown(const char *what, const char *reason)
{
	const struct instance_snapshot *i = load_at(NOW);

	if (i->probe.state != PROBE_UNKNOWN || i->has_report)
		fail_msg("%s: was believed", what);
	if (!i->probe.reason || !strstr(i->probe.reason, reason))
		fail_msg("%s: says '%s', not '%s'", what, i->probe.reason, reason);
}

static void a_report_that_is_not_one_is_never_believed(void **s)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{ "", "broken" },
		{ "{", "broken" },
		{ "[]", "schema version" },
		{ "{}", "schema version" },
		{ "{\"schemaVersion\":2}", "update the older" },
		{ "{\"schemaVersion\":1,\"kind\":\"host\"}", "no report of an instance" },
		{ "{\"schemaVersion\":1,\"kind\":\"instance\",\"instanceId\":\"bheem\"}", "another instance" },
		{ "{\"schemaVersion\":1,\"kind\":\"instance\",\"instanceId\":\"vijay\",\"readings\":[]}", "not an object" },
		{ "{\"schemaVersion\":1,\"kind\":\"instance\",\"instanceId\":\"vijay\",\"readings\":{\"sessions\":{\"total\":\"5\"}}}",
		  "'total' is not a number" },
		{ "{\"schemaVersion\":1,\"kind\":\"instance\",\"instanceId\":\"vijay\",\"readings\":{\"sessions\":{\"latest\":{}}}}",
		  "'latest' is not a list" },
		{ "{\"schemaVersion\":1,\"kind\":\"instance\",\"instanceId\":\"vijay\",\"generatedAt\":12}", "'generatedAt' is not a time" },
		{ "{\"schemaVersion\":1,\"kind\":\"instance\",\"instanceId\":\"vijay\",\"instanceId\":\"vijay\"}", "broken" },
	};

	(void)s;
	expect_unknown("nothing there", "has not published anything yet");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put_raw(cases[i].text, strlen(cases[i].text));
		expect_unknown(cases[i].text, cases[i].reason);
	}
}

/* As on an installed machine, where `hmc status` is mostly asked by root. */
static void root_believes_the_machines_report_of_the_account_that_its_folder_belongs_to(void **s)
{
	static const char text[] = "{\"schemaVersion\":1,\"kind\":\"host\",\"instanceId\":\"host\",\"generatedAt\":\"2026-11-24T05:22:00Z\",\"readings\":{}}";

	(void)s;
	if (geteuid() != 0)
		skip();
	reports_below("host");
	put_raw(text, sizeof(text) - 1);
	assert_int_equal(chown(file, 4242, (gid_t)-1), 0);
	assert_null(report_last_host(&config, a));
	assert_int_equal(chown(dir, 4242, (gid_t)-1), 0);
	assert_non_null(report_last_host(&config, a));
	assert_int_equal(chown(file, 4243, (gid_t)-1), 0);
	assert_null(report_last_host(&config, a));
}

static void a_list_over_its_limit_is_refused(void **s)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 20);

	(void)s;
	buf_adds(&text, "{\"schemaVersion\":1,\"kind\":\"instance\",\"instanceId\":\"vijay\",\"readings\":{\"sessions\":{\"latest\":[");
	for (int i = 0; i <= SESSIONS_LATEST_MAX; i++)
		buf_adds(&text, i ? ",{}" : "{}");
	buf_adds(&text, "]}}}");
	put_raw(buf_str(&text), text.len);
	expect_unknown("21 sessions", "at most 20");
}

static void a_file_that_is_not_a_plain_one_is_refused(void **s)
{
	CLEANUP_FREE char *text = sample_text(), *huge = malloc(REPORT_MAX_BYTES + 2);
	char elsewhere[200];

	(void)s;
	assert_non_null(huge);
	memset(huge, ' ', REPORT_MAX_BYTES + 1);
	put_raw(huge, REPORT_MAX_BYTES + 1);
	expect_unknown("an oversized file", "");
	unlink(file);
	assert_int_equal(mkfifo(file, 0644), 0);
	expect_unknown("a FIFO", "");
	unlink(file);
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", state);
	publish(text);
	assert_int_equal(rename(file, elsewhere), 0);
	assert_int_equal(symlink(elsewhere, file), 0);
	expect_unknown("a symbolic link", "");
	unlink(file);
	assert_int_equal(link(elsewhere, file), 0);
	expect_unknown("a second link", "");
	unlink(file);
	assert_int_equal(mkdir(file, 0755), 0);
	expect_unknown("a directory", "");
	rmdir(file);
}

static void a_file_of_another_user_is_refused(void **s)
{
	CLEANUP_FREE char *text = sample_text();

	(void)s;
	if (geteuid() != 0)
		skip();
	publish(text);
	assert_int_equal(chown(file, 65534, 65534), 0);
	expect_unknown("nobody's file", "belongs to uid 65534");
	instance.uid = 65534;
	assert_true(load_at(NOW)->has_report);
}

static void secrets_and_broken_text_do_not_get_out(void **s)
{
	struct instance_report r = sample();
	CLEANUP_JSON cJSON *json = NULL;
	CLEANUP_FREE char *text = NULL;
	const cJSON *exporter;
	int64_t n = 0;
	/* In two pieces, so that nothing that scans repositories stops at it. */
	const char *secret = arena_printf(a, "%s%s", "ghp_", "PLANTEDabcdefghijklmnopqrstuvwxyz0123");

	(void)s;
	r.sessions.latest[0].title = arena_printf(a, "use %s please", secret);
	r.gateway.platforms[1].error_message = arena_printf(a, "token %s refused", secret);
	json = report_instance_json(&r, redactor);
	text = json_print(json);
	assert_null(strstr(text, "PLANTED"));
	exporter = json_object(json, "exporter");
	assert_true(json_i64(exporter, "redactions", &n));
	assert_int_equal(n, 2);
}

/* A report in which every text of a person's or an agent's holds the word CONTENT. */
static struct instance_report wordy(enum publish publish)
{
	struct cron_job jobs[] = { { .id = "j1", .name = "CONTENT job", .last_error = "CONTENT error",
				     .last_delivery_error = "CONTENT reason", .delivery_failed = TRI_YES } };
	struct kanban_task tasks[] = { { .id = "t1", .title = "CONTENT task", .error = "CONTENT failure" } };
	struct instance_report r = sample();

	r.exporter.publish = publish;
	r.sessions.latest[0].title = "CONTENT title";
	r.gateway.platforms[1].error_message = "CONTENT message";
	r.cron.jobs = keep(jobs, sizeof(jobs));
	r.cron.n_jobs = 1;
	r.kanban.latest = keep(tasks, sizeof(tasks));
	r.kanban.n_latest = 1;
	return r;
}

static void under_counts_no_text_that_anybody_wrote_is_published(void **s)
{
	struct instance_report counts = wordy(PUBLISH_COUNTS), titles = wordy(PUBLISH_TITLES);
	CLEANUP_JSON cJSON *few = report_instance_json(&counts, redactor);
	CLEANUP_JSON cJSON *more = report_instance_json(&titles, redactor);
	CLEANUP_FREE char *without = json_print(few), *with = json_print(more);

	(void)s;
	assert_null(strstr(without, "CONTENT"));
	assert_non_null(strstr(without, "\"publish\":\"counts\""));
	assert_non_null(strstr(without, "\"id\":\"j1\""));
	assert_non_null(strstr(without, "\"deliveryFailed\":true"));
	assert_non_null(strstr(with, "CONTENT title"));
	assert_non_null(strstr(with, "CONTENT job"));
	assert_non_null(strstr(with, "CONTENT failure"));
}

static void what_was_replaced_is_told_by_rule_for_this_report_alone(void **s)
{
	struct instance_report r = sample(), clean = sample();
	CLEANUP_JSON cJSON *json = NULL, *after = NULL;
	const cJSON *list;
	int64_t n = 0;

	(void)s;
	r.sessions.latest[0].title = arena_printf(a, "%s%s", "ghp_", "PLANTEDabcdefghijklmnopqrstuvwxyz0123");
	json = report_instance_json(&r, redactor);
	list = json_array(json_object(json, "exporter"), "redacted");
	assert_int_equal(cJSON_GetArraySize(list), 1);
	assert_non_null(json_string(list->child, "rule"));
	assert_true(json_i64(list->child, "hits", &n));
	assert_int_equal(n, 1);
	after = report_instance_json(&clean, redactor);
	assert_int_equal(cJSON_GetArraySize(json_array(json_object(after, "exporter"), "redacted")), 0);
}

static void lists_of_names_come_back_and_pass_the_redactor(void **s)
{
	const char *toolsets[] = { "terminal", NULL };
	struct instance_report r = sample();
	CLEANUP_FREE char *text = NULL;
	CLEANUP_JSON cJSON *json = NULL;
	const struct settings *read;

	(void)s;
	toolsets[1] = arena_printf(a, "%s%s", "ghp_", "PLANTEDabcdefghijklmnopqrstuvwxyz0123");
	r.agent.settings.toolsets = toolsets;
	r.agent.settings.n_toolsets = 2;
	json = report_instance_json(&r, redactor);
	text = json_print(json);
	publish(text);
	read = &load_at(NOW)->report.agent.settings;
	assert_int_equal(read->n_toolsets, 2);
	assert_string_equal(read->toolsets[0], "terminal");
	assert_non_null(strstr(read->toolsets[1], "[redacted:"));
}

static void a_full_disk_leaves_the_old_report_whole(void **s)
{
	CLEANUP_FREE char *text = sample_text(), *old = NULL;
	struct rlimit limit = { .rlim_cur = 1000, .rlim_max = RLIM_INFINITY };
	const char *error = NULL;
	pid_t child;
	int status;

	(void)s;
	publish(text);
	/* A limit on the size of files cuts a write short just as a full disk does. */
	child = fork();
	if (child == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(report_publish(dir, text, a, &error) == 0 ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	old = read_all(file, NULL);
	assert_string_equal(old, text);
	assert_int_equal(access(arena_printf(a, "%s/.report.json.new", dir), F_OK), -1);
}

static void a_kill_at_any_moment_leaves_a_whole_report(void **s)
{
	CLEANUP_FREE char *text = sample_text();
	const char *error = NULL;

	(void)s;
	publish(text);
	for (int round = 0; round < 40; round++) {
		pid_t child = fork();
		int status;

		if (child == 0)
			for (;;)
				report_publish(dir, text, a, &error);
		usleep((useconds_t)(100 + round * 137));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!load_at(NOW)->has_report)
			fail_msg("round %d: %s", round, load_at(NOW)->probe.reason);
	}
	publish(text); /* what the killed ones left behind is no hindrance */
}

static void a_folder_that_cannot_be_written_says_what_to_do(void **s)
{
	const char *error = NULL;

	(void)s;
	assert_int_equal(report_publish("/nonexistent/x", "{}", a, &error), -1);
	assert_non_null(strstr(error, "make the folder"));
	assert_int_equal(report_publish("/proc/self", "{}", a, &error), -1);
	assert_non_null(error);
}

static void *publish_often(void *arg)
{
	struct arena *mine = arena_new(1 << 20);
	const char *error = NULL;
	long failed = 0;

	for (int i = 0; i < 50; i++)
		failed += report_publish(dir, arg, mine, &error) < 0;
	arena_free(mine);
	return (void *)failed;
}

static void two_writers_take_turns(void **s)
{
	CLEANUP_FREE char *text = sample_text();
	pthread_t one, two;
	void *failed_one, *failed_two;

	(void)s;
	pthread_create(&one, NULL, publish_often, text);
	pthread_create(&two, NULL, publish_often, text);
	pthread_join(one, &failed_one);
	pthread_join(two, &failed_two);
	assert_null(failed_one);
	assert_null(failed_two);
	assert_true(load_at(NOW)->has_report);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_is_written_is_what_is_read),
		T(a_report_is_read_once_and_anew_when_it_is_another),
		T(a_member_that_is_missing_is_not_known),
		T(age_decides_whether_it_counts),
		T(a_report_that_is_not_one_is_never_believed),
		T(root_believes_the_machines_report_of_the_account_that_its_folder_belongs_to),
		T(a_list_over_its_limit_is_refused),
		T(a_file_that_is_not_a_plain_one_is_refused),
		T(a_file_of_another_user_is_refused),
		T(secrets_and_broken_text_do_not_get_out),
		T(under_counts_no_text_that_anybody_wrote_is_published),
		T(what_was_replaced_is_told_by_rule_for_this_report_alone),
		T(lists_of_names_come_back_and_pass_the_redactor),
		T(a_full_disk_leaves_the_old_report_whole),
		T(a_kill_at_any_moment_leaves_a_whole_report),
		T(a_folder_that_cannot_be_written_says_what_to_do),
		T(two_writers_take_turns),
	};

	json_init();
	return RUN_TESTS("report", tests);
}
