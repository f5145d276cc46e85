/* The reading side: pages of sessions, by filter and by words of their titles. */
#include <string.h>

#include "base/buf.h"
#include "store/store_history_sql.h"
#include "store/store_parts.h"
#include "store/store_sessions.h"

#define PAGE_MAX       200
#define TITLE_COLUMN   4    /* of STORE_SESSIONS */
#define MATCH_MAX      2048
#define WALK_MAX       1000 /* rows that are looked at before a question is left to the search as a whole */
#define INDEXED_BYTES  2    /* beginnings that have lists of their own (STORE_SEARCH) */

/* ---- the search's own language ---- */

static void add_tags(struct buf *b, const struct session_query *q)
{
	if (q->source) {
		buf_adds(b, " AND tags : s");
		for (const unsigned char *c = (const unsigned char *)q->source; *c; c++)
			buf_printf(b, "%02X", *c);
	}
	if (q->class && !q->active_from)
		buf_printf(b, " AND tags : c%d", (int)q->class);
}

/*
 * The question in FTS5's language. Words stand in quotes and hold none, so
 * whatever a person types is only ever text; what is longer than a word can be
 * is cut, which finds more and never less.
 */
static const char *match_of(const struct session_query *q, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(MATCH_MAX);
	const char *s = q->words;
	size_t len, cut, n = 0;

	buf_adds(&b, "title : (");
	for (; n < STORE_WORDS_MAX && (len = store_next_word(&s, &cut)) > 0; s += len, n++)
		buf_printf(&b, "%s\"%.*s\"*", n ? " AND " : "", (int)cut, s);
	buf_adds(&b, ")");
	add_tags(&b, q);
	return arena_strdup(a, buf_str(&b));
}

/*
 * A question that finds more, of what the index can walk along without putting
 * anything together but what is rare (a bit a word).
 */
static const char *wide_match_of(const struct session_query *q, const struct store_words *w, unsigned rare, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(MATCH_MAX);

	buf_adds(&b, "title : (");
	for (size_t i = 0; i < w->n; i++)
		buf_printf(&b, "%s\"%.*s\"*", i ? " AND " : "", (int)(w->list[i].n < INDEXED_BYTES || (rare >> i & 1) ? w->list[i].n : INDEXED_BYTES),
			   w->list[i].text);
	buf_adds(&b, ")");
	add_tags(&b, q);
	return arena_strdup(a, buf_str(&b));
}

/* ---- statements: ?1 and ?2 the span, ?3 source, ?4 and ?5 the cursor, ?6 limit, ?7 class, ?8 times, ?9 words ---- */

static const char *index_of(const struct session_query *q)
{
	if (q->active_from)
		return "sessions_active";
	if (q->class)
		return q->source ? "sessions_class_source" : "sessions_class";
	return q->source ? "sessions_source" : "sessions_started";
}

/* Those that are active are few: gathered by that, then put in order. */
static const char *list_sql(const struct session_query *q, const char *columns, struct arena *a)
{
	return arena_printf(a, "%s FROM sessions INDEXED BY %s WHERE started >= ?1 AND started < ?2%s%s%s%s%s"
					      " ORDER BY started DESC, sessions.n DESC LIMIT ?6",
			    columns, index_of(q), q->source ? " AND source = ?3" : "", q->class ? " AND class = ?7" : q->active_from ? " AND class <> 4" : "",
			    q->before_n ? " AND (started, sessions.n) < (?4, ?5)" : "",
			    q->active_from ? " AND active >= ?8 AND ended = 0 AND gone = 0" : "",
			    q->idle_since ? " AND active < ?10" : "");
}

/* The newest first is the index's own order, so no more is read than shown. */
static const char *search_sql(const struct session_query *q, struct arena *a)
{
	if (q->active_from)
		return arena_printf(a, STORE_SESSIONS
				    "FROM sessions INDEXED BY sessions_active CROSS JOIN session_titles t"
				    " ON t.rowid = ((started << 30) | (sessions.n & 1073741823))"
				    " WHERE t.session_titles MATCH ?9 AND active >= ?8 AND ended = 0 AND gone = 0%s"
				    " AND started >= ?1 AND started < ?2%s%s"
				    " ORDER BY started DESC, sessions.n DESC LIMIT ?6",
				    q->class ? " AND class = ?7" : " AND class <> 4",
				    q->before_n ? " AND (started, sessions.n) < (?4, ?5)" : "",
				    q->idle_since ? " AND active < ?10" : "");
	return arena_printf(a, STORE_SESSIONS "FROM session_titles t CROSS JOIN sessions ON sessions.n = (t.rowid & 1073741823)"
					      " WHERE t.session_titles MATCH ?9 AND t.rowid >= ?1 AND t.rowid < ?2%s"
					      " ORDER BY t.rowid DESC LIMIT ?6",
			    q->idle_since ? " AND active < ?10" : "");
}

static int64_t key_of(int64_t started, int64_t n)
{
	int64_t s = started < 0 ? 0 : started > STORE_KEY_MAX_S ? STORE_KEY_MAX_S : started;

	return (s << STORE_KEY_BITS) | (n & STORE_KEY_MASK);
}

