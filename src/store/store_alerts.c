#include "store/store_alerts.h"

#include <string.h>

#include "base/str.h"
#include "store/store_book.h"
#include "store/store_parts.h"

#define TITLE_CHARS   BOOK_TITLE_CHARS
#define READING_CHARS BOOK_READING_BYTES
#define VERSION_CHARS 40

/* ---- writing ---- */

static int put_watch(sqlite3 *db, const struct store_verdict *v, int64_t at)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	bool is_judged = v->state == PROBE_OK;
	const int flags[] = { is_judged && v->worst == 0, is_judged && v->worst == 1, is_judged && v->worst == 2,
			      v->state == PROBE_INACTIVE, v->is_running == TRI_YES, v->is_running == TRI_NO };
	int rc = sqlite3_prepare_v2(db,
				    "INSERT INTO watch VALUES(?1, 1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(quarter) DO UPDATE SET"
				    " runs = runs + 1, fine = fine + ?2, warns = warns + ?3, critical = critical + ?4,"
				    " off = off + ?5, up = up + ?6, down = down + ?7",
				    -1, &st, NULL);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(st, 1, at / STORE_QUARTER_S);
	for (int i = 0; i < (int)ARRAY_SIZE(flags); i++)
		sqlite3_bind_int(st, 2 + i, flags[i]);
	return store_step(st);
}

int store_put_verdict(sqlite3 *db, const struct store_verdict *v, int64_t at, int64_t prior_at, struct arena *a)
{
	struct book book = { 0 };
	int rc = put_watch(db, v, at);

	if (rc == SQLITE_OK)
		rc = store_load_book(db, &book, at, a);
	if (rc != SQLITE_OK)
		return rc;
	book_take(&book, v, at, prior_at, a);
	return store_save_book(db, &book);
}

int store_put_version(sqlite3 *db, const struct hermes_version *v, int64_t at)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.+~-_";
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	size_t n = v->version ? strlen(v->version) : 0;
	int rc;

	if (v->probe.state != PROBE_OK || n == 0 || n > VERSION_CHARS || strspn(v->version, ok) != n)
		return SQLITE_OK;
	rc = sqlite3_prepare_v2(db,
				"INSERT INTO versions(version, since) SELECT ?1, ?2"
				" WHERE ?1 IS NOT (SELECT version FROM versions ORDER BY n DESC LIMIT 1)",
				-1, &st, NULL);
	if (rc != SQLITE_OK)
		return rc;
	store_bind_text(st, 1, v->version);
	sqlite3_bind_int64(st, 2, at);
	return store_step(st);
}

/* ---- reading ---- */

/* Another user's text: as short as this side would have written it, and never nothing. */
static const char *shown_text(sqlite3_stmt *st, int i, size_t chars, struct arena *a)
{
	const char *text = (const char *)sqlite3_column_text(st, i);

	return text ? str_clean(a, text, strlen(text), chars) : "";
}

/* The same, where there may be none. */
static const char *own_text(sqlite3_stmt *st, int i, size_t chars, struct arena *a)
{
	return sqlite3_column_type(st, i) == SQLITE_TEXT ? shown_text(st, i, chars, a) : NULL;
}

/* One of the words that this side writes; NULL for any other. */
static const char *ended_of(sqlite3_stmt *st, int i)
{
	static const char *const words[] = { "recovered", "explained", "off", "gone" };
	const char *text = (const char *)sqlite3_column_text(st, i);

	for (size_t k = 0; text && k < ARRAY_SIZE(words); k++)
		if (strcmp(text, words[k]) == 0)
			return words[k];
	return NULL;
}

static int64_t count_of(sqlite3_stmt *st, int i)
{
	return sqlite3_column_int64(st, i) > 0 ? sqlite3_column_int64(st, i) : 0;
}

static enum alert_severity severity_of(sqlite3_stmt *st, int i, enum alert_severity least)
{
	int n = sqlite3_column_int(st, i);

	return n >= (int)least && n <= ALERT_CRITICAL ? (enum alert_severity)n : ALERT_UNKNOWN;
}

#define ALERT_COLUMNS                                                                                                     \
	"n, alerts.reading, alerts.severity, alerts.title, opened, closed, cause, why, alerts.last, reopened, again, worse," \
	" unsteady, flaps, missed, ended, answer, answered, answered_by, book.severity, book.unknown_since"

static void take(struct store_alert *x, sqlite3_stmt *st, struct arena *a)
{
	*x = (struct store_alert){
		.n = sqlite3_column_int64(st, 0),
		.reading = shown_text(st, 1, READING_CHARS, a),
		.severity = severity_of(st, 2, ALERT_UNKNOWN),
		.title = shown_text(st, 3, TITLE_CHARS, a),
		.opened_at = sqlite3_column_int64(st, 4),
		.closed_at = sqlite3_column_int64(st, 5),
		.cause = own_text(st, 6, READING_CHARS, a),
		.why = own_text(st, 7, BOOK_WHY_CHARS, a),
		.last_at = count_of(st, 8),
		.reopened = count_of(st, 9),
		.again_at = count_of(st, 10),
		.worse_at = count_of(st, 11),
		.unsteady_at = count_of(st, 12),
		.flaps = count_of(st, 13),
		.missed = count_of(st, 14),
		.ended = ended_of(st, 15),
		.answer = count_of(st, 16) <= ANSWER_SILENCE ? count_of(st, 16) : 0,
		.answered_at = count_of(st, 17),
		.answered_by = own_text(st, 18, BOOK_NAME_CHARS, a),
		.severity_now = severity_of(st, 19, ALERT_NONE),
		.unknown_since = count_of(st, 20),
	};
	if (!x->closed_at)
		return;
	x->severity_now = ALERT_NONE; /* the book goes on; this one is over */
	x->unknown_since = 0;
}

