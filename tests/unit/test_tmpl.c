/*
 * tests/unit/test_tmpl.c -- the template engine: the public Mustache suite,
 * then what it does not ask: errors, strictness, limits, files.
 */
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "json/json.h"
#include "tmpl/tmpl.h"

static void free_set(struct tmpl_set **set)
{
	tmpl_set_free(*set);
}
#define CLEANUP_SET CLEANUP(free_set)

static cJSON *parse(const char *text)
{
	struct json_error err = { 0 };
	cJSON *j = json_parse(text, strlen(text), JSON_STRICT, &err);

	if (!j)
		fail_msg("line %zu: %s", err.line, err.what);
	return j;
}

static bool add(struct tmpl_set *set, const char *name, bool is_partial, const char *text,
		struct tmpl_error *err)
{
	return tmpl_set_add(set, name, is_partial, text, strlen(text), err);
}

/* Renders one template with one model; gives the text, or NULL with *err. */
static char *render(const char *template, const char *partial, const char *model, bool strict,
		    struct tmpl_error *err)
{
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new("/nonexistent", strict);
	CLEANUP_JSON cJSON *j = parse(model);
	CLEANUP(buf_done) struct buf out = BUF_INIT(65536);

	memset(err, 0, sizeof(*err));
	if (!add(set, "page", false, template, err) || (partial && !add(set, "part", true, partial, err)) ||
	    !tmpl_render(set, "page", j, &out, err))
		return NULL;
	return buf_take(&out);
}

/* One case of the public suite; true when the output is the same byte for byte. */
static bool spec_case_passes(const char *module, const cJSON *test)
{
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new("/nonexistent", false);
	CLEANUP(buf_done) struct buf out = BUF_INIT(65536);
	const char *template = json_string(test, "template"), *expected = json_string(test, "expected");
	struct tmpl_error err = { "" };
	bool good;

	assert_non_null(template);
	assert_non_null(expected);
	good = add(set, "page", false, template, &err);
	for (const cJSON *p = json_object(test, "partials") ? json_object(test, "partials")->child : NULL; p;
	     p = p->next)
		good = good && add(set, p->string, true, p->valuestring, &err);
	good = good && tmpl_render(set, "page", cJSON_GetObjectItemCaseSensitive(test, "data"), &out, &err);
	if (good && strcmp(buf_str(&out), expected) == 0)
		return true;
	print_error("%s: %s\n  template %s\n  expected %s\n  rendered %s%s\n", module,
		    json_string(test, "name"), template, expected, buf_str(&out), err.text);
	return false;
}

static void spec_module(const char *module, int at_least)
{
	char rest[128];
	struct json_error err = { 0 };
	CLEANUP_FREE char *text = NULL;
	CLEANUP_JSON cJSON *file = NULL;
	size_t n;
	int cases = 0, failed = 0;

	snprintf(rest, sizeof(rest), "vectors/mustache-spec/specs/%s.json", module);
	text = read_all(shared_path(rest), &n);
	file = json_parse(text, n, JSON_STRICT, &err);
	if (!file)
		fail_msg("%s: line %zu: %s", module, err.line, err.what);
	for (const cJSON *t = json_array(file, "tests")->child; t; t = t->next, cases++)
		failed += !spec_case_passes(module, t);
	assert_true(cases >= at_least);
	if (failed)
		fail_msg("%d of %d cases of %s", failed, cases, module);
}

static void public_suite_comments(void **state)
{
	(void)state;
	spec_module("comments", 12);
}

static void public_suite_delimiters(void **state)
{
	(void)state;
	spec_module("delimiters", 14);
}

static void public_suite_interpolation(void **state)
{
	(void)state;
	spec_module("interpolation", 40);
}

static void public_suite_inverted(void **state)
{
	(void)state;
	spec_module("inverted", 22);
}

static void public_suite_partials(void **state)
{
	(void)state;
	spec_module("partials", 12);
}

static void public_suite_sections(void **state)
{
	(void)state;
	spec_module("sections", 34);
}

