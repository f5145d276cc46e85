/*
 * cmd/collect.h -- all readings of one instance or of the host, side by side.
 */
#ifndef MC_CMD_COLLECT_H
#define MC_CMD_COLLECT_H

#include <stdbool.h>

#include "config/config.h"
#include "model/report.h"
#include "store/store.h"

struct collector;

/*
 * Gives a collector for an instance, or with NULL for the host. is_fresh: the
 * slow readings are taken in each run too, for a person who waits. End it with
 * collector_free().
 */
struct collector *collector_new(const struct config *c, const struct instance *in, bool is_fresh);

/* What the next run says of the sessions, borrowed until it is over; NULL: read state.db for it. */
void collect_give_sessions(struct collector *c, const struct sessions *given);

/* Which request for a new report the next run answers (report/refresh_request.h); 0: none. */
void collect_give_request(struct collector *c, int64_t asked_at);

/*
 * Takes every reading once; returns within 5 s and a little: PROBE_LIMIT_US
 * but for the walk through the home, which is taken a few times a day. The
 * report is borrowed and holds until the next call with the same collector.
 * What only the past can tell is asked of the ledger (NULL: there is none) and
 * lives in `a`.
 */
const struct instance_report *collect_instance(struct collector *c, struct store *s, struct arena *a);
const struct host_report *collect_host(struct collector *c, struct store *s, struct arena *a);

/* Frees the collector, unless a probe of it has not returned: then it stays as long as the process. */
void collector_free(struct collector *c);

#endif
