/*
 * cmd/counts.h -- how many instances are how, for the beat to the outside.
 */
#ifndef MC_CMD_COUNTS_H
#define MC_CMD_COUNTS_H

#include "config/config.h"

/*
 * Judges all reports, as the pages do, and leaves counts where the beat finds
 * them; only where there is a beat, and once a minute. 0, or -1 with one line
 * in *error.
 */
int counts_leave(const struct config *c, int64_t now, struct arena *a, const char **error) __attribute__((nonnull));

#endif
