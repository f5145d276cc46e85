/*
 * store/store_timeline.h -- the ledger's messages: what was said and done in the sessions of the last month.
 */
#ifndef MC_STORE_STORE_TIMELINE_H
#define MC_STORE_STORE_TIMELINE_H

#include "model/sessions.h"
#include "model/timeline.h"
#include "store/store.h"

#define STORE_MESSAGES_MAX 500000 /* that one ledger holds, and those of one more batch */

/*
 * Which sessions' messages are to be read, the latest first, at most
 * TIMELINE_WANTS, in `a`. Before that, a slice of what is over is removed:
 * timelines of sessions that were not active for TIMELINE_DAYS, and above
 * STORE_MESSAGES_MAX the oldest; texts of sessions that are gone. Where
 * policy (any number that says what may be published) is another than
 * before, everything is forgotten and wanted anew. While nothing has changed
 * this writes nothing. 0, or -1 with one line in *error.
 */
int store_timeline_request(struct store *s, int64_t now, int64_t policy, struct timeline_request *out, struct arena *a,
			   const char **error);

/*
 * Takes a batch in, messages and how far they were read, in one transaction.
 * Texts are stored as they are, so they must have passed the redactor. 0, or
 * -1 with one line in *error.
 */
int store_timeline_take(struct store *s, const struct timeline_batch *b, struct arena *a, const char **error);

struct timeline_query {
	int64_t number;             /* the ledger's, of the session */
	int64_t after;              /* the page after the message of this id; 0 = the first page */
	size_t limit;               /* at most 200 */
};

/* One page; every page costs the same. 0, or -1 with one line in *error. */
int store_timeline_page(struct store *s, const struct timeline_query *q, struct timeline_page *out, struct arena *a,
			const char **error);

/*
 * What each of n sessions says it came from ("branch", "delegate", "reset",
 * NULL), into out[]. They are rows of this ledger: rowid is its number of each.
 * 0, or -1 with one line in *error.
 */
int store_origins(struct store *s, const struct session *x, size_t n, const char **out, struct arena *a, const char **error);

#endif
