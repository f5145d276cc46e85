#include "report/shapes.h"

#include "base/cleanup.h"
#include "model/report.h"

#define TEXT(t, member, json)     { .name = json, .kind = FIELD_TEXT, .offset = offsetof(t, member) }
#define COUNT(t, member, json)    { .name = json, .kind = FIELD_COUNT, .offset = offsetof(t, member) }
#define TIME(t, member, json)     { .name = json, .kind = FIELD_TIME, .offset = offsetof(t, member) }
#define TOOK(t, member, json)     { .name = json, .kind = FIELD_DURATION_US, .offset = offsetof(t, member) }
#define NUMBER(t, member, json)   { .name = json, .kind = FIELD_NUMBER, .offset = offsetof(t, member) }
#define MICROUSD(t, member, json) { .name = json, .kind = FIELD_MICROUSD, .offset = offsetof(t, member) }
#define TRI(t, member, json)      { .name = json, .kind = FIELD_TRISTATE, .offset = offsetof(t, member) }
#define ENUM(t, member, json, w)  { .name = json, .kind = FIELD_ENUM, .offset = offsetof(t, member), .words = (w) }
#define OBJECT(t, member, json, s) \
	{ .name = json, .kind = FIELD_OBJECT, .offset = offsetof(t, member), .shape = &(s) }
