#include "test.h"

#include <dirent.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "tmpl/tmpl.h"
#include "view/judge.h"
#include "view/judge_guard.h"
#include "view/markdown.h"
#include "view/runbook.h"
#include "view/runbook_view.h"
#include "product_facts.h"
#include "view_facts.h"

static struct arena *a;
static char *text; /* of docs/runbook.md */
static size_t n_text;

static int setup(void **state)
{
	(void)state;
	a = arena_new(64 * 1024 * 1024);
	text = read_all(top_path("docs/runbook.md"), &n_text);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(text);
	arena_free(a);
	return 0;
}

static cJSON *whole(void)
{
	return runbook_view(text, n_text, NULL, fact_snapshot(2, a), NULL, a);
}

static const cJSON *section_of(const cJSON *model, const char *id)
{
	const cJSON *group, *section;

	cJSON_ArrayForEach(group, json_array(model, "groups"))
		cJSON_ArrayForEach(section, json_array(group, "sections"))
			if (str_eq(json_string(section, "id"), id))
				return section;
	return NULL;
}

static void must_have(const cJSON *model, const char *instance_id, const char *id, const char *where)
{
	const char *anchor = runbook_anchor(instance_id, id);

	if (!section_of(model, anchor))
		fail_msg("docs/runbook.md has no section `%s` for the reading \"%s\" (%s)", anchor, id, where);
}

/* ---- every reading has its section ---- */

static void spoil(struct snapshot *s)
{
	struct instance_report *r = &s->instances[1].report;

	fact_unread(&r->gateway_unit.probe, "the bus did not answer");
	fact_unread(&r->dashboard_unit.probe, "the bus did not answer");
	fact_unread(&r->backup_timer.probe, "the bus did not answer");
	fact_unread(&r->agent.settings.probe, "permission denied");
	fact_unread(&r->gateway.probe, "permission denied");
	s->host.report.timers.list = arena_calloc(a, 1, sizeof(struct timer));
	s->host.report.timers.list[0] = fact_timer("apt-daily.timer");
	s->host.report.timers.n_list = 1;
	fact_products(&s->host, a);
}

static void every_reading_of_the_test_facts_has_a_section(void **state)
{
	CLEANUP_JSON cJSON *model = whole();
	struct snapshot *s = fact_snapshot(2, a);
	struct judgement *all;
	size_t n, seen = 0;

	(void)state;
	spoil(s);
	for (size_t i = 0; i < s->n_instances; i++) {
		judge_instance(&s->instances[i], NOW, a, &all, &n);
		for (size_t k = 0; k < n; k++, seen++)
			must_have(model, s->instances[i].instance->id, all[k].id, "the test facts");
	}
	judge_host(&s->host, NOW, a, &all, &n);
	for (size_t k = 0; k < n; k++, seen++)
		must_have(model, "host", all[k].id, "the test facts of the machine");
	assert_true(seen > 60);
}

static void every_guardrail_has_a_section(void **state)
{
	CLEANUP_JSON cJSON *model = whole();
	struct snapshot *s = fact_snapshot(2, a);
	struct judgement *all;
	size_t n;

	(void)state;
	judge_guard_instance(&s->instances[0], NOW, a, &all, &n);
	for (size_t i = 0; i < n; i++)
		must_have(model, "vijay", all[i].id, "the guardrails of an instance");
	judge_guard_host(&s->host, NOW, a, &all, &n);
	for (size_t i = 0; i < n; i++)
		must_have(model, "host", all[i].id, "the guardrails of the machine");
	judge_guard_parity(s, a, &all, &n);
	for (size_t i = 0; i < n; i++)
		must_have(model, "host", all[i].id, "what holds between instances");
}

/* The functions of judge_*.c that name a reading, and which argument does. */
static const struct call {
	const char *name;
	int argument;
} calls[] = {
	{ "judging_add(", 2 },
	{ "judge_timer(", 3 },
	{ "judge_memory_file(", 3 },
	{ " add(", 2 },
	{ "guard_add(", 2 },
};

