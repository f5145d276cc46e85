/*
 * test_request.c -- a request out of FastCGI or CGI variables.
 */
#include "test.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "web/request.h"

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

#define ENV(...) ((char *const[]){ __VA_ARGS__, NULL })
#define GET_ENV  (char *)"REQUEST_METHOD=GET"
#define POST_ENV (char *)"REQUEST_METHOD=POST"
#define PATH_ENV (char *)"PATH_INFO=/hermes"

static int init(struct request *r, char *const *env)
{
	const char *reason = NULL;
	int status = request_init(r, REQUEST_FASTCGI, env, arena, &reason);

	if (status)
		assert_non_null(reason);
	return status;
}

static void an_ordinary_request_is_read(void **state)
{
	struct request r;

	(void)state;
	assert_int_equal(init(&r, ENV(GET_ENV, PATH_ENV, (char *)"QUERY_STRING=instance=bheem&part=1",
				      (char *)"HTTP_HOST=127.0.0.1:8480", (char *)"HTTP_COOKIE=hmc=x",
				      (char *)"HTTP_SEC_FETCH_SITE=same-origin", (char *)"CONTENT_LENGTH=")), 0);
	assert_string_equal(r.path, "/hermes");
	assert_string_equal(request_param(&r, "instance"), "bheem");
	assert_string_equal(r.host, "127.0.0.1:8480");
	assert_string_equal(r.cookie, "hmc=x");
	assert_int_equal(r.content_length, 0);
	assert_null(r.origin);
	assert_true(request_is_read(&r));
	assert_false(request_is_api(&r));
}

static void nothing_at_all_is_refused_and_safe_to_read(void **state)
{
	struct request r;

	(void)state;
	assert_int_equal(init(&r, NULL), 400);
	assert_string_equal(r.method, "");
	assert_string_equal(r.path, "");
	assert_string_equal(r.body, "");
	assert_null(request_param(&r, "x"));
	assert_false(request_is_api(&r));
}

static void a_plain_cgi_may_leave_the_method_out_and_use_script_name(void **state)
{
	const char *reason = NULL;
	struct request r;

	(void)state;
	assert_int_equal(request_init(&r, REQUEST_CGI, ENV((char *)"SCRIPT_NAME=/hermes", (char *)"PATH_INFO="),
				      arena, &reason), 0);
	assert_string_equal(r.method, "GET");
	assert_string_equal(r.path, "/hermes");
}

static void identity_headers_are_never_read(void **state)
{
	struct request r;

	(void)state;
	/* Were any of them looked at, the second one of each name would be refused. */
	assert_int_equal(init(&r, ENV(GET_ENV, PATH_ENV, (char *)"REMOTE_USER=root", (char *)"REMOTE_USER=admin",
				      (char *)"HTTP_X_USER=a", (char *)"HTTP_X_USER=b",
				      (char *)"HTTP_TAILSCALE_USER_LOGIN=a", (char *)"HTTP_TAILSCALE_USER_LOGIN=b",
				      (char *)"HTTP_X_FORWARDED_FOR=a", (char *)"HTTP_X_FORWARDED_FOR=b",
				      (char *)"broken")), 0);
	assert_null(r.cookie);
	assert_null(r.authorization);
}

static void a_variable_that_occurs_twice_is_refused(void **state)
{
	static const char *const names[] = {
		"REQUEST_METHOD", "PATH_INFO", "SCRIPT_NAME", "QUERY_STRING", "CONTENT_LENGTH", "CONTENT_TYPE",
		"HTTP_HOST", "HTTP_COOKIE", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_ACCEPT",
		"HTTP_IF_NONE_MATCH", "HTTP_AUTHORIZATION", "HTTP_ACCEPT_ENCODING",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct request r;
		char *twice = arena_printf(arena, "%s=", names[i]);

		if (init(&r, ENV(twice, twice, GET_ENV, PATH_ENV)) != 400)
			fail_msg("%s", names[i]);
	}
}

