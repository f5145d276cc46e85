/* The ledger by day: quarters into days of any zone, runs, alerts, and how much of a day was observed. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/zone.h"
#include "store/store_alerts.h"
#include "store/store_history.h"
#include "store/store_parts.h"
#include "store/store_runs.h"
#include "store/store_sessions.h"
#include "test.h"

#define NOW  INT64_C(1795500000) /* 2026-11-24T06:00:00Z */
#define HOUR INT64_C(3600)
#define DAY  INT64_C(86400)

static struct arena *a;
static char dir[64];

static int setup(void **state)
{
	(void)state;
	a = arena_new(256 * 1024 * 1024);
	snprintf(dir, sizeof(dir), "/tmp/test_history.XXXXXX");
	assert_non_null(mkdtemp(dir));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(arena_printf(a, "%s/ledger.db", dir));
	unlink(arena_printf(a, "%s/ledger.db-journal", dir));
	assert_int_equal(rmdir(dir), 0);
	arena_free(a);
	return 0;
}

static int64_t at(const char *text)
{
	int64_t t = 0;

	assert_true(clock_parse_iso(text, 0, &t));
	return t;
}

static struct store *writer(void)
{
	const char *error = NULL;
	struct store *s = store_open(dir, a, &error);

	if (!s)
		fail_msg("%s", error);
	return s;
}

