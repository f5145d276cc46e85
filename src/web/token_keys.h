/*
 * web/token_keys.h -- the keys behind struct token_keys; for token*.c alone.
 */
#ifndef MC_WEB_TOKEN_KEYS_H
#define MC_WEB_TOKEN_KEYS_H

#include <jwt.h>
#include <stddef.h>
#include <stdint.h>

#include "web/token.h"

struct token_key {
	const char *kid;
	const char *alg;            /* the only "alg" a token of this key may say */
	jwt_alg_t jwt_alg;
	const unsigned char *bytes; /* the secret, or the PEM text, NUL-terminated */
	int len;
	size_t signature_size;
};

#define TOKENS_KNOWN      8
#define TOKEN_KNOWN_BYTES 1024
#define TOKEN_SUB_MAX     128
#define TOKEN_JTI_MAX     256

/*
 * A session's token that was found good, byte by byte. Signature and claims
 * do not change, so only time and the deny list are asked again; half of what
 * a page that a visitor has already costs would be to verify it anew.
 */
struct token_known {
	char text[TOKEN_KNOWN_BYTES];
	size_t n;                   /* 0: the place is free */
	int64_t verified_at;
	struct session_token said;  /* but for its strings, which stand below */
	char sub[TOKEN_SUB_MAX + 1];
	char jti[TOKEN_JTI_MAX + 1]; /* "" = it has none */
};

struct token_memo {
	struct token_known list[TOKENS_KNOWN];
	size_t next;                /* to be replaced */
};

struct token_keys {
	struct token_memo *memo;
	struct token_key *items;
	size_t n;
	const char *issuer;
	const char *audience;
	const char *role_claim;
	const char *state_dir;
};

#endif
