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

bool str_holds(const char *text, const char *words)
{
	return text && strcasestr(text, words) != NULL;
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

/*
 * How many bytes at s (n > 0) are the beginning of a well-formed sequence,
 * and in *want how many it takes in full; 0 when none begins here. The limits
 * of the second byte keep out overlong forms, surrogates and what lies above
 * U+10FFFF (Unicode, table 3-7).
 */
static size_t utf8_prefix(const unsigned char *s, size_t n, size_t *want)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t i;

	*want = 1;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return 0;
	*want = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (s[0] == 0xE0)
		low = 0xA0;
	else if (s[0] == 0xED)
		high = 0x9F;
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F;
	if (n < 2 || s[1] < low || s[1] > high)
		return 1;
	for (i = 2; i < *want && i < n && is_cont(s[i]); i++)
		;
	return i;
}

size_t str_utf8_len(const char *s, size_t n)
{
	size_t want, len = n ? utf8_prefix((const unsigned char *)s, n, &want) : 0;

	return len && len == want ? len : 0;
}

size_t str_utf8_broken_len(const char *s, size_t n)
{
	size_t want, len = utf8_prefix((const unsigned char *)s, n, &want);

	return len ? len : 1;
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

/* Characters that change how their neighbours are shown, or show nothing: first and last of each run. */
static const uint32_t invisible[][2] = {
	{ 0x00AD, 0x00AD },   { 0x034F, 0x034F },   { 0x061C, 0x061C }, { 0x115F, 0x1160 },
	{ 0x17B4, 0x17B5 },   { 0x180B, 0x180F },   { 0x200B, 0x200C }, { 0x200E, 0x200F },
	{ 0x202A, 0x202E },   { 0x2060, 0x206F },   { 0x3164, 0x3164 }, { 0xFDD0, 0xFDEF },
	{ 0xFEFF, 0xFEFF },   { 0xFFA0, 0xFFA0 },   { 0xFFF0, 0xFFFB }, { 0x1BCA0, 0x1BCA3 },
	{ 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF },
};

static bool is_invisible(uint32_t c)
{
	if (c < invisible[0][0])
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(invisible) && c >= invisible[i][0]; i++)
		if (c <= invisible[i][1])
			return true;
	return (c & 0xFFFE) == 0xFFFE;
}

/* Whether nothing is to be done to it but to copy it: visible ASCII alone, and short enough. */
static bool is_clean(const char *s, size_t n, size_t max_chars)
{
	if (n > max_chars)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return true;
}

char *str_clean(struct arena *a, const char *s, size_t n, size_t max_chars)
{
	/* At worst every byte becomes the three of U+FFFD. */
	CLEANUP(buf_done) struct buf out = BUF_INIT(n * 3 + sizeof("…"));
	size_t chars = 0, last_at = 0;

	if (!s)
		return NULL;
	if (is_clean(s, n, max_chars))
		return arena_strndup(a, s, n);
	while (n) {
		size_t len = str_utf8_len(s, n), taken = len ? len : str_utf8_broken_len(s, n);
		uint32_t c = len ? code_point(s, len) : 0xFFFD;

		if (!is_invisible(c)) {
			if (chars == max_chars) { /* one more would come: say that it was cut */
				buf_cut(&out, last_at);
				buf_adds(&out, max_chars ? "…" : "");
				break;
			}
			last_at = out.len;
			if (is_space_like(c))
				buf_addc(&out, ' ');
			else
				buf_add(&out, len ? s : "\xEF\xBF\xBD", len ? len : 3);
			chars++;
		}
		s += taken;
		n -= taken;
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

bool str_parse_duration(const char *s, int64_t *out)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char digits[8];
	size_t n = s ? strlen(s) : 0;
	int64_t v;

	if (n < 2 || n > sizeof(digits))
		return false;
	memcpy(digits, s, n - 1);
	digits[n - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (s[n - 1] != units[i].unit || !str_parse_i64(digits, 1, 100000, &v))
			continue;
		*out = v * units[i].seconds;
		return true;
	}
	return false;
}
