/*
 * Availability: how the time of a day was spent, and how much of it nobody
 * looked at; and the small drawings of single instances.
 */
#include <stdlib.h>

#include "json/json.h"
#include "view/history_parts.h"
#include "view/human.h"
#include "view/parts_json.h"

#define INSTANCES_MAX 12

static struct history_time time_of_all(const struct history_pane *p, size_t day)
{
	struct history_time sum = { 0 };

	for (size_t k = 0; k < p->n_parts; k++)
		history_add_time(&sum, history_time_of(p, p->parts[k].history, day));
	return sum;
}

/* "41 % (99.4 % of observed)" */
static const char *ran_text(const struct history_time *t, struct arena *a)
{
	return arena_printf(a, "%s (%s of observed)", history_share(t->up_s, t->length_s, a),
			    history_share(t->up_s, t->up_s + t->down_s, a));
}

/* Columns of the drawing, in percent of each day. */
struct shares {
	double *up, *down, *off, *unseen;
	const char **texts;
	struct history_time total;
};

static struct shares shares_of(const struct history_pane *p)
{
	struct shares s = { .up = arena_calloc(p->a, p->n, sizeof(double)), .down = arena_calloc(p->a, p->n, sizeof(double)),
			    .off = arena_calloc(p->a, p->n, sizeof(double)),
			    .unseen = arena_calloc(p->a, p->n, sizeof(double)),
			    .texts = arena_calloc(p->a, p->n, sizeof(*s.texts)) };

	for (size_t i = 0; i < p->n; i++) {
		struct history_time t = time_of_all(p, i);
		double judged = t.up_s + t.down_s + t.off_s;

		history_add_time(&s.total, t);
		s.up[i] = s.down[i] = s.off[i] = CHART_NONE;
		s.unseen[i] = 1;
		if (judged <= 0)
			continue;
		s.up[i] = t.up_s / t.length_s * 100;
		s.down[i] = t.down_s / t.length_s * 100;
		s.off[i] = t.off_s / t.length_s * 100;
		s.unseen[i] = 1 - judged / t.length_s;
		if (t.up_s + t.down_s > 0)
			s.texts[i] = ran_text(&t, p->a);
	}
	return s;
}

/* Down to the last one that counts: a chart without any instance that was meant to be off does not speak of it. */
static size_t series_of(const struct shares *s, const struct history_pane *p, struct chart_series *out)
{
	const struct history_time *t = &s->total;

	out[0] = (struct chart_series){ .id = "ran", .label = "Ran", .values = s->up, .texts = s->texts, .look = "ok",
					.total = history_share(t->up_s, t->length_s, p->a) };
	out[1] = (struct chart_series){ .id = "stopped", .label = "Stopped", .values = s->down, .look = "down",
					.total = history_share(t->down_s, t->length_s, p->a) };
	out[2] = (struct chart_series){ .id = "off", .label = "Meant to be off", .values = s->off, .look = "off",
					.total = history_share(t->off_s, t->length_s, p->a) };
	return t->off_s > 0 ? 3 : 2;
}

static const char *observed_text(const struct history_time *t, struct arena *a)
{
	return arena_printf(a, "of the time observed (%s)", history_share(t->observed_s, t->length_s, a));
}

void history_add_availability(cJSON *list, const struct history_pane *p)
{
	struct shares s = shares_of(p);
	const struct history_time *t = &s.total;
	struct chart_series series[3];
	struct chart c = { .unit = CHART_PERCENT, .series = series, .unseen = s.unseen,
			   .unseen_label = "not observed, or not known", .sum_label = "Observed" };
	bool is_known = t->up_s + t->down_s > 0;

	c.n_series = series_of(&s, p, series);
	c.sentence = arena_printf(p->a, "How the time of each day was spent, %zu days: ran %s, stopped %s, observed %s", p->n,
				  history_share(t->up_s, t->length_s, p->a), history_share(t->down_s, t->length_s, p->a),
				  history_share(t->observed_s, t->length_s, p->a));
	history_add_card(list, p, &(struct history_card){
		.id = "availability",
		.label = "Availability",
		.sub = is_known ? observed_text(t, p->a) : "nothing was observed",
		.value = is_known ? t->up_s / (t->up_s + t->down_s) * 100 : CHART_NONE,
		.figure = is_known ? history_share(t->up_s, t->up_s + t->down_s, p->a) : NULL,
		.is_wide = true,
	}, &c);
}

/* ---- instances ---- */

struct small {
	const struct history_part *part;
	double *sessions;
	double total;
};

static int busiest_first(const void *x, const void *y)
{
	const struct small *a = x, *b = y;

	if (a->total != b->total)
		return a->total < b->total ? 1 : -1;
	return (a->part > b->part) - (a->part < b->part);
}

static cJSON *small_json(const struct small *x, const struct history_pane *p)
{
	const struct history *h = x->part->history;
	const char *count = chart_text(CHART_COUNT, x->total, p->a);
	struct history_time t = { 0 };
	cJSON *o = cJSON_CreateObject();

	for (size_t i = 0; i < p->n; i++)
		history_add_time(&t, history_time_of(p, h, i));
	json_add_string(o, "instanceId", x->part->instance->id);
	add_text(o, "label", x->part->name, 60, p->a);
	json_add_string(o, "href", history_href(x->part->instance->id, p->n, p->q->zone, p->a));
	json_add_string(o, "sessionsText", count);
	if (t.up_s + t.down_s > 0)
		json_add_double(o, "availability", t.up_s / (t.up_s + t.down_s) * 100);
	else
		json_add_null(o, "availability");
	json_add_string(o, "availabilityText",
			t.up_s + t.down_s > 0 ? arena_printf(p->a, "%s available", history_share(t.up_s, t.up_s + t.down_s, p->a)) :
						"availability not known");
	json_add_string(o, "observedText", arena_printf(p->a, "%s observed", history_share(t.observed_s, t.length_s, p->a)));
	json_add(o, "spark", chart_spark(x->sessions, p->n, arena_printf(p->a, "Sessions a day: %s in %zu days", count, p->n), p->a));
	return o;
}

void history_add_instances(cJSON *model, const struct history_pane *p)
{
	struct small *all = arena_calloc(p->a, p->n_parts + 1, sizeof(*all));
	cJSON *list = json_add_array(model, "instances");
	size_t n = p->n_parts > 1 ? p->n_parts : 0;

	for (size_t k = 0; k < n; k++) {
		double *values = arena_calloc(p->a, p->n, sizeof(*values));

		for (size_t i = 0; i < p->n; i++)
			values[i] = history_sessions(p->parts[k].history, i);
		all[k] = (struct small){ &p->parts[k], values, history_total(values, p->n) };
	}
	if (n > INSTANCES_MAX)
		qsort(all, n, sizeof(*all), busiest_first);
	for (size_t k = 0; k < n && k < INSTANCES_MAX; k++)
		json_append(list, small_json(&all[k], p));
	json_add_bool(model, "hasInstances", n > 0);
	json_add_string(model, "instancesMore",
			n > INSTANCES_MAX ? arena_printf(p->a, "And %s more, with fewer sessions. Choose an instance to see its own.",
							 human_count(p->a, (int64_t)(n - INSTANCES_MAX))) :
					    NULL);
}
