/*
 * pane/messages_read.h -- what the Notifications page asks the ledgers.
 */
#ifndef MC_PANE_MESSAGES_READ_H
#define MC_PANE_MESSAGES_READ_H

#include "pane/ledgers.h"
#include "view/notifications_view.h"

/* Reads a page of messages of the chosen instances, and how many there are. In the request's arena. */
void messages_read(struct pane *p, const struct messages_filter *f, struct messages_input *out) __attribute__((nonnull));

#endif
