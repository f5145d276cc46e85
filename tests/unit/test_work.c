/* Sessions from state.db into the ledger: hermes/work.h on one side, store/store_sessions.h on the other. */
#include "test_hermes.h"

#include "base/str.h"
#include "hermes/work.h"
#include "json/json.h"
#include "store/store_parts.h"
#include "store/store_sessions.h"

#define NOW 1774807200 /* the fixed time of test_hermes.h */

#define SCHEMA                                                                                                   \
	"CREATE TABLE sessions(id TEXT PRIMARY KEY, source TEXT NOT NULL, model TEXT, title TEXT, parent_session_id TEXT," \
	" started_at REAL NOT NULL, ended_at REAL, end_reason TEXT, message_count INTEGER, tool_call_count INTEGER,"      \
	" input_tokens INTEGER, output_tokens INTEGER, estimated_cost_usd REAL, cost_status TEXT);"                       \
	"CREATE TABLE messages(id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, role TEXT, content TEXT, timestamp REAL);" \
	"CREATE INDEX idx_messages_session ON messages(session_id, timestamp);"                                          \
	"CREATE TABLE schema_version(version INTEGER); INSERT INTO schema_version VALUES(6);"

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

/* One run; gives whether there is more to do. */
static bool take_once(struct home *h, struct store *s, struct work_batch *b)
{
	struct work_source src = { .home = h->src };
	const char *error = NULL;

	memset(b, 0, sizeof(*b));
	if (store_work_request(s, h->src.now, &src.request, h->a, &error) < 0)
		fail_msg("%s", error);
	hermes_work(b, &src, h->a, 0);
	if (b->probe.state != PROBE_OK)
		fail_msg("%s", b->probe.reason);
	if (!b->is_unchanged && store_work_take(s, b, h->a, &error) < 0)
		fail_msg("%s", error);
	return !b->is_unchanged && !b->next.is_complete;
}

static void take_all(struct home *h, struct store *s)
{
	struct work_batch b;

	for (int i = 0; take_once(h, s, &b); i++)
		assert_true(i < 10000);
}

static struct sessions figures(struct home *h, struct store *s)
{
	struct sessions out = { 0 };
	const char *error = NULL;

	if (store_sessions(s, h->src.now, &out, h->a, &error) < 0)
		fail_msg("%s", error);
	return out;
}

static int64_t one(struct store *s, const char *sql)
{
	return store_number(s->db, sql, -7);
}

static void sessions_of(struct home *h, int n)
{
	make_db(h, arena_printf(h->a,
				"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
				"INSERT INTO sessions SELECT 's' || i, CASE i %% 3 WHEN 0 THEN 'cron' ELSE 'cli' END, 'm' || (i %% 2), 'title ' || i,"
				" CASE WHEN i %% 10 = 2 THEN 's' || (i - 1) END, %d - 1000000 + i * 60, %d - 1000000 + i * 60 + 30, 'cli_close', 3, 1,"
				" 100, 10, 0.01, 'estimated' FROM n;",
				n, NOW, NOW));
}

static void the_ledger_gives_the_figures_that_reading_gives(void **state)
{
	static const char *const homes[] = { "vijay-2026-03", "bheem-2026-03" };
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		CLEANUP_JSON cJSON *want = NULL;
		struct sessions direct = { 0 }, taken;
		struct store *s;

		copy_home(h, homes[i]);
		want = expected_of(h, homes[i]);
		hermes_sessions(&direct, &h->src, h->a, 0);
		s = ledger(h);
		take_all(h, s);
		taken = figures(h, s);
		assert_int_equal(taken.total, direct.total);
		assert_int_equal(taken.total, at(at(want, "sessions_stats"), "total_sessions")->valueint);
		assert_int_equal(taken.messages, at(at(want, "sessions_stats"), "total_messages")->valueint);
		assert_int_equal(taken.open, direct.open);
		assert_int_equal(taken.active, direct.active);
		assert_int_equal(taken.last_active_at, direct.last_active_at);
		assert_int_equal(taken.schema_version, direct.schema_version);
		assert_int_equal(taken.n_by_source, direct.n_by_source);
		assert_int_equal(taken.n_latest, direct.n_latest);
		for (size_t k = 0; k < taken.n_latest; k++) {
			assert_int_equal(taken.latest[k].started_at, direct.latest[k].started_at);
			assert_int_equal(taken.latest[k].is_active, direct.latest[k].is_active);
			assert_int_equal(taken.latest[k].cost_microusd, direct.latest[k].cost_microusd);
		}
		store_close(s);
		assert_int_equal(unlink(in_home(h, "ledger/ledger.db")), 0);
	}
}

