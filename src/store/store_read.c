#include <math.h>
#include <string.h>

#include "store/store_parts.h"

/* The newest come first, so that a limit cuts what is old. ?1 from, ?2 to, ?3 reading, ?4 at most. */
static const char samples_sql[] =
	"SELECT at, 0, state, NULL, NULL, value, NULL, NULL, NULL FROM samples"
	" WHERE at >= ?1 AND at < ?2 AND reading = ?3"
	" UNION ALL SELECT at, 3600, ok, inactive, unknown, low, high, total, n_values FROM hours"
	" WHERE reading = ?3 AND at >= ?1 AND at < ?2"
	" UNION ALL SELECT at, 86400, ok, inactive, unknown, low, high, total, n_values FROM days"
	" WHERE reading = ?3 AND at >= ?1 AND at < ?2"
	" ORDER BY 1 DESC LIMIT ?4";
static const char changes_sql[] =
	"SELECT t.at, t.prior_at, r.name, t.from_state, t.to_state, t.from_word, t.to_word"
	" FROM transitions t CROSS JOIN readings r ON r.id = t.reading"
	" WHERE t.at >= ?1 AND t.at < ?2 ORDER BY t.at DESC, t.id DESC LIMIT ?4";
static const char changes_of_one_sql[] =
	"SELECT t.at, t.prior_at, r.name, t.from_state, t.to_state, t.from_word, t.to_word"
	" FROM transitions t CROSS JOIN readings r ON r.id = t.reading"
	" WHERE t.reading = ?3 AND t.at >= ?1 AND t.at < ?2 ORDER BY t.at DESC, t.id DESC LIMIT ?4";

typedef void (*take_row)(sqlite3_stmt *stmt, void *rows, size_t i, struct arena *a);

/* A damaged or hostile ledger may hold anything: counts stay counts, numbers finite. */
static int64_t count_at(sqlite3_stmt *stmt, int i)
{
	int64_t n = sqlite3_column_int64(stmt, i);

	return n > 0 ? n : 0;
}

static void take_value(sqlite3_stmt *stmt, struct store_sample *s, int64_t values, int low, int high, int total)
{
	s->low = sqlite3_column_double(stmt, low);
	s->high = sqlite3_column_double(stmt, high);
	s->mean = values > 0 ? sqlite3_column_double(stmt, total) / (double)values : 0;
	s->values = isfinite(s->low) && isfinite(s->high) && isfinite(s->mean) ? values : 0;
}

static void take_sample(sqlite3_stmt *stmt, void *rows, size_t i, struct arena *a)
{
	struct store_sample *s = &((struct store_sample *)rows)[i];

	(void)a;
	s->at = sqlite3_column_int64(stmt, 0);
	s->span_s = sqlite3_column_int64(stmt, 1);
	if (s->span_s) {
		s->ok = count_at(stmt, 2);
		s->inactive = count_at(stmt, 3);
		s->unknown = count_at(stmt, 4);
		take_value(stmt, s, count_at(stmt, 8), 5, 6, 7);
		return;
	}
	s->ok = sqlite3_column_int(stmt, 2) == PROBE_OK;
	s->inactive = sqlite3_column_int(stmt, 2) == PROBE_INACTIVE;
	s->unknown = !s->ok && !s->inactive;
	take_value(stmt, s, sqlite3_column_type(stmt, 5) != SQLITE_NULL, 5, 5, 5);
}

static enum probe_state state_at(sqlite3_stmt *stmt, int i)
{
	int state = sqlite3_column_int(stmt, i);

	return state == PROBE_OK || state == PROBE_INACTIVE ? (enum probe_state)state : PROBE_UNKNOWN;
}

/* Words come from another user's file: whatever this side would not have written is not shown. */
static const char *word_at(sqlite3_stmt *stmt, int i, const char *allowed, struct arena *a)
{
	const char *word = (const char *)sqlite3_column_text(stmt, i);

	if (!word || !*word)
		return NULL;
	if (word[strspn(word, allowed)] || strlen(word) > 2 * STORE_WORD_MAX + 1)
		return "other";
	return arena_strdup(a, word);
}

