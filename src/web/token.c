#include "web/token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "web/hex.h"
#include "web/token_keys.h"
#include "web/token_scan.h"

const char *role_name(enum role role)
{
	return role == ROLE_ADMIN ? "admin" : role == ROLE_VIEWER ? "viewer" : "none";
}

enum role role_from_name(const char *name)
{
	return str_eq(name, "admin") ? ROLE_ADMIN : str_eq(name, "viewer") ? ROLE_VIEWER : ROLE_NONE;
}

bool token_is_subject(const char *s)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+:|=-";
	size_t n = s ? strlen(s) : 0;

	return n >= 1 && n <= TOKEN_SUB_MAX && strspn(s, ok) == n && s[0] != '.' && s[0] != '-';
}

/* The key that the token's kid names; the only one when it names none. */
static const struct token_key *choose_key(const struct token_keys *keys, const cJSON *header)
{
	const char *kid = json_string(header, "kid");

	if (!kid)
		return keys->n == 1 ? &keys->items[0] : NULL;
	for (size_t i = 0; i < keys->n; i++)
		if (str_eq(keys->items[i].kid, kid))
			return &keys->items[i];
	return NULL;
}

/* The signature, by libjwt; the token has passed token_scan(). */
static bool signature_holds(const struct token_key *key, const char *token)
{
	jwt_t *jwt = NULL;
	bool ok;

	/* libjwt takes an empty key for "accept everything". */
	if (key->len < 32)
		return false;
	ok = jwt_decode(&jwt, token, key->bytes, key->len) == 0 && jwt_get_alg(jwt) == key->jwt_alg;
	jwt_free(jwt);
	return ok;
}

/* Scans the token and checks its signature; claims stay unread. */
static bool check_form(const struct token_keys *keys, const char *token, size_t n, struct arena *a,
		       struct token_parts *parts, const struct token_key **by, const char **reason)
{
	const struct token_key *key;

	*by = NULL;
	if (!token_scan(token, n, parts, reason))
		return false;
	key = choose_key(keys, parts->header);
	if (!key) {
		*reason = "The token was signed with a key that is not configured here.";
		return false;
	}
	/* Not the token's word but the key's own algorithm counts. */
	if (!str_eq(json_string(parts->header, "alg"), key->alg)) {
		*reason = "The token's algorithm is not its key's.";
		return false;
	}
	/* Only now is it sure that no NUL stands among the n bytes. */
	if (parts->signature_size != key->signature_size ||
	    !signature_holds(key, arena_strndup(a, token, n))) {
		*reason = "The token's signature is wrong.";
		return false;
	}
	*by = key;
	return true;
}

/* An integer claim that may be absent; false when it is there and no integer. */
static bool optional_time(const cJSON *claims, const char *name, int64_t *out)
{
	*out = 0;
	return !cJSON_GetObjectItemCaseSensitive(claims, name) || json_i64(claims, name, out);
}

static const char *time_fault(const cJSON *claims, int64_t lifetime_max_s, int64_t now, struct session_token *t)
{
	int64_t nbf, iat, since;

	if (!json_i64(claims, "exp", &t->expires_at))
		return "The token does not say when it expires.";
	if (!optional_time(claims, "nbf", &nbf) || !optional_time(claims, "iat", &iat))
		return "The token's times are damaged.";
	if (t->expires_at <= now)
		return "The token has expired.";
	if (nbf > now + TOKEN_SKEW_S || iat > now + TOKEN_SKEW_S)
		return "The token is not valid yet.";
	since = cJSON_GetObjectItemCaseSensitive(claims, "iat") ? iat : now;
	if (t->expires_at - since > lifetime_max_s)
		return "The token lives longer than this server allows (auth.maxLifetime: 30 days, or less).";
	t->issued_at = iat;
	return NULL;
}

static bool audience_holds(const cJSON *claims, const char *audience)
{
	const cJSON *list = json_array(claims, "aud"), *m;

	if (!list)
		return str_eq(json_string(claims, "aud"), audience);
	cJSON_ArrayForEach(m, list)
		if (cJSON_IsString(m) && str_eq(m->valuestring, audience))
			return true;
	return false;
}

