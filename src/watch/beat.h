/*
 * watch/beat.h -- the beat to the outside, so that a dead machine is noticed by somebody else.
 *
 * A POST of counts to a URL of Healthchecks' kind: that it comes says that the
 * machine lives, not that all is well. Where nobody on the machine could tell
 * people of anything it goes to the URL with "/fail", for then the outside is
 * the only way. The URL is a secret: it stands in a file, and in no line.
 */
#ifndef MC_WATCH_BEAT_H
#define MC_WATCH_BEAT_H

#include "config/config.h"
#include "model/beat.h"

#define BEAT_COUNTS_S 300       /* counts that are older are unknown */

enum beat_end {
	BEAT_NOT_YET,           /* it is not time */
	BEAT_SENT,
	BEAT_LATER,             /* it was not taken; error says why */
	BEAT_CONFIG,            /* there is no URL that could be used */
	BEAT_FAILED,            /* what became of it cannot be written down */
};

/* Sends one where it is time, and writes down how that went. One line in *error unless it went well. */
enum beat_end beat_pass(const struct config *c, int64_t now, struct arena *a, const char **error) __attribute__((nonnull));

/* The file's first line in `a`; NULL with one line in *error, which never holds it. */
char *beat_url(const struct beat_rules *r, struct arena *a, const char **error) __attribute__((nonnull));

/* Whether nobody on the machine could tell people of anything. */
bool beat_is_unheard(const struct config *c, int64_t now, struct arena *a) __attribute__((nonnull));

/* The body. Pure; all unknown where the counts are no good. */
const char *beat_body(const struct beat_counts *x, int64_t n_instances, int64_t now, struct arena *a) __attribute__((nonnull));

/* Seconds until the next try after so many failures in a row: 60, 120 ... every_s. */
int64_t beat_backoff_s(int64_t failures, int64_t every_s);

#endif
