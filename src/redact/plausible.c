#include "redact/plausible.h"

#include <string.h>

#include "redact/looks.h"

static const char *secret_of(const struct candidate *c, size_t *n)
{
	*n = c->end - c->start;
	return c->text + c->start;
}

static bool is_quote(char ch)
{
	return ch == '"' || ch == '\'' || ch == '`';
}

static bool is_quoted(const struct candidate *c)
{
	return c->start > 0 && is_quote(c->text[c->start - 1]);
}

/* The last character before the value that is neither blank, quote nor backslash. */
static char separator_of(const struct candidate *c)
{
	size_t i = c->start;

	while (i > c->match && (is_quote(c->text[i - 1]) || strchr(" \t\\@", c->text[i - 1])))
		i--;
	return (char)(i > c->match ? c->text[i - 1] : ' ');
}

/* "  name: value" and nothing else on the line, as in YAML and INI files. */
static bool is_own_line(const struct candidate *c)
{
	size_t i = c->match, j = c->end;

	while (i > 0 && (is_alnum(c->text[i - 1]) || (c->text[i - 1] && strchr("_.-\"'", c->text[i - 1]))))
		i--;
	while (i > 0 && (c->text[i - 1] == ' ' || c->text[i - 1] == '\t' || c->text[i - 1] == '-'))
		i--;
	while (j < c->n && c->text[j] && strchr(" \t,\r", c->text[j]))
		j++;
	return (i == 0 || c->text[i - 1] == '\n') && (j == c->n || c->text[j] == '\n' || c->text[j] == '#');
}

bool plausible_real(const struct candidate *c)
{
	size_t n;
	const char *s = secret_of(c, &n);

	return !looks_placeholder(s, n);
}

bool plausible_vendor(const struct candidate *c)
{
	size_t n;
	const char *s = secret_of(c, &n);
	const char *body = memchr(s, '_', n) ? memchr(s, '_', n) : memchr(s, '-', n);
	struct mix m = looks_mix(s, n);

	if (body && (size_t)(s + n - body) >= 8 && looks_placeholder(body, (size_t)(s + n - body)))
		return false;
	return !looks_placeholder(s, n) && m.digit + m.upper > 0;
}

bool plausible_login(const struct candidate *c)
{
	size_t n;
	const char *s = secret_of(c, &n);
	const char *colon = memchr(s, ':', n);
	size_t user = colon ? (size_t)(colon - s) : 0;
	const char *pass = colon ? colon + 1 : s;
	size_t len = (size_t)(s + n - pass);

	while (len && is_quote(pass[0])) {
		pass++;
		len--;
	}
	if (looks_placeholder(pass, len) || looks_null(pass, len) || looks_equal(s, user, "username"))
		return false;
	/* `docker -u 1000:1000`, `curl -u test:test` */
	return !(user == len && strncmp(s, pass, len) == 0) && !looks_equal(pass, len, "pass");
}

/* Not a word of prose: digits beside letters, unusual signs, or too long to be one. */
static bool is_no_word(const char *s, size_t n)
{
	struct mix m = looks_mix(s, n);

	if (looks_number(s, n) || looks_path(s, n))
		return false;
	if (m.digit && m.lower + m.upper)
		return n >= 6;
	for (size_t i = 0; i < n && n >= 8; i++)
		if (s[i] && strchr("!$@#~^*+", s[i]))
			return true;
	return n >= 20 && !memchr(s, '_', n) && !memchr(s, '-', n) && !memchr(s, '.', n);
}

/* A string that is part of an expression: `"..." + x + "..."` read from the wrong quote on. */
static bool is_code_between_quotes(const char *s, size_t n)
{
	return s[0] == ' ' || (n > 1 && s[n - 1] == ' ' && s[n - 2] == '+');
}

bool plausible_assigned(const struct candidate *c)
{
	size_t n;
	const char *s = secret_of(c, &n);

	if (n < 3 || looks_placeholder(s, n) || looks_null(s, n) || looks_path(s, n) || looks_reference(s, n))
		return false;
	if (is_quoted(c))
		return !is_code_between_quotes(s, n);
	if (separator_of(c) == '=')
		return true;
	if (looks_stop_word(s, n))
		return false;
	if (separator_of(c) != ':' || is_own_line(c))
		return true;
	return is_no_word(s, n) || (looks_number(s, n) && n >= 6);
}

