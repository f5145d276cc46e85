/*
 * test_agents.c -- what an instance is made of, where instances part, and what a mark holds for.
 */
#include "test.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "tmpl/tmpl.h"
#include "view/agent_diff.h"
#include "view/agents_view.h"
#include "view_facts.h"

static struct arena *a;
static const struct marks no_marks = { .probe = { .state = PROBE_INACTIVE, .reason = "nothing was marked yet" } };

static int setup(void **state)
{
	(void)state;
	a = arena_new((size_t)512 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct settings *settings(struct snapshot *s, size_t i)
{
	return &s->instances[i].report.agent.settings;
}

static const struct difference *find(const struct snapshot *s, const struct marks *m, const char *key)
{
	struct differences *d = arena_alloc(a, sizeof(*d));

	*d = differences_of(s, m, a);
	return difference_find(d, key);
}

static void give_skills(struct snapshot *s, size_t i, const char *const *names, size_t n)
{
	struct skills *k = &s->instances[i].report.agent.skills;

	k->list = arena_calloc(a, n + 1, sizeof(*k->list));
	for (k->n_list = 0; k->n_list < n; k->n_list++)
		k->list[k->n_list] = (struct skill){ .name = names[k->n_list], .origin = "local", .category = "finance",
						     .enabled = TRI_YES, .uses = COUNT_UNKNOWN };
	k->total = k->enabled = (int64_t)n;
}

/* ---- differences ---- */

static void what_is_alike_is_not_listed(void **state)
{
	struct differences d = differences_of(fact_snapshot(3, a), &no_marks, a);

	(void)state;
	assert_int_equal(d.n_compared, 3);
	assert_int_equal(d.n, 0);
}

static void set_model(struct settings *s) { s->model = "gemini"; }
static void set_provider(struct settings *s) { s->provider = NULL; }
static void set_approvals(struct settings *s) { s->approvals_mode = "off"; }
static void set_cron(struct settings *s) { s->approvals_cron = "deny"; }
static void set_allowlist(struct settings *s) { s->allowlist = 3; }
static void set_secrets(struct settings *s) { s->redact_secrets = TRI_NO; }
static void set_pii(struct settings *s) { s->redact_pii = TRI_NO; s->redact_pii_is_set = TRI_YES; }
static void set_limit(struct settings *s) { s->memory_limit = 100; }
static void set_zone(struct settings *s) { s->timezone = "Asia/Kolkata"; }
static void set_toolsets(struct settings *s)
{
	static const char *names[] = { "web", "memory" };

	s->toolsets = names;
	s->n_toolsets = 2;
}
static void set_platform_toolsets(struct settings *s)
{
	static const char *names[] = { "web" };
	static struct platform_toolsets one = { "telegram", names, 1 };

	s->platform_toolsets = &one;
	s->n_platform_toolsets = 1;
}
static void set_platforms(struct settings *s)
{
	static struct agent_platform two[] = { { "telegram", ".env", TRI_YES, TRI_YES }, { "slack", "config.yaml", TRI_NO, TRI_NO } };

	s->platforms = two;
	s->n_platforms = 2;
}
static void set_mcp(struct settings *s)
{
	static struct mcp_server one = { "github", "http", TRI_NO };

	s->mcp_servers = &one;
	s->n_mcp_servers = 1;
}

static void each_setting_that_differs_is_one_row_with_both_values(void **state)
{
	static const struct {
		void (*spoil)(struct settings *s);
		const char *key;
		const char *first;
		const char *second;
	} cases[] = {
		{ set_model, "model", "sonnet", "gemini" },
		{ set_provider, "provider", "openrouter", "not set" },
		{ set_approvals, "approvals.mode", "smart", "off" },
		{ set_cron, "approvals.cron_mode", "not set", "deny" },
		{ set_allowlist, "command_allowlist", "no commands", "three commands" },
		{ set_secrets, "security.redact_secrets", "true", "false" },
		{ set_pii, "privacy.redact_pii", "not decided", "false" },
		{ set_limit, "memory.memory_char_limit", "2\xe2\x80\xaf""200 characters", "100 characters" },
		{ set_zone, "timezone", "the machine's", "Asia/Kolkata" },
		{ set_toolsets, "toolsets", "Hermes's default", "web, memory" },
		{ set_platform_toolsets, "platform_toolsets", "Hermes's default", "telegram: web" },
		{ set_platforms, "platforms", "none", "telegram, slack (off)" },
		{ set_mcp, "mcp_servers", "none", "github (http, off)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot *s = fact_snapshot(2, a);
		struct differences d;

		cases[i].spoil(settings(s, 1));
		d = differences_of(s, &no_marks, a);
		if (d.n != 1 || !str_eq(d.list[0].key, cases[i].key) || !str_eq(d.list[0].values[0].text, cases[i].first) ||
		    !str_eq(d.list[0].values[1].text, cases[i].second))
			fail_msg("%s: %zu differences, the first %s: \"%s\" and \"%s\"", cases[i].key, d.n, d.n ? d.list[0].key : "",
				 d.n ? d.list[0].values[0].text : "", d.n ? d.list[0].values[1].text : "");
		assert_false(d.list[0].values[0].is_odd);
		assert_true(d.list[0].values[1].is_odd);
	}
}

static void other_readings_are_compared_too(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	struct instance_report *r = &s->instances[1].report;
	static struct extension hook = { .kind = "hook", .name = "audit", .version = "1.2" };

	(void)state;
	r->hermes.version = "0.20.3";
	r->google.probe.state = PROBE_INACTIVE;
	r->agent.extensions = (struct extensions){ .probe = PROBED("hooks/"), .list = &hook, .n_list = 1 };
	r->exporter.publish = PUBLISH_EXCERPTS;
	((struct instance *)s->instances[1].instance)->paused = "on leave";
	assert_string_equal(find(s, &no_marks, "version")->values[1].text, "0.20.3");
	assert_string_equal(find(s, &no_marks, "google")->values[1].text, "not set up");
	assert_string_equal(find(s, &no_marks, "hooks")->values[1].text, "audit 1.2");
	assert_null(find(s, &no_marks, "plugins"));
	assert_string_equal(find(s, &no_marks, "publish")->values[1].text, "titles and excerpts");
	assert_string_equal(find(s, &no_marks, "paused")->values[1].text, "no: on leave");
}

static void skills_are_compared_by_all_their_names_and_told_by_the_uncommon(void **state)
{
	static const char *const first[] = { "a", "b", "c", "d", "e", "f", "g" }, *const second[] = { "g", "h" },
				 *const same[] = { "g", "f", "e", "d", "c", "b", "a" };
	struct snapshot *s = fact_snapshot(2, a);

	(void)state;
	give_skills(s, 0, first, 7);
	give_skills(s, 1, same, 7);
	assert_null(find(s, &no_marks, "skills")); /* the order of a report is no difference */
	give_skills(s, 1, second, 2);
	assert_string_equal(find(s, &no_marks, "skills")->values[0].text, "7 enabled; not everywhere: a, b, c, d, e and 1 more");
	assert_string_equal(find(s, &no_marks, "skills")->values[1].text, "2 enabled; not everywhere: h");
}

static void what_could_not_be_read_is_compared_with_nothing(void **state)
{
	struct snapshot *s = fact_snapshot(3, a);
	const struct difference *x;

	(void)state;
	settings(s, 1)->model = "gemini";
	fact_unread(&settings(s, 1)->probe, "config.yaml cannot be read: line 3");
	assert_int_equal(differences_of(s, &no_marks, a).n, 0);
	settings(s, 2)->model = "gemini";
	x = find(s, &no_marks, "model");
	assert_non_null(x);
	assert_null(x->values[1].text);
	assert_string_equal(x->values[1].digest, "");
	fact_dark(&s->instances[0], 10 * MINUTES);
	assert_int_equal(differences_of(s, &no_marks, a).n_compared, 2);
}

static void what_most_have_is_the_measure(void **state)
{
	struct snapshot *s = fact_snapshot(5, a);
	const struct difference *x;

	(void)state;
	settings(s, 0)->model = "gemini";
	x = find(s, &no_marks, "model");
	assert_true(x->values[0].is_odd);
	for (size_t i = 1; i < 5; i++)
		assert_false(x->values[i].is_odd);
}

/* ---- marks ---- */

static struct marks marked(const struct snapshot *s, const char *key)
{
	struct differences d = differences_of(s, &no_marks, a);
	struct marks m = { .probe = PROBED("marks.json"), .list = arena_calloc(a, 1, sizeof(*m.list)), .n_list = 1 };

	m.list[0] = difference_mark(&d, difference_find(&d, key), s, "uma", a);
	return m;
}

static void a_mark_holds_for_its_values_and_for_no_others(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	struct marks m;

	(void)state;
	settings(s, 1)->model = "gemini";
	settings(s, 1)->timezone = "Asia/Kolkata";
	m = marked(s, "model");
	assert_int_equal(m.list[0].n_values, 2);
	assert_non_null(find(s, &m, "model")->mark);
	assert_null(find(s, &m, "timezone")->mark);
	assert_int_equal(differences_of(s, &m, a).n_open, 1);
	settings(s, 1)->model = "another";
	assert_null(find(s, &m, "model")->mark);
	settings(s, 1)->model = "gemini";
	assert_non_null(find(s, &m, "model")->mark);
	settings(s, 0)->model = "gemini";
	settings(s, 1)->model = "sonnet"; /* the same values, the other way round */
	assert_null(find(s, &m, "model")->mark);
}

static void a_new_instance_is_a_new_difference_a_silent_one_is_not(void **state)
{
	struct snapshot *s = fact_snapshot(3, a);
	struct marks m;

	(void)state;
	settings(s, 1)->model = "gemini";
	s->n_instances = 2;
	m = marked(s, "model");
	s->n_instances = 3;
	assert_null(find(s, &m, "model")->mark);
	m = marked(s, "model");
	fact_unread(&settings(s, 2)->probe, "busy");
	assert_non_null(find(s, &m, "model")->mark);
	fact_dark(&s->instances[2], 10 * MINUTES);
	assert_non_null(find(s, &m, "model")->mark);
}

static void two_states_are_never_seen_as_one(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	char before[DIGEST_CHARS + 1];

	(void)state;
	settings(s, 1)->model = "gemini";
	memcpy(before, find(s, &no_marks, "model")->seen, sizeof(before));
	assert_string_equal(find(s, &no_marks, "model")->seen, before);
	settings(s, 1)->model = "gemin";
	assert_string_not_equal(find(s, &no_marks, "model")->seen, before);
	/* What is cut for the eye is told apart all the same: lists are compared whole. */
	assert_int_equal(strlen(before), DIGEST_CHARS);
}

/* ---- the page ---- */

static cJSON *view(const struct snapshot *s, const struct marks *m, const char *choice, const char *q)
{
	return agents_view(s, m, choice, q, a);
}

static const cJSON *card_of(const cJSON *model, size_t i)
{
	return cJSON_GetArrayItem(json_array(model, "agents"), (int)i);
}

static const cJSON *row_of(const cJSON *card, const char *id)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, json_array(card, "rows"))
		if (str_eq(json_string(row, "id"), id))
			return row;
	fail_msg("no row %s", id);
	return NULL;
}

static void the_headline_counts_what_nobody_has_explained(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	struct marks m, broken = { .probe = { .reason = "marks.json is broken at line 1" } };
	CLEANUP_JSON cJSON *alike = view(s, &no_marks, NULL, NULL), *open, *intended, *one, *none, *unknown;

	(void)state;
	assert_string_equal(json_string(alike, "headline"), "Two agents, set up alike");
	settings(s, 1)->model = "gemini";
	open = view(s, &no_marks, NULL, NULL);
	assert_string_equal(json_string(open, "headline"), "Two agents, one difference nobody has explained");
	m = marked(s, "model");
	intended = view(s, &m, NULL, NULL);
	assert_string_equal(json_string(intended, "headline"), "Two agents, every difference intended");
	unknown = view(s, &broken, NULL, NULL);
	assert_string_equal(json_string(unknown, "headline"), "Two agents, one difference");
	assert_non_null(strstr(json_string(json_get(unknown, "differences"), "marksText"), "broken at line 1"));
	one = view(fact_snapshot(1, a), &no_marks, NULL, NULL);
	assert_string_equal(json_string(one, "headline"), "One agent");
	none = view(fact_snapshot(0, a), &no_marks, NULL, NULL);
	assert_string_equal(json_string(none, "headline"), "There are no agents to look at");
}

static void a_card_says_what_it_is_made_of_as_it_was_judged(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;
	const cJSON *card;

	(void)state;
	settings(s, 0)->approvals_mode = "off";
	set_mcp(settings(s, 0));
	m = view(s, &no_marks, "vijay", NULL);
	assert_int_equal(cJSON_GetArraySize(json_array(m, "agents")), 1);
	card = card_of(m, 0);
	assert_string_equal(json_string(card, "modelText"), "sonnet via openrouter");
	assert_string_equal(json_string(row_of(card, "approvals"), "status"), "critical");
	assert_string_equal(json_string(row_of(card, "mcpServers"), "word"), "github (http, off)");
	assert_string_equal(json_string(row_of(card, "memory"), "word"), "61 % of its limit");
	assert_string_equal(json_string(row_of(card, "skills"), "word"), "48 enabled");
	assert_string_equal(json_string(row_of(card, "keys"), "word"), "not compared");
	assert_string_equal(json_string(json_get(card, "facts"), "approvalsMode"), "off");
	/* The other one is still what it is compared with. */
	assert_int_equal(cJSON_GetArraySize(json_array(json_get(m, "differences"), "columns")), 2);
}

static void what_is_not_known_is_never_none(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;
	const cJSON *dark;
	bool flag = true;

	(void)state;
	fact_unread(&settings(s, 0)->probe, "config.yaml cannot be read: line 3");
	fact_dark(&s->instances[1], 10 * MINUTES);
	m = view(s, &no_marks, NULL, NULL);
	assert_string_equal(json_string(row_of(card_of(m, 0), "platforms"), "status"), "unknown");
	assert_non_null(strstr(json_string(row_of(card_of(m, 0), "platforms"), "detail"), "line 3"));
	assert_null(json_string(json_get(card_of(m, 0), "facts"), "model"));
	dark = card_of(m, 1);
	assert_null(json_get(dark, "facts"));
	assert_null(json_string(dark, "modelText"));
	assert_string_equal(json_string(row_of(dark, "exporter"), "status"), "unknown");
	assert_true(json_bool(json_get(m, "differences"), "hasRows", &flag));
	assert_false(flag);
	assert_non_null(strstr(json_string(json_get(m, "differences"), "emptyText"), "nothing can be compared"));
	assert_non_null(strstr(json_string(cJSON_GetArrayItem(json_array(json_get(m, "differences"), "notes"), 2), "text"),
			       "Bheem is not compared"));
}

static void skills_are_found_by_name_category_and_origin(void **state)
{
	static const char *const first[] = { "vat-check", "shopping" }, *const second[] = { "vat-check", "Tender-Watch" };
	static const struct {
		const char *q;
		int found;
	} cases[] = { { NULL, 3 }, { "", 3 }, { "vat", 1 }, { "TENDER", 1 }, { "finance", 3 }, { "LOCAL", 3 }, { "nothing", 0 }, { "%", 0 } };
	struct snapshot *s = fact_snapshot(2, a);

	(void)state;
	give_skills(s, 0, first, 2);
	give_skills(s, 1, second, 2);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_JSON cJSON *m = view(s, &no_marks, NULL, cases[i].q);
		const cJSON *skills = json_get(m, "skills");

		if (cJSON_GetArraySize(json_array(skills, "list")) != cases[i].found)
			fail_msg("\"%s\" finds %d", cases[i].q ? cases[i].q : "(null)", cJSON_GetArraySize(json_array(skills, "list")));
		assert_int_equal(json_string(skills, "emptyText") != NULL, cases[i].found == 0);
	}
}

