/*
 * test_response.c -- an answer's head, its body, and what cannot be put into them.
 */
#include "test.h"

#include <zlib.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "web/response.h"

struct fixture {
	struct response response;
	struct request request;
	struct buf out;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	response_init(&f->response);
	f->request = (struct request){ .method = "GET", .path = "/hermes" };
	f->out = (struct buf)BUF_INIT(RESPONSE_MAX_BYTES + RESPONSE_HEADERS_MAX);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	response_done(&f->response);
	buf_done(&f->out);
	free(f);
	return 0;
}

/* Prints a copy: an answer is finished for one request, and the tests ask for the same one in several ways. */
static const char *print(struct fixture *f)
{
	CLEANUP(response_done) struct response copy;

	response_init(&copy);
	copy.status = f->response.status;
	copy.content_type = f->response.content_type;
	copy.broken = f->response.broken;
	buf_add(&copy.body, buf_str(&f->response.body), f->response.body.len);
	buf_adds(&copy.headers, buf_str(&f->response.headers));
	copy.body.overflow = f->response.body.overflow;
	buf_clear(&f->out);
	response_print(&copy, &f->request, &f->out);
	return buf_str(&f->out);
}

/* The value of a header; NULL when it is not there. Static memory. */
static const char *header(const struct fixture *f, const char *name)
{
	static char value[1024];
	const char *end = strstr(f->out.data, "\r\n\r\n"), *line = f->out.data;
	size_t n = strlen(name);

	for (; line && line < end + 2; line = strstr(line, "\r\n") + 2) {
		if (strncmp(line, name, n) != 0 || line[n] != ':')
			continue;
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(line + n + 2, "\r"), line + n + 2);
		return value;
	}
	return NULL;
}

static const char *body_of(const struct fixture *f)
{
	return strstr(f->out.data, "\r\n\r\n") + 4;
}

static size_t body_len(const struct fixture *f)
{
	return f->out.len - (size_t)(body_of(f) - f->out.data);
}

static int lines(const struct fixture *f)
{
	const char *end = strstr(f->out.data, "\r\n\r\n");
	int n = 1;

	for (const char *p = f->out.data; (p = strstr(p, "\r\n")) && p < end; p += 2)
		n++;
	return n;
}

static void every_answer_has_its_length_and_what_keeps_it_private(void **state)
{
	static const int statuses[] = { 200, 303, 400, 401, 404, 421, 429, 500, 503 };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		response_clear(&f->response);
		f->response.status = statuses[i];
		buf_adds(&f->response.body, "hello");
		assert_true(str_starts(print(f), "Status: "));
		assert_string_equal(header(f, "Content-Length"), "5");
		assert_string_equal(header(f, "Cache-Control"), "no-store");
		assert_string_equal(header(f, "X-Content-Type-Options"), "nosniff");
		assert_non_null(strstr(header(f, "Content-Security-Policy"), "default-src 'none'"));
		assert_non_null(strstr(header(f, "Content-Security-Policy"), "frame-ancestors 'none'"));
		assert_null(strstr(header(f, "Content-Security-Policy"), "unsafe"));
		assert_string_equal(body_of(f), "hello");
		assert_string_not_equal(response_phrase(statuses[i]), "Unknown");
		if (statuses[i] >= 400 && statuses[i] != 404)
			assert_string_not_equal(response_heading(statuses[i]), response_phrase(statuses[i]));
	}
}

static void head_says_the_length_and_sends_nothing(void **state)
{
	struct fixture *f = *state;

	f->request.method = "HEAD";
	buf_adds(&f->response.body, "hello");
	print(f);
	assert_string_equal(header(f, "Content-Length"), "5");
	assert_non_null(header(f, "ETag"));
	assert_int_equal(body_len(f), 0);
}

static void an_unchanged_page_is_a_304_without_body(void **state)
{
	static const char *const forms[] = { "%s", "W/%s", "\"x\", %s", "%s, \"x\"", "\"x\",W/%s ,\"y\"" };
	struct fixture *f = *state;
	char etag[64], match[128];

	buf_adds(&f->response.body, "hello");
	print(f);
	snprintf(etag, sizeof(etag), "%s", header(f, "ETag"));
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const char *s = strstr(forms[i], "%s");

		snprintf(match, sizeof(match), "%.*s%s%s", (int)(s - forms[i]), forms[i], etag, s + 2);
		f->request.if_none_match = match;
		f->response.status = 200;
		assert_true(str_starts(print(f), "Status: 304 "));
		assert_string_equal(header(f, "ETag"), etag);
		assert_null(header(f, "Content-Length"));
		assert_int_equal(body_len(f), 0);
	}
	f->request.if_none_match = "*";
	f->response.status = 200;
	assert_true(str_starts(print(f), "Status: 304 "));
}

