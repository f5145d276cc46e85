/*
 * view/attention.h -- what needs a person, of everything that was judged.
 */
#ifndef MC_VIEW_ATTENTION_H
#define MC_VIEW_ATTENTION_H

#include "view/verdict.h"

/* Of one answer; the rest is counted. */
#define ATTENTION_MAX 50

struct attention {
	const struct verdict_part *part;
	const struct judgement *judgement; /* one with a title */
	size_t order;
};

/* Gives *n of them in `a`, worst first, what was answered after all others; among equals in the order in which they were found. */
struct attention *attention_of(const struct verdict *v, size_t *n, struct arena *a);

/* "vijay"; "host" for the machine. */
const char *attention_instance(const struct attention *t);

#endif
