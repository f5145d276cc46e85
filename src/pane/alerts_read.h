/*
 * pane/alerts_read.h -- what the alerts pane asks the ledgers.
 */
#ifndef MC_PANE_ALERTS_READ_H
#define MC_PANE_ALERTS_READ_H

#include "pane/ledgers.h"
#include "view/alerts_view.h"

/* Reads what is open and a page of what is over, of the chosen instances and, for all, the machine. In the request's arena. */
void alerts_read(struct pane *p, const struct alerts_filter *f, struct alerts_input *out) __attribute__((nonnull));

#endif
