/*
 * view/overview_past.h -- what the overview shows of what has been: strips, trends, and what is new since the last look.
 */
#ifndef MC_VIEW_OVERVIEW_PAST_H
#define MC_VIEW_OVERVIEW_PAST_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/history.h"
#include "model/ledger.h"
#include "view/verdict.h"

#define TREND_DAYS 14

/* What one instance's ledger says; a ledger that could not be read has its reason, and nothing else counts. */
struct overview_ledger {
	const char *reason;           /* NULL = it was read */
	struct watch watch;           /* of the last day and a little more */
	const struct history *trend;  /* TREND_DAYS days */
	const struct history *since;  /* one "day": from the last look until now; NULL = there was none */
	struct alert_page alerts;     /* opened or closed since the last look */
	struct store_version *versions; /* the newest first */
	size_t n_versions;
};

struct overview_past {
	const struct overview_ledger *ledgers; /* one for each of the snapshot's instances; those not chosen are not looked at */
	const struct overview_ledger *host; /* this machine's, of all instances together; NULL = not among what is chosen */
	int64_t looked_at;            /* when this person looked before; 0 = not known */
};

/* Adds "strip" and "uptimeText" to an instance's card; null where its ledger could not be read. */
void add_strip(cJSON *card, const struct overview_ledger *l, int64_t now, struct arena *a);

/* Adds "trends" and "changes" for the instances that the verdict covers; past may be NULL. */
void add_past(cJSON *model, const struct snapshot *s, const struct verdict *v, const struct overview_past *past,
	      struct arena *a);

#endif
