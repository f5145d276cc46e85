#include "report/shapes.h"

#include "model/report.h"
#include "report/fields.h"

static const char *const probe_words[] = { "unknown", "inactive", "ok", NULL };
static const char *const scope_words[] = { "auto", "system", "user", NULL };
static const char *const turn_words[] = { "unknown", "complete", "unfinished", "failed", "empty", NULL };
static const char *const publish_words[] = { "counts", "titles", "excerpts", NULL };
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
	TRI(struct unit, lingers, "lingers"),
	TIME(struct unit, since, "since"),
	COUNT(struct unit, restarts, "restarts"),
	COUNT(struct unit, main_pid, "mainPid"),
	COUNT(struct unit, exit_status, "exitStatus"),
};
const struct shape unit_shape = SHAPE(struct unit, unit_fields);

static const struct field timer_fields[] = {
	PROBE(struct timer),
	TEXT(struct timer, name, "name"),
	ENUM(struct timer, scope, "scope", scope_words),
	TEXT(struct timer, load_state, "loadState"),
	TEXT(struct timer, active_state, "activeState"),
	TEXT(struct timer, unit_file_state, "unitFileState"),
	TRI(struct timer, lingers, "lingers"),
	TIME(struct timer, last_run, "lastRun"),
	TIME(struct timer, next_run, "nextRun"),
	TEXT(struct timer, service, "service"),
	TEXT(struct timer, service_state, "serviceState"),
	TEXT(struct timer, service_result, "serviceResult"),
	COUNT(struct timer, service_exit_status, "serviceExitStatus"),
	TEXT(struct timer, service_user, "serviceUser"),
};
const struct shape timer_shape = SHAPE(struct timer, timer_fields);

