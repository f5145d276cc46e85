#include "judge_rows.h"

/* ---- signs of life ---- */

static void as_it_is(void)
{
}

static void idle_night(void) { r->life.inbound_at = NOW - 7 * HOURS; }
static void never_heard(void) { r->life.inbound = (struct probe){ .state = PROBE_INACTIVE, .reason = "nobody has written" }; }
static void no_beat(void) { r->life.heartbeat_at = NOW - HOURS; }
static void old_list(void) { r->life.directory_at = NOW - HOURS; }
static void old_list_nothing_connected(void) { old_list(); r->gateway.platforms[0].state = "retrying"; }
static void old_list_young_gateway(void) { old_list(); r->gateway_unit.since = NOW - 5 * MINUTES; }
static void hung_up(void) { r->sockets.established = 0; r->sockets.close_wait = 3; }
static void hung_up_once_of_many(void) { r->sockets.close_wait = 3; }
static void hung_up_unseen(void) { hung_up(); fact_unread(&r->sockets.probe, "not permitted"); }
static void hung_up_before(void) { hung_up(); r->sockets.pid = 7; }
static void beat_and_list(void) { no_beat(); old_list(); }
static void scheduler_alone(void) { r->cron.heartbeat_at = NOW - HOURS; r->cron.last_success_at = NOW - HOURS; }
static void scheduler_too(void) { scheduler_alone(); old_list(); }
static void stopped(void)
{
	r->gateway_unit.probe.state = PROBE_INACTIVE;
	r->gateway_unit.active_state = "inactive";
	r->gateway.pid_state = PID_DEAD;
	beat_and_list();
}
static void unread(void) { fact_unread(&r->life.probe, "broken"); fact_unread(&r->life.inbound, "locked"); }
static void files_unread(void) { fact_unread(&r->life.probe, "broken"); r->life.heartbeat_at = r->life.directory_at = 0; }
static void future_message(void) { r->life.inbound_at = NOW + DAYS; }
static void often_restarted(void) { r->life.restarts_today = 4; }
static void twice_restarted(void) { r->life.restarts_today = 2; }
static void storm(void) { r->life.starts_today = 9; }
static void ran_out(void) { r->life.was_unclean = TRI_YES; r->life.exit_reason = "it probably ran out of memory"; r->life.started_at = NOW - HOURS; }
static void ran_out_long_ago(void) { ran_out(); r->life.started_at = NOW - 3 * DAYS; }

static void a_quiet_gateway_is_fine_and_a_deaf_one_is_told_by_its_signs(void **state)
{
	ROWS({ "heard lately", as_it_is, "life", STATUS_OK, "hearing", NULL, NULL },
	     { "idle night", idle_night, "life", STATUS_OK, "quiet", NULL, NULL },
	     { "never heard", never_heard, "life", STATUS_OK, "quiet", NULL, NULL },
	     { "no beat", no_beat, "life", STATUS_WARN, "probably deaf", "probably deaf", NULL },
	     { "old list", old_list, "life", STATUS_WARN, "probably deaf", "probably deaf", NULL },
	     { "old list, nothing connected", old_list_nothing_connected, "life", STATUS_OK, "hearing", NULL, NULL },
	     { "old list, just started", old_list_young_gateway, "life", STATUS_OK, "hearing", NULL, NULL },
	     { "hung up", hung_up, "life", STATUS_WARN, "probably deaf", "probably deaf", NULL },
	     { "some hung up", hung_up_once_of_many, "life", STATUS_OK, "hearing", NULL, NULL },
	     { "sockets of the process before", hung_up_before, "life", STATUS_OK, "hearing", NULL, NULL },
	     { "sockets not seen", hung_up_unseen, "life", STATUS_OK, "hearing", NULL, NULL },
	     { "two signs", beat_and_list, "life", STATUS_CRITICAL, "probably deaf", "probably deaf", NULL },
	     { "scheduler alone has its own alarm", scheduler_alone, "life", STATUS_OK, "hearing", NULL, NULL },
	     { "scheduler confirms", scheduler_too, "life", STATUS_CRITICAL, "probably deaf", "probably deaf", NULL },
	     { "stopped", stopped, "life", STATUS_OFF, "not judged", NULL, "gateway" },
	     { "unread", unread, "life", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "files unread", files_unread, "life", STATUS_OK, "hearing", NULL, NULL },
	     { "future", future_message, "life", STATUS_UNKNOWN, "clock trouble", "lies in the future", NULL },
	     { "often restarted", often_restarted, "life", STATUS_WARN, "restless", "started 4 times today", NULL },
	     { "twice", twice_restarted, "life", STATUS_OK, "hearing", NULL, NULL },
	     { "storm", storm, "life", STATUS_WARN, "restless", "started 9 times today", NULL },
	     { "ran out of memory", ran_out, "life", STATUS_WARN, "came back", "ended uncleanly", NULL },
	     { "long ago", ran_out_long_ago, "life", STATUS_OK, "hearing", NULL, NULL });
}

