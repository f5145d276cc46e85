#include "base/str.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

bool str_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_starts(const char *s, const char *prefix)
{
	return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n, m;

	if (!s)
		return false;
	n = strlen(s);
	m = strlen(suffix);
	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

static bool is_cont(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

size_t str_utf8_len(const char *str, size_t n)
{
	const unsigned char *s = (const unsigned char *)str;

	if (n == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xC2 && s[0] <= 0xDF)
		return n >= 2 && is_cont(s[1]) ? 2 : 0;
	if (s[0] >= 0xE0 && s[0] <= 0xEF) {
		if (n < 3 || !is_cont(s[1]) || !is_cont(s[2]))
			return 0;
		if (s[0] == 0xE0 && s[1] < 0xA0)
			return 0; /* overlong */
		if (s[0] == 0xED && s[1] > 0x9F)
			return 0; /* surrogate */
		return 3;
	}
	if (s[0] >= 0xF0 && s[0] <= 0xF4) {
		if (n < 4 || !is_cont(s[1]) || !is_cont(s[2]) || !is_cont(s[3]))
			return 0;
		if ((s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
			return 0;
		return 4;
	}
	return 0;
}

bool str_is_utf8(const char *s, size_t n)
{
	while (n) {
		size_t len = str_utf8_len(s, n);

		if (!len)
			return false;
		s += len;
		n -= len;
	}
	return true;
}

size_t str_utf8_count(const char *s, size_t n)
{
	size_t chars = 0;

	for (size_t i = 0; i < n; i++)
		chars += !is_cont((unsigned char)s[i]);
	return chars;
}

static uint32_t code_point(const char *str, size_t len)
{
	const unsigned char *s = (const unsigned char *)str;

	switch (len) {
	case 1:
		return s[0];
	case 2:
		return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
	case 3:
		return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
	default:
		return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 |
		       (uint32_t)(s[2] & 0x3F) << 6 | (s[3] & 0x3F);
	}
}

static bool is_space_like(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

/* Characters that change how their neighbours are shown, or show nothing at all. */
static bool is_invisible(uint32_t c)
{
	return c == 0x200B || c == 0x200C || c == 0x200E || c == 0x200F || c == 0x061C ||
	       (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
	       (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE || (c >= 0xFFF9 && c <= 0xFFFB) ||
	       (c >= 0xE0000 && c <= 0xE0FFF);
}

char *str_clean(struct arena *a, const char *s, size_t n, size_t max_chars)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(max_chars * 4 + 8);
	size_t chars = 0, last_at = 0;

	if (!s)
		return NULL;
	while (n) {
		size_t len = str_utf8_len(s, n);
		uint32_t c = len ? code_point(s, len) : 0xFFFD;

		if (len && is_invisible(c)) {
			s += len;
			n -= len;
			continue;
		}
		if (chars == max_chars) { /* one more would come: say that it was cut */
			out.len = last_at;
			buf_adds(&out, "…");
			break;
		}
		last_at = out.len;
		if (is_space_like(c))
			buf_addc(&out, ' ');
		else if (len)
			buf_add(&out, s, len);
		else
			buf_adds(&out, "\xEF\xBF\xBD");
		chars++;
		s += len ? len : 1;
		n -= len ? len : 1;
	}
	return arena_strdup(a, buf_str(&out));
}

bool str_parse_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = false;
	int64_t v = 0;

	if (!s)
		return false;
	if (*s == '-' && min < 0) {
		negative = true;
		s++;
	}
	if (*s == '\0')
		return false;
	for (; *s; s++) {
		int64_t d = *s - '0';

		if (d < 0 || d > 9)
			return false;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    (negative ? __builtin_sub_overflow(v, d, &v) : __builtin_add_overflow(v, d, &v)))
			return false;
	}
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}