static void sql(const char *text)
{
	CLEANUP(store_closep) struct store *s = writer();

	if (sqlite3_exec(s->db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(s->db));
}

/* The last n days of a zone, by the reading side. */
static struct history days_of(const char *zone, int64_t now, size_t n)
{
	CLEANUP(store_closep) struct store *s = NULL;
	struct zone_day days[HISTORY_DAYS_MAX];
	int64_t bounds[HISTORY_DAYS_MAX + 1];
	struct history out;
	const char *error = NULL;

	zone_days(zone, now, n, days);
	for (size_t i = 0; i < n; i++)
		bounds[i] = days[i].from_s;
	bounds[n] = days[n - 1].to_s;
	s = store_open_read(dir, geteuid(), clock_mono_us() + INT64_C(60000000), a, &error);
	if (!s || store_history(s, bounds, n, now, &out, a, &error) < 0)
		fail_msg("%s", error);
	return out;
}

static struct session session_at(const char *id, const char *model, int64_t started_at, int64_t cost_microusd)
{
	return (struct session){ .id = id, .source = "cli", .model = model, .started_at = started_at,
				 .last_active_at = started_at, .messages = 10, .tool_calls = 2, .input_tokens = 1000,
				 .output_tokens = 100, .cache_read_tokens = -1, .cache_write_tokens = -1,
				 .reasoning_tokens = -1, .cost_microusd = cost_microusd };
}

static void take(const struct session *rows, size_t n)
{
	CLEANUP(store_closep) struct store *s = writer();
	struct work_batch b = { .probe.state = PROBE_OK, .n_rows = n };
	const char *error = NULL;

	b.rows = arena_calloc(a, n, sizeof(*b.rows));
	memcpy(b.rows, rows, n * sizeof(*rows));
	for (size_t i = 0; i < n; i++)
		b.rows[i].rowid = (int64_t)i + 1;
	b.next.is_complete = true;
	assert_int_equal(store_work_take(s, &b, a, &error), 0);
}

/* Runs of the exporter, every step_s from a moment on until before another. */
static void observe(int64_t from_s, int64_t to_s, int64_t step_s, enum tristate is_running)
{
	CLEANUP(store_closep) struct store *s = writer();
	const char *error = NULL;

	sqlite3_exec(s->db, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
	for (int64_t t = from_s; t < to_s; t += step_s) {
		struct instance_report r = { .instance_id = "x", .generated_at = t };
		const struct store_verdict v = { .state = PROBE_OK, .is_running = is_running };

		assert_int_equal(store_record_instance(s, &r, &v, a, &error), 0);
	}
}

static void sessions_count_for_the_day_of_the_zone_in_which_they_began(void **state)
{
	/* midnight in Kolkata is 18:30 UTC, in Kathmandu 18:15 */
	const struct session rows[] = {
		session_at("a", "sonnet", at("2026-11-23T18:29:59Z"), 1000000),
		session_at("b", "sonnet", at("2026-11-23T18:30:00Z"), 2000000),
		session_at("c", "opus", at("2026-11-23T18:15:00Z"), 3000000),
		session_at("d", NULL, at("2026-11-24T01:00:00Z"), COUNT_UNKNOWN),
	};
	struct history h;

	(void)state;
	take(rows, ARRAY_SIZE(rows));
	if (!zone_is_known("Asia/Kolkata"))
		skip();
	h = days_of("Asia/Kolkata", NOW, 2);
	assert_int_equal(h.days[0].work.sessions, 2);
	assert_int_equal(h.days[1].work.sessions, 2);
	assert_int_equal(h.days[1].work.cost_microusd, 2000000);
	assert_int_equal(h.days[1].work.costed, 1);
	assert_int_equal(h.days[1].work.messages, 20);
	assert_int_equal(h.days[1].work.input_tokens, 2000);
	assert_true(h.has_all_work);
	h = days_of("Asia/Kathmandu", NOW, 2);
	assert_int_equal(h.days[0].work.sessions, 0);
	assert_int_equal(h.days[1].work.sessions, 4);
	h = days_of("UTC", NOW, 2);
	assert_int_equal(h.days[0].work.sessions, 3);
	assert_int_equal(h.days[1].work.sessions, 1);
}

static void a_day_of_25_hours_holds_what_began_in_each_of_them(void **state)
{
	/* 25 October 2026 in Berlin: from 22:00 UTC of the 24th until 23:00 UTC */
	const struct session rows[] = {
		session_at("a", "m", at("2026-10-24T21:59:59Z"), 0),
		session_at("b", "m", at("2026-10-24T22:00:00Z"), 0),
		session_at("c", "m", at("2026-10-25T22:59:59Z"), 0),
		session_at("d", "m", at("2026-10-25T23:00:00Z"), 0),
	};
	struct history h;

	(void)state;
	take(rows, ARRAY_SIZE(rows));
	if (!zone_is_known("Europe/Berlin"))
		skip();
	h = days_of("Europe/Berlin", at("2026-10-26T12:00:00Z"), 3);
	assert_int_equal(h.days[0].work.sessions, 1);
	assert_int_equal(h.days[1].work.sessions, 2);
	assert_int_equal(h.days[2].work.sessions, 1);
}

static void models_are_told_apart_dearest_first_and_the_rest_is_one_sum(void **state)
{
	struct session rows[9];
	struct history h;

	(void)state;
	for (int i = 0; i < 9; i++)
		rows[i] = session_at(arena_printf(a, "s%d", i), arena_printf(a, "model-%d", i), NOW - HOUR, 1000000 * (i + 1));
	take(rows, 9);
	h = days_of("UTC", NOW, 7);
	assert_int_equal(h.n_models, HISTORY_MODELS_MAX + 1);
	assert_string_equal(h.models[0].name, "model-8");
	assert_int_equal(h.models[0].days[6].cost_microusd, 9000000);
	assert_null(h.models[HISTORY_MODELS_MAX].name);
	assert_int_equal(h.models[HISTORY_MODELS_MAX].total.cost_microusd, 10000000);
	assert_int_equal(h.models[HISTORY_MODELS_MAX].days[6].sessions, 4);
	assert_int_equal(h.days[6].work.cost_microusd, 45000000);
}

static void runs_count_as_well_ended_failed_or_not_known(void **state)
{
	struct history h;

	(void)state;
	sql("INSERT INTO cron_runs(id, job, started, finished, status) VALUES"
	    "('1', 'j', 1795490000, 1795490060, 'ok'), ('2', 'j', 1795491000, 1795491060, 'silent'),"
	    "('3', 'j', 1795492000, 1795492060, 'empty'), ('4', 'j', 1795493000, 1795493060, 'failed'),"
	    "('5', 'j', 1795494000, 0, 'running'), ('6', 'j', 0, 1795494500, 'unknown'),"
	    "('7', 'j', 1795400000, 1795400001, 'failed'), ('8', 'j', 0, 0, 'ok')");
	h = days_of("UTC", NOW, 7);
	assert_int_equal(h.days[6].runs_ok, 3);
	assert_int_equal(h.days[6].runs_failed, 1);
	assert_int_equal(h.days[6].runs_other, 2);
	assert_int_equal(h.days[5].runs_failed, 1);
	assert_int_equal(h.days[4].runs_ok, 0);
}

static void alerts_count_on_the_day_they_opened_and_on_the_day_they_closed(void **state)
{
	struct history h;

	(void)state;
	sql("INSERT INTO alerts(reading, severity, title, opened, closed) VALUES"
	    "('a', 2, 't', 1795400000, 1795490000), ('b', 3, 't', 1795490000, 0), ('c', 1, 't', 1700000000, 1795490000)");
	h = days_of("UTC", NOW, 7);
	assert_int_equal(h.days[5].opened, 1);
	assert_int_equal(h.days[5].closed, 0);
	assert_int_equal(h.days[6].opened, 1);
	assert_int_equal(h.days[6].closed, 2);
}

static void a_time_without_a_run_was_not_observed(void **state)
{
	struct history h;

	(void)state;
	/* from 12:00 to 18:00 yesterday; and one hour today, of which six have passed */
	observe(NOW - 18 * HOUR, NOW - 12 * HOUR, 60, TRI_YES);
	observe(NOW - HOUR, NOW, 60, TRI_NO);
	h = days_of("UTC", NOW, 3);
	assert_int_equal(h.days[0].observed_s, 0);
	assert_int_equal(h.days[1].observed_s, 6 * HOUR);
	assert_true(h.days[1].up == 360 && h.days[1].down == 0);
	assert_int_equal(h.days[2].observed_s, HOUR);
	assert_true(h.days[2].up == 0 && h.days[2].down == 60);
	assert_int_equal(h.watched_since, NOW - 18 * HOUR);
}

static void part_of_an_hour_counts_as_part(void **state)
{
	struct history h;

	(void)state;
	observe(NOW - 6 * HOUR, NOW - 3 * HOUR, 60, TRI_YES);
	/* then every second run is missing for an hour, and the next ends after a quarter */
	observe(NOW - 3 * HOUR, NOW - 2 * HOUR, 120, TRI_YES);
	observe(NOW - 2 * HOUR, NOW - 2 * HOUR + 900, 60, TRI_YES);
	h = days_of("UTC", NOW, 1);
	assert_in_range(h.days[0].observed_s, 3 * HOUR + 1800 + 900, 3 * HOUR + 2000 + 900);
}

static void what_was_judged_counts_for_the_day_of_its_quarter(void **state)
{
	struct history h;

	(void)state;
	/* 18:15 and 18:30 UTC of the 23rd: midnight in Kolkata lies between them */
	sql("INSERT INTO watch VALUES(1994953, 30, 30, 0, 0, 0, 30, 0),"
	    "(1994954, 30, 30, 0, 0, 0, 10, 20)");
	if (!zone_is_known("Asia/Kolkata"))
		skip();
	h = days_of("Asia/Kolkata", NOW, 2);
	assert_true(h.days[0].up == 30 && h.days[0].down == 0);
	assert_true(h.days[1].up == 10 && h.days[1].down == 20);
	assert_int_equal(h.days[0].observed_s, 900);
	assert_int_equal(h.days[1].observed_s, 900);
}

static void a_backup_is_as_old_as_it_was_at_its_oldest(void **state)
{
	struct history h;

	(void)state;
	sql("INSERT INTO backups(head, committed, seen) VALUES('a', 1795230000, 0), ('b', 1795392000, 0), ('c', 1795489200, 0)");
	/* 21st 03:00, 22nd 24:00 (the 23rd begins), 24th 03:00 */
	h = days_of("UTC", NOW, 5);
	assert_int_equal(h.days[0].backup_age_s, COUNT_UNKNOWN);
	assert_int_equal(h.days[1].backup_age_s, 21 * HOUR);
	assert_int_equal(h.days[2].backup_age_s, 45 * HOUR);
	assert_int_equal(h.days[3].backup_age_s, 24 * HOUR);
	assert_int_equal(h.days[4].backup_age_s, 27 * HOUR);
}

static void meant_to_be_off_is_not_down(void **state)
{
	CLEANUP(store_closep) struct store *s = writer();
	const char *error = NULL;
	struct history h;

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct instance_report r = { .instance_id = "x", .generated_at = NOW - 600 + i * 30 };
		const struct store_verdict v = { .state = i < 15 ? PROBE_INACTIVE : PROBE_OK,
						 .is_running = i < 15 ? TRI_NO : i < 18 ? TRI_YES : TRI_UNKNOWN };

		assert_int_equal(store_record_instance(s, &r, &v, a, &error), 0);
	}
	h = days_of("UTC", NOW, 1);
	assert_true(h.days[0].off == 15 && h.days[0].down == 0 && h.days[0].up == 3 && h.days[0].unsure == 2);
}

static void an_empty_ledger_is_days_of_nothing_observed(void **state)
{
	struct history h;

	(void)state;
	store_close(writer());
	h = days_of("UTC", NOW, 90);
	assert_int_equal(h.n, 90);
	assert_int_equal(h.n_models, 0);
	assert_false(h.has_all_work);
	assert_int_equal(h.watched_since, 0);
	for (size_t i = 0; i < 90; i++) {
		assert_int_equal(h.days[i].observed_s, 0);
		assert_int_equal(h.days[i].work.sessions, 0);
		assert_int_equal(h.days[i].backup_age_s, COUNT_UNKNOWN);
	}
}

static void hostile_sums_neither_wrap_nor_go_below_nothing(void **state)
{
	struct history h;

	(void)state;
	sql("INSERT INTO session_quarters VALUES(1994999, 'a', 'm', 9223372036854775807, 9223372036854775807, 1, 1, 1, 1, 1),"
	    "(1994999, 'b', 'm', 9223372036854775807, 5, 1, 1, 1, 1, 1),"
	    "(1994999, 'c', 'n', -5, -5, -5, -5, -5, -5, -5)");
	sql("INSERT INTO watch VALUES(1994998, 9223372036854775807, 1, 1, 1, 9223372036854775807, 9223372036854775807, 5),"
	    "(1994999, -4, -4, -4, -4, -4, -4, 9223372036854775807);"
	    "INSERT INTO backups VALUES('a', -9223372036854775807, 0), ('b', 9223372036854775807, 0)");
	h = days_of("UTC", NOW, 2);
	assert_true(h.days[1].work.sessions == INT64_MAX && h.days[1].work.messages == INT64_MAX);
	assert_int_equal(h.days[1].work.tool_calls, 2);
	assert_true(h.days[1].down >= 0 && h.days[1].up >= 0 && h.days[1].off >= 0);
	assert_in_range(h.days[1].observed_s, 0, 6 * HOUR);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(sessions_count_for_the_day_of_the_zone_in_which_they_began),
		T(a_day_of_25_hours_holds_what_began_in_each_of_them),
		T(models_are_told_apart_dearest_first_and_the_rest_is_one_sum),
		T(runs_count_as_well_ended_failed_or_not_known),
		T(alerts_count_on_the_day_they_opened_and_on_the_day_they_closed),
		T(a_time_without_a_run_was_not_observed),
		T(part_of_an_hour_counts_as_part),
		T(what_was_judged_counts_for_the_day_of_its_quarter),
		T(a_backup_is_as_old_as_it_was_at_its_oldest),
		T(meant_to_be_off_is_not_down),
		T(an_empty_ledger_is_days_of_nothing_observed),
		T(hostile_sums_neither_wrap_nor_go_below_nothing),
	};

	return RUN_TESTS("store_history", tests);
}
