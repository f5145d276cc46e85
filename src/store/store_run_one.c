/* One run of a job, and the runs around it. */
#include <string.h>

#include "store/store_parts.h"
#include "store/store_runs.h"

#define SAME_S 120 /* between the notes of a run and of its session lie moments */
#define STAMP  "YYYYMMDD_HHMMSS"
#define RUN    "SELECT n, id, job, started, finished, status, error, source, output, bytes FROM cron_runs "

static void take(struct cron_run *r, int64_t *n, sqlite3_stmt *st, struct arena *a)
{
	*n = sqlite3_column_int64(st, 0);
	*r = (struct cron_run){ .id = store_text(st, 1, a),
				.job_id = store_text(st, 2, a),
				.started_at = sqlite3_column_int64(st, 3),
				.finished_at = sqlite3_column_int64(st, 4),
				.status = store_text(st, 5, a),
				.error = store_text(st, 6, a),
				.source = store_text(st, 7, a),
				.output = store_text(st, 8, a),
				.output_bytes = sqlite3_column_type(st, 9) == SQLITE_NULL ? COUNT_UNKNOWN : sqlite3_column_int64(st, 9) };
}

/* The first row of a question about a job, a time and a number; *n is 0 when there is none. SQLite's code. */
static int read_one(struct store *s, const char *sql, const char *job, int64_t at, int64_t to, struct cron_run *r, int64_t *n,
		    struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);

	*n = 0;
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 1, at);
	sqlite3_bind_int64(st, 2, to);
	store_bind_text(st, 3, job);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		take(r, n, st, a);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

bool store_run(struct store *s, int64_t n, struct run_family *out, struct arena *a, const char **error)
{
	int64_t at;
	int rc;

	*error = NULL;
	memset(out, 0, sizeof(*out));
	rc = read_one(s, RUN "WHERE n = ?1 AND ?2 = 0 AND ?3 IS NULL", NULL, n, 0, &out->self, &out->number, a);
	at = store_run_at(&out->self);
	if (rc == SQLITE_OK && out->number)
		rc = read_one(s, RUN "INDEXED BY cron_runs_job WHERE (at, n) < (?1, ?2) AND job = ?3 ORDER BY at DESC, n DESC LIMIT 1",
			      out->self.job_id, at, n, &out->previous, &out->previous_n, a);
	if (rc == SQLITE_OK && out->number)
		rc = read_one(s, RUN "INDEXED BY cron_runs_job WHERE (at, n) > (?1, ?2) AND job = ?3 ORDER BY at, n LIMIT 1",
			      out->self.job_id, at, n, &out->next, &out->next_n, a);
	if (rc != SQLITE_OK)
		*error = store_reason(a, s->db, rc);
	return rc == SQLITE_OK && out->number;
}

int64_t store_run_apart(const struct cron_run *r, const struct session *x)
{
	int64_t end = x->ended_at ? x->ended_at : x->last_active_at;
	int64_t apart = r->started_at ? x->started_at - r->started_at : end - r->finished_at;

	return apart < 0 ? -apart : apart;
}

int store_run_of_session(struct store *s, const struct session *x, int64_t *number, struct arena *a, const char **error)
{
	size_t n = strlen(x->id), skip = strlen("cron_"), tail = strlen("_" STAMP);
	int64_t end = x->ended_at > x->last_active_at ? x->ended_at : x->last_active_at, best = 0;
	struct run_query q = { .from_s = x->started_at - SAME_S, .to_s = (end > x->started_at ? end : x->started_at) + SAME_S,
			       .limit = 200 };
	struct run_page page;

	*number = 0;
	if (strncmp(x->id, "cron_", skip) != 0 || n <= skip + tail || x->id[n - tail] != '_')
		return 0;
	q.job = arena_strndup(a, x->id + skip, n - skip - tail);
	if (store_run_page(s, &q, &page, a, error) < 0)
		return -1;
	for (size_t i = 0; i < page.n; i++) {
		int64_t apart = store_run_apart(&page.runs[i], x);

		if (*number && apart >= best)
			continue;
		best = apart;
		*number = page.numbers[i];
	}
	return 0;
}
