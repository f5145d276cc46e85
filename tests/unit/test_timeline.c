/* Messages from state.db into the ledger: hermes/timeline.h on one side, store/store_timeline.h on the other. */
#include "test_hermes.h"

#include <inttypes.h>

#include "base/str.h"
#include "hermes/timeline.h"
#include "hermes/work.h"
#include "report/timeline_clean.h"
#include "store/store_parts.h"
#include "store/store_list.h"
#include "store/store_sessions.h"
#include "store/store_timeline.h"

#define NOW 1774807200 /* the fixed time of test_hermes.h */
#define KEY "ghp_PLANTEDx7Yk2Qm9Ra4Tb6Uc8Vd0We1Xf3Zg"

#define SESSIONS                                                                                                 \
	"CREATE TABLE sessions(id TEXT PRIMARY KEY, source TEXT NOT NULL, model TEXT, model_config TEXT, title TEXT,"  \
	" parent_session_id TEXT, started_at REAL NOT NULL, ended_at REAL, end_reason TEXT, message_count INTEGER);"
#define MESSAGES_A                                                                                               \
	"CREATE TABLE messages(id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, role TEXT NOT NULL, content TEXT," \
	" tool_call_id TEXT, tool_calls TEXT, tool_name TEXT, timestamp REAL NOT NULL, token_count INTEGER, finish_reason TEXT"
#define INDEX ");CREATE INDEX idx_messages_session ON messages(session_id, timestamp);"
#define SCHEMA_A SESSIONS MESSAGES_A INDEX
#define SCHEMA_C                                                                                                  \
	SESSIONS MESSAGES_A ", active INTEGER NOT NULL DEFAULT 1, compacted INTEGER NOT NULL DEFAULT 0" INDEX             \
			    "CREATE TABLE session_model_usage(session_id TEXT, model TEXT, billing_provider TEXT, task TEXT,"  \
			    " api_call_count INTEGER, input_tokens INTEGER, output_tokens INTEGER, estimated_cost_usd REAL,"   \
			    " actual_cost_usd REAL, cost_status TEXT);"

struct pair {
	struct store *s;
	struct instance in;
	struct redactor *r;
	int batches;
};

static struct store *ledger(struct home *h)
{
	const char *error = NULL;
	struct store *s;

	mkdir(in_home(h, "ledger"), 0755);
	s = store_open(in_home(h, "ledger"), h->a, &error);
	if (!s)
		fail_msg("%s", error);
	return s;
}

static struct pair begin(struct home *h, enum publish publish)
{
	h->src.excerpts = publish >= PUBLISH_EXCERPTS;
	return (struct pair){ ledger(h), { .publish = publish }, redactor_new(false), 0 };
}

static void end(struct pair *p)
{
	store_closep(&p->s);
	redactor_free(p->r);
}

static void take_sessions(struct home *h, struct store *s)
{
	struct work_source src = { .home = h->src };
	struct work_batch b = { 0 };
	const char *error = NULL;

	do {
		memset(&b, 0, sizeof(b));
		if (store_work_request(s, h->src.now, &src.request, h->a, &error) < 0)
			fail_msg("%s", error);
		hermes_work(&b, &src, h->a, 0);
		if (b.probe.state != PROBE_OK)
			fail_msg("%s", b.probe.reason);
		if (!b.is_unchanged && store_work_take(s, &b, h->a, &error) < 0)
			fail_msg("%s", error);
	} while (!b.is_unchanged && !b.next.is_complete);
}

