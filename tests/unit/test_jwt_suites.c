/*
 * test_jwt_suites.c -- the public suites of attacks on tokens: nothing of them gets in.
 */
#include "token_fixture.h"

/* A member's string with the stand-in U+E000 made NUL again; *n is its length. */
static char *string_with_nul(struct arena *a, const cJSON *test, const char *name, size_t *n)
{
	const char *s = json_string(test, name);
	char *out;

	*n = 0;
	if (!s)
		return NULL;
	out = arena_alloc(a, strlen(s) + 1);
	while (*s) {
		if (strncmp(s, "\xEE\x80\x80", 3) == 0) {
			out[(*n)++] = '\0';
			s += 3;
		} else {
			out[(*n)++] = *s++;
		}
	}
	return out;
}

/* cJSON cannot hold NUL, which these tokens are about: every unescaped \u0000 becomes \ue000. */
static cJSON *load_vectors(const char *path)
{
	struct json_error err;
	size_t n;
	CLEANUP_FREE char *text = read_all(shared_path(path), &n);
	cJSON *j;

	for (char *p = strstr(text, "\\u0000"); p; p = strstr(p + 1, "\\u0000")) {
		size_t slashes = 1;

		while (p - slashes >= text && p[-(ptrdiff_t)slashes] == '\\')
			slashes++;
		if (slashes % 2 == 1)
			p[2] = 'e';
	}
	j = json_parse(text, n, JSON_REPLACE_BAD_UTF8, &err);
	if (!j)
		fail_msg("%s:%zu: %s", path, err.line, err.what);
	return j;
}

static size_t from_b64url(struct arena *a, const char *s, unsigned char **out)
{
	size_t n = strlen(s), padded = (n + 3) / 4 * 4;
	char *text = arena_alloc(a, padded + 1);
	int len;

	memset(text, '=', padded);
	for (size_t i = 0; i < n; i++)
		text[i] = (char)(s[i] == '-' ? '+' : s[i] == '_' ? '/' : s[i]);
	*out = arena_alloc(a, padded);
	len = EVP_DecodeBlock(*out, (unsigned char *)text, (int)padded);
	return len < 0 ? 0 : (size_t)len - (padded - n);
}

/* s with every `from` made `to`. */
static const char *replaced(struct arena *a, const char *s, const char *from, const char *to)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1024 * 1024);
	const char *hit;

	while ((hit = strstr(s, from)) != NULL) {
		buf_add(&out, s, (size_t)(hit - s));
		buf_adds(&out, to);
		s = hit + strlen(from);
	}
	buf_adds(&out, s);
	return arena_strdup(a, buf_str(&out));
}

/* The payload as our platform would issue it: with a role, and a lifetime that we allow. */
static const char *as_ours(struct arena *a, const char *payload)
{
	payload = replaced(a, payload, "4102444800", "1800003600");
	payload = replaced(a, payload, "1700000000", "1799999000");
	return replaced(a, payload, "\"sub\":", "\"role\":\"viewer\",\"sub\":");
}

static void no_attack_of_the_public_list_gets_in(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON cJSON *all = load_vectors("vectors/jwt-attacks/jwt-attacks.json");
	unsigned char *key;
	size_t key_len = from_b64url(f->arena, json_string(all, "key_b64u"), &key);
	const cJSON *test;
	int rebuilt = 0, accepted = 0;

	use_key(f, 0, "local", "HS256", key, key_len);
	f->config.issuer = f->config.audience = "mission-control";
	load(f);
	cJSON_ArrayForEach(test, json_array(all, "tests")) {
		const char *name = json_string(test, "name"), *expect = json_string(test, "expect");
		const char *header = json_string(test, "header"), *payload = json_string(test, "payload");
		struct session_token t;
		size_t n, header_len, payload_len;
		char *token = string_with_nul(f->arena, test, "token", &n);
		const char *again;

		string_with_nul(f->arena, test, "header", &header_len);
		string_with_nul(f->arena, test, "payload", &payload_len);
		/* As it is: even the good ones live longer than we allow and give no role. */
		if (verify_n(f, token, n, TOKEN_SESSION, &t) != TOKEN_REFUSED)
			fail_msg("%s was accepted as it is", name);
		if (!header || !payload || header_len != strlen(header) || payload_len != strlen(payload))
			continue;
		/* Rebuilt where the test is about header or claims: its own signature was good. */
		if (!str_eq(sign(f->arena, header, payload, key, key_len), token))
			continue;
		rebuilt++;
		again = sign(f->arena, header, as_ours(f->arena, payload), key, key_len);
		if (verify(f, again) == TOKEN_OK) {
			accepted++;
			if (str_eq(expect, "invalid"))
				fail_msg("%s was accepted", name);
		} else if (str_eq(expect, "valid")) {
			fail_msg("%s was refused", name);
		}
	}
	assert_true(rebuilt > 60);
	assert_true(accepted >= 2);
	print_message("# %d rebuilt for our claims, %d of them accepted as they may be\n", rebuilt, accepted);
}

