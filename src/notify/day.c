#include "notify/day.h"

#include "json/json.h"
#include "store/store_alerts.h"

#define SLOT_S 1800

const char *notify_day(struct notify *n, const char *what, struct strip *strip, const char **error)
{
	CLEANUP_JSON cJSON *j = NULL;
	struct watch w = { 0 };
	const char *words;
	struct strip s;

	if (store_watch(n->store, n->now - STRIP_DAY_SLOTS * SLOT_S, n->now + SLOT_S, &w, n->a, error) < 0)
		return NULL;
	s = strip_of_watch(&w, SLOT_S, STRIP_DAY_SLOTS, n->now, n->a);
	j = strip_json(&s, what, n->a);
	if (strip)
		*strip = s;
	words = json_string(j, "summary");
	return words ? arena_strdup(n->a, words) : what;
}