/* As an exporter's run does it; gives how many messages were read whole. */
static size_t take(struct home *h, struct pair *p)
{
	struct timeline_source src = { .home = h->src };
	const char *error = NULL;
	size_t n = 0;

	take_sessions(h, p->s);
	for (;;) {
		struct timeline_batch b = { 0 };

		if (store_timeline_request(p->s, h->src.now, timeline_policy(&p->in), &src.request, h->a, &error) < 0)
			fail_msg("%s", error);
		if (src.request.n_wants == 0)
			return n;
		hermes_timeline(&b, &src, h->a, 0);
		if (b.probe.state != PROBE_OK)
			fail_msg("%s", b.probe.reason);
		assert_true(b.n_items > 0);
		for (size_t i = 0; i < b.n_items; i++)
			for (size_t k = 0; k < b.items[i].n_rows; k++)
				n += !b.items[i].rows[k].is_held;
		p->batches++;
		timeline_clean(&b, p->in.publish, p->r, h->a);
		if (store_timeline_take(p->s, &b, h->a, &error) < 0)
			fail_msg("%s", error);
	}
}

static int64_t one(struct pair *p, const char *sql)
{
	return store_number(p->s->db, sql, -7);
}

static void session(struct home *h, const char *id, int64_t ago_s)
{
	make_db(h, arena_printf(h->a, "INSERT INTO sessions(id, source, started_at) VALUES('%s', 'cli', %" PRId64 ")", id,
				(int64_t)NOW - ago_s));
}

/* n messages a second apart, the last of them ago_s before now. */
static void say(struct home *h, const char *id, int n, int64_t ago_s)
{
	make_db(h, arena_printf(h->a,
				"WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < %d)"
				" INSERT INTO messages(session_id, role, content, timestamp) SELECT '%s', CASE i %% 2 WHEN 1 THEN 'user' ELSE"
				" 'assistant' END, 'word ' || i, %d - %" PRId64 " - %d + i + 0.25 FROM k",
				n, id, NOW, ago_s, n));
}

static struct timeline_page page_of(struct home *h, struct pair *p, const char *id, int64_t after, size_t limit)
{
	struct timeline_query q = { .after = after, .limit = limit };
	struct timeline_page page;
	const char *error = NULL;

	q.number = one(p, arena_printf(h->a, "SELECT n FROM sessions WHERE id = '%s'", id));
	if (store_timeline_page(p->s, &q, &page, h->a, &error) < 0)
		fail_msg("%s", error);
	return page;
}

/* ---- what is read ---- */

static void what_a_tool_was_asked_and_answered_is_told_in_sizes(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_COUNTS);
	struct timeline_page page;

	make_db(h, SCHEMA_A);
	session(h, "s", 100);
	make_db(h, arena_printf(h->a,
				"INSERT INTO messages(session_id, role, content, tool_call_id, tool_calls, timestamp, token_count, finish_reason)"
				" VALUES('s', 'user', 'täglich', NULL, NULL, %d.5, NULL, NULL),"
				" ('s', 'assistant', NULL, NULL, '[{\"id\": \"c1\", \"type\": \"function\", \"function\": {\"name\": \"terminal\","
				" \"arguments\": \"{}\"}}, {\"id\": \"c2\", \"function\": {\"name\": \"memory\", \"arguments\": {\"a\": 1}}}, 7]', %d, 12, 'tool_calls'),"
				" ('s', 'tool', '{\"output\": \"\", \"exit_code\": 127}', 'c1', NULL, %d.75, NULL, NULL),"
				" ('s', 'tool', '{\"success\": true}', 'c2', NULL, %d, NULL, NULL),"
				" ('s', 'tool', 'Error executing it', 'c3', NULL, %d, NULL, NULL),"
				" ('s', 'tool', '{\"exit_code\": -9}', 'c4', NULL, %d, NULL, NULL),"
				" ('s', 'tool', '[1, 2', 'c5', NULL, %d, NULL, NULL)",
				NOW - 90, NOW - 89, NOW - 88, NOW - 87, NOW - 86, NOW - 85, NOW - 84));
	assert_int_equal(take(h, &p), 7);
	page = page_of(h, &p, "s", 0, 0);
	assert_int_equal(page.n, 7);
	assert_string_equal(page.rows[0].role, "user");
	assert_int_equal(page.rows[0].bytes, 8);
	assert_true(page.rows[0].at_ms == (int64_t)(NOW - 90) * 1000 + 500);
	assert_int_equal(page.rows[0].tokens, COUNT_UNKNOWN);
	assert_int_equal(page.rows[1].tokens, 12);
	assert_string_equal(page.rows[1].finish, "tool_calls");
	assert_int_equal(page.rows[1].n_calls, 2);
	assert_string_equal(page.rows[1].calls[0].name, "terminal");
	assert_int_equal(page.rows[1].calls[0].bytes, 2);
	assert_int_equal(page.rows[1].calls[1].bytes, (int)strlen("{\"a\":1}"));
	assert_string_equal(page.rows[2].tool, "terminal"); /* this version names it in the call alone */
	assert_int_equal(page.rows[2].failed, TRI_YES);
	assert_int_equal(page.rows[2].exit_code, 127);
	assert_int_equal(page.rows[3].failed, TRI_NO);
	assert_int_equal(page.rows[4].failed, TRI_YES);
	assert_int_equal(page.rows[4].exit_code, COUNT_UNKNOWN);
	assert_int_equal(page.rows[5].failed, TRI_YES);
	assert_int_equal(page.rows[5].exit_code, COUNT_UNKNOWN);
	assert_int_equal(page.rows[6].failed, TRI_UNKNOWN);
	/* The call lies on the page before. */
	page = page_of(h, &p, "s", page.rows[1].id, 1);
	assert_string_equal(page.rows[0].tool, "terminal");
	end(&p);
}

