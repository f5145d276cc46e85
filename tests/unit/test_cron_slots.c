/*
 * What became of each time that a job was due, as text: one letter a slot.
 *
 *   o ok   F failed   L late   m missed   n not delivered   p paused   r running   w no result yet   e no answer
 *   u result not known   . not observed   - before it existed
 */
#include "test.h"

#include "base/cleanup.h"
#include "view/cron_slots.h"

#define AT   INT64_C(1795500000) /* 2026-11-24 06:00 UTC */
#define MIN  60
#define HOUR 3600
#define DAY  86400

static const char letters[CRON_SLOT_STATES] = {
	[CRON_SLOT_UNOBSERVED] = '.', [CRON_SLOT_BEFORE] = '-', [CRON_SLOT_PAUSED] = 'p', [CRON_SLOT_WAITING] = 'w',
	[CRON_SLOT_RUNNING] = 'r',	 [CRON_SLOT_OK] = 'o',     [CRON_SLOT_UNCLEAR] = 'u', [CRON_SLOT_EMPTY] = 'e',
	[CRON_SLOT_LATE] = 'L',	 [CRON_SLOT_UNDELIVERED] = 'n', [CRON_SLOT_MISSED] = 'm', [CRON_SLOT_FAILED] = 'F',
};

static struct arena *a;
static struct cron_due due[CRON_DUE_MAX];
static struct cron_run runs[100];
static int64_t numbers[100];
static struct cron_past past;
static struct cron_job job;
static struct cron_slot_facts f;
static struct cron_slot out[CRON_DUE_MAX];
static size_t n_out;

/* A run that took a minute; the newest is added first. */
static void ran(int64_t start, const char *status)
{
	numbers[past.n] = 900 - (int64_t)past.n;
	runs[past.n++] = (struct cron_run){ .started_at = start, .finished_at = start + MIN, .status = status,
					    .source = "ticker" };
}

static void ran_by_hand(int64_t start, const char *status)
{
	ran(start, status);
	runs[past.n - 1].source = "by hand";
}

/* Only the end is known, as of releases that write nothing but outputs. */
static void ended(int64_t end, const char *status)
{
	ran(0, status);
	runs[past.n - 1].finished_at = end;
	runs[past.n - 1].source = NULL;
}

static void begin(const char *kind, int64_t period_s, int64_t grace_s)
{
	memset(&job, 0, sizeof(job));
	memset(&past, 0, sizeof(past));
	past.runs = runs;
	past.numbers = numbers;
	past.kept_since = AT - 100 * DAY;
	job = (struct cron_job){ .kind = kind, .period_s = period_s, .grace_s = grace_s, .created_at = AT - 90 * DAY,
				 .due = due, .runs = 100 };
	f = (struct cron_slot_facts){ .job = &job, .past = &past, .at = AT };
}

/* Daily, due an hour before AT; five times are told. */
static void daily(void)
{
	begin("cron", DAY, 2 * HOUR);
	due[0] = (struct cron_due){ AT - HOUR - 4 * DAY, DAY, 5 };
	job.n_due = 1;
	job.next_run_at = AT + 23 * HOUR;
}

#define DUE(i) (AT - HOUR - (4 - (i)) * DAY)

/* Each half hour, counted from the end of a run. */
static void half_hourly(void)
{
	begin("interval", 30 * MIN, 15 * MIN);
	due[0] = (struct cron_due){ AT - 20 * MIN - 29 * 30 * MIN, 30 * MIN, 30 };
	job.n_due = 1;
	job.next_run_at = AT + 10 * MIN;
}

static void check(const char *name, const char *want)
{
	char got[CRON_DUE_MAX + 1] = "";

	n_out = cron_slots(&f, out, a);
	for (size_t i = 0; i < n_out; i++)
		got[i] = letters[out[i].state];
	/* A row may leave out the oldest ones. */
	if (strlen(want) > n_out || strcmp(got + n_out - strlen(want), want) != 0)
		fail_msg("%s: \"%s\", wanted \"%s\"", name, got, want);
}

static void each_due_time_gets_its_run(void **state)
{
	(void)state;
	daily();
	ran(DUE(4) + 20, "ok");
	ran(DUE(3) + 20, "failed");
	ran(DUE(2) + 20, "silent");
	ran(DUE(1) + 20, "empty");
	ran(DUE(0) + 20, "unknown");
	check("all ran", "ueoFo");
	assert_int_equal(n_out, 5);
	assert_int_equal(out[3].due_at, DUE(3));
	assert_int_equal(out[3].run_n, 899);
	assert_int_equal(out[3].run_at, DUE(3) + 20);
	assert_int_equal(out[3].late_s, 0);
}

