#include "view/judge_parts.h"

#include <assert.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

/* What there is to say in place of a value: a judge that has one puts it over this. */
static const char *nothing_text(const struct judging *g, const struct probe *p)
{
	const char *reason = judging_text(g, p->reason, TEXT_MAX);

	if (p->state == PROBE_INACTIVE && *reason)
		return reason;
	if (p->state != PROBE_UNKNOWN)
		return NULL;
	return *reason ? arena_printf(g->a, "could not be read: %s", reason) : "not read yet";
}

struct judgement *judging_add(struct judging *g, const char *id, const char *group, const char *label,
			      const struct probe *p)
{
	struct judgement *j = &g->items[g->n++];

	assert(g->n <= g->size);
	j->id = id;
	j->group = group;
	j->label = label;
	j->word = "unknown";
	if (p) {
		j->evidence.read = p->source ? judging_text(g, p->source, TEXT_MAX) : NULL;
		j->evidence.taken_at = p->taken_at;
		j->evidence.took_us = p->took_us;
		j->evidence.value = nothing_text(g, p);
	}
	return j;
}

void judging_say(struct judgement *j, enum status status, const char *word, const char *detail)
{
	j->status = status;
	j->word = word;
	j->detail = detail && *detail ? detail : NULL;
}

void judging_off(struct judgement *j, const char *word, const char *detail, const char *until)
{
	judging_say(j, STATUS_OFF, word, detail);
	j->clears_when = until;
}

void judging_boot(struct judging *g, struct judgement *j, enum unit_scope scope, const char *unit_file_state,
		  enum tristate lingers)
{
	static const struct {
		const char *state;
		const char *text;
		enum tristate starts;
	} words[] = {
		{ "enabled", "starts at boot", TRI_YES },
		{ "alias", "starts at boot", TRI_YES },
		{ "enabled-runtime", "not enabled for good", TRI_NO },
		{ "linked", "not enabled", TRI_NO },
		{ "linked-runtime", "not enabled", TRI_NO },
		{ "disabled", "not enabled", TRI_NO },
		{ "masked", "cannot be started", TRI_NO },
		{ "masked-runtime", "cannot be started", TRI_NO },
		{ "static", "started by others alone", TRI_UNKNOWN },
		{ "indirect", "started by others alone", TRI_UNKNOWN },
		{ "generated", "made at boot", TRI_UNKNOWN },
		{ "transient", "gone after a boot", TRI_NO },
	};

	if (!unit_file_state || !*unit_file_state)
		return;
	j->boot = judging_text(g, unit_file_state, NAME_MAX_CHARS);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!str_eq(words[i].state, unit_file_state))
			continue;
		j->boot = words[i].text;
		j->starts_at_boot = words[i].starts;
	}
	/* A user's manager comes up at boot for a lingering user alone, else when that user logs in. */
	if (scope == UNIT_SCOPE_USER && j->starts_at_boot == TRI_YES && lingers != TRI_YES) {
		j->boot = lingers == TRI_NO ? "starts at log-in" : "starts with its user";
		j->starts_at_boot = lingers;
	}
}

static void finish(struct judging *g, struct judgement *j)
{
	const struct judgement *cause = j->cause ? judge_find(g->items, g->n, j->cause) : NULL;

	if (!j->evidence.value)
		j->evidence.value = j->is_settled ? "not in the configuration" : j->detail ? j->detail : j->word;
	if (j->clears_when || j->status == STATUS_OK || j->status == STATUS_INFO)
		return;
	j->clears_when = cause		? arena_printf(g->a, "“%s” is fine again", cause->label)
			 : j->is_settled ? "the configuration names one"
					 : "it can be judged again";
}

void judging_finish(struct judging *g)
{
	for (size_t i = 0; i < g->n; i++)
		finish(g, &g->items[i]);
}

