/* hmc doctor: what systemd runs of ours. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/doctor.h"
#include "probe/systemd.h"
#include "web/routes.h"

#define UNITS_MAX      (CONFIG_INSTANCES_MAX + 40)
#define BUS_LIMIT_US   (5 * 1000 * 1000)

struct unit_list {
	struct unit_ref refs[UNITS_MAX];
	size_t n;
};

static void add(struct unit_list *l, const char *unit)
{
	if (l->n < UNITS_MAX)
		l->refs[l->n++] = (struct unit_ref){ .unit = unit, .scope = UNIT_SCOPE_SYSTEM };
}

/* Routes of one program stand together or not: each is named once. */
static void add_panes(struct doctor *d, struct unit_list *l)
{
	for (const struct route *r = routes; r->path; r++) {
		const char *unit = doctor_text(d, "hmc-pane@%s.socket", r->program);
		bool is_new = true;

		for (size_t i = 0; i < l->n; i++)
			is_new &= !str_eq(l->refs[i].unit, unit);
		if (is_new)
			add(l, unit);
	}
}

static void add_ours(struct doctor *d, struct unit_list *l)
{
	add(l, "hmc.target");
	add(l, "hmc-port.service");
	add(l, "hmc-caddy.service");
	add(l, "hmc-export-host.timer");
	add_panes(d, l);
	for (size_t i = 0; i < d->config->n_instances; i++)
		add(l, doctor_text(d, "hmc-export@%s.timer", d->config->instances[i].id));
}

/* An exporter may be run by the user's own manager instead; its report tells, and stands in another section. */
static bool may_run_elsewhere(const char *unit)
{
	return str_starts(unit, "hmc-export@");
}

static void check_inactive(struct doctor *d, const struct unit *u)
{
	if (str_eq(u->load_state, "not-found"))
		doctor_say(d, d->is_installed ? STATUS_WARN : STATUS_OFF, u->name, "is not installed",
			   d->is_installed ? "reinstall the package; what it brings, 'make install' brings too" : NULL);
	else if (may_run_elsewhere(u->name))
		doctor_say(d, STATUS_INFO, u->name, "does not run: right where the user's own manager takes these readings", NULL);
	else
		doctor_say(d, STATUS_CRITICAL, u->name, u->probe.reason ? u->probe.reason : "is stopped",
			   str_eq(u->load_state, "masked") ? doctor_text(d, "systemctl unmask %s", u->name)
							   : doctor_text(d, "systemctl start %s", u->name));
}

static void check_unit(struct doctor *d, const struct unit *u)
{
	if (u->probe.state == PROBE_UNKNOWN)
		doctor_say(d, STATUS_UNKNOWN, u->name, u->probe.reason, "systemctl status tells");
	else if (u->probe.state == PROBE_INACTIVE)
		check_inactive(d, u);
	else if (str_eq(u->active_state, "failed"))
		doctor_say(d, STATUS_CRITICAL, u->name, doctor_text(d, "has failed (%s)", u->result ? u->result : "no result"),
			   doctor_text(d, "journalctl -u %s says why", u->name));
	else if (str_eq(u->unit_file_state, "disabled"))
		doctor_say(d, STATUS_WARN, u->name, "runs, and will not after the next start of the machine",
			   doctor_text(d, "systemctl enable %s", u->name));
	else
		doctor_say(d, STATUS_OK, u->name, u->sub_state, NULL);
}

void doctor_units(struct doctor *d)
{
	struct unit_list *l = arena_calloc(d->arena, 1, sizeof(*l));
	struct unit *units;

	d->section = "Units";
	if (!d->config)
		return;
	add_ours(d, l);
	units = arena_calloc(d->arena, l->n, sizeof(*units));
	systemd_units(units, l->refs, l->n, d->arena, clock_mono_us() + BUS_LIMIT_US);
	if (units[0].probe.state == PROBE_UNKNOWN) {
		doctor_say(d, STATUS_UNKNOWN, "systemd", units[0].probe.reason, "without systemd nothing starts by itself: see caddy/run");
		return;
	}
	for (size_t i = 0; i < l->n; i++)
		check_unit(d, &units[i]);
}
