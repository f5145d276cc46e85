/*
 * web/session.h -- which session a request belongs to, how one begins, and how it lasts.
 *
 * Signing in opens a session of our own: its token (the cookie) is good for
 * SESSION_IDLE_S, and is replaced while the session is used, until the
 * session's limit. The limit is auth.sessionLimit after signing in, and never
 * later than the token that was shown would have ended; ending that token, its
 * subject or its key ends the session. Without an HS256 key nothing can be
 * signed here: then the token that was shown is the cookie, and lasts as it does.
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

/* The same of the session that another site has brought, which waits in a cookie of its own; *token is its text. */
enum token_result session_read_arrival(const struct site *s, const struct token_keys *keys, const struct request *r,
				       int64_t now, struct arena *a, struct session_token *out, const char **token,
				       const char **reason) __attribute__((nonnull));

/*
 * Opens a session for whom the token or link that was shown is of, to end at
 * ends_at at the latest: the token for its cookie, good until
 * out->expires_at. NULL with one line in *error.
 */
const char *session_open(const struct token_keys *keys, const struct session_token *shown, int64_t ends_at,
			 int64_t now, struct arena *a, struct session_token *out, const char **error)
	__attribute__((nonnull));

/* Hands the browser a new token of its session when half the time of the present one is over. */
void session_renew(const struct site *site, const struct token_keys *keys, const struct session_token *t, int64_t now,
		   struct arena *a, struct response *out) __attribute__((nonnull));

/* Whether a posted form carries this session's own "csrf" value. */
bool session_owns_form(const struct session_token *t, const struct request *r) __attribute__((nonnull));

/* Hands the browser a token that lasts max_age_s; 0 with an empty token takes it away. */
void session_set_cookie(const struct site *s, const char *token, int64_t max_age_s, struct response *out)
	__attribute__((nonnull));
void session_set_arrival(const struct site *s, const char *token, int64_t max_age_s, struct response *out)
	__attribute__((nonnull));

#endif
