/*
 * web/signin.h -- signing in and out: the handlers behind /login and /logout.
 */
#ifndef MC_WEB_SIGNIN_H
#define MC_WEB_SIGNIN_H

#include "web/pane.h"

/*
 * GET /login: the form. With ?code= the same page with one button that posts
 * the code: chat programs fetch links to preview them, and such a visit must
 * not use the link up.
 */
void signin_show(struct pane *p);

/*
 * POST /login: token= (a session token, pasted) or code= (of a sign-in link),
 * and next=; or arrival=take or drop, the answer to the question below.
 *
 * A token may also come from a page of another origin, of those in
 * auth.signinOrigins. Such a POST brings no cookie (SameSite=Lax), so it
 * cannot know who is signed in: its session waits in a cookie of its own, for
 * five minutes, and the GET that the browser is sent on to, which does bring
 * the cookies, puts it in force. Where somebody else is signed in, it asks.
 */
void signin_post(struct pane *p);

/*
 * Whether the request is a token that a configured origin brings. Such an
 * origin is trusted to sign people in, as who issues tokens is; it may neither
 * use a link nor answer for the person. Any other is refused, or a page
 * anywhere could sign a person in as somebody else (login CSRF).
 */
bool signin_is_arrival(const struct pane *p);

/* POST /logout: ends the session on the server, with every token it had, then takes the cookie away. */
void signin_end(struct pane *p);

#endif
