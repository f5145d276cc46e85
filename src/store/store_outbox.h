/*
 * store/store_outbox.h -- the outbox: what is to be said to people, what was said, and what became of it.
 *
 * One row a message. Its key is unique, so that nothing is said twice however
 * often the notifier runs or is killed. The writing side is the instance's own
 * user. 0, or -1 with one line in *error.
 */
#ifndef MC_STORE_STORE_OUTBOX_H
#define MC_STORE_STORE_OUTBOX_H

#include <stdbool.h>

#include "model/loops.h"
#include "store/store.h"
#include "store/store_loops.h"

#define OUTBOX_TEXT_MAX    4000 /* bytes of a text; what is longer is not taken */
#define OUTBOX_KEY_MAX     120
#define OUTBOX_KEPT_S      (90 * 86400LL)
#define OUTBOX_KEPT_N      500  /* of the newest whatever their time: a clock that is ahead for a while forgets nothing */

/* Names in loop_state that the notifier leaves behind (store_put_state()). */
#define NOTIFY_RAN    "notify.ran"    /* at: when it ran last; word: what stood in its way, NULL = nothing */
#define NOTIFY_HELD   "notify.held"   /* at: nothing is sent before; word: how often in a row it failed, and why */
#define NOTIFY_HELD_FROM "notify.held.from" /* at: when that wait began */
#define NOTIFY_GOOD   "notify.good"   /* at: when a message was last taken */
#define NOTIFY_SENDS  "notify.sends"  /* word: when the last requests began, for the token bucket */
#define NOTIFY_LOOKED "notify.looked" /* at: up to when the book was looked through */
#define NOTIFY_DEAD   "notify.dead"   /* at: when Hermes was found to have given the chat up; 0 = it has not */

/* And what the watch over the others does, which is a part of it. */
#define WATCH_RAN   "watch.ran"   /* at: the last pass; word: what it could not look at, NULL = nothing */
#define WATCH_SEEN  "watch.seen"  /* at: how many were looked at; word: how many of them are silent */

/* A transaction around several of the calls below: 0, or -1 with one line. rc: 0 commits, else all is taken back. */
int store_begin(struct store *s, struct arena *a, const char **error) __attribute__((nonnull));
int store_commit(struct store *s, int rc, struct arena *a, const char **error) __attribute__((nonnull));

/*
 * Puts a row, in the state that it says; *n is its number. A key that is
 * there already changes nothing and gives *n = 0: it has been said.
 */
int store_put_outbox(struct store *s, const struct outbox_item *x, int64_t *n, struct arena *a, const char **error)
	__attribute__((nonnull));

/* Whether there is a row with that key; its fields in *x where found. */
bool store_outbox_find(struct store *s, const char *key, struct outbox_item *x, struct arena *a) __attribute__((nonnull));

/* The same by its number. */
bool store_outbox_row(struct store *s, int64_t n, struct outbox_item *x, struct arena *a) __attribute__((nonnull));

/* Writes state, severity, text, next_at, sent_at, tries, message_id, error and told_by of row x->n. */
int store_mark_outbox(struct store *s, const struct outbox_item *x, struct arena *a, const char **error)
	__attribute__((nonnull));

struct outbox_query {
	enum outbox_state state;    /* 0 = any */
	int64_t alert;              /* 0 = any */
	int64_t told_by;            /* 0 = any */
	int64_t from_s;             /* made from then on */
	int64_t before_made;        /* the page after the one that ended with a row made then ... */
	int64_t before_n;           /* ... of this number; 0 = the first page. With newest_first alone. */
	bool newest_first;
	size_t limit;               /* at most STORE_ROWS_MAX, which 0 is */
};

/* The rows that fit, in the order in which they were made, in `a`; with newest_first by the time at which they were. */
int store_outbox(struct store *s, const struct outbox_query *q, struct outbox_item **out, size_t *n, struct arena *a, const char **error)
	__attribute__((nonnull));

/* How many rows there are; the first OUTBOX_COUNTED of them. */
#define OUTBOX_COUNTED 100000
int store_outbox_counts(struct store *s, struct outbox_counts *out, struct arena *a, const char **error) __attribute__((nonnull));

/* What was said of the alert of that number. */
int store_told(struct store *s, int64_t alert, struct alert_told *out, struct arena *a, const char **error) __attribute__((nonnull));

/* What was being sent when its sender ended: nobody knows whether it arrived. *n says how many rows that was. */
int store_outbox_unclear(struct store *s, const char *why, int64_t *n, struct arena *a, const char **error)
	__attribute__((nonnull));

/* What lies ahead by a clock that was set back is of now: else what came since would seem to have been before it. */
int store_outbox_settle(struct store *s, int64_t now, struct arena *a, const char **error) __attribute__((nonnull));

/* Drops what was made before `before_s`, does not wait, is not of an alert that is open, and is none of the newest OUTBOX_KEPT_N. */
int store_outbox_sweep(struct store *s, int64_t before_s, struct arena *a, const char **error) __attribute__((nonnull));

/* What a report says of the watch over the others; nothing where there was none. */
void store_watching(struct store *s, struct watching *out, struct arena *a) __attribute__((nonnull));

/* What a report says of it all. */
int store_delivery(struct store *s, int64_t now, struct delivery *out, struct arena *a, const char **error)
	__attribute__((nonnull));

#endif