static void a_changed_page_an_error_and_a_post_are_sent_whole(void **state)
{
	struct fixture *f = *state;
	char etag[64];

	buf_adds(&f->response.body, "hello");
	print(f);
	snprintf(etag, sizeof(etag), "%s", header(f, "ETag"));
	f->request.if_none_match = etag;
	buf_adds(&f->response.body, "!");
	assert_true(str_starts(print(f), "Status: 200 "));
	f->request.if_none_match = "\"0\", W/";
	assert_true(str_starts(print(f), "Status: 200 "));
	f->request.if_none_match = "*";
	f->response.status = 404;
	assert_true(str_starts(print(f), "Status: 404 "));
	assert_null(header(f, "ETag"));
	f->response.status = 200;
	f->request.method = "POST";
	assert_true(str_starts(print(f), "Status: 200 "));
}

static void gunzip(const char *in, size_t n, char *out, size_t size, size_t *len)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)in, .avail_in = (unsigned)n,
		       .next_out = (unsigned char *)out, .avail_out = (unsigned)size };

	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	*len = size - z.avail_out;
	inflateEnd(&z);
}

static void a_long_page_is_packed_with_a_name_of_its_own(void **state)
{
	struct fixture *f = *state;
	char plain_etag[64], out[32768];
	size_t len;

	for (int i = 0; i < 500; i++)
		buf_printf(&f->response.body, "<li>line %d</li>\n", i);
	print(f);
	assert_null(header(f, "Content-Encoding"));
	snprintf(plain_etag, sizeof(plain_etag), "%s", header(f, "ETag"));
	f->request.accept_encoding = "br, gzip;q=0.8, deflate";
	print(f);
	assert_string_equal(header(f, "Content-Encoding"), "gzip");
	assert_non_null(strstr(header(f, "Vary"), "Accept-Encoding"));
	assert_string_not_equal(header(f, "ETag"), plain_etag);
	assert_int_equal(strtoul(header(f, "Content-Length"), NULL, 10), body_len(f));
	gunzip(body_of(f), body_len(f), out, sizeof(out), &len);
	assert_int_equal(len, f->response.body.len);
	assert_memory_equal(out, f->response.body.data, len);
	/* The plain form's name does not stand for the packed one. */
	f->request.if_none_match = plain_etag;
	assert_true(str_starts(print(f), "Status: 200 "));
}

static void gzip_is_used_only_where_it_is_welcome(void **state)
{
	static const struct {
		const char *accept;
		bool gzip;
	} cases[] = {
		{ "gzip", true }, { "GZIP", true }, { "gzip, br", true }, { " br , gzip ;q=1", true },
		{ "gzip;q=0.001", true }, { "gzip;q=0", false }, { "gzip;q=0.000", false }, { "x-gzip", false },
		{ "gzipx", false }, { "identity", false }, { "*", false }, { "", false }, { NULL, false },
		{ "gzip;q=0, br", false },
	};
	struct fixture *f = *state;

	for (int i = 0; i < 500; i++)
		buf_adds(&f->response.body, "the same again ");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		f->request.accept_encoding = cases[i].accept;
		print(f);
		if ((header(f, "Content-Encoding") != NULL) != cases[i].gzip)
			fail_msg("'%s'", cases[i].accept);
	}
	response_clear(&f->response);
	buf_adds(&f->response.body, "short");
	f->request.accept_encoding = "gzip";
	print(f);
	assert_null(header(f, "Content-Encoding"));
}

static void what_cannot_be_packed_goes_out_plain(void **state)
{
	struct fixture *f = *state;
	unsigned seed = 7;

	for (int i = 0; i < 2000; i++) {
		seed = seed * 1103515245 + 12345;
		buf_addc(&f->response.body, (char)(seed >> 16));
	}
	f->request.accept_encoding = "gzip";
	print(f);
	assert_null(header(f, "Content-Encoding"));
	assert_null(strstr(header(f, "ETag"), "-gz"));
	assert_int_equal(body_len(f), 2000);
}