static void text_is_published_only_as_the_policy_says(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_TITLES);
	struct timeline_page page;

	make_db(h, SCHEMA_A);
	session(h, "s", 100);
	make_db(h, arena_printf(h->a,
				"INSERT INTO messages(session_id, role, content, tool_calls, timestamp) VALUES('s', 'user', 'the key is " KEY
				", use it', NULL, %d), ('s', 'assistant', 'ok', '[{\"id\": \"c\", \"function\": {\"name\": \"terminal\", \"arguments\":"
				" \"curl -H " KEY "\"}}]', %d)",
				NOW - 9, NOW - 8));
	take(h, &p);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE text IS NOT NULL"), 0);
	assert_int_equal(one(&p, "SELECT count(*) FROM calls WHERE text IS NOT NULL"), 0);
	/* Wider: all is read anew. */
	p.in.publish = PUBLISH_EXCERPTS;
	h->src.excerpts = true;
	assert_int_equal(take(h, &p), 2);
	page = page_of(h, &p, "s", 0, 0);
	assert_string_equal(page.rows[0].text, "the key is [redacted:github-token], use it");
	assert_non_null(strstr(page.rows[1].calls[0].text, "curl"));
	assert_null(strstr(page.rows[1].calls[0].text, "PLANTED"));
	assert_int_equal(take(h, &p), 0);
	/* Narrower: what may not be is not there any more. */
	p.in.publish = PUBLISH_COUNTS;
	h->src.excerpts = false;
	assert_int_equal(take(h, &p), 2);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE text IS NOT NULL"), 0);
	assert_int_equal(one(&p, "SELECT count(*) FROM calls WHERE text IS NOT NULL"), 0);
	assert_int_equal(one(&p, "SELECT held FROM timeline_state"), 2);
	end(&p);
}

static void a_text_that_was_read_all_the_same_is_not_published(void **state)
{
	struct home *h = *state;
	struct redactor *r = redactor_new(false);
	struct tool_call call = { .name = "curl " KEY, .text = "arguments" };
	struct message m = { .role = "user", .text = "hello", .calls = &call, .n_calls = 1 };
	struct timeline t = { .rows = &m, .n_rows = 1 };
	struct timeline_batch b = { .items = &t, .n_items = 1 };

	timeline_clean(&b, PUBLISH_TITLES, r, h->a);
	assert_null(m.text);
	assert_null(call.text);
	assert_null(strstr(call.name, "PLANTED"));
	redactor_free(r);
}

