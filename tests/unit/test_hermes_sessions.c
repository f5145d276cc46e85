#include "test_hermes.h"

#include <math.h>

#include "../fixtures/sample_db.h"
#include "base/str.h"
#include "hermes/sessions_scan.h"
#include "hermes/statedb.h"
#include "model/sessions.h"

#define MINIMAL                                                                                              \
	"CREATE TABLE sessions (id TEXT PRIMARY KEY, source TEXT, started_at REAL, ended_at REAL,"           \
	" cost_status TEXT, estimated_cost_usd REAL, actual_cost_usd REAL, title TEXT, message_count "       \
	"INTEGER,"                                                                                           \
	" tool_call_count INTEGER, input_tokens INTEGER, output_tokens INTEGER, model TEXT,"                 \
	" parent_session_id TEXT, end_reason TEXT);"                                                         \
	"CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id TEXT, timestamp REAL);"                   \
	"CREATE INDEX m ON messages(session_id, timestamp);"

static struct sessions *read_home(struct home *h)
{
	struct sessions *out = arena_alloc(h->a, sizeof(*out));

	hermes_sessions(out, &h->src, h->a, clock_mono_us() + 30 * 1000000LL);
	return out;
}

static struct sessions *read_ok(struct home *h)
{
	struct sessions *out = read_home(h);

	if (out->probe.state != PROBE_OK)
		fail_msg("not read: %s", out->probe.reason);
	return out;
}

static const struct session *by_title(const struct sessions *x, const char *title)
{
	for (size_t i = 0; i < x->n_latest; i++)
		if (str_eq(x->latest[i].title, title))
			return &x->latest[i];
	fail_msg("no session \"%s\"", title);
	return NULL;
}

static void compare_latest(const struct sessions *x, const cJSON *list)
{
	size_t i = 0;
	const cJSON *want;

	cJSON_ArrayForEach(want, list)
	{
		const struct session *got = &x->latest[i];

		if (i++ == SESSIONS_LATEST_MAX)
			break;
		same_text(got->id, text_at(want, "id"));
		same_text(got->title, text_at(want, "title"));
		same_text(got->source, text_at(want, "source"));
		same_text(got->model, text_at(want, "model"));
		same_text(got->end_reason, text_at(want, "end_reason"));
		same_text(got->parent_id, text_at(want, "parent_session_id"));
		assert_int_equal(got->started_at, (int64_t)at(want, "started_at")->valuedouble);
		assert_int_equal(got->ended_at, (int64_t)at(want, "ended_at")->valuedouble);
		assert_int_equal(got->messages, at(want, "message_count")->valueint);
		assert_int_equal(got->tool_calls, at(want, "tool_call_count")->valueint);
		assert_int_equal(got->last_active_at, (int64_t)at(want, "last_active")->valuedouble);
		assert_int_equal(got->is_active,
				 cJSON_IsTrue(at(want, "native_is_active")) ? TRI_YES : TRI_NO);
		if (at(want, "input_tokens")->valueint > 0)
			assert_int_equal(got->input_tokens, at(want, "input_tokens")->valueint);
		if (cJSON_IsNull(at(want, "estimated_cost_usd")))
			assert_int_equal(got->cost_microusd, COUNT_UNKNOWN);
		else
			assert_int_equal(got->cost_microusd,
					 llround(at(want, "estimated_cost_usd")->valuedouble * 1e6));
	}
	assert_int_equal(x->n_latest, i < SESSIONS_LATEST_MAX ? i : SESSIONS_LATEST_MAX);
}

