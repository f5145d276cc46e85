/* What only the past can tell: how often the gateway was started today, and how fast a home grows. */
#include "store/store_parts.h"

static int64_t number(struct store *s, const char *sql, int64_t a, int64_t b, bool *is_null)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;

	*is_null = true;
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return 0;
	sqlite3_bind_int64(st, 1, a);
	sqlite3_bind_int64(st, 2, b);
	if (sqlite3_step(st) != SQLITE_ROW || sqlite3_column_type(st, 0) == SQLITE_NULL)
		return 0;
	*is_null = false;
	return sqlite3_column_int64(st, 0);
}

bool store_restarts(struct store *s, int64_t from_s, int64_t now, int64_t *restarts, int64_t *counted_from)
{
	bool is_null;
	int64_t first = number(s, "SELECT min(at) FROM samples WHERE at >= ?1 AND at <= ?2", from_s, now, &is_null);

	if (is_null)
		return false;
	*counted_from = first;
	/* A process's word is its number in letters behind a p: see store_points.c. A first sight is no change. */
	*restarts = number(s,
			   "SELECT count(*) FROM transitions WHERE reading = (SELECT id FROM readings WHERE name = '" STORE_PROCESS
			   "') AND at >= ?1 AND at <= ?2 AND to_word LIKE 'p_%'",
			   from_s, now, &is_null);
	return !is_null;
}

/* The oldest figure of the last days: as sampled, or of its hour. */
static bool oldest(struct store *s, int64_t from_s, int64_t now, int64_t *at, int64_t *value)
{
	static const char *const sources[][2] = {
		{ "SELECT at FROM hours WHERE reading = (SELECT id FROM readings WHERE name = '" STORE_STORAGE
		  "') AND at >= ?1 AND at < ?2 AND n_values > 0 ORDER BY at LIMIT 1",
		  "SELECT total / n_values FROM hours WHERE reading = (SELECT id FROM readings WHERE name = '" STORE_STORAGE
		  "') AND at = ?1" },
		{ "SELECT at FROM samples WHERE reading = (SELECT id FROM readings WHERE name = '" STORE_STORAGE
		  "') AND at >= ?1 AND at < ?2 AND value IS NOT NULL ORDER BY at LIMIT 1",
		  "SELECT value FROM samples WHERE reading = (SELECT id FROM readings WHERE name = '" STORE_STORAGE "') AND at = ?1" },
	};
	bool is_null = true;

	for (size_t i = 0; i < ARRAY_SIZE(sources) && is_null; i++) {
		*at = number(s, sources[i][0], from_s, now, &is_null);
		if (!is_null)
			*value = number(s, sources[i][1], *at, 0, &is_null);
	}
	return !is_null;
}

bool store_growth(struct store *s, int64_t now, int64_t bytes, int64_t *a_day, int64_t *over_s)
{
	int64_t at = 0, value = 0;

	if (!oldest(s, now - GROWTH_DAYS * DAY_S, now, &at, &value) || at >= now)
		return false;
	*over_s = now - at;
	*a_day = (int64_t)((double)(bytes - value) / (double)*over_s * DAY_S);
	return true;
}

int64_t store_kept_since(struct store *s)
{
	/* Of an hour or a day, the end: it may have begun within. */
	static const char *const sources[] = {
		"SELECT min(at) + 86400 FROM days",
		"SELECT min(at) + 3600 FROM hours",
		"SELECT min(at) FROM samples",
	};
	int64_t since = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		bool is_null;
		int64_t at = number(s, sources[i], 0, 0, &is_null);

		if (!is_null && at > 0 && (!since || at < since))
			since = at;
	}
	return since;
}
