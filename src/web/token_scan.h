/*
 * web/token_scan.h -- the form of a JWT, checked before any library sees it.
 *
 * libjwt 1.10.2 believes the header's "alg", keeps the last of two equal
 * members, passes over "crit", stops at NUL and puts the whole token on the
 * stack; so nothing reaches it that has not passed here.
 */
#ifndef MC_WEB_TOKEN_SCAN_H
#define MC_WEB_TOKEN_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "json/json.h"

struct token_parts {
	size_t signed_len;     /* bytes of "header.payload" */
	size_t signature_size; /* decoded bytes */
	cJSON *header;         /* only alg, typ, kid; all strings, alg present */
	cJSON *claims;         /* an object without duplicate members */
};

/*
 * Takes n bytes apart: at most TOKEN_MAX_BYTES, three parts of canonical
 * base64url without padding (RFC 4648, section 5; RFC 7515, section 2), both
 * JSON parts strict. False with one line in *reason otherwise. Release with
 * token_parts_done() either way.
 */
bool token_scan(const char *token, size_t n, struct token_parts *out, const char **reason)
	__attribute__((nonnull(3, 4)));
void token_parts_done(struct token_parts *p) __attribute__((nonnull));

#endif
