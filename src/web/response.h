/*
 * web/response.h -- one answer, built whole before its first byte leaves.
 *
 * Header values come from typed calls: a byte that could end a header line
 * is either encoded (locations) or turns the answer into a plain 500.
 */
#ifndef MC_WEB_RESPONSE_H
#define MC_WEB_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "web/request.h"

#define RESPONSE_MAX_BYTES (1024 * 1024) /* of the body */
#define RESPONSE_HEADERS_MAX 8192

struct response {
	int status;
	const char *content_type;   /* static text */
	struct buf body;
	struct buf headers;         /* what the calls below added */
	bool broken;                /* a header could not be said: the answer becomes a 500 */
};

/* An empty 200 with text/html; release with response_done(). */
void response_init(struct response *r) __attribute__((nonnull));
void response_done(struct response *r) __attribute__((nonnull));

/* Forgets the body and every header, as for an error after a half-built page. */
void response_clear(struct response *r) __attribute__((nonnull));

/* A header with a value of printable ASCII. */
void response_header(struct response *r, const char *name, const char *value) __attribute__((nonnull));

/*
 * 303 to a path of our own, with bytes that do not belong into a URL
 * percent-encoded. A target that does not start with exactly one "/" breaks
 * the answer.
 */
void response_redirect(struct response *r, const char *path) __attribute__((nonnull));

struct cookie {
	const char *name;
	const char *value;          /* cookie-octets of RFC 6265 */
	int64_t max_age_s;          /* 0 deletes; negative: until the browser closes */
	bool secure;                /* https origins */
};

/* Adds Set-Cookie: HttpOnly, SameSite=Lax, Path=/. */
void response_cookie(struct response *r, const struct cookie *cookie) __attribute__((nonnull));

/*
 * Prints status, headers and body to *out in CGI form (RFC 3875): the fixed
 * security headers, Content-Length always, for GET and HEAD of a 200 a strong
 * ETag and 304 where it matches, gzip where the browser takes it (with an
 * ETag of its own), no body for HEAD. out's limit should be RESPONSE_MAX_BYTES
 * and RESPONSE_HEADERS_MAX together; a body over its ceiling becomes a 500.
 */
void response_print(struct response *r, const struct request *request, struct buf *out)
	__attribute__((nonnull));

/* "Not Found" for 404; "Unknown" for a status we never send. */
const char *response_phrase(int status) __attribute__((returns_nonnull));

#endif
