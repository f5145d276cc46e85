#include "json/json_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* A member's name: where its normal form lies in the output, and where it was read. */
struct member {
	size_t at, len;
	const char *src;
};

static bool scan_value(struct json_scan *s, int depth);

static int peek(const struct json_scan *s)
{
	return json_scan_peek(s);
}

static bool fail(struct json_scan *s, const char *at, const char *what)
{
	return json_scan_fail(s, at, what);
}

/* Copies one byte of punctuation. */
static void copy(struct json_scan *s)
{
	buf_addc(s->out, *s->p++);
}

static bool next_is(const struct json_scan *s, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(s->end - s->p) >= n && memcmp(s->p, word, n) == 0;
}

static bool skip_comment(struct json_scan *s)
{
	const char *begin = s->p;
	size_t left = (size_t)(s->end - s->p);
	const char *close;

	if (!(s->flags & JSON_COMMENTS))
		return fail(s, begin, "a comment is not allowed here");
	if (next_is(s, "//")) {
		close = memchr(begin, '\n', left);
		s->p = close ? close : s->end;
	} else if (next_is(s, "/*")) {
		close = memmem(begin + 2, left - 2, "*/", 2);
		if (!close)
			return fail(s, begin, "a comment is not closed: */ is missing");
		s->p = close + 2;
	} else {
		return fail(s, begin, "a single / means nothing");
	}
	if (!(s->flags & JSON_REPLACE_BAD_UTF8) && !str_is_utf8(begin, (size_t)(s->p - begin)))
		return fail(s, begin, "a comment is not valid UTF-8");
	return true;
}

static bool skip_blanks(struct json_scan *s)
{
	for (;;) {
		int c = peek(s);

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			s->p++;
		else if (c != '/')
			return true;
		else if (!skip_comment(s))
			return false;
	}
}

static int compare_members(const void *left, const void *right, void *data)
{
	const struct member *a = left, *b = right;
	const char *text = data;
	int order = memcmp(text + a->at, text + b->at, a->len < b->len ? a->len : b->len);

	if (order)
		return order;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return (a->src > b->src) - (a->src < b->src);
}

static bool same_name(const struct member *a, const struct member *b, const char *text)
{
	return a->len == b->len && memcmp(text + a->at, text + b->at, a->len) == 0;
}

/*
 * Compares the names of the object that just closed, which lie at the top of
 * the stack from the byte first on, and drops them. Sorted: a hostile object
 * of 10,000 members must not cost 50 million comparisons.
 */
static bool close_names(struct json_scan *s, size_t first)
{
	struct member *m = (struct member *)(void *)(s->names.data + first);
	size_t n = (s->names.len - first) / sizeof(*m);
	const char *twice = NULL;

	qsort_r(m, n, sizeof(*m), compare_members, s->out->data);
	for (size_t i = 1; i < n; i++)
		if (same_name(&m[i - 1], &m[i], s->out->data) && (!twice || m[i].src < twice))
			twice = m[i].src;
	buf_cut(&s->names, first);
	return twice ? fail(s, twice, "the same name stands twice in one object") : true;
}

/* Reads a name and its colon; notes the name. */
static bool scan_name(struct json_scan *s, size_t first)
{
	struct member m = { .at = s->out->len, .src = s->p };

	if (peek(s) < 0)
		return fail(s, s->p, "the text ends inside an object");
	if (peek(s) != '"')
		return fail(s, s->p, "a name must stand in double quotes");
	if ((s->names.len - first) / sizeof(m) >= JSON_MEMBERS_MAX)
		return fail(s, s->p, "an object has more than 10,000 members");
	if (!json_scan_string(s))
		return false;
	m.len = s->out->len - m.at;
	buf_add(&s->names, &m, sizeof(m));
	if (!skip_blanks(s))
		return false;
	if (peek(s) != ':')
		return fail(s, s->p, "a colon is missing after a name");
	copy(s);
	return true;
}

static const char *why_not_closed(const struct json_scan *s, char close)
{
	if (peek(s) < 0)
		return close == '}' ? "an object is not closed: } is missing"
				    : "an array is not closed: ] is missing";
	return peek(s) == '}' || peek(s) == ']' ? "the wrong bracket closes" : "a comma is missing";
}

