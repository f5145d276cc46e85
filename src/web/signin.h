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

/* POST /login: token= (a session token, pasted) or code= (of a sign-in link), and next=. */
void signin_post(struct pane *p);

/* POST /logout: ends the token on the server, then takes the cookie away. */
void signin_end(struct pane *p);

#endif
