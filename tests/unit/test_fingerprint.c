/*
 * test_fingerprint.c -- keys of .env are compared by fingerprint, and never leave the home.
 */
#include "test_hermes.h"

#include "base/str.h"
#include "hermes/fingerprint.h"
#include "report/report.h"

#define MACHINE_KEY "a-key-of-this-machine-0123456789abcdef"
#define BOT         "7012345678:AAPLANTEDq3vXk9TzLw2mYbR7cNd5uHsJfE"
#define ROUTER      "sk-or-v1-PLANTED0003a1b2c3d4e5f60718293a4b5c6d7e8f90"

static void give_key(struct home *h, const char *text, mode_t mode)
{
	puts_(h, "state/fingerprint.key", text);
	assert_int_equal(chmod(in_home(h, "state/fingerprint.key"), mode), 0);
	h->src.key_dir = in_home(h, "state");
}

static struct keys read_keys(struct home *h)
{
	struct keys k = { 0 };

	hermes_keys(&k, &h->src, h->a, 0);
	return k;
}

static const char *print_of(const struct keys *k, const char *name)
{
	for (size_t i = 0; i < k->n_list; i++)
		if (str_eq(k->list[i].name, name))
			return k->list[i].fingerprint;
	return NULL;
}

static void the_fingerprint_is_hmac_sha256_cut_to_64_bits(void **state)
{
	char out[FINGERPRINT_CHARS + 1];

	(void)state;
	/* RFC 4231, test case 2. */
	fingerprint_of("what do ya want for nothing?", 28, "Jefe", 4, out);
	assert_string_equal(out, "5bdcc146bf60754e");
}

