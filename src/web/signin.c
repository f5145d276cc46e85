#include "web/signin.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "web/audit.h"
#include "web/denied.h"
#include "web/session.h"
#include "web/throttle.h"
#include "web/urls.h"

#define HOME "/hermes"

/* Time enough to say which of two people one is. */
#define ARRIVAL_S 300

/* Browsers drop a cookie of more than 4,096 bytes, name and attributes included, without a word. */
#define COOKIE_TOKEN_MAX 3800

static const char *safe_next(const char *next)
{
	return params_is_own_path(next) ? next : HOME;
}

static cJSON *form_model(const char *next)
{
	cJSON *model = cJSON_CreateObject();

	json_add_string(model, "title", "Sign in");
	json_add_string(model, "next", safe_next(next));
	return model;
}

static void show_form(struct pane *p, const char *code, const char *next, const char *message)
{
	cJSON *model = form_model(next);

	json_add_string(model, "message", message);
	json_add_string(model, "code", code);
	json_add_bool(model, "hasCode", code != NULL);
	json_add_bool(model, "hasArrival", false);
	pane_render(p, model);
}

/* Somebody is signed in here already: nobody becomes another person without saying so. */
static void show_choice(struct pane *p, const struct session_token *arrived, const char *next)
{
	cJSON *model = form_model(next);

	json_add_string(model, "message", NULL);
	json_add_bool(model, "hasCode", false);
	json_add_bool(model, "hasArrival", true);
	json_add_string(model, "arrivedUser", arrived->sub);
	json_add_string(model, "arrivedRole", role_name(arrived->role));
	json_add_string(model, "presentUser", p->token->sub);
	json_add_string(model, "presentRole", role_name(p->token->role));
	pane_render(p, model);
}

/* What `hmc token revoke --jti` takes; no token can be made of it. */
static const char *session_name(const struct session_token *t)
{
	return t->is_browser ? t->jti : NULL;
}

static void go_on(struct pane *p, const char *next)
{
	response_redirect(p->response, safe_next(next));
}

/* Puts the session that arrived in force. */
static void take_arrival(struct pane *p, const struct session_token *arrived, const char *token, const char *next)
{
	session_set_arrival(p->site, "", 0, p->response);
	session_set_cookie(p->site, token, arrived->expires_at - p->now, p->response);
	log_line(LOG_LEVEL_INFO, "%s signed in as %s, from another site", arrived->sub, role_name(arrived->role));
	go_on(p, next);
}

/*
 * What follows a POST of another site: this request, which is a plain GET,
 * brings the cookie of the session that is in force, as that POST did not.
 */
static void show_arrival(struct pane *p, const char *next)
{
	const char *token, *reason;
	struct session_token arrived;

	if (session_read_arrival(p->site, p->keys, p->request, p->now, p->arena, &arrived, &token, &reason) != TOKEN_OK) {
		if (p->token)
			go_on(p, next);
		else
			show_form(p, NULL, next, "Nothing has arrived, or too long ago. Go back to where you came from and try again.");
		return;
	}
	if (p->token && !str_eq(p->token->sub, arrived.sub))
		show_choice(p, &arrived, next);
	else
		take_arrival(p, &arrived, token, next);
}

void signin_show(struct pane *p)
{
	const char *code = request_param(p->request, "code"), *next = request_param(p->request, "next");

	if (request_param(p->request, "arrived")) {
		show_arrival(p, next);
		return;
	}
	if (p->token && !code) {
		go_on(p, next);
		return;
	}
	show_form(p, code && *code ? code : NULL, next, NULL);
}

bool signin_is_arrival(const struct pane *p)
{
	const char *token = request_field(p->request, "token");

	return str_eq(p->request->path, "/login") && token && *token && !request_field(p->request, "code") &&
	       !request_field(p->request, "arrival") && !site_is_same_origin(p->site, p->request) &&
	       site_is_signin_origin(p->site, p->request);
}

/* Shows the form again with what went wrong; a code is not offered twice. */
static void refuse(struct pane *p, int status, const char *message)
{
	p->response->status = status;
	if (status == 401)
		response_header(p->response, "WWW-Authenticate", "Bearer realm=\"Mission Control\"");
	show_form(p, NULL, request_field(p->request, "next"), message);
}