static void a_file_that_stands_still_is_not_opened_again(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);
	struct work_batch b;

	make_db(h, SCHEMA);
	sessions_of(h, 5);
	take_all(h, s);
	/* A file of the last seconds may be written again in the same tick: it is looked at once more. */
	assert_int_equal(utimensat(AT_FDCWD, in_home(h, "state.db"), (struct timespec[]){ { NOW, 0 }, { NOW, 0 } }, 0), 0);
	take_all(h, s);
	assert_int_equal(chmod(in_home(h, "state.db"), 0), 0);
	take_once(h, s, &b);
	assert_true(b.is_unchanged);
	assert_int_equal(chmod(in_home(h, "state.db"), 0600), 0);
	make_db(h, "UPDATE sessions SET title = 'renamed' WHERE id = 's1'");
	take_once(h, s, &b);
	assert_false(b.is_unchanged);
	assert_int_equal(one(s, "SELECT count(*) FROM sessions WHERE title = 'renamed'"), 1);
	store_close(s);
}

static void new_changed_reopened_and_deleted_sessions_are_noticed(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);
	struct sessions f;

	make_db(h, SCHEMA);
	sessions_of(h, 1000);
	make_db(h, "DELETE FROM sessions WHERE rowid > 900");
	take_all(h, s);
	assert_int_equal(figures(h, s).total, 900);
	assert_int_equal(figures(h, s).open, 0);
	/* New ones, one of them open and active. */
	make_db(h, arena_printf(h->a, "INSERT INTO sessions(id, source, started_at, message_count) VALUES('new', 'telegram', %d, 1);"
				      "INSERT INTO messages(session_id, role, timestamp) VALUES('new', 'user', %d)", NOW - 100, NOW - 5));
	take_all(h, s);
	f = figures(h, s);
	assert_int_equal(f.total, 901);
	assert_int_equal(f.open, 1);
	assert_int_equal(f.active, 1);
	assert_string_equal(f.latest[0].id, "new");
	assert_int_equal(f.messages, 1);
	/* An old one is written to again. */
	make_db(h, arena_printf(h->a, "UPDATE sessions SET ended_at = NULL, end_reason = NULL, message_count = 9 WHERE id = 's3';"
				      "INSERT INTO messages(session_id, role, timestamp) VALUES('s3', 'user', %d)", NOW - 2));
	take_all(h, s);
	assert_int_equal(figures(h, s).open, 2);
	assert_int_equal(one(s, "SELECT messages FROM sessions WHERE id = 's3'"), 9);
	/* It ends without a message; it was active lately, so it is looked at. */
	make_db(h, arena_printf(h->a, "UPDATE sessions SET ended_at = %d WHERE id = 's3'", NOW));
	take_all(h, s);
	assert_int_equal(figures(h, s).open, 1);
	/* One that was active lately is deleted, and one that nobody looks for by name. */
	make_db(h, "DELETE FROM sessions WHERE id IN ('new', 's700')");
	for (int i = 0; i < 5; i++) {
		make_db(h, arena_printf(h->a, "UPDATE sessions SET title = 'turn %d' WHERE id = 's1'", i));
		take_all(h, s);
	}
	assert_int_equal(figures(h, s).total, 899);
	assert_int_equal(one(s, "SELECT gone FROM sessions WHERE id = 's700'"), 1);
	assert_int_equal(one(s, "SELECT gone FROM sessions WHERE id = 'new'"), 1);
	assert_int_equal(one(s, "SELECT sum(sessions) FROM session_quarters"), 901); /* what was, was */
	store_close(s);
}

