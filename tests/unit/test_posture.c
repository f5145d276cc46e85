/*
 * test_posture.c -- the posture pane: its sentence, its sections, its table, and a page of all of it.
 */
#include "test.h"

#include "base/buf.h"
#include "base/str.h"
#include "guard_facts.h"
#include "json/json.h"
#include "tmpl/tmpl.h"
#include "view/posture_view.h"

#define ANSWER_MAX (1 << 20)

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(512 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static const char *headline(const struct snapshot *s, const char *choice)
{
	CLEANUP_JSON cJSON *m = posture_view(s, choice, a);

	return arena_strdup(a, json_string(m, "headline"));
}

static const cJSON *section(const cJSON *m, const char *id)
{
	const cJSON *o;

	if (str_eq(json_string(json_object(m, "ourselves"), "id"), id))
		return json_object(m, "ourselves");
	cJSON_ArrayForEach(o, json_array(m, "sections"))
		if (str_eq(json_string(o, "id"), id))
			return o;
	return NULL;
}

static const cJSON *check(const cJSON *m, const char *section_id, const char *instance_id, const char *id)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, json_array(section(m, section_id), "checks"))
		if (str_eq(json_string(o, "id"), id) && str_eq(json_string(o, "instanceId"), instance_id))
			return o;
	fail_msg("there is no %s of %s in %s", id, instance_id, section_id);
	return NULL;
}

static struct settings *settings(struct snapshot *s, size_t i)
{
	return &s->instances[i].report.agent.settings;
}

static struct instance *instance(struct snapshot *s, size_t i)
{
	return (struct instance *)s->instances[i].instance;
}

/* ---- the sentence ---- */

static void the_sentence_says_whether_it_is_private_and_what_is_left(void **state)
{
	struct snapshot *s = fact_guarded_snapshot(2, a);

	(void)state;
	assert_string_equal(headline(s, NULL), "Private, and every guardrail holds");
	instance(s, 1)->decisions.n_list = 1;
	assert_string_equal(headline(s, NULL), "Private, with two things undecided");
	settings(s, 1)->approvals_mode = "off";
	assert_string_equal(headline(s, NULL), "Private, with one guardrail broken and two things undecided");
	s->host.report.listeners.list[2].reach = "public";
	assert_string_equal(headline(s, NULL), "Not private, with two guardrails broken and two things undecided");
}

static void a_headline_says_the_worst_and_the_line_below_what_else_there_is(void **state)
{
	struct snapshot *s = fact_guarded_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	instance(s, 1)->decisions.n_list = 1;
	settings(s, 1)->approvals_mode = "off";
	s->instances[1].report.backup_repo.head_at = NOW - 40 * HOURS;
	s->instances[0].report.credential.key_changed_at = 0;
	m = posture_view(s, NULL, a);
	assert_string_equal(json_string(m, "headline"), "Private, with one guardrail broken and two things undecided");
	assert_true(str_starts(json_string(m, "note"), "One thing uneven and one thing not known besides. The guardrails, checked every 30 s"));
}

static void what_is_not_known_is_never_called_private(void **state)
{
	struct snapshot *s = fact_guarded_snapshot(2, a);

	(void)state;
	fact_unread(&s->host.report.caddy.probe, "its admin socket cannot be reached");
	assert_string_equal(headline(s, NULL), "Whether it is private is not known: one thing not known");
	settings(s, 1)->approvals_mode = "off";
	assert_string_equal(headline(s, NULL), "One guardrail broken, and whether it is private is not known");
	s = fact_snapshot(2, a);
	assert_true(str_starts(headline(s, NULL), "Whether it is private is not known"));
	s->host.has_report = false;
	s->host.probe = (struct probe){ .reason = "no report" };
	assert_true(str_starts(headline(s, NULL), "Whether it is private is not known"));
}

static void of_one_instance_it_speaks_of_that_one_alone(void **state)
{
	struct snapshot *s = fact_guarded_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	assert_string_equal(headline(s, "bheem"), "Every guardrail of Bheem holds");
	s->instances[1].report.credential.pushed_by = "root";
	assert_string_equal(headline(s, "bheem"), "Bheem: one guardrail broken");
	assert_string_equal(headline(s, "vijay"), "Every guardrail of Vijay holds");
	m = posture_view(s, "bheem", a);
	assert_null(section(m, "reach"));
	assert_true(cJSON_IsFalse(json_get(json_object(m, "ourselves"), "hasChecks")));
	assert_string_equal(json_string(check(m, "credentials", "bheem", "guard.push"), "what"), "Root pushes this backup, and not uma");
	assert_non_null(strstr(json_string(m, "note"), "stands under All"));
}

/* ---- the checks ---- */

