/*
 * report/shape.h -- the one description of how a model looks as JSON.
 *
 * A shape lists a struct's fields; writing, reading and checking a report all
 * follow it, so they cannot disagree. Adding a fact to a report is adding a
 * line to report/shapes.c.
 */
#ifndef MC_REPORT_SHAPE_H
#define MC_REPORT_SHAPE_H

#include <stddef.h>

#include "base/arena.h"
#include "json/json.h"
#include "model/instance.h"
#include "redact/redact.h"

enum field_kind {
	FIELD_TEXT,        /* const char *; null = not known */
	FIELD_COUNT,       /* int64_t; null = COUNT_UNKNOWN */
	FIELD_TIME,        /* int64_t epoch seconds as RFC 3339; null = 0, not known */
	FIELD_DURATION_US, /* int64_t microseconds as seconds */
	FIELD_NUMBER,      /* double */
	FIELD_MICROUSD,    /* int64_t millionths of a dollar as dollars; null = COUNT_UNKNOWN */
	FIELD_TRISTATE,    /* enum tristate as true, false, null */
	FIELD_ENUM,        /* an enum as one of `words`; unknown words read as the first */
	FIELD_OBJECT,      /* a struct at offset, as an object of its own */
	FIELD_EMBED,       /* a struct at offset whose fields stand among the parent's */
	FIELD_LIST,        /* pointer to structs at offset, size_t at count_offset, at most max */
	FIELD_TEXTS,       /* the same of const char *: a list of names */
};

struct shape;

struct field {
	const char *name;
	enum field_kind kind;
	size_t offset;
	size_t count_offset;
	size_t max;                 /* list: entries; text: characters (0 = 500) */
	enum publish content;       /* text: the least that must be allowed; below it the text is left out */
	const char *const *words;   /* enum: NULL-terminated */
	const struct shape *shape;  /* object, embed, list */
};

struct shape {
	size_t size;
	const struct field *fields;
	size_t n_fields;
};

/*
 * Gives the struct as a JSON object. Texts that want more than `publish`
 * allows are null; every other one passes the redactor, whose results go to
 * `a`. A NULL redactor is for what has passed one already.
 */
cJSON *shape_write(const struct shape *s, const void *from, enum publish publish, struct redactor *r,
		   struct arena *a);

/*
 * Fills *to, which is zeroed, from an object that is not trusted: absent
 * members are "not known", unknown ones are ignored, texts are cleaned and
 * cut. False with one line in *error at the first member of a wrong type or a
 * list over its limit. Everything lives in `a`.
 */
bool shape_read(const struct shape *s, const cJSON *from, void *to, struct arena *a, const char **error);

#endif
