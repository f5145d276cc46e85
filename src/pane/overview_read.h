/*
 * pane/overview_read.h -- what the overview asks the ledgers.
 */
#ifndef MC_PANE_OVERVIEW_READ_H
#define MC_PANE_OVERVIEW_READ_H

#include "model/snapshot.h"
#include "view/overview_past.h"
#include "web/pane.h"

/*
 * Fills in past->ledgers and, of all, past->host: strips, trends by day of the
 * pane's zone, and what is new since past->looked_at (0: nothing) for the
 * chosen instances; a ledger that cannot be read says why. All in the
 * request's arena.
 */
void overview_read(struct pane *p, const struct snapshot *s, struct overview_past *past) __attribute__((nonnull));

#endif
