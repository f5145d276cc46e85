/*
 * cmd/hand_over.h -- the machine's alerts, to the instance that speaks for it.
 */
#ifndef MC_CMD_HAND_OVER_H
#define MC_CMD_HAND_OVER_H

#include "config/config.h"
#include "store/store.h"

/* Puts what is open in the machine's book, and what was over lately, where its spokesman reads it. 0, or -1 with one line in *error. */
int hand_over(const struct config *c, struct store *s, int64_t now, struct arena *a, const char **error) __attribute__((nonnull));

#endif
