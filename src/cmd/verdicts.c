#include "cmd/verdicts.h"

#include "base/clock.h"
#include "report/report.h"
#include "view/verdict.h"

static const struct store_verdict *verdict_from(const struct verdict_part *p, struct arena *a)
{
	struct store_verdict *v = arena_calloc(a, 1, sizeof(*v));

	v->items = arena_calloc(a, p->n + 1, sizeof(*v->items));
	v->n = p->n;
	for (size_t i = 0; i < p->n; i++) {
		const struct judgement *j = &p->judgements[i];

		v->items[i] = (struct store_judged){ .reading = j->id, .is_known = j->status != STATUS_UNKNOWN,
						     .severity = verdict_severity(j), .title = j->title };
	}
	v->state = p->is_off ? PROBE_INACTIVE : p->status == STATUS_UNKNOWN && !p->n_warn && !p->n_critical ? PROBE_UNKNOWN : PROBE_OK;
	v->worst = p->n_critical ? 2 : p->n_warn ? 1 : 0;
	v->is_running = p->is_running;
	return v;
}

const struct store_verdict *verdict_of_instance(const cJSON *report, const struct instance *in, int64_t interval_s,
						struct arena *a)
{
	struct instance_snapshot s = { .instance = in };
	struct snapshot all = { .now = clock_now_s(), .instances = &s, .n_instances = 1 };

	if (!report_read_instance(report, in, interval_s, all.now, a, &s))
		return NULL;
	return verdict_from(&verdict_of(&all, in->id, a)->parts[0], a);
}

const struct store_verdict *verdict_of_host(const cJSON *report, const struct config *c, struct arena *a)
{
	struct snapshot all = { .now = clock_now_s() };

	if (!report_read_host(report, c->interval_s, all.now, a, &all.host))
		return NULL;
	all.host.products = c->products;
	all.host.expected = config_expected(c, a);
	return verdict_from(verdict_of(&all, NULL, a)->host, a);
}
