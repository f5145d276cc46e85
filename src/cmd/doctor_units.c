/* hmc doctor: what systemd runs of ours. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "cmd/doctor.h"
#include "config/dropin.h"
#include "probe/systemd.h"
#include "web/routes.h"

#define UNITS_MAX      (CONFIG_INSTANCES_MAX * 2 * DROPINS + 40)
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

/* Exporters tell of their runs by reports; how the last run of the rest ended, its service alone says where it left no row. */
static void add_instance(struct doctor *d, struct unit_list *l, const struct instance *in)
{
	for (enum dropin_of of = 0; of < DROPINS; of++) {
		if (!dropin_is_wanted(of, in))
			continue;
		add(l, doctor_text(d, "hmc-%s@%s.timer", dropin_name(of), in->id));
		if (of != DROPIN_EXPORT)
			add(l, doctor_text(d, "hmc-%s@%s.service", dropin_name(of), in->id));
	}
}

static void add_ours(struct doctor *d, struct unit_list *l)
{
	add(l, "hmc.target");
	add(l, "hmc-port.service");
	add(l, "hmc-caddy.service");
	add(l, "hmc-export-host.timer");
	if (d->config->beat.url_file)
		add(l, "hmc-beat.timer");
	add_panes(d, l);
	for (size_t i = 0; i < d->config->n_instances; i++)
		add_instance(d, l, &d->config->instances[i]);
}

/* What runs for an instance may be run by the user's own manager instead, and then tells by reports and readings. */
static bool may_run_elsewhere(const char *unit)
{
	for (enum dropin_of of = 0; of < DROPINS; of++)
		if (str_starts(unit, "hmc-") && str_starts(unit + strlen("hmc-"), dropin_name(of)) && strchr(unit, '@'))
			return true;
	return false;
}

/* A service that a timer starts: stopped is what it is nearly always. */
static bool is_at_rest(const struct unit *u)
{
	return str_ends(u->name, ".service") && may_run_elsewhere(u->name) && !str_eq(u->active_state, "failed") && str_eq(u->load_state, "loaded");
}

/* Of a loop: whether the system's manager takes this instance's readings, and so is the one that is meant. */
static bool exporter_runs_here(const char *unit, const struct unit *all, size_t n)
{
	const char *at = strchr(unit, '@');
	size_t len = at ? strcspn(at, ".") : 0;

	for (size_t i = 0; at && i < n; i++)
		if (str_starts(all[i].name, "hmc-export@") && strncmp(strchr(all[i].name, '@'), at, len + 1) == 0)
			return all[i].probe.state == PROBE_OK && !str_eq(all[i].name, unit);
	return false;
}

static void check_inactive(struct doctor *d, const struct unit *u, bool is_meant)
{
	if (str_eq(u->load_state, "not-found"))
		doctor_say(d, d->is_installed ? STATUS_WARN : STATUS_OFF, u->name, "is not installed",
			   d->is_installed ? "reinstall the package; what it brings, 'make install' brings too" : NULL);
	else if ((is_meant || str_eq(u->name, "hmc-beat.timer")) && str_eq(u->load_state, "loaded"))
		doctor_say(d, STATUS_WARN, u->name, "does not run, though it is configured",
			   doctor_text(d, "systemctl enable --now %s", u->name));
	else if (may_run_elsewhere(u->name))
		doctor_say(d, STATUS_INFO, u->name, "does not run here: right where the user's own manager runs it",
			   doctor_text(d, "else: systemctl enable --now %s", u->name));
	else
		doctor_say(d, STATUS_CRITICAL, u->name, u->probe.reason ? u->probe.reason : "is stopped",
			   str_eq(u->load_state, "masked") ? doctor_text(d, "systemctl unmask %s", u->name)
							   : doctor_text(d, "systemctl start %s", u->name));
}

static void check_unit(struct doctor *d, const struct unit *u, bool is_meant)
{
	if (u->probe.state == PROBE_UNKNOWN)
		doctor_say(d, STATUS_UNKNOWN, u->name, u->probe.reason, "systemctl status tells");
	else if (u->probe.state == PROBE_INACTIVE)
		check_inactive(d, u, is_meant);
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
		if (!is_at_rest(&units[i]))
			check_unit(d, &units[i], exporter_runs_here(units[i].name, units, l->n));
}
