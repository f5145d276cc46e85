/* The writing side: sessions as they come out of state.db. */
#include "store/store_sessions.h"

#include <string.h>

#include "model/timeline.h"
#include "store/store_parts.h"

#define RECENT_S 86400

static const char upsert_sql[] =
	"INSERT INTO sessions(id, row, source, model, title, preview, parent, end_reason, started, ended, active, messages,"
	" tool_calls, input, output, cache_read, cache_write, reasoning, cost, cost_status, archived, hidden, turn)"
	" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"
	" ON CONFLICT(id) DO UPDATE SET row = ?2, source = ?3, model = ?4, title = ?5, preview = ?6, parent = ?7,"
	" end_reason = ?8, started = ?9, ended = ?10, active = ?11, messages = ?12, tool_calls = ?13, input = ?14,"
	" output = ?15, cache_read = ?16, cache_write = ?17, reasoning = ?18, cost = ?19, cost_status = ?20,"
	" archived = ?21, hidden = ?22, turn = ?23, gone = 0"
	/* What is as it was is not written again. */
	" WHERE (row, source, model, title, preview, parent, end_reason, started, ended, active, messages, tool_calls,"
	" input, output, cache_read, cache_write, reasoning, cost, cost_status, archived, hidden, turn, gone)"
	" IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, 0)";

static const char cursor_sql[] =
	"INSERT OR REPLACE INTO intake(one, row, row_id, message, sweep, messages, schema_version, size_bytes, complete,"
	" inode, size, mtime_ns, wal_size, wal_mtime_ns) VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

static void bind_count(sqlite3_stmt *st, int i, int64_t v)
{
	if (v == COUNT_UNKNOWN)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_int64(st, i, v);
}

static int put_session(sqlite3_stmt *st, const struct session *x)
{
	const int64_t counts[] = { x->messages,		 x->tool_calls,	       x->input_tokens,	    x->output_tokens,
				   x->cache_read_tokens, x->cache_write_tokens, x->reasoning_tokens, x->cost_microusd };

	store_bind_text(st, 1, x->id);
	sqlite3_bind_int64(st, 2, x->rowid);
	store_bind_text(st, 3, x->source ? x->source : "unknown");
	store_bind_text(st, 4, x->model);
	store_bind_text(st, 5, x->title);
	store_bind_text(st, 6, x->preview);
	store_bind_text(st, 7, x->parent_id);
	store_bind_text(st, 8, x->end_reason);
	sqlite3_bind_int64(st, 9, x->started_at);
	sqlite3_bind_int64(st, 10, x->ended_at);
	sqlite3_bind_int64(st, 11, x->last_active_at);
	for (int i = 0; i < (int)ARRAY_SIZE(counts); i++)
		bind_count(st, 12 + i, counts[i]);
	store_bind_text(st, 20, x->cost_status);
	sqlite3_bind_int(st, 21, x->is_archived);
	sqlite3_bind_int(st, 22, x->is_hidden);
	sqlite3_bind_int(st, 23, (int)x->turn);
	return store_step(st);
}

static int put_sessions(sqlite3 *db, const struct work_batch *b)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL, *marker = NULL;
	int64_t now = b->probe.taken_at;
	int rc = sqlite3_prepare_v2(db, upsert_sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = store_timeline_marker(db, &marker);
	for (size_t i = 0; i < b->n_rows && rc == SQLITE_OK; i++) {
		rc = put_session(st, &b->rows[i]);
		if (rc == SQLITE_OK && sqlite3_changes(db) > 0 && b->rows[i].last_active_at > now - TIMELINE_DAYS * DAY_S)
			rc = store_timeline_mark(marker, b->rows[i].id, now);
	}
	/* Whose row is as it was may have a new message all the same. */
	for (size_t i = 0; i < b->n_spoken && rc == SQLITE_OK; i++)
		rc = store_timeline_mark(marker, b->spoken[i], now);
	return rc;
}

