/*
 * tests/unit/test_json.c -- strict reading, exact printing.
 */
#include "test.h"

#include <dirent.h>
#include <float.h>
#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "json/json.h"

static cJSON *parse_flags(const char *text, int flags, struct json_error *err)
{
	memset(err, 0, sizeof(*err));
	return json_parse(text, strlen(text), flags, err);
}

static cJSON *parse(const char *text)
{
	struct json_error err;
	cJSON *j = parse_flags(text, JSON_STRICT, &err);

	if (!j)
		fail_msg("%s: line %zu: %s", text, err.line, err.what);
	return j;
}

/* Documents that RFC 8259 allows and json_parse() refuses on purpose. */
static const char *refused_on_purpose(const char *file)
{
	static const char *const files[][2] = {
		{ "y_object_duplicated_key.json", "the same name stands twice in one object" },
		{ "y_object_duplicated_key_and_value.json", "the same name stands twice in one object" },
		{ "y_object_escaped_null_in_key.json", "a string holds \\u0000 (NUL)" },
		{ "y_string_null_escape.json", "a string holds \\u0000 (NUL)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (strcmp(files[i][0], file) == 0)
			return files[i][1];
	return NULL;
}

/* True when one document of the public suite is judged as its name says. */
static bool suite_file_passes(const char *dir, const char *file)
{
	struct json_error err = { 0 };
	CLEANUP_FREE char *path = NULL, *text = NULL, *exact = NULL;
	CLEANUP_JSON cJSON *j = NULL;
	const char *why = refused_on_purpose(file);
	size_t n;

	assert_true(asprintf(&path, "%s/%s", dir, file) > 0);
	text = read_all(path, &n);
	exact = malloc(n ? n : 1); /* no byte more, so that a sanitizer sees one read too many */
	assert_non_null(exact);
	memcpy(exact, text, n);
	j = json_parse(exact, n, JSON_STRICT, &err);
	if (!j && (!err.line || !err.what))
		return false;
	if (why)
		return !j && strcmp(err.what, why) == 0;
	for (int flags = 1; flags < 16; flags++) { /* whatever the flags say, nothing may break */
		cJSON *again = json_parse(exact, n, flags, &err);

		if (j && !again)
			return false;
		cJSON_Delete(again);
	}
	return file[0] == 'y' ? j != NULL : file[0] == 'n' ? j == NULL : true;
}

static void the_public_suite_is_judged_as_it_says(void **state)
{
	CLEANUP_FREE char *dir = strdup(shared_path("vectors/json-testsuite/test_parsing"));
	DIR *d = dir ? opendir(dir) : NULL;
	const struct dirent *e;
	int files = 0, failed = 0;

	(void)state;
	if (!d)
		fail_msg("cannot open %s", dir);
	while ((e = readdir(d)) != NULL) {
		if (strlen(e->d_name) < 3 || e->d_name[1] != '_')
			continue;
		files++;
		if (suite_file_passes(dir, e->d_name))
			continue;
		print_error("%s\n", e->d_name);
		failed++;
	}
	closedir(d);
	assert_true(files > 150);
	if (failed)
		fail_msg("%d of %d documents", failed, files);
}

static void naughty_strings_come_back_the_same(void **state)
{
	size_t n;
	CLEANUP_FREE char *text = read_all(shared_path("vectors/naughty-strings/blns.json"), &n);
	CLEANUP_FREE char *printed = NULL;
	struct json_error err = { 0 };
	CLEANUP_JSON cJSON *first = json_parse(text, n, JSON_STRICT, &err), *second = NULL;
	const cJSON *a, *b;

	(void)state;
	if (!first)
		fail_msg("line %zu: %s", err.line, err.what);
	printed = json_print(first);
	second = parse(printed);
	assert_true(cJSON_GetArraySize(first) > 500);
	for (a = first->child, b = second->child; a && b; a = a->next, b = b->next)
		assert_string_equal(a->valuestring, b->valuestring);
	assert_true(!a && !b);
	assert_null(strchr(printed, '<'));
}

/* Each text is read and printed; NULL with the line and the words where it is refused. */
struct text_case {
	const char *text, *printed;
	int flags;
	size_t line;
	const char *what;
};

static void check_texts(const struct text_case *cases, size_t n)
{
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		const struct text_case *c = &cases[i];
		struct json_error err;
		CLEANUP_JSON cJSON *j = parse_flags(c->text, c->flags, &err);
		CLEANUP_FREE char *printed = j ? json_print(j) : NULL;

		if (j && c->printed && strcmp(printed, c->printed) == 0)
			continue;
		if (!j && !c->printed && err.line == c->line && strcmp(err.what, c->what) == 0)
			continue;
		print_error("%s\n  expected %s, line %zu: %s\n  got      %s, line %zu: %s\n", c->text,
			    c->printed, c->line, c->what, printed, err.line, err.what);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void errors_say_line_and_reason(void **state)
{
	static const struct text_case cases[] = {
		{ "", NULL, 0, 1, "it is empty" },
		{ " \n\t\n", NULL, 0, 3, "it is empty" },
		{ "{\n\"a\":1\n\"b\":2}", NULL, 0, 3, "a comma is missing" },
		{ "[1 2]", NULL, 0, 1, "a comma is missing" },
		{ "{\"a\":1,\n}", NULL, 0, 2, "a comma stands before the closing bracket" },
		{ "[1,]", NULL, 0, 1, "a comma stands before the closing bracket" },
		{ "[,1]", NULL, 0, 1, "a value is missing" },
		{ "[1,,2]", NULL, 0, 1, "a value is missing" },
		{ "{\"a\":}", NULL, 0, 1, "a value is missing" },
		{ "{\"a\":", NULL, 0, 1, "the text ends where a value is missing" },
		{ "{\"a\"\n1}", NULL, 0, 2, "a colon is missing after a name" },
		{ "{a:1}", NULL, 0, 1, "a name must stand in double quotes" },
		{ "{1:1}", NULL, 0, 1, "a name must stand in double quotes" },
		{ "{\"a\":1,", NULL, 0, 1, "the text ends inside an object" },
		{ "{\n\"a\":\n1\n", NULL, 0, 1, "an object is not closed: } is missing" },
		{ "\n[\n1\n", NULL, 0, 2, "an array is not closed: ] is missing" },
		{ "[1}", NULL, 0, 1, "the wrong bracket closes" },
		{ "{\"a\":1]", NULL, 0, 1, "the wrong bracket closes" },
		{ "1\n2", NULL, 0, 2, "something stands after the end" },
		{ "[]]", NULL, 0, 1, "something stands after the end" },
		{ "\n\"abc", NULL, 0, 2, "a string is not closed: \" is missing" },
		{ "\"abc\\", NULL, 0, 1, "a string is not closed: \" is missing" },
		{ "\n\"a\nb\"", NULL, 0, 2, "a line ends inside a string; is a \" missing?" },
		{ "\"a\tb\"", NULL, 0, 1, "a string holds a control character that is not escaped" },
		{ "'a'", NULL, 0, 1, "text must stand in double quotes" },
		{ "\"\\x\"", NULL, 0, 1, "an escape that JSON does not have; a backslash is written \\\\" },
		{ "\"\\u12g4\"", NULL, 0, 1, "\\u needs four hexadecimal digits" },
		{ "\"\\u12", NULL, 0, 1, "\\u needs four hexadecimal digits" },
		{ "\"\\u0000\"", NULL, 0, 1, "a string holds \\u0000 (NUL)" },
		{ "\"\\ud800\"", NULL, 0, 1, "an escape is half of a surrogate pair" },
		{ "\"\\ud800\\u0041\"", NULL, 0, 1, "an escape is half of a surrogate pair" },
		{ "\"\\udc00\\udc00\"", NULL, 0, 1, "an escape is half of a surrogate pair" },
		{ "\"\\udc00\\ud800\"", NULL, 0, 1, "an escape is half of a surrogate pair" },
		{ "\"\xC3\"", NULL, 0, 1, "a string is not valid UTF-8" },
		{ "\"\xED\xA0\x80\"", NULL, 0, 1, "a string is not valid UTF-8" },
		{ "\"\xC0\x80\"", NULL, 0, 1, "a string is not valid UTF-8" },
		{ "{\"a\":1,\n\"\\u0061\":2}", NULL, 0, 2, "the same name stands twice in one object" },
		{ "{\"\":1,\"\":2}", NULL, 0, 1, "the same name stands twice in one object" },
		{ "[{\"a\":1},\n{\"b\":{\"c\":1,\n\"c\":2}}]", NULL, 0, 3,
		  "the same name stands twice in one object" },
		{ "{\"a\":{\"b\":1},\n\"b\":1,\n\"a\":1}", NULL, 0, 3,
		  "the same name stands twice in one object" },
		{ "{\"/\":1,\"\\/\":2}", NULL, 0, 1, "the same name stands twice in one object" },
		{ "{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}", NULL, 0, 1,
		  "the same name stands twice in one object" },
		{ "True", NULL, 0, 1, "a word that JSON does not have; text stands in double quotes" },
		{ "nullx", NULL, 0, 1, "a word that JSON does not have; text stands in double quotes" },
		{ "[nul", NULL, 0, 1, "a word that JSON does not have; text stands in double quotes" },
		{ "NaN", NULL, 0, 1, "NaN and Infinity are not numbers in JSON" },
		{ "[-Infinity]", NULL, 0, 1, "NaN and Infinity are not numbers in JSON" },
		{ "01", NULL, 0, 1, "a number begins with 0" },
		{ "-01", NULL, 0, 1, "a number begins with 0" },
		{ "-", NULL, 0, 1, "a number has no digits" },
		{ "-a", NULL, 0, 1, "a number has no digits" },
		{ "2.", NULL, 0, 1, "a number has no digits after its point" },
		{ "2.e3", NULL, 0, 1, "a number has no digits after its point" },
		{ "2e", NULL, 0, 1, "a number has no digits in its exponent" },
		{ "2e+", NULL, 0, 1, "a number has no digits in its exponent" },
		{ "1_000", NULL, 0, 1, "a number is not written as JSON writes it" },
		{ "0x10", NULL, 0, 1, "a number is not written as JSON writes it" },
		{ "1.2.3", NULL, 0, 1, "a number is not written as JSON writes it" },
		{ "1e400", NULL, 0, 1, "a number is too large" },
		{ "[-1e400]", NULL, 0, 1, "a number is too large" },
		{ "+1", NULL, 0, 1, "a character that JSON does not know" },
		{ ".5", NULL, 0, 1, "a character that JSON does not know" },
		{ "[1\f]", NULL, 0, 1, "a comma is missing" },
		{ "\xEF\xBB\xBF{}", NULL, 0, 1,
		  "it begins with a byte order mark; save it as UTF-8 without one" },
		{ "// a\n1", NULL, 0, 1, "a comment is not allowed here" },
		{ "[1/**/]", NULL, 0, 1, "a comment is not allowed here" },
	};

	(void)state;
	check_texts(cases, ARRAY_SIZE(cases));
}

static void comments_are_blanks_where_they_are_allowed(void **state)
{
	static const struct text_case cases[] = {
		{ "// a\n{ /* b */ \"x\" /* \n */ : // c\n 1 /***/ } // d", "{\"x\":1}", JSON_COMMENTS, 0,
		  NULL },
		{ "[1,/*]*/2]", "[1,2]", JSON_COMMENTS, 0, NULL },
		{ "\"http://a/*b*/\"", "\"http://a/*b*/\"", JSON_COMMENTS, 0, NULL },
		{ "/**/1//", "1", JSON_COMMENTS, 0, NULL },
		{ "// caf\xC3\xA9 \"{[\n1", "1", JSON_COMMENTS, 0, NULL },
		{ "1\n\n/* open", NULL, JSON_COMMENTS, 3, "a comment is not closed: */ is missing" },
		{ "1 /*/", NULL, JSON_COMMENTS, 1, "a comment is not closed: */ is missing" },
		{ "1 /", NULL, JSON_COMMENTS, 1, "a single / means nothing" },
		{ "1 / 2", NULL, JSON_COMMENTS, 1, "a single / means nothing" },
		{ "\n# a\n1", NULL, JSON_COMMENTS, 2, "a character that JSON does not know" },
		{ "// \xFF\n1", NULL, JSON_COMMENTS, 1, "a comment is not valid UTF-8" },
		{ "/* a */", NULL, JSON_COMMENTS, 1, "it is empty" },
		{ "[1 /* a */ 2]", NULL, JSON_COMMENTS, 1, "a comma is missing" },
		{ "[1, // the last\n]", NULL, JSON_COMMENTS, 2, "a comma stands before the closing bracket" },
	};

	(void)state;
	check_texts(cases, ARRAY_SIZE(cases));
}

static void leniency_is_asked_for_by_name(void **state)
{
	static const struct text_case cases[] = {
		{ "\"a\tb\nc\x01\"", "\"a\\tb\\nc\\u0001\"", JSON_RAW_CONTROLS, 0, NULL },
		{ "[1,\x01 2]", NULL, JSON_RAW_CONTROLS, 1, "a character that JSON does not know" },
		{ "\"a\xFF\xE2\x82z\"", "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\"", JSON_REPLACE_BAD_UTF8, 0, NULL },
		{ "\"\\ud800z\\udc00\\ud83d\\ude00\"", "\"\xEF\xBF\xBDz\xEF\xBF\xBD\xF0\x9F\x98\x80\"",
		  JSON_REPLACE_BAD_UTF8, 0, NULL },
		{ "\"\\ud800\\ud83d\\ude00\"", "\"\xEF\xBF\xBD\xF0\x9F\x98\x80\"", JSON_REPLACE_BAD_UTF8, 0,
		  NULL },
		{ "\"\\u0000\"", NULL, JSON_REPLACE_BAD_UTF8 | JSON_RAW_CONTROLS, 1,
		  "a string holds \\u0000 (NUL)" },
		{ "[\xFF]", NULL, JSON_REPLACE_BAD_UTF8, 1, "a character that JSON does not know" },
		{ "[NaN,Infinity,-Infinity,1]", "[null,null,null,1]", JSON_PYTHON_NUMBERS, 0, NULL },
		{ "[nan]", NULL, JSON_PYTHON_NUMBERS, 1,
		  "a word that JSON does not have; text stands in double quotes" },
		{ "[-NaN]", NULL, JSON_PYTHON_NUMBERS, 1, "a number has no digits" },
		{ "[Infinityx]", NULL, JSON_PYTHON_NUMBERS, 1,
		  "a word that JSON does not have; text stands in double quotes" },
		{ "1e999", NULL, JSON_PYTHON_NUMBERS, 1, "a number is too large" },
	};

	(void)state;
	check_texts(cases, ARRAY_SIZE(cases));
}

static void values_are_read_and_printed_exactly(void **state)
{
	static const struct text_case cases[] = {
		{ " [ ] ", "[]", 0, 0, NULL },
		{ "{ }", "{}", 0, 0, NULL },
		{ "{\"\":null}", "{\"\":null}", 0, 0, NULL },
		{ "{\"A\":1,\"a\":2}", "{\"A\":1,\"a\":2}", 0, 0, NULL },
		{ "[[],{},[{}]]", "[[],{},[{}]]", 0, 0, NULL },
		{ "[true,false,null]", "[true,false,null]", 0, 0, NULL },
		{ "[0,-0,0.0,-0.0,1e0,0e9]", "[0,0,0,0,1,0]", 0, 0, NULL },
		{ "[1234567890123450,9007199254740990]", "[1234567890123450,9007199254740990]", 0, 0, NULL },
		{ "[9007199254740992,-9007199254740992]", "[9007199254740992,-9007199254740992]", 0, 0,
		  NULL },
		{ "[1.5,0.1,1e-7,1.1,123456.789]", "[1.5,0.1,1e-07,1.1,123456.789]", 0, 0, NULL },
		{ "[1e5,1E+2,1e20]", "[100000,100,100000000000000000000]", 0, 0, NULL },
		{ "[1e21,1.7976931348623157e308,5e-324]",
		  "[1e+21,1.7976931348623157e+308,4.94065645841247e-324]", 0, 0, NULL },
		{ "1e-999", "0", 0, 0, NULL },
		{ "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803",
		  "3.141592653589793", 0, 0, NULL },
		{ "[10000000000000000000000000000000000000000000000000000000000000000000000]", "[1e+70]", 0,
		  0, NULL },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u001f\\u007f\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7F\"",
		  0, 0, NULL },
		{ "\"</script>\"", "\"\\u003c/script>\"", 0, 0, NULL },
		{ "\"\\u00e9\\u20AC\\ud83d\\ude00\\uffff\"",
		  "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xEF\xBF\xBF\"", 0, 0, NULL },
		{ "\"\\\\u0041\"", "\"\\\\u0041\"", 0, 0, NULL },
	};

	(void)state;
	check_texts(cases, ARRAY_SIZE(cases));
}

static void nul_bytes_are_refused_everywhere(void **state)
{
	static const char text[] = "{\"a\":\n\"b\0c\"}", tail[] = "{}\n\0";
	struct json_error err = { 0 };

	(void)state;
	assert_null(json_parse(text, sizeof(text) - 1, JSON_RAW_CONTROLS, &err));
	assert_string_equal(err.what, "it holds a NUL byte (damaged, or not UTF-8)");
	assert_int_equal(err.line, 2);
	assert_null(json_parse(tail, sizeof(tail) - 1, JSON_STRICT, &err));
	assert_int_equal(err.line, 2);
	assert_null(json_parse("", 0, JSON_STRICT, NULL)); /* nobody has to want the reason */
}

static void thirty_two_levels_are_read_and_no_more(void **state)
{
	(void)state;
	for (int object = 0; object < 2; object++)
		for (int depth = 32; depth <= 33; depth++) {
			CLEANUP(buf_done) struct buf text = BUF_INIT(4096);
			CLEANUP_JSON cJSON *j = NULL;
			struct json_error err;

			for (int i = 0; i < depth; i++)
				buf_adds(&text, !object ? "[" : i == depth - 1 ? "{" : "{\"a\":");
			for (int i = 0; i < depth; i++)
				buf_adds(&text, object ? "}" : "]");
			j = parse_flags(buf_str(&text), JSON_STRICT, &err);
			assert_true((j != NULL) == (depth == 32));
			if (!j)
				assert_string_equal(err.what, "it is nested deeper than 32 levels");
		}
}

/* An object of n members, one a line; their long names differ at the end, the last one's is number last. */
static cJSON *parse_large_object(size_t n, size_t last, struct json_error *err)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(64 << 20);

	buf_addc(&text, '{');
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s\"%0500zu\":%zu\n", i ? "," : "", i == n - 1 ? last : i * 7919 % 100003,
			   i);
	buf_addc(&text, '}');
	return parse_flags(buf_str(&text), JSON_STRICT, err);
}

