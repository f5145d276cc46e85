/*
 * By day from samples: how much of it was observed, whether the instance ran,
 * how old the backup was.
 */
#include <math.h>
#include <stdlib.h>

#include "store/store_history_parts.h"

#define FULL_SHARE 0.9  /* of as many runs an hour as usual: timers are not clocks */
#define ONE_LOOK_S 60   /* what one look alone speaks for */
#define SHORT_S    600  /* the beginning of an hour tells too little of how many runs it will have */

enum { READING_EXPORT, READING_RUNNING, READING_VERDICT, READING_BACKUP, READINGS };

static const char *const names[READINGS] = { "export", "running", "verdict", "backupRepo" };

/* What the exporter did in one hour. */
struct hour {
	double runs;
	int64_t first_at;       /* of those that are not added up yet; 0 = none */
	int64_t last_at;
	double singles;
};

struct sums {
	struct by_day *b;
	int64_t ids[READINGS];
	struct hour *hours;
	size_t n_hours;
	int64_t first;          /* where the first hour begins */
};

/* A reading at a moment (span 0), or the sum of an hour or a day. */
struct row {
	int64_t at;
	int64_t span_s;
	int64_t reading;
	double ok, inactive, unknown;
	double values, high, total;
};

/* An hour may lie partly among the samples, partly among the hours. No functions: the reading side allows none. */
static const char rows_sql[] =
	"SELECT at, 0, reading, state, NULL, NULL, NULL, value, NULL FROM samples"
	" WHERE at >= ?1 AND at < ?2 AND reading IN (?3, ?4, ?5, ?6)"
	" UNION ALL SELECT at, 3600, reading, ok, inactive, unknown, n_values, high, total FROM hours"
	" WHERE reading IN (?3, ?4, ?5, ?6) AND at >= ?1 AND at < ?2"
	" UNION ALL SELECT at, 86400, reading, ok, inactive, unknown, n_values, high, total FROM days"
	" WHERE reading IN (?3, ?4, ?5, ?6) AND at >= ?1 - 86400 AND at < ?2";

/* Of a hostile file: counts stay counts. */
static double count_at(sqlite3_stmt *st, int i)
{
	double v = sqlite3_column_double(st, i);

	return isfinite(v) && v > 0 ? fmin(v, 1e15) : 0;
}

static struct row row_of(sqlite3_stmt *st)
{
	struct row r = { .at = sqlite3_column_int64(st, 0),
			 .span_s = sqlite3_column_int64(st, 1),
			 .reading = sqlite3_column_int64(st, 2) };

	r.high = count_at(st, 7);
	if (r.span_s == 0) {
		int state = sqlite3_column_int(st, 3);

		r.ok = state == PROBE_OK;
		r.inactive = state == PROBE_INACTIVE;
		r.unknown = !r.ok && !r.inactive;
		r.values = sqlite3_column_type(st, 7) != SQLITE_NULL;
		r.total = r.high;
		return r;
	}
	r.ok = count_at(st, 3);
	r.inactive = count_at(st, 4);
	r.unknown = count_at(st, 5);
	r.values = count_at(st, 6);
	r.total = count_at(st, 8);
	return r;
}

/* A day's runs are spread over its hours: which of them had none is not known any more. */
static void take_export(struct sums *s, const struct row *r)
{
	struct history *out = s->b->out;
	int64_t n_hours = r->span_s > HOUR_S ? r->span_s / HOUR_S : 1;

	if (r->ok > 0 && (!out->first_seen_at || r->at < out->first_seen_at))
		out->first_seen_at = r->at > s->b->bounds[0] ? r->at : s->b->bounds[0];
	for (int64_t k = 0; k < n_hours; k++) {
		int64_t i = (r->at + k * HOUR_S - s->first) / HOUR_S;
		struct hour *h = &s->hours[i];

		if (r->at + k * HOUR_S < s->first || i >= (int64_t)s->n_hours)
			continue;
		h->runs += r->ok / (double)n_hours;
		if (r->span_s)
			continue;
		h->singles++;
		if (!h->first_at || r->at < h->first_at)
			h->first_at = r->at;
		if (r->at > h->last_at)
			h->last_at = r->at;
	}
}

static void take_row(struct sums *s, const struct row *r)
{
	struct history_day *d = store_day_of(s->b, r->at + r->span_s / 2);

	if (r->reading == s->ids[READING_EXPORT])
		take_export(s, r);
	if (!d)
		return;
	if (r->span_s == DAY_S && r->at != s->b->bounds[d - s->b->out->days])
		s->b->out->is_cut_roughly = true;
	if (r->reading == s->ids[READING_RUNNING]) {
		d->up += fmin(r->total, r->values);
		d->down += r->values - fmin(r->total, r->values);
		d->unsure += r->inactive + r->unknown;
	} else if (r->reading == s->ids[READING_VERDICT]) {
		d->off += r->inactive;
	} else if (r->reading == s->ids[READING_BACKUP] && r->values > 0 && (int64_t)r->high > d->backup_age_s) {
		d->backup_age_s = (int64_t)r->high;
	}
}

