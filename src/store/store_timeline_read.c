/* The reading side: one page of a session's messages. */
#include <string.h>

#include "store/store_parts.h"
#include "store/store_timeline.h"

#define PAGE_MAX       200

/* A damaged or hostile ledger may hold anything: counts stay counts. */
static int64_t count_at(sqlite3_stmt *st, int i)
{
	int64_t v = sqlite3_column_int64(st, i);

	return sqlite3_column_type(st, i) == SQLITE_INTEGER && v >= 0 ? v : COUNT_UNKNOWN;
}

static int64_t positive_at(sqlite3_stmt *st, int i)
{
	int64_t v = sqlite3_column_int64(st, i);

	return v > 0 ? v : 0;
}

static int prepare(struct store *s, const char *sql, int64_t number, sqlite3_stmt **st)
{
	int rc = sqlite3_prepare_v2(s->db, sql, -1, st, NULL);

	return rc == SQLITE_OK ? sqlite3_bind_int64(*st, 1, number) : rc;
}

static int done(int rc)
{
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int read_head(struct store *s, int64_t number, struct timeline_page *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL, *todo = NULL;
	int rc = prepare(s, "SELECT total, held, gap, origin, note FROM timelines WHERE session = ?1", number, &st);

	out->total = COUNT_UNKNOWN;
	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		out->is_known = true;
		out->total = count_at(st, 0);
		out->held = positive_at(st, 1);
		out->gap_after = positive_at(st, 2);
		out->origin = store_text(st, 3, a);
		out->note = store_text(st, 4, a);
	}
	if (done(rc) == SQLITE_OK)
		rc = prepare(s, "SELECT 1 FROM timeline_todo WHERE session = ?1", number, &todo);
	if (rc == SQLITE_OK)
		out->is_pending = (rc = sqlite3_step(todo)) == SQLITE_ROW;
	return done(rc);
}

static void take(struct message *m, sqlite3_stmt *st, struct arena *a)
{
	int mark = sqlite3_column_int(st, 8), failed = sqlite3_column_int(st, 9);

	*m = (struct message){ .id = sqlite3_column_int64(st, 0),
			       .at_ms = positive_at(st, 1),
			       .role = store_text(st, 2, a),
			       .tool = store_text(st, 3, a),
			       .call_id = store_text(st, 4, a),
			       .bytes = count_at(st, 5),
			       .tokens = count_at(st, 6),
			       .finish = store_text(st, 7, a),
			       .mark = mark == MESSAGE_INACTIVE || mark == MESSAGE_COMPACTED ? (enum message_mark)mark : MESSAGE_ACTIVE,
			       .failed = failed == TRI_NO || failed == TRI_YES ? (enum tristate)failed : TRI_UNKNOWN,
			       .exit_code = count_at(st, 10),
			       .text = store_text(st, 11, a) };
}

static int read_rows(struct store *s, const struct timeline_query *q, size_t limit, struct timeline_page *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = prepare(s,
			 "SELECT id, at, role, tool, call, bytes, tokens, finish, mark, failed, exit_code, text FROM messages"
			 " WHERE session = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
			 q->number, &st);

	out->rows = arena_calloc(a, limit + 1, sizeof(*out->rows));
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 2, q->after);
	sqlite3_bind_int64(st, 3, (int64_t)limit + 1);
	while (out->n <= limit && (rc = sqlite3_step(st)) == SQLITE_ROW)
		take(&out->rows[out->n++], st, a);
	out->has_more = out->n > limit;
	out->n -= out->has_more;
	return done(rc);
}

static struct message *row_of(struct timeline_page *p, int64_t id)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].id == id)
			return &p->rows[i];
	return NULL;
}