static void every_check_opens_to_its_evidence_and_the_worst_come_first(void **state)
{
	struct snapshot *s = fact_guarded_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;
	const cJSON *first, *o, *e;

	(void)state;
	settings(s, 1)->approvals_mode = "off";
	instance(s, 0)->decisions.n_list = 2;
	m = posture_view(s, NULL, a);
	first = json_array(section(m, "decisions"), "checks")->child;
	assert_string_equal(json_string(first, "what"), "Bheem: Approvals");
	assert_string_equal(json_string(first, "word"), "broken");
	assert_string_equal(json_string(first, "cause"), "approvals");
	assert_string_equal(json_string(first->next, "what"), "Vijay: Masking of personal data");
	assert_string_equal(json_string(first->next, "why"), "config.yaml says true; no decision is recorded");
	assert_string_equal(json_string(first->next, "runbookHref"), "/hermes/runbook#guard.redact-pii");
	cJSON_ArrayForEach(o, json_array(m, "sections"))
		cJSON_ArrayForEach(e, json_array(o, "checks")) {
			assert_non_null(json_string(json_object(e, "evidence"), "value"));
			assert_non_null(json_string(json_object(e, "evidence"), "rule"));
		}
	assert_int_equal(json_object(m, "counts") != NULL, 1);
	assert_string_equal(json_string(check(m, "credentials", "host", "guard.parity.drills"), "word"), "none");
}

/* ---- the table ---- */

static void the_table_has_what_systemd_says_and_what_an_exporter_found_out(void **state)
{
	struct snapshot *s = fact_guarded_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL, *one = NULL;
	const cJSON *rows, *own;

	(void)state;
	s->instances[0].report.exporter.flavour = "user timer";
	s->instances[0].report.sandbox.homes_are_hidden = TRI_NO;
	s->host.report.own_units.list[0].loose = 1;
	s->host.report.own_units.list[0].loose_names = "PrivateNetwork";
	m = posture_view(s, NULL, a);
	rows = json_array(json_object(m, "surface"), "rows");
	assert_int_equal(cJSON_GetArraySize(rows), 3);
	assert_string_equal(json_string(cJSON_GetArrayItem(rows, 0), "loosenedNames"), "PrivateNetwork");
	assert_string_equal(json_string(cJSON_GetArrayItem(rows, 1), "instanceId"), "bheem");
	own = cJSON_GetArrayItem(rows, 2);
	assert_string_equal(json_string(own, "process"), "Exporter of Vijay");
	assert_string_equal(json_string(own, "reads"), "whatever its user may");
	assert_string_equal(json_string(own, "loosenedText"), "user timer");
	one = posture_view(s, "bheem", a);
	rows = json_array(json_object(one, "surface"), "rows");
	assert_int_equal(cJSON_GetArraySize(rows), 1);
	assert_string_equal(json_string(rows->child, "process"), "Exporter of Bheem");
}

static void without_units_the_table_says_why(void **state)
{
	struct snapshot *s = fact_guarded_snapshot(1, a);
	CLEANUP_JSON cJSON *m = NULL, *dark = NULL;

	(void)state;
	s->host.report.own_units = (struct own_units){ .probe = { .state = PROBE_INACTIVE, .reason = "no unit of ours" } };
	m = posture_view(s, NULL, a);
	assert_non_null(strstr(json_string(json_object(m, "surface"), "emptyText"), "not installed as units"));
	fact_unread(&s->host.probe, "too old");
	dark = posture_view(s, NULL, a);
	assert_non_null(strstr(json_string(json_object(dark, "surface"), "emptyText"), "no fresh report"));
}

/* ---- the page ---- */

static void the_page_renders_in_strict_mode_and_stays_small_whatever_is_known(void **state)
{
	struct snapshot *dark = fact_guarded_snapshot(2, a), *none = fact_snapshot(0, a);
	const struct snapshot *all[] = { fact_guarded_snapshot(2, a), fact_snapshot(1, a), dark, none, fact_guarded_snapshot(20, a),
					 fact_guarded_snapshot(300, a) };
	struct tmpl_set *set = tmpl_set_new(top_path("templates"), /* strict= */ true);
	struct tmpl_error err;

	(void)state;
	fact_dark(&dark->instances[0], 5 * HOURS);
	dark->host.has_report = false;
	dark->host.probe = (struct probe){ .reason = "<script>broken" };
	if (!tmpl_set_load(set, "posture", &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(8 << 20);
		CLEANUP_JSON cJSON *m = posture_view(all[i], NULL, a);
		CLEANUP_FREE char *printed = json_print(m);

		if (!tmpl_render(set, "posture", m, &out, &err))
			fail_msg("%s", err.text);
		assert_null(strstr(out.data, "<script"));
		assert_true(out.len < ANSWER_MAX);
		assert_true(strlen(printed) < ANSWER_MAX);
	}
	tmpl_set_free(set);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_sentence_says_whether_it_is_private_and_what_is_left),
		T(a_headline_says_the_worst_and_the_line_below_what_else_there_is),
		T(what_is_not_known_is_never_called_private),
		T(of_one_instance_it_speaks_of_that_one_alone),
		T(every_check_opens_to_its_evidence_and_the_worst_come_first),
		T(the_table_has_what_systemd_says_and_what_an_exporter_found_out),
		T(without_units_the_table_says_why),
		T(the_page_renders_in_strict_mode_and_stays_small_whatever_is_known),
	};

	json_init();
	return RUN_TESTS("posture", tests);
}