static void huge_objects_are_checked_for_duplicates_and_bounded(void **state)
{
	struct json_error err;
	CLEANUP_JSON cJSON *j = parse_large_object(10000, 200000, &err);

	(void)state;
	assert_int_equal(cJSON_GetArraySize(j), 10000);
	assert_null(parse_large_object(10000, 7919, &err)); /* the second member's name */
	assert_string_equal(err.what, "the same name stands twice in one object");
	assert_int_equal(err.line, 10000);
	assert_null(parse_large_object(10001, 200000, &err));
	assert_string_equal(err.what, "an object has more than 10,000 members");
	assert_int_equal(err.line, 10001);
	/* Of several it is the first one in the text that is told. */
	assert_null(parse_flags("{\"b\":1,\"a\":2,\n\"c\":3,\"a\":4,\n\"b\":5}", JSON_STRICT, &err));
	assert_int_equal(err.line, 2);
}

static void arrays_are_bounded_by_the_number_of_values(void **state)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(8 << 20);
	CLEANUP_JSON cJSON *j = NULL;
	struct json_error err;

	(void)state;
	buf_addc(&text, '[');
	for (int i = 0; i < 999998; i++)
		buf_adds(&text, "0,");
	buf_adds(&text, "0]");
	j = parse_flags(buf_str(&text), JSON_STRICT, &err);
	assert_non_null(j);
	buf_cut(&text, text.len - 1);
	buf_adds(&text, ",0]");
	assert_null(parse_flags(buf_str(&text), JSON_STRICT, &err));
	assert_string_equal(err.what, "it holds more than a million values");
}

