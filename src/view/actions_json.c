/*
 * What can be done from a card: commands to copy, which no page ever runs, and places to go to.
 */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/parts_json.h"
#include "view/runbook.h"

/*
 * Only letters, digits and "@ . _ -", not beginning with a dash: nothing
 * that a shell could take for more than a word.
 */
static bool is_plain_word(const char *s)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@._-";

	return s && *s && *s != '-' && strspn(s, safe) == strlen(s) && strlen(s) < 200;
}

static void add_action(cJSON *list, const char *id, const char *label, const char *command)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "id", id);
	json_add_string(o, "label", label);
	json_add_string(o, "command", command);
	json_append(list, o);
}

/* "systemctl", or the same for a unit of the user's own manager; NULL when that cannot be told. */
static const char *with_scope(const char *program, enum unit_scope scope, const char *user, struct arena *a)
{
	if (scope == UNIT_SCOPE_SYSTEM)
		return program;
	if (scope == UNIT_SCOPE_USER && is_plain_word(user) && !strchr(user, '@'))
		return arena_printf(a, "%s --user -M %s@", program, user);
	return NULL;
}

static void add_unit_actions(cJSON *list, const struct instance_snapshot *s, struct arena *a)
{
	const struct instance *in = s->instance;
	enum unit_scope scope = in->gateway.scope;
	const char *systemctl;

	if (scope == UNIT_SCOPE_AUTO && s->has_report && s->report.gateway_unit.probe.state == PROBE_OK)
		scope = s->report.gateway_unit.scope;
	systemctl = with_scope("systemctl", scope, in->user, a);
	if (!systemctl || !is_plain_word(in->gateway.unit))
		return;
	add_action(list, "restart", "Restart the gateway, on the machine",
		   arena_printf(a, "%s restart %s", systemctl, in->gateway.unit));
	add_action(list, "status", "What systemd says of it",
		   arena_printf(a, "%s status %s", systemctl, in->gateway.unit));
}

static void add_link(cJSON *list, const char *id, const char *label, const char *href)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "id", id);
	json_add_string(o, "label", label);
	json_add_string(o, "href", href);
	json_append(list, o);
}

static bool has_port(const struct instance *in)
{
	return in->dashboard_port > 0 && in->dashboard_port < 65536;
}

/* The section of what is worst here, said by its label; the whole runbook where all is well. */
static void add_runbook_link(cJSON *list, const struct verdict_part *p, const char *id, struct arena *a)
{
	const struct judgement *worst = NULL;

	for (size_t i = 0; i < p->n; i++) {
		const struct judgement *j = &p->judgements[i];

		if (j->title && (!worst || status_rank(j->status) > status_rank(worst->status)))
			worst = j;
	}
	if (worst)
		add_link(list, "runbookWorst", arena_printf(a, "Runbook: %s", worst->label),
			 runbook_href(id, worst->id, a));
	add_link(list, "runbook", "Runbook", RUNBOOK_PATH);
}

/* in is NULL for the machine. */
static void add_links(cJSON *list, const struct verdict_part *p, const struct instance *in, struct arena *a)
{
	if (in && has_port(in))
		add_link(list, "dashboard", "Private dashboard, through the tunnel",
			 arena_printf(a, "http://127.0.0.1:%" PRId64 "/", in->dashboard_port));
	if (in && in->dashboard_url)
		add_link(list, "dashboardDirect", "Private dashboard, directly", in->dashboard_url);
	add_runbook_link(list, p, in ? in->id : "host", a);
}

void add_actions(cJSON *card, const struct verdict_part *p, const char *hostname, struct arena *a)
{
	const struct instance *in = p && p->snapshot ? p->snapshot->instance : NULL;
	cJSON *list = json_add_array(card, "actions");
	cJSON *links = json_add_array(card, "links");

	if (in && has_port(in) && is_plain_word(hostname))
		add_action(list, "tunnel", "Private dashboard, by SSH tunnel",
			   arena_printf(a, "ssh -N -L %" PRId64 ":127.0.0.1:%" PRId64 " %s",
					in->dashboard_port, in->dashboard_port, hostname));
	if (in)
		add_unit_actions(list, p->snapshot, a);
	if (p)
		add_links(links, p, in, a);
	json_add_bool(card, "hasActions", p != NULL);
}
