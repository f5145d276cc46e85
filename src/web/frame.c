#include "web/frame.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/url.h"
#include "web/refresh.h"
#include "web/urls.h"

/* The panes there are; a pane more is a line more. */
static const struct {
	const char *label;
	const char *href;
	const char *icon;
	const char *key;        /* the letter after "g" that leads here */
	bool has_badge;         /* how many things need someone */
	const char *also;       /* a page that belongs to it; NULL = none */
} nav[] = {
	{ "Overview", "/hermes", "overview", "o", false, NULL },
	{ "Ops", "/hermes/ops", "ops", "p", false, "/hermes/backups" },
	{ "Tasks", "/hermes/tasks", "tasks", "t", false, NULL },
	{ "Cron", "/hermes/cron", "cron", "c", false, NULL },
	{ "Agents", "/hermes/agents", "agents", "a", false, NULL },
	{ "History", "/hermes/history", "history", "h", false, NULL },
	{ "Products", "/hermes/products", "products", "r", false, NULL },
	{ "Alerts", "/hermes/alerts", "alerts", "l", true, "/hermes/notifications" },
	{ "Posture", "/hermes/posture", "posture", "s", false, NULL },
};

/* A page below a pane's address, such as one task, is that pane's. */
static bool is_within(const char *path, const char *href)
{
	size_t n = strlen(href);

	return str_eq(path, href) || (!str_eq(href, "/hermes") && strncmp(path, href, n) == 0 && path[n] == '/');
}

/* "2", for what needs someone; NULL for nothing, and "9+" for more than fits a badge. */
static const char *badge_text(const cJSON *counted, struct arena *a)
{
	int64_t n;

	if (!json_i64(counted, "count", &n) || n <= 0)
		return NULL;
	return n > 9 ? "9+" : arena_printf(a, "%d", (int)n);
}

static void add_nav(const struct pane *p, cJSON *model, cJSON *frame)
{
	cJSON *list = json_add_array(frame, "nav");
	const cJSON *verdict = json_get(model, "verdict");

	for (size_t i = 0; p->token && i < ARRAY_SIZE(nav); i++) {
		cJSON *item = cJSON_CreateObject();

		json_add_string(item, "label", nav[i].label);
		json_add_string(item, "href", nav[i].href);
		json_add_string(item, "icon", nav[i].icon);
		json_add_string(item, "key", nav[i].key);
		json_add_bool(item, "isCurrent", is_within(p->request->path, nav[i].href) || (nav[i].also && is_within(p->request->path, nav[i].also)));
		json_add_string(item, "badge", nav[i].has_badge ? badge_text(verdict, p->arena) : NULL);
		json_append(list, item);
	}
}

static void add_user(const struct pane *p, cJSON *frame)
{
	const struct session_token *t = p->token;

	json_add_bool(frame, "isSignedIn", t != NULL);
	json_add_string(frame, "user", t ? t->sub : NULL);
	json_add_string(frame, "role", t ? role_name(t->role) : NULL);
	json_add_bool(frame, "isAdmin", t && t->role == ROLE_ADMIN);
	json_add_string(frame, "csrf", t ? t->csrf : NULL);
}

static const cJSON *badge_of(const cJSON *model, const char *id)
{
	const cJSON *badge;

	cJSON_ArrayForEach(badge, json_get(model, "badges"))
		if (str_eq(json_string(badge, "instanceId"), id))
			return badge;
	return NULL;
}

/* This page of another instance; where a page is of one alone, the pane that it lies below. */
static const char *switch_href(const struct pane *p, const char *id)
{
	return url_make(p->arena, p->switch_path ? p->switch_path : p->request->path,
			p->switch_path ? NULL : &p->request->params, "instance", id);
}

static cJSON *switch_item(const struct pane *p, const cJSON *model, const struct instance *i)
{
	const cJSON *badge = badge_of(model, i->id);

	cJSON *item = cJSON_CreateObject();

	json_add_string(item, "id", i->id);
	json_add_string(item, "label", instance_short_label(i, p->arena));
	json_add_string(item, "fullLabel", i->label);
	json_add_string(item, "href", switch_href(p, i->id));
	json_add_bool(item, "isCurrent", str_eq(p->instance, i->id));
	json_add_string(item, "badge", badge_text(badge, p->arena));
	json_add_string(item, "badgeStatus", json_string(badge, "status"));
	return item;
}

