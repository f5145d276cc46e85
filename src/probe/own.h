/*
 * probe/own.h -- Mission Control looks at itself: its units as they are in force, its files as they lie there.
 */
#ifndef MC_PROBE_OWN_H
#define MC_PROBE_OWN_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/guard.h"

/* What hmc setup writes beside a unit, as it would now. */
struct own_dropin {
	const char *unit;       /* "hmc-export@bheem.service" */
	const char *text;
};

/* A key that tokens are checked by. */
struct own_key {
	const char *path;       /* absolute */
	bool is_public;         /* the public half: nobody can sign with it */
};

struct own_instance {
	const char *id;
	int64_t uid;            /* -1 = nobody of that name */
};

struct own_question {
	const char *etc_dir;    /* the configuration and keys */
	const char *config;     /* the configuration's file; NULL = none */
	const char *state_dir;
	const char *run_dir;    /* the panes' sockets */
	const struct own_key *keys;
	size_t n_keys;
	const struct own_instance *instances;
	size_t n_instances;
	const struct own_dropin *dropins;
	size_t n_dropins;
};

/*
 * A probe_fn: `in` is a struct own_question, `out` a struct own_units. Asks
 * the system's manager for every unit hmc*.service that it has loaded, and
 * holds each against probe/own_table.h. Panes that are as they ship are one
 * entry; one that is not has its own.
 */
void probe_own_units(void *out, const void *in, struct arena *a, int64_t deadline_us);

/*
 * A probe_fn: `in` is a struct own_question, `out` a struct own_files. Only
 * stat(); what is not there is left out.
 */
void probe_own_files(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
