/*
 * tests/unit/view_facts.h -- hand-made facts for the tests of views: a healthy instance and a healthy machine, to be
 * spoilt one fact at a time.
 */
#ifndef MC_TESTS_VIEW_FACTS_H
#define MC_TESTS_VIEW_FACTS_H

#include "base/arena.h"
#include "base/cleanup.h"
#include "model/snapshot.h"

#define NOW     INT64_C(1795500000) /* 2026-11-24 */
#define MINUTES 60
#define HOURS   3600
#define DAYS    86400

#define PROBED(what) { .state = PROBE_OK, .source = what, .taken_at = NOW - 12, .took_us = 400 }

static inline struct unit fact_unit(const char *name)
{
	return (struct unit){ .probe = PROBED("systemd"), .name = name, .scope = UNIT_SCOPE_SYSTEM, .load_state = "loaded",
			      .active_state = "active", .sub_state = "running", .result = "success",
			      .unit_file_state = "enabled", .since = NOW - 3 * DAYS - 4 * HOURS, .main_pid = 812,
			      .exit_status = COUNT_UNKNOWN };
}

static inline struct timer fact_timer(const char *name)
{
	return (struct timer){ .probe = PROBED("systemd"), .name = name, .scope = UNIT_SCOPE_SYSTEM,
			       .load_state = "loaded", .active_state = "active", .unit_file_state = "enabled",
			       .last_run = NOW - 2 * HOURS, .next_run = NOW + 22 * HOURS, .service = "backup.service",
			       .service_state = "inactive", .service_result = "success", .service_exit_status = 0 };
}

static inline struct cron_job fact_job(const char *id, const char *name)
{
	return (struct cron_job){ .id = id, .name = name, .schedule = "every 60m", .state = "scheduled",
				  .enabled = TRI_YES, .last_status = "ok", .last_run_at = NOW - 18 * MINUTES,
				  .next_run_at = NOW + 42 * MINUTES, .period_s = HOURS, .grace_s = HOURS / 2,
				  .failure_streak = COUNT_UNKNOWN, .runs = 7, .runs_wanted = COUNT_UNKNOWN };
}

static inline struct session fact_session(const char *id, const char *title, int64_t started_at)
{
	return (struct session){ .id = id, .source = "telegram", .title = title, .model = "sonnet",
				 .started_at = started_at, .ended_at = started_at + 5 * MINUTES, .end_reason = "idle",
				 .last_active_at = started_at + 5 * MINUTES, .messages = 19, .tool_calls = 4,
				 .cost_microusd = 70000, .cost_status = "estimated", .is_active = TRI_NO };
}

