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
	return token_verify(keys, token, strlen(token), TOKEN_SESSION, now, a, out, reason);
}

bool session_owns_form(const struct session_token *t, const struct request *r)
{
	const char *csrf = request_field(r, "csrf");

	return csrf && strlen(csrf) == strlen(t->csrf) && CRYPTO_memcmp(csrf, t->csrf, strlen(t->csrf)) == 0;
}

void session_set_cookie(const struct site *s, const char *token, int64_t max_age_s, struct response *out)
{
	struct cookie c = {
		.name = s->session_cookie,
		.value = token,
		.max_age_s = max_age_s,
		.secure = s->is_https,
	};

	response_cookie(out, &c);
}
