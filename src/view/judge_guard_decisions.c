/*
 * What a person decides of an instance: whether commands ask, and what is
 * masked. The value is Hermes's own; the decision is the configuration's.
 *
 * "approvals" and "redaction" (judge_agent.c) have the alarm where they warn.
 */
#include "base/str.h"
#include "view/judge_guard_parts.h"

static const char *as_text(enum tristate t)
{
	return t == TRI_YES ? "true" : t == TRI_NO ? "false" : NULL;
}

/* "decided 2026-06-02: reason" */
static const char *decided_text(struct judging *g, const struct decision *d)
{
	return arena_printf(g->a, "%s on %s: %s", judging_text(g, d->value, NAME_MAX_CHARS), judging_text(g, d->date, NAME_MAX_CHARS),
			    d->reason ? judging_text(g, d->reason, TEXT_MAX) : "no reason is given");
}

/* One setting as it is. */
struct setting {
	const char *id;
	const char *label;
	const char *name;           /* Hermes's */
	const char *value;          /* NULL = not known */
	const char *from;           /* "config.yaml", "default", "HERMES_YOLO_MODE" */
};

/* "config.yaml says false", "smart by default" */
static const char *value_text(struct judging *g, const struct setting *x)
{
	const char *value = judging_text(g, x->value, NAME_MAX_CHARS);

	if (!x->value)
		return "not set, and the default of this version is not known";
	if (!x->from || str_eq(x->from, "default"))
		return arena_printf(g->a, "%s by default", value);
	return arena_printf(g->a, "%s says %s", judging_text(g, x->from, NAME_MAX_CHARS), value);
}

/* What can be told already, before the value is judged. The judgement is added. */
static bool begin(struct judging *g, const struct settings *s, const struct setting *x, const struct decision *d,
		  struct judgement **j)
{
	*j = guard_add(g, x->id, "decisions", x->label, &s->probe);
	guard_read(g, *j, "decisions of the configuration");
	if (guard_is_untold(*j, &s->probe))
		return false;
	if (s->probe.state == PROBE_UNKNOWN) {
		guard_unknown(*j, "its settings could not be read", "its settings can be read again");
		judging_hang(*j, "settings");
		return false;
	}
	(*j)->evidence.value = arena_printf(g->a, "%s: %s; %s%s", x->name, value_text(g, x), d ? "decided: " : "no decision is recorded",
					    d ? decided_text(g, d) : "");
	if (!x->value)
		guard_unknown(*j, value_text(g, x), arena_printf(g->a, "config.yaml sets %s", x->name));
	return x->value != NULL;
}

/* It is not as it was decided. With a cause, that one has the alarm. */
static void drifted(struct judging *g, struct judgement *j, const struct setting *x, const struct decision *d, const char *cause)
{
	judging_say(j, STATUS_WARN, GUARD_DRIFTED,
		    arena_printf(g->a, "%s; decided was %s", value_text(g, x), decided_text(g, d)));
	j->clears_when = arena_printf(g->a, "%s is %s, or another decision is recorded", x->name,
				      judging_text(g, d->value, NAME_MAX_CHARS));
	if (cause)
		judging_hang(j, cause);
	else
		judging_attend(j, arena_printf(g->a, "%s is not as it was decided", x->name),
			       arena_printf(g->a, "Now %s. Decided was %s.", value_text(g, x), decided_text(g, d)),
			       "a setting that is not as decided");
}

static void judge_approvals_mode(struct judging *g, const struct settings *s)
{
	const struct setting x = { "guard.approvals", "Approvals", "approvals.mode", s->approvals_mode, s->approvals_from };
	const struct decision *d = guard_decision(g->instance, x.name);
	struct judgement *j;
	bool is_told = begin(g, s, &x, d, &j);

	j->rule = "holds while approvals.mode is manual or smart, and as decided where that was";
	if (!is_told)
		return;
	if (!str_eq(x.value, "manual") && !str_eq(x.value, "smart")) {
		judging_say(j, STATUS_CRITICAL, GUARD_BROKEN,
			    arena_printf(g->a, "%s%s%s; the guardrail asks for manual or smart", value_text(g, &x), d ? "; decided " : "",
					 d ? decided_text(g, d) : ""));
		j->clears_when = "approvals.mode is manual or smart";
		if (str_eq(x.value, "off"))
			judging_hang(j, "approvals");
		else
			judging_attend(j, "Whether commands ask first is in doubt",
				       arena_printf(g->a, "Now %s, which is neither manual nor smart.", value_text(g, &x)),
				       "approvals of an unknown mode");
	} else if (d && !str_eq(d->value, x.value)) {
		drifted(g, j, &x, d, NULL);
	} else {
		guard_holds(j, d ? arena_printf(g->a, "%s; decided %s", value_text(g, &x), decided_text(g, d)) : value_text(g, &x));
	}
}

static void judge_masking(struct judging *g, const struct settings *s, const struct setting *x, const char *cause_of_false)
{
	const struct decision *d = guard_decision(g->instance, x->name);
	struct judgement *j;
	bool is_told = begin(g, s, x, d, &j);

	j->rule = "holds while the setting is as it was decided; undecided until the configuration records a decision with its "
		  "date and reason";
	if (!is_told)
		return;
	if (!d) {
		judging_say(j, STATUS_WARN, GUARD_UNDECIDED, arena_printf(g->a, "%s; no decision is recorded", value_text(g, x)));
		j->clears_when = arena_printf(g->a, "the configuration has a decision on %s", x->name);
	} else if (!str_eq(d->value, x->value)) {
		drifted(g, j, x, d, str_eq(x->value, "false") ? cause_of_false : NULL);
	} else {
		guard_holds(j, arena_printf(g->a, "%s; decided %s", value_text(g, x), decided_text(g, d)));
	}
}

void judge_guard_decisions(struct judging *g, const struct settings *s)
{
	const struct setting secrets = { "guard.redact-secrets", "Masking of secrets", "security.redact_secrets", as_text(s->redact_secrets),
					 s->redact_secrets_is_set == TRI_YES ? "config.yaml" : "default" };
	const struct setting pii = { "guard.redact-pii", "Masking of personal data", "privacy.redact_pii", as_text(s->redact_pii),
				     s->redact_pii_is_set == TRI_YES ? "config.yaml" : "default" };

	judge_approvals_mode(g, s);
	judge_masking(g, s, &secrets, "redaction");
	judge_masking(g, s, &pii, NULL);
}
