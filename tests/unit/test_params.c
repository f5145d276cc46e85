/*
 * test_params.c -- queries, forms, and places to go on to.
 */
#include "test.h"
#include "vectors.h"

#include "base/cleanup.h"
#include "web/params.h"
#include "web/urls.h"

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

static bool decode(const char *text, size_t n, struct params *p)
{
	const char *reason = NULL;
	bool ok = params_decode(text, n, arena, p, &reason);

	if (!ok)
		assert_non_null(reason);
	return ok;
}

static void the_public_cases_decode_as_the_standard_says(void **state)
{
	CLEANUP_JSON cJSON *cases = load_vectors("vectors/urlencoded/urlencoded-parser-data.json");
	const cJSON *c;

	(void)state;
	cJSON_ArrayForEach(c, cases) {
		const char *input = json_string(c, "input");
		const cJSON *pair;
		struct params p;
		size_t i = 0;

		if (!cJSON_IsObject(c))
			continue;
		assert_true(decode(input, strlen(input), &p));
		cJSON_ArrayForEach(pair, json_array(c, "output")) {
			if (i >= p.n || strcmp(p.items[i].name, cJSON_GetArrayItem(pair, 0)->valuestring) != 0 ||
			    strcmp(p.items[i].value, cJSON_GetArrayItem(pair, 1)->valuestring) != 0)
				fail_msg("%s: pair %zu differs", input, i);
			i++;
		}
		assert_int_equal(i, p.n);
	}
}

static void pairs_decode(void **state)
{
	static const struct {
		const char *text, *name, *value;
	} cases[] = {
		{ "a=b", "a", "b" }, { "a", "a", "" }, { "=b", "", "b" }, { "a=b=c", "a", "b=c" },
		{ "a=1+2", "a", "1 2" }, { "a=%2B", "a", "+" }, { "%61=b", "a", "b" }, { "a=%", "a", "%" },
		{ "a=%4", "a", "%4" }, { "a=%zz", "a", "%zz" }, { "a=%E2%82%AC", "a", "\xE2\x82\xAC" },
		{ "a=%FF", "a", "\xEF\xBF\xBD" }, { "&&a=b&", "a", "b" }, { "a=%E2%82x", "a", "\xEF\xBF\xBDx" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct params p;

		assert_true(decode(cases[i].text, strlen(cases[i].text), &p));
		assert_int_equal(p.n, 1);
		assert_string_equal(p.items[0].name, cases[i].name);
		assert_string_equal(p.items[0].value, cases[i].value);
	}
}

static void nothing_at_all_is_no_parameter(void **state)
{
	struct params p;

	(void)state;
	assert_true(decode("", 0, &p));
	assert_int_equal(p.n, 0);
	assert_true(decode("&&&", 3, &p));
	assert_int_equal(p.n, 0);
	assert_null(params_get(&p, ""));
}

static void a_name_that_occurs_twice_is_found(void **state)
{
	static const char *const twice[] = { "a=1&a=2", "a=1&b=2&a=1", "a&%61", "&=x&=y" };
	struct params p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(twice); i++) {
		assert_true(decode(twice[i], strlen(twice[i]), &p));
		assert_non_null(params_duplicate(&p));
	}
	assert_true(decode("a=1&b=1&A=1", 11, &p));
	assert_null(params_duplicate(&p));
}

static void the_65th_parameter_is_refused(void **state)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(4096);
	struct params p;

	(void)state;
	for (int i = 0; i < PARAMS_MAX; i++)
		buf_printf(&text, "p%d=x&", i);
	assert_true(decode(buf_str(&text), text.len, &p));
	assert_int_equal(p.n, PARAMS_MAX);
	buf_adds(&text, "more=x");
	assert_false(decode(buf_str(&text), text.len, &p));
}

static void a_value_over_4_kib_is_refused(void **state)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(65536);
	struct params p;

	(void)state;
	buf_adds(&text, "a=");
	for (int i = 0; i < PARAM_MAX_BYTES; i++)
		buf_adds(&text, "%41");
	assert_true(decode(buf_str(&text), text.len, &p));
	assert_int_equal(strlen(p.items[0].value), PARAM_MAX_BYTES);
	buf_adds(&text, "A");
	assert_false(decode(buf_str(&text), text.len, &p));
	/* Growing while decoding: every broken byte becomes three. */
	buf_clear(&text);
	for (int i = 0; i < PARAM_MAX_BYTES / 2; i++)
		buf_adds(&text, "%FF");
	assert_false(decode(buf_str(&text), text.len, &p));
}

static void nul_is_refused_raw_and_encoded(void **state)
{
	struct params p;

	(void)state;
	assert_false(decode("a=b%00c", 7, &p));
	assert_false(decode("a%00=b", 6, &p));
	assert_false(decode("a=b\0c", 5, &p));
}

static void integers_are_whole_and_within_bounds(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{ "n=7", true, 7 }, { "x=1", true, 20 }, { "n=", false, 0 }, { "n=+7", false, 0 },
		{ "n=7x", false, 0 }, { "n=%207", false, 0 }, { "n=101", false, 0 }, { "n=-1", false, 0 },
		{ "n=99999999999999999999", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct params p;
		int64_t n = -1;

		assert_true(decode(cases[i].text, strlen(cases[i].text), &p));
		assert_int_equal(params_i64(&p, "n", 1, 100, 20, &n), cases[i].ok);
		if (cases[i].ok)
			assert_int_equal(n, cases[i].value);
	}
}

