/*
 * The cards of the overview: one an instance, one for the machine.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"

#define PLATFORMS_MAX 12

/* Rows of a card that must be short, because there are many cards. */
#define COMPACT_ROWS 4

cJSON *ref_json(const struct instance *in, struct arena *a)
{
	cJSON *o;

	if (!in)
		return NULL;
	o = cJSON_CreateObject();
	json_add_string(o, "id", in->id);
	add_text(o, "label", in->label, 100, a);
	add_text(o, "user", in->user, 100, a);
	add_text(o, "hermesHome", in->hermes_home, 400, a);
	return o;
}

/* Platforms beyond what a card holds are said in one row, as bad as the worst of them. */
static void add_more_platforms(cJSON *rows, const struct verdict_part *p, const char *id, size_t more,
			       int64_t now, struct arena *a)
{
	struct judgement j = { .id = "platforms.more",
			       .group = "platforms",
			       .status = STATUS_INFO,
			       .rule = "as bad as the worst of them" };
	size_t seen = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct judgement *one = &p->judgements[i];

		if (!str_starts(one->id, "platform.") || ++seen <= PLATFORMS_MAX)
			continue;
		if (status_rank(one->status) > status_rank(j.status)) {
			j.status = one->status;
			j.word = one->word;
		}
	}
	j.label = arena_printf(a, "%s more platforms", human_count(a, (int64_t)more));
	json_append(rows, reading_json(&j, id, true, now, a));
}

static void add_full_readings(cJSON *rows, const struct verdict_part *p, const char *id, int64_t now,
			      struct arena *a)
{
	size_t platforms = 0;

	if (p->is_dark)
		json_append(rows,
			    reading_json(judge_find(p->judgements, p->n, "exporter"), id, true, now, a));
	for (size_t i = 0; i < p->n; i++) {
		const struct judgement *j = &p->judgements[i];

		if (j->is_part || (p->is_dark && str_eq(j->id, "exporter")))
			continue;
		if (str_starts(j->id, "platform.") && ++platforms > PLATFORMS_MAX)
			continue;
		json_append(rows, reading_json(j, id, true, now, a));
	}
	if (platforms > PLATFORMS_MAX)
		add_more_platforms(rows, p, id, platforms - PLATFORMS_MAX, now, a);
}

/* The gateway, and what needs someone: the rest is one click away. */
static size_t add_compact_readings(cJSON *rows, const struct verdict_part *p, const char *id, int64_t now,
				   struct arena *a)
{
	size_t shown = 0, left_out = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct judgement *j = &p->judgements[i];

		if (j->is_part && !j->title)
			continue;
		if ((j->title || str_eq(j->id, "gateway")) && shown < COMPACT_ROWS) {
			json_append(rows, reading_json(j, id, false, now, a));
			shown++;
		} else {
			left_out++;
		}
	}
	return left_out;
}

static void add_sessions(cJSON *card, const struct instance_snapshot *s)
{
	const struct sessions *f = &s->report.sessions;
	cJSON *o;

	if (s->probe.state != PROBE_OK || !s->has_report || f->probe.state != PROBE_OK) {
		json_add_null(card, "sessions");
		return;
	}
	o = json_add_object(card, "sessions");
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = { "total", "open", "active", "messages" };
		const int64_t values[] = { f->total, f->open, f->active, f->messages };

		if (values[i] < 0)
			json_add_null(o, names[i]);
		else
			json_add_i64(o, names[i], values[i]);
	}
}

cJSON *instance_card(const struct verdict_part *p, bool is_compact, int64_t now, struct arena *a)
{
	const struct instance *in = p->snapshot->instance;
	const struct instance_report *r = &p->snapshot->report;
	cJSON *card = cJSON_CreateObject();
	cJSON *rows;
	size_t left_out = 0;

	json_add_string(card, "instanceId", in->id);
	json_add(card, "ref", ref_json(in, a));
	json_add_string(card, "name", p->name);
	json_add_string(card, "href", arena_printf(a, "/hermes?instance=%s", in->id));
	json_add_string(card, "status", status_name(p->status));
	json_add_string(card, "word", p->word);
	add_time(card, "reported", p->snapshot->has_report ? r->generated_at : 0, now, a);
	rows = json_add_array(card, "readings");
	if (is_compact)
		left_out = add_compact_readings(rows, p, in->id, now, a);
	else
		add_full_readings(rows, p, in->id, now, a);
	json_add_string(card, "moreText", left_out ? arena_printf(a, "%zu more readings", left_out) : NULL);
	add_sessions(card, p->snapshot);
	add_ways(card, in->id, a);
	return card;
}

cJSON *host_card(const struct verdict_part *p, const struct host_snapshot *s, int64_t now, struct arena *a)
{
	cJSON *card = cJSON_CreateObject();
	cJSON *rows;

	json_add_string(card, "instanceId", "host");
	json_add_null(card, "ref");
	add_text(card, "hostname", s->has_report ? s->report.hostname : NULL, 100, a);
	json_add_string(card, "status", status_name(p->status));
	json_add_string(card, "word", p->word);
	add_time(card, "reported", s->has_report ? s->report.generated_at : 0, now, a);
	rows = json_add_array(card, "readings");
	add_full_readings(rows, p, "host", now, a);
	return card;
}
