/* A loaded configuration of Caddy, as its admin endpoint gives it. */
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "probe/caddy_parts.h"

struct route {
	struct buf hosts;
	struct buf upstreams;
	struct buf roots;
	bool any_host;
};

static void route_clear(struct route *r)
{
	buf_done(&r->hosts);
	buf_done(&r->upstreams);
	buf_done(&r->roots);
	*r = (struct route){ .hosts = BUF_INIT(CADDY_WORDS_MAX), .upstreams = BUF_INIT(CADDY_WORDS_MAX), .roots = BUF_INIT(CADDY_WORDS_MAX) };
}

static void add_text(struct buf *words, const cJSON *text)
{
	if (cJSON_IsString(text))
		caddy_add_word(words, text->valuestring, strlen(text->valuestring));
}

/* A dial of reverse_proxy is one address, one of layer4 a list of them. */
static void add_texts(struct buf *words, const cJSON *value)
{
	const cJSON *item;

	add_text(words, value);
	if (cJSON_IsArray(value))
		cJSON_ArrayForEach(item, value)
			add_text(words, item);
}

/* Upstreams that are looked up at each request: {"source": "a", "name": "x", "port": "80"}. */
static void add_dynamic(struct buf *words, const cJSON *value, struct arena *a)
{
	const char *name = json_string(value, "name"), *port = json_string(value, "port");
	const char *word = arena_printf(a, "%s:%s", name ? name : CADDY_DYNAMIC, port ? port : "");

	if (cJSON_IsObject(value))
		caddy_add_word(words, word, strlen(word));
}

/* Whichever handler it is, one of a plugin too: what it dials and serves from has these names. */
static void walk(struct route *r, const cJSON *value, struct arena *a)
{
	const cJSON *item;

	if (str_eq(json_string(value, "handler"), "file_server") && !json_string(value, "root"))
		caddy_add_word(&r->roots, ".", 1);
	cJSON_ArrayForEach(item, value) {
		if (str_eq(item->string, "dial"))
			add_texts(&r->upstreams, item);
		else if (str_eq(item->string, "dynamic_upstreams"))
			add_dynamic(&r->upstreams, item, a);
		else if (str_eq(item->string, "root"))
			add_text(&r->roots, item);
		if (cJSON_IsObject(item) || cJSON_IsArray(item))
			walk(r, item, a);
	}
}

/* Matcher sets are alternatives: one without names lets any through. */
static void take_hosts(struct route *r, const cJSON *route)
{
	const cJSON *sets = json_array(route, "match"), *set;

	if (!sets || cJSON_GetArraySize(sets) == 0)
		r->any_host = true;
	cJSON_ArrayForEach(set, sets) {
		const cJSON *hosts = json_array(set, "host");

		if (hosts)
			add_texts(&r->hosts, hosts);
		else
			r->any_host = true;
	}
}

/* The folder that an earlier handler set is what a file_server without one serves. */
static void drop_unset_root(struct route *r)
{
	char *at = r->roots.data;

	if (at && str_starts(at, ". ") )
		memmove(at, at + 2, (r->roots.len -= 2) + 1);
	else if (at && r->roots.len > 2 && str_ends(at, " ."))
		buf_cut(&r->roots, r->roots.len - 2);
}

static void add_route(struct caddy *to, const cJSON *listen, struct route *r, struct arena *a)
{
	const cJSON *item;

	drop_unset_root(r);
	if (r->any_host)
		buf_done(&r->hosts);
	cJSON_ArrayForEach(item, listen)
		if (cJSON_IsString(item))
			caddy_add_site(to, item->valuestring, &r->hosts, &r->upstreams, &r->roots, a);
}

/* Routes without names of their own belong to one site that serves any. */
static void take_server(struct caddy *to, const cJSON *server, const char *errors_of, struct arena *a)
{
	const cJSON *listen = json_array(server, "listen"), *routes = json_array(server, "routes"), *item;
	struct route any = { .any_host = true }, one = { .any_host = false };
	bool has_any = false;

	route_clear(&any);
	route_clear(&one);
	any.any_host = true;
	cJSON_ArrayForEach(item, routes) {
		take_hosts(&one, item);
		if (one.any_host) {
			walk(&any, item, a);
			has_any = true;
		} else {
			walk(&one, item, a);
			add_route(to, listen, &one, a);
		}
		route_clear(&one);
	}
	if (errors_of && json_object(server, errors_of)) {
		walk(&any, json_object(server, errors_of), a);
		has_any = true;
	}
	if (has_any)
		add_route(to, listen, &any, a);
	route_clear(&any);
	route_clear(&one);
}

static void take_servers(struct caddy *to, const cJSON *app, const char *errors_of, struct arena *a)
{
	const cJSON *server;

	cJSON_ArrayForEach(server, json_object(app, "servers"))
		take_server(to, server, errors_of, a);
}

static const char *admin_of(const cJSON *config, struct arena *a)
{
	const cJSON *admin = json_object(config, "admin");
	const char *listen = json_string(admin, "listen");
	bool is_off = false;

	if (json_bool(admin, "disabled", &is_off) && is_off)
		return "off";
	return listen ? str_clean(a, listen, strlen(listen), 200) : CADDY_ADMIN_DEFAULT;
}

bool caddy_read_loaded(struct caddy *to, const char *json, size_t n, struct arena *a, const char **reason)
{
	struct json_error why = { 0 };
	CLEANUP_JSON cJSON *config = json_parse(json, n, JSON_STRICT, &why);
	const cJSON *apps = json_object(config, "apps"), *app;

	if (!config) {
		*reason = arena_printf(a, "its answer is not JSON: line %zu: %s", why.line, why.what);
		return false;
	}
	if (!cJSON_IsObject(config) && !cJSON_IsNull(config)) {
		*reason = "its answer is no configuration of Caddy";
		return false;
	}
	to->is_whole = TRI_YES;
	to->admin = admin_of(config, a);
	cJSON_ArrayForEach(app, apps)
		if (json_object(app, "servers"))
			take_servers(to, app, str_eq(app->string, "http") ? "errors" : NULL, a);
	return true;
}