static void numbers_and_texts_have_a_largest_size(void **state)
{
	CLEANUP_FREE char *text = malloc((64 << 20) + 1);
	CLEANUP_JSON cJSON *j = NULL;
	struct json_error err;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', (64 << 20) + 1);
	memset(text, '0', 1001);
	text[1] = '.';
	assert_null(json_parse(text, 64 << 20, JSON_STRICT, &err));
	assert_string_equal(err.what, "a number is longer than 1,000 characters");
	text[1000] = ' ';
	j = json_parse(text, 64 << 20, JSON_STRICT, &err);
	assert_non_null(j);
	assert_null(json_parse(text, (64 << 20) + 1, JSON_STRICT, &err));
	assert_string_equal(err.what, "it is larger than 64 MiB");
}

static void getters_take_exact_names_and_types_only(void **state)
{
	CLEANUP_JSON cJSON *j =
		parse("{\"s\":\"x\",\"n\":null,\"i\":-7,\"d\":1.5,\"t\":true,\"f\":false,\"o\":{\"k\":1},"
		      "\"a\":[1],\"e\":\"\",\"whole\":3.0}");
	int64_t i = 42;
	double d = 42;
	bool b = false;

	(void)state;
	assert_string_equal(json_string(j, "s"), "x");
	assert_string_equal(json_string(j, "e"), "");
	assert_null(json_string(j, "S"));
	assert_null(json_string(j, "n"));
	assert_null(json_string(j, "i"));
	assert_null(json_get(j, "n"));
	assert_null(json_get(j, "absent"));
	assert_null(json_get(NULL, "s"));
	assert_null(json_get(json_array(j, "a"), "s"));
	assert_null(json_object(j, "a"));
	assert_null(json_array(j, "o"));
	assert_non_null(json_get(json_object(j, "o"), "k"));
	assert_true(json_i64(j, "i", &i) && i == -7);
	assert_true(json_i64(j, "whole", &i) && i == 3);
	assert_false(json_i64(j, "d", &i) || json_i64(j, "s", &i) || json_i64(j, "t", &i) ||
		     json_i64(j, "n", &i));
	assert_int_equal(i, 3);
	assert_true(json_double(j, "d", &d) && d == 1.5);
	assert_true(json_double(j, "i", &d) && d == -7);
	assert_false(json_double(j, "s", &d));
	assert_true(json_bool(j, "t", &b) && b);
	assert_true(json_bool(j, "f", &b) && !b);
	assert_false(json_bool(j, "i", &b) || json_bool(j, "n", &b));
}

