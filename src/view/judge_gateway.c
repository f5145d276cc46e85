/*
 * Whether an instance runs: systemd's word about the unit and the process
 * that the instance recorded, weighed together. Where the two disagree both
 * are said. A gateway_state.json proves nothing once its process is gone, and
 * its time stamp does not move while a gateway idles
 * (gateway/status.py:resolve_gateway_liveness does the same weighing).
 */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "view/judge_parts.h"

/* A unit that systemd restarted this often and that is this young is in a loop. */
#define LOOP_RESTARTS 3
#define LOOP_YOUNG_S  600

/* How long starting, draining and the first record of a process may take. */
#define SETTLE_S 300
#define RECORD_S 120

static const char rule[] =
	"fine when systemd has the unit active and the recorded process lives; a warning when the "
	"two disagree or it was restarted 3 times and is younger than 10 min; critical when it is "
	"down although it is meant to run, or in a restart loop";

static bool is_alive(const struct gateway *w)
{
	return w->pid_state == PID_ALIVE;
}

static bool is_gone(const struct gateway *w)
{
	return w->pid_state == PID_DEAD || w->pid_state == PID_OTHER;
}

/* The state file's last word was that it runs. */
static bool claims_to_run(const struct gateway *w)
{
	return w->probe.state == PROBE_OK && w->state && !str_eq(w->state, "stopped") &&
	       !str_eq(w->state, "startup_failed");
}

static const char *process_text(const struct judging *g, const struct gateway *w)
{
	switch (w->pid_state) {
	case PID_ALIVE:
		return arena_printf(g->a, "process %" PRId64 " lives", w->pid);
	case PID_DEAD:
		return arena_printf(g->a, "recorded process %" PRId64 " is gone", w->pid);
	case PID_OTHER:
		return arena_printf(g->a, "recorded process %" PRId64 " is another program now", w->pid);
	case PID_NONE:
		return "no process recorded";
	default:
		return "process not looked up";
	}
}

const char *unit_text(const struct judging *g, const struct unit *u)
{
	const char *text;

	if (!u->active_state)
		return u->load_state ? judging_text(g, u->load_state, NAME_MAX_CHARS)
				     : "no word from systemd";
	text = arena_printf(g->a, "%s (%s)", judging_text(g, u->active_state, NAME_MAX_CHARS),
			    u->sub_state ? judging_text(g, u->sub_state, NAME_MAX_CHARS) : "?");
	if (u->unit_file_state)
		text = arena_printf(g->a, "%s, %s", text,
				    judging_text(g, u->unit_file_state, NAME_MAX_CHARS));
	if (u->result && !str_eq(u->result, "success"))
		text = arena_printf(g->a, "%s, result %s", text, judging_text(g, u->result, NAME_MAX_CHARS));
	if (u->exit_status > 0)
		text = arena_printf(g->a, "%s, exit status %" PRId64, text, u->exit_status);
	return arena_printf(g->a, "%s, %" PRId64 " restart%s", text, u->restarts > 0 ? u->restarts : 0,
			    u->restarts == 1 ? "" : "s");
}

static void set_evidence(struct judging *g, struct judgement *j, const struct unit *u,
			 const struct gateway *w)
{
	const char *state = w->probe.state == PROBE_OK && w->state
				    ? arena_printf(g->a, "; says of itself: %s",
						   judging_text(g, w->state, NAME_MAX_CHARS))
				    : "";
	const char *exit_reason =
		w->probe.state == PROBE_OK && w->exit_reason && !is_alive(w)
			? arena_printf(g->a, "; left because: %s", judging_text(g, w->exit_reason, TEXT_MAX))
			: "";

	if (w->probe.source)
		j->evidence.read = arena_printf(g->a, "%s%s%s", j->evidence.read ? j->evidence.read : "",
						j->evidence.read ? "; " : "",
						judging_text(g, w->probe.source, TEXT_MAX));
	j->evidence.value =
		arena_printf(g->a, "%s; %s%s%s", unit_text(g, u), process_text(g, w), state, exit_reason);
}

static void runs(struct judging *g, struct judgement *j, const char *word, const char *note, int64_t since)
{
	const char *age = since ? human_duration(g->a, judging_age(g, since)) : NULL;

	j->is_running = TRI_YES;
	g->running_since = since;
	judging_say(j, STATUS_OK, word,
		    age && note ? arena_printf(g->a, "%s · %s", age, note)
		    : age       ? age
				: note);
}

