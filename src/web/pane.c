#include "web/pane.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "base/zone.h"
#include "report/refresh_request.h"
#include "report/report_cache.h"
#include "web/access.h"
#include "web/audit.h"
#include "web/denied.h"
#include "web/document.h"
#include "web/frame.h"
#include "web/journal.h"
#include "web/page_cache.h"
#include "web/request_log.h"
#include "web/serve.h"

#define STARTUP_ARENA_MAX (64 * 1024 * 1024)
#define EXIT_CONFIG       78

/* What lasts as long as the process. */
struct app {
	const char *name;
	const struct route *routes;  /* of all programs */
	const struct handler *handlers;
	struct arena *arena;
	struct config *config;
	struct token_keys *keys;
	struct tmpl_set *templates;
	struct site site;
	struct page_cache *pages;
	struct report_cache *reports;
	struct keepsake kept[KEPT_N];
	bool is_cgi;
};

/* The time of a request; tests of a plain CGI fix it with $HMC_NOW (seconds, or RFC 3339). */
static int64_t request_now(const struct app *app)
{
	const char *fixed = app->is_cgi ? getenv("HMC_NOW") : NULL;
	int64_t t;

	if (fixed && (str_parse_i64(fixed, 1, INT64_MAX / 2, &t) || clock_parse_iso(fixed, 0, &t)))
		return t;
	return clock_now_s();
}

static void render_json(struct pane *p, const cJSON *model)
{
	CLEANUP_FREE char *text = json_print(model);

	p->response->content_type = "application/json; charset=utf-8";
	buf_adds(&p->response->body, text);
	buf_addc(&p->response->body, '\n');
}

const struct snapshot *pane_snapshot(struct pane *p)
{
	return report_cache_load(p->reports, p->now, p->arena);
}

struct home_zone {
	int64_t minute;
	char name[ZONE_NAME_MAX + 1];
};

const char *pane_home_zone(struct pane *p)
{
	struct keepsake *kept = &p->kept[KEPT_HOME_ZONE];
	struct home_zone *z;

	if (!kept->what)
		*kept = (struct keepsake){ calloc(1, sizeof(*z)), free };
	z = kept->what;
	if (!z)
		abort();
	if (!*z->name || z->minute != p->now / 60) {
		z->minute = p->now / 60;
		strncpy(z->name, zone_local(p->arena), ZONE_NAME_MAX);
	}
	return arena_strdup(p->arena, z->name);
}

/* An answer for when templates themselves fail: no markup, no model. */
static void fail_in_words(struct pane *p, int status, const char *message)
{
	response_clear(p->response);
	p->response->status = status;
	p->response->content_type = "text/plain; charset=utf-8";
	buf_printf(&p->response->body, "%s\n", message);
}

/*
 * Prints the template within the frame or, for ?part=1, within what a page
 * fetches of itself again. False, with a line in the log, when it cannot be.
 */
static bool render_html(struct pane *p, const char *template, cJSON *model)
{
	CLEANUP(buf_done) struct buf content = BUF_INIT(RESPONSE_MAX_BYTES);
	const char *around = str_eq(request_param(p->request, "part"), "1") ? "part" : "page";
	struct tmpl_error err = { "" };
	bool ok = tmpl_render(p->templates, template, model, &content, &err);

	if (ok) {
		json_add_string(model, "content", buf_str(&content));
		ok = tmpl_render(p->templates, around, model, &p->response->body, &err);
	}
	if (!ok)
		log_line(LOG_LEVEL_ERROR, "%s.html cannot be shown: %s", template, err.text);
	return ok;
}

void pane_render(struct pane *p, cJSON *model)
{
	CLEANUP_JSON cJSON *owned = model;

	if (request_is_api(p->request)) {
		render_json(p, owned);
		return;
	}
	frame_add(p, owned);
	if (!p->template || !render_html(p, p->template, owned))
		fail_in_words(p, 500, "This page could not be built. The program's log says why.");
}