static void sums_are_those_of_the_rows_whatever_happened(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);

	make_db(h, SCHEMA);
	sessions_of(h, 300);
	take_all(h, s);
	make_db(h, "UPDATE sessions SET source = 'moved', model = NULL, message_count = 7, estimated_cost_usd = 2.5 WHERE rowid % 7 = 0;"
		   "DELETE FROM sessions WHERE rowid % 11 = 0; UPDATE sessions SET started_at = started_at - 864000 WHERE rowid % 5 = 0");
	for (int i = 0; i < 4; i++) {
		make_db(h, arena_printf(h->a, "UPDATE sessions SET title = 'turn %d' WHERE id = 's1'", i));
		take_all(h, s);
	}
	assert_int_equal(one(s, "SELECT sum(sessions) FROM session_counts"), one(s, "SELECT count(*) FROM sessions WHERE gone = 0"));
	assert_int_equal(one(s, "SELECT count(*) FROM (SELECT source, count(*) n FROM sessions WHERE gone = 0 GROUP BY 1 EXCEPT"
				" SELECT source, sessions FROM session_counts)"), 0);
	assert_int_equal(one(s, "SELECT count(*) FROM (SELECT started / 900, source, coalesce(model, ''), count(*), sum(messages), sum(cost),"
				" sum(cost IS NOT NULL) FROM sessions GROUP BY 1, 2, 3 EXCEPT SELECT quarter, source, model, sessions, messages, cost,"
				" costed FROM session_quarters)"), 0);
	store_close(s);
}

static void a_vacuum_or_an_older_copy_loses_and_doubles_nothing(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);
	size_t n;
	char *older;

	make_db(h, SCHEMA);
	sessions_of(h, 50);
	older = read_all(in_home(h, "state.db"), &n);
	make_db(h, "DELETE FROM sessions WHERE rowid < 20; INSERT INTO sessions(id, source, started_at) VALUES('late', 'cli', 1774000000)");
	take_all(h, s);
	assert_int_equal(figures(h, s).total, 32);
	make_db(h, "VACUUM");
	take_all(h, s);
	assert_int_equal(figures(h, s).total, 32);
	assert_int_equal(one(s, "SELECT count(*) FROM sessions"), 32);
	put(h, "state.db", older, n); /* a restored backup */
	free(older);
	take_all(h, s);
	assert_int_equal(figures(h, s).total, 50);
	assert_int_equal(one(s, "SELECT gone FROM sessions WHERE id = 'late'"), 1);
	store_close(s);
}

static void an_import_goes_on_where_it_was_killed(void **state)
{
	struct home *h = *state;
	int status = 0;

	make_db(h, SCHEMA);
	sessions_of(h, 3 * WORK_BATCH + 5);
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			struct store *s = ledger(h);
			struct work_batch b;

			take_once(h, s, &b);
			sqlite3_exec(s->db, "BEGIN IMMEDIATE; UPDATE sessions SET gone = 1", NULL, NULL, NULL);
			kill(getpid(), SIGKILL);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
	}
	{
		struct store *s = ledger(h);

		assert_false(store_work_is_complete(s));
		take_all(h, s);
		assert_true(store_work_is_complete(s));
		assert_int_equal(figures(h, s).total, 3 * WORK_BATCH + 5);
		assert_int_equal(one(s, "SELECT count(*) FROM sessions WHERE gone"), 0);
		store_close(s);
	}
}