/* The argument of that number (from 1) of the call that opens just before s. */
static const char *argument(const char *s, int number)
{
	int depth = 0;

	for (; number > 1 && *s; s++) {
		depth += *s == '(';
		depth -= *s == ')';
		number -= *s == ',' && depth == 0;
	}
	return s + strspn(s, " \t\n");
}

/* A literal, or the format of arena_printf(): NULL for anything else, which is a wrapper's own parameter. */
static const char *literal(const char *s)
{
	const char *quote = *s == '"' ? s : NULL;

	if (str_starts(s, "arena_printf("))
		quote = strchr(s, '"');
	return quote ? arena_strndup(a, quote + 1, strcspn(quote + 1, "\"")) : NULL;
}

static size_t check_source(const cJSON *model, const char *name, const char *source)
{
	const char *instance_id = str_eq(name, "judge_host.c") ? "host" : "x";
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		for (const char *at = strstr(source, calls[i].name); at; at = strstr(at + 1, calls[i].name)) {
			const char *id = literal(argument(at + strlen(calls[i].name), calls[i].argument));

			if (!id)
				continue;
			must_have(model, instance_id, id, name);
			n++;
		}
	}
	return n;
}

static void every_reading_that_the_sources_name_has_a_section(void **state)
{
	CLEANUP_JSON cJSON *model = whole();
	CLEANUP_DIR DIR *dir = opendir(top_path("src/view"));
	size_t n = 0;

	(void)state;
	assert_non_null(dir);
	for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		CLEANUP_FREE char *source = NULL;
		size_t len;

		if (!str_starts(e->d_name, "judge") || !str_ends(e->d_name, ".c"))
			continue;
		source = read_all(top_path(arena_printf(a, "src/view/%s", e->d_name)), &len);
		n += check_source(model, e->d_name, source);
	}
	/* Fewer would mean that the calls are written otherwise now, and are no longer found. */
	assert_true(n >= 49);
}

/* What is no reading any more has no business here; families are named in runbook.c. */
static void every_section_belongs_to_a_reading(void **state)
{
	static const char *const families[] = { "platform.name", "cron.job", "timer.name", "product.name", "host.memory" };
	CLEANUP_JSON cJSON *model = whole();
	CLEANUP_DIR DIR *dir = opendir(top_path("src/view"));
	const cJSON *group, *section;
	char *sources = arena_strdup(a, "");

	(void)state;
	for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		CLEANUP_FREE char *source = NULL;
		size_t len;

		if (!str_starts(e->d_name, "judge") || !str_ends(e->d_name, ".c"))
			continue;
		source = read_all(top_path(arena_printf(a, "src/view/%s", e->d_name)), &len);
		sources = arena_printf(a, "%s%s", sources, source);
	}
	cJSON_ArrayForEach(group, json_array(model, "groups")) {
		cJSON_ArrayForEach(section, json_array(group, "sections")) {
			const char *id = json_string(section, "id");
			bool is_known = strstr(sources, arena_printf(a, "\"%s\"", id)) != NULL;

			for (size_t i = 0; i < ARRAY_SIZE(families); i++)
				is_known |= str_eq(families[i], id);
			if (!is_known)
				fail_msg("docs/runbook.md has a section `%s`, but no reading is called so", id);
		}
	}
}

static bool says(const cJSON *section, const char *what)
{
	const cJSON *block, *item, *span;

	cJSON_ArrayForEach(block, json_array(section, "blocks"))
		cJSON_ArrayForEach(item, json_array(json_object(block, "list"), "items"))
			cJSON_ArrayForEach(span, json_array(item, "spans"))
				if (str_eq(json_string(span, "strong"), what))
					return true;
	return false;
}

