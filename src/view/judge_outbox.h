/*
 * view/judge_outbox.h -- what became of one message, and what to do about it.
 */
#ifndef MC_VIEW_JUDGE_OUTBOX_H
#define MC_VIEW_JUDGE_OUTBOX_H

#include "base/arena.h"
#include "model/loops.h"
#include "view/status.h"

struct outbox_verdict {
	const char *state;          /* "sent", "waiting", "refused", "unclear", "merged": also what can be asked for */
	const char *word;           /* for people */
	enum status status;
	const char *why;            /* a sentence; NULL = there is nothing to say; not cleaned */
	const char *cure;           /* what to do; NULL = nothing */
};

/* id: the instance's. All in `a`, or static. */
struct outbox_verdict judge_outbox(const struct outbox_item *x, const char *id, int64_t now, struct arena *a);

/* The name of a state: what is being sent counts as waiting. */
const char *outbox_state_name(enum outbox_state s);

/* "New alert", "Reminder": what a message is. */
const char *outbox_kind_word(enum outbox_kind k);

#endif
