/* One piece of work as a page: view/task_view.h over facts made by hand. */
#include "test.h"

#include "base/buf.h"
#include "base/str.h"
#include "json/json.h"
#include "tmpl/tmpl.h"
#include "view/task_view.h"
#include "view/task_words.h"
#include "view_facts.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(64 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

/* A session of Vijay's with its family and its messages, to be changed. */
struct scene {
	struct snapshot *s;
	struct session_family family;
	struct timeline_page page;
	struct task_facts facts;
};

static struct scene *scene(void)
{
	struct scene *x = arena_alloc(a, sizeof(*x));

	x->s = fact_snapshot(2, a);
	x->family.self = fact_session("20261124_045200_aa11bb22", "Summarise vendor invoices", NOW - 8 * MINUTES);
	x->family.self.cache_read_tokens = x->family.self.reasoning_tokens = COUNT_UNKNOWN;
	x->page = (struct timeline_page){ .is_known = true, .total = COUNT_UNKNOWN };
	x->facts = (struct task_facts){ .instance = &x->s->instances[0], .family = &x->family, .timeline = &x->page,
					.asked = x->family.self.id };
	return x;
}

static struct message said(int64_t id, const char *role, const char *text)
{
	return (struct message){ .id = id, .at_ms = (NOW - 400 + id) * 1000, .role = role, .text = text, .bytes = 10,
				 .tokens = COUNT_UNKNOWN, .exit_code = COUNT_UNKNOWN };
}

static struct message result(int64_t id, const char *call, const char *tool)
{
	struct message m = said(id, "tool", NULL);

	m.call_id = call;
	m.tool = tool;
	m.failed = TRI_NO;
	return m;
}

static void says(struct scene *x, struct message *rows, size_t n)
{
	x->page.rows = rows;
	x->page.n = n;
	x->page.total = x->page.held = (int64_t)n;
}

static cJSON *model_of(struct scene *x)
{
	return task_view(x->s, NULL, &x->facts, a);
}

static const cJSON *entry(const cJSON *model, int i)
{
	const cJSON *e = cJSON_GetArrayItem(json_array(json_object(model, "timeline"), "entries"), i);

	assert_non_null(e);
	return e;
}

static int n_entries(const cJSON *model)
{
	return cJSON_GetArraySize(json_array(json_object(model, "timeline"), "entries"));
}

static const char *fact(const cJSON *model, const char *label)
{
	const cJSON *f;

	cJSON_ArrayForEach(f, json_array(model, "facts"))
		if (str_eq(json_string(f, "label"), label))
			return json_string(f, "text");
	return NULL;
}

/* ---- the timeline ---- */

static void a_call_and_its_result_are_one_entry(void **state)
{
	struct scene *x = scene();
	struct tool_call calls[] = { { .id = "c1", .name = "terminal", .bytes = 12 }, { .id = "c2", .name = "order", .bytes = 7 } };
	struct message rows[] = { said(1, "user", "hello"), said(2, "assistant", NULL), result(3, "c1", "terminal"),
				  result(4, "cX", "memory"), said(5, "assistant", "done") };
	CLEANUP_JSON cJSON *m = NULL;
	double took = 0;

	(void)state;
	rows[1].bytes = 0;
	rows[1].calls = calls;
	rows[1].n_calls = 2;
	rows[2].failed = TRI_YES;
	rows[2].exit_code = 2;
	says(x, rows, 5);
	m = model_of(x);
	assert_int_equal(n_entries(m), 5);
	assert_string_equal(json_string(entry(m, 0), "name"), "Person");
	assert_string_equal(json_string(entry(m, 1), "kind"), "tool");
	assert_string_equal(json_string(entry(m, 1), "word"), "failed");
	assert_string_equal(json_string(entry(m, 1), "exitText"), "exit 2");
	assert_true(json_double(entry(m, 1), "took", &took));
	assert_true(took == 1);
	assert_string_equal(json_string(entry(m, 2), "name"), "order");
	assert_string_equal(json_string(entry(m, 2), "word"), "no result");
	assert_string_equal(json_string(entry(m, 3), "name"), "memory"); /* its call is on another page */
	assert_null(json_string(entry(m, 3), "word"));
	assert_string_equal(json_string(entry(m, 4), "name"), "Agent");
}

