#include "test.h"

#include "base/str.h"
#include "json/json.h"
#include "tmpl/tmpl.h"
#include "view/facts.h"
#include "view/overview_view.h"
#include "view/verdict.h"
#include "view_facts.h"

#define PAGE_MAX (1024 * 1024) /* what the web layer lets pass */

static struct arena *a;
static struct tmpl_set *templates;

/* ---- what a person reads first ---- */

static void fail_cron(struct snapshot *s, size_t i)
{
	s->instances[i].report.cron.jobs[1].last_status = "error";
	s->instances[i].report.cron.jobs[1].failure_streak = 3;
}

static void stop(struct snapshot *s, size_t i, const char *at_boot)
{
	struct unit *u = &s->instances[i].report.gateway_unit;

	u->probe.state = PROBE_INACTIVE;
	u->active_state = "inactive";
	u->unit_file_state = at_boot;
	s->instances[i].report.gateway.pid_state = PID_NONE;
}

static void late_backup(struct snapshot *s, size_t i)
{
	s->instances[i].report.backup_repo.head_at = NOW - 33 * HOURS;
}

static void unread_dashboard(struct snapshot *s, size_t i)
{
	fact_unread(&s->instances[i].report.dashboard_unit.probe, "timed out after 2 s");
}

static void well(struct snapshot *s) { (void)s; }
static void two_problems(struct snapshot *s) { fail_cron(s, 1); late_backup(s, 1); unread_dashboard(s, 1); }
static void one_unread(struct snapshot *s) { unread_dashboard(s, s->n_instances - 1); }
static void three_unread(struct snapshot *s) { one_unread(s); fact_unread(&s->instances[0].report.sessions.probe, "locked");
					       fact_unread(&s->host.report.disk.probe, "timed out"); }
static void last_dark(struct snapshot *s) { fact_dark(&s->instances[s->n_instances - 1], 5 * MINUTES); }
static void all_dark(struct snapshot *s) { for (size_t i = 0; i < s->n_instances; i++) fact_dark(&s->instances[i], 5 * MINUTES); }
static void five_dark(struct snapshot *s) { for (size_t i = 0; i < 5; i++) fact_dark(&s->instances[i], 5 * MINUTES); }
static void last_stopped(struct snapshot *s) { stop(s, s->n_instances - 1, "enabled"); }
static void both_stopped(struct snapshot *s) { stop(s, 0, "enabled"); stop(s, 1, "enabled"); }
static void last_off(struct snapshot *s) { stop(s, s->n_instances - 1, "disabled"); }
static void all_off(struct snapshot *s) { for (size_t i = 0; i < s->n_instances; i++) stop(s, i, "disabled"); }
static void unsure(struct snapshot *s)
{
	struct instance_report *r = &s->instances[1].report;

	fact_unread(&r->gateway_unit.probe, "no bus");
	fact_unread(&r->dashboard_unit.probe, "no bus");
	r->gateway.pid_state = PID_UNKNOWN;
}
static void dark_and_problem(struct snapshot *s) { last_dark(s); late_backup(s, 0); }
static void full_disk(struct snapshot *s) { s->host.report.disk.available_bytes = 0; }
static void note(struct snapshot *s) { s->discovery_note = "Looked into: root, uma."; }
static void many_troubles(struct snapshot *s) { for (size_t i = 0; i < 12; i++) fail_cron(s, i); }
static void two_bad_jobs(struct snapshot *s) { fail_cron(s, 0); s->instances[0].report.cron.jobs[0].last_status = "error"; }