/* What was asked for by name and is not there, and what the sweep did not come upon in its slice. */
static int mark_gone(sqlite3 *db, const struct work_batch *b, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *by_id = NULL, *slice = NULL;
	int rc = sqlite3_prepare_v2(db, "UPDATE sessions SET gone = 1 WHERE id = ?1 AND gone = 0", -1, &by_id, NULL);

	for (size_t i = 0; i < b->n_missing && rc == SQLITE_OK; i++) {
		store_bind_text(by_id, 1, b->missing[i]);
		rc = store_step(by_id);
		if (rc == SQLITE_OK && sqlite3_changes(db) > 0)
			rc = store_timeline_gone(db, b->missing[i]);
	}
	if (rc != SQLITE_OK || b->swept_to <= b->swept_from)
		return rc;
	rc = sqlite3_prepare_v2(db, "SELECT id FROM sessions WHERE gone = 0 AND row > ?1 AND row <= ?2", -1, &slice, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(slice, 1, b->swept_from);
	sqlite3_bind_int64(slice, 2, b->swept_to);
	while ((rc = sqlite3_step(slice)) == SQLITE_ROW) {
		const char *id = arena_strdup(a, (const char *)sqlite3_column_text(slice, 0));
		bool is_there = false;

		for (size_t i = 0; i < b->n_rows && !is_there; i++)
			is_there = strcmp(b->rows[i].id, id) == 0;
		if (is_there)
			continue;
		store_bind_text(by_id, 1, id);
		rc = store_step(by_id);
		if (rc == SQLITE_OK)
			rc = store_timeline_gone(db, id);
		if (rc != SQLITE_OK)
			return rc;
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int put_cursor(sqlite3 *db, const struct work_cursor *c)
{
	const int64_t rest[] = { c->message,	     c->sweep,	    c->messages,       c->schema_version, c->size_bytes, c->is_complete,
				 c->print.inode, c->print.size, c->print.mtime_ns, c->print.wal_size, c->print.wal_mtime_ns };
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, cursor_sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 1, c->row);
	store_bind_text(st, 2, c->row_id);
	for (int i = 0; i < (int)ARRAY_SIZE(rest); i++)
		sqlite3_bind_int64(st, 3 + i, rest[i]);
	return store_step(st);
}

int store_work_take(struct store *s, const struct work_batch *b, struct arena *a, const char **error)
{
	int rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = put_sessions(s->db, b);
	if (rc == SQLITE_OK)
		rc = mark_gone(s->db, b, a);
	if (rc == SQLITE_OK)
		rc = put_cursor(s->db, &b->next);
	return store_end(s, rc, a, error);
}

static int read_cursor(struct store *s, struct work_cursor *c, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    "SELECT row, row_id, message, sweep, messages, schema_version, size_bytes, complete, inode,"
				    " size, mtime_ns, wal_size, wal_mtime_ns FROM intake",
				    -1, &st, NULL);

	memset(c, 0, sizeof(*c));
	c->messages = c->schema_version = c->size_bytes = COUNT_UNKNOWN;
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(st);
	if (rc != SQLITE_ROW)
		return rc == SQLITE_DONE ? SQLITE_OK : rc;
	c->row = sqlite3_column_int64(st, 0);
	c->row_id = arena_strdup(a, (const char *)sqlite3_column_text(st, 1));
	c->message = sqlite3_column_int64(st, 2);
	c->sweep = sqlite3_column_int64(st, 3);
	c->messages = sqlite3_column_int64(st, 4);
	c->schema_version = sqlite3_column_int64(st, 5);
	c->size_bytes = sqlite3_column_int64(st, 6);
	c->is_complete = sqlite3_column_int(st, 7) != 0;
	c->print = (struct work_print){ sqlite3_column_int64(st, 8), sqlite3_column_int64(st, 9), sqlite3_column_int64(st, 10),
					sqlite3_column_int64(st, 11), sqlite3_column_int64(st, 12) };
	return SQLITE_OK;
}

static int read_recheck(struct store *s, int64_t now, struct work_request *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	/* Open ones that nobody has touched for days are found by the sweep, should they end after all. */
	int rc = sqlite3_prepare_v2(s->db,
				    "SELECT id FROM sessions INDEXED BY sessions_active WHERE active > ?1 AND gone = 0"
				    " ORDER BY active DESC LIMIT ?2",
				    -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	out->recheck = arena_calloc(a, WORK_RECHECK, sizeof(*out->recheck));
	sqlite3_bind_int64(st, 1, now - RECENT_S);
	sqlite3_bind_int(st, 2, WORK_RECHECK);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && out->n_recheck < WORK_RECHECK)
		out->recheck[out->n_recheck++] = arena_strdup(a, (const char *)sqlite3_column_text(st, 0));
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

int store_work_request(struct store *s, int64_t now, struct work_request *out, struct arena *a, const char **error)
{
	int rc = read_cursor(s, &out->cursor, a);

	if (rc == SQLITE_OK)
		rc = read_recheck(s, now, out, a);
	if (rc != SQLITE_OK)
		*error = store_reason(a, s->db, rc);
	return rc == SQLITE_OK ? 0 : -1;
}

bool store_work_is_complete(struct store *s)
{
	return store_number(s->db, "SELECT complete FROM intake", 0) != 0;
}
