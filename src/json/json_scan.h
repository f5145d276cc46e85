/*
 * json/json_scan.h -- the strict reading of RFC 8259; inside json/ only.
 */
#ifndef MC_JSON_JSON_SCAN_H
#define MC_JSON_JSON_SCAN_H

#include "base/buf.h"
#include "json/json.h"

#define JSON_TEXT_MAX    (64u << 20)
#define JSON_DEPTH_MAX   32
#define JSON_MEMBERS_MAX 10000   /* in one object */
#define JSON_VALUES_MAX  1000000 /* in one text: a tree of them takes about 100 MB */
#define JSON_NUMBER_LEN  1000    /* characters of one number */

/* Bytes of normal form that one byte of text can become: a control character is written \u00XX. */
#define JSON_GROWTH 6

/*
 * Checks n bytes and writes their normal form to out: no blanks or comments,
 * every character as itself but ", \ and C0, which have one escape each;
 * numbers of at most 40 characters. What it lets pass, cJSON reads as meant,
 * and two names are equal exactly when their normal forms are. False with
 * *err filled where the text is refused; out is then of no use.
 */
bool json_scan(const char *text, size_t n, int flags, struct buf *out, struct json_error *err)
	__attribute__((nonnull));

/* What is left of a text while it is read, and the first thing that was wrong with it. */
struct json_scan {
	const char *start, *p, *end;
	int flags;
	size_t values;
	struct buf *out;
	struct buf names; /* struct member[]: the names of every object that is open, innermost last */
	const char *bad_at, *what;
};

/* Notes what is wrong at a place; gives false, to be returned. */
static inline bool json_scan_fail(struct json_scan *s, const char *at, const char *what)
{
	s->bad_at = at;
	s->what = what;
	return false;
}

/* The next byte; -1 at the end. */
static inline int json_scan_peek(const struct json_scan *s)
{
	return s->p < s->end ? (unsigned char)*s->p : -1;
}

/* Read one string or number that begins at the cursor (json_scalar.c). */
bool json_scan_string(struct json_scan *s);
bool json_scan_number(struct json_scan *s);

#endif
