/*
 * test_token.c -- what a token must look like, and which keys may judge it.
 */
#include "token_fixture.h"

#include "jwk.h"

static void a_good_token_says_who_and_until_when(void **state)
{
	struct fixture *f = *state;
	struct session_token t;
	const char *token = with_claims(f, "{\"sub\":\"uma@example.net\",\"role\":\"admin\",\"iat\":1799999000,"
					   "\"exp\":1800003600,\"jti\":\"n1\",\"extra\":{\"a\":[1]}}");

	assert_int_equal(verify_n(f, token, strlen(token), TOKEN_SESSION, &t), TOKEN_OK);
	assert_string_equal(t.sub, "uma@example.net");
	assert_int_equal(t.role, ROLE_ADMIN);
	assert_string_equal(t.jti, "n1");
	assert_int_equal(t.issued_at, 1799999000);
	assert_int_equal(t.expires_at, 1800003600);
	/* printf n1 | sha256sum */
	assert_string_equal(t.id, "676b8bb84ce7267dd520deca4811c8f10a53e636352f06987f42fe425acedd80");
	assert_int_equal(strlen(t.csrf), 64);
}

static void a_token_that_is_known_is_still_judged_by_the_clock_and_byte_by_byte(void **state)
{
	struct fixture *f = *state;
	const char *token = with_claims(f, "{\"sub\":\"uma\",\"role\":\"viewer\",\"nbf\":1799999990,\"exp\":1800000100,\"jti\":\"again\"}");
	size_t n = strlen(token);
	struct session_token first, t;
	const char *reason;
	char *other;

	assert_int_equal(token_verify(f->loaded, token, n, TOKEN_SESSION, NOW, f->arena, &first, &reason), TOKEN_OK);
	assert_int_equal(token_verify(f->loaded, token, n, TOKEN_SESSION, NOW + 99, f->arena, &t, &reason), TOKEN_OK);
	assert_string_equal(t.sub, "uma");
	assert_string_equal(t.jti, "again");
	assert_string_equal(t.id, first.id);
	assert_string_equal(t.csrf, first.csrf);
	assert_int_equal(t.role, ROLE_VIEWER);
	assert_int_equal(token_verify(f->loaded, token, n, TOKEN_SESSION, NOW + 100, f->arena, &t, &reason), TOKEN_REFUSED);
	assert_non_null(strstr(reason, "expired"));
	assert_int_equal(token_verify(f->loaded, token, n, TOKEN_SESSION, NOW - 3600, f->arena, &t, &reason), TOKEN_REFUSED);
	assert_non_null(strstr(reason, "not valid yet"));
	assert_int_equal(token_verify(f->loaded, token, n, TOKEN_LINK, NOW, f->arena, &t, &reason), TOKEN_REFUSED);
	assert_int_equal(token_verify(f->loaded, token, n - 1, TOKEN_SESSION, NOW, f->arena, &t, &reason), TOKEN_REFUSED);
	other = arena_strdup(f->arena, token);
	other[n / 2] = other[n / 2] == 'A' ? 'B' : 'A';
	assert_int_equal(token_verify(f->loaded, other, n, TOKEN_SESSION, NOW, f->arena, &t, &reason), TOKEN_REFUSED);
	/* More than are remembered, and the first once more. */
	for (int i = 0; i < 20; i++) {
		const char *next = with_claims(f, arena_printf(f->arena, "{\"sub\":\"u%d\",\"role\":\"admin\",\"exp\":1800000100}", i));

		assert_int_equal(token_verify(f->loaded, next, strlen(next), TOKEN_SESSION, NOW, f->arena, &t, &reason), TOKEN_OK);
		assert_string_equal(t.sub, arena_printf(f->arena, "u%d", i));
		assert_null(t.jti);
	}
	assert_int_equal(token_verify(f->loaded, token, n, TOKEN_SESSION, NOW, f->arena, &t, &reason), TOKEN_OK);
	assert_string_equal(t.sub, "uma");
}

