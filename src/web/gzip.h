/*
 * web/gzip.h -- a finished body, compressed once.
 */
#ifndef MC_WEB_GZIP_H
#define MC_WEB_GZIP_H

#include <stdbool.h>

#include "base/buf.h"

/* Whether a body is long enough for packing to save anything. */
bool gzip_is_worth_it(const struct buf *body) __attribute__((nonnull));

/* Packs body into the empty buffer out (RFC 1952). False, with out empty, when it did not get smaller. */
bool gzip_pack(const struct buf *body, struct buf *out) __attribute__((nonnull));

#endif
