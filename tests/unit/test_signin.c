/*
 * test_signin.c -- arriving from another site, and the session that a browser is handed.
 */
#include "fcgi.h"

#include "base/str.h"
#include "web/signin.h"

#define PLATFORM "https://platform.example"

static void show_text(struct pane *p)
{
	cJSON *model = cJSON_CreateObject();

	json_add_string(model, "title", "Test");
	json_add_string(model, "text", "inside");
	pane_render(p, model);
}

static const struct route table[] = {
	{ "test", "GET", "/hermes", "test", ACCESS_VIEWER, NULL, "" },
	{ "test", "POST", "/hermes", "test", ACCESS_ADMIN, NULL, "" },
	{ "test", "GET", "/api/hermes/overview", NULL, ACCESS_VIEWER, NULL, "" },
	{ "test", "GET", "/login", "login", ACCESS_OPEN, NULL, "" },
	{ "test", "POST", "/login", "login", ACCESS_OPEN, NULL, "" },
	{ "test", "POST", "/logout", NULL, ACCESS_VIEWER, NULL, "" },
	{ 0 },
};

static const struct handler handlers[] = {
	{ "GET", "/hermes", show_text },
	{ "POST", "/hermes", show_text },
	{ "GET", "/api/hermes/overview", show_text },
	{ "GET", "/login", signin_show },
	{ "POST", "/login", signin_post },
	{ "POST", "/logout", signin_end },
	{ 0 },
};

struct fixture {
	struct stage stage;
	struct arena *arena;
	struct token_keys *keys;
};