/* An instance whose every reading is fine. Arrays belong to `a`, so that a test may change one element. */
static inline struct instance_snapshot fact_instance(const char *id, const char *label, struct arena *a)
{
	struct instance *in = arena_alloc(a, sizeof(*in));
	struct instance_snapshot s = { .instance = in, .probe = PROBED("report.json"), .has_report = true };
	struct instance_report *r = &s.report;

	*in = (struct instance){ .id = id, .label = label, .user = "uma", .hermes_home = "/home/uma/.hermes",
				 .gateway = { "hermes-gateway.service", UNIT_SCOPE_SYSTEM },
				 .dashboard = { "hermes-dashboard.service", UNIT_SCOPE_SYSTEM }, .dashboard_port = 9120,
				 .backup_timer = { "hermes-backup.timer", UNIT_SCOPE_SYSTEM },
				 .backup_repo = "/home/uma/repos/backup", .backup_max_age_s = 26 * HOURS,
				 .drill_every_s = DRILL_EVERY_S,
				 .publish = PUBLISH_TITLES };
	*r = (struct instance_report){
		.instance_id = id, .generated_at = NOW - 12,
		.exporter = { .version = "0.1.0", .user = "uma", .flavour = "system timer", .interval_s = 30, .took_us = 80000 },
		.hermes = { PROBED("hermes-agent/pyproject.toml"), "0.15.1" },
		.gateway_unit = fact_unit("hermes-gateway.service"),
		.gateway = { .probe = PROBED("gateway_state.json"), .state = "running", .pid_state = PID_ALIVE, .pid = 812,
			     .process_started_at = NOW - 3 * DAYS - 4 * HOURS, .updated_at = NOW - 2 * DAYS,
			     .active_agents = 1 },
		.dashboard_unit = fact_unit("hermes-dashboard.service"),
		.backup_timer = fact_timer("hermes-backup.timer"),
		.backup_repo = { .probe = PROBED("the repository"), .path = "/home/uma/repos/backup", .branch = "main",
				 .head = "a41f9c2", .head_at = NOW - 2 * HOURS, .is_dirty = TRI_NO },
		.sessions = { .probe = PROBED("state.db"), .total = 1204, .open = 6, .active = 2, .messages = 16321,
			      .last_active_at = NOW - 4 * MINUTES, .schema_version = 26, .size_bytes = 31 << 20 },
		.cron = { .probe = PROBED("cron/jobs.json"), .scheduler = PROBED("cron/ticker_heartbeat"),
			  .heartbeat_at = NOW - 22, .last_success_at = NOW - 22 },
		.life = { .probe = PROBED("signs of life"), .heartbeat_at = NOW - 20, .heartbeat_limit_s = 150,
			  .directory_at = NOW - 3 * MINUTES, .starts_today = COUNT_UNKNOWN, .dead_targets = COUNT_UNKNOWN,
			  .inbound = PROBED("state.db"), .inbound_at = NOW - 4 * MINUTES, .inbound_source = "telegram",
			  .restarts_today = 0, .restarts_from = NOW - 9 * HOURS },
		.sockets = { .probe = PROBED("/proc"), .pid = 812, .established = 2 },
		.dashboard = { .probe = PROBED("http://127.0.0.1:9120/"), .port = 9120, .status = 200, .took_us = 3000 },
		.google = { .probe = PROBED("google_token.json"), .expires_at = NOW + 20 * MINUTES, .refreshable = TRI_YES,
			    .refreshed_at = NOW - 40 * MINUTES, .scopes = 8 },
		.payload = { .probe = PROBED("the last commit"), .path = "hermes_persistent_backup", .files = 41, .bytes = 81234 },
		.storage = { .probe = PROBED("the files of the home"), .bytes = 90 << 20, .files = 812,
			     .growth_bytes = 3 << 20, .growth_s = 3 * DAYS },
		.agent = { .settings = { .probe = PROBED("config.yaml"), .config_version = 37, .model = "sonnet",
					 .provider = "openrouter", .approvals_mode = "smart", .approvals_from = "config.yaml",
					 .redact_secrets = TRI_YES, .redact_secrets_is_set = TRI_YES, .memory_limit = 2200 },
			   .memory = { .probe = PROBED("memories/MEMORY.md"), .entries = 5, .characters = 1342, .limit = 2200 },
			   .user = { .probe = PROBED("memories/USER.md"), .entries = 1, .characters = 140, .limit = 1375 },
			   .skills = { .probe = PROBED("skills/"), .total = 50, .enabled = 48, .local = 3 },
			   .extensions = { .probe = { .state = PROBE_INACTIVE, .reason = "none", .taken_at = NOW - 12 } },
			   .profiles = { .probe = { .state = PROBE_INACTIVE, .reason = "none", .taken_at = NOW - 12 } },
			   .keys = { .probe = { .state = PROBE_INACTIVE, .reason = "no key to compare by", .taken_at = NOW - 12 },
				     .left_out = COUNT_UNKNOWN } },
		.kanban = { .probe = { .state = PROBE_INACTIVE, .reason = "no kanban.db", .taken_at = NOW - 12 } },
	};
	r->payload.kinds = arena_calloc(a, 2, sizeof(struct payload_kind));
	r->payload.kinds[0] = (struct payload_kind){ .kind = "skills", .items = 14, .files = 30 };
	r->payload.kinds[1] = (struct payload_kind){ .kind = "cronJobs", .items = 6, .files = 1 };
	r->payload.n_kinds = 2;
	r->gateway.platforms = arena_calloc(a, 1, sizeof(struct platform));
	r->gateway.platforms[0] = (struct platform){ .name = "telegram", .state = "connected",
						     .updated_at = NOW - 2 * DAYS };
	r->gateway.n_platforms = 1;
	r->cron.jobs = arena_calloc(a, 3, sizeof(struct cron_job));
	r->cron.jobs[0] = fact_job("4f2d752e4335", "morning-brief");
	r->cron.jobs[1] = fact_job("a0b1c2d3e4f5", "tender-watch");
	r->cron.jobs[2] = fact_job("001122334455", "weekly-metrics");
	r->cron.n_jobs = 3;
	r->sessions.latest = arena_calloc(a, 3, sizeof(struct session));
	r->sessions.latest[0] = fact_session("20261124_045200_aa11bb22", "Summarise vendor invoices", NOW - 8 * MINUTES);
	r->sessions.latest[0].ended_at = 0;
	r->sessions.latest[0].is_active = TRI_YES;
	r->sessions.latest[1] = fact_session("20261124_035200_cc33dd44", "Draft a reply", NOW - HOURS);
	r->sessions.latest[2] = fact_session("20261124_015200_ee55ff66", NULL, NOW - 3 * HOURS);
	r->sessions.n_latest = 3;
	return s;
}