static void bind(sqlite3_stmt *st, const struct session_query *q, const char *match, int64_t limit)
{
	int64_t from = q->from_s, to = q->to_s ? q->to_s : INT64_MAX;

	if (match && !q->active_from) {
		from = key_of(from, 0);
		to = q->to_s ? key_of(q->to_s, 0) : INT64_MAX;
		if (q->before_n && key_of(q->before_started, q->before_n) < to)
			to = key_of(q->before_started, q->before_n);
	}
	sqlite3_bind_int64(st, 1, from);
	sqlite3_bind_int64(st, 2, to);
	store_bind_text(st, 3, q->source);
	sqlite3_bind_int64(st, 4, q->before_started);
	sqlite3_bind_int64(st, 5, q->before_n);
	sqlite3_bind_int64(st, 6, limit);
	sqlite3_bind_int(st, 7, (int)q->class);
	sqlite3_bind_int64(st, 8, q->active_from);
	store_bind_text(st, 9, match);
	sqlite3_bind_int64(st, 10, q->idle_since);
}

static int read_page(struct store *s, const struct session_query *q, size_t limit, struct session_page *out, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	const char *match = q->words ? match_of(q, a) : NULL;
	int rc = sqlite3_prepare_v2(s->db, match ? search_sql(q, a) : list_sql(q, STORE_SESSIONS, a), -1, &st, NULL);

	out->n = 0;
	if (rc != SQLITE_OK)
		return rc;
	bind(st, q, match, (int64_t)limit + 1);
	return store_take_sessions(st, q->now, out->rows, limit + 1, &out->n, a);
}

/* Which of the words (a bit each) the title of the row has that the statement stands on. */
static unsigned row_has(sqlite3_stmt *st, const struct store_words *w)
{
	const char *title = (const char *)sqlite3_column_text(st, TITLE_COLUMN);

	return title ? store_words_begin(w, title, (size_t)sqlite3_column_bytes(st, TITLE_COLUMN)) : 0;
}

/* Those that few of the rows had which were looked at. */
static unsigned rare_of(const struct store_words *w, const size_t hits[STORE_WORDS_MAX])
{
	unsigned rare = 0;

	for (size_t i = 0; i < w->n; i++)
		if (hits[i] < WALK_MAX / 10)
			rare |= 1U << i;
	return rare;
}

/*
 * For a beginning of three letters and more FTS5 puts together the lists of
 * all words that begin so before it gives the first row: with a word that a
 * million titles have, that is a million rows for a page of fifty. Here the
 * list of its first two letters is walked along, the newest first, and each
 * title looked at; of those that are active, which are few, all. *done: the
 * page is whole. It is not where the word is rare among those that begin like
 * it: then its own list is short, and *rare names it; with that list the walk
 * goes to the end.
 */
static int walk_page(struct store *s, const struct session_query *q, const struct store_words *w, size_t limit,
		     struct session_page *out, struct arena *a, unsigned *rare, bool *done)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	const char *match = q->active_from ? NULL : wide_match_of(q, w, *rare, a);
	size_t hits[STORE_WORDS_MAX] = { 0 }, most = q->active_from || *rare ? SIZE_MAX : WALK_MAX;
	int rc = sqlite3_prepare_v2(s->db, match ? search_sql(q, a) : list_sql(q, STORE_SESSIONS, a), -1, &st, NULL);

	if (rc == SQLITE_OK)
		bind(st, q, match, -1);
	out->n = 0;
	for (size_t seen = 0; rc == SQLITE_OK && out->n <= limit && seen < most; seen++) {
		unsigned has;

		rc = sqlite3_step(st);
		if (rc != SQLITE_ROW)
			break;
		has = row_has(st, w);
		for (size_t i = 0; i < w->n; i++)
			hits[i] += has >> i & 1;
		if (has == (1U << w->n) - 1)
			store_take_session(st, q->now, &out->rows[out->n++], a);
		rc = SQLITE_OK;
	}
	*done = rc == SQLITE_DONE || out->n > limit;
	*rare = rare_of(w, hits);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int store_session_page(struct store *s, const struct session_query *q, struct session_page *out, struct arena *a,
		       const char **error)
{
	CLEANUP(store_words_done) struct store_words words = { .n = 0 };
	size_t limit = q->limit && q->limit < PAGE_MAX ? q->limit : PAGE_MAX;
	unsigned rare = 0;
	bool done = false;
	int rc = SQLITE_OK;

	*out = (struct session_page){ .rows = arena_calloc(a, limit + 1, sizeof(*out->rows)) };
	if (q->words && store_words_of(s, q->words, a, &words))
		rc = walk_page(s, q, &words, limit, out, a, &rare, &done);
	if (rc == SQLITE_OK && !done && rare)
		rc = walk_page(s, q, &words, limit, out, a, &rare, &done);
	if (rc == SQLITE_OK && !done)
		rc = read_page(s, q, limit, out, a);
	if (rc != SQLITE_OK) {
		*error = store_reason(a, s->db, rc);
		return -1;
	}
	out->has_more = out->n > limit;
	out->n -= out->has_more;
	return 0;
}

int store_session_tally(struct store *s, const struct session_query *q, size_t most, size_t *n, struct arena *a,
			const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(s->db, list_sql(q, "SELECT 1", a), -1, &st, NULL);

	*n = 0;
	if (rc == SQLITE_OK)
		bind(st, q, NULL, (int64_t)most);
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		++*n;
		rc = SQLITE_OK;
	}
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}
