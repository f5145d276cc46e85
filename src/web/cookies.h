/*
 * web/cookies.h -- one cookie out of the Cookie header (RFC 6265, section 4.2.1).
 */
#ifndef MC_WEB_COOKIES_H
#define MC_WEB_COOKIES_H

#include "base/arena.h"

#define COOKIES_MAX_BYTES (16 * 1024)

enum cookie_result {
	COOKIE_ABSENT = 0,
	COOKIE_FOUND,
	COOKIE_REFUSED, /* ambiguous or oversized: to be treated as no login */
};

/*
 * Finds the cookie of that exact name (case counts, nothing is decoded,
 * quotes stay); its value is copied into `a`. Refused: a header over
 * COOKIES_MAX_BYTES, the name twice, or ", name=" anywhere: that is how a
 * proxy joins two Cookie lines, and whose they were is a guess.
 */
enum cookie_result cookie_find(const char *header, const char *name, struct arena *a, const char **value)
	__attribute__((nonnull(2, 3, 4)));

#endif