static void claims_are_judged_one_by_one(void **state)
{
	static const struct {
		const char *payload;
		bool ok;
	} cases[] = {
		{ "{" GOOD "}", true },
		{ "{" GOOD ",\"nbf\":1800000060}", true },
		{ "{" GOOD ",\"nbf\":1800000061}", false },
		{ "{" GOOD ",\"iat\":1800000060}", true },
		{ "{" GOOD ",\"iat\":1800000061}", false },
		{ "{" GOOD ",\"nbf\":null}", false },
		{ "{" GOOD ",\"nbf\":\"1\"}", false },
		{ "{" GOOD ",\"iat\":1.5}", false },
		{ "{" GOOD ",\"use\":\"session\"}", true },
		{ "{" GOOD ",\"use\":\"link\"}", false },
		{ "{" GOOD ",\"use\":\"refresh\"}", false },
		{ "{" GOOD ",\"use\":1}", false },
		{ "{" GOOD ",\"use\":null}", false },
		{ "{" GOOD ",\"jti\":1}", false },
		{ "{" GOOD ",\"jti\":\"\"}", false },
		{ "{" GOOD ",\"exp\":1800003600}", false },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1800000000}", false },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1800000001}", true },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":\"1800003600\"}", false },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1800003600.5}", false },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1802592000}", true },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1802592001}", false },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1800003600,\"iat\":1797411600}", true },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1800003600,\"iat\":1797411599}", false },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1800003600,\"iat\":-9007199254740991}", false },
		{ "{\"sub\":\"uma\",\"role\":\"viewer\"}", false },
		{ "{\"sub\":\"uma\",\"exp\":1800003600}", false },
		{ "{\"sub\":\"uma\",\"role\":\"owner\",\"exp\":1800003600}", false },
		{ "{\"sub\":\"uma\",\"role\":\"Admin\",\"exp\":1800003600}", false },
		{ "{\"sub\":\"uma\",\"role\":[\"admin\"],\"exp\":1800003600}", false },
		{ "{\"sub\":\"\",\"role\":\"viewer\",\"exp\":1800003600}", false },
		{ "{\"sub\":\"u ma\",\"role\":\"viewer\",\"exp\":1800003600}", false },
		{ "{\"sub\":7,\"role\":\"viewer\",\"exp\":1800003600}", false },
		{ "{\"role\":\"viewer\",\"exp\":1800003600}", false },
		{ "[]", false },
		{ "", false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if ((verify(f, with_claims(f, cases[i].payload)) == TOKEN_OK) != cases[i].ok)
			fail_msg("%s", cases[i].payload);
}

static void headers_say_nothing_but_alg_typ_and_kid(void **state)
{
	static const struct {
		const char *header;
		bool ok;
	} cases[] = {
		{ "{\"alg\":\"HS256\"}", true },
		{ "{\"typ\":\"JWT\",\"alg\":\"HS256\",\"kid\":\"local\"}", true },
		{ "{ \"alg\" : \"HS256\" }", true },
		{ "{\"alg\":\"HS256\",\"kid\":\"other\"}", false },
		{ "{\"alg\":\"HS256\",\"kid\":\"\"}", false },
		{ "{\"alg\":\"HS256\",\"kid\":null}", false },
		{ "{\"alg\":\"HS256\",\"alg\":\"HS256\"}", false },
		{ "{\"alg\":\"hs256\"}", false },
		{ "{\"alg\":\"HS384\"}", false },
		{ "{\"alg\":\"none\"}", false },
		{ "{\"alg\":\"HS256\",\"typ\":\"jwt\"}", false },
		{ "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", false },
		{ "{\"alg\":\"HS256\",\"jku\":\"http://127.0.0.1:1/\"}", false },
		{ "{\"alg\":\"HS256\",\"jwk\":{}}", false },
		{ "{\"alg\":\"HS256\",\"cty\":\"JWT\"}", false },
		{ "{\"alg\":\"HS256\",\"ALG\":\"HS256\"}", false },
		{ "{\"typ\":\"JWT\"}", false },
		{ "{}", false },
		{ "\"HS256\"", false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *token = sign(f->arena, cases[i].header, "{" GOOD "}", secret, strlen(secret));

		if ((verify(f, token) == TOKEN_OK) != cases[i].ok)
			fail_msg("%s", cases[i].header);
	}
}

static void any_change_of_any_byte_is_refused(void **state)
{
	struct fixture *f = *state;
	const char *good = with_claims(f, "{" GOOD "}");
	size_t n = strlen(good);

	for (size_t i = 0; i < n; i++) {
		char *bad = arena_strdup(f->arena, good);
		static const char tries[] = "AQz9-_.=+/ \x01\x80";

		for (const char *t = tries; *t; t++) {
			bad[i] = *t;
			if (*t != good[i] && verify(f, bad) == TOKEN_OK)
				fail_msg("byte %zu as %02x", i, (unsigned char)*t);
		}
		bad[i] = '\0';
		assert_int_not_equal(verify(f, bad), TOKEN_OK);
	}
	for (const char *t = "A= .\n\x01"; *t; t++)
		assert_int_not_equal(verify(f, arena_printf(f->arena, "%s%c", good, *t)), TOKEN_OK);
}

static void a_nul_among_the_bytes_is_refused(void **state)
{
	struct fixture *f = *state;
	const char *good = with_claims(f, "{" GOOD "}");
	size_t n = strlen(good);
	char *long_one = arena_alloc(f->arena, n + 8);
	struct session_token t;

	memcpy(long_one, good, n);
	assert_int_equal(verify_n(f, long_one, n, TOKEN_SESSION, &t), TOKEN_OK);
	assert_int_equal(verify_n(f, long_one, n + 1, TOKEN_SESSION, &t), TOKEN_REFUSED);
	memcpy(long_one + n + 1, "junk", 4);
	assert_int_equal(verify_n(f, long_one, n + 5, TOKEN_SESSION, &t), TOKEN_REFUSED);
	assert_int_equal(verify_n(f, NULL, 0, TOKEN_SESSION, &t), TOKEN_REFUSED);
	assert_int_equal(verify_n(f, "", 0, TOKEN_SESSION, &t), TOKEN_REFUSED);
}

static void four_kib_is_the_most(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buf_done) struct buf payload = BUF_INIT(8192);
	bool seen_ok = false, seen_refused = false;

	for (int pad = 2860; pad < 3000; pad++) {
		const char *token;
		bool ok;

		buf_clear(&payload);
		buf_adds(&payload, "{" GOOD ",\"x\":\"");
		for (int i = 0; i < pad; i++)
			buf_addc(&payload, 'x');
		buf_adds(&payload, "\"}");
		token = with_claims(f, buf_str(&payload));
		ok = verify(f, token) == TOKEN_OK;
		assert_int_equal(ok, strlen(token) <= TOKEN_MAX_BYTES);
		seen_ok |= ok;
		seen_refused |= !ok;
	}
	assert_true(seen_ok && seen_refused);
}