static void one_skill_of_two_homes_is_one_row_that_names_both(void **state)
{
	static const char *const first[] = { "vat-check", "vat-check" }, *const second[] = { "vat-check" };
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;
	const cJSON *row;

	(void)state;
	give_skills(s, 0, first, 2); /* twice in one home: the first counts */
	give_skills(s, 1, second, 1);
	s->instances[1].report.agent.skills.list[0].enabled = TRI_NO;
	m = view(s, &no_marks, NULL, NULL);
	assert_int_equal(cJSON_GetArraySize(json_array(json_get(m, "skills"), "list")), 1);
	row = cJSON_GetArrayItem(json_array(json_get(m, "skills"), "list"), 0);
	assert_string_equal(json_string(row, "whoText"), "Vijay and Bheem (off)");
	assert_int_equal(cJSON_GetArraySize(json_array(row, "instances")), 2);
}

static void skills_that_could_not_be_read_are_said_to_be_missing(void **state)
{
	static const char *const names[] = { "vat-check" };
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL, *both = NULL;

	(void)state;
	give_skills(s, 0, names, 1);
	fact_unread(&s->instances[1].report.agent.skills.probe, "permission denied");
	m = view(s, &no_marks, NULL, NULL);
	assert_non_null(strstr(json_string(json_get(m, "skills"), "noteText"), "one instance could not be read"));
	fact_unread(&s->instances[0].report.agent.skills.probe, "permission denied");
	both = view(s, &no_marks, NULL, "vat");
	assert_string_equal(json_string(json_get(both, "skills"), "emptyText"), "Which skills there are could not be read.");
}

