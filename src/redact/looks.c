#include "redact/looks.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

struct mix looks_mix(const char *s, size_t n)
{
	struct mix m = { 0 };

	for (size_t i = 0; i < n; i++) {
		m.lower += is_lower(s[i]);
		m.upper += is_upper(s[i]);
		m.digit += is_digit(s[i]);
		m.other += !is_alnum(s[i]);
	}
	return m;
}

bool looks_equal(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(s, word, n) == 0;
}

bool looks_starting(const char *s, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && strncasecmp(s, word, len) == 0;
}

bool looks_holding(const char *s, size_t n, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= n; i++)
		if (strncasecmp(s + i, word, len) == 0)
			return true;
	return false;
}

static bool ends(const char *s, size_t n, const char *tail)
{
	size_t len = strlen(tail);

	return n >= len && strncasecmp(s + n - len, tail, len) == 0;
}

/* Letters, digits and what names are made of, from i on. */
static bool is_name(const char *s, size_t n)
{
	if (n == 0 || is_digit(s[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(s[i]) && !strchr("_.- ", s[i]))
			return false;
	return true;
}

/* ${X}, $(x), $X, %X%, %s, %(x)s, #{x}, {x}, {{x}} */
static bool is_substitution(const char *s, size_t n)
{
	if (n < 2)
		return false;
	if ((s[0] == '$' || s[0] == '#') && (s[1] == '{' || s[1] == '('))
		return true;
	if (s[0] == '$' && s[1] == '[')
		return true;
	if (s[0] == '$' && is_name(s + 1, n - 1))
		return true;
	if (s[0] == '{' && s[1] == '{')
		return true;
	if (s[0] == '{' && is_name(s + 1, n - 1 - (s[n - 1] == '}')) && !looks_random(s + 1, n - 1))
		return true;
	if (s[0] == '%' && (s[1] == '(' || (n == 2 && is_alpha(s[1]))))
		return true;
	return n > 2 && s[0] == '%' && s[n - 1] == '%' && is_name(s + 1, n - 2);
}

/* "xxxx-xxxx": one letter over and over, or nothing but punctuation. */
static bool is_filler(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((is_alnum(s[i]) && s[i] != 'x' && s[i] != 'X') || (unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

/* Half of it or more is one run of x. */
static bool is_crossed_out(const char *s, size_t n)
{
	size_t run = 0, longest = 0;

	for (size_t i = 0; i < n; i++) {
		run = s[i] == 'x' || s[i] == 'X' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest >= 8 && longest * 2 >= n;
}

bool looks_placeholder(const char *s, size_t n)
{
	static const char *const starts[] = {
		"your_", "your-", "insert_", "insert-", "replace_", "replace-",
	};

	if (n == 0 || is_filler(s, n) || is_crossed_out(s, n) || is_substitution(s, n))
		return true;
	if (s[0] == '<' || looks_starting(s, n, "&lt;") || looks_starting(s, n, "\\u003c"))
		return true;
	if (s[0] == '[' && is_name(s + 1, n - 1 - (s[n - 1] == ']')))
		return true;
	if (looks_holding(s, n, "***") || looks_holding(s, n, "...") || looks_holding(s, n, "…"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (looks_starting(s, n, starts[i]))
			return true;
	return false;
}

bool looks_null(const char *s, size_t n)
{
	static const char *const words[] = {
		"null", "none", "nil", "true", "false", "undefined", "yes", "off", "str", "string", "int",
		"bytes", "text", "unset", "not set", "required", "optional", "missing", "invalid",
		"expired", "empty", "redacted", "hidden", "masked", "n/a", "unknown", "default", "bearer",
		"basic", "new", "await", "include", "omit",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (looks_equal(s, n, words[i]))
			return true;
	return n == 0;
}

bool looks_stop_word(const char *s, size_t n)
{
	static const char *const words[] = {
		"a", "absent", "access_token", "after", "all", "allowed", "an", "and", "api", "api_key",
		"apikey", "are", "argument", "as", "authentication", "authorization", "basic", "be",
		"bearer", "before", "blank", "but", "by", "bytes", "can", "cannot", "cached", "changed",
		"cleared", "configured", "copied", "created", "default", "deleted", "denied", "digest",
		"disabled", "does", "empty", "enabled", "entered", "env", "environment", "error",
		"exhausted", "expired", "failed", "failure", "false", "file", "flag", "for", "found",
		"from", "generated", "has", "header", "hidden", "if", "in", "incorrect", "input", "instead",
		"int", "integer", "invalid", "invalid_grant", "is", "issued", "key", "keyring", "keys",
		"leaked", "limit", "limited", "loaded", "locked", "login", "lost", "manual", "masked",
		"mismatch", "missing", "must", "new", "nil", "no", "none", "not", "null", "number", "oauth",
		"oauth2", "of", "off", "ok", "old", "on", "only", "option", "optional", "or", "outdated",
		"pass", "passed", "password", "please", "present", "prompt", "provided", "pwd", "read",
		"received", "redacted", "refresh", "refreshed", "refused", "rejected", "removed", "renewed",
		"request", "requested", "required", "reset", "restored", "revoked", "rotate", "rotated",
		"rotation", "saved", "secret", "secrets", "see", "sent", "set", "should", "shown",
		"skipped", "stored", "str", "string", "text", "that", "the", "this", "to", "token",
		"tokens", "true", "type", "unchanged", "undefined", "unknown", "unset", "unsupported",
		"updated", "use", "used", "user", "username", "valid", "value", "verified", "was", "were",
		"when", "will", "with", "wrong", "yes", "you", "your",
	};

	while (n && strchr(".,:;!?)]}", s[n - 1]))
		n--;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (looks_equal(s, n, words[i]))
			return true;
	return n == 0;
}

/* OPENROUTER_API_KEY: what the value is called, not the value. */
static bool is_variable_name(const char *s, size_t n)
{
	static const char *const tails[] = {
		"_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_PASS", "_ENV", "_ID",
	};
	struct mix m = looks_mix(s, n);

	if (m.lower || !is_name(s, n) || memchr(s, ' ', n))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
		if (ends(s, n, tails[i]))
			return true;
	return false;
}

bool looks_reference(const char *s, size_t n)
{
	static const char *const starts[] = {
		"process.env", "os.environ", "os.getenv", "getenv(", "env.", "env[", "self.", "this.",
		"config.", "settings.", "options.", "args.", "params.", "request.", "secrets.", "vars.",
		"datastore[", "lambda", "function", "file://", "vault:", "op://", "keyring:", "ref:",
	};
	size_t i = 0;

	for (size_t k = 0; k < ARRAY_SIZE(starts); k++)
		if (looks_starting(s, n, starts[k]))
			return true;
	/* A cast. */
	if (n > 1 && s[0] == '(' && is_name(s + 1, n - 1 - (s[n - 1] == ')')) && !looks_random(s + 1, n - 1))
		return true;
	while (i < n && (is_alnum(s[i]) || s[i] == '_' || s[i] == '.'))
		i++;
	if (i > 0 && i < n && s[i] == '(' && !is_digit(s[0]) && !looks_random(s, i))
		return true;
	return is_variable_name(s, n);
}

bool looks_path(const char *s, size_t n)
{
	size_t slashes = 0, from = 0;

	if (n < 2 || !(s[0] == '/' || looks_starting(s, n, "~/") || looks_starting(s, n, "./") ||
		       looks_starting(s, n, "../")))
		return false;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && s[i] != '/')
			continue;
		if (i - from >= 20 && looks_random(s + from, i - from))
			return false;
		from = i + 1;
		slashes++;
	}
	return slashes > 1 && !memchr(s, '+', n) && !memchr(s, '=', n);
}

bool looks_number(const char *s, size_t n)
{
	size_t digits = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_digit(s[i]) && !strchr("+-.:,_/TZ ", s[i]))
			return false;
		digits += is_digit(s[i]);
	}
	return digits > 0;
}

static bool is_all_hex(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_hex(s[i]))
			return false;
	return n > 0;
}

/* Does s fit the shape? 'h' is a hex digit, 'd' a decimal one, 's' hex to the end, the rest itself. */
static bool fits(const char *s, size_t n, const char *shape)
{
	size_t i = 0;

	for (; *shape; shape++, i++) {
		if (*shape == 's')
			return i < n && is_all_hex(s + i, n - i);
		if (i >= n)
			return false;
		if (*shape == 'h' ? !is_hex(s[i]) : *shape == 'd' ? !is_digit(s[i]) : s[i] != *shape)
			return false;
	}
	return i == n;
}

bool looks_known_id(const char *s, size_t n)
{
	if (is_all_hex(s, n) && (n <= 16 || n == 40))
		return true;
	if (n > 5 && strncmp(s, "cron_", 5) == 0)
		return fits(s, n, "cron_hhhhhhhhhhhh_dddddddd_dddddd") || fits(s, n, "cron_hhhhhhhhhhhh");
	if (n > 5 && strncmp(s, "proc_", 5) == 0)
		return fits(s, n, "proc_s");
	return fits(s, n, "dddddddd_dddddd_s") || fits(s, n, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh") ||
	       fits(s, n, "dddddddd_dddddd");
}

static bool is_file_or_host(const char *s, size_t n)
{
	static const char *const tails[] = {
		".service", ".timer", ".socket", ".target", ".slice", ".py", ".js", ".ts", ".c", ".h",
		".sh", ".json", ".jsonl", ".yaml", ".yml", ".toml", ".md", ".txt", ".log", ".db", ".lock",
		".conf", ".html", ".css", ".png", ".jpg", ".gif", ".svg", ".zip", ".gz", ".com", ".org",
		".net", ".io", ".dev", ".ai", ".local",
	};

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++)
		if (ends(s, n, tails[i]))
			return true;
	return false;
}

/*
 * Letters in changing case, as in base64 ("wsxYeUGqKGTyUp"), not as in
 * camelCase, where a change begins a word of three letters or more.
 */
static bool is_jumbled(const char *s, size_t n)
{
	size_t changes = 0;

	for (size_t i = 1; i < n; i++)
		changes += is_upper(s[i]) != is_upper(s[i - 1]);
	return n >= 16 && changes * 5 >= n * 2;
}

bool looks_random(const char *s, size_t n)
{
	size_t score = 0, from = 0;

	if (n < 8 || looks_number(s, n) || looks_known_id(s, n) || is_file_or_host(s, n))
		return false;
	for (size_t i = 0; i <= n; i++) {
		struct mix m;

		if (i < n && is_alnum(s[i]))
			continue;
		m = looks_mix(s + from, i - from);
		if ((m.digit && m.lower + m.upper && i - from >= 6) || is_jumbled(s + from, i - from))
			score += i - from;
		from = i + 1;
	}
	return score >= 8;
}
