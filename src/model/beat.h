/*
 * model/beat.h -- the beat to the outside: what it says, and how it went.
 */
#ifndef MC_MODEL_BEAT_H
#define MC_MODEL_BEAT_H

#include <stdbool.h>

#include "model/probe.h"

/* What the configuration says of it. */
struct beat_rules {
	const char *url_file;       /* where the URL is, which is a secret; NULL = there is no beat */
	const char *ca_file;        /* vouches for the other side; NULL = the system's certificates */
	int64_t every_s;
	bool may_fail;              /* its URL with "/fail" says that nobody on the machine could tell */
};

/* All that leaves the machine: no name, no text. */
struct beat_counts {
	struct probe probe;
	int64_t at;                 /* when they were counted */
	int64_t instances;
	int64_t healthy;            /* meant to be off is healthy */
	int64_t warnings;           /* instances, by the worst of each */
	int64_t criticals;
	int64_t unknown;
};

/* How sending went, as it left it. */
struct beat {
	struct probe probe;         /* PROBE_INACTIVE: not configured */
	int64_t every_s;
	int64_t first_at;           /* when one was first tried; 0 = never */
	int64_t ran_at;             /* and last */
	int64_t good_at;            /* when one was last taken by the other side; 0 = none was */
	int64_t failures;           /* tries that failed since */
	int64_t next_at;            /* not before */
	const char *error;          /* of the last try; NULL = it was taken */
};

#endif
