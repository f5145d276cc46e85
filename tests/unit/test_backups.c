/* Days of backups, receipts of drills: view/judge_backup_days.h, view/backups_parts.h. */
#include "test.h"

#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "json/json.h"
#include "view/backups_parts.h"
#include "view/judge_backup_days.h"

#define DAY 86400
#define N   4

static struct arena *a;

static const struct instance daily = { .id = "bheem", .backup_repo = "/repo", .backup_max_age_s = 26 * 3600 };

static struct backup_run run(int64_t at, enum loop_state state)
{
	return (struct backup_run){ .n = at, .at = at, .state = state };
}

/* Days of 0, 1, 2, 3 times 86400; now is noon of the last. */
static struct backup_day_verdict *judge(const struct instance *in, const struct backup_day *days, int64_t first, int64_t good)
{
	static const int64_t bounds[N + 1] = { DAY, 2 * DAY, 3 * DAY, 4 * DAY, 5 * DAY };
	const struct backup_days d = { .days = days, .bounds = bounds, .n = N, .first_at = first, .good_at = good };

	return judge_backup_days(in, &d, 4 * DAY + DAY / 2, a);
}

static struct backup_day good_day(int64_t at)
{
	return (struct backup_day){ .runs = 1, .last = run(at, LOOP_DONE), .good = run(at, LOOP_DONE) };
}

static struct backup_day bad_day(int64_t at)
{
	return (struct backup_day){ .runs = 1, .failed = 1, .last = run(at, LOOP_FAILED) };
}

static void a_day_before_the_first_run_is_neither_late_nor_fresh(void **state)
{
	const struct backup_day days[N] = { { 0 }, good_day(2 * DAY + 100), good_day(3 * DAY + 100), good_day(4 * DAY + 100) };
	const struct backup_day_verdict *v = judge(&daily, days, 2 * DAY + 100, 0);

	(void)state;
	assert_int_equal(v[0].state, BACKUP_DAY_BEFORE);
	assert_int_equal(v[1].state, BACKUP_DAY_FRESH);
	assert_int_equal(v[3].state, BACKUP_DAY_FRESH);
	assert_int_equal(v[3].age_s, DAY / 2 - 100);
}

static void a_day_without_a_run_is_late_only_once_the_newest_good_one_is_too_old(void **state)
{
	/* The last run before began 20 h before the first day's end. */
	const struct backup_day days[N] = { good_day(DAY + 4 * 3600), { 0 }, { 0 }, good_day(4 * DAY + 100) };
	struct instance weekly = daily, untold = daily;

	(void)state;
	assert_int_equal(judge(&daily, days, 1, 0)[1].state, BACKUP_DAY_LATE);
	weekly.backup_max_age_s = 7 * DAY;
	assert_int_equal(judge(&weekly, days, 1, 0)[1].state, BACKUP_DAY_NONE);
	untold.backup_max_age_s = 0;
	assert_int_equal(judge(&untold, days, 1, 0)[2].state, BACKUP_DAY_NONE);
}

static void a_day_is_as_its_last_run_left_it(void **state)
{
	struct backup_day mended = good_day(2 * DAY + 200), broken = bad_day(3 * DAY + 200);
	struct backup_day days[N];

	(void)state;
	mended.failed = 1;
	mended.runs = 2;
	broken.good = run(3 * DAY + 100, LOOP_DONE);
	days[0] = bad_day(DAY + 1);
	days[1] = mended;
	days[2] = broken;
	days[3] = (struct backup_day){ .runs = 1, .last = run(4 * DAY + 1, LOOP_REFUSED) };
	assert_int_equal(judge(&daily, days, 1, 0)[0].state, BACKUP_DAY_FAILED);
	assert_int_equal(judge(&daily, days, 1, 0)[1].state, BACKUP_DAY_FRESH);
	assert_int_equal(judge(&daily, days, 1, 0)[2].state, BACKUP_DAY_FAILED);
	assert_int_equal(judge(&daily, days, 1, 0)[3].state, BACKUP_DAY_FAILED);
}

static void a_good_run_that_is_older_than_it_may_be_at_the_days_end_is_late(void **state)
{
	struct backup_day days[N] = { good_day(DAY + 1), good_day(2 * DAY + 1), good_day(3 * DAY + 1), good_day(4 * DAY + 1) };
	struct instance hourly = daily;

	(void)state;
	hourly.backup_max_age_s = 6 * 3600;
	assert_int_equal(judge(&hourly, days, 1, 0)[0].state, BACKUP_DAY_LATE);
	/* Today is judged by now. */
	days[3] = good_day(4 * DAY + DAY / 2 - 3600);
	assert_int_equal(judge(&hourly, days, 1, 0)[3].state, BACKUP_DAY_FRESH);
}

