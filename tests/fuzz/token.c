/*
 * token.c -- a session's token, with keys that never change.
 *
 * Bytes that begin with '{' are the header and, behind a line end, the claims
 * of a token that is signed properly here: else nothing behind the signature
 * would ever be reached.
 */
#include "fuzz.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/str.h"
#include "web/denied.h"
#include "web/token.h"
#include "web/token_scan.h"

static const char secret[] = "0123456789abcdef0123456789abcdef";

static const struct token_keys *keys(void)
{
	static const struct token_keys *loaded;
	static struct config_key key = { .kid = "fuzz", .alg = "HS256" };
	static struct config c = { .keys = &key, .n_keys = 1, .role_claim = "role" };
	static struct arena *a;
	const char *error = NULL;

	if (loaded)
		return loaded;
	a = fuzz_arena();
	fuzz_put("key", secret, sizeof(secret) - 1);
	c.state_dir = fuzz_dir();
	key.file = arena_printf(a, "%s/key", fuzz_dir());
	FUZZ_EXPECT(denied_prepare(fuzz_dir(), a, &error));
	loaded = token_keys_load(&c, a, &error);
	FUZZ_EXPECT(loaded != NULL);
	return loaded;
}

static const char *b64url(const void *bytes, size_t n, struct arena *a)
{
	char *out = arena_alloc(a, n / 3 * 4 + 8);
	int len = EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);

	while (len > 0 && out[len - 1] == '=')
		out[--len] = '\0';
	for (char *p = out; *p; p++)
		*p = (char)(*p == '+' ? '-' : *p == '/' ? '_' : *p);
	return out;
}

static const char *signature(const char *text, size_t n, struct arena *a)
{
	unsigned char mac[32];
	unsigned int len = sizeof(mac);

	FUZZ_EXPECT(HMAC(EVP_sha256(), secret, sizeof(secret) - 1, (const unsigned char *)text, n, mac, &len) != NULL);
	return b64url(mac, len, a);
}

static const char *signed_token(const char *text, size_t size, struct arena *a)
{
	const char *line = memchr(text, '\n', size), *parts;

	if (!line)
		return text;
	parts = arena_printf(a, "%s.%s", b64url(text, (size_t)(line - text), a),
			     b64url(line + 1, size - (size_t)(line + 1 - text), a));
	return arena_printf(a, "%s.%s", parts, signature(parts, strlen(parts), a));
}

static void expect_good(const char *token, size_t n, const struct session_token *t, struct arena *a)
{
	const char *dot = strrchr(token, '.');

	FUZZ_EXPECT(strlen(token) == n && n <= TOKEN_MAX_BYTES && dot);
	FUZZ_EXPECT(str_eq(dot + 1, signature(token, (size_t)(dot - token), a)));
	FUZZ_EXPECT(token_is_subject(t->sub) && (t->role == ROLE_VIEWER || t->role == ROLE_ADMIN));
	FUZZ_EXPECT(t->expires_at > FUZZ_NOW && t->expires_at <= FUZZ_NOW + TOKEN_SKEW_S + TOKEN_LIFETIME_MAX_S);
	FUZZ_EXPECT(t->issued_at <= FUZZ_NOW + TOKEN_SKEW_S);
	FUZZ_EXPECT(strlen(t->id) == TOKEN_ID_SIZE - 1 && strlen(t->csrf) == TOKEN_ID_SIZE - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	bool is_made = size > 0 && size < TOKEN_MAX_BYTES && *text == '{';
	const char *token = is_made ? signed_token(text, size, a) : text, *reason = NULL;
	size_t n = token == text ? size : strlen(token);
	struct token_parts parts;

	if (!token_scan(token, n, &parts, &reason))
		FUZZ_EXPECT(reason && fuzz_is_text(reason));
	token_parts_done(&parts);
	for (enum token_use use = TOKEN_SESSION; use <= TOKEN_LINK; use++) {
		struct session_token t = { 0 };

		reason = NULL;
		if (token_verify(keys(), token, n, use, FUZZ_NOW, a, &t, &reason) == TOKEN_OK)
			expect_good(token, n, &t, a);
		else
			FUZZ_EXPECT(reason && fuzz_is_text(reason));
	}
	return 0;
}
