#include "view/facts.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "view/judge_parts.h"

static void add_facts(struct buf *out, const char *id, const struct probe *p, int64_t generated_at, int64_t took_us)
{
	buf_printf(out, "%s %d %lld %lld %s\n", id, (int)p->state, (long long)generated_at, (long long)took_us,
		   p->reason ? p->reason : "");
}

static void add_answers(struct buf *out, const struct answers *x)
{
	buf_printf(out, "%d %s", (int)x->probe.state, x->probe.state == PROBE_UNKNOWN ? x->probe.reason : "");
	for (size_t i = 0; i < x->n_list; i++)
		buf_printf(out, " %s", x->list[i].id);
	buf_adds(out, "\n");
}

const char *snapshot_facts(const struct snapshot *s, struct arena *a)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1024 * 1024);

	for (size_t i = 0; i < s->n_instances; i++) {
		const struct instance_snapshot *in = &s->instances[i];

		add_facts(&out, in->instance->id, &in->probe, in->report.generated_at, in->report.exporter.took_us);
		add_answers(&out, &in->answers);
	}
	add_facts(&out, "host", &s->host.probe, s->host.report.generated_at, s->host.report.exporter.took_us);
	add_answers(&out, &s->host.answers);
	add_answers(&out, &s->answers);
	buf_printf(&out, "%d %s", s->is_sample, s->discovery_note ? s->discovery_note : "");
	return arena_strdup(a, buf_str(&out));
}

static bool holds(const struct probe *p, bool has_report, int64_t generated_at, int64_t now)
{
	return p->state == PROBE_OK && has_report && generated_at <= now + CLOCK_TOLERANCE_S;
}

bool facts_hold(const struct instance_snapshot *in, int64_t now)
{
	return holds(&in->probe, in->has_report, in->report.generated_at, now);
}

bool host_facts_hold(const struct host_snapshot *s, int64_t now)
{
	return holds(&s->probe, s->has_report, s->report.generated_at, now);
}