static void methods_are_words_of_capitals(void **state)
{
	static const char *const bad[] = { "", "get", "GET ", "G\tET", "GET/1", "ABCDEFGHIJKLMNOPQ", "GE\xC3\x89" };
	struct request r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(init(&r, ENV(arena_printf(arena, "REQUEST_METHOD=%s", bad[i]), PATH_ENV)), 400);
	assert_int_equal(init(&r, ENV((char *)"REQUEST_METHOD=DELETE", PATH_ENV)), 0);
}

static void paths_that_read_two_ways_are_refused(void **state)
{
	static const struct {
		const char *path;
		int status;
	} cases[] = {
		{ "/hermes", 0 }, { "/", 0 }, { "/hermes/tasks/vijay/20260329_175530_ac871427", 0 },
		{ "/h\xC3\xA9", 0 }, { "", 404 }, { "hermes", 404 }, { "//hermes", 404 }, { "/hermes//x", 404 },
		{ "/hermes/..", 404 }, { "/..hermes", 404 }, { "/a\\b", 404 }, { "/%2e", 404 }, { "/%", 404 },
		{ "/a\nb", 400 }, { "/a\r\nSet-Cookie: x=y", 400 }, { "/a\x7F", 400 }, { "/a\x01", 400 },
		{ "/\xFF", 400 }, { "/\xC0\xAF", 400 }, { "/\xED\xA0\x80", 400 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct request r;
		int status = init(&r, ENV(GET_ENV, arena_printf(arena, "PATH_INFO=%s", cases[i].path)));

		if (status != cases[i].status)
			fail_msg("%s: %d", cases[i].path, status);
	}
}

static void a_long_path_or_query_is_refused(void **state)
{
	char path[REQUEST_PATH_MAX + 2] = "/", query[REQUEST_QUERY_MAX + 2];
	struct request r;

	(void)state;
	memset(path + 1, 'a', sizeof(path) - 2);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(init(&r, ENV(GET_ENV, arena_printf(arena, "PATH_INFO=%s", path))), 404);
	path[sizeof(path) - 2] = '\0';
	assert_int_equal(init(&r, ENV(GET_ENV, arena_printf(arena, "PATH_INFO=%s", path))), 0);
	memset(query, 'a', sizeof(query) - 1);
	query[sizeof(query) - 1] = '\0';
	assert_int_equal(init(&r, ENV(GET_ENV, PATH_ENV, arena_printf(arena, "QUERY_STRING=%s", query))), 414);
}

static void too_much_of_everything_is_refused(void **state)
{
	CLEANUP_FREE char *big = malloc(REQUEST_ENV_MAX);
	struct request r;

	(void)state;
	memset(big, 'a', REQUEST_ENV_MAX - 1);
	big[REQUEST_ENV_MAX - 1] = '\0';
	assert_int_equal(init(&r, ENV(GET_ENV, PATH_ENV, big)), 431);
}

static void queries_with_doubled_or_broken_parameters_are_refused(void **state)
{
	static const char *const bad[] = { "a=1&a=2", "a=%00", "a=1\r\nb" };
	struct request r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(init(&r, ENV(GET_ENV, PATH_ENV, arena_printf(arena, "QUERY_STRING=%s", bad[i]))),
				 400);
}

static void lengths_are_digits_and_bounded(void **state)
{
	static const struct {
		const char *length;
		int status;
	} cases[] = {
		{ "0", 0 }, { "65536", 0 }, { "65537", 413 }, { "99999999999999999999999", 413 }, { "", 411 },
		{ "-1", 400 }, { "+5", 400 }, { " 5", 400 }, { "5 ", 400 }, { "0x10", 400 }, { "5,5", 400 },
	};
	struct request r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int status = init(&r, ENV(POST_ENV, PATH_ENV, arena_printf(arena, "CONTENT_LENGTH=%s", cases[i].length)));

		if (status != cases[i].status)
			fail_msg("'%s': %d", cases[i].length, status);
	}
	assert_int_equal(init(&r, ENV(POST_ENV, PATH_ENV)), 411);
}

