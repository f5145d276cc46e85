/*
 * test_agents_pane.c -- marking a difference: who may, what must have been seen, what is kept.
 */
#include "fcgi.h"
#include "report/report.h"

int agents_main(void);
#define main agents_main /* the program's own: its handlers are what is tested */
#include "../../cgi-bin/agents.c" /* NOLINT(bugprone-suspicious-include): its main is under another name */
#undef main

struct fixture {
	struct stage stage;
	struct arena *arena;
	struct token_keys *keys;
	const char *viewer;
	const char *admin;
};

static const char *mint(struct fixture *f, enum role role)
{
	struct token_request r = { .sub = role == ROLE_ADMIN ? "asha" : "uma", .role = role, .ttl_s = 600, .use = TOKEN_SESSION };
	const char *error = NULL, *token = token_mint(f->keys, &r, clock_now_s(), f->arena, &error);

	if (!token)
		fail_msg("%s", error);
	return token;
}

/* A report of now, of nothing but settings. */
static void publish(struct fixture *f, const char *id, const char *model, const char *zone)
{
	struct redactor *redactor = redactor_new(false);
	struct instance_report r = { .instance_id = id, .generated_at = clock_now_s(), .exporter = { .interval_s = 86400 } };
	const char *reports = arena_printf(f->arena, "%s/reports", f->stage.state), *dir = arena_printf(f->arena, "%s/%s", reports, id);
	CLEANUP_JSON cJSON *json = NULL;
	CLEANUP_FREE char *text = NULL;
	const char *error = NULL;

	r.agent.settings = (struct settings){ .probe = { .state = PROBE_OK, .taken_at = r.generated_at }, .model = model, .timezone = zone };
	json = report_instance_json(&r, redactor);
	text = json_print(json);
	redactor_free(redactor);
	mkdir(reports, 0755);
	mkdir(dir, 0755);
	if (report_publish(dir, text, f->arena, &error) < 0)
		fail_msg("%s", error);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *error = NULL;
	char path[160];
	struct config *c;

	assert_non_null(f);
	f->arena = arena_new(64 * 1024 * 1024);
	stage_open(&f->stage, "agents", routes, handlers);
	snprintf(path, sizeof(path), "%s/agents.html", f->stage.templates);
	write_text(path, "<section>open={{differences.open}} intended={{differences.intended}}"
			 "{{#differences.rows}} [{{key}} {{seen}} {{word}} {{markedBy}}]{{/differences.rows}} q={{skills.query}}</section>", 0644);
	c = config_load(f->stage.config, f->arena, &error);
	f->keys = c ? token_keys_load(c, f->arena, &error) : NULL;
	if (!f->keys)
		fail_msg("%s", error);
	f->viewer = mint(f, ROLE_VIEWER);
	f->admin = mint(f, ROLE_ADMIN);
	publish(f, "vijay", "sonnet", "UTC");
	publish(f, "bheem", "gemini", "Asia/Kolkata");
	stage_pool(&f->stage, 2, "20000");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	stage_close(&f->stage);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void ask(struct fixture *f, const char *method, const char *url, const char *token, const char *form, const char *site,
		struct reply *r)
{
	const char *pairs[40] = {
		"REQUEST_METHOD", method, "HTTP_HOST", "127.0.0.1:8480", "SCRIPT_NAME", "",
		"PATH_INFO", arena_strndup(f->arena, url, strcspn(url, "?")),
		"QUERY_STRING", strchr(url, '?') ? strchr(url, '?') + 1 : "",
		"HTTP_COOKIE", arena_printf(f->arena, "hmc=%s", token),
	};
	size_t n = 12;

	if (form) {
		pairs[n++] = "CONTENT_LENGTH";
		pairs[n++] = arena_printf(f->arena, "%zu", strlen(form));
		pairs[n++] = "CONTENT_TYPE";
		pairs[n++] = "application/x-www-form-urlencoded";
		pairs[n++] = "HTTP_SEC_FETCH_SITE";
		pairs[n++] = site;
	}
	pairs[n] = NULL;
	fcgi_ask(&f->stage, pairs, form, r);
	if (!r->ended || r->status == 0)
		fail_msg("%s %s: no answer", method, url);
}

static const char *page(struct fixture *f, const char *url, const char *token)
{
	CLEANUP(reply_done) struct reply r;

	ask(f, "GET", url, token, NULL, NULL, &r);
	assert_int_equal(r.status, 200);
	return arena_strdup(f->arena, reply_body(&r));
}

/* What follows `before` in the page, up to a blank, stop or bracket. */
static const char *cut(struct fixture *f, const char *text, const char *before)
{
	const char *at = strstr(text, before);

	assert_non_null(at);
	at += strlen(before);
	return arena_strndup(f->arena, at, strcspn(at, " .]<"));
}

static int post(struct fixture *f, const char *token, const char *action, const char *key, const char *seen)
{
	const char *csrf = cut(f, page(f, "/hermes/agents", token), "csrf=");
	CLEANUP(reply_done) struct reply r;

	ask(f, "POST", "/hermes/agents/mark", token,
	    arena_printf(f->arena, "csrf=%s&action=%s&key=%s&seen=%s", csrf, action, key, seen), "same-origin", &r);
	return r.status;
}

static void an_admin_marks_and_takes_back_and_everyone_sees_it(void **state)
{
	struct fixture *f = *state;
	const char *before = page(f, "/hermes/agents", f->admin), *seen = cut(f, before, "[model ");

	assert_non_null(strstr(before, "open=2 intended=0"));
	assert_int_equal(post(f, f->admin, "intend", "model", seen), 303);
	assert_non_null(strstr(page(f, "/hermes/agents", f->admin), "open=1 intended=1"));
	assert_non_null(strstr(page(f, "/hermes/agents?q=x", f->viewer), arena_printf(f->arena, "[model %s intended asha]", seen)));
	assert_int_equal(post(f, f->admin, "undo", "model", seen), 303);
	assert_non_null(strstr(page(f, "/hermes/agents", f->admin), "open=2 intended=0"));
	/* Twice is as good as once. */
	assert_int_equal(post(f, f->admin, "undo", "model", seen), 303);
}

static void a_viewer_may_not(void **state)
{
	struct fixture *f = *state;
	const char *seen = cut(f, page(f, "/hermes/agents", f->viewer), "[model ");

	assert_int_equal(post(f, f->viewer, "intend", "model", seen), 403);
	assert_non_null(strstr(page(f, "/hermes/agents", f->admin), "open=2"));
}

static void a_form_from_elsewhere_or_of_another_session_marks_nothing(void **state)
{
	struct fixture *f = *state;
	const char *mine = page(f, "/hermes/agents", f->admin), *seen = cut(f, mine, "[model ");
	const char *form = arena_printf(f->arena, "csrf=%s&action=intend&key=model&seen=%s", cut(f, mine, "csrf="), seen);
	const char *other = arena_printf(f->arena, "csrf=%s&action=intend&key=model&seen=%s",
					 cut(f, page(f, "/hermes/agents", f->viewer), "csrf="), seen);
	CLEANUP(reply_done) struct reply cross, foreign;

	ask(f, "POST", "/hermes/agents/mark", f->admin, form, "cross-site", &cross);
	assert_int_equal(cross.status, 403);
	ask(f, "POST", "/hermes/agents/mark", f->admin, other, "same-origin", &foreign);
	assert_int_equal(foreign.status, 403);
	assert_non_null(strstr(page(f, "/hermes/agents", f->admin), "open=2"));
}

static void what_has_changed_since_it_was_seen_is_not_marked(void **state)
{
	struct fixture *f = *state;
	const char *seen = cut(f, page(f, "/hermes/agents", f->admin), "[model ");

	publish(f, "bheem", "another", "Asia/Kolkata");
	assert_int_equal(post(f, f->admin, "intend", "model", seen), 409);
	publish(f, "bheem", "sonnet", "Asia/Kolkata");
	assert_int_equal(post(f, f->admin, "intend", "model", seen), 409);
	assert_int_equal(post(f, f->admin, "intend", "no.such.key", seen), 409);
}

static void a_new_value_is_open_again(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(post(f, f->admin, "intend", "model", cut(f, page(f, "/hermes/agents", f->admin), "[model ")), 303);
	publish(f, "bheem", "another", "Asia/Kolkata");
	assert_non_null(strstr(page(f, "/hermes/agents", f->admin), "open=2 intended=0"));
	publish(f, "bheem", "gemini", "Asia/Kolkata");
	assert_non_null(strstr(page(f, "/hermes/agents", f->admin), "open=1 intended=1"));
}

static void wrong_forms_and_searches_are_told(void **state)
{
	static const struct {
		const char *action, *key, *seen;
	} cases[] = {
		{ "delete", "model", "0123456789abcdef" }, { "", "model", "0123456789abcdef" }, { "intend", "model", "short" },
		{ "intend", "model", "" }, { "undo", "model", "0123456789abcdef0" },
	};
	struct fixture *f = *state;
	char *longer = arena_alloc(f->arena, 600);
	CLEANUP(reply_done) struct reply r, too_long, twice, unknown, get;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(post(f, f->admin, cases[i].action, cases[i].key, cases[i].seen), 400);
	memset(longer, 'k', 599);
	assert_int_equal(post(f, f->admin, "intend", longer, "0123456789abcdef"), 400);
	ask(f, "GET", arena_printf(f->arena, "/api/hermes/agents?q=%.101s", longer), f->viewer, NULL, NULL, &too_long);
	assert_int_equal(too_long.status, 400);
	ask(f, "GET", "/api/hermes/agents?q=a&q=b", f->viewer, NULL, NULL, &twice);
	assert_int_equal(twice.status, 400);
	ask(f, "GET", "/hermes/agents?query=a", f->viewer, NULL, NULL, &unknown);
	assert_int_equal(unknown.status, 400);
	ask(f, "GET", arena_printf(f->arena, "/hermes/agents?q=%.100s", longer), f->viewer, NULL, NULL, &r);
	assert_int_equal(r.status, 200);
	ask(f, "GET", "/hermes/agents/mark", f->admin, NULL, NULL, &get);
	assert_int_equal(get.status, 405);
}

static void the_way_back_leads_to_the_page_that_was_left(void **state)
{
	struct fixture *f = *state;
	const char *mine = page(f, "/hermes/agents?instance=bheem&q=a%20b", f->admin);
	CLEANUP(reply_done) struct reply r, odd;

	ask(f, "POST", "/hermes/agents/mark", f->admin,
	    arena_printf(f->arena, "csrf=%s&action=intend&key=model&seen=%s&instance=bheem&q=a%%20b%%26c", cut(f, mine, "csrf="),
			 cut(f, mine, "[model ")),
	    "same-origin", &r);
	assert_int_equal(r.status, 303);
	assert_string_equal(reply_header(&r, "Location"), "/hermes/agents?q=a%20b%26c&instance=bheem");
	ask(f, "POST", "/hermes/agents/mark", f->admin,
	    arena_printf(f->arena, "csrf=%s&action=undo&key=model&seen=%s&instance=//evil.example&q=", cut(f, mine, "csrf="),
			 cut(f, mine, "[model ")),
	    "same-origin", &odd);
	assert_string_equal(reply_header(&odd, "Location"), "/hermes/agents?instance=all");
}

static void marks_that_cannot_be_kept_are_not_called_kept(void **state)
{
	struct fixture *f = *state;
	const char *seen = cut(f, page(f, "/hermes/agents", f->admin), "[model ");
	const char *path = arena_printf(f->arena, "%s/marks", f->stage.state);

	assert_int_equal(mkdir(path, 0700), 0);
	write_text(arena_printf(f->arena, "%s/marks.json", path), "{ half", 0600);
	assert_int_equal(post(f, f->admin, "intend", "model", seen), 503);
	assert_non_null(strstr(page(f, "/hermes/agents", f->admin), "open=2"));
}

/* The audit log's first file, whole. */
static const char *audit_log(struct fixture *f)
{
	return read_all(arena_printf(f->arena, "%s/audit/000001.jsonl", f->stage.state), NULL);
}

static void a_mark_is_on_record_with_how_it_ended(void **state)
{
	struct fixture *f = *state;
	const char *seen = cut(f, page(f, "/hermes/agents", f->admin), "[model "), *marks;
	CLEANUP_FREE char *log = NULL;

	assert_int_equal(post(f, f->admin, "intend", "model", seen), 303);
	marks = arena_printf(f->arena, "%s/marks/marks.json", f->stage.state);
	write_text(marks, "{ half", 0600);
	assert_int_equal(post(f, f->admin, "undo", "model", seen), 503);
	/* Looking, and what was refused by its form, are no acts. */
	assert_int_equal(post(f, f->viewer, "intend", "model", seen), 403);
	assert_int_equal(post(f, f->admin, "intend", "no.such.key", seen), 409);
	log = (char *)audit_log(f);
	assert_int_equal(strncmp(log, "{\"id\":\"", 7), 0);
	assert_non_null(strstr(log, "\"sub\":\"asha\",\"role\":\"admin\",\"pane\":\"agents\",\"action\":\"mark\",\"instance\":null,\"target\":\"model\""));
	assert_non_null(strstr(log, "\"outcome\":\"done\",\"why\":null}\n{\"id\":\""));
	assert_non_null(strstr(log, "\"action\":\"unmark\""));
	assert_non_null(strstr(log, "\"outcome\":\"failed\",\"why\":\"the mark could not be written down; the program's log says why\"}\n"));
	assert_null(strstr(log, "\"uma\""));
	assert_null(strstr(log, seen));
}

static void what_cannot_be_recorded_is_not_done(void **state)
{
	struct fixture *f = *state;
	const char *seen = cut(f, page(f, "/hermes/agents", f->admin), "[model ");
	const char *dir = arena_printf(f->arena, "%s/audit", f->stage.state);

	write_text(dir, "in the way", 0600);
	assert_int_equal(post(f, f->admin, "intend", "model", seen), 503);
	assert_non_null(strstr(page(f, "/hermes/agents", f->admin), "open=2 intended=0"));
	assert_int_not_equal(access(arena_printf(f->arena, "%s/marks", f->stage.state), F_OK), 0);
	assert_int_equal(unlink(dir), 0);
	assert_int_equal(post(f, f->admin, "intend", "model", seen), 303);
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(an_admin_marks_and_takes_back_and_everyone_sees_it),
		UNIT(a_viewer_may_not),
		UNIT(a_form_from_elsewhere_or_of_another_session_marks_nothing),
		UNIT(what_has_changed_since_it_was_seen_is_not_marked),
		UNIT(a_new_value_is_open_again),
		UNIT(wrong_forms_and_searches_are_told),
		UNIT(the_way_back_leads_to_the_page_that_was_left),
		UNIT(marks_that_cannot_be_kept_are_not_called_kept),
		UNIT(a_mark_is_on_record_with_how_it_ended),
		UNIT(what_cannot_be_recorded_is_not_done),
	};

	json_init();
	if (geteuid() != 0) {
		print_message("skipped: reports of two users need root\n");
		return 0;
	}
	return RUN_TESTS("agents_pane", tests);
}
