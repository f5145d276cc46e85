#include "test.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "fake_http.h"
#include "probe/http.h"

static struct http_answer ask(struct arena *a, int port)
{
	struct instance in = { .id = "x", .dashboard_port = port };
	struct http_answer answer = { 0 };

	probe_http_answer(&answer, &in, a, 0);
	return answer;
}

static void what_comes_back_is_an_answer_or_a_reason(void **s)
{
	static const struct {
		const char *name;
		struct fake_server server;
		enum probe_state state;
		int64_t status;
	} cases[] = {
		{ "a page", { .answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" }, PROBE_OK, 200 },
		{ "a redirect is not followed", { .answer = "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n" }, PROBE_OK, 302 },
		{ "a login wall", { .answer = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n" }, PROBE_OK, 401 },
		{ "an error", { .answer = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" }, PROBE_OK, 503 },
		{ "an endless body", { .answer = "HTTP/1.1 200 OK\r\n\r\n", .again = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" }, PROBE_OK, 200 },
		{ "an endless head", { .answer = "HTTP/1.1 200 OK\r\n", .again = "X-More: xxxxxxxxxxxxxxxxxxxxxxxxxx\r\n" }, PROBE_UNKNOWN, COUNT_UNKNOWN },
		{ "garbage", { .answer = "\x01\x02SSH-2.0-nonsense\r\n\r\n" }, PROBE_UNKNOWN, COUNT_UNKNOWN },
		{ "nothing, then closed", { .answer = NULL }, PROBE_UNKNOWN, COUNT_UNKNOWN },
		{ "silence", { .is_silent = true }, PROBE_UNKNOWN, COUNT_UNKNOWN },
	};
	struct arena *a = arena_new(1024 * 1024);

	(void)s;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_server f = { .answer = cases[i].server.answer, .again = cases[i].server.again,
					 .is_silent = cases[i].server.is_silent };
		struct http_answer r;

		server_start(&f);
		r = ask(a, f.port);
		server_stop(&f);
		if (r.probe.state != cases[i].state || r.status != cases[i].status || r.port != f.port)
			fail_msg("%s: state %d, status %lld (%s)", cases[i].name, r.probe.state, (long long)r.status, r.probe.reason);
		assert_true(r.probe.state == PROBE_OK ? !r.probe.reason : r.probe.reason != NULL);
	}
	arena_free(a);
}

static void a_port_that_nobody_holds_is_inactive(void **s)
{
	struct arena *a = arena_new(1024 * 1024);
	struct fake_server f = { .answer = NULL };
	struct http_answer r;

	(void)s;
	server_start(&f);
	server_stop(&f);
	r = ask(a, f.port);
	assert_int_equal(r.probe.state, PROBE_INACTIVE);
	assert_non_null(strstr(r.probe.reason, "nobody takes connections"));
	r = ask(a, 0);
	assert_int_equal(r.probe.state, PROBE_INACTIVE);
	assert_string_equal(r.probe.reason, "no dashboard port is configured");
	arena_free(a);
}

static void a_proxy_of_the_environment_is_not_asked(void **s)
{
	struct arena *a = arena_new(1024 * 1024);
	struct fake_server f = { .answer = "HTTP/1.1 204 Fine\r\n\r\n" };
	struct http_answer r;

	(void)s;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	server_start(&f);
	r = ask(a, f.port);
	server_stop(&f);
	unsetenv("http_proxy");
	assert_int_equal(r.status, 204);
	arena_free(a);
}

static void other_protocols_are_refused(void **s)
{
	struct arena *a = arena_new(1024 * 1024);

	(void)s;
	assert_int_equal(http_get("file:///etc/passwd", 1000000, a).result, HTTP_FAILED);
	assert_int_equal(http_get("gopher://127.0.0.1:1/", 1000000, a).result, HTTP_FAILED);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_back_is_an_answer_or_a_reason),
		cmocka_unit_test(a_port_that_nobody_holds_is_inactive),
		cmocka_unit_test(a_proxy_of_the_environment_is_not_asked),
		cmocka_unit_test(other_protocols_are_refused),
	};

	return RUN_TESTS("http", tests);
}