static void calls_with_nothing_to_tell_are_one_line(void **state)
{
	struct scene *x = scene();
	struct tool_call calls[] = { { .id = "c1", .name = "read_file", .bytes = 10 }, { .id = "c2", .name = "read_file", .bytes = 10 },
				     { .id = "c3", .name = "read_file", .bytes = 10 }, { .id = "c4", .name = "read_file", .bytes = 10 } };
	struct message rows[] = { said(1, "assistant", NULL), result(2, "c1", NULL), result(3, "c2", NULL), result(4, "c3", NULL),
				  result(5, "c4", NULL) };
	CLEANUP_JSON cJSON *m = NULL;
	int64_t n = 0;

	(void)state;
	rows[0].bytes = 0;
	rows[0].calls = calls;
	rows[0].n_calls = 4;
	rows[3].failed = TRI_YES; /* that one stands for itself */
	says(x, rows, 5);
	m = model_of(x);
	assert_int_equal(n_entries(m), 3);
	assert_true(json_i64(entry(m, 0), "count", &n));
	assert_int_equal(n, 2);
	assert_string_equal(json_string(entry(m, 0), "countText"), "2 calls");
	assert_string_equal(json_string(entry(m, 0), "sizeText"), "20 B in, 20 B out");
	assert_string_equal(json_string(entry(m, 1), "word"), "failed");
}

static void turns_written_at_once_have_no_duration(void **state)
{
	struct scene *x = scene();
	struct tool_call call = { .id = "c1", .name = "todo", .bytes = 10 };
	struct message rows[] = { said(1, "assistant", NULL), result(2, "c1", NULL) };
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	rows[0].bytes = 0;
	rows[0].calls = &call;
	rows[0].n_calls = 1;
	rows[1].at_ms = rows[0].at_ms + 3;
	says(x, rows, 2);
	m = model_of(x);
	assert_null(json_string(entry(m, 0), "tookText"));
	assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(entry(m, 0), "took")));
}

static void what_is_left_out_is_said_where_it_would_stand(void **state)
{
	struct scene *x = scene();
	struct message rows[] = { said(1, "user", NULL), said(2, "assistant", NULL), said(700, "user", NULL) };
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	says(x, rows, 3);
	x->page.total = 1003;
	x->page.gap_after = 2;
	m = model_of(x);
	assert_int_equal(n_entries(m), 4);
	assert_string_equal(json_string(entry(m, 2), "kind"), "gap");
	assert_non_null(strstr(json_string(entry(m, 2), "gapText"), "1\xE2\x80\xAF" "000 messages are left out"));
	x->page.total = COUNT_UNKNOWN;
	cJSON_Delete(m);
	m = model_of(x);
	assert_non_null(strstr(json_string(entry(m, 2), "gapText"), "not known"));
}

static void pages_are_linked_by_the_last_message_shown(void **state)
{
	struct scene *x = scene();
	struct message rows[] = { said(11, "user", NULL), said(12, "assistant", NULL) };
	const cJSON *t;
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	says(x, rows, 2);
	x->page.has_more = x->page.has_before = true;
	x->page.before = 3;
	x->page.newest = 90;
	x->facts.after = 10;
	m = model_of(x);
	t = json_object(m, "timeline");
	assert_string_equal(json_string(t, "firstHref"), "/hermes/tasks/vijay/20261124_045200_aa11bb22");
	assert_string_equal(json_string(t, "previousHref"), "/hermes/tasks/vijay/20261124_045200_aa11bb22?after=3");
	assert_string_equal(json_string(t, "nextHref"), "/hermes/tasks/vijay/20261124_045200_aa11bb22?after=12");
	assert_string_equal(json_string(t, "newestHref"), "/hermes/tasks/vijay/20261124_045200_aa11bb22?after=90");
}

