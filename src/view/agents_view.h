/*
 * view/agents_view.h -- the Agents pane: what each instance is made of, and where they part.
 */
#ifndef MC_VIEW_AGENTS_VIEW_H
#define MC_VIEW_AGENTS_VIEW_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/marks.h"
#include "model/snapshot.h"

#define AGENTS_QUERY_MAX 100 /* characters of a search */

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/agents prints and
 * templates/agents.html shows. choice is an instance id of the snapshot or
 * NULL for all: it chooses cards and skills; differences are between all
 * instances either way. q is searched for in the skills; NULL or "" = none.
 * An answer stays under 1 MiB: with many instances cards lose their evidence,
 * and differences are told by value instead of by instance.
 */
cJSON *agents_view(const struct snapshot *s, const struct marks *marks, const char *choice, const char *q,
		   struct arena *a);

#endif
