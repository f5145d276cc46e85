/* What the loops leave in the ledger: store/store_loops.h. */
#include "test_hermes.h"

#include "base/clock.h"
#include "store/store_loops.h"
#include "store/store_outbox.h"
#include "store/store_parts.h"

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

/* As a page has it: another user's file, of which nothing but tables may be asked. */
static struct store *reader(struct home *h)
{
	const char *error = NULL;
	struct store *s = store_open_read(in_home(h, "ledger"), (int64_t)geteuid(), clock_mono_us() + 10000000, h->a, &error);

	if (!s)
		fail_msg("%s", error);
	return s;
}

static void put_drill(struct home *h, struct store *s, int64_t at, enum loop_state state)
{
	const struct drill_run r = { .at = at, .took_us = 1500000, .state = state, .commit = "0123456789012345678901234567890123456789",
				     .files = 12, .bytes = COUNT_UNKNOWN, .checked = 12, .receipt = "{\"files\":12}",
				     .error = state == LOOP_FAILED ? "the remote could not be reached" : NULL };
	const char *error = NULL;

	assert_int_equal(store_put_drill(s, &r, h->a, &error), 0);
}

static void a_backup_run_is_given_back_as_it_was_put(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const struct backup_run in = { .at = 100, .took_us = 7, .state = LOOP_NOTHING, .files = 3, .bytes = 0, .changed = COUNT_UNKNOWN };
	struct backup_run out[2];
	const char *error = NULL;
	size_t n = 0;

	assert_int_equal(store_put_backup_run(s, &in, h->a, &error), 0);
	assert_int_equal(store_backup_runs(s, 0, out, 2, &n, h->a, &error), 0);
	assert_int_equal(n, 1);
	assert_int_equal(out[0].at, 100);
	assert_int_equal(out[0].took_us, 7);
	assert_int_equal(out[0].state, LOOP_NOTHING);
	assert_int_equal(out[0].files, 3);
	assert_int_equal(out[0].bytes, 0);
	assert_int_equal(out[0].changed, COUNT_UNKNOWN);
	assert_null(out[0].commit);
	assert_null(out[0].error);
	assert_int_equal(store_backup_runs(s, 101, out, 2, &n, h->a, &error), 0);
	assert_int_equal(n, 0);
}

static void put_run(struct home *h, struct store *s, int64_t at, enum loop_state state, const char *why)
{
	const struct backup_run r = { .at = at, .took_us = 7, .state = state, .commit = state == LOOP_DONE ? "a41f9c2" : NULL,
				      .files = 3, .bytes = 9, .changed = 1, .error = why };
	const char *error = NULL;

	assert_int_equal(store_put_backup_run(s, &r, h->a, &error), 0);
}

static void backup_runs_are_given_by_days_with_the_last_and_the_last_good_one(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const int64_t bounds[] = { 1000, 2000, 3000, 4000 };
	CLEANUP(store_closep) struct store *page = NULL;
	struct backup_day days[3];
	int64_t first = -1, good = -1;
	const char *error = NULL;

	put_run(h, s, 100, LOOP_FAILED, "no remote");
	put_run(h, s, 200, LOOP_DONE, NULL);
	put_run(h, s, 900, LOOP_REFUSED, "a secret");
	put_run(h, s, 1000, LOOP_NOTHING, NULL);
	put_run(h, s, 1999, LOOP_FAILED, "late");
	put_run(h, s, 3000, LOOP_FAILED, "first");
	put_run(h, s, 3001, LOOP_DONE, NULL);
	put_run(h, s, 4000, LOOP_DONE, NULL);
	page = reader(h);
	assert_int_equal(store_backup_days(page, bounds, 3, days, &first, &good, h->a, &error), 0);
	assert_int_equal(first, 100);
	assert_int_equal(good, 200);
	assert_int_equal(days[0].runs, 2);
	assert_int_equal(days[0].failed, 1);
	assert_string_equal(days[0].last.error, "late");
	assert_int_equal(days[0].good.at, 1000);
	assert_int_equal(days[1].runs, 0);
	assert_int_equal(days[1].last.at, 0);
	assert_int_equal(days[2].runs, 2);
	assert_int_equal(days[2].last.at, 3001);
	assert_string_equal(days[2].good.commit, "a41f9c2");
}