static void verdict_says_the_worst_first_in_plain_words(void **state)
{
	static const struct {
		size_t n;
		void (*spoil)(struct snapshot *s);
		const char *sentence;
		const char *detail;
		enum status status;
	} rows[] = {
		{ 1, well, "All is well. Vijay is running.", "Vijay is healthy.", STATUS_OK },
		{ 2, well, "All is well. Both instances are running.", "Vijay and Bheem are healthy.", STATUS_OK },
		{ 3, well, "All is well. All three instances are running.", "Vijay, Bheem and Agent 3 are healthy.", STATUS_OK },
		{ 50, well, "All is well. All 50 instances are running.", "50 of 50 are healthy.", STATUS_OK },
		{ 2, two_problems, "Two things need you. Both instances are running.",
		  "Vijay is healthy. Bheem has a late backup and a failing cron job; one reading could not be taken.",
		  STATUS_CRITICAL },
		{ 2, one_unread, "One reading could not be taken. Both instances are running.",
		  "Vijay is healthy. Bheem has one reading that could not be taken.", STATUS_UNKNOWN },
		{ 2, three_unread, "Three readings could not be taken. Both instances are running.",
		  "Vijay has one reading that could not be taken. Bheem has one reading that could not be taken. This machine "
		  "has one reading that could not be taken.", STATUS_UNKNOWN },
		{ 1, last_dark, "Nothing is known about Vijay: its exporter has not reported for 5 min.", NULL, STATUS_UNKNOWN },
		{ 2, last_dark, "Nothing is known about Bheem: its exporter has not reported for 5 min. Vijay is running.",
		  "Vijay is healthy.", STATUS_UNKNOWN },
		{ 2, all_dark, "Nothing is known about either instance: no exporter has reported.", NULL, STATUS_UNKNOWN },
		{ 50, all_dark, "Nothing is known about any of the 50 instances: no exporter has reported.", NULL, STATUS_UNKNOWN },
		{ 50, five_dark, "Nothing is known about five of the 50 instances. The other 45 are running.",
		  "45 of 50 are healthy.", STATUS_UNKNOWN },
		{ 1, last_stopped, "One thing needs you. Vijay is not running.", "Vijay has a stopped gateway.", STATUS_CRITICAL },
		{ 2, last_stopped, "One thing needs you. Vijay is running, Bheem is not.",
		  "Vijay is healthy. Bheem has a stopped gateway.", STATUS_CRITICAL },
		{ 2, both_stopped, "Two things need you. Neither instance is running.",
		  "Vijay has a stopped gateway. Bheem has a stopped gateway.", STATUS_CRITICAL },
		{ 50, last_stopped, "One thing needs you. 49 of 50 instances are running.",
		  "49 of 50 are healthy. Agent 50 has a stopped gateway.", STATUS_CRITICAL },
		{ 2, last_off, "All is well. Vijay is running, Bheem is switched off.", "Vijay is healthy.", STATUS_OK },
		{ 1, last_off, "All is well. Vijay is switched off.", NULL, STATUS_OK },
		{ 2, all_off, "All is well. Both instances are switched off.", NULL, STATUS_OK },
		{ 8, all_off, "All is well. All eight instances are switched off.", NULL, STATUS_OK },
		{ 2, unsure, "One reading could not be taken. Vijay is running; whether Bheem is, is not known.",
		  "Vijay is healthy. Bheem has one reading that could not be taken.", STATUS_UNKNOWN },
		{ 2, dark_and_problem, "One thing needs you. Nothing is known about Bheem: its exporter has not reported for "
		  "5 min. Vijay is running.", "Vijay has a late backup.", STATUS_WARN },
		{ 2, full_disk, "One thing needs you. Both instances are running.",
		  "Vijay and Bheem are healthy. This machine has a disk that is nearly full.", STATUS_CRITICAL },
		{ 0, well, "No Hermes instance was found on this machine.",
		  "The configuration names none, and no home was found to look into.", STATUS_OFF },
		{ 0, note, "No Hermes instance was found on this machine.", "Looked into: root, uma.", STATUS_OFF },
		{ 0, full_disk, "One thing needs you. No Hermes instance was found on this machine.",
		  "The configuration names none, and no home was found to look into.", STATUS_CRITICAL },
		{ 50, many_troubles, "12 things need you. All 50 instances are running.",
		  "38 of 50 are healthy. Vijay has a failing cron job. Bheem has a failing cron job. Agent 3 has a failing cron "
		  "job. Nine need a look too.", STATUS_CRITICAL },
		{ 1, two_bad_jobs, "Two things need you. Vijay is running.", "Vijay has two failing cron jobs.", STATUS_CRITICAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct snapshot *s = fact_snapshot(rows[i].n, a);
		const struct verdict *v;

		rows[i].spoil(s);
		v = verdict_of(s, NULL, a);
		if (!str_eq(v->sentence, rows[i].sentence) || !str_eq(v->detail, rows[i].detail) ||
		    v->status != rows[i].status)
			fail_msg("row %zu: %s\n  \"%s\"\n  \"%s\"", i, status_name(v->status), v->sentence,
				 v->detail ? v->detail : "(none)");
	}
}

static void choice_covers_one_instance_and_not_the_machine(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	two_problems(s);
	full_disk(s);
	m = overview_view(s, "vijay", NULL, a);
	assert_string_equal(json_string(json_object(m, "verdict"), "sentence"), "All is well. Vijay is running.");
	assert_null(json_get(m, "host"));
	assert_int_equal(cJSON_GetArraySize(json_array(m, "instances")), 1);
	assert_int_equal(cJSON_GetArraySize(json_array(m, "attention")), 0);
	assert_int_equal(cJSON_GetArraySize(json_array(m, "latest")), 3);
	for (const cJSON *w = json_array(m, "latest")->child; w; w = w->next)
		assert_string_equal(json_string(w, "instanceId"), "vijay");
}

static void attention_is_worst_first_and_names_its_instance(void **state)
{
	static const char *const ids[] = { "bheem/cron.a0b1c2d3e4f5", "bheem/backup.age", "bheem/dashboard" };
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;
	size_t i = 0;

	(void)state;
	two_problems(s);
	m = overview_view(s, NULL, NULL, a);
	for (const cJSON *t = json_array(m, "attention")->child; t; t = t->next, i++) {
		assert_true(i < ARRAY_SIZE(ids));
		assert_string_equal(json_string(t, "id"), ids[i]);
		assert_string_equal(json_string(t, "instanceId"), "bheem");
		assert_string_equal(json_string(t, "instanceLabel"), "Bheem");
	}
	assert_int_equal(i, 3);
	assert_string_equal(json_string(m, "title"), "(2) Overview");
}

static void latest_work_is_newest_first_across_instances(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;
	const cJSON *list;
	const char *last = "9999";

	(void)state;
	s->instances[1].report.sessions.latest[0].started_at -= 60;
	m = overview_view(s, NULL, NULL, a);
	list = json_array(m, "latest");
	assert_int_equal(cJSON_GetArraySize(list), 6);
	for (const cJSON *w = list->child; w; w = w->next) {
		assert_true(strcmp(json_string(w, "startedAt"), last) <= 0);
		last = json_string(w, "startedAt");
	}
	assert_string_equal(json_string(cJSON_GetArrayItem(list, 0), "state"), "active");
	assert_string_equal(json_string(cJSON_GetArrayItem(list, 1), "instanceId"), "bheem");
}

static void what_is_not_known_to_run_is_not_counted_as_stopped(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	s->instances[1].has_report = false;
	s->instances[1].probe = (struct probe){ .reason = "its exporter has not published anything yet" };
	m = overview_view(s, NULL, NULL, a);
	assert_string_equal(json_string(m, "rollUp"), "1 of 2 running, 1 not known · 1 of 2 healthy");
}

static void untitled_cron_run_has_the_name_of_its_job(void **state)
{
	static const struct {
		const char *id, *title;
	} cases[] = {
		{ "cron_4f2d752e4335_20260329_174100", "morning-brief" },
		{ "cron_4f2d752e4335", NULL },
		{ "cron_ffffffffffff_20260329_174100", NULL },
		{ "4f2d752e4335_20260329_174100", NULL },
		{ NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot *s = fact_snapshot(1, a);
		CLEANUP_JSON cJSON *m = NULL;
		const cJSON *first;
		const char *title;

		s->instances[0].report.sessions.n_latest = 1;
		s->instances[0].report.sessions.latest[0].id = cases[i].id;
		s->instances[0].report.sessions.latest[0].title = NULL;
		m = overview_view(s, NULL, NULL, a);
		first = json_array(m, "latest")->child;
		title = json_string(first, "title");
		if (cases[i].title)
			assert_string_equal(title, cases[i].title);
		else
			assert_null(title);
		assert_int_equal(cJSON_IsTrue(json_get(first, "isUntitled")), cases[i].title == NULL);
	}
}

static void list_that_could_not_be_read_does_not_look_empty(void **state)
{
	struct snapshot *s = fact_snapshot(1, a);
	CLEANUP_JSON cJSON *unread = NULL;
	CLEANUP_JSON cJSON *empty = NULL;

	(void)state;
	s->instances[0].report.sessions.n_latest = 0;
	empty = overview_view(s, NULL, NULL, a);
	assert_non_null(json_string(empty, "latestEmpty"));
	fact_unread(&s->instances[0].report.sessions.probe, "locked");
	unread = overview_view(s, NULL, NULL, a);
	assert_null(json_string(unread, "latestEmpty"));
	assert_non_null(strstr(json_string(json_array(unread, "latestNotes")->child, "text"), "locked"));
}

static void dead_report_cannot_say_that_work_is_active(void **state)
{
	struct snapshot *s = fact_snapshot(1, a);
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	last_dark(s);
	m = overview_view(s, NULL, NULL, a);
	assert_string_equal(json_string(json_array(m, "latest")->child, "state"), "unknown");
	assert_string_equal(json_string(json_array(m, "latest")->child->next, "state"), "ended");
}

/* Whatever a copied command contains, a shell must read it as plain words. */
static void commands_to_copy_hold_nothing_that_a_shell_would_obey(void **state)
{
	static const char *const hostile[] = {
		"vm; rm -rf ~", "$(reboot)", "`id`", "a b", "-oProxyCommand=x", "-v", "a\nb", "a'b", "a\"b", "a|b", "a&b", "", "ü",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct snapshot *s = fact_snapshot(1, a);
		struct instance *in = (struct instance *)s->instances[0].instance;
		CLEANUP_JSON cJSON *m = NULL;

		s->host.report.hostname = hostile[i];
		in->gateway.unit = hostile[i];
		in->user = hostile[i];
		in->gateway.scope = UNIT_SCOPE_USER;
		m = overview_view(s, NULL, NULL, a);
		if (json_array(json_array(m, "instances")->child, "actions")->child)
			fail_msg("%s: a command was made of it", hostile[i]);
	}
}

static const char *action(const cJSON *model, const char *id)
{
	for (const cJSON *x = json_array(json_array(model, "instances")->child, "actions")->child; x; x = x->next)
		if (str_eq(json_string(x, "id"), id))
			return json_string(x, "command");
	return NULL;
}

static void commands_fit_the_scope_of_the_unit(void **state)
{
	struct snapshot *s = fact_snapshot(1, a);
	struct instance *in = (struct instance *)s->instances[0].instance;
	CLEANUP_JSON cJSON *system = overview_view(s, NULL, NULL, a);
	CLEANUP_JSON cJSON *user = NULL;

	(void)state;
	in->gateway.scope = UNIT_SCOPE_USER;
	user = overview_view(s, NULL, NULL, a);
	assert_string_equal(action(system, "tunnel"), "ssh -N -L 9120:127.0.0.1:9120 vm-01");
	assert_string_equal(action(system, "restart"), "systemctl restart hermes-gateway.service");
	assert_string_equal(action(user, "restart"), "systemctl --user -M uma@ restart hermes-gateway.service");
}

/* ---- the page ---- */

static void render(const cJSON *model, struct buf *out)
{
	struct tmpl_error err;

	if (!tmpl_render(templates, "overview", model, out, &err))
		fail_msg("%s", err.text);
	assert_false(out->overflow);
}

static void no_platforms(struct snapshot *s) { s->instances[0].report.gateway.n_platforms = 0; }
static void no_sessions(struct snapshot *s) { s->instances[0].report.sessions.n_latest = 0; }
static void nothing_read(struct snapshot *s)
{
	for (size_t i = 0; i < s->n_instances; i++) {
		s->instances[i].has_report = false;
		s->instances[i].probe = (struct probe){ 0 };
		s->instances[i].report = (struct instance_report){ 0 };
	}
	s->host = (struct host_snapshot){ 0 };
}
static void empty_reports(struct snapshot *s)
{
	for (size_t i = 0; i < s->n_instances; i++)
		s->instances[i].report = (struct instance_report){ .generated_at = NOW };
	s->host.report = (struct host_report){ .generated_at = NOW };
}
static void sixty_platforms(struct snapshot *s)
{
	struct gateway *g = &s->instances[0].report.gateway;

	g->platforms = arena_calloc(a, 60, sizeof(struct platform));
	g->n_platforms = 60;
	for (size_t i = 0; i < 60; i++)
		g->platforms[i] = (struct platform){ .name = arena_printf(a, "p%zu", i), .state = i == 50 ? "fatal" : "connected" };
}

/* Every name that the templates use must be there, whatever the facts: the set is strict. */
static void templates_find_every_name_in_models_of_all_shapes(void **state)
{
	static void (*const spoils[])(struct snapshot *) = {
		well, two_problems, one_unread, last_dark, all_dark, last_stopped, last_off, full_disk, no_platforms, no_sessions,
		nothing_read, empty_reports, sixty_platforms,
	};
	static const size_t sizes[] = { 1, 2, 12, 13, 50 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(spoils); i++)
		for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
			CLEANUP(buf_done) struct buf html = BUF_INIT(PAGE_MAX);
			struct snapshot *s = fact_snapshot(sizes[k] < 2 ? 2 : sizes[k], a);
			CLEANUP_JSON cJSON *m = NULL;

			spoils[i](s);
			m = overview_view(s, sizes[k] < 2 ? "vijay" : NULL, NULL, a);
			render(m, &html);
			arena_reset(a);
		}
}

static void page_without_instances_says_why_and_what_to_do(void **state)
{
	CLEANUP(buf_done) struct buf html = BUF_INIT(PAGE_MAX);
	struct snapshot *s = fact_snapshot(0, a);
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	note(s);
	m = overview_view(s, NULL, NULL, a);
	render(m, &html);
	assert_non_null(strstr(html.data, "Looked into: root, uma."));
	assert_non_null(strstr(html.data, "make demo"));
	assert_null(strstr(html.data, "Latest work"));
}

/* The worst that 200 instances can send: everything broken, every text at its full length. */
static void page_and_json_stay_within_a_mebibyte(void **state)
{
	CLEANUP(buf_done) struct buf html = BUF_INIT(PAGE_MAX);
	struct snapshot *s = fact_snapshot(200, a);
	char *big = arena_alloc(a, 5001);
	CLEANUP_JSON cJSON *m = NULL;
	CLEANUP_FREE char *json = NULL;

	(void)state;
	memset(big, '<', 5000);
	for (size_t i = 0; i < s->n_instances; i++) {
		struct instance_report *r = &s->instances[i].report;

		fact_unread(&r->gateway_unit.probe, big);
		r->gateway.pid_state = PID_UNKNOWN;
		fact_unread(&r->dashboard_unit.probe, "another reason");
		fact_unread(&r->backup_repo.probe, big);
		fact_unread(&r->sessions.probe, big);
		fact_unread(&r->cron.probe, big);
		r->sessions.latest[0].title = big;
	}
	m = overview_view(s, NULL, NULL, a);
	json = json_print(m);
	assert_true(strlen(json) < PAGE_MAX);
	render(m, &html);
}

/* The names of all elements and attributes, in order: the skeleton that no text may change. */
static char *skeleton(const char *html)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(PAGE_MAX);

	for (const char *p = strchr(html, '<'); p; p = strchr(p, '<')) {
		bool quoted = false;

		for (; *p && (quoted || *p != '>'); p++) {
			if (*p == '"')
				quoted = !quoted;
			if (!quoted)
				buf_addc(&out, *p);
		}
		buf_addc(&out, '>');
	}
	return arena_strdup(a, buf_str(&out));
}

