/*
 * pane/backups_read.h -- what the Backups page asks the ledgers.
 */
#ifndef MC_PANE_BACKUPS_READ_H
#define MC_PANE_BACKUPS_READ_H

#include "pane/ledgers.h"
#include "view/backups_view.h"

/* Reads the days and the drills of the chosen instances, for q->days of q->zone, into q->sources. In the request's arena. */
void backups_read(struct pane *p, const struct snapshot *s, struct backups_question *q) __attribute__((nonnull));

#endif
