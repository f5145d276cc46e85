/*
 * view/overview_view.h -- the overview: is all well, and what needs a person?
 */
#ifndef MC_VIEW_OVERVIEW_VIEW_H
#define MC_VIEW_OVERVIEW_VIEW_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/snapshot.h"

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/overview prints
 * and templates/overview.html shows. choice is an instance id or NULL for
 * all; it must be one of the snapshot's.
 */
cJSON *overview_view(const struct snapshot *s, const char *choice, struct arena *a);

/*
 * What the model would be made from, as text in `a`: of each report when it
 * was made, how well it is known and why. Two snapshots with equal text differ
 * in nothing but the time of looking: an exporter never publishes twice
 * with one time and one duration to the microsecond.
 */
const char *overview_facts(const struct snapshot *s, struct arena *a);

#endif