static void no_value_can_end_a_header_line(void **state)
{
	static const char *const bad[] = { "a\r\nSet-Cookie: x=y", "a\nb", "a\rb", "\x7F", "\xC3\xA9", "a\tb" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct cookie c = { .name = "hmc", .value = bad[i] };

		response_clear(&f->response);
		response_header(&f->response, "X-Test", bad[i]);
		assert_true(str_starts(print(f), "Status: 500 "));
		assert_null(header(f, "Set-Cookie"));
		response_clear(&f->response);
		response_cookie(&f->response, &c);
		assert_true(str_starts(print(f), "Status: 500 "));
		assert_null(header(f, "Set-Cookie"));
	}
	response_clear(&f->response);
	response_header(&f->response, "X Test", "a");
	assert_true(str_starts(print(f), "Status: 500 "));
}

static void a_redirect_stays_here_whatever_it_holds(void **state)
{
	static const struct {
		const char *path, *location;
	} cases[] = {
		{ "/hermes?a=b&c=%2F", "/hermes?a=b&c=%2F" },
		{ "/a\r\nSet-Cookie: x=y", "/a%0D%0ASet-Cookie:%20x=y" },
		{ "/\xC3\xA9", "/%C3%A9" },
		{ "//evil.example", NULL }, { "https://evil.example", NULL }, { "/\\evil.example", NULL }, { "", NULL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		response_clear(&f->response);
		response_redirect(&f->response, cases[i].path);
		print(f);
		if (!cases[i].location) {
			assert_true(str_starts(buf_str(&f->out), "Status: 500 "));
			assert_null(header(f, "Location"));
			continue;
		}
		assert_true(str_starts(buf_str(&f->out), "Status: 303 "));
		assert_string_equal(header(f, "Location"), cases[i].location);
	}
}

static void no_crlf_payload_adds_a_header_line(void **state)
{
	CLEANUP_FREE char *text = read_all(shared_path("vectors/redirect-crlf/crlf.txt"), NULL);
	struct fixture *f = *state;
	char *rest = text, *line;
	int want;

	response_redirect(&f->response, "/x");
	print(f);
	want = lines(f);
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (!*line)
			continue;
		response_clear(&f->response);
		response_redirect(&f->response, line);
		print(f);
		if (lines(f) != want || header(f, "Set-Cookie"))
			fail_msg("%s", line);
	}
}

static void cookies_say_who_may_see_them(void **state)
{
	static const struct {
		struct cookie cookie;
		const char *line;
	} cases[] = {
		{ { "__Host-hmc", "a.b-c_d", 60, true },
		  "__Host-hmc=a.b-c_d; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure" },
		{ { "hmc", "", 0, false }, "hmc=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0" },
		{ { "hmc", "x", -1, false }, "hmc=x; Path=/; HttpOnly; SameSite=Lax" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		response_clear(&f->response);
		response_cookie(&f->response, &cases[i].cookie);
		print(f);
		assert_string_equal(header(f, "Set-Cookie"), cases[i].line);
	}
	response_clear(&f->response);
	response_cookie(&f->response, &(struct cookie){ .name = "hmc", .value = "a; Domain=evil" });
	assert_true(str_starts(print(f), "Status: 500 "));
}

static void an_answer_over_a_mebibyte_becomes_a_plain_500(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i <= RESPONSE_MAX_BYTES; i++)
		buf_addc(&f->response.body, 'x');
	assert_true(str_starts(print(f), "Status: 500 "));
	assert_string_equal(header(f, "Content-Type"), "text/plain; charset=utf-8");
	assert_true(body_len(f) < 200);
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(every_answer_has_its_length_and_what_keeps_it_private),
		UNIT(head_says_the_length_and_sends_nothing),
		UNIT(an_unchanged_page_is_a_304_without_body),
		UNIT(a_changed_page_an_error_and_a_post_are_sent_whole),
		UNIT(a_long_page_is_packed_with_a_name_of_its_own),
		UNIT(gzip_is_used_only_where_it_is_welcome),
		UNIT(what_cannot_be_packed_goes_out_plain),
		UNIT(no_value_can_end_a_header_line),
		UNIT(a_redirect_stays_here_whatever_it_holds),
		UNIT(no_crlf_payload_adds_a_header_line),
		UNIT(cookies_say_who_may_see_them),
		UNIT(an_answer_over_a_mebibyte_becomes_a_plain_500),
	};

	return RUN_TESTS("response", tests);
}