static void an_excerpt_is_short_and_shows_no_half_of_a_secret(void **state)
{
	struct home *h = *state;
	struct redactor *r = redactor_new(false);
	char *text = arena_alloc(h->a, 10000);
	const char *out;

	memset(text, 'x', 9000);
	for (int i = 60; i < 9000; i += 61)
		text[i] = ' ';
	out = redact_excerpt(r, text, true, 400, h->a);
	assert_int_equal(str_utf8_count(out, strlen(out)), 400);
	assert_true(str_ends(out, "…"));
	/* The text ends within a secret that is redacted away but for its beginning. */
	out = redact_excerpt(r, "hello " KEY " and ghp_PLANT", true, 400, h->a);
	assert_null(out);
	assert_string_equal(redact_excerpt(r, "hello " KEY, false, 400, h->a), "hello [redacted:github-token]");
	/* What is not seen parts it. */
	out = redact_excerpt(r, "hello ghp_PLANTED\xE2\x80\x8Bx7Yk2Qm9Ra4Tb6Uc8Vd0We1Xf3Zg", false, 400, h->a);
	assert_null(strstr(out, "PLANTED"));
	assert_null(redact_excerpt(r, NULL, true, 400, h->a));
	redactor_free(r);
}

static void a_message_of_several_parts_shows_its_text(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_EXCERPTS);
	struct timeline_page page;

	make_db(h, SCHEMA_A);
	session(h, "s", 100);
	make_db(h, arena_printf(h->a,
				"INSERT INTO messages(session_id, role, content, timestamp) VALUES('s', 'user', CAST(x'00' AS TEXT) || 'json:"
				"[{\"type\": \"text\", \"text\": \"look\"}, {\"type\": \"image_url\", \"image_url\": {\"url\": \"data:\"}}, {\"type\": \"text\","
				" \"text\": \"here\"}]', %d), ('s', 'user', CAST(x'00' AS TEXT) || 'json:not', %d)",
				NOW - 9, NOW - 8));
	take(h, &p);
	page = page_of(h, &p, "s", 0, 0);
	assert_string_equal(page.rows[0].text, "look here");
	assert_null(page.rows[1].text);
	assert_true(page.rows[0].bytes > 100);
	end(&p);
}

static void a_session_says_what_it_came_from_and_what_each_model_cost(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_COUNTS);
	struct timeline_page page;

	make_db(h, SCHEMA_C);
	session(h, "s", 100);
	say(h, "s", 2, 5);
	make_db(h, "UPDATE sessions SET model_config = '{\"model\": \"x\", \"_delegate_from\": \"p\"}';"
		   "INSERT INTO session_model_usage VALUES('s', 'm/big', 'a', 'chat', 2, 100, 10, 0.5, NULL, 'estimated'),"
		   " ('s', 'm/big', 'a', 'title', 1, 50, 5, 0.25, NULL, 'estimated'), ('s', 'm/small', 'a', 'chat', 1, 7, 1, 0.0, NULL, 'unknown')");
	take(h, &p);
	page = page_of(h, &p, "s", 0, 0);
	assert_string_equal(page.origin, "delegate");
	assert_int_equal(page.n_models, 2);
	assert_string_equal(page.models[0].model, "m/big");
	assert_int_equal(page.models[0].requests, 3);
	assert_int_equal(page.models[0].input_tokens, 150);
	assert_int_equal(page.models[0].cost_microusd, 750000);
	assert_int_equal(page.models[1].cost_microusd, COUNT_UNKNOWN);
	end(&p);
}

static void messages_that_were_compacted_or_taken_back_are_marked(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_COUNTS);

	make_db(h, SCHEMA_C);
	session(h, "s", 100);
	say(h, "s", 6, 5);
	take(h, &p);
	assert_int_equal(one(&p, "SELECT sum(mark) FROM messages"), 0);
	make_db(h, "UPDATE messages SET active = 0, compacted = 1 WHERE id <= 3; UPDATE messages SET active = 0 WHERE id = 4");
	say(h, "s", 1, 0);
	assert_int_equal(take(h, &p), 1);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE mark = 2"), 3);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE mark = 1"), 1);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE mark = 0"), 3);
	end(&p);
}

/* ---- how much ---- */

