#include "test.h"

#include "base/cleanup.h"
#include "base/httpurl.h"
#include "base/str.h"

static void what_is_taken_is_taken_apart(void **state)
{
	static const struct {
		const char *text, *host;
		bool is_https;
		int64_t port;
		const char *rest;
	} cases[] = {
		{ "http://127.0.0.1:3049/healthz", "127.0.0.1", false, 3049, "/healthz" },
		{ "https://web.example", "web.example", true, 443, "" },
		{ "http://web_1", "web_1", false, 80, "" },
		{ "HTTP://[::1]:80?x=@y", "[::1]", false, 80, "?x=@y" },
		{ "http://a/b:c@d", "a", false, 80, "/b:c@d" },
	};
	struct httpurl u;
	const char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (!httpurl_parse(cases[i].text, &u, &why))
			fail_msg("%s: %s", cases[i].text, why);
		assert_int_equal(u.host_len, strlen(cases[i].host));
		assert_memory_equal(u.host, cases[i].host, u.host_len);
		assert_int_equal(u.port, cases[i].port);
		assert_int_equal(u.is_https, cases[i].is_https);
		assert_string_equal(u.rest, cases[i].rest);
	}
}

static void what_two_readers_could_take_differently_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "x", "//a", "file:///etc/passwd", "gopher://a", "http:/a", "http://", "http://:80", "http://a:", "http://a:0",
		"http://a:65536", "http://a:+1", "http://a:8o", "http://me@a/", "http://me:pw@a/", "http://a\\@b/", "http://a b/",
		"http://a/\tb", "http://a/ü", "http://[::1", "http://[::1]x", "http://[a]/", "http://[]/", "http://[", "http://a\"/",
		"http://a%2f/", "http://a,b/", "http://a:80:81/", "http://a/<b>", "javascript:alert(1)//http://",
	};
	struct httpurl u;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *why = NULL;

		if (httpurl_parse(bad[i], &u, &why))
			fail_msg("taken: %s", bad[i]);
		assert_non_null(why);
	}
}

static bool stays(const char *from, const char *to)
{
	struct httpurl a, b;
	const char *why;

	assert_true(httpurl_parse(from, &a, &why));
	assert_true(httpurl_parse(to, &b, &why));
	return httpurl_stays(&a, &b);
}

static void a_redirect_stays_on_its_host_and_port(void **state)
{
	(void)state;
	assert_true(stays("http://a:3000/", "http://A:3000/login"));
	assert_true(stays("http://a/", "https://a/"));
	assert_false(stays("http://a:3000/", "http://a:9119/"));
	assert_false(stays("http://a/", "http://b/"));
	assert_false(stays("http://a/", "http://a.b/"));
	assert_false(stays("https://a/", "http://a/"));
	assert_false(stays("http://a:3000/", "https://a/"));
}

static void loopback_and_addresses_are_told(void **state)
{
	static const struct {
		const char *text;
		bool is_loopback, is_address;
	} cases[] = {
		{ "http://127.0.0.1/", true, true },   { "http://127.8.9.1:5/", true, true }, { "http://localhost/", true, false },
		{ "http://[::1]/", true, true },       { "http://100.87.53.10/", false, true }, { "http://127.0.0.1.example/", false, false },
		{ "http://[fd7a::1]/", false, true },  { "http://example.org/", false, false },
	};
	struct httpurl u;
	const char *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(httpurl_parse(cases[i].text, &u, &why));
		if (httpurl_is_loopback(&u) != cases[i].is_loopback || httpurl_is_address(&u) != cases[i].is_address)
			fail_msg("%s", cases[i].text);
	}
}

static void a_query_is_not_shown(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);

	(void)state;
	assert_string_equal(httpurl_shown("http://a/b?key=1#c", a), "http://a/b?…");
	assert_string_equal(httpurl_shown("http://a/b#c?d", a), "http://a/b");
	assert_string_equal(httpurl_shown("http://a/b", a), "http://a/b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_taken_is_taken_apart),
		cmocka_unit_test(what_two_readers_could_take_differently_is_refused),
		cmocka_unit_test(a_redirect_stays_on_its_host_and_port),
		cmocka_unit_test(loopback_and_addresses_are_told),
		cmocka_unit_test(a_query_is_not_shown),
	};

	return RUN_TESTS("httpurl", tests);
}
