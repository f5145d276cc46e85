/*
 * json/json.h -- JSON from outside, read strictly; cJSON made safe to use.
 *
 * cJSON accepts a good deal that RFC 8259 does not, looks names up without
 * case and stops at NUL. Everything that was not made by this program goes
 * through json_parse() first.
 */
#ifndef MC_JSON_JSON_H
#define MC_JSON_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cleanup.h"

static inline void json_freep(cJSON **j)
{
	cJSON_Delete(*j);
	*j = NULL;
}
#define CLEANUP_JSON CLEANUP(json_freep)

enum json_flags {
	JSON_STRICT = 0,
	JSON_COMMENTS = 1,         /* C and C++ comments are blanks (the configuration file) */
	JSON_RAW_CONTROLS = 2,     /* control bytes inside strings pass, as Python's strict=False (jobs.json) */
	JSON_REPLACE_BAD_UTF8 = 4, /* broken UTF-8 and lone surrogates become U+FFFD instead of an error */
	JSON_PYTHON_NUMBERS = 8,   /* NaN, Infinity, -Infinity are read as null: Python writes them */
};

struct json_error {
	size_t line;       /* counted from 1 */
	const char *what;  /* static text: "a comma is missing", ... */
};

/*
 * Parses n bytes, whole: one value and blanks, at most 32 deep, no member
 * twice in one object, no NUL (raw or \u0000), valid UTF-8, numbers finite;
 * at most 10,000 members an object and a million values. Gives a tree
 * (cJSON_Delete) or NULL with *err (may be NULL) filled. n is the caller's
 * limit to keep; 64 MiB is the most that is taken.
 */
cJSON *json_parse(const char *text, size_t n, int flags, struct json_error *err)
	__attribute__((nonnull(1)));

/* Members by exact name; NULL when absent, null, or of another type. Strings are borrowed from the tree. */
const cJSON *json_get(const cJSON *object, const char *name);
const cJSON *json_object(const cJSON *object, const char *name);
const cJSON *json_array(const cJSON *object, const char *name);
const char *json_string(const cJSON *object, const char *name);

/* An integer within ±2^53; false, *out untouched, otherwise. */
bool json_i64(const cJSON *object, const char *name, int64_t *out);
bool json_double(const cJSON *object, const char *name, double *out);
bool json_bool(const cJSON *object, const char *name, bool *out);

/*
 * Adds to an object; a NULL string and a number that is not finite add null.
 * A member is not looked for first: add a name once. Names must outlive the
 * tree (they are not copied). Out of memory ends the process: call json_init() once.
 */
void json_add_string(cJSON *object, const char *name, const char *value);
void json_add_i64(cJSON *object, const char *name, int64_t value);
void json_add_double(cJSON *object, const char *name, double value);
void json_add_bool(cJSON *object, const char *name, bool value);
void json_add_null(cJSON *object, const char *name);
cJSON *json_add_object(cJSON *object, const char *name);
cJSON *json_add_array(cJSON *object, const char *name);
/* Takes item; NULL adds null. */
void json_add(cJSON *object, const char *name, cJSON *item);
void json_append(cJSON *array, cJSON *item);

/* Makes cJSON's allocations end the process instead of failing half-way. */
void json_init(void);

/*
 * Prints without blanks; gives a malloc-ed string (free). Always valid JSON
 * that json_parse() takes: integers in full, broken UTF-8 as U+FFFD; '<' is
 * escaped, so that no text can end a <script>.
 */
char *json_print(const cJSON *j) __attribute__((nonnull, returns_nonnull));

#define JSON_NUMBER_TEXT 40

/* Writes v as JSON does, in as few digits as read back the same, integers below 10^21 in full; gives out. */
const char *json_number_text(double v, char out[JSON_NUMBER_TEXT]);

#endif