/* A claim's text; *is_fault when the claim is there but no string. */
static const char *optional_string(const cJSON *claims, const char *name, bool *is_fault)
{
	const cJSON *m = cJSON_GetObjectItemCaseSensitive(claims, name);

	*is_fault = m && !cJSON_IsString(m);
	return m && cJSON_IsString(m) ? m->valuestring : NULL;
}

/* What it may be used for. */
static const char *use_fault(const cJSON *claims, enum token_use use, struct session_token *t)
{
	bool is_fault;
	const char *word = optional_string(claims, "use", &is_fault);

	if (is_fault)
		return "The token's purpose is damaged.";
	t->is_browser = use == TOKEN_COOKIE && str_eq(word, "browser");
	if (t->is_browser)
		return NULL;
	if (use != TOKEN_LINK)
		return !word || str_eq(word, "session") ? NULL : "This token is not for signing in this way.";
	if (!str_eq(word, "link"))
		return "This is not a sign-in link.";
	if (!json_i64(claims, "ttl", &t->link_ttl_s) || t->link_ttl_s < 1 ||
	    t->link_ttl_s > TOKEN_LIFETIME_MAX_S)
		return "The sign-in link does not say how long the session may last.";
	return NULL;
}

/* Who the token speaks for; strings are copied out of the claims. */
static const char *identity_fault(const struct token_keys *keys, const cJSON *claims, struct arena *a,
				  struct session_token *t)
{
	const char *sub = json_string(claims, "sub"), *jti;
	bool is_fault;

	if (keys->issuer && !str_eq(json_string(claims, "iss"), keys->issuer))
		return "The token comes from another issuer.";
	if (keys->audience && !audience_holds(claims, keys->audience))
		return "The token is meant for another audience.";
	if (!token_is_subject(sub))
		return "The token does not say properly whom it is for.";
	t->role = role_from_name(json_string(claims, keys->role_claim));
	if (t->role == ROLE_NONE)
		return "The token gives no role here (viewer or admin).";
	jti = optional_string(claims, "jti", &is_fault);
	if (is_fault || (jti && (!*jti || strlen(jti) > TOKEN_JTI_MAX)))
		return "The token's number (jti) is damaged.";
	t->sub = arena_strdup(a, sub);
	t->jti = arena_strdup(a, jti);
	return NULL;
}

/* A claim of n hexadecimal digits. */
static bool take_hex(const cJSON *claims, const char *name, char *out, size_t n)
{
	const char *s = json_string(claims, name);

	if (!s || strlen(s) != n || strspn(s, "0123456789abcdef") != n)
		return false;
	memcpy(out, s, n + 1);
	return true;
}

static bool is_print_of_a_key(const struct token_keys *keys, const char *print)
{
	for (size_t i = 0; i < keys->n; i++)
		if (str_eq(keys->items[i].print, print))
			return true;
	return false;
}

/* What signing in wrote into its session (add_browser() in token_mint.c); signed by one of our own keys. */
static const char *browser_fault(const struct token_keys *keys, const struct token_key *by, const cJSON *claims,
				 int64_t now, struct session_token *t)
{
	if (by->jwt_alg != JWT_ALG_HS256 || !t->jti || !json_i64(claims, "start", &t->started_at) ||
	    !json_i64(claims, "limit", &t->limit_at) || !take_hex(claims, "seed", t->seed, TOKEN_SEED_SIZE - 1) ||
	    !take_hex(claims, "src", t->origin, TOKEN_ID_SIZE - 1) ||
	    !take_hex(claims, "via", t->key_print, TOKEN_PRINT_SIZE - 1))
		return "The session is damaged.";
	/* The limit may have been made shorter since. */
	if (now >= t->limit_at || now - t->started_at >= keys->session_limit_s)
		return "The session has reached its limit.";
	return is_print_of_a_key(keys, t->key_print) ? NULL : "The key that this session was opened by is gone.";
}

static void hex_hash(const void *bytes, size_t n, char out[TOKEN_ID_SIZE])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];

	SHA256(bytes, n, hash);
	hex_encode(hash, sizeof(hash), out);
}

