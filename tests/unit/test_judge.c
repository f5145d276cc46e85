#include "judge_rows.h"

static void as_it_is(void)
{
}

static void unit_state(const char *active, const char *sub)
{
	r->gateway_unit.active_state = active;
	r->gateway_unit.sub_state = sub;
}

static void unit_inactive(struct unit *u, const char *load, const char *file_state)
{
	u->probe.state = PROBE_INACTIVE;
	u->probe.reason = "stopped";
	u->load_state = load;
	u->active_state = "inactive";
	u->sub_state = "dead";
	u->unit_file_state = file_state;
	u->since = NOW - HOURS;
}

static void everything_is_fine_when_all_facts_are(void **state)
{
	ROWS({ "", as_it_is, "gateway", STATUS_OK, "running", NULL, NULL },
	     { "", as_it_is, "platform.telegram", STATUS_OK, "connected", NULL, NULL },
	     { "", as_it_is, "dashboard", STATUS_OK, "running", NULL, NULL },
	     { "", as_it_is, "backup.age", STATUS_OK, "fresh", NULL, NULL },
	     { "", as_it_is, "backup.timer", STATUS_OK, "active", NULL, NULL },
	     { "", as_it_is, "cron", STATUS_OK, "3 of 3 ok", NULL, NULL },
	     { "", as_it_is, "cron.4f2d752e4335", STATUS_OK, "ok", NULL, NULL },
	     { "", as_it_is, "scheduler", STATUS_OK, "ticking", NULL, NULL },
	     { "", as_it_is, "sessions.active", STATUS_INFO, "2", NULL, NULL },
	     { "", as_it_is, "sessions.database", STATUS_INFO, "31 MiB", NULL, NULL },
	     { "", as_it_is, "hermes.version", STATUS_INFO, "0.15.1", NULL, NULL },
	     { "", as_it_is, "exporter", STATUS_OK, "reporting", NULL, NULL });
}

static void nothing_but_zeroes_is_unknown_and_never_fine(void **state)
{
	struct judgement *all;
	size_t n;

	(void)state;
	healthy();
	s.has_report = false;
	s.probe = (struct probe){ 0 };
	judge_instance(&s, NOW, a, &all, &n);
	for (size_t i = 0; i < n; i++)
		if (all[i].status != STATUS_UNKNOWN)
			fail_msg("%s is %s", all[i].id, status_name(all[i].status));
	check_all("no report");
	/* The same with a fresh report in which nobody wrote anything. */
	healthy();
	*r = (struct instance_report){ .generated_at = NOW };
	judge_instance(&s, NOW, a, &all, &n);
	for (size_t i = 0; i < n; i++)
		if (all[i].status == STATUS_OK && !str_eq(all[i].id, "exporter"))
			fail_msg("%s is fine, out of nothing", all[i].id);
	check_all("empty report");
}

static void failed(void) { unit_state("failed", "failed"); r->gateway.pid_state = PID_DEAD; }
static void killed(void) { failed(); r->gateway_unit.result = "signal"; r->gateway_unit.exit_status = 9; }
static void dumped(void) { failed(); r->gateway_unit.result = "core-dump"; r->gateway_unit.exit_status = 11; }
static void exited(void) { failed(); r->gateway_unit.result = "exit-code"; r->gateway_unit.exit_status = 3; }
static void killed_by_what(void) { failed(); r->gateway_unit.result = "signal"; r->gateway_unit.exit_status = 4000; }