static void what_did_not_run_was_missed_where_it_would_be_known(void **state)
{
	(void)state;
	daily();
	ran(DUE(4) + 20, "ok");
	ran(DUE(2) + 20, "ok");
	check("gaps between runs", "mmomo");
	past.kept_since = 0;
	check("nothing is known before the oldest run", "..omo");
	past.kept_since = DUE(1) - HOUR;
	check("from the ledger's beginning on", ".momo");
	past.is_cut = true;
	check("only the newest runs were asked for", "..omo");
	f.past = NULL;
	check("no ledger; the newest is in its grace", "....w");
}

static void the_last_result_is_known_without_a_ledger(void **state)
{
	(void)state;
	daily();
	f.past = NULL;
	job.last_run_at = DUE(4) + 3 * MIN;
	job.last_status = "ok";
	check("ok", "....o");
	assert_int_equal(out[4].run_n, 0);
	assert_int_equal(out[4].run_at, DUE(4) + 3 * MIN);
	job.last_status = "error";
	check("error", "....F");
	job.last_status = "ok";
	job.last_delivery_error = "chat not found";
	check("undelivered", "....n");
	job.last_status = "mostly";
	job.last_delivery_error = NULL;
	check("a word that is not known", "....u");
}

/* Between the newest run of the ledger and the last one of jobs.json nothing is known. */
static void a_ledger_that_lags_behind_does_not_make_runs_missed(void **state)
{
	(void)state;
	daily();
	ran(DUE(1) + 20, "ok");
	job.last_run_at = DUE(4) + 3 * MIN;
	job.last_status = "ok";
	check("two days behind", "mo..o");
}

static void delivery_is_told_of_the_last_run_alone(void **state)
{
	(void)state;
	daily();
	ran(DUE(4) + 20, "ok");
	ran(DUE(3) + 20, "ok");
	job.last_run_at = DUE(4) + 20 + MIN;
	job.last_status = "ok";
	job.last_delivery_error = "chat not found";
	check("ok, not delivered", "mmmon");
	runs[0].status = "failed";
	check("failed and not delivered", "mmmoF");
}

static void late_and_waiting(void **state)
{
	(void)state;
	daily();
	ran(DUE(3) + 2 * HOUR + MIN, "ok");
	check("ran after its grace; the newest is in its grace", "mmmLw");
	assert_int_equal(out[3].late_s, 2 * HOUR + MIN);
	runs[0].status = "failed";
	check("failed is worse than late", "mmmFw");
	job.grace_s = 30 * MIN;
	check("its grace is over", "mmmFm");
	f.is_late = true;
	job.next_run_at = DUE(4);
	check("judged to be late", "mmmFL");
	assert_int_equal(out[4].late_s, HOUR);
	ran(DUE(4) + 5 * MIN, "running");
	check("at work", "mmmFr");
}

/* Releases that tell no beginnings leave no trace of a run before its end. */
static void without_beginnings_a_run_is_given_time(void **state)
{
	(void)state;
	daily();
	job.grace_s = 30 * MIN;
	ended(DUE(3) + 5 * HOUR, "ok");
	check("long after its time, and yet not called late", "mmmow");
	f.at += 40 * MIN;
	check("more than its grace and an hour", "mmmom");
}

static void a_run_by_hand_belongs_to_no_slot(void **state)
{
	(void)state;
	daily();
	ran(DUE(4) + 20, "ok");
	ran_by_hand(DUE(3) + 5 * HOUR, "failed");
	ran(DUE(3) + 20, "ok");
	ran_by_hand(DUE(2) + 5 * HOUR, "ok");
	ran(DUE(1) + 20, "ok");
	check("between slots", "momoo");
}

static void of_two_runs_the_first_is_the_slots_own(void **state)
{
	(void)state;
	daily();
	ran(DUE(4) + 20, "ok");
	ran(DUE(3) + 3 * HOUR, "ok");
	ran(DUE(3) + 20, "failed");
	check("two in one", "mmmFo");
	assert_int_equal(out[3].run_n, 898);
}

static void a_clock_set_back_a_little_moves_no_run(void **state)
{
	(void)state;
	daily();
	ran(DUE(4) - 30, "ok");
	ran(DUE(3) - 50, "failed");
	check("half a minute early", "mmmFo");
	/* Set back by more, the run is the last slot's, and this one has none. */
	runs[0].started_at = DUE(4) - 10 * MIN;
	check("ten minutes early", "mmmFw");
}

