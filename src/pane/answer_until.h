/*
 * pane/answer_until.h -- until when something is to be quiet, as a form says it.
 */
#ifndef MC_PANE_ANSWER_UNTIL_H
#define MC_PANE_ANSWER_UNTIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * "4h", "7d" (1 to 9999 of them), "tomorrow" (8:00 of the next day in the zone,
 * which is known), or a time: "2026-11-25T08:00" in the zone, or RFC 3339. False
 * for anything else, and for what is not after now.
 */
bool answer_until(const char *text, const char *zone, int64_t now, struct arena *a, int64_t *out) __attribute__((nonnull));

#endif
