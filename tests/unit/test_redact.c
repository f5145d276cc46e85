/*
 * The redactor's own cases. Secrets are put together at run time, so that no
 * scanner stops at this file.
 */
#include "test.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "redact/redact.h"
#include "redact/rules.h"

struct both {
	struct redactor *secrets;
	struct redactor *privacy;
	struct arena *a;
};

static int setup(void **state)
{
	struct both *b = calloc(1, sizeof(*b));

	b->secrets = redactor_new(false);
	b->privacy = redactor_new(true);
	b->a = arena_new(256 << 20);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct both *b = *state;

	redactor_free(b->secrets);
	redactor_free(b->privacy);
	arena_free(b->a);
	free(b);
	return 0;
}

struct positive {
	const char *rule;
	const char *before;
	const char *secret[2]; /* two halves */
	const char *after;
};

static const struct positive positives[] = {
	{ "anthropic-key", "key=", { "sk-", "ant-api03-jSq6OMjv1syXaEUE0bvOckLe" }, " rejected" },
	{ "openrouter-key", "", { "sk-", "or-v1-4f1c2a9b8d7e6f5a4b3c2d1e0f9a8b7c" }, "" },
	{ "openai-key", "401: key ", { "sk-", "proj-Ab3dEf6hIj9kLmNoP" }, " rejected" },
	{ "openai-key", "note: ", { "sk-", "test-PLAN-0007-inprompt" }, "" },
	{ "huggingface-token", "", { "hf_", "jYCNNYmxuBtgRinmPTvAmeHMXzbXxYAdwF" }, "" },
	{ "model-key", "GROQ=", { "gsk_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4" }, "" },
	{ "telegram-token", "POST https://api.telegram.org/bot",
	  { "7000000001", ":AAHdqTcvCH1vGWJxfSe1ofSAs0K5PALDsaw" }, "/sendMessage" },
	{ "discord-token", "", { "MTk4NjIyNDgzNDcxOTI1MjQ4", ".Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs" }, "" },
	{ "slack-token", "", { "xoxb", "-893582989554-899326518131-JRHeVv1o9Cf99fwD" }, "" },
	{ "github-token", "remote: ", { "ghp_", "XIxB7KMNdAr3zqWtQqhE94qglHqOzn1D1stg" }, "" },
	{ "github-token", "", { "github_", "pat_11AALKJEA04kc5Z9kNGzwK_zLv1venPjF9IFl" }, "" },
	{ "gitlab-token", "", { "glpat-", "a1B2c3D4e5F6g7H8i9J0" }, "" },
	{ "npm-token", "", { "npm_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8" }, "" },
	{ "pypi-token", "", { "pypi-", "AgEIcHlwaS5vcmcCJDkwNzYwNzU1" }, "" },
	{ "aws-key", "", { "AKIA", "IDQJ6PTGDFFWYX7A" }, "" },
	{ "google-key", "?k=", { "AIza", "SyAnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs" }, "" },
	{ "google-oauth", "", { "ya29", ".a0AfH6SMBx-yz12" }, "" },
	{ "google-oauth", "refresh ", { "1/", "/0gabcdefGHIJ12" }, "" },
	{ "azure-key", "", { "bP88Q", "~rcBcYjzzOhg1Hnn76Wm3jGgakZiZ.8vMgR" }, "" },
	{ "stripe-key", "", { "sk_", "live_4eC39HqLyjWDarjtT1zdp7dc" }, "" },
	{ "twilio-key", "", { "SK", "0123456789abcdef0123456789abcdef" }, "" },
	{ "mail-key", "", { "SG", ".ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc" }, "" },
	{ "jwt", "cookie was ", { "eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP" }, "" },
	{ "auth-header", "Authorization: Bearer ", { "PLAN", "-mcp-hdr-0003" }, "" },
	{ "auth-header", "-H 'Authorization: Basic ", { "QWxhZGRpbjpv", "cGVuIHNlc2FtZQ==" }, "'" },
	{ "cookie", "Set-Cookie: ", { "sid=", "31d4d96e407aad42" }, "" },
	{ "url-password", "postgres://", { "app:", "p@ss/w0rd" }, "@db.internal:5432/x" },
	{ "url-password", "https:\\/\\/", { "bot:", "hunter22" }, "@example.com\\/x" },
	{ "url-user-token", "git+https://", { "a1B2c3D4e5", "F6g7H8i9J0k1" }, "@example.com/x.git" },
	{ "webhook-url", "https://hooks.slack.com/services/",
	  { "TKV3YQVGA/BLR8BRS0Z", "/nzk0zace5iLKP35eWcfKE7JA" }, "" },
	{ "webhook-url", "https://discord.com/api/webhooks/880000000000000001/",
	  { "abcdEFGH", "ijkl-1234_mnop" }, "" },
	{ "webhook-url", "https://x.webhook.office.com/webhookb2/",
	  { "a1b2c3d4-0000", "@f00d/IncomingWebhook/77" }, "" },
	{ "password", "SUDO_PASSWORD=", { "correct", "horse" }, "" },
	{ "password", "export DB_PASS='", { "a b", "c;d" }, "'" },
	{ "password", "{\"password\": \"", { "pa\\\"", "ss word" }, "\"}" },
	{ "password", "{\\\"password\\\": \\\"", { "pa\\\\\\\"", "ss word" }, "\\\"}" },
	{ "password", "  password: ", { "tr0ub4dor", "&3,x" }, "\nport: 1" },
	{ "secret", "\"secret\": \"", { "PLAN-", "whsec-0018" }, "\"," },
	{ "secret", "http.server 8099 --token ", { "PLAN-", "proc-0009" }, "" },
	{ "secret", "[\"x\", \"--api-key\", \"", { "PLAN-", "proc-0010" }, "\"]" },
	{ "secret", "Improper token has been passed: ", { "MTAwPLAN", "TED0106" }, "" },
	{ "secret", "the password is '", { "Secret", "123" }, "'." },
	{ "secret", "<api_key>", { "open", "sesame1" }, "</api_key>" },
	{ "api-key", "x-api-key: ", { "5eb4223e-5008", "-46e5-be67-c7b8f2732305" }, "" },
	{ "api-key", "OPENROUTER_API_KEY=\"", { "anything", "-goes" }, "\"" },
	{ "token", "refresh_token\": \"", { "rt_PLAN", "TED-0011" }, "\"" },
	{ "token", "?access_token=", { "38bb7b318cc6898c8031", "7decb34525844bc9db55" }, "&x=1" },
	{ "curl-login", "curl -sS -u ", { "elastic:", "P@ssw0rd1" }, " https://localhost:9200" },
	{ "password-hash", "root:", { "$6$rounds", "$saltsaltsalt$hashhashhash" }, ":19000:" },
	{ "pairing-code", "Your pairing code: ", { "5KE6", "LQE2" }, "" },
	{ "pairing-code", "{\n  \"", { "5KE6", "LQE2" }, "\": {\n    \"user_id\": \"5550088\"" },
	{ "pairing-code", "hermes pairing approve telegram ", { "5KE6", "LQE2" }, "" },
	{ "vault-token", "", { "s.Z4bTMtngfLeQ", "18AqVoBBkUAOD1" }, "" },
};