/* A token of that subject; what stands in NAME of a minted token can be asked for afterwards. */
static const char *mint(struct fixture *f, const char *sub, enum role role)
{
	struct token_request r = { .sub = sub, .role = role, .ttl_s = 3000, .use = TOKEN_SESSION };
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
	char path[160];

	assert_non_null(f);
	f->arena = arena_new(64 * 1024 * 1024);
	stage_open(&f->stage, "test", table, handlers);
	write_text(f->stage.config,
		   arena_printf(f->arena, "{ \"stateDir\": \"%s\", \"site\": { \"origin\": \"http://127.0.0.1:8480\" },"
				" \"auth\": { \"keys\": [ { \"kid\": \"local\", \"alg\": \"HS256\", \"file\": \"%s/key\" } ],"
				" \"signinOrigins\": [ \"" PLATFORM "\" ] }, \"instances\": [] }", f->stage.state, f->stage.dir), 0644);
	snprintf(path, sizeof(path), "%s/login.html", f->stage.templates);
	write_text(path, "<form>{{message}}{{#hasArrival}} {{presentUser}} ({{presentRole}}) or {{arrivedUser}} ({{arrivedRole}})?"
			 "{{/hasArrival}} next={{next}}</form>", 0644);
	c = config_load(f->stage.config, f->arena, &error);
	f->keys = c ? token_keys_load(c, f->arena, &error) : NULL;
	if (!f->keys)
		fail_msg("%s", error);
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

/* A GET with that Cookie header, or, with a form, a POST that says where it is from: an origin, or NULL for a page of ours. */
static void ask(struct fixture *f, const char *url, const char *cookie, const char *form, const char *origin, struct reply *r)
{
	const char *pairs[24] = {
		"REQUEST_METHOD", form ? "POST" : "GET", "HTTP_HOST", "127.0.0.1:8480", "SCRIPT_NAME", "",
		"PATH_INFO", arena_strndup(f->arena, url, strcspn(url, "?")),
		"QUERY_STRING", strchr(url, '?') ? strchr(url, '?') + 1 : "",
		"HTTP_COOKIE", cookie ? cookie : "", "HTTP_SEC_FETCH_SITE", origin || !form ? "cross-site" : "same-origin",
	};
	size_t n = 14;

	if (form) {
		pairs[n++] = "CONTENT_LENGTH";
		pairs[n++] = arena_printf(f->arena, "%zu", strlen(form));
		pairs[n++] = "CONTENT_TYPE";
		pairs[n++] = "application/x-www-form-urlencoded";
		pairs[n++] = "HTTP_ORIGIN";
		pairs[n++] = origin ? origin : "http://127.0.0.1:8480";
	}
	pairs[n] = NULL;
	fcgi_ask(&f->stage, pairs, form, r);
	if (!r->ended || r->status == 0)
		fail_msg("%s: no answer", url);
}

static int status_of(struct fixture *f, const char *url, const char *cookie, const char *form, const char *origin)
{
	CLEANUP(reply_done) struct reply r;

	ask(f, url, cookie, form, origin, &r);
	return r.status;
}

/* "NAME=value" of the cookie that an answer sets; NULL for none. */
static const char *cookie_of(struct fixture *f, const struct reply *r, const char *name)
{
	const char *head = arena_printf(f->arena, "\r\nSet-Cookie: %s=", name), *at = strstr(buf_str(&r->out), head);

	return at ? arena_strndup(f->arena, at + 14, strcspn(at + 14, ";")) : NULL;
}

/* Signs in on a page of ours; gives the Cookie header. */
static const char *sign_in(struct fixture *f, const char *sub, enum role role)
{
	CLEANUP(reply_done) struct reply r;

	ask(f, "/login", NULL, arena_printf(f->arena, "token=%s", mint(f, sub, role)), NULL, &r);
	assert_int_equal(r.status, 303);
	return cookie_of(f, &r, "hmc");
}

/* Comes from the platform; gives the waiting cookie, and where the browser is sent. */
static const char *arrive(struct fixture *f, const char *sub, const char **location)
{
	CLEANUP(reply_done) struct reply r;

	ask(f, "/login", NULL, arena_printf(f->arena, "token=%s&next=/hermes/ops", mint(f, sub, ROLE_VIEWER)), PLATFORM, &r);
	assert_int_equal(r.status, 303);
	assert_null(cookie_of(f, &r, "hmc")); /* nothing is in force yet */
	assert_non_null(strstr(buf_str(&r.out), "; HttpOnly; SameSite=Lax; Max-Age=300"));
	*location = arena_strdup(f->arena, reply_header(&r, "Location"));
	return cookie_of(f, &r, "hmc-arrival");
}

static void whoever_arrives_from_the_platform_is_signed_in_and_goes_on(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply r;
	const char *url, *waiting = arrive(f, "uma", &url), *cookie;

	assert_string_equal(url, "/login?next=/hermes/ops&arrived=1");
	assert_non_null(waiting);
	/* What waits is no session, not even under that name. */
	assert_int_equal(status_of(f, "/hermes", waiting, NULL, NULL), 303);
	ask(f, url, waiting, NULL, NULL, &r);
	assert_int_equal(r.status, 303);
	assert_string_equal(reply_header(&r, "Location"), "/hermes/ops");
	assert_non_null(strstr(buf_str(&r.out), "Set-Cookie: hmc-arrival=; "));
	cookie = cookie_of(f, &r, "hmc");
	assert_int_equal(status_of(f, "/hermes", cookie, NULL, NULL), 200);
}

static void nobody_else_may_bring_a_token_and_the_platform_may_bring_nothing_else(void **state)
{
	struct fixture *f = *state;
	const char *good = mint(f, "uma", ROLE_VIEWER);
	struct token_request link = { .sub = "uma", .role = ROLE_VIEWER, .ttl_s = 600, .use = TOKEN_LINK, .link_ttl_s = 3600 };
	const char *error, *code = token_mint(f->keys, &link, clock_now_s(), f->arena, &error);
	const char *form = arena_printf(f->arena, "token=%s", good);
	static const char *const others[] = {
		"https://evil.example", "http://platform.example", "https://platform.example:8443", "https://platform.example.evil.example",
		"https://PLATFORM.example", "https://platform.example/", "null", "",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (status_of(f, "/login", NULL, form, others[i]) != 403)
			fail_msg("'%s' brought a token", others[i]);
	assert_int_equal(status_of(f, "/login", NULL, arena_printf(f->arena, "code=%s", code), PLATFORM), 403);
	assert_int_equal(status_of(f, "/login", NULL, arena_printf(f->arena, "%s&code=%s", form, code), PLATFORM), 403);
	assert_int_equal(status_of(f, "/login", NULL, "arrival=take", PLATFORM), 403);
	assert_int_equal(status_of(f, "/login", NULL, arena_printf(f->arena, "%s&arrival=take", form), PLATFORM), 403);
	assert_int_equal(status_of(f, "/login", NULL, "next=/hermes", PLATFORM), 403);
	/* Signed in as it may be: what changes anything is still ours alone. */
	assert_int_equal(status_of(f, "/logout", sign_in(f, "uma", ROLE_ADMIN), form, PLATFORM), 403);
	assert_int_equal(status_of(f, "/hermes", sign_in(f, "uma", ROLE_ADMIN), form, PLATFORM), 403);
	/* A bad token is told as on our own page. */
	assert_int_equal(status_of(f, "/login", NULL, "token=x.y.z", PLATFORM), 401);
}

static void nobody_becomes_somebody_else_without_being_asked(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply same, choice, foreign, stay, again, take;
	const char *vijay = sign_in(f, "vijay", ROLE_ADMIN), *url, *waiting, *both, *cookie;

	waiting = arrive(f, "vijay", &url); /* the same person: nothing to ask */
	ask(f, url, arena_printf(f->arena, "%s; %s", vijay, waiting), NULL, NULL, &same);
	assert_int_equal(same.status, 303);
	waiting = arrive(f, "uma", &url);
	both = arena_printf(f->arena, "%s; %s", vijay, waiting);
	ask(f, url, both, NULL, NULL, &choice);
	assert_int_equal(choice.status, 200);
	assert_null(cookie_of(f, &choice, "hmc"));
	assert_non_null(strstr(reply_body(&choice), "vijay (admin) or uma (viewer)? next=/hermes/ops"));
	ask(f, "/login", both, "arrival=take", "https://evil.example", &foreign);
	assert_int_equal(foreign.status, 403);
	ask(f, "/login", both, "arrival=drop&next=/hermes/ops", NULL, &stay);
	assert_int_equal(stay.status, 303);
	assert_null(cookie_of(f, &stay, "hmc"));
	assert_int_equal(status_of(f, "/hermes", vijay, NULL, NULL), 200);
	/* What was declined is over, wherever a copy of it may be. */
	ask(f, url, waiting, NULL, NULL, &again);
	assert_int_equal(again.status, 200);
	assert_non_null(strstr(reply_body(&again), "Nothing has arrived"));
	waiting = arrive(f, "uma", &url);
	ask(f, "/login", arena_printf(f->arena, "%s; %s", vijay, waiting), "arrival=take&next=//evil.example", NULL, &take);
	assert_int_equal(take.status, 303);
	assert_string_equal(reply_header(&take, "Location"), "/hermes");
	cookie = cookie_of(f, &take, "hmc");
	assert_int_equal(status_of(f, "/hermes", cookie, NULL, NULL), 200);
	assert_int_equal(status_of(f, "/hermes", vijay, NULL, NULL), 303); /* ended on the server */
}

/* How many sign-ins the audit log tells of. */
static size_t signins_on_record(struct fixture *f)
{
	const char *path = arena_printf(f->arena, "%s/audit/000001.jsonl", f->stage.state);
	CLEANUP_FILE FILE *log = fopen(path, "re");
	char line[4096];
	size_t n = 0;

	while (log && fgets(line, sizeof(line), log))
		n += strstr(line, "\"signin\"") != NULL;
	return n;
}

static void who_keeps_what_arrived_cannot_fill_the_audit_log_with_it(void **state)
{
	struct fixture *f = *state;
	const char *url, *waiting = arrive(f, "uma", &url), *own = sign_in(f, "vijay", ROLE_VIEWER);
	size_t before = signins_on_record(f);
	const char *as_arrived = arena_printf(f->arena, "hmc-arrival=%s", strchr(own, '=') + 1);

	assert_int_equal(before, 2);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(status_of(f, url, waiting, NULL, NULL), 303);
		assert_int_equal(status_of(f, url, as_arrived, NULL, NULL), 303);
		assert_int_equal(status_of(f, "/login", waiting, "arrival=take", NULL), 303);
	}
	assert_int_equal(signins_on_record(f), before);
}

static void an_arrival_that_is_not_there_says_so(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply r;

	ask(f, "/login?arrived=1", NULL, NULL, NULL, &r);
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(reply_body(&r), "Nothing has arrived"));
	assert_int_equal(status_of(f, "/login?arrived=1", sign_in(f, "uma", ROLE_VIEWER), NULL, NULL), 303);
	assert_int_equal(status_of(f, "/login", NULL, "arrival=take", NULL), 303);
}

