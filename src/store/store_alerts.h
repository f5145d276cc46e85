/*
 * store/store_alerts.h -- what was judged: the ledger's alerts and watch; and which Hermes ran, from when on.
 *
 * The judging is done by whoever records (the same rules as on the pages); the
 * ledger remembers it. Alerts are opened and closed by the book
 * (store/store_book.h): after as many readings as the reading's rule says.
 */
#ifndef MC_STORE_STORE_ALERTS_H
#define MC_STORE_STORE_ALERTS_H

#include "model/answers.h"
#include "model/book.h"
#include "store/store.h"

/* One judgement. */
struct store_judged {
	const char *reading;    /* "backup.age" */
	bool is_known;          /* false: it could not be judged */
	enum alert_severity severity; /* of what it asks for; ALERT_NONE also where another one asks for it */
	const char *title;      /* with a severity: one line, past the redactor */
	const char *why;        /* with a title: the sentences under it; may be NULL */
	const char *cause;      /* it is not fine, but hangs from this reading, which has the alarm if there is one; NULL = it does not */
	bool is_off;            /* known, and meant to be so */
	const struct answer *answer; /* what an admin said of it; NULL = nothing */
};

/* All of one run. */
struct store_verdict {
	struct store_judged *items;
	size_t n;
	enum probe_state state; /* of the whole: PROBE_INACTIVE = meant to be off, PROBE_UNKNOWN = not known */
	int worst;              /* 0 fine, 1 warns, 2 critical; only with PROBE_OK */
	enum tristate is_running;
	int64_t interval_s;     /* between two runs; 0 = by hand */
	const struct book_rules *rules; /* the configured ones; NULL = none */
};

struct alert_query {
	int64_t from_s;         /* opened or closed from then on ... */
	int64_t to_s;           /* ... and before then; 0 = no end */
	int64_t before_opened;  /* the page after the one that ended with this alert ... */
	int64_t before_n;       /* ... and this number; 0 = the first page */
	bool only_closed;
	bool only_open;
	size_t limit;           /* at most STORE_ROWS_MAX */
};

/* One page of them, in `a`. 0, or -1 with one line in *error. */
int store_alerts(struct store *s, const struct alert_query *q, struct alert_page *out, struct arena *a, const char **error)
	__attribute__((nonnull));

/* Those that are not open yet, at most `max` (STORE_ROWS_MAX), in `a`; *n says how many. 0, or -1 with one line in *error. */
int store_pending(struct store *s, struct store_pending *out, size_t max, size_t *n, struct arena *a, const char **error)
	__attribute__((nonnull));

#define STORE_QUARTER_S 900

/* The quarters of an hour from from_s on and before to_s, at most STORE_ROWS_MAX, in `a`. 0, or -1 with one line in *error. */
int store_watch(struct store *s, int64_t from_s, int64_t to_s, struct watch *out, struct arena *a, const char **error)
	__attribute__((nonnull));

/* Versions seen, the newest first, at most `max`. 0, or -1 with one line in *error. */
int store_versions(struct store *s, struct store_version *out, size_t max, size_t *n, struct arena *a, const char **error)
	__attribute__((nonnull));

#endif
