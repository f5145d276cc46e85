/* The reading side: the report's figures, one session with its family. */
#include <string.h>

#include "base/buf.h"
#include "store/store_parts.h"
#include "store/store_sessions.h"

#define ACTIVE_S      300 /* hermes_cli/web_server.py: not closed, and last activity less than this ago */
#define FAMILY_MAX    100
#define SOURCES_MAX   100

static int64_t count_at(sqlite3_stmt *st, int i)
{
	int64_t v = sqlite3_column_int64(st, i);

	return sqlite3_column_type(st, i) == SQLITE_INTEGER && v >= 0 ? v : COUNT_UNKNOWN;
}

static int64_t time_at(sqlite3_stmt *st, int i)
{
	int64_t v = sqlite3_column_int64(st, i);

	return v > 0 ? v : 0;
}

static enum turn turn_at(sqlite3_stmt *st, int i)
{
	int turn = sqlite3_column_int(st, i);

	return turn > TURN_UNKNOWN && turn <= TURN_EMPTY ? (enum turn)turn : TURN_UNKNOWN;
}

static enum tristate is_active(const struct session *x, int64_t now)
{
	if (x->ended_at)
		return TRI_NO;
	if (x->last_active_at > now + ACTIVE_S)
		return TRI_UNKNOWN;
	return now - x->last_active_at < ACTIVE_S ? TRI_YES : TRI_NO;
}

void store_take_session(sqlite3_stmt *st, int64_t now, struct session *x, struct arena *a)
{
	*x = (struct session){ .rowid = sqlite3_column_int64(st, 0),
			       .id = store_text(st, 1, a),
			       .source = store_text(st, 2, a),
			       .model = store_text(st, 3, a),
			       .title = store_text(st, 4, a),
			       .preview = store_text(st, 5, a),
			       .parent_id = store_text(st, 6, a),
			       .end_reason = store_text(st, 7, a),
			       .started_at = time_at(st, 8),
			       .ended_at = time_at(st, 9),
			       .last_active_at = time_at(st, 10),
			       .messages = count_at(st, 11),
			       .tool_calls = count_at(st, 12),
			       .input_tokens = count_at(st, 13),
			       .output_tokens = count_at(st, 14),
			       .cache_read_tokens = count_at(st, 15),
			       .cache_write_tokens = count_at(st, 16),
			       .reasoning_tokens = count_at(st, 17),
			       .cost_microusd = count_at(st, 18),
			       .cost_status = store_text(st, 19, a),
			       .is_archived = sqlite3_column_int(st, 20) != 0,
			       .is_hidden = sqlite3_column_int(st, 21) != 0,
			       .is_gone = sqlite3_column_int(st, 22) != 0,
			       .turn = turn_at(st, 23) };
	x->is_active = is_active(x, now);
}

int store_take_sessions(sqlite3_stmt *st, int64_t now, struct session *rows, size_t max, size_t *n, struct arena *a)
{
	int rc = SQLITE_DONE;

	while (*n < max && (rc = sqlite3_step(st)) == SQLITE_ROW)
		store_take_session(st, now, &rows[(*n)++], a);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* ---- the report's reading ---- */

static int read_latest(struct store *s, int64_t now, struct sessions *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    STORE_SESSIONS "FROM sessions WHERE gone = 0 AND archived = 0 AND hidden = 0 AND source <> 'tool'"
					    " ORDER BY started DESC, n DESC LIMIT ?1",
				    -1, &st, NULL);

	out->latest = arena_calloc(a, SESSIONS_LATEST_MAX, sizeof(*out->latest));
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int(st, 1, SESSIONS_LATEST_MAX);
	return store_take_sessions(st, now, out->latest, SESSIONS_LATEST_MAX, &out->n_latest, a);
}

