/*
 * base/tzif.h -- how far a time zone is from UTC, at any time.
 *
 * Reads the machine's compiled zones (TZif, RFC 8536). Unlike localtime() it
 * can ask for a zone that is not the process's own, and from any thread.
 */
#ifndef MC_BASE_TZIF_H
#define MC_BASE_TZIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct tzif {
	int64_t first_s;            /* seconds east of UTC before the first change */
	const int64_t *changes;     /* when the offset changed, ascending, epoch seconds */
	const int64_t *offsets;     /* to what */
	size_t n;
};

/*
 * Loads "Europe/Berlin", or with NULL the machine's own zone, into `a`. False,
 * *out untouched, for a name that is none, a file that cannot be read, and one
 * whose changes stop before until_s while its rule goes on.
 */
bool tzif_load(const char *name, int64_t until_s, struct tzif *out, struct arena *a) __attribute__((nonnull(3, 4)));

/* The same from the bytes of such a file. */
bool tzif_parse(const char *data, size_t len, int64_t until_s, struct tzif *out, struct arena *a)
	__attribute__((nonnull));

/* Seconds east of UTC at a time of UTC. */
int64_t tzif_offset_s(const struct tzif *z, int64_t t_s) __attribute__((nonnull));

/*
 * The time of UTC at which the zone's clocks show wall_s (seconds since 1970
 * as those clocks count them): the first of two, and of a time that is left
 * out the one that was meant before the clocks went on.
 */
int64_t tzif_to_utc(const struct tzif *z, int64_t wall_s) __attribute__((nonnull));

#endif