/* ---- paused ---- */

static void paused_and_stopped(void) { in->paused = "on leave"; stopped(); }
static void paused_and_failed(void)
{
	in->paused = "on leave";
	r->gateway_unit.active_state = "failed";
	r->gateway_unit.sub_state = "failed";
	r->gateway.pid_state = PID_DEAD;
}
static void paused_but_runs(void) { in->paused = "on leave"; }

static void what_is_meant_to_be_stopped_is_no_alarm(void **state)
{
	ROWS({ "stopped", paused_and_stopped, "gateway", STATUS_OFF, "paused", NULL, NULL },
	     { "stopped", paused_and_stopped, "platform.telegram", STATUS_OFF, "not judged", NULL, "gateway" },
	     { "failed", paused_and_failed, "gateway", STATUS_OFF, "paused", NULL, NULL },
	     { "runs", paused_but_runs, "gateway", STATUS_WARN, "running", "although it is paused", NULL });
}

/* ---- upkeep ---- */

static void refused(void)
{
	r->dashboard.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "nobody" };
	r->dashboard.status = COUNT_UNKNOWN;
}
static void refused_young(void) { refused(); r->dashboard_unit.since = NOW - 20; }
static void refused_stopped(void) { refused(); r->dashboard_unit.probe.state = PROBE_INACTIVE; r->dashboard_unit.unit_file_state = "disabled"; }
static void refused_failed(void) { refused(); r->dashboard_unit.active_state = "failed"; }
static void error_503(void) { r->dashboard.status = 503; }
static void wall_401(void) { r->dashboard.status = 401; }
static void silent(void) { fact_unread(&r->dashboard.probe, "timed out"); }
static void no_port(void) { in->dashboard_port = 0; refused(); }

static void a_dashboard_is_judged_by_its_answer_unless_its_unit_explains_it(void **state)
{
	ROWS({ "answers", as_it_is, "dashboard.answer", STATUS_OK, "answers", NULL, NULL },
	     { "login wall", wall_401, "dashboard.answer", STATUS_OK, "answers", NULL, NULL },
	     { "error", error_503, "dashboard.answer", STATUS_WARN, "error", "with an error (503)", NULL },
	     { "refused", refused, "dashboard.answer", STATUS_WARN, "nobody listens", "on port 9120", NULL },
	     { "starting", refused_young, "dashboard.answer", STATUS_OK, "starting", NULL, NULL },
	     { "stopped", refused_stopped, "dashboard.answer", STATUS_OFF, "not judged", NULL, "dashboard" },
	     { "failed", refused_failed, "dashboard.answer", STATUS_UNKNOWN, "not judged", NULL, "dashboard" },
	     { "silent", silent, "dashboard.answer", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "no port", no_port, "dashboard.answer", STATUS_OFF, "not configured", NULL, NULL });
}

