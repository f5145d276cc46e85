/*
 * The units beside the gateway: the private dashboard, timers, and systemd
 * itself where it could not be asked.
 */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "view/judge_parts.h"

#define SETTLE_S      300
#define LOOP_RESTARTS 3
#define LOOP_YOUNG_S  600

static void count_unread(const struct probe *p, const char *reason, bool is_configured, int *unread,
			 int *asked)
{
	if (!is_configured)
		return;
	(*asked)++;
	*unread += p->state == PROBE_UNKNOWN && p->reason && str_eq(p->reason, reason);
}

/*
 * Two or more units that could not be read for one and the same reason are
 * one trouble: the bus, or the user's manager behind it. They hang from it.
 */
void judge_service_manager(struct judging *g, const struct instance_report *r)
{
	const struct instance *in = g->instance;
	const char *reason =
		r->gateway_unit.probe.reason ? r->gateway_unit.probe.reason : r->dashboard_unit.probe.reason;
	int unread = 0, asked = 0;
	struct judgement *j;

	if (r->gateway_unit.probe.state != PROBE_UNKNOWN && r->dashboard_unit.probe.state == PROBE_UNKNOWN)
		reason = r->dashboard_unit.probe.reason;
	if (!reason)
		return;
	count_unread(&r->gateway_unit.probe, reason, in->gateway.unit || r->gateway_unit.name, &unread,
		     &asked);
	count_unread(&r->dashboard_unit.probe, reason, in->dashboard.unit != NULL, &unread, &asked);
	count_unread(&r->backup_timer.probe, reason, in->backup_timer.unit != NULL, &unread, &asked);
	if (unread < 2)
		return;
	g->bus_reason = reason;
	j = judging_add(g, "systemd", "gateway", "Service manager", &r->gateway_unit.probe);
	judging_unknown(g, j, &r->gateway_unit.probe, "systemd");
	j->detail = judging_text(g, reason, TEXT_MAX);
	j->rule = "unknown when two or more units could not be read for the same reason; they hang from it";
	j->evidence.value = arena_printf(g->a, "%d of %d units not read", unread, asked);
	judging_attend(
		j, "systemd could not be asked",
		arena_printf(g->a, "%s %s units were not judged; this is not a report that anything is down.",
			     judging_sentence(g, reason), human_number_cap(g->a, unread)),
		NULL);
}

/* "Backup timer is stopped", "Private dashboard has failed", "Backup timer: its last run failed". */
static void say_trouble(struct judging *g, struct judgement *j, const char *word, const char *why)
{
	const char *label = judging_lower(g, j->label);
	const char *a = strchr("aeiou", word[0]) ? "an" : "a";

	judging_say(j, STATUS_WARN, word, NULL);
	if (str_eq(word, "last run failed"))
		judging_attend(j, arena_printf(g->a, "%s: its last run failed", j->label), why,
			       arena_printf(g->a, "a failed run of its %s", label));
	else
		judging_attend(
			j,
			arena_printf(g->a, "%s %s %s", j->label, str_eq(word, "failed") ? "has" : "is", word),
			why, arena_printf(g->a, "%s %s %s", a, word, label));
}

static void unit_warns(struct judging *g, struct judgement *j, const struct unit *u, const char *word)
{
	say_trouble(g, j, word,
		    arena_printf(g->a, "systemd has %s as %s.",
				 judging_text(g, u->name ? u->name : "its unit", NAME_MAX_CHARS),
				 unit_text(g, u)));
	j->clears_when = "its unit is active";
}

static void judge_loaded_dashboard(struct judging *g, struct judgement *j, const struct unit *u,
				   const char *port)
{
	int64_t age = u->since ? judging_age(g, u->since) : INT64_MAX;

	if (judging_ahead(g, j, u->since, "the dashboard's start"))
		return;
	if (str_eq(u->active_state, "failed"))
		unit_warns(g, j, u, "failed");
	else if (str_eq(u->sub_state, "auto-restart") || (u->restarts >= LOOP_RESTARTS && age < LOOP_YOUNG_S))
		unit_warns(g, j, u, "restarting");
	else if (str_eq(u->active_state, "deactivating"))
		unit_warns(g, j, u, "stopping");
	else if (str_eq(u->active_state, "activating") && age > SETTLE_S && u->since)
		unit_warns(g, j, u, "slow to start");
	else if (str_eq(u->active_state, "activating"))
		judging_say(j, STATUS_OK, "starting", port);
	else if (str_eq(u->active_state, "active") || str_eq(u->active_state, "reloading"))
		judging_say(j, STATUS_OK, "running", port);
	else
		judging_unknown(g, j, NULL, "Private dashboard");
}

