/*
 * view/audit_view.h -- the Audit page: who changed what, when, and how it ended.
 */
#ifndef MC_VIEW_AUDIT_VIEW_H
#define MC_VIEW_AUDIT_VIEW_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/audit.h"
#include "model/snapshot.h"

#define AUDIT_PAGE     50
#define AUDIT_PAGE_MAX 200

/* The query's parameters as they came; NULL = absent. */
struct audit_asked {
	const char *action;
	const char *by;
	const char *cursor;
	const char *limit;
};

/* Fills *out but for its instance. NULL, or one line for a person: which parameter is wrong, and what there is. */
const char *audit_query_parse(const struct audit_asked *asked, struct arena *a, struct audit_query *out);

/*
 * Builds the page's model (cJSON_Delete): what /api/hermes/audit prints and
 * templates/audit.html shows. choice is an instance id, NULL = all.
 */
cJSON *audit_view(const struct snapshot *s, const char *choice, const struct audit_asked *asked, const struct audit_page *page,
		  struct arena *a);

#endif
