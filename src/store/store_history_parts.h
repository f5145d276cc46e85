/*
 * store/store_history_parts.h -- what the two files of the ledger by day share.
 */
#ifndef MC_STORE_STORE_HISTORY_PARTS_H
#define MC_STORE_STORE_HISTORY_PARTS_H

#include "store/store_history.h"
#include "store/store_parts.h"

struct by_day {
	sqlite3 *db;
	const int64_t *bounds;  /* n + 1 of them */
	size_t n;
	int64_t now;
	struct history *out;
	struct arena *a;
};

/* The day that holds a moment; NULL for one before or after them all. */
struct history_day *store_day_of(const struct by_day *b, int64_t at);

/* Samples of the exporter's runs, of what judged the instance, and of the backup's age. SQLite's code. */
int store_history_samples(struct by_day *b);

#endif