static void warns(struct judgement *j, const char *word, const char *detail, const char *title,
		  const char *why, const char *phrase)
{
	judging_say(j, STATUS_WARN, word, detail);
	judging_attend(j, title, why, phrase);
	j->clears_when = "the unit is active, its process lives and both have done so for 10 min";
}

static void is_down(struct judging *g, struct judgement *j, const char *word, const char *title,
		    const char *why)
{
	j->is_running = TRI_NO;
	judging_say(j, STATUS_CRITICAL, word, NULL);
	judging_attend(j, title, why,
		       strchr(word, ' ') ? arena_printf(g->a, "a gateway that is %s", word)
					 : arena_printf(g->a, "a %s gateway", word));
	j->clears_when = "the unit is active and its process lives";
}

/* What a living gateway says of itself; true when that is not plain "running". */
static bool judge_own_word(struct judging *g, struct judgement *j, const struct gateway *w, int64_t since)
{
	int64_t in_state = w->updated_at > since ? w->updated_at : since;
	int64_t age = in_state ? judging_age(g, in_state) : 0;
	const char *for_how_long = human_span(g->a, age);

	if (!is_alive(w))
		return false;
	j->is_running = TRI_YES;
	if (w->probe.state != PROBE_OK || !w->state || str_eq(w->state, "running"))
		return false;
	g->running_since = since;
	if (str_eq(w->state, "starting") || str_eq(w->state, "draining")) {
		if (age < SETTLE_S) {
			runs(g, j, judging_text(g, w->state, NAME_MAX_CHARS), NULL, since);
			return true;
		}
		warns(j, judging_text(g, w->state, NAME_MAX_CHARS), for_how_long,
		      arena_printf(g->a, "Gateway has been %s for %s", w->state, for_how_long),
		      "It runs, but has not come to the end of that step; more than 5 min is long.",
		      "a gateway that does not settle");
		return true;
	}
	if (str_eq(w->state, "degraded")) {
		warns(j, "degraded", NULL, "Gateway says that it is degraded",
		      "It runs, but not with all that it is meant to do. Its platforms tell more.",
		      "a degraded gateway");
		return true;
	}
	warns(j, judging_text(g, w->state, NAME_MAX_CHARS), "by its own word",
	      arena_printf(g->a, "Gateway runs, but says: %s", judging_text(g, w->state, NAME_MAX_CHARS)),
	      "Its process lives while its state file says otherwise.", "a gateway that contradicts itself");
	return true;
}

/* systemd has the unit active. */
static void judge_active(struct judging *g, struct judgement *j, const struct unit *u,
			 const struct gateway *w)
{
	int64_t age = u->since ? judging_age(g, u->since) : INT64_MAX;

	j->is_running = TRI_YES;
	g->running_since = u->since;
	if (u->restarts >= LOOP_RESTARTS && age < LOOP_YOUNG_S) {
		warns(j, "restarting", human_duration(g->a, age), "Gateway keeps restarting",
		      arena_printf(g->a,
				   "systemd has restarted it %" PRId64 " times; the present run is %s old.",
				   u->restarts, human_span(g->a, age)),
		      "a gateway that keeps restarting");
		return;
	}
	if (is_gone(w) && age > RECORD_S) {
		warns(j, "unclear", "unit active, process gone",
		      "The gateway's unit and its process disagree",
		      arena_printf(g->a, "systemd has the unit active, but the %s.", process_text(g, w)),
		      "a gateway whose signs disagree");
		return;
	}
	if (str_eq(u->sub_state, "exited") && !is_alive(w)) {
		j->is_running = TRI_NO;
		warns(j, "exited", NULL, "The gateway's unit is active, but nothing runs in it",
		      "Its program has ended and systemd was told to call that active.",
		      "a gateway that has exited");
		return;
	}
	if (!judge_own_word(g, j, w, u->since))
		runs(g, j, "running", NULL, u->since);
}

