/*
 * view/history_view.h -- the history pane: what happened by day, and what of it was observed.
 */
#ifndef MC_VIEW_HISTORY_VIEW_H
#define MC_VIEW_HISTORY_VIEW_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "base/zone.h"
#include "model/history.h"
#include "model/snapshot.h"

/* One instance's ledger by day. */
struct history_source {
	const struct history *history; /* NULL = it could not be read ... */
	const char *reason;            /* ... for this reason */
};

/* What is asked for, and what the ledgers say. */
struct history_question {
	const char *zone;             /* name of the time zone that the days are of */
	const char *home_zone;        /* this machine's, to choose */
	int64_t offset_s;             /* of zone, east of UTC, now */
	const struct zone_day *days;  /* oldest first; the last one holds now */
	size_t n_days;                /* 7, 30 or 90 */
	const struct history_source *sources; /* of each instance of the snapshot, in its order; those not chosen are not looked at */
	struct history_source host;           /* this machine, whose alerts count where all is chosen */
};

/* The numbers of days there are to choose, for an error message. */
#define HISTORY_SPANS "7, 30, 90"

/* Whether text is one of them; then *days is it. */
bool history_is_span(const char *text, size_t *days);

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/history prints and
 * templates/history.html shows. choice is an instance id of the snapshot or
 * NULL for all.
 */
cJSON *history_view(const struct snapshot *s, const char *choice, const struct history_question *q, struct arena *a);

#endif