static void issuer_and_audience_count_when_configured(void **state)
{
	static const struct {
		const char *payload;
		bool ok;
	} cases[] = {
		{ "{" GOOD ",\"iss\":\"platform\",\"aud\":\"hmc\"}", true },
		{ "{" GOOD ",\"iss\":\"platform\",\"aud\":[\"x\",\"hmc\"]}", true },
		{ "{" GOOD ",\"iss\":\"platform\",\"aud\":[\"x\",1]}", false },
		{ "{" GOOD ",\"iss\":\"platform\",\"aud\":[]}", false },
		{ "{" GOOD ",\"iss\":\"Platform\",\"aud\":\"hmc\"}", false },
		{ "{" GOOD ",\"iss\":[\"platform\"],\"aud\":\"hmc\"}", false },
		{ "{" GOOD ",\"aud\":\"hmc\"}", false },
		{ "{" GOOD ",\"iss\":\"platform\"}", false },
	};
	struct fixture *f = *state;

	f->config.issuer = "platform";
	f->config.audience = "hmc";
	load(f);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if ((verify(f, with_claims(f, cases[i].payload)) == TOKEN_OK) != cases[i].ok)
			fail_msg("%s", cases[i].payload);
}

static void the_role_claim_can_have_another_name(void **state)
{
	struct fixture *f = *state;

	f->config.role_claim = "hmc_role";
	load(f);
	assert_int_equal(verify(f, with_claims(f, "{\"sub\":\"a\",\"exp\":1800003600,\"hmc_role\":\"viewer\"}")), TOKEN_OK);
	assert_int_equal(verify(f, with_claims(f, "{" GOOD "}")), TOKEN_REFUSED);
}

