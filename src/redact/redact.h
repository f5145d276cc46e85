/*
 * redact/redact.h -- secrets and personal data out of any text.
 *
 * The one choke point: the report writer passes every string through here.
 */
#ifndef MC_REDACT_REDACT_H
#define MC_REDACT_REDACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct redactor;

/* Makes the rules ready; privacy adds e-mail addresses, phone and card numbers. Gives a redactor (redactor_free). */
struct redactor *redactor_new(bool privacy);
void redactor_free(struct redactor *r);

/*
 * Gives the text with every secret replaced by "[redacted:<rule>]": the
 * string itself when nothing was found, else a new one in `a`. At most 64
 * KiB are looked at; the rest of a longer text is cut off. Text that a
 * pattern gives up on (match limit) is replaced whole. Valid UTF-8 in, valid
 * UTF-8 out; a broken sequence becomes U+FFFD. What comes out passes a second
 * time unchanged. NULL gives NULL.
 */
const char *redact(struct redactor *r, const char *text, struct arena *a);

/*
 * Gives the beginning of a text for showing, in `a`: redacted, cleaned as by
 * str_clean() and redacted once more (a character that is not seen may have
 * parted a secret), then cut to max_chars. was_cut: the text goes on beyond
 * what is given, so that a secret may lie across its end: what is near that
 * is never shown. NULL gives NULL.
 */
const char *redact_excerpt(struct redactor *r, const char *text, bool was_cut, size_t max_chars, struct arena *a);

/*
 * Gives the name of the first rule (in the table's order) that hits in n
 * bytes of any kind and length, or NULL: for refusing a file instead of
 * cleaning it. "match-limit" when a pattern gave up. Counts no hits. The name
 * is static text.
 */
const char *redact_find(struct redactor *r, const char *text, size_t n);

/* The same, but for the rules named in `fine`: what a person has looked at and found to be no secret. */
const char *redact_find_but(struct redactor *r, const char *text, size_t n, const char *const *fine, size_t n_fine);

/* Hits since the redactor was made: rule i has a name and a count; NULL past the end. Names are unique. */
const char *redactor_rule(const struct redactor *r, size_t i, int64_t *hits);
int64_t redactor_total(const struct redactor *r);

/* Steps allowed to one match attempt; 200,000 at first. Lower it to see what giving up looks like. */
void redactor_set_match_limit(struct redactor *r, uint32_t steps);

#endif