static void integers_beyond_2_to_53_are_not_believed(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} cases[] = {
		{ "{\"x\":9007199254740991}", true, 9007199254740991 },
		{ "{\"x\":9007199254740992}", true, 9007199254740992 },
		{ "{\"x\":9007199254740993}", false, 0 },
		{ "{\"x\":9007199254740994}", false, 0 },
		{ "{\"x\":-9007199254740992}", true, -9007199254740992 },
		{ "{\"x\":-9007199254740993}", false, 0 },
		{ "{\"x\":1e300}", false, 0 },
		{ "{\"x\":0.5}", false, 0 },
		{ "{\"x\":9223372036854775807}", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_JSON cJSON *j = parse(cases[i].text);
		int64_t v = 0;

		if (json_i64(j, "x", &v) != cases[i].good || v != cases[i].value)
			fail_msg("%s gave %lld", cases[i].text, (long long)v);
	}
}

static void integers_of_64_bits_print_exactly(void **state)
{
	static const int64_t values[] = { 0,
					  -1,
					  10,
					  1000000000000000,
					  1234567890123450,
					  9007199254740990,
					  9007199254740992,
					  9007199254740993,
					  -9007199254740993,
					  INT64_MAX,
					  INT64_MIN };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		CLEANUP_JSON cJSON *j = cJSON_CreateObject(), *again = NULL;
		CLEANUP_FREE char *printed = NULL;
		char expected[64];
		int64_t v;

		json_add_i64(j, "x", values[i]);
		printed = json_print(j);
		snprintf(expected, sizeof(expected), "{\"x\":%lld}", (long long)values[i]);
		assert_string_equal(printed, expected);
		again = parse(printed);
		if (llabs(values[i] / 2) <= INT64_C(1) << 52 && llabs(values[i]) <= INT64_C(1) << 53)
			assert_true(json_i64(again, "x", &v) && v == values[i]);
	}
}

