#include "store/store_parts.h"

#define RAW_KEPT_S         (48 * HOUR_S)
#define HOURS_KEPT_S       (90 * DAY_S)
#define DAYS_KEPT_S        (731 * DAY_S)
#define TRANSITIONS_KEPT   50000

/*
 * Rows a run may move: thirty times what a run adds, so that a ledger that
 * lay still catches up, and no run is long. What is deleted for good goes
 * slower: a clock that is years ahead for some minutes must not empty it.
 */
#define MOVE_MAX   "2000"
#define DELETE_MAX "64"

#define SUM_COLUMNS "(reading, at, ok, inactive, unknown, n_values, low, high, total)"

/* Adds to a sum that is there already: a part of an hour may have come earlier. min(x, NULL) would be NULL. */
#define MERGE                                                                                              \
	" ON CONFLICT(reading, at) DO UPDATE SET ok = ok + excluded.ok, inactive = inactive + excluded.inactive," \
	" unknown = unknown + excluded.unknown, n_values = n_values + excluded.n_values,"                         \
	" low = min(coalesce(low, excluded.low), coalesce(excluded.low, low)),"                                   \
	" high = max(coalesce(high, excluded.high), coalesce(excluded.high, high)),"                              \
	" total = coalesce(total, 0) + coalesce(excluded.total, 0)"

/*
 * ?1 is the cut. Each pair picks the same rows in the same order, inside one
 * transaction: what is added to a sum is what is deleted.
 */
static const char raw_to_hours[] =
	"INSERT INTO hours" SUM_COLUMNS " SELECT reading, at - at % 3600, total(state = 2), total(state = 1),"
	" total(state NOT IN (1, 2)), count(value), min(value), max(value), sum(value)"
	" FROM (SELECT * FROM samples WHERE at < ?1 ORDER BY at, reading LIMIT " MOVE_MAX ")"
	" WHERE true GROUP BY 1, 2" MERGE;
static const char raw_delete[] =
	"DELETE FROM samples WHERE (at, reading) IN"
	" (SELECT at, reading FROM samples WHERE at < ?1 ORDER BY at, reading LIMIT " MOVE_MAX ")";
static const char hours_to_days[] =
	"INSERT INTO days" SUM_COLUMNS " SELECT reading, at - at % 86400, sum(ok), sum(inactive), sum(unknown),"
	" sum(n_values), min(low), max(high), sum(total)"
	" FROM (SELECT * FROM hours WHERE at < ?1 ORDER BY at, reading LIMIT " MOVE_MAX ")"
	" WHERE true GROUP BY 1, 2" MERGE;
static const char hours_delete[] =
	"DELETE FROM hours WHERE (reading, at) IN"
	" (SELECT reading, at FROM hours WHERE at < ?1 ORDER BY at, reading LIMIT " MOVE_MAX ")";
static const char days_delete[] =
	"DELETE FROM days WHERE (reading, at) IN"
	" (SELECT reading, at FROM days WHERE at < ?1 ORDER BY at, reading LIMIT " DELETE_MAX ")";
static const char transitions_delete[] =
	"DELETE FROM transitions WHERE id IN (SELECT id FROM transitions WHERE at < ?1 ORDER BY at LIMIT " DELETE_MAX ")";
static const char watch_delete[] =
	"DELETE FROM watch WHERE quarter IN (SELECT quarter FROM watch WHERE quarter < ?1 / 900 ORDER BY quarter LIMIT " DELETE_MAX ")";
static const char alerts_delete[] =
	"DELETE FROM alerts WHERE n IN (SELECT n FROM alerts WHERE closed > 0 AND closed < ?1 ORDER BY closed LIMIT " DELETE_MAX ")";
static const char outbox_delete[] =
	"DELETE FROM outbox WHERE n IN (SELECT n FROM outbox WHERE made < ?1 ORDER BY made LIMIT " DELETE_MAX ")";
static const char backup_runs_delete[] =
	"DELETE FROM backup_runs WHERE n IN (SELECT n FROM backup_runs WHERE at < ?1 ORDER BY at LIMIT " DELETE_MAX ")";
static const char drills_delete[] =
	"DELETE FROM drills WHERE n IN (SELECT n FROM drills WHERE at < ?1 ORDER BY at LIMIT " DELETE_MAX ")";
static const char transitions_trim[] =
	"DELETE FROM transitions WHERE id IN (SELECT id FROM transitions"
	" WHERE id <= (SELECT max(id) FROM transitions) - ?1 ORDER BY id LIMIT " DELETE_MAX ")";

static int run(sqlite3 *db, const char *sql, int64_t n)
{
	CLEANUP_STMT sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(stmt, 1, n);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* Cuts lie on whole hours and days, so that there is something to do once an hour and once a day. */
int store_compact(sqlite3 *db, int64_t now_s)
{
	int64_t hour = now_s - RAW_KEPT_S, day = now_s - HOURS_KEPT_S;
	const struct {
		const char *oldest;
		const char *move;
		const char *drop;
		int64_t cut;
	} steps[] = {
		{ "SELECT min(at) FROM samples", raw_to_hours, raw_delete, hour - hour % HOUR_S },
		{ "SELECT min(at) FROM hours", hours_to_days, hours_delete, day - day % DAY_S },
		{ "SELECT min(at) FROM days", NULL, days_delete, now_s - DAYS_KEPT_S },
		{ "SELECT min(at) FROM transitions", NULL, transitions_delete, now_s - DAYS_KEPT_S },
		{ "SELECT min(quarter) * 900 FROM watch", NULL, watch_delete, now_s - DAYS_KEPT_S },
		{ "SELECT min(closed) FROM alerts WHERE closed > 0", NULL, alerts_delete, now_s - DAYS_KEPT_S },
		{ "SELECT min(made) FROM outbox", NULL, outbox_delete, now_s - DAYS_KEPT_S },
		{ "SELECT min(at) FROM backup_runs", NULL, backup_runs_delete, now_s - DAYS_KEPT_S },
		{ "SELECT min(at) FROM drills", NULL, drills_delete, now_s - DAYS_KEPT_S },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && rc == SQLITE_OK; i++) {
		if (store_number(db, steps[i].oldest, INT64_MAX) >= steps[i].cut)
			continue;
		if (steps[i].move)
			rc = run(db, steps[i].move, steps[i].cut);
		if (rc == SQLITE_OK)
			rc = run(db, steps[i].drop, steps[i].cut);
	}
	return rc == SQLITE_OK ? run(db, transitions_trim, TRANSITIONS_KEPT) : rc;
}
