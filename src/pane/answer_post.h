/*
 * pane/answer_post.h -- POST /hermes/alerts/answer: an admin acknowledges, snoozes, silences, or takes that back.
 */
#ifndef MC_PANE_ANSWER_POST_H
#define MC_PANE_ANSWER_POST_H

#include "web/pane.h"

/*
 * Fields: action (acknowledge, snooze, silence, undo), instance, reading, seen
 * (as the form had it), reason, until or time (see answer_until.h; time wins),
 * answer (of undo). 409 when the alert is not any more what was seen, 400 for a
 * wrong form, 503 when it cannot be written down: nothing is changed then.
 */
void answer_post(struct pane *p) __attribute__((nonnull));

#endif
