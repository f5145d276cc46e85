/*
 * model/marks.h -- what a person has said of differences between instances: this one is meant.
 */
#ifndef MC_MODEL_MARKS_H
#define MC_MODEL_MARKS_H

#include <stddef.h>

#include "model/probe.h"

#define MARKS_MAX       500 /* differences */
#define MARK_VALUES_MAX 200 /* instances */
#define MARK_KEY_MAX    200 /* bytes */
#define DIGEST_CHARS    16

/* What an instance had when the mark was made: a digest of it, for it may be long. */
struct mark_value {
	const char *instance_id;
	const char *digest;         /* DIGEST_CHARS hexadecimal digits */
};

struct mark {
	const char *key;            /* of the difference: "approvals.mode" */
	const char *by;             /* who marked it */
	int64_t at;
	struct mark_value *values;
	size_t n_values;
};

struct marks {
	struct probe probe;         /* PROBE_INACTIVE: nothing was ever marked */
	struct mark *list;          /* one a key */
	size_t n_list;
};

#endif
