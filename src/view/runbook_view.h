/*
 * view/runbook_view.h -- the runbook as a page: what to do about each reading.
 */
#ifndef MC_VIEW_RUNBOOK_VIEW_H
#define MC_VIEW_RUNBOOK_VIEW_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/snapshot.h"

/*
 * Builds the model (cJSON_Delete): what /api/hermes/runbook prints and
 * templates/runbook.html shows. text is docs/runbook.md: "##" begins a group,
 * "###" with an id at its end a section. On top stands what needs someone
 * now, of the choice (an instance id, or NULL for all and the host), each with
 * its section. reading is the id of a reading or of a section, NULL for all;
 * NULL comes back when there is no section for it.
 */
cJSON *runbook_view(const char *text, size_t n, const char *reading, const struct snapshot *s, const char *choice,
		    struct arena *a) __attribute__((nonnull(1, 4, 6)));

#endif
