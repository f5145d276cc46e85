/*
 * hmc doctor: the guardrails, judged as the posture pane judges them.
 *
 * The machine is read now, by this very process; of an instance its exporter
 * alone knows, so its published report is what is judged.
 */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/collect.h"
#include "cmd/doctor.h"
#include "report/report.h"
#include "view/judge_guard.h"

static void say_all(struct doctor *d, const char *of, const struct judgement *j, size_t n)
{
	for (size_t i = 0; i < n; i++)
		doctor_say(d, j[i].status, of ? doctor_text(d, "%s: %s", of, j[i].label) : j[i].label,
			   doctor_text(d, "%s%s%s", j[i].word ? j[i].word : "", j[i].evidence.value ? ", " : "",
				       j[i].evidence.value ? j[i].evidence.value : ""),
			   j[i].clears_when);
}

void doctor_guards(struct doctor *d)
{
	struct judgement *j = NULL;
	struct snapshot *s;
	size_t n = 0;

	d->section = "Guardrails";
	if (!d->config)
		return;
	s = snapshot_load(d->config, clock_now_s(), d->arena);
	judge_guard_host(&s->host, s->now, d->arena, &j, &n);
	say_all(d, NULL, j, n);
	for (size_t i = 0; i < s->n_instances; i++) {
		judge_guard_instance(&s->instances[i], s->now, d->arena, &j, &n);
		say_all(d, s->instances[i].instance->label, j, n);
	}
	judge_guard_parity(s, d->arena, &j, &n);
	say_all(d, NULL, j, n);
}