static void each_kind_of_secret_is_replaced_by_its_marker(void **state)
{
	struct both *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(positives); i++) {
		const struct positive *p = &positives[i];
		char *in = arena_printf(b->a, "%s%s%s%s", p->before, p->secret[0], p->secret[1], p->after);
		char *want = arena_printf(b->a, "%s[redacted:%s]%s", p->before, p->rule, p->after);
		const char *out = redact(b->secrets, in, b->a);

		assert_string_equal(out, want);
		assert_string_equal(redact(b->secrets, out, b->a), out);
		assert_string_equal(redact_find(b->secrets, in, strlen(in)), p->rule);
		assert_null(redact_find(b->secrets, out, strlen(out)));
	}
}

static char *pem(struct arena *a, const char *newline, const char *head, const char *tail)
{
	static const char body[] = "%s%sMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDA%s"
				   "Ks14IReLcYgADhoXk56ZzXI=%s%s";

	return arena_printf(a, body, head, newline, newline, *tail ? newline : "", tail);
}

static void a_private_key_goes_whole_or_cut_off_or_on_one_line(void **state)
{
	static const char begin[] = "-----BEGIN PRIVATE" " KEY-----", end[] = "-----END PRIVATE" " KEY-----";
	struct both *b = *state;
	const char *const texts[] = {
		pem(b->a, "\n", begin, end), pem(b->a, "\\n", begin, end), pem(b->a, "\\\\n", begin, end),
		pem(b->a, "\n", begin, ""), pem(b->a, "\n", "", end) + 1,
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(redact(b->secrets, texts[i], b->a), "[redacted:private-key]");
}

static const char *const harmless[] = {
	"HEAD is 0d328ae, before it 3e05ecc13548bec8e1eeb900dea5429cc6931bae",
	"key 0d328ae4c9b1f0a2d3e4f5a6b7c8d9e0f1a2b3c4 is not in the tree",
	"session 20260329_175530_ac871427 ended", "cron_4f2d752e4335_20260329_174100 failed",
	"authentication token of session 20260329_175530_ac871427 was refreshed",
	"job 4f2d752e4335, next run 2026-03-29T17:55:30Z", "c7c1c2b4-77b5-4d2f-9d7a-5f0f6a0b1c2d",
	"proc_00aa11bb22cc python -m http.server 8099",
	"\"session_key\": \"agent:main:telegram:dm:5550001\"",
	"uma-hermes-gateway.service is active (running)", "hermes-root-backup.timer", "user@1000.service",
	"/root/.hermes/hermes-agent/hermes_cli/main.py", "ssh key /root/.ssh/id_ed25519 is missing",
	"v0.5.0, Python 3.11.2", "2026-03-29 17:55:30,123", "1774803420.0003877",
	"anthropic/claude-sonnet-4.5", "model: openai/gpt-4o-mini-2024-07-18", "token expired",
	"password reset requested", "token: expired", "password: required", "authorization: required",
	"The key to success is patience.", "Bearer token missing", "basic authentication failed",
	"Invalid token provided", "the password was reset yesterday",
	"Access token refresh failed: invalid_grant", "verification code sent",
	"Missing API key for provider openrouter", "Set OPENROUTER_API_KEY in .env",
	"api_key_env: OPENROUTER_API_KEY", "api_key: ''", "max_tokens=4096, total_tokens: 5670",
	"token_uri: https://oauth2.googleapis.com/token", "password = os.environ[\"DB_PASSWORD\"]",
	"token=$TELEGRAM_BOT_TOKEN", "Authorization: Bearer ***", "password=hunter...0017",
	"password=<your password>", "PWD=/home/vijay OLDPWD=/root", "sk-learn pipeline",
	"https://vm-01.example.ts.net/hermes/tasks?instance=all&page=2",
	"git@github.com:NousResearch/hermes-agent.git", "http://127.0.0.1:3049/healthz",
	"http://localhost:8080/x?mail=a@b", "chat -1001234567890, thread 42", "telegram:5550001",
	"880000000000000001", "[::1]:9119", "record_key: ctrl+b", "monkey business", "5 keys: a, b, c", "",
};

static void ids_paths_and_ordinary_sentences_are_left_alone(void **state)
{
	struct both *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		assert_string_equal(redact(b->privacy, harmless[i], b->a), harmless[i]);
		assert_ptr_equal(redact(b->privacy, harmless[i], b->a), harmless[i]);
		assert_null(redact_find(b->privacy, harmless[i], strlen(harmless[i])));
	}
	assert_int_equal(redactor_total(b->privacy), 0);
	assert_null(redact(b->secrets, NULL, b->a));
}

