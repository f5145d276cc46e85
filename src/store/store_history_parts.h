/*
 * store/store_history_parts.h -- what the files of the ledger by day share.
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

/* What exporters saw and judged. 0, or -1 with one line in *error. */
int store_history_watch(struct by_day *b, struct store *s, const char **error);

/* How old the newest backup was. SQLite's code. */
int store_history_backups(struct by_day *b);

#endif