/* Who has just asked for new readings is told so: that a request stands, and whether it has stood too long. */
static const char *asked_key(const struct pane *p)
{
	int64_t age_s = p->now - p->asked_ns / 1000000000;

	return p->asked_ns ? arena_printf(p->arena, "%lld %lld", (long long)p->asked_ns, (long long)(age_s / 30)) : "";
}

/*
 * Everything but evidence and time that an answer depends on. The session's
 * csrf value stands in its pages and names the token to the last byte; line
 * feeds occur in none of the parts, so two keys are never one text.
 */
static const char *answer_key(const struct pane *p)
{
	const struct request *r = p->request;

	return arena_printf(p->arena, "%s\n%s\n%s\n%s\n%s\n%s\n%s", r->path, r->query, p->instance ? p->instance : "",
			    p->zone ? p->zone : "", p->token ? p->token->csrf : "", response_takes_gzip(r) ? "gzip" : "",
			    asked_key(p));
}

bool pane_visitor_has(struct pane *p, const char *facts)
{
	const char *seed = arena_printf(p->arena, "%s\n%lld\n%s\n%s", MC_VERSION, (long long)(p->now / 60),
					answer_key(p), facts);

	return response_seed(p->response, p->request, seed);
}

void pane_fail(struct pane *p, int status, const char *message)
{
	CLEANUP_JSON cJSON *model = cJSON_CreateObject();

	response_clear(p->response);
	p->response->status = status;
	if (request_is_api(p->request)) {
		cJSON *error = json_add_object(model, "error");

		json_add_i64(error, "status", status);
		json_add_string(error, "message", message);
		json_add_string(error, "requestId", p->request_id);
		render_json(p, model);
		return;
	}
	if (request_is_for_programs(p->request)) {
		fail_in_words(p, status, message);
		return;
	}
	json_add_string(model, "title", response_heading(status));
	json_add_i64(model, "status", status);
	json_add_string(model, "message", message);
	json_add_string(model, "requestId", p->request_id);
	json_add_bool(model, "canSignIn", !p->token);
	frame_add(p, model);
	if (!render_html(p, "error", model))
		fail_in_words(p, status, message);
}

/* Lets the pane answer, or gives again what it answered this session here within this second. */
static void answer(struct app *app, struct pane *p, const struct route *route)
{
	const char *key = NULL;

	if (p->token && route->access != ACCESS_OPEN && request_is_read(p->request))
		key = answer_key(p);
	if (key && page_cache_get(app->pages, key, p->now, p->request, p->response))
		return;
	routes_handler(route, app->handlers)->handle(p);
	if (!key || p->is_live)
		return;
	response_finish(p->response, p->request);
	page_cache_put(app->pages, key, p->now, p->response);
}

/* Who asks, then for what, then the pane itself. */
static void check_and_answer(struct app *app, struct pane *p, const struct incoming *in, struct session_token *token)
{
	if (in->status) {
		pane_fail(p, in->status, in->reason);
		return;
	}
	if (!site_knows_host(&app->site, in->request)) {
		/* Whoever points a foreign name at us is not told the right one. */
		pane_fail(p, 421, "This site is not served under that name. Use the address in site.origin "
				  "('hmc config' shows it).");
		return;
	}
	token_keys_refresh(app->keys, p->now, p->arena);
	p->route = access_find_route(p, app->routes);
	if (!p->route || !access_identify(p, p->route, token) || !access_check_post(p, p->route) ||
	    !access_check_params(p, p->route) || !access_choose_instance(p, p->route) || !access_choose_zone(p, p->route))
		return;
	p->template = p->route->template;
	access_renew(p, p->route);
	if (p->token)
		p->asked_ns = refresh_last_ns(p->config->state_dir, p->now, p->arena);
	answer(app, p, p->route);
}