/* Puts one text into every field that an instance, or the machine, can fill. */
static struct snapshot *with_text(const char *t)
{
	struct snapshot *s = fact_snapshot(2, a);
	struct instance_report *r = &s->instances[1].report;
	struct instance *in = (struct instance *)s->instances[0].instance;

	fail_cron(s, 1);
	last_stopped(s);
	in->label = in->user = in->hermes_home = in->dashboard.unit = t;
	s->instances[0].report.gateway.platforms[0] = (struct platform){ .name = t, .state = t, .error_message = t, .error_code = t };
	s->instances[0].report.gateway.state = t;
	r->gateway_unit.active_state = r->gateway_unit.sub_state = r->gateway_unit.result = t;
	r->gateway_unit.probe.source = r->gateway.probe.source = t;
	fact_unread(&r->dashboard_unit.probe, t);
	fact_unread(&r->backup_repo.probe, t);
	r->backup_timer.service_result = r->backup_timer.service = r->backup_timer.active_state = t;
	r->cron.jobs[1].name = r->cron.jobs[1].id = r->cron.jobs[1].last_error = r->cron.jobs[1].schedule = t;
	r->cron.jobs[0].last_status = t;
	r->exporter.flavour = r->exporter.user = r->hermes.version = t;
	for (size_t i = 0; i < r->sessions.n_latest; i++)
		r->sessions.latest[i].title = r->sessions.latest[i].source = r->sessions.latest[i].model = t;
	s->host.report.hostname = s->host.report.disk.mount = s->host.report.tailscale.address = t;
	s->host.report.tailscale.interface = t;
	s->discovery_note = t;
	/* Whether a command can be offered depends on the text; that is another test's matter. */
	in->dashboard_port = 0;
	((struct instance *)s->instances[1].instance)->dashboard_port = 0;
	return s;
}

