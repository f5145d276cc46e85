/*
 * auth.c -- signing in and out, and a sign of life.
 *
 *   GET  /login      the form; with ?code= one button that uses a sign-in link
 *   POST /login      token= or code=, then on to next=
 *   POST /logout     ends the session on the server
 *   GET  /healthz    "ok": this worker runs, with a configuration and keys it could load
 *   GET  /           on to the overview
 */
#include "web/pane.h"
#include "web/signin.h"

static void show_health(struct pane *p)
{
	p->response->content_type = "text/plain; charset=utf-8";
	buf_adds(&p->response->body, "ok\n");
}

static void go_home(struct pane *p)
{
	response_redirect(p->response, "/hermes");
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/", go_home },
		{ "GET", "/login", signin_show },
		{ "POST", "/login", signin_post },
		{ "POST", "/logout", signin_end },
		{ "GET", "/healthz", show_health },
		{ 0 },
	};

	return pane_main("auth", handlers);
}
