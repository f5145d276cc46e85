/*
 * view/agents_parts.h -- what the agents_*.c files share; nobody else includes it.
 */
#ifndef MC_VIEW_AGENTS_PARTS_H
#define MC_VIEW_AGENTS_PARTS_H

#include <cjson/cJSON.h>

#include "view/agent_diff.h"
#include "view/judge_shared.h"
#include "view/verdict.h"

/* Longest text of one value, in characters. */
#define AGENT_TEXT_MAX 300

/* Adds "differences": rows, keys in common, and what was not compared. */
void add_differences(cJSON *model, const struct differences *d, const struct shared_keys *keys, const struct snapshot *s,
		     const struct marks *marks, struct arena *a);

/* Adds "agents": a card for each part of the verdict. */
void add_agents(cJSON *model, const struct verdict *v, const struct snapshot *s, struct arena *a);

/* Adds "skills": the inventory of the instances that the verdict covers, those that q is found in. */
void add_skills(cJSON *model, const struct verdict *v, const struct snapshot *s, const char *q, struct arena *a);

#endif