static void doubles_come_back_bit_for_bit(void **state)
{
	static const double values[] = { 0.1,         1.0 / 3, DBL_MAX, DBL_MIN,
					 DBL_EPSILON, 1.21,    1e21,    123456789.123456789,
					 -2.5e-308 };
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		char text[JSON_NUMBER_TEXT];
		double v, back;

		seed ^= seed << 13; /* xorshift64: the same doubles every time */
		seed ^= seed >> 7;
		seed ^= seed << 17;
		memcpy(&v, &seed, sizeof(v));
		if (i < ARRAY_SIZE(values))
			v = values[i];
		if (!isfinite(v))
			continue;
		back = strtod(json_number_text(v, text), NULL);
		if (back != v)
			fail_msg("%a was printed as %s", v, text);
	}
}

static void what_was_built_prints_as_valid_json(void **state)
{
	CLEANUP_JSON cJSON *j = cJSON_CreateObject(), *again = NULL;
	CLEANUP_FREE char *printed = NULL;

	(void)state;
	json_add_string(j, "s", "a\"\\\x01\xFF\xE2\x82<");
	json_add_string(j, "none", NULL);
	json_add_double(j, "nan", NAN);
	json_add_double(j, "inf", -INFINITY);
	json_add_double(j, "d", 0.25);
	json_add_bool(j, "b", true);
	json_add_null(j, "n");
	json_append(json_add_array(j, "a"), cJSON_CreateString("x"));
	json_add_i64(json_add_object(j, "o"), "k", 1);
	json_add(j, "item", NULL);
	printed = json_print(j);
	assert_string_equal(
		printed,
		"{\"s\":\"a\\\"\\\\\\u0001\xEF\xBF\xBD\xEF\xBF\xBD\\u003c\",\"none\":null,\"nan\":null,"
		"\"inf\":null,\"d\":0.25,\"b\":true,\"n\":null,\"a\":[\"x\"],\"o\":{\"k\":1},\"item\":null}");
	again = parse(printed);
	assert_non_null(again);
}

