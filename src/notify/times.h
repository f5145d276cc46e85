/*
 * notify/times.h -- when something may be said. Pure.
 */
#ifndef MC_NOTIFY_TIMES_H
#define MC_NOTIFY_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/instance.h"

#define BUCKET_ROOM    20       /* messages a minute: what Telegram grants a group */
#define BACKOFF_MAX_S  900
#define MORNING_LATE_S (6 * 3600) /* after that, a morning line is none */

/* When the last requests began, in milliseconds since the epoch, the oldest first. */
struct bucket {
	int64_t at_ms[BUCKET_ROOM];
	size_t n;
};

/* From and to what loop_state keeps; anything odd in it is passed by. NULL is empty. */
void bucket_read(struct bucket *b, const char *word, int64_t now_ms);
const char *bucket_word(const struct bucket *b, struct arena *a);

/* Milliseconds until the next request may begin: one a second, BUCKET_ROOM a minute; 0 = now. */
int64_t bucket_wait_ms(const struct bucket *b, int64_t now_ms);
void bucket_take(struct bucket *b, int64_t now_ms);

/* Seconds to wait after so many failures in a row: 15, 30, 60 ... BACKOFF_MAX_S. */
int64_t notify_backoff_s(int64_t failures);

/* Whether it is quiet, and until when (epoch seconds; now where it is not). offset_s: of this machine's zone. */
bool notify_is_quiet(const struct notify_rules *r, int64_t now, int64_t offset_s, int64_t *until);

/* Whether the morning line of today is due; *day: days since the epoch, by this machine's zone. */
bool notify_is_morning(const struct notify_rules *r, int64_t now, int64_t offset_s, int64_t *day);

/* The latest reminder that is due of what was told at told_at: 1, 2 ...; 0 = none yet. */
int64_t notify_reminder(const struct notify_rules *r, int64_t told_at, int64_t now);

#endif