static void without_a_backup_nothing_is_expected_and_what_ran_is_still_told(void **state)
{
	const struct backup_day days[N] = { { 0 }, bad_day(2 * DAY + 1), { 0 }, { 0 } };
	struct instance none = daily;

	(void)state;
	none.backup_repo = NULL;
	assert_int_equal(judge(&none, days, 0, 0)[0].state, BACKUP_DAY_NONE);
	assert_int_equal(judge(&none, days, 0, 0)[1].state, BACKUP_DAY_FAILED);
	assert_int_equal(judge(&none, days, 0, 0)[3].state, BACKUP_DAY_NONE);
}

static void a_run_that_never_ended_well_leaves_the_age_unknown(void **state)
{
	const struct backup_day days[N] = { bad_day(DAY + 1), { 0 }, { 0 }, { 0 } };
	const struct backup_day_verdict *v = judge(&daily, days, DAY + 1, 0);

	(void)state;
	assert_int_equal(v[1].age_s, COUNT_UNKNOWN);
	assert_int_equal(v[2].state, BACKUP_DAY_LATE);
}

static void a_receipt_that_is_no_receipt_is_not_shown(void **state)
{
	static const char *const wrong[] = { "", "{", "[]", "{\"kind\":\"other\",\"version\":1}", "{\"kind\":\"hmc-restore-drill\"}",
					     "{\"kind\":\"hmc-restore-drill\",\"version\":2}", "{\"kind\":7,\"version\":1}" };
	const char *why;

	(void)state;
	assert_null(backups_receipt(NULL, &why, 1, a));
	assert_string_equal(why, "No receipt was kept of it.");
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_null(backups_receipt(wrong[i], &why, 1, a));
		assert_non_null(why);
	}
}

static void a_hostile_receipt_gives_bounded_lines_and_no_figure_that_is_none(void **state)
{
	static const char text[] = "{\"kind\":\"hmc-restore-drill\",\"version\":1,\"madeBy\":[1],\"backupMadeAt\":\"yesterday\","
				   "\"tookSeconds\":{\"clone\":-1,\"read\":\"x\",\"live\":0.5},"
				   "\"counts\":[1,{\"kind\":\"a\\u001b[31m\",\"backup\":-4,\"live\":3},{\"backup\":1},{\"kind\":\"b\",\"backup\":1,\"live\":2}],"
				   "\"findings\":[{},\"x\\u202ey\"],\"told\":\"no list\"}";
	const char *why;
	CLEANUP_JSON cJSON *o = backups_receipt(text, &why, 1, a);
	const cJSON *counts = json_array(o, "counts");

	(void)state;
	assert_non_null(o);
	assert_null(json_string(o, "madeBy"));
	assert_null(json_string(o, "backupMadeAt"));
	assert_int_equal(cJSON_GetArraySize(json_array(o, "steps")), 1);
	assert_int_equal(cJSON_GetArraySize(counts), 2);
	assert_string_equal(json_string(counts->child, "kind"), "a [31m");
	assert_string_equal(json_string(counts->child, "backupText"), "not known");
	assert_true(cJSON_IsFalse(json_get(counts->child, "isDifferent")));
	assert_true(cJSON_IsTrue(json_get(counts->child->next, "isDifferent")));
	assert_int_equal(cJSON_GetArraySize(json_array(o, "findings")), 1);
	assert_string_equal(json_array(o, "findings")->child->valuestring, "xy");
	assert_int_equal(cJSON_GetArraySize(json_array(o, "told")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_before_the_first_run_is_neither_late_nor_fresh),
		cmocka_unit_test(a_day_without_a_run_is_late_only_once_the_newest_good_one_is_too_old),
		cmocka_unit_test(a_day_is_as_its_last_run_left_it),
		cmocka_unit_test(a_good_run_that_is_older_than_it_may_be_at_the_days_end_is_late),
		cmocka_unit_test(without_a_backup_nothing_is_expected_and_what_ran_is_still_told),
		cmocka_unit_test(a_run_that_never_ended_well_leaves_the_age_unknown),
		cmocka_unit_test(a_receipt_that_is_no_receipt_is_not_shown),
		cmocka_unit_test(a_hostile_receipt_gives_bounded_lines_and_no_figure_that_is_none),
	};
	int failed;

	json_init();
	a = arena_new(4 * 1024 * 1024);
	failed = RUN_TESTS("backups", tests);
	arena_free(a);
	return failed;
}
