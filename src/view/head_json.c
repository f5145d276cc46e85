/*
 * What every pane's model begins with: title, when and of whom it speaks, the verdict.
 */
#include "base/clock.h"
#include "json/json.h"
#include "view/human.h"
#include "view/parts_json.h"

static void add_verdict(cJSON *model, const struct verdict *v, struct arena *a)
{
	cJSON *o = json_add_object(model, "verdict");
	size_t problems = v->n_critical + v->n_warn;

	json_add_string(o, "status", status_name(v->status));
	json_add_string(o, "sentence", v->sentence);
	json_add_string(o, "detail", v->detail);
	json_add_i64(o, "count", (int64_t)(problems + v->n_unknown));
	json_add_string(o, "announcement",
			arena_printf(a, "%s, %s unknown", human_plural(a, (int64_t)problems, "problem"),
				     human_number(a, (int64_t)v->n_unknown)));
}

/* The oldest evidence that is still believed; of dead reports only when there is nothing else. */
static int64_t oldest_evidence(const struct snapshot *s, const struct verdict *v)
{
	int64_t oldest = 0, oldest_dead = 0;

	for (size_t i = 0; i < v->n_parts; i++) {
		const struct instance_snapshot *in = v->parts[i].snapshot;
		int64_t *at = v->parts[i].is_dark ? &oldest_dead : &oldest;

		if (in->has_report && (!*at || in->report.generated_at < *at))
			*at = in->report.generated_at;
	}
	if (v->host && s->host.has_report) {
		int64_t *at = v->host->is_dark ? &oldest_dead : &oldest;

		if (!*at || s->host.report.generated_at < *at)
			*at = s->host.report.generated_at;
	}
	return oldest ? oldest : oldest_dead;
}

static void add_title(cJSON *model, const char *heading, const struct verdict *v, struct arena *a)
{
	size_t problems = v->n_critical + v->n_warn;
	const char *mark = problems ? arena_printf(a, "(%zu) ", problems) : v->n_unknown ? "(?) " : "";

	json_add_string(model, "title", arena_printf(a, "%s%s", mark, heading));
	json_add_string(model, "heading", heading);
}

static void add_badges(cJSON *model, const struct snapshot *s, const struct verdict *v, struct arena *a)
{
	const struct verdict_badge *badges = verdict_badges(s, v, a);
	cJSON *list = json_add_array(model, "badges");

	for (size_t i = 0; i < s->n_instances; i++) {
		cJSON *o = cJSON_CreateObject();

		json_add_string(o, "instanceId", badges[i].instance_id);
		json_add_string(o, "status", status_name(badges[i].status));
		json_add_i64(o, "count", (int64_t)badges[i].n);
		json_append(list, o);
	}
}

void add_head(cJSON *model, const char *heading, const struct snapshot *s, const struct verdict *v,
	      const char *choice, struct arena *a)
{
	char now[CLOCK_TEXT_MAX];

	clock_rfc3339(s->now, now);
	add_title(model, heading, v, a);
	json_add_string(model, "generatedAt", now);
	json_add_string(model, "instanceId", choice);
	json_add_bool(model, "isSample", s->is_sample);
	add_time(model, "asOf", oldest_evidence(s, v), s->now, a);
	add_verdict(model, v, a);
	add_badges(model, s, v, a);
}
