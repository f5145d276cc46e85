/*
 * test_judge_shared.c -- two homes with one key: who is told, how badly, in which words.
 */
#include "test.h"

#include "base/str.h"
#include "view/judge_shared.h"
#include "view/verdict.h"
#include "view_facts.h"

#define ONE   "9c41b07e52aa13d8"
#define TWO   "0a7d33c9b1e8f542"
#define THREE "5c0e4a71d2b98f36"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(256 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

/* Adds a key to what an instance's report says. */
static void give(struct snapshot *s, size_t i, const char *name, const char *print)
{
	struct keys *k = &s->instances[i].report.agent.keys;

	if (k->probe.state != PROBE_OK)
		*k = (struct keys){ .probe = PROBED(".env"), .list = arena_calloc(a, KEYS_MAX, sizeof(*k->list)) };
	k->list[k->n_list++] = (struct key_print){ name, print };
}

static const struct judgement *judged(const struct snapshot *s, size_t i)
{
	const struct verdict *v = verdict_of(s, NULL, a);
	const struct judgement *j = judge_find(v->parts[i].judgements, v->parts[i].n, "keys");

	assert_non_null(j);
	return j;
}

static void expect(const struct snapshot *s, size_t i, enum status status, const char *word, const char *title)
{
	const struct judgement *j = judged(s, i);

	if (j->status != status || !str_eq(j->word, word) || !str_eq(j->title, title))
		fail_msg("instance %zu is %s \"%s\" (%s) with the title \"%s\"", i, status_name(j->status), j->word,
			 j->detail ? j->detail : "", j->title ? j->title : "(none)");
}

static void own_keys_are_fine(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);

	(void)state;
	give(s, 0, "TELEGRAM_BOT_TOKEN", ONE);
	give(s, 1, "TELEGRAM_BOT_TOKEN", TWO);
	expect(s, 0, STATUS_OK, "not shared", NULL);
	expect(s, 1, STATUS_OK, "not shared", NULL);
	assert_string_equal(judged(s, 0)->detail, "one key");
	assert_int_equal(shared_keys_of(s, a).n, 0);
}

static void a_shared_key_warns_both_by_name_and_fingerprint(void **state)
{
	struct snapshot *s = fact_snapshot(3, a);

	(void)state;
	give(s, 0, "OPENROUTER_API_KEY", ONE);
	give(s, 1, "ROUTER_KEY", ONE);
	give(s, 2, "OPENROUTER_API_KEY", TWO);
	expect(s, 0, STATUS_WARN, "shared", "The same key in Vijay and Bheem");
	expect(s, 1, STATUS_WARN, "shared", "The same key in Vijay and Bheem");
	expect(s, 2, STATUS_OK, "not shared", NULL);
	assert_non_null(strstr(judged(s, 0)->why, "OPENROUTER_API_KEY has the fingerprint 9c41b07e in Bheem, too"));
	assert_non_null(strstr(judged(s, 1)->why, "ROUTER_KEY has the fingerprint 9c41b07e in Vijay, too"));
}

static void one_telegram_token_of_two_gateways_is_critical(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);

	(void)state;
	give(s, 0, "TELEGRAM_BOT_TOKEN", ONE);
	give(s, 0, "A_KEY", TWO);
	give(s, 1, "A_KEY", TWO);
	give(s, 1, "TELEGRAM_BOT_TOKEN", ONE);
	expect(s, 0, STATUS_CRITICAL, "shared", "The same bot token in Vijay and Bheem, and one more shared key");
	expect(s, 1, STATUS_CRITICAL, "shared", "The same bot token in Vijay and Bheem, and one more shared key");
	assert_non_null(strstr(judged(s, 0)->why, "take each other's messages. Also shared: A_KEY (with Bheem)."));
	assert_int_equal(verdict_of(s, NULL, a)->n_critical, 2);
	/* The instance that is chosen alone is told the same. */
	assert_int_equal(verdict_of(s, "bheem", a)->n_critical, 1);
}

static void a_gateway_that_stands_still_takes_no_messages(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);

	(void)state;
	give(s, 0, "TELEGRAM_BOT_TOKEN", ONE);
	give(s, 1, "TELEGRAM_BOT_TOKEN", ONE);
	((struct instance *)s->instances[1].instance)->paused = "on leave";
	s->instances[1].report.gateway_unit.probe.state = PROBE_INACTIVE;
	s->instances[1].report.gateway_unit.active_state = "inactive";
	s->instances[1].report.gateway_unit.sub_state = "dead";
	s->instances[1].report.gateway_unit.unit_file_state = "disabled";
	s->instances[1].report.gateway.pid_state = PID_NONE;
	expect(s, 0, STATUS_WARN, "shared", "The same bot token in Vijay and Bheem");
	expect(s, 1, STATUS_WARN, "shared", "The same bot token in Vijay and Bheem");
	assert_non_null(strstr(judged(s, 0)->why, "gateways that run with one bot token"));
}