static void what_is_minted_verifies_as_what_it_is_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	const char *session, *link;
	struct session_token a, b;

	f->config.issuer = "platform";
	f->config.audience = "hmc";
	load(f);
	session = mint(f, TOKEN_SESSION, 3600);
	link = mint(f, TOKEN_LINK, TOKEN_LINK_TTL_S);
	assert_int_equal(verify_n(f, session, strlen(session), TOKEN_SESSION, &a), TOKEN_OK);
	assert_int_equal(a.expires_at, NOW + 3600);
	assert_int_equal(a.role, ROLE_ADMIN);
	assert_int_equal(verify_n(f, link, strlen(link), TOKEN_LINK, &b), TOKEN_OK);
	assert_int_equal(b.link_ttl_s, 43200);
	assert_int_equal(verify_n(f, session, strlen(session), TOKEN_LINK, &a), TOKEN_REFUSED);
	assert_int_equal(verify_n(f, link, strlen(link), TOKEN_SESSION, &a), TOKEN_REFUSED);
	assert_string_not_equal(mint(f, TOKEN_SESSION, 3600), session);
	assert_true(strlen(session) < 1024);
}

static void nonsense_is_not_minted(void **state)
{
	static const struct token_request bad[] = {
		{ "", ROLE_ADMIN, 60, TOKEN_SESSION, 0, NULL },
		{ "a b", ROLE_ADMIN, 60, TOKEN_SESSION, 0, NULL },
		{ "a\n", ROLE_ADMIN, 60, TOKEN_SESSION, 0, NULL },
		{ "a", ROLE_NONE, 60, TOKEN_SESSION, 0, NULL },
		{ "a", ROLE_VIEWER, 0, TOKEN_SESSION, 0, NULL },
		{ "a", ROLE_VIEWER, TOKEN_LIFETIME_MAX_S + 1, TOKEN_SESSION, 0, NULL },
		{ "a", ROLE_VIEWER, 60, TOKEN_LINK, 0, NULL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *error = NULL;

		assert_null(token_mint(f->loaded, &bad[i], NOW, f->arena, &error));
		assert_non_null(error);
	}
}

static const char *sign_with(struct fixture *f, EVP_PKEY *key, const char *alg, const char *payload)
{
	return jwk_sign(f->arena, key, arena_printf(f->arena, "{\"alg\":\"%s\"}", alg), payload);
}

/*
 * The last character of a signature has spare bits (64 bytes: four of them),
 * so that several texts decode to it; one of them counts.
 */
static int spellings_accepted(struct fixture *f, const char *good)
{
	static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *other = arena_strdup(f->arena, good);
	int accepted = 0;

	for (const char *c = all; *c; c++) {
		other[strlen(good) - 1] = *c;
		accepted += verify(f, other) == TOKEN_OK;
	}
	return accepted;
}

static void public_keys_verify_their_own_algorithm_alone(void **state)
{
	struct fixture *f = *state;
	EVP_PKEY *rsa = EVP_RSA_gen(2048), *ec = EVP_EC_gen("P-256");
	const char *rsa_pem = jwk_pem(f->arena, rsa), *ec_pem = jwk_pem(f->arena, ec);
	struct token_request r = { .sub = "a", .role = ROLE_VIEWER, .ttl_s = 60, .use = TOKEN_SESSION };
	const char *error = NULL;

	use_key(f, 0, "rsa", "RS256", rsa_pem, strlen(rsa_pem));
	load(f);
	assert_int_equal(verify(f, sign_with(f, rsa, "RS256", "{" GOOD "}")), TOKEN_OK);
	/* The public key taken for an HMAC secret: the classic confusion. */
	assert_int_equal(verify(f, sign(f->arena, "{\"alg\":\"HS256\"}", "{" GOOD "}", rsa_pem, strlen(rsa_pem))),
			 TOKEN_REFUSED);
	assert_int_equal(verify(f, sign(f->arena, "{\"alg\":\"RS256\"}", "{" GOOD "}", rsa_pem, strlen(rsa_pem))),
			 TOKEN_REFUSED);
	assert_int_equal(verify(f, with_claims(f, "{" GOOD "}")), TOKEN_REFUSED);
	assert_null(token_mint(f->loaded, &r, NOW, f->arena, &error));
	assert_non_null(strstr(error, "HS256"));
	use_key(f, 0, "ec", "ES256", ec_pem, strlen(ec_pem));
	load(f);
	assert_int_equal(spellings_accepted(f, sign_with(f, ec, "ES256", "{" GOOD "}")), 1);
	assert_int_equal(verify(f, sign_with(f, rsa, "RS256", "{" GOOD "}")), TOKEN_REFUSED);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
}

static void kid_chooses_among_several_keys(void **state)
{
	static const char second[] = "fedcba9876543210fedcba9876543210\n";
	struct fixture *f = *state;
	size_t n = strlen(second) - 1;

	use_key(f, 1, "new", "HS256", second, strlen(second));
	load(f);
	assert_int_equal(verify(f, sign(f->arena, "{\"alg\":\"HS256\",\"kid\":\"local\"}", "{" GOOD "}", secret, 32)),
			 TOKEN_OK);
	assert_int_equal(verify(f, sign(f->arena, "{\"alg\":\"HS256\",\"kid\":\"new\"}", "{" GOOD "}", second, n)),
			 TOKEN_OK);
	assert_int_equal(verify(f, sign(f->arena, "{\"alg\":\"HS256\",\"kid\":\"new\"}", "{" GOOD "}", secret, 32)),
			 TOKEN_REFUSED);
	/* Without a kid there is nothing to choose by. */
	assert_int_equal(verify(f, with_claims(f, "{" GOOD "}")), TOKEN_REFUSED);
	f->keys[1].kid = "local";
	{
		const char *error = NULL;

		assert_null(token_keys_load(&f->config, f->arena, &error));
		assert_non_null(strstr(error, "local"));
	}
}

static void expect_fault(struct fixture *f, const char *part)
{
	const char *error = NULL;

	if (token_keys_load(&f->config, f->arena, &error))
		fail_msg("loaded, though: %s", part);
	if (!strstr(error, part))
		fail_msg("'%s' does not say '%s'", error, part);
}

static void a_key_that_is_not_kept_well_is_not_used(void **state)
{
	struct fixture *f = *state;
	const char *path = f->keys[0].file, *real = in_dir(f, "real");
	EVP_PKEY *rsa = EVP_RSA_gen(1024), *ec = EVP_EC_gen("P-384");
	const char *pem;

	chmod(path, 0644);
	expect_fault(f, "everyone may read");
	chmod(path, 0660);
	expect_fault(f, "written by group or others");
	chmod(path, 0600);
	load(f);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 12345, 0), 0);
		expect_fault(f, "belongs to user 12345");
		assert_int_equal(chown(path, 0, 0), 0);
	}
	assert_int_equal(rename(path, real), 0);
	expect_fault(f, "cannot be opened");
	assert_int_equal(symlink(real, path), 0);
	expect_fault(f, "symbolic link");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_fault(f, "regular file");
	unlink(path);
	use_key(f, 0, "local", "HS256", "", 0);
	expect_fault(f, "empty");
	use_key(f, 0, "local", "HS256", "0123456789abcdef0123456789abcde\n", 32);
	expect_fault(f, "less than 32 bytes");
	use_key(f, 0, "local", "HS512", secret, 32);
	expect_fault(f, "alg other than");
	use_key(f, 0, "local", "RS256", secret, 32);
	expect_fault(f, "PEM");
	pem = jwk_pem(f->arena, rsa);
	use_key(f, 0, "local", "RS256", pem, strlen(pem));
	expect_fault(f, "2,048 bits");
	use_key(f, 0, "local", "ES256", pem, strlen(pem));
	expect_fault(f, "P-256");
	pem = jwk_pem(f->arena, ec);
	use_key(f, 0, "local", "ES256", pem, strlen(pem));
	expect_fault(f, "P-256");
	use_key(f, 0, "local", "RS256", pem, strlen(pem));
	expect_fault(f, "not an RSA key");
	pem = "-----BEGIN " "PRIVATE KEY-----\nAAAA\n";
	use_key(f, 0, "local", "RS256", pem, strlen(pem));
	expect_fault(f, "private key");
	f->config.n_keys = 0;
	expect_fault(f, "no sign-in key");
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(a_good_token_says_who_and_until_when),
		UNIT(a_token_that_is_known_is_still_judged_by_the_clock_and_byte_by_byte),
		UNIT(claims_are_judged_one_by_one),
		UNIT(headers_say_nothing_but_alg_typ_and_kid),
		UNIT(any_change_of_any_byte_is_refused),
		UNIT(a_nul_among_the_bytes_is_refused),
		UNIT(four_kib_is_the_most),
		UNIT(issuer_and_audience_count_when_configured),
		UNIT(the_role_claim_can_have_another_name),
		UNIT(what_is_minted_verifies_as_what_it_is_and_nothing_else),
		UNIT(nonsense_is_not_minted),
		UNIT(public_keys_verify_their_own_algorithm_alone),
		UNIT(kid_chooses_among_several_keys),
		UNIT(a_key_that_is_not_kept_well_is_not_used),
	};

	json_init();
	return RUN_TESTS("token", tests);
}
