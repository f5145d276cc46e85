/*
 * test_token_keys.c -- several keys: rotation without logging anyone out, files that change, systemd's credentials.
 */
#include "token_fixture.h"

#include <fcntl.h>

static const char second[] = "fedcba9876543210fedcba9876543210";

static const char *kid_token(struct fixture *f, const char *kid, const char *key)
{
	return sign(f->arena, arena_printf(f->arena, "{\"alg\":\"HS256\",\"kid\":\"%s\"}", kid), "{" GOOD "}", key, 32);
}

/* The file anew, as an editor does it: another inode. */
static void replace_key(struct fixture *f, size_t i, const char *bytes, mode_t mode)
{
	const char *fresh = in_dir(f, "fresh");

	write_bytes(fresh, bytes, strlen(bytes), mode);
	assert_int_equal(rename(fresh, f->keys[i].file), 0);
}

static void a_changed_file_counts_within_a_second_and_what_was_remembered_does_not(void **state)
{
	struct fixture *f = *state;
	const char *old = kid_token(f, "local", secret), *new = kid_token(f, "local", second);

	token_keys_refresh(f->loaded, NOW, f->arena);
	assert_int_equal(verify(f, old), TOKEN_OK);
	replace_key(f, 0, second, 0600);
	token_keys_refresh(f->loaded, NOW, f->arena);
	assert_int_equal(verify(f, old), TOKEN_OK); /* it looks once a second */
	token_keys_refresh(f->loaded, NOW + 1, f->arena);
	assert_int_equal(verify(f, old), TOKEN_REFUSED);
	assert_int_equal(verify(f, new), TOKEN_OK);
	/* In place, to the same length: the times tell. */
	write_bytes(f->keys[0].file, secret, 32, 0600);
	token_keys_refresh(f->loaded, NOW + 2, f->arena);
	assert_int_equal(verify(f, old), TOKEN_OK);
	assert_int_equal(verify(f, new), TOKEN_REFUSED);
	token_keys_refresh(f->loaded, NOW + 3, f->arena);
	assert_int_equal(verify(f, old), TOKEN_OK);
}

/* What the lines on stderr are while refreshing n times. */
static int lines_of(struct fixture *f, int64_t from, int n)
{
	int log = open(in_dir(f, "log"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), was = dup(2), lines = 0;
	CLEANUP_FREE char *text = NULL;

	dup2(log, 2);
	for (int i = 0; i < n; i++)
		token_keys_refresh(f->loaded, from + i, f->arena);
	dup2(was, 2);
	close(was);
	close(log);
	text = read_all(in_dir(f, "log"), NULL);
	for (const char *p = text; *p; p++)
		lines += *p == '\n';
	return lines;
}

static void a_broken_file_leaves_the_keys_as_they_were_and_is_told_once(void **state)
{
	struct fixture *f = *state;
	const char *old = kid_token(f, "local", secret), *new = kid_token(f, "local", second);

	replace_key(f, 0, "short", 0600);
	assert_int_equal(lines_of(f, NOW + 1, 5), 1);
	assert_int_equal(verify(f, old), TOKEN_OK);
	replace_key(f, 0, second, 0604);
	assert_int_equal(lines_of(f, NOW + 10, 5), 1);
	assert_int_equal(verify(f, old), TOKEN_OK);
	assert_int_equal(unlink(f->keys[0].file), 0);
	assert_int_equal(lines_of(f, NOW + 20, 5), 1);
	assert_int_equal(verify(f, old), TOKEN_OK);
	write_bytes(f->keys[0].file, second, 32, 0600);
	assert_int_equal(lines_of(f, NOW + 30, 5), 1);
	assert_int_equal(verify(f, old), TOKEN_REFUSED);
	assert_int_equal(verify(f, new), TOKEN_OK);
	assert_int_equal(lines_of(f, NOW + 40, 5), 0);
}

static void the_key_that_is_to_mint_does_and_the_old_one_goes_on_verifying(void **state)
{
	struct fixture *f = *state;
	const char *before = mint(f, TOKEN_SESSION, 3600), *after;

	use_key(f, 1, "new", "HS256", second, strlen(second));
	load(f);
	assert_int_equal(verify(f, before), TOKEN_OK);
	f->keys[1].mints = true;
	load(f);
	assert_int_equal(verify(f, before), TOKEN_OK);
	after = mint(f, TOKEN_SESSION, 3600);
	assert_int_equal(verify(f, after), TOKEN_OK);
	f->config.n_keys = 1;
	load(f);
	assert_int_equal(verify(f, after), TOKEN_REFUSED);
	f->keys[0] = f->keys[1];
	load(f);
	assert_int_equal(verify(f, before), TOKEN_REFUSED);
	assert_int_equal(verify(f, after), TOKEN_OK);
}

static void a_key_may_be_a_credential_of_the_service(void **state)
{
	struct fixture *f = *state;
	const char *error = NULL;

	f->keys[0].file = "credential:key0";
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_null(token_keys_load(&f->config, f->arena, &error));
	assert_non_null(strstr(error, "$CREDENTIALS_DIRECTORY is not set"));
	assert_non_null(strstr(error, "LoadCredential=key0:"));
	setenv("CREDENTIALS_DIRECTORY", f->dir, 1);
	load(f);
	assert_int_equal(verify(f, kid_token(f, "local", secret)), TOKEN_OK);
	f->keys[0].file = "credential:other";
	assert_null(token_keys_load(&f->config, f->arena, &error));
	assert_non_null(strstr(error, "no such credential"));
	/* It is looked at as any file is. */
	f->keys[0].file = "credential:key0";
	assert_int_equal(chmod(in_dir(f, "key0"), 0644), 0);
	assert_null(token_keys_load(&f->config, f->arena, &error));
	assert_non_null(strstr(error, "everyone may read"));
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void the_longest_life_is_what_the_configuration_says(void **state)
{
	struct fixture *f = *state;
	struct token_request r = { .sub = "uma", .role = ROLE_VIEWER, .ttl_s = 3601, .use = TOKEN_SESSION };
	const char *error = NULL;

	f->config.max_lifetime_s = 3600;
	load(f);
	assert_int_equal(verify(f, with_claims(f, "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1800003600}")), TOKEN_OK);
	assert_int_equal(verify(f, with_claims(f, "{\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1800003601}")), TOKEN_REFUSED);
	assert_int_equal(verify(f, with_claims(f, "{\"sub\":\"uma\",\"role\":\"viewer\",\"iat\":1799999999,\"exp\":1800003600}")), TOKEN_REFUSED);
	assert_null(token_mint(f->loaded, &r, NOW, f->arena, &error));
	assert_non_null(strstr(error, "auth.maxLifetime"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(a_changed_file_counts_within_a_second_and_what_was_remembered_does_not),
		UNIT(a_broken_file_leaves_the_keys_as_they_were_and_is_told_once),
		UNIT(the_key_that_is_to_mint_does_and_the_old_one_goes_on_verifying),
		UNIT(a_key_may_be_a_credential_of_the_service),
		UNIT(the_longest_life_is_what_the_configuration_says),
	};

	json_init();
	return RUN_TESTS("token keys", tests);
}