static void of_a_long_session_the_beginning_and_the_end_are_kept(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_COUNTS);
	struct timeline_page page;

	make_db(h, SCHEMA_A);
	session(h, "s", 10000);
	say(h, "s", 1000, 50);
	session(h, "t", 10000);
	say(h, "t", 400, 50);
	assert_int_equal(take(h, &p), 800);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages"), 800);
	page = page_of(h, &p, "s", 0, 100);
	assert_int_equal(page.n, 100);
	assert_int_equal(page.total, 1000);
	assert_int_equal(page.held, 400);
	assert_int_equal(page.rows[99].id, 100);
	assert_int_equal(page.gap_after, 100);
	assert_true(page.has_more);
	assert_false(page.has_before);
	page = page_of(h, &p, "s", 100, 100);
	assert_int_equal(page.rows[0].id, 701);
	assert_true(page.has_before);
	assert_int_equal(page.before, 0);
	page = page_of(h, &p, "s", page.newest, 100);
	assert_int_equal(page.rows[99].id, 1000);
	assert_false(page.has_more);
	assert_int_equal(page.before, 800);
	page = page_of(h, &p, "t", 0, 100);
	assert_int_equal(page.gap_after, 0);
	/* It goes on: the newest are other ones. */
	say(h, "s", 10, 0);
	assert_int_equal(take(h, &p), 10);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE session = 1"), 400);
	assert_int_equal(one(&p, "SELECT min(id) FROM messages WHERE session = 1 AND id > 100"), 711);
	end(&p);
}

static void a_session_too_large_for_one_batch_is_taken_in_pieces(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_EXCERPTS);

	make_db(h, SCHEMA_A);
	session(h, "s", 1000);
	say(h, "s", 350, 50);
	make_db(h, "UPDATE messages SET content = 'say ' || content || printf('%.9000c', 'x'), tool_calls = (WITH call(t) AS (SELECT"
		   " '{\"id\": \"c\", \"function\": {\"name\": \"f\", \"arguments\": \"' || printf('%.9000c', 'y') || '\"}}')"
		   " SELECT '[' || t || ',' || t || ',' || t || ',' || t || ']' FROM call)");
	assert_int_equal(take(h, &p), 350);
	assert_true(p.batches > 1);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE length(text) = 400 AND text LIKE 'say word %'"), 350);
	assert_int_equal(one(&p, "SELECT count(*) FROM calls WHERE length(text) = 400"), 4 * 350);
	assert_int_equal(one(&p, "SELECT held FROM timeline_state"), 350);
	assert_int_equal(one(&p, "SELECT count(*) FROM timeline_todo"), 0);
	end(&p);
}

static void only_sessions_of_the_last_month_have_a_timeline(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_COUNTS);

	make_db(h, SCHEMA_A);
	session(h, "old", 40 * DAY_S);
	say(h, "old", 3, 31 * DAY_S);
	session(h, "new", 40 * DAY_S);
	say(h, "new", 3, 29 * DAY_S);
	take(h, &p);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages"), 3);
	assert_false(page_of(h, &p, "old", 0, 0).is_known);
	assert_true(page_of(h, &p, "new", 0, 0).is_known);
	h->src.now += 2 * DAY_S;
	take(h, &p);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages"), 0);
	assert_int_equal(one(&p, "SELECT held FROM timeline_state"), 0);
	assert_int_equal(one(&p, "SELECT count(*) FROM sessions"), 2);
	/* Somebody takes the old one up again. */
	say(h, "old", 1, -2 * DAY_S);
	take(h, &p);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages"), 4);
	end(&p);
}

