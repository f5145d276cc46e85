/*
 * By day: how much of it was observed, whether the instance ran, how old its
 * backup was at most.
 */
#include <stdlib.h>

#include "store/store_alerts.h"
#include "store/store_history_parts.h"

#define FULL_SHARE 0.9 /* of as many runs as usual: timers are not clocks */
#define SHORT_S    300 /* the beginning of a quarter tells too little of how many runs it will have */
#define SLOTS_MAX  128 /* in a day; the longest has 25 hours */
#define WATCH_ARENA_MAX (4 * 1024 * 1024)

/* How much of a quarter of an hour has passed by now. */
static double length_of(const struct by_day *b, const struct watch_slot *x)
{
	int64_t past = b->now - x->at;

	return past <= 0 ? 0 : past < STORE_QUARTER_S ? (double)past : STORE_QUARTER_S;
}

static int by_size(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/* Runs as if the quarter were over. */
static double pace_of(const struct by_day *b, const struct watch_slot *x)
{
	return (double)x->runs * STORE_QUARTER_S / length_of(b, x);
}

/*
 * How many runs a quarter of this day has when nothing is wrong: the middle
 * of those that have any. How often an exporter runs may have been set
 * otherwise last month. 0 where there is too little to tell by.
 */
static double usual_pace(const struct by_day *b, const struct watch_slot *rows, size_t n)
{
	double counts[SLOTS_MAX] = { 0 };
	size_t found = 0;

	for (size_t i = 0; i < n && found < SLOTS_MAX; i++)
		if (rows[i].runs > 0 && length_of(b, &rows[i]) >= SHORT_S)
			counts[found++] = pace_of(b, &rows[i]);
	qsort(counts, found, sizeof(*counts), by_size);
	return found ? counts[found / 2] : 0;
}

static double seen_of(const struct by_day *b, const struct watch_slot *x, double usual)
{
	double length = length_of(b, x), share;

	if (x->runs <= 0 || length <= 0)
		return 0;
	share = usual > 0 ? pace_of(b, x) / (usual * FULL_SHARE) : 1;
	return share < 1 ? share * length : length;
}

/* The n rows are all of one day. */
static void take_day(const struct by_day *b, struct history_day *d, const struct watch_slot *rows, size_t n)
{
	double usual = usual_pace(b, rows, n), seen = 0;

	for (size_t i = 0; i < n; i++) {
		const struct watch_slot *x = &rows[i];

		d->up += (double)x->up;
		d->down += (double)watch_slot_down(x);
		d->off += (double)(x->down - watch_slot_down(x));
		if (x->runs > x->up && (double)(x->runs - x->up) > (double)x->down)
			d->unsure += (double)(x->runs - x->up) - (double)x->down;
		seen += seen_of(b, x, usual);
	}
	d->observed_s = (int64_t)seen;
}

int store_history_watch(struct by_day *b, struct store *s, const char **error)
{
	/* Its quarters are of no use beyond this, and of fifty instances they are many. */
	CLEANUP(arena_freep) struct arena *own = arena_new(WATCH_ARENA_MAX);
	const char *why = NULL;
	struct watch w;

	if (store_watch(s, b->bounds[0], b->bounds[b->n], &w, own, &why) < 0) {
		*error = arena_strdup(b->a, why);
		return -1;
	}
	b->out->watched_since = w.since;
	for (size_t i = 0, end; i < w.n; i = end) {
		struct history_day *d = store_day_of(b, w.rows[i].at);

		for (end = i + 1; end < w.n && store_day_of(b, w.rows[end].at) == d;)
			end++;
		if (d)
			take_day(b, d, &w.rows[i], end - i);
	}
	return 0;
}

/* The oldest that a backup of this moment was within each day that ends after it and begins before the next one. */
static void take_backup(const struct by_day *b, int64_t made_at, int64_t next_at)
{
	int64_t until = next_at < b->now ? next_at : b->now;

	for (size_t i = 0; i < b->n; i++) {
		struct history_day *d = &b->out->days[i];
		int64_t end = b->bounds[i + 1] < until ? b->bounds[i + 1] : until;

		if (made_at < b->bounds[i + 1] && until > b->bounds[i] && end - made_at > d->backup_age_s)
			d->backup_age_s = end - made_at;
	}
}

/* From the last one before these days on. */
int store_history_backups(struct by_day *b)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int64_t next_at = INT64_MAX;
	int rc = sqlite3_prepare_v2(b->db, "SELECT committed FROM backups WHERE committed <= ?1 ORDER BY committed DESC", -1, &st,
				    NULL);

	if (rc == SQLITE_OK)
		sqlite3_bind_int64(st, 1, b->now);
	while (rc == SQLITE_OK && next_at > b->bounds[0] && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		int64_t made_at = sqlite3_column_int64(st, 0);

		if (made_at > 0)
			take_backup(b, made_at, next_at);
		next_at = made_at;
		rc = SQLITE_OK;
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}
