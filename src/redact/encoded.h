/*
 * redact/encoded.h -- runs of base64 or percent-encoding, and what they say.
 *
 * A secret that was encoded on its way into a text is still a secret: the
 * redactor looks into such runs and removes a run whole.
 */
#ifndef MC_REDACT_ENCODED_H
#define MC_REDACT_ENCODED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct encoded_run {
	size_t start, end;
};

/* Finds the first run at or after `from` that may be encoded text; false when there is none. */
bool encoded_next(const char *text, size_t n, size_t from, struct encoded_run *run);

/*
 * Puts the plain text of a run into *out (emptied first): base64 in either
 * alphabet, or up to three layers of percent-encoding. False when it is
 * neither, or does not decode to readable UTF-8.
 */
bool encoded_text(const char *run, size_t n, struct buf *out);

#endif
