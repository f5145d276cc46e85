#include "store/store_runs.h"

#include <string.h>

#include "store/store_parts.h"

#define MARKS_MAX 1000
#define PAGE_MAX  200

int store_runs_request(struct store *s, struct runs_request *out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	struct runs_mark *marks = arena_calloc(a, MARKS_MAX, sizeof(*marks));
	int rc = sqlite3_prepare_v2(s->db, "SELECT name, stamp, size, last FROM cron_marks LIMIT 1000", -1, &st, NULL);

	out->marks = marks;
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW && out->n_marks < MARKS_MAX) {
		marks[out->n_marks++] = (struct runs_mark){ .name = store_text(st, 0, a),
							    .stamp = sqlite3_column_int64(st, 1),
							    .size = sqlite3_column_int64(st, 2),
							    .last = store_text(st, 3, a) };
		rc = SQLITE_OK;
	}
	if (rc == SQLITE_DONE || rc == SQLITE_OK || rc == SQLITE_ROW)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}

static int put_runs(sqlite3 *db, const struct runs_batch *b)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db,
				    "INSERT INTO cron_runs(id, job, started, finished, status, error, source, output, bytes)"
				    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(id) DO UPDATE SET started = ?3,"
				    " finished = ?4, status = ?5, error = ?6, source = ?7, output = ?8, bytes = ?9"
				    " WHERE (started, finished, status, error) IS NOT (?3, ?4, ?5, ?6)",
				    -1, &st, NULL);

	for (size_t i = 0; i < b->n_runs && rc == SQLITE_OK; i++) {
		const struct cron_run *x = &b->runs[i];

		store_bind_text(st, 1, x->id);
		store_bind_text(st, 2, x->job_id);
		sqlite3_bind_int64(st, 3, x->started_at);
		sqlite3_bind_int64(st, 4, x->finished_at);
		store_bind_text(st, 5, x->status);
		store_bind_text(st, 6, x->error);
		store_bind_text(st, 7, x->source);
		store_bind_text(st, 8, x->output);
		if (x->output_bytes == COUNT_UNKNOWN)
			sqlite3_bind_null(st, 9);
		else
			sqlite3_bind_int64(st, 9, x->output_bytes);
		rc = store_step(st);
	}
	return rc;
}

static int put_marks(sqlite3 *db, const struct runs_batch *b)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO cron_marks(name, stamp, size, last) VALUES(?1, ?2, ?3, ?4)", -1,
				    &st, NULL);

	for (size_t i = 0; i < b->n_marks && rc == SQLITE_OK; i++) {
		store_bind_text(st, 1, b->marks[i].name);
		sqlite3_bind_int64(st, 2, b->marks[i].stamp);
		sqlite3_bind_int64(st, 3, b->marks[i].size);
		store_bind_text(st, 4, b->marks[i].last);
		rc = store_step(st);
	}
	return rc;
}

int store_runs_take(struct store *s, const struct runs_batch *b, struct arena *a, const char **error)
{
	int rc;

	if (b->n_runs == 0 && b->n_marks == 0)
		return 0;
	rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = put_runs(s->db, b);
	if (rc == SQLITE_OK)
		rc = put_marks(s->db, b);
	return store_end(s, rc, a, error);
}

/* By key, never by offset: (at, n) of the page before. With a job, its few runs are filtered by status. */
static const char *page_sql(const struct run_query *q, struct arena *a)
{
	return arena_printf(a, "SELECT n, id, job, started, finished, status, error, source, output, bytes FROM cron_runs"
			       " INDEXED BY %s WHERE at >= ?5 AND at < ?6%s%s%s ORDER BY at DESC, n DESC LIMIT ?4",
			    q->job ? "cron_runs_job" : q->status ? "cron_runs_status" : "cron_runs_at",
			    q->job ? " AND job = ?1" : "", q->status ? " AND status = ?7" : "",
			    q->before_n ? " AND (at, n) < (?2, ?3)" : "");
}

int64_t store_run_at(const struct cron_run *r)
{
	return r->started_at > 0 ? r->started_at : r->finished_at;
}

int store_run_page(struct store *s, const struct run_query *q, struct run_page *out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	size_t limit = q->limit && q->limit < PAGE_MAX ? q->limit : PAGE_MAX;
	int rc = sqlite3_prepare_v2(s->db,
				    page_sql(q, a), -1, &st, NULL);

	*out = (struct run_page){ .runs = arena_calloc(a, limit + 1, sizeof(*out->runs)),
				  .numbers = arena_calloc(a, limit + 1, sizeof(*out->numbers)) };
	if (rc == SQLITE_OK) {
		store_bind_text(st, 1, q->job);
		sqlite3_bind_int64(st, 2, q->before_at);
		sqlite3_bind_int64(st, 3, q->before_n);
		sqlite3_bind_int64(st, 4, (int64_t)limit + 1);
		sqlite3_bind_int64(st, 5, q->from_s);
		sqlite3_bind_int64(st, 6, q->to_s ? q->to_s : INT64_MAX);
		store_bind_text(st, 7, q->status);
	}
	while (rc == SQLITE_OK && out->n <= limit && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		out->numbers[out->n] = sqlite3_column_int64(st, 0);
		out->runs[out->n++] = (struct cron_run){
			.id = store_text(st, 1, a),
			.job_id = store_text(st, 2, a),
			.started_at = sqlite3_column_int64(st, 3),
			.finished_at = sqlite3_column_int64(st, 4),
			.status = store_text(st, 5, a),
			.error = store_text(st, 6, a),
			.source = store_text(st, 7, a),
			.output = store_text(st, 8, a),
			.output_bytes = sqlite3_column_type(st, 9) == SQLITE_NULL ? COUNT_UNKNOWN : sqlite3_column_int64(st, 9),
		};
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_OK && rc != SQLITE_DONE) {
		*error = store_reason(a, s->db, rc);
		return -1;
	}
	out->has_more = out->n > limit;
	out->n -= out->has_more;
	return 0;
}

int store_backups(struct store *s, struct backup_row *out, size_t max, size_t *n, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, "SELECT head, committed, seen FROM backups ORDER BY committed DESC LIMIT ?1", -1, &st, NULL);

	*n = 0;
	if (rc == SQLITE_OK)
		sqlite3_bind_int64(st, 1, (int64_t)max);
	while (rc == SQLITE_OK && *n < max && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		out[(*n)++] = (struct backup_row){ store_text(st, 0, a), sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2) };
		rc = SQLITE_OK;
	}
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}

int store_put_backup(sqlite3 *db, const struct repo *r, int64_t at)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc;

	if (r->probe.state != PROBE_OK || !r->head || r->head_at <= 0)
		return SQLITE_OK;
	rc = sqlite3_prepare_v2(db, "INSERT OR IGNORE INTO backups(head, committed, seen) VALUES(?1, ?2, ?3)", -1, &st, NULL);
	if (rc != SQLITE_OK)
		return rc;
	store_bind_text(st, 1, r->head);
	sqlite3_bind_int64(st, 2, r->head_at);
	sqlite3_bind_int64(st, 3, at);
	return store_step(st);
}
