/*
 * hermes/hermes.h -- what an instance leaves on disk, one reader a file.
 *
 * Formats come from Hermes Agent v0.5.0 to v0.21 (docs/hermes-formats.md names files and
 * functions). Readers look at what is there, never at a version number; an
 * unknown key, state or source is passed on, never an error. Nothing is ever
 * written below the home but what SQLite itself keeps beside state.db.
 *
 * Each is a probe_fn (probe/runner.h): `in` is a struct hermes_source.
 */
#ifndef MC_HERMES_HERMES_H
#define MC_HERMES_HERMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct hermes_source {
	const char *home;       /* HERMES_HOME, absolute */
	const char *proc_root;  /* "/proc" but in tests */
	bool excerpts;          /* the policy allows the beginnings of messages to be read */
	const char *key_dir;    /* the folder of fingerprint.key; NULL = there is none */
	int64_t now;            /* epoch seconds; 0 = the clock (tests fix it) */
};

/* state.db -> struct sessions. Opens as hermes/statedb.h says; no statement runs longer than 100 ms. */
void hermes_sessions(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* cron/jobs.json, cron/ticker_* -> struct cron. */
void hermes_cron(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* gateway_state.json, gateway.pid, /proc -> struct gateway. */
void hermes_gateway(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* hermes-agent/pyproject.toml or hermes_cli/__init__.py -> struct hermes_version. */
void hermes_read_version(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* Heartbeats, exit records, the newest message of a person -> struct life. */
void hermes_life(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* The gateway process's sockets in /proc -> struct gateway_sockets. */
void hermes_sockets(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* google_token.json -> struct google_token: times and counts, never the token. */
void hermes_google(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* Owner and mode of what holds secrets -> struct secret_files (model/guard.h). Nothing is opened. */
void hermes_secret_files(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* Room the home takes, part by part -> struct storage. A walk: for a reading that is taken a few times a day. */
void hermes_storage(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* config.yaml and the names in .env -> struct settings. No value of .env, no key and no header ever gets in. */
void hermes_settings(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* memories/MEMORY.md, memories/USER.md -> struct memory_file: counts, never the text. */
void hermes_memory_md(void *out, const void *in, struct arena *a, int64_t deadline_us);
void hermes_user_md(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* Every SKILL.md below skills/ and the configured external folders -> struct skills. */
void hermes_skills(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* hooks/NAME/HOOK.yaml, plugins/NAME/plugin.yaml -> struct extensions. */
void hermes_extensions(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* profiles/NAME, active_profile -> struct profiles. */
void hermes_profiles(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* .env and fingerprint.key -> struct keys: names and keyed fingerprints, never a value (hermes/fingerprint.h). */
void hermes_keys(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* kanban.db and kanban/boards/SLUG/kanban.db -> struct kanban. */
void hermes_kanban(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