void token_id_of(const char *jti, char out[TOKEN_ID_SIZE])
{
	hex_hash(jti, strlen(jti), out);
}

static void make_csrf(const char *token, size_t n, char out[TOKEN_ID_SIZE])
{
	static const unsigned char purpose[] = "mission control form";
	unsigned char mac[SHA256_DIGEST_LENGTH];

	HMAC(EVP_sha256(), token, (int)n, purpose, sizeof(purpose) - 1, mac, NULL);
	hex_encode(mac, sizeof(mac), out);
}

static enum token_result check_ended(const struct token_keys *keys, const struct session_token *t,
				     struct ended_stamp *seen, struct arena *a, const char **reason)
{
	switch (ended_ask(keys->state_dir, t, seen, clock_now_s(), a, reason)) {
	case DENIED_NO:
		return TOKEN_OK;
	case DENIED_YES:
		*reason = "This sign-in was ended, or its link was used before.";
		return TOKEN_REFUSED;
	default:
		return TOKEN_UNCHECKABLE;
	}
}

/* Signature and claims; NULL where they are good, and *t is filled. */
static const char *examine(const struct token_keys *keys, const char *token, size_t n, enum token_use use, int64_t now,
			   struct arena *a, struct session_token *t)
{
	CLEANUP(token_parts_done) struct token_parts parts = { 0 };
	const char *fault = "There is no token.";
	const struct token_key *by;

	if (!check_form(keys, token, n, a, &parts, &by, &fault))
		return fault;
	memcpy(t->key_print, by->print, sizeof(t->key_print));
	fault = time_fault(parts.claims, keys->max_lifetime_s, now, t);
	if (!fault)
		fault = use_fault(parts.claims, use, t);
	if (!fault)
		fault = identity_fault(keys, parts.claims, a, t);
	if (!fault && use == TOKEN_LINK && !t->jti)
		fault = "The sign-in link has no number (jti).";
	if (!fault && t->is_browser)
		fault = browser_fault(keys, by, parts.claims, now, t);
	if (fault)
		return fault;
	if (t->jti)
		token_id_of(t->jti, t->id);
	else
		hex_hash(token, parts.signed_len, t->id);
	if (t->is_browser)
		make_csrf(t->seed, strlen(t->seed), t->csrf);
	else
		make_csrf(token, n, t->csrf);
	return NULL;
}

enum token_result token_verify(const struct token_keys *keys, const char *token, size_t n, enum token_use use,
			       int64_t now, struct arena *a, struct session_token *out, const char **reason)
{
	struct ended_stamp first = { .is_settled = false };
	struct session_token t = { 0 };
	struct token_known *known;
	enum token_result result;
	const char *fault;

	*reason = "There is no token.";
	if (!token)
		return TOKEN_REFUSED;
	known = use == TOKEN_LINK ? NULL : token_recall(keys->memo, token, n, use, now);
	fault = known ? NULL : examine(keys, token, n, use, now, a, &t);
	if (fault) {
		*reason = fault;
		return TOKEN_REFUSED;
	}
	if (known)
		t = token_said(known, a);
	/* A limit that was made shorter, and a key that is gone, take a restart or a reload, which forget what is known. */
	if (t.is_browser && now >= t.limit_at) {
		*reason = "The session has reached its limit.";
		return TOKEN_REFUSED;
	}
	result = check_ended(keys, &t, known ? &known->seen : &first, a, reason);
	if (result != TOKEN_OK)
		return result;
	if (!known && use != TOKEN_LINK)
		token_remember(keys->memo, token, n, now, &t, &first);
	*out = t;
	return TOKEN_OK;
}

const char *token_claimed_subject(const char *token, size_t n, struct arena *a)
{
	CLEANUP(token_parts_done) struct token_parts parts = { 0 };
	const char *ignored, *sub;

	if (!token_scan(token, n, &parts, &ignored))
		return NULL;
	sub = json_string(parts.claims, "sub");
	return token_is_subject(sub) ? arena_strdup(a, sub) : NULL;
}
