/*
 * The silences as rules, with what is wrong with them; and what the forms offer.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/alerts_parts.h"
#include "view/human.h"
#include "view/parts_json.h"

#define SILENCES_MAX 200

/* ---- silences ---- */

struct held {
	size_t all;
	size_t critical;
};

static void count_held(const struct verdict_part *part, const struct answer *x, struct held *out)
{
	for (size_t i = 0; i < part->n; i++) {
		const struct judgement *j = &part->judgements[i];

		if (!j->title || !answer_rule_has(x->reading, j->id))
			continue;
		out->all++;
		out->critical += j->status == STATUS_CRITICAL;
	}
}

static struct held held_by(const struct feed *p, const struct answer *x)
{
	struct held h = { 0, 0 };
	bool everywhere = str_eq(x->instance_id, ANSWER_FOR_ALL);

	for (size_t i = 0; i < p->v->n_parts; i++)
		if (everywhere || str_eq(x->instance_id, p->v->parts[i].snapshot->instance->id))
			count_held(&p->v->parts[i], x, &h);
	if (p->v->host && (everywhere || str_eq(x->instance_id, "host")))
		count_held(p->v->host, x, &h);
	return h;
}

/* A silence is not forgotten: one that hides a critical alert, or is old, is a warning itself. */
static cJSON *silence_json(const struct feed *p, const struct answer *x)
{
	struct held h = held_by(p, x);
	bool is_old = p->s->now - x->at > SILENCE_OLD_S, warns = h.critical || is_old;
	const char *wrong = h.critical ? "It holds back something critical. " : is_old ? "It is older than 30 days. " : "";
	cJSON *o = cJSON_CreateObject();

	add_answer(o, x, p->s->now, p->a);
	json_add_string(o, "instanceLabel", str_eq(x->instance_id, ANSWER_FOR_ALL) ? "All" : alerts_label(p, x->instance_id));
	json_add_string(o, "status", status_name(warns ? STATUS_WARN : STATUS_OFF));
	json_add_string(o, "word", warns ? "warning" : "silence");
	add_text(o, "rule", x->reading, ANSWER_RULE_MAX, p->a);
	json_add_i64(o, "holds", (int64_t)h.all);
	add_text(o, "text",
		 arena_printf(p->a, "%sSilenced %s. Holds %s back now. Until %.16s UTC.", wrong, answer_said(x, p->s->now, p->a),
			      h.all ? human_plural(p->a, (int64_t)h.all, "alert") : "nothing", human_instant(p->a, x->until)),
		 600, p->a);
	return o;
}

static void add_silences_of(cJSON *list, const struct feed *p, const struct answers *all)
{
	for (size_t i = 0; i < all->n_list; i++)
		if (all->list[i].kind == ANSWER_SILENCE && answer_is_running(&all->list[i], p->s->now) &&
		    cJSON_GetArraySize(list) < SILENCES_MAX)
			json_append(list, silence_json(p, &all->list[i]));
}

void alerts_add_silences(cJSON *model, const struct feed *p)
{
	cJSON *list = json_add_array(model, "silences");

	if (alerts_shows(p, "silenced")) {
		add_silences_of(list, p, &p->s->answers);
		for (size_t i = 0; i < p->v->n_parts; i++)
			add_silences_of(list, p, &p->v->parts[i].snapshot->answers);
		if (p->v->host)
			add_silences_of(list, p, &p->s->host.answers);
	}
	json_add_bool(model, "hasSilences", cJSON_GetArraySize(list) > 0);
}

/* ---- what the forms offer ---- */

static void add_choice(cJSON *list, const char *value, const char *label)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "value", value);
	json_add_string(o, "label", label);
	json_append(list, o);
}

void alerts_add_choices(cJSON *model, const struct feed *p)
{
	const char *zone = p->in->zone ? p->in->zone : "UTC";
	cJSON *snooze = json_add_array(model, "snoozeChoices"), *silence = json_add_array(model, "silenceChoices");

	add_choice(snooze, "1h", "1 hour");
	add_choice(snooze, "4h", "4 hours");
	add_choice(snooze, "tomorrow", arena_printf(p->a, "until tomorrow 8:00 (%s)", zone));
	add_choice(silence, "1d", "1 day");
	add_choice(silence, "7d", "7 days");
	add_choice(silence, "30d", "30 days");
	add_choice(silence, "90d", "90 days");
	json_add_string(model, "zone", zone);
}
