/* The parts of hmc backup that need no repository: src/backup/. */
#include "test_hermes.h"

#include "backup/repo.h"
#include "base/str.h"
#include "probe/payload_kinds.h"

static const char *sanitised(struct home *h, const char *text, struct backup_names *left)
{
	struct redactor *r = redactor_new(false);
	const char *reason, *out;
	size_t n = 0;

	out = backup_sanitise(text, strlen(text), &n, r, left, h->a, &reason);
	redactor_free(r);
	return out ? out : arena_printf(h->a, "refused: %s", reason);
}

#define LEFT "\"" BACKUP_LEFT_OUT "\""

static void secrets_of_a_config_stay_and_the_rest_is_as_it_was(void **state)
{
	static const struct {
		const char *in, *out, *where;
	} rows[] = {
		{ "model: sonnet # mine\n", "model: sonnet # mine\n", NULL },
		{ "mcp_servers:\n  mail:\n    env:\n      ANY: value1\n", "mcp_servers:\n  mail:\n    env:\n      ANY: " LEFT "\n", "mcp_servers.mail.env.ANY" },
		{ "a:\n  api_key: 'q\xc3\xbc' # \xc3\xbc\nb: \xc3\xbc\n", "a:\n  api_key: " LEFT " # \xc3\xbc\nb: \xc3\xbc\n", "a.api_key" },
		{ "x: \"\xe2\x82\xac\"\npassword: |\n  one\n  two\nb: 1\n", "x: \"\xe2\x82\xac\"\npassword: " LEFT "\nb: 1\n", "password" },
		{ "token: &t abcdef\nother: *t\n", "token: &t " LEFT "\nother: *t\n", "token" },
		{ "api_key: ''\n", "api_key: ''\n", NULL },
		{ "api_key: ${OPENROUTER_API_KEY}\n", "api_key: ${OPENROUTER_API_KEY}\n", NULL },
		{ "max_tokens: 4096\nshow_token_analytics: false\n", "max_tokens: 4096\nshow_token_analytics: false\n", NULL },
		{ "api_key_env: OPENROUTER_API_KEY\n", "api_key_env: OPENROUTER_API_KEY\n", NULL },
		{ "tokens: [one, two]\n", "tokens: [" LEFT ", " LEFT "]\n", "tokens[0]" },
		{ "url: https://u:Zx81kdPq0w@example.net/x\n", "url: " LEFT "\n", "url" },
		{ "{headers: {A: b}, c: d}\n", "{headers: {A: " LEFT "}, c: d}\n", "headers.A" },
		{ "password: 12345678\nport: 8080\n", "password: " LEFT "\nport: 8080\n", "password" },
		{ "env:\n  CARD_PIN: 4711\n  PORT: 8080\n", "env:\n  CARD_PIN: " LEFT "\n  PORT: 8080\n", "env.CARD_PIN" },
		{ "x: &k qX7vLm2p\napi_key: *k\n", "refused: api_key takes its value from an alias; write it out", NULL },
		{ "x: &k {A: qX7vLm2p}\nmcp:\n  env: *k\n", "refused: mcp.env takes its value from an alias; write it out", NULL },
		{ "x: &k zz\n*k : b\napi_key: qX7vLm2p\n", "refused: a key that is an alias", NULL },
		{ "x: &k {a: 1}\ny:\n  <<: *k\n  b: *k\n", "x: &k {a: 1}\ny:\n  <<: *k\n  b: *k\n", NULL },
		{ "a: [1\nb: 2\n", "refused: line 2: did not find expected ',' or ']'", NULL },
	};
	struct home *h = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct backup_names left = { 0 };

		assert_string_equal(sanitised(h, rows[i].in, &left), rows[i].out);
		assert_int_equal(left.n > 0, rows[i].where != NULL);
		if (rows[i].where)
			assert_string_equal(left.list[0], rows[i].where);
	}
}

static void a_manifest_is_the_same_while_nothing_changes_and_lists_clean_paths(void **state)
{
	const struct instance in = { .id = "bheem" };
	struct home *h = *state;
	struct backup b = { .in = &in, .a = h->a };
	struct backup_file files[] = { { .path = "SOUL.md", .data = "x", .n = 1, .mode = 0600, .sha256 = "aa" },
				       { .path = "skills/a/SKILL.md", .data = "y", .n = 1, .mode = 0644, .sha256 = "bb" } };
	struct backup_names paths = { 0 };
	const char *first, *second;
	size_t n, m;

	b.files = files;
	b.n_files = 2;
	first = backup_manifest(&b, NULL, 0, &n);
	second = backup_manifest(&b, first, n, &m);
	assert_ptr_equal(first, second);
	files[1].sha256[0] = 'c';
	assert_string_not_equal(backup_manifest(&b, first, n, &m), first);
	assert_true(backup_manifest_paths(first, n, &paths, h->a));
	assert_int_equal(paths.n, 2);
	assert_string_equal(paths.list[1], "skills/a/SKILL.md");
	assert_false(backup_manifest_paths("{\"files\":[{\"path\":\"a\"}]}", 24, &paths, h->a));
}

