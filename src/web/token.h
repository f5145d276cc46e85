/*
 * web/token.h -- who is asking: session tokens and one-time sign-in links.
 *
 * A token is a JWT (RFC 7519) in compact form. libjwt 1.10.2 checks the
 * signature; everything it leaves open is checked here first: form, header
 * members, algorithm, times, claims, and the list of tokens that were ended.
 */
#ifndef MC_WEB_TOKEN_H
#define MC_WEB_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "config/config.h"

#define TOKEN_MAX_BYTES      4096
#define TOKEN_LIFETIME_MAX_S (30 * 86400)
#define TOKEN_LINK_TTL_S     600
#define TOKEN_SKEW_S         60 /* for nbf and iat; exp is exact */
#define TOKEN_ID_SIZE        65

enum role { ROLE_NONE = 0, ROLE_VIEWER, ROLE_ADMIN };

enum token_use {
	TOKEN_SESSION, /* no "use" claim, or "session" */
	TOKEN_LINK,    /* "use": "link": good for one POST to /login, never as a session */
};

struct session_token {
	const char *sub;         /* 1..128 characters of [A-Za-z0-9._@+:|=-] */
	enum role role;
	const char *jti;         /* NULL when it has none */
	char id[TOKEN_ID_SIZE];  /* hex SHA-256 of the jti, or of the signed part: names it in the deny list */
	char csrf[TOKEN_ID_SIZE]; /* goes into this session's forms; see token_verify() */
	int64_t issued_at;       /* 0 = not said */
	int64_t expires_at;
	int64_t link_ttl_s;      /* of a link: how long the session that it opens lasts */
};

struct token_keys;

/* The word for a role: "viewer", "admin"; and back (ROLE_NONE for any other word). */
const char *role_name(enum role role) __attribute__((returns_nonnull));
enum role role_from_name(const char *name);

/*
 * Loads every configured key into `a` (never freed before the process ends,
 * never copied elsewhere). NULL with one line in *error, naming the file and
 * the cure: no key configured, two keys of one kid, a file that is no regular
 * file, is a link, belongs to another user than root or this one, may be
 * written by group or others, holds a secret that others may read, an HS256
 * secret under 32 bytes, an RSA key under 2,048 bits or not a public key, a
 * curve other than P-256. One line end after an HS256 secret is not part of it.
 */
struct token_keys *token_keys_load(const struct config *c, struct arena *a, const char **error)
	__attribute__((nonnull));

enum token_result {
	TOKEN_REFUSED = 0,
	TOKEN_OK,
	TOKEN_UNCHECKABLE, /* refused because the deny list cannot be examined: worth a line in the log */
};

/*
 * Checks n bytes of token for that use at the time now. Fills *out (strings
 * in `a`) only with TOKEN_OK; otherwise *reason holds one line without any
 * byte of the token.
 *
 * csrf is HMAC-SHA256 with the whole token as its key: only who holds the
 * token can make it, so it is bound to the session, is the same in every
 * worker and after a restart, and works with public keys alone, where the
 * server has no secret of its own. It does not give the token away.
 */
enum token_result token_verify(const struct token_keys *keys, const char *token, size_t n, enum token_use use,
			       int64_t now, struct arena *a, struct session_token *out, const char **reason)
	__attribute__((nonnull(1, 6, 7, 8)));

struct token_request {
	const char *sub;
	enum role role;
	int64_t ttl_s;       /* of this token; 1..TOKEN_LIFETIME_MAX_S */
	enum token_use use;
	int64_t link_ttl_s;  /* of the session a link opens; same range */
};

/*
 * Mints a token with the first HS256 key. Gives it in `a`; NULL with one line
 * in *error: no such key, or a value outside its range.
 */
const char *token_mint(const struct token_keys *keys, const struct token_request *request, int64_t now,
		       struct arena *a, const char **error) __attribute__((nonnull));

/* Whether the text may be a subject. */
bool token_is_subject(const char *s);

#endif
