/*
 * cmd/intake.h -- an instance's sessions on their way into its ledger.
 */
#ifndef MC_CMD_INTAKE_H
#define MC_CMD_INTAKE_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/instance.h"
#include "model/sessions.h"
#include "redact/redact.h"
#include "store/store.h"

struct intake;

struct intake *intake_new(const struct instance *in);

/* Frees it, unless its probe has not returned: then it stays as long as the process. */
void intake_free(struct intake *i);

/*
 * Takes in what is new, by the instance's policy and through the redactor, and
 * gives the report's reading of the sessions out of the ledger, in `a`. A run
 * by a timer stops after INTAKE_BUDGET_S and goes on with the next one, its
 * figures unknown until then; on a terminal all is taken in, with a line that
 * says how far it is. NULL where the ledger cannot be used: read state.db.
 */
#define INTAKE_BUDGET_S 3
const struct sessions *intake_sessions(struct intake *i, struct store *s, struct redactor *r, bool is_tty, struct arena *a);

/*
 * Takes in what cron has run since, at most one batch. What stands in the way
 * of it stands in the way of recording the run as well, and is said there.
 */
void intake_cron_runs(struct intake *i, struct store *s, struct redactor *r);

#endif