static void a_full_ledger_forgets_the_oldest(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_COUNTS);

	make_db(h, SCHEMA_A);
	make_db(h, arena_printf(h->a,
				"WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < 119)"
				" INSERT INTO sessions(id, source, started_at) SELECT 's' || i, 'cli', %d FROM k;"
				"INSERT INTO messages(session_id, role, timestamp) SELECT id, 'user', %d - rowid * 100 FROM sessions;"
				"INSERT INTO messages(session_id, role, timestamp) SELECT id, 'user', %d - rowid * 100 FROM sessions",
				NOW - 100000, NOW, NOW));
	take(h, &p);
	assert_int_equal(one(&p, "SELECT count(*) FROM timelines"), 120);
	run_sql(p.s->db, "UPDATE timeline_state SET held = 500001; INSERT INTO timeline_todo VALUES(120, 1)");
	run_sql(p.s->db, "UPDATE timeline_todo SET active = (SELECT min(active) FROM timelines)");
	assert_int_equal(take(h, &p), 0); /* the oldest were forgotten, and are not read in again */
	assert_int_equal(one(&p, "SELECT count(*) FROM timelines"), 70);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages"), 140);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE session > 70"), 0);
	end(&p);
}

/* ---- again and again ---- */

static void what_is_known_is_not_read_again(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_EXCERPTS);

	make_db(h, SCHEMA_A);
	session(h, "s", 100);
	session(h, "t", 100);
	say(h, "s", 5, 9);
	say(h, "t", 5, 9);
	assert_int_equal(take(h, &p), 10);
	assert_int_equal(take(h, &p), 0);
	say(h, "t", 1, 2);
	assert_int_equal(take(h, &p), 1);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages"), 11);
	/* With the time of one that is there, so that the session's row stays as it was. */
	make_db(h, "INSERT INTO messages(session_id, role, content, timestamp) SELECT session_id, role, 'more', timestamp FROM messages"
		   " WHERE id = 5");
	assert_int_equal(take(h, &p), 1);
	/* Taken back by hand. */
	make_db(h, "DELETE FROM messages WHERE id IN (2, 5); UPDATE sessions SET title = 'x' WHERE id = 's'");
	take(h, &p);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE id IN (2, 5)"), 0);
	assert_int_equal(one(&p, "SELECT sum(held) FROM timelines"), one(&p, "SELECT count(*) FROM messages"));
	end(&p);
}

static void a_vacuum_or_an_older_copy_leaves_no_stranger_in_a_session(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_EXCERPTS);
	struct timeline_page page;
	size_t n;
	char *older;

	make_db(h, SCHEMA_A);
	for (int i = 0; i < 20; i++)
		session(h, arena_printf(h->a, "s%d", i), 1000);
	say(h, "s3", 4, 500);
	older = read_all(in_home(h, "state.db"), &n);
	say(h, "s3", 4, 100);
	make_db(h, "DELETE FROM sessions WHERE rowid < 3");
	take(h, &p);
	make_db(h, "VACUUM");
	take(h, &p);
	page = page_of(h, &p, "s3", 0, 0);
	assert_int_equal(page.n, 8);
	put(h, "state.db", older, n); /* a restored backup: the same numbers will stand for other messages */
	free(older);
	say(h, "s3", 5, 2);
	make_db(h, "UPDATE messages SET content = 'another' WHERE id > 4");
	take(h, &p);
	page = page_of(h, &p, "s3", 0, 0);
	assert_int_equal(page.n, 9);
	assert_string_equal(page.rows[3].text, "word 4");
	assert_string_equal(page.rows[4].text, "another");
	assert_int_equal(page.rows[4].id, 5);
	end(&p);
}

static void nobodys_words_are_kept_of_a_session_that_is_gone(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_EXCERPTS);

	make_db(h, SCHEMA_A);
	session(h, "s", 100);
	say(h, "s", 4, 9);
	take(h, &p);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE text IS NOT NULL"), 4);
	make_db(h, "DELETE FROM sessions; DELETE FROM messages; INSERT INTO sessions(id, source, started_at) VALUES('t', 'cli', 1774800000)");
	take(h, &p);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages"), 4);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE text IS NOT NULL"), 0);
	end(&p);
}