static inline struct host_snapshot fact_host(void)
{
	const int64_t gib = INT64_C(1) << 30;

	return (struct host_snapshot){
		.probe = PROBED("report.json"), .has_report = true,
		.report = {
			.generated_at = NOW - 9, .hostname = "vm-01",
			.exporter = { .version = "0.1.0", .user = "hmc", .flavour = "system timer", .interval_s = 30 },
			.disk = { .probe = PROBED("statvfs"), .mount = "/", .size_bytes = 200 * gib,
				  .available_bytes = 78 * gib, .inodes = 13000000, .inodes_free = 12000000 },
			.memory = { .probe = PROBED("/proc/meminfo"), .total_bytes = 8 * gib, .available_bytes = 3 * gib,
				    .swap_total_bytes = 0, .swap_free_bytes = 0 },
			.load = { .probe = PROBED("/proc/loadavg"), .one = 0.31, .five = 0.42, .fifteen = 0.4, .cpus = 4 },
			.uptime = { .probe = PROBED("/proc/uptime"), .uptime_s = 41 * DAYS, .booted_at = NOW - 41 * DAYS },
			.tailscale = { .probe = PROBED("the interface list"), .interface = "tailscale0",
				       .address = "100.87.53.10", .expected = "100.87.53.10", .is_up = TRI_YES },
			.emergency_drive = fact_timer("hermes-emergency-drive-upload.timer"),
			.timers = { .probe = { .state = PROBE_INACTIVE, .reason = "none", .taken_at = NOW - 9 } },
			.listeners = { .probe = PROBED("/proc/net") },
			.beat = { .probe = { .state = PROBE_INACTIVE, .reason = "the configuration has no \"beat\"", .taken_at = NOW - 9 } },
		},
	};
}

/* n healthy instances (Vijay, Bheem, then by number) on a healthy machine. */
static inline struct snapshot *fact_snapshot(size_t n, struct arena *a)
{
	struct snapshot *s = arena_alloc(a, sizeof(*s));

	s->now = NOW;
	s->host = fact_host();
	s->instances = arena_calloc(a, n ? n : 1, sizeof(*s->instances));
	s->n_instances = n;
	for (size_t i = 0; i < n; i++)
		s->instances[i] = i == 0 ? fact_instance("vijay", "Vijay / root", a) :
				  i == 1 ? fact_instance("bheem", "Bheem / Uma", a) :
					   fact_instance(arena_printf(a, "agent-%zu", i + 1),
							 arena_printf(a, "Agent %zu", i + 1), a);
	return s;
}

/* Spoils a reading: it could not be taken, for that reason. */
static inline void fact_unread(struct probe *p, const char *reason)
{
	p->state = PROBE_UNKNOWN;
	p->reason = reason;
}

/* No usable report: as the loader says of one that stopped coming. */
static inline void fact_dark(struct instance_snapshot *s, int64_t age_s)
{
	fact_unread(&s->probe, "the last report is 5 min old; is the exporter's timer running?");
	s->report.generated_at = NOW - age_s;
}

#endif
