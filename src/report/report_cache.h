/*
 * report/report_cache.h -- reports as they were last read, from one request to the next.
 *
 * A report is published by rename every half minute; in between, fifty of
 * them are fifty files that need not be parsed again. What is kept is what was
 * read of a file that still is the same one to the nanosecond; how old it is
 * is judged anew each time.
 */
#ifndef MC_REPORT_REPORT_CACHE_H
#define MC_REPORT_REPORT_CACHE_H

#include "base/arena.h"
#include "config/config.h"
#include "model/snapshot.h"

struct report_cache;

/* An empty one for reports of this configuration, which is borrowed. Free with report_cache_free(); NULL is fine there. */
struct report_cache *report_cache_new(const struct config *c) __attribute__((nonnull, returns_nonnull));
void report_cache_free(struct report_cache *k);

/*
 * snapshot_load() by way of the cache: the same snapshot, whose strings and
 * lists stand until the next call, and must not be changed.
 */
struct snapshot *report_cache_load(struct report_cache *k, int64_t now, struct arena *a) __attribute__((nonnull));

#endif