/* The exporter tells due times of UTC: on these two days they are 23 and 25 hours apart. */
static void days_of_23_and_25_hours(void **state)
{
	(void)state;
	daily();
	due[0] = (struct cron_due){ DUE(0), DAY, 2 };
	due[1] = (struct cron_due){ DUE(2) - HOUR, 0, 1 };
	due[2] = (struct cron_due){ DUE(3), DAY, 2 };
	job.n_due = 3;
	for (int i = 4; i >= 0; i--)
		ran((i == 2 ? DUE(2) - HOUR : DUE(i)) + 20, i == 2 ? "failed" : "ok");
	check("daylight saving", "ooFoo");
}

static void each_minute_with_a_tick_at_any_second(void **state)
{
	(void)state;
	for (int phase = 0; phase < 56; phase += 5) {
		begin("cron", MIN, 120);
		due[0] = (struct cron_due){ AT - 5 * MIN, MIN, 5 };
		job.n_due = 1;
		for (int i = 0; i < 5; i++) {
			ran(AT - (i + 1) * MIN + phase, i == 1 ? "failed" : "ok");
			runs[i].finished_at = runs[i].started_at + 2;
		}
		check("each minute", "oooFo");
	}
}

static void paused(void **state)
{
	(void)state;
	daily();
	f.is_paused = true;
	job.paused_at = DUE(3) - HOUR;
	job.next_run_at = DUE(3);
	ran(DUE(2) + 20, "ok");
	check("since yesterday", "mmopp");
	job.paused_at = 0;
	check("nobody knows since when", "..o..");
}

static void younger_than_thirty_slots(void **state)
{
	(void)state;
	daily();
	job.created_at = DUE(0) - 20 * HOUR;
	for (int i = 4; i >= 0; i--)
		ran(DUE(i) + 20, "ok");
	check("five days old", "-------------------------ooooo");
	assert_int_equal(out[0].due_at, 0);
	job.n_due = 0;
	past.n = 0;
	job.created_at = AT - HOUR;
	check("of today", "------------------------------");
	assert_int_equal(n_out, CRON_DUE_MAX);
}

static void never_ran_is_known_from_hermes_itself(void **state)
{
	(void)state;
	daily();
	f.past = NULL;
	job.runs = 0;
	job.created_at = DUE(2) - HOUR;
	check("its own count is 0", "--mmw");
}

static void once(void **state)
{
	(void)state;
	begin("once", COUNT_UNKNOWN, 7200);
	due[0] = (struct cron_due){ AT - DAY, 0, 1 };
	job.n_due = 1;
	ran(AT - DAY + 30, "ok");
	check("one slot", "o");
	assert_int_equal(n_out, 1);
	past.n = 0;
	check("missed", "m");
	job.n_due = 0;
	assert_int_equal(cron_slots(&f, out, a), 0);
}

/* ---- intervals ---- */

static void an_interval_counts_from_the_end_of_each_run(void **state)
{
	int64_t at;

	(void)state;
	half_hourly();
	/* Each takes 7 minutes and starts 40 s after its time: by the clock they would drift through the slots. */
	at = AT - 20 * MIN - 7 * MIN;
	job.last_run_at = at + 7 * MIN;
	for (int i = 0; i < 40; i++, at -= 37 * MIN + 40) {
		ran(at, i == 3 ? "failed" : "ok");
		runs[i].finished_at = at + 7 * MIN;
	}
	past.is_cut = true;
	check("drifting", "ooooooooooooooooooooooooooFooo");
	assert_int_equal(out[28].due_at, runs[1].started_at - 40);
	assert_int_equal(out[28].late_s, 0);
}

static void an_interval_that_was_let_pass(void **state)
{
	(void)state;
	half_hourly();
	job.created_at = AT - 4 * HOUR - 21 * MIN;
	ran(AT - 21 * MIN, "ok");
	/* Two and a half hours without a gateway. */
	ran(AT - 21 * MIN - 150 * MIN - 30 * MIN, "ok");
	ran(AT - 21 * MIN - 211 * MIN, "ok");
	check("a gap of five", "-oommmmmo");
	job.next_run_at = AT - 5 * MIN;
	runs[0].started_at -= 15 * MIN;
	runs[0].finished_at -= 15 * MIN;
	check("waiting", "ommmmow");
	job.next_run_at = AT - 16 * MIN;
	f.is_late = true;
	runs[0].started_at -= 11 * MIN;
	runs[0].finished_at -= 11 * MIN;
	check("late", "ommmmoL");
}