static const struct positive personal[] = {
	{ "email", "write to ", { "uma.rao", "@example.co.in" }, " today" },
	{ "email", "<", { "jürgen", "@exämple.de" }, ">" },
	{ "phone", "call ", { "+91 98456", " 12345" }, "." },
	{ "phone", "", { "(415)", "555-0132" }, "" },
	{ "phone", "", { "415-555", "-0132" }, " works" },
	{ "phone", "", { "0044 20", " 7946 0958" }, "" },
	{ "phone", "phone: ", { "98456", "12345" }, "" },
	{ "card", "", { "4012 8888", " 8888 1881" }, "" },
	{ "card", "", { "55555555", "55554444" }, "" },
	{ "iban", "", { "DE89 3704 0044", " 0532 0130 00" }, "" },
	{ "iban", "", { "GB82WEST", "12345698765432" }, "" },
};

static void personal_data_goes_only_with_the_privacy_switch(void **state)
{
	struct both *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(personal); i++) {
		const struct positive *p = &personal[i];
		char *in = arena_printf(b->a, "%s%s%s%s", p->before, p->secret[0], p->secret[1], p->after);
		char *want = arena_printf(b->a, "%s[redacted:%s]%s", p->before, p->rule, p->after);

		assert_string_equal(redact(b->privacy, in, b->a), want);
		assert_ptr_equal(redact(b->secrets, in, b->a), in);
	}
	/* Wrong check digits; an account number; a time in microseconds. */
	assert_null(redact_find(b->privacy, "4012888888881882", 16));
	assert_null(redact_find(b->privacy, "DE88370400440532013000", 22));
	assert_null(redact_find(b->privacy, "1774803420000387", 16));
}