static void put_said(struct home *h, struct store *s, const struct outbox_item *row)
{
	struct outbox_item x = *row;
	const char *error = NULL;
	int64_t n;

	x.kind = OUTBOX_OPENED;
	x.text = "text";
	assert_int_equal(store_put_outbox(s, &x, &n, h->a, &error), 0);
	x.n = n;
	x.sent_at = x.state == OUTBOX_SENT ? x.made_at + 1 : 0;
	assert_int_equal(store_mark_outbox(s, &x, h->a, &error), 0);
}

static void what_is_said_of_an_alert_is_counted_by_what_became_of_it(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	static const struct outbox_item rows[] = {
		{ .key = "a", .state = OUTBOX_SENT, .alert = 7, .made_at = 10 },
		{ .key = "b", .state = OUTBOX_SENT, .alert = 7, .made_at = 30 },
		{ .key = "c", .state = OUTBOX_REFUSED, .alert = 7, .made_at = 20, .told_by = 2 },
		{ .key = "d", .state = OUTBOX_MERGED, .alert = 7, .made_at = 20, .told_by = 2 },
		{ .key = "e", .state = OUTBOX_WAITING, .alert = 7, .made_at = 20 },
		{ .key = "f", .state = OUTBOX_UNCLEAR, .alert = 8, .made_at = 20 },
		{ .key = "g", .state = OUTBOX_SENT, .alert = 0, .made_at = 20 },
	};
	CLEANUP(store_closep) struct store *other = NULL;
	const struct outbox_query page = { .newest_first = true, .before_made = 20, .before_n = 5, .limit = 2 };
	struct outbox_item *list;
	struct outbox_counts counts;
	const char *error = NULL;
	struct alert_told told;
	size_t found;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		put_said(h, s, &rows[i]);
	other = reader(h);
	assert_int_equal(store_told(other, 7, &told, h->a, &error), 0);
	assert_int_equal(told.sent, 2);
	assert_int_equal(told.sent_at, 31);
	assert_int_equal(told.merged, 2);
	assert_int_equal(told.refused, 0);
	assert_int_equal(told.waiting, 1);
	assert_int_equal(store_told(other, 0, &told, h->a, &error), 0);
	assert_int_equal(told.sent, 0);
	assert_int_equal(store_outbox_counts(other, &counts, h->a, &error), 0);
	assert_int_equal(counts.of[OUTBOX_SENT], 3);
	assert_int_equal(counts.of[OUTBOX_UNCLEAR], 1);
	assert_int_equal(counts.of[OUTBOX_REFUSED], 1);
	assert_int_equal(counts.untold, 0);
	/* After row 5 of the time 20 come rows 4 and 3 of the same time. */
	assert_int_equal(store_outbox(other, &page, &list, &found, h->a, &error), 0);
	assert_int_equal(found, 2);
	assert_string_equal(list[0].key, "d");
	assert_string_equal(list[1].key, "c");
}

static void the_last_proof_is_the_last_drill_that_succeeded(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const char *error = NULL;
	struct drill_run proof, list[4];
	size_t n = 0;

	assert_false(store_last_proof(s, &proof, h->a, &error));
	assert_null(error);
	put_drill(h, s, 100, LOOP_DONE);
	put_drill(h, s, 200, LOOP_DONE);
	put_drill(h, s, 300, LOOP_FAILED);
	assert_true(store_last_proof(s, &proof, h->a, &error));
	assert_int_equal(proof.at, 200);
	assert_string_equal(proof.receipt, "{\"files\":12}");
	assert_int_equal(proof.bytes, COUNT_UNKNOWN);
	assert_int_equal(store_drills(s, 0, list, 4, &n, h->a, &error), 0);
	assert_int_equal(n, 3);
	assert_int_equal(list[0].at, 300);
	assert_string_equal(list[0].error, "the remote could not be reached");
}

