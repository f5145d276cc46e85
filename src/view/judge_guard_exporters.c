/*
 * What we ourselves may do: the sandbox an exporter finds itself in, and our
 * own units as systemd has them.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_guard_parts.h"

/* ---- an exporter's sandbox ---- */

struct wall {
	enum tristate stands;
	const char *missing;        /* what is said where it does not */
};

#define WALLS 7

static void walls_of(const struct sandbox *s, struct wall walls[WALLS])
{
	const struct wall all[WALLS] = {
		{ s->homes_are_hidden, "sees the homes of others" },
		{ s->system_is_read_only, "may write to the system where its user may" },
		{ s->has_network == TRI_UNKNOWN ? TRI_UNKNOWN : s->has_network == TRI_YES ? TRI_NO : TRI_YES, "reaches the network" },
		{ s->capabilities < 0 ? TRI_UNKNOWN : s->capabilities > 0 ? TRI_NO : TRI_YES, "could be given capabilities" },
		{ s->no_new_privileges, "may gain privileges" },
		{ s->filters_calls, "may make every system call" },
		{ s->devices_are_hidden, "sees the devices" },
	};

	for (size_t i = 0; i < WALLS; i++)
		walls[i] = all[i];
}

static const char *flavour_text(struct judging *g, const struct instance_report *r)
{
	return r->exporter.flavour ? judging_text(g, r->exporter.flavour, NAME_MAX_CHARS) : "started in a way that is not known";
}

static void judge_walls(struct judging *g, struct judgement *j, const struct instance_report *r)
{
	struct wall walls[WALLS];
	const char *missing[WALLS];
	size_t n_missing = 0, n_unknown = 0;

	walls_of(&r->sandbox, walls);
	for (size_t i = 0; i < WALLS; i++) {
		n_unknown += walls[i].stands == TRI_UNKNOWN;
		if (walls[i].stands == TRI_NO)
			missing[n_missing++] = walls[i].missing;
	}
	j->evidence.value = arena_printf(g->a, "%s%s%s; %s%s", flavour_text(g, r), r->sandbox.unit ? ", " : "",
					 judging_text(g, r->sandbox.unit, NAME_MAX_CHARS),
					 n_missing ? arena_printf(g->a, "it %s", human_list(g->a, missing, n_missing)) : "nothing is missing",
					 n_unknown ? arena_printf(g->a, "; %s could not be told", human_number(g->a, (int64_t)n_unknown)) : "");
	if (n_missing)
		guard_weaker(j, arena_printf(g->a, "%s: it %s", flavour_text(g, r), human_list(g->a, missing, n_missing < 3 ? n_missing : 3)),
			     "it runs by the system timer as shipped (`hmc setup`): a user's own manager cannot hide files");
	else if (n_unknown)
		guard_unknown(j, arena_printf(g->a, "%s; of its sandbox %s could not be told", flavour_text(g, r),
					      human_plural(g->a, (int64_t)n_unknown, "part")),
			      "every part of its sandbox can be read");
	else
		guard_holds(j, arena_printf(g->a, "%s; no network, no other home, nothing of the system to write", flavour_text(g, r)));
}

void judge_guard_sandbox(struct judging *g, const struct instance_report *r)
{
	struct judgement *j = guard_add(g, "guard.sandbox", "exporters", "Exporter's sandbox", &r->sandbox.probe);

	j->rule = "holds while the exporter's own process finds itself without network, capabilities, new privileges, devices and the homes "
		  "of others, its system calls filtered and the system read-only; weaker is a plain fact, and no alarm";
	if (guard_is_untold(j, &r->sandbox.probe))
		return;
	if (r->sandbox.probe.state == PROBE_OK)
		judge_walls(g, j, r);
	else if (r->sandbox.probe.state == PROBE_INACTIVE)
		guard_weaker(j, judging_text(g, r->sandbox.probe.reason, TEXT_MAX), "it runs by the system timer as shipped (`hmc setup`)");
	else
		guard_unknown(j, judging_text(g, r->sandbox.probe.reason, TEXT_MAX), "its sandbox can be read again");
}

/* ---- our own units ---- */

static const char *loose_text(struct judging *g, const struct own_units *u, size_t *n_loose, size_t *n_unknown)
{
	const char *text = "";

	*n_loose = *n_unknown = 0;
	for (size_t i = 0; i < u->n_list; i++) {
		const struct own_unit *x = &u->list[i];

		*n_unknown += x->loose < 0;
		if (x->loose <= 0)
			continue;
		if (++*n_loose <= 4)
			text = arena_printf(g->a, "%s%s%s: %s", text, *n_loose > 1 ? "; " : "", judging_text(g, x->unit, NAME_MAX_CHARS),
					    x->loose_names ? judging_text(g, x->loose_names, TEXT_MAX) :
							     human_plural(g->a, x->loose, "setting"));
	}
	return text;
}

void judge_guard_own_units(struct judging *g, const struct own_units *u)
{
	struct judgement *j = guard_add(g, "guard.units", "ourselves", "Mission Control's own units", &u->probe);
	size_t n_loose, n_unknown;
	const char *loose = loose_text(g, u, &n_loose, &n_unknown);

	j->rule = "holds while every unit of ours, drop-ins included, grants no more than it is shipped with";
	if (guard_is_untold(j, &u->probe))
		return;
	if (u->probe.state == PROBE_INACTIVE) {
		guard_weaker(j, "not installed as units: whoever started it lends it all of its own rights", "it is installed (`make install`, `hmc setup`)");
		return;
	}
	if (u->probe.state == PROBE_UNKNOWN) {
		guard_unknown(j, judging_text(g, u->probe.reason, TEXT_MAX), "systemd can be asked again");
		return;
	}
	j->evidence.value = arena_printf(g->a, "%s%s%s", human_plural(g->a, (int64_t)u->n_list, "unit"), *loose ? "; " : ", none of them loosened", loose);
	if (n_loose) {
		judging_say(j, STATUS_WARN, GUARD_WEAKER, loose);
		j->clears_when = "the drop-ins that loosen them are gone (`systemctl cat` shows them), and systemd has been reloaded";
	} else if (n_unknown) {
		guard_unknown(j, arena_printf(g->a, "of %s it could not be told", human_plural(g->a, (int64_t)n_unknown, "unit")),
			      "every unit can be asked");
	} else {
		guard_holds(j, arena_printf(g->a, "%s as shipped", human_plural(g->a, (int64_t)u->n_list, "unit")));
	}
}