static int read_counts(struct store *s, struct sessions *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    "SELECT source, sessions, open FROM session_counts WHERE sessions > 0 ORDER BY sessions DESC, source",
				    -1, &st, NULL);

	out->by_source = arena_calloc(a, SOURCES_MAX, sizeof(*out->by_source));
	out->total = out->open = 0;
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		out->total += sqlite3_column_int64(st, 1);
		out->open += sqlite3_column_int64(st, 2);
		if (out->n_by_source < SOURCES_MAX)
			out->by_source[out->n_by_source++] =
				(struct source_count){ store_text(st, 0, a), sqlite3_column_int64(st, 1) };
		rc = SQLITE_OK;
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int64_t number(struct store *s, const char *sql, int64_t arg)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) != SQLITE_OK)
		return COUNT_UNKNOWN;
	sqlite3_bind_int64(st, 1, arg);
	return sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : COUNT_UNKNOWN;
}

int store_sessions(struct store *s, int64_t now, struct sessions *out, struct arena *a, const char **error)
{
	int rc = read_counts(s, out, a);

	if (rc == SQLITE_OK)
		rc = read_latest(s, now, out, a);
	if (rc != SQLITE_OK) {
		*error = store_reason(a, s->db, rc);
		return -1;
	}
	out->active = number(s, "SELECT count(*) FROM sessions INDEXED BY sessions_active WHERE active > ?1 AND ended = 0"
				" AND gone = 0 AND archived = 0", now - ACTIVE_S);
	out->last_active_at = number(s, "SELECT max(active) FROM sessions INDEXED BY sessions_active WHERE active < ?1",
				     now + ACTIVE_S);
	out->messages = store_number(s->db, "SELECT messages FROM intake", COUNT_UNKNOWN);
	out->schema_version = store_number(s->db, "SELECT schema_version FROM intake", COUNT_UNKNOWN);
	out->size_bytes = store_number(s->db, "SELECT size_bytes FROM intake", COUNT_UNKNOWN);
	if (out->last_active_at < 0)
		out->last_active_at = 0;
	return 0;
}

int store_sources(struct store *s, const char ***out, size_t *n, struct arena *a, const char **error)
{
	struct sessions counts = { 0 };
	int rc = read_counts(s, &counts, a);

	if (rc != SQLITE_OK) {
		*error = store_reason(a, s->db, rc);
		return -1;
	}
	*out = arena_calloc(a, counts.n_by_source + 1, sizeof(**out));
	*n = counts.n_by_source;
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = counts.by_source[i].source;
	return 0;
}

/* ---- one session ---- */

static int read_by(struct store *s, const char *sql, const char *key, struct session *rows, size_t max, size_t *n,
		   struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
	return store_take_sessions(st, 0, rows, max, n, a);
}

/* Up the line of parents; a circle ends where it comes upon itself, by the limit. */
static int read_parents(struct store *s, struct session_family *f, struct arena *a)
{
	const char *id = f->self.parent_id;
	int rc = SQLITE_OK;

	f->parents = arena_calloc(a, FAMILY_MAX, sizeof(*f->parents));
	while (id && f->n_parents < FAMILY_MAX && rc == SQLITE_OK) {
		size_t before = f->n_parents;

		rc = read_by(s, STORE_SESSIONS "FROM sessions WHERE id = ?1", id, f->parents, f->n_parents + 1, &f->n_parents, a);
		id = f->n_parents > before ? f->parents[before].parent_id : NULL;
		for (size_t i = 0; id && i < f->n_parents; i++)
			if (strcmp(f->parents[i].id, id) == 0)
				id = NULL;
	}
	return rc;
}

bool store_session(struct store *s, const char *id, struct session_family *out, struct arena *a, const char **error)
{
	size_t n = 0;
	int rc;

	*error = NULL;
	memset(out, 0, sizeof(*out));
	rc = read_by(s, STORE_SESSIONS "FROM sessions WHERE id = ?1", id, &out->self, 1, &n, a);
	if (rc == SQLITE_OK && n == 1)
		rc = read_parents(s, out, a);
	out->children = arena_calloc(a, FAMILY_MAX, sizeof(*out->children));
	if (rc == SQLITE_OK && n == 1)
		rc = read_by(s, STORE_SESSIONS "FROM sessions WHERE parent = ?1 ORDER BY started, n LIMIT 100", id, out->children, FAMILY_MAX,
			     &out->n_children, a);
	if (rc != SQLITE_OK)
		*error = store_reason(a, s->db, rc);
	return rc == SQLITE_OK && n == 1;
}
