/*
 * base/url.h -- text as a part of a URL.
 */
#ifndef MC_BASE_URL_H
#define MC_BASE_URL_H

#include "base/arena.h"
#include "base/buf.h"

/* Adds s with every byte but letters, digits and -._~/ percent-encoded. */
void url_add_encoded(struct buf *out, const char *s) __attribute__((nonnull));

/* The same as text in `a`. */
const char *url_encoded(struct arena *a, const char *s) __attribute__((nonnull, returns_nonnull));

#endif
