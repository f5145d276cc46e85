#include "view/verdict.h"

#include "base/str.h"
#include "view/judge_shared.h"
#include "view/verdict_text.h"

/* The one place that decides what still needs a person. */
static void count_attention(struct verdict_part *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct judgement *j = &p->judgements[i];

		if (!j->title)
			continue;
		p->n_answered += j->answer != NULL;
		p->n_critical += !j->answer && j->status == STATUS_CRITICAL;
		p->n_warn += !j->answer && j->status == STATUS_WARN;
		p->n_unknown += !j->answer && j->status == STATUS_UNKNOWN;
	}
}

enum alert_severity verdict_severity(const struct judgement *j)
{
	return !j->title                      ? ALERT_NONE
	       : j->status == STATUS_CRITICAL ? ALERT_CRITICAL
	       : j->status == STATUS_WARN     ? ALERT_WARN
					      : ALERT_UNKNOWN;
}

struct answerable verdict_answerable(const struct verdict_part *p, const struct snapshot *s, const struct judgement *j)
{
	const struct instance_snapshot *in = p->snapshot;
	bool has_report = in ? in->has_report : s->host.has_report;

	return (struct answerable){ .reading = j->id, .severity = verdict_severity(j),
				    .opened = in ? &in->report.opened : &s->host.report.opened,
				    .reported_at = !has_report ? 0 : in ? in->report.generated_at : s->host.report.generated_at,
				    .now = s->now, .is_unbooked = j->is_unbooked };
}

static void find_answers(struct verdict_part *p, const struct snapshot *s)
{
	const struct answers *own = p->snapshot ? &p->snapshot->answers : &s->host.answers;

	if (own->n_list + s->answers.n_list == 0)
		return;
	for (size_t i = 0; i < p->n; i++) {
		struct judgement *j = &p->judgements[i];
		const struct answerable x = verdict_answerable(p, s, j);

		if (j->title)
			j->answer = answer_of(own, &s->answers, &x);
	}
}

static void roll_up(struct verdict_part *p)
{
	const struct judgement *gateway = judge_find(p->judgements, p->n, "gateway");
	const struct judgement *exporter = judge_find(p->judgements, p->n, "exporter");

	p->status = judge_overall(p->judgements, p->n, &p->word);
	p->is_dark = exporter && exporter->status == STATUS_UNKNOWN;
	p->is_running = gateway ? gateway->is_running : TRI_UNKNOWN;
	p->is_off = gateway && gateway->status == STATUS_OFF && p->is_running == TRI_NO;
	count_attention(p);
}

/* The worst that still asks for someone; where all of it was answered, none of it does. What is not known stays so. */
static enum status asking_status(const struct verdict_part *p)
{
	if (p->n_critical)
		return STATUS_CRITICAL;
	if (!p->n_answered || p->is_dark)
		return p->status;
	return p->n_warn ? STATUS_WARN : p->n_unknown ? STATUS_UNKNOWN : STATUS_OK;
}

static void add_up(struct verdict *v, const struct verdict_part *p)
{
	v->n_critical += p->n_critical;
	v->n_warn += p->n_warn;
	v->n_unknown += p->n_unknown;
	v->status = status_worst(v->status, asking_status(p));
	for (size_t i = 0; i < p->n; i++) {
		const struct answer *x = p->judgements[i].answer;

		v->n_acknowledged += x && x->kind == ANSWER_ACKNOWLEDGE;
		v->n_snoozed += x && x->kind == ANSWER_SNOOZE;
		v->n_silenced += x && x->kind == ANSWER_SILENCE;
	}
}

static void add_host(struct verdict *v, const struct snapshot *s, struct arena *a)
{
	v->host = arena_alloc(a, sizeof(*v->host));
	v->host->name = "This machine";
	judge_host(&s->host, s->now, a, &v->host->judgements, &v->host->n);
	find_answers(v->host, s);
	roll_up(v->host);
	add_up(v, v->host);
}

static void judge_part(struct verdict_part *p, const struct snapshot *s, size_t instance, const struct shared_keys *shared,
		       struct arena *a)
{
	p->snapshot = &s->instances[instance];
	p->name = instance_short_label(p->snapshot->instance, a);
	judge_instance(p->snapshot, s->now, a, &p->judgements, &p->n);
	judge_shared(shared, s, instance, a, p->judgements, p->n);
	find_answers(p, s);
	roll_up(p);
}

struct verdict_badge *verdict_badges(const struct snapshot *s, const struct verdict *v, struct arena *a)
{
	struct verdict_badge *all = arena_calloc(a, s->n_instances + 1, sizeof(*all));
	struct shared_keys shared = { 0 };

	if (v->n_parts < s->n_instances) /* else all of them were judged */
		shared = shared_keys_of(s, a);
	for (size_t i = 0, next = 0; i < s->n_instances; i++) {
		struct verdict_part own = { 0 };
		const struct verdict_part *p = &own;

		if (next < v->n_parts && v->parts[next].snapshot == &s->instances[i])
			p = &v->parts[next++];
		else
			judge_part(&own, s, i, &shared, a);
		all[i] = (struct verdict_badge){ .instance_id = s->instances[i].instance->id,
						 .status = asking_status(p),
						 .n = p->n_critical + p->n_warn + p->n_unknown };
	}
	return all;
}

struct verdict *verdict_of(const struct snapshot *s, const char *choice, struct arena *a)
{
	struct verdict *v = arena_alloc(a, sizeof(*v));
	const struct shared_keys shared = shared_keys_of(s, a);

	v->status = STATUS_INFO;
	v->parts = arena_calloc(a, s->n_instances ? s->n_instances : 1, sizeof(*v->parts));
	for (size_t i = 0; i < s->n_instances; i++) {
		const struct instance_snapshot *in = &s->instances[i];
		struct verdict_part *p = &v->parts[v->n_parts];

		if (choice && !str_eq(in->instance->id, choice))
			continue;
		v->n_parts++;
		judge_part(p, s, i, &shared, a);
		add_up(v, p);
		v->n_running += p->is_running == TRI_YES;
		v->n_run_unknown += p->is_running == TRI_UNKNOWN;
		v->n_healthy += p->status == STATUS_OK;
	}
	if (!choice)
		add_host(v, s, a);
	/* With nothing to watch, a healthy machine is no answer to "is all well?". */
	if (v->n_parts == 0 && !status_needs_attention(v->status))
		v->status = STATUS_OFF;
	v->sentence = verdict_sentence(v, a);
	v->detail = verdict_detail(v, s->discovery_note, a);
	return v;
}
