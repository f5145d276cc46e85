/* The marks that exporters and notifiers leave, and what a silence is made of: report/alive.h, watch/. */
#include "test_hermes.h"

#include "base/str.h"
#include "report/alive.h"
#include "store/store_parts.h"
#include "watch/beat.h"
#include "watch/watch.h"

#define NOW  INT64_C(1795400000)
#define BOOT 100000             /* seconds since the start */

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

static struct notify a_pass(struct home *h, struct store *s, struct redactor *r, int64_t now)
{
	static const struct instance in = { .id = "vijay", .label = "Vijay", .notify = { .is_on = true, .remind_s = { 3600 }, .n_remind = 1 } };

	return (struct notify){ .in = &in, .store = s, .redactor = r, .a = h->a, .now = now };
}

/* One pass that finds bheem's exporter silent for so long, at that time and with those clocks; how many messages there are then. */
static size_t pass(struct home *h, struct store *s, int64_t now, int64_t boot, int64_t awake, int64_t silent_s)
{
	struct redactor *r = redactor_new(false);
	struct notify n = a_pass(h, s, r, now);
	struct watched x = { .id = "bheem", .label = "Bheem", .what = ALIVE_EXPORT, .alive = { ALIVE_MARKED, now - silent_s, NULL },
			     .is_silent = silent_s > WATCH_EXPORT_S, .is_ours = true };
	const struct watch_list w = { .list = &x, .n = 1, .n_silent = x.is_silent };
	const struct watch_clock clock = { now, boot, awake };
	const struct outbox_query all = { 0 };
	struct outbox_item *rows;
	const char *error = NULL;
	size_t count;

	assert_true(watch_tell(&n, &w, &clock));
	assert_int_equal(store_outbox(s, &all, &rows, &count, h->a, &error), 0);
	redactor_free(r);
	return count;
}

static void a_silence_is_told_once_and_its_end_once(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);

	assert_int_equal(pass(h, s, NOW, BOOT, BOOT, 60), 0);
	assert_int_equal(pass(h, s, NOW + 60, BOOT + 60, BOOT + 60, 301), 1);
	assert_int_equal(pass(h, s, NOW + 120, BOOT + 120, BOOT + 120, 361), 1);
	assert_int_equal(pass(h, s, NOW + 180, BOOT + 180, BOOT + 180, 5), 2);
	assert_int_equal(pass(h, s, NOW + 240, BOOT + 240, BOOT + 240, 5), 2);
}

static void the_first_minutes_after_a_start_are_no_alarm(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);

	assert_int_equal(pass(h, s, NOW, 60, 60, 9000), 0);
	assert_int_equal(pass(h, s, NOW + 60, 120, 120, 9060), 0);
	assert_int_equal(pass(h, s, NOW + 541, 601, 601, 9541), 1);
}

static void a_sleep_is_no_alarm_and_what_does_not_come_back_is(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);

	assert_int_equal(pass(h, s, NOW, BOOT, BOOT, 10), 0);
	assert_int_equal(pass(h, s, NOW + 7200, BOOT + 7200, BOOT + 60, 7210), 0);
	assert_int_equal(pass(h, s, NOW + 7260, BOOT + 7260, BOOT + 120, 7270), 0);
	assert_int_equal(pass(h, s, NOW + 7501, BOOT + 7501, BOOT + 361, 7511), 1);
}

static void a_clock_that_was_set_is_no_alarm_forward_or_back(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);

	assert_int_equal(pass(h, s, NOW, BOOT, BOOT, 10), 0);
	assert_int_equal(pass(h, s, NOW + 3600, BOOT + 60, BOOT + 60, 3550), 0);
	assert_int_equal(pass(h, s, NOW + 60, BOOT + 120, BOOT + 120, 400), 0);
	/* Far back: the grace of before lies in the future by now, and holds no longer than its own time. */
	assert_int_equal(pass(h, s, NOW - 86400, BOOT + 180, BOOT + 180, 400), 0);
	assert_int_equal(pass(h, s, NOW - 86400 + 301, BOOT + 481, BOOT + 481, 701), 1);
}

static void what_was_told_stays_told_over_a_sleep(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);

	assert_int_equal(pass(h, s, NOW, BOOT, BOOT, 400), 1);
	assert_int_equal(pass(h, s, NOW + 900, BOOT + 900, BOOT + 60, 1300), 1);
	assert_int_equal(pass(h, s, NOW + 960, BOOT + 960, BOOT + 120, 5), 2);
}

static void a_ledger_that_says_nonsense_breaks_nothing(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const char *error = NULL;

	assert_int_equal(store_put_state(s, WATCH_CLOCK, INT64_MAX, "x y", h->a, &error), 0);
	assert_int_equal(store_put_state(s, WATCH_GRACE, INT64_MAX, NULL, h->a, &error), 0);
	assert_int_equal(store_put_state(s, "watch.export.bheem", -5, "9223372036854775807 ?", h->a, &error), 0);
	pass(h, s, NOW, BOOT, BOOT, 400);
}

