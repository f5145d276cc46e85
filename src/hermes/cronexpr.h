/*
 * hermes/cronexpr.h -- when a cron expression fires.
 *
 * Five fields: minute, hour, day of month, month, day of week. As Hermes reads
 * them (cron/jobs.py:parse_schedule takes fields of digits and "*-,/" and hands
 * them to croniter), plus the names of months and days and "?", which croniter
 * takes from a file that was edited by hand. "a/n" counts from a to the end of
 * the field, a range may run over the end ("22-2"), 7 is Sunday. When both day
 * fields are restricted, either of them is enough.
 */
#ifndef MC_HERMES_CRONEXPR_H
#define MC_HERMES_CRONEXPR_H

#include <stdbool.h>
#include <stdint.h>

/* One bit a value: minutes 0-59, hours 0-23, days 1-31, months 1-12, weekdays 0-6 from Sunday. */
struct cronexpr {
	uint64_t minutes;
	uint64_t hours;
	uint64_t days;
	uint64_t months;
	uint64_t weekdays;
};

#define CRONEXPR_ALL_MINUTES  UINT64_C(0xFFFFFFFFFFFFFFF)
#define CRONEXPR_ALL_HOURS    UINT64_C(0xFFFFFF)
#define CRONEXPR_ALL_DAYS     UINT64_C(0xFFFFFFFE)
#define CRONEXPR_ALL_MONTHS   UINT64_C(0x1FFE)
#define CRONEXPR_ALL_WEEKDAYS UINT64_C(0x7F)

/* False, *out untouched, for anything else: seconds, "L", "#", "@daily", a value out of range. */
bool cronexpr_parse(const char *text, struct cronexpr *out);

/*
 * The first time it fires after after_s, both epoch seconds, on a clock that
 * is offset_s east of UTC all year (no daylight saving). False when it does
 * not within nine years: 30 February; 29 February needs eight around 2100.
 */
bool cronexpr_next(const struct cronexpr *c, int64_t after_s, int64_t offset_s, int64_t *out);

/* The same backwards: the last time it fired at or before at_s, within nine years, from 1970 on. */
bool cronexpr_last(const struct cronexpr *c, int64_t at_s, int64_t offset_s, int64_t *out);

/* Seconds between the next two times after after_s; 0 when there are none. */
int64_t cronexpr_period_s(const struct cronexpr *c, int64_t after_s, int64_t offset_s);

#endif
