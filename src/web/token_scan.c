#include "web/token_scan.h"

#include <string.h>

#include "base/str.h"
#include "web/token.h"

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/*
 * Decodes n characters into out (room for n bytes). False for a character
 * outside the alphabet, a length no encoder makes, or spare bits that are
 * not zero: two texts must never stand for one token.
 */
static bool decode_base64url(const char *s, size_t n, char *out, size_t *len)
{
	unsigned bits = 0;
	int have = 0;

	*len = 0;
	if (n == 0 || n % 4 == 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		int v = sextet(s[i]);

		if (v < 0)
			return false;
		bits = (bits << 6 | (unsigned)v) & 0xFFFFFF;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[(*len)++] = (char)(bits >> have & 0xFF);
		}
	}
	return (bits & ((1U << have) - 1)) == 0;
}

static cJSON *decode_object(const char *s, size_t n)
{
	char text[TOKEN_MAX_BYTES];
	struct json_error err;
	size_t len;
	cJSON *j;

	if (!decode_base64url(s, n, text, &len))
		return NULL;
	j = json_parse(text, len, JSON_STRICT, &err);
	if (j && !cJSON_IsObject(j)) {
		cJSON_Delete(j);
		return NULL;
	}
	return j;
}

/* alg, typ and kid are all that is understood; RFC 7515 lets us refuse the rest, and crit must be. */
static bool check_header(const cJSON *header)
{
	const cJSON *m;
	const char *typ = json_string(header, "typ");

	cJSON_ArrayForEach(m, header) {
		if (!cJSON_IsString(m))
			return false;
		if (!str_eq(m->string, "alg") && !str_eq(m->string, "typ") && !str_eq(m->string, "kid"))
			return false;
	}
	return json_string(header, "alg") && (!typ || str_eq(typ, "JWT"));
}

/* Where the n-th "." is; NULL when there are fewer. */
static const char *next_dot(const char *s, const char *end)
{
	return s < end ? memchr(s, '.', (size_t)(end - s)) : NULL;
}

bool token_scan(const char *token, size_t n, struct token_parts *out, const char **reason)
{
	char signature[TOKEN_MAX_BYTES];
	const char *end = token + n, *dot1, *dot2;

	*out = (struct token_parts){ 0 };
	*reason = "The token is longer than 4 KiB.";
	if (n > TOKEN_MAX_BYTES)
		return false;
	*reason = "This is not a sign-in token: it does not have three parts.";
	dot1 = n ? next_dot(token, end) : NULL;
	dot2 = dot1 ? next_dot(dot1 + 1, end) : NULL;
	if (!dot2 || next_dot(dot2 + 1, end))
		return false;
	*reason = "The token's signature is missing or damaged.";
	if (!decode_base64url(dot2 + 1, (size_t)(end - dot2 - 1), signature, &out->signature_size))
		return false;
	*reason = "The token's header is damaged or asks for something that is not supported.";
	out->header = decode_object(token, (size_t)(dot1 - token));
	if (!out->header || !check_header(out->header))
		return false;
	*reason = "The token's claims are damaged.";
	out->claims = decode_object(dot1 + 1, (size_t)(dot2 - dot1 - 1));
	if (!out->claims)
		return false;
	out->signed_len = (size_t)(dot2 - token);
	return true;
}

void token_parts_done(struct token_parts *p)
{
	cJSON_Delete(p->header);
	cJSON_Delete(p->claims);
	*p = (struct token_parts){ 0 };
}
