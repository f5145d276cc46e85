/*
 * web/routes.h -- every address that Mission Control answers, in one table.
 *
 * A pane's program only says which function answers which of its routes;
 * who may ask, and with which parameters, is said in routes.c and nowhere
 * else. caddy/site.caddy and docs/routes.md are made from it (`make routes`).
 */
#ifndef MC_WEB_ROUTES_H
#define MC_WEB_ROUTES_H

#include <stdbool.h>

#include "base/arena.h"

struct pane;

enum access { ACCESS_OPEN, ACCESS_VIEWER, ACCESS_ADMIN };

struct route {
	const char *program;    /* whose it is: a file of cgi-bin, and a socket */
	const char *method;     /* "GET" also answers HEAD */
	const char *path;       /* exact; or with a slash and a star at its end, which stands for at least one byte */
	const char *template;   /* NULL = none */
	enum access access;
	/*
	 * Names of the query's parameters, apart by a space; "instance" and, for
	 * a page, "part" are always among them. Any other is refused: a
	 * misspelled filter must not look like one that found everything.
	 * NULL = none. Open routes take any.
	 */
	const char *params;
	const char *about;      /* for docs/routes.md: what it answers or does */
};

/* What answers a route of one's own program. */
struct handler {
	const char *method;     /* both as the table says them */
	const char *path;
	void (*handle)(struct pane *p);
};

/* Ends with an all-zero entry. */
extern const struct route routes[];

/* "open", "viewer", "admin". */
const char *access_name(enum access access) __attribute__((returns_nonnull));

/* What answers this route of the table; NULL when nothing does. */
const struct handler *routes_handler(const struct route *route, const struct handler *handlers) __attribute__((nonnull));

/*
 * NULL when each route of the program has one handler, and each handler is a
 * route's; else one line that names the first that has not.
 */
const char *routes_mismatch(const char *program, const struct route *table, const struct handler *handlers, struct arena *a)
	__attribute__((nonnull));

#endif