static void how_a_gateway_ended_is_told_in_words(void **state)
{
	static const struct {
		void (*spoil)(void);
		const char *why;
	} rows[] = {
		{ killed, " by SIGKILL, and systemd" },
		{ dumped, " by SIGSEGV, with a core dump, and systemd" },
		{ exited, " with exit-code, exit status 3, and systemd" },
		{ killed_by_what, " with signal, exit status 4000, and systemd" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct judgement *all;
		size_t n;

		healthy();
		rows[i].spoil();
		judge_instance(&s, NOW, a, &all, &n);
		assert_non_null(strstr(judge_find(all, n, "gateway")->why, rows[i].why));
	}
}

static void looping(void) { unit_state("activating", "auto-restart"); r->gateway_unit.restarts = 7; }
static void restarting_once(void) { unit_state("activating", "auto-restart"); r->gateway_unit.restarts = 1; }
static void young_after_restarts(void) { r->gateway_unit.restarts = 3; r->gateway_unit.since = NOW - 90; }
static void old_after_restarts(void) { r->gateway_unit.restarts = 9; }
static void starting(void) { unit_state("activating", "start"); r->gateway_unit.since = NOW - 20; }
static void starting_for_long(void) { unit_state("activating", "start"); r->gateway_unit.since = NOW - HOURS; }
static void stopping(void) { unit_state("deactivating", "stop-sigterm"); }
static void strange_state(void) { unit_state("maintenance", "odd"); }
static void stopped_enabled(void) { unit_inactive(&r->gateway_unit, "loaded", "enabled"); r->gateway.pid_state = PID_DEAD; }
static void stopped_disabled(void) { unit_inactive(&r->gateway_unit, "loaded", "disabled"); r->gateway.pid_state = PID_NONE; }
static void stopped_static(void) { unit_inactive(&r->gateway_unit, "loaded", "static"); r->gateway.pid_state = PID_NONE; }
static void masked(void) { unit_inactive(&r->gateway_unit, "masked", "masked"); r->gateway.pid_state = PID_DEAD; }
static void masked_alive(void) { unit_inactive(&r->gateway_unit, "masked", "masked"); }
static void stopped_alive(void) { unit_inactive(&r->gateway_unit, "loaded", "enabled"); }
static void broken_file(void) { unit_inactive(&r->gateway_unit, "bad-setting", NULL); r->gateway.pid_state = PID_DEAD; }
static void no_unit_alive(void) { unit_inactive(&r->gateway_unit, "not-found", NULL); }
static void no_unit_dead(void) { unit_inactive(&r->gateway_unit, "not-found", NULL); r->gateway.pid_state = PID_DEAD; }
static void no_unit_stopped(void) { no_unit_dead(); r->gateway.state = "stopped"; }
static void never_ran(void)
{
	unit_inactive(&r->gateway_unit, "not-found", NULL);
	r->gateway = (struct gateway){ .probe = { .state = PROBE_INACTIVE, .reason = "no gateway has run yet" },
				       .pid_state = PID_NONE };
}
static void active_but_gone(void) { r->gateway.pid_state = PID_DEAD; }
static void active_but_other(void) { r->gateway.pid_state = PID_OTHER; }
static void active_gone_young(void) { r->gateway.pid_state = PID_DEAD; r->gateway_unit.since = NOW - 30; }
static void active_pid_unknown(void) { r->gateway.pid_state = PID_UNKNOWN; r->gateway.updated_at = NOW - DAYS; }
static void active_exited(void) { unit_state("active", "exited"); r->gateway.pid_state = PID_NONE; }
static void degraded(void) { r->gateway.state = "degraded"; }
static void draining(void) { r->gateway.state = "draining"; r->gateway.updated_at = NOW - 30; }
static void draining_long(void) { r->gateway.state = "draining"; r->gateway.updated_at = NOW - HOURS; }
static void claims_failed(void) { r->gateway.state = "startup_failed"; }
static void new_word(void) { r->gateway.state = "hibernating"; }
static void unit_unread(void) { fact_unread(&r->gateway_unit.probe, "access denied"); }
static void unit_unread_dead(void) { unit_unread(); r->gateway.pid_state = PID_DEAD; }
static void from_the_future(void) { r->gateway_unit.since = NOW + DAYS; }

static void gateway_is_judged_by_unit_and_process_together(void **state)
{
	ROWS({ "failed", failed, "gateway", STATUS_CRITICAL, "failed", "has failed", NULL },
	     { "looping", looping, "gateway", STATUS_CRITICAL, "in a restart loop", "restart loop", NULL },
	     { "restarting", restarting_once, "gateway", STATUS_WARN, "restarting", "being restarted", NULL },
	     { "young", young_after_restarts, "gateway", STATUS_WARN, "restarting", "keeps restarting", NULL },
	     { "old", old_after_restarts, "gateway", STATUS_OK, "running", NULL, NULL },
	     { "starting", starting, "gateway", STATUS_OK, "starting", NULL, NULL },
	     { "slow start", starting_for_long, "gateway", STATUS_WARN, "starting", "starting for 1 h", NULL },
	     { "stopping", stopping, "gateway", STATUS_WARN, "stopping", "is stopping", NULL },
	     { "strange", strange_state, "gateway", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "stopped, starts at boot", stopped_enabled, "gateway", STATUS_CRITICAL, "stopped", "is stopped", NULL },
	     { "stopped, disabled", stopped_disabled, "gateway", STATUS_OFF, "stopped", NULL, NULL },
	     { "stopped, static", stopped_static, "gateway", STATUS_WARN, "stopped", "is stopped", NULL },
	     { "masked", masked, "gateway", STATUS_OFF, "masked", NULL, NULL },
	     { "masked, alive", masked_alive, "gateway", STATUS_WARN, "running", "outside its unit", NULL },
	     { "stopped, alive", stopped_alive, "gateway", STATUS_WARN, "running", "outside its unit", NULL },
	     { "broken file", broken_file, "gateway", STATUS_CRITICAL, "broken", "unit file is broken", NULL },
	     { "no unit, alive", no_unit_alive, "gateway", STATUS_OK, "running", NULL, NULL },
	     { "no unit, dead", no_unit_dead, "gateway", STATUS_CRITICAL, "not running", "is not running", NULL },
	     { "no unit, stopped", no_unit_stopped, "gateway", STATUS_OFF, "stopped", NULL, NULL },
	     { "never ran", never_ran, "gateway", STATUS_OFF, "not set up", NULL, NULL },
	     { "active, process gone", active_but_gone, "gateway", STATUS_WARN, "unclear", "disagree", NULL },
	     { "active, pid of another", active_but_other, "gateway", STATUS_WARN, "unclear", "disagree", NULL },
	     { "active, gone, young", active_gone_young, "gateway", STATUS_OK, "running", NULL, NULL },
	     { "active, pid unknown", active_pid_unknown, "gateway", STATUS_OK, "running", NULL, NULL },
	     { "active (exited)", active_exited, "gateway", STATUS_WARN, "exited", "nothing runs in it", NULL },
	     { "degraded", degraded, "gateway", STATUS_WARN, "degraded", "degraded", NULL },
	     { "draining", draining, "gateway", STATUS_OK, "draining", NULL, NULL },
	     { "draining for long", draining_long, "gateway", STATUS_WARN, "draining", "draining for 1 h", NULL },
	     { "claims to have failed", claims_failed, "gateway", STATUS_WARN, "startup_failed", "startup_failed", NULL },
	     { "new word", new_word, "gateway", STATUS_WARN, "hibernating", "hibernating", NULL },
	     { "unit unread, alive", unit_unread, "gateway", STATUS_UNKNOWN, "half known", "could not be read", NULL },
	     { "unit unread, dead", unit_unread_dead, "gateway", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "future", from_the_future, "gateway", STATUS_UNKNOWN, "clock trouble", "lies in the future", NULL });
}

static struct platform *platform(void)
{
	return &r->gateway.platforms[0];
}

static void old_error(void) { platform()->error_message = "Conflict: two days ago"; platform()->error_code = "409"; }
static void retrying(void) { platform()->state = "retrying"; platform()->error_message = "timeout"; platform()->updated_at = NOW - HOURS; }
static void disconnected(void) { platform()->state = "disconnected"; }
static void fatal(void) { platform()->state = "fatal"; platform()->error_message = "bad token"; }
static void paused(void) { platform()->state = "paused"; }
static void connecting(void) { platform()->state = "connecting"; platform()->updated_at = NOW - 20; }
static void connecting_long(void) { platform()->state = "connecting"; platform()->updated_at = NOW - HOURS; }
static void attention(void) { platform()->needs_attention = TRI_YES; }
static void odd_platform(void) { platform()->state = "dreaming"; }
static void dead_word(void) { r->gateway.pid_state = PID_DEAD; }
static void unproven(void) { r->gateway.pid_state = PID_UNKNOWN; r->gateway.updated_at = r->gateway_unit.since - DAYS; }
static void proven_by_time(void) { r->gateway.pid_state = PID_UNKNOWN; r->gateway.updated_at = r->gateway_unit.since + 60; }
static void leftover(void) { platform()->updated_at = r->gateway.process_started_at - DAYS; }
static void leftover_closed(void) { leftover(); platform()->state = "disconnected"; }
static void state_unread(void) { fact_unread(&r->gateway.probe, "not JSON"); }
static void stopped_and_unread(void) { stopped_disabled(); state_unread(); }

static void platforms_are_believed_only_of_a_living_gateway(void **state)
{
	ROWS({ "connected with an old error", old_error, "platform.telegram", STATUS_OK, "connected", NULL, NULL },
	     { "retrying", retrying, "platform.telegram", STATUS_WARN, "retrying", "does not get connected", NULL },
	     { "disconnected", disconnected, "platform.telegram", STATUS_WARN, "disconnected", "is disconnected", NULL },
	     { "fatal", fatal, "platform.telegram", STATUS_CRITICAL, "fatal", "has given up", NULL },
	     { "paused", paused, "platform.telegram", STATUS_OFF, "paused", NULL, NULL },
	     { "connecting", connecting, "platform.telegram", STATUS_OK, "connecting", NULL, NULL },
	     { "connecting for long", connecting_long, "platform.telegram", STATUS_WARN, "connecting", "does not get connected", NULL },
	     { "asks for attention", attention, "platform.telegram", STATUS_WARN, "connected", "asks for a look", NULL },
	     { "odd word", odd_platform, "platform.telegram", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "dead process", dead_word, "platform.telegram", STATUS_UNKNOWN, "unknown", NULL, "gateway" },
	     { "stopped gateway", stopped_enabled, "platform.telegram", STATUS_OFF, "not judged", NULL, "gateway" },
	     { "failed gateway", failed, "platform.telegram", STATUS_OFF, "not judged", NULL, "gateway" },
	     { "unknown gateway", unit_unread_dead, "platform.telegram", STATUS_UNKNOWN, "not judged", NULL, "gateway" },
	     { "just started", active_gone_young, "platform.telegram", STATUS_OFF, "not judged yet", NULL, "gateway" },
	     { "pid not looked up", unproven, "platform.telegram", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "written by this run", proven_by_time, "platform.telegram", STATUS_OK, "connected", NULL, NULL },
	     { "of an earlier run", leftover, "platform.telegram", STATUS_UNKNOWN, "unknown", "has not been heard of", NULL },
	     { "closed by an earlier run", leftover_closed, "platform.telegram", STATUS_OFF, "not in use", NULL, NULL },
	     { "state file unread", state_unread, "platforms", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "stopped, state unread", stopped_and_unread, "platforms", STATUS_OFF, "not judged", NULL, "gateway" });
}

static void bus_gone(void)
{
	const char *why = "the user manager of uma is not running";

	fact_unread(&r->gateway_unit.probe, why);
	fact_unread(&r->dashboard_unit.probe, why);
	fact_unread(&r->backup_timer.probe, why);
}

static void bus_gone_process_dead(void) { bus_gone(); r->gateway.pid_state = PID_DEAD; }
static void two_reasons(void) { bus_gone_process_dead(); fact_unread(&r->dashboard_unit.probe, "access denied");
				fact_unread(&r->backup_timer.probe, "timed out"); }

static void units_hang_from_a_bus_that_does_not_answer(void **state)
{
	ROWS({ "bus gone", bus_gone_process_dead, "systemd", STATUS_UNKNOWN, "unknown", "systemd could not be asked", NULL },
	     { "bus gone", bus_gone_process_dead, "gateway", STATUS_UNKNOWN, "unknown", NULL, "systemd" },
	     { "bus gone", bus_gone_process_dead, "dashboard", STATUS_UNKNOWN, "unknown", NULL, "systemd" },
	     { "bus gone", bus_gone_process_dead, "backup.timer", STATUS_UNKNOWN, "unknown", NULL, "systemd" },
	     { "bus gone", bus_gone_process_dead, "platform.telegram", STATUS_UNKNOWN, "not judged", NULL, "gateway" },
	     { "process lives", bus_gone, "gateway", STATUS_OK, "running", NULL, NULL },
	     { "process lives", bus_gone, "platform.telegram", STATUS_OK, "connected", NULL, NULL },
	     { "different reasons", two_reasons, "gateway", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "different reasons", two_reasons, "dashboard", STATUS_UNKNOWN, "unknown", "could not be checked", NULL });
}

static void no_dashboard(void) { in->dashboard.unit = NULL; r->dashboard_unit = (struct unit){ 0 }; }
static void dashboard_failed(void) { r->dashboard_unit.active_state = "failed"; }
static void dashboard_stopped(void) { unit_inactive(&r->dashboard_unit, "loaded", "enabled"); }
static void dashboard_disabled(void) { unit_inactive(&r->dashboard_unit, "loaded", "disabled"); }
static void dashboard_missing(void) { unit_inactive(&r->dashboard_unit, "not-found", NULL); }
static void dashboard_unread(void) { fact_unread(&r->dashboard_unit.probe, "timed out after 2 s"); }
static void dashboard_loops(void) { r->dashboard_unit.restarts = 5; r->dashboard_unit.since = NOW - 60; }

static void dashboard_is_off_when_not_configured_and_warns_when_missing(void **state)
{
	ROWS({ "not configured", no_dashboard, "dashboard", STATUS_OFF, "not configured", NULL, NULL },
	     { "failed", dashboard_failed, "dashboard", STATUS_WARN, "failed", "Private dashboard has failed", NULL },
	     { "stopped", dashboard_stopped, "dashboard", STATUS_WARN, "stopped", "Private dashboard is stopped", NULL },
	     { "disabled", dashboard_disabled, "dashboard", STATUS_OFF, "stopped", NULL, NULL },
	     { "missing", dashboard_missing, "dashboard", STATUS_WARN, "missing", "is missing", NULL },
	     { "loops", dashboard_loops, "dashboard", STATUS_WARN, "restarting", "is restarting", NULL },
	     { "unread", dashboard_unread, "dashboard", STATUS_UNKNOWN, "unknown", "on :9120 could not be checked", NULL });
}

static void no_backup(void) { in->backup_repo = NULL; in->backup_timer.unit = NULL; }
static void late(void) { r->backup_repo.head_at = NOW - 33 * HOURS; }
static void on_the_edge(void) { r->backup_repo.head_at = NOW - 26 * HOURS; }
static void very_late(void) { r->backup_repo.head_at = NOW - 53 * HOURS; }
static void future_backup(void) { r->backup_repo.head_at = NOW + HOURS; }
static void empty_repo(void) { r->backup_repo.head = NULL; r->backup_repo.head_at = 0; }
static void no_repo(void) { r->backup_repo.probe.state = PROBE_INACTIVE; r->backup_repo.probe.reason = "no such directory"; }
static void repo_unread(void) { fact_unread(&r->backup_repo.probe, "permission denied"); }
static void not_pushed(void) { r->backup_repo.ahead = 2; }
static void pushing(void) { r->backup_repo.ahead = 1; r->backup_repo.head_at = NOW - 60; }
static void dirty(void) { r->backup_repo.is_dirty = TRI_YES; r->backup_repo.ahead = COUNT_UNKNOWN; }

static void backup_is_judged_by_its_newest_commit(void **state)
{
	ROWS({ "not configured", no_backup, "backup.age", STATUS_OFF, "not configured", NULL, NULL },
	     { "late", late, "backup.age", STATUS_WARN, "late", "Backup is 7 h late", NULL },
	     { "on the edge", on_the_edge, "backup.age", STATUS_OK, "fresh", NULL, NULL },
	     { "very late", very_late, "backup.age", STATUS_CRITICAL, "late", "27 h late", NULL },
	     { "future", future_backup, "backup.age", STATUS_UNKNOWN, "clock trouble", "lies in the future", NULL },
	     { "no commit", empty_repo, "backup.age", STATUS_CRITICAL, "none yet", "no backup yet", NULL },
	     { "no repository", no_repo, "backup.age", STATUS_CRITICAL, "missing", "no backup repository", NULL },
	     { "unread", repo_unread, "backup.age", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "not pushed", not_pushed, "backup.age", STATUS_WARN, "not pushed", "has not left this machine", NULL },
	     { "pushing", pushing, "backup.age", STATUS_OK, "fresh", NULL, NULL },
	     { "dirty, no remote", dirty, "backup.age", STATUS_OK, "fresh", NULL, NULL });
}

static void timer_failed_run(void) { r->backup_timer.service_result = "exit-code"; r->backup_timer.service_exit_status = 1; }
static void timer_running(void) { r->backup_timer.service_state = "activating"; r->backup_timer.service_result = "exit-code"; }
static void timer_idle(void) { r->backup_timer.next_run = 0; }
static void timer_never_ran(void)
{
	r->backup_timer.last_run = 0;
	r->backup_timer.service_exit_status = COUNT_UNKNOWN;
	r->backup_timer.service_result = "success";
}
static void timer_stopped(void) { r->backup_timer.probe.state = PROBE_INACTIVE; r->backup_timer.probe.reason = "stopped";
				  r->backup_timer.active_state = "inactive"; }
static void timer_masked(void) { timer_stopped(); r->backup_timer.load_state = "masked"; }
static void timer_missing(void) { timer_stopped(); r->backup_timer.load_state = "not-found"; }
static void timer_failed(void) { r->backup_timer.active_state = "failed"; }
static void timer_future(void) { r->backup_timer.last_run = NOW + DAYS; }

static void timer_warns_when_it_would_not_run_or_ran_in_vain(void **state)
{
	ROWS({ "not configured", no_backup, "backup.timer", STATUS_OFF, "not configured", NULL, NULL },
	     { "failed run", timer_failed_run, "backup.timer", STATUS_WARN, "last run failed", "its last run failed", NULL },
	     { "running now", timer_running, "backup.timer", STATUS_OK, "running now", NULL, NULL },
	     { "idle", timer_idle, "backup.timer", STATUS_WARN, "idle", "is idle", NULL },
	     { "never ran", timer_never_ran, "backup.timer", STATUS_OK, "active", NULL, NULL },
	     { "stopped", timer_stopped, "backup.timer", STATUS_WARN, "stopped", "Backup timer is stopped", NULL },
	     { "masked", timer_masked, "backup.timer", STATUS_OFF, "masked", NULL, NULL },
	     { "missing", timer_missing, "backup.timer", STATUS_WARN, "missing", "is missing", NULL },
	     { "failed", timer_failed, "backup.timer", STATUS_WARN, "failed", "has failed", NULL },
	     { "future", timer_future, "backup.timer", STATUS_UNKNOWN, "clock trouble", "lies in the future", NULL });
}

static struct cron_job *job(void)
{
	return &r->cron.jobs[1];
}

static void job_failed(void) { job()->last_status = "error"; job()->last_error = "429"; }
static void job_failed_often(void) { job_failed(); job()->failure_streak = 3; }
static void job_blocked(void) { job()->last_status = "blocked_config"; }
static void job_undelivered(void) { job()->last_delivery_error = "chat not found"; }
/* As under the policy "counts", which leaves the text out. */
static void job_undelivered_untold(void) { job()->delivery_failed = TRI_YES; }
static void job_paused_past(void) { job()->state = "paused"; job()->next_run_at = NOW - 90 * DAYS; job()->last_status = "error"; }
static void job_disabled_past(void) { job()->enabled = TRI_NO; job()->next_run_at = NOW - 90 * DAYS; }
static void job_completed(void) { job()->state = "completed"; job()->next_run_at = 0; }
static void job_new(void) { job()->last_status = NULL; job()->last_run_at = 0; }
static void job_late(void) { job()->next_run_at = NOW - 1801; }
static void job_in_grace(void) { job()->next_run_at = NOW - 1800; }
static void job_late_often(void) { job()->period_s = 60; job()->grace_s = 120; job()->next_run_at = NOW - 121; }
static void job_grace_often(void) { job()->period_s = 60; job()->grace_s = 120; job()->next_run_at = NOW - 120; }
static void job_weekly_late(void) { job()->period_s = 7 * DAYS; job()->grace_s = 7200; job()->next_run_at = NOW - 7201; }
static void job_once_grace(void) { job()->period_s = COUNT_UNKNOWN; job()->grace_s = 0; job()->next_run_at = NOW - 7200; }
static void job_odd(void) { job()->last_status = "mostly"; }
static void job_future(void) { job()->last_run_at = NOW + DAYS; }
static void job_late_stopped(void) { job_late(); stopped_enabled(); }
static void job_late_stalled(void) { job_late(); r->cron.heartbeat_at = NOW - 900; }
static void job_failed_stopped(void) { job_failed(); stopped_enabled(); }
static void no_jobs(void) { r->cron.n_jobs = 0; }
static void no_cron(void) { r->cron.probe.state = PROBE_INACTIVE; r->cron.n_jobs = 0; }
static void cron_unread(void) { fact_unread(&r->cron.probe, "not JSON (line 3)"); }
static void all_paused(void) { for (size_t i = 0; i < r->cron.n_jobs; i++) r->cron.jobs[i].enabled = TRI_NO; }
static void mixed(void) { job_failed(); r->cron.jobs[0].next_run_at = NOW - DAYS; }

static void jobs_are_judged_by_last_run_and_next(void **state)
{
	ROWS({ "failed", job_failed, "cron.a0b1c2d3e4f5", STATUS_WARN, "failed", "failed in its last run", NULL },
	     { "failed", job_failed, "cron", STATUS_WARN, "1 of 3 failed", NULL, "cron.a0b1c2d3e4f5" },
	     { "failed 3 times", job_failed_often, "cron.a0b1c2d3e4f5", STATUS_CRITICAL, "failed", "failed 3 runs in a row", NULL },
	     { "failed 3 times", job_failed_often, "cron", STATUS_CRITICAL, "1 of 3 failed", NULL, "cron.a0b1c2d3e4f5" },
	     { "blocked", job_blocked, "cron.a0b1c2d3e4f5", STATUS_WARN, "blocked", "blocked by its settings", NULL },
	     { "not delivered", job_undelivered, "cron.a0b1c2d3e4f5", STATUS_WARN, "not delivered", "not delivered", NULL },
	     { "not delivered, and why is not told", job_undelivered_untold, "cron.a0b1c2d3e4f5", STATUS_WARN, "not delivered", "not delivered", NULL },
	     { "paused, next in the past", job_paused_past, "cron.a0b1c2d3e4f5", STATUS_OFF, "paused", NULL, NULL },
	     { "paused, next in the past", job_paused_past, "cron", STATUS_OK, "2 of 2 ok", NULL, NULL },
	     { "disabled", job_disabled_past, "cron.a0b1c2d3e4f5", STATUS_OFF, "paused", NULL, NULL },
	     { "completed", job_completed, "cron.a0b1c2d3e4f5", STATUS_OFF, "completed", NULL, NULL },
	     { "new", job_new, "cron.a0b1c2d3e4f5", STATUS_OFF, "not run yet", NULL, NULL },
	     { "new", job_new, "cron", STATUS_OK, "2 of 3 ok", NULL, NULL },
	     { "late", job_late, "cron.a0b1c2d3e4f5", STATUS_WARN, "late", "is 30 min late", NULL },
	     { "in grace", job_in_grace, "cron.a0b1c2d3e4f5", STATUS_OK, "ok", NULL, NULL },
	     { "late, each minute", job_late_often, "cron.a0b1c2d3e4f5", STATUS_WARN, "late", "is 2 min late", NULL },
	     { "in grace, each minute", job_grace_often, "cron.a0b1c2d3e4f5", STATUS_OK, "ok", NULL, NULL },
	     { "late, weekly", job_weekly_late, "cron.a0b1c2d3e4f5", STATUS_WARN, "late", "is 2 h late", NULL },
	     { "once, in grace", job_once_grace, "cron.a0b1c2d3e4f5", STATUS_OK, "ok", NULL, NULL },
	     { "odd word", job_odd, "cron.a0b1c2d3e4f5", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "future", job_future, "cron.a0b1c2d3e4f5", STATUS_UNKNOWN, "clock trouble", "lies in the future", NULL },
	     { "late, gateway stopped", job_late_stopped, "cron.a0b1c2d3e4f5", STATUS_OFF, "not judged", NULL, "gateway" },
	     { "late, scheduler stalled", job_late_stalled, "cron.a0b1c2d3e4f5", STATUS_WARN, "late", NULL, "scheduler" },
	     { "failed, gateway stopped", job_failed_stopped, "cron.a0b1c2d3e4f5", STATUS_WARN, "failed", "failed in its last run", NULL },
	     { "no jobs", no_jobs, "cron", STATUS_OFF, "no jobs", NULL, NULL },
	     { "no cron", no_cron, "cron", STATUS_OFF, "no jobs", NULL, NULL },
	     { "unread", cron_unread, "cron", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "all paused", all_paused, "cron", STATUS_OFF, "all paused", NULL, NULL },
	     { "mixed", mixed, "cron", STATUS_WARN, "2 of 3 need a look", NULL, "cron.4f2d752e4335" });
}

static void many_failed(void)
{
	r->cron.jobs = arena_calloc(a, 40, sizeof(struct cron_job));
	r->cron.n_jobs = 40;
	for (size_t i = 0; i < 40; i++) {
		r->cron.jobs[i] = fact_job(arena_printf(a, "%012zu", i), arena_printf(a, "job-%zu", i));
		r->cron.jobs[i].last_status = "error";
	}
}

static void many_bad_jobs_are_one_alarm(void **state)
{
	ROWS({ "40 failed", many_failed, "cron", STATUS_WARN, "40 of 40 failed", "40 cron jobs need a look", NULL },
	     { "40 failed", many_failed, "cron.000000000007", STATUS_WARN, "failed", NULL, "cron" });
}

static void no_heartbeat(void) { r->cron.scheduler.state = PROBE_INACTIVE; r->cron.scheduler.reason = "no heartbeat file"; }
static void stalled(void) { r->cron.heartbeat_at = NOW - 201; }
static void not_stalled(void) { r->cron.heartbeat_at = NOW - 200; }
static void long_dead(void) { r->cron.heartbeat_at = NOW - 2 * HOURS; }
static void tick_fails(void) { r->cron.last_error_at = NOW - 22; r->cron.last_success_at = NOW - 600; r->cron.last_error = "disk full"; }
static void fresh_start(void) { r->cron.heartbeat_at = NOW - DAYS; r->gateway_unit.since = NOW - 60; r->gateway.process_started_at = NOW - 60; }
static void heartbeat_future(void) { r->cron.heartbeat_at = NOW + HOURS; }
static void heartbeat_unread(void) { fact_unread(&r->cron.scheduler, "permission denied"); }

static void scheduler_is_stalled_after_200_s_and_not_judged_without_gateway(void **state)
{
	ROWS({ "older version", no_heartbeat, "scheduler", STATUS_OFF, "not told", NULL, NULL },
	     { "stalled", stalled, "scheduler", STATUS_WARN, "stalled", "has not ticked for 3 min", NULL },
	     { "not stalled", not_stalled, "scheduler", STATUS_OK, "ticking", NULL, NULL },
	     { "long dead", long_dead, "scheduler", STATUS_CRITICAL, "stalled", "has not ticked for 2 h", NULL },
	     { "tick fails", tick_fails, "scheduler", STATUS_WARN, "last tick failed", "last tick failed", NULL },
	     { "fresh start", fresh_start, "scheduler", STATUS_OK, "ticking", NULL, NULL },
	     { "future", heartbeat_future, "scheduler", STATUS_UNKNOWN, "clock trouble", "lies in the future", NULL },
	     { "unread", heartbeat_unread, "scheduler", STATUS_UNKNOWN, "unknown", "could not be checked", NULL },
	     { "stopped", stopped_enabled, "scheduler", STATUS_OFF, "not judged", NULL, "gateway" });
}

static void sessions_unread(void) { fact_unread(&r->sessions.probe, "locked by another program for 500 ms"); }
static void sessions_none(void) { r->sessions.probe.state = PROBE_INACTIVE; r->sessions.probe.reason = "no state.db"; }
static void sessions_uncounted(void) { r->sessions.active = COUNT_UNKNOWN; r->sessions.messages = COUNT_UNKNOWN; }
static void no_version(void) { fact_unread(&r->hermes.probe, "no checkout below the home"); }

static void sessions_are_facts_and_never_a_false_zero(void **state)
{
	ROWS({ "unread", sessions_unread, "sessions.active", STATUS_UNKNOWN, "unknown", "Sessions could not be checked", NULL },
	     { "none", sessions_none, "sessions.active", STATUS_OFF, "none yet", NULL, NULL },
	     { "uncounted", sessions_uncounted, "sessions.active", STATUS_INFO, "not counted", NULL, NULL },
	     { "no version", no_version, "hermes.version", STATUS_INFO, "not found", NULL, NULL });
}

static void dark(void) { fact_dark(&s, 5 * MINUTES); }
static void dark_and_bad(void) { job_failed_often(); late(); dark(); }
static void missing(void) { s.has_report = false; fact_unread(&s.probe, "no report yet"); *r = (struct instance_report){ 0 }; }
static void report_of_tomorrow(void) { r->generated_at = NOW + DAYS; }
static void dark_no_dashboard(void) { no_dashboard(); dark(); }

static void stale_report_makes_all_unknown_under_one_cause(void **state)
{
	ROWS({ "stale", dark, "exporter", STATUS_UNKNOWN, "unknown",
	       "Nothing is known about Bheem: its exporter has not reported for 5 min", NULL },
	     { "stale", dark, "gateway", STATUS_UNKNOWN, "unknown", NULL, "exporter" },
	     { "stale", dark, "platform.telegram", STATUS_UNKNOWN, "unknown", NULL, "exporter" },
	     { "stale", dark, "sessions.active", STATUS_UNKNOWN, "unknown", NULL, "exporter" },
	     { "stale and bad", dark_and_bad, "cron", STATUS_UNKNOWN, "unknown", NULL, "exporter" },
	     { "stale and bad", dark_and_bad, "backup.age", STATUS_UNKNOWN, "unknown", NULL, "exporter" },
	     { "stale, not configured", dark_no_dashboard, "dashboard", STATUS_OFF, "not configured", NULL, NULL },
	     { "missing", missing, "exporter", STATUS_UNKNOWN, "unknown", "its report cannot be used", NULL },
	     { "missing", missing, "gateway", STATUS_UNKNOWN, "unknown", NULL, "exporter" },
	     { "of tomorrow", report_of_tomorrow, "exporter", STATUS_UNKNOWN, "clock trouble", "cannot be used", NULL },
	     { "of tomorrow", report_of_tomorrow, "gateway", STATUS_UNKNOWN, "unknown", NULL, "exporter" });
}

static struct host_snapshot host;

struct host_row {
	void (*spoil)(void);
	const char *id;
	enum status status;
	const char *word;
	const char *title;
};

static void disk_90(void) { host.report.disk.available_bytes = host.report.disk.size_bytes / 10; }
static void disk_full(void) { host.report.disk.available_bytes = 0; }
static void no_inodes(void) { host.report.disk.inodes_free = 1; }
static void btrfs(void) { host.report.disk.inodes = host.report.disk.inodes_free = 0; }
static void disk_nonsense(void) { host.report.disk.available_bytes = host.report.disk.size_bytes + 1; }
static void memory_95(void) { host.report.memory.available_bytes = host.report.memory.total_bytes / 25; }
static void no_cpus(void) { host.report.load.cpus = COUNT_UNKNOWN; }
static void loaded(void) { host.report.load.five = 9.0; }
static void tail_down(void) { host.report.tailscale.is_up = TRI_NO; }
static void tail_other(void) { host.report.tailscale.address = "100.64.0.9"; }
static void tail_absent(void) { host.report.tailscale.probe.state = PROBE_INACTIVE; host.report.tailscale.address = NULL; }
static void tail_unused(void) { tail_absent(); host.report.tailscale.expected = NULL; }
static void tail_unsure(void) { host.report.tailscale.is_up = TRI_UNKNOWN; }
static void drive_none(void) { host.report.emergency_drive = (struct timer){ .probe = { .state = PROBE_INACTIVE } }; }
static void drive_failed(void) { host.report.emergency_drive.service_result = "exit-code"; }
static void host_dark(void) { fact_unread(&host.probe, "the last report is 9 min old"); host.report.generated_at = NOW - 540; }

static void machine_is_judged_by_limits(void **state)
{
	static const struct host_row rows[] = {
		{ as_it_is, "disk", STATUS_OK, "61 % used", NULL },
		{ as_it_is, "memory", STATUS_OK, "63 % used", NULL },
		{ as_it_is, "load", STATUS_OK, "0.42", NULL },
		{ as_it_is, "uptime", STATUS_INFO, "41 d", NULL },
		{ as_it_is, "tailscale", STATUS_OK, "up", NULL },
		{ as_it_is, "emergency-drive", STATUS_OK, "active", NULL },
		{ disk_90, "disk", STATUS_WARN, "90 % used", "Disk is 90 % full" },
		{ disk_full, "disk", STATUS_CRITICAL, "100 % used", "Disk is 100 % full" },
		{ no_inodes, "disk", STATUS_CRITICAL, "61 % used", "Inodes of the disk are 100 % full" },
		{ btrfs, "disk", STATUS_OK, "61 % used", NULL },
		{ disk_nonsense, "disk", STATUS_UNKNOWN, "unknown", "could not be checked" },
		{ memory_95, "memory", STATUS_CRITICAL, "97 % used", "Memory is 97 % full" },
		{ no_cpus, "load", STATUS_UNKNOWN, "unknown", "could not be checked" },
		{ loaded, "load", STATUS_WARN, "9.00", "Load is 9.0 on 4 processors" },
		{ tail_down, "tailscale", STATUS_CRITICAL, "down", "Tailscale is down" },
		{ tail_other, "tailscale", STATUS_WARN, "other address", "another address" },
		{ tail_absent, "tailscale", STATUS_CRITICAL, "absent", "no interface" },
		{ tail_unused, "tailscale", STATUS_OFF, "not used", NULL },
		{ tail_unsure, "tailscale", STATUS_UNKNOWN, "unknown", "could not be checked" },
		{ drive_none, "emergency-drive", STATUS_OFF, "not configured", NULL },
		{ drive_failed, "emergency-drive", STATUS_WARN, "last run failed", "last run failed" },
		{ host_dark, "exporter", STATUS_UNKNOWN, "unknown", "Nothing is known about this machine" },
		{ host_dark, "disk", STATUS_UNKNOWN, "unknown", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct judgement *all;
		const struct judgement *j;
		size_t n;

		host = fact_host();
		rows[i].spoil();
		judge_host(&host, NOW, a, &all, &n);
		j = judge_find(all, n, rows[i].id);
		assert_non_null(j);
		if (j->status != rows[i].status || !str_eq(j->word, rows[i].word) || !rows[i].title != !j->title ||
		    (j->title && !strstr(j->title, rows[i].title)))
			fail_msg("row %zu, %s: %s \"%s\", title \"%s\"", i, j->id, status_name(j->status), j->word, text(j->title));
	}
}

static void overall_is_down_only_when_the_gateway_is(void **state)
{
	static const struct {
		void (*spoil)(void);
		enum status status;
		const char *word;
	} rows[] = {
		{ as_it_is, STATUS_OK, "healthy" },
		{ job_failed_often, STATUS_WARN, "degraded" },
		{ failed, STATUS_CRITICAL, "down" },
		{ dashboard_unread, STATUS_UNKNOWN, "partly unknown" },
		{ stopped_disabled, STATUS_OFF, "switched off" },
		{ dark_and_bad, STATUS_UNKNOWN, "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct judgement *all;
		const char *word;
		size_t n;

		healthy();
		rows[i].spoil();
		judge_instance(&s, NOW, a, &all, &n);
		assert_int_equal(judge_overall(all, n, &word), rows[i].status);
		assert_string_equal(word, rows[i].word);
	}
}

static void long_foreign_text_is_cut(void **state)
{
	struct judgement *all;
	char *big;
	size_t n;

	(void)state;
	healthy();
	big = arena_alloc(a, 100001);
	memset(big, 'x', 100000);
	job()->name = job()->id = job()->last_error = job()->schedule = big;
	job()->last_status = "error";
	platform()->name = platform()->state = platform()->error_message = big;
	r->gateway_unit.active_state = r->gateway_unit.sub_state = r->gateway_unit.result = big;
	r->exporter.flavour = r->exporter.user = big;
	fact_unread(&r->sessions.probe, big);
	judge_instance(&s, NOW, a, &all, &n);
	for (size_t i = 0; i < n; i++) {
		assert_true(strlen(all[i].word) < 700);
		assert_true(strlen(text(all[i].title)) < 700);
		assert_true(strlen(text(all[i].why)) < 1500);
		assert_true(strlen(text(all[i].detail)) < 700);
		assert_true(strlen(text(all[i].evidence.value)) < 2000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_fine_when_all_facts_are),
		cmocka_unit_test(how_a_gateway_ended_is_told_in_words),
		cmocka_unit_test(nothing_but_zeroes_is_unknown_and_never_fine),
		cmocka_unit_test(gateway_is_judged_by_unit_and_process_together),
		cmocka_unit_test(platforms_are_believed_only_of_a_living_gateway),
		cmocka_unit_test(units_hang_from_a_bus_that_does_not_answer),
		cmocka_unit_test(dashboard_is_off_when_not_configured_and_warns_when_missing),
		cmocka_unit_test(backup_is_judged_by_its_newest_commit),
		cmocka_unit_test(timer_warns_when_it_would_not_run_or_ran_in_vain),
		cmocka_unit_test(jobs_are_judged_by_last_run_and_next),
		cmocka_unit_test(many_bad_jobs_are_one_alarm),
		cmocka_unit_test(scheduler_is_stalled_after_200_s_and_not_judged_without_gateway),
		cmocka_unit_test(sessions_are_facts_and_never_a_false_zero),
		cmocka_unit_test(stale_report_makes_all_unknown_under_one_cause),
		cmocka_unit_test(machine_is_judged_by_limits),
		cmocka_unit_test(overall_is_down_only_when_the_gateway_is),
		cmocka_unit_test(long_foreign_text_is_cut),
	};
	int failed_tests;

	a = arena_new(64 << 20);
	failed_tests = RUN_TESTS("judge", tests);
	arena_free(a);
	return failed_tests;
}
