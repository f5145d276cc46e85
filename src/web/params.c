#include "web/params.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undoes "+" and "%xx" in n bytes; out has room for n. Returns the length. */
static size_t percent_decode(const char *s, size_t n, char *out)
{
	size_t o = 0;

	for (size_t i = 0; i < n; i++) {
		int hi, lo;

		if (s[i] == '+') {
			out[o++] = ' ';
		} else if (s[i] == '%' && i + 2 < n && (hi = hex_digit(s[i + 1])) >= 0 &&
			   (lo = hex_digit(s[i + 2])) >= 0) {
			out[o++] = (char)(hi * 16 + lo);
			i += 2;
		} else {
			out[o++] = s[i];
		}
	}
	return o;
}

/* Decodes one name or value; NULL with a reason when it is over the limit or holds NUL. */
static const char *decode_piece(const char *s, size_t n, struct arena *a, bool *is_broken, const char **reason)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(PARAM_MAX_BYTES);
	char raw[3 * PARAM_MAX_BYTES];
	size_t len;

	if (n > sizeof(raw)) {
		*reason = "A parameter is longer than 4 KiB.";
		return NULL;
	}
	len = percent_decode(s, n, raw);
	if (memchr(raw, '\0', len)) {
		*reason = "A parameter holds a NUL byte.";
		return NULL;
	}
	for (size_t i = 0; i < len;) {
		size_t ok = str_utf8_len(raw + i, len - i);

		if (ok) {
			buf_add(&text, raw + i, ok);
			i += ok;
		} else {
			*is_broken = true;
			buf_adds(&text, "\xEF\xBF\xBD");
			i += str_utf8_broken_len(raw + i, len - i);
		}
	}
	if (text.overflow) {
		*reason = "A parameter is longer than 4 KiB.";
		return NULL;
	}
	return arena_strndup(a, buf_str(&text), text.len);
}

bool params_decode(const char *text, size_t n, struct arena *a, struct params *out, const char **reason)
{
	struct params p = { .items = arena_calloc(a, PARAMS_MAX, sizeof(*p.items)) };
	const char *end = text + n;

	for (const char *s = text; n > 0 && s < end;) {
		const char *amp = memchr(s, '&', (size_t)(end - s));
		const char *stop = amp ? amp : end;
		const char *eq = memchr(s, '=', (size_t)(stop - s));
		struct param *item;

		if (stop > s) {
			if (p.n == PARAMS_MAX) {
				*reason = "There are more than 64 parameters.";
				return false;
			}
			item = &p.items[p.n++];
			item->name = decode_piece(s, (size_t)((eq ? eq : stop) - s), a, &p.is_broken, reason);
			item->value = eq ? decode_piece(eq + 1, (size_t)(stop - eq - 1), a, &p.is_broken, reason) : "";
			if (!item->name || !item->value)
				return false;
		}
		s = stop + 1;
	}
	*out = p;
	return true;
}

const char *params_duplicate(const struct params *p)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t j = 0; j < i; j++)
			if (str_eq(p->items[i].name, p->items[j].name))
				return p->items[i].name;
	return NULL;
}

const char *params_get(const struct params *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->items[i].name, name))
			return p->items[i].value;
	return NULL;
}

bool params_i64(const struct params *p, const char *name, int64_t min, int64_t max, int64_t fallback,
		int64_t *out)
{
	const char *value = params_get(p, name);

	if (!value) {
		*out = fallback;
		return true;
	}
	return str_parse_i64(value, min, max, out);
}

/* "/hermes" itself or something below it. */
static bool is_below_hermes(const char *s)
{
	size_t n = strlen("/hermes");

	return strncmp(s, "/hermes", n) == 0 && (s[n] == '\0' || s[n] == '/' || s[n] == '?');
}

bool params_is_own_path(const char *s)
{
	bool in_query = false;

	if (!s || strlen(s) > 1024 || !is_below_hermes(s))
		return false;
	for (const char *p = s; *p; p++) {
		if (*p <= ' ' || *p > '~' || strchr("\\#\"<>^`{|}", *p))
			return false;
		if (*p == '?')
			in_query = true;
		if (in_query)
			continue;
		if (*p == '%' || *p == '@' || *p == ':' || *p == ';')
			return false;
		if (p[0] == '/' && p[1] == '/')
			return false;
		if (p[0] == '.' && p[1] == '.')
			return false;
	}
	return true;
}
