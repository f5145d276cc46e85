/* hmc doctor: what each exporter said last, and whether it may be believed. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/doctor.h"
#include "report/report.h"

static void check_report(struct doctor *d, const char *name, const struct probe *p, const char *flavour, const char *unit)
{
	const char *what = doctor_text(d, "The report of %s", name);

	if (p->state == PROBE_OK)
		doctor_say(d, STATUS_OK, what, doctor_text(d, "is fresh, by %s", flavour ? flavour : "an exporter that does not say how it runs"), NULL);
	else
		doctor_say(d, d->is_installed ? STATUS_WARN : STATUS_OFF, what, p->reason ? p->reason : "cannot be read",
			   d->is_installed ? doctor_text(d, "systemctl status %s.timer %s.service; a user's own manager: 'systemctl --user' as that user", unit, unit)
					   : "'make run' starts exporters for as long as it runs");
}

void doctor_reports(struct doctor *d)
{
	const struct snapshot *s;

	d->section = "Exporters";
	if (!d->config)
		return;
	s = snapshot_load(d->config, clock_now_s(), d->arena);
	for (size_t i = 0; i < s->n_instances; i++) {
		const struct instance_snapshot *x = &s->instances[i];

		check_report(d, x->instance->label, &x->probe, x->has_report ? x->report.exporter.flavour : NULL,
			     doctor_text(d, "hmc-export@%s", x->instance->id));
	}
	check_report(d, "this machine", &s->host.probe, s->host.has_report ? s->host.report.exporter.flavour : NULL, "hmc-export-host");
}
