/*
 * view/alerts_view.h -- the Alerts pane: one feed of what needs someone, and of what did.
 */
#ifndef MC_VIEW_ALERTS_VIEW_H
#define MC_VIEW_ALERTS_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "model/ledger.h"
#include "model/loops.h"
#include "model/snapshot.h"
#include "view/judge.h"

#define ALERTS_PAGE     30
#define ALERTS_PAGE_MAX 200

/* The query's parameters as they came; NULL = absent. */
struct alerts_asked {
	const char *show;
	const char *severity;
	const char *q;
	const char *cursor;
	const char *limit;
};

struct alerts_filter {
	const char *show;             /* all, open, acknowledged, snoozed, silenced, closed */
	const char *severity;         /* all, critical, warning, unknown */
	const char *words;            /* in the title; NULL = any */
	struct list_cursor after;     /* of the closed ones; its kind means nothing */
	bool has_cursor;
	size_t limit;
	struct alerts_asked asked;
};

/* Fills *out. NULL, or one line for a person: which parameter is wrong, and what there is. */
const char *alerts_filter_parse(const struct alerts_asked *asked, struct arena *a, struct alerts_filter *out);

/* Whether an alert that is over belongs into the list. */
bool alerts_filter_has(const struct alerts_filter *f, const struct store_alert *x);

/*
 * What a form that answers an alert says of what the person saw: when the page
 * was made, how bad it was, and what had been answered. In `a`.
 */
const char *alert_seen(const struct judgement *j, int64_t now, struct arena *a);

/* Whether the alert, j now, is still the one that was seen so. */
bool alert_is_as_seen(const struct judgement *j, const struct answerable *alert, const char *seen, struct arena *a);

/* "cron.*" of "cron.tender-watch"; NULL: the reading has no family. In `a`. */
const char *alert_family(const char *reading, struct arena *a);

/* What one ledger gave. */
struct alerts_ledger {
	const char *id;               /* an instance's, or "host" */
	const char *reason;           /* NULL = it was read */
	const struct store_alert *open; /* what it holds to be open */
	size_t n_open;
	const struct alert_told *told; /* what was said of each of them; NULL = it was not looked at */
	const struct store_pending *pending; /* what it has seen too seldom yet */
	size_t n_pending;
	bool is_cut;                  /* older ones that are over were not looked through */
};

struct alerts_closed {
	const char *id;               /* whose */
	struct store_alert alert;
	struct alert_told told;
};

struct alerts_input {
	struct alerts_ledger *ledgers;
	size_t n_ledgers;
	struct alerts_closed *closed; /* the last opened first: a page of all */
	size_t n_closed;
	bool has_more;
	const char *zone;             /* in which "tomorrow at 8:00" is meant; NULL = UTC */
};

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/alerts prints and
 * templates/alerts.html shows. What is open is judged now; since when it is so
 * says the ledger.
 */
cJSON *alerts_view(const struct snapshot *s, const char *choice, const struct alerts_filter *f, const struct alerts_input *in,
		   struct arena *a);

#endif
