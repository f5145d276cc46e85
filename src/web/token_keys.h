/*
 * web/token_keys.h -- the keys behind struct token_keys; for token*.c alone.
 */
#ifndef MC_WEB_TOKEN_KEYS_H
#define MC_WEB_TOKEN_KEYS_H

#include <jwt.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "web/ended.h"
#include "web/token.h"

struct token_key {
	const char *kid;
	const char *alg;            /* the only "alg" a token of this key may say */
	jwt_alg_t jwt_alg;
	const unsigned char *bytes; /* the secret, or the PEM text, NUL-terminated */
	int len;
	size_t signature_size;
	bool mints;                 /* asked for by the configuration */
	char print[TOKEN_PRINT_SIZE]; /* tells this key from any other; says nothing about it to who has no token of it */
};

/* Of a key's file, when it was read or found wanting: all zero where there was none. */
struct key_mark {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
};

#define KEY_FILE_MAX      16384
#define TOKENS_KNOWN      8
#define TOKEN_KNOWN_BYTES 1024

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
	struct ended_stamp seen;    /* when it was last found among those not ended */
};

struct token_memo {
	struct token_known list[TOKENS_KNOWN];
	size_t next;                /* to be replaced */
};

/* All keys, with room for what their files say. */
struct key_set {
	struct token_key *items;
	unsigned char *room;        /* KEY_FILE_MAX + 1 bytes a key */
};

struct token_keys {
	struct token_memo *memo;
	struct token_key *items;    /* of the set in use */
	size_t n;
	struct key_set sets[2];     /* the one in use, and the one that a changed file is read into */
	int in_use;
	const struct config_key *from;
	const char **paths;
	struct key_mark *marks;
	int64_t looked_at;          /* the second in which the files were looked at last */
	int64_t max_lifetime_s;
	int64_t session_limit_s;
	const char *issuer;
	const char *audience;
	const char *role_claim;
	const char *state_dir;
};

/* A token that was found good, and is by the clock still; NULL where it is not known. Takes the same time for any. */
struct token_known *token_recall(struct token_memo *m, const char *token, size_t n, enum token_use use, int64_t now);

/* Remembers it in another's place; what is too long is passed over. */
void token_remember(struct token_memo *m, const char *token, size_t n, int64_t now, const struct session_token *t,
		    const struct ended_stamp *seen);

/* What a remembered token says, in `a`. */
struct session_token token_said(const struct token_known *k, struct arena *a);

#endif
