/*
 * view/posture_parts.h -- what the files of the posture pane share.
 */
#ifndef MC_VIEW_POSTURE_PARTS_H
#define MC_VIEW_POSTURE_PARTS_H

#include <cjson/cJSON.h>

#include "model/snapshot.h"
#include "view/judge.h"

#define POSTURE_PART_MAX 16 /* guardrails of one instance, of the machine, or between instances */

struct posture_check {
	const struct judgement *judgement;
	const struct instance *instance; /* NULL = the machine, or all instances together */
	size_t at;                  /* its place in the judging's own order */
};

struct posture {
	struct posture_check *checks;
	size_t n;
	bool has_host;
	const struct instance *only; /* the one that is chosen */
};

/* Every guardrail that the choice covers. */
struct posture *posture_of(const struct snapshot *s, const char *choice, struct arena *a);

/* "Private, with two things undecided"; never more certain than the checks are. */
const char *posture_headline(const struct posture *p, struct arena *a);

/* What a guardrail that holds says of itself, "No public site of Caddy leads to what is private"; its label where it has no sentence. */
const char *posture_claim(const struct judgement *j) __attribute__((nonnull, returns_nonnull));

/* The sentence under it. */
const char *posture_note(const struct posture *p, const struct snapshot *s, struct arena *a);

/* Adds "counts": of checks, by word. */
void posture_add_counts(cJSON *model, const struct posture *p);

/* Adds "surface": what each process of ours may do, as its unit, or for want of one its own report, says. */
void posture_add_surface(cJSON *model, const struct posture *p, const struct snapshot *s, struct arena *a);

#endif
