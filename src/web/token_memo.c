/* What a worker remembers of tokens that it has verified. */
#include <openssl/crypto.h>
#include <string.h>

#include "web/token_keys.h"

struct token_known *token_recall(struct token_memo *m, const char *token, size_t n, enum token_use use, int64_t now)
{
	struct token_known *found = NULL;

	for (size_t i = 0; n > 0 && i < TOKENS_KNOWN; i++) {
		struct token_known *k = &m->list[i];

		if (k->n == n && CRYPTO_memcmp(k->text, token, n) == 0)
			found = k;
	}
	if (!found || found->verified_at > now || found->said.expires_at <= now)
		return NULL;
	return found->said.is_browser && use != TOKEN_COOKIE ? NULL : found;
}

void token_remember(struct token_memo *m, const char *token, size_t n, int64_t now, const struct session_token *t,
		    const struct ended_stamp *seen)
{
	struct token_known *k = &m->list[m->next];

	if (n > sizeof(k->text))
		return;
	m->next = (m->next + 1) % TOKENS_KNOWN;
	*k = (struct token_known){ .n = n, .verified_at = now, .said = *t, .seen = *seen };
	memcpy(k->text, token, n);
	k->said.sub = k->said.jti = NULL; /* those live in a request */
	strncpy(k->sub, t->sub, sizeof(k->sub) - 1);
	if (t->jti)
		strncpy(k->jti, t->jti, sizeof(k->jti) - 1);
}

struct session_token token_said(const struct token_known *k, struct arena *a)
{
	struct session_token t = k->said;

	t.sub = arena_strdup(a, k->sub);
	t.jti = *k->jti ? arena_strdup(a, k->jti) : NULL;
	return t;
}
