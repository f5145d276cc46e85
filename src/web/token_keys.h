/*
 * web/token_keys.h -- the keys behind struct token_keys; for token*.c alone.
 */
#ifndef MC_WEB_TOKEN_KEYS_H
#define MC_WEB_TOKEN_KEYS_H

#include <jwt.h>
#include <stddef.h>

struct token_key {
	const char *kid;
	const char *alg;            /* the only "alg" a token of this key may say */
	jwt_alg_t jwt_alg;
	const unsigned char *bytes; /* the secret, or the PEM text, NUL-terminated */
	int len;
	size_t signature_size;
};

struct token_keys {
	struct token_key *items;
	size_t n;
	const char *issuer;
	const char *audience;
	const char *role_claim;
	const char *state_dir;
};

#endif
