/*
 * store/store_sessions.h -- the ledger's sessions: every one that state.db held since it was first looked at.
 */
#ifndef MC_STORE_STORE_SESSIONS_H
#define MC_STORE_STORE_SESSIONS_H

#include "model/work.h"
#include "store/store.h"

/*
 * Where taking in goes on, and the sessions to look at again: open ones and
 * those active in the last day before now, the latest first, at most
 * WORK_RECHECK. Everything lives in `a`. 0, or -1 with one line in *error.
 */
int store_work_request(struct store *s, int64_t now, struct work_request *out, struct arena *a, const char **error);

/*
 * Takes a batch in and moves the cursor, in one transaction: whatever
 * happens, both or neither. Texts are stored as they are, so they must have
 * passed the redactor. A row that is as it was costs no write. 0, or -1 with
 * one line in *error.
 */
int store_work_take(struct store *s, const struct work_batch *b, struct arena *a, const char **error);

/* True once every session has been taken in. */
bool store_work_is_complete(struct store *s);

/*
 * The reading of the report, from the ledger alone: the figures of Hermes
 * (total, open, by source), active by its rule at the time now, and the
 * newest SESSIONS_LATEST_MAX. Costs the same at any number of sessions.
 * 0, or -1 with one line in *error.
 */
int store_sessions(struct store *s, int64_t now, struct sessions *out, struct arena *a, const char **error);

/* Numbers on file (store_history_sql.h). */
enum session_class {
	SESSIONS_ANY = 0,
	SESSIONS_WAITING = 1,       /* not closed; the last turn is over or not known */
	SESSIONS_UNFINISHED = 2,    /* not closed; the last turn is not over */
	SESSIONS_ENDED = 3,
	SESSIONS_FAILED = 4,        /* the last turn ended with an error */
};

/* Which sessions; all zero: every one, the newest first. */
struct session_query {
	const char *source;         /* NULL = any */
	int64_t from_s;             /* started from then on */
	int64_t to_s;               /* and before then; 0 = no end */
	int64_t before_started;     /* the page after the one that ended with this session ... */
	int64_t before_n;           /* ... and this number of it; 0 = the first page */
	enum session_class class;
	int64_t active_from;        /* not closed nor failed, and active from then on; 0 = whenever */
	int64_t idle_since;         /* not active since; 0 = whenever */
	const char *words;          /* in the title: each begins one of its words; NULL = any title */
	int64_t now;                /* by which a session's is_active is judged */
	size_t limit;               /* at most 200 */
};

/* One page; every page costs the same, whatever was asked. 0, or -1 with one line in *error. */
int store_session_page(struct store *s, const struct session_query *q, struct session_page *out, struct arena *a,
		       const char **error);

/* How many there are, but not more than `most`; words are not looked at. 0, or -1 with one line in *error. */
int store_session_tally(struct store *s, const struct session_query *q, size_t most, size_t *n, struct arena *a,
			const char **error);

/* Names of the sources that the ledger has sessions from, at most 100, the most first, in `a`. 0, or -1 with one line in *error. */
int store_sources(struct store *s, const char ***out, size_t *n, struct arena *a, const char **error);

/*
 * One session by id, with what it was continued from (parents, nearest first)
 * and what came of it (children, oldest first), at most 100 of each. False
 * with *error NULL when there is no such session.
 */
bool store_session(struct store *s, const char *id, struct session_family *out, struct arena *a, const char **error);

#endif
