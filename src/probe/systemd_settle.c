/* What stands in the place of units that were not read at all. */
#include "probe/systemd.h"

static void settle(struct probe *probe, const char **name, enum unit_scope *scope, const struct unit_ref *ref,
		   const struct probe *head)
{
	*scope = ref->scope;
	*name = ref->unit;
	probe->taken_at = head->taken_at;
	probe->took_us = head->took_us;
	probe->state = ref->unit ? PROBE_UNKNOWN : PROBE_INACTIVE;
	probe->reason = ref->unit ? head->reason : "not configured";
	probe->source = ref->unit ? "systemd" : "the configuration";
}

void instance_units_settle(struct instance_units *u, const struct instance *i)
{
	if (u->probe.state == PROBE_OK)
		return;
	settle(&u->gateway.probe, &u->gateway.name, &u->gateway.scope, &i->gateway, &u->probe);
	settle(&u->dashboard.probe, &u->dashboard.name, &u->dashboard.scope, &i->dashboard, &u->probe);
	settle(&u->backup.probe, &u->backup.name, &u->backup.scope, &i->backup_timer, &u->probe);
	u->gateway.restarts = u->gateway.exit_status = COUNT_UNKNOWN;
	u->dashboard.restarts = u->dashboard.exit_status = COUNT_UNKNOWN;
	u->backup.service_exit_status = COUNT_UNKNOWN;
}
