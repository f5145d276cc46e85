/*
 * view/overview_view.h -- the overview: is all well, and what needs a person?
 */
#ifndef MC_VIEW_OVERVIEW_VIEW_H
#define MC_VIEW_OVERVIEW_VIEW_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/snapshot.h"
#include "view/overview_past.h"

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/overview prints
 * and templates/overview.html shows. choice is an instance id or NULL for
 * all; it must be one of the snapshot's. past may be NULL: then strips,
 * trends and changes are null.
 */
cJSON *overview_view(const struct snapshot *s, const char *choice, const struct overview_past *past, struct arena *a);

#endif
