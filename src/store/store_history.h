/*
 * store/store_history.h -- the ledger by day.
 */
#ifndef MC_STORE_STORE_HISTORY_H
#define MC_STORE_STORE_HISTORY_H

#include "model/history.h"
#include "store/store.h"

/*
 * What happened between bounds[i] and bounds[i + 1], for each of n days (at
 * most HISTORY_DAYS_MAX); bounds are n + 1 times that rise. Sessions and what
 * was judged are kept by the quarter of an hour, in which no zone's midnight
 * lies; runs, backups and alerts by their moment: days of any zone are exact.
 * now ends the day that is not over. Everything lives in `a`. 0, or -1 with
 * one line in *error.
 */
int store_history(struct store *s, const int64_t *bounds, size_t n, int64_t now, struct history *out, struct arena *a,
		  const char **error) __attribute__((nonnull));

#endif
