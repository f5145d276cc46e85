/*
 * What we ourselves may do, as a table: a row a process.
 *
 * The machine's exporter sees the system's units. An exporter of a user's own
 * manager, or one started by hand, is not among them: its row is made of what
 * it found out about itself.
 */
#include <inttypes.h>

#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/facts.h"
#include "view/human.h"
#include "view/parts_json.h"
#include "view/posture_parts.h"

#define ROWS_MAX   120
#define CELL_CHARS 200

static cJSON *row_json(const char *id, const char *process, const char *user, struct arena *a)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", id);
	add_text(o, "process", process ? process : "?", CELL_CHARS, a);
	add_text(o, "user", user ? user : "not known", CELL_CHARS, a);
	return o;
}

static const char *or_unknown(const char *text)
{
	return text ? text : "not known";
}

static cJSON *unit_row(const struct own_unit *u, struct arena *a)
{
	cJSON *o = row_json(u->instance_id ? u->instance_id : "host", u->process ? u->process : u->unit, u->user, a);

	add_text(o, "unit", u->unit, CELL_CHARS, a);
	add_text(o, "network", or_unknown(u->network), CELL_CHARS, a);
	add_text(o, "reads", or_unknown(u->reads), CELL_CHARS, a);
	add_text(o, "writes", or_unknown(u->writes), CELL_CHARS, a);
	add_text(o, "capabilities", or_unknown(u->capabilities), CELL_CHARS, a);
	if (u->loose >= 0)
		json_add_i64(o, "loosened", u->loose);
	else
		json_add_null(o, "loosened");
	json_add_string(o, "loosenedText", u->loose < 0 ? "not known" : u->loose == 0 ? "as shipped" : arena_printf(a, "%s looser", human_count(a, u->loose)));
	add_text(o, "loosenedNames", u->loose > 0 ? u->loose_names : NULL, CELL_CHARS, a);
	return o;
}

static cJSON *exporter_row(const struct instance_snapshot *in, struct arena *a)
{
	const struct sandbox *s = &in->report.sandbox;
	bool is_known = s->probe.state == PROBE_OK;
	cJSON *o = row_json(in->instance->id, arena_printf(a, "Exporter of %s", instance_short_label(in->instance, a)),
			    in->report.exporter.user, a);

	add_text(o, "unit", s->unit, CELL_CHARS, a);
	json_add_string(o, "network", !is_known || s->has_network == TRI_UNKNOWN ? "not known" : s->has_network == TRI_NO ? "none" : "as its user");
	json_add_string(o, "reads", is_known && s->homes_are_hidden == TRI_YES ? "its own home" : "whatever its user may");
	json_add_string(o, "writes", is_known && s->system_is_read_only == TRI_YES ? "its reports" : "whatever its user may");
	json_add_string(o, "capabilities", !is_known || s->capabilities < 0 ? "not known" : s->capabilities == 0 ? "none" : "as its user");
	json_add_null(o, "loosened");
	json_add_string(o, "loosenedText", in->report.exporter.flavour ? str_clean(a, in->report.exporter.flavour, strlen(in->report.exporter.flavour), 40)
									: "not known");
	json_add_null(o, "loosenedNames");
	return o;
}

static bool has_exporter(const struct own_units *u, const char *instance_id)
{
	for (size_t i = 0; i < u->n_list; i++)
		if (str_eq(u->list[i].instance_id, instance_id) && str_starts(u->list[i].unit, "hmc-export@"))
			return true;
	return false;
}

/* Why the machine's rows are missing; NULL when they are not. */
static const char *why_none(const struct snapshot *s, bool is_fresh)
{
	const struct probe *p = &s->host.report.own_units.probe;

	if (!is_fresh)
		return "The machine's exporter has no fresh report: what its units may do is not known.";
	if (p->state == PROBE_UNKNOWN)
		return "Units of the machine are missing here: they could not be read."; /* the check above says why */
	return p->state == PROBE_INACTIVE ? "Mission Control is not installed as units: each process has all the rights of whoever started it." : NULL;
}

void posture_add_surface(cJSON *model, const struct posture *p, const struct snapshot *s, struct arena *a)
{
	const bool is_fresh = host_facts_hold(&s->host, s->now);
	const struct own_units nothing = { 0 }, *u = is_fresh ? &s->host.report.own_units : &nothing;
	cJSON *o = json_add_object(model, "surface"), *rows = json_add_array(o, "rows");
	size_t n = 0;

	for (size_t i = 0; i < u->n_list && n < ROWS_MAX; i++) {
		if (p->only && !str_eq(u->list[i].instance_id, p->only->id))
			continue;
		json_append(rows, unit_row(&u->list[i], a));
		n++;
	}
	for (size_t i = 0; i < s->n_instances && n < ROWS_MAX; i++) {
		const struct instance_snapshot *in = &s->instances[i];

		if ((p->only && p->only != in->instance) || has_exporter(u, in->instance->id) || !facts_hold(in, s->now))
			continue;
		json_append(rows, exporter_row(in, a));
		n++;
	}
	json_add_bool(o, "hasRows", n > 0);
	json_add_string(o, "emptyText", p->only ? (n ? NULL : "Nothing tells what its exporter may do.") : why_none(s, is_fresh));
}
