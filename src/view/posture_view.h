/*
 * view/posture_view.h -- the posture pane: the guardrails as checks, each with its evidence, and what we ourselves may do.
 */
#ifndef MC_VIEW_POSTURE_VIEW_H
#define MC_VIEW_POSTURE_VIEW_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/snapshot.h"

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/posture prints and
 * templates/posture.html shows. choice is an instance id of the snapshot, or
 * NULL for all, the machine, and what holds between instances. A section
 * holds 300 checks at most, the worst; of more than 20 instances they come
 * without their evidence, which the instance's own page has.
 */
cJSON *posture_view(const struct snapshot *s, const char *choice, struct arena *a);

#endif