/* Strangers are not told which instances there are. */
static void add_switch(const struct pane *p, const cJSON *model, cJSON *frame)
{
	bool shown = p->token && p->can_choose;
	const struct instance *current = shown && p->instance ? config_instance(p->config, p->instance) : NULL;
	cJSON *list = json_add_array(frame, "instances");

	for (size_t i = 0; shown && i < p->config->n_instances; i++)
		json_append(list, switch_item(p, model, &p->config->instances[i]));
	json_add_bool(frame, "hasSwitch", shown && p->config->n_instances > 1);
	json_add_bool(frame, "isAll", !p->instance);
	json_add_string(frame, "allHref", switch_href(p, "all"));
	if (current)
		json_add(frame, "current", switch_item(p, model, current));
	else
		json_add_null(frame, "current");
}

static void add_time(const struct pane *p, cJSON *frame)
{
	char text[CLOCK_TEXT_MAX];

	clock_rfc3339(p->now, text);
	json_add_string(frame, "generatedAt", text);
	/* "2026-11-24T05:22:00Z": its time of day */
	json_add_string(frame, "generatedText",
			strlen(text) == CLOCK_TEXT_MAX - 1
				? arena_printf(p->arena, "%.8s UTC", text + 11) : text);
}

/* Whether the page may be fetched again in place: not a form, which that would empty, and not an error. */
static bool is_fresh_page(const struct pane *p)
{
	return p->token && p->can_choose && p->response->status == 200 && request_is_read(p->request);
}

/* The same address with the time zone that is shown, where a cookie or the machine chose it. */
static const char *with_zone(const struct pane *p, const char *url)
{
	CLEANUP(buf_done) struct buf zone = BUF_INIT(256);

	if (!p->zone || request_param(p->request, "tz"))
		return url;
	url_add_encoded(&zone, p->zone);
	return arena_printf(p->arena, "%s%ctz=%s", url, strchr(url, '?') ? '&' : '?', buf_str(&zone));
}

/*
 * The pane alone, of the very instance that is shown: the cookie may have
 * been changed by another tab by the time this page is fetched again.
 */
static const char *part_href(const struct pane *p)
{
	const char *url;

	if (!is_fresh_page(p))
		return NULL;
	url = url_make(p->arena, p->request->path, &p->request->params, "instance",
		       p->instance ? p->instance : "all");
	return arena_printf(p->arena, "%s%cpart=1", with_zone(p, url), strchr(url, '?') ? '&' : '?');
}

/* This very page, asked for again without a script: an instance that the address did not name is the cookie's. */
static const char *self_href(const struct pane *p)
{
	const char *named = p->can_choose ? params_get(&p->request->params, "instance") : NULL;

	return url_make(p->arena, p->request->path, &p->request->params, named ? "instance" : NULL, named);
}

/*
 * The same pane as JSON: /api before the path, but the overview has no path of its own under /hermes.
 * JSON heeds no cookie, so the instance and the zone are named.
 */
static const char *api_href(const struct pane *p)
{
	const char *path = p->request->path;

	if (!p->token || !str_starts(path, "/hermes"))
		return NULL;
	path = str_eq(path, "/hermes") ? "/api/hermes/overview" : arena_printf(p->arena, "/api%s", path);
	return with_zone(p, url_make(p->arena, path, &p->request->params, p->instance ? "instance" : NULL, p->instance));
}

/* The tab's icon: the page's verdict where it has one, which no form and no error has. */
static const char *page_status(const cJSON *model)
{
	static const char *const icons[] = { "ok", "warn", "critical", "unknown" };
	const char *status = json_string(json_get(model, "verdict"), "status");

	for (size_t i = 0; i < ARRAY_SIZE(icons); i++)
		if (str_eq(status, icons[i]))
			return icons[i];
	return "off";
}

void frame_add(const struct pane *p, cJSON *model)
{
	cJSON *frame = json_add_object(model, "frame");
	const struct request *r = p->request;

	json_add_string(frame, "title", json_string(model, "title"));
	json_add_string(frame, "status", page_status(model));
	json_add_string(frame, "version", MC_VERSION);
	json_add_string(frame, "path", r->path);
	json_add_bool(frame, "isSample", p->config->is_sample);
	add_time(p, frame);
	add_user(p, frame);
	add_nav(p, model, frame);
	add_switch(p, model, frame);
	json_add_string(frame, "selfHref", self_href(p));
	json_add_bool(frame, "canAsk", p->token && p->token->role == ROLE_ADMIN && is_fresh_page(p));
	json_add_string(frame, "choice", p->instance ? p->instance : "all");
	refresh_add(p, frame);
	json_add_string(frame, "partHref", part_href(p));
	json_add_string(frame, "apiHref", api_href(p));
}
