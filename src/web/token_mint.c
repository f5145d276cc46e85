#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "web/hex.h"
#include "web/token.h"
#include "web/token_keys.h"

static void free_jwt(jwt_t **jwt)
{
	jwt_free(*jwt);
}

static const struct token_key *minting_key(const struct token_keys *keys)
{
	const struct token_key *first = NULL;

	for (size_t i = 0; i < keys->n; i++) {
		if (keys->items[i].mints)
			return &keys->items[i];
		if (!first && keys->items[i].jwt_alg == JWT_ALG_HS256)
			first = &keys->items[i];
	}
	return first;
}

bool token_can_mint(const struct token_keys *keys)
{
	return minting_key(keys) != NULL;
}

static bool is_ttl(const struct token_keys *keys, int64_t ttl_s)
{
	return ttl_s >= 1 && ttl_s <= keys->max_lifetime_s;
}

static const char *request_fault(const struct token_keys *keys, const struct token_request *r)
{
	if (!token_is_subject(r->sub))
		return "the name must be 1 to 128 characters of letters, digits and . _ @ + : | = -";
	if (r->role != ROLE_VIEWER && r->role != ROLE_ADMIN)
		return "the role must be viewer or admin";
	if (!is_ttl(keys, r->ttl_s) || (r->use == TOKEN_LINK && (r->link_ttl_s < 1 || r->link_ttl_s > TOKEN_LIFETIME_MAX_S)))
		return "the lifetime must be between 1 second and what auth.maxLifetime allows (30 days, or less)";
	if (r->use == TOKEN_COOKIE && (!r->browser || !r->browser->jti))
		return "a browser's session has a number";
	return NULL;
}

bool token_random(char out[TOKEN_SEED_SIZE])
{
	unsigned char bytes[(TOKEN_SEED_SIZE - 1) / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return false;
	hex_encode(bytes, sizeof(bytes), out);
	return true;
}

/* 128 bits: nobody meets, or guesses, another token's number. */
static bool add_number(jwt_t *jwt)
{
	char jti[TOKEN_SEED_SIZE];

	return token_random(jti) && jwt_add_grant(jwt, "jti", jti) == 0;
}

/* What stays of a session from one of its tokens to the next. */
static bool add_browser(jwt_t *jwt, const struct session_token *s)
{
	int bad = jwt_add_grant(jwt, "jti", s->jti);

	bad |= jwt_add_grant_int(jwt, "start", (long)s->started_at);
	bad |= jwt_add_grant_int(jwt, "limit", (long)s->limit_at);
	bad |= jwt_add_grant(jwt, "seed", s->seed);
	bad |= jwt_add_grant(jwt, "src", s->origin);
	bad |= jwt_add_grant(jwt, "via", s->key_print);
	return !bad;
}

static const char *use_word(enum token_use use)
{
	return use == TOKEN_LINK ? "link" : use == TOKEN_COOKIE ? "browser" : "session";
}

static bool add_claims(jwt_t *jwt, const struct token_keys *keys, const struct token_request *r, int64_t now)
{
	int bad = 0;

	if (keys->issuer)
		bad |= jwt_add_grant(jwt, "iss", keys->issuer);
	if (keys->audience)
		bad |= jwt_add_grant(jwt, "aud", keys->audience);
	bad |= jwt_add_grant(jwt, "sub", r->sub);
	bad |= jwt_add_grant(jwt, keys->role_claim, role_name(r->role));
	bad |= jwt_add_grant(jwt, "use", use_word(r->use));
	bad |= jwt_add_grant_int(jwt, "iat", (long)now);
	bad |= jwt_add_grant_int(jwt, "exp", (long)(now + r->ttl_s));
	if (r->use == TOKEN_LINK)
		bad |= jwt_add_grant_int(jwt, "ttl", (long)r->link_ttl_s);
	return !bad && (r->use == TOKEN_COOKIE ? add_browser(jwt, r->browser) : add_number(jwt));
}

const char *token_mint(const struct token_keys *keys, const struct token_request *request, int64_t now,
		       struct arena *a, const char **error)
{
	const struct token_key *key = minting_key(keys);
	CLEANUP(free_jwt) jwt_t *jwt = NULL;
	const char *token;
	char *text;

	if (!key) {
		*error = "no HS256 key is configured, so no token can be minted here: sign in with one of your "
			 "platform's tokens, or add an HS256 key to auth.keys";
		return NULL;
	}
	*error = request_fault(keys, request);
	if (*error)
		return NULL;
	*error = "the token could not be put together";
	if (jwt_new(&jwt) || jwt_set_alg(jwt, key->jwt_alg, key->bytes, key->len) ||
	    (key->kid && jwt_add_header(jwt, "kid", key->kid)) || !add_claims(jwt, keys, request, now))
		return NULL;
	text = jwt_encode_str(jwt);
	if (!text)
		return NULL;
	token = arena_strdup(a, text);
	free(text);
	return token;
}
