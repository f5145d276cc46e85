/*
 * store/store_list.h -- one list of work over several ledgers, the newest first.
 *
 * A list is made of streams: each is one question to one ledger, answered in
 * the list's order, read as far as a page needs. A page costs the same at any
 * depth and any number of sessions.
 */
#ifndef MC_STORE_STORE_LIST_H
#define MC_STORE_STORE_LIST_H

#include "store/store_runs.h"
#include "store/store_sessions.h"

#define LIST_PAGE_MAX    200
#define LIST_STREAMS_MAX 2000

struct list_stream {
	enum work_kind kind;
	size_t ledger;              /* index into the list's ledgers */
	struct session_query sessions; /* of WORK_SESSION; its cursor and limit are the list's */
	struct run_query runs;      /* of WORK_RUN */
};

struct list_ledger {
	const char *id;
	struct store *store;
};

struct list_query {
	const struct list_ledger *ledgers;
	size_t n_ledgers;
	const struct list_stream *streams;
	size_t n_streams;
	const struct list_cursor *after; /* NULL = the first page */
	size_t limit;               /* 1 to LIST_PAGE_MAX */
	/* Whether an item belongs into the list; NULL = all. */
	bool (*keep)(void *ctx, const struct work_item *item);
	void *ctx;
};

struct list_page {
	struct work_item *items;
	size_t n;
	bool has_more;
	const char **errors;        /* one a ledger that could not be read to the end; NULL = it could */
};

/*
 * One page, in `a`. A session of a scheduled run is shown as its run, once. A
 * ledger that fails drops out with its reason in errors; the rest stands.
 */
void store_list(const struct list_query *q, struct list_page *out, struct arena *a) __attribute__((nonnull));

/* The session that a run was, by its id ("cron_<job>_<stamp>") and time. False where none is known; *error only on trouble. */
bool store_run_session(struct store *s, const struct cron_run *run, int64_t now, struct session *out, struct arena *a,
		       const char **error) __attribute__((nonnull));

#endif