static void check_hostile(const char *t, const char *wanted)
{
	CLEANUP(buf_done) struct buf html = BUF_INIT(PAGE_MAX);
	CLEANUP_JSON cJSON *m = overview_view(with_text(t), NULL, NULL, a);
	CLEANUP_JSON cJSON *again = NULL;
	CLEANUP_FREE char *json = json_print(m);
	struct json_error err;

	render(m, &html);
	if (strcmp(skeleton(html.data), wanted) != 0)
		fail_msg("this text changes the page: %s", t);
	again = json_parse(json, strlen(json), JSON_STRICT, &err);
	if (!again)
		fail_msg("the JSON cannot be read back (%s) with this text: %s", err.what, t);
	assert_true(cJSON_Compare(m, again, 1));
	arena_reset(a);
}

/* A text of which nothing is left once it is cleaned is another page: its row is not there. */
static bool is_visible(const char *t)
{
	const char *clean = str_clean(a, t, strlen(t), 400);

	return strspn(clean, " .;") < strlen(clean);
}

static void check_hostile_list(const char *path, const char *wanted)
{
	size_t n;
	CLEANUP_FREE char *text = read_all(path, &n);
	struct json_error err;
	CLEANUP_JSON cJSON *list = json_parse(text, n, JSON_REPLACE_BAD_UTF8, &err);
	size_t seen = 0;

	assert_non_null(list);
	for (const cJSON *t = list->child; t; t = t->next)
		if (cJSON_IsString(t) && is_visible(t->valuestring)) {
			check_hostile(t->valuestring, wanted);
			seen++;
		}
	assert_true(seen > 300);
}