static const struct field platform_fields[] = {
	TEXT(struct platform, name, "name"),
	TEXT(struct platform, state, "state"),
	TEXT(struct platform, error_code, "errorCode"),
	TITLE(struct platform, error_message, "errorMessage"),
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
	TITLE(struct session, title, "title"),
	EXCERPT(struct session, preview, "preview"),
	TEXT(struct session, model, "model"),
	TIME(struct session, started_at, "startedAt"),
	TIME(struct session, ended_at, "endedAt"),
	TEXT(struct session, end_reason, "endReason"),
	TIME(struct session, last_active_at, "lastActiveAt"),
	COUNT(struct session, messages, "messages"),
	COUNT(struct session, tool_calls, "toolCalls"),
	COUNT(struct session, input_tokens, "inputTokens"),
	COUNT(struct session, output_tokens, "outputTokens"),
	COUNT(struct session, cache_read_tokens, "cacheReadTokens"),
	COUNT(struct session, cache_write_tokens, "cacheWriteTokens"),
	COUNT(struct session, reasoning_tokens, "reasoningTokens"),
	MICROUSD(struct session, cost_microusd, "costUsd"),
	TEXT(struct session, cost_status, "costStatus"),
	TEXT(struct session, parent_id, "parentId"),
	TRI(struct session, is_active, "isActive"),
	ENUM(struct session, turn, "turn", turn_words),
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

static const struct field due_fields[] = {
	TIME(struct cron_due, from, "from"),
	COUNT(struct cron_due, every_s, "every"),
	COUNT(struct cron_due, times, "times"),
};
static const struct shape due_shape = SHAPE(struct cron_due, due_fields);

static const struct field job_fields[] = {
	TEXT(struct cron_job, id, "id"),
	TITLE(struct cron_job, name, "name"),
	TEXT(struct cron_job, schedule, "schedule"),
	TEXT(struct cron_job, kind, "scheduleKind"),
	TEXT(struct cron_job, expr, "scheduleExpr"),
	TEXT(struct cron_job, words, "scheduleWords"),
	TEXT(struct cron_job, zone, "scheduleZone"),
	TEXT(struct cron_job, state, "jobState"),
	TRI(struct cron_job, enabled, "enabled"),
	TEXT(struct cron_job, last_status, "lastStatus"),
	TITLE(struct cron_job, last_error, "lastError"),
	TITLE(struct cron_job, last_delivery_error, "lastDeliveryError"),
	TRI(struct cron_job, delivery_failed, "deliveryFailed"),
	TITLE(struct cron_job, paused_reason, "pausedReason"),
	TEXT(struct cron_job, deliver, "deliver"),
	TIME(struct cron_job, last_run_at, "lastRunAt"),
	TIME(struct cron_job, next_run_at, "nextRunAt"),
	TIME(struct cron_job, created_at, "createdAt"),
	TIME(struct cron_job, paused_at, "pausedAt"),
	COUNT(struct cron_job, period_s, "period"),
	COUNT(struct cron_job, grace_s, "grace"),
	COUNT(struct cron_job, failure_streak, "failureStreak"),
	COUNT(struct cron_job, runs, "runs"),
	COUNT(struct cron_job, runs_wanted, "runsWanted"),
	LIST(struct cron_job, due, "due", due_shape, CRON_DUE_MAX),
};
static const struct shape job_shape = SHAPE(struct cron_job, job_fields);

static const struct field cron_fields[] = {
	PROBE(struct cron),
	LIST(struct cron, jobs, "jobs", job_shape, 500),
	OBJECT(struct cron, scheduler, "scheduler", probe_shape),
	TIME(struct cron, heartbeat_at, "heartbeatAt"),
	TIME(struct cron, last_success_at, "lastSuccessAt"),
	TIME(struct cron, last_error_at, "lastErrorAt"),
	TITLE(struct cron, last_error, "lastError"),
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

static const struct field redaction_fields[] = {
	TEXT(struct redaction_count, rule, "rule"),
	COUNT(struct redaction_count, hits, "hits"),
};
static const struct shape redaction_shape = SHAPE(struct redaction_count, redaction_fields);

static const struct field exporter_fields[] = {
	TEXT(struct exporter, version, "version"),
	TEXT(struct exporter, user, "user"),
	TEXT(struct exporter, flavour, "flavour"),
	COUNT(struct exporter, interval_s, "interval"),
	TOOK(struct exporter, took_us, "took"),
	TIME(struct exporter, asked_at, "askedAt"),
	ENUM(struct exporter, publish, "publish", publish_words),
	TRI(struct exporter, privacy, "privacy"),
	COUNT(struct exporter, redactions, "redactions"),
	LIST(struct exporter, redacted, "redacted", redaction_shape, REDACTION_RULES_MAX),
	TEXTS(struct exporter, skipped, "skipped", SKIPPED_MAX),
};
const struct shape exporter_shape = SHAPE(struct exporter, exporter_fields);

static const struct field opened_alert_fields[] = {
	TEXT(struct opened_alert, reading, "reading"),
	TIME(struct opened_alert, at, "openedAt"),
};
static const struct shape opened_alert_shape = SHAPE(struct opened_alert, opened_alert_fields);

static const struct field opened_fields[] = {
	PROBE(struct opened),
	LIST(struct opened, list, "alerts", opened_alert_shape, OPENED_MAX),
};
const struct shape opened_shape = SHAPE(struct opened, opened_fields);

static const struct field instance_readings[] = {
	OBJECT(struct instance_report, hermes, "hermes", version_shape),
	OBJECT(struct instance_report, gateway_unit, "gatewayUnit", unit_shape),
	OBJECT(struct instance_report, gateway, "gateway", gateway_shape),
	OBJECT(struct instance_report, dashboard_unit, "dashboardUnit", unit_shape),
	OBJECT(struct instance_report, backup_timer, "backupTimer", timer_shape),
	OBJECT(struct instance_report, backup_repo, "backupRepo", repo_shape),
	OBJECT(struct instance_report, sessions, "sessions", sessions_shape),
	OBJECT(struct instance_report, cron, "cron", cron_shape),
	OBJECT(struct instance_report, life, "life", life_shape),
	OBJECT(struct instance_report, sockets, "gatewaySockets", gateway_sockets_shape),
	OBJECT(struct instance_report, dashboard, "dashboard", http_answer_shape),
	OBJECT(struct instance_report, google, "google", google_token_shape),
	OBJECT(struct instance_report, payload, "payload", payload_shape),
	OBJECT(struct instance_report, storage, "storage", storage_shape),
	OBJECT(struct instance_report, agent.settings, "settings", settings_shape),
	OBJECT(struct instance_report, agent.memory, "memory", memory_file_shape),
	OBJECT(struct instance_report, agent.user, "userMemory", memory_file_shape),
	OBJECT(struct instance_report, agent.skills, "skills", skills_shape),
	OBJECT(struct instance_report, agent.extensions, "extensions", extensions_shape),
	OBJECT(struct instance_report, agent.profiles, "profiles", profiles_shape),
	OBJECT(struct instance_report, agent.keys, "keys", keys_shape),
	OBJECT(struct instance_report, kanban, "kanban", kanban_shape),
	OBJECT(struct instance_report, secrets, "secretFiles", secret_files_shape),
	OBJECT(struct instance_report, credential, "pushCredential", push_credential_shape),
	OBJECT(struct instance_report, sandbox, "sandbox", sandbox_shape),
	OBJECT(struct instance_report, loops, "loops", loops_shape),
};
static const struct shape instance_readings_shape = SHAPE(struct instance_report, instance_readings);

static const struct field instance_report_fields[] = {
	TEXT(struct instance_report, instance_id, "instanceId"),
	TIME(struct instance_report, generated_at, "generatedAt"),
	OBJECT(struct instance_report, exporter, "exporter", exporter_shape),
	OBJECT(struct instance_report, opened, "opened", opened_shape),
	PART("readings", instance_readings_shape),
};
const struct shape instance_report_shape = SHAPE(struct instance_report, instance_report_fields);
