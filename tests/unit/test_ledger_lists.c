/* What lists ask the ledger: pages by filter, the search, alerts and versions. All through the reading side. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/store_history_sql.h"
#include "store/store_parts.h"
#include "store/store_sessions.h"
#include "test.h"

#define NOW INT64_C(1795500000)

static struct arena *a;
static char dir[64];

static int setup(void **state)
{
	(void)state;
	a = arena_new(256 * 1024 * 1024);
	snprintf(dir, sizeof(dir), "/tmp/test_lists.XXXXXX");
	assert_non_null(mkdtemp(dir));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(arena_printf(a, "%s/ledger.db", dir));
	unlink(arena_printf(a, "%s/ledger.db-journal", dir));
	rmdir(dir);
	arena_free(a);
	return 0;
}

static struct store *open_either(bool for_reading)
{
	const char *error = NULL;
	struct store *s = for_reading ? store_open_read(dir, geteuid(), clock_mono_us() + INT64_C(60000000), a, &error)
				      : store_open(dir, a, &error);

	if (!s)
		fail_msg("%s", error);
	return s;
}

/* Takes these sessions in, as an intake does. */
static void take(const struct session *rows, size_t n)
{
	CLEANUP(store_closep) struct store *s = open_either(false);
	struct work_batch b = { .probe.state = PROBE_OK, .n_rows = n };
	const char *error = NULL;

	b.rows = arena_calloc(a, n, sizeof(*b.rows));
	memcpy(b.rows, rows, n * sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		b.rows[i].rowid = (int64_t)i + 1;
	b.next.is_complete = true;
	assert_int_equal(store_work_take(s, &b, a, &error), 0);
}

/* The ids of a page, apart by blanks, and ">" where there is more. */
static const char *ids(struct session_query q)
{
	CLEANUP(store_closep) struct store *s = open_either(true);
	struct session_page page;
	const char *error = NULL, *text = "";

	q.now = NOW;
	if (store_session_page(s, &q, &page, a, &error) < 0)
		fail_msg("%s", error);
	for (size_t i = 0; i < page.n; i++)
		text = arena_printf(a, "%s%s%s", text, i ? " " : "", page.rows[i].id);
	return page.has_more ? arena_printf(a, "%s >", text) : text;
}

static const struct session some[] = {
	{ .id = "a", .source = "cli", .title = "Backup of the vault", .started_at = NOW - 9000, .ended_at = NOW - 8000,
	  .last_active_at = NOW - 8000, .turn = TURN_COMPLETE },
	{ .id = "b", .source = "telegram", .title = "Naïve Résumé für Jürgen", .started_at = NOW - 7000,
	  .last_active_at = NOW - 100, .turn = TURN_UNFINISHED },
	{ .id = "c", .source = "telegram", .title = "back to work; \"quoted\" OR NOT (x)", .started_at = NOW - 6000,
	  .last_active_at = NOW - 5000, .turn = TURN_UNFINISHED },
	{ .id = "d", .source = "telegram", .started_at = NOW - 5000, .last_active_at = NOW - 4000, .turn = TURN_COMPLETE },
	{ .id = "e", .source = "cron", .title = "vault vault vault", .started_at = NOW - 5000, .ended_at = NOW - 4900,
	  .last_active_at = NOW - 4900, .turn = TURN_FAILED },
};

static void each_filter_finds_its_own_and_nothing_else(void **state)
{
	(void)state;
	take(some, ARRAY_SIZE(some));
	assert_string_equal(ids((struct session_query){ 0 }), "e d c b a");
	assert_string_equal(ids((struct session_query){ .source = "telegram" }), "d c b");
	assert_string_equal(ids((struct session_query){ .class = SESSIONS_ENDED }), "a");
	assert_string_equal(ids((struct session_query){ .class = SESSIONS_FAILED }), "e");
	assert_string_equal(ids((struct session_query){ .class = SESSIONS_UNFINISHED }), "c b");
	assert_string_equal(ids((struct session_query){ .class = SESSIONS_UNFINISHED, .idle_since = NOW - 300 }), "c");
	assert_string_equal(ids((struct session_query){ .class = SESSIONS_UNFINISHED, .source = "cli" }), "");
	assert_string_equal(ids((struct session_query){ .active_from = NOW - 300 }), "b");
	assert_string_equal(ids((struct session_query){ .from_s = NOW - 6500, .to_s = NOW - 5000 }), "c");
	assert_string_equal(ids((struct session_query){ .class = SESSIONS_WAITING, .source = "telegram" }), "d");
}

static void pages_go_by_key_through_equal_times_and_filters(void **state)
{
	struct session_query q = { .limit = 2 };
	struct session_page page;
	const char *error = NULL, *seen = "";
	CLEANUP(store_closep) struct store *s = NULL;

	(void)state;
	take(some, ARRAY_SIZE(some));
	s = open_either(true);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(store_session_page(s, &q, &page, a, &error), 0);
		for (size_t k = 0; k < page.n; k++)
			seen = arena_printf(a, "%s%s", seen, page.rows[k].id);
		q.before_started = page.rows[page.n - 1].started_at;
		q.before_n = page.rows[page.n - 1].rowid;
	}
	assert_string_equal(seen, "edcba");
	assert_false(page.has_more);
}