static void a_home_without_messages_has_no_timeline_and_no_failure(void **state)
{
	struct home *h = *state;
	struct timeline_source src = { .home = h->src };
	struct timeline_want want = { .number = 1, .id = "s" };
	struct timeline_batch b = { 0 };

	src.request = (struct timeline_request){ &want, 1 };
	make_db(h, SESSIONS);
	hermes_timeline(&b, &src, h->a, 0);
	assert_int_equal(b.probe.state, PROBE_INACTIVE);
	make_db(h, "CREATE TABLE messages(session_id TEXT)"); /* and none of the columns */
	make_db(h, "INSERT INTO messages VALUES('s')");
	memset(&b, 0, sizeof(b));
	hermes_timeline(&b, &src, h->a, 0);
	assert_int_equal(b.probe.state, PROBE_OK);
	assert_int_equal(b.items[0].n_rows, 1);
	assert_null(b.items[0].rows[0].role);
}

static void hostile_rows_are_messages_like_any_other(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_EXCERPTS);

	make_db(h, SCHEMA_A);
	session(h, "s", 100);
	make_db(h, arena_printf(h->a,
				"INSERT INTO messages(session_id, role, content, tool_calls, tool_call_id, timestamp, token_count, finish_reason) VALUES"
				" ('s', zeroblob(9), x'C3FF00', '[[[[', x'FF', 'yesterday', -5, 3.5),"
				" ('s', '<script>', zeroblob(3000000), '{\"a\": 1}', '', %d, 9e99, '')",
				NOW - 5));
	assert_int_equal(take(h, &p), 2);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE at = 0 AND tokens IS NULL AND text IS NOT NULL"), 1);
	assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE role = '<script>' AND bytes = 3000000 AND text IS NULL"), 1);
	end(&p);
}

static void the_messages_of_homes_that_hermes_wrote_are_all_there(void **state)
{
	static const char *const homes[] = { "vijay-2026-03", "bheem-2026-03" };
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		struct pair p = begin(h, PUBLISH_EXCERPTS);
		size_t n;

		copy_home(h, homes[i]);
		cJSON_Delete(expected_of(h, homes[i]));
		n = take(h, &p);
		assert_int_equal(one(&p, "SELECT count(*) FROM messages"), n);
		assert_int_equal(n, i == 0 ? 60 : 80);
		assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE text LIKE '%PLANTED%'"), 0);
		assert_int_equal(one(&p, "SELECT count(*) FROM calls WHERE text LIKE '%PLANTED%' OR name IS NULL"), 0);
		assert_int_equal(one(&p, "SELECT count(*) FROM messages WHERE text LIKE '%redacted:%'") > 0, i == 0);
		assert_int_equal(one(&p, "SELECT count(*) FROM messages m WHERE role = 'tool' AND NOT EXISTS"
					 " (SELECT 1 FROM calls c WHERE c.session = m.session AND c.call = m.call)"), 0);
		end(&p);
		assert_int_equal(unlink(in_home(h, "ledger/ledger.db")), 0);
	}
}

/* ---- the reading side ---- */

static struct store *reader(struct home *h)
{
	const char *error = NULL;
	struct store *s = store_open_read(in_home(h, "ledger"), geteuid(), clock_mono_us() + 5000000, h->a, &error);

	if (!s)
		fail_msg("%s", error);
	return s;
}

static void a_pane_may_ask_all_that_it_needs(void **state)
{
	struct home *h = *state;
	struct pair p = begin(h, PUBLISH_EXCERPTS);
	struct timeline_query q = { .number = 1, .limit = 2, .after = 2 };
	struct timeline_page page;
	struct session x = { .rowid = 1, .id = "s", .started_at = NOW };
	const char *error = NULL, *origin = "";
	int64_t n = 7;

	make_db(h, SCHEMA_C);
	session(h, "s", 100);
	say(h, "s", 6, 5);
	make_db(h, "UPDATE sessions SET model_config = '{\"_branched_from\": \"p\"}'");
	take(h, &p);
	end(&p);
	p.s = reader(h);
	assert_int_equal(store_timeline_page(p.s, &q, &page, h->a, &error), 0);
	assert_int_equal(page.n, 2);
	assert_int_equal(page.before, 0);
	assert_int_equal(page.newest, 4);
	assert_int_equal(store_origins(p.s, &x, 1, &origin, h->a, &error), 0);
	assert_string_equal(origin, "branch");
	assert_int_equal(store_run_of_session(p.s, &x, &n, h->a, &error), 0);
	assert_int_equal(n, 0);
	store_close(p.s);
}

