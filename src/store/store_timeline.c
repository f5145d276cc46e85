/* The writing side: what is to be read, what is over, and messages as they come out of state.db. */
#include "store/store_timeline.h"

#include <string.h>

#include "store/store_parts.h"

#define KEPT_S      (TIMELINE_DAYS * DAY_S)
#define FORGET_MAX  "50" /* sessions' timelines a run */
#define HELD_MAX    ((size_t)(TIMELINE_FIRST + TIMELINE_NEWEST))

static int run(sqlite3 *db, const char *sql, int64_t arg)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	if (sqlite3_bind_parameter_count(st) > 0)
		sqlite3_bind_int64(st, 1, arg);
	return store_step(st);
}

/* ---- what has changed ---- */

int store_timeline_marker(sqlite3 *db, sqlite3_stmt **marker)
{
	return sqlite3_prepare_v2(db,
				  "INSERT OR REPLACE INTO timeline_todo(session, active) SELECT n, active FROM sessions"
				  " WHERE id = ?1 AND active > ?2 AND gone = 0",
				  -1, marker, NULL);
}

int store_timeline_mark(sqlite3_stmt *marker, const char *id, int64_t now)
{
	store_bind_text(marker, 1, id);
	sqlite3_bind_int64(marker, 2, now - KEPT_S);
	return store_step(marker);
}

/* Should the session come back after all, it is read from the beginning. */
int store_timeline_gone(sqlite3 *db, const char *id)
{
	static const char *const steps[] = {
		"UPDATE messages SET text = NULL WHERE session = (SELECT n FROM sessions WHERE id = ?1) AND text IS NOT NULL",
		"UPDATE calls SET text = NULL WHERE session = (SELECT n FROM sessions WHERE id = ?1) AND text IS NOT NULL",
		"UPDATE timelines SET last = 0 WHERE session = (SELECT n FROM sessions WHERE id = ?1)",
		"DELETE FROM timeline_todo WHERE session = (SELECT n FROM sessions WHERE id = ?1)",
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && rc == SQLITE_OK; i++) {
		CLEANUP_STMT sqlite3_stmt *st = NULL;

		rc = sqlite3_prepare_v2(db, steps[i], -1, &st, NULL);
		if (rc != SQLITE_OK)
			return rc;
		store_bind_text(st, 1, id);
		rc = store_step(st);
	}
	return rc;
}

/* ---- what is over ---- */

/* Under another policy other texts may be there: all are read anew, and what may not be is not there meanwhile. */
static int begin_again(sqlite3 *db, int64_t policy, int64_t now)
{
	static const char *const steps[] = { "DELETE FROM messages", "DELETE FROM calls", "DELETE FROM model_usage",
					     "DELETE FROM timelines", "DELETE FROM timeline_todo" };
	int rc = SQLITE_OK;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && rc == SQLITE_OK; i++)
		rc = run(db, steps[i], 0);
	if (rc == SQLITE_OK)
		rc = run(db, "UPDATE timeline_state SET held = 0, policy = ?1", policy);
	if (rc == SQLITE_OK)
		rc = run(db, "INSERT INTO timeline_todo SELECT n, active FROM sessions INDEXED BY sessions_active"
			     " WHERE active > ?1 AND gone = 0", now - KEPT_S);
	return rc;
}

/* Removes the timelines of at most FORGET_MAX sessions that were last active before then. */
static int forget_before(sqlite3 *db, int64_t then)
{
#define OLDEST "(SELECT session FROM timelines WHERE active < ?1 ORDER BY active LIMIT " FORGET_MAX ")"
	static const char *const steps[] = { "DELETE FROM messages WHERE session IN " OLDEST,
					     "DELETE FROM calls WHERE session IN " OLDEST,
					     "DELETE FROM model_usage WHERE session IN " OLDEST,
					     "DELETE FROM timelines WHERE session IN " OLDEST };
#undef OLDEST
	int rc = SQLITE_OK;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && rc == SQLITE_OK; i++)
		rc = run(db, steps[i], then);
	return rc;
}

