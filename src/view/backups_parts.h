/*
 * view/backups_parts.h -- the pieces of the Backups page; for backups_*.c.
 */
#ifndef MC_VIEW_BACKUPS_PARTS_H
#define MC_VIEW_BACKUPS_PARTS_H

#include "view/backups_view.h"
#include "view/verdict.h"

struct backups {
	const struct snapshot *s;
	const struct backups_question *q;
	const struct verdict *v;
	struct arena *a;
};

/* Adds "strip": a cell a day, with what ran, what it pushed, or why not. */
void backups_add_strip(cJSON *card, const struct backups *p, const struct verdict_part *part, const struct backups_source *x);

/* Adds "drill", the last one with its receipt, "drillEmpty" where there was none, and "drills", those before it. */
void backups_add_drill(cJSON *card, const struct backups *p, const struct verdict_part *part, const struct backups_source *x);

/* {…} of a receipt's text; NULL with *why where it cannot be shown. */
cJSON *backups_receipt(const char *text, const char **why, int64_t now, struct arena *a);

/* Adds "parity": what each instance has of the loops, beside each other. */
void backups_add_parity(cJSON *model, const struct backups *p);

#endif