static char *harmless_skeleton(void)
{
	CLEANUP(buf_done) struct buf html = BUF_INIT(PAGE_MAX);
	CLEANUP_JSON cJSON *m = overview_view(with_text("harmless words"), NULL, NULL, a);
	char *copy;

	render(m, &html);
	copy = strdup(skeleton(html.data));
	assert_non_null(copy);
	return copy;
}

static void no_text_of_an_instance_changes_the_page(void **state)
{
	static const char *const own[] = {
		"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onclick='alert(1)", "</details></article></section>",
		"{{verdict}} {{{content}}} {{> page}} {{#x}}", "<!-- ", "]]>", "&lt;b&gt;", "javascript:alert(1)", "x\" data-act=\"copy",
		"\x1b[31mred\x1b[0m", "broken \xff\xfe utf-8 \xc3", ("\xe2\x80\xae" "desrever"), "a\nb\tc\rd", "</title><h1>",
	};
	CLEANUP_FREE char *wanted = harmless_skeleton();

	(void)state;
	assert_null(strstr(wanted, "<script"));
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		check_hostile(own[i], wanted);
}

static void naughty_strings_do_not_change_the_page(void **state)
{
	const char *list = shared_path("vectors/naughty-strings/blns.json"); /* may skip: nothing is held yet */
	CLEANUP_FREE char *wanted = harmless_skeleton();

	(void)state;
	check_hostile_list(list, wanted);
}

