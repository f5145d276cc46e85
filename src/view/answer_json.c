/*
 * What an admin has said of an alert, in words.
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/parts_json.h"

const char *answer_said(const struct answer *x, int64_t now, struct arena *a)
{
	const char *who = arena_printf(a, "%s by %s", human_ago(a, x->at, now), x->by);

	return x->reason ? arena_printf(a, "%s: “%s”", who, x->reason) : who;
}

/* How long it holds, and what else ends it. */
static const char *ends(const struct answer *x, struct arena *a)
{
	const char *until = arena_printf(a, "%.16s UTC", human_instant(a, x->until));

	switch (x->kind) {
	case ANSWER_ACKNOWLEDGE:
		return arena_printf(a, "Ends when it is over or gets worse, at the latest %s.", until);
	case ANSWER_SNOOZE:
		return arena_printf(a, "Until %s, or until it is over or gets worse.", until);
	default:
		return arena_printf(a, "By the silence of %s, until %s.", x->reading, until);
	}
}

void add_answer(cJSON *o, const struct answer *x, int64_t now, struct arena *a)
{
	static const char *const kinds[] = { "", "acknowledge", "snooze", "silence" };

	json_add_string(o, "id", x->id);
	json_add_string(o, "kind", kinds[x->kind]);
	json_add_string(o, "instanceId", x->instance_id);
	add_text(o, "by", x->by, 128, a);
	add_text(o, "reason", x->reason, ANSWER_REASON_MAX, a);
	add_time(o, "answered", x->at, now, a);
	add_time(o, "until", x->until, now, a);
	cJSON_ReplaceItemInObjectCaseSensitive(o, "untilText", cJSON_CreateString(human_until(a, x->until, now)));
}

cJSON *answer_json(const struct answer *x, int64_t now, struct arena *a)
{
	static const char *const words[] = { "", "Acknowledged", "Snoozed", "Silenced" };
	cJSON *o;

	if (!x)
		return NULL;
	o = cJSON_CreateObject();
	add_answer(o, x, now, a);
	add_text(o, "text", arena_printf(a, "%s %s. %s", words[x->kind], answer_said(x, now, a), ends(x, a)), 600, a);
	return o;
}
