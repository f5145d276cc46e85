#include "web/cookies.h"

#include <stdbool.h>
#include <string.h>

/* Characters of a cookie's name: "token" of RFC 9110, section 5.6.2. */
static bool is_token_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

/* Whether ", name=" occurs: two Cookie lines that were made into one. */
static bool has_joined_lines(const char *header)
{
	for (const char *p = strchr(header, ','); p; p = strchr(p + 1, ',')) {
		const char *s = p + 1;

		s += strspn(s, " \t");
		if (!is_token_char(*s))
			continue;
		while (is_token_char(*s))
			s++;
		if (*s == '=')
			return true;
	}
	return false;
}

enum cookie_result cookie_find(const char *header, const char *name, struct arena *a, const char **value)
{
	const char *found = NULL;
	size_t name_len = strlen(name), found_len = 0;

	if (!header)
		return COOKIE_ABSENT;
	if (strnlen(header, COOKIES_MAX_BYTES + 1) > COOKIES_MAX_BYTES || has_joined_lines(header))
		return COOKIE_REFUSED;
	for (const char *s = header; *s;) {
		size_t len;

		s += strspn(s, " \t;");
		len = strcspn(s, ";");
		if (len > name_len && s[name_len] == '=' && memcmp(s, name, name_len) == 0) {
			if (found)
				return COOKIE_REFUSED;
			found = s + name_len + 1;
			found_len = len - name_len - 1;
		}
		s += len;
	}
	if (!found)
		return COOKIE_ABSENT;
	while (found_len > 0 && (found[found_len - 1] == ' ' || found[found_len - 1] == '\t'))
		found_len--;
	*value = arena_strndup(a, found, found_len);
	return COOKIE_FOUND;
}