/* A token of a session that began an hour ago and is half over; the same session, as it was at first, in *old. */
static const char *half_over(struct fixture *f, const char **old)
{
	int64_t now = clock_now_s();
	struct session_token s = { .sub = "uma", .role = ROLE_ADMIN, .is_browser = true, .jti = "0123456789abcdef0123456789abcdef",
				   .started_at = now - 25200, .limit_at = now + 86400 };
	struct token_request r = { .sub = "uma", .role = ROLE_ADMIN, .ttl_s = 43200, .use = TOKEN_COOKIE, .browser = &s };
	const char *reason, *shown = mint(f, "uma", ROLE_ADMIN), *token;
	struct session_token who;

	assert_int_equal(token_verify(f->keys, shown, strlen(shown), TOKEN_SESSION, now, f->arena, &who, &reason), TOKEN_OK);
	memcpy(s.key_print, who.key_print, sizeof(s.key_print));
	memcpy(s.origin, who.id, sizeof(s.origin));
	memcpy(s.seed, "0123456789abcdef0123456789abcdef", TOKEN_SEED_SIZE);
	token = token_mint(f->keys, &r, now - 25200, f->arena, &reason);
	*old = arena_printf(f->arena, "hmc=%s", token);
	return token;
}

static const char *csrf_in(struct fixture *f, const struct reply *r)
{
	const char *at = strstr(reply_body(r), "csrf=");

	assert_non_null(at);
	return arena_strndup(f->arena, at + 5, strcspn(at + 5, "."));
}

