#include "view/overview_view.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/parts_json.h"
#include "view/verdict.h"

/* With more instances than this each card is cut down to what needs someone. */
#define FULL_CARDS_MAX 12

static void add_verdict(cJSON *model, const struct verdict *v, struct arena *a)
{
	cJSON *o = json_add_object(model, "verdict");
	size_t problems = v->n_critical + v->n_warn;

	json_add_string(o, "status", status_name(v->status));
	json_add_string(o, "sentence", v->sentence);
	json_add_string(o, "detail", v->detail);
	json_add_string(o, "announcement",
			arena_printf(a, "%s, %s unknown", human_plural(a, (int64_t)problems, "problem"),
				     human_number(a, (int64_t)v->n_unknown)));
}

/* "2 of 2 running · 1 of 2 healthy"; what is not known is not counted as stopped. */
static const char *roll_up_text(const struct verdict *v, struct arena *a)
{
	const char *unknown =
		v->n_run_unknown ? arena_printf(a, ", %zu not known", v->n_run_unknown) : "";

	return arena_printf(a, "%zu of %zu running%s · %zu of %zu healthy", v->n_running, v->n_parts, unknown,
			    v->n_healthy, v->n_parts);
}

static void add_counts(cJSON *model, const struct verdict *v)
{
	cJSON *o = json_add_object(model, "counts");

	json_add_i64(o, "instances", (int64_t)v->n_parts);
	json_add_i64(o, "running", (int64_t)v->n_running);
	json_add_i64(o, "runningUnknown", (int64_t)v->n_run_unknown);
	json_add_i64(o, "healthy", (int64_t)v->n_healthy);
	json_add_i64(o, "critical", (int64_t)v->n_critical);
	json_add_i64(o, "warn", (int64_t)v->n_warn);
	json_add_i64(o, "unknown", (int64_t)v->n_unknown);
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

static void add_title(cJSON *model, const struct verdict *v, struct arena *a)
{
	size_t problems = v->n_critical + v->n_warn;
	const char *mark = problems ? arena_printf(a, "(%zu) ", problems) : v->n_unknown ? "(?) " : "";

	json_add_string(model, "title", arena_printf(a, "%sOverview", mark));
	json_add_string(model, "heading", "Overview");
}

static void add_instances(cJSON *model, const struct snapshot *s, const struct verdict *v, struct arena *a)
{
	bool is_compact = v->n_parts > FULL_CARDS_MAX;
	cJSON *list = json_add_array(model, "instances");
	const char *hostname = s->host.has_report ? s->host.report.hostname : NULL;

	for (size_t i = 0; i < v->n_parts; i++) {
		cJSON *card = instance_card(&v->parts[i], is_compact, s->now, a);

		add_actions(card, is_compact ? NULL : v->parts[i].snapshot, hostname, a);
		json_append(list, card);
	}
	json_add_bool(model, "isCompact", is_compact);
	json_add_bool(model, "hasInstances", v->n_parts > 0);
	json_add_string(model, "rollUp", roll_up_text(v, a));
}

/* What to say instead of cards: why there are none, and how to see some. */
static void add_none(cJSON *model, const struct verdict *v)
{
	cJSON *o;

	if (v->n_parts) {
		json_add_null(model, "none");
		return;
	}
	o = json_add_object(model, "none");
	json_add_string(o, "text", v->detail);
	json_add_string(o, "hint", "Name instances in the configuration file, or look at two made-up ones:");
	json_add_string(o, "command", "make demo");
}

static void add_host_card(cJSON *model, const struct snapshot *s, const struct verdict *v, struct arena *a)
{
	if (v->host)
		json_add(model, "host", host_card(v->host, &s->host, s->now, a));
	else
		json_add_null(model, "host");
}

cJSON *overview_view(const struct snapshot *s, const char *choice, struct arena *a)
{
	struct verdict *v = verdict_of(s, choice, a);
	cJSON *model = cJSON_CreateObject();
	char now[CLOCK_TEXT_MAX];

	clock_rfc3339(s->now, now);
	add_title(model, v, a);
	json_add_string(model, "generatedAt", now);
	json_add_string(model, "instanceId", choice);
	json_add_bool(model, "isSample", s->is_sample);
	add_time(model, "asOf", oldest_evidence(s, v), s->now, a);
	add_verdict(model, v, a);
	add_counts(model, v);
	add_attention(model, v, a);
	add_instances(model, s, v, a);
	add_none(model, v);
	add_host_card(model, s, v, a);
	add_latest(model, v, s->now, a);
	return model;
}

static void add_facts(struct buf *out, const char *id, const struct probe *p, int64_t generated_at, int64_t took_us)
{
	buf_printf(out, "%s %d %lld %lld %s\n", id, (int)p->state, (long long)generated_at, (long long)took_us,
		   p->reason ? p->reason : "");
}

const char *overview_facts(const struct snapshot *s, struct arena *a)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1024 * 1024);

	for (size_t i = 0; i < s->n_instances; i++) {
		const struct instance_snapshot *in = &s->instances[i];

		add_facts(&out, in->instance->id, &in->probe, in->report.generated_at, in->report.exporter.took_us);
	}
	add_facts(&out, "host", &s->host.probe, s->host.report.generated_at, s->host.report.exporter.took_us);
	buf_printf(&out, "%d %s", s->is_sample, s->discovery_note ? s->discovery_note : "");
	return arena_strdup(a, buf_str(&out));
}