static void an_encoded_secret_is_found_and_its_run_removed(void **state)
{
	struct both *b = *state;

	/* base64 of "password=correcthorse1" */
	assert_string_equal(redact(b->secrets, "blob cGFzc3dvcmQ9Y29ycmVjdGhvcnNlMQ== end", b->a),
			    "blob [redacted:encoded] end");
	assert_string_equal(redact(b->secrets, "?next=https%3A%2F%2Fbob%3Ahunter22%40example.com&x=1", b->a),
			    "?next=[redacted:encoded]&x=1");
	assert_string_equal(redact(b->secrets, "?n=password%253Dcorrecthorse1", b->a),
			    "?n=[redacted:encoded]");
	assert_null(redact_find(b->secrets, "L3Vzci9sb2NhbC9iaW4vaGVybWVz", 28)); /* a path */
}

static void a_marker_is_never_replaced_nor_split(void **state)
{
	static const char *const texts[] = {
		"password=[redacted:password]", "{\"secret\": \"[redacted:secret]\"}",
		"Authorization: Bearer [redacted:jwt]", "https://[redacted:url-password]@h/",
		"token: [redacted:token], key: [redacted:api-key]",
		"\"authorization\": \"Bearer [redacted:auth-header]\"", "[redacted:private-key]",
		"the password is '[redacted:secret]'",
	};
	struct both *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(redact(b->privacy, texts[i], b->a), texts[i]);
	/* What stands beside a marker inside one value is still part of the value. */
	assert_string_equal(redact(b->secrets, "password=\"x [redacted:jwt] hunter22\"", b->a),
			    "password=\"[redacted:password]\"");
}

static void hits_are_counted_by_unique_name(void **state)
{
	struct both *b = *state;
	int64_t hits, total = 0;
	const char *name;

	redact(b->secrets, "password=hunter22 pwd=hunter23 --token hunter24", b->a);
	for (size_t i = 0; (name = redactor_rule(b->secrets, i, &hits)); i++) {
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(name, redactor_rule(b->secrets, k, NULL));
		assert_int_equal(hits, str_eq(name, "password") ? 2 : str_eq(name, "secret") ? 1 : 0);
		assert_string_not_equal(name, "email");
		total += hits;
	}
	assert_int_equal(total, redactor_total(b->secrets));
}

static char *repeat(const char *unit, size_t size)
{
	char *s = malloc(size + 1);
	size_t len = strlen(unit);

	for (size_t i = 0; i < size; i++)
		s[i] = unit[i % len];
	s[size] = '\0';
	return s;
}

static void hostile_text_ends_within_the_limits(void **state)
{
	static const char *const units[] = {
		"a", "A1", "\"", "\\\"", "'\"`", "password=", "password=\"", "password: \\\"", "token ",
		"key: ", "secret secret ", "-", "-----BEGIN PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY-----\nAAAAAAAAAAAAAAAA", "eyJ.", "eyJaaaaaaaaaa.", "://a:",
		"://a:b@", "curl ", "curl -u ", "%25", "%41", "a@", "a@a.", "1 ", "+1", "0123 ", "(((",
		"<password>", "é", "$6$", "sk-", "[redacted:", "[redacted:password]", "password=[redacted:",
		"Authorization: ", "bearer bearer ", "aaaaaaaaaaaaaaaaaaaa/", "AAAAAAAAAAAAAAAA\n-----END",
		"private AAAAAAAAAAAAAAAAAAAA ", "name=\"password\" ", "cookie: a=", "A.", ".AAAAAA.",
	};
	struct both *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		char *in = repeat(units[i], 65536);
		const char *out = redact(b->privacy, in, b->a);

		assert_true(strlen(out) <= 65536);
		assert_true(str_is_utf8(out, strlen(out)));
		assert_string_equal(redact(b->privacy, out, b->a), out);
		free(in);
		arena_reset(b->a);
	}
}

static void text_that_a_pattern_gives_up_on_is_replaced_whole(void **state)
{
	struct both *b = *state;
	char *value = repeat("ab", 300), *in = arena_printf(b->a, "password: \"%s\" and more", value);
	const char *out;

	free(value);
	redactor_set_match_limit(b->secrets, 1);
	out = redact(b->secrets, in, b->a);
	assert_string_equal(out, "[redacted:match-limit]");
	assert_string_equal(redact(b->secrets, out, b->a), out);
	assert_string_equal(redact_find(b->secrets, in, strlen(in)), "match-limit");
}

