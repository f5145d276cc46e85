/*
 * view/feed_view.h -- what needs a person, as an Atom feed (RFC 4287).
 */
#ifndef MC_VIEW_FEED_VIEW_H
#define MC_VIEW_FEED_VIEW_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/ledger.h"
#include "model/snapshot.h"

#define FEED_TYPE "application/atom+xml; charset=utf-8"
#define FEED_PATH "/hermes/alerts.atom"

/* Since when things need someone, as an instance's ledger has it. */
struct feed_book {
	const char *instance_id; /* "host" for the machine's */
	struct alert_page page;
};

/*
 * Appends the feed: an entry for each thing that needs a person, worst first,
 * 50 at most. choice is an instance id, or NULL for all and the machine;
 * origin is the site's ("https://host"), of which addresses and ids are made.
 *
 * An entry's id is a UUID (RFC 4122, version 5) of origin, instance, reading
 * and severity: the same trouble keeps it from one answer to the next and
 * after a restart, and gets a new one as it grows worse, so that a reader
 * shows it again. It is dated by the book that has it open, else by the newest
 * evidence for it.
 */
void feed_view(const struct snapshot *s, const char *choice, const char *origin, const struct feed_book *books,
	       size_t n_books, struct buf *out, struct arena *a) __attribute__((nonnull(1, 3, 6, 7)));

#endif