static void expired_refreshable(void) { r->google.expires_at = NOW - HOURS; }
static void expired(void) { expired_refreshable(); r->google.refreshable = TRI_NO; }
static void endless(void) { r->google.expires_at = 0; r->google.refreshable = TRI_NO; }
static void no_token(void) { r->google.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "not set up" }; }
static void token_unread(void) { fact_unread(&r->google.probe, "not JSON"); }
static void empty_backup(void) { r->payload.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "holds nothing" }; }
static void payload_unread(void) { fact_unread(&r->payload.probe, "damaged"); }
static void repo_gone(void)
{
	empty_backup();
	r->backup_repo.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "no such directory" };
}
static void no_repo(void) { repo_gone(); in->backup_repo = NULL; }
static void not_measured(void) { fact_unread(&r->storage.probe, "too many files"); }

static void token_payload_and_room_say_what_they_are(void **state)
{
	ROWS({ "valid", as_it_is, "google", STATUS_OK, "valid", NULL, NULL },
	     { "expired, refreshable", expired_refreshable, "google", STATUS_OK, "refreshable", NULL, NULL },
	     { "expired", expired, "google", STATUS_WARN, "expired", "has expired", NULL },
	     { "endless", endless, "google", STATUS_INFO, "present", NULL, NULL },
	     { "none", no_token, "google", STATUS_OFF, "not set up", NULL, NULL },
	     { "unread", token_unread, "google", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "payload", as_it_is, "backup.payload", STATUS_OK, "41 files", NULL, NULL },
	     { "empty", empty_backup, "backup.payload", STATUS_WARN, "empty", "nothing to restore from", NULL },
	     { "payload unread", payload_unread, "backup.payload", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "no repository there", repo_gone, "backup.payload", STATUS_UNKNOWN, "not judged", NULL, "backup.age" },
	     { "no repository meant", no_repo, "backup.payload", STATUS_OFF, "not configured", NULL, NULL },
	     { "room", as_it_is, "storage", STATUS_INFO, "90 MiB", NULL, NULL },
	     { "not measured", not_measured, "storage", STATUS_INFO, "not measured", NULL, NULL });
}

/* ---- how it is set up ---- */

static void approvals_off(void) { r->agent.settings.approvals_mode = "off"; }
static void approvals_unknown(void) { r->agent.settings.approvals_mode = r->agent.settings.approvals_from = NULL; }
static void secrets_shown(void) { r->agent.settings.redact_secrets = TRI_NO; }
static void secrets_unknown(void) { r->agent.settings.redact_secrets = TRI_UNKNOWN; }
static void settings_unread(void) { fact_unread(&r->agent.settings.probe, "line 3"); }
static void memory_over(void) { r->agent.memory.characters = 2300; }
static void memory_full(void) { r->agent.memory.characters = 2100; }
static void memory_unread(void) { fact_unread(&r->agent.memory.probe, "not UTF-8"); }
static struct kanban_task *task(void)
{
	struct kanban_task *t = arena_calloc(a, 1, sizeof(*t));

	r->kanban = (struct kanban){ .probe = PROBED("kanban.db"), .latest = t, .n_latest = 1 };
	r->kanban.by_status = arena_calloc(a, 1, sizeof(struct kanban_count));
	r->kanban.by_status[0] = (struct kanban_count){ "blocked", 1 };
	r->kanban.n_by_status = 1;
	*t = (struct kanban_task){ .id = "t_1", .title = "<b>paint</b>", .status = "blocked", .block_kind = "needs_input",
				   .failures = COUNT_UNKNOWN };
	return t;
}
static void task_waits(void) { task(); }
static void task_blocked_by_another(void) { task()->block_kind = "dependency"; }
static void task_fails(void) { struct kanban_task *t = task(); t->status = "ready"; t->block_kind = NULL; t->failures = 3; }

