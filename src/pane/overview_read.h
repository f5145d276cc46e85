/*
 * pane/overview_read.h -- what the overview asks the ledgers.
 */
#ifndef MC_PANE_OVERVIEW_READ_H
#define MC_PANE_OVERVIEW_READ_H

#include "model/snapshot.h"
#include "view/overview_past.h"
#include "web/pane.h"

/*
 * Reads strips, trends by day of `zone`, and what is new since looked_at (0:
 * nothing) for the chosen instances; a ledger that cannot be read says why.
 * All in the request's arena.
 */
const struct overview_ledger *overview_read(struct pane *p, const struct snapshot *s, const char *zone, int64_t looked_at)
	__attribute__((nonnull));

#endif
