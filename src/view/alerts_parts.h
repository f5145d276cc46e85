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

/* Adds "open" and what belongs to it, and "answered": a group for each kind. */
void alerts_add_open(cJSON *model, const struct feed *p);

/* Adds "silences": the rules themselves, with what is wrong with them; and what the forms offer. */
void alerts_add_silences(cJSON *model, const struct feed *p);
void alerts_add_choices(cJSON *model, const struct feed *p);

#endif
