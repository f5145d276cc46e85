/*
 * How an instance is set up. Plain facts, but for what leaves it unguarded or
 * a task that waits for a person.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_guard.h"
#include "view/judge_parts.h"
#include "view/judge_task.h"

#define STATUSES_SHOWN 5

static struct judgement *add(struct judging *g, const char *id, const char *label, const struct probe *p)
{
	struct judgement *j = judging_add(g, id, "agent", label, p);

	j->rule = "a plain fact";
	j->is_part = true;
	return j;
}

static void warns(struct judgement *j, const char *word, const char *title, const char *why, const char *phrase,
		  const char *clears_when)
{
	judging_say(j, STATUS_WARN, word, NULL);
	judging_attend(j, title, why, phrase);
	j->clears_when = clears_when;
}

static void judge_approvals(struct judging *g, const struct settings *s)
{
	struct judgement *j = add(g, "approvals", "Approvals", &s->probe);

	j->rule = "critical when commands run without asking (mode off)";
	j->evidence.value = arena_printf(g->a, "approvals.mode %s, by %s; %s allowed for ever",
					 s->approvals_mode ? judging_text(g, s->approvals_mode, NAME_MAX_CHARS) : "not known",
					 s->approvals_from ? judging_text(g, s->approvals_from, NAME_MAX_CHARS) : "nothing that was read",
					 s->allowlist < 0 ? "commands not counted" : human_plural(g->a, s->allowlist, "command"));
	if (!s->approvals_mode)
		judging_say(j, STATUS_INFO, "not known", "not set, and this version's default is not known");
	else if (!str_eq(s->approvals_mode, "off"))
		judging_say(j, STATUS_OK, judging_text(g, s->approvals_mode, NAME_MAX_CHARS),
			    str_eq(s->approvals_from, "default") ? "by default" : NULL);
	if (!str_eq(s->approvals_mode, "off"))
		return;
	warns(j, "off", "Commands run without asking",
	      arena_printf(g->a, "approvals.mode is off, by %s: whatever the agent wants to run is run.",
			   judging_text(g, s->approvals_from, NAME_MAX_CHARS)),
	      "approvals switched off", "approvals.mode is manual or smart");
	j->status = STATUS_CRITICAL;
}

static const char *pii_text(const struct settings *s)
{
	if (s->redact_pii_is_set != TRI_YES)
		return "personal data not decided";
	return s->redact_pii == TRI_YES ? "personal data masked" : "personal data not masked";
}

static void judge_redaction(struct judging *g, const struct settings *s)
{
	struct judgement *j = add(g, "redaction", "Hermes's redaction", &s->probe);
	const struct decision *d = guard_decision(g->instance, "security.redact_secrets");

	j->rule = "a warning when Hermes does not mask secrets (security.redact_secrets false) and nobody decided so";
	j->evidence.value = arena_printf(g->a, "security.redact_secrets %s, %s; %s",
					 s->redact_secrets == TRI_YES  ? "true"
					 : s->redact_secrets == TRI_NO ? "false"
								       : "not known",
					 s->redact_secrets_is_set == TRI_YES ? "set in config.yaml" : "by default", pii_text(s));
	if (s->redact_secrets == TRI_NO && d && str_eq(d->value, "false"))
		judging_say(j, STATUS_INFO, "off", "secrets are not masked, as was decided");
	else if (s->redact_secrets == TRI_NO)
		warns(j, "off", "Hermes does not mask secrets",
		      "security.redact_secrets is false: keys and tokens go into its logs and prompts as they are.",
		      "secrets that are not masked", "security.redact_secrets is true");
	else if (s->redact_secrets == TRI_UNKNOWN)
		judging_say(j, STATUS_INFO, "not known", pii_text(s));
	else
		judging_say(j, STATUS_OK, "secrets masked", pii_text(s));
}

static const char *config_text(struct judging *g, const struct settings *s)
{
	return s->config_version > 0 ? arena_printf(g->a, "config version %" PRId64, s->config_version)
				     : "config version not said";
}

static void judge_model(struct judging *g, const struct settings *s)
{
	struct judgement *j = add(g, "model", "Model", &s->probe);
	const char *provider = s->provider ? arena_printf(g->a, "via %s", judging_text(g, s->provider, NAME_MAX_CHARS)) : NULL;

	judging_say(j, STATUS_INFO, s->model ? judging_text(g, s->model, NAME_MAX_CHARS) : "not set", provider);
	j->evidence.value = arena_printf(g->a, "%s; %s, %s, %s", config_text(g, s),
					 human_plural(g->a, (int64_t)s->n_platforms, "platform"),
					 human_plural(g->a, (int64_t)s->n_mcp_servers, "MCP server"),
					 human_plural(g->a, (int64_t)s->n_platform_toolsets, "platform's toolset"));
}

static void judge_settings(struct judging *g, const struct settings *s)
{
	if (s->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, add(g, "settings", "Settings", &s->probe), &s->probe, "The instance's settings");
		return;
	}
	judge_model(g, s);
	judge_approvals(g, s);
	judge_redaction(g, s);
}

static void judge_memory_file(struct judging *g, const struct memory_file *m, const char *id, const char *name)
{
	struct judgement *j = add(g, id, name, &m->probe);
	int64_t percent = m->limit > 0 ? m->characters * 100 / m->limit : -1;

	j->rule = "a warning above its limit, where Hermes takes nothing more into it";
	if (m->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &m->probe, name);
		return;
	}
	if (m->probe.state == PROBE_INACTIVE) {
		judging_say(j, STATUS_INFO, "empty", NULL);
		return;
	}
	j->evidence.value = arena_printf(g->a, "%s %s, %s characters of %s", human_count(g->a, m->entries),
					 m->entries == 1 ? "entry" : "entries", human_count(g->a, m->characters),
					 m->limit > 0 ? human_count(g->a, m->limit) : "a limit not known");
	if (percent > 100)
		warns(j, arena_printf(g->a, "%" PRId64 " %%", percent), arena_printf(g->a, "%s is over its limit", name),
		      "Somebody wrote it by hand; Hermes takes nothing more into it until it is shorter.",
		      "a memory that is over its limit", "it is within its limit");
	else if (percent < 0)
		judging_say(j, STATUS_INFO, arena_printf(g->a, "%s characters", human_count(g->a, m->characters)), NULL);
	else
		judging_say(j, STATUS_INFO, arena_printf(g->a, "%" PRId64 " %% of its limit", percent),
			    percent >= 90 ? "nearly full" : NULL);
}

static void judge_skills(struct judging *g, const struct skills *s)
{
	struct judgement *j = add(g, "skills", "Skills", &s->probe);

	if (s->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &s->probe, "Skills");
	} else if (s->probe.state == PROBE_INACTIVE) {
		judging_say(j, STATUS_INFO, "none", NULL);
	} else {
		judging_say(j, STATUS_INFO, arena_printf(g->a, "%s enabled", human_count(g->a, s->enabled)),
			    s->local > 0 ? arena_printf(g->a, "%s of its own", human_count(g->a, s->local)) : NULL);
		j->evidence.value = arena_printf(g->a, "%s in all, %s enabled, %s made here", human_count(g->a, s->total),
						 human_count(g->a, s->enabled), human_count(g->a, s->local));
	}
}

static void judge_extensions(struct judging *g, const struct extensions *x)
{
	struct judgement *j = add(g, "extensions", "Hooks and plugins", &x->probe);
	const char *text = "";
	int64_t hooks = 0;

	if (x->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &x->probe, "Hooks and plugins");
		return;
	}
	for (size_t i = 0; i < x->n_list; i++) {
		hooks += str_eq(x->list[i].kind, "hook");
		if (i < 10)
			text = arena_printf(g->a, "%s%s%s", text, i ? ", " : "", judging_text(g, x->list[i].name, NAME_MAX_CHARS));
	}
	judging_say(j, STATUS_INFO, x->n_list ? human_plural(g->a, hooks, "hook") : "none",
		    x->n_list ? human_plural(g->a, (int64_t)x->n_list - hooks, "plugin") : NULL);
	if (*text)
		j->evidence.value = text;
}

/* By itself a report says which keys there are; judge_shared() knows who else has them. */
static void judge_keys(struct judging *g, const struct keys *k)
{
	struct judgement *j = add(g, "keys", "Keys", &k->probe);

	j->rule = "a warning when another instance has the same key, by fingerprint; critical for a Telegram bot's token with "
		  "which two gateways run";
	if (k->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &k->probe, "Whether keys are shared");
	} else if (k->probe.state == PROBE_INACTIVE && k->left_out == COUNT_UNKNOWN) {
		judging_off(j, "not compared", judging_text(g, k->probe.reason, TEXT_MAX), "its exporter has a copy of the fingerprint key");
	} else {
		judging_say(j, STATUS_INFO, k->n_list ? human_plural(g->a, (int64_t)k->n_list, "key") : "none", NULL);
		j->evidence.value = arena_printf(g->a, "%s by fingerprint; %s left out, too short or too plain to be compared",
						 human_plural(g->a, (int64_t)k->n_list, "key"),
						 human_number(g->a, k->left_out > 0 ? k->left_out : 0));
	}
}

