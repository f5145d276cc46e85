/*
 * base/httpurl.h -- the few URLs that are asked or linked to, taken apart.
 *
 * Strict on purpose: what passes here means the same to every program that
 * reads it after us, a browser and libcurl among them.
 */
#ifndef MC_BASE_HTTPURL_H
#define MC_BASE_HTTPURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define HTTPURL_MAX 500 /* bytes of a whole URL */

/* Pieces borrow the text that was parsed. */
struct httpurl {
	bool is_https;
	const char *host;       /* a name, an IPv4 address, or an IPv6 one in its brackets */
	size_t host_len;
	int64_t port;           /* that of the scheme where none is said */
	const char *rest;       /* path, query and fragment; "" for none */
};

/*
 * http:// or https://, a host, perhaps a port, a path. False with *why, static
 * text that goes on a sentence ("must not hold a user or a password"), for
 * anything else: other schemes, userinfo, blanks, backslashes, control bytes
 * and what is not ASCII.
 */
bool httpurl_parse(const char *s, struct httpurl *out, const char **why);

/*
 * Whether a redirect from one to the other stays: the same host by name, and
 * the same port or from plain http to https on their usual ones. Never from
 * https back to http.
 */
bool httpurl_stays(const struct httpurl *from, const struct httpurl *to);

/* 127.0.0.0/8, [::1] or "localhost". */
bool httpurl_is_loopback(const struct httpurl *u);

/* An IPv4 or IPv6 address, not a name that somebody must look up. */
bool httpurl_is_address(const struct httpurl *u);

/* s fit to be published, in `a`: without its fragment, "?…" in a query's place. */
const char *httpurl_shown(const char *s, struct arena *a);

#endif
