#include "web/access.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/zone.h"
#include "web/cookies.h"
#include "web/session.h"
#include "web/signin.h"
#include "web/urls.h"

#define KNOWN_SHOWN_MAX 20
#define REMEMBER_S      (365 * 86400)

static bool takes_method(const struct route *route, const struct request *r)
{
	return request_is(r, route->method) || (request_is(r, "HEAD") && str_eq(route->method, "GET"));
}

/* What stands for the "*" at a route's end; "" for an exact route; NULL when the path is not the route's. */
static const char *match(const struct route *route, const char *path)
{
	size_t n = strlen(route->path);

	if (!str_ends(route->path, "/*"))
		return str_eq(route->path, path) ? "" : NULL;
	return strncmp(route->path, path, n - 1) == 0 && path[n - 1] ? path + n - 1 : NULL;
}

const struct route *access_find_route(struct pane *p, const struct route *table)
{
	bool get = false, post = false;

	for (const struct route *r = table; r->path; r++) {
		const char *rest = str_eq(r->program, p->name) ? match(r, p->request->path) : NULL;

		if (!rest)
			continue;
		p->rest = *rest ? rest : NULL;
		if (takes_method(r, p->request))
			return r;
		get |= str_eq(r->method, "GET");
		post |= str_eq(r->method, "POST");
	}
	if (!get && !post) {
		pane_fail(p, 404, "There is no such page.");
		return NULL;
	}
	pane_fail(p, 405, "This page cannot be asked in that way.");
	response_header(p->response, "Allow", get && post ? "GET, HEAD, POST" : get ? "GET, HEAD" : "POST");
	return NULL;
}

/* Sends a person to the sign-in page, and back here afterwards; tells a program instead. */
static void ask_to_sign_in(struct pane *p, const char *reason)
{
	const struct request *r = p->request;
	const char *here;

	if (request_is_for_programs(r) || str_eq(request_param(r, "part"), "1")) {
		pane_fail(p, 401, reason);
		response_header(p->response, "WWW-Authenticate", "Bearer realm=\"Mission Control\"");
		return;
	}
	response_clear(p->response);
	here = *r->query ? arena_printf(p->arena, "%s?%s", r->path, r->query) : r->path;
	response_redirect(p->response, request_is_read(r) && params_is_own_path(here)
					       ? url_make(p->arena, "/login", NULL, "next", here)
					       : "/login");
}

bool access_identify(struct pane *p, const struct route *route, struct session_token *token)
{
	const char *reason = NULL;
	enum token_result result = session_read(p->site, p->keys, p->request, p->now, p->arena, token, &reason);

	if (result == TOKEN_OK)
		p->token = token;
	if (result == TOKEN_UNCHECKABLE)
		log_line(LOG_LEVEL_ERROR, "%s", reason);
	if (route->access == ACCESS_OPEN)
		return true;
	if (result == TOKEN_UNCHECKABLE) {
		pane_fail(p, 503, "Sign-ins cannot be checked at the moment. The program's log says why.");
		return false;
	}
	if (!p->token) {
		ask_to_sign_in(p, reason);
		return false;
	}
	if (route->access == ACCESS_ADMIN && p->token->role != ROLE_ADMIN) {
		pane_fail(p, 403, request_is_read(p->request) ? "Only admins may see this."
							      : "Your role may look, but not change anything.");
		return false;
	}
	return true;
}

bool access_check_post(struct pane *p, const struct route *route)
{
	if (!request_is(p->request, "POST"))
		return true;
	if (!site_is_same_origin(p->site, p->request) && !(route->access == ACCESS_OPEN && signin_is_arrival(p))) {
		pane_fail(p, 403, "This was not sent from a page of Mission Control, so nothing was done.");
		return false;
	}
	if (route->access != ACCESS_OPEN && !session_owns_form(p->token, p->request)) {
		pane_fail(p, 403, "This form belongs to another session, so nothing was done. "
				  "Reload the page and try again.");
		return false;
	}
	return true;
}

void access_renew(struct pane *p, const struct route *route)
{
	const struct request *r = p->request;

	if (p->token && route->access != ACCESS_OPEN && request_is(r, "GET") && !r->authorization &&
	    !request_is_for_programs(r))
		session_renew(p->site, p->keys, p->token, p->now, p->arena, p->response);
}