static void many_instances_are_told_by_value(void **state)
{
	struct snapshot *s = fact_snapshot(50, a);
	CLEANUP_JSON cJSON *m = NULL;
	const cJSON *row, *group;

	(void)state;
	settings(s, 7)->approvals_mode = settings(s, 9)->approvals_mode = "off";
	fact_unread(&settings(s, 11)->probe, "busy");
	m = view(s, &no_marks, NULL, NULL);
	assert_string_equal(json_string(m, "headline"), "50 agents, one difference nobody has explained");
	row = cJSON_GetArrayItem(json_array(json_get(m, "differences"), "rows"), 0);
	assert_int_equal(cJSON_GetArraySize(json_array(row, "groups")), 3);
	group = cJSON_GetArrayItem(json_array(row, "groups"), 0);
	assert_string_equal(json_string(group, "countText"), "47 instances");
	assert_null(json_string(group, "names"));
	group = cJSON_GetArrayItem(json_array(row, "groups"), 1);
	assert_string_equal(json_string(group, "text"), "off");
	assert_string_equal(json_string(group, "names"), "Agent 8 and Agent 10");
	group = cJSON_GetArrayItem(json_array(row, "groups"), 2);
	assert_string_equal(json_string(group, "text"), "not known");
}

/* ---- hostile and huge ---- */

