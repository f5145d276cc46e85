/* When a browser looked before: two times in a cookie, and what moves them. */
#include "base/str.h"
#include "test.h"
#include "web/looked.h"

#define NOW INT64_C(1795500000)

struct asked {
	const char *cookie;
	const char *method;
	const char *path;
	const char *query;
	int64_t before;
	const char *sets;           /* the cookie's new value; NULL = it stays as it is */
};

static const struct asked cases[] = {
	{ NULL, "GET", "/hermes", "", 0, "0.1795500000" },
	{ "hmc-looked=0.1795499990", "GET", "/hermes", "", 0, NULL },
	{ "hmc-looked=0.1795499000", "GET", "/hermes", "", 0, "0.1795500000" },
	{ "hmc-looked=5.1795499000", "GET", "/hermes", "", 5, "5.1795500000" },
	{ "hmc-looked=5.1795490000", "GET", "/hermes", "", 1795490000, "1795490000.1795500000" },
	/* A part and HEAD move nothing on; JSON knows nothing. */
	{ "hmc-looked=5.1795490000", "GET", "/hermes", "part=1", 5, NULL },
	{ "hmc-looked=5.1795490000", "HEAD", "/hermes", "", 5, NULL },
	{ "hmc-looked=5.1795490000", "GET", "/api/hermes", "", 0, NULL },
	/* What is no pair of times that are over counts as nothing. */
	{ "hmc-looked=x.y", "GET", "/hermes", "", 0, "0.1795500000" },
	{ "hmc-looked=5.1895500000", "GET", "/hermes", "", 0, "0.1795500000" },
	{ "hmc-looked=-5.1795490000", "GET", "/hermes", "", 0, "0.1795500000" },
	{ "hmc-looked=5", "GET", "/hermes", "", 0, "0.1795500000" },
};

static void looks_are_told_apart_by_half_an_hour(void **state)
{
	static const struct site site = { .is_https = false };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct asked *c = &cases[i];
		CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
		CLEANUP(response_done) struct response r;
		struct request request = { .method = c->method, .path = c->path, .query = c->query, .cookie = c->cookie };
		struct pane p = { .request = &request, .response = &r, .arena = a, .now = NOW, .site = &site };
		const char *reason;
		int64_t before;

		response_init(&r);
		assert_true(params_decode(c->query, strlen(c->query), a, &request.params, &reason));
		before = looked_before(&p);
		if (before != c->before)
			fail_msg("case %zu: looked %lld", i, (long long)before);
		if (!c->sets != (r.headers.len == 0) || (c->sets && !strstr(r.headers.data, arena_printf(a, "hmc-looked=%s;", c->sets))))
			fail_msg("case %zu: %s", i, buf_str(&r.headers));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(looks_are_told_apart_by_half_an_hour) };

	return RUN_TESTS("looked", tests);
}
