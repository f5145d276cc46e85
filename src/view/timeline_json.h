/*
 * view/timeline_json.h -- what was said and done in a session, in its order.
 */
#ifndef MC_VIEW_TIMELINE_JSON_H
#define MC_VIEW_TIMELINE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "model/sessions.h"
#include "model/timeline.h"

struct timeline_facts {
	const char *instance_id;
	const struct session *session;      /* whose it is */
	const struct timeline_page *page;   /* NULL = not known */
	const char *trouble;                /* why it is not known; may be NULL */
	const char *href;                   /* of the page that shows it, without a query; NULL = no links to other pages */
	int64_t after;                      /* as was asked for */
	int publish;                        /* enum publish of the instance, -1 = not known */
};

/*
 * Adds "timeline": entries (a message, a call of a tool with its result, or
 * the messages left out), whatever stands in their place, and the ways to the
 * pages before and after. Calls of one tool in a row that have nothing to tell
 * but times and sizes are one entry.
 */
void add_timeline(cJSON *model, const struct timeline_facts *f, struct arena *a);

#endif