bool plausible_token(const struct candidate *c)
{
	size_t n;
	const char *s = secret_of(c, &n);
	struct mix m = looks_mix(s, n);

	if (!plausible_assigned(c) || n < 6 || looks_number(s, n) || memchr(s, ' ', n))
		return false;
	return m.digit > 0 || (m.upper && m.lower && n >= 8) || n >= 16;
}

bool plausible_header(const struct candidate *c)
{
	size_t n;
	const char *s = secret_of(c, &n);
	struct mix m = looks_mix(s, n);

	if (n < 6 || looks_placeholder(s, n) || looks_stop_word(s, n) || looks_reference(s, n))
		return false;
	return m.digit || (m.upper && m.lower > 0 && n >= 8 && is_upper(s[n - 1]) != is_upper(s[1])) ||
	       (n >= 8 && memchr(s, '=', n)) || n >= 20;
}

bool plausible_random(const struct candidate *c)
{
	size_t n;
	const char *s = secret_of(c, &n);
	const char *slash = memchr(s, '/', n);

	if (looks_placeholder(s, n) || looks_reference(s, n) || looks_path(s, n))
		return false;
	if (slash && n < 32) /* model names, relative paths */
		return false;
	return looks_random(s, n);
}

bool plausible_pem(const struct candidate *c)
{
	size_t run = 0;

	for (size_t i = c->start; i < c->end; i++) {
		char ch = c->text[i];

		run = is_alnum(ch) || ch == '+' || ch == '/' || ch == '=' ? run + 1 : 0;
		if (run >= 16)
			return true;
	}
	return false;
}

static size_t digits_of(const char *s, size_t n, char out[32])
{
	size_t k = 0;

	for (size_t i = 0; i < n && k < 32; i++)
		if (is_digit(s[i]))
			out[k++] = s[i];
	return k;
}

static bool luhn(const char *d, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int v = d[n - 1 - i] - '0';

		if (i % 2)
			v = v * 2 > 9 ? v * 2 - 9 : v * 2;
		sum += v;
	}
	return sum % 10 == 0;
}

/*
 * Lengths by issuer (ISO/IEC 7812). Others are left out although they may
 * exist: chat ids and time stamps in microseconds have 16 to 19 digits too.
 */
static bool is_issued(const char *d, size_t n)
{
	switch (d[0]) {
	case '1':
		return n == 15;
	case '2':
		return n == 16 && d[1] >= '2' && d[1] <= '7';
	case '3':
		return (n == 15 && (d[1] == '4' || d[1] == '7')) || (n == 14 && strchr("0689", d[1])) ||
		       (n == 16 && d[1] == '5');
	case '4':
		return n == 13 || n == 16;
	case '5':
	case '6':
		return n == 16;
	default:
		return false;
	}
}

bool plausible_card(const struct candidate *c)
{
	char d[32];
	size_t n = digits_of(c->text + c->start, c->end - c->start, d);

	return n >= 13 && n <= 16 && is_issued(d, n) && luhn(d, n);
}

bool plausible_iban(const struct candidate *c)
{
	const char *s = c->text + c->start;
	size_t n = c->end - c->start;
	unsigned rest = 0;

	/* The first four characters count last. */
	for (size_t i = 0; i < n; i++) {
		char ch = s[(i + 4) % n];

		if (ch == ' ')
			continue;
		if (is_digit(ch))
			rest = (rest * 10 + (unsigned)(ch - '0')) % 97;
		else
			rest = (rest * 100 + (unsigned)(ch - 'A' + 10)) % 97;
	}
	return rest == 1;
}

bool plausible_phone(const struct candidate *c)
{
	char d[32];
	size_t n = digits_of(c->text + c->start, c->end - c->start, d);

	return n >= 7 && n <= 15;
}

bool plausible_email(const struct candidate *c)
{
	static const char *const units[] = {
		"service", "timer", "socket", "target", "slice", "scope", "mount", "path", "device",
	};
	size_t n;
	const char *s = secret_of(c, &n);
	size_t dot = n;

	if (looks_starting(s, n, "git@"))
		return false;
	while (dot > 0 && s[dot - 1] != '.')
		dot--;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (looks_equal(s + dot, n - dot, units[i]))
			return false;
	return true;
}

bool plausible_rest(const char *s, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && (is_alnum(s[i]) || (unsigned char)s[i] >= 0x80))
			continue;
		if (i - from >= 4 && !looks_stop_word(s + from, i - from))
			return true;
		from = i + 1;
	}
	return false;
}
