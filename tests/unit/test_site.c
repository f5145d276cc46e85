/*
 * test_site.c -- under which names this site is known, and whose pages may post to it.
 */
#include "test.h"
#include "vectors.h"

#include "base/cleanup.h"
#include "web/site.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(16 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct site make_site(const char *origin, const char *listen)
{
	struct config c = { .site_origin = origin, .site_listen = listen };
	const char *error = NULL;
	struct site s = { 0 };

	if (!site_init(&c, arena, &s, &error))
		fail_msg("%s: %s", origin, error);
	return s;
}

static void only_our_own_names_are_answered(void **state)
{
	static const struct {
		const char *host;
		bool known;
	} cases[] = {
		{ "vm-01.example.ts.net", true }, { "VM-01.example.ts.net", true }, { "127.0.0.1:8480", true },
		{ "localhost:8480", true }, { "localhost", false }, { "localhost:84800", false },
		{ "vm-01.example.ts.net:8480", false }, { "evil.example", false }, { "127.0.0.1", false },
		{ "127.0.0.1:8480.evil.example", false }, { "", false }, { "localhost.evil:8480", false },
	};
	struct site s = make_site("https://vm-01.example.ts.net", "127.0.0.1:8480");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct request r = { .host = cases[i].host };

		if (site_knows_host(&s, &r) != cases[i].known)
			fail_msg("%s", cases[i].host);
	}
	assert_true(site_knows_host(&s, &(struct request){ .source = REQUEST_CGI }));
	assert_false(site_knows_host(&s, &(struct request){ .source = REQUEST_FASTCGI }));
}

/* As the list spells them, and as browsers do who have read that. */
static void no_host_of_the_public_urls_is_ours(void **state)
{
	struct site s = make_site("https://vm-01.example.ts.net", "127.0.0.1:8480");
	CLEANUP_JSON cJSON *cases = load_vectors("vectors/urlencoded/urltestdata.json");
	const cJSON *c;
	int checked = 0;

	(void)state;
	cJSON_ArrayForEach(c, cases) {
		const char *input = json_string(c, "input"), *rest = input ? strstr(input, "//") : NULL;
		const char *const hosts[] = { json_string(c, "host"), input, rest ? rest + 2 : NULL,
					      rest ? arena_strndup(arena, rest + 2, strcspn(rest + 2, "/?#")) : NULL };

		for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
			struct request r = { .host = hosts[i] };

			if (hosts[i] && site_knows_host(&s, &r))
				fail_msg("%s", hosts[i]);
			checked += hosts[i] != NULL;
		}
	}
	assert_true(checked > 400);
}

static void a_foreign_page_cannot_post(void **state)
{
	static const struct {
		const char *site, *origin;
		bool same;
	} cases[] = {
		{ "same-origin", NULL, true },
		{ "same-origin", "https://vm-01.example.ts.net", true },
		{ "same-site", "https://vm-01.example.ts.net", false },
		{ "cross-site", "https://vm-01.example.ts.net", false },
		{ "none", NULL, false },
		{ "", NULL, false },
		{ NULL, "https://vm-01.example.ts.net", true },
		{ NULL, "https://vm-01.example.ts.net:8443", false },
		{ NULL, "http://vm-01.example.ts.net", false },
		{ NULL, "https://evil.example", false },
		{ NULL, "null", false },
		{ NULL, NULL, false },
	};
	struct site s = make_site("https://vm-01.example.ts.net:443", "127.0.0.1:8480");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct request r = { .sec_fetch_site = cases[i].site, .origin = cases[i].origin };

		if (site_is_same_origin(&s, &r) != cases[i].same)
			fail_msg("%s %s", cases[i].site, cases[i].origin);
	}
}

static void the_cookies_name_follows_the_origin(void **state)
{
	static const char *const bad[] = {
		"http://vm-01.example.ts.net", "ftp://x", "https://", "https://a/b", "vm-01", "http://127.0.0.1.evil",
		"https://a b", "https://user@host", "http://localhost.evil:80",
	};

	(void)state;
	assert_string_equal(make_site("https://a.example", "127.0.0.1:1").session_cookie, "__Host-hmc");
	assert_string_equal(make_site("http://127.0.0.1:8480", "127.0.0.1:8480").session_cookie, "hmc");
	assert_string_equal(make_site("http://localhost:80", "127.0.0.1:80").origin, "http://localhost");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct config c = { .site_origin = bad[i], .site_listen = "127.0.0.1:8480" };
		const char *error = NULL;
		struct site s;

		if (site_init(&c, arena, &s, &error) || !error)
			fail_msg("accepted: %s", bad[i]);
	}
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(only_our_own_names_are_answered),
		UNIT(no_host_of_the_public_urls_is_ours),
		UNIT(a_foreign_page_cannot_post),
		UNIT(the_cookies_name_follows_the_origin),
	};

	json_init();
	return RUN_TESTS("site", tests);
}
