#include "web/signin.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "web/denied.h"
#include "web/session.h"
#include "web/throttle.h"

#define HOME "/hermes"

/* Browsers drop a cookie of more than 4,096 bytes, name and attributes included, without a word. */
#define COOKIE_TOKEN_MAX 3800

static const char *safe_next(const char *next)
{
	return params_is_own_path(next) ? next : HOME;
}

static void show_form(struct pane *p, const char *code, const char *next, const char *message)
{
	cJSON *model = cJSON_CreateObject();

	json_add_string(model, "title", "Sign in");
	json_add_string(model, "message", message);
	json_add_string(model, "code", code);
	json_add_bool(model, "hasCode", code != NULL);
	json_add_string(model, "next", safe_next(next));
	pane_render(p, model);
}

void signin_show(struct pane *p)
{
	const char *code = request_param(p->request, "code"), *next = request_param(p->request, "next");

	if (p->token && !code) {
		response_redirect(p->response, safe_next(next));
		return;
	}
	show_form(p, code && *code ? code : NULL, next, NULL);
}

/* Shows the form again with what went wrong; a code is not offered twice. */
static void refuse(struct pane *p, int status, const char *message)
{
	p->response->status = status;
	if (status == 401)
		response_header(p->response, "WWW-Authenticate", "Bearer realm=\"Mission Control\"");
	show_form(p, NULL, request_field(p->request, "next"), message);
}

/* Takes a try, or answers 429 or 503. */
static bool may_try(struct pane *p)
{
	const char *error = NULL;
	int64_t wait_s = 0;

	if (throttle_take(p->config->state_dir, p->now, p->arena, &wait_s, &error))
		return true;
	log_line(LOG_LEVEL_WARN, "%s", error);
	if (wait_s <= 0) {
		refuse(p, 503, "Signing in is not possible at the moment. The program's log says why.");
		return false;
	}
	response_header(p->response, "Retry-After", arena_printf(p->arena, "%lld", (long long)wait_s));
	refuse(p, 429, "Too many tries failed. Wait a minute, then try again.");
	return false;
}

static void open_session(struct pane *p, const char *token, int64_t lifetime_s, const struct session_token *who)
{
	throttle_give_back(p->config->state_dir, p->now, p->arena);
	log_line(LOG_LEVEL_INFO, "%s signed in as %s", who->sub, role_name(who->role));
	session_set_cookie(p->site, token, lifetime_s, p->response);
	response_redirect(p->response, safe_next(request_field(p->request, "next")));
}

/* Without the blanks and line ends that come along when text is copied out of a terminal. */
static const char *trimmed(struct arena *a, const char *s)
{
	size_t n;

	s += strspn(s, " \t\r\n");
	n = strlen(s);
	while (n > 0 && strchr(" \t\r\n", s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

/* Says to the log what the person cannot mend. */
static int refusal_status(enum token_result result, const char *reason)
{
	if (result == TOKEN_REFUSED)
		return 401;
	log_line(LOG_LEVEL_ERROR, "%s", reason);
	return 503;
}

static void post_token(struct pane *p, const char *pasted)
{
	const char *token = trimmed(p->arena, pasted), *reason = NULL;
	struct session_token who;
	enum token_result result;

	if (strlen(token) > COOKIE_TOKEN_MAX) {
		refuse(p, 401, "The token is too long for a browser to keep: 3,800 characters at most.");
		return;
	}
	result = token_verify(p->keys, token, strlen(token), TOKEN_SESSION, p->now, p->arena, &who, &reason);
	if (result != TOKEN_OK) {
		refuse(p, refusal_status(result, reason), reason);
		return;
	}
	open_session(p, token, who.expires_at - p->now, &who);
}

/*
 * Turns a link into a session. The session is minted before the link is used
 * up, so that a server that cannot mint does not burn it; denied_add() is the
 * one moment that decides between two who post the same code.
 */
static void post_code(struct pane *p, const char *code)
{
	const char *reason = NULL, *token;
	struct session_token link;
	struct token_request session;
	enum token_result result;

	result = token_verify(p->keys, code, strlen(code), TOKEN_LINK, p->now, p->arena, &link, &reason);
	if (result != TOKEN_OK) {
		refuse(p, refusal_status(result, reason), reason);
		return;
	}
	session = (struct token_request){
		.sub = link.sub, .role = link.role, .ttl_s = link.link_ttl_s, .use = TOKEN_SESSION,
	};
	token = token_mint(p->keys, &session, p->now, p->arena, &reason);
	if (!token) {
		refuse(p, refusal_status(TOKEN_UNCHECKABLE, reason),
		       "This server cannot open sessions for links.");
		return;
	}
	switch (denied_add(p->config->state_dir, link.id, link.expires_at, p->now, p->arena, &reason)) {
	case DENIED_YES:
		open_session(p, token, link.link_ttl_s, &link);
		return;
	case DENIED_NO:
		refuse(p, 401, "This sign-in link was used before. Ask for a new one: hmc token --link.");
		return;
	default:
		refuse(p, refusal_status(TOKEN_UNCHECKABLE, reason), "The link could not be marked as used.");
	}
}

void signin_post(struct pane *p)
{
	const char *token = request_field(p->request, "token"), *code = request_field(p->request, "code");

	if (!may_try(p))
		return;
	if (code && *code)
		post_code(p, code);
	else
		post_token(p, token ? token : "");
}

void signin_end(struct pane *p)
{
	const struct session_token *t = p->token;
	const char *reason = NULL;

	if (denied_add(p->config->state_dir, t->id, t->expires_at, p->now, p->arena, &reason) ==
	    DENIED_UNKNOWN) {
		log_line(LOG_LEVEL_ERROR, "%s", reason);
		pane_fail(p, 503, "This browser forgets the session, but the server could not write down "
				  "that it ended: the token stays valid until it expires.");
		session_set_cookie(p->site, "", 0, p->response);
		return;
	}
	log_line(LOG_LEVEL_INFO, "%s signed out", t->sub);
	session_set_cookie(p->site, "", 0, p->response);
	response_header(p->response, "Clear-Site-Data", "\"cache\"");
	response_redirect(p->response, "/login");
}
