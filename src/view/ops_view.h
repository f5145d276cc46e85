/*
 * view/ops_view.h -- the ops pane: every reading, worst first, with its evidence.
 */
#ifndef MC_VIEW_OPS_VIEW_H
#define MC_VIEW_OPS_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "model/snapshot.h"

/* The severities to choose from, for an error message. */
#define OPS_SEVERITIES "all, critical, warning, unknown, fine"

bool ops_is_severity(const char *severity);

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/ops prints and
 * templates/ops.html shows. choice is an instance id of the snapshot or NULL
 * for all and the host; severity is one of the above, NULL for all. Readings
 * stand by group, the group of the worst first, and the worst first within
 * each; the first of a group carries its heading. A card holds 100 readings
 * at most (fewer of more than 5 instances), the worst, and says how many more
 * there are.
 */
cJSON *ops_view(const struct snapshot *s, const char *choice, const char *severity, struct arena *a);

#endif