static int find_ids(struct sums *s)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->b->db, "SELECT id FROM readings WHERE name = ?1", -1, &st, NULL);

	for (size_t i = 0; i < READINGS && rc == SQLITE_OK; i++) {
		store_bind_text(st, 1, names[i]);
		rc = sqlite3_step(st);
		s->ids[i] = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
		rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
		sqlite3_reset(st);
	}
	return rc;
}

static int read_rows(struct sums *s)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->b->db, rows_sql, -1, &st, NULL);

	if (rc == SQLITE_OK) {
		/* An hour's sum is found by its beginning, which may lie before the day that holds its middle. */
		sqlite3_bind_int64(st, 1, s->first);
		sqlite3_bind_int64(st, 2, s->b->bounds[s->b->n]);
		for (int i = 0; i < READINGS; i++)
			sqlite3_bind_int64(st, 3 + i, s->ids[i]);
	}
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const struct row r = row_of(st);

		take_row(s, &r);
		rc = SQLITE_OK;
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* How much of an hour has passed by now. */
static double length_of(const struct sums *s, size_t i)
{
	int64_t from = s->first + (int64_t)i * HOUR_S, past = s->b->now - from;

	return past <= 0 ? 0 : past < HOUR_S ? (double)past : HOUR_S;
}

static int by_size(const void *x, const void *y)
{
	const double *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

/*
 * How many runs an hour of this day has when nothing is wrong: the middle of
 * those that have any. How often an exporter runs may have been set
 * otherwise last month.
 */
static double usual_runs(const struct sums *s, size_t from, size_t to)
{
	double counts[32];
	size_t n = 0;

	for (size_t i = from; i < to && n < ARRAY_SIZE(counts); i++)
		if (s->hours[i].runs > 0 && length_of(s, i) >= SHORT_S)
			counts[n++] = s->hours[i].runs * HOUR_S / length_of(s, i);
	qsort(counts, n, sizeof(*counts), by_size);
	return n ? counts[n / 2] : 0;
}

/* From the first run to the last, and as long again as between two of them: an hour that began or ended unseen. */
static double spoken_for(const struct hour *h)
{
	double span = (double)(h->last_at - h->first_at);

	return h->singles > 1 ? span * h->singles / (h->singles - 1) : ONE_LOOK_S;
}

static double seen_of_hour(const struct sums *s, size_t i, double usual)
{
	const struct hour *h = &s->hours[i];
	double length = length_of(s, i), seen;

	if (h->runs <= 0 || length <= 0)
		return 0;
	/* Nothing to compare with: as much as its runs can speak for. */
	seen = usual > 0 ? fmin(h->runs * HOUR_S / length / (usual * FULL_SHARE), 1) * length : length;
	return h->singles == h->runs ? fmin(seen, spoken_for(h)) : seen;
}

static void observe(struct sums *s, size_t at)
{
	const struct by_day *b = s->b;
	int64_t end = b->bounds[at + 1] < b->now ? b->bounds[at + 1] : b->now;
	/* Hours by their middle, as everything else. */
	size_t from = (size_t)((b->bounds[at] - s->first + HOUR_S / 2 - 1) / HOUR_S);
	size_t to = (size_t)((b->bounds[at + 1] - s->first + HOUR_S / 2 - 1) / HOUR_S);
	double usual, seen = 0;

	if (to > s->n_hours)
		to = s->n_hours;
	usual = usual_runs(s, from, to);
	for (size_t i = from; i < to; i++)
		seen += seen_of_hour(s, i, usual);
	if (end > b->bounds[at])
		b->out->days[at].observed_s = (int64_t)fmin(seen, (double)(end - b->bounds[at]));
}

int store_history_samples(struct by_day *b)
{
	struct sums s = { .b = b };
	int rc = find_ids(&s);

	s.first = b->bounds[0] - b->bounds[0] % HOUR_S;
	s.n_hours = (size_t)((b->bounds[b->n] - s.first + HOUR_S - 1) / HOUR_S);
	s.hours = arena_calloc(b->a, s.n_hours, sizeof(*s.hours));
	if (rc == SQLITE_OK)
		rc = read_rows(&s);
	for (size_t i = 0; i < b->n && rc == SQLITE_OK; i++) {
		struct history_day *d = &b->out->days[i];

		/* Not running is sampled as such even where it was meant so: the verdict tells the two apart. */
		d->off = fmin(d->off, d->down);
		d->down -= d->off;
		observe(&s, i);
	}
	return rc;
}