static int read_calls(struct store *s, int64_t number, struct timeline_page *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc;

	if (out->n == 0)
		return SQLITE_OK;
	rc = prepare(s, "SELECT message, call, name, bytes, text FROM calls WHERE session = ?1 AND message >= ?2 AND message <= ?3"
			" ORDER BY message, i LIMIT ?4",
		     number, &st);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 2, out->rows[0].id);
	sqlite3_bind_int64(st, 3, out->rows[out->n - 1].id);
	sqlite3_bind_int(st, 4, PAGE_MAX * TIMELINE_CALLS);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct message *m = row_of(out, sqlite3_column_int64(st, 0));

		if (!m || m->n_calls == TIMELINE_CALLS)
			continue;
		if (!m->calls)
			m->calls = arena_calloc(a, TIMELINE_CALLS, sizeof(*m->calls));
		m->calls[m->n_calls++] = (struct tool_call){ .id = store_text(st, 1, a),
							     .name = store_text(st, 2, a),
							     .bytes = count_at(st, 3),
							     .text = store_text(st, 4, a) };
	}
	return done(rc);
}

/* Up to 0.14 a result does not name its tool; the call does, wherever it stands. */
static int name_tools(struct store *s, int64_t number, struct timeline_page *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = prepare(s, "SELECT name FROM calls WHERE session = ?1 AND call = ?2 LIMIT 1", number, &st);

	for (size_t i = 0; i < out->n && rc == SQLITE_OK; i++) {
		struct message *m = &out->rows[i];

		if (m->tool || !m->call_id)
			continue;
		store_bind_text(st, 2, m->call_id);
		rc = sqlite3_step(st);
		if (rc == SQLITE_ROW)
			m->tool = store_text(st, 0, a);
		rc = done(rc);
		sqlite3_reset(st);
	}
	return rc;
}

/* The id before the `back` newest ones up to `from`: 0 where there are not so many. */
static int id_before(struct store *s, int64_t number, int64_t from, size_t back, int64_t *out)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = prepare(s, "SELECT id FROM messages WHERE session = ?1 AND id <= ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3", number, &st);

	*out = 0;
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 2, from);
	sqlite3_bind_int64(st, 3, (int64_t)back);
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*out = positive_at(st, 0);
	return done(rc);
}

static int read_models(struct store *s, int64_t number, struct timeline_page *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = prepare(s, "SELECT model, requests, input, output, cost FROM model_usage WHERE session = ?1"
			    " ORDER BY cost DESC, input DESC, model LIMIT 16",
			 number, &st);

	out->models = arena_calloc(a, TIMELINE_MODELS, sizeof(*out->models));
	while (rc == SQLITE_OK && out->n_models < TIMELINE_MODELS && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		out->models[out->n_models++] = (struct model_usage){ store_text(st, 0, a), count_at(st, 1), count_at(st, 2),
								     count_at(st, 3), count_at(st, 4) };
		rc = SQLITE_OK;
	}
	return done(rc == SQLITE_OK ? SQLITE_DONE : rc);
}

int store_timeline_page(struct store *s, const struct timeline_query *q, struct timeline_page *out, struct arena *a,
			const char **error)
{
	size_t limit = q->limit && q->limit < PAGE_MAX ? q->limit : PAGE_MAX;
	int rc;

	*out = (struct timeline_page){ .total = COUNT_UNKNOWN };
	rc = read_head(s, q->number, out, a);
	if (rc == SQLITE_OK)
		rc = read_rows(s, q, limit, out, a);
	if (rc == SQLITE_OK)
		rc = read_calls(s, q->number, out, a);
	if (rc == SQLITE_OK)
		rc = name_tools(s, q->number, out, a);
	if (rc == SQLITE_OK && q->after) {
		out->has_before = true;
		rc = id_before(s, q->number, q->after, limit, &out->before);
	}
	if (rc == SQLITE_OK)
		rc = id_before(s, q->number, INT64_MAX, limit, &out->newest);
	if (rc == SQLITE_OK)
		rc = read_models(s, q->number, out, a);
	if (rc == SQLITE_OK)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}

int store_origins(struct store *s, const struct session *x, size_t n, const char **out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = prepare(s, "SELECT origin FROM timelines WHERE session = ?1", 0, &st);

	for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
		sqlite3_bind_int64(st, 1, x[i].rowid);
		rc = sqlite3_step(st);
		out[i] = rc == SQLITE_ROW ? store_text(st, 0, a) : NULL;
		rc = done(rc);
		sqlite3_reset(st);
	}
	if (rc == SQLITE_OK)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}
