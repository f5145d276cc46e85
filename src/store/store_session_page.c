/* The reading side: pages of sessions, by filter and by words of their titles. */
#include <string.h>

#include "base/buf.h"
#include "store/store_history_sql.h"
#include "store/store_parts.h"
#include "store/store_sessions.h"

#define PAGE_MAX       200
#define WORDS_MAX      8
#define WORD_BYTES_MAX 64
#define MATCH_MAX      2048

/* ---- the search's own language ---- */

/* Bytes that can be part of a word: ASCII letters and digits, and every other script's as FTS5 sorts them out. */
static bool is_wordy(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* The next word at or after *s, whose length is given; 0 at the end. */
static size_t next_word(const char **s)
{
	size_t n = 0;

	while (**s && !is_wordy((unsigned char)**s))
		++*s;
	while (is_wordy((unsigned char)(*s)[n]))
		n++;
	return n;
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
	size_t len, n = 0;

	buf_adds(&b, "title : (");
	for (; n < WORDS_MAX && (len = next_word(&s)) > 0; s += len, n++) {
		size_t cut = len < WORD_BYTES_MAX ? len : WORD_BYTES_MAX;

		while (cut < len && ((unsigned char)s[cut] & 0xC0) == 0x80)
			cut--; /* never within a character */
		buf_printf(&b, "%s\"%.*s\"*", n ? " AND " : "", (int)cut, s);
	}
	buf_adds(&b, ")");
	if (q->source) {
		buf_adds(&b, " AND tags : s");
		for (const unsigned char *c = (const unsigned char *)q->source; *c; c++)
			buf_printf(&b, "%02X", *c);
	}
	if (q->class && !q->active_from)
		buf_printf(&b, " AND tags : c%d", (int)q->class);
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

int store_session_page(struct store *s, const struct session_query *q, struct session_page *out, struct arena *a,
		       const char **error)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	size_t limit = q->limit && q->limit < PAGE_MAX ? q->limit : PAGE_MAX;
	const char *match = q->words ? match_of(q, a) : NULL;
	int rc = sqlite3_prepare_v2(s->db, match ? search_sql(q, a) : list_sql(q, STORE_SESSIONS, a), -1, &st, NULL);

	*out = (struct session_page){ .rows = arena_calloc(a, limit + 1, sizeof(*out->rows)) };
	if (rc == SQLITE_OK) {
		bind(st, q, match, (int64_t)limit + 1);
		rc = store_take_sessions(st, q->now, out->rows, limit + 1, &out->n, a);
	}
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