static void xss_payloads_do_not_change_the_page(void **state)
{
	const char *list = shared_path("vectors/xss-payloads/xss.json"); /* may skip: nothing is held yet */
	CLEANUP_FREE char *wanted = harmless_skeleton();

	(void)state;
	check_hostile_list(list, wanted);
}

static void title_is_shown_as_it_is(void **state)
{
	CLEANUP(buf_done) struct buf html = BUF_INIT(PAGE_MAX);
	struct snapshot *s = fact_snapshot(1, a);
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	s->instances[0].report.sessions.latest[0].title = "<b>\"Q&A\"</b>";
	m = overview_view(s, NULL, NULL, a);
	assert_string_equal(json_string(json_array(m, "latest")->child, "title"), "<b>\"Q&A\"</b>");
	render(m, &html);
	assert_non_null(strstr(html.data, "&lt;b&gt;&quot;Q&amp;A&quot;&lt;/b&gt;"));
}

/* The frame has its own names; a pane's model must not be needed for it. */
static void page_frame_renders_for_strangers_and_for_users(void **state)
{
	(void)state;
	for (int signed_in = 0; signed_in < 2; signed_in++) {
		CLEANUP(buf_done) struct buf html = BUF_INIT(PAGE_MAX);
		CLEANUP_JSON cJSON *m = cJSON_CreateObject();
		cJSON *f = json_add_object(m, "frame");
		cJSON *item = cJSON_CreateObject(), *asked;
		struct tmpl_error err;
		static const char *const texts[] = { "title", "status", "version", "path", "generatedAt", "generatedText", "user", "role",
						     "csrf", "allHref", "selfHref", "partHref", "apiHref", "choice" };

		json_add_string(m, "content", "<p class=\"inner\">inner</p>");
		for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
			json_add_string(f, texts[i], "x\"<>");
		json_add_bool(f, "isSignedIn", signed_in);
		json_add_bool(f, "isSample", true);
		json_add_bool(f, "hasSwitch", true);
		json_add_bool(f, "isAll", true);
		json_add_bool(f, "canAsk", true);
		json_add_bool(f, "isAdmin", true);
		asked = json_add_object(f, "asked");
		json_add_bool(asked, "isWaiting", true);
		json_add_bool(asked, "isLate", true);
		json_add_string(asked, "text", "<asked>");
		json_add_string(item, "href", "/hermes?a=1&b=2");
		json_add_string(item, "label", "</nav>");
		json_add_string(item, "fullLabel", "</nav> / \"x\"");
		json_add_string(item, "icon", "overview");
		json_add_string(item, "key", "<o>");
		json_add_bool(item, "isCurrent", true);
		json_add_string(item, "badge", "<9+>");
		json_add_string(item, "badgeStatus", "warn");
		json_append(json_add_array(f, "nav"), item);
		json_append(json_add_array(f, "instances"), cJSON_Duplicate(item, 1));
		if (!tmpl_render(templates, "page", m, &html, &err))
			fail_msg("%s", err.text);
		assert_non_null(strstr(html.data, "<p class=\"inner\">inner</p>"));
		assert_non_null(strstr(html.data, "Sample data"));
		assert_non_null(strstr(html.data, "noindex"));
		assert_int_equal(strstr(html.data, "/logout") != NULL, signed_in);
		assert_int_equal(strstr(html.data, "<dialog") != NULL, signed_in);
		assert_null(strstr(html.data, "</nav></a>"));
		assert_null(strstr(html.data, "style="));
	}
}