#define PART(json, s)             { .name = json, .kind = FIELD_OBJECT, .offset = 0, .shape = &(s) }
#define PROBE(t)                  { .kind = FIELD_EMBED, .offset = offsetof(t, probe), .shape = &probe_shape }
#define LIST(t, member, json, s, n)                                                                               \
	{                                                                                                         \
		.name = json, .kind = FIELD_LIST, .offset = offsetof(t, member),                                  \
		.count_offset = offsetof(t, n_##member), .max = (n), .shape = &(s)                                \
	}
#define SHAPE(t, list) { .size = sizeof(t), .fields = (list), .n_fields = ARRAY_SIZE(list) }

static const char *const probe_words[] = { "unknown", "inactive", "ok", NULL };
static const char *const scope_words[] = { "auto", "system", "user", NULL };
static const char *const pid_words[] = { "unknown", "none", "dead", "other", "alive", NULL };

static const struct field probe_fields[] = {
	ENUM(struct probe, state, "state", probe_words),
	TEXT(struct probe, reason, "reason"),
	TEXT(struct probe, source, "source"),
	TIME(struct probe, taken_at, "takenAt"),
	TOOK(struct probe, took_us, "took"),
};
const struct shape probe_shape = SHAPE(struct probe, probe_fields);

static const struct field unit_fields[] = {
	PROBE(struct unit),
	TEXT(struct unit, name, "name"),
	ENUM(struct unit, scope, "scope", scope_words),
	TEXT(struct unit, load_state, "loadState"),
	TEXT(struct unit, active_state, "activeState"),
	TEXT(struct unit, sub_state, "subState"),
	TEXT(struct unit, result, "result"),
	TEXT(struct unit, unit_file_state, "unitFileState"),
	TIME(struct unit, since, "since"),
	COUNT(struct unit, restarts, "restarts"),
	COUNT(struct unit, main_pid, "mainPid"),
	COUNT(struct unit, exit_status, "exitStatus"),
};
static const struct shape unit_shape = SHAPE(struct unit, unit_fields);

static const struct field timer_fields[] = {
	PROBE(struct timer),
	TEXT(struct timer, name, "name"),
	ENUM(struct timer, scope, "scope", scope_words),
	TEXT(struct timer, load_state, "loadState"),
	TEXT(struct timer, active_state, "activeState"),
	TEXT(struct timer, unit_file_state, "unitFileState"),
	TIME(struct timer, last_run, "lastRun"),
	TIME(struct timer, next_run, "nextRun"),
	TEXT(struct timer, service, "service"),
	TEXT(struct timer, service_state, "serviceState"),
	TEXT(struct timer, service_result, "serviceResult"),
	COUNT(struct timer, service_exit_status, "serviceExitStatus"),
};
static const struct shape timer_shape = SHAPE(struct timer, timer_fields);

static const struct field platform_fields[] = {
	TEXT(struct platform, name, "name"),
	TEXT(struct platform, state, "state"),
	TEXT(struct platform, error_code, "errorCode"),
	TEXT(struct platform, error_message, "errorMessage"),
	TIME(struct platform, updated_at, "updatedAt"),
	TRI(struct platform, needs_attention, "needsAttention"),
};
static const struct shape platform_shape = SHAPE(struct platform, platform_fields);

static const struct field gateway_fields[] = {
	PROBE(struct gateway),
	TEXT(struct gateway, state, "gatewayState"),
	TEXT(struct gateway, exit_reason, "exitReason"),
	ENUM(struct gateway, pid_state, "pidState", pid_words),
	COUNT(struct gateway, pid, "pid"),
	TIME(struct gateway, process_started_at, "processStartedAt"),
	TIME(struct gateway, updated_at, "updatedAt"),
	COUNT(struct gateway, active_agents, "activeAgents"),
	LIST(struct gateway, platforms, "platforms", platform_shape, 64),
};
static const struct shape gateway_shape = SHAPE(struct gateway, gateway_fields);

static const struct field source_fields[] = {
	TEXT(struct source_count, source, "source"),
	COUNT(struct source_count, sessions, "sessions"),
};
static const struct shape source_shape = SHAPE(struct source_count, source_fields);

static const struct field session_fields[] = {
	TEXT(struct session, id, "id"),
	TEXT(struct session, source, "source"),
	TEXT(struct session, title, "title"),
	TEXT(struct session, model, "model"),
	TIME(struct session, started_at, "startedAt"),
	TIME(struct session, ended_at, "endedAt"),
	TEXT(struct session, end_reason, "endReason"),
	TIME(struct session, last_active_at, "lastActiveAt"),
	COUNT(struct session, messages, "messages"),
	COUNT(struct session, tool_calls, "toolCalls"),
	COUNT(struct session, input_tokens, "inputTokens"),
	COUNT(struct session, output_tokens, "outputTokens"),
	MICROUSD(struct session, cost_microusd, "costUsd"),
	TEXT(struct session, cost_status, "costStatus"),
	TEXT(struct session, parent_id, "parentId"),
	TRI(struct session, is_active, "isActive"),
};
static const struct shape session_shape = SHAPE(struct session, session_fields);

static const struct field sessions_fields[] = {
	PROBE(struct sessions),
	COUNT(struct sessions, total, "total"),
	COUNT(struct sessions, open, "open"),
	COUNT(struct sessions, active, "active"),
	COUNT(struct sessions, messages, "messages"),
	TIME(struct sessions, last_active_at, "lastActiveAt"),
	COUNT(struct sessions, schema_version, "schemaVersion"),
	COUNT(struct sessions, size_bytes, "sizeBytes"),
	LIST(struct sessions, by_source, "bySource", source_shape, 100),
	LIST(struct sessions, latest, "latest", session_shape, SESSIONS_LATEST_MAX),
};
static const struct shape sessions_shape = SHAPE(struct sessions, sessions_fields);

static const struct field job_fields[] = {
	TEXT(struct cron_job, id, "id"),
	TEXT(struct cron_job, name, "name"),
	TEXT(struct cron_job, schedule, "schedule"),
	TEXT(struct cron_job, state, "jobState"),
	TRI(struct cron_job, enabled, "enabled"),
	TEXT(struct cron_job, last_status, "lastStatus"),
	TEXT(struct cron_job, last_error, "lastError"),
	TEXT(struct cron_job, last_delivery_error, "lastDeliveryError"),
	TEXT(struct cron_job, paused_reason, "pausedReason"),
	TEXT(struct cron_job, deliver, "deliver"),
	TIME(struct cron_job, last_run_at, "lastRunAt"),
	TIME(struct cron_job, next_run_at, "nextRunAt"),
	COUNT(struct cron_job, period_s, "period"),
	COUNT(struct cron_job, failure_streak, "failureStreak"),
	COUNT(struct cron_job, runs, "runs"),
};
static const struct shape job_shape = SHAPE(struct cron_job, job_fields);

static const struct field cron_fields[] = {
	PROBE(struct cron),
	LIST(struct cron, jobs, "jobs", job_shape, 500),
	OBJECT(struct cron, scheduler, "scheduler", probe_shape),
	TIME(struct cron, heartbeat_at, "heartbeatAt"),
	TIME(struct cron, last_success_at, "lastSuccessAt"),
	TIME(struct cron, last_error_at, "lastErrorAt"),
	TEXT(struct cron, last_error, "lastError"),
};
static const struct shape cron_shape = SHAPE(struct cron, cron_fields);

static const struct field repo_fields[] = {
	PROBE(struct repo),
	TEXT(struct repo, path, "path"),
	TEXT(struct repo, branch, "branch"),
	TEXT(struct repo, head, "head"),
	TIME(struct repo, head_at, "headAt"),
	TRI(struct repo, is_dirty, "isDirty"),
	TEXT(struct repo, dirty_reason, "dirtyReason"),
	COUNT(struct repo, ahead, "ahead"),
	COUNT(struct repo, behind, "behind"),
};
static const struct shape repo_shape = SHAPE(struct repo, repo_fields);

static const struct field version_fields[] = {
	PROBE(struct hermes_version),
	TEXT(struct hermes_version, version, "version"),
};
static const struct shape version_shape = SHAPE(struct hermes_version, version_fields);

static const struct field exporter_fields[] = {
	TEXT(struct exporter, version, "version"),
	TEXT(struct exporter, user, "user"),
	TEXT(struct exporter, flavour, "flavour"),
	COUNT(struct exporter, interval_s, "interval"),
	TOOK(struct exporter, took_us, "took"),
	COUNT(struct exporter, redactions, "redactions"),
};
static const struct shape exporter_shape = SHAPE(struct exporter, exporter_fields);

static const struct field instance_readings[] = {
	OBJECT(struct instance_report, hermes, "hermes", version_shape),
	OBJECT(struct instance_report, gateway_unit, "gatewayUnit", unit_shape),
	OBJECT(struct instance_report, gateway, "gateway", gateway_shape),
	OBJECT(struct instance_report, dashboard_unit, "dashboardUnit", unit_shape),
	OBJECT(struct instance_report, backup_timer, "backupTimer", timer_shape),
	OBJECT(struct instance_report, backup_repo, "backupRepo", repo_shape),
	OBJECT(struct instance_report, sessions, "sessions", sessions_shape),
	OBJECT(struct instance_report, cron, "cron", cron_shape),
};
static const struct shape instance_readings_shape = SHAPE(struct instance_report, instance_readings);

static const struct field instance_report_fields[] = {
	TEXT(struct instance_report, instance_id, "instanceId"),
	TIME(struct instance_report, generated_at, "generatedAt"),
	OBJECT(struct instance_report, exporter, "exporter", exporter_shape),
	PART("readings", instance_readings_shape),
};
const struct shape instance_report_shape = SHAPE(struct instance_report, instance_report_fields);

static const struct field disk_fields[] = {
	PROBE(struct disk),
	TEXT(struct disk, mount, "mount"),
	COUNT(struct disk, size_bytes, "sizeBytes"),
	COUNT(struct disk, available_bytes, "availableBytes"),
	COUNT(struct disk, inodes, "inodes"),
	COUNT(struct disk, inodes_free, "inodesFree"),
};
static const struct shape disk_shape = SHAPE(struct disk, disk_fields);

static const struct field memory_fields[] = {
	PROBE(struct memory),
	COUNT(struct memory, total_bytes, "totalBytes"),
	COUNT(struct memory, available_bytes, "availableBytes"),
	COUNT(struct memory, swap_total_bytes, "swapTotalBytes"),
	COUNT(struct memory, swap_free_bytes, "swapFreeBytes"),
};
static const struct shape memory_shape = SHAPE(struct memory, memory_fields);

static const struct field load_fields[] = {
	PROBE(struct load),
	NUMBER(struct load, one, "one"),
	NUMBER(struct load, five, "five"),
	NUMBER(struct load, fifteen, "fifteen"),
	COUNT(struct load, cpus, "cpus"),
};
static const struct shape load_shape = SHAPE(struct load, load_fields);

static const struct field uptime_fields[] = {
	PROBE(struct uptime),
	COUNT(struct uptime, uptime_s, "uptime"),
	TIME(struct uptime, booted_at, "bootedAt"),
};
static const struct shape uptime_shape = SHAPE(struct uptime, uptime_fields);

static const struct field tailscale_fields[] = {
	PROBE(struct tailscale),
	TEXT(struct tailscale, interface, "interface"),
	TEXT(struct tailscale, address, "address"),
	TEXT(struct tailscale, expected, "expected"),
	TRI(struct tailscale, is_up, "isUp"),
};
static const struct shape tailscale_shape = SHAPE(struct tailscale, tailscale_fields);

static const struct field host_readings[] = {
	OBJECT(struct host_report, disk, "disk", disk_shape),
	OBJECT(struct host_report, memory, "memory", memory_shape),
	OBJECT(struct host_report, load, "load", load_shape),
	OBJECT(struct host_report, uptime, "uptime", uptime_shape),
	OBJECT(struct host_report, tailscale, "tailscale", tailscale_shape),
	OBJECT(struct host_report, emergency_drive, "emergencyDrive", timer_shape),
};
static const struct shape host_readings_shape = SHAPE(struct host_report, host_readings);

static const struct field host_report_fields[] = {
	TIME(struct host_report, generated_at, "generatedAt"),
	TEXT(struct host_report, hostname, "hostname"),
	OBJECT(struct host_report, exporter, "exporter", exporter_shape),
	PART("readings", host_readings_shape),
};
const struct shape host_report_shape = SHAPE(struct host_report, host_report_fields);
