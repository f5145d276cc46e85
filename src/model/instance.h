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

#define NOTIFY_REMIND_MAX 8
#define DRILL_EVERY_S     ((int64_t)30 * 86400)

/* How an instance tells people of what needs them. */
struct notify_rules {
	bool is_on;
	bool for_host;              /* it speaks for the machine too */
	const char *token_file;     /* the bot's token; NULL = where Hermes keeps it */
	const char *chat;           /* NULL = Hermes's home chat */
	const char *thread;         /* of that chat; NULL = none, or Hermes's where the chat is Hermes's */
	const char *api;            /* "https://api.telegram.org" */
	const char *ca_file;        /* vouches for api; NULL = the system's certificates */
	int64_t morning;            /* minute of the day, by this machine's zone, for a line a day; -1 = none */
	int64_t quiet_from;         /* between these only what is critical is said; -1 = always all */
	int64_t quiet_to;
	int64_t min_severity;       /* enum alert_severity: what is told at all */
	int64_t remind_s[NOTIFY_REMIND_MAX]; /* of what is critical and lasts, after it was told; the last one goes on and on */
	size_t n_remind;
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
	int64_t drill_every_s;      /* when a proof that the backup restores is due: DRILL_EVERY_S */
	struct notify_rules notify;
	enum publish publish;
	bool privacy;               /* replace e-mail addresses, phone and card numbers too */
	struct decisions decisions; /* what was decided of its settings */
	const char *paused;         /* why it is meant to be stopped; NULL = it is meant to run */
};

/* "Bheem" of the label "Bheem / Uma": short enough for a sentence or a switch. Lives in `a`. */
const char *instance_short_label(const struct instance *in, struct arena *a);

#endif