static void every_section_says_all_that_a_person_asks_at_night(void **state)
{
	static const char *const parts[] = { "Says", "Read from", "Look first", "Goes away", "Do not" };
	CLEANUP_JSON cJSON *model = whole();
	const cJSON *group, *section;
	size_t n = 0;

	(void)state;
	cJSON_ArrayForEach(group, json_array(model, "groups")) {
		cJSON_ArrayForEach(section, json_array(group, "sections")) {
			for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
				if (!says(section, parts[i]))
					fail_msg("`%s` lacks \"%s\"", json_string(section, "id"), parts[i]);
			n++;
		}
	}
	assert_true(n >= 30);
}

/* ---- links ---- */

static void a_family_shares_one_section(void **state)
{
	(void)state;
	assert_string_equal(runbook_anchor("bheem", "platform.telegram"), "platform.name");
	assert_string_equal(runbook_anchor("bheem", "platforms"), "platforms");
	assert_string_equal(runbook_anchor("bheem", "platforms.more"), "platforms");
	assert_string_equal(runbook_anchor("bheem", "cron.4f2d"), "cron.job");
	assert_string_equal(runbook_anchor("bheem", "cron"), "cron");
	assert_string_equal(runbook_anchor("host", "timer.apt-daily.timer"), "timer.name");
	assert_string_equal(runbook_anchor("host", "memory"), "host.memory");
	assert_string_equal(runbook_anchor("bheem", "memory"), "memory");
}

static void an_id_that_is_no_section_of_ours_leads_to_the_whole(void **state)
{
	(void)state;
	assert_string_equal(runbook_href("bheem", "backup.age", a), "/hermes/runbook#backup.age");
	assert_string_equal(runbook_href("bheem", "\"><script>", a), "/hermes/runbook");
	assert_string_equal(runbook_href("bheem", "", a), "/hermes/runbook");
}

static void every_link_within_the_runbook_has_its_target(void **state)
{
	CLEANUP_JSON cJSON *model = whole();
	size_t n = 0;

	(void)state;
	for (const char *at = strstr(text, "](#"); at; at = strstr(at + 1, "](#"), n++)
		must_have(model, "x", arena_strndup(a, at + 3, strcspn(at + 3, ")")), "a link in the runbook");
	assert_true(n > 3);
}

/* ---- the page ---- */

static void one_reading_is_shown_alone(void **state)
{
	CLEANUP_JSON cJSON *model = runbook_view(text, n_text, "platform.telegram", fact_snapshot(2, a), NULL, a);

	(void)state;
	assert_non_null(model);
	assert_string_equal(json_string(model, "reading"), "platform.name");
	assert_int_equal(cJSON_GetArraySize(json_array(model, "groups")), 1);
	assert_non_null(section_of(model, "platform.name"));
	assert_null(section_of(model, "gateway"));
	assert_null(runbook_view(text, n_text, "no-such-thing", fact_snapshot(2, a), NULL, a));
	assert_null(runbook_view(text, n_text, "", fact_snapshot(2, a), NULL, a));
}

static void what_needs_someone_now_stands_on_top_with_its_section(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *model = NULL;
	const cJSON *first;

	(void)state;
	s->instances[1].report.backup_repo.head_at = NOW - 40 * HOURS;
	model = runbook_view(text, n_text, NULL, s, NULL, a);
	first = json_array(model, "attention")->child;
	assert_string_equal(json_string(first, "runbookHref"), "/hermes/runbook#backup.age");
	assert_string_equal(json_string(first, "href"), "/hermes/ops?instance=bheem#bheem/backup.age");
}

static void the_page_renders_in_strict_mode(void **state)
{
	static const char *const readings[] = { NULL, "gateway" };
	struct tmpl_set *set = tmpl_set_new(top_path("templates"), /* strict= */ true);
	struct tmpl_error err;

	(void)state;
	if (!tmpl_set_load(set, "runbook", &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(readings); i++) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
		struct snapshot *s = fact_snapshot(2, a);
		CLEANUP_JSON cJSON *model = NULL;

		fact_dark(&s->instances[0], 5 * HOURS);
		model = runbook_view(text, n_text, readings[i], s, NULL, a);
		if (!tmpl_render(set, "runbook", model, &out, &err))
			fail_msg("%s", err.text);
		assert_non_null(strstr(out.data, "<article id=\"gateway\">"));
		assert_int_equal(strstr(out.data, "Needs attention now") != NULL, readings[i] == NULL);
	}
	tmpl_set_free(set);
}

