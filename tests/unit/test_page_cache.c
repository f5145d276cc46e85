/*
 * test_page_cache.c -- answers of one second: who gets them, and when they go.
 */
#include "test.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "web/page_cache.h"

#define NOW 1800000000

static struct page_cache *cache;
static struct request request;

static int setup(void **state)
{
	(void)state;
	cache = page_cache_new();
	request = (struct request){ .method = "GET", .path = "/hermes" };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	page_cache_free(cache);
	return 0;
}

static void put(const char *key, int64_t now, const char *body)
{
	CLEANUP(response_done) struct response r;

	response_init(&r);
	buf_adds(&r.body, body);
	response_finish(&r, &request);
	page_cache_put(cache, key, now, &r);
}

static bool holds(const char *key, int64_t now, const char *body)
{
	CLEANUP(response_done) struct response r;

	response_init(&r);
	return page_cache_get(cache, key, now, &request, &r) && r.status == 200 && str_eq(buf_str(&r.body), body);
}

static bool is_empty_for(const char *key, int64_t now)
{
	CLEANUP(response_done) struct response r;
	bool found;

	response_init(&r);
	found = page_cache_get(cache, key, now, &request, &r);
	assert_true(found || (r.body.len == 0 && !r.is_finished && !*r.etag && r.status == 200));
	return !found;
}

static void an_answer_is_found_in_its_second_by_its_whole_key(void **state)
{
	(void)state;
	put("/hermes\na", NOW, "page");
	assert_true(holds("/hermes\na", NOW, "page"));
	assert_true(is_empty_for("/hermes\n", NOW));
	assert_true(is_empty_for("/hermes\nab", NOW));
	assert_true(is_empty_for("", NOW));
	assert_true(is_empty_for("/hermes\na", NOW + 1));
	assert_true(is_empty_for("/hermes\na", NOW - 1)); /* the clock was set back */
	put("/hermes\na", NOW, "newer");
	assert_true(holds("/hermes\na", NOW, "newer"));
}

static void only_a_finished_page_without_headers_of_its_own_is_kept(void **state)
{
	static const int statuses[] = { 303, 401, 404, 500 };
	CLEANUP(response_done) struct response r;

	(void)state;
	response_init(&r);
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		response_clear(&r);
		r.status = statuses[i];
		response_finish(&r, &request);
		page_cache_put(cache, "k", NOW, &r);
		assert_true(is_empty_for("k", NOW));
	}
	response_clear(&r);
	page_cache_put(cache, "k", NOW, &r); /* not finished */
	assert_true(is_empty_for("k", NOW));
	response_cookie(&r, &(struct cookie){ .name = "a", .value = "b" });
	response_finish(&r, &request);
	page_cache_put(cache, "k", NOW, &r);
	assert_true(is_empty_for("k", NOW));
	request.method = "POST";
	put("k", NOW, "posted");
	assert_true(is_empty_for("k", NOW));
}

static void a_304_teaches_the_tag_and_not_the_page(void **state)
{
	CLEANUP(response_done) struct response first, known, again;
	static char etag[RESPONSE_ETAG_SIZE];

	(void)state;
	response_init(&first);
	assert_false(response_seed(&first, &request, "facts"));
	memcpy(etag, first.etag, sizeof(etag));
	request.if_none_match = etag;
	response_init(&known);
	assert_true(response_seed(&known, &request, "facts"));
	page_cache_put(cache, "k", NOW, &known);
	response_init(&again);
	assert_true(page_cache_get(cache, "k", NOW, &request, &again));
	assert_int_equal(again.status, 304);
	assert_string_equal(again.etag, etag);
	request.if_none_match = NULL;
	assert_true(is_empty_for("k", NOW));
	/* Nor does it push out the page itself. */
	buf_adds(&first.body, "page");
	response_finish(&first, &request);
	page_cache_put(cache, "k", NOW, &first);
	page_cache_put(cache, "k", NOW, &known);
	assert_true(holds("k", NOW, "page"));
}

static void it_holds_few_entries_and_four_megabytes(void **state)
{
	CLEANUP_FREE char *large = malloc(1000 * 1000 + 1);
	int held = 0;

	(void)state;
	assert_non_null(large);
	memset(large, 'x', 1000 * 1000);
	large[1000 * 1000] = '\0';
	for (int i = 0; i < 3 * PAGE_CACHE_ENTRIES; i++) {
		char key[32];

		snprintf(key, sizeof(key), "small%d", i);
		put(key, NOW, key);
		assert_true(holds(key, NOW, key));
	}
	for (int i = 0; i < 3 * PAGE_CACHE_ENTRIES; i++) {
		char key[32];

		snprintf(key, sizeof(key), "small%d", i);
		held += !is_empty_for(key, NOW);
	}
	assert_int_equal(held, PAGE_CACHE_ENTRIES);
	held = 0;
	for (int i = 0; i < PAGE_CACHE_ENTRIES; i++) {
		char key[32];

		snprintf(key, sizeof(key), "large%d", i);
		put(key, NOW + 1, large);
		held += !is_empty_for(key, NOW + 1);
	}
	assert_true(held >= 1 && held <= PAGE_CACHE_MAX_BYTES / (1000 * 1000));
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(an_answer_is_found_in_its_second_by_its_whole_key),
		UNIT(only_a_finished_page_without_headers_of_its_own_is_kept),
		UNIT(a_304_teaches_the_tag_and_not_the_page),
		UNIT(it_holds_few_entries_and_four_megabytes),
	};

	return RUN_TESTS("page_cache", tests);
}