/* Reads an object or an array; the opening bracket is next. */
static bool scan_list(struct json_scan *s, char close, int depth)
{
	const char *open = s->p;
	size_t first = s->names.len;

	if (depth >= JSON_DEPTH_MAX)
		return fail(s, open, "it is nested deeper than 32 levels");
	copy(s);
	if (!skip_blanks(s))
		return false;
	while (peek(s) != close) {
		if (close == '}' && !scan_name(s, first))
			return false;
		if (!scan_value(s, depth + 1) || !skip_blanks(s))
			return false;
		if (peek(s) == close)
			break;
		if (peek(s) != ',')
			return fail(s, peek(s) < 0 ? open : s->p, why_not_closed(s, close));
		copy(s);
		if (!skip_blanks(s))
			return false;
		if (peek(s) == close)
			return fail(s, s->p, "a comma stands before the closing bracket");
	}
	copy(s);
	return s->names.len == first || close_names(s, first);
}

/* Reads true, false, null and, where allowed, what Python writes for numbers that JSON cannot. */
static bool scan_word(struct json_scan *s)
{
	static const char *const plain[] = { "true", "false", "null" };
	static const char *const python[] = { "NaN", "Infinity", "-Infinity" };
	const char *at = s->p;
	size_t n = *at == '-';

	while (at + n < s->end && ((at[n] | 0x20) >= 'a' && (at[n] | 0x20) <= 'z'))
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (n == strlen(plain[i]) && next_is(s, plain[i])) {
			buf_add(s->out, at, n);
			s->p += n;
			return true;
		}
	for (size_t i = 0; i < ARRAY_SIZE(python); i++)
		if (n == strlen(python[i]) && next_is(s, python[i])) {
			if (!(s->flags & JSON_PYTHON_NUMBERS))
				return fail(s, at, "NaN and Infinity are not numbers in JSON");
			buf_adds(s->out, "null");
			s->p += n;
			return true;
		}
	return fail(s, at, "a word that JSON does not have; text stands in double quotes");
}

static const char *why_no_value(int c)
{
	switch (c) {
	case -1:
		return "the text ends where a value is missing";
	case ',':
	case ':':
	case ']':
	case '}':
		return "a value is missing";
	case '\'':
		return "text must stand in double quotes";
	default:
		return "a character that JSON does not know";
	}
}

static bool scan_value(struct json_scan *s, int depth)
{
	int c;

	if (!skip_blanks(s))
		return false;
	if (++s->values > JSON_VALUES_MAX)
		return fail(s, s->p, "it holds more than a million values");
	c = peek(s);
	if (c == '{')
		return scan_list(s, '}', depth);
	if (c == '[')
		return scan_list(s, ']', depth);
	if (c == '"')
		return json_scan_string(s);
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || next_is(s, "-I"))
		return scan_word(s);
	if (c == '-' || (c >= '0' && c <= '9'))
		return json_scan_number(s);
	return fail(s, s->p, why_no_value(c));
}

static bool scan_text(struct json_scan *s)
{
	size_t n = (size_t)(s->end - s->start);
	const char *nul;

	if (n > JSON_TEXT_MAX)
		return fail(s, s->start, "it is larger than 64 MiB");
	nul = memchr(s->start, '\0', n);
	if (nul)
		return fail(s, nul, "it holds a NUL byte (damaged, or not UTF-8)");
	if (next_is(s, "\xEF\xBB\xBF"))
		return fail(s, s->start, "it begins with a byte order mark; save it as UTF-8 without one");
	if (!skip_blanks(s))
		return false;
	if (s->p == s->end)
		return fail(s, s->p, "it is empty");
	if (!scan_value(s, 0) || !skip_blanks(s))
		return false;
	return s->p == s->end || fail(s, s->p, "something stands after the end");
}

bool json_scan(const char *text, size_t n, int flags, struct buf *out, struct json_error *err)
{
	struct json_scan s = {
		.start = text,
		.p = text,
		.end = text + n,
		.flags = flags,
		.out = out,
		.names = BUF_INIT((size_t)JSON_DEPTH_MAX * JSON_MEMBERS_MAX * sizeof(struct member)),
	};
	bool good = scan_text(&s);

	buf_done(&s.names);
	if (good)
		return true;
	err->what = s.what;
	err->line = 1;
	for (const char *p = text; p < s.bad_at; p++)
		err->line += *p == '\n';
	return false;
}
