/*
 * web/request.h -- one request: what FastCGI or the CGI environment said.
 *
 * Only the variables named in request.c are ever looked at; no header is
 * identity. Strings are borrowed from the environment or live in the arena.
 */
#ifndef MC_WEB_REQUEST_H
#define MC_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "web/params.h"

#define REQUEST_BODY_MAX   (64 * 1024)
#define REQUEST_ENV_MAX    (128 * 1024) /* all variables together */
#define REQUEST_PATH_MAX   1024
#define REQUEST_QUERY_MAX  8192

enum request_source { REQUEST_FASTCGI, REQUEST_CGI };

struct request {
	enum request_source source;
	const char *method;         /* "GET", "HEAD", "POST", or another word of capitals */
	const char *path;           /* decoded; starts with "/" */
	const char *query;          /* as it came, without "?"; "" when there is none */
	int64_t content_length;     /* bytes of body to read */
	const char *body;           /* NUL-terminated; "" before request_set_body() */
	size_t body_len;
	struct params params;       /* of the query */
	struct params form;         /* of a posted form */
	/* Headers; NULL when absent. */
	const char *host;
	const char *cookie;
	const char *origin;
	const char *sec_fetch_site;
	const char *content_type;
	const char *accept;
	const char *if_none_match;
	const char *authorization;
	const char *accept_encoding;
};

/*
 * Fills *r from "NAME=value" strings. Returns 0, or the status to answer
 * with and one line in *reason: 400 for anything malformed or said twice,
 * 404 for a path that no route could have, 411, 413, 414, 431. Even then *r
 * is safe to read (method and path may be ""). In a plain CGI a missing
 * REQUEST_METHOD is GET.
 */
int request_init(struct request *r, enum request_source source, char *const *env, struct arena *a,
		 const char **reason) __attribute__((nonnull(1, 4, 5)));

/*
 * Takes the body as it was read (up to one byte more than announced) and
 * decodes a form. 0, or a status with its reason: 400 when it is shorter or
 * longer than announced or the form is malformed, 415 for a POST that is not
 * application/x-www-form-urlencoded.
 */
int request_set_body(struct request *r, const char *body, size_t n, struct arena *a, const char **reason)
	__attribute__((nonnull(1, 4, 5)));

bool request_is(const struct request *r, const char *method) __attribute__((nonnull));

/* Gives a fresh name for a request: 16 hexadecimal digits nobody can guess. */
const char *request_id_new(struct arena *a) __attribute__((nonnull, returns_nonnull));

/* True for GET and HEAD. */
bool request_is_read(const struct request *r) __attribute__((nonnull));

/* True for a path under /api/. */
bool request_is_api(const struct request *r) __attribute__((nonnull));

/*
 * True for what programs read and people do not: JSON, /metrics and feeds
 * (".atom"). Nobody is sent to the sign-in page from there, no cookie chooses
 * an instance, and errors are no pages.
 */
bool request_is_for_programs(const struct request *r) __attribute__((nonnull));

/* A query parameter, a form field; NULL when absent. */
const char *request_param(const struct request *r, const char *name) __attribute__((nonnull));
const char *request_field(const struct request *r, const char *name) __attribute__((nonnull));

#endif