/* ---- Markdown ---- */

static void keep(void *ctx, const struct markdown_heading *h, cJSON *blocks)
{
	cJSON *all = ctx, *o = cJSON_CreateObject();

	json_add_i64(o, "level", h->level);
	json_add_string(o, "id", h->id);
	json_add_string(o, "title", h->title);
	json_add(o, "blocks", blocks);
	json_append(all, o);
}

static const char *read_markdown(const char *markdown)
{
	CLEANUP_JSON cJSON *all = cJSON_CreateArray();
	CLEANUP_FREE char *printed = NULL;

	markdown_read(markdown, strlen(markdown), "/page", a, keep, all);
	printed = json_print(all);
	return arena_strdup(a, printed);
}

static void a_heading_ends_in_its_id(void **state)
{
	(void)state;
	assert_non_null(strstr(read_markdown("### The *gate* `way`\n"), "{\"level\":3,\"id\":\"way\",\"title\":\"The gate\""));
	assert_non_null(strstr(read_markdown("## Group\n"), "\"id\":null,\"title\":\"Group\""));
}

static void markup_in_the_document_is_text(void **state)
{
	const char *got = read_markdown("a <b>bold</b> word\n\n<script>alert(1)</script>\n");

	(void)state;
	assert_non_null(strstr(got, "\"text\":\"\\u003cb>\""));
	assert_non_null(strstr(got, "\"text\":\"\\u003cscript>alert(1)\\u003c/script>\\n\""));
}

static void only_addresses_of_the_web_and_of_ours_become_links(void **state)
{
	static const struct {
		const char *url;
		bool is_link;
	} cases[] = { { "https://example.net/", true }, { "/hermes/ops", true }, { "#disk", true },
		      { "javascript:alert(1)", false }, { "//elsewhere/", false }, { "operations.md", false },
		      { "data:text/html,x", false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = read_markdown(arena_printf(a, "[there](%s)", cases[i].url));

		assert_int_equal(strstr(got, "\"href\"") != NULL, cases[i].is_link);
		assert_non_null(strstr(got, "there"));
	}
}

static void fenced_lines_are_commands_and_lists_are_flat(void **state)
{
	const char *got = read_markdown("```\none\n\ntwo three\n```\n\n- a\n  - b\n- `c`\n");

	(void)state;
	assert_non_null(strstr(got, "\"code\":{\"commands\":[{\"text\":\"one\"},{\"text\":\"two three\"}]}"));
	assert_non_null(strstr(got, "\"list\":{\"items\":["));
	assert_non_null(strstr(got, "\"code\":\"c\""));
	assert_non_null(strstr(read_markdown("*so* and **so**"), "\"emphasis\":\"so\""));
	assert_non_null(strstr(read_markdown("[d](#disk)"), "\"href\":\"/page#disk\""));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(every_reading_of_the_test_facts_has_a_section),
		T(every_guardrail_has_a_section),
		T(every_reading_that_the_sources_name_has_a_section),
		T(every_section_belongs_to_a_reading),
		T(every_section_says_all_that_a_person_asks_at_night),
		T(a_family_shares_one_section),
		T(an_id_that_is_no_section_of_ours_leads_to_the_whole),
		T(every_link_within_the_runbook_has_its_target),
		T(one_reading_is_shown_alone),
		T(what_needs_someone_now_stands_on_top_with_its_section),
		T(the_page_renders_in_strict_mode),
		T(a_heading_ends_in_its_id),
		T(markup_in_the_document_is_text),
		T(only_addresses_of_the_web_and_of_ours_become_links),
		T(fenced_lines_are_commands_and_lists_are_flat),
	};

	json_init();
	return RUN_TESTS("runbook", tests);
}