/* ---- marks ---- */

static void a_mark_is_a_time_of_its_folders_owner(void **state)
{
	struct home *h = *state;
	const char *error = NULL;
	struct alive x;

	assert_int_equal(alive_look(h->path, "bheem", ALIVE_EXPORT, NOW, h->a).state, ALIVE_UNKNOWN);
	assert_int_equal(alive_mark(h->path, "bheem", ALIVE_NOTIFY, h->a, &error), 0);
	x = alive_look(h->path, "bheem", ALIVE_NOTIFY, clock_now_s(), h->a);
	assert_int_equal(x.state, ALIVE_MARKED);
	assert_true(llabs(x.at - clock_now_s()) < 60);
	assert_int_equal(alive_look(h->path, "bheem", ALIVE_EXPORT, clock_now_s(), h->a).state, ALIVE_NEVER);
	assert_int_equal(alive_look(h->path, "bheem", ALIVE_NOTIFY, 1000, h->a).state, ALIVE_UNKNOWN); /* of the future */
}

static void a_mark_that_another_one_could_have_made_is_not_believed(void **state)
{
	struct home *h = *state;
	const char *error = NULL;

	assert_int_equal(alive_mark(h->path, "bheem", ALIVE_EXPORT, h->a, &error), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(in_home(h, "alive/bheem/export"), NOBODY, NOBODY), 0);
		assert_int_equal(alive_look(h->path, "bheem", ALIVE_EXPORT, clock_now_s(), h->a).state, ALIVE_UNKNOWN);
		assert_int_equal(chown(in_home(h, "alive/bheem"), NOBODY, NOBODY), 0);
		assert_int_equal(alive_look(h->path, "bheem", ALIVE_EXPORT, clock_now_s(), h->a).state, ALIVE_MARKED);
	}
	assert_int_equal(chmod(in_home(h, "alive/bheem"), 0777), 0);
	assert_int_equal(alive_look(h->path, "bheem", ALIVE_EXPORT, clock_now_s(), h->a).state, ALIVE_UNKNOWN);
}

static void a_mark_that_cannot_be_left_says_what_to_do(void **state)
{
	struct home *h = *state;
	const char *error = NULL;

	puts_(h, "alive", "no folder");
	assert_int_equal(alive_mark(h->path, "bheem", ALIVE_EXPORT, h->a, &error), -1);
	assert_non_null(strstr(error, "run 'hmc setup' as root"));
}

/* ---- the beat ---- */

static void a_beat_says_counts_and_nothing_that_is_old(void **state)
{
	struct home *h = *state;
	struct beat_counts x = { .probe = { .state = PROBE_OK }, .at = NOW - 300, .instances = 3, .healthy = 1, .warnings = 1, .criticals = 0, .unknown = 1 };

	assert_string_equal(beat_body(&x, 3, NOW, h->a), "{\"instances\":3,\"healthy\":1,\"warnings\":1,\"criticals\":0,\"unknown\":1}");
	assert_string_equal(beat_body(&x, 3, NOW + 1, h->a), "{\"instances\":3,\"healthy\":0,\"warnings\":0,\"criticals\":0,\"unknown\":3}");
	x.probe.state = PROBE_UNKNOWN;
	assert_non_null(strstr(beat_body(&x, 3, NOW, h->a), "\"unknown\":3"));
}

static void a_beat_that_is_not_taken_is_tried_again_within_its_interval(void **state)
{
	(void)state;
	assert_int_equal(beat_backoff_s(1, 300), 60);
	assert_int_equal(beat_backoff_s(2, 300), 120);
	assert_int_equal(beat_backoff_s(3, 300), 240);
	assert_int_equal(beat_backoff_s(4, 300), 300);
	assert_int_equal(beat_backoff_s(INT64_MAX, 300), 300);
	assert_int_equal(beat_backoff_s(1, 60), 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(a_silence_is_told_once_and_its_end_once),
		HOME_TEST(the_first_minutes_after_a_start_are_no_alarm),
		HOME_TEST(a_sleep_is_no_alarm_and_what_does_not_come_back_is),
		HOME_TEST(a_clock_that_was_set_is_no_alarm_forward_or_back),
		HOME_TEST(what_was_told_stays_told_over_a_sleep),
		HOME_TEST(a_ledger_that_says_nonsense_breaks_nothing),
		HOME_TEST(a_mark_is_a_time_of_its_folders_owner),
		HOME_TEST(a_mark_that_another_one_could_have_made_is_not_believed),
		HOME_TEST(a_mark_that_cannot_be_left_says_what_to_do),
		HOME_TEST(a_beat_says_counts_and_nothing_that_is_old),
		HOME_TEST(a_beat_that_is_not_taken_is_tried_again_within_its_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
