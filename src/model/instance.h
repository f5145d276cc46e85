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
#include "model/unit.h"

struct unit_ref {
	const char *unit;           /* NULL = not configured */
	enum unit_scope scope;
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
	struct unit_ref backup_timer;
	const char *backup_repo;    /* NULL = not configured */
	int64_t backup_max_age_s;
};

/* "Bheem" of the label "Bheem / Uma": short enough for a sentence or a switch. Lives in `a`. */
const char *instance_short_label(const struct instance *in, struct arena *a);

#endif