static char *page_of(cJSON *m)
{
	struct tmpl_set *set = tmpl_set_new(top_path("templates"), true);
	struct buf out = BUF_INIT(4 * 1024 * 1024);
	struct tmpl_error err = { "" };
	cJSON *frame = json_add_object(m, "frame");

	json_add_bool(frame, "isAdmin", true);
	json_add_string(frame, "csrf", "CSRF");
	if (!tmpl_set_load(set, "agents", &err) || !tmpl_render(set, "agents", m, &out, &err))
		fail_msg("%s", err.text);
	tmpl_set_free(set);
	return buf_take(&out);
}

static size_t count_of(const char *page, const char *what)
{
	size_t n = 0;

	for (const char *p = page; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

/* Every text that a report may say, with one string in each. */
static struct snapshot *filled_with(const char *text)
{
	struct snapshot *s = fact_snapshot(2, a);

	for (size_t i = 0; i < 2; i++) {
		const char *t = i ? arena_printf(a, "%s!", text) : text;
		struct agent *x = &s->instances[i].report.agent;
		const char **names = arena_calloc(a, 1, sizeof(*names));
		const char *const skill[] = { t };

		names[0] = t;
		x->settings.model = x->settings.provider = x->settings.approvals_mode = x->settings.approvals_from =
			x->settings.approvals_cron = x->settings.timezone = t;
		x->settings.toolsets = names;
		x->settings.n_toolsets = 1;
		x->settings.mcp_servers = arena_calloc(a, 1, sizeof(struct mcp_server));
		x->settings.mcp_servers[0] = (struct mcp_server){ t, t, TRI_YES };
		x->settings.n_mcp_servers = 1;
		x->settings.platforms = arena_calloc(a, 1, sizeof(struct agent_platform));
		x->settings.platforms[0] = (struct agent_platform){ t, t, TRI_YES, TRI_YES };
		x->settings.n_platforms = 1;
		x->extensions = (struct extensions){ .probe = PROBED("hooks/"), .list = arena_calloc(a, 1, sizeof(struct extension)), .n_list = 1 };
		x->extensions.list[0] = (struct extension){ .kind = "hook", .name = t, .version = t };
		x->keys = (struct keys){ .probe = PROBED(".env"), .list = arena_calloc(a, 1, sizeof(struct key_print)), .n_list = 1 };
		x->keys.list[0] = (struct key_print){ t, "9c41b07e52aa13d8" };
		s->instances[i].report.hermes.version = t;
		give_skills(s, i, skill, 1);
		x->skills.list[0].category = x->skills.list[0].origin = t;
	}
	return s;
}

static void hostile_text_changes_no_element(void **state)
{
	static const char *const texts[] = { "<script>alert(1)</script>", "\"><img src=x onerror=1>", "{{frame.csrf}}", "</td></table>",
					     "a\xe2\x80\xae\nb", "&lt;", "'" };
	CLEANUP_JSON cJSON *plain_model = view(filled_with("plain"), &no_marks, NULL, NULL);
	CLEANUP_FREE char *plain_page = page_of(plain_model);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP_JSON cJSON *m = view(filled_with(texts[i]), &no_marks, NULL, NULL);
		CLEANUP_FREE char *page = page_of(m);

		assert_int_equal(count_of(page, "<"), count_of(plain_page, "<"));
		assert_int_equal(count_of(page, ">"), count_of(plain_page, ">"));
		assert_int_equal(count_of(page, "CSRF"), count_of(plain_page, "CSRF"));
	}
}

static void the_largest_reports_of_many_stay_below_an_answer(void **state)
{
	enum { INSTANCES = 200 };
	struct snapshot *s = fact_snapshot(INSTANCES, a);
	const char *names[100];
	CLEANUP_JSON cJSON *m = NULL;
	CLEANUP_FREE char *text = NULL, *page = NULL;

	(void)state;
	for (size_t i = 0; i < INSTANCES; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			names[k] = arena_printf(a, "skill-of-a-rather-long-name-%zu-%zu", k, k % 2 ? i : 0);
		give_skills(s, i, names, ARRAY_SIZE(names));
		settings(s, i)->model = settings(s, i)->timezone = settings(s, i)->provider = settings(s, i)->approvals_cron =
			arena_printf(a, "%060zu", i);
		settings(s, i)->toolsets = names;
		settings(s, i)->n_toolsets = ARRAY_SIZE(names);
	}
	m = view(s, &no_marks, NULL, NULL);
	text = json_print(m);
	page = page_of(m);
	if (strlen(text) > 1000000 || strlen(page) > 1000000)
		fail_msg("%zu bytes as JSON, %zu as a page", strlen(text), strlen(page));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_alike_is_not_listed),
		cmocka_unit_test(each_setting_that_differs_is_one_row_with_both_values),
		cmocka_unit_test(other_readings_are_compared_too),
		cmocka_unit_test(skills_are_compared_by_all_their_names_and_told_by_the_uncommon),
		cmocka_unit_test(what_could_not_be_read_is_compared_with_nothing),
		cmocka_unit_test(what_most_have_is_the_measure),
		cmocka_unit_test(a_mark_holds_for_its_values_and_for_no_others),
		cmocka_unit_test(a_new_instance_is_a_new_difference_a_silent_one_is_not),
		cmocka_unit_test(two_states_are_never_seen_as_one),
		cmocka_unit_test(the_headline_counts_what_nobody_has_explained),
		cmocka_unit_test(a_card_says_what_it_is_made_of_as_it_was_judged),
		cmocka_unit_test(what_is_not_known_is_never_none),
		cmocka_unit_test(skills_are_found_by_name_category_and_origin),
		cmocka_unit_test(one_skill_of_two_homes_is_one_row_that_names_both),
		cmocka_unit_test(skills_that_could_not_be_read_are_said_to_be_missing),
		cmocka_unit_test(many_instances_are_told_by_value),
		cmocka_unit_test(hostile_text_changes_no_element),
		cmocka_unit_test(the_largest_reports_of_many_stay_below_an_answer),
	};

	json_init();
	return cmocka_run_group_tests_name("agents", tests, setup, teardown);
}
