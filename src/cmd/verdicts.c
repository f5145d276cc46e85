#include "cmd/verdicts.h"

#include "base/clock.h"
#include "report/answers_file.h"
#include "report/report.h"
#include "view/verdict.h"

/* What holds of one, by the rule of the pages; a file that cannot be read answers nothing. */
struct answered {
	struct answers own;
	struct answers all;
};

static struct answered answers_for(const struct config *c, const char *id, int64_t now, struct arena *a)
{
	struct answered x;

	answers_load(c->state_dir, id, now, &x.own, a);
	answers_load(c->state_dir, ANSWER_FOR_ALL, now, &x.all, a);
	return x;
}

static const struct store_verdict *verdict_from(const struct verdict_part *p, const struct snapshot *s, const struct config *c,
						struct arena *a)
{
	const struct answered answered = answers_for(c, p->snapshot ? p->snapshot->instance->id : "host", s->now, a);
	struct store_verdict *v = arena_calloc(a, 1, sizeof(*v));

	v->items = arena_calloc(a, p->n + 1, sizeof(*v->items));
	v->n = p->n;
	for (size_t i = 0; i < p->n; i++) {
		const struct judgement *j = &p->judgements[i];
		const struct answerable x = verdict_answerable(p, s, j);
		bool is_fine = j->status == STATUS_OK || j->status == STATUS_INFO;

		v->items[i] = (struct store_judged){ .reading = j->id, .is_known = j->status != STATUS_UNKNOWN,
						     .severity = verdict_severity(j), .title = j->title, .why = j->why,
						     .cause = j->title || is_fine ? NULL : j->cause, .is_off = j->status == STATUS_OFF,
						     .answer = j->title ? answer_of(&answered.own, &answered.all, &x) : NULL };
	}
	v->state = p->is_off ? PROBE_INACTIVE : p->status == STATUS_UNKNOWN && !p->n_warn && !p->n_critical ? PROBE_UNKNOWN : PROBE_OK;
	v->worst = p->n_critical ? 2 : p->n_warn ? 1 : 0;
	v->is_running = p->is_running;
	v->interval_s = c->interval_s;
	v->rules = &c->alert_rules;
	return v;
}

const struct store_verdict *verdict_of_instance(const cJSON *report, const struct instance *in, const struct config *c, struct arena *a)
{
	struct instance_snapshot s = { .instance = in };
	struct snapshot all = { .now = clock_now_s(), .instances = &s, .n_instances = 1 };

	if (!report_read_instance(report, in, c->interval_s, all.now, a, &s))
		return NULL;
	return verdict_from(&verdict_of(&all, in->id, a)->parts[0], &all, c, a);
}

const struct store_verdict *verdict_of_host(const cJSON *report, const struct config *c, struct arena *a)
{
	struct snapshot all = { .now = clock_now_s() };

	if (!report_read_host(report, c->interval_s, all.now, a, &all.host))
		return NULL;
	all.host.products = c->products;
	all.host.expected = config_expected(c, a);
	return verdict_from(verdict_of(&all, NULL, a)->host, &all, c, a);
}
