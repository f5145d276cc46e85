#include "redact/encoded.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "redact/looks.h"

/* Fifteen bytes of plain text; anything shorter cannot hold a name and a secret. */
#define RUN_MIN 20

static int base64_value(char c)
{
	if (is_upper(c))
		return c - 'A';
	if (is_lower(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return -1;
}

static bool is_run_char(char c)
{
	return base64_value(c) >= 0 || c == '%' || c == '.' || c == '~';
}

bool encoded_next(const char *text, size_t n, size_t from, struct encoded_run *run)
{
	size_t i = from;

	while (i < n) {
		size_t start = i;

		while (i < n && is_run_char(text[i]))
			i++;
		if (i - start >= RUN_MIN) {
			while (i < n && text[i] == '=')
				i++;
			run->start = start;
			run->end = i;
			return true;
		}
		i++;
	}
	return false;
}

static bool has_control(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)s[i] < 0x20 && !strchr("\t\r\n", s[i])) || s[i] == 0x7F || s[i] == '\0')
			return true;
	return false;
}

/* Text a person could read: UTF-8 without control characters other than blanks. */
static bool is_readable(const char *s, size_t n)
{
	return n >= 8 && !has_control(s, n) && str_is_utf8(s, n);
}

static bool from_base64(const char *s, size_t n, struct buf *out)
{
	unsigned bits = 0, have = 0;

	buf_clear(out);
	while (n && s[n - 1] == '=')
		n--;
	n -= n % 4 == 1;
	for (size_t i = 0; i < n; i++) {
		int v = base64_value(s[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (unsigned)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_addc(out, (char)(bits >> have & 0xFF));
			/* Most runs are no text: stop early. */
			if (out->len == 16 && has_control(out->data, 16))
				return false;
		}
	}
	return is_readable(buf_str(out), out->len);
}

static unsigned hex_value(char c)
{
	return is_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* Gives how many bytes were decoded. */
static size_t percent_once(const char *s, size_t n, struct buf *out)
{
	size_t decoded = 0;

	buf_clear(out);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '%' && i + 2 < n && is_hex(s[i + 1]) && is_hex(s[i + 2])) {
			buf_addc(out, (char)(hex_value(s[i + 1]) << 4 | hex_value(s[i + 2])));
			decoded++;
			i += 2;
		} else {
			buf_addc(out, s[i]);
		}
	}
	return decoded;
}

static bool from_percent(const char *s, size_t n, struct buf *out)
{
	CLEANUP(buf_done) struct buf layer = BUF_INIT(n + 1);

	if (!memchr(s, '%', n) || !percent_once(s, n, out))
		return false;
	for (int i = 0; i < 2 && memchr(out->data, '%', out->len); i++) {
		buf_clear(&layer);
		buf_add(&layer, out->data, out->len);
		if (!percent_once(layer.data, layer.len, out))
			break;
	}
	return is_readable(buf_str(out), out->len);
}

bool encoded_text(const char *run, size_t n, struct buf *out)
{
	const char *slash;
	size_t rest;

	if (from_percent(run, n, out) || from_base64(run, n, out))
		return true;
	/* "path/<base64>" reads as one run. */
	slash = memrchr(run, '/', n);
	rest = slash ? (size_t)(run + n - slash) - 1 : 0;
	return rest >= RUN_MIN && from_base64(slash + 1, rest, out);
}