/* Cutting a document anywhere, or changing any byte, must end in an answer. */
static void damaged_documents_are_answered(void **state)
{
	static const char text[] =
		"{\"a\":[1,-2.5e+3,{\"b\":\"x\\u00e9\\ud83d\\ude00\\n\xC3\xA9\"}],/* c */\"d\":null, // e\n"
		"\"f\":true,\"g\":{\"h\":[[]]},\"i\":NaN}";
	size_t n = sizeof(text) - 1;
	struct json_error err;

	(void)state;
	for (size_t cut = 0; cut < n; cut++) {
		CLEANUP_FREE char *exact = malloc(cut + 1);

		memcpy(exact, text, cut);
		for (int flags = 0; flags < 16; flags++)
			assert_null(json_parse(exact, cut, flags, &err));
	}
	for (size_t at = 0; at < n; at++)
		for (int c = 0; c < 256; c++) {
			char changed[sizeof(text)];
			CLEANUP_JSON cJSON *j = NULL, *again = NULL;
			CLEANUP_FREE char *printed = NULL;

			memcpy(changed, text, n);
			changed[at] = (char)c;
			j = json_parse(changed, n, 15, &err);
			if (!j)
				continue;
			printed = json_print(j); /* what is read at all is printed as strict JSON */
			again = json_parse(printed, strlen(printed), JSON_STRICT, &err);
			if (!again)
				fail_msg("byte %zu as %d: %s", at, c, printed);
		}
}

