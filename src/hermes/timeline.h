/*
 * hermes/timeline.h -- the messages of some sessions, as far as the ledger lacks them.
 *
 * Which messages there are is asked of each session by its index, newest
 * first, so that a session of a million costs what one of four hundred does;
 * only those that the ledger does not have are read whole, one short statement
 * each, so that no commit of Hermes waits for it.
 */
#ifndef MC_HERMES_TIMELINE_H
#define MC_HERMES_TIMELINE_H

#include "hermes/hermes.h"
#include "model/timeline.h"

struct timeline_source {
	struct hermes_source home;
	struct timeline_request request;
};

/* A probe_fn: `in` is a struct timeline_source, `out` a struct timeline_batch. */
void hermes_timeline(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
