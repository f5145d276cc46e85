/*
 * base/zone.h -- time zones by name, and the days of one.
 *
 * Names are those of /usr/share/zoneinfo ("Asia/Kolkata"); "UTC" is known
 * even where that folder is missing. A day of a zone begins when its date
 * does, so that it may have 23 or 25 hours, or begin at one o'clock.
 */
#ifndef MC_BASE_ZONE_H
#define MC_BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define ZONE_NAME_MAX 64

/*
 * Whether there is a zone of exactly that name. Only letters, digits, "_",
 * "+", "-" and single slashes ever reach the file system, so that no name
 * leads out of the folder; neither the copies that count leap seconds
 * ("right/") nor "localtime" are zones.
 */
bool zone_is_known(const char *name);

/* The name of this machine's zone, by $TZ or /etc/localtime; "UTC" where it has none that is known. In `a`. */
const char *zone_local(struct arena *a) __attribute__((nonnull, returns_nonnull));

struct zone_day {
	int64_t from_s;         /* when it begins */
	int64_t to_s;           /* when the next one does */
	int year, month, day;   /* 2026, 11, 24 */
	int weekday;            /* 0 = Sunday */
};

/*
 * The n days up to and with the one that holds now, oldest first, of a zone
 * that is known; each begins where the one before it ends. Not for several
 * threads: the zone of the process is changed meanwhile, and put back.
 */
void zone_days(const char *name, int64_t now, size_t n, struct zone_day *out) __attribute__((nonnull));

/* Seconds east of UTC in that zone at the time t_s. In the same way. */
int64_t zone_offset_s(const char *name, int64_t t_s) __attribute__((nonnull));

#endif
