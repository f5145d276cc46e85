#include "view/overview_view.h"

#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"
#include "view/verdict.h"

/* With more instances than this each card is cut down to what needs someone. */
#define FULL_CARDS_MAX 12

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
	json_add_i64(o, "acknowledged", (int64_t)v->n_acknowledged);
	json_add_i64(o, "snoozed", (int64_t)v->n_snoozed);
	json_add_i64(o, "silenced", (int64_t)v->n_silenced);
}

static void add_instances(cJSON *model, const struct snapshot *s, const struct verdict *v, const struct overview_past *past,
			  struct arena *a)
{
	bool is_compact = v->n_parts > FULL_CARDS_MAX;
	cJSON *list = json_add_array(model, "instances");
	const char *hostname = s->host.has_report ? s->host.report.hostname : NULL;

	for (size_t i = 0; i < v->n_parts; i++) {
		cJSON *card = instance_card(&v->parts[i], is_compact, s->now, a);

		add_actions(card, is_compact ? NULL : &v->parts[i], hostname, a);
		add_strip(card, past ? &past->ledgers[v->parts[i].snapshot - s->instances] : NULL, s->now, a);
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

cJSON *overview_view(const struct snapshot *s, const char *choice, const struct overview_past *past, struct arena *a)
{
	struct verdict *v = verdict_of(s, choice, a);
	cJSON *model = cJSON_CreateObject();

	add_head(model, "Overview", s, v, choice, a);
	add_counts(model, v);
	add_attention(model, v, s->now, a);
	add_instances(model, s, v, past, a);
	add_none(model, v);
	add_host_card(model, s, v, a);
	json_add_string(model, "alertsHref", link_pane(a, "alerts", choice));
	json_add_string(model, "tasksHref", link_pane(a, "tasks", choice));
	json_add_string(model, "historyHref", link_pane(a, "history", choice));
	add_past(model, s, v, past, a);
	add_latest(model, v, s->now, a);
	return model;
}
