#include "probe/git_config.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"

#define VALUE_LEN (16 * 1024)

struct reader {
	const char *at, *end;
	size_t line;
	const char *section, *sub;
	struct git_settings *out;
	struct buf text;
	struct arena *a;
};

/* The next byte, "\r\n" as one newline; '\0' at the end, or where a zero byte is, which ends it too. */
static char peek(const struct reader *r)
{
	if (r->at >= r->end)
		return '\0';
	if (*r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n')
		return '\n';
	return *r->at;
}

static char next(struct reader *r)
{
	char c = peek(r);

	if (c)
		r->at += *r->at == '\r' && c == '\n' ? 2 : 1;
	r->line += c == '\n';
	return c;
}

static void skip_blanks(struct reader *r)
{
	while (peek(r) == ' ' || peek(r) == '\t')
		next(r);
}

static void skip_line(struct reader *r)
{
	char c;

	do
		c = next(r);
	while (c && c != '\n');
}

/* A name of letters, figures, '-' and, in sections, '.', lower-cased; NULL when there is none. */
static const char *read_name(struct reader *r, bool may_have_dot)
{
	buf_clear(&r->text);
	while (isalnum((unsigned char)peek(r)) || peek(r) == '-' || (may_have_dot && peek(r) == '.'))
		buf_addc(&r->text, (char)tolower((unsigned char)next(r)));
	return r->text.len && !r->text.overflow ? arena_strdup(r->a, buf_str(&r->text)) : NULL;
}

/* Behind the '[': name, and perhaps a name in quotes. */
static bool read_section(struct reader *r)
{
	r->sub = NULL;
	r->section = read_name(r, true);
	if (!r->section)
		return false;
	skip_blanks(r);
	if (peek(r) == '"') {
		next(r);
		buf_clear(&r->text);
		for (char c = next(r); c != '"'; c = next(r)) {
			if (c == '\\')
				c = next(r);
			if (!c || c == '\n')
				return false;
			buf_addc(&r->text, c);
		}
		r->sub = r->text.overflow ? NULL : arena_strdup(r->a, buf_str(&r->text));
	}
	return next(r) == ']' && !r->text.overflow;
}

/* Behind a backslash. */
static bool add_escaped(struct reader *r)
{
	char c = next(r);

	switch (c) {
	case '\n':
		return true; /* the line goes on */
	case 't':
		buf_addc(&r->text, '\t');
		return true;
	case 'n':
		buf_addc(&r->text, '\n');
		return true;
	case 'b':
		buf_addc(&r->text, '\b');
		return true;
	case '"':
	case '\\':
		buf_addc(&r->text, c);
		return true;
	default:
		return false;
	}
}

/* Behind the '='. Blanks at the end count only within quotes. */
static const char *read_value(struct reader *r)
{
	bool in_quotes = false;
	size_t kept = 0;

	buf_clear(&r->text);
	skip_blanks(r);
	for (char c = peek(r); c && (c != '\n' || in_quotes); c = peek(r)) {
		if (c == '\n')
			return NULL;
		if (!in_quotes && (c == '#' || c == ';'))
			break;
		next(r);
		if (c == '"')
			in_quotes = !in_quotes;
		else if (c == '\\' && !add_escaped(r))
			return NULL;
		else if (c != '\\')
			buf_addc(&r->text, c);
		if (in_quotes || (c != ' ' && c != '\t'))
			kept = r->text.len;
	}
	if (in_quotes || r->text.overflow)
		return NULL;
	buf_cut(&r->text, kept);
	skip_line(r);
	return arena_strdup(r->a, buf_str(&r->text));
}

static bool read_setting(struct reader *r)
{
	struct git_setting *s = &r->out->list[r->out->n];
	const char *name = read_name(r, false), *value = "";

	if (!name || !r->section || r->out->n == GIT_SETTINGS_MAX)
		return false;
	skip_blanks(r);
	if (peek(r) == '=') {
		next(r);
		value = read_value(r);
	} else if (!peek(r) || peek(r) == '\n' || peek(r) == '#' || peek(r) == ';') {
		skip_line(r);
	} else {
		return false;
	}
	if (!value)
		return false;
	*s = (struct git_setting){ r->section, r->sub, name, value };
	r->out->n++;
	r->out->includes |= str_eq(name, "path") && (str_eq(r->section, "include") || str_eq(r->section, "includeif"));
	return true;
}

static bool read_line(struct reader *r)
{
	skip_blanks(r);
	switch (peek(r)) {
	case '\n':
	case '#':
	case ';':
		skip_line(r);
		return true;
	case '[':
		next(r);
		return read_section(r); /* a setting may follow on the same line */
	default:
		return read_setting(r);
	}
}

bool git_config_parse(struct git_settings *out, const char *text, size_t len, struct arena *a, const char **reason)
{
	struct reader r = { .at = text, .end = text + len, .line = 1, .out = out, .text = BUF_INIT(VALUE_LEN), .a = a };
	bool is_good = true;

	*out = (struct git_settings){ .list = arena_calloc(a, GIT_SETTINGS_MAX, sizeof(*out->list)) };
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		r.at += 3;
	while (is_good && (skip_blanks(&r), r.at < r.end))
		is_good = read_line(&r);
	buf_done(&r.text);
	if (!is_good)
		*reason = arena_printf(a, "line %zu of the repository's config is not one that git takes", r.line);
	return is_good;
}

const char *git_config_last(const struct git_settings *s, const char *section, const char *sub, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->list[i].section, section) && str_eq(s->list[i].sub, sub) && str_eq(s->list[i].name, name))
			found = s->list[i].value;
	return found;
}
