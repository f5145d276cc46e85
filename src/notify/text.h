/*
 * notify/text.h -- what is said, as plain text. Pure but for the redactor's counts.
 *
 * No text is markup, none holds what a reader could take for a command of
 * Hermes or what Hermes would act on, and none is longer than one message.
 */
#ifndef MC_NOTIFY_TEXT_H
#define MC_NOTIFY_TEXT_H

#include "notify/notify.h"

#define TEXT_UNITS_MAX 4096     /* of UTF-16, as Telegram counts */

/* UTF-16 units of valid UTF-8. */
size_t text_units(const char *s) __attribute__((nonnull));

/*
 * Foreign text made fit: redacted, cleaned, cut to max_chars; "/approve",
 * "MEDIA:" and "[[" are written so that nobody and nothing acts on them. In
 * `a`; "" for NULL.
 */
const char *text_plain(struct redactor *r, const char *s, size_t max_chars, struct arena *a);

/* Cuts whole characters off the end until it is one message. */
const char *text_fit(const char *s, struct arena *a) __attribute__((nonnull));

const char *text_opened(const struct notify *n, const struct store_alert *x, bool is_again);
const char *text_worse(const struct notify *n, const struct store_alert *x);
const char *text_unsteady(const struct notify *n, const struct store_alert *x);
const char *text_reminder(const struct notify *n, const struct store_alert *x, bool was_unclear);
const char *text_recovered(const struct notify *n, const struct store_alert *x, bool was_told);

/* At most ten of each list are named, the worst first. */
struct text_summary {
	struct store_alert *open;
	size_t n_open;
	struct store_alert *over;
	size_t n_over;
	size_t n_unnamed;       /* further ones that are over, of which no more is known */
	bool was_refused;       /* some of it was refused before */
};
const char *text_summary(const struct notify *n, const struct text_summary *s);

/* day: the last day in words ("24 h: 22 h ok, ..."). */
const char *text_morning(const struct notify *n, const char *day);
const char *text_done(const struct notify *n, const char *what, const char *const *steps, size_t n_steps);
const char *text_test(const struct notify *n);

#endif