static void a_run_is_found_with_those_around_it_and_the_session_that_it_was(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);
	struct work_batch work = { .probe = { .state = PROBE_OK, .taken_at = NOW }, .n_rows = 6, .next.is_complete = true };
	struct runs_batch runs = { .probe.state = PROBE_OK, .n_runs = 6 };
	struct run_family f;
	struct session x;
	const char *error = NULL;

	work.rows = arena_calloc(h->a, 6, sizeof(*work.rows));
	runs.runs = arena_calloc(h->a, 6, sizeof(*runs.runs));
	for (int i = 0; i < 6; i++) { /* every minute, of two jobs whose ids begin alike */
		const char *job = i % 2 ? "ab" : "abc";
		int64_t at = NOW - 6000 + i * 60;

		runs.runs[i] = (struct cron_run){ .id = arena_printf(h->a, "r%d", i), .job_id = job, .started_at = i < 4 ? at : 0,
						  .finished_at = at + 20, .status = "ok", .output_bytes = COUNT_UNKNOWN };
		work.rows[i] = (struct session){ .rowid = i + 1, .id = arena_printf(h->a, "cron_%s_20260329_0000%02d", job, i),
						 .source = "cron", .started_at = at + 1, .ended_at = at + 19, .last_active_at = at + 19 };
	}
	assert_int_equal(store_work_take(s, &work, h->a, &error), 0);
	assert_int_equal(store_runs_take(s, &runs, h->a, &error), 0);
	store_close(s);
	s = reader(h);
	for (int64_t n = 1; n <= 6; n++) {
		int64_t back = 0;

		assert_true(store_run(s, n, &f, h->a, &error));
		assert_int_equal(f.previous_n, n > 2 ? n - 2 : 0);
		assert_int_equal(f.next_n, n < 5 ? n + 2 : 0);
		assert_true(store_run_session(s, &f.self, NOW, &x, h->a, &error));
		assert_int_equal(x.rowid, n);
		assert_int_equal(store_run_of_session(s, &x, &back, h->a, &error), 0);
		assert_int_equal(back, n);
	}
	assert_false(store_run(s, 7, &f, h->a, &error));
	assert_null(error);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(what_a_tool_was_asked_and_answered_is_told_in_sizes),
		HOME_TEST(text_is_published_only_as_the_policy_says),
		HOME_TEST(a_text_that_was_read_all_the_same_is_not_published),
		HOME_TEST(an_excerpt_is_short_and_shows_no_half_of_a_secret),
		HOME_TEST(a_message_of_several_parts_shows_its_text),
		HOME_TEST(a_session_says_what_it_came_from_and_what_each_model_cost),
		HOME_TEST(messages_that_were_compacted_or_taken_back_are_marked),
		HOME_TEST(of_a_long_session_the_beginning_and_the_end_are_kept),
		HOME_TEST(a_session_too_large_for_one_batch_is_taken_in_pieces),
		HOME_TEST(only_sessions_of_the_last_month_have_a_timeline),
		HOME_TEST(a_full_ledger_forgets_the_oldest),
		HOME_TEST(what_is_known_is_not_read_again),
		HOME_TEST(a_vacuum_or_an_older_copy_leaves_no_stranger_in_a_session),
		HOME_TEST(nobodys_words_are_kept_of_a_session_that_is_gone),
		HOME_TEST(a_home_without_messages_has_no_timeline_and_no_failure),
		HOME_TEST(hostile_rows_are_messages_like_any_other),
		HOME_TEST(a_pane_may_ask_all_that_it_needs),
		HOME_TEST(a_run_is_found_with_those_around_it_and_the_session_that_it_was),
		HOME_TEST(the_messages_of_homes_that_hermes_wrote_are_all_there),
	};

	return RUN_TESTS("timeline", tests);
}