/* Whether name is a word of the list. */
static bool is_word_of(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *w = list; w && *w; w += strspn(w, " ")) {
		size_t len = strcspn(w, " ");

		if (len == n && strncmp(w, name, n) == 0)
			return true;
		w += len;
	}
	return false;
}

bool access_check_params(struct pane *p, const struct route *route)
{
	const struct params *q = &p->request->params;
	const char *part = params_get(q, "part");

	if (route->access == ACCESS_OPEN)
		return true;
	if (q->is_broken) {
		pane_fail(p, 400, "A parameter holds bytes that are no text: addresses here are UTF-8.");
		return false;
	}
	for (size_t i = 0; i < q->n; i++) {
		const char *name = q->items[i].name;

		if (str_eq(name, "instance") || str_eq(name, "part") || is_word_of(route->params, name))
			continue;
		pane_fail(p, 400, arena_printf(p->arena, "This page knows no parameter \"%s\". It knows: instance%s%s.",
					       str_clean(p->arena, name, strlen(name), 40), route->params ? " " : "",
					       route->params ? route->params : ""));
		return false;
	}
	if (part && !str_eq(part, "1")) {
		pane_fail(p, 400, "The parameter \"part\" may only be 1.");
		return false;
	}
	return true;
}

static const char *known_ids(const struct pane *p)
{
	CLEANUP(buf_done) struct buf list = BUF_INIT(4096);

	for (size_t i = 0; i < p->config->n_instances && i < KNOWN_SHOWN_MAX; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", p->config->instances[i].id);
	if (p->config->n_instances > KNOWN_SHOWN_MAX)
		buf_adds(&list, ", and more");
	return arena_strdup(p->arena, list.len ? buf_str(&list) : "none");
}

void access_fail_instance(struct pane *p)
{
	pane_fail(p, 404, arena_printf(p->arena, "There is no such instance. Known here: %s.", known_ids(p)));
}

/* A part is fetched by a page that is open already: a tab in the background must not choose for others. */
static void remember(struct pane *p, const char *name, const char *choice)
{
	struct cookie c = {
		.name = name,
		.value = choice,
		.max_age_s = REMEMBER_S,
		.secure = p->site->is_https,
	};
	const char *had = NULL;

	if (request_is_for_programs(p->request) || request_param(p->request, "part"))
		return;
	cookie_find(p->request->cookie, name, p->arena, &had);
	if (!str_eq(had, choice))
		response_cookie(p->response, &c);
}

bool access_choose_instance(struct pane *p, const struct route *route)
{
	const char *asked = request_param(p->request, "instance"), *had = NULL;
	const struct instance *known;

	if (route->access == ACCESS_OPEN)
		return true;
	p->can_choose = true;
	if (!asked) {
		if (!request_is_for_programs(p->request))
			cookie_find(p->request->cookie, SITE_INSTANCE_COOKIE, p->arena, &had);
		known = had ? config_instance(p->config, had) : NULL;
		p->instance = known ? known->id : NULL;
		return true;
	}
	known = config_instance(p->config, asked);
	if (!known && !str_eq(asked, "all")) {
		access_fail_instance(p);
		return false;
	}
	p->instance = known ? known->id : NULL;
	remember(p, SITE_INSTANCE_COOKIE, asked);
	return true;
}

bool access_choose_zone(struct pane *p, const struct route *route)
{
	const char *asked = request_param(p->request, "tz"), *had = NULL;

	if (!is_word_of(route->params, "tz"))
		return true;
	if (!asked) {
		if (!request_is_for_programs(p->request))
			cookie_find(p->request->cookie, SITE_ZONE_COOKIE, p->arena, &had);
		p->zone = had && zone_is_known(had) ? had : pane_home_zone(p);
		return true;
	}
	if (!zone_is_known(asked)) {
		pane_fail(p, 400, arena_printf(p->arena, "There is no time zone \"%s\". Zones are named like Asia/Kolkata, "
							 "Europe/Berlin or UTC.",
					       str_clean(p->arena, asked, strlen(asked), 40)));
		return false;
	}
	p->zone = asked;
	remember(p, SITE_ZONE_COOKIE, asked);
	return true;
}