void judge_dashboard(struct judging *g, const struct unit *u)
{
	struct judgement *j = judging_add(g, "dashboard", "dashboard", "Private dashboard", &u->probe);
	const struct instance *in = g->instance;
	const char *port = in->dashboard_port ? arena_printf(g->a, ":%" PRId64, in->dashboard_port) : "";

	j->rule = "fine when its unit is active; a warning when it failed, keeps restarting, does not exist "
		  "or is stopped "
		  "although it starts at boot";
	if (!in->dashboard.unit) {
		judging_off(j, "not configured", NULL, "the configuration names its unit");
		j->is_settled = true;
		return;
	}
	if (u->probe.state != PROBE_UNKNOWN)
		j->evidence.value = unit_text(g, u);
	judging_boot(g, j, u->scope, u->unit_file_state, u->lingers);
	if (u->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &u->probe,
				arena_printf(g->a, "Private dashboard%s%s", *port ? " on " : "", port));
		judging_hang_on_bus(g, j, &u->probe);
	} else if (u->probe.state == PROBE_OK) {
		judge_loaded_dashboard(g, j, u, port);
	} else if (str_eq(u->load_state, "masked") || str_eq(u->unit_file_state, "disabled")) {
		judging_off(j, str_eq(u->load_state, "masked") ? "masked" : "stopped", NULL, "it is started or enabled");
	} else if (str_eq(u->load_state, "loaded")) {
		unit_warns(g, j, u, "stopped");
	} else {
		unit_warns(g, j, u,
			   !u->load_state || str_eq(u->load_state, "not-found") ? "missing" : "broken");
		j->why = arena_printf(g->a, "%s It is configured as %s.",
				      judging_sentence(g, u->probe.reason), in->dashboard.unit);
	}
}

static void timer_warns(struct judging *g, struct judgement *j, const char *word, const char *why)
{
	say_trouble(g, j, word, why);
	j->clears_when = "the timer is active and its last run succeeded";
}

static const char *timer_text(const struct judging *g, const struct timer *t)
{
	const char *text =
		arena_printf(g->a, "%s, %s; last %s, next %s",
			     t->active_state ? judging_text(g, t->active_state, NAME_MAX_CHARS) : "no word",
			     t->unit_file_state ? judging_text(g, t->unit_file_state, NAME_MAX_CHARS) : "?",
			     t->last_run ? human_instant(g->a, t->last_run) : "never",
			     t->next_run ? human_instant(g->a, t->next_run) : "not planned");

	if (t->service)
		text = arena_printf(g->a, "%s; %s: %s", text, judging_text(g, t->service, NAME_MAX_CHARS),
				    t->service_result ? judging_text(g, t->service_result, NAME_MAX_CHARS)
						      : "no result");
	return t->service_exit_status > 0
		       ? arena_printf(g->a, "%s, exit status %" PRId64, text, t->service_exit_status)
		       : text;
}

static void judge_loaded_timer(struct judging *g, struct judgement *j, const struct timer *t)
{
	const char *next =
		t->next_run ? arena_printf(g->a, "next %s", human_until(g->a, t->next_run, g->now)) : NULL;

	if (judging_ahead(g, j, t->last_run, "the timer's last run"))
		return;
	if (str_eq(t->active_state, "failed"))
		timer_warns(g, j, "failed", arena_printf(g->a, "systemd says: %s.", timer_text(g, t)));
	else if (str_eq(t->service_state, "activating"))
		judging_say(j, STATUS_OK, "running now", NULL);
	else if ((t->last_run || t->service_exit_status >= 0) && t->service_result &&
		 !str_eq(t->service_result, "success"))
		timer_warns(g, j, "last run failed",
			    arena_printf(g->a, "It ran %sand ended with %s%s.",
					 t->last_run ? arena_printf(g->a, "%s ", human_ago(g->a, t->last_run, g->now)) : "",
					 judging_text(g, t->service_result, NAME_MAX_CHARS),
					 t->service_exit_status > 0
						 ? arena_printf(g->a, ", exit status %" PRId64,
								t->service_exit_status)
						 : ""));
	else if (!next)
		timer_warns(g, j, "idle", "The timer is active, but no next run is planned.");
	else
		judging_say(j, STATUS_OK, "active", next);
}

void judge_timer(struct judging *g, const struct timer *t, const char *id, const char *group,
		 const char *label, const char *configured_name)
{
	struct judgement *j = judging_add(g, id, group, label, &t->probe);

	j->rule = "fine when the timer is active, its last run succeeded and the next is planned; otherwise "
		  "a warning";
	if (!configured_name) {
		judging_off(j, "not configured", NULL, "the configuration names a timer");
		j->is_settled = g->instance != NULL;
		return;
	}
	if (t->probe.state != PROBE_UNKNOWN)
		j->evidence.value = timer_text(g, t);
	judging_boot(g, j, t->scope, t->unit_file_state, t->lingers);
	if (t->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &t->probe, label);
		judging_hang_on_bus(g, j, &t->probe);
	} else if (t->probe.state == PROBE_OK) {
		judge_loaded_timer(g, j, t);
	} else if (str_eq(t->load_state, "masked")) {
		judging_off(j, "masked", NULL, "it is unmasked and started");
	} else if (str_eq(t->load_state, "loaded")) {
		timer_warns(g, j, "stopped",
			    arena_printf(g->a,
					 "%s is configured, but does not run: nothing will start "
					 "%s.",
					 judging_text(g, configured_name, NAME_MAX_CHARS),
					 t->service ? judging_text(g, t->service, NAME_MAX_CHARS)
						    : "its service"));
	} else {
		timer_warns(g, j, !t->load_state || str_eq(t->load_state, "not-found") ? "missing" : "broken",
			    arena_printf(g->a, "%s It is configured as %s.",
					 judging_sentence(g, t->probe.reason),
					 judging_text(g, configured_name, NAME_MAX_CHARS)));
	}
}