static void a_page_stays_small_whatever_was_said(void **state)
{
	struct scene *x = scene();
	struct message *rows = arena_calloc(a, 100, sizeof(*rows));
	struct tool_call *calls = arena_calloc(a, TIMELINE_CALLS, sizeof(*calls));
	char *text = arena_alloc(a, 1601);
	CLEANUP_JSON cJSON *m = NULL;
	CLEANUP_FREE char *printed = NULL;
	const char *next;

	(void)state;
	for (int i = 0; i < 400; i++)
		memcpy(text + 4L * i, "\xF0\x9F\x99\x82", 4);
	for (int i = 0; i < TIMELINE_CALLS; i++)
		calls[i] = (struct tool_call){ .id = arena_printf(a, "c%d", i), .name = "x", .bytes = 1, .text = text };
	for (int i = 0; i < 100; i++) {
		rows[i] = said(i + 1, "assistant", text);
		rows[i].calls = calls;
		rows[i].n_calls = TIMELINE_CALLS;
	}
	says(x, rows, 100);
	m = model_of(x);
	printed = json_print(m);
	assert_true(strlen(printed) < 900 * 1024);
	next = json_string(json_object(m, "timeline"), "nextHref");
	assert_non_null(next);
	assert_true(n_entries(m) > 10 && n_entries(m) < 400);
}

static void whatever_stands_in_the_place_of_messages_says_why(void **state)
{
	struct scene *x = scene();
	struct {
		bool is_known, is_pending;
		const char *note;
		const char *part;
	} cases[] = {
		{ false, false, NULL, "last 30 days" },
		{ false, true, NULL, "about to be read" },
		{ true, false, NULL, "Nothing was said" },
		{ true, false, "its messages could not be read in time", "could not be read in time" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_JSON cJSON *m = NULL;

		x->page.is_known = cases[i].is_known;
		x->page.is_pending = cases[i].is_pending;
		x->page.note = cases[i].note;
		m = model_of(x);
		assert_non_null(strstr(json_string(json_object(m, "timeline"), "emptyText"), cases[i].part));
	}
}

/* ---- the rest ---- */

static void a_broken_ledger_leaves_what_the_report_knows(void **state)
{
	struct scene *x = scene();
	CLEANUP_JSON cJSON *m = NULL;
	const cJSON *note;

	(void)state;
	x->facts = (struct task_facts){ .instance = &x->s->instances[0], .trouble = "ledger.db is damaged", .asked = "20261124_035200_cc33dd44",
					.reported = task_reported(&x->s->instances[0], "20261124_035200_cc33dd44") };
	assert_non_null(x->facts.reported);
	m = model_of(x);
	assert_string_equal(json_string(json_object(m, "task"), "title"), "Draft a reply");
	note = cJSON_GetArrayItem(json_array(m, "notes"), 0);
	assert_non_null(strstr(json_string(note, "text"), "ledger.db is damaged"));
	assert_non_null(strstr(json_string(json_object(m, "timeline"), "emptyText"), "ledger.db is damaged"));
	cJSON_Delete(m);
	/* And where that knows nothing either. */
	x->facts.reported = task_reported(&x->s->instances[0], "somebody");
	x->facts.asked = "somebody";
	assert_null(x->facts.reported);
	m = model_of(x);
	assert_string_equal(json_string(json_object(m, "task"), "state"), "unknown");
	assert_string_equal(json_string(json_object(m, "task"), "id"), "somebody");
	assert_int_equal(cJSON_GetArraySize(json_array(m, "facts")), 0);
}

static void an_open_session_of_a_dead_report_is_not_active(void **state)
{
	struct scene *x = scene();
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	x->family.self.ended_at = 0;
	x->family.self.last_active_at = NOW - 10;
	fact_dark(&x->s->instances[0], 400);
	m = model_of(x);
	assert_string_equal(json_string(json_object(m, "task"), "state"), "unknown");
	assert_int_equal(cJSON_GetArraySize(json_array(m, "notes")), 1);
}

static void relatives_are_told_apart(void **state)
{
	struct session parent = fact_session("p", "X", NOW - 2 * HOURS), child = fact_session("c", "X #2", NOW - HOURS);

	(void)state;
	parent.ended_at = child.started_at;
	parent.end_reason = "compression";
	assert_int_equal(kinship_of(&parent, &child, NULL), KIN_CONTINUED);
	assert_int_equal(kinship_of(&parent, &child, "delegate"), KIN_SUBAGENT);
	assert_int_equal(kinship_of(&parent, &child, "branch"), KIN_BRANCH);
	parent.end_reason = "branched";
	assert_int_equal(kinship_of(&parent, &child, NULL), KIN_BRANCH);
	parent.ended_at = 0; /* it was at work: 0.15's subagents have a parent and nothing else */
	assert_int_equal(kinship_of(&parent, &child, NULL), KIN_SUBAGENT);
	parent.ended_at = child.started_at;
	parent.end_reason = "idle";
	assert_int_equal(kinship_of(&parent, &child, NULL), KIN_OTHER);
	child.source = "subagent";
	assert_int_equal(kinship_of(&parent, &child, NULL), KIN_SUBAGENT);
}

static void lineage_is_in_groups_with_links(void **state)
{
	struct scene *x = scene();
	struct session parents[2], children[3];
	const char *origins[3] = { "delegate", NULL, "delegate" };
	const cJSON *list;
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	for (int i = 0; i < 2; i++) {
		parents[i] = fact_session(arena_printf(a, "p%d", i), "Before", NOW - (i + 1) * HOURS);
		parents[i].ended_at = i ? parents[0].started_at : x->family.self.started_at;
		parents[i].end_reason = "compression";
	}
	for (int i = 0; i < 3; i++)
		children[i] = fact_session(i == 1 ? "a%2Fb" : arena_printf(a, "c/%d \"<", i), NULL, x->family.self.ended_at + i);
	x->family.self.end_reason = "compression";
	x->family.parents = parents;
	x->family.n_parents = 2;
	x->family.children = children;
	x->family.n_children = 3;
	x->facts.child_origins = origins;
	m = model_of(x);
	list = json_array(m, "lineage");
	assert_int_equal(cJSON_GetArraySize(list), 3);
	assert_string_equal(json_string(cJSON_GetArrayItem(list, 0), "label"), "Continued from");
	assert_int_equal(cJSON_GetArraySize(json_array(cJSON_GetArrayItem(list, 0), "sessions")), 2);
	assert_string_equal(json_string(cJSON_GetArrayItem(list, 1), "label"), "Two subagents");
	assert_string_equal(json_string(cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(list, 1), "sessions"), 0), "href"),
			    "/hermes/tasks/vijay/c/0%20%22%3C");
	assert_string_equal(json_string(cJSON_GetArrayItem(list, 2), "label"), "Continued in");
	/* No path can hold that id: it is shown without a link. */
	assert_null(json_string(cJSON_GetArrayItem(json_array(cJSON_GetArrayItem(list, 2), "sessions"), 0), "href"));
}

