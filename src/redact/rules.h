/*
 * redact/rules.h -- the table of what is removed. Private to redact/.
 */
#ifndef MC_REDACT_RULES_H
#define MC_REDACT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "redact/plausible.h"

struct rule {
	const char *name;       /* stands in the marker: lower case and '-' */
	const char *need;       /* strings parted by spaces, any case: without one of them it cannot match */
	const char *pattern;    /* PCRE2, UTF; never begins with an unbounded repeat */
	unsigned group;         /* which group is the secret; 0 the whole match */
	bool (*judge)(const struct candidate *c); /* NULL: every match counts */
	bool privacy;           /* personal data: only with the privacy switch */
};

/* In order: what is recognised by itself comes before what is recognised by its name. */
extern const struct rule redact_rules[];
extern const size_t redact_n_rules;

#endif
