/*
 * view/judge_shared.h -- keys that two instances have in common: what no report can tell by itself.
 */
#ifndef MC_VIEW_JUDGE_SHARED_H
#define MC_VIEW_JUDGE_SHARED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/snapshot.h"
#include "view/judge.h"

#define FINGERPRINT_SHOWN 8 /* digits: enough for a person to tell two apart */

/* One instance that has the key, and what its .env calls it. */
struct shared_use {
	size_t instance;            /* index into the snapshot's */
	const char *name;
};

struct shared_key {
	const char *fingerprint;
	struct shared_use *uses;    /* of two instances at least, in their order */
	size_t n_uses;
	bool is_bot;                /* a bot's token: two gateways with it get in each other's way */
	enum status status;         /* critical when two do */
};

struct shared_keys {
	struct shared_key *list;    /* worst first, bots' tokens before others, then by who has them, then by name */
	size_t n;
};

/* Compares the reports that can be believed; all in `a`. */
struct shared_keys shared_keys_of(const struct snapshot *s, struct arena *a);

/*
 * Completes the judgement "keys" among items, which judge_instance() gave for
 * the instance of that index.
 */
void judge_shared(const struct shared_keys *k, const struct snapshot *s, size_t instance, struct arena *a,
		  struct judgement *items, size_t n);

/* "Vijay, Bheem and 3 more": those who have the key, without the instance `but` (SIZE_MAX: all). */
const char *shared_names(const struct shared_key *k, const struct snapshot *s, size_t but, struct arena *a);

/* "bot token" or "key"; and what comes of sharing it, as a sentence without capital and full stop. */
const char *shared_kind(const struct shared_key *k);
const char *shared_harm(const struct shared_key *k);

#endif