static void a_set_up_is_plain_facts_but_for_what_leaves_it_unguarded(void **state)
{
	ROWS({ "smart", as_it_is, "approvals", STATUS_OK, "smart", NULL, NULL },
	     { "off", approvals_off, "approvals", STATUS_CRITICAL, "off", "run without asking", NULL },
	     { "not known", approvals_unknown, "approvals", STATUS_INFO, "not known", NULL, NULL },
	     { "masked", as_it_is, "redaction", STATUS_OK, "secrets masked", NULL, NULL },
	     { "not masked", secrets_shown, "redaction", STATUS_WARN, "off", "does not mask secrets", NULL },
	     { "redaction not known", secrets_unknown, "redaction", STATUS_INFO, "not known", NULL, NULL },
	     { "settings unread", settings_unread, "settings", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "memory", as_it_is, "memory", STATUS_INFO, "61 % of its limit", NULL, NULL },
	     { "nearly full", memory_full, "memory", STATUS_INFO, "95 % of its limit", NULL, NULL },
	     { "over", memory_over, "memory", STATUS_WARN, "104 %", "over its limit", NULL },
	     { "memory unread", memory_unread, "memory", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "skills", as_it_is, "skills", STATUS_INFO, "48 enabled", NULL, NULL },
	     { "no board", as_it_is, "kanban", STATUS_OFF, "not used", NULL, NULL },
	     { "needs input", task_waits, "kanban", STATUS_WARN, "waiting", "A task waits for a person", NULL },
	     { "waits for another", task_blocked_by_another, "kanban", STATUS_INFO, "1 blocked", NULL, NULL },
	     { "keeps failing", task_fails, "kanban", STATUS_WARN, "waiting", "A task waits for a person", NULL });
}

static void an_exporter_tells_its_policy_and_what_it_left_out(void **state)
{
	static struct redaction_count redacted[] = { { "github-token", 2 }, { "url-password", 1 } };
	static const char *skipped[] = { "state.db" };
	struct judgement *all;
	const struct judgement *j;
	size_t n;

	(void)state;
	healthy();
	r->exporter.publish = PUBLISH_TITLES;
	r->exporter.redactions = 3;
	r->exporter.redacted = redacted;
	r->exporter.n_redacted = 2;
	r->exporter.skipped = skipped;
	r->exporter.n_skipped = 1;
	judge_instance(&s, NOW, a, &all, &n);
	j = judge_find(all, n, "exporter");
	assert_non_null(strstr(j->evidence.value, "publishes titles"));
	assert_non_null(strstr(j->evidence.value, "github-token 2, url-password 1"));
	assert_non_null(strstr(j->evidence.value, "left out: state.db"));
}

static void the_machine_s_sockets_and_timers_are_shown(void **state)
{
	static struct listener sockets[] = {
		{ .protocol = "tcp", .address = "127.0.0.1", .port = 8480, .user = "hmc", .reach = "loopback" },
		{ .protocol = "tcp", .address = "0.0.0.0", .port = 22, .user = "root", .process = "sshd", .reach = "public" },
	};
	struct host_snapshot host = fact_host();
	struct timer timers[] = { fact_timer("apt-daily.timer") };
	const struct judgement *j;
	struct judgement *all;
	size_t n;

	(void)state;
	host.report.listeners.list = sockets;
	host.report.listeners.n_list = 1;
	host.report.timers.list = timers;
	host.report.timers.n_list = 1;
	judge_host(&host, NOW, a, &all, &n);
	assert_string_equal(judge_find(all, n, "listeners")->word, "private only");
	assert_non_null(judge_find(all, n, "timer.apt-daily.timer"));
	host.report.listeners.n_list = 2;
	judge_host(&host, NOW, a, &all, &n);
	j = judge_find(all, n, "listeners");
	assert_int_equal(j->status, STATUS_INFO);
	assert_non_null(strstr(j->evidence.value, "tcp port 22 by root's sshd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quiet_gateway_is_fine_and_a_deaf_one_is_told_by_its_signs),
		cmocka_unit_test(what_is_meant_to_be_stopped_is_no_alarm),
		cmocka_unit_test(a_dashboard_is_judged_by_its_answer_unless_its_unit_explains_it),
		cmocka_unit_test(token_payload_and_room_say_what_they_are),
		cmocka_unit_test(a_set_up_is_plain_facts_but_for_what_leaves_it_unguarded),
		cmocka_unit_test(an_exporter_tells_its_policy_and_what_it_left_out),
		cmocka_unit_test(the_machine_s_sockets_and_timers_are_shown),
	};
	int failed_tests;

	a = arena_new(64 << 20);
	failed_tests = RUN_TESTS("judge life", tests);
	arena_free(a);
	return failed_tests;
}
