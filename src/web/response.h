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
#define RESPONSE_ETAG_SIZE 40

struct response {
	int status;
	const char *content_type;   /* static text */
	struct buf body;
	struct buf headers;         /* what the calls below added */
	bool broken;                /* a header could not be said: the answer becomes a 500 */
	bool is_finished;           /* by response_finish(): what follows and the body are final */
	bool is_packed;             /* the body is gzip */
	char etag[RESPONSE_ETAG_SIZE]; /* "" = none yet, or none at all */
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
 * Gives the answer to a GET or HEAD an ETag made from seed instead of from
 * the body that is still to come. It is a weak one (RFC 9110, section 8.8.1):
 * two bodies of one seed mean the same but need not be equal byte for byte.
 * True when the visitor has that already: the answer is then a finished 304.
 */
bool response_seed(struct response *r, const struct request *request, const char *seed)
	__attribute__((nonnull));

/*
 * Makes the answer final: a body or headers over their ceiling become a 500;
 * GET and HEAD of a 200 get an ETag (a strong one over the body, unless
 * response_seed() gave one) and become a 304 where the visitor has it; the
 * body is packed where the browser takes gzip, with an ETag of its own.
 * Doing it twice does nothing.
 */
void response_finish(struct response *r, const struct request *request) __attribute__((nonnull));

/*
 * Finishes the answer and prints status, headers and body to *out in CGI form
 * (RFC 3875): the fixed security headers, Content-Length always, no body for
 * HEAD and 304. out's limit should be RESPONSE_MAX_BYTES and
 * RESPONSE_HEADERS_MAX together.
 */
void response_print(struct response *r, const struct request *request, struct buf *out)
	__attribute__((nonnull));

/* Whether the browser takes gzip. */
bool response_takes_gzip(const struct request *request) __attribute__((nonnull));

/* Whether the visitor's If-None-Match names this ETag; weak comparison (RFC 9110, section 13.1.2). */
bool response_etag_matches(const struct request *request, const char *etag) __attribute__((nonnull));

/* "Not Found" for 404; "Unknown" for a status we never send. */
const char *response_phrase(int status) __attribute__((returns_nonnull));

/* The same for a person who reads the page: "Not found". */
const char *response_heading(int status) __attribute__((returns_nonnull));

#endif
