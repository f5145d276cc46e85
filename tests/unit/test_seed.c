/*
 * test_seed.c -- ETags made from what a page is made from.
 */
#include "test.h"

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

static const char *print(struct fixture *f)
{
	buf_clear(&f->out);
	response_print(&f->response, &f->request, &f->out);
	return buf_str(&f->out);
}

/* The printed ETag; NULL without one. Static memory. */
static const char *etag_of(const struct fixture *f)
{
	static char value[64];
	const char *at = strstr(f->out.data, "\r\nETag: ");

	if (!at)
		return NULL;
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at + 8, "\r"), at + 8);
	return value;
}

static void a_seed_gives_bodies_that_differ_one_weak_tag(void **state)
{
	struct fixture *f = *state;
	char etag[64];

	assert_false(response_seed(&f->response, &f->request, "facts"));
	buf_adds(&f->response.body, "12 s ago");
	print(f);
	snprintf(etag, sizeof(etag), "%s", etag_of(f));
	assert_true(str_starts(etag, "W/\""));
	response_clear(&f->response);
	assert_false(response_seed(&f->response, &f->request, "facts"));
	buf_adds(&f->response.body, "13 s ago");
	print(f);
	assert_string_equal(etag_of(f), etag);
	/* The packed form has its own. */
	response_clear(&f->response);
	f->request.accept_encoding = "gzip";
	assert_false(response_seed(&f->response, &f->request, "facts"));
	print(f);
	assert_string_not_equal(etag_of(f), etag);
}

static void a_seed_the_visitor_has_is_a_304_before_anything_is_made(void **state)
{
	static const struct {
		const char *method, *seed;
		bool is_known;
	} cases[] = {
		{ "GET", "facts", true }, { "HEAD", "facts", true }, { "GET", "other", false }, { "POST", "facts", false },
	};
	struct fixture *f = *state;
	static char etag[64];

	assert_false(response_seed(&f->response, &f->request, "facts"));
	print(f);
	snprintf(etag, sizeof(etag), "%s", etag_of(f));
	f->request.if_none_match = etag;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		response_clear(&f->response);
		f->request.method = cases[i].method;
		assert_int_equal(response_seed(&f->response, &f->request, cases[i].seed), cases[i].is_known);
		assert_int_equal(str_starts(print(f), "Status: 304 "), cases[i].is_known);
		if (cases[i].is_known) {
			assert_true(str_ends(f->out.data, "\r\n\r\n"));
			assert_string_equal(etag_of(f), etag);
		}
	}
}

static void an_error_has_no_tag_though_a_seed_was_given(void **state)
{
	struct fixture *f = *state;

	assert_false(response_seed(&f->response, &f->request, "facts"));
	f->response.status = 500;
	print(f);
	assert_null(etag_of(f));
	response_clear(&f->response);
	assert_false(response_seed(&f->response, &f->request, "facts"));
	f->response.broken = true;
	print(f);
	assert_null(etag_of(f));
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(a_seed_gives_bodies_that_differ_one_weak_tag),
		UNIT(a_seed_the_visitor_has_is_a_304_before_anything_is_made),
		UNIT(an_error_has_no_tag_though_a_seed_was_given),
	};

	return RUN_TESTS("seed", tests);
}
