/* The alert book out of the ledger, and what has changed back into it. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "store/store_book.h"
#include "store/store_parts.h"

/* ---- its entries ---- */

struct book_entry *book_find(const struct book *b, const char *reading)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->list[i].reading, reading) == 0)
			return &b->list[i];
	return NULL;
}

struct book_entry *book_entry(struct book *b, const char *reading, struct arena *a)
{
	struct book_entry *e = book_find(b, reading);

	if (e || b->n >= STORE_ROWS_MAX)
		return e;
	if (b->n == b->size) {
		struct book_entry *more;

		b->size = b->size ? 2 * b->size : 32;
		more = arena_calloc(a, b->size, sizeof(*more));
		if (b->n)
			memcpy(more, b->list, b->n * sizeof(*more));
		b->list = more;
	}
	e = &b->list[b->n++];
	*e = (struct book_entry){ .reading = arena_strdup(a, reading), .title = "" };
	return e;
}

bool book_entry_is_idle(const struct book_entry *e)
{
	return !e->alert.is_open && e->bad == 0 && e->unknown == 0 && e->n_changes == 0;
}

/* ---- out ---- */

static enum alert_severity severity_of(sqlite3_stmt *st, int i)
{
	int n = sqlite3_column_int(st, i);

	return n >= ALERT_NONE && n <= ALERT_CRITICAL ? (enum alert_severity)n : ALERT_UNKNOWN;
}

static int64_t count_of(sqlite3_stmt *st, int i)
{
	return sqlite3_column_int64(st, i) > 0 ? sqlite3_column_int64(st, i) : 0;
}

/* "1795400000,1795400030" */
static void take_changes(struct book_entry *e, const char *text)
{
	while (text && *text && e->n_changes < BOOK_CHANGES_KEPT) {
		char *end;
		long long t = strtoll(text, &end, 10);

		if (end == text)
			return;
		if (t > 0)
			e->changes[e->n_changes++] = t;
		text = *end == ',' ? end + 1 : end;
	}
}

static int load_entries(sqlite3 *db, struct book *b, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db,
				    "SELECT reading, bad, good, unknown, needs, since, last, severity, unknown_since, title, changes"
				    " FROM book LIMIT 10000",
				    -1, &st, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *reading = store_text(st, 0, a);
		struct book_entry *e = reading ? book_entry(b, reading, a) : NULL;

		rc = SQLITE_OK;
		if (!e)
			continue;
		e->bad = count_of(st, 1);
		e->good = count_of(st, 2);
		e->unknown = count_of(st, 3);
		e->needs = count_of(st, 4);
		e->since = count_of(st, 5);
		e->last = count_of(st, 6);
		e->severity = severity_of(st, 7);
		e->unknown_since = count_of(st, 8);
		e->title = store_text(st, 9, a) ? store_text(st, 9, a) : "";
		take_changes(e, (const char *)sqlite3_column_text(st, 10));
		e->is_kept = true;
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static void take_alert(sqlite3_stmt *st, struct book_alert *x, struct arena *a)
{
	*x = (struct book_alert){
		.n = sqlite3_column_int64(st, 0),
		.is_there = true,
		.is_open = sqlite3_column_int64(st, 5) == 0,
		.severity = severity_of(st, 2),
		.title = store_text(st, 3, a),
		.opened = sqlite3_column_int64(st, 4),
		.closed = sqlite3_column_int64(st, 5),
		.cause = store_text(st, 6, a),
		.why = store_text(st, 7, a),
		.last = count_of(st, 8),
		.reopened = count_of(st, 9),
		.flaps = count_of(st, 10),
		.missed = count_of(st, 11),
		.again = count_of(st, 12),
		.worse = count_of(st, 13),
		.unsteady = count_of(st, 14),
		.ended = store_text(st, 15, a),
		.answer = count_of(st, 16),
		.answered = count_of(st, 17),
		.answered_by = store_text(st, 18, a),
	};
}

/* An alert without a row is an earlier version's: it was opened, so it was bad as often as it takes. */
static void tie(struct book_entry *e, const struct book_alert *x)
{
	e->alert = *x;
	if (!x->is_open || e->is_kept)
		return;
	e->bad = x->severity > ALERT_UNKNOWN ? BOOK_COUNT_MAX : 0;
	e->unknown = x->severity > ALERT_UNKNOWN ? 0 : BOOK_COUNT_MAX;
	e->since = x->opened;
	e->last = x->last;
	e->severity = x->severity;
}

/* Those that are open, and those that would be open again; of one reading the open one, else the latest. */
static int load_alerts(sqlite3 *db, struct book *b, int64_t now, struct arena *a)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db,
				    "SELECT n, reading, severity, title, opened, closed, cause, why, last, reopened, flaps, missed, again,"
				    " worse, unsteady, ended, answer, answered, answered_by FROM alerts"
				    " WHERE closed = 0 OR closed > ?1 ORDER BY closed = 0 DESC, closed DESC, n DESC LIMIT 10000",
				    -1, &st, NULL);

	if (rc == SQLITE_OK)
		sqlite3_bind_int64(st, 1, now - BOOK_REOPEN_S);
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *reading = store_text(st, 1, a);
		struct book_entry *e = reading ? book_entry(b, reading, a) : NULL;
		struct book_alert x;

		rc = SQLITE_OK;
		if (!e || e->alert.is_there)
			continue;
		take_alert(st, &x, a);
		tie(e, &x);
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int store_load_book(sqlite3 *db, struct book *b, int64_t now, struct arena *a)
{
	int rc = load_entries(db, b, a);

	return rc == SQLITE_OK ? load_alerts(db, b, now, a) : rc;
}

