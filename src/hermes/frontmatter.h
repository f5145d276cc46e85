/*
 * hermes/frontmatter.h -- what a SKILL.md says of itself.
 */
#ifndef MC_HERMES_FRONTMATTER_H
#define MC_HERMES_FRONTMATTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define FRONTMATTER_CHARS 4000 /* Hermes looks at so many characters of the file */

struct frontmatter {
	const char *name;           /* NULL = not given: the folder's name counts */
	bool is_for_linux;          /* no "platforms", or linux among them */
};

/*
 * agent/skill_utils.py:parse_frontmatter: YAML between two lines of ---;
 * where that does not parse, each line split at its first colon. Texts live
 * in `a`.
 */
struct frontmatter frontmatter_read(const char *text, size_t n, struct arena *a);

#endif
