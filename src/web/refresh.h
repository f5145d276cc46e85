/*
 * web/refresh.h -- "refresh now": an admin asks exporters for new reports.
 */
#ifndef MC_WEB_REFRESH_H
#define MC_WEB_REFRESH_H

#include "json/json.h"
#include "web/pane.h"

/*
 * POST, field instance=ID, "host" or "all" (every instance and the machine),
 * field back: the page to go back to. 400, 404, 429 when all of these were
 * asked within REFRESH_EVERY_S, 503 when the wish or its record cannot be
 * written; else 303.
 */
void refresh_post(struct pane *p) __attribute__((nonnull));

/* Adds "asked" to the frame: what is to be said of requests for what this page shows; null = nothing. */
void refresh_add(const struct pane *p, cJSON *frame) __attribute__((nonnull));

#endif
