/*
 * view/links.h -- addresses of our own pages, one place for each. All in `a`.
 */
#ifndef MC_VIEW_LINKS_H
#define MC_VIEW_LINKS_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/arena.h"

/* One session; NULL for an id that no path can hold (empty, "..", "//", "\", "%", a control character). */
const char *link_session(struct arena *a, const char *instance_id, const char *session_id);

/* One run of a scheduled job, by the ledger's number of it. */
const char *link_run(struct arena *a, const char *instance_id, int64_t n);

/*
 * The name by which a page's address leads to a reading's evidence (its
 * fragment, and the element's id): letters, digits and "._-/" alone, whatever
 * the reading is called.
 */
const char *link_anchor(struct arena *a, const char *instance_id, const char *reading_id);

/* The evidence of a reading on Ops, open; of the machine's ("host") among those of all instances. */
const char *link_reading(struct arena *a, const char *instance_id, const char *reading_id);

/* A pane with an instance chosen, NULL = all: link_pane(a, "tasks", "bheem"). */
const char *link_pane(struct arena *a, const char *pane, const char *instance_id);

/* Adds "ways": the other panes of one instance, [{label, href}]. */
void add_ways(cJSON *card, const char *instance_id, struct arena *a);

#endif