static const char *newest_of(struct store *s)
{
	const struct session_query q = { .now = NOW, .limit = 1 };
	struct session_page page;
	const char *error = NULL;

	if (store_session_page(s, &q, &page, a, &error) < 0)
		fail_msg("%s", error);
	return page.n ? page.rows[0].id : "";
}

static void a_ledger_that_stays_open_sees_what_is_written_and_notices_another_file(void **state)
{
	const int64_t far_off = clock_mono_us() + INT64_C(60000000);
	const char *path = arena_printf(a, "%s/ledger.db", dir);
	struct store *s;

	(void)state;
	take(some, 3);
	s = open_either(true);
	store_keep(s);
	assert_true(store_is_lent(s));
	assert_false(store_take_up(s, dir, geteuid(), far_off, a)); /* it is in use */
	assert_string_equal(newest_of(s), "c");
	store_close(s);
	assert_false(store_is_lent(s));
	take(some, ARRAY_SIZE(some)); /* nothing of ours is in the way of a writer */
	assert_true(store_take_up(s, dir, geteuid(), far_off, a));
	assert_string_equal(newest_of(s), "e");
	store_close(s);
	assert_false(store_take_up(s, dir, (int64_t)geteuid() + 1, far_off, a));
	assert_int_equal(chmod(path, 0666), 0);
	assert_false(store_take_up(s, dir, geteuid(), far_off, a));
	assert_int_equal(chmod(path, 0640), 0);
	assert_true(store_take_up(s, dir, geteuid(), far_off, a));
	store_close(s);
	assert_int_equal(unlink(path), 0);
	assert_false(store_take_up(s, dir, geteuid(), far_off, a));
	take(some, 2);
	assert_false(store_take_up(s, dir, geteuid(), far_off, a)); /* a new one of that name */
	store_drop(s);
	s = open_either(true);
	store_keep(s);
	store_close(s);
	assert_true(store_take_up(s, dir, geteuid(), far_off, a));
	assert_string_equal(newest_of(s), "b");
	store_drop(s);
}

/* "sesame" begins as thousands of newer titles do, so a walk along those does not come to it. */
static void a_rare_word_is_found_behind_thousands_that_begin_like_it(void **state)
{
	struct session *rows = arena_calloc(a, 3000, sizeof(*rows));

	(void)state;
	for (size_t i = 0; i < 3000; i++)
		rows[i] = (struct session){ .id = arena_printf(a, "n%zu", i), .source = i % 2 ? "cli" : "cron",
					    .title = i == 7 ? "Open Sesame session" : arena_printf(a, "Session number %zu", i),
					    .started_at = NOW - 90000 + (int64_t)i * 30, .ended_at = i == 2998 ? 0 : NOW,
					    .last_active_at = NOW - 10, .turn = TURN_COMPLETE };
	take(rows, 3000);
	assert_string_equal(ids((struct session_query){ .words = "sesam" }), "n7");
	assert_string_equal(ids((struct session_query){ .words = "sesam", .source = "cron" }), "");
	assert_string_equal(ids((struct session_query){ .words = "open sesame", .source = "cli" }), "n7");
	assert_string_equal(ids((struct session_query){ .words = "session sesame" }), "n7");
	assert_string_equal(ids((struct session_query){ .words = "SESSION numb", .limit = 2 }), "n2999 n2998 >");
	assert_string_equal(ids((struct session_query){ .words = "session", .before_started = NOW - 90000 + 60, .before_n = 3 }), "n1 n0");
	assert_string_equal(ids((struct session_query){ .words = "session 299", .limit = 20 }),
			    "n2999 n2998 n2997 n2996 n2995 n2994 n2993 n2992 n2991 n2990 n299");
	assert_string_equal(ids((struct session_query){ .words = "sessions" }), "");
	assert_string_equal(ids((struct session_query){ .words = "session", .active_from = NOW - 300 }), "n2998");
	assert_string_equal(ids((struct session_query){ .words = "sesame", .active_from = NOW - 300 }), "");
}

