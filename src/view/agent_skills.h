/*
 * view/agent_skills.h -- the skills of all instances as one inventory: what there is, and who has it.
 */
#ifndef MC_VIEW_AGENT_SKILLS_H
#define MC_VIEW_AGENT_SKILLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/snapshot.h"

/* One instance's copy of a skill. */
struct skill_use {
	size_t instance;            /* index into the snapshot's */
	const struct skill *skill;
};

struct skill_entry {
	const char *name;
	const char *category;       /* of the first who has it; NULL = none */
	struct skill_use *uses;     /* in the instances' order */
	size_t n_uses;
	size_t n_enabled;           /* how many have it and may use it */
};

struct skill_inventory {
	struct skill_entry *list;   /* by name */
	size_t n;
	size_t n_known;             /* instances whose skills could be read */
	size_t n_cut;               /* of them, those that have more than a report lists */
};

/*
 * Merges what the instances that `covers` (NULL: all; else n_instances flags)
 * have; of two skills of one name in one home the first counts, as for
 * Hermes. All in `a`.
 */
struct skill_inventory skill_inventory_of(const struct snapshot *s, const bool *covers, struct arena *a);

/* Whether a name, category or origin of it holds the text q, whatever its case (of ASCII letters). */
bool skill_matches(const struct skill_entry *e, const char *q);

#endif
