/*
 * web/session.h -- which session a request belongs to.
 */
#ifndef MC_WEB_SESSION_H
#define MC_WEB_SESSION_H

#include "web/request.h"
#include "web/response.h"
#include "web/site.h"
#include "web/token.h"

/*
 * Verifies what the request brought: a Bearer header where there is an
 * Authorization header at all, else the session cookie. As token_verify();
 * an ambiguous or oversized Cookie header is no login.
 */
enum token_result session_read(const struct site *s, const struct token_keys *keys, const struct request *r,
			       int64_t now, struct arena *a, struct session_token *out, const char **reason)
	__attribute__((nonnull));

/* Whether a posted form carries this session's own "csrf" value. */
bool session_owns_form(const struct session_token *t, const struct request *r) __attribute__((nonnull));

/* Hands the browser a token that lasts max_age_s; 0 with an empty token takes it away. */
void session_set_cookie(const struct site *s, const char *token, int64_t max_age_s, struct response *out)
	__attribute__((nonnull));

#endif
