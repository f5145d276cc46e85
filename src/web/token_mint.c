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
	for (size_t i = 0; i < keys->n; i++)
		if (keys->items[i].jwt_alg == JWT_ALG_HS256)
			return &keys->items[i];
	return NULL;
}

static bool is_ttl(int64_t ttl_s)
{
	return ttl_s >= 1 && ttl_s <= TOKEN_LIFETIME_MAX_S;
}

static const char *request_fault(const struct token_request *r)
{
	if (!token_is_subject(r->sub))
		return "the name must be 1 to 128 characters of letters, digits and . _ @ + : | = -";
	if (r->role != ROLE_VIEWER && r->role != ROLE_ADMIN)
		return "the role must be viewer or admin";
	if (!is_ttl(r->ttl_s) || (r->use == TOKEN_LINK && !is_ttl(r->link_ttl_s)))
		return "the lifetime must be between 1 second and 30 days";
	return NULL;
}

/* 128 bits: nobody meets, or guesses, another token's number. */
static bool add_number(jwt_t *jwt)
{
	unsigned char bytes[16];
	char jti[2 * sizeof(bytes) + 1];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return false;
	hex_encode(bytes, sizeof(bytes), jti);
	return jwt_add_grant(jwt, "jti", jti) == 0;
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
	bad |= jwt_add_grant(jwt, "use", r->use == TOKEN_LINK ? "link" : "session");
	bad |= jwt_add_grant_int(jwt, "iat", (long)now);
	bad |= jwt_add_grant_int(jwt, "exp", (long)(now + r->ttl_s));
	if (r->use == TOKEN_LINK)
		bad |= jwt_add_grant_int(jwt, "ttl", (long)r->link_ttl_s);
	return !bad && add_number(jwt);
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
	*error = request_fault(request);
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
