/*
 * web/access.h -- what a request must pass before its pane sees it.
 *
 * Each step answers the request itself (an error or the way to the sign-in
 * page) when it says no.
 */
#ifndef MC_WEB_ACCESS_H
#define MC_WEB_ACCESS_H

#include "web/pane.h"

/* This program's first route of this path and method, with p->rest filled in; else NULL after a 404, or a 405 with Allow. */
const struct route *access_find_route(struct pane *p, const struct route *table) __attribute__((nonnull));

/*
 * Puts the session, if there is a valid one, into p->token. False when the
 * route wants one and it is missing (401 for programs and for parts of a page,
 * else 303 to /login), its role does not suffice (403), or the list of ended
 * sessions cannot be examined (503, and a line in the log).
 */
bool access_identify(struct pane *p, const struct route *route, struct session_token *token)
	__attribute__((nonnull));

/*
 * A POST must come from a page of ours; on any route but an open one (that is
 * /login) it must carry the session's csrf value too. 403 otherwise. The one
 * exception is a token that a configured origin brings to /login
 * (signin_is_arrival()).
 */
bool access_check_post(struct pane *p, const struct route *route) __attribute__((nonnull));

/*
 * False, with a 400 that names those there are, when the query has a
 * parameter that the route does not declare, or with one of its own when
 * something in it is not UTF-8. Open routes take any.
 */
bool access_check_params(struct pane *p, const struct route *route) __attribute__((nonnull));

/*
 * Fills p->instance from ?instance=, which a cookie remembers, or from that
 * cookie; programs are answered only what they asked. 404 for an unknown id.
 */
bool access_choose_instance(struct pane *p, const struct route *route) __attribute__((nonnull));

/*
 * Fills p->zone of a route that declares the parameter "tz": from ?tz=, which
 * a cookie remembers, or from that cookie, else this machine's; JSON heeds no
 * cookie. 400 for a name that is no zone's.
 */
bool access_choose_zone(struct pane *p, const struct route *route) __attribute__((nonnull));

/*
 * Lets the session of a person who looks at a page last (session_renew()); a
 * part of a page that is open and seen counts as looking. Nothing that
 * programs read does, nor a Bearer token.
 */
void access_renew(struct pane *p, const struct route *route) __attribute__((nonnull));

/* The answer to an unknown instance: a 404 that lists those there are. */
void access_fail_instance(struct pane *p) __attribute__((nonnull));

#endif