/* What the suite does not ask. "part" is the partial. */
static void renders_as_expected(void **state)
{
	static const struct {
		const char *name, *template, *partial, *model, *expected;
	} cases[] = {
		{ "both quotes are escaped", "<a title='{{x}}' id=\"{{x}}\">", NULL, "{\"x\":\"'\\\"\"}",
		  "<a title='&#39;&quot;' id=\"&#39;&quot;\">" },
		{ "an escaped text is escaped again", "{{x}}", NULL, "{\"x\":\"&amp;\"}", "&amp;amp;" },
		{ "what a value holds is no template", "{{x}}{{{x}}}", NULL, "{\"x\":\"{{y}}\",\"y\":1}",
		  "{{y}}{{y}}" },
		{ "an empty text skips its section", "{{#x}}a{{/x}}{{^x}}b{{/x}}", NULL, "{\"x\":\"\"}",
		  "b" },
		{ "zero is a figure and shown", "{{#x}}{{x}} failed{{/x}}{{^x}}not known{{/x}}", NULL,
		  "{\"x\":0}", "0 failed" },
		{ "an empty object is there", "{{#x}}a{{/x}}", NULL, "{\"x\":{}}", "a" },
		{ "true prints as a word", "{{x}} {{y}}", NULL, "{\"x\":true,\"y\":false}", "true false" },
		{ "large integers have no exponent", "{{a}} {{b}} {{c}} {{d}}", NULL,
		  "{\"a\":1234567890123450,\"b\":9007199254740992,\"c\":-1000000,\"d\":1e20}",
		  "1234567890123450 9007199254740992 -1000000 100000000000000000000" },
		{ "fractions are short", "{{a}} {{b}} {{c}}", NULL, "{\"a\":0.1,\"b\":85.0,\"c\":-0.0}",
		  "0.1 85 0" },
		{ "null ends the search for a name", "{{#in}}{{x}}{{/in}}", NULL,
		  "{\"x\":1,\"in\":{\"x\":null}}", "" },
		{ "a list prints as nothing", "({{x}})", NULL, "{\"x\":[1]}", "()" },
		{ "names are told apart by case", "{{Name}}", NULL, "{\"name\":\"x\"}", "" },
		{ "a lone brace is text", "{ {{x}} } }} {", NULL, "{\"x\":1}", "{ 1 } }} {" },
		{ "a value keeps its brace", "{{{x}}}}", NULL, "{\"x\":1}", "1}" },
		{ "delimiters work with raw tags", "{{=<% %>=}}<%{x}%><%&x%><%x%>", NULL, "{\"x\":\"<\"}",
		  "<<&lt;" },
		{ "delimiters do not reach into a partial", "{{=<% %>=}}<%>part%>", "{{x}}<%x%>", "{\"x\":1}",
		  "1<%x%>" },
		{ "two tags on a line leave the line alone", "{{#x}}{{/x}}\n", NULL, "{\"x\":1}", "\n" },
		{ "a line of blanks after a section stays", "{{#x}}\na\n{{/x}}\n\nb", NULL, "{\"x\":1}",
		  "a\n\nb" },
		{ "indents add up", "  {{>part}}", "{{x}}\n{{#in}}\n {{>part}}\n{{/in}}\n",
		  "{\"x\":1,\"in\":{\"x\":2,\"in\":false}}", "  1\n   2\n" },
		{ "an empty line gets no indent", "  {{>part}}", "a\n\nb\r\n\r\nc", "{}",
		  "  a\n\n  b\r\n\r\n  c" },
		{ "a section at the start of a line is indented once", "  {{>part}}",
		  "{{#x}}{{.}}{{/x}}\n{{^x}}n{{/x}}\n", "{\"x\":[1,2]}", "  12\n  \n" },
		{ "a comment at the start of a line is indented", " {{>part}}", "{{! c }}a\n{{=<% %>=}}b\n",
		  "{}", " a\n b\n" },
		{ "a partial in the line is not indented", " {{>part}}",
		  "{{#a}}\n{{x}}{{>part}}\n{{/a}}\n{{^a}}1\n2{{/a}}", "{\"x\":7,\"a\":{\"a\":false}}",
		  " 71\n2\n " },
		{ "a template may be empty", "", NULL, "{}", "" },
		{ "a model may be a list", "{{#.}}<{{.}}>{{/.}}", NULL, "[\"a\",\"b\"]", "<a><b>" },
		{ "other scripts pass unchanged", "{{x}}", NULL, "{\"x\":\"नमस्ते తెలుగు 😀\"}", "नमस्ते తెలుగు 😀" },
	};
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tmpl_error err;
		CLEANUP_FREE char *got =
			render(cases[i].template, cases[i].partial, cases[i].model, false, &err);

		if (got && strcmp(got, cases[i].expected) == 0)
			continue;
		print_error("%s\n  expected %s\n  rendered %s %s\n", cases[i].name, cases[i].expected,
			    got ? got : "-", err.text);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* Every fault of a template is told with its file and line, before anything is rendered. */
static void faults_are_told_with_file_and_line(void **state)
{
	static const struct {
		const char *template, *message;
	} cases[] = {
		{ "a\n{{#x}}\nb\n", "page.html:2: section 'x' is not closed before the end in line 4" },
		{ "{{#x}}\n{{#y}}\n{{/x}}",
		  "page.html:3: 'x' is closed while section 'y' of line 2 is open" },
		{ "\n{{/x}}", "page.html:2: 'x' is closed but was never opened" },
		{ "a\n\n{{x", "page.html:3: a tag is not closed: }} is missing" },
		{ "{{{x}}", "page.html:1: a tag is not closed: }}} is missing" },
		{ "{{=<% %>}}", "page.html:1: a tag is not closed: =}} is missing" },
		{ "{{=<%=}}", "page.html:1: '<%' does not set delimiters: two words without =, at most 15 "
			      "characters each" },
		{ "{{=a b c=}}", "page.html:1: 'a b c' does not set delimiters: two words without =, at most "
				 "15 characters each" },
		{ "{{==}}", "page.html:1: '' does not set delimiters: two words without =, at most 15 "
			    "characters each" },
		{ "{{user name}}",
		  "page.html:1: 'user name' is not a name: letters, digits, _ and -, in up to 16 "
		  "parts with points between" },
		{ "{{}}",
		  "page.html:1: '' is not a name: letters, digits, _ and -, in up to 16 parts with points "
		  "between" },
		{ "{{a..b}}",
		  "page.html:1: 'a..b' is not a name: letters, digits, _ and -, in up to 16 parts "
		  "with points between" },
		{ "{{.a}}",
		  "page.html:1: '.a' is not a name: letters, digits, _ and -, in up to 16 parts with "
		  "points between" },
		{ "{{a.}}",
		  "page.html:1: 'a.' is not a name: letters, digits, _ and -, in up to 16 parts with "
		  "points between" },
		{ "{{a\n{{b}}",
		  "page.html:1: 'a' is not a name: letters, digits, _ and -, in up to 16 parts with "
		  "points between" },
		{ "{{a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q}}", "page.html:1: 'a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q' "
							   "is not a name: letters, digits, _ and -, in "
							   "up to 16 parts with points between" },
		{ "x\n {{> ../secret}}",
		  "page.html:2: '../secret' cannot be a partial: names are a-z, 0-9, _ and "
		  "-, and a set holds some hundreds" },
		{ "{{>}}",
		  "page.html:1: '' cannot be a partial: names are a-z, 0-9, _ and -, and a set holds "
		  "some hundreds" },
		{ "\xFF", "page.html: is not valid UTF-8 text" },
	};
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tmpl_error err;
		CLEANUP_FREE char *got = render(cases[i].template, NULL, "{}", false, &err);

		if (!got && strcmp(err.text, cases[i].message) == 0)
			continue;
		print_error("%s\n  expected %s\n  got      %s\n", cases[i].template, cases[i].message,
			    got ? "no error" : err.text);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void strict_mode_finds_names_the_model_lacks(void **state)
{
	static const struct {
		const char *template, *message; /* NULL: renders */
	} cases[] = {
		{ "a\n{{nme}}", "page.html:2: 'nme' is not in the model" },
		{ "{{#nme}}{{/nme}}", "page.html:1: 'nme' is not in the model" },
		{ "{{^nme}}{{/nme}}", "page.html:1: 'nme' is not in the model" },
		{ "{{in.nme}}", "page.html:1: 'in.nme' is not in the model" },
		{ "{{list}}", "page.html:1: 'list' is a list or an object, which cannot be printed" },
		{ "{{>part2}}", "page.html:1: 'part2' is a partial that is not loaded" },
		{ "{{>part}}", "_part.html:2: 'nme' is not in the model" },
		{ "{{name}}{{nothing}}{{in.x}}{{nothing.x}}{{#nothing}}{{nme}}{{/nothing}}{{#in}}{{name}}{{/"
		  "in}}",
		  NULL },
	};
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tmpl_error err;
		CLEANUP_FREE char *got =
			render(cases[i].template, "\n{{nme}}",
			       "{\"name\":\"n\",\"nothing\":null,\"in\":{\"x\":1},\"list\":[]}", true, &err);

		if (cases[i].message ? !got && strcmp(err.text, cases[i].message) == 0 : got != NULL)
			continue;
		print_error("%s: %s\n", cases[i].template, got ? got : err.text);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void endless_partials_end(void **state)
{
	struct tmpl_error err;

	(void)state;
	assert_null(render("{{>part}}", "x{{>part}}", "{}", false, &err));
	assert_string_equal(
		err.text,
		"_part.html:1: 'part' nests partials deeper than 20; does it include itself without an end?");
}

static void partials_nest_to_20_and_no_deeper(void **state)
{
	(void)state;
	for (int depth = 20; depth <= 21; depth++) {
		CLEANUP(buf_done) struct buf model = BUF_INIT(1000);
		CLEANUP_FREE char *got = NULL;
		struct tmpl_error err;

		for (int i = 1; i < depth; i++)
			buf_adds(&model, "{\"in\":");
		buf_adds(&model, "{\"in\":false}");
		for (int i = 1; i < depth; i++)
			buf_adds(&model, "}");
		got = render("{{>part}}", "{{#in}}{{>part}}{{/in}}", buf_str(&model), false, &err);
		assert_true((got != NULL) == (depth == 20));
	}
}

static void sections_nest_to_32_and_no_deeper(void **state)
{
	char text[33 * 14 + 1];

	(void)state;
	for (int depth = 32; depth <= 33; depth++) {
		struct tmpl_error err;
		CLEANUP_FREE char *got = NULL;

		text[0] = '\0';
		for (int i = 0; i < depth; i++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "{{#x}}");
		for (int i = 0; i < depth; i++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "{{/x}}");
		got = render(text, NULL, "{\"x\":true}", false, &err);
		assert_true((got != NULL) == (depth == 32));
	}
}

static void a_page_over_its_limit_leaves_nothing_behind(void **state)
{
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new("", false);
	CLEANUP(buf_done) struct buf out = BUF_INIT(10);
	CLEANUP_JSON cJSON *model = parse("{\"x\":[1,2,3,4,5,6,7,8,9]}");
	struct tmpl_error err;

	(void)state;
	assert_true(add(set, "page", false, "{{#x}}abc{{.}}{{/x}}", &err));
	buf_adds(&out, "head");
	assert_false(tmpl_render(set, "page", model, &out, &err));
	assert_string_equal(err.text, "page.html: the page is larger than 10 bytes; show fewer rows");
	assert_string_equal(buf_str(&out), "head");
	assert_false(tmpl_render(set, "other", model, &out, &err));
	assert_string_equal(err.text, "the template 'other' is not loaded");
}

static void names_that_are_no_names_are_refused(void **state)
{
	static const char *const names[] = {
		"",
		"..",
		"a/b",
		"A",
		"a.html",
		"\xC3\xA9",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	};
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new("", false);
	struct tmpl_error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_false(add(set, names[i], false, "x", &err));
		assert_false(tmpl_set_load(set, names[i], &err));
		assert_non_null(strstr(err.text, "names are a-z"));
	}
	assert_true(add(set, "a-z_0", false, "x", &err));
}

static void a_broken_replacement_leaves_the_old_template(void **state)
{
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new("", false);
	CLEANUP(buf_done) struct buf out = BUF_INIT(100);

	(void)state;
	assert_true(add(set, "page", false, "{{>row}}", NULL));
	assert_true(add(set, "row", true, "old", NULL));
	assert_false(add(set, "row", true, "{{#", NULL));
	assert_true(tmpl_render(set, "page", NULL, &out, NULL));
	assert_string_equal(buf_str(&out), "old");
	assert_true(add(set, "row", true, "new", NULL));
	buf_clear(&out);
	assert_true(tmpl_render(set, "page", NULL, &out, NULL));
	assert_string_equal(buf_str(&out), "new");
}

/* A folder for templates, gone with everything in it at the end of the test. */
struct folder {
	char path[64];
};

static void folder_done(struct folder *f)
{
	char command[sizeof(f->path) + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", f->path);
	if (system(command) != 0)
		print_error("%s was not removed\n", f->path);
}
#define CLEANUP_FOLDER CLEANUP(folder_done)

static struct folder folder_new(void)
{
	struct folder f = { "/tmp/mc-test-tmpl.XXXXXX" };

	assert_non_null(mkdtemp(f.path));
	return f;
}

static void put(const struct folder *f, const char *file, const char *text, size_t n)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", f->path, file);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
}

static void puts_file(const struct folder *f, const char *file, const char *text)
{
	put(f, file, text, strlen(text));
}

static void a_page_is_loaded_with_every_partial_it_needs(void **state)
{
	CLEANUP_FOLDER struct folder f = folder_new();
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new(f.path, true);
	CLEANUP(buf_done) struct buf out = BUF_INIT(100);
	CLEANUP_JSON cJSON *model = parse("{\"x\":1,\"more\":false}");
	struct tmpl_error err;

	(void)state;
	puts_file(&f, "page.html", "<{{>outer}}>");
	puts_file(&f, "_outer.html", "({{>inner}})");
	puts_file(&f, "_inner.html", "{{x}}{{#more}}{{>outer}}{{/more}}");
	if (!tmpl_set_load(set, "page", &err))
		fail_msg("%s", err.text);
	assert_true(tmpl_set_load(set, "page", &err));
	assert_true(tmpl_render(set, "page", model, &out, &err));
	assert_string_equal(buf_str(&out), "<(1)>");
}

static void a_partial_that_is_missing_fails_the_load_every_time(void **state)
{
	CLEANUP_FOLDER struct folder f = folder_new();
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new(f.path, false);
	CLEANUP(buf_done) struct buf out = BUF_INIT(100);
	struct tmpl_error err;
	char expected[256];

	(void)state;
	puts_file(&f, "page.html", "\n{{>outer}}");
	puts_file(&f, "_outer.html", "\n\n{{>inner}}");
	puts_file(&f, "other.html", "fine");
	snprintf(expected, sizeof(expected),
		 "_outer.html:3: the partial 'inner' cannot be read: %s/_inner.html: No such file or "
		 "directory",
		 f.path);
	for (int i = 0; i < 2; i++) {
		assert_false(tmpl_set_load(set, "page", &err));
		assert_string_equal(err.text, expected);
		assert_false(tmpl_render(set, "page", NULL, &out, &err));
	}
	assert_true(tmpl_set_load(set, "other", &err)); /* and no other page suffers */
	puts_file(&f, "_inner.html", "found");
	assert_true(tmpl_set_load(set, "page", &err));
	assert_true(tmpl_render(set, "page", NULL, &out, &err));
	assert_string_equal(buf_str(&out), "\n\n\nfound");
}

static void files_that_are_no_templates_are_refused(void **state)
{
	CLEANUP_FOLDER struct folder f = folder_new();
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new(f.path, false);
	CLEANUP_FREE char *large = malloc(256 * 1024 + 1);
	struct tmpl_error err;
	char path[128];

	(void)state;
	assert_non_null(large);
	memset(large, 'x', 256 * 1024 + 1);
	put(&f, "large.html", large, 256 * 1024);
	assert_true(tmpl_set_load(set, "large", &err));
	put(&f, "larger.html", large, 256 * 1024 + 1);
	assert_false(tmpl_set_load(set, "larger", &err));
	assert_string_equal(err.text, "larger.html: is larger than 256 KiB");
	put(&f, "nul.html", "a\0b", 3);
	assert_false(tmpl_set_load(set, "nul", &err));
	assert_string_equal(err.text, "nul.html: is not valid UTF-8 text");
	snprintf(path, sizeof(path), "%s/pipe.html", f.path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(tmpl_set_load(set, "pipe", &err)); /* and does not wait for a writer */
	assert_false(tmpl_set_load(set, "absent", &err));
	assert_non_null(strstr(err.text, "/absent.html: No such file or directory"));
}

/* As many tags as fit: the ceilings of the compiler must not be met before the file's. */
static void a_file_of_nothing_but_tags_compiles(void **state)
{
	static const char start[] = "{{=| |=}}";
	size_t n = 256 * 1024;
	CLEANUP_FREE char *text = malloc(n);
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new("", false);
	struct tmpl_error err;

	(void)state;
	memset(text, '\n', n);
	memcpy(text, start, sizeof(start) - 1);
	for (size_t i = sizeof(start) - 1; i + 3 <= n; i += 3)
		memcpy(text + i, "|a|", 3);
	if (!tmpl_set_add(set, "page", false, text, n, &err))
		fail_msg("%s", err.text);
}

/* Prints what 500 rows cost; a machine under load must not fail it. */
static void a_page_of_500_rows_is_rendered(void **state)
{
	static const char row[] =
		"<li class=\"row\">\n  <a href=\"/hermes/tasks/{{instance.id}}/{{id}}\">{{title}}</a>\n"
		"  {{#isBad}}<b>{{state}}</b>{{/isBad}}{{^isBad}}{{state}}{{/isBad}}\n"
		"  {{> badge}}\n  <span>{{tokens}} {{cost}}</span>\n</li>\n";
	CLEANUP_SET struct tmpl_set *set = tmpl_set_new("", true);
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	CLEANUP_JSON cJSON *model = cJSON_CreateObject();
	cJSON *rows = json_add_array(model, "rows");
	int64_t best = INT64_MAX;
	struct tmpl_error err = { "" };

	(void)state;
	assert_true(add(set, "page", false, "<ul>\n  {{#rows}}\n  {{> row}}\n  {{/rows}}\n</ul>\n", &err));
	assert_true(add(set, "row", true, row, &err));
	assert_true(add(set, "badge", true, "<i>{{word}}</i>\n", &err));
	for (int i = 0; i < 500; i++) {
		cJSON *r = cJSON_CreateObject();

		json_append(rows, r);
		json_add_string(json_add_object(r, "instance"), "id", "vijay");
		json_add_i64(r, "id", 20261124000000 + i);
		json_add_string(r, "title", "Look at <the> \"report\" & say what's wrong in it");
		json_add_bool(r, "isBad", i % 7 == 0);
		json_add_string(r, "state", "finished");
		json_add_string(r, "word", "telegram");
		json_add_i64(r, "tokens", i * 1000);
		json_add_double(r, "cost", i / 100.0);
	}
	for (int i = 0; i < 20; i++) {
		int64_t start = clock_mono_us(), took;

		buf_clear(&out);
		if (!tmpl_render(set, "page", model, &out, &err))
			fail_msg("%s", err.text);
		took = clock_mono_us() - start;
		best = took < best ? took : best;
	}
	assert_true(out.len > 100000);
	print_message("# 500 rows, %zu bytes: %ld us\n", out.len, (long)best);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_suite_comments),
		cmocka_unit_test(public_suite_delimiters),
		cmocka_unit_test(public_suite_interpolation),
		cmocka_unit_test(public_suite_inverted),
		cmocka_unit_test(public_suite_partials),
		cmocka_unit_test(public_suite_sections),
		cmocka_unit_test(renders_as_expected),
		cmocka_unit_test(faults_are_told_with_file_and_line),
		cmocka_unit_test(strict_mode_finds_names_the_model_lacks),
		cmocka_unit_test(endless_partials_end),
		cmocka_unit_test(partials_nest_to_20_and_no_deeper),
		cmocka_unit_test(sections_nest_to_32_and_no_deeper),
		cmocka_unit_test(a_page_over_its_limit_leaves_nothing_behind),
		cmocka_unit_test(names_that_are_no_names_are_refused),
		cmocka_unit_test(a_broken_replacement_leaves_the_old_template),
		cmocka_unit_test(a_page_is_loaded_with_every_partial_it_needs),
		cmocka_unit_test(a_partial_that_is_missing_fails_the_load_every_time),
		cmocka_unit_test(files_that_are_no_templates_are_refused),
		cmocka_unit_test(a_file_of_nothing_but_tags_compiles),
		cmocka_unit_test(a_page_of_500_rows_is_rendered),
	};

	json_init();
	return RUN_TESTS("tmpl", tests);
}
