#include "base/httpurl.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

#define ADDRESS_MAX 64

/* Printable ASCII without what one reader or another takes for something else. */
static bool is_plain(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~' || strchr("\\\"<>^`{|}", *s))
			return false;
	return true;
}

/* The address between brackets, or the whole host, as C text. */
static const char *bare(const struct httpurl *u, char out[ADDRESS_MAX])
{
	bool in_brackets = u->host[0] == '[';
	size_t n = u->host_len - (in_brackets ? 2 : 0);

	if (n >= ADDRESS_MAX)
		n = 0;
	memcpy(out, u->host + in_brackets, n);
	out[n] = '\0';
	return out;
}

static bool is_host(const struct httpurl *u)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	char text[ADDRESS_MAX];
	struct in6_addr six;

	if (u->host_len == 0 || u->host_len > 253)
		return false;
	if (u->host[0] == '[')
		return u->host_len > 2 && u->host[u->host_len - 1] == ']' && inet_pton(AF_INET6, bare(u, text), &six) == 1;
	return strspn(u->host, name) >= u->host_len;
}

/* ":8080" or nothing, up to `end`. */
static bool take_port(struct httpurl *u, const char *from, const char *end)
{
	char digits[8];
	size_t n = (size_t)(end - from);

	u->port = u->is_https ? 443 : 80;
	if (n == 0)
		return true;
	if (*from != ':' || n < 2 || n > 6)
		return false;
	memcpy(digits, from + 1, n - 1);
	digits[n - 1] = '\0';
	return str_parse_i64(digits, 1, 65535, &u->port);
}

static bool take_authority(struct httpurl *u, const char *s)
{
	const char *end = s + strcspn(s, "/?#"), *colon;

	u->rest = end;
	u->host = s;
	colon = *s == '[' ? strchr(s, ']') : s + strcspn(s, ":/?#");
	if (colon && *s == '[')
		colon++;
	if (!colon || colon > end)
		return false;
	u->host_len = (size_t)(colon - s);
	return is_host(u) && take_port(u, colon, end);
}

bool httpurl_parse(const char *s, struct httpurl *out, const char **why)
{
	const char *host;

	memset(out, 0, sizeof(*out));
	if (strncasecmp(s, "https://", 8) == 0) {
		out->is_https = true;
		host = s + 8;
	} else if (strncasecmp(s, "http://", 7) == 0) {
		host = s + 7;
	} else {
		*why = "must begin with http:// or https://";
		return false;
	}
	if (memchr(host, '@', strcspn(host, "/?#"))) {
		*why = "must not hold a user or a password";
		return false;
	}
	if (strlen(s) <= HTTPURL_MAX && is_plain(s) && take_authority(out, host))
		return true;
	*why = "must be a host with a path, of plain characters: http://127.0.0.1:3000/health";
	return false;
}

bool httpurl_stays(const struct httpurl *from, const struct httpurl *to)
{
	if (from->host_len != to->host_len || strncasecmp(from->host, to->host, from->host_len) != 0)
		return false;
	if (from->is_https == to->is_https)
		return from->port == to->port;
	return to->is_https && from->port == 80 && to->port == 443;
}

bool httpurl_is_loopback(const struct httpurl *u)
{
	char text[ADDRESS_MAX];
	struct in_addr four;

	bare(u, text);
	if (inet_pton(AF_INET, text, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	return strcasecmp(text, "localhost") == 0 || str_eq(text, "::1");
}

bool httpurl_is_address(const struct httpurl *u)
{
	char text[ADDRESS_MAX];
	struct in_addr four;

	return u->host[0] == '[' || inet_pton(AF_INET, bare(u, text), &four) == 1;
}

const char *httpurl_shown(const char *s, struct arena *a)
{
	size_t n = strcspn(s, "?#");

	return arena_printf(a, "%.*s%s", (int)n, s, s[n] == '?' ? "?…" : "");
}
