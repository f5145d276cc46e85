#include "view/parts_json.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "view/attention.h"
#include "view/human.h"
#include "view/links.h"
#include "view/runbook.h"

/* What is shown of one text, whatever an instance sends. */
#define LINE_CHARS  400
#define SHORT_CHARS 120 /* of a detail in a row among very many, which has no evidence either */

void add_text(cJSON *object, const char *name, const char *text, size_t max, struct arena *a)
{
	json_add_string(object, name, text ? str_clean(a, text, strlen(text), max) : NULL);
}

void add_time_as(cJSON *object, const char *at, const char *text, const char *exact, int64_t t, int64_t now,
		 struct arena *a)
{
	char stamp[CLOCK_TEXT_MAX] = "";

	if (t)
		clock_rfc3339(t, stamp);
	json_add_string(object, at, *stamp ? stamp : NULL);
	json_add_string(object, text, human_ago(a, t, now));
	json_add_string(object, exact, human_instant(a, t));
}

static cJSON *evidence_json(const struct judgement *j, int64_t now, struct arena *a)
{
	const struct evidence *e = &j->evidence;
	cJSON *o = cJSON_CreateObject();

	add_text(o, "read", e->read, LINE_CHARS, a);
	add_time(o, "taken", e->taken_at, now, a);
	if (e->took_us > 0)
		json_add_double(o, "took", (double)e->took_us / 1000000);
	else
		json_add_null(o, "took");
	json_add_string(o, "tookText", e->took_us > 0 ? human_took(a, e->took_us) : NULL);
	add_text(o, "value", e->value, LINE_CHARS, a);
	json_add_string(o, "rule", j->rule);
	json_add_string(o, "clearsWhen", j->clears_when);
	json_add_string(o, "clearsLabel", status_needs_attention(j->status) ? "Clears when" : "Changes when");
	return o;
}

/* What systemd does with a unit at boot: null for what is no unit, and where that cannot be told. */
static void add_boot(cJSON *o, const struct judgement *j)
{
	json_add_string(o, "bootText", j->boot);
	if (j->starts_at_boot == TRI_UNKNOWN)
		json_add_null(o, "startsAtBoot");
	else
		json_add_bool(o, "startsAtBoot", j->starts_at_boot == TRI_YES);
}

cJSON *reading_json(const struct judgement *j, const char *instance_id, bool with_evidence, int64_t now,
		    struct arena *a)
{
	cJSON *o = cJSON_CreateObject();

	add_text(o, "id", j->id, LINE_CHARS, a);
	json_add_string(o, "instanceId", instance_id);
	json_add_string(o, "group", j->group);
	add_text(o, "label", j->label, LINE_CHARS, a);
	json_add_string(o, "status", status_name(j->status));
	add_text(o, "word", j->word, LINE_CHARS, a);
	add_text(o, "detail", j->detail, with_evidence ? LINE_CHARS : SHORT_CHARS, a);
	json_add_string(o, "severity", status_severity(j->status));
	add_boot(o, j);
	json_add_string(o, "cause", j->cause);
	json_add_string(o, "anchor", link_anchor(a, instance_id, j->id));
	json_add_string(o, "runbookHref", runbook_href(instance_id, j->id, a));
	json_add(o, "evidence", with_evidence ? evidence_json(j, now, a) : NULL);
	return o;
}

static cJSON *attention_json(const struct attention *t, int64_t now, struct arena *a)
{
	const struct judgement *j = t->judgement;
	cJSON *o = cJSON_CreateObject();

	add_text(o, "id", arena_printf(a, "%s/%s", attention_instance(t), j->id), LINE_CHARS, a);
	json_add_string(o, "instanceId", attention_instance(t));
	json_add(o, "ref", ref_json(t->part->snapshot ? t->part->snapshot->instance : NULL, a));
	json_add_string(o, "instanceLabel", t->part->snapshot ? t->part->name : "Host");
	json_add_string(o, "reading", j->id);
	json_add_string(o, "status", status_name(j->status));
	json_add_string(o, "severity", status_severity(j->status));
	json_add_string(o, "word", status_severity(j->status));
	add_text(o, "title", j->title, LINE_CHARS, a);
	add_text(o, "why", j->why, LINE_CHARS * 2, a);
	json_add_string(o, "href", link_reading(a, attention_instance(t), j->id));
	json_add_string(o, "runbookHref", runbook_href(attention_instance(t), j->id, a));
	json_add(o, "answer", answer_json(j->answer, now, a));
	return o;
}

void add_attention(cJSON *model, const struct verdict *v, int64_t now, struct arena *a)
{
	size_t n;
	const struct attention *all = attention_of(v, &n, a);
	cJSON *list = json_add_array(model, "attention");

	for (size_t i = 0; i < n && i < ATTENTION_MAX; i++)
		json_append(list, attention_json(&all[i], now, a));
	json_add_bool(model, "hasAttention", n > 0);
	json_add_string(
		model, "attentionMore",
		n > ATTENTION_MAX
			? arena_printf(a,
				       "And %s more, less bad than these. Choose an instance to see its own.",
				       human_count(a, (int64_t)(n - ATTENTION_MAX)))
			: NULL);
}
