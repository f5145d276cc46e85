/*
 * watch/watch.h -- the watch over the watch: exporters and notifiers that have stopped are told by the others.
 *
 * A pass looks at the marks that they leave (report/alive.h), never at a
 * report, and puts what is silent for too long, and what is back, into this
 * instance's own outbox. It ends each pass of hmc notify, and is hmc watch.
 *
 * Who tells: an instance's own exporter is told by its own notifier, and by
 * the next one in the configuration whose notifier is alive; a notifier by
 * that next one; the machine's exporter by whoever speaks for the machine.
 * What falls silent in one pass is one message.
 */
#ifndef MC_WATCH_WATCH_H
#define MC_WATCH_WATCH_H

#include "config/config.h"
#include "notify/notify.h"
#include "report/alive.h"

#define WATCH_EXPORT_S 300      /* an exporter is silent after that; after four of its intervals where those are longer */
#define WATCH_NOTIFY_S 900      /* a notifier; it is meant to run each minute */
#define WATCH_GRACE_S  300      /* after a start, a sleep, a clock that was set: they may come back by themselves */
#define WATCH_JUMP_S   30
#define WATCH_GAP_S    600      /* without a pass of our own: nothing may have run */

/* Names in loop_state, beside WATCH_RAN, WATCH_SEEN, "watch.export.ID" and "watch.notify.ID" (at: told since; word: row, and when it was last alive). */
#define WATCH_CLOCK "watch.clock" /* at: the last pass; word: how the clocks stood to each other */
#define WATCH_GRACE "watch.grace" /* at: nothing new is told until then; word: why */

/* One thing that is watched. */
struct watched {
	const char *id;         /* an instance's, or ALIVE_HOST */
	const char *label;      /* foreign text; of the machine a word of ours */
	enum alive_what what;
	struct alive alive;
	bool is_silent;         /* for longer than it may be */
	bool is_ours;           /* to tell */
};

struct watch_list {
	struct watched *list;
	size_t n;
	size_t n_silent;
	const char *blind;      /* what could not be looked at, the first one's reason; NULL = nothing */
};

/* The machine's clocks, in seconds: what they say together tells a sleep or a jump from time that has passed. */
struct watch_clock {
	int64_t now;            /* since the epoch */
	int64_t boot;           /* CLOCK_BOOTTIME */
	int64_t awake;          /* CLOCK_MONOTONIC */
};
struct watch_clock watch_clock_now(void);

/* One of them. is_ours is left to watch_look(). */
struct watched watch_one(const struct config *c, const char *id, const char *label, enum alive_what what, int64_t now, struct arena *a);

/* Looks at all that an instance watches; *w and its strings in `a`. */
void watch_look(const struct config *c, const struct instance *in, int64_t now, struct watch_list *w, struct arena *a);

/* Who speaks for the machine: the first one with notify.host, else the first that tells people at all. NULL = nobody does. */
const struct instance *watch_spokesman(const struct config *c);

/*
 * Puts what is new of the list into n's outbox, in one transaction. While
 * something stands in the way of our own notifier nothing is said of others',
 * for theirs may be the same. False with n->error.
 */
bool watch_tell(struct notify *n, const struct watch_list *w, const struct watch_clock *clock);

/* What is said of them. Pure but for the redactor's counts. silent_from: when each was last alive before. */
const char *watch_text_silent(const struct notify *n, const struct watched *const *list, size_t count, bool is_still);
const char *watch_text_back(const struct notify *n, const struct watched *const *list, const int64_t *silent_from, size_t count, bool was_told);

#endif
