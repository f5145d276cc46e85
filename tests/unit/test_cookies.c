/*
 * test_cookies.c -- the session cookie among all others.
 */
#include "test.h"
#include "vectors.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "web/cookies.h"
#include "web/params.h"

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

/* What is refused though the working group reads it: two lines that were made one, or two cookies of a name. */
static bool is_refused_on_purpose(const char *test)
{
	static const char *const known[] = { "COMMA0001", "PATH0032" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(test, known[i]))
			return true;
	return false;
}

static void expect_pair(const char *test, const char *header, const char *name, const char *want)
{
	const char *value = NULL;
	enum cookie_result result = cookie_find(header, name, arena, &value);

	if (result == COOKIE_REFUSED && is_refused_on_purpose(test))
		return;
	if (result != COOKIE_FOUND || strcmp(value, want) != 0)
		fail_msg("%s: %s: %s is %s", test, header, name, value ? value : "not there");
}

static void the_working_groups_headers_read_as_they_say(void **state)
{
	CLEANUP_JSON cJSON *cases = load_vectors("vectors/http-cookies/cookie-header-from-http-state.json");
	const cJSON *c, *pair;
	int checked = 0;

	(void)state;
	cJSON_ArrayForEach(c, cases)
		cJSON_ArrayForEach(pair, json_array(c, "pairs")) {
			const char *name = cJSON_GetArrayItem(pair, 0)->valuestring;

			if (!*name)
				continue;
			expect_pair(json_string(c, "test"), json_string(c, "header"), name, cJSON_GetArrayItem(pair, 1)->valuestring);
			checked++;
		}
	assert_true(checked > 50);
}

/* The lines themselves are for browsers to read, which is not ours to do; what they send back of them is. */
static void what_browsers_send_back_reads_as_it_was_set(void **state)
{
	CLEANUP_JSON cJSON *cases = load_vectors("vectors/http-cookies/set-cookie-parser.json");
	const cJSON *c, *cookie;
	int checked = 0;

	(void)state;
	cJSON_ArrayForEach(c, cases) {
		CLEANUP(buf_done) struct buf header = BUF_INIT(16384);

		cJSON_ArrayForEach(cookie, json_array(c, "sent"))
			buf_printf(&header, "%s%s%s%s", header.len ? "; " : "", json_string(cookie, "name"),
				   *json_string(cookie, "name") ? "=" : "", json_string(cookie, "value"));
		cJSON_ArrayForEach(cookie, json_array(c, "sent")) {
			if (!*json_string(cookie, "name"))
				continue;
			expect_pair(json_string(c, "test"), buf_str(&header), json_string(cookie, "name"), json_string(cookie, "value"));
			checked++;
		}
	}
	assert_true(checked > 80);
}

/* Percent-decoded, as the list's own library does and we do not. */
static const char *decoded(const char *value)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(65536);
	const char *reason = NULL;
	struct params p;

	buf_adds(&text, "v=");
	for (; *value; value++) {
		if (*value == '+' || *value == '&')
			buf_printf(&text, "%%%02X", (unsigned char)*value);
		else
			buf_addc(&text, *value);
	}
	assert_true(params_decode(buf_str(&text), text.len, arena, &p, &reason));
	return p.items[0].value;
}

static void real_sites_cookies_read_as_they_are_and_do_not_hide_ours(void **state)
{
	CLEANUP_JSON cJSON *sites = load_vectors("vectors/http-cookies/top-sites.json");
	const cJSON *site, *pair;

	(void)state;
	cJSON_ArrayForEach(site, sites) {
		const char *with = arena_printf(arena, "%s; hmc=ours", json_string(site, "header"));

		expect_pair(json_string(site, "site"), with, "hmc", "ours");
		cJSON_ArrayForEach(pair, cJSON_GetObjectItemCaseSensitive(site, "expected_decoded")) {
			const char *value = NULL;

			if (cookie_find(with, pair->string, arena, &value) != COOKIE_FOUND ||
			    strcmp(decoded(value), pair->valuestring) != 0)
				fail_msg("%s: %s is %s", json_string(site, "site"), pair->string, value ? value : "not there");
		}
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
		cmocka_unit_test_setup_teardown(what_browsers_send_back_reads_as_it_was_set, setup, teardown),
		cmocka_unit_test_setup_teardown(real_sites_cookies_read_as_they_are_and_do_not_hide_ours, setup, teardown),
	};

	json_init();
	return RUN_TESTS("cookies", tests);
}
