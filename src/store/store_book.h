/*
 * store/store_book.h -- the alert book: what of the judging opens an alert, and what closes one.
 *
 * book_take() is pure: the book as it was, what a run judged, and the time
 * give the book as it is. The rest carries it out of and into the ledger, in
 * the transaction that records the run.
 *
 * - An alert is opened after as many bad readings in a row as its rule says,
 *   and closed after as many good ones. It counts from the first bad reading.
 * - What cannot be judged counts as neither; when that lasts, it is an alert of
 *   its own, of severity unknown.
 * - What hangs from a cause is not opened, and closed as explained once the
 *   cause is open. What is meant to be off is closed at once. What is not there
 *   any more counts as good, unless the reading that would tell of it ("platforms"
 *   of "platform.telegram") could not be taken.
 * - What is back within BOOK_REOPEN_S is the same alert again. What comes and
 *   goes more than BOOK_CHANGES_MAX times within that time is one alert that is
 *   unsteady and stays open until it is calm.
 */
#ifndef MC_STORE_STORE_BOOK_H
#define MC_STORE_STORE_BOOK_H

#include <sqlite3.h>

#include "store/store_alerts.h"

#define BOOK_TITLE_CHARS   400
#define BOOK_WHY_CHARS     800
#define BOOK_READING_BYTES 200
#define BOOK_NAME_CHARS    100  /* of who answered */
#define BOOK_CHANGES_KEPT  (BOOK_CHANGES_MAX + 1)

/* The alert of a reading: the one that is open, or was until lately. */
struct book_alert {
	int64_t n;              /* its number; 0 = it has none yet */
	bool is_there;
	bool is_open;
	bool is_changed;
	enum alert_severity severity;
	const char *title;
	const char *why;
	const char *cause;
	const char *ended;
	int64_t opened;
	int64_t closed;
	int64_t last;
	int64_t reopened;
	int64_t again;
	int64_t worse;
	int64_t unsteady;
	int64_t flaps;
	int64_t missed;
	int64_t answer;
	int64_t answered;
	const char *answered_by;
};

/* What the next reading is counted against. */
struct book_entry {
	const char *reading;
	int64_t bad;            /* in a row; what could not be judged between them does not count */
	int64_t good;
	int64_t unknown;
	int64_t needs;          /* readings until it is opened, by its rule */
	int64_t since;          /* the first bad one of this stretch; 0 = it is not bad */
	int64_t last;           /* the last bad one */
	int64_t unknown_since;
	enum alert_severity severity; /* as last found */
	const char *title;
	int64_t changes[BOOK_CHANGES_KEPT]; /* the latest, oldest first */
	size_t n_changes;
	struct book_alert alert;
	bool is_kept;           /* the ledger has a row of it */
	bool is_changed;
	bool is_judged;         /* in this run */
};

struct book {
	struct book_entry *list;
	size_t n;
	size_t size;
};

/* The entry of a reading; NULL where there is none. book_entry() makes it then; NULL when the book is full. */
struct book_entry *book_find(const struct book *b, const char *reading);
struct book_entry *book_entry(struct book *b, const char *reading, struct arena *a);

/* Takes in what a run at now judged; prior: when the run before it was, 0 = not known. */
void book_take(struct book *b, const struct store_verdict *v, int64_t now, int64_t prior, struct arena *a);

/* Whether there is nothing to remember of it: its row goes. */
bool book_entry_is_idle(const struct book_entry *e);

/* Out of the ledger, and what has changed back into it; inside the caller's transaction. SQLite's code. */
int store_load_book(sqlite3 *db, struct book *b, int64_t now, struct arena *a);
int store_save_book(sqlite3 *db, const struct book *b);

#endif