static void a_run_tells_of_its_job_and_its_neighbours(void **state)
{
	struct scene *x = scene();
	struct run_family runs = { .self = { .id = "e1", .job_id = "a0b1c2d3e4f5", .started_at = NOW - 20 * MINUTES,
					     .finished_at = NOW - 18 * MINUTES, .status = "failed", .error = "HTTP 429 <b>",
					     .source = "ticker", .output = "x.md", .output_bytes = 2048 },
				   .number = 7, .previous = { .status = "ok", .finished_at = NOW - 80 * MINUTES }, .previous_n = 6 };
	const cJSON *run;
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	x->facts = (struct task_facts){ .instance = &x->s->instances[0], .run = &runs, .asked = "runs/7" };
	m = model_of(x);
	run = json_object(m, "run");
	assert_string_equal(json_string(json_object(m, "task"), "title"), "tender-watch");
	assert_string_equal(json_string(json_object(m, "task"), "state"), "failed");
	assert_string_equal(json_string(run, "error"), "HTTP 429 <b>");
	assert_string_equal(json_string(json_object(run, "previous"), "href"), "/hermes/tasks/vijay/runs/6");
	assert_null(json_object(run, "next"));
	assert_string_equal(fact(m, "Took"), "2 m");
	assert_string_equal(fact(m, "Output"), "x.md, 2.0 KiB");
	assert_string_equal(fact(m, "Started by"), "the scheduler");
	assert_non_null(strstr(json_string(json_object(m, "timeline"), "emptyText"), "no session"));
	cJSON_Delete(m);
	/* Its job is gone, its session is known. */
	runs.self.job_id = "gone";
	x->facts.family = &x->family;
	x->facts.timeline = &x->page;
	m = model_of(x);
	assert_string_equal(json_string(json_object(m, "task"), "title"), "gone");
	assert_string_equal(fact(m, "Schedule"), "the job is gone");
	assert_string_equal(json_string(json_object(m, "run"), "sessionHref"), "/hermes/tasks/vijay/20261124_045200_aa11bb22");
	assert_string_equal(fact(m, "Messages"), "19");
}