static void compare_home(struct home *h, const char *which)
{
	cJSON *want = expected_of(h, which);
	const cJSON *sources = at(want, "session_count_per_source"), *row;
	int64_t open = 0, active = 0;
	struct sessions *x;

	copy_home(h, which);
	x = read_ok(h);
	assert_int_equal(x->total, at(at(want, "sessions_stats"), "total_sessions")->valueint);
	assert_int_equal(x->messages, at(at(want, "sessions_stats"), "total_messages")->valueint);
	assert_int_equal(x->schema_version, at(want, "schema_version")->valueint);
	assert_int_equal(x->n_by_source, cJSON_GetArraySize(sources));
	for (size_t i = 0; i < x->n_by_source; i++)
		assert_int_equal(x->by_source[i].sessions, at(sources, x->by_source[i].source)->valueint);
	cJSON_ArrayForEach(row, at(want, "sessions_all_rows"))
	{
		open += cJSON_IsNull(at(row, "ended_at"));
		active += cJSON_IsTrue(at(row, "native_is_active"));
	}
	assert_int_equal(x->open, open);
	assert_int_equal(x->active, active);
	compare_latest(x, at(want, "sessions_list"));
	cJSON_Delete(want);
}

static void vijays_figures_are_those_of_hermes(void **state)
{
	compare_home(*state, "vijay-2026-03");
}

static void bheems_figures_are_those_of_hermes(void **state)
{
	compare_home(*state, "bheem-2026-03");
}

static void a_closed_wal_home_is_read_without_a_trace(void **state)
{
	struct home *h = *state;

	copy_home(h, "vijay-2026-03");
	read_ok(h);
	assert_false(is_there(h, "state.db-wal"));
	assert_false(is_there(h, "state.db-shm"));
}

static struct sample sample_in(struct home *h)
{
	return (struct sample){ .a = h->a, .name = "test", .home = h->path, .now = h->src.now };
}

static void sample_of_schema_6_reads(void **state)
{
	struct home *h = *state;
	struct sample s = sample_in(h);
	struct sessions *x;
	const struct session *row;

	write_db_6(&s);
	x = read_ok(h);
	assert_int_equal(x->schema_version, 6);
	assert_int_equal(x->open, 4);
	assert_int_equal(x->active, 2);
	row = by_title(x, "Plan the week");
	assert_int_equal(row->is_active, TRI_YES);
	assert_int_equal(row->cost_microusd, 67350);
	row = by_title(x, "Kitchen shelf, in oak");
	assert_int_equal(row->cost_microusd, COUNT_UNKNOWN);
	assert_string_equal(row->cost_status, "unknown");
	assert_string_equal(row->parent_id, by_title(x, "Kitchen shelf, two ways")->id);
	row = by_title(x, "Sort the family photos #3");
	assert_string_equal(row->parent_id, by_title(x, "Sort the family photos #2")->id);
}

