/*
 * tests/unit/token_fixture.h -- a state folder with one HS256 key, and tokens of every kind.
 *
 * Nothing here depends on the time of day: every token is judged at NOW.
 */
#ifndef MC_TESTS_TOKEN_FIXTURE_H
#define MC_TESTS_TOKEN_FIXTURE_H

#include "test.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "web/denied.h"
#include "web/token.h"

#define NOW 1800000000

static const char secret[] = "0123456789abcdef0123456789abcdef";

struct fixture {
	struct arena *arena;
	char dir[64];
	struct config config;
	struct config_key keys[4];
	struct token_keys *loaded;
};

static inline const char *in_dir(struct fixture *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->dir, name);
}

static inline void write_bytes(const char *path, const void *bytes, size_t n, mode_t mode)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

static inline void use_key(struct fixture *f, size_t i, const char *kid, const char *alg, const void *bytes, size_t n)
{
	const char *path = in_dir(f, arena_printf(f->arena, "key%zu", i));

	write_bytes(path, bytes, n, 0640);
	f->keys[i] = (struct config_key){ .kid = kid, .alg = alg, .file = path };
	f->config.n_keys = i + 1;
}

static inline void load(struct fixture *f)
{
	const char *error = NULL;

	f->loaded = token_keys_load(&f->config, f->arena, &error);
	if (!f->loaded)
		fail_msg("%s", error);
}

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *error = NULL;

	assert_non_null(f);
	f->arena = arena_new(64 * 1024 * 1024);
	snprintf(f->dir, sizeof(f->dir), "/tmp/mc-token.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	f->config.keys = f->keys;
	f->config.role_claim = "role";
	f->config.state_dir = f->dir;
	if (!denied_prepare(f->dir, f->arena, &error))
		fail_msg("%s", error);
	use_key(f, 0, "local", "HS256", secret, strlen(secret));
	load(f);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;
	char *const argv[] = { (char *)"rm", (char *)"-rf", f->dir, NULL };
	pid_t pid = fork();

	if (pid == 0) {
		execv("/bin/rm", argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	arena_free(f->arena);
	free(f);
	return 0;
}

/* base64url without padding, by OpenSSL, so that the code under test is not its own judge. */
static inline const char *b64url(struct arena *a, const void *bytes, size_t n)
{
	char *out = arena_alloc(a, n / 3 * 4 + 8);
	int len = EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);

	while (len > 0 && out[len - 1] == '=')
		out[--len] = '\0';
	for (char *p = out; *p; p++)
		*p = (char)(*p == '+' ? '-' : *p == '/' ? '_' : *p);
	return out;
}

static inline const char *sign(struct arena *a, const char *header, const char *payload, const void *key, size_t key_len)
{
	const char *text = arena_printf(a, "%s.%s", b64url(a, header, strlen(header)),
					b64url(a, payload, strlen(payload)));
	unsigned char mac[32];

	HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, strlen(text), mac, NULL);
	return arena_printf(a, "%s.%s", text, b64url(a, mac, sizeof(mac)));
}

static inline const char *with_claims(struct fixture *f, const char *payload)
{
	return sign(f->arena, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", payload, secret, strlen(secret));
}

static inline enum token_result verify_n(struct fixture *f, const char *token, size_t n, enum token_use use,
				  struct session_token *out)
{
	const char *reason = NULL;
	enum token_result r = token_verify(f->loaded, token, n, use, NOW, f->arena, out, &reason);

	if (r != TOKEN_OK)
		assert_true(reason && *reason);
	return r;
}

static inline enum token_result verify(struct fixture *f, const char *token)
{
	struct session_token t;

	return verify_n(f, token, strlen(token), TOKEN_SESSION, &t);
}

#define GOOD "\"sub\":\"uma\",\"role\":\"viewer\",\"exp\":1800003600"

static inline const char *mint(struct fixture *f, enum token_use use, int64_t ttl_s)
{
	struct token_request r = {
		.sub = "uma", .role = ROLE_ADMIN, .ttl_s = ttl_s, .use = use, .link_ttl_s = 43200,
	};
	const char *error = NULL, *token = token_mint(f->loaded, &r, NOW, f->arena, &error);

	if (!token)
		fail_msg("%s", error);
	return token;
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