void judging_attend(struct judgement *j, const char *title, const char *why, const char *phrase)
{
	j->title = title;
	j->why = why;
	j->phrase = phrase;
}

void judging_hang(struct judgement *j, const char *cause)
{
	j->cause = cause;
	j->title = NULL;
	j->why = NULL;
	j->phrase = NULL;
}

void judging_unknown(struct judging *g, struct judgement *j, const struct probe *p, const char *what)
{
	const char *reason = p && p->reason ? judging_text(g, p->reason, TEXT_MAX) : "";

	judging_say(j, STATUS_UNKNOWN, "unknown", *reason ? reason : "nobody has looked yet");
	j->clears_when = "it can be read again";
	judging_attend(j, arena_printf(g->a, "%s could not be checked", what),
		       arena_printf(g->a, "%s This is not a report that it is down.",
				    judging_sentence(g, j->detail)),
		       NULL);
}

bool judging_hang_on_bus(struct judging *g, struct judgement *j, const struct probe *p)
{
	if (!g->bus_reason || !str_eq(g->bus_reason, p->reason))
		return false;
	judging_hang(j, "systemd");
	j->detail = "systemd did not answer";
	return true;
}

bool judging_ahead(struct judging *g, struct judgement *j, int64_t t, const char *what)
{
	if (t <= g->now + CLOCK_TOLERANCE_S)
		return false;
	judging_say(j, STATUS_UNKNOWN, "clock trouble", "dated in the future");
	j->clears_when = "the clocks agree again";
	judging_attend(
		j, arena_printf(g->a, "%s lies in the future", human_cap(g->a, what)),
		arena_printf(g->a,
			     "It is dated %s, which has not come yet. A clock is or was wrong, so its age "
			     "cannot be told.",
			     human_instant(g->a, t)),
		NULL);
	return true;
}

void judging_make_unknown(struct judging *g, bool has_report, int64_t generated_at)
{
	const char *then = human_ago(g->a, generated_at, g->now);

	for (size_t i = 0; i < g->n; i++) {
		struct judgement *j = &g->items[i];

		if (j->is_settled || str_eq(j->id, "exporter"))
			continue;
		j->detail = has_report && j->status != STATUS_UNKNOWN
				    ? arena_printf(g->a, "was %s, %s", j->word, then)
				    : NULL;
		j->status = STATUS_UNKNOWN;
		j->word = "unknown";
		j->is_running = TRI_UNKNOWN;
		j->boot = NULL;
		j->starts_at_boot = TRI_UNKNOWN;
		j->clears_when = "a fresh report is there";
		judging_hang(j, "exporter");
	}
}

const char *judging_text(const struct judging *g, const char *s, size_t max)
{
	char *out = s ? str_clean(g->a, s, strlen(s), max) : arena_strdup(g->a, "");
	size_t n = strlen(out);

	while (n && (out[n - 1] == '.' || out[n - 1] == ' ' || out[n - 1] == ';'))
		out[--n] = '\0';
	return out;
}

const char *judging_sentence(const struct judging *g, const char *reason)
{
	const char *text = human_cap(g->a, judging_text(g, reason, TEXT_MAX));
	size_t n = strlen(text);

	if (n == 0)
		return "No reason is given.";
	return strchr("?!", text[n - 1]) || str_ends(text, "…") ? text : arena_printf(g->a, "%s.", text);
}

const char *judging_lower(const struct judging *g, const char *label)
{
	char *out = arena_strdup(g->a, label);

	/* Not of an abbreviation. */
	if (out[0] >= 'A' && out[0] <= 'Z' && out[1] >= 'a' && out[1] <= 'z')
		out[0] = (char)(out[0] - 'A' + 'a');
	return out;
}

int64_t judging_age(const struct judging *g, int64_t t)
{
	int64_t age;

	if (__builtin_sub_overflow(g->now, t, &age))
		return t < g->now ? INT64_MAX : 0;
	return age > 0 ? age : 0;
}