/* Loads a symmetric JWK of a test group as the one HS256 key; false for any other key. */
static bool use_jwk(struct fixture *f, const cJSON *jwk)
{
	const char *k = json_string(jwk, "k"), *error = NULL;
	unsigned char *bytes;
	size_t n;

	if (!k)
		return false;
	n = from_b64url(f->arena, k, &bytes);
	use_key(f, 0, json_string(jwk, "kid") ? json_string(jwk, "kid") : "x", "HS256", bytes, n);
	f->loaded = token_keys_load(&f->config, f->arena, &error);
	return f->loaded != NULL;
}

static void refuse_group(struct fixture *f, const cJSON *group)
{
	bool ours = use_jwk(f, json_object(group, "private"));
	const cJSON *test;

	if (!ours) { /* somebody else's key: nothing of it may pass with ours */
		use_key(f, 0, "local", "HS256", secret, strlen(secret));
		load(f);
	}
	cJSON_ArrayForEach(test, json_array(group, "tests")) {
		const char *jws = json_string(test, "jws");
		struct session_token t;

		/* Their payload is "foo", no claims, so that even the valid ones end here. */
		if (jws && verify_n(f, jws, strlen(jws), TOKEN_SESSION, &t) != TOKEN_REFUSED)
			fail_msg("%s was accepted", json_string(test, "comment"));
	}
}

static void nothing_of_wycheproof_gets_in(void **state)
{
	static const char *const files[] = { "json_web_signature_test.json", "json_web_crypto_test.json",
					     "json_web_key_test.json" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_JSON cJSON *all = load_vectors(arena_printf(f->arena, "vectors/jwt-wycheproof/%s", files[i]));
		const cJSON *group;

		cJSON_ArrayForEach(group, json_array(all, "testGroups"))
			refuse_group(f, group);
	}
}

static void the_cookbooks_hs256_key_works_and_its_other_forms_do_not(void **state)
{
	static const char *const files[] = {
		"jws/4_1.rsa_v15_signature.json", "jws/4_2.rsa-pss_signature.json", "jws/4_3.ecdsa_signature.json",
		"jws/4_4.hmac-sha2_integrity_protection.json", "jws/4_5.signature_with_detached_content.json",
		"jws/4_6.protecting_specific_header_fields.json", "jws/4_7.protecting_content_only.json",
		"jws/4_8.multiple_signatures.json", "rfc7797/4.2.hmac-sha2_b64_false.json",
		"rfc7797/hmac-sha2_b64_false.json",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_JSON cJSON *all = load_vectors(arena_printf(f->arena, "vectors/jose-cookbook/%s", files[i]));
		const cJSON *key = json_object(json_object(all, "input"), "key"), *output = json_object(all, "output"), *m;
		bool ours = use_jwk(f, key);

		if (!ours) {
			use_key(f, 0, "local", "HS256", secret, strlen(secret));
			load(f);
		}
		cJSON_ArrayForEach(m, output)
			if (cJSON_IsString(m))
				assert_int_equal(verify(f, m->valuestring), TOKEN_REFUSED);
		if (strstr(files[i], "4_4")) { /* the same key and header over claims */
			unsigned char *bytes;
			size_t n = from_b64url(f->arena, json_string(key, "k"), &bytes);
			const char *header = arena_printf(f->arena, "{\"alg\":\"HS256\",\"kid\":\"%s\"}",
							  json_string(key, "kid"));

			assert_true(ours);
			assert_int_equal(verify(f, sign(f->arena, header, "{" GOOD "}", bytes, n)), TOKEN_OK);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(no_attack_of_the_public_list_gets_in),
		UNIT(nothing_of_wycheproof_gets_in),
		UNIT(the_cookbooks_hs256_key_works_and_its_other_forms_do_not),
	};

	json_init();
	return RUN_TESTS("jwt suites", tests);
}