static void names_of_keys_are_told_from_others(void **state)
{
	static const struct {
		const char *name;
		bool is_key;
	} cases[] = {
		{ "TELEGRAM_BOT_TOKEN", true }, { "OPENROUTER_API_KEY", true }, { "GITHUB_TOKEN_2", true }, { "APP_SECRET", true },
		{ "GITHUB_PAT", true }, { "KEY", true }, { "openai_apikey", true },
		{ "TELEGRAM_HOME_CHANNEL", false }, { "TELEGRAM_ALLOWED_USERS", false }, { "AWS_ACCESS_KEY_ID", false },
		{ "KEY_FILE", false }, { "TOKEN_URL", false }, { "MONKEY", false }, { "EMAIL_PASSWORD", false },
		{ "SSH_PUBLIC_KEY", false }, { "", false }, { "_", false }, { "123", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (fingerprint_is_key_name(cases[i].name) != cases[i].is_key)
			fail_msg("%s is%s taken for a key", cases[i].name, cases[i].is_key ? " not" : "");
}

static void what_could_be_guessed_has_no_fingerprint(void **state)
{
	static const struct {
		const char *value;
		bool is_key;
	} cases[] = {
		{ BOT, true }, { ROUTER, true }, { "ghp_x7Yk2Qm9Ra4Tb6Uc", true },
		{ "", false }, { "hunter2", false }, { "ghp_x7Yk2Qm9Ra4Tb6U", false }, /* 19 characters */
		{ "aaaaaaaaaaaaaaaaaaaaaaa1", false }, { "correcthorsebatterystaple", false },
		{ "sk-or-v1-your-key-goes-here-0", false }, { "${SHARED_OPENROUTER_KEY_1}", false },
		{ "one two three four five 6", false }, { "12345678901234567890", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (fingerprint_is_key_value(cases[i].value, strlen(cases[i].value)) != cases[i].is_key)
			fail_msg("\"%s\" is%s taken for a key", cases[i].value, cases[i].is_key ? " not" : "");
}

static void equal_values_have_equal_fingerprints_whatever_their_name_and_quotes(void **state)
{
	struct home *h = *state;
	struct keys k;

	give_key(h, MACHINE_KEY, 0400);
	puts_(h, ".env", "TELEGRAM_BOT_TOKEN=" BOT "\nexport OTHER_BOT_TOKEN='" BOT "' # the same\nROUTER_API_KEY=\"" ROUTER "\"\n"
			 "SHORT_KEY=abc\nTELEGRAM_HOME_CHANNEL=-100200300\n");
	k = read_keys(h);
	assert_int_equal(k.probe.state, PROBE_OK);
	assert_int_equal(k.n_list, 3);
	assert_int_equal(k.left_out, 1);
	assert_string_equal(k.list[0].name, "OTHER_BOT_TOKEN"); /* by name */
	assert_string_equal(print_of(&k, "TELEGRAM_BOT_TOKEN"), print_of(&k, "OTHER_BOT_TOKEN"));
	assert_string_not_equal(print_of(&k, "TELEGRAM_BOT_TOKEN"), print_of(&k, "ROUTER_API_KEY"));
	assert_int_equal(strlen(print_of(&k, "ROUTER_API_KEY")), FINGERPRINT_CHARS);
}

static void another_machines_key_gives_another_fingerprint(void **state)
{
	struct home *h = *state;
	const char *first;

	puts_(h, ".env", "TELEGRAM_BOT_TOKEN=" BOT "\n");
	give_key(h, MACHINE_KEY, 0400);
	first = read_keys(h).list[0].fingerprint;
	assert_int_equal(unlink(in_home(h, "state/fingerprint.key")), 0);
	give_key(h, MACHINE_KEY "0", 0400);
	assert_string_not_equal(read_keys(h).list[0].fingerprint, first);
}

static void the_last_line_of_a_name_counts(void **state)
{
	struct home *h = *state;
	struct keys k;
	char want[FINGERPRINT_CHARS + 1];

	give_key(h, MACHINE_KEY, 0400);
	puts_(h, ".env", "A_KEY=" BOT "\nA_KEY=" ROUTER "\n");
	k = read_keys(h);
	fingerprint_of(ROUTER, strlen(ROUTER), MACHINE_KEY, strlen(MACHINE_KEY), want);
	assert_int_equal(k.n_list, 1);
	assert_string_equal(k.list[0].fingerprint, want);
}

static void without_a_good_key_file_nothing_is_compared_and_it_says_why(void **state)
{
	struct home *h = *state;

	puts_(h, ".env", "TELEGRAM_BOT_TOKEN=" BOT "\n");
	assert_int_equal(read_keys(h).probe.state, PROBE_INACTIVE);
	assert_reason(read_keys(h).probe, "no fingerprint key");
	assert_int_equal(read_keys(h).left_out, COUNT_UNKNOWN);
	give_key(h, MACHINE_KEY, 0440);
	assert_int_equal(read_keys(h).probe.state, PROBE_UNKNOWN);
	assert_reason(read_keys(h).probe, "0400");
	give_key(h, "short", 0400);
	assert_reason(read_keys(h).probe, "too short");
	assert_int_equal(read_keys(h).n_list, 0);
	assert_int_equal(unlink(in_home(h, "state/fingerprint.key")), 0);
	assert_int_equal(mkfifo(in_home(h, "state/fingerprint.key"), 0400), 0);
	assert_int_equal(read_keys(h).probe.state, PROBE_UNKNOWN);
}

static void a_home_without_keys_and_one_that_cannot_be_read_differ(void **state)
{
	struct home *h = *state;

	give_key(h, MACHINE_KEY, 0400);
	assert_int_equal(read_keys(h).probe.state, PROBE_INACTIVE);
	assert_int_equal(read_keys(h).left_out, 0);
	puts_(h, ".env", "A_KEY=abc\n");
	assert_int_equal(read_keys(h).left_out, 1);
	assert_int_equal(unlink(in_home(h, ".env")), 0);
	assert_int_equal(mkfifo(in_home(h, ".env"), 0600), 0);
	assert_int_equal(read_keys(h).probe.state, PROBE_UNKNOWN);
}

static void more_keys_than_a_report_takes_are_counted_as_left_out(void **state)
{
	struct home *h = *state;
	char *text = arena_alloc(h->a, 64 * 1024), *to = text;
	struct keys k;

	give_key(h, MACHINE_KEY, 0400);
	for (int i = 0; i < KEYS_MAX + 7; i++)
		to += snprintf(to, 128, "SERVICE%03d_API_KEY=sk-PLANTED%03dq3vXk9TzLw2m\n", i, i);
	puts_(h, ".env", text);
	k = read_keys(h);
	assert_int_equal(k.n_list, KEYS_MAX);
	assert_int_equal(k.left_out, 7);
}

/* The whole way: what is published holds the fingerprint, as it is, and not a piece of the value. */
static void a_report_holds_fingerprints_unredacted_and_no_value(void **state)
{
	struct home *h = *state;
	struct redactor *redactor = redactor_new(true);
	struct instance_report r = { .instance_id = "vijay", .generated_at = h->src.now };
	CLEANUP_JSON cJSON *json = NULL;
	CLEANUP_FREE char *text = NULL;

	give_key(h, MACHINE_KEY, 0400);
	puts_(h, ".env", "TELEGRAM_BOT_TOKEN=" BOT "\nROUTER_API_KEY=" ROUTER "\n");
	for (int i = 0; i < 200; i++) {
		char print[FINGERPRINT_CHARS + 1];

		r.agent.keys = read_keys(h);
		fingerprint_of((const char *)&i, sizeof(i), MACHINE_KEY, strlen(MACHINE_KEY), print);
		r.agent.keys.list[0].fingerprint = print;
		json = report_instance_json(&r, redactor);
		text = json_print(json);
		if (!strstr(text, print) || !strstr(text, "TELEGRAM_BOT_TOKEN") || strstr(text, "PLANTED") || strstr(text, MACHINE_KEY))
			fail_msg("%s", text);
		free(text);
		text = NULL;
		cJSON_Delete(json);
		json = NULL;
	}
	redactor_free(redactor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fingerprint_is_hmac_sha256_cut_to_64_bits),
		cmocka_unit_test(names_of_keys_are_told_from_others),
		cmocka_unit_test(what_could_be_guessed_has_no_fingerprint),
		HOME_TEST(equal_values_have_equal_fingerprints_whatever_their_name_and_quotes),
		HOME_TEST(another_machines_key_gives_another_fingerprint),
		HOME_TEST(the_last_line_of_a_name_counts),
		HOME_TEST(without_a_good_key_file_nothing_is_compared_and_it_says_why),
		HOME_TEST(a_home_without_keys_and_one_that_cannot_be_read_differ),
		HOME_TEST(more_keys_than_a_report_takes_are_counted_as_left_out),
		HOME_TEST(a_report_holds_fingerprints_unredacted_and_no_value),
	};

	json_init();
	return RUN_TESTS("fingerprint", tests);
}
