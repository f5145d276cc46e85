/*
 * What an instance has done, as plain facts, and which Hermes it is. Only
 * whether state.db can be read at all is judged.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_parts.h"

static const char rule[] = "plain facts; unknown when state.db cannot be read";

static const char *counted(struct judging *g, int64_t n)
{
	return n < 0 ? "not counted" : human_count(g->a, n);
}

static const char *with_messages(struct judging *g, const struct sessions *s)
{
	return s->messages < 0 ? NULL : arena_printf(g->a, "%s messages", human_count(g->a, s->messages));
}

static const char *last_work(struct judging *g, const struct sessions *s)
{
	return s->last_active_at
		       ? arena_printf(g->a, "last work %s", human_ago(g->a, s->last_active_at, g->now))
		       : NULL;
}

static void say_facts(struct judging *g, const struct sessions *s, struct judgement *active)
{
	struct judgement *total = judging_add(g, "sessions.total", "sessions", "Sessions", &s->probe);
	struct judgement *size = judging_add(g, "sessions.database", "sessions", "State database", &s->probe);

	total->rule = rule;
	total->is_part = true;
	size->rule = rule;
	size->is_part = true;
	judging_say(active, STATUS_INFO, counted(g, s->active), last_work(g, s));
	judging_say(total, STATUS_INFO, counted(g, s->total), with_messages(g, s));
	judging_say(size, STATUS_INFO, s->size_bytes < 0 ? "not measured" : human_bytes(g->a, s->size_bytes),
		    s->schema_version > 0 ? arena_printf(g->a, "schema %" PRId64, s->schema_version) : NULL);
	active->evidence.value = arena_printf(
		g->a, "%s active, %s open, %s in all; %s", counted(g, s->active), counted(g, s->open),
		counted(g, s->total), with_messages(g, s) ? with_messages(g, s) : "messages not counted");
	total->evidence.value = active->evidence.value;
	size->evidence.value = s->size_bytes < 0 ? "not measured"
						 : arena_printf(g->a, "%" PRId64 " bytes, state.db alone", s->size_bytes);
}

void judge_sessions(struct judging *g, const struct sessions *s)
{
	struct judgement *j = judging_add(g, "sessions.active", "sessions", "Active sessions", &s->probe);

	j->rule = rule;
	if (s->probe.state == PROBE_UNKNOWN)
		judging_unknown(g, j, &s->probe, "Sessions");
	else if (s->probe.state == PROBE_INACTIVE)
		judging_off(j, "none yet", judging_text(g, s->probe.reason, TEXT_MAX), "there is a first session");
	else
		say_facts(g, s, j);
}

void judge_version(struct judging *g, const struct hermes_version *v)
{
	struct judgement *j = judging_add(g, "hermes.version", "sessions", "Hermes version", &v->probe);

	j->rule = "a plain fact";
	j->is_part = true;
	if (v->probe.state == PROBE_OK && v->version)
		judging_say(j, STATUS_INFO, judging_text(g, v->version, NAME_MAX_CHARS), NULL);
	else
		judging_say(j, STATUS_INFO, "not found", judging_text(g, v->probe.reason, TEXT_MAX));
	j->evidence.value = j->word;
}
