/*
 * view/lineage_json.h -- what a session came from, and what came of it.
 */
#ifndef MC_VIEW_LINEAGE_JSON_H
#define MC_VIEW_LINEAGE_JSON_H

#include "view/task_view.h"

/* Adds "lineage": groups of relatives of one kind, those above first, each with a link where there can be one. */
void add_lineage(cJSON *model, const struct task_facts *f, int64_t now, struct arena *a);

#endif
