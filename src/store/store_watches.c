/* Readings of one family by quarters of an hour. */
#include <string.h>

#include "store/store_alerts.h"
#include "store/store_parts.h"

/*
 * Samples lie in the order of time: one walk over a day for all readings costs
 * what it would cost for one. They are summed here, since a reader may call no
 * function of SQLite's.
 */
static const char names_sql[] = "SELECT id, name FROM readings WHERE name >= ?1 AND name < ?2 ORDER BY id LIMIT ?3";
static const char walk_sql[] = "SELECT at, reading, state FROM samples WHERE at >= ?1 AND at < ?2";

/* Whether a reading (?1) was seen before ?2: in sums, which are old, or in samples of before. */
static const char before_sql[] =
	"SELECT 1 FROM hours WHERE reading = ?1 UNION ALL SELECT 1 FROM days WHERE reading = ?1"
	" UNION ALL SELECT 1 FROM samples WHERE at < ?2 AND reading = ?1 LIMIT 1";

#define QUARTERS_MAX (48 * 4 + 1) /* what is kept of samples */

struct walk {
	struct store *s;
	int64_t from_s;             /* a full quarter */
	int64_t to_s;
	size_t n_quarters;
	int64_t ids[STORE_WATCHES_MAX]; /* ascending */
	int64_t first[STORE_WATCHES_MAX]; /* the first sample of each within the window; 0 = none */
	struct watch_slot *slots;   /* n_quarters of each, dense */
	struct reading_watches *out;
	struct arena *a;
};

/* The readings of that family. SQLite's code. */
static int take_names(struct walk *w, const char *prefix)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	char *end = arena_strdup(w->a, prefix);
	int rc = sqlite3_prepare_v2(w->s->db, names_sql, -1, &st, NULL);

	end[strlen(end) - 1]++; /* the first name that does not begin so any more */
	if (rc != SQLITE_OK)
		return rc;
	store_bind_text(st, 1, prefix);
	store_bind_text(st, 2, end);
	sqlite3_bind_int(st, 3, STORE_WATCHES_MAX);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && w->out->n < STORE_WATCHES_MAX) {
		const char *name = (const char *)sqlite3_column_text(st, 1);

		if (!name || strlen(name) > STORE_WORD_MAX)
			continue;
		w->ids[w->out->n] = sqlite3_column_int64(st, 0);
		w->out->list[w->out->n++].reading = arena_strdup(w->a, name);
	}
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* Which of ours it is; their number when it is none. */
static size_t index_of(const struct walk *w, int64_t id)
{
	size_t low = 0, high = w->out->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (w->ids[mid] == id)
			return mid;
		if (w->ids[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return w->out->n;
}

static void add(struct walk *w, size_t i, int64_t at, int state)
{
	size_t quarter = (size_t)((at - w->from_s) / STORE_QUARTER_S);
	struct watch_slot *slot = &w->slots[i * w->n_quarters + quarter];

	if (quarter >= w->n_quarters)
		return;
	slot->runs++;
	slot->fine += state == PROBE_OK;
	slot->up += state == PROBE_OK;
	slot->critical += state == PROBE_INACTIVE;
	slot->down += state == PROBE_INACTIVE;
	if (!w->first[i])
		w->first[i] = at;
}

static int sum_samples(struct walk *w)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(w->s->db, walk_sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 1, w->from_s);
	sqlite3_bind_int64(st, 2, w->to_s);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		size_t i = index_of(w, sqlite3_column_int64(st, 1));

		if (i < w->out->n)
			add(w, i, sqlite3_column_int64(st, 0), sqlite3_column_int(st, 2));
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int64_t since(struct walk *w, size_t i)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(w->s->db, before_sql, -1, &st, NULL) != SQLITE_OK)
		return w->first[i];
	sqlite3_bind_int64(st, 1, w->ids[i]);
	sqlite3_bind_int64(st, 2, w->from_s);
	return sqlite3_step(st) == SQLITE_ROW ? w->from_s : w->first[i];
}

/* Quarters without a sample go: a row is what was observed. */
static void finish(struct walk *w)
{
	for (size_t i = 0; i < w->out->n; i++) {
		struct watch *to = &w->out->list[i].watch;

		to->rows = &w->slots[i * w->n_quarters];
		to->since = since(w, i);
		for (size_t q = 0; q < w->n_quarters; q++) {
			if (!to->rows[q].runs)
				continue;
			to->rows[to->n] = to->rows[q];
			to->rows[to->n++].at = w->from_s + (int64_t)q * STORE_QUARTER_S;
		}
	}
}

int store_reading_watches(struct store *s, const char *prefix, int64_t from_s, int64_t to_s, struct reading_watches *out,
			  struct arena *a, const char **error)
{
	struct walk w = { .s = s, .from_s = from_s - from_s % STORE_QUARTER_S, .to_s = to_s, .out = out, .a = a };
	int rc;

	*out = (struct reading_watches){ .list = arena_calloc(a, STORE_WATCHES_MAX, sizeof(*out->list)) };
	w.n_quarters = to_s > w.from_s ? (size_t)((to_s - w.from_s + STORE_QUARTER_S - 1) / STORE_QUARTER_S) : 0;
	if (w.n_quarters > QUARTERS_MAX)
		w.n_quarters = QUARTERS_MAX;
	rc = take_names(&w, prefix);
	w.slots = arena_calloc(a, out->n * w.n_quarters + 1, sizeof(*w.slots));
	if (rc == SQLITE_OK && out->n && w.n_quarters)
		rc = sum_samples(&w);
	if (rc == SQLITE_OK) {
		finish(&w);
		return 0;
	}
	out->n = 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}