static int tidy(struct store *s, int64_t now, int64_t policy, struct arena *a, const char **error)
{
	sqlite3 *db = s->db;
	bool is_other = store_number(db, "SELECT policy FROM timeline_state", -1) != policy;
	bool is_over = store_number(db, "SELECT min(active) FROM timelines", INT64_MAX) <= now - KEPT_S ||
		       store_number(db, "SELECT min(active) FROM timeline_todo", INT64_MAX) <= now - KEPT_S;
	bool is_full = store_number(db, "SELECT held FROM timeline_state", 0) > STORE_MESSAGES_MAX;
	int rc = SQLITE_OK;

	if (!is_other && !is_over && !is_full)
		return 0;
	rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc == SQLITE_OK && is_other)
		rc = begin_again(db, policy, now);
	if (rc == SQLITE_OK && is_over)
		rc = run(db, "DELETE FROM timeline_todo WHERE active <= ?1", now - KEPT_S);
	if (rc == SQLITE_OK && (is_over || is_full))
		rc = forget_before(db, is_full ? INT64_MAX : now - KEPT_S + 1);
	/* What is older than all that fits is not read in to be thrown out again. */
	if (rc == SQLITE_OK && is_full)
		rc = run(db, "DELETE FROM timeline_todo WHERE active < (SELECT min(active) FROM timelines)", 0);
	return store_end(s, rc, a, error);
}

int store_timeline_request(struct store *s, int64_t now, int64_t policy, struct timeline_request *out, struct arena *a,
			   const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	struct timeline_want *wants = arena_calloc(a, TIMELINE_WANTS, sizeof(*wants));
	int rc;

	*out = (struct timeline_request){ .wants = wants };
	if (tidy(s, now, policy, a, error) < 0)
		return -1;
	rc = sqlite3_prepare_v2(s->db,
				"SELECT t.session, s.id, l.last, l.last_at FROM timeline_todo t CROSS JOIN sessions s ON s.n = t.session"
				" LEFT JOIN timelines l ON l.session = t.session ORDER BY t.active DESC LIMIT ?1",
				-1, &st, NULL);
	if (rc == SQLITE_OK)
		sqlite3_bind_int(st, 1, TIMELINE_WANTS);
	while (rc == SQLITE_OK && out->n_wants < TIMELINE_WANTS && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		wants[out->n_wants++] = (struct timeline_want){ .number = sqlite3_column_int64(st, 0),
								.id = arena_strdup(a, (const char *)sqlite3_column_text(st, 1)),
								.last = sqlite3_column_int64(st, 2),
								.last_at_ms = sqlite3_column_int64(st, 3) };
		rc = SQLITE_OK;
	}
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}

/* ---- taking in ---- */

struct writer {
	sqlite3 *db;
	struct message *scratch;
	sqlite3_stmt *held, *drop, *drop_calls, *mark, *message, *call, *usage, *timeline;
};

static void bind_count(sqlite3_stmt *st, int i, int64_t v)
{
	if (v == COUNT_UNKNOWN)
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_int64(st, i, v);
}

static int put_calls(struct writer *w, int64_t session, const struct message *m)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < m->n_calls && rc == SQLITE_OK; i++) {
		const struct tool_call *c = &m->calls[i];

		sqlite3_bind_int64(w->call, 1, session);
		sqlite3_bind_int64(w->call, 2, m->id);
		sqlite3_bind_int64(w->call, 3, (int64_t)i);
		store_bind_text(w->call, 4, c->id);
		store_bind_text(w->call, 5, c->name);
		bind_count(w->call, 6, c->bytes);
		store_bind_text(w->call, 7, c->text);
		rc = store_step(w->call);
	}
	return rc;
}