static void sample_of_schema_26_reads(void **state)
{
	struct home *h = *state;
	struct sample s = sample_in(h);
	struct sessions *x;
	sqlite3 *db;
	sqlite3_stmt *st;

	write_db_26(&s);
	x = read_ok(h);
	assert_int_equal(x->schema_version, 26);
	assert_int_equal(by_title(x, "Stock for the weekend")->cost_microusd, 662500);
	assert_int_equal(by_title(x, "Door bell panel")->cost_microusd, 0);
	assert_int_equal(by_title(x, "Invoice import · failed run")->cost_microusd, COUNT_UNKNOWN);
	/* Total: without the archived one, with the hidden one, as `hermes sessions stats` of 0.20. */
	db = open_db(h);
	assert_int_equal(
		sqlite3_prepare_v2(db, "SELECT count(*) FROM sessions WHERE archived = 0", -1, &st, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_int_equal(x->total, sqlite3_column_int64(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(db);
	for (size_t i = 0; i < x->n_latest; i++) {
		assert_string_not_equal(x->latest[i].source, "tool");
		assert_true(!x->latest[i].title || strcmp(x->latest[i].title, "Not for the list") != 0);
	}
}

static void hostile_titles_come_out_clean(void **state)
{
	struct home *h = *state;
	struct sample s = sample_in(h);
	struct sessions *x;
	bool saw_cut = false, saw_broken = false;

	write_db_26(&s);
	x = read_ok(h);
	for (size_t i = 0; i < x->n_latest; i++) {
		const char *title = x->latest[i].title;

		if (!title)
			continue;
		assert_true(str_is_utf8(title, strlen(title)));
		assert_true(str_utf8_count(title, strlen(title)) <= 200);
		for (const char *c = title; *c; c++)
			assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
		assert_null(strstr(title, "\xE2\x80\xAE"));
		saw_cut = saw_cut || str_starts(title, "WWWW");
		saw_broken = saw_broken || str_starts(title, "broken \xEF\xBF\xBD");
	}
	assert_true(saw_cut);
	assert_true(saw_broken);
}

static void every_value_may_be_of_any_type(void **state)
{
	struct home *h = *state;
	struct sessions *x;

	make_db(h, "CREATE TABLE sessions (id, source, started_at, ended_at, cost_status, "
		   "estimated_cost_usd, title,"
		   " message_count, tool_call_count, input_tokens, output_tokens, model, parent_session_id);"
		   "CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id, timestamp);"
		   "INSERT INTO sessions VALUES (x'00ff41', 7, 'yesterday', x'01', 'estimated', 'cheap', "
		   "12.5, 'many', -4, 1e300,"
		   " x'', 1e999, NULL);"
		   "INSERT INTO sessions VALUES (NULL, NULL, 1e999, NULL, 12, 1e999, x'41004200', 3.0, 2.5, "
		   "NULL, 5, 0, 'p' || char(0) || 'q');"
		   "INSERT INTO sessions VALUES ('neg', 'cli', -5, NULL, 'estimated', -1.0, '', 1, 1, 1, 1, "
		   "'', '');"
		   "INSERT INTO messages VALUES (1, NULL, 'now'), (2, 'neg', x'00'), (3, 7, 1e999)");
	x = read_ok(h);
	assert_int_equal(x->total, 3);
	assert_int_equal(x->messages, 3);
	assert_int_equal(x->open, 2);
	assert_int_equal(x->n_latest, 3);
	for (size_t i = 0; i < x->n_latest; i++) {
		assert_int_equal(x->latest[i].cost_microusd, COUNT_UNKNOWN);
		assert_true(x->latest[i].started_at >= 0);
		if (str_eq(x->latest[i].id, "neg"))
			assert_null(x->latest[i].title);
		if (!x->latest[i].id)
			assert_string_equal(x->latest[i].parent_id, "p q");
	}
	assert_int_equal(x->schema_version, COUNT_UNKNOWN);
}

static void an_unreadable_end_is_not_open(void **state)
{
	struct home *h = *state;
	struct sessions *x;

	make_db(h, MINIMAL "INSERT INTO sessions(id, source, started_at, ended_at) VALUES ('x', 'cli', "
			   "1774807000, 'soon')");
	x = read_ok(h);
	assert_int_equal(x->open, 0);
	assert_true(x->latest[0].ended_at > 0);
	assert_int_equal(x->latest[0].is_active, TRI_NO);
}

static void active_means_open_and_busy_within_five_minutes(void **state)
{
	struct home *h = *state;
	struct sessions *x;

	/* now is 1774807200 */
	make_db(h, MINIMAL
		"INSERT INTO sessions(id, source, started_at, ended_at) VALUES"
		" ('fresh', 'cli', 1774806901, NULL), ('limit', 'cli', 1774806900, NULL),"
		" ('old-but-busy', 'telegram', 1700000000, NULL), ('closed', 'cli', 1774807100, 1774807150),"
		" ('future', 'cli', 1874807200, NULL);"
		"INSERT INTO messages(session_id, timestamp) VALUES ('old-but-busy', 1774807000), "
		"('old-but-busy', 1700000001)");
	x = read_ok(h);
	assert_int_equal(x->open, 4);
	assert_int_equal(x->active, 2);
	assert_int_equal(x->last_active_at, 1774807100);
	for (size_t i = 0; i < x->n_latest; i++) {
		const char *id = x->latest[i].id;

		assert_int_equal(x->latest[i].is_active,
				 strcmp(id, "future") == 0                                     ? TRI_UNKNOWN
				 : strcmp(id, "fresh") == 0 || strcmp(id, "old-but-busy") == 0 ? TRI_YES
											       : TRI_NO);
	}
}

static void a_heartbeat_counts_as_activity(void **state)
{
	struct home *h = *state;
	struct sessions *x;

	make_db(h, MINIMAL "ALTER TABLE sessions ADD COLUMN last_activity_at REAL;"
			   "INSERT INTO sessions(id, source, started_at, last_activity_at) VALUES ('turn', "
			   "'cli', 1774800000, 1774807190)");
	x = read_ok(h);
	assert_int_equal(x->active, 1);
	assert_int_equal(x->latest[0].last_active_at, 1774807190);
	assert_int_equal(x->last_active_at, 1774807190);
}

static void cost_is_known_only_where_hermes_says_so(void **state)
{
	static const struct {
		const char *values;
		int64_t want;
	} rows[] = {
		{ "'estimated', 0.5, NULL", 500000 },
		{ "'estimated', NULL, 0.5", COUNT_UNKNOWN },
		{ "'estimated', 0, NULL", 0 },
		{ "'actual', 0.2, 0.3", 300000 },
		{ "'actual', 0.2, NULL", 200000 },
		{ "'actual', NULL, NULL", COUNT_UNKNOWN },
		{ "'included', NULL, NULL", 0 },
		{ "'included', 0.0, NULL", 0 },
		{ "'unknown', 0.0, NULL", COUNT_UNKNOWN },
		{ "NULL, 0.7, NULL", COUNT_UNKNOWN },
		{ "NULL, NULL, NULL", COUNT_UNKNOWN },
		{ "'novel', 0.7, 0.7", COUNT_UNKNOWN },
		{ "'estimated', 1e300, NULL", COUNT_UNKNOWN },
		{ "'estimated', -1, NULL", COUNT_UNKNOWN },
	};
	struct home *h = *state;
	sqlite3 *db;
	struct sessions *x;

	make_db(h, MINIMAL);
	db = open_db(h);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		run_sql(db, arena_printf(h->a,
					 "INSERT INTO sessions(id, source, started_at, cost_status, "
					 "estimated_cost_usd,"
					 " actual_cost_usd) VALUES ('%zu', 'cli', %zu, %s)",
					 i, 1700000000 - i, rows[i].values));
	sqlite3_close(db);
	x = read_ok(h);
	assert_int_equal(x->n_latest, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (x->latest[i].cost_microusd != rows[i].want)
			fail_msg("%s: %lld", rows[i].values, (long long)x->latest[i].cost_microusd);
}

static void lost_tokens_are_unknown_not_zero(void **state)
{
	struct home *h = *state;
	struct sessions *x;

	make_db(h, MINIMAL "INSERT INTO sessions(id, source, started_at, message_count, input_tokens, "
			   "output_tokens, cost_status) VALUES"
			   " ('lost', 'telegram', 1700000002, 4, 0, 0, NULL), ('none', 'cli', 1700000001, 0, "
			   "0, 0, NULL),"
			   " ('free', 'cli', 1700000000, 4, 0, 0, 'included')");
	x = read_ok(h);
	assert_int_equal(x->latest[0].input_tokens, COUNT_UNKNOWN);
	assert_int_equal(x->latest[0].output_tokens, COUNT_UNKNOWN);
	assert_int_equal(x->latest[1].input_tokens, 0);
	assert_int_equal(x->latest[2].input_tokens, 0);
}

static void missing_columns_leave_their_figures_unknown(void **state)
{
	struct home *h = *state;
	struct sessions *x;

	make_db(h, "CREATE TABLE sessions (id TEXT PRIMARY KEY, started_at REAL);"
		   "INSERT INTO sessions VALUES ('one', 1774800000), ('two', 1774800001)");
	x = read_ok(h);
	assert_int_equal(x->total, 2);
	assert_int_equal(x->open, COUNT_UNKNOWN);
	assert_int_equal(x->active, COUNT_UNKNOWN);
	assert_int_equal(x->messages, COUNT_UNKNOWN);
	assert_int_equal(x->schema_version, COUNT_UNKNOWN);
	assert_int_equal(x->n_by_source, 0);
	assert_int_equal(x->n_latest, 2);
	assert_string_equal(x->latest[0].id, "two");
	assert_int_equal(x->latest[0].messages, COUNT_UNKNOWN);
	assert_int_equal(x->latest[0].input_tokens, COUNT_UNKNOWN);
	assert_null(x->latest[0].source);
}

static void a_newer_schema_is_read_all_the_same(void **state)
{
	struct home *h = *state;
	struct sample s = sample_in(h);
	struct sessions *x;

	write_db_26(&s);
	make_db(h, "UPDATE schema_version SET version = 99; ALTER TABLE sessions ADD COLUMN mood TEXT;"
		   "ALTER TABLE messages ADD COLUMN weather TEXT; CREATE TABLE tomorrow (x)");
	x = read_ok(h);
	assert_int_equal(x->schema_version, 99);
	assert_int_equal(x->n_latest, SESSIONS_LATEST_MAX);
}

static void a_foreign_schema_is_unknown(void **state)
{
	static const struct {
		const char *sql, *reason;
	} rows[] = {
		{ "CREATE TABLE other (x)", "no table \"sessions\"" },
		{ "CREATE TABLE sessions (name TEXT)", "no table \"sessions\"" },
		{ "CREATE TABLE t (id, source, started_at); CREATE VIEW sessions AS SELECT * FROM t",
		  "no table \"sessions\"" },
		{ "CREATE VIRTUAL TABLE sessions USING fts5(id, source)", "no table \"sessions\"" },
		{ "CREATE TABLE sessions (id, started_at, title AS (abs(1))); PRAGMA writable_schema = ON;"
		  "UPDATE sqlite_master SET sql = replace(sql, 'abs(1)', 'load_extension(''/tmp/x.so'')')",
		  "state.db" },
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sessions *x;

		unlink(in_home(h, "state.db"));
		make_db(h, rows[i].sql);
		x = read_home(h);
		if (x->probe.state != PROBE_UNKNOWN)
			fail_msg("\"%s\" is read", rows[i].sql);
		assert_reason(x->probe, rows[i].reason);
		assert_int_equal(x->total, COUNT_UNKNOWN);
	}
}

static void a_computed_column_is_not_asked_for(void **state)
{
	struct home *h = *state;
	struct sessions *x;

	make_db(h, "CREATE TABLE sessions (id, started_at, title AS (hex(zeroblob(7000000))));"
		   "INSERT INTO sessions(id, started_at) VALUES ('a', 1774800000)");
	x = read_ok(h);
	assert_string_equal(x->latest[0].id, "a");
	assert_null(x->latest[0].title);
}

static void a_view_in_place_of_messages_is_not_counted(void **state)
{
	struct home *h = *state;
	struct sessions *x;

	make_db(h,
		"CREATE TABLE sessions (id, source, started_at, ended_at); INSERT INTO sessions VALUES ('a', "
		"'cli', 1774807190, NULL);"
		"CREATE VIEW messages AS WITH RECURSIVE c(session_id, timestamp) AS (SELECT 'a', 1 UNION ALL"
		" SELECT 'a', timestamp + 1 FROM c) SELECT * FROM c");
	x = read_ok(h);
	assert_int_equal(x->messages, COUNT_UNKNOWN);
	assert_int_equal(x->active, 1);
}

static void many_sources_end_in_others(void **state)
{
	struct home *h = *state;
	struct sessions *x;
	int64_t sum = 0;

	make_db(h, MINIMAL
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
		"INSERT INTO sessions(id, source, started_at) SELECT 'i' || i, 's' || i, 1700000000 FROM n;"
		"INSERT INTO sessions(id, source, started_at) SELECT 'j' || id, 'cli', 1700000000 FROM "
		"sessions");
	x = read_ok(h);
	assert_int_equal(x->total, 2000);
	assert_int_equal(x->n_by_source, SOURCES_MAX + 1);
	for (size_t i = 0; i < x->n_by_source; i++)
		sum += x->by_source[i].sessions;
	assert_int_equal(sum, 2000);
}

/* The scan has a statement's time of nothing: what an index can tell is still told. */
static void without_time_the_open_sessions_are_unknown_not_zero(void **state)
{
	struct home *h = *state;
	struct sessions x = { .messages = COUNT_UNKNOWN };
	struct sessions_shape shape = { 0 };
	struct probe p = { 0 };
	struct statedb s;
	int rc;

	make_db(h, MINIMAL "CREATE INDEX src ON sessions(source);"
			   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)"
			   "INSERT INTO sessions(id, source, started_at) SELECT i, 'cli', 1700000000 FROM n;"
			   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)"
			   "INSERT INTO messages(session_id, timestamp) SELECT i % 90, i FROM n");
	assert_true(statedb_open(&s, h->path, STATEDB_CLOSED, h->a, clock_mono_us() + 30000000, &p));
	assert_true(statedb_columns(&s, "sessions", &shape.sessions, &rc));
	assert_true(statedb_columns(&s, "messages", &shape.messages, &rc));
	shape.has_messages = true;
	s.statement_us = -1;
	assert_int_equal(sessions_scan(&s, &shape, h->src.now, &x), SQLITE_OK);
	assert_int_equal(x.open, COUNT_UNKNOWN);
	assert_int_equal(x.active, COUNT_UNKNOWN);
	assert_int_equal(x.total, 90);
	assert_int_equal(x.n_by_source, 1);
	assert_int_equal(sessions_count_messages(&s, 0, &x), SQLITE_OK);
	assert_int_equal(x.messages, COUNT_UNKNOWN);
	statedb_close(&s);
}

static void messages_counted_by_session_are_the_same(void **state)
{
	struct home *h = *state;
	struct sessions x = { .messages = COUNT_UNKNOWN };
	struct probe p = { 0 };
	struct statedb s;

	make_db(h, MINIMAL "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
			   "INSERT INTO messages(session_id, timestamp) SELECT CASE i % 5 WHEN 0 THEN NULL "
			   "WHEN 1 THEN '' ELSE 's' || (i % 7919) END, i FROM n");
	assert_true(statedb_open(&s, h->path, STATEDB_CLOSED, h->a, clock_mono_us() + 60000000, &p));
	assert_int_equal(sessions_count_messages(&s, 10, &x), SQLITE_OK);
	assert_int_equal(x.messages, 300000);
	statedb_close(&s);
}

static void past_its_deadline_it_is_unknown(void **state)
{
	struct home *h = *state;
	struct sessions x = { 0 };

	make_db(h, MINIMAL);
	hermes_sessions(&x, &h->src, h->a, clock_mono_us() - 1);
	assert_int_equal(x.probe.state, PROBE_UNKNOWN);
	assert_reason(x.probe, "in time");
	assert_int_equal(x.total, COUNT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(vijays_figures_are_those_of_hermes),
		HOME_TEST(bheems_figures_are_those_of_hermes),
		HOME_TEST(a_closed_wal_home_is_read_without_a_trace),
		HOME_TEST(sample_of_schema_6_reads),
		HOME_TEST(sample_of_schema_26_reads),
		HOME_TEST(hostile_titles_come_out_clean),
		HOME_TEST(every_value_may_be_of_any_type),
		HOME_TEST(an_unreadable_end_is_not_open),
		HOME_TEST(active_means_open_and_busy_within_five_minutes),
		HOME_TEST(a_heartbeat_counts_as_activity),
		HOME_TEST(cost_is_known_only_where_hermes_says_so),
		HOME_TEST(lost_tokens_are_unknown_not_zero),
		HOME_TEST(missing_columns_leave_their_figures_unknown),
		HOME_TEST(a_newer_schema_is_read_all_the_same),
		HOME_TEST(a_foreign_schema_is_unknown),
		HOME_TEST(a_computed_column_is_not_asked_for),
		HOME_TEST(a_view_in_place_of_messages_is_not_counted),
		HOME_TEST(many_sources_end_in_others),
		HOME_TEST(without_time_the_open_sessions_are_unknown_not_zero),
		HOME_TEST(messages_counted_by_session_are_the_same),
		HOME_TEST(past_its_deadline_it_is_unknown),
	};

	return RUN_TESTS("hermes_sessions", tests);
}
