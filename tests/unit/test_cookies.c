/*
 * test_cookies.c -- the session cookie among all others.
 */
#include "test.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "json/json.h"
#include "web/cookies.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new(4 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void the_cookie_is_found_by_its_exact_name(void **state)
{
	static const struct {
		const char *header;
		enum cookie_result result;
		const char *value;
	} cases[] = {
		{ "hmc=abc", COOKIE_FOUND, "abc" },
		{ "a=1; hmc=abc; z=2", COOKIE_FOUND, "abc" },
		{ "hmc=", COOKIE_FOUND, "" },
		{ "hmc=a=b", COOKIE_FOUND, "a=b" },
		{ "hmc=\"abc\"", COOKIE_FOUND, "\"abc\"" },
		{ "hmc=%41", COOKIE_FOUND, "%41" },
		{ ";;  hmc=abc  ;", COOKIE_FOUND, "abc" },
		{ "hmc", COOKIE_ABSENT, NULL },
		{ "HMC=abc", COOKIE_ABSENT, NULL },
		{ "xhmc=abc; hmc2=abc; hmc =abc", COOKIE_ABSENT, NULL },
		{ "a=hmc=abc", COOKIE_ABSENT, NULL },
		{ "", COOKIE_ABSENT, NULL },
		{ NULL, COOKIE_ABSENT, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *value = NULL;
		enum cookie_result result = cookie_find(cases[i].header, "hmc", arena, &value);

		if (result != cases[i].result || (value == NULL) != (cases[i].value == NULL) ||
		    (value && strcmp(value, cases[i].value) != 0))
			fail_msg("%s: result %d, value %s", cases[i].header, result, value ? value : "none");
	}
}

static void two_of_a_name_are_no_login(void **state)
{
	static const char *const twice[] = { "hmc=a; hmc=b", "hmc=a; x=1; hmc=a", "hmc=; hmc=b", "hmc=a;hmc=b" };
	const char *value = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(twice); i++)
		assert_int_equal(cookie_find(twice[i], "hmc", arena, &value), COOKIE_REFUSED);
	assert_null(value);
}

static void two_lines_made_one_are_no_login(void **state)
{
	static const char *const joined[] = {
		"a=1, hmc=b", "hmc=b, a=1", "hmc=a, hmc=b", "x=1, y=2; hmc=b", "hmc=a; x=1,hmc=b", "hmc=a,\tb=c",
	};
	const char *value = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(joined); i++)
		if (cookie_find(joined[i], "hmc", arena, &value) != COOKIE_REFUSED)
			fail_msg("accepted: %s", joined[i]);
	/* A comma inside somebody's value is not a second line. */
	assert_int_equal(cookie_find("w=1024,768; hmc=b", "hmc", arena, &value), COOKIE_FOUND);
}

static void a_header_over_16_kib_is_no_login(void **state)
{
	CLEANUP(buf_done) struct buf header = BUF_INIT(65536);
	const char *value = NULL;

	(void)state;
	buf_adds(&header, "hmc=good; pad=");
	while (header.len < COOKIES_MAX_BYTES)
		buf_addc(&header, 'x');
	assert_int_equal(cookie_find(buf_str(&header), "hmc", arena, &value), COOKIE_FOUND);
	buf_addc(&header, 'x');
	assert_int_equal(cookie_find(buf_str(&header), "hmc", arena, &value), COOKIE_REFUSED);
}

static cJSON *load_json(const char *path)
{
	struct json_error err;
	size_t n;
	CLEANUP_FREE char *text = read_all(shared_path(path), &n);
	cJSON *j = json_parse(text, n, JSON_REPLACE_BAD_UTF8, &err);

	if (!j)
		fail_msg("%s:%zu: %s", path, err.line, err.what);
	return j;
}

/* How many pairs have this name. */
static int count(const cJSON *pairs, const char *name)
{
	const cJSON *pair;
	int n = 0;

	cJSON_ArrayForEach(pair, pairs)
		n += strcmp(cJSON_GetArrayItem(pair, 0)->valuestring, name) == 0;
	return n;
}

static void the_working_groups_headers_read_as_they_say(void **state)
{
	CLEANUP_JSON cJSON *cases = load_json("vectors/http-cookies/cookie-header-from-http-state.json");
	const cJSON *c, *pair;
	int checked = 0;

	(void)state;
	cJSON_ArrayForEach(c, cases) {
		const char *header = json_string(c, "header");

		cJSON_ArrayForEach(pair, json_array(c, "pairs")) {
			const char *name = cJSON_GetArrayItem(pair, 0)->valuestring;
			const char *want = cJSON_GetArrayItem(pair, 1)->valuestring, *value = NULL;
			enum cookie_result result;

			if (!*name)
				continue;
			result = cookie_find(header, name, arena, &value);
			if (result == COOKIE_REFUSED && (count(json_array(c, "pairs"), name) > 1 || strchr(header, ',')))
				continue;
			if (result != COOKIE_FOUND || strcmp(value, want) != 0)
				fail_msg("%s: %s is %s", header, name, value ? value : "not there");
			checked++;
		}
	}
	assert_true(checked > 50);
}

static void real_sites_cookies_do_not_hide_ours(void **state)
{
	CLEANUP_JSON cJSON *sites = load_json("vectors/http-cookies/top-sites.json");
	const cJSON *site;

	(void)state;
	cJSON_ArrayForEach(site, sites) {
		const char *header = json_string(site, "header"), *value = NULL;
		const char *with = arena_printf(arena, "%s; hmc=ours", header);

		if (cookie_find(with, "hmc", arena, &value) != COOKIE_FOUND || strcmp(value, "ours") != 0)
			fail_msg("%s", with);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_cookie_is_found_by_its_exact_name, setup, teardown),
		cmocka_unit_test_setup_teardown(two_of_a_name_are_no_login, setup, teardown),
		cmocka_unit_test_setup_teardown(two_lines_made_one_are_no_login, setup, teardown),
		cmocka_unit_test_setup_teardown(a_header_over_16_kib_is_no_login, setup, teardown),
		cmocka_unit_test_setup_teardown(the_working_groups_headers_read_as_they_say, setup, teardown),
		cmocka_unit_test_setup_teardown(real_sites_cookies_do_not_hide_ours, setup, teardown),
	};

	json_init();
	return RUN_TESTS("cookies", tests);
}