int store_alerts(struct store *s, const struct alert_query *q, struct alert_page *out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	size_t limit = q->limit && q->limit < STORE_ROWS_MAX ? q->limit : STORE_ROWS_MAX;
	int rc = sqlite3_prepare_v2(s->db,
				    arena_printf(a, "SELECT " ALERT_COLUMNS " FROM alerts LEFT JOIN book USING (reading)"
						    " WHERE (opened >= ?1 OR closed >= ?1) AND opened < ?2%s%s"
						    " ORDER BY opened DESC, n DESC LIMIT ?5",
						 q->only_closed ? " AND closed > 0" : q->only_open ? " AND closed = 0" : "",
						 q->before_n ? " AND (opened, n) < (?3, ?4)" : ""),
				    -1, &st, NULL);

	*out = (struct alert_page){ .rows = arena_calloc(a, limit + 1, sizeof(*out->rows)) };
	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, q->from_s);
		sqlite3_bind_int64(st, 2, q->to_s ? q->to_s : INT64_MAX);
		sqlite3_bind_int64(st, 3, q->before_opened);
		sqlite3_bind_int64(st, 4, q->before_n);
		sqlite3_bind_int64(st, 5, (int64_t)limit + 1);
	}
	while (rc == SQLITE_OK && out->n <= limit && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		take(&out->rows[out->n++], st, a);
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

int store_pending(struct store *s, struct store_pending *out, size_t max, size_t *n, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    "SELECT reading, CASE WHEN bad > 0 THEN bad ELSE unknown END, needs,"
				    " CASE WHEN bad > 0 THEN since ELSE unknown_since END FROM book WHERE (bad > 0 OR unknown > 0)"
				    " AND NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.reading = book.reading AND closed = 0) LIMIT 10000",
				    -1, &st, NULL);

	*n = 0;
	while (rc == SQLITE_OK && *n < max && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		out[(*n)++] = (struct store_pending){ shown_text(st, 0, READING_CHARS, a), count_of(st, 1), count_of(st, 2), count_of(st, 3) };
		rc = SQLITE_OK;
	}
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}

int store_watch(struct store *s, int64_t from_s, int64_t to_s, struct watch *out, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db,
				    "SELECT quarter, runs, fine, warns, critical, off, up, down FROM watch"
				    " WHERE quarter >= ?1 AND quarter < ?2 ORDER BY quarter LIMIT ?3",
				    -1, &st, NULL);
	int64_t span = to_s > from_s ? (to_s - from_s) / STORE_QUARTER_S + 2 : 1; /* a row is a quarter: no more room than that */
	size_t max = span < STORE_ROWS_MAX ? (size_t)span : STORE_ROWS_MAX;
	int64_t v[8];

	*out = (struct watch){ .since = store_number(s->db, "SELECT quarter FROM watch ORDER BY quarter LIMIT 1", 0) * STORE_QUARTER_S };
	if (rc == SQLITE_OK) {
		out->rows = arena_calloc(a, max, sizeof(*out->rows));
		sqlite3_bind_int64(st, 1, from_s / STORE_QUARTER_S);
		sqlite3_bind_int64(st, 2, (to_s + STORE_QUARTER_S - 1) / STORE_QUARTER_S);
		sqlite3_bind_int64(st, 3, (int64_t)max);
	}
	while (rc == SQLITE_OK && out->n < max && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		for (int i = 0; i < (int)ARRAY_SIZE(v); i++)
			v[i] = sqlite3_column_int64(st, i) > 0 ? sqlite3_column_int64(st, i) : 0;
		out->rows[out->n++] = (struct watch_slot){ v[0] * STORE_QUARTER_S, v[1], v[2], v[3], v[4], v[5], v[6], v[7] };
		rc = SQLITE_OK;
	}
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}

int store_versions(struct store *s, struct store_version *out, size_t max, size_t *n, struct arena *a, const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, "SELECT version, since FROM versions ORDER BY n DESC LIMIT ?1", -1, &st, NULL);

	*n = 0;
	if (rc == SQLITE_OK)
		sqlite3_bind_int64(st, 1, (int64_t)max);
	while (rc == SQLITE_OK && *n < max && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		out[(*n)++] = (struct store_version){ shown_text(st, 0, VERSION_CHARS, a),
						      sqlite3_column_int64(st, 1) };
		rc = SQLITE_OK;
	}
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}
