/*
 * cmd/intake_timeline.h -- an instance's messages on their way into its ledger.
 */
#ifndef MC_CMD_INTAKE_TIMELINE_H
#define MC_CMD_INTAKE_TIMELINE_H

#include <stdbool.h>

#include "model/instance.h"
#include "redact/redact.h"
#include "store/store.h"

struct timelines;

struct timelines *timelines_new(const struct instance *in);

/* Frees it, unless its probe has not returned: then it stays as long as the process. */
void timelines_free(struct timelines *t);

/*
 * Takes in the messages of sessions that have changed, by the instance's
 * policy and through the redactor. A run by a timer begins no batch after
 * TIMELINES_BUDGET_S and goes on with the next run; on a terminal all are
 * taken in. What stands in the way of it stands in the way of recording the
 * run as well, and is said there.
 */
#define TIMELINES_BUDGET_S 1
void timelines_take(struct timelines *t, struct store *s, struct redactor *r, bool is_tty);

#endif
