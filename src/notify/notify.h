/*
 * notify/notify.h -- telling people, by an instance's own bot, of what is new or over.
 *
 * One pass looks through the alert book, puts what is to be said into the
 * outbox, and sends what is due. Every message is a row of the ledger before
 * it is a request: nothing is said twice and nothing is lost, whenever it is
 * killed. Runs as the instance's own user; speaks to the Bot API's send
 * methods alone and never asks for updates, which are the gateway's.
 */
#ifndef MC_NOTIFY_NOTIFY_H
#define MC_NOTIFY_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/host_told.h"
#include "model/instance.h"
#include "model/loops.h"
#include "redact/redact.h"
#include "store/store_outbox.h"

#define NOTIFY_MERGE_OVER 5     /* more at once are one summary */
#define NOTIFY_PASS_S     45    /* after which a pass leaves the rest to the next */
#define NOTIFY_STEPS_MAX  10
#define NOTIFY_DONE_MAX   100   /* of --done that wait */

#define SUMMARISED "told in another message" /* the text of a row that is never sent by itself */

/* How a pass ended. */
enum notify_end {
	NOTIFY_ALL,             /* all is said, or there was nothing to say */
	NOTIFY_PACED,           /* the rest is said by a later pass: so many a minute, quiet hours */
	NOTIFY_LATER,           /* the other side wants us to wait, or could not be reached */
	NOTIFY_REFUSED,         /* it takes no message of ours; error says what to do */
	NOTIFY_NOWHERE,         /* there is no bot, or no chat; error says what to do */
	NOTIFY_FAILED,          /* the ledger could not be read or written */
};

struct bot;

struct notify {
	/* Given. */
	const struct instance *in;
	const char *origin;         /* of our site */
	struct store *store;
	struct redactor *redactor;
	const struct answers *own;  /* what admins said of this instance's alerts ... */
	const struct answers *all;  /* ... and of all's */
	const struct host_told *host; /* the machine's alerts, to be told too; NULL = somebody else tells them */
	struct arena *a;
	int64_t now;
	void (*say)(const char *line, void *ctx); /* a line a step; NULL = nobody listens */
	void *ctx;

	/* Found. */
	struct answers host_own;    /* what admins said of the machine's alerts */
	struct store_alert *open;   /* by number; the machine's own below zero (notify_is_host()) */
	size_t n_open;
	struct store_alert *closed; /* lately; by number */
	size_t n_closed;
	int64_t looked;             /* when the pass before this one looked through the book; 0 = there was none */
	int64_t sent;               /* in this pass */
	const char *error;          /* one line that says what to do; NULL = nothing is wrong */
};

/* The machine's alerts stand among the instance's, with the negative of their number. */
static inline bool notify_is_host(const struct store_alert *x)
{
	return x->n < 0;
}

void notify_say(struct notify *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Looks through the book and puts what is to be said into the outbox; one transaction. False with n->error. */
bool notify_plan(struct notify *n);

/* Inside that transaction: what is open, and what was over lately. -1 with *error. */
int notify_read_book(struct notify *n, const char **error);

/* Inside that transaction: many at once become one. -1 with *error. */
int notify_merge(struct notify *n, const char **error);

/* Sends what is due, row by row. */
enum notify_end notify_send(struct notify *n, const struct bot *bot);

/* A message, its button and a picture of the last day: what arrived is said. */
enum notify_end notify_test(struct notify *n, const struct bot *bot);

/* Puts "WHAT 1️⃣ step 2️⃣ step" into the outbox; the same within one second is the same. False with n->error. */
bool notify_put_done(struct notify *n, const char *what, const char *const *steps, size_t n_steps);

/* The alert of that number in a list that is sorted by it; NULL where there is none. */
const struct store_alert *notify_alert(const struct store_alert *list, size_t n, int64_t number);

/* Whether a row may be sent now: what is not critical waits while it is quiet. */
bool notify_may_say(const struct notify *n, const struct outbox_item *x);

#endif
