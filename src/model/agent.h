/*
 * model/agent.h -- what an instance is made of: settings, memory, skills, extensions.
 *
 * Names and numbers only; no prompt, memory text, key or environment value
 * ever gets into these.
 */
#ifndef MC_MODEL_AGENT_H
#define MC_MODEL_AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/probe.h"

#define SKILLS_MAX     1000
#define EXTENSIONS_MAX 200
#define KANBAN_LATEST_MAX 50
#define KEYS_MAX 100
#define FINGERPRINT_CHARS 16

struct platform_toolsets {
	const char *platform;
	const char **toolsets;
	size_t n_toolsets;
};

struct mcp_server {
	const char *name;
	const char *transport;      /* stdio, http, sse; "unknown" when neither command nor url is given */
	enum tristate enabled;
};

struct agent_platform {
	const char *name;
	const char *source;         /* ".env", "config.yaml" or both: where it is set up */
	enum tristate enabled;
	enum tristate has_home_chat; /* where scheduled results go */
};

/* What config.yaml says; for what it does not say, the default of the versions that share one, else "not known". */
struct settings {
	struct probe probe;         /* PROBE_INACTIVE: no config.yaml, Hermes's defaults hold */
	int64_t config_version;
	const char *model;
	const char *provider;
	const char **toolsets;      /* of the command line */
	size_t n_toolsets;
	struct platform_toolsets *platform_toolsets;
	size_t n_platform_toolsets;
	struct mcp_server *mcp_servers;
	size_t n_mcp_servers;
	struct agent_platform *platforms;
	size_t n_platforms;
	const char *approvals_mode; /* manual, smart, off: effective */
	const char *approvals_from; /* "config.yaml", "default", "HERMES_YOLO_MODE" */
	const char *approvals_cron; /* NULL where this version has no such thing */
	int64_t allowlist;          /* commands allowed for ever */
	enum tristate redact_secrets;
	enum tristate redact_secrets_is_set; /* in the file, and not by default */
	enum tristate redact_pii;
	enum tristate redact_pii_is_set;
	int64_t memory_limit;       /* characters */
	int64_t user_limit;
	const char *timezone;
};

/* MEMORY.md or USER.md. */
struct memory_file {
	struct probe probe;
	int64_t entries;
	int64_t characters;         /* as Hermes counts: of the entries joined by their delimiter */
	int64_t limit;
	int64_t changed_at;
};

struct skill {
	const char *name;
	const char *category;       /* NULL = none */
	const char *origin;         /* bundled, hub, local, external */
	enum tristate enabled;
	int64_t uses;               /* COUNT_UNKNOWN where this version does not count */
	int64_t last_used_at;
};

struct skills {
	struct probe probe;
	int64_t total;              /* may exceed n_list */
	int64_t enabled;
	int64_t local;              /* made here, by a person or the agent */
	struct skill *list;         /* by category, then name */
	size_t n_list;
};

struct extension {
	const char *kind;           /* "hook" or "plugin" */
	const char *name;
	const char *version;
	const char **events;        /* a hook's */
	size_t n_events;
	enum tristate enabled;
};

struct extensions {
	struct probe probe;
	struct extension *list;
	size_t n_list;
};

struct profile {
	const char *name;
	enum tristate is_active;    /* the sticky choice */
};

struct profiles {
	struct probe probe;         /* PROBE_INACTIVE: no profiles, there is just this home */
	struct profile *list;
	size_t n_list;
};

/* A key or token set in .env: its name, and what tells whether another home has the very same one. */
struct key_print {
	const char *name;           /* "TELEGRAM_BOT_TOKEN" */
	const char *fingerprint;    /* 16 hexadecimal digits, by a key of this machine: hermes/fingerprint.h */
};

struct keys {
	struct probe probe;         /* PROBE_INACTIVE: there is nothing to compare, or nothing to compare by */
	struct key_print *list;     /* by name */
	size_t n_list;
	int64_t left_out;           /* set, but too short or too plain to be compared; COUNT_UNKNOWN */
};

struct kanban_count {
	const char *status;
	int64_t tasks;
};

struct kanban_task {
	const char *id;
	const char *board;          /* "default" or its slug */
	const char *title;
	const char *assignee;
	const char *status;
	const char *block_kind;
	const char *error;          /* of the last failure */
	int64_t priority;
	int64_t failures;           /* in a row */
	int64_t created_at;
	int64_t started_at;
	int64_t completed_at;
	int64_t heartbeat_at;
};

struct kanban {
	struct probe probe;         /* PROBE_INACTIVE: no kanban.db */
	struct kanban_count *by_status;
	size_t n_by_status;
	struct kanban_task *latest; /* not done first, then newest */
	size_t n_latest;
};

struct agent {
	struct settings settings;
	struct memory_file memory;
	struct memory_file user;
	struct skills skills;
	struct extensions extensions;
	struct profiles profiles;
	struct keys keys;
};

#endif
