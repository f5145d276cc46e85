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
#define SESSION_LIMIT_S      (7 * 86400) /* where the configuration says nothing */
#define SESSION_IDLE_S       (12 * 3600) /* a browser's session that is not used ends after it */
#define TOKEN_LINK_TTL_S     600
#define TOKEN_SKEW_S         60 /* for nbf and iat; exp is exact */
#define TOKEN_ID_SIZE        65
#define TOKEN_PRINT_SIZE     17
#define TOKEN_SEED_SIZE      33
#define TOKEN_SUB_MAX        128
#define TOKEN_JTI_MAX        256

enum role { ROLE_NONE = 0, ROLE_VIEWER, ROLE_ADMIN };

enum token_use {
	TOKEN_SESSION, /* no "use" claim, or "session" */
	TOKEN_LINK,    /* "use": "link": good for one POST to /login, never as a session */
	TOKEN_COOKIE,  /* what the cookie may hold: as TOKEN_SESSION, or "browser": signing in opened it */
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
	char key_print[TOKEN_PRINT_SIZE]; /* of the key that vouches for it; of a browser's session: that vouched at signing in */
	/*
	 * Of a browser's session. Its token is replaced while it is used; these
	 * stay, and so do jti (the session's own), id and csrf.
	 */
	bool is_browser;
	int64_t started_at;
	int64_t limit_at;        /* no later than that it ends, however much it is used */
	char origin[TOKEN_ID_SIZE]; /* the id of what was shown at signing in: when that is ended, this is; "" = none */
	char seed[TOKEN_SEED_SIZE]; /* what csrf is made of: the holder's secret, as the token is */
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
 * curve other than P-256; a credential that systemd did not hand over. One
 * line end after an HS256 secret is not part of it.
 */
struct token_keys *token_keys_load(const struct config *c, struct arena *a, const char **error)
	__attribute__((nonnull));

/*
 * Once a second (by now) looks whether a key's file is another one, and then
 * reads all of them anew; what is remembered of tokens is forgotten. Where one
 * cannot be used any more all stay as they were, and the log says so once.
 */
void token_keys_refresh(struct token_keys *keys, int64_t now, struct arena *scratch) __attribute__((nonnull));

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
 * csrf is HMAC-SHA256 with the whole token as its key, or, of a browser's
 * session, a random value that its tokens carry: only who holds the token can
 * make it, so it is bound to the session, is the same in every worker and
 * after a restart, and works with public keys alone, where the server has no
 * secret of its own. It does not give the token away.
 *
 * A browser's session also ends with the key that vouched for it at signing
 * in, whichever key signs it now.
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
	const struct session_token *browser; /* of TOKEN_COOKIE: sub and role above, and what stays of a session */
};

/*
 * Mints a token with the HS256 key that is to mint, else the first. Gives it
 * in `a`; NULL with one line in *error: no such key, or a value outside its range.
 */
const char *token_mint(const struct token_keys *keys, const struct token_request *request, int64_t now,
		       struct arena *a, const char **error) __attribute__((nonnull));

/* Whether token_mint() has a key. */
bool token_can_mint(const struct token_keys *keys) __attribute__((nonnull));

/* The longest life of a token, and of a browser's session, here. */
int64_t token_lifetime_max(const struct token_keys *keys) __attribute__((nonnull));
int64_t token_session_limit(const struct token_keys *keys) __attribute__((nonnull));

/* Fills out with 128 random bits as text; false when there are none. */
bool token_random(char out[TOKEN_SEED_SIZE]) __attribute__((nonnull));

/* The id of the token with that jti: what names it in the deny list. */
void token_id_of(const char *jti, char out[TOKEN_ID_SIZE]) __attribute__((nonnull));

/* The subject that a token claims to be of, nothing of it verified; NULL where none can be read. */
const char *token_claimed_subject(const char *token, size_t n, struct arena *a) __attribute__((nonnull));

/* Whether the text may be a subject. */
bool token_is_subject(const char *s);

#endif