static void wrong_use_ends_the_process_with_a_message(void **state)
{
	int pipe_fds[2], status;
	char message[200];
	ssize_t n;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(pipe_fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(pipe_fds[1], 2);
		json_add_bool(cJSON_CreateArray(), "x", true);
		_exit(0);
	}
	close(pipe_fds[1]);
	n = read(pipe_fds[0], message, sizeof(message) - 1);
	close(pipe_fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	message[n > 0 ? n : 0] = '\0';
	assert_string_equal(message,
			    "mission-control: a JSON member was added to something that is not an object\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_suite_is_judged_as_it_says),
		cmocka_unit_test(naughty_strings_come_back_the_same),
		cmocka_unit_test(errors_say_line_and_reason),
		cmocka_unit_test(comments_are_blanks_where_they_are_allowed),
		cmocka_unit_test(leniency_is_asked_for_by_name),
		cmocka_unit_test(values_are_read_and_printed_exactly),
		cmocka_unit_test(nul_bytes_are_refused_everywhere),
		cmocka_unit_test(thirty_two_levels_are_read_and_no_more),
		cmocka_unit_test(huge_objects_are_checked_for_duplicates_and_bounded),
		cmocka_unit_test(arrays_are_bounded_by_the_number_of_values),
		cmocka_unit_test(numbers_and_texts_have_a_largest_size),
		cmocka_unit_test(getters_take_exact_names_and_types_only),
		cmocka_unit_test(integers_beyond_2_to_53_are_not_believed),
		cmocka_unit_test(integers_of_64_bits_print_exactly),
		cmocka_unit_test(doubles_come_back_bit_for_bit),
		cmocka_unit_test(what_was_built_prints_as_valid_json),
		cmocka_unit_test(damaged_documents_are_answered),
		cmocka_unit_test(wrong_use_ends_the_process_with_a_message),
	};

	json_init();
	return RUN_TESTS("json", tests);
}