static void judge_transition(struct judging *g, struct judgement *j, const struct unit *u)
{
	int64_t age = u->since ? judging_age(g, u->since) : 0;

	j->is_running = TRI_NO;
	if (u->restarts >= LOOP_RESTARTS) {
		is_down(g, j, "in a restart loop", "Gateway is in a restart loop",
			arena_printf(g->a,
				     "systemd has restarted it %" PRId64 " times and it ends each time (%s).",
				     u->restarts, unit_text(g, u)));
		j->phrase = "a gateway in a restart loop";
	} else if (str_eq(u->sub_state, "auto-restart")) {
		warns(j, "restarting", NULL, "Gateway ended and is being restarted",
		      arena_printf(g->a, "systemd says: %s.", unit_text(g, u)), "a gateway that ended");
	} else if (str_eq(u->active_state, "deactivating")) {
		warns(j, "stopping", NULL, "Gateway is stopping", "systemd is stopping the unit.",
		      "a gateway that is stopping");
	} else if (age > SETTLE_S) {
		warns(j, "starting", human_span(g->a, age),
		      arena_printf(g->a, "Gateway has been starting for %s", human_span(g->a, age)),
		      "systemd still waits for it to be ready.", "a gateway that does not come up");
	} else {
		runs(g, j, "starting", NULL, u->since);
	}
}

/* "with exit-code, exit status 1"; of a process that a signal ended, systemd gives its number as the status. */
static const char *ending_text(struct judging *g, const struct unit *u)
{
	bool was_killed = str_eq(u->result, "signal") || str_eq(u->result, "core-dump");
	const char *name = was_killed && u->exit_status > 0 && u->exit_status < 65 ? sigabbrev_np((int)u->exit_status) : NULL;

	if (name)
		return arena_printf(g->a, "by SIG%s%s", name, str_eq(u->result, "core-dump") ? ", with a core dump" : "");
	return arena_printf(g->a, "with %s%s", u->result ? judging_text(g, u->result, NAME_MAX_CHARS) : "no result on record",
			    u->exit_status > 0 ? arena_printf(g->a, ", exit status %" PRId64, u->exit_status) : "");
}

/* "It ended 50 min ago with exit-code, exit status 1, and systemd does not start it again." */
static const char *failure_text(struct judging *g, const struct unit *u)
{
	return arena_printf(g->a, "It ended %s %s, and systemd does not start it again.",
			    u->since ? human_ago(g->a, u->since, g->now) : "at a time not known", ending_text(g, u));
}

/* Loaded, known to systemd, and not dead as far as it is concerned. */
static void judge_loaded(struct judging *g, struct judgement *j, const struct unit *u,
			 const struct gateway *w)
{
	if (str_eq(u->active_state, "active") || str_eq(u->active_state, "reloading") ||
	    str_eq(u->active_state, "refreshing"))
		judge_active(g, j, u, w);
	else if (str_eq(u->active_state, "activating") || str_eq(u->active_state, "deactivating"))
		judge_transition(g, j, u);
	else if (str_eq(u->active_state, "failed"))
		is_down(g, j, "failed", "Gateway has failed", failure_text(g, u));
	else {
		judging_unknown(g, j, NULL, "Gateway");
		j->detail = "systemd used a word that is not known here";
	}
}

/* No unit stands behind it: only the process can tell. */
static void judge_without_unit(struct judging *g, struct judgement *j, const struct unit *u,
			       const struct gateway *w)
{
	bool is_named = u->name || g->instance->gateway.unit;

	if (is_alive(w)) {
		if (!judge_own_word(g, j, w, w->process_started_at))
			runs(g, j, "running", "not under systemd", w->process_started_at);
		return;
	}
	if (w->probe.state == PROBE_UNKNOWN || w->pid_state == PID_UNKNOWN) {
		if (w->probe.state != PROBE_INACTIVE) {
			judging_unknown(g, j, &w->probe, "Gateway");
			return;
		}
	}
	j->is_running = TRI_NO;
	if (claims_to_run(w)) {
		is_down(g, j, "not running", "Gateway is not running",
			arena_printf(g->a, "Its last word was “%s”, but the %s, and %s.",
				     judging_text(g, w->state, NAME_MAX_CHARS),
				     is_gone(w) ? process_text(g, w) : "process has left no trace",
				     is_named ? "its unit does not exist" : "no unit is configured for it"));
		return;
	}
	judging_off(j, w->probe.state == PROBE_OK ? "stopped" : "not set up",
		    is_named ? "no such unit" : "not configured", "a gateway is started");
}

