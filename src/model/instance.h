/*
 * model/instance.h -- which instance, and what is expected of it.
 *
 * Filled by config/; travels beside the facts because views judge by it.
 */
#ifndef MC_MODEL_INSTANCE_H
#define MC_MODEL_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/guard.h"
#include "model/unit.h"

struct unit_ref {
	const char *unit;           /* NULL = not configured */
	enum unit_scope scope;
};

/* How much of an instance's content its exporter may publish: each includes the one before. */
enum publish {
	PUBLISH_COUNTS = 0,         /* figures and states: no text that a person or an agent wrote */
	PUBLISH_TITLES,             /* titles, job names, errors */
	PUBLISH_EXCERPTS,           /* and the beginnings of messages */
};

struct instance {
	const char *id;             /* [a-z0-9][a-z0-9-]{0,31}, never "all" or "host" */
	const char *label;
	const char *user;
	int64_t uid;                /* of user; -1 when this machine does not know that user */
	const char *hermes_home;    /* absolute */
	struct unit_ref gateway;
	struct unit_ref dashboard;
	int64_t dashboard_port;     /* 0 = not configured */
	const char *dashboard_url;  /* http or https; where a person's own devices reach it; NULL = by a tunnel alone */
	struct unit_ref backup_timer;
	const char *backup_repo;    /* NULL = not configured */
	int64_t backup_max_age_s;
	const char *backup_key;     /* the private key that pushes; only hmc backup opens it; NULL = not configured */
	const char *backup_token_file; /* the token that pushes by https; NULL = not configured */
	const char *backup_token_user; /* whose token it is; NULL = "git" */
	const char *backup_known_hosts; /* ssh's list of hosts; NULL = ~/.ssh/known_hosts */
	const char *backup_remote;  /* NULL = "origin" */
	const char *backup_branch;  /* NULL = the one that is checked out */
	const char **backup_allow;  /* "path:rule": what looks like a secret and is none */
	size_t n_backup_allow;
	enum publish publish;
	bool privacy;               /* replace e-mail addresses, phone and card numbers too */
	struct decisions decisions; /* what was decided of its settings */
	const char *paused;         /* why it is meant to be stopped; NULL = it is meant to run */
};

/* "Bheem" of the label "Bheem / Uma": short enough for a sentence or a switch. Lives in `a`. */
const char *instance_short_label(const struct instance *in, struct arena *a);

#endif
