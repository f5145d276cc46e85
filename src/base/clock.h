/*
 * base/clock.h -- what time it is, and times as text.
 *
 * Wall-clock times are int64_t seconds since the epoch, UTC; 0 means "not
 * known". Durations that are measured use the monotonic clock, microseconds.
 */
#ifndef MC_BASE_CLOCK_H
#define MC_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_TEXT_MAX sizeof("2026-11-24T05:22:00Z")

int64_t clock_now_s(void);
int64_t clock_mono_us(void);

/* Writes "2026-11-24T05:22:00Z"; an empty string for a year outside 1..9999. */
void clock_rfc3339(int64_t t_s, char out[CLOCK_TEXT_MAX]);

/*
 * Reads an ISO 8601 date and time with optional fraction: "Z", "+05:30" or
 * nothing after it. A stamp without zone is local_offset_s east of UTC, as
 * Hermes's naive stamps are. False, with *out untouched, for anything else.
 */
bool clock_parse_iso(const char *s, int64_t local_offset_s, int64_t *out);

/* Seconds east of UTC in this process's zone at the time t_s. */
int64_t clock_local_offset_s(int64_t t_s);

/* The last midnight before t_s, by this process's zone. */
int64_t clock_midnight_s(int64_t t_s);

#endif
