/*
 * What the sessions of a day cost, by model; "at least" where some of them have no price.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "view/history_parts.h"
#include "view/human.h"

static void add_model_day(struct history_work *sum, const struct history_work *w)
{
	sum->sessions += w->sessions;
	sum->costed += w->costed;
	sum->cost_microusd += w->cost_microusd;
}

/* Models of all parts by name, as they come, which is dearest first within each; all others last. */
struct models {
	struct history_model *items;
	size_t n;
	struct history_model others;
};

static struct history_model *model_of(struct models *m, const char *name, const struct history_pane *p)
{
	if (!name)
		return &m->others;
	for (size_t i = 0; i < m->n; i++)
		if (str_eq(m->items[i].name, name))
			return &m->items[i];
	m->items[m->n] = (struct history_model){ .name = name, .days = arena_calloc(p->a, p->n, sizeof(struct history_work)) };
	return &m->items[m->n++];
}

static void merge(struct history_model *into, const struct history_model *x, size_t n)
{
	add_model_day(&into->total, &x->total);
	for (size_t i = 0; i < n; i++)
		add_model_day(&into->days[i], &x->days[i]);
}

static int dearest_first(const void *x, const void *y)
{
	const struct history_model *a = x, *b = y;
	int64_t ca = a->total.cost_microusd, cb = b->total.cost_microusd;

	return ca != cb ? (ca < cb ? 1 : -1) : strcmp(a->name, b->name);
}

static struct models gather_models(const struct history_pane *p)
{
	struct models m = { .others.days = arena_calloc(p->a, p->n, sizeof(struct history_work)) };

	m.items = arena_calloc(p->a, p->n_parts * (HISTORY_MODELS_MAX + 1) + 1, sizeof(*m.items));
	for (size_t k = 0; k < p->n_parts; k++)
		for (size_t i = 0; i < p->parts[k].history->n_models; i++)
			merge(model_of(&m, p->parts[k].history->models[i].name, p), &p->parts[k].history->models[i], p->n);
	qsort(m.items, m.n, sizeof(*m.items), dearest_first);
	while (m.n > HISTORY_NAMED_MAX || (m.n == HISTORY_NAMED_MAX && m.others.total.sessions > 0))
		merge(&m.others, &m.items[--m.n], p->n);
	if (m.others.total.sessions > 0)
		m.items[m.n++] = m.others;
	return m;
}

/* Days of some work in dollars; texts say where it is the least it can have been. */
static double *costs(const struct history_pane *p, const struct history_work *days, const char ***texts)
{
	double *out = arena_calloc(p->a, p->n, sizeof(*out));

	*texts = arena_calloc(p->a, p->n, sizeof(**texts));
	for (size_t i = 0; i < p->n; i++) {
		out[i] = history_cost(&days[i], p->unseen[i] == 0, &(*texts)[i], p->a);
		if (days[i].sessions > 0 && !chart_is_known(out[i]))
			(*texts)[i] = "no price";
	}
	return out;
}

static struct chart_series model_series(const struct history_pane *p, const struct history_model *m)
{
	const char **texts, *total = NULL;
	double *values = costs(p, m->days, &texts);
	double usd = history_cost(&m->total, false, &total, p->a);

	return (struct chart_series){
		.id = m->name ? m->name : "other",
		.label = !m->name ? "others" : *m->name ? m->name : "model not told",
		.values = values,
		.texts = texts,
		.total = total ? total : chart_is_known(usd) ? chart_text(CHART_USD, usd, p->a) : "no price",
	};
}

/* The days of all models together. */
static struct history_work *work_days(const struct history_pane *p, struct history_work *total)
{
	struct history_work *days = arena_calloc(p->a, p->n, sizeof(*days));

	for (size_t k = 0; k < p->n_parts; k++)
		for (size_t i = 0; i < p->n; i++) {
			add_model_day(&days[i], &p->parts[k].history->days[i].work);
			add_model_day(total, &p->parts[k].history->days[i].work);
		}
	return days;
}

static const char *priceless(const struct history_work *w, struct arena *a)
{
	int64_t n = w->sessions - w->costed;

	if (n <= 0)
		return "of sessions begun that day, by model";
	return arena_printf(a, "by model; %s of %s session%s without a price", human_count(a, n),
			    human_count(a, w->sessions), w->sessions == 1 ? "" : "s");
}

void history_add_cost(cJSON *list, const struct history_pane *p)
{
	struct models m = gather_models(p);
	struct chart_series series[HISTORY_NAMED_MAX];
	struct history_work total = { 0 };
	const char **texts, *least = NULL;
	double *sum = costs(p, work_days(p, &total), &texts), usd = history_cost(&total, p->n_parts > 0, &least, p->a);
	struct chart c = { .sentence = history_sentence(p, "Cost a day", CHART_USD, sum), .unit = CHART_USD, .series = series,
			   .n_series = m.n };

	for (size_t i = 0; i < m.n; i++)
		series[i] = model_series(p, &m.items[i]);
	if (m.n > 1) {
		c.sum_label = "All";
		c.sum_texts = texts;
	}
	if (m.n == 0) {
		series[0] = (struct chart_series){ .id = "cost", .label = "Cost", .values = sum, .texts = texts };
		c.n_series = 1;
	}
	history_add_card(list, p, &(struct history_card){ .id = "cost", .label = "Cost", .sub = priceless(&total, p->a),
					  .value = usd,
					  .figure = least ? least : chart_text(CHART_USD, usd, p->a) }, &c);
}
