/* What an instance is made of. */
#include "model/agent.h"
#include "report/fields.h"

#define NAMES_MAX 200

static const struct field platform_toolsets_fields[] = {
	TEXT(struct platform_toolsets, platform, "platform"),
	TEXTS(struct platform_toolsets, toolsets, "toolsets", NAMES_MAX),
};
static const struct shape platform_toolsets_shape = SHAPE(struct platform_toolsets, platform_toolsets_fields);

static const struct field mcp_server_fields[] = {
	TEXT(struct mcp_server, name, "name"),
	TEXT(struct mcp_server, transport, "transport"),
	TRI(struct mcp_server, enabled, "enabled"),
};
static const struct shape mcp_server_shape = SHAPE(struct mcp_server, mcp_server_fields);

static const struct field agent_platform_fields[] = {
	TEXT(struct agent_platform, name, "name"),
	TEXT(struct agent_platform, source, "setUpIn"),
	TRI(struct agent_platform, enabled, "enabled"),
	TRI(struct agent_platform, has_home_chat, "hasHomeChat"),
};
static const struct shape agent_platform_shape = SHAPE(struct agent_platform, agent_platform_fields);

static const struct field settings_fields[] = {
	PROBE(struct settings),
	COUNT(struct settings, config_version, "configVersion"),
	TEXT(struct settings, model, "model"),
	TEXT(struct settings, provider, "provider"),
	TEXTS(struct settings, toolsets, "toolsets", NAMES_MAX),
	LIST(struct settings, platform_toolsets, "platformToolsets", platform_toolsets_shape, NAMES_MAX),
	LIST(struct settings, mcp_servers, "mcpServers", mcp_server_shape, NAMES_MAX),
	LIST(struct settings, platforms, "platforms", agent_platform_shape, NAMES_MAX),
	TEXT(struct settings, approvals_mode, "approvalsMode"),
	TEXT(struct settings, approvals_from, "approvalsFrom"),
	TEXT(struct settings, approvals_cron, "approvalsCron"),
	COUNT(struct settings, allowlist, "allowlist"),
	TRI(struct settings, redact_secrets, "redactSecrets"),
	TRI(struct settings, redact_secrets_is_set, "redactSecretsIsSet"),
	TRI(struct settings, redact_pii, "redactPii"),
	TRI(struct settings, redact_pii_is_set, "redactPiiIsSet"),
	COUNT(struct settings, memory_limit, "memoryLimit"),
	COUNT(struct settings, user_limit, "userLimit"),
	TEXT(struct settings, timezone, "timezone"),
};
const struct shape settings_shape = SHAPE(struct settings, settings_fields);

static const struct field memory_file_fields[] = {
	PROBE(struct memory_file),
	COUNT(struct memory_file, entries, "entries"),
	COUNT(struct memory_file, characters, "characters"),
	COUNT(struct memory_file, limit, "limit"),
	TIME(struct memory_file, changed_at, "changedAt"),
};
const struct shape memory_file_shape = SHAPE(struct memory_file, memory_file_fields);

static const struct field skill_fields[] = {
	TEXT(struct skill, name, "name"),
	TEXT(struct skill, category, "category"),
	TEXT(struct skill, origin, "origin"),
	TRI(struct skill, enabled, "enabled"),
	COUNT(struct skill, uses, "uses"),
	TIME(struct skill, last_used_at, "lastUsedAt"),
};
static const struct shape skill_shape = SHAPE(struct skill, skill_fields);

static const struct field skills_fields[] = {
	PROBE(struct skills),
	COUNT(struct skills, total, "total"),
	COUNT(struct skills, enabled, "enabled"),
	COUNT(struct skills, local, "local"),
	LIST(struct skills, list, "skills", skill_shape, SKILLS_MAX),
};
const struct shape skills_shape = SHAPE(struct skills, skills_fields);

static const struct field extension_fields[] = {
	TEXT(struct extension, kind, "kind"),
	TEXT(struct extension, name, "name"),
	TEXT(struct extension, version, "version"),
	TEXTS(struct extension, events, "events", NAMES_MAX),
	TRI(struct extension, enabled, "enabled"),
};
static const struct shape extension_shape = SHAPE(struct extension, extension_fields);

static const struct field extensions_fields[] = {
	PROBE(struct extensions),
	LIST(struct extensions, list, "extensions", extension_shape, EXTENSIONS_MAX),
};
const struct shape extensions_shape = SHAPE(struct extensions, extensions_fields);

static const struct field profile_fields[] = {
	TEXT(struct profile, name, "name"),
	TRI(struct profile, is_active, "isActive"),
};
static const struct shape profile_shape = SHAPE(struct profile, profile_fields);

static const struct field profiles_fields[] = {
	PROBE(struct profiles),
	LIST(struct profiles, list, "profiles", profile_shape, NAMES_MAX),
};
const struct shape profiles_shape = SHAPE(struct profiles, profiles_fields);

static const struct field key_print_fields[] = {
	TEXT(struct key_print, name, "name"),
	TEXT(struct key_print, fingerprint, "fingerprint"),
};
static const struct shape key_print_shape = SHAPE(struct key_print, key_print_fields);

static const struct field keys_fields[] = {
	PROBE(struct keys),
	LIST(struct keys, list, "keys", key_print_shape, KEYS_MAX),
	COUNT(struct keys, left_out, "leftOut"),
};
const struct shape keys_shape = SHAPE(struct keys, keys_fields);

static const struct field kanban_count_fields[] = {
	TEXT(struct kanban_count, status, "status"),
	COUNT(struct kanban_count, tasks, "tasks"),
};
static const struct shape kanban_count_shape = SHAPE(struct kanban_count, kanban_count_fields);

static const struct field kanban_task_fields[] = {
	TEXT(struct kanban_task, id, "id"),
	TEXT(struct kanban_task, board, "board"),
	TITLE(struct kanban_task, title, "title"),
	TEXT(struct kanban_task, assignee, "assignee"),
	TEXT(struct kanban_task, status, "status"),
	TEXT(struct kanban_task, block_kind, "blockKind"),
	TITLE(struct kanban_task, error, "error"),
	COUNT(struct kanban_task, priority, "priority"),
	COUNT(struct kanban_task, failures, "failures"),
	TIME(struct kanban_task, created_at, "createdAt"),
	TIME(struct kanban_task, started_at, "startedAt"),
	TIME(struct kanban_task, completed_at, "completedAt"),
	TIME(struct kanban_task, heartbeat_at, "heartbeatAt"),
};
static const struct shape kanban_task_shape = SHAPE(struct kanban_task, kanban_task_fields);

static const struct field kanban_fields[] = {
	PROBE(struct kanban),
	LIST(struct kanban, by_status, "byStatus", kanban_count_shape, NAMES_MAX),
	LIST(struct kanban, latest, "latest", kanban_task_shape, KANBAN_LATEST_MAX),
};
const struct shape kanban_shape = SHAPE(struct kanban, kanban_fields);
