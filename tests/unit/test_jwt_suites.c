/*
 * test_jwt_suites.c -- the public suites of attacks on tokens: nothing of them gets in.
 */
#include "token_fixture.h"

#include "jwk.h"

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

#define SIGNATURES "json_web_signature_test.json"

/* What of that suite is right, and is refused all the same: HS256, RS256 and ES256 are all that there is here. */
static struct {
	const char *file, *test;
	bool seen;
} exceptions[] = {
	{ SIGNATURES, "264 emptyPayload", false }, /* RS384 */
	{ SIGNATURES, "265 allZeroPayload", false }, /* RS384 */
	{ SIGNATURES, "267 normalPayload", false }, /* RS384 */
	{ SIGNATURES, "268 emptyPayload", false }, /* RS512 */
	{ SIGNATURES, "269 allZeroPayload", false }, /* RS512 */
	{ SIGNATURES, "272 emptyPayload", false }, /* PS256 */
	{ SIGNATURES, "273 allZeroPayload", false }, /* PS256 */
	{ SIGNATURES, "274 oneBytePayload", false }, /* PS256 */
	{ SIGNATURES, "287 saltIsAll0", false }, /* PS256 */
	{ SIGNATURES, "288 saltIsAll1", false }, /* PS256 */
	{ SIGNATURES, "320 emptyPayload", false }, /* PS384 */
	{ SIGNATURES, "322 oneBytePayload", false }, /* PS384 */
	{ SIGNATURES, "323 normalPayload", false }, /* PS384 */
	{ SIGNATURES, "325 emptyPayload", false }, /* PS512 */
	{ SIGNATURES, "327 oneBytePayload", false }, /* PS512 */
	{ "json_web_crypto_test.json", "50 acceptsValid", false }, /* A256KW: encrypted, and not signed */
	{ "json_web_key_test.json", "15 long_key", false }, /* HS512 */
};

/* One key of a suite. */
struct suite_key {
	const cJSON *jwk;
	EVP_PKEY *pkey;         /* NULL for a secret */
	unsigned char *secret;
	size_t n;
};

static void suite_key_done(struct suite_key *k)
{
	EVP_PKEY_free(k->pkey);
}

/* Writes it as the one key of the configuration; false when it is none for HS256, RS256 or ES256, or not a good one. */
static bool use_jwk(struct fixture *f, const cJSON *jwk, struct suite_key *k)
{
	const char *kid = json_string(jwk, "kid"), *secret_text = json_string(jwk, "k"), *alg = json_string(jwk, "alg"), *error = NULL, *pem;

	*k = (struct suite_key){ .jwk = jwk };
	kid = kid ? kid : "x";
	if (secret_text && *secret_text) {
		k->n = from_b64url(f->arena, secret_text, &k->secret);
		use_key(f, 0, kid, alg ? alg : "HS256", k->secret, k->n);
	} else if ((k->pkey = jwk_key(f->arena, jwk)) != NULL) {
		pem = jwk_pem(f->arena, k->pkey);
		use_key(f, 0, kid, alg ? alg : EVP_PKEY_get_base_id(k->pkey) == EVP_PKEY_RSA ? "RS256" : "ES256", pem, strlen(pem));
	} else {
		return false;
	}
	f->loaded = token_keys_load(&f->config, f->arena, &error);
	return f->loaded != NULL;
}

static const char *part(struct arena *a, const char *jws, int i)
{
	for (; i > 0 && jws; i--)
		jws = strchr(jws, '.') ? strchr(jws, '.') + 1 : NULL;
	return jws ? arena_strndup(a, jws, strcspn(jws, ".")) : NULL;
}

/* Whether that header is taken over claims of ours, signed by the suite's own key. */
static bool takes_resigned(struct fixture *f, const struct suite_key *k, const char *jws)
{
	const char *head = part(f->arena, jws, 0);
	unsigned char *header;

	if (!head || !from_b64url(f->arena, head, &header))
		return false;
	if (k->secret)
		return verify(f, sign(f->arena, (char *)header, "{" GOOD "}", k->secret, k->n)) == TOKEN_OK;
	return json_string(k->jwk, "d") &&
	       verify(f, jwk_sign(f->arena, k->pkey, (char *)header, "{" GOOD "}")) == TOKEN_OK;
}

/* Whether that signature, as it is, is taken under claims of ours: what is special about it does not hang from what was signed. */
static bool takes_signature(struct fixture *f, const char *jws)
{
	const char *head = part(f->arena, jws, 0), *signature = part(f->arena, jws, 2);
	const char *claims = b64url(f->arena, "{" GOOD "}", strlen("{" GOOD "}"));

	return head && signature && verify(f, arena_printf(f->arena, "%s.%s.%s", head, claims, signature)) == TOKEN_OK;
}

static void expect_exception(const char *file, const char *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++) {
		if (!str_eq(exceptions[i].file, file) || !str_eq(exceptions[i].test, test))
			continue;
		exceptions[i].seen = true;
		return;
	}
	fail_msg("%s, %s: is valid and was refused", file, test);
}