static void a_long_text_is_cut_and_no_half_secret_stays_at_the_cut(void **state)
{
	struct both *b = *state;
	/* The cut would leave eleven characters of the key, too few to be one. */
	char *in = repeat("word ", 65525), *all = arena_printf(b->a, "%s%s%s", in, "sk-", "proj-Ab3dEf6hIj9kLmNoP");
	const char *out = redact(b->secrets, all, b->a);

	assert_true(strlen(out) <= 65536);
	assert_null(strstr(out, "proj"));
	assert_string_equal(redact(b->secrets, out, b->a), out);
	free(in);
	in = repeat("é", 70001); /* an odd cut */
	out = redact(b->secrets, in, b->a);
	assert_true(strlen(out) <= 65536 && str_is_utf8(out, strlen(out)));
	free(in);
}

static void broken_utf8_is_scrubbed_and_does_not_hide_a_secret(void **state)
{
	struct both *b = *state;

	assert_string_equal(redact(b->secrets, "a\xff" "b", b->a), "a\xEF\xBF\xBD" "b");
	assert_string_equal(redact(b->secrets, "\xc3password=hunter22", b->a),
			    "\xEF\xBF\xBDpassword=[redacted:password]");
	assert_string_equal(redact_find(b->secrets, "\x80\x80 password=hunter22", 20), "password");
}

static void find_sees_through_long_and_binary_files(void **state)
{
	struct both *b = *state;
	char *in = repeat("x\0y ", 300000);

	assert_null(redact_find(b->secrets, in, 300000));
	memcpy(in + 65530, " password=hunter22 ", 19); /* over the edge of a window */
	assert_string_equal(redact_find(b->secrets, in, 300000), "password");
	memcpy(in + 65530, " xxxxxxxxxxxxxxxxx ", 19);
	memcpy(in + 299980, " password=hunter22 ", 19);
	assert_string_equal(redact_find(b->secrets, in, 300000), "password");
	assert_int_equal(redactor_total(b->secrets), 0);
	free(in);
}

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

static void without_writable_and_executable_memory_it_works_the_same(void **state)
{
	int status;
	pid_t pid;

	(void)state;
#if defined(__SANITIZE_ADDRESS__)
	skip();
#endif
	pid = fork();
	if (pid == 0) {
		struct redactor *r;
		struct arena *a = arena_new(1 << 20);

		if (prctl(PR_SET_MDWE, 1UL, 0UL, 0UL, 0UL) != 0)
			_exit(77);
		r = redactor_new(true);
		_exit(strcmp(redact(r, "password=hunter22", a), "password=[redacted:password]") != 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("skipped: this kernel cannot forbid it (needs 6.3)\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Rules are compiled when they are first needed: a broken one must not wait for that. */
static void every_rule_compiles(void **state)
{
	(void)state;
	for (size_t i = 0; i < redact_n_rules; i++) {
		PCRE2_SIZE at;
		int err;
		pcre2_code *code = pcre2_compile((PCRE2_SPTR)redact_rules[i].pattern, PCRE2_ZERO_TERMINATED,
						 PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &err, &at, NULL);

		if (!code)
			fail_msg("%s: error %d at byte %zu", redact_rules[i].name, err, (size_t)at);
		pcre2_code_free(code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_compiles),
		TEST(each_kind_of_secret_is_replaced_by_its_marker),
		TEST(a_private_key_goes_whole_or_cut_off_or_on_one_line),
		TEST(ids_paths_and_ordinary_sentences_are_left_alone),
		TEST(personal_data_goes_only_with_the_privacy_switch),
		TEST(an_encoded_secret_is_found_and_its_run_removed),
		TEST(a_marker_is_never_replaced_nor_split),
		TEST(hits_are_counted_by_unique_name),
		TEST(hostile_text_ends_within_the_limits),
		TEST(text_that_a_pattern_gives_up_on_is_replaced_whole),
		TEST(a_long_text_is_cut_and_no_half_secret_stays_at_the_cut),
		TEST(broken_utf8_is_scrubbed_and_does_not_hide_a_secret),
		TEST(find_sees_through_long_and_binary_files),
		TEST(without_writable_and_executable_memory_it_works_the_same),
	};

	return RUN_TESTS("redact", tests);
}