/* ---- back ---- */

static void bind_numbers(sqlite3_stmt *st, int from, const int64_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sqlite3_bind_int64(st, from + (int)i, list[i]);
}

static int save_entry(sqlite3_stmt *put, sqlite3_stmt *drop, const struct book_entry *e)
{
	const int64_t numbers[] = { e->bad, e->good, e->unknown, e->needs, e->since, e->last, (int64_t)e->severity, e->unknown_since };
	CLEANUP(buf_done) struct buf changes = BUF_INIT(1024);

	if (book_entry_is_idle(e) && !e->is_kept)
		return SQLITE_OK;
	if (book_entry_is_idle(e)) {
		store_bind_text(drop, 1, e->reading);
		return store_step(drop);
	}
	for (size_t i = 0; i < e->n_changes; i++)
		buf_printf(&changes, "%s%lld", i ? "," : "", (long long)e->changes[i]);
	store_bind_text(put, 1, e->reading);
	bind_numbers(put, 2, numbers, ARRAY_SIZE(numbers));
	store_bind_text(put, 10, e->title ? e->title : "");
	store_bind_text(put, 11, buf_str(&changes));
	return store_step(put);
}

static int save_alert(sqlite3_stmt *put, const struct book_entry *e)
{
	const struct book_alert *x = &e->alert;
	const int64_t numbers[] = { x->last, x->reopened, x->flaps, x->missed, x->again, x->worse, x->unsteady, x->answer, x->answered };

	if (x->n)
		sqlite3_bind_int64(put, 1, x->n);
	else
		sqlite3_bind_null(put, 1);
	store_bind_text(put, 2, e->reading);
	sqlite3_bind_int(put, 3, (int)x->severity);
	store_bind_text(put, 4, x->title ? x->title : "");
	sqlite3_bind_int64(put, 5, x->opened);
	sqlite3_bind_int64(put, 6, x->is_open ? 0 : x->closed);
	store_bind_text(put, 7, x->cause);
	store_bind_text(put, 8, x->why);
	bind_numbers(put, 9, numbers, ARRAY_SIZE(numbers));
	store_bind_text(put, 18, x->ended);
	store_bind_text(put, 19, x->answered_by);
	return store_step(put);
}

int store_save_book(sqlite3 *db, const struct book *b)
{
	CLEANUP_STMT sqlite3_stmt *put = NULL, *drop = NULL, *alert = NULL;
	int rc = sqlite3_prepare_v2(db,
				    "INSERT OR REPLACE INTO book(reading, bad, good, unknown, needs, since, last, severity, unknown_since,"
				    " title, changes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
				    -1, &put, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, "DELETE FROM book WHERE reading = ?1", -1, &drop, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db,
					"INSERT OR REPLACE INTO alerts(n, reading, severity, title, opened, closed, cause, why, last, reopened,"
					" flaps, missed, again, worse, unsteady, answer, answered, ended, answered_by)"
					" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
					-1, &alert, NULL);
	for (size_t i = 0; i < b->n && rc == SQLITE_OK; i++) {
		if (b->list[i].is_changed)
			rc = save_entry(put, drop, &b->list[i]);
		if (rc == SQLITE_OK && b->list[i].alert.is_changed)
			rc = save_alert(alert, &b->list[i]);
	}
	return rc;
}
