/*
 * web/site.h -- under which name this site is known, and what follows from it.
 */
#ifndef MC_WEB_SITE_H
#define MC_WEB_SITE_H

#include <stdbool.h>

#include "base/arena.h"
#include "config/config.h"
#include "web/request.h"

#define SITE_INSTANCE_COOKIE "hmc-instance"
#define SITE_ZONE_COOKIE     "hmc-zone"
#define SITE_LOOKED_COOKIE   "hmc-looked" /* when the overview was looked at, and the time before that */

struct site {
	const char *origin;         /* "https://host[:port]", nothing after it */
	const char *authority;      /* its host[:port], as a browser puts it into Host */
	const char *listen;         /* "127.0.0.1:8480" */
	const char *session_cookie; /* "__Host-hmc" on https, else "hmc" */
	const char *arrival_cookie; /* "__Host-hmc-arrival" or "hmc-arrival": another site brought it, it is not in force */
	const char *const *signin_origins; /* that may bring one */
	size_t n_signin_origins;
	bool is_https;
};

/*
 * Reads the origin and the listen address. False with one line in *error:
 * an origin that is no http(s)://host[:port], or plain http on a host that
 * is not this machine, where the cookie would travel in the clear.
 */
bool site_init(const struct config *c, struct arena *a, struct site *out, const char **error)
	__attribute__((nonnull));

/*
 * Whether the Host header names us: the origin's or the listen address, and
 * "localhost" with its port where that is a loopback one. A foreign name that
 * resolves to us (DNS rebinding) does not. A plain CGI may have no Host.
 */
bool site_knows_host(const struct site *s, const struct request *r) __attribute__((nonnull));

/*
 * Whether a POST comes from a page of ours: Sec-Fetch-Site says so, or, where
 * the browser does not send that, Origin does. Neither: no.
 */
bool site_is_same_origin(const struct site *s, const struct request *r) __attribute__((nonnull));

/* Whether Origin is, letter by letter, one of those that may send people here to sign in. */
bool site_is_signin_origin(const struct site *s, const struct request *r) __attribute__((nonnull));

#endif
