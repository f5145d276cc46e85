#include "web/session.h"

#include <openssl/crypto.h>
#include <string.h>
#include <strings.h>

#include "web/cookies.h"

/* The token of an Authorization header; NULL when it is of another scheme. */
static const char *bearer_token(const char *authorization)
{
	static const char scheme[] = "Bearer ";

	if (strncasecmp(authorization, scheme, strlen(scheme)) != 0)
		return NULL;
	return authorization + strlen(scheme) + strspn(authorization + strlen(scheme), " ");
}

enum token_result session_read(const struct site *s, const struct token_keys *keys, const struct request *r,
			       int64_t now, struct arena *a, struct session_token *out, const char **reason)
{
	const char *token = NULL;

	if (r->authorization) {
		token = bearer_token(r->authorization);
		*reason = "The Authorization header is not a Bearer token.";
	} else {
		*reason = "Nobody is signed in.";
		if (cookie_find(r->cookie, s->session_cookie, a, &token) == COOKIE_REFUSED)
			*reason = "The Cookie header is ambiguous or larger than 16 KiB.";
	}
	if (!token)
		return TOKEN_REFUSED;
	/* The cookie's own kind of token is no good in a header: there it would have been taken out of a browser. */
	return token_verify(keys, token, strlen(token), r->authorization ? TOKEN_SESSION : TOKEN_COOKIE, now, a, out,
			    reason);
}

enum token_result session_read_arrival(const struct site *s, const struct token_keys *keys, const struct request *r,
				       int64_t now, struct arena *a, struct session_token *out, const char **token,
				       const char **reason)
{
	*token = NULL;
	*reason = "No sign-in has arrived.";
	if (cookie_find(r->cookie, s->arrival_cookie, a, token) != COOKIE_FOUND)
		return TOKEN_REFUSED;
	return token_verify(keys, *token, strlen(*token), TOKEN_COOKIE, now, a, out, reason);
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The session's next token, and in s until when that is good; NULL with one line in *error. */
static const char *mint(const struct token_keys *keys, struct session_token *s, int64_t now, struct arena *a,
			const char **error)
{
	struct token_request r = {
		.sub = s->sub, .role = s->role, .use = TOKEN_COOKIE, .browser = s,
		.ttl_s = smaller(smaller(SESSION_IDLE_S, token_lifetime_max(keys)), s->limit_at - now),
	};

	s->issued_at = now;
	s->expires_at = now + r.ttl_s;
	return token_mint(keys, &r, now, a, error);
}

const char *session_open(const struct token_keys *keys, const struct session_token *shown, int64_t ends_at,
			 int64_t now, struct arena *a, struct session_token *out, const char **error)
{
	char jti[TOKEN_SEED_SIZE];
	struct session_token s = {
		.sub = shown->sub, .role = shown->role, .is_browser = true, .started_at = now,
		.limit_at = smaller(ends_at, now + token_session_limit(keys)),
	};

	*error = "there are no random numbers at the moment";
	if (!token_random(jti) || !token_random(s.seed))
		return NULL;
	s.jti = arena_strdup(a, jti);
	/* A link is ended by its use, which must not end what it opens. */
	if (shown->link_ttl_s > 0)
		token_id_of(jti, s.origin);
	else
		memcpy(s.origin, shown->id, sizeof(s.origin));
	memcpy(s.key_print, shown->key_print, sizeof(s.key_print));
	*out = s;
	return mint(keys, out, now, a, error);
}

void session_renew(const struct site *site, const struct token_keys *keys, const struct session_token *t, int64_t now,
		   struct arena *a, struct response *out)
{
	struct session_token next = *t;
	const char *token, *error;

	if (!t->is_browser || t->expires_at >= t->limit_at || (now - t->issued_at) * 2 < t->expires_at - t->issued_at)
		return;
	token = mint(keys, &next, now, a, &error);
	/* It cannot where the last HS256 key was taken away; the session ends in its time. */
	if (token && next.expires_at > t->expires_at)
		session_set_cookie(site, token, next.expires_at - now, out);
}

bool session_owns_form(const struct session_token *t, const struct request *r)
{
	const char *csrf = request_field(r, "csrf");

	return csrf && strlen(csrf) == strlen(t->csrf) && CRYPTO_memcmp(csrf, t->csrf, strlen(t->csrf)) == 0;
}

static void set_cookie(const struct site *s, const char *name, const char *token, int64_t max_age_s,
		       struct response *out)
{
	struct cookie c = {
		.name = name,
		.value = token,
		.max_age_s = max_age_s,
		.secure = s->is_https,
	};

	response_cookie(out, &c);
}

void session_set_cookie(const struct site *s, const char *token, int64_t max_age_s, struct response *out)
{
	set_cookie(s, s->session_cookie, token, max_age_s, out);
}

void session_set_arrival(const struct site *s, const char *token, int64_t max_age_s, struct response *out)
{
	set_cookie(s, s->arrival_cookie, token, max_age_s, out);
}
