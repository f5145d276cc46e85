/*
 * view/verdict.h -- judgements rolled up: what stands over each instance, and the one sentence over all.
 */
#ifndef MC_VIEW_VERDICT_H
#define MC_VIEW_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/snapshot.h"
#include "view/judge.h"

/* One instance, or the host (instance NULL), judged. */
struct verdict_part {
	const struct instance_snapshot *snapshot; /* NULL = the host */
	const char *name;                         /* for sentences: "Bheem"; "This machine" for the host */
	struct judgement *judgements;
	size_t n;
	enum status status;
	const char *word; /* "healthy", "degraded", ... */
	bool is_dark;     /* nothing is known of it: no usable report */
	bool is_off;      /* not running, and meant so */
	enum tristate is_running;
	size_t n_critical; /* what needs you, by severity: attention items that nobody has answered */
	size_t n_warn;
	size_t n_unknown;
	size_t n_answered; /* those that somebody has */
};

struct verdict {
	struct verdict_part *parts; /* the instances, in the snapshot's order */
	size_t n_parts;
	struct verdict_part *host; /* NULL = not part of the question */
	enum status status;        /* the worst */
	const char *sentence;      /* "Two things need you. Both instances are running." */
	const char *detail;        /* which, in a breath; NULL when the sentence says it all */
	size_t n_critical;
	size_t n_warn;
	size_t n_unknown;
	size_t n_acknowledged;      /* what was answered is shown wherever it stands, and asks for nobody */
	size_t n_snoozed;
	size_t n_silenced;
	size_t n_running;           /* known to run */
	size_t n_run_unknown;       /* whether they run is not known: neither running nor down */
	size_t n_healthy;
};

/* Judges everything that the choice covers (an instance id, or NULL for all and the host). All in `a`. */
struct verdict *verdict_of(const struct snapshot *s, const char *choice, struct arena *a);

/* What the ledger calls it, while it needs someone. */
enum alert_severity verdict_severity(const struct judgement *j);

/* What an answer to it is held against; of the snapshot that was judged. */
struct answerable verdict_answerable(const struct verdict_part *p, const struct snapshot *s, const struct judgement *j);

static inline size_t verdict_asking(const struct verdict *v)
{
	return v->n_critical + v->n_warn + v->n_unknown;
}

static inline size_t verdict_answered(const struct verdict *v)
{
	return v->n_acknowledged + v->n_snoozed + v->n_silenced;
}

/* What an instance shows beside its name wherever it can be chosen, whether or not it is. */
struct verdict_badge {
	const char *instance_id;
	enum status status;
	size_t n;                   /* what needs someone */
};

/* One for each of the snapshot's instances, in its order; v is of the same snapshot. All in `a`. */
struct verdict_badge *verdict_badges(const struct snapshot *s, const struct verdict *v, struct arena *a);

#endif