static int set_up(void **state)
{
	struct tmpl_error err;

	(void)state;
	a = arena_new(256 << 20);
	templates = tmpl_set_new(top_path("templates"), true);
	if (tmpl_set_load(templates, "overview", &err) && tmpl_set_load(templates, "page", &err))
		return 0;
	print_error("%s\n", err.text);
	return -1;
}

static int tear_down(void **state)
{
	(void)state;
	tmpl_set_free(templates);
	arena_free(a);
	return 0;
}

/* ---- what an ETag stands for ---- */

static void newer(struct snapshot *s) { s->instances[1].report.generated_at++; }
static void again(struct snapshot *s) { s->instances[0].report.exporter.took_us++; }
static void newer_host(struct snapshot *s) { s->host.report.generated_at++; }
static void other_reason(struct snapshot *s) { s->instances[0].probe.reason = "report.json is broken at line 3"; }
static void other_note(struct snapshot *s) { s->discovery_note = "/home/x cannot be looked into"; }
static void made_up(struct snapshot *s) { s->is_sample = !s->is_sample; }

static void facts_differ_with_the_evidence_and_not_with_the_time(void **state)
{
	void (*const changes[])(struct snapshot *) = { newer, again, newer_host, last_dark, other_reason, other_note, made_up };
	struct snapshot *later = fact_snapshot(2, a);
	const char *facts = snapshot_facts(fact_snapshot(2, a), a);

	(void)state;
	later->now += 5;
	assert_string_equal(snapshot_facts(later, a), facts);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct snapshot *s = fact_snapshot(2, a);

		changes[i](s);
		if (str_eq(snapshot_facts(s, a), facts))
			fail_msg("change %zu is not seen", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdict_says_the_worst_first_in_plain_words),
		cmocka_unit_test(facts_differ_with_the_evidence_and_not_with_the_time),
		cmocka_unit_test(choice_covers_one_instance_and_not_the_machine),
		cmocka_unit_test(attention_is_worst_first_and_names_its_instance),
		cmocka_unit_test(what_is_not_known_to_run_is_not_counted_as_stopped),
		cmocka_unit_test(untitled_cron_run_has_the_name_of_its_job),
		cmocka_unit_test(latest_work_is_newest_first_across_instances),
		cmocka_unit_test(list_that_could_not_be_read_does_not_look_empty),
		cmocka_unit_test(dead_report_cannot_say_that_work_is_active),
		cmocka_unit_test(commands_to_copy_hold_nothing_that_a_shell_would_obey),
		cmocka_unit_test(commands_fit_the_scope_of_the_unit),
		cmocka_unit_test(templates_find_every_name_in_models_of_all_shapes),
		cmocka_unit_test(page_without_instances_says_why_and_what_to_do),
		cmocka_unit_test(page_and_json_stay_within_a_mebibyte),
		cmocka_unit_test(no_text_of_an_instance_changes_the_page),
		cmocka_unit_test(naughty_strings_do_not_change_the_page),
		cmocka_unit_test(xss_payloads_do_not_change_the_page),
		cmocka_unit_test(title_is_shown_as_it_is),
		cmocka_unit_test(page_frame_renders_for_strangers_and_for_users),
	};

	return cmocka_run_group_tests_name("overview", tests, set_up, tear_down);
}
