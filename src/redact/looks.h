/*
 * redact/looks.h -- what a piece of text looks like. Pure questions about n bytes.
 */
#ifndef MC_REDACT_LOOKS_H
#define MC_REDACT_LOOKS_H

#include <stdbool.h>
#include <stddef.h>

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool is_alpha(char c)
{
	return is_lower(c) || is_upper(c);
}

static inline bool is_alnum(char c)
{
	return is_alpha(c) || is_digit(c);
}

static inline bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* How many characters of each kind. */
struct mix {
	size_t lower, upper, digit, other;
};
struct mix looks_mix(const char *s, size_t n);

/* Case does not count. */
bool looks_equal(const char *s, size_t n, const char *word);
bool looks_starting(const char *s, size_t n, const char *word);
bool looks_holding(const char *s, size_t n, const char *word);

/* "<password>", "${TOKEN}", "%s", "xxxxxxxx", "***", "hunter...17": nobody's secret, or already hidden. */
bool looks_placeholder(const char *s, size_t n);

/* What stands for "no value" in code and settings: "null", "required". */
bool looks_null(const char *s, size_t n);

/* A word people write where a value would stand: "required", "null", "expired". */
bool looks_stop_word(const char *s, size_t n);

/* Code or the name of a variable: "os.environ[...]", "getPassword()", "OPENROUTER_API_KEY". */
bool looks_reference(const char *s, size_t n);

/* "/run/secrets/x", "~/.ssh/id_ed25519". */
bool looks_path(const char *s, size_t n);

/* Digits and what stands between digits in numbers, dates, times and versions. */
bool looks_number(const char *s, size_t n);

/* Ids that are printed everywhere and open nothing: git, session, run, job and process ids, UUIDs. */
bool looks_known_id(const char *s, size_t n);

/* Drawn at random: letters and digits mixed beyond what names, versions and file names do. */
bool looks_random(const char *s, size_t n);

#endif