static void a_manifest_that_lies_leads_nowhere(void **state)
{
	static const char text[] = "{\"kind\":\"" BACKUP_MANIFEST_KIND "\",\"files\":[{\"path\":\"../README\"},{\"path\":\"/etc/passwd\"},"
				   "{\"path\":\"a/../../b\"},{\"path\":\"a//b\"},{\"path\":\"\"},{\"path\":\"x/.git/config\"},{\"path\":7},{\"path\":\"fine\"}]}";
	struct backup_names paths = { 0 };
	struct home *h = *state;

	assert_true(backup_manifest_paths(text, strlen(text), &paths, h->a));
	assert_int_equal(paths.n, 1);
	assert_string_equal(paths.list[0], "fine");
}

/* The bytes of a key, and the same as the list has them. */
#define KEY "not really a key"
#define KEY64 "bm90IHJlYWxseSBhIGtleQ=="

static const char *known(struct home *h, const char *list, const char *host, int port)
{
	puts_(h, "known_hosts", list);
	return backup_known_host(in_home(h, "known_hosts"), host, port, KEY, strlen(KEY), h->a);
}

static void a_host_is_known_by_its_own_key_alone(void **state)
{
	struct home *h = *state;

	assert_null(known(h, "# mine\ngit.example.net ssh-ed25519 " KEY64 " note\n", "git.example.net", 22));
	assert_null(known(h, "a,git.example.net ssh-rsa b3RoZXI=\na,git.example.net ssh-ed25519 " KEY64 "\n", "git.example.net", 22));
	assert_null(known(h, "[git.example.net]:2222 ssh-ed25519 " KEY64 "\n", "git.example.net", 2222));
	assert_non_null(strstr(known(h, "git.example.net ssh-ed25519 " KEY64 "\n", "git.example.net", 2222), "is not in"));
	assert_non_null(strstr(known(h, "git.example.net ssh-ed25519 b3RoZXI=\n", "git.example.net", 22), "shows a key that is not the one"));
	assert_non_null(strstr(known(h, "* ssh-ed25519 " KEY64 "\n", "git.example.net", 22), "is not in"));
	assert_non_null(strstr(known(h, "@cert-authority git.example.net ssh-ed25519 " KEY64 "\n", "git.example.net", 22), "is not in"));
	assert_non_null(strstr(known(h, "git.example.net ssh-ed25519 " KEY64 "\n@revoked git.example.net ssh-ed25519 " KEY64 "\n", "git.example.net", 22), "revoked"));
	assert_non_null(strstr(known(h, "|1|broken\n|1||\n\ngit.example.net\n", "git.example.net", 22), "is not in"));
}

static void paths_are_sorted_folder_by_folder(void **state)
{
	(void)state;
	assert_true(backup_compare_paths("a/b", "a-b") < 0);
	assert_true(backup_compare_paths("a", "a/b") < 0);
	assert_true(backup_compare_paths("b", "a/b") > 0);
	assert_int_equal(backup_compare_paths("a/b", "a/b"), 0);
}

static void what_is_counted_is_what_the_reading_of_the_repository_counts(void **state)
{
	int64_t items;

	(void)state;
	assert_string_equal(payload_kind("memories/MEMORY.md", "a\n\xc2\xa7\nb\n", 7, &items), "memories");
	assert_int_equal(items, 2);
	assert_string_equal(payload_kind("skills/x/SKILL.md", "", 0, &items), "skills");
	assert_int_equal(items, 1);
	assert_string_equal(payload_kind("skills/x/help.py", "", 0, &items), "skills");
	assert_int_equal(items, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(secrets_of_a_config_stay_and_the_rest_is_as_it_was),
		HOME_TEST(a_manifest_is_the_same_while_nothing_changes_and_lists_clean_paths),
		HOME_TEST(a_manifest_that_lies_leads_nowhere),
		HOME_TEST(a_host_is_known_by_its_own_key_alone),
		HOME_TEST(paths_are_sorted_folder_by_folder),
		HOME_TEST(what_is_counted_is_what_the_reading_of_the_repository_counts),
	};

	return RUN_TESTS("backup", tests);
}