static void an_interval_that_is_paused(void **state)
{
	(void)state;
	half_hourly();
	f.is_paused = true;
	job.paused_at = AT - 100 * MIN;
	job.next_run_at = AT - 80 * MIN;
	ran(AT - 111 * MIN, "ok");
	check("three times", "oppp");
	job.paused_at = AT - 365 * DAY;
	ran(AT - 366 * DAY, "ok");
	runs[0] = runs[1];
	past.n = 1;
	check("a year", "pppppppppppppppppppppppppppppp");
}

/* jobs.json notes the end of a run some seconds after executions.db, and counts the next time from there. */
static void two_records_of_one_end_make_no_missed_time(void **state)
{
	(void)state;
	half_hourly();
	ran(AT - 31 * MIN - 3, "ok");
	job.last_run_at = AT - 30 * MIN + 2;
	job.last_status = "ok";
	job.next_run_at = AT + 2;
	check("not due yet", "o");
}

static void an_interval_without_runs_goes_by_the_clock(void **state)
{
	(void)state;
	half_hourly();
	f.past = NULL;
	check("no ledger", ".............................w");
	job.last_run_at = AT - 20 * MIN;
	job.last_status = "ok";
	check("jobs.json's last run", ".............................o");
}

static void a_run_by_hand_moves_an_interval(void **state)
{
	(void)state;
	half_hourly();
	ran(AT - 21 * MIN, "ok");
	ran_by_hand(AT - 53 * MIN, "failed");
	ran(AT - 60 * MIN, "ok");
	ran(AT - 91 * MIN, "ok");
	check("by hand", "ooo");
	assert_int_equal(out[n_out - 1].late_s, 0);
}

/* ---- what a report may hold ---- */

static void absurd_facts_do_no_harm(void **state)
{
	static const int64_t odd[] = { 0, 1, -1, INT64_MAX, INT64_MIN, AT, INT64_C(7258118400), 3 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		for (size_t k = 0; k < ARRAY_SIZE(odd); k++) {
			half_hourly();
			ran(AT - 21 * MIN, NULL);
			ran(AT - 91 * MIN, "ok");
			due[0] = (struct cron_due){ AT - DAY, odd[i], odd[k] };
			due[1] = (struct cron_due){ odd[i], odd[k], 30 };
			job.n_due = 2;
			job.grace_s = odd[k] < 0 ? 0 : odd[k] / 2;
			assert_true(cron_slots(&f, out, a) <= CRON_DUE_MAX);
			job.kind = "cron";
			assert_true(cron_slots(&f, out, a) <= CRON_DUE_MAX);
			job.period_s = odd[i];
			assert_true(cron_slots(&f, out, a) <= CRON_DUE_MAX);
		}
	assert_string_equal(cron_slot_word(CRON_SLOT_STATES), "not observed");
}

static int setup(void **state)
{
	(void)state;
	a = arena_new((size_t)16 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_due_time_gets_its_run),
		cmocka_unit_test(what_did_not_run_was_missed_where_it_would_be_known),
		cmocka_unit_test(the_last_result_is_known_without_a_ledger),
		cmocka_unit_test(a_ledger_that_lags_behind_does_not_make_runs_missed),
		cmocka_unit_test(delivery_is_told_of_the_last_run_alone),
		cmocka_unit_test(late_and_waiting),
		cmocka_unit_test(without_beginnings_a_run_is_given_time),
		cmocka_unit_test(a_run_by_hand_belongs_to_no_slot),
		cmocka_unit_test(of_two_runs_the_first_is_the_slots_own),
		cmocka_unit_test(a_clock_set_back_a_little_moves_no_run),
		cmocka_unit_test(days_of_23_and_25_hours),
		cmocka_unit_test(each_minute_with_a_tick_at_any_second),
		cmocka_unit_test(paused),
		cmocka_unit_test(younger_than_thirty_slots),
		cmocka_unit_test(never_ran_is_known_from_hermes_itself),
		cmocka_unit_test(once),
		cmocka_unit_test(an_interval_counts_from_the_end_of_each_run),
		cmocka_unit_test(an_interval_that_was_let_pass),
		cmocka_unit_test(an_interval_that_is_paused),
		cmocka_unit_test(two_records_of_one_end_make_no_missed_time),
		cmocka_unit_test(an_interval_without_runs_goes_by_the_clock),
		cmocka_unit_test(a_run_by_hand_moves_an_interval),
		cmocka_unit_test(absurd_facts_do_no_harm),
	};

	return cmocka_run_group_tests_name("cron_slots", tests, setup, teardown);
}
