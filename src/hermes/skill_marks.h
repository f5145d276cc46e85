/*
 * hermes/skill_marks.h -- what other files say about a skill, by its name.
 */
#ifndef MC_HERMES_SKILL_MARKS_H
#define MC_HERMES_SKILL_MARKS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "hermes/hermes.h"
#include "model/agent.h"

struct skill_marks {
	char *bundled;              /* skills/.bundled_manifest: "name[:hash]" a line; NULL = none */
	cJSON *hub;                 /* skills/.hub/lock.json */
	cJSON *usage;               /* skills/.usage.json, since 0.12 */
	const char **disabled;      /* config.yaml: skills.disabled */
	size_t n_disabled;
	const char **external;      /* config.yaml: skills.external_dirs, absolute */
	size_t n_external;
	struct arena *a;
};

/* Loads what there is; what cannot be read marks nothing. End with skill_marks_done(). */
struct skill_marks *skill_marks_load(const struct hermes_source *src, struct arena *a);
void skill_marks_done(struct skill_marks *m);

/* "bundled", "hub" or "local"; static text. */
const char *skill_marks_origin(const struct skill_marks *m, const char *name);
bool skill_marks_is_disabled(const struct skill_marks *m, const char *name);

/* Fills uses and last_used_at where this version counts them. */
void skill_marks_usage(const struct skill_marks *m, struct skill *s);

#endif