static void words_of_titles_are_found_by_their_beginnings(void **state)
{
	static const struct {
		const char *words, *found;
	} cases[] = {
		{ "vault", "e a" }, { "vau", "e a" }, { "VAULT", "e a" }, { "back", "c a" }, { "backup", "a" },
		{ "vault backup", "a" }, { "naive", "b" }, { "resume jurgen", "b" }, { "ü", "" }, { "nothing", "" },
		{ "ault", "" },
		/* The search's own language is only text. */
		{ "quoted", "c" }, { "\"quoted\"", "c" }, { "OR NOT", "c" }, { "vault OR back", "" }, { "title:vault", "" },
		{ "* vault", "e a" }, { "vault*", "e a" }, { "(x", "c" }, { "a') --", "" }, { "-- vault", "e a" },
	};

	(void)state;
	take(some, ARRAY_SIZE(some));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *found = ids((struct session_query){ .words = cases[i].words });

		if (strcmp(found, cases[i].found) != 0)
			fail_msg("%s: found '%s', not '%s'", cases[i].words, found, cases[i].found);
	}
	assert_string_equal(ids((struct session_query){ .words = "vault", .source = "cron" }), "e");
	assert_string_equal(ids((struct session_query){ .words = "vault", .class = SESSIONS_ENDED }), "a");
	assert_string_equal(ids((struct session_query){ .words = "naive", .active_from = NOW - 300 }), "b");
	assert_string_equal(ids((struct session_query){ .words = "back", .active_from = NOW - 300 }), "");
	assert_string_equal(ids((struct session_query){ .words = "vault", .from_s = NOW - 5500 }), "e");
	assert_string_equal(ids((struct session_query){ .words = "vault", .limit = 1 }), "e >");
	assert_string_equal(ids((struct session_query){ .words = "vault", .limit = 1, .before_started = NOW - 5000, .before_n = 5 }), "a");
}

static void the_search_follows_what_changes(void **state)
{
	struct session x[ARRAY_SIZE(some)];

	(void)state;
	memcpy(x, some, sizeof(x));
	take(x, ARRAY_SIZE(x));
	x[0].title = "Something else";
	x[1].title = NULL;
	x[4].turn = TURN_COMPLETE;
	x[3].title = "vault at last";
	x[3].started_at = NOW - 10;
	take(x, ARRAY_SIZE(x));
	assert_string_equal(ids((struct session_query){ .words = "vault" }), "d e");
	assert_string_equal(ids((struct session_query){ .words = "naive" }), "");
	assert_string_equal(ids((struct session_query){ .words = "something" }), "a");
	assert_string_equal(ids((struct session_query){ .words = "vault", .class = SESSIONS_FAILED }), "");
	assert_string_equal(ids((struct session_query){ .words = "vault", .class = SESSIONS_ENDED }), "e");
}

