/*
 * test_pane.c -- who may see and do what: routes, sessions, roles, forms, instances.
 */
#include "fcgi.h"

#include "base/str.h"
#include "base/zone.h"
#include "web/signin.h"

static void show_text(struct pane *p)
{
	cJSON *model = cJSON_CreateObject();

	json_add_string(model, "title", "Test");
	json_add_string(model, "text", p->instance ? p->instance : "all");
	pane_render(p, model);
}

static void fail_on_purpose(struct pane *p)
{
	response_header(p->response, "X-Half-Built", "yes");
	buf_adds(&p->response->body, "half a page");
	pane_fail(p, 422, "It does not <work>.");
}

/* Differs each time it is really made. */
static void show_clock(struct pane *p)
{
	cJSON *model = cJSON_CreateObject();
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)clock_mono_us());
	json_add_string(model, "title", "Clock");
	json_add_string(model, "text", text);
	pane_render(p, model);
}

/* The facts stand in a file; the page differs each time. */
static void show_facts(struct pane *p)
{
	char path[160];
	CLEANUP_FREE char *facts = NULL;

	snprintf(path, sizeof(path), "%s/facts", p->config->state_dir);
	facts = read_all(path, NULL);
	if (!pane_visitor_has(p, facts))
		show_clock(p);
}

static void show_rest(struct pane *p)
{
	cJSON *model = cJSON_CreateObject();

	json_add_string(model, "title", "Things");
	json_add_string(model, "text", arena_printf(p->arena, "rest=[%s]", p->rest));
	pane_render(p, model);
}

static void show_zone(struct pane *p)
{
	cJSON *model = cJSON_CreateObject();

	json_add_string(model, "title", "Days");
	json_add_string(model, "text", arena_printf(p->arena, "zone=[%s]", p->zone));
	pane_render(p, model);
}

static void show_series(struct pane *p)
{
	p->response->content_type = "text/plain; version=0.0.4; charset=utf-8";
	buf_printf(&p->response->body, "series{instance=\"%s\"} 1\n", p->instance ? p->instance : "all");
}

