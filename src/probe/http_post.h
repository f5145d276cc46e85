/*
 * probe/http_post.h -- one POST over https, by libcurl, whose URL is a secret.
 *
 * No proxy, no redirect, no cookie, no other protocol; the answer is cut off
 * at HTTP_REPLY_MAX. Nothing that is given back holds the URL.
 */
#ifndef MC_PROBE_HTTP_POST_H
#define MC_PROBE_HTTP_POST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define HTTP_REPLY_MAX       ((size_t)64 * 1024)
#define HTTP_POST_CONNECT_MS 3000L
#define HTTP_POST_TOTAL_MS   10000L

struct http_post {
	const char *url;        /* https alone is spoken */
	const char *ca_file;    /* vouches for the other side; NULL = the system's */
	const char *type;       /* Content-Type of the body */
	const char *body;
	size_t n;
};

struct http_reply {
	bool has_status;
	long status;
	const char *data;       /* of the answer, NUL-terminated, in the arena; "" for none */
	size_t len;
	bool is_out;            /* without a status: the whole request had left, and may have been heeded */
	const char *reason;     /* one line; NULL where the whole answer came */
};

struct http_reply http_post(const struct http_post *p, struct arena *a) __attribute__((nonnull));

#endif
