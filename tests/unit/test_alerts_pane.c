/*
 * test_alerts_pane.c -- answering an alert: who may, what must have been seen, what is kept.
 */
#include "fcgi.h"
#include "report/report.h"

int alerts_main(void);
#define main alerts_main /* the program's own: its handlers are what is tested */
#include "../../cgi-bin/alerts.c" /* NOLINT(bugprone-suspicious-include): its main is under another name */
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

/* A report of now in which Telegram is dead, and since when the ledger has had that. */
static void publish(struct fixture *f, const char *id, const char *platform, int64_t opened)
{
	struct redactor *redactor = redactor_new(false);
	int64_t now = clock_now_s();
	struct platform one = { .name = "telegram", .state = platform, .updated_at = now };
	struct opened_alert alert = { "platform.telegram", opened };
	struct instance_report r = { .instance_id = id, .generated_at = now, .exporter = { .interval_s = 86400 },
				     .opened = { .probe = { .state = PROBE_OK, .taken_at = now }, .list = &alert, .n_list = opened > 0 },
				     .gateway = { .probe = { .state = PROBE_OK, .taken_at = now }, .state = "running", .pid_state = PID_ALIVE,
						  .pid = 1, .updated_at = now, .platforms = &one, .n_platforms = 1 } };
	const char *reports = arena_printf(f->arena, "%s/reports", f->stage.state), *dir = arena_printf(f->arena, "%s/%s", reports, id);
	CLEANUP_JSON cJSON *json = NULL;
	CLEANUP_FREE char *text = NULL;
	const char *error = NULL;

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
	stage_open(&f->stage, "alerts", routes, handlers);
	snprintf(path, sizeof(path), "%s/notifications.html", f->stage.templates);
	write_text(path, "<section></section>", 0644);
	snprintf(path, sizeof(path), "%s/alerts.html", f->stage.templates);
	write_text(path, "<section>{{#open}} [open {{instanceId}} {{reading.id}} {{seen}} {{family}}]{{/open}}"
			 "{{#answered}}{{#alerts}} [{{state}} {{reading.id}} {{seen}} {{answer.id}} {{answer.by}} {{answer.reason}}]{{/alerts}}{{/answered}}"
			 "{{#silences}} [silence {{rule}} {{instanceId}} {{status}} {{id}}]{{/silences}}</section>", 0644);
	c = config_load(f->stage.config, f->arena, &error);
	f->keys = c ? token_keys_load(c, f->arena, &error) : NULL;
	if (!f->keys)
		fail_msg("%s", error);
	f->viewer = mint(f, ROLE_VIEWER);
	f->admin = mint(f, ROLE_ADMIN);
	publish(f, "vijay", "fatal", clock_now_s() - 600);
	publish(f, "bheem", "connected", 0);
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

static const char *alerts(struct fixture *f)
{
	return page(f, "/hermes/alerts?instance=vijay", f->admin);
}

/* What the form of the dead platform's alert would say. */
static const char *seen_of(struct fixture *f)
{
	const char *at = strstr(alerts(f), " platform.telegram ");

	assert_non_null(at);
	at += strlen(" platform.telegram ");
	return arena_strndup(f->arena, at, strcspn(at, " ]"));
}

static void submit(struct fixture *f, const char *token, const char *fields, struct reply *r)
{
	const char *csrf = cut(f, page(f, "/hermes/alerts", token), "csrf=");

	ask(f, "POST", "/hermes/alerts/answer", token, arena_printf(f->arena, "csrf=%s&%s", csrf, fields), "same-origin", r);
}

static int post(struct fixture *f, const char *token, const char *fields)
{
	CLEANUP(reply_done) struct reply r;

	submit(f, token, fields, &r);
	return r.status;
}

#define TELEGRAM "&instance=vijay&reading=platform.telegram"

static int answer(struct fixture *f, const char *fields)
{
	return post(f, f->admin, arena_printf(f->arena, "%s" TELEGRAM "&seen=%s", fields, seen_of(f)));
}

static void an_alert_is_acknowledged_seen_by_all_and_taken_back(void **state)
{
	struct fixture *f = *state;
	const char *id;

	assert_int_equal(answer(f, "action=acknowledge&reason=after+the+trip"), 303);
	assert_non_null(strstr(alerts(f), "[acknowledged platform.telegram "));
	assert_non_null(strstr(page(f, "/hermes/alerts?instance=vijay", f->viewer), "asha after the trip]"));
	assert_null(strstr(alerts(f), "[open vijay platform.telegram"));
	id = cut(f, alerts(f), arena_printf(f->arena, "%s ", seen_of(f)));
	assert_int_equal(post(f, f->admin, arena_printf(f->arena, "action=undo&instance=vijay&answer=%s", id)), 303);
	assert_non_null(strstr(alerts(f), "[open vijay platform.telegram"));
	assert_int_equal(post(f, f->admin, arena_printf(f->arena, "action=undo&instance=vijay&answer=%s", id)), 409);
}

static void recovery_ends_an_acknowledgement_and_what_comes_back_is_open(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(answer(f, "action=acknowledge&reason=x"), 303);
	publish(f, "vijay", "connected", 0);
	assert_null(strstr(alerts(f), "platform.telegram"));
	publish(f, "vijay", "fatal", clock_now_s() + 1); /* opened after it was answered */
	assert_non_null(strstr(alerts(f), "[open vijay platform.telegram"));
}

static void of_two_admins_the_second_is_told_what_happened(void **state)
{
	struct fixture *f = *state;
	const char *seen = seen_of(f);
	const char *fields = arena_printf(f->arena, "action=acknowledge&reason=mine" TELEGRAM "&seen=%s", seen);

	assert_int_equal(post(f, f->admin, fields), 303);
	assert_int_equal(post(f, f->admin, fields), 409);
	assert_int_equal(post(f, f->admin, arena_printf(f->arena, "action=snooze&until=4h" TELEGRAM "&seen=%s", seen)), 409);
	assert_int_equal(answer(f, "action=snooze&until=4h"), 303);
	assert_non_null(strstr(alerts(f), "[snoozed platform.telegram "));
}

static void what_is_not_as_it_was_seen_is_not_answered(void **state)
{
	struct fixture *f = *state;
	const char *seen = seen_of(f);

	assert_int_equal(post(f, f->admin, "action=acknowledge&reason=x" TELEGRAM "&seen=1.critical.none"), 409);
	assert_int_equal(post(f, f->admin, "action=acknowledge&reason=x" TELEGRAM), 409);
	assert_int_equal(post(f, f->admin, "action=acknowledge&reason=x&instance=vijay&reading=nothing&seen=1.critical.none"), 409);
	publish(f, "vijay", "connected", 0);
	assert_int_equal(post(f, f->admin, arena_printf(f->arena, "action=acknowledge&reason=x" TELEGRAM "&seen=%s", seen)), 409);
	assert_null(strstr(alerts(f), "acknowledged"));
}

static void a_silence_holds_a_family_back_and_says_when_it_hides_something_bad(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(post(f, f->admin, "action=silence&instance=all&reading=platform.*&until=7d&reason=moving"), 303);
	assert_non_null(strstr(alerts(f), "[silenced platform.telegram "));
	assert_non_null(strstr(alerts(f), "[silence platform.* all warn "));
	assert_int_equal(post(f, f->admin, "action=silence&instance=vijay&reading=cron.*&until=7d&reason=moving"), 303);
	assert_non_null(strstr(alerts(f), "[silence cron.* vijay off "));
	assert_null(strstr(page(f, "/hermes/alerts?instance=bheem", f->admin), "cron.*"));
	/* Acknowledged all the same: that comes first. */
	assert_int_equal(answer(f, "action=acknowledge&reason=x"), 303);
	assert_non_null(strstr(alerts(f), "[acknowledged platform.telegram "));
}

static void a_viewer_and_a_form_from_elsewhere_answer_nothing(void **state)
{
	struct fixture *f = *state;
	const char *form = arena_printf(f->arena, "action=acknowledge&reason=x" TELEGRAM "&seen=%s&csrf=%s", seen_of(f),
					cut(f, page(f, "/hermes/alerts", f->viewer), "csrf="));
	CLEANUP(reply_done) struct reply other, cross, get;

	assert_int_equal(post(f, f->viewer, arena_printf(f->arena, "action=acknowledge&reason=x" TELEGRAM "&seen=%s", seen_of(f))), 403);
	ask(f, "POST", "/hermes/alerts/answer", f->admin, form, "same-origin", &other);
	assert_int_equal(other.status, 403);
	ask(f, "POST", "/hermes/alerts/answer", f->admin, form, "cross-site", &cross);
	assert_int_equal(cross.status, 403);
	ask(f, "GET", "/hermes/alerts/answer", f->admin, NULL, NULL, &get);
	assert_int_equal(get.status, 405);
	assert_null(strstr(alerts(f), "acknowledged"));
}

static void wrong_forms_are_told_what_is_wrong(void **state)
{
	static const struct {
		const char *fields;
		int status;
		const char *says;
	} cases[] = {
		{ "action=odd" TELEGRAM, 400, "There are: acknowledge, snooze, silence, undo." },
		{ "action=acknowledge" TELEGRAM "&seen=x", 400, "say why" },
		{ "action=acknowledge" TELEGRAM "&seen=x&reason=+++", 400, "say why" },
		{ "action=acknowledge&instance=vijay&reading=cron.*&reason=x", 400, "Only a silence" },
		{ "action=acknowledge&instance=all&reading=cron.a&reason=x", 400, "Only a silence" },
		{ "action=acknowledge&instance=nobody&reading=cron.a&reason=x", 404, "no such instance" },
		{ "action=snooze" TELEGRAM "&until=1d+", 400, "until when" },
		{ "action=snooze" TELEGRAM "&until=31d", 400, "within 30 days" },
		{ "action=snooze" TELEGRAM, 400, "until when" },
		{ "action=silence" TELEGRAM "&until=91d&reason=x", 400, "within 90 days" },
		{ "action=silence&instance=vijay&reading=*&until=1d&reason=x", 400, "not everything" },
		{ "action=silence&instance=vijay&reading=&until=1d&reason=x", 400, "1 to 200 bytes" },
		{ "action=undo&instance=vijay", 400, "answer" },
		{ "action=undo&instance=vijay&answer=0123456789abcdef", 409, "taken back already" },
		{ "action=acknowledge" TELEGRAM "&reason=%ff", 400, "no text" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(reply_done) struct reply r;

		submit(f, f->admin, cases[i].fields, &r);
		if (r.status != cases[i].status || !strstr(reply_body(&r), cases[i].says))
			fail_msg("%s: %d %s", cases[i].fields, r.status, reply_body(&r));
	}
	assert_int_equal(post(f, f->admin, arena_printf(f->arena, "action=acknowledge" TELEGRAM "&reason=%0201d", 1)), 400);
}

static void hostile_words_are_kept_as_text(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(answer(f, "action=acknowledge&reason=%3Cscript%3Ealert(1)%3C/script%3E%0A%1b[31m%22%27"), 303);
	assert_null(strstr(alerts(f), "<script>alert(1)"));
	assert_null(strchr(alerts(f), '\x1b'));
	assert_non_null(strstr(alerts(f), "&lt;script&gt;alert(1)"));
}

static void where_it_cannot_be_written_nothing_is_answered(void **state)
{
	struct fixture *f = *state;
	const char *path = arena_printf(f->arena, "%s/answers", f->stage.state);

	assert_int_equal(mkdir(path, 0755), 0);
	write_text(arena_printf(f->arena, "%s/vijay", path), "a file in the folder's place", 0600);
	assert_int_equal(answer(f, "action=acknowledge&reason=x"), 503);
	assert_non_null(strstr(alerts(f), "[open vijay platform.telegram"));
}

static void without_a_record_nothing_is_answered(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	write_text(arena_printf(f->arena, "%s/audit", f->stage.state), "a file in the folder's place", 0600);
	assert_int_equal(answer(f, "action=acknowledge&reason=x"), 503);
	assert_int_not_equal(stat(arena_printf(f->arena, "%s/answers/vijay/answers.json", f->stage.state), &st), 0);
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(an_alert_is_acknowledged_seen_by_all_and_taken_back),
		UNIT(recovery_ends_an_acknowledgement_and_what_comes_back_is_open),
		UNIT(of_two_admins_the_second_is_told_what_happened),
		UNIT(what_is_not_as_it_was_seen_is_not_answered),
		UNIT(a_silence_holds_a_family_back_and_says_when_it_hides_something_bad),
		UNIT(a_viewer_and_a_form_from_elsewhere_answer_nothing),
		UNIT(wrong_forms_are_told_what_is_wrong),
		UNIT(hostile_words_are_kept_as_text),
		UNIT(where_it_cannot_be_written_nothing_is_answered),
		UNIT(without_a_record_nothing_is_answered),
	};

	json_init();
	if (geteuid() != 0) {
		print_message("skipped: reports of two users need root\n");
		return 0;
	}
	return RUN_TESTS("alerts_pane", tests);
}