static void costs_that_are_not_known_are_no_zero(void **state)
{
	struct scene *x = scene();
	CLEANUP_JSON cJSON *m = NULL;

	(void)state;
	x->family.self.cost_microusd = COUNT_UNKNOWN;
	m = model_of(x);
	assert_string_equal(fact(m, "Cost"), "not known");
	assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(json_object(m, "task"), "costUsd")));
	cJSON_Delete(m);
	x->family.self.cost_microusd = 70000;
	m = model_of(x);
	assert_string_equal(fact(m, "Cost, estimated"), "$0.07");
}

static void the_page_knows_every_name_and_escapes_every_text(void **state)
{
	struct tmpl_set *set = tmpl_set_new(top_path("templates"), true);
	struct tmpl_error err = { "" };
	struct scene *x = scene();
	const char *evil = "<i id=x onclick=alert(1)>\"'&{{x}}";
	struct tool_call call = { .id = "c1", .name = evil, .bytes = 10, .text = evil };
	struct message rows[] = { said(1, evil, evil), said(2, "assistant", evil), result(3, "c1", evil), said(9, "user", evil) };
	struct session relative = fact_session("r", evil, NOW - 2 * HOURS);
	struct model_usage usage = { evil, 1, 1, 1, 1 };
	struct run_family runs = { .self = { .id = evil, .job_id = evil, .started_at = NOW - 99, .finished_at = NOW - 90, .status = evil,
					     .error = evil, .source = evil, .output = evil, .output_bytes = 1 },
				   .number = 7, .previous = { .status = evil, .finished_at = 1 }, .previous_n = 6,
				   .next = { .status = evil, .finished_at = 1 }, .next_n = 8 };

	(void)state;
	if (!tmpl_set_load(set, "task", &err))
		fail_msg("%s", err.text);
	rows[1].calls = &call;
	rows[1].n_calls = 1;
	rows[1].finish = evil;
	rows[2].text = evil;
	rows[2].failed = TRI_YES;
	rows[0].mark = MESSAGE_COMPACTED;
	says(x, rows, 4);
	x->page.total = 90;
	x->page.gap_after = 3;
	x->page.has_more = x->page.has_before = true;
	x->page.newest = x->page.before = 1;
	x->page.models = &usage;
	x->page.n_models = 1;
	x->family.self.title = x->family.self.source = x->family.self.model = x->family.self.end_reason = evil;
	x->family.parents = x->family.children = &relative;
	x->family.n_parents = x->family.n_children = 1;
	x->family.self.is_gone = true;
	for (int i = 0; i < 3; i++) {
		CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
		CLEANUP_JSON cJSON *m = NULL;

		x->facts.run = i == 1 ? &runs : NULL;
		x->facts.run_of_session = i == 0 ? 3 : 0;
		x->facts.trouble = i == 2 ? evil : NULL;
		if (i == 2)
			x->facts.family = NULL, x->facts.timeline = NULL;
		m = model_of(x);
		if (!tmpl_render(set, "task", m, &out, &err))
			fail_msg("%s", err.text);
		assert_null(strstr(buf_str(&out), "<i id"));
		assert_null(strstr(buf_str(&out), "onclick=alert(1)>\""));
		assert_non_null(strstr(buf_str(&out), "&lt;i id=x"));
	}
	tmpl_set_free(set);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_call_and_its_result_are_one_entry),
		TEST(calls_with_nothing_to_tell_are_one_line),
		TEST(turns_written_at_once_have_no_duration),
		TEST(what_is_left_out_is_said_where_it_would_stand),
		TEST(pages_are_linked_by_the_last_message_shown),
		TEST(a_page_stays_small_whatever_was_said),
		TEST(whatever_stands_in_the_place_of_messages_says_why),
		TEST(a_broken_ledger_leaves_what_the_report_knows),
		TEST(an_open_session_of_a_dead_report_is_not_active),
		TEST(relatives_are_told_apart),
		TEST(lineage_is_in_groups_with_links),
		TEST(a_run_tells_of_its_job_and_its_neighbours),
		TEST(costs_that_are_not_known_are_no_zero),
		TEST(the_page_knows_every_name_and_escapes_every_text),
	};

	json_init();
	return RUN_TESTS("task", tests);
}