static void a_state_this_side_does_not_know_is_a_failure(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const char *error = NULL;
	struct drill_run list[1];
	size_t n = 0;

	put_drill(h, s, 100, LOOP_DONE);
	assert_int_equal(sqlite3_exec(s->db, "UPDATE drills SET state = 99, commit_id = 'a' || char(10) || 'b'", NULL, NULL, NULL), 0);
	assert_int_equal(store_drills(s, 0, list, 1, &n, h->a, &error), 0);
	assert_int_equal(list[0].state, LOOP_FAILED);
	assert_null(strchr(list[0].commit, '\n'));
}

static void a_loop_remembers_by_name(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const char *error = NULL, *word = NULL;
	int64_t at = 0;

	assert_false(store_get_state(s, "beat.sent", &at, &word, h->a));
	assert_int_equal(store_put_state(s, "beat.sent", 100, NULL, h->a, &error), 0);
	assert_int_equal(store_put_state(s, "beat.sent", 200, "ok", h->a, &error), 0);
	assert_true(store_get_state(s, "beat.sent", &at, &word, h->a));
	assert_int_equal(at, 200);
	assert_string_equal(word, "ok");
	assert_int_equal(store_put_state(s, "a name that is longer than sixty characters are, which nobody needs", 1, NULL, h->a, &error), -1);
	assert_non_null(error);
}

static void put_backup(struct home *h, struct store *s, int64_t at, enum loop_state state)
{
	const struct backup_run r = { .at = at, .state = state, .files = 3, .bytes = 4, .changed = 1,
				      .error = state == LOOP_FAILED ? "the remote is full" : NULL };
	const char *error = NULL;

	assert_int_equal(store_put_backup_run(s, &r, h->a, &error), 0);
}

static void what_ended_last_is_told_with_what_went_well_before(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const char *error = NULL;
	struct loops l = { 0 };

	assert_int_equal(store_loops(s, &l, h->a, &error), 0);
	assert_int_equal(l.backup.at, 0);
	assert_int_equal(l.backup_failures, 0);
	assert_int_equal(l.proof.at, 0);
	assert_int_equal(l.proof.files, COUNT_UNKNOWN);
	put_backup(h, s, 100, LOOP_FAILED);
	put_backup(h, s, 200, LOOP_DONE);
	put_backup(h, s, 300, LOOP_NOTHING);
	put_backup(h, s, 500, LOOP_FAILED);
	put_backup(h, s, 400, LOOP_REFUSED); /* it began first and ended last */
	put_drill(h, s, 250, LOOP_DONE);
	put_drill(h, s, 260, LOOP_FAILED);
	l = (struct loops){ 0 };
	assert_int_equal(store_loops(s, &l, h->a, &error), 0);
	assert_int_equal(l.backup.at, 400);
	assert_int_equal(l.backup.state, LOOP_REFUSED);
	assert_int_equal(l.backup_good_at, 300);
	assert_int_equal(l.backup_first_at, 200);
	assert_int_equal(l.backup_failures, 2);
	assert_int_equal(l.drill.at, 260);
	assert_int_equal(l.proof.at, 250);
	assert_null(l.proof.receipt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(a_backup_run_is_given_back_as_it_was_put),
		HOME_TEST(backup_runs_are_given_by_days_with_the_last_and_the_last_good_one),
		HOME_TEST(what_is_said_of_an_alert_is_counted_by_what_became_of_it),
		HOME_TEST(the_last_proof_is_the_last_drill_that_succeeded),
		HOME_TEST(a_state_this_side_does_not_know_is_a_failure),
		HOME_TEST(a_loop_remembers_by_name),
		HOME_TEST(what_ended_last_is_told_with_what_went_well_before),
	};

	return RUN_TESTS("store_loops", tests);
}