static const struct route table[] = {
	{ "test", "GET", "/hermes/days", "test", ACCESS_VIEWER, "tz", "" },
	{ "test", "GET", "/api/hermes/days", NULL, ACCESS_VIEWER, "tz", "" },
	{ "test", "GET", "/metrics", NULL, ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/hermes/test.atom", NULL, ACCESS_ADMIN, NULL, "" },
	{ "test", "GET", "/hermes/clock", "test", ACCESS_VIEWER, NULL, "" },
	{ "test", "POST", "/hermes/clock", "test", ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/api/hermes/clock", NULL, ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/open/clock", "test", ACCESS_OPEN, NULL, "" },
	{ "test", "GET", "/hermes/facts", "test", ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/api/hermes/facts", NULL, ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/hermes", "test", ACCESS_VIEWER, "a b q", "" },
	{ "test", "POST", "/hermes", "test", ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/api/hermes/overview", NULL, ACCESS_VIEWER, "a b q", "" },
	{ "test", "POST", "/hermes/ack", "test", ACCESS_ADMIN, NULL, "" },
	{ "test", "GET", "/hermes/admin", "test", ACCESS_ADMIN, NULL, "" },
	{ "test", "GET", "/hermes/fails", "test", ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/api/hermes/fails", NULL, ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/hermes/things/*", "test", ACCESS_VIEWER, "sort order", "" },
	{ "test", "GET", "/hermes/untold", NULL, ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/login", "login", ACCESS_OPEN, NULL, "" },
	{ "test", "POST", "/login", "login", ACCESS_OPEN, NULL, "" },
	{ "test", "POST", "/logout", NULL, ACCESS_VIEWER, NULL, "" },
	{ 0 },
};

static const struct handler handlers[] = {
	{ "GET", "/hermes/days", show_zone },
	{ "GET", "/api/hermes/days", show_zone },
	{ "GET", "/metrics", show_series },
	{ "GET", "/hermes/test.atom", show_series },
	{ "GET", "/hermes/clock", show_clock },
	{ "POST", "/hermes/clock", show_clock },
	{ "GET", "/api/hermes/clock", show_clock },
	{ "GET", "/open/clock", show_clock },
	{ "GET", "/hermes/facts", show_facts },
	{ "GET", "/api/hermes/facts", show_facts },
	{ "GET", "/hermes", show_text },
	{ "POST", "/hermes", show_text },
	{ "GET", "/api/hermes/overview", show_text },
	{ "POST", "/hermes/ack", show_text },
	{ "GET", "/hermes/admin", show_text },
	{ "GET", "/hermes/fails", fail_on_purpose },
	{ "GET", "/api/hermes/fails", fail_on_purpose },
	{ "GET", "/hermes/things/*", show_rest },
	{ "GET", "/hermes/untold", show_text },
	{ "GET", "/login", signin_show },
	{ "POST", "/login", signin_post },
	{ "POST", "/logout", signin_end },
	{ 0 },
};

struct fixture {
	struct stage stage;
	struct arena *arena;
	struct token_keys *keys;
	const char *viewer;
	const char *admin;
};

static const char *mint(struct fixture *f, enum role role, enum token_use use)
{
	struct token_request r = { .sub = "uma", .role = role, .ttl_s = 600, .use = use, .link_ttl_s = 3600 };
	const char *error = NULL, *token = token_mint(f->keys, &r, clock_now_s(), f->arena, &error);

	if (!token)
		fail_msg("%s", error);
	return token;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *error = NULL;
	struct config *c;

	assert_non_null(f);
	f->arena = arena_new(64 * 1024 * 1024);
	stage_open(&f->stage, "test", table, handlers);
	c = config_load(f->stage.config, f->arena, &error);
	f->keys = c ? token_keys_load(c, f->arena, &error) : NULL;
	if (!f->keys)
		fail_msg("%s", error);
	f->viewer = mint(f, ROLE_VIEWER, TOKEN_SESSION);
	f->admin = mint(f, ROLE_ADMIN, TOKEN_SESSION);
	stage_pool(&f->stage, 2, "20000");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	stage_close(&f->stage);
	arena_free(f->arena);
	free(f);
	return 0;
}

/* Asks for method and path?query with this token and form; extra is NAME, value, ..., NULL, or NULL. */
static void ask(struct fixture *f, const char *method, const char *url, const char *token, const char *form,
		const char *const *extra, struct reply *r)
{
	const char *pairs[40] = {
		"REQUEST_METHOD", method, "HTTP_HOST", "127.0.0.1:8480", "SCRIPT_NAME", "",
		"PATH_INFO", arena_strndup(f->arena, url, strcspn(url, "?")),
		"QUERY_STRING", strchr(url, '?') ? strchr(url, '?') + 1 : "",
	};
	size_t n = 10;

	if (token) {
		pairs[n++] = "HTTP_COOKIE";
		pairs[n++] = arena_printf(f->arena, "hmc=%s", token);
	}
	if (form) {
		pairs[n++] = "CONTENT_LENGTH";
		pairs[n++] = arena_printf(f->arena, "%zu", strlen(form));
		pairs[n++] = "CONTENT_TYPE";
		pairs[n++] = "application/x-www-form-urlencoded";
	}
	for (; extra && *extra; extra++)
		pairs[n++] = *extra;
	pairs[n] = NULL;
	fcgi_ask(&f->stage, pairs, form, r);
	if (!r->ended || r->status == 0)
		fail_msg("%s %s: no answer", method, url);
}

static const char *const same_origin[] = { "HTTP_SEC_FETCH_SITE", "same-origin", NULL };

static int status_of(struct fixture *f, const char *method, const char *url, const char *token, const char *form,
		     const char *const *extra)
{
	CLEANUP(reply_done) struct reply r;

	ask(f, method, url, token, form, extra, &r);
	return r.status;
}

/* The csrf value out of a page of this session. */
static const char *csrf_of(struct fixture *f, const char *token)
{
	CLEANUP(reply_done) struct reply r;
	const char *at;

	ask(f, "GET", "/hermes", token, NULL, NULL, &r);
	at = strstr(reply_body(&r), "csrf=");
	assert_non_null(at);
	return arena_strndup(f->arena, at + 5, strcspn(at + 5, "."));
}

static void strangers_get_the_sign_in_page_and_programs_a_401(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply page, api, part, deep;

	ask(f, "GET", "/hermes?instance=bheem", NULL, NULL, NULL, &page);
	assert_int_equal(page.status, 303);
	assert_string_equal(reply_header(&page, "Location"), "/login?next=/hermes%3Finstance%3Dbheem");
	ask(f, "GET", "/api/hermes/overview", NULL, NULL, NULL, &api);
	assert_int_equal(api.status, 401);
	assert_non_null(strstr(reply_header(&api, "WWW-Authenticate"), "Bearer"));
	assert_non_null(strstr(reply_body(&api), "{\"error\":{\"status\":401,\"message\":\""));
	ask(f, "GET", "/hermes?part=1", NULL, NULL, NULL, &part);
	assert_int_equal(part.status, 401);
	ask(f, "GET", "/hermes?q=//evil", "not.a.token", NULL, NULL, &deep);
	assert_int_equal(deep.status, 303);
	/* Nothing private is told. */
	assert_null(strstr(buf_str(&part.out), "bheem"));
	assert_null(strstr(buf_str(&api.out), "bheem"));
}

static void programs_are_told_in_words_and_remembered_by_nothing(void **state)
{
	struct fixture *f = *state;
	const char *const bearer[] = { "HTTP_AUTHORIZATION", arena_printf(f->arena, "Bearer %s", f->viewer), NULL };
	const char *const chose[] = { "HTTP_COOKIE", arena_printf(f->arena, "hmc=%s; hmc-instance=bheem", f->viewer), NULL };
	CLEANUP(reply_done) struct reply stranger, feed, all, one, wrong, unknown, cookie;

	ask(f, "GET", "/metrics", NULL, NULL, NULL, &stranger);
	assert_int_equal(stranger.status, 401);
	assert_non_null(strstr(reply_header(&stranger, "WWW-Authenticate"), "Bearer"));
	assert_string_equal(reply_header(&stranger, "Content-Type"), "text/plain; charset=utf-8");
	assert_null(strchr(reply_body(&stranger), '<'));
	ask(f, "GET", "/hermes/test.atom", NULL, NULL, bearer, &feed);
	assert_int_equal(feed.status, 403);
	assert_null(strchr(reply_body(&feed), '<'));
	ask(f, "GET", "/metrics", NULL, NULL, bearer, &all);
	assert_string_equal(reply_body(&all), "series{instance=\"all\"} 1\n");
	ask(f, "GET", "/metrics?instance=bheem", NULL, NULL, bearer, &one);
	assert_string_equal(reply_body(&one), "series{instance=\"bheem\"} 1\n");
	assert_null(reply_header(&one, "Set-Cookie"));
	ask(f, "GET", "/metrics", NULL, NULL, chose, &cookie);
	assert_string_equal(reply_body(&cookie), "series{instance=\"all\"} 1\n");
	ask(f, "GET", "/metrics?instant=bheem", NULL, NULL, bearer, &wrong);
	assert_int_equal(wrong.status, 400);
	assert_string_equal(reply_body(&wrong), "This page knows no parameter \"instant\". It knows: instance.\n");
	ask(f, "GET", "/metrics?instance=nobody", NULL, NULL, bearer, &unknown);
	assert_int_equal(unknown.status, 404);
	assert_non_null(strstr(reply_body(&unknown), "Known here: vijay, bheem."));
}

static void a_star_stands_for_at_least_one_byte(void **state)
{
	static const struct {
		const char *path;
		int status;
		const char *rest;
	} cases[] = {
		{ "/hermes/things/vijay/a b", 200, "rest=[vijay/a b]" },
		{ "/hermes/things/x", 200, "rest=[x]" },
		{ "/hermes/things/", 404, NULL }, { "/hermes/things", 404, NULL },
		{ "/hermes/things/x/../../etc", 404, NULL }, { "/hermes/things//x", 404, NULL },
		{ "/hermes/thingsx/y", 404, NULL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(reply_done) struct reply r;

		ask(f, "GET", cases[i].path, f->viewer, NULL, NULL, &r);
		if (r.status != cases[i].status)
			fail_msg("%s: %d", cases[i].path, r.status);
		if (cases[i].rest)
			assert_non_null(strstr(reply_body(&r), cases[i].rest));
	}
}

static void a_parameter_that_is_not_declared_is_refused_by_name(void **state)
{
	static const char *const good[] = { "", "?sort=a&order=b", "?order=x&instance=bheem", "?part=1&sort=" };
	static const char *const bad[] = { "?sot=a", "?Sort=a", "?sort&x", "?part=2", "?sort%20order=1", "?=1", "?ord=1" };
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply r;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_int_equal(status_of(f, "GET", arena_printf(f->arena, "/hermes/things/x%s", good[i]), f->viewer, NULL, NULL), 200);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(status_of(f, "GET", arena_printf(f->arena, "/hermes/things/x%s", bad[i]), f->viewer, NULL, NULL), 400);
	ask(f, "GET", "/hermes/things/x?sot=failed", f->viewer, NULL, NULL, &r);
	assert_non_null(strstr(reply_body(&r), "no parameter &quot;sot&quot;. It knows: instance sort order."));
}

static void routes_are_exact_and_say_what_they_allow(void **state)
{
	static const struct {
		const char *method, *path;
		int status;
		const char *allow;
	} cases[] = {
		{ "GET", "/hermes", 200, NULL }, { "HEAD", "/hermes", 200, NULL },
		{ "PUT", "/hermes", 405, "GET, HEAD, POST" }, { "DELETE", "/hermes/admin", 405, "GET, HEAD" },
		{ "GET", "/logout", 405, "POST" }, { "OPTIONS", "/logout", 405, "POST" },
		{ "GET", "/hermes/", 404, NULL }, { "GET", "/HERMES", 404, NULL }, { "GET", "/hermesx", 404, NULL },
		{ "GET", "/hermes//admin", 404, NULL }, { "GET", "/api/hermes/nothing", 404, NULL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(reply_done) struct reply r;
		const char *allow;

		ask(f, cases[i].method, cases[i].path, f->viewer, NULL, NULL, &r);
		allow = reply_header(&r, "Allow");
		if (r.status != cases[i].status || (allow != NULL) != (cases[i].allow != NULL) ||
		    (allow && !str_eq(allow, cases[i].allow)))
			fail_msg("%s %s: %d", cases[i].method, cases[i].path, r.status);
	}
}

static void a_foreign_host_is_misdirected(void **state)
{
	static const char *const hosts[] = { "evil.example", "127.0.0.1", "localhost", "127.0.0.1:8480.evil.example" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		const char *const pairs[] = { "REQUEST_METHOD", "GET", "PATH_INFO", "/hermes", "HTTP_HOST", hosts[i],
					      "HTTP_COOKIE", arena_printf(f->arena, "hmc=%s", f->viewer), NULL };
		CLEANUP(reply_done) struct reply r;

		fcgi_ask(&f->stage, pairs, NULL, &r);
		assert_int_equal(r.status, 421);
		assert_null(strstr(buf_str(&r.out), "vijay"));
	}
}

static void a_session_sees_the_page_its_part_and_the_json_alike(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply page, part, api, head;

	ask(f, "GET", "/hermes", f->viewer, NULL, NULL, &page);
	assert_int_equal(page.status, 200);
	assert_non_null(strstr(reply_body(&page), "<html>uma viewer"));
	assert_non_null(strstr(reply_body(&page), "<section>all</section>"));
	assert_non_null(strstr(reply_body(&page), "[bheem /hermes?instance=bheem false]"));
	assert_non_null(strstr(reply_body(&page), "part=/hermes?instance=all&amp;part=1."));
	ask(f, "GET", "/hermes?part=1", f->viewer, NULL, NULL, &part);
	assert_string_equal(reply_body(&part), "<part>uma</part><section>all</section>");
	ask(f, "GET", "/api/hermes/overview", f->viewer, NULL, NULL, &api);
	assert_string_equal(reply_body(&api), "{\"title\":\"Test\",\"text\":\"all\"}\n");
	assert_string_equal(reply_header(&api, "Content-Type"), "application/json; charset=utf-8");
	ask(f, "HEAD", "/hermes", f->viewer, NULL, NULL, &head);
	assert_string_equal(reply_body(&head), "");
	assert_true(strtoul(reply_header(&head, "Content-Length"), NULL, 10) > 100);
}

static void roles_are_kept_apart(void **state)
{
	struct fixture *f = *state;
	const char *form = arena_printf(f->arena, "csrf=%s", csrf_of(f, f->viewer));

	assert_int_equal(status_of(f, "GET", "/hermes/admin", f->viewer, NULL, NULL), 403);
	assert_int_equal(status_of(f, "GET", "/hermes/admin", f->admin, NULL, NULL), 200);
	assert_int_equal(status_of(f, "POST", "/hermes/ack", f->viewer, form, same_origin), 403);
	form = arena_printf(f->arena, "csrf=%s", csrf_of(f, f->admin));
	assert_int_equal(status_of(f, "POST", "/hermes/ack", f->admin, form, same_origin), 200);
}

static void a_form_needs_our_origin_and_its_own_session(void **state)
{
	static const char *const cross[] = { "HTTP_SEC_FETCH_SITE", "cross-site", "HTTP_ORIGIN", "http://127.0.0.1:8480", NULL };
	static const char *const origin[] = { "HTTP_ORIGIN", "http://127.0.0.1:8480", NULL };
	static const char *const foreign[] = { "HTTP_ORIGIN", "http://evil.example", NULL };
	struct fixture *f = *state;
	const char *own = arena_printf(f->arena, "csrf=%s", csrf_of(f, f->viewer));
	const char *others = arena_printf(f->arena, "csrf=%s", csrf_of(f, f->admin));

	assert_int_equal(status_of(f, "POST", "/hermes", f->viewer, own, same_origin), 200);
	assert_int_equal(status_of(f, "POST", "/hermes", f->viewer, own, origin), 200);
	assert_int_equal(status_of(f, "POST", "/hermes", f->viewer, own, NULL), 403);
	assert_int_equal(status_of(f, "POST", "/hermes", f->viewer, own, cross), 403);
	assert_int_equal(status_of(f, "POST", "/hermes", f->viewer, own, foreign), 403);
	assert_int_equal(status_of(f, "POST", "/hermes", f->viewer, others, same_origin), 403);
	assert_int_equal(status_of(f, "POST", "/hermes", f->viewer, "csrf=", same_origin), 403);
	assert_int_equal(status_of(f, "POST", "/hermes", f->viewer, "x=1", same_origin), 403);
	/* In the query it does not count: queries end up in logs. */
	assert_int_equal(status_of(f, "POST", arena_printf(f->arena, "/hermes?%s", own), f->viewer, "x=1", same_origin),
			 403);
	assert_int_equal(status_of(f, "POST", "/logout", f->viewer, "x=1", same_origin), 403);
	assert_int_equal(status_of(f, "GET", "/hermes", f->viewer, NULL, NULL), 200);
}

static void the_instance_is_chosen_and_remembered(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply chosen, remembered, api, all, unknown, bad_cookie;

	ask(f, "GET", "/hermes?instance=bheem", f->viewer, NULL, NULL, &chosen);
	assert_string_equal(reply_header(&chosen, "Set-Cookie"),
			    "hmc-instance=bheem; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
	assert_non_null(strstr(reply_body(&chosen), "<section>bheem</section>"));
	assert_non_null(strstr(reply_body(&chosen), "[bheem /hermes?instance=bheem true]"));
	ask(f, "GET", "/hermes", arena_printf(f->arena, "%s; hmc-instance=bheem", f->viewer), NULL, NULL, &remembered);
	assert_non_null(strstr(reply_body(&remembered), "<section>bheem</section>"));
	assert_null(reply_header(&remembered, "Set-Cookie"));
	ask(f, "GET", "/api/hermes/overview", arena_printf(f->arena, "%s; hmc-instance=bheem", f->viewer), NULL, NULL,
	    &api);
	assert_non_null(strstr(reply_body(&api), "\"all\""));
	ask(f, "GET", "/hermes?instance=all", arena_printf(f->arena, "%s; hmc-instance=bheem", f->viewer), NULL, NULL,
	    &all);
	assert_non_null(strstr(reply_body(&all), "<section>all</section>"));
	assert_non_null(strstr(reply_header(&all, "Set-Cookie"), "hmc-instance=all;"));
	ask(f, "GET", "/hermes?instance=nobody", f->viewer, NULL, NULL, &unknown);
	assert_int_equal(unknown.status, 404);
	assert_non_null(strstr(reply_body(&unknown), "vijay, bheem"));
	ask(f, "GET", "/hermes", arena_printf(f->arena, "%s; hmc-instance=gone", f->viewer), NULL, NULL, &bad_cookie);
	assert_int_equal(bad_cookie.status, 200);
}

static void a_zone_is_chosen_and_remembered(void **state)
{
	static const char *const wrong[] = { "/hermes/days?tz=Asia/Nowhere", "/hermes/days?tz=", "/hermes/days?tz=..%2Fpasswd",
					     "/api/hermes/days?tz=%2Fetc%2Fpasswd" };
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply chosen, remembered, api, part, bad_cookie;

	if (!zone_is_known("Asia/Kolkata"))
		skip();
	ask(f, "GET", "/hermes/days?tz=Asia/Kolkata", f->viewer, NULL, NULL, &chosen);
	assert_string_equal(reply_header(&chosen, "Set-Cookie"),
			    "hmc-zone=Asia/Kolkata; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
	assert_non_null(strstr(reply_body(&chosen), "zone=[Asia/Kolkata]"));
	ask(f, "GET", "/hermes/days", arena_printf(f->arena, "%s; hmc-zone=Asia/Kolkata", f->viewer), NULL, NULL,
	    &remembered);
	assert_non_null(strstr(reply_body(&remembered), "zone=[Asia/Kolkata]"));
	assert_non_null(strstr(reply_body(&remembered), "part=/hermes/days?instance=all&amp;tz=Asia/Kolkata&amp;part=1."));
	assert_non_null(strstr(reply_body(&remembered), "api=/api/hermes/days?tz=Asia/Kolkata."));
	ask(f, "GET", "/api/hermes/days", arena_printf(f->arena, "%s; hmc-zone=Asia/Kolkata", f->viewer), NULL, NULL, &api);
	assert_null(strstr(reply_body(&api), "Asia/Kolkata"));
	ask(f, "GET", "/hermes/days?tz=UTC&part=1", f->viewer, NULL, NULL, &part);
	assert_null(reply_header(&part, "Set-Cookie"));
	ask(f, "GET", "/hermes/days", arena_printf(f->arena, "%s; hmc-zone=../../etc/passwd", f->viewer), NULL, NULL,
	    &bad_cookie);
	assert_int_equal(bad_cookie.status, 200);
	assert_null(strstr(reply_body(&bad_cookie), "passwd"));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(status_of(f, "GET", wrong[i], f->viewer, NULL, NULL), 400);
}

static void errors_have_one_shape_and_forget_what_was_half_built(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply page, api, untold;

	ask(f, "GET", "/hermes/fails", f->viewer, NULL, NULL, &page);
	assert_int_equal(page.status, 422);
	assert_null(reply_header(&page, "X-Half-Built"));
	assert_null(strstr(reply_body(&page), "half a page"));
	assert_non_null(strstr(reply_body(&page), "It does not &lt;work&gt;."));
	/* Refreshed in place it would only be told the same again. */
	assert_non_null(strstr(reply_body(&page), "part=."));
	ask(f, "GET", "/api/hermes/fails", f->viewer, NULL, NULL, &api);
	assert_int_equal(api.status, 422);
	assert_non_null(strstr(reply_body(&api), "{\"error\":{\"status\":422,\"message\":\"It does not "));
	/* A route without a template that is not JSON is our mistake, and says so. */
	ask(f, "GET", "/hermes/untold", f->viewer, NULL, NULL, &untold);
	assert_int_equal(untold.status, 500);
}

static void a_pasted_token_opens_a_session(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply r, off, bad, link;
	const char *form = arena_printf(f->arena, "token=+%s%%0A&next=/hermes?instance%%3Dvijay", f->viewer);

	ask(f, "POST", "/login", NULL, form, same_origin, &r);
	assert_int_equal(r.status, 303);
	assert_string_equal(reply_header(&r, "Location"), "/hermes?instance=vijay");
	/* Not the token: a session of our own that does not outlast it. */
	assert_true(str_starts(reply_header(&r, "Set-Cookie"), "hmc=ey"));
	assert_null(strstr(reply_header(&r, "Set-Cookie"), f->viewer));
	assert_non_null(strstr(reply_header(&r, "Set-Cookie"), "; Path=/; HttpOnly; SameSite=Lax; Max-Age="));
	ask(f, "POST", "/login", NULL, arena_printf(f->arena, "token=%s&next=//evil.example", f->viewer), same_origin, &off);
	assert_string_equal(reply_header(&off, "Location"), "/hermes");
	ask(f, "POST", "/login", NULL, "token=x.y.z", same_origin, &bad);
	assert_int_equal(bad.status, 401);
	assert_null(reply_header(&bad, "Set-Cookie"));
	ask(f, "POST", "/login", NULL,
	    arena_printf(f->arena, "token=%s", mint(f, ROLE_ADMIN, TOKEN_LINK)), same_origin, &link);
	assert_int_equal(link.status, 401);
	assert_int_equal(status_of(f, "POST", "/login", NULL, form, NULL), 403);
}

static void a_link_is_not_used_by_looking_and_works_once(void **state)
{
	struct fixture *f = *state;
	const char *code = mint(f, ROLE_VIEWER, TOKEN_LINK), *form = arena_printf(f->arena, "code=%s", code);
	const char *url = arena_printf(f->arena, "/login?code=%s", code), *cookie;
	CLEANUP(reply_done) struct reply look = { .status = 0 }, use, again;

	for (int i = 0; i < 3; i++) { /* and the form is not one to refresh: that would empty it */
		reply_done(&look);
		ask(f, "GET", url, NULL, NULL, NULL, &look);
		assert_int_equal(look.status, 200);
		assert_non_null(strstr(reply_body(&look), arena_printf(f->arena, "code=%s ", code)));
		assert_non_null(strstr(reply_body(&look), "part=."));
	}
	ask(f, "POST", "/login", NULL, form, same_origin, &use);
	assert_int_equal(use.status, 303);
	cookie = reply_header(&use, "Set-Cookie");
	assert_non_null(strstr(cookie, "Max-Age=3600"));
	cookie = arena_strndup(f->arena, cookie + 4, strcspn(cookie + 4, ";"));
	assert_int_equal(status_of(f, "GET", "/hermes", cookie, NULL, NULL), 200);
	ask(f, "POST", "/login", NULL, form, same_origin, &again);
	assert_int_equal(again.status, 401);
	assert_null(reply_header(&again, "Set-Cookie"));
	assert_int_equal(status_of(f, "POST", "/login", NULL, arena_printf(f->arena, "code=%s", f->viewer), same_origin),
			 401);
}

/* Eight posts of one code, sent before any answer is read: two workers race. */
static void of_many_who_post_one_code_one_gets_in(void **state)
{
	enum { RACERS = 8 };
	struct fixture *f = *state;
	const char *form = arena_printf(f->arena, "code=%s", mint(f, ROLE_VIEWER, TOKEN_LINK));
	const char *const pairs[] = {
		"REQUEST_METHOD", "POST", "PATH_INFO", "/login", "HTTP_HOST", "127.0.0.1:8480",
		"CONTENT_TYPE", "application/x-www-form-urlencoded",
		"CONTENT_LENGTH", arena_printf(f->arena, "%zu", strlen(form)),
		"HTTP_SEC_FETCH_SITE", "same-origin", NULL,
	};
	int fds[RACERS], won = 0;

	for (int i = 0; i < RACERS; i++)
		fds[i] = fcgi_connect(&f->stage);
	for (int i = 0; i < RACERS; i++)
		fcgi_start(fds[i], pairs, form);
	for (int i = 0; i < RACERS; i++) {
		CLEANUP(reply_done) struct reply r;

		fcgi_read(fds[i], &r, PATIENCE_MS);
		won += r.status == 303;
		assert_true(r.status == 303 || r.status == 401 || r.status == 429);
		close(fds[i]);
	}
	assert_int_equal(won, 1);
}

static void signing_out_ends_the_token_on_the_server(void **state)
{
	struct fixture *f = *state;
	const char *form = arena_printf(f->arena, "csrf=%s", csrf_of(f, f->viewer));
	CLEANUP(reply_done) struct reply r;

	ask(f, "POST", "/logout", f->viewer, form, same_origin, &r);
	assert_int_equal(r.status, 303);
	assert_string_equal(reply_header(&r, "Set-Cookie"), "hmc=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
	assert_string_equal(reply_header(&r, "Clear-Site-Data"), "\"cache\"");
	assert_string_equal(reply_header(&r, "Location"), "/login");
	assert_int_equal(status_of(f, "GET", "/hermes", f->viewer, NULL, NULL), 303);
	assert_int_equal(status_of(f, "GET", "/hermes", f->admin, NULL, NULL), 200);
	assert_int_equal(status_of(f, "POST", "/login", NULL, arena_printf(f->arena, "token=%s", f->viewer), same_origin),
			 401);
}

/* Bad tokens of one name until there are no tries left for it; one of the limit may fall into the next minute. */
static int fail_as(struct fixture *f, const char *sub)
{
	const char *good, *error = NULL, *form;
	struct token_request r = { .sub = sub, .role = ROLE_VIEWER, .ttl_s = 600, .use = TOKEN_LINK, .link_ttl_s = 3600 };
	int tries = 0;

	good = token_mint(f->keys, &r, clock_now_s(), f->arena, &error);
	assert_non_null(good);
	form = arena_printf(f->arena, "token=%s", good); /* a link is no token to paste */
	while (tries < 30 && status_of(f, "POST", "/login", NULL, form, same_origin) == 401)
		tries++;
	return tries;
}

static void the_eleventh_failure_in_a_minute_must_wait(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply r, other;
	int64_t wait_s;
	int tries = fail_as(f, "vijay");

	assert_true(tries >= 5 && tries < 15);
	/* Nobody else is in the way of that. */
	ask(f, "POST", "/login", NULL, arena_printf(f->arena, "token=%s", f->viewer), same_origin, &other);
	assert_int_equal(other.status, 303);
	fail_as(f, "ravi");
	fail_as(f, "asha");
	ask(f, "POST", "/login", NULL, arena_printf(f->arena, "token=%s", f->viewer), same_origin, &r);
	assert_int_equal(r.status, 429);
	assert_true(str_parse_i64(reply_header(&r, "Retry-After"), 1, 60, &wait_s));
	/* Who is signed in stays so. */
	assert_int_equal(status_of(f, "GET", "/hermes", f->viewer, NULL, NULL), 200);
}

static void what_cannot_be_written_down_is_not_called_done(void **state)
{
	struct fixture *f = *state;
	const char *form = arena_printf(f->arena, "csrf=%s", csrf_of(f, f->viewer));
	const char *denied = arena_printf(f->arena, "%s/auth/denied", f->stage.state);
	const char *away = arena_printf(f->arena, "%s/auth/away", f->stage.state);

	assert_int_equal(rename(denied, away), 0);
	write_text(denied, "", 0600); /* in its place, or a worker that starts just now would make a new one */
	/* The list cannot be examined: nobody is let in, and it is said. */
	assert_int_equal(status_of(f, "GET", "/hermes", f->viewer, NULL, NULL), 503);
	assert_int_equal(status_of(f, "POST", "/logout", f->viewer, form, same_origin), 503);
	assert_int_equal(status_of(f, "POST", "/login", NULL,
				   arena_printf(f->arena, "code=%s", mint(f, ROLE_VIEWER, TOKEN_LINK)), same_origin),
			 503);
	/* To somebody without a good token nothing is different. */
	assert_int_equal(status_of(f, "GET", "/hermes", NULL, NULL, NULL), 303);
	assert_int_equal(unlink(denied), 0);
	assert_int_equal(rename(away, denied), 0);
	assert_int_equal(status_of(f, "GET", "/hermes", f->viewer, NULL, NULL), 200);
}

/* ---- what is reused, and what never is ---- */

static const char *section_of(struct fixture *f, const char *method, const char *url, const char *token,
			      const char *form)
{
	CLEANUP(reply_done) struct reply r;
	const char *at;

	ask(f, method, url, token, form, form ? same_origin : NULL, &r);
	assert_int_equal(r.status, 200);
	at = strstr(reply_body(&r), str_starts(url, "/api/") ? "\"text\":\"" : "<section>");
	assert_non_null(at);
	return arena_strndup(f->arena, at, strcspn(at + 9, "<\"") + 9);
}

#define ASKED 40     /* in a row, of answers that are never to be one given before */
#define WORKERS_MAX 8 /* each worker keeps its own pages */

/* Whether `now` is among the last few answers; it is put among them. */
static bool is_repeat(const char **recent, size_t i, const char *now)
{
	bool found = false;

	for (size_t k = 0; k < WORKERS_MAX; k++)
		found = found || str_eq(recent[k], now);
	recent[i % WORKERS_MAX] = now;
	return found;
}

/* Whether one of at most `tries` answers is one that was given shortly before. */
static bool repeats(struct fixture *f, const char *method, const char *url, const char *form, size_t tries)
{
	const char *recent[WORKERS_MAX] = { NULL };

	for (size_t i = 0; i < tries; i++)
		if (is_repeat(recent, i, section_of(f, method, url, f->viewer, form)))
			return true;
	return false;
}

static void a_page_of_this_second_is_given_again_a_post_and_an_open_page_never(void **state)
{
	struct fixture *f = *state;
	const char *form = arena_printf(f->arena, "csrf=%s", csrf_of(f, f->viewer));

	/* A second may end between two answers, again and again on a busy machine: many tries. */
	assert_true(repeats(f, "GET", "/hermes/clock", NULL, 5000));
	assert_true(repeats(f, "GET", "/api/hermes/clock", NULL, 5000));
	assert_false(repeats(f, "POST", "/hermes/clock", form, ASKED));
	assert_false(repeats(f, "GET", "/open/clock", NULL, ASKED));
}

static void nobody_is_given_the_page_of_another_session_choice_or_address(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 20; i++) {
		CLEANUP(reply_done) struct reply viewer, admin, chosen, query;

		ask(f, "GET", "/hermes", f->viewer, NULL, NULL, &viewer);
		assert_non_null(strstr(reply_body(&viewer), "uma viewer csrf="));
		ask(f, "GET", "/hermes", f->admin, NULL, NULL, &admin);
		assert_non_null(strstr(reply_body(&admin), "uma admin csrf="));
		ask(f, "GET", "/hermes", arena_printf(f->arena, "%s; hmc-instance=bheem", f->viewer), NULL, NULL, &chosen);
		assert_non_null(strstr(reply_body(&chosen), "<section>bheem</section>"));
		if (zone_is_known("Asia/Kolkata")) {
			CLEANUP(reply_done) struct reply here, there;

			ask(f, "GET", "/hermes/days", f->viewer, NULL, NULL, &here);
			ask(f, "GET", "/hermes/days", arena_printf(f->arena, "%s; hmc-zone=Asia/Kolkata", f->viewer), NULL,
			    NULL, &there);
			assert_non_null(strstr(reply_body(&there), "zone=[Asia/Kolkata]"));
		}
		ask(f, "GET", "/hermes?a=1", f->viewer, NULL, NULL, &query);
		assert_non_null(strstr(reply_body(&query), "part=/hermes?a=1&amp;instance=all"));
	}
}

static void a_choice_is_remembered_though_its_page_was_made_already(void **state)
{
	struct fixture *f = *state;
	const char *with = arena_printf(f->arena, "%s; hmc-instance=bheem", f->viewer);

	for (int i = 0; i < 20; i++) {
		CLEANUP(reply_done) struct reply first, again;

		ask(f, "GET", "/hermes?instance=bheem", with, NULL, NULL, &first);
		assert_null(reply_header(&first, "Set-Cookie"));
		ask(f, "GET", "/hermes?instance=bheem", f->viewer, NULL, NULL, &again);
		assert_non_null(reply_header(&again, "Set-Cookie"));
	}
}

static void the_etag_is_one_of_facts_session_and_address_not_of_bytes(void **state)
{
	static const char *const urls[] = { "/hermes/facts", "/hermes/facts?part=1", "/api/hermes/facts" };
	struct fixture *f = *state;
	char path[160];

	snprintf(path, sizeof(path), "%s/facts", f->stage.state);
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		CLEANUP(reply_done) struct reply same = { .status = 0 }, other, changed;
		const char *etag = NULL, *match[3] = { "HTTP_IF_NONE_MATCH", NULL, NULL };

		write_text(path, "one", 0600);
		for (int tries = 0; tries < 3 && same.status != 304; tries++) { /* a minute may end in between */
			CLEANUP(reply_done) struct reply first;

			reply_done(&same);
			ask(f, "GET", urls[i], f->viewer, NULL, NULL, &first);
			etag = arena_strdup(f->arena, reply_header(&first, "ETag"));
			match[1] = etag;
			poll(NULL, 0, 1100); /* into another second: what answers is not the cache */
			ask(f, "GET", urls[i], f->viewer, NULL, match, &same);
		}
		assert_true(str_starts(etag, "W/\""));
		assert_int_equal(same.status, 304);
		assert_string_equal(reply_body(&same), "");
		ask(f, "GET", urls[i], f->admin, NULL, match, &other);
		assert_int_equal(other.status, 200);
		write_text(path, "two", 0600);
		poll(NULL, 0, 1100);
		ask(f, "GET", urls[i], f->viewer, NULL, match, &changed);
		assert_int_equal(changed.status, 200);
		assert_string_not_equal(reply_header(&changed, "ETag"), etag);
	}
}

static void a_page_refreshes_and_links_to_the_instance_it_shows(void **state)
{
	struct fixture *f = *state;
	const char *with = arena_printf(f->arena, "%s; hmc-instance=bheem", f->viewer);
	CLEANUP(reply_done) struct reply page, part;

	ask(f, "GET", "/hermes", with, NULL, NULL, &page);
	assert_non_null(strstr(reply_body(&page), "part=/hermes?instance=bheem&amp;part=1."));
	assert_non_null(strstr(reply_body(&page), "api=/api/hermes/overview?instance=bheem."));
	/* Another tab chose all meanwhile: this one stays with its own, and leaves the other's choice alone. */
	ask(f, "GET", "/hermes?instance=bheem&part=1", arena_printf(f->arena, "%s; hmc-instance=all", f->viewer), NULL,
	    NULL, &part);
	assert_string_equal(reply_body(&part), "<part>uma</part><section>bheem</section>");
	assert_null(reply_header(&part, "Set-Cookie"));
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(strangers_get_the_sign_in_page_and_programs_a_401),
		UNIT(programs_are_told_in_words_and_remembered_by_nothing),
		UNIT(a_star_stands_for_at_least_one_byte),
		UNIT(a_parameter_that_is_not_declared_is_refused_by_name),
		UNIT(routes_are_exact_and_say_what_they_allow),
		UNIT(a_foreign_host_is_misdirected),
		UNIT(a_session_sees_the_page_its_part_and_the_json_alike),
		UNIT(roles_are_kept_apart),
		UNIT(a_form_needs_our_origin_and_its_own_session),
		UNIT(the_instance_is_chosen_and_remembered),
		UNIT(a_zone_is_chosen_and_remembered),
		UNIT(errors_have_one_shape_and_forget_what_was_half_built),
		UNIT(a_pasted_token_opens_a_session),
		UNIT(a_link_is_not_used_by_looking_and_works_once),
		UNIT(of_many_who_post_one_code_one_gets_in),
		UNIT(signing_out_ends_the_token_on_the_server),
		UNIT(the_eleventh_failure_in_a_minute_must_wait),
		UNIT(what_cannot_be_written_down_is_not_called_done),
		UNIT(a_page_of_this_second_is_given_again_a_post_and_an_open_page_never),
		UNIT(nobody_is_given_the_page_of_another_session_choice_or_address),
		UNIT(a_choice_is_remembered_though_its_page_was_made_already),
		UNIT(the_etag_is_one_of_facts_session_and_address_not_of_bytes),
		UNIT(a_page_refreshes_and_links_to_the_instance_it_shows),
	};

	json_init();
	return RUN_TESTS("pane", tests);
}
