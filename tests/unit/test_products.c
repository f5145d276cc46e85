#include "test.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "fake_http.h"
#include "probe/products.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(16 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static const char *url_of(const struct fake_server *f, const char *path)
{
	return arena_printf(a, "http://127.0.0.1:%d%s", f->port, path);
}

static struct product_health ask(const struct product *p)
{
	struct product one = *p;
	const struct products all = { .list = &one, .n = 1 };
	struct product_healths out = { 0 };

	one.id = "web";
	one.url_shown = one.url;
	probe_products(&out, &all, a, 0);
	assert_int_equal(out.probe.state, PROBE_OK);
	assert_int_equal(out.n_list, 1);
	assert_string_equal(out.list[0].id, "web");
	assert_true(out.list[0].probe.taken_at > 0);
	assert_true((out.list[0].probe.state == PROBE_OK) == !out.list[0].probe.reason);
	return out.list[0];
}

#define OK(body) "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" body
#define NOTHING  "Content-Length: 0\r\nConnection: close\r\n\r\n"

static void what_is_asked_of_it_holds_or_does_not(void **state)
{
	static const struct {
		const char *name;
		struct fake_server server;
		const char *text;
		int64_t expect;     /* a status; 0 = none in particular */
		enum probe_state state;
		enum product_outcome outcome;
		int64_t status;
		const char *reason; /* a piece of it */
	} cases[] = {
		{ "a page", { .answer = OK("hi") }, NULL, 0, PROBE_OK, PRODUCT_ANSWERED, 200, NULL },
		{ "the expected text", { .answer = OK("status: ok\n") }, "status: ok", 0, PROBE_OK, PRODUCT_ANSWERED, 200, NULL },
		{ "another text", { .answer = OK("status: bad\n") }, "status: ok", 0, PROBE_INACTIVE, PRODUCT_ANSWERED, 200, "without the expected text" },
		{ "an endless page", { .answer = OK(""), .again = "xxxxxxxxxxxxxxxxxxxxxxxxxxxx" }, NULL, 0, PROBE_OK, PRODUCT_ANSWERED, 200, NULL },
		{ "an endless page without it", { .answer = OK(""), .again = "xxxxxxxxxxxxxxxxxxxxxxxxxxxx" }, "ok", 0, PROBE_INACTIVE, PRODUCT_ANSWERED, 200, "without the expected text" },
		{ "the text in time, the rest never", { .answer = OK("it is ok"), .is_silent = true }, "ok", 0, PROBE_OK, PRODUCT_ANSWERED, 200, NULL },
		{ "the text not in time", { .answer = OK("it is"), .is_silent = true }, "ok", 0, PROBE_UNKNOWN, PRODUCT_ANSWERED, 200, "did not come in time" },
		{ "an error", { .answer = "HTTP/1.1 503 Busy\r\n" NOTHING }, NULL, 0, PROBE_INACTIVE, PRODUCT_ANSWERED, 503, "it answers 503, expected is 200 to 399" },
		{ "a wall that is expected", { .answer = "HTTP/1.1 401 No\r\n" NOTHING }, NULL, 401, PROBE_OK, PRODUCT_ANSWERED, 401, NULL },
		{ "another status", { .answer = OK("hi") }, NULL, 204, PROBE_INACTIVE, PRODUCT_ANSWERED, 200, "expected is 204" },
		{ "a foreign redirect", { .answer = "HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\n" NOTHING }, NULL, 0, PROBE_OK, PRODUCT_ANSWERED, 302, NULL },
		{ "closed at once", { .answer = NULL }, NULL, 0, PROBE_INACTIVE, PRODUCT_NO_HTTP, COUNT_UNKNOWN, "no HTTP answer" },
		{ "garbage", { .answer = "\x01\x02SSH-2.0-nonsense\r\n\r\n" }, NULL, 0, PROBE_INACTIVE, PRODUCT_NO_HTTP, COUNT_UNKNOWN, "no HTTP answer" },
		{ "silence", { .is_silent = true }, NULL, 0, PROBE_UNKNOWN, PRODUCT_SILENT, COUNT_UNKNOWN, "gave no answer in time" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_server f = { .answer = cases[i].server.answer, .again = cases[i].server.again,
					 .is_silent = cases[i].server.is_silent };
		struct product p = { .expect_text = cases[i].text, .expect_status = { cases[i].expect },
				     .n_expect_status = cases[i].expect > 0 };
		struct product_health h;

		server_start(&f);
		p.url = url_of(&f, "/");
		h = ask(&p);
		server_stop(&f);
		if (h.probe.state != cases[i].state || h.outcome != cases[i].outcome || h.status != cases[i].status)
			fail_msg("%s: state %d, outcome %d, status %lld (%s)", cases[i].name, h.probe.state, h.outcome, (long long)h.status, h.probe.reason);
		if (cases[i].reason && !strstr(h.probe.reason, cases[i].reason))
			fail_msg("%s: %s", cases[i].name, h.probe.reason);
		assert_true((h.latency_us > 0) == (h.outcome == PRODUCT_ANSWERED));
	}
}

static void a_redirect_within_is_followed_and_no_further_than_twice(void **state)
{
	struct fake_server f = { .answer = "HTTP/1.1 302 Found\r\nLocation: /login\r\n" NOTHING, .second = OK("sign in") };
	struct fake_server turning = { .answer = "HTTP/1.1 302 Found\r\nLocation: /again\r\n" NOTHING };
	struct product p = { .expect_text = "sign in" };
	struct product_health h;

	(void)state;
	server_start(&f);
	p.url = url_of(&f, "/?key=1");
	h = ask(&p);
	server_stop(&f);
	assert_int_equal(h.probe.state, PROBE_OK);
	assert_int_equal(h.status, 200);
	assert_int_equal(f.n_asked, 2);
	assert_true(str_starts(f.request, "GET /login HTTP/1.1\r\n"));
	server_start(&turning);
	p = (struct product){ .url = url_of(&turning, "/") };
	h = ask(&p);
	server_stop(&turning);
	assert_int_equal(h.status, 302);
	assert_int_equal(turning.n_asked, 3);
}

static void a_redirect_to_another_port_is_not_followed(void **state)
{
	struct fake_server other = { .answer = OK("private") };
	struct fake_server f = { .answer = NULL };
	struct product p = { 0 };

	(void)state;
	server_start(&other);
	f.answer = arena_printf(a, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\n" NOTHING, other.port);
	server_start(&f);
	p.url = url_of(&f, "/");
	assert_int_equal(ask(&p).status, 302);
	server_stop(&f);
	server_stop(&other);
	assert_int_equal(other.n_asked, 0);
}

static void who_cannot_be_asked_is_unknown_who_refuses_is_not(void **state)
{
	struct fake_server f = { .answer = NULL };
	struct product p = { 0 };
	struct product_health h;

	(void)state;
	server_start(&f);
	server_stop(&f);
	p.url = url_of(&f, "/");
	h = ask(&p);
	assert_int_equal(h.probe.state, PROBE_INACTIVE);
	assert_int_equal(h.outcome, PRODUCT_REFUSED);
	assert_non_null(strstr(h.probe.reason, "nobody takes connections at 127.0.0.1:"));
	p.url = "http://no-such-host.invalid/";
	h = ask(&p);
	assert_int_equal(h.probe.state, PROBE_UNKNOWN);
	assert_true(h.outcome == PRODUCT_UNREACHED || h.outcome == PRODUCT_SILENT);
}

static void plain_bytes_where_tls_is_expected_are_told(void **state)
{
	struct fake_server f = { .answer = "HTTP/1.1 400 Bad Request\r\n\r\n" };
	struct product p = { 0 };
	struct product_health h;

	(void)state;
	server_start(&f);
	p.url = arena_printf(a, "https://127.0.0.1:%d/", f.port);
	h = ask(&p);
	server_stop(&f);
	assert_int_equal(h.outcome, PRODUCT_BAD_TLS);
	assert_int_equal(h.probe.state, PROBE_INACTIVE);
}

static void many_that_hang_cost_no_more_than_one(void **state)
{
	struct fake_server well = { .answer = OK("hi") }, hung = { .is_silent = true };
	struct product list[PRODUCTS_MAX] = { { 0 } };
	const struct products all = { .list = list, .n = PRODUCTS_MAX };
	struct product_healths out = { 0 };

	(void)state;
	server_start(&well);
	server_start(&hung);
	for (size_t i = 0; i < PRODUCTS_MAX; i++) {
		list[i].id = arena_printf(a, "p%zu", i);
		list[i].url = list[i].url_shown = url_of(i == PRODUCTS_MAX - 1 ? &well : &hung, "/");
	}
	probe_products(&out, &all, a, clock_mono_us() + PRODUCTS_LIMIT_US);
	server_stop(&well);
	server_stop(&hung);
	assert_int_equal(out.n_list, PRODUCTS_MAX);
	assert_int_equal(out.list[0].probe.state, PROBE_UNKNOWN);
	assert_int_equal(out.list[PRODUCTS_MAX - 1].probe.state, PROBE_OK); /* one after the other, its turn would never have come */
}

static void what_has_no_source_is_not_asked(void **state)
{
	const struct product planned = { .id = "later", .name = "Later" };
	const struct products all = { .list = &planned, .n = 1 }, none = { 0 };
	struct product_healths out = { 0 };

	(void)state;
	probe_products(&out, &all, a, 0);
	assert_int_equal(out.probe.state, PROBE_INACTIVE);
	assert_int_equal(out.n_list, 0);
	assert_non_null(strstr(out.probe.reason, "has an address or a unit"));
	probe_products(&out, &none, a, 0);
	assert_string_equal(out.probe.reason, "no products are configured");
}

static void certificate_times_are_read_as_openssl_writes_them(void **state)
{
	(void)state;
	assert_int_equal(product_certificate_time("Nov 24 07:11:02 2026 GMT"), 1795504262);
	assert_int_equal(product_certificate_time("Nov  4 07:11:02 2026 GMT"), 1793776262);
	assert_int_equal(product_certificate_time("Nov 24 07:11:02 2026"), 0);
	assert_int_equal(product_certificate_time("2026-11-24"), 0);
	assert_int_equal(product_certificate_time(""), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_is_asked_of_it_holds_or_does_not),
		T(a_redirect_within_is_followed_and_no_further_than_twice),
		T(a_redirect_to_another_port_is_not_followed),
		T(who_cannot_be_asked_is_unknown_who_refuses_is_not),
		T(plain_bytes_where_tls_is_expected_are_told),
		T(many_that_hang_cost_no_more_than_one),
		T(what_has_no_source_is_not_asked),
		T(certificate_times_are_read_as_openssl_writes_them),
	};

	return RUN_TESTS("products", tests);
}