/* Answers 429, or 503 where nothing can be counted. */
static void refuse_for_now(struct pane *p, int64_t wait_s, const char *error, const char *message)
{
	log_line(LOG_LEVEL_WARN, "%s", error);
	if (wait_s <= 0) {
		refuse(p, 503, "Signing in is not possible at the moment. The program's log says why.");
		return;
	}
	response_header(p->response, "Retry-After", arena_printf(p->arena, "%lld", (long long)wait_s));
	refuse(p, 429, message);
}

/* Takes a try of whom the token claims to be of, or answers. */
static bool may_try(struct pane *p, const char *subject)
{
	const char *error = NULL;
	int64_t wait_s = 0;

	if (throttle_take(p->config->state_dir, subject, p->now, p->arena, &wait_s, &error))
		return true;
	refuse_for_now(p, wait_s, error, "Too many tries failed. Wait a minute, then try again.");
	return false;
}

/* Counts the session that is to be opened, or answers. */
static bool may_open(struct pane *p, const struct session_token *who)
{
	const char *error = NULL;
	int64_t wait_s = 0;

	if (throttle_open(p->config->state_dir, who->sub, p->now, p->arena, &wait_s, &error))
		return true;
	refuse_for_now(p, wait_s, error,
		       "Too many sessions of this name were opened within an hour. Wait, or use one of those.");
	return false;
}

/* A session that can begin: its token, and until when that is good. */
struct beginning {
	struct session_token session;
	const char *token;
	const char *how;
};