static const char *counts_text(struct judging *g, const struct kanban *k)
{
	const char *text = "";

	for (size_t i = 0; i < k->n_by_status && i < STATUSES_SHOWN; i++)
		text = arena_printf(g->a, "%s%s%s %s", text, i ? ", " : "", human_count(g->a, k->by_status[i].tasks),
				    judging_text(g, k->by_status[i].status, NAME_MAX_CHARS));
	return text;
}

/* The first task that only a person can help on; NULL when there is none. */
static const struct kanban_task *find_waiting(const struct kanban *k, int64_t *n)
{
	const struct kanban_task *first = NULL;

	for (size_t i = 0; i < k->n_latest; i++) {
		const struct kanban_task *t = &k->latest[i];

		if ((str_eq(t->status, "blocked") && str_eq(t->block_kind, "needs_input")) ||
		    (t->failures >= KANBAN_FAILURES_MANY && !str_eq(t->status, "done") && !str_eq(t->status, "archived"))) {
			first = first ? first : t;
			++*n;
		}
	}
	return first;
}

void judge_kanban(struct judging *g, const struct kanban *k)
{
	struct judgement *j = add(g, "kanban", "Kanban", &k->probe);
	const struct kanban_task *waiting;
	int64_t n = 0;

	j->rule = "a warning when a task is blocked for want of an answer or has failed 3 times in a row";
	if (k->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &k->probe, "Kanban");
		return;
	}
	if (k->probe.state == PROBE_INACTIVE) {
		judging_off(j, "not used", NULL, "there is a kanban board");
		return;
	}
	j->evidence.value = counts_text(g, k);
	judging_say(j, STATUS_INFO, k->n_by_status ? counts_text(g, k) : "no tasks", NULL);
	waiting = find_waiting(k, &n);
	if (!waiting)
		return;
	warns(j, "waiting", n == 1 ? "A task waits for a person" : arena_printf(g->a, "%s tasks wait for a person", human_number_cap(g->a, n)),
	      arena_printf(g->a, "“%s” is %s%s.", judging_text(g, waiting->title ? waiting->title : waiting->id, TEXT_MAX),
			   judging_text(g, waiting->status, NAME_MAX_CHARS),
			   str_eq(waiting->block_kind, "needs_input") ? ": it needs an answer" : " and keeps failing"),
	      "a task that waits for a person", "the task goes on");
}

void judge_agent(struct judging *g, const struct agent *x)
{
	judge_settings(g, &x->settings);
	judge_memory_file(g, &x->memory, "memory", "MEMORY.md");
	judge_memory_file(g, &x->user, "memory.user", "USER.md");
	judge_skills(g, &x->skills);
	judge_extensions(g, &x->extensions);
	judge_keys(g, &x->keys);
}