/* Their payload is no claims, so that even the valid ones end as they are; rebuilt, those must pass, and no other. */
static int judge_test(struct fixture *f, const char *file, const struct suite_key *k, bool is_ours, const cJSON *test)
{
	const char *jws = json_string(test, "jws"), *comment = json_string(test, "comment");
	bool is_valid = str_eq(json_string(test, "result"), "valid");
	int64_t id = 0;
	struct session_token t;

	json_i64(test, "tcId", &id);
	comment = arena_printf(f->arena, "%lld %s", (long long)id, comment);
	if (jws && verify_n(f, jws, strlen(jws), TOKEN_SESSION, &t) != TOKEN_REFUSED)
		fail_msg("%s, %s: was accepted", file, comment);
	if (jws && takes_signature(f, jws))
		fail_msg("%s, %s: its signature was accepted", file, comment);
	if (!is_valid)
		return 0;
	if (jws && is_ours && takes_resigned(f, k, jws))
		return 1;
	expect_exception(file, comment);
	return 0;
}

/* The key of a group, or the one of its set that the test's kid names. */
static const cJSON *key_of(struct fixture *f, const cJSON *keys, const cJSON *test)
{
	const cJSON *list = json_array(keys, "keys"), *jwk;
	const char *jws = json_string(test, "jws"), *head = jws ? part(f->arena, jws, 0) : NULL;
	unsigned char *header = NULL;

	if (!list)
		return keys;
	if (head)
		from_b64url(f->arena, head, &header);
	cJSON_ArrayForEach(jwk, list)
		if (header && json_string(jwk, "kid") &&
		    strstr((char *)header, arena_printf(f->arena, "\"%s\"", json_string(jwk, "kid"))))
			return jwk;
	return list->child;
}

static void of_wycheproof_what_is_right_passes_and_nothing_else(void **state)
{
	static const char *const files[] = { SIGNATURES, "json_web_crypto_test.json", "json_web_key_test.json" };
	struct fixture *f = *state;
	int accepted = 0;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_JSON cJSON *all = load_vectors(arena_printf(f->arena, "vectors/jwt-wycheproof/%s", files[i]));
		const cJSON *group, *test;

		cJSON_ArrayForEach(group, json_array(all, "testGroups"))
			cJSON_ArrayForEach(test, json_array(group, "tests")) {
				CLEANUP(suite_key_done) struct suite_key k;
				bool is_ours = use_jwk(f, key_of(f, json_object(group, "private"), test), &k);

				if (!is_ours) { /* nothing of it may pass with another key */
					use_key(f, 0, "local", "HS256", secret, strlen(secret));
					load(f);
				}
				if (str_eq(json_string(test, "comment"), "rejectsPublicExponent1"))
					assert_false(is_ours);
				accepted += judge_test(f, files[i], &k, is_ours, test);
			}
	}
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		if (!exceptions[i].seen)
			fail_msg("%s, %s is no exception any more", exceptions[i].file, exceptions[i].test);
	print_message("# %d that are right passed, %zu are refused by name\n", accepted, ARRAY_SIZE(exceptions));
	assert_true(accepted >= 10);
}

static void the_cookbooks_keys_work_and_its_other_forms_do_not(void **state)
{
	static const struct {
		const char *file;
		bool is_ours; /* HS256, RS256 or ES256, in compact form with its header protected */
	} files[] = {
		{ "jws/4_1.rsa_v15_signature.json", true }, { "jws/4_2.rsa-pss_signature.json", false },
		{ "jws/4_3.ecdsa_signature.json", false /* ES512 */ }, { "jws/4_4.hmac-sha2_integrity_protection.json", true },
		{ "jws/4_5.signature_with_detached_content.json", false }, { "jws/4_6.protecting_specific_header_fields.json", false },
		{ "jws/4_7.protecting_content_only.json", false }, { "jws/4_8.multiple_signatures.json", false },
		{ "rfc7797/4.2.hmac-sha2_b64_false.json", false }, { "rfc7797/hmac-sha2_b64_false.json", false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_JSON cJSON *all = load_vectors(arena_printf(f->arena, "vectors/jose-cookbook/%s", files[i].file));
		const cJSON *output = json_object(all, "output"), *m;
		CLEANUP(suite_key_done) struct suite_key k;
		bool is_ours = use_jwk(f, json_object(json_object(all, "input"), "key"), &k);

		if (!is_ours) {
			use_key(f, 0, "local", "HS256", secret, strlen(secret));
			load(f);
		}
		cJSON_ArrayForEach(m, output)
			if (cJSON_IsString(m))
				assert_int_equal(verify(f, m->valuestring), TOKEN_REFUSED);
		if (files[i].is_ours) /* the same key and header over claims */
			assert_true(is_ours && takes_resigned(f, &k, json_string(output, "compact")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(no_attack_of_the_public_list_gets_in),
		UNIT(of_wycheproof_what_is_right_passes_and_nothing_else),
		UNIT(the_cookbooks_keys_work_and_its_other_forms_do_not),
	};

	json_init();
	return RUN_TESTS("jwt suites", tests);
}
