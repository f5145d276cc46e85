/*
 * view/alerts_parts.h -- the pieces of the Alerts pane; for alerts_*.c.
 */
#ifndef MC_VIEW_ALERTS_PARTS_H
#define MC_VIEW_ALERTS_PARTS_H

#include "view/alerts_view.h"
#include "view/verdict.h"

struct feed {
	const struct snapshot *s;
	const char *choice;
	const struct alerts_filter *f;
	const struct alerts_input *in;
	const struct verdict *v;
	struct arena *a;
};

/* "Bheem"; "Host". */
const char *alerts_label(const struct feed *p, const char *id);

/* Whether a list of the page is wanted: "open", "acknowledged", ... */
bool alerts_shows(const struct feed *p, const char *list);

/* What the ledger holds of a reading, open or on its way to it; NULL where it holds nothing, or tells nothing. */
const struct store_alert *alerts_booked(const struct feed *p, const char *id, const char *reading);
const struct store_pending *alerts_pending(const struct feed *p, const char *id, const char *reading);

/* The same in sentences, each with a space before it; "" where there is nothing to add. Either may be NULL. */
const char *alerts_open_text(const struct feed *p, const struct store_alert *x, const struct store_pending *pending);
const char *alerts_closed_text(const struct feed *p, const struct store_alert *x);

/* What was said of an alert that the ledger holds to be open; NULL where that is not known. */
const struct alert_told *alerts_told_of(const struct feed *p, const char *id, const struct store_alert *booked);

/* Adds "told": how many messages, the last one, and where they are; null where none was made, or it is not known. */
void alerts_add_told(cJSON *o, const struct feed *p, const char *id, int64_t alert, const struct alert_told *told);

/* Adds "tellingText" and "notificationsHref": when somebody was last told of anything, by the reports. */
void alerts_add_telling(cJSON *model, const struct feed *p);

/* Adds "reopened", "changes", "isUnsteady", "readingsMissed"; x may be NULL. */
void alerts_add_course(cJSON *o, const struct store_alert *x);

/* Adds "open" and what belongs to it, and "answered": a group for each kind. */
void alerts_add_open(cJSON *model, const struct feed *p);

/* Adds "silences": the rules themselves, with what is wrong with them; and what the forms offer. */
void alerts_add_silences(cJSON *model, const struct feed *p);
void alerts_add_choices(cJSON *model, const struct feed *p);

#endif
