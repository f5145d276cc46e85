/*
 * Whether somebody outside of this machine would notice that it is dead.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_parts.h"

#define TURNS_MISSED 3

static const char *beat_text(const struct judging *g, const struct beat *b)
{
	const char *text = b->good_at ? arena_printf(g->a, "last taken %s", human_instant(g->a, b->good_at)) : "none was ever taken";

	text = arena_printf(g->a, "%s, every %s, %s since", text, human_duration(g->a, b->every_s), human_plural(g->a, b->failures, "failure"));
	return b->error ? arena_printf(g->a, "%s: %s", text, judging_text(g, b->error, TEXT_MAX)) : text;
}

static void warns(struct judging *g, struct judgement *j, const char *word, int64_t since, const char *why)
{
	j->clears_when = "a beat is taken by the other side";
	judging_say(j, STATUS_WARN, word, since ? human_ago(g->a, since, g->now) : NULL);
	judging_attend(j, "The beat to the outside does not arrive", why, "a beat that does not arrive");
}

static void judge_sent(struct judging *g, struct judgement *j, const struct beat *b)
{
	int64_t from = b->good_at ? b->good_at : b->first_at;
	bool is_late = judging_age(g, from) > TURNS_MISSED * b->every_s;

	if (judging_ahead(g, j, b->ran_at, "the last try"))
		return;
	if (is_late && b->error)
		warns(g, j, "failing", from, arena_printf(g->a, "%s Nobody outside would notice if this machine were dead.", judging_sentence(g, b->error)));
	else if (is_late)
		warns(g, j, "stopped", b->ran_at, arena_printf(g->a, "hmc beat ran last %s. Look at hmc-beat.timer.", human_ago(g->a, b->ran_at, g->now)));
	else if (b->error)
		judging_say(j, STATUS_OK, "tried again", arena_printf(g->a, "%s so far", human_plural(g->a, b->failures, "failure")));
	else
		judging_say(j, STATUS_OK, "taken", human_ago(g->a, b->good_at, g->now));
}

void judge_beat(struct judging *g, const struct beat *b)
{
	struct judgement *j;

	if (!b->probe.taken_at)
		return; /* an exporter of before there was one */
	j = judging_add(g, "beat", "host", "Beat to the outside", &b->probe);
	j->rule = "a warning when none was taken for three of its intervals";
	if (b->probe.state == PROBE_INACTIVE) {
		judging_off(j, "not configured", NULL, "the configuration has \"beat\"");
		j->is_settled = true;
	} else if (b->probe.state != PROBE_OK) {
		judging_unknown(g, j, &b->probe, "The beat to the outside");
	} else {
		j->evidence.value = beat_text(g, b);
		if (b->ran_at)
			judge_sent(g, j, b);
		else
			warns(g, j, "never ran", 0, "hmc beat has never run here. Start hmc-beat.timer.");
	}
}
