/*
 * The platforms of a gateway. Their states stand in gateway_state.json, which
 * survives its process: they are believed only while that process is known to
 * live. A connected platform may carry an old error (v0.5.0 never clears
 * them), so errors are looked at in other states only.
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "view/judge_parts.h"

/* How long connecting may take, and how long after a start the state file may still be the old one. */
#define CONNECT_S 300
#define RECORD_S  120

/* A process may note its platforms in the second it is said to have started. */
#define START_SLACK_S 5

static const char rule[] =
	"fine when a living gateway says connected; a warning when it reconnects or is disconnected; "
	"critical when it gave up; not judged while the gateway does not run";

static const char *platform_label(const struct judging *g, const char *name)
{
	static const struct {
		const char *name;
		const char *label;
	} known[] = {
		{ "api_server", "API server" },
		{ "dingtalk", "DingTalk" },
		{ "homeassistant", "Home Assistant" },
		{ "imessage", "iMessage" },
		{ "sms", "SMS" },
		{ "wecom", "WeCom" },
		{ "whatsapp", "WhatsApp" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(name, known[i].name))
			return known[i].label;
	return human_cap(g->a, judging_text(g, name, NAME_MAX_CHARS));
}

static bool is_believable(const struct judging *g, const struct gateway *w)
{
	if (w->probe.state != PROBE_OK || g->is_running != TRI_YES)
		return false;
	if (w->pid_state == PID_ALIVE)
		return true;
	/* Not looked up, but written since the unit came up: by this run, then. */
	return w->pid_state == PID_UNKNOWN && g->running_since && w->updated_at >= g->running_since;
}

static const char *error_text(const struct judging *g, const struct platform *p)
{
	const char *message = judging_text(g, p->error_message ? p->error_message : p->error_code, TEXT_MAX);

	return *message ? arena_printf(g->a, "Last error: %s.", message) : "It gave no reason.";
}

static void troubled(struct judging *g, struct judgement *j, const struct platform *p, enum status status,
		     const char *title)
{
	const char *since = p->updated_at ? human_span(g->a, judging_age(g, p->updated_at)) : NULL;

	judging_say(j, status, judging_text(g, p->state, NAME_MAX_CHARS), since);
	judging_attend(j, title, error_text(g, p), arena_printf(g->a, "%s in trouble", j->label));
	j->clears_when = "the gateway says that it is connected";
}

static void judge_state(struct judging *g, struct judgement *j, const struct platform *p)
{
	int64_t age = p->updated_at ? judging_age(g, p->updated_at) : 0;
	bool attention = p->needs_attention == TRI_YES;

	if (str_eq(p->state, "connected") && !attention) {
		judging_say(j, STATUS_OK, "connected", NULL);
	} else if (str_eq(p->state, "connecting") && !attention && age < CONNECT_S) {
		judging_say(j, STATUS_OK, "connecting", NULL);
	} else if (str_eq(p->state, "paused") && !attention) {
		judging_off(j, "paused", NULL, "it is resumed");
	} else if (str_eq(p->state, "fatal")) {
		troubled(g, j, p, STATUS_CRITICAL, arena_printf(g->a, "%s has given up", j->label));
	} else if (str_eq(p->state, "disconnected")) {
		troubled(g, j, p, STATUS_WARN, arena_printf(g->a, "%s is disconnected", j->label));
	} else if (attention || str_eq(p->state, "connecting") || str_eq(p->state, "retrying")) {
		troubled(g, j, p, STATUS_WARN,
			 arena_printf(g->a, "%s does not get connected%s", j->label,
				      attention ? " and asks for a look" : ""));
	} else {
		judging_unknown(g, j, NULL, j->label);
		j->detail = arena_printf(g->a, "says “%s”", judging_text(g, p->state, NAME_MAX_CHARS));
		j->why = arena_printf(g->a, "It %s, a state that is not known here.", j->detail);
	}
}

/* An entry that the present process has not touched is the word of an earlier one. */
static bool is_leftover(const struct gateway *w, const struct platform *p)
{
	return w->process_started_at && p->updated_at &&
	       p->updated_at < w->process_started_at - START_SLACK_S;
}

static void judge_leftover(struct judging *g, struct judgement *j, const struct gateway *w,
			   const struct platform *p)
{
	if (str_eq(p->state, "disconnected") || str_eq(p->state, "paused")) {
		judging_off(j, "not in use", "closed by an earlier run", "the gateway opens it again");
	} else if (judging_age(g, w->process_started_at) < CONNECT_S) {
		judging_off(j, "not judged yet", "the gateway has just started", "the gateway has had the time to say so");
		judging_hang(j, "gateway");
	} else {
		judging_unknown(g, j, NULL, j->label);
		j->detail = arena_printf(g->a, "last %s, in an earlier run",
					 judging_text(g, p->state, NAME_MAX_CHARS));
		judging_attend(
			j, arena_printf(g->a, "%s has not been heard of since the gateway started", j->label),
			arena_printf(g->a, "Its last word is of %s, by a process that has ended since.",
				     human_instant(g->a, p->updated_at)),
			NULL);
	}
}

/* The gateway is stopped, unknown, or its record is not the running process's. */
static void judge_unproven(struct judging *g, struct judgement *j, const struct gateway *w)
{
	if (g->is_running == TRI_NO) {
		judging_off(j, "not judged", "the gateway does not run", "the gateway runs");
	} else if (g->is_running == TRI_UNKNOWN) {
		judging_say(j, STATUS_UNKNOWN, "not judged", "whether the gateway runs is not known");
	} else if (g->running_since && judging_age(g, g->running_since) < RECORD_S) {
		judging_off(j, "not judged yet", "the gateway has just started", "the gateway has had the time to say so");
	} else {
		judging_unknown(g, j, NULL, j->label);
		j->detail = "its record is not the running process's";
		j->why = "The state file cannot be tied to the process that runs now. This is not a report "
			 "that it is down.";
		if (w->pid_state == PID_DEAD || w->pid_state == PID_OTHER)
			judging_hang(j, "gateway"); /* which warns of that very disagreement */
		return;
	}
	judging_hang(j, "gateway");
}

static void judge_platform(struct judging *g, const struct gateway *w, const struct platform *p)
{
	const char *name = judging_text(g, p->name ? p->name : "?", NAME_MAX_CHARS);
	struct judgement *j = judging_add(g, arena_printf(g->a, "platform.%s", name), "platforms",
					  platform_label(g, name), &w->probe);
	const char *error = judging_text(g, p->error_message, TEXT_MAX);

	j->rule = rule;
	j->evidence.value = arena_printf(g->a, "%s%s%s%s%s",
					 p->state ? judging_text(g, p->state, NAME_MAX_CHARS) : "no state",
					 p->updated_at ? ", set " : "", human_instant(g->a, p->updated_at),
					 *error ? "; error on record: " : "", error);
	if (!is_believable(g, w))
		judge_unproven(g, j, w);
	else if (is_leftover(w, p))
		judge_leftover(g, j, w, p);
	else if (!judging_ahead(g, j, p->updated_at, arena_printf(g->a, "the state of %s", j->label)))
		judge_state(g, j, p);
}

void judge_platforms(struct judging *g, const struct instance_report *r)
{
	const struct gateway *w = &r->gateway;

	if (w->probe.state == PROBE_UNKNOWN) {
		struct judgement *j = judging_add(g, "platforms", "platforms", "Platforms", &w->probe);

		j->rule = rule;
		if (g->is_running == TRI_NO) {
			judging_off(j, "not judged", "the gateway does not run", "the gateway runs");
			judging_hang(j, "gateway");
			return;
		}
		judging_unknown(g, j, &w->probe, "What the gateway says of its platforms");
		if (g->is_running == TRI_UNKNOWN)
			judging_hang(j, "gateway");
		return;
	}
	for (size_t i = 0; w->probe.state == PROBE_OK && i < w->n_platforms; i++)
		judge_platform(g, w, &w->platforms[i]);
}
