/* What the loops leave in the ledger: store/store_loops.h. */
#include "test_hermes.h"

#include "store/store_loops.h"
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
		HOME_TEST(the_last_proof_is_the_last_drill_that_succeeded),
		HOME_TEST(a_state_this_side_does_not_know_is_a_failure),
		HOME_TEST(a_loop_remembers_by_name),
		HOME_TEST(what_ended_last_is_told_with_what_went_well_before),
	};

	return RUN_TESTS("store_loops", tests);
}