static void a_ledger_without_the_search_gets_it_with_what_it_holds(void **state)
{
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(arena_printf(a, "%s/ledger.db", dir), &db), SQLITE_OK);
	assert_int_equal(store_migrate(db, 4), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "INSERT INTO sessions(id, row, source, title, started, ended, active, messages, cost, archived, hidden)"
					  " VALUES('old', 1, 'cli', 'The old vault', 1795400000, 1795400100, 1795400100, 7, 5, 0, 0);"
					  "INSERT INTO cron_runs(id, job, started, finished, status) VALUES('r', 'j', 0, 9, 'ok')",
				      NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	chmod(arena_printf(a, "%s/ledger.db", dir), 0640);
	assert_true(store_is_older(dir));
	store_close(open_either(false));
	assert_false(store_is_older(dir));
	assert_string_equal(ids((struct session_query){ .words = "vault", .class = SESSIONS_ENDED }), "old");
	{
		CLEANUP(store_closep) struct store *s = open_either(false);

		assert_int_equal(store_number(s->db, "SELECT messages FROM session_quarters", -1), 7);
		assert_int_equal(store_number(s->db, "SELECT quarter FROM session_quarters", -1), 1795400000 / STORE_QUARTER_S);
		assert_int_equal(store_number(s->db, "SELECT at FROM cron_runs", -1), 9);
	}
}

/* ---- alerts ---- */

static void record(int64_t at, struct store_judged *items, size_t n)
{
	CLEANUP(store_closep) struct store *s = open_either(false);
	static const struct book_rule at_once[] = { { "*", 1, 1, 1 } }; /* what the book waits for: test_store_book.c */
	static const struct book_rules rules = { at_once, 1 };
	struct store_verdict v = { .items = items, .n = n, .state = PROBE_OK, .worst = 1, .is_running = TRI_YES, .rules = &rules };
	struct instance_report r = { .instance_id = "x", .generated_at = at };
	const char *error = NULL;

	r.hermes.probe.state = PROBE_OK;
	r.hermes.version = at < NOW + 60 ? "0.19.0" : "0.21.1";
	if (store_record_instance(s, &r, &v, a, &error) < 0)
		fail_msg("%s", error);
}

/* "reading severity opened-closed", from NOW on, of every alert. */
static const char *alerts(struct alert_query q)
{
	CLEANUP(store_closep) struct store *s = open_either(true);
	struct alert_page page;
	const char *error = NULL, *text = "";

	if (store_alerts(s, &q, &page, a, &error) < 0)
		fail_msg("%s", error);
	for (size_t i = 0; i < page.n; i++)
		text = arena_printf(a, "%s%s%s %d %lld-%lld", text, i ? ", " : "", page.rows[i].reading, (int)page.rows[i].severity,
				    (long long)(page.rows[i].opened_at - NOW),
				    page.rows[i].closed_at ? (long long)(page.rows[i].closed_at - NOW) : 0);
	return page.has_more ? arena_printf(a, "%s >", text) : text;
}

#define FINE(name)	     { .reading = (name), .is_known = true }
#define WARNS(name)	     { .reading = (name), .is_known = true, .severity = ALERT_WARN, .title = "it warns" }
#define CRITICAL(name)	     { .reading = (name), .is_known = true, .severity = ALERT_CRITICAL, .title = "it is bad" }
#define NOT_KNOWN(name)	     { .reading = (name), .is_known = false }
#define ASKS_UNKNOWN(name)   { .reading = (name), .is_known = false, .severity = ALERT_UNKNOWN, .title = "not known" }
#define RECORD(at, ...)                                                             \
	do {                                                                        \
		struct store_judged items_[] = { __VA_ARGS__ };                     \
		record(NOW + (at), items_, ARRAY_SIZE(items_));                     \
	} while (0)

