/*
 * model/upkeep.h -- what keeps an instance restorable and usable: token, payload, room.
 */
#ifndef MC_MODEL_UPKEEP_H
#define MC_MODEL_UPKEEP_H

#include <stddef.h>

#include "model/probe.h"

#define PAYLOAD_KINDS_MAX 40
#define STORAGE_PARTS_MAX 40

/* google_token.json. PROBE_OK: present and readable; never the token itself. */
struct google_token {
	struct probe probe;
	int64_t expires_at;         /* of the access token, which lives an hour; 0 = not said */
	enum tristate refreshable;  /* a refresh token is there; whether Google still takes it cannot be seen */
	int64_t refreshed_at;       /* the file's last change */
	int64_t scopes;
};

/* hermes_cli's HTTP answer on the private dashboard's port. */
struct http_answer {
	struct probe probe;         /* PROBE_INACTIVE: no port configured, or nobody listens */
	int64_t port;
	int64_t status;             /* 200, ... */
	int64_t took_us;
};

struct payload_kind {
	const char *kind;           /* config, memories, skills, cronJobs, soul, hooks, plugins, channels, other */
	int64_t items;              /* entries, skills, jobs: what a person counts; COUNT_UNKNOWN when a file is too large or broken */
	int64_t files;
	int64_t bytes;
};

/* What the persistent backup holds, in the backup repository's HEAD. */
struct payload {
	struct probe probe;         /* PROBE_INACTIVE: no repository, or it holds none */
	const char *path;           /* of the folder inside the repository */
	int64_t files;
	int64_t bytes;
	struct payload_kind *kinds;
	size_t n_kinds;
};

struct storage_part {
	const char *name;           /* "state.db", "logs", "sessions", "cron", "skills", "checkpoints", "other", ... */
	int64_t bytes;              /* as stored: blocks, not lengths */
	int64_t files;
};

struct storage {
	struct probe probe;
	int64_t bytes;              /* COUNT_UNKNOWN when the walk did not finish */
	int64_t files;
	struct storage_part *parts; /* largest first */
	size_t n_parts;
	int64_t growth_bytes;       /* a day, over the last days of the ledger; may be negative; COUNT_UNKNOWN */
	int64_t growth_s;           /* measured over so many seconds; 0 = not known yet */
};

#endif