/* Hands it to the browser: in force at once, or, from another site, once that browser has shown whose it is. */
static void begin(struct pane *p, const struct beginning *o)
{
	bool is_arrival = signin_is_arrival(p);
	const struct audit_act act = { .action = "signin", .target = session_name(&o->session),
				       .detail = is_arrival ? "from another site" : o->how };
	const char *next = request_field(p->request, "next");

	throttle_give_back(p->config->state_dir, o->session.sub, p->now, p->arena);
	/* Not when it is put in force: who keeps that cookie can do so again and again, and would fill the log. */
	audit_note(p, &o->session, &act);
	if (is_arrival) {
		session_set_arrival(p->site, o->token, ARRIVAL_S, p->response);
		response_redirect(p->response, arena_printf(p->arena, "%s&arrived=1",
							    url_make(p->arena, "/login", NULL, "next", safe_next(next))));
		return;
	}
	log_line(LOG_LEVEL_INFO, "%s signed in as %s", o->session.sub, role_name(o->session.role));
	session_set_cookie(p->site, o->token, o->session.expires_at - p->now, p->response);
	go_on(p, next);
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

static void post_token(struct pane *p, const char *token)
{
	const char *reason = NULL;
	struct session_token who;
	enum token_result result;
	struct beginning o;

	result = token_verify(p->keys, token, strlen(token), TOKEN_SESSION, p->now, p->arena, &who, &reason);
	if (result != TOKEN_OK) {
		refuse(p, refusal_status(result, reason), reason);
		return;
	}
	o = (struct beginning){ who, token, "by a token" };
	if (!token_can_mint(p->keys) && strlen(token) > COOKIE_TOKEN_MAX) {
		refuse(p, 401, "The token is too long for a browser to keep: 3,800 characters at most.");
		return;
	}
	if (!may_open(p, &who))
		return;
	if (token_can_mint(p->keys))
		o.token = session_open(p->keys, &who, who.expires_at, p->now, p->arena, &o.session, &reason);
	if (o.token)
		begin(p, &o);
	else
		refuse(p, refusal_status(TOKEN_UNCHECKABLE, reason), "This server cannot open a session at the moment.");
}

/* A link is a token that nobody pasted: what is wrong with it, and how to come by another. */
static const char *link_refusal(struct pane *p, const char *reason)
{
	return arena_printf(p->arena, "This sign-in link does not work. %s A new one: hmc token --link.", reason);
}

/*
 * Turns a link into a session. The session is minted before the link is used
 * up, so that a server that cannot mint does not burn it; denied_add() is the
 * one moment that decides between two who post the same code.
 */
static void post_code(struct pane *p, const char *code)
{
	const char *reason = NULL;
	struct session_token link;
	enum token_result result;
	struct beginning o;

	result = token_verify(p->keys, code, strlen(code), TOKEN_LINK, p->now, p->arena, &link, &reason);
	if (result != TOKEN_OK) {
		refuse(p, refusal_status(result, reason), result == TOKEN_REFUSED ? link_refusal(p, reason) : reason);
		return;
	}
	if (!may_open(p, &link))
		return;
	o.how = "by a link";
	o.token = session_open(p->keys, &link, p->now + link.link_ttl_s, p->now, p->arena, &o.session, &reason);
	if (!o.token) {
		refuse(p, refusal_status(TOKEN_UNCHECKABLE, reason),
		       "This server cannot open sessions for links.");
		return;
	}
	switch (denied_add(p->config->state_dir, link.id, link.expires_at, p->now, p->arena, &reason)) {
	case DENIED_YES:
		begin(p, &o);
		return;
	case DENIED_NO:
		refuse(p, 401, "This sign-in link was used before. Ask for a new one: hmc token --link.");
		return;
	default:
		refuse(p, refusal_status(TOKEN_UNCHECKABLE, reason), "The link could not be marked as used.");
	}
}

/* Ends a session on the server: all of the tokens it had, and will have had. */
static bool end_session(struct pane *p, const struct session_token *t)
{
	int64_t until = t->is_browser ? t->limit_at : t->expires_at;
	const char *reason = NULL;

	if (denied_add(p->config->state_dir, t->id, until, p->now, p->arena, &reason) == DENIED_UNKNOWN) {
		log_line(LOG_LEVEL_ERROR, "%s", reason);
		return false;
	}
	log_line(LOG_LEVEL_INFO, "%s signed out", t->sub);
	audit_note(p, t, &(struct audit_act){ .action = "signout", .target = session_name(t) });
	return true;
}

/* The answer to show_choice(), from a page of ours. */
static void post_choice(struct pane *p, bool takes)
{
	const char *token, *reason, *next = request_field(p->request, "next");
	struct session_token arrived;

	if (session_read_arrival(p->site, p->keys, p->request, p->now, p->arena, &arrived, &token, &reason) != TOKEN_OK) {
		session_set_arrival(p->site, "", 0, p->response);
		go_on(p, next);
		return;
	}
	if (takes && (!p->token || end_session(p, p->token))) {
		response_header(p->response, "Clear-Site-Data", "\"cache\"");
		take_arrival(p, &arrived, token, next);
		return;
	}
	if (takes) {
		refuse(p, 503, "The session of before could not be ended, so nothing was changed.");
		return;
	}
	/* A token of the platform's own is the platform's to end. */
	if (arrived.is_browser)
		end_session(p, &arrived);
	session_set_arrival(p->site, "", 0, p->response);
	go_on(p, next);
}

void signin_post(struct pane *p)
{
	const char *token = request_field(p->request, "token"), *code = request_field(p->request, "code");
	const char *choice = request_field(p->request, "arrival"), *shown;

	if (choice && !signin_is_arrival(p)) {
		post_choice(p, str_eq(choice, "take"));
		return;
	}
	shown = code && *code ? code : trimmed(p->arena, token ? token : "");
	if (!may_try(p, token_claimed_subject(shown, strlen(shown), p->arena)))
		return;
	if (shown == code)
		post_code(p, shown);
	else
		post_token(p, shown);
}

void signin_end(struct pane *p)
{
	const struct session_token *t = p->token;

	if (!end_session(p, t)) {
		pane_fail(p, 503, "This browser forgets the session, but the server could not write down "
				  "that it ended: the token stays valid until it expires.");
		session_set_cookie(p->site, "", 0, p->response);
		return;
	}
	session_set_cookie(p->site, "", 0, p->response);
	response_header(p->response, "Clear-Site-Data", "\"cache\"");
	response_redirect(p->response, "/login");
}