static int put_message(struct writer *w, int64_t session, const struct message *m)
{
	sqlite3_stmt *st = w->message;
	int rc;

	sqlite3_bind_int64(st, 1, session);
	sqlite3_bind_int64(st, 2, m->id);
	sqlite3_bind_int64(st, 3, m->at_ms);
	store_bind_text(st, 4, m->role);
	store_bind_text(st, 5, m->tool);
	store_bind_text(st, 6, m->call_id);
	bind_count(st, 7, m->bytes);
	bind_count(st, 8, m->tokens);
	store_bind_text(st, 9, m->finish);
	sqlite3_bind_int(st, 10, (int)m->mark);
	sqlite3_bind_int(st, 11, (int)m->failed);
	bind_count(st, 12, m->exit_code);
	store_bind_text(st, 13, m->text);
	rc = store_step(st);
	return rc == SQLITE_OK ? put_calls(w, session, m) : rc;
}

static int drop(struct writer *w, int64_t session, int64_t id)
{
	int rc = SQLITE_OK;

	for (int i = 0; i < 2 && rc == SQLITE_OK; i++) {
		sqlite3_stmt *st = i ? w->drop_calls : w->drop;

		sqlite3_bind_int64(st, 1, session);
		sqlite3_bind_int64(st, 2, id);
		rc = store_step(st);
	}
	return rc;
}

/* A message that is held and still there; only what was made of it since can be new. */
static const struct message *still_there(const struct timeline *t, int64_t id)
{
	size_t low = 0, high = t->n_rows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->rows[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->n_rows && t->rows[low].id == id && t->rows[low].is_held ? &t->rows[low] : NULL;
}

/* Ids and marks of what the ledger has of a session; never more than were once put there. */
static int read_held(struct writer *w, int64_t session, size_t *n)
{
	int rc = SQLITE_DONE;

	*n = 0;
	sqlite3_bind_int64(w->held, 1, session);
	while (*n < HELD_MAX && (rc = sqlite3_step(w->held)) == SQLITE_ROW)
		w->scratch[(*n)++] = (struct message){ .id = sqlite3_column_int64(w->held, 0),
						 .mark = (enum message_mark)sqlite3_column_int(w->held, 1) };
	sqlite3_reset(w->held);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* Removes what is held and not among the messages any more, or is read anew; sets marks right. */
static int put_held(struct writer *w, const struct timeline *t)
{
	const struct message *held = w->scratch;
	size_t n;
	int rc = read_held(w, t->number, &n);

	for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
		const struct message *m = still_there(t, held[i].id);

		if (!m) {
			rc = drop(w, t->number, held[i].id);
		} else if (m->mark != held[i].mark) {
			sqlite3_bind_int64(w->mark, 1, t->number);
			sqlite3_bind_int64(w->mark, 2, m->id);
			sqlite3_bind_int(w->mark, 3, (int)m->mark);
			rc = store_step(w->mark);
		}
	}
	return rc;
}

static int put_models(struct writer *w, const struct timeline *t)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < t->n_models && rc == SQLITE_OK; i++) {
		const struct model_usage *u = &t->models[i];

		sqlite3_bind_int64(w->usage, 1, t->number);
		store_bind_text(w->usage, 2, u->model);
		bind_count(w->usage, 3, u->requests);
		bind_count(w->usage, 4, u->input_tokens);
		bind_count(w->usage, 5, u->output_tokens);
		bind_count(w->usage, 6, u->cost_microusd);
		rc = store_step(w->usage);
	}
	return rc;
}

static int put_timeline(struct writer *w, const struct timeline *t)
{
	const struct message *last = t->n_rows ? &t->rows[t->n_rows - 1] : NULL;
	sqlite3_stmt *st = w->timeline;

	sqlite3_bind_int64(st, 1, t->number);
	sqlite3_bind_int64(st, 2, last ? last->id : 0);
	sqlite3_bind_int64(st, 3, last ? last->at_ms : 0);
	sqlite3_bind_int64(st, 4, (int64_t)t->n_rows);
	bind_count(st, 5, t->total);
	sqlite3_bind_int64(st, 6, t->gap_after);
	store_bind_text(st, 7, t->origin);
	return store_step(st);
}

