/*
 * view/agent_diff.h -- where instances part: only what differs, and whether a person called it intended.
 *
 * Settings are compared, not states: versions, models, lists of what is
 * switched on, guards. An instance whose report cannot be used is left out;
 * a fact that could not be read is compared with nothing.
 */
#ifndef MC_VIEW_AGENT_DIFF_H
#define MC_VIEW_AGENT_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/marks.h"
#include "model/snapshot.h"

struct diff_value {
	const char *text;           /* NULL = not known */
	char digest[DIGEST_CHARS + 1]; /* of the whole fact; "" = not known */
	bool is_odd;                /* not what most have; of two, not what the first has */
};

struct difference {
	const char *key;            /* stable: "approvals.mode" */
	const char *label;
	struct diff_value *values;  /* one for each of compared[], in their order */
	char seen[DIGEST_CHARS + 1]; /* of all of it: two people who look at one state have the same */
	const struct mark *mark;    /* for exactly these values; NULL = nobody has explained it */
};

struct differences {
	size_t *compared;           /* indices of the snapshot's instances */
	size_t n_compared;
	struct difference *list;
	size_t n;
	size_t n_open;              /* without a mark */
};

/* Compares all instances of the snapshot; pure, all in `a`. marks lives as long as the result. */
struct differences differences_of(const struct snapshot *s, const struct marks *marks, struct arena *a);

/* The difference of that key; NULL when there is none now. */
const struct difference *difference_find(const struct differences *d, const char *key);

/* The mark that says of exactly these values that they are intended, in `a`. */
struct mark difference_mark(const struct differences *d, const struct difference *x, const struct snapshot *s,
			    const char *by, struct arena *a);

#endif