static void our_own_pages_may_be_gone_on_to(void **state)
{
	static const char *const good[] = {
		"/hermes", "/hermes/ops", "/hermes?instance=bheem", "/hermes/tasks/vijay/20260329_175530_ac871427",
		"/hermes/tasks?q=%2F%2Fx&page=2", "/hermes/history?from=2026-01-01",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (!params_is_own_path(good[i]))
			fail_msg("refused: %s", good[i]);
}

static void any_other_place_may_not(void **state)
{
	static const char *const bad[] = {
		"", "/", "hermes", "/hermesx", "//hermes", "/\\hermes", "/hermes//evil.com", "/hermes/../login",
		"/hermes\\evil", "/hermes\r\nSet-Cookie:a=b", "/hermes\t", "/hermes#x", "https://evil/hermes",
		"/hermes@evil", "/hermes/%2f%2fevil", "/hermes?x=\xC3\xA9", "/hermes?a=\"", " /hermes", "/HERMES",
		"/hermes/javascript:alert(1)", "/login", "/logout", "/api/hermes/overview", "///hermes",
	};

	(void)state;
	assert_false(params_is_own_path(NULL));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (params_is_own_path(bad[i]))
			fail_msg("accepted: %s", bad[i]);
}

/* Runs every line of a payload list, plain and put after "/hermes". */
static void each_line(const char *path, void (*check)(const char *line, const char *behind))
{
	CLEANUP_FREE char *text = read_all(shared_path(path), NULL);
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line)
			check(line, arena_printf(arena, "/hermes%s", line));
}

static void refuse_line(const char *line, const char *behind)
{
	struct params p;

	(void)behind;
	if (params_is_own_path(line))
		fail_msg("accepted: %s", line);
	/* And as a browser would have sent it: once decoded. */
	if (decode(line, strlen(line), &p) && p.n > 0 && params_is_own_path(p.items[0].name))
		fail_msg("accepted decoded: %s", line);
}

static void no_public_redirect_payload_is_followed(void **state)
{
	(void)state;
	each_line("vectors/redirect-crlf/open-redirect.txt", refuse_line);
	each_line("vectors/redirect-crlf/crlf.txt", refuse_line);
}

static void refuse_behind(const char *line, const char *behind)
{
	(void)line;
	if (params_is_own_path(behind))
		fail_msg("accepted: %s", behind);
}

static void no_line_break_rides_on_a_path_of_ours(void **state)
{
	(void)state;
	each_line("vectors/redirect-crlf/crlf.txt", refuse_behind);
}

static void what_another_origin_parses_from_is_never_followed(void **state)
{
	CLEANUP_JSON cJSON *cases = load_vectors("vectors/urlencoded/urltestdata.json");
	const cJSON *c;

	(void)state;
	cJSON_ArrayForEach(c, cases) {
		const char *input = json_string(c, "input");

		if (input && params_is_own_path(input))
			fail_msg("accepted: %s", input);
	}
}

static void links_encode_what_they_carry(void **state)
{
	struct params p;

	(void)state;
	assert_true(decode("q=a+b%26c&instance=x&part=1", 27, &p));
	assert_string_equal(url_make(arena, "/hermes/tasks", &p, NULL, NULL), "/hermes/tasks?q=a%20b%26c");
	assert_string_equal(url_make(arena, "/hermes", NULL, "next", "/a?b=\"<\r\n"),
			    "/hermes?next=/a%3Fb%3D%22%3C%0D%0A");
	/* The choice of an instance is said anew, never twice. */
	assert_string_equal(url_make(arena, "/hermes", &p, "instance", "y"), "/hermes?q=a%20b%26c&instance=y");
	assert_string_equal(url_make(arena, "/hermes", NULL, "q", NULL), "/hermes?q=");
}

/* The standard leaves more bytes as they are than we do; none that it encodes is left by us. */
static void links_encode_what_the_standard_does(void **state)
{
	CLEANUP_JSON cJSON *cases = load_vectors("vectors/urlencoded/percent-encoding.json");
	const cJSON *c;
	int checked = 0;

	(void)state;
	cJSON_ArrayForEach(c, cases) {
		const char *input = json_string(c, "input"), *link;
		const cJSON *output = cJSON_GetObjectItemCaseSensitive(c, "output");
		struct params p, theirs;

		if (!input)
			continue; /* a remark */
		link = url_make(arena, "/hermes", NULL, "q", input);
		assert_true(decode(link + strlen("/hermes?"), strlen(link) - strlen("/hermes?"), &p));
		assert_string_equal(params_get(&p, "q"), input);
		assert_true(decode(json_string(output, "utf-8"), strlen(json_string(output, "utf-8")), &theirs));
		assert_string_equal(theirs.items[0].name, input);
		for (const char *s = link; *s; s++)
			if ((unsigned char)*s <= ' ' || (unsigned char)*s > '~' || strchr("\"#<>\\^`{|}", *s))
				fail_msg("%s", link);
		checked++;
	}
	assert_true(checked > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_public_cases_decode_as_the_standard_says, setup, teardown),
		cmocka_unit_test_setup_teardown(pairs_decode, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_at_all_is_no_parameter, setup, teardown),
		cmocka_unit_test_setup_teardown(a_name_that_occurs_twice_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(the_65th_parameter_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_value_over_4_kib_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(nul_is_refused_raw_and_encoded, setup, teardown),
		cmocka_unit_test_setup_teardown(integers_are_whole_and_within_bounds, setup, teardown),
		cmocka_unit_test_setup_teardown(our_own_pages_may_be_gone_on_to, setup, teardown),
		cmocka_unit_test_setup_teardown(any_other_place_may_not, setup, teardown),
		cmocka_unit_test_setup_teardown(no_public_redirect_payload_is_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(no_line_break_rides_on_a_path_of_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(what_another_origin_parses_from_is_never_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(links_encode_what_they_carry, setup, teardown),
		cmocka_unit_test_setup_teardown(links_encode_what_the_standard_does, setup, teardown),
	};

	json_init();
	return RUN_TESTS("params", tests);
}