/* Answers one request, and says so in the log and in the answer by the same name. */
static void handle(void *ctx, const struct incoming *in, struct response *out)
{
	struct app *app = ctx;
	struct session_token token;
	int64_t began = clock_mono_us();
	struct pane p = {
		.name = app->name,
		.request_id = request_id_new(in->arena),
		.request = in->request,
		.response = out,
		.config = app->config,
		.arena = in->arena,
		.templates = app->templates,
		.now = request_now(app),
		.deadline_us = in->deadline_us,
		.keys = app->keys,
		.site = &app->site,
		.reports = app->reports,
		.kept = app->kept,
	};

	check_and_answer(app, &p, in, &token);
	audit_close(&p);
	response_finish(out, in->request);
	/* Not before: what is kept for others of this second holds no name of a request. */
	response_header(out, "X-Request-Id", p.request_id);
	request_log(&p, clock_mono_us() - began);
}

/* Pages of a second that is over. Reports and ledgers stay: they are what the next page begins with. */
static void rest(void *ctx)
{
	struct app *app = ctx;

	page_cache_clear(app->pages);
}

static bool load_templates(struct app *app)
{
	const char *dir = getenv("HMC_TEMPLATES");
	/* Golden tests ask for it: a name that the model lacks is a typo in a template. */
	bool strict = app->is_cgi && getenv("HMC_STRICT") != NULL;
	struct tmpl_error err = { "" };
	bool ok;

	if (!dir || !*dir)
		dir = MC_DATADIR "/templates";
	app->templates = tmpl_set_new(dir, strict);
	ok = tmpl_set_load(app->templates, "page", &err) && tmpl_set_load(app->templates, "part", &err) &&
	     tmpl_set_load(app->templates, "error", &err);
	for (const struct route *r = app->routes; ok && r->path; r++)
		if (r->template && str_eq(r->program, app->name))
			ok = tmpl_set_load(app->templates, r->template, &err);
	if (!ok)
		log_line(LOG_LEVEL_ERROR, "template %s (in %s; $HMC_TEMPLATES names another folder)",
			 err.text, dir);
	return ok;
}

/* Loads and checks all that a request may need, so that what is wrong is known at start. */
static bool load(struct app *app)
{
	const char *error = routes_mismatch(app->name, app->routes, app->handlers, app->arena);

	if (error) {
		log_line(LOG_LEVEL_ERROR, "%s", error);
		return false;
	}
	app->config = config_load(NULL, app->arena, &error);
	if (app->config)
		app->keys = token_keys_load(app->config, app->arena, &error);
	if (!app->config || !app->keys || !site_init(app->config, app->arena, &app->site, &error) ||
	    !denied_prepare(app->config->state_dir, app->arena, &error)) {
		log_line(LOG_LEVEL_ERROR, "%s", error);
		return false;
	}
	app->reports = report_cache_new(app->config);
	return load_templates(app);
}

int pane_main_of(const char *name, const struct route *table, const struct handler *handlers)
{
	struct app app = { .name = name, .routes = table, .handlers = handlers, .arena = arena_new(STARTUP_ARENA_MAX),
			   .pages = page_cache_new() };
	struct server server = { .handle = handle, .rest = rest, .ctx = &app };
	int listener = serve_listener(), rc = EXIT_CONFIG;

	log_name(name);
	journal_attach(listener >= 0);
	json_init();
	app.is_cgi = listener < 0;
	if (load(&app))
		rc = serve_run(listener, &server);
	if (app.templates)
		tmpl_set_free(app.templates);
	for (int i = 0; i < KEPT_N; i++)
		if (app.kept[i].drop)
			app.kept[i].drop(app.kept[i].what);
	report_cache_free(app.reports);
	page_cache_free(app.pages);
	arena_free(app.arena);
	return rc;
}

int pane_main(const char *program, const struct handler *handlers)
{
	return pane_main_of(program, routes, handlers);
}