/* Stopped, masked, broken or absent. */
static void judge_inactive(struct judging *g, struct judgement *j, const struct unit *u,
			   const struct gateway *w)
{
	const char *boot = u->unit_file_state;

	if (!u->load_state || str_eq(u->load_state, "not-found")) {
		judge_without_unit(g, j, u, w);
		return;
	}
	if (is_alive(w)) {
		runs(g, j, "running", NULL, w->process_started_at);
		warns(j, "running", "outside its unit", "Gateway runs outside its unit",
		      arena_printf(g->a, "The %s, but systemd has the unit %s. Nothing will restart it.",
				   process_text(g, w),
				   str_eq(u->load_state, "masked") ? "masked" : "stopped"),
		      "a gateway outside its unit");
		return;
	}
	j->is_running = TRI_NO;
	if (str_eq(u->load_state, "masked"))
		judging_off(j, "masked", NULL, "it is unmasked and started");
	else if (!str_eq(u->load_state, "loaded"))
		is_down(g, j, "broken", "The gateway's unit file is broken",
			judging_sentence(g, u->probe.reason));
	else if (str_starts(boot, "enabled") || !boot)
		is_down(g, j, "stopped", "Gateway is stopped",
			arena_printf(g->a, "Its unit was stopped %s%s.",
				     u->since ? human_ago(g->a, u->since, g->now) : "at a time not known",
				     boot ? " although it starts at boot" : ""));
	else if (str_eq(boot, "disabled"))
		judging_off(j, "stopped", "disabled", "it is started or enabled");
	else
		warns(j, "stopped", NULL, "Gateway is stopped",
		      arena_printf(g->a, "systemd says %s; whether that is meant is not known.",
				   unit_text(g, u)),
		      "a stopped gateway");
}

/* systemd did not answer. A living process is proof of running all the same; a dead one proves little. */
static void judge_unread(struct judging *g, struct judgement *j, const struct unit *u,
			 const struct gateway *w)
{
	bool hangs = g->bus_reason && str_eq(g->bus_reason, u->probe.reason);

	if (is_alive(w) && hangs) {
		if (!judge_own_word(g, j, w, w->process_started_at))
			runs(g, j, "running", "by its process; systemd did not answer",
			     w->process_started_at);
		return;
	}
	judging_unknown(g, j, &u->probe, "Gateway");
	if (!judging_hang_on_bus(g, j, &u->probe) && is_alive(w)) {
		j->is_running = TRI_YES;
		g->running_since = w->process_started_at;
		j->word = "half known";
		j->title = "The gateway's unit could not be read";
		j->why = arena_printf(g->a, "%s Its process lives, so it runs.",
				      judging_sentence(g, j->detail));
		j->detail = "its process lives; the unit could not be read";
	}
}

/* Meant to be stopped: that it is so needs nobody, that it runs all the same does. */
static void judge_paused(struct judging *g, struct judgement *j)
{
	const char *why = judging_text(g, g->instance->paused, TEXT_MAX);

	if (j->is_running == TRI_NO) {
		judging_off(j, "paused", why, "it is started, or the configuration no longer calls it paused");
		judging_attend(j, NULL, NULL, NULL);
	} else if (j->is_running == TRI_YES && j->status == STATUS_OK) {
		warns(j, "running", "although it is paused", "Gateway runs although it is paused",
		      arena_printf(g->a, "The configuration says that it is paused: %s.", why), "a paused gateway that runs");
		j->clears_when = "it is stopped, or the configuration no longer calls it paused";
	}
}

void judge_gateway(struct judging *g, const struct instance_report *r)
{
	const struct unit *u = &r->gateway_unit;
	const struct gateway *w = &r->gateway;
	struct judgement *j = judging_add(g, "gateway", "gateway", "Gateway", &u->probe);

	j->rule = rule;
	set_evidence(g, j, u, w);
	judging_boot(g, j, u->scope, u->unit_file_state, u->lingers);
	if (!judging_ahead(g, j, u->since, "the gateway's start")) {
		if (u->probe.state == PROBE_OK)
			judge_loaded(g, j, u, w);
		else if (u->probe.state == PROBE_INACTIVE)
			judge_inactive(g, j, u, w);
		else
			judge_unread(g, j, u, w);
	}
	if (g->instance->paused)
		judge_paused(g, j);
	g->is_running = j->is_running;
}