/* What could not be read stays as it was, with the reason beside it. */
static int put_reason(struct writer *w, const struct timeline *t)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(w->db,
				    "INSERT INTO timelines SELECT n, active, 0, 0, 0, NULL, 0, NULL, ?2 FROM sessions WHERE n = ?1"
				    " ON CONFLICT(session) DO UPDATE SET note = ?2, active = excluded.active",
				    -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 1, t->number);
	store_bind_text(st, 2, t->reason);
	return store_step(st);
}

static int put_item(struct writer *w, const struct timeline *t)
{
	int rc;

	if (t->reason)
		return put_reason(w, t);
	rc = put_held(w, t);
	for (size_t i = 0; i < t->n_rows && rc == SQLITE_OK; i++)
		if (!t->rows[i].is_held)
			rc = put_message(w, t->number, &t->rows[i]);
	if (rc == SQLITE_OK)
		rc = run(w->db, "DELETE FROM model_usage WHERE session = ?1", t->number);
	if (rc == SQLITE_OK)
		rc = put_models(w, t);
	return rc == SQLITE_OK ? put_timeline(w, t) : rc;
}

static int prepare(struct writer *w)
{
	const struct {
		sqlite3_stmt **st;
		const char *sql;
	} all[] = {
		{ &w->held, "SELECT id, mark FROM messages WHERE session = ?1" },
		{ &w->drop, "DELETE FROM messages WHERE session = ?1 AND id = ?2" },
		{ &w->drop_calls, "DELETE FROM calls WHERE session = ?1 AND message = ?2" },
		{ &w->mark, "UPDATE messages SET mark = ?3 WHERE session = ?1 AND id = ?2" },
		{ &w->message, "INSERT INTO messages(session, id, at, role, tool, call, bytes, tokens, finish, mark, failed, exit_code,"
			       " text) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)" },
		{ &w->call, "INSERT INTO calls(session, message, i, call, name, bytes, text) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)" },
		{ &w->usage, "INSERT OR REPLACE INTO model_usage(session, model, requests, input, output, cost)"
			     " VALUES(?1, ?2, ?3, ?4, ?5, ?6)" },
		{ &w->timeline, "INSERT INTO timelines(session, active, last, last_at, held, total, gap, origin, note)"
				" SELECT n, active, ?2, ?3, ?4, ?5, ?6, ?7, NULL FROM sessions WHERE n = ?1 ON CONFLICT(session) DO UPDATE"
				" SET active = excluded.active, last = ?2, last_at = ?3, held = ?4, total = ?5, gap = ?6, origin = ?7,"
				" note = NULL" },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < ARRAY_SIZE(all) && rc == SQLITE_OK; i++)
		rc = sqlite3_prepare_v2(w->db, all[i].sql, -1, all[i].st, NULL);
	return rc;
}

static void finish(struct writer *w)
{
	sqlite3_stmt *all[] = { w->held, w->drop, w->drop_calls, w->mark, w->message, w->call, w->usage, w->timeline };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		sqlite3_finalize(all[i]);
}

int store_timeline_take(struct store *s, const struct timeline_batch *b, struct arena *a, const char **error)
{
	struct writer w = { .db = s->db, .scratch = arena_calloc(a, HELD_MAX, sizeof(*w.scratch)) };
	int rc;

	if (b->n_items == 0)
		return 0;
	rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = prepare(&w);
	for (size_t i = 0; i < b->n_items && rc == SQLITE_OK; i++) {
		rc = put_item(&w, &b->items[i]);
		if (rc == SQLITE_OK && !b->items[i].is_partial)
			rc = run(s->db, "DELETE FROM timeline_todo WHERE session = ?1", b->items[i].number);
	}
	finish(&w);
	return store_end(s, rc, a, error);
}
