/*
 * view/human.h -- numbers and times in the words of a person.
 *
 * Pure functions. Results live in the arena. What is not known (times 0,
 * counts and durations below 0) is said to be so and never becomes a zero.
 */
#ifndef MC_VIEW_HUMAN_H
#define MC_VIEW_HUMAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A duration in seconds by its two largest units: "3 d 4 h", "9 h 12 m", "2 m 10 s", "41 s". */
char *human_duration(struct arena *a, int64_t s);

/* An age or a wait in seconds by one unit: "12 s", "8 min", "31 h", "18 d". */
char *human_span(struct arena *a, int64_t s);

/* "12 s ago", "just now"; a time more than a few seconds ahead is "in the future"; 0 is "never". */
char *human_ago(struct arena *a, int64_t t, int64_t now);

/* "in 4 h"; "due" for a time that has come; 0 is "not planned". */
char *human_until(struct arena *a, int64_t t, int64_t now);

/* How long something took, in microseconds: "0.4 ms", "31 ms", "2 s". */
char *human_took(struct arena *a, int64_t us);

/* "2026-11-24 14:02:09 UTC"; "" for 0. */
char *human_instant(struct arena *a, int64_t t);

/* "14:02" of a time in a zone that lies offset_s east of UTC then; "" for 0. */
char *human_time_of_day(struct arena *a, int64_t t, int64_t offset_s);

/* A day of a calendar: "Tue 24 Nov", and the last two alone, "24 Nov". weekday: 0 = Sunday. */
char *human_day(struct arena *a, int weekday, int day, int month);
char *human_date(struct arena *a, int day, int month);
const char *human_weekday(int weekday);

/* "Asia/Kolkata (UTC+05:30)" of a zone's name and where it lies now, in seconds east of UTC; "UTC". */
const char *human_zone(struct arena *a, const char *zone, int64_t offset_s);

/* Binary units, two or three digits: "512 B", "1.2 GiB", "212 MiB". */
char *human_bytes(struct arena *a, int64_t bytes);

/* Micro-dollars: "$1.84", "$0.00" for nothing, "under $0.01" for next to nothing. */
char *human_usd(struct arena *a, int64_t microusd);

/* Thousands apart by a narrow no-break space (U+202F): "6 321". */
char *human_count(struct arena *a, int64_t n);

/* "one" to "ten" in words, above that in figures; "no" for 0. */
const char *human_number(struct arena *a, int64_t n);

/* The same with a capital, to begin a sentence. */
const char *human_number_cap(struct arena *a, int64_t n);

/* "one reading", "two readings": number and noun, plural by an s. */
char *human_plural(struct arena *a, int64_t n, const char *noun);

/* "a", "a and b", "a, b and c". */
char *human_list(struct arena *a, const char *const *items, size_t n);

/* s with its first letter (ASCII) as a capital. */
char *human_cap(struct arena *a, const char *s);

#endif
