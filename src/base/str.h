/*
 * base/str.h -- small string helpers; text from outside made fit to show.
 */
#ifndef MC_BASE_STR_H
#define MC_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Equality where NULL equals only NULL. */
bool str_eq(const char *a, const char *b);
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

/* Whether words occur in text (NULL: nowhere): ASCII letters in either case, other bytes as they are. */
bool str_holds(const char *text, const char *words) __attribute__((nonnull(2)));

/*
 * Copies n bytes of foreign text as valid UTF-8 of at most max_chars
 * characters ("…" is the last one where it was cut): a broken sequence
 * becomes U+FFFD; control characters (C0, DEL, C1) and line breaks become
 * one space each; bidirectional overrides and isolates, zero-width characters
 * other than the joiner (U+200D) and the variation selectors (U+FE00..FE0F),
 * fillers, tags and noncharacters are dropped. NULL gives NULL.
 */
char *str_clean(struct arena *a, const char *s, size_t n, size_t max_chars) __attribute__((nonnull(1)));

/* True when n bytes are valid UTF-8 (no surrogates, no overlong forms). */
bool str_is_utf8(const char *s, size_t n);

/* Length in bytes of the valid UTF-8 sequence at s (n bytes left); 0 when it is not one. */
size_t str_utf8_len(const char *s, size_t n);

/*
 * Length in bytes, at least 1, of the broken sequence at s, n > 0: what one
 * U+FFFD stands for (the maximal subpart of Unicode, section 3.9).
 */
size_t str_utf8_broken_len(const char *s, size_t n);

/* Characters (code points) in a valid UTF-8 string. */
size_t str_utf8_count(const char *s, size_t n);

/*
 * A decimal integer that fills the whole string: digits, and one '-' when
 * min is negative; no sign otherwise, no space. False, *out untouched, when
 * it is not one or lies outside min..max.
 */
bool str_parse_i64(const char *s, int64_t min, int64_t max, int64_t *out);

/*
 * "90s", "15m", "26h" or "7d" as seconds, from 1 to about 300 years. False,
 * *out untouched, for anything else.
 */
bool str_parse_duration(const char *s, int64_t *out);

#endif
