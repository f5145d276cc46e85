/*
 * web/params.h -- the name=value pairs of a query or a posted form.
 */
#ifndef MC_WEB_PARAMS_H
#define MC_WEB_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define PARAMS_MAX       64
#define PARAM_MAX_BYTES  4096 /* of one name or one value, decoded */

struct param {
	const char *name;
	const char *value;
};

struct params {
	struct param *items;
	size_t n;
	bool is_broken;         /* some name or value was not UTF-8, and holds U+FFFD in its place */
};

/*
 * Decodes n bytes of application/x-www-form-urlencoded as the WHATWG URL
 * standard does ("+" is a space, a broken percent sequence stays as it is,
 * broken UTF-8 becomes U+FFFD, empty pieces are skipped). Everything lives
 * in `a`. False with one line in *reason, *out untouched, when there are more
 * than PARAMS_MAX pairs, or a name or value is longer than PARAM_MAX_BYTES or
 * holds NUL.
 */
bool params_decode(const char *text, size_t n, struct arena *a, struct params *out, const char **reason)
	__attribute__((nonnull(3, 4, 5)));

/* The first name that occurs twice; NULL when none does. A request with one is refused. */
const char *params_duplicate(const struct params *p) __attribute__((nonnull));

/* The value of that exact name; NULL when it is not there. */
const char *params_get(const struct params *p, const char *name) __attribute__((nonnull));

/* A decimal integer within min..max; absent gives fallback, anything else false. */
bool params_i64(const struct params *p, const char *name, int64_t min, int64_t max, int64_t fallback,
		int64_t *out) __attribute__((nonnull(1, 2, 6)));

/*
 * True for a place of our own to go on to after signing in: a path that is
 * /hermes or below it, with or without a query; no "//", "..", backslash,
 * percent sign before the query, control or non-ASCII byte, fragment or
 * scheme, at most 1,024 bytes. Such a value cannot name another origin.
 */
bool params_is_own_path(const char *s);

#endif