static void other_bots_warn(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);

	(void)state;
	give(s, 0, "DISCORD_BOT_TOKEN", ONE);
	give(s, 1, "DISCORD_BOT_TOKEN", ONE);
	expect(s, 0, STATUS_WARN, "shared", "The same bot token in Vijay and Bheem");
}

static void one_value_under_two_names_of_one_home_is_not_shared(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);

	(void)state;
	give(s, 0, "A_KEY", ONE);
	give(s, 0, "B_KEY", ONE);
	give(s, 1, "A_KEY", TWO);
	expect(s, 0, STATUS_OK, "not shared", NULL);
}

static void who_could_not_be_compared_is_said(void **state)
{
	struct snapshot *s = fact_snapshot(3, a);

	(void)state;
	give(s, 0, "A_KEY", ONE);
	expect(s, 0, STATUS_INFO, "one key", NULL); /* the others have no fingerprints */
	assert_string_equal(judged(s, 0)->detail, "no other instance could be compared");
	give(s, 1, "A_KEY", TWO);
	expect(s, 0, STATUS_OK, "not shared", NULL);
	assert_string_equal(judged(s, 0)->detail, "one key; one instance could not be compared");
	expect(s, 2, STATUS_OFF, "not compared", NULL);
	s = fact_snapshot(1, a);
	give(s, 0, "A_KEY", ONE);
	assert_string_equal(judged(s, 0)->detail, "no other instance to compare with");
}

static void a_report_that_is_not_believed_is_not_compared(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);

	(void)state;
	give(s, 0, "A_KEY", ONE);
	give(s, 1, "A_KEY", ONE);
	fact_dark(&s->instances[1], 10 * MINUTES);
	assert_int_equal(shared_keys_of(s, a).n, 0);
	assert_int_equal(judged(s, 0)->status, STATUS_INFO);
	assert_int_equal(judged(s, 1)->status, STATUS_UNKNOWN);
	assert_string_equal(judged(s, 1)->cause, "exporter");
}

static void what_is_no_fingerprint_is_not_compared(void **state)
{
	static const char *const odd[] = { "", "9c41", "9C41B07E52AA13D8", "zzzzzzzzzzzzzzzz", "9c41b07e52aa13d80", NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		struct snapshot *s = fact_snapshot(2, a);

		give(s, 0, "A_KEY", odd[i]);
		give(s, 1, "A_KEY", odd[i]);
		give(s, 1, NULL, ONE);
		assert_int_equal(shared_keys_of(s, a).n, 0);
		assert_int_equal(judged(s, 0)->status, STATUS_OK);
	}
}

static void names_out_of_a_report_are_cleaned(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);

	(void)state;
	give(s, 0, "A\n\xe2\x80\xaeKEY", ONE);
	give(s, 1, "B_KEY", ONE);
	assert_non_null(strstr(judged(s, 0)->why, "A KEY has"));
	assert_null(strchr(judged(s, 0)->why, '\n'));
}

static void many_instances_and_keys_stay_within_a_sentence(void **state)
{
	struct snapshot *s = fact_snapshot(50, a);
	const struct verdict *v;

	(void)state;
	for (size_t i = 0; i < 50; i++)
		for (int k = 0; k < 20; k++)
			give(s, i, arena_printf(a, "KEY_%02d_TOKEN", k), arena_printf(a, "%016x", k + 1));
	expect(s, 7, STATUS_WARN, "shared", "The same key in Vijay, Bheem, Agent 3 and 47 more, and 19 more shared keys");
	v = verdict_of(s, NULL, a);
	assert_int_equal(v->n_warn, 50);
	assert_true(strlen(judged(s, 7)->why) < 700);
	assert_int_equal(shared_keys_of(s, a).n, 20);
	assert_int_equal(shared_keys_of(s, a).list[0].n_uses, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_keys_are_fine),
		cmocka_unit_test(a_shared_key_warns_both_by_name_and_fingerprint),
		cmocka_unit_test(one_telegram_token_of_two_gateways_is_critical),
		cmocka_unit_test(a_gateway_that_stands_still_takes_no_messages),
		cmocka_unit_test(other_bots_warn),
		cmocka_unit_test(one_value_under_two_names_of_one_home_is_not_shared),
		cmocka_unit_test(who_could_not_be_compared_is_said),
		cmocka_unit_test(a_report_that_is_not_believed_is_not_compared),
		cmocka_unit_test(what_is_no_fingerprint_is_not_compared),
		cmocka_unit_test(names_out_of_a_report_are_cleaned),
		cmocka_unit_test(many_instances_and_keys_stay_within_a_sentence),
	};

	return cmocka_run_group_tests_name("judge_shared", tests, setup, teardown);
}
