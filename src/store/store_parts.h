/*
 * store/store_parts.h -- what the files of this module share.
 */
#ifndef MC_STORE_STORE_PARTS_H
#define MC_STORE_STORE_PARTS_H

#include <sqlite3.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "model/sessions.h"
#include "store/store_alerts.h"

#define STORE_APPLICATION_ID 0x484D434C /* "HMCL" */
#define STORE_SCHEMA_VERSION 7
#define STORE_WORD_MAX       40
#define STORE_WORDS_MAX      8  /* of a question that are looked at */
#define STORE_POINTS_MAX     128 /* the machine: PRODUCTS_MAX and its own few; an instance: a third of it */

/* Readings that questions are asked of by name. */
#define STORE_PROCESS "gatewayProcess"
#define STORE_STORAGE "storage"
#define GROWTH_DAYS   7

#define HOUR_S 3600
#define DAY_S  86400

struct store {
	sqlite3 *db;
	int64_t deadline_us;    /* of the reading side; 0 = none */
	bool is_kept;           /* store_close() only lays it down */
	bool is_lent;           /* taken up, and not laid down yet */
	dev_t dev;              /* of the file that was opened for reading */
	ino_t ino;
	int64_t schema;         /* SQLite's cookie of it then */
};

static inline void store_finalize(sqlite3_stmt **stmt)
{
	sqlite3_finalize(*stmt);
}

#define CLEANUP_STMT CLEANUP(store_finalize)

/* Brings the schema from whatever version it has to `version`, inside the caller's transaction. SQLite's code. */
int store_migrate(sqlite3 *db, int version);

/* One number of one row; `otherwise` where there is none or it cannot be had. */
int64_t store_number(sqlite3 *db, const char *sql, int64_t otherwise);

/* Gives an SQLite code as a line: what happened, why, what to do. */
const char *store_reason(struct arena *a, sqlite3 *db, int rc);

/* NULL binds NULL; the text must outlive the step. */
static inline void store_bind_text(sqlite3_stmt *st, int i, const char *text)
{
	sqlite3_bind_text(st, i, text, -1, SQLITE_STATIC);
}

#define STORE_TEXT_MAX 4096 /* bytes; this side writes no longer ones */

/* A column's text in `a`; NULL where there is none, or one that this side would not have written: the file may be another user's. */
static inline const char *store_text(sqlite3_stmt *st, int i, struct arena *a)
{
	const char *s = (const char *)sqlite3_column_text(st, i);

	return s && sqlite3_column_bytes(st, i) <= STORE_TEXT_MAX ? arena_strdup(a, s) : NULL;
}

/* Runs a statement that gives no rows, and makes it ready to run again. SQLite's code. */
static inline int store_step(sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	sqlite3_reset(st);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/*
 * Ends a transaction begun with BEGIN IMMEDIATE: all of it, or after an error
 * nothing. 0, or -1 with one line in *error.
 */
int store_end(struct store *s, int rc, struct arena *a, const char **error);

/* The columns that store_take_sessions() takes, of a table called sessions. */
#define STORE_SESSIONS                                                                                                  \
	"SELECT sessions.n, id, source, model, sessions.title, preview, parent, end_reason, started, ended, active,"    \
	" messages, tool_calls, input, output, cache_read, cache_write, reasoning, cost, cost_status, archived, hidden," \
	" gone, turn "

/* Takes what the statement gives, until there are *n = max; whether one is active is judged at `now`. SQLite's code. */
int store_take_sessions(sqlite3_stmt *st, int64_t now, struct session *rows, size_t max, size_t *n, struct arena *a);

/* The row that the statement stands on; store_take_sessions() for many. */
void store_take_session(sqlite3_stmt *st, int64_t now, struct session *x, struct arena *a);

/* Words that a title shall have, as the search's own tokenizer takes them apart; store_words_done() it. */
struct store_words {
	fts5_tokenizer api;
	Fts5Tokenizer *tokenizer;
	struct {
		const char *text;
		size_t n;
	} list[STORE_WORDS_MAX];
	size_t n;
};

/*
 * Takes a question apart. False where it is not plain (each word one token,
 * of ASCII letters and digits) or the tokenizer is not to be had: then only
 * the search itself can say what matches. Call store_words_done() all the same.
 */
bool store_words_of(struct store *s, const char *words, struct arena *a, struct store_words *out);
void store_words_done(struct store_words *w);

/* Which words (a bit each, the first the lowest) begin one of the title's, as the search would have it. */
unsigned store_words_begin(const struct store_words *w, const char *title, size_t n);

/* The next word at or after *s, whose length is given; 0 at the end. What is longer than a word can be is cut in *cut. */
size_t store_next_word(const char **s, size_t *cut);

/* What a report says of one reading at one moment. */
struct store_point {
	char name[STORE_WORD_MAX + 1];
	enum probe_state state;
	bool has_value;
	double value;
	char word[2 * STORE_WORD_MAX + 2]; /* "" = none */
};

struct store_points {
	struct store_point p[STORE_POINTS_MAX];
	size_t n;
};

void store_points_of_instance(const struct instance_report *r, struct store_points *out);
void store_points_of_host(const struct host_report *r, struct store_points *out);

/*
 * Remembers what was judged, and the version where it is another; inside the
 * caller's transaction. prior_at: the run before; 0 = none known. SQLite's code.
 */
int store_put_verdict(sqlite3 *db, const struct store_verdict *v, int64_t at, int64_t prior_at, struct arena *a);
int store_put_version(sqlite3 *db, const struct hermes_version *v, int64_t at);

/* Remembers the newest backup, inside the caller's transaction. SQLite's code. */
int store_put_backup(sqlite3 *db, const struct repo *r, int64_t at);

/*
 * Inside the caller's transaction: notes that a session's messages are to be
 * read (again), unless it has not been active for TIMELINE_DAYS before now.
 * The marker is a statement to finalize. SQLite's code.
 */
int store_timeline_marker(sqlite3 *db, sqlite3_stmt **marker);
int store_timeline_mark(sqlite3_stmt *marker, const char *id, int64_t now);

/* There is no such session any more: nobody's words in it are kept. SQLite's code. */
int store_timeline_gone(sqlite3 *db, const char *id);

/* Moves at most a few thousand old rows to where they belong at the time now_s. SQLite's code. */
int store_compact(sqlite3 *db, int64_t now_s);

#endif