static void an_alert_opens_once_and_closes_when_it_is_known_to_be_over(void **state)
{
	(void)state;
	RECORD(0, FINE("backup"), FINE("cron"));
	assert_string_equal(alerts((struct alert_query){ 0 }), "");
	RECORD(30, WARNS("backup"), FINE("cron"));
	RECORD(60, WARNS("backup"), ASKS_UNKNOWN("cron"));
	assert_string_equal(alerts((struct alert_query){ 0 }), "cron 1 60-0, backup 2 30-0");
	RECORD(90, CRITICAL("backup"), NOT_KNOWN("cron"));
	RECORD(120, WARNS("backup"), NOT_KNOWN("cron"));
	/* The worst it had; not known closes nothing. */
	assert_string_equal(alerts((struct alert_query){ 0 }), "cron 1 60-0, backup 3 30-0");
	RECORD(150, FINE("backup"), FINE("cron"));
	assert_string_equal(alerts((struct alert_query){ .only_closed = true }), "cron 1 60-150, backup 3 30-150");
	/* Later than an hour: else it would be the same alert again. */
	RECORD(7180, WARNS("backup"), WARNS("job"));
	RECORD(7210, WARNS("backup")); /* the job is not there any more */
	assert_string_equal(alerts((struct alert_query){ .limit = 2 }), "job 2 7180-7210, backup 2 7180-0 >");
	assert_string_equal(alerts((struct alert_query){ .from_s = NOW + 160, .only_closed = true }), "job 2 7180-7210");
	assert_string_equal(alerts((struct alert_query){ .before_opened = NOW + 7180, .before_n = 3 }), "cron 1 60-150, backup 3 30-150");
}

static void versions_are_remembered_from_when_on(void **state)
{
	struct store_version v[5];
	const char *error = NULL;
	size_t n;

	(void)state;
	RECORD(0, FINE("x"));
	RECORD(30, FINE("x"));
	RECORD(60, FINE("x"));
	RECORD(90, FINE("x"));
	{
		CLEANUP(store_closep) struct store *s = open_either(true);

		assert_int_equal(store_versions(s, v, ARRAY_SIZE(v), &n, a, &error), 0);
	}
	assert_int_equal(n, 2);
	assert_string_equal(v[0].version, "0.21.1");
	assert_int_equal(v[0].since, NOW + 60);
	assert_string_equal(v[1].version, "0.19.0");
}

static void what_was_judged_is_counted_by_the_quarter(void **state)
{
	struct watch out;
	const char *error = NULL;

	(void)state;
	RECORD(0, WARNS("x"));
	RECORD(30, WARNS("x"));
	RECORD(STORE_QUARTER_S, WARNS("x"));
	{
		CLEANUP(store_closep) struct store *s = open_either(true);

		assert_int_equal(store_watch(s, NOW, NOW + 1, &out, a, &error), 0);
		assert_int_equal(out.n, 1);
		assert_int_equal(out.since, NOW);
		assert_int_equal(out.rows[0].at, NOW);
		assert_int_equal(out.rows[0].runs, 2);
		assert_int_equal(out.rows[0].warns, 2);
		assert_int_equal(out.rows[0].fine + out.rows[0].critical + out.rows[0].off + out.rows[0].down, 0);
		assert_int_equal(out.rows[0].up, 2);
		assert_int_equal(store_watch(s, 0, INT64_MAX / 2, &out, a, &error), 0);
		assert_int_equal(out.n, 2);
	}
}

static void what_is_two_years_over_goes_and_what_is_open_stays(void **state)
{
	(void)state;
	RECORD(0, WARNS("gone"), WARNS("stays"));
	RECORD(30, FINE("gone"), WARNS("stays"));
	RECORD(732 * INT64_C(86400), WARNS("stays"));
	assert_string_equal(alerts((struct alert_query){ 0 }), "stays 2 0-0");
	{
		CLEANUP(store_closep) struct store *s = open_either(false);

		assert_int_equal(store_number(s->db, "SELECT count(*) FROM watch", -1), 1);
	}
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(each_filter_finds_its_own_and_nothing_else),
		UNIT(pages_go_by_key_through_equal_times_and_filters),
		UNIT(words_of_titles_are_found_by_their_beginnings),
		UNIT(a_ledger_that_stays_open_sees_what_is_written_and_notices_another_file),
		UNIT(a_rare_word_is_found_behind_thousands_that_begin_like_it),
		UNIT(the_search_follows_what_changes),
		UNIT(a_ledger_without_the_search_gets_it_with_what_it_holds),
		UNIT(an_alert_opens_once_and_closes_when_it_is_known_to_be_over),
		UNIT(versions_are_remembered_from_when_on),
		UNIT(what_is_two_years_over_goes_and_what_is_open_stays),
		UNIT(what_was_judged_is_counted_by_the_quarter),
	};

	return RUN_TESTS("ledger lists", tests);
}
