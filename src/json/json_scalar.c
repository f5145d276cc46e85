#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/json_scan.h"

#define REPLACEMENT 0xFFFDu

static bool fail(struct json_scan *s, const char *at, const char *what)
{
	return json_scan_fail(s, at, what);
}

/* Writes a code point (no surrogate, not NUL) in its one normal form. */
static void put_char(struct buf *out, uint32_t c)
{
	char utf8[4];

	if (c == '"' || c == '\\') {
		buf_addc(out, '\\');
		buf_addc(out, (char)c);
	} else if (c < 0x20) {
		buf_printf(out, "\\u%04x", (unsigned)c);
	} else if (c < 0x80) {
		buf_addc(out, (char)c);
	} else if (c < 0x800) {
		utf8[0] = (char)(0xC0 | c >> 6);
		utf8[1] = (char)(0x80 | (c & 0x3F));
		buf_add(out, utf8, 2);
	} else if (c < 0x10000) {
		utf8[0] = (char)(0xE0 | c >> 12);
		utf8[1] = (char)(0x80 | (c >> 6 & 0x3F));
		utf8[2] = (char)(0x80 | (c & 0x3F));
		buf_add(out, utf8, 3);
	} else {
		utf8[0] = (char)(0xF0 | c >> 18);
		utf8[1] = (char)(0x80 | (c >> 12 & 0x3F));
		utf8[2] = (char)(0x80 | (c >> 6 & 0x3F));
		utf8[3] = (char)(0x80 | (c & 0x3F));
		buf_add(out, utf8, 4);
	}
}

/* The value of \uXXXX at p; -1 when it is not one. */
static long hex_escape(const struct json_scan *s, const char *p)
{
	long v = 0;

	if (s->end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			v = v * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return v;
}

static bool scan_unicode_escape(struct json_scan *s)
{
	const char *at = s->p;
	long c = hex_escape(s, at), low;

	if (c < 0)
		return fail(s, at, "\\u needs four hexadecimal digits");
	if (c == 0)
		return fail(s, at, "a string holds \\u0000 (NUL)");
	s->p += 6;
	if (c >= 0xD800 && c <= 0xDFFF) {
		low = c < 0xDC00 ? hex_escape(s, s->p) : -1;
		if (low >= 0xDC00 && low <= 0xDFFF) {
			c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
			s->p += 6;
		} else if (s->flags & JSON_REPLACE_BAD_UTF8) {
			c = REPLACEMENT;
		} else {
			return fail(s, at, "an escape is half of a surrogate pair");
		}
	}
	put_char(s->out, (uint32_t)c);
	return true;
}

static bool scan_escape(struct json_scan *s)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *known;

	if (s->end - s->p < 2)
		return fail(s, s->p, "a string is not closed: \" is missing");
	if (s->p[1] == 'u')
		return scan_unicode_escape(s);
	known = memchr(from, s->p[1], sizeof(from) - 1);
	if (!known)
		return fail(s, s->p, "an escape that JSON does not have; a backslash is written \\\\");
	put_char(s->out, (unsigned char)to[known - from]);
	s->p += 2;
	return true;
}

static bool scan_control(struct json_scan *s)
{
	if (!(s->flags & JSON_RAW_CONTROLS))
		return fail(s, s->p,
			    *s->p == '\n' ? "a line ends inside a string; is a \" missing?"
					  : "a string holds a control character that is not escaped");
	put_char(s->out, (unsigned char)*s->p++);
	return true;
}

static bool scan_multibyte(struct json_scan *s)
{
	size_t left = (size_t)(s->end - s->p), n = str_utf8_len(s->p, left);

	if (n) {
		buf_add(s->out, s->p, n);
	} else {
		if (!(s->flags & JSON_REPLACE_BAD_UTF8))
			return fail(s, s->p, "a string is not valid UTF-8");
		n = str_utf8_broken_len(s->p, left);
		put_char(s->out, REPLACEMENT);
	}
	s->p += n;
	return true;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

bool json_scan_string(struct json_scan *s)
{
	const char *open = s->p++;

	buf_addc(s->out, '"');
	for (;;) {
		const char *run = s->p;
		bool good;
		int c;

		while (s->p < s->end && is_plain((unsigned char)*s->p))
			s->p++;
		buf_add(s->out, run, (size_t)(s->p - run));
		c = json_scan_peek(s);
		if (c < 0)
			return fail(s, open, "a string is not closed: \" is missing");
		if (c == '"')
			break;
		good = c == '\\' ? scan_escape(s) : c < 0x20 ? scan_control(s) : scan_multibyte(s);
		if (!good)
			return false;
	}
	buf_addc(s->out, '"');
	s->p++;
	return true;
}

static size_t skip_digits(struct json_scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - from);
}

/*
 * 2^53 + 1 lies exactly between two doubles and the usual rounding makes it
 * 2^53, the last one that json_i64() believes; round it the other way.
 */
static double keep_outside(double v, const char *digits)
{
	static const double last = 9007199254740992.0;

	if (v == last && strcmp(digits, "9007199254740993") == 0)
		return last + 2;
	if (v == -last && strcmp(digits, "-9007199254740993") == 0)
		return -last - 2;
	return v;
}

/* Writes the number that was read from at on; cJSON 1.7.15, unpatched, takes 63 characters of one. */
static bool put_number(struct json_scan *s, const char *at)
{
	char text[JSON_NUMBER_LEN + 1], normal[JSON_NUMBER_TEXT];
	size_t n = (size_t)(s->p - at);
	double v, kept;

	if (n > JSON_NUMBER_LEN)
		return fail(s, at, "a number is longer than 1,000 characters");
	memcpy(text, at, n);
	text[n] = '\0';
	v = strtod(text, NULL);
	if (!isfinite(v))
		return fail(s, at, "a number is too large");
	kept = keep_outside(v, text);
	if (n <= 40 && kept == v)
		buf_add(s->out, text, n);
	else
		buf_adds(s->out, json_number_text(kept, normal));
	return true;
}

bool json_scan_number(struct json_scan *s)
{
	const char *at = s->p;
	size_t whole;
	int c;

	if (*s->p == '-')
		s->p++;
	c = json_scan_peek(s);
	whole = skip_digits(s);
	if (!whole)
		return fail(s, at, "a number has no digits");
	if (c == '0' && whole > 1)
		return fail(s, at, "a number begins with 0");
	if (json_scan_peek(s) == '.') {
		s->p++;
		if (!skip_digits(s))
			return fail(s, at, "a number has no digits after its point");
	}
	c = json_scan_peek(s);
	if (c == 'e' || c == 'E') {
		s->p++;
		c = json_scan_peek(s);
		if (c == '+' || c == '-')
			s->p++;
		if (!skip_digits(s))
			return fail(s, at, "a number has no digits in its exponent");
	}
	c = json_scan_peek(s);
	if (c == '.' || c == '+' || c == '-' || c == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
		return fail(s, at, "a number is not written as JSON writes it");
	return put_number(s, at);
}