static void take_change(sqlite3_stmt *stmt, void *rows, size_t i, struct arena *a)
{
	static const char words[] = "abcdefghijklmnopqrstuvwxyz_-/";
	static const char names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	struct store_transition *t = &((struct store_transition *)rows)[i];

	t->at = sqlite3_column_int64(stmt, 0);
	t->prior_at = count_at(stmt, 1);
	t->reading = word_at(stmt, 2, names, a);
	if (!t->reading)
		t->reading = "other";
	t->from_state = state_at(stmt, 3);
	t->to_state = state_at(stmt, 4);
	t->from_word = word_at(stmt, 5, words, a);
	t->to_word = word_at(stmt, 6, words, a);
}

/* The number of a reading; 0 when this ledger has never seen it. SQLite's code. */
static int find_reading(sqlite3 *db, const char *name, int64_t *id)
{
	CLEANUP_STMT sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, "SELECT id FROM readings WHERE name = ?1", -1, &stmt, NULL);

	*id = 0;
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*id = sqlite3_column_int64(stmt, 0);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Newest first as they come, oldest first as they are given. */
static void turn_round(char *rows, size_t n, size_t size, char *spare)
{
	for (size_t i = 0; i < n / 2; i++) {
		char *front = rows + i * size, *back = rows + (n - 1 - i) * size;

		memcpy(spare, front, size);
		memcpy(front, back, size);
		memcpy(back, spare, size);
	}
}

struct question {
	const char *sql;
	int64_t from_s;
	int64_t to_s;
	int64_t reading;
	take_row take;
	size_t row_size;
};

/* Gives the answer's rows in `a`; they are gathered beyond it, since how many there are shows at the end. */
static int ask(struct store *s, const struct question *q, void **rows, size_t *n, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *stmt = NULL;
	CLEANUP_FREE char *found = NULL;
	int rc = sqlite3_prepare_v2(s->db, q->sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return rc;
	found = calloc(STORE_ROWS_MAX + 1, q->row_size);
	if (!found)
		return SQLITE_NOMEM;
	sqlite3_bind_int64(stmt, 1, q->from_s);
	sqlite3_bind_int64(stmt, 2, q->to_s);
	sqlite3_bind_int64(stmt, 3, q->reading);
	sqlite3_bind_int64(stmt, 4, STORE_ROWS_MAX);
	while (*n < STORE_ROWS_MAX && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		q->take(stmt, found, (*n)++, a);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		return rc;
	turn_round(found, *n, q->row_size, found + *n * q->row_size);
	*rows = arena_calloc(a, *n + 1, q->row_size);
	memcpy(*rows, found, *n * q->row_size);
	return SQLITE_OK;
}

static int answer(struct store *s, const char *reading, struct question *q, void **rows, size_t *n, struct arena *a,
		  const char **error)
{
	int rc = reading ? find_reading(s->db, reading, &q->reading) : SQLITE_OK;

	*rows = NULL;
	*n = 0;
	if (rc == SQLITE_OK && (!reading || q->reading))
		rc = ask(s, q, rows, n, a);
	if (rc == SQLITE_OK)
		return 0;
	*n = 0;
	*error = store_reason(a, s->db, rc);
	return -1;
}

int store_samples(struct store *s, const char *reading, int64_t from_s, int64_t to_s, struct store_samples *out,
		  struct arena *a, const char **error)
{
	struct question q = { .sql = samples_sql, .from_s = from_s, .to_s = to_s, .take = take_sample,
			      .row_size = sizeof(struct store_sample) };
	void *rows;
	int ret = answer(s, reading, &q, &rows, &out->n, a, error);

	out->rows = rows;
	return ret;
}

int store_transitions(struct store *s, const char *reading, int64_t from_s, int64_t to_s,
		      struct store_transitions *out, struct arena *a, const char **error)
{
	struct question q = { .sql = reading ? changes_of_one_sql : changes_sql, .from_s = from_s, .to_s = to_s,
			      .take = take_change, .row_size = sizeof(struct store_transition) };
	void *rows;
	int ret = answer(s, reading, &q, &rows, &out->n, a, error);

	out->rows = rows;
	return ret;
}