static void a_look_at_a_page_makes_a_session_last_and_its_open_forms_stay_good(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_done) struct reply api, page, fresh, post;
	const char *old, *token, *new, *csrf, *tag;

	assert_int_equal(status_of(f, "/login", NULL, NULL, NULL), 200); /* a worker has made the lists */
	token = half_over(f, &old);
	ask(f, "/api/hermes/overview", old, NULL, NULL, &api);
	assert_int_equal(api.status, 200);
	assert_null(cookie_of(f, &api, "hmc")); /* a program's question */
	ask(f, "/hermes", old, NULL, NULL, &page);
	assert_int_equal(page.status, 200);
	new = cookie_of(f, &page, "hmc");
	assert_non_null(new);
	assert_null(strstr(new, token));
	csrf = csrf_in(f, &page);
	ask(f, "/hermes", new, NULL, NULL, &fresh);
	assert_null(cookie_of(f, &fresh, "hmc"));
	assert_string_equal(csrf_in(f, &fresh), csrf);
	/* The same page, so that a browser that has it is not sent it again for a new cookie. */
	tag = arena_strdup(f->arena, reply_header(&fresh, "ETag"));
	assert_string_equal(reply_header(&page, "ETag"), tag);
	ask(f, "/hermes", new, arena_printf(f->arena, "csrf=%s", csrf), NULL, &post);
	assert_int_equal(post.status, 200);
	/* Signing out with the new one ends the old one too. */
	assert_int_equal(status_of(f, "/hermes", old, NULL, NULL), 200);
	assert_int_equal(status_of(f, "/logout", new, arena_printf(f->arena, "csrf=%s", csrf), NULL), 303);
	assert_int_equal(status_of(f, "/hermes", old, NULL, NULL), 303);
	assert_int_equal(status_of(f, "/hermes", new, NULL, NULL), 303);
}

static void a_new_key_file_counts_in_every_worker_without_a_restart(void **state)
{
	struct fixture *f = *state;
	const char *cookie = sign_in(f, "uma", ROLE_VIEWER), *key = arena_printf(f->arena, "%s/key", f->stage.dir);
	int64_t end = clock_mono_us() + (int64_t)PATIENCE_MS * 1000;

	assert_int_equal(status_of(f, "/hermes", cookie, NULL, NULL), 200);
	write_text(key, "fedcba9876543210fedcba9876543210\n", 0600);
	for (int refused = 0; refused < 20;) { /* in a row: by both workers */
		refused = status_of(f, "/hermes", cookie, NULL, NULL) == 303 ? refused + 1 : 0;
		assert_true(clock_mono_us() < end);
	}
}

#define UNIT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(whoever_arrives_from_the_platform_is_signed_in_and_goes_on),
		UNIT(nobody_else_may_bring_a_token_and_the_platform_may_bring_nothing_else),
		UNIT(nobody_becomes_somebody_else_without_being_asked),
		UNIT(who_keeps_what_arrived_cannot_fill_the_audit_log_with_it),
		UNIT(an_arrival_that_is_not_there_says_so),
		UNIT(a_look_at_a_page_makes_a_session_last_and_its_open_forms_stay_good),
		UNIT(a_new_key_file_counts_in_every_worker_without_a_restart),
	};

	json_init();
	return RUN_TESTS("signin", tests);
}