static void pages_go_by_key_and_a_family_is_found(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);
	struct session_query q = { .limit = 50 };
	struct session_family f;
	struct session_page page;
	const char *error = NULL;
	size_t seen = 0;

	make_db(h, SCHEMA);
	sessions_of(h, 333);
	make_db(h, "UPDATE sessions SET started_at = 1774000000 WHERE rowid > 200; UPDATE sessions SET parent_session_id = 's12' WHERE id = 's13';"
		   "UPDATE sessions SET parent_session_id = 's41' WHERE id = 's40'; UPDATE sessions SET parent_session_id = 's40' WHERE id = 's41'");
	take_all(h, s);
	do {
		assert_int_equal(store_session_page(s, &q, &page, h->a, &error), 0);
		for (size_t i = 1; i < page.n; i++)
			assert_true(page.rows[i - 1].started_at >= page.rows[i].started_at);
		seen += page.n;
		q.before_started = page.rows[page.n - 1].started_at;
		q.before_n = page.rows[page.n - 1].rowid;
	} while (page.has_more);
	assert_int_equal(seen, 333);
	q = (struct session_query){ .source = "cron", .limit = 200 };
	assert_int_equal(store_session_page(s, &q, &page, h->a, &error), 0);
	assert_int_equal(page.n, 111);
	assert_true(store_session(s, "s12", &f, h->a, &error));
	assert_int_equal(f.n_parents, 1);
	assert_string_equal(f.parents[0].id, "s11");
	assert_int_equal(f.n_children, 1);
	assert_string_equal(f.children[0].id, "s13");
	assert_true(store_session(s, "s40", &f, h->a, &error)); /* a circle */
	assert_int_equal(f.n_parents, 2);
	assert_false(store_session(s, "nobody", &f, h->a, &error));
	assert_null(error);
	store_close(s);
}

static void beginnings_of_messages_are_read_only_where_they_may_be(void **state)
{
	struct home *h = *state;
	struct store *s = ledger(h);

	make_db(h, SCHEMA);
	sessions_of(h, 2);
	make_db(h, "INSERT INTO messages(session_id, role, content, timestamp) VALUES('s1', 'assistant', 'no', 1), ('s1', 'user', 'buy <b>bread</b>', 2)");
	take_all(h, s);
	assert_int_equal(one(s, "SELECT count(*) FROM sessions WHERE preview IS NOT NULL"), 0);
	h->src.excerpts = true;
	make_db(h, "UPDATE sessions SET title = 'x' WHERE id = 's2'");
	take_all(h, s);
	assert_int_equal(one(s, "SELECT count(*) FROM sessions WHERE id = 's1' AND preview = 'buy <b>bread</b>'"), 1);
	store_close(s);
}

static void a_ledger_of_the_version_before_is_brought_up_to_date(void **state)
{
	struct home *h = *state;
	struct store *s;
	sqlite3 *db;

	mkdir(in_home(h, "ledger"), 0755);
	assert_int_equal(sqlite3_open(in_home(h, "ledger/ledger.db"), &db), SQLITE_OK);
	assert_int_equal(store_migrate(db, 2), SQLITE_OK);
	run_sql(db, "INSERT INTO readings VALUES(1, 'gateway'); INSERT INTO samples VALUES(1774800000, 1, 2, 5)");
	sqlite3_close(db);
	assert_int_equal(chmod(in_home(h, "ledger/ledger.db"), 0640), 0);
	s = ledger(h);
	assert_int_equal(one(s, "PRAGMA user_version"), STORE_SCHEMA_VERSION);
	assert_int_equal(one(s, "SELECT value FROM samples"), -7); /* a REAL, still there */
	assert_int_equal(one(s, "SELECT count(*) FROM samples"), 1);
	make_db(h, SCHEMA);
	sessions_of(h, 3);
	take_all(h, s);
	assert_int_equal(figures(h, s).total, 3);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(the_ledger_gives_the_figures_that_reading_gives),
		HOME_TEST(a_file_that_stands_still_is_not_opened_again),
		HOME_TEST(new_changed_reopened_and_deleted_sessions_are_noticed),
		HOME_TEST(sums_are_those_of_the_rows_whatever_happened),
		HOME_TEST(a_vacuum_or_an_older_copy_loses_and_doubles_nothing),
		HOME_TEST(an_import_goes_on_where_it_was_killed),
		HOME_TEST(pages_go_by_key_and_a_family_is_found),
		HOME_TEST(beginnings_of_messages_are_read_only_where_they_may_be),
		HOME_TEST(a_ledger_of_the_version_before_is_brought_up_to_date),
	};

	return RUN_TESTS("work", tests);
}