static void a_body_has_the_length_and_form_it_said(void **state)
{
	static const char form[] = "CONTENT_TYPE=application/x-www-form-urlencoded";
	static const struct {
		const char *type, *body;
		int status;
	} cases[] = {
		{ form, "a=1", 0 },
		{ "CONTENT_TYPE=Application/X-WWW-Form-URLEncoded; Charset=UTF-8", "a=1", 0 },
		{ form, "a=", 400 },
		{ form, "a=12", 400 },
		{ "CONTENT_TYPE=text/plain", "a=1", 415 },
		{ "CONTENT_TYPE=application/json", "{ }", 415 },
		{ "CONTENT_TYPE=multipart/form-data; boundary=x", "a=1", 415 },
		{ "CONTENT_TYPE=application/x-www-form-urlencodedx", "a=1", 415 },
		{ "CONTENT_TYPE=application/x-www-form-urlencoded; charset=utf-16", "a=1", 415 },
		{ "HTTP_CONTENT_TYPE=application/x-www-form-urlencoded", "a=1", 415 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *reason = NULL;
		struct request r;
		int status;

		assert_int_equal(init(&r, ENV(POST_ENV, PATH_ENV, (char *)"CONTENT_LENGTH=3",
					      (char *)(uintptr_t)cases[i].type)), 0);
		status = request_set_body(&r, cases[i].body, strlen(cases[i].body), arena, &reason);
		if (status != cases[i].status)
			fail_msg("%s %s: %d %s", cases[i].type, cases[i].body, status, reason);
		if (!status)
			assert_string_equal(request_field(&r, "a"), "1");
		assert_null(request_param(&r, "a"));
	}
}

static void a_form_with_nul_or_a_doubled_field_is_refused(void **state)
{
	static const struct {
		const char *body;
		size_t n;
	} cases[] = { { "a=1\0b=2", 7 }, { "a=1&a=2", 7 }, { "a=1&b%00", 8 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *reason = NULL;
		struct request r;

		assert_int_equal(init(&r, ENV(POST_ENV, PATH_ENV,
					      (char *)"CONTENT_TYPE=application/x-www-form-urlencoded",
					      arena_printf(arena, "CONTENT_LENGTH=%zu", cases[i].n))), 0);
		assert_int_equal(request_set_body(&r, cases[i].body, cases[i].n, arena, &reason), 400);
	}
}

static void no_traversal_payload_becomes_a_path(void **state)
{
	CLEANUP_FREE char *text = read_all(shared_path("vectors/path-traversal/paths.txt"), NULL);
	char *rest = text, *line;
	int refused = 0;

	(void)state;
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct params p;
		const char *reason = NULL;
		struct request r;
		int status = init(&r, ENV(GET_ENV, arena_printf(arena, "PATH_INFO=/hermes/%s", line)));

		refused += status != 0;
		if (status != 0 && status != 400 && status != 404)
			fail_msg("%s: %d", line, status);
		if (status == 0 && (strstr(r.path, "..") || strchr(r.path, '\\') || strchr(r.path, '%')))
			fail_msg("%s", line);
		/* And as Caddy hands it over: decoded once. */
		if (!params_decode(line, strlen(line), arena, &p, &reason) || p.n == 0)
			continue;
		status = init(&r, ENV(GET_ENV, arena_printf(arena, "PATH_INFO=/hermes/%s", p.items[0].name)));
		if (status == 0 && (strstr(r.path, "..") || strchr(r.path, '\\') || strstr(r.path, "//")))
			fail_msg("decoded %s", line);
	}
	assert_true(refused > 200);
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(an_ordinary_request_is_read),
		UNIT(nothing_at_all_is_refused_and_safe_to_read),
		UNIT(a_plain_cgi_may_leave_the_method_out_and_use_script_name),
		UNIT(identity_headers_are_never_read),
		UNIT(a_variable_that_occurs_twice_is_refused),
		UNIT(methods_are_words_of_capitals),
		UNIT(paths_that_read_two_ways_are_refused),
		UNIT(a_long_path_or_query_is_refused),
		UNIT(too_much_of_everything_is_refused),
		UNIT(queries_with_doubled_or_broken_parameters_are_refused),
		UNIT(lengths_are_digits_and_bounded),
		UNIT(a_body_has_the_length_and_form_it_said),
		UNIT(a_form_with_nul_or_a_doubled_field_is_refused),
		UNIT(no_traversal_payload_becomes_a_path),
	};

	return RUN_TESTS("request", tests);
}
