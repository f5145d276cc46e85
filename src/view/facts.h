/*
 * view/facts.h -- what a snapshot's pages rest on, to tell whether anything is new.
 */
#ifndef MC_VIEW_FACTS_H
#define MC_VIEW_FACTS_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/snapshot.h"

/*
 * What a model would be made from, as text in `a`: of each report when it
 * was made, how well it is known and why. Two snapshots with equal text differ
 * in nothing but the time of looking: an exporter never publishes twice
 * with one time and one duration to the microsecond.
 */
const char *snapshot_facts(const struct snapshot *s, struct arena *a);

/* Whether an instance's report, or the machine's, can be believed now: it was read, is fresh, and not of the future. */
bool facts_hold(const struct instance_snapshot *in, int64_t now);
bool host_facts_hold(const struct host_snapshot *s, int64_t now);

#endif
