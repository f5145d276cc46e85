/*
 * Whether what needs people reaches them: what the notifier left in the ledger when it ran last.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_parts.h"

#define STOPPED_S 3600          /* without a run: it is meant to run each minute or two */
#define LATE_S    900           /* that something waits which could have been sent */

static const char *delivery_text(const struct judging *g, const struct delivery *d)
{
	const char *text = d->good_at ? arena_printf(g->a, "last taken %s", human_instant(g->a, d->good_at)) : "no message was ever taken";

	text = arena_printf(g->a, "%s, %" PRId64 " waiting, %" PRId64 " refused, %" PRId64 " unclear", text, d->waiting, d->refused, d->unclear);
	if (d->is_dead == TRI_YES)
		text = arena_printf(g->a, "%s, given up by Hermes", text);
	return d->error ? arena_printf(g->a, "%s: %s", text, judging_text(g, d->error, TEXT_MAX)) : text;
}

static void warns(struct judging *g, struct judgement *j, const char *word, int64_t since, const char *title, const char *why)
{
	j->clears_when = "a message is taken by the other side";
	judging_say(j, STATUS_WARN, word, since ? human_ago(g->a, since, g->now) : NULL);
	judging_attend(j, title, why, "notifications that do not arrive");
}

/* What the other side or the set-up says, and since when nothing has arrived. */
static const char *because(const struct judging *g, const struct delivery *d)
{
	const char *last = d->good_at ? arena_printf(g->a, "The last message that arrived was sent %s.", human_ago(g->a, d->good_at, g->now)) :
					"No message has arrived yet.";

	return d->error ? arena_printf(g->a, "%s %s", judging_sentence(g, d->error), last) : last;
}

static void judge_delivery(struct judging *g, struct judgement *j, const struct delivery *d)
{
	bool is_late = d->waiting_since && judging_age(g, d->waiting_since) > LATE_S;

	if (d->refused > 0)
		warns(g, j, "refused", 0, "Notifications do not arrive", because(g, d));
	else if (is_late)
		warns(g, j, "late", d->waiting_since, "Notifications do not arrive", because(g, d));
	else if (d->error && d->waiting == 0)
		warns(g, j, "failing", d->ran_at, "Notifications do not arrive", because(g, d));
	else if (d->is_dead == TRI_YES)
		warns(g, j, "given up", 0, "Hermes has given up its home chat",
		      "It has noted that messages to it fail for good, and sends none any more. Look whether the bot is blocked there.");
	else if (d->waiting > 0)
		judging_say(j, STATUS_OK, "waiting", human_plural(g->a, d->waiting, "message"));
	else if (d->unclear > 0)
		judging_say(j, STATUS_OK, "unclear", arena_printf(g->a, "%s may not have arrived", human_plural(g->a, d->unclear, "message")));
	else
		judging_say(j, STATUS_OK, d->good_at ? "delivers" : "nothing to say", d->good_at ? human_ago(g->a, d->good_at, g->now) : NULL);
}

void judge_notify(struct judging *g, const struct loops *l)
{
	const struct delivery *d = &l->delivery;
	struct judgement *j;

	if (!l->probe.taken_at)
		return; /* an exporter of before there were loops */
	j = judging_add(g, "notify.delivery", "notifications", "Notifications", &l->probe);
	j->rule = "a warning when a message was refused or has waited for 15 min, when there is no bot or chat, when Hermes has given the chat up, and "
		  "when hmc notify has not run for an hour";
	j->is_part = true;
	if (!g->instance->notify.is_on) {
		judging_off(j, "not configured", NULL, "the configuration has \"notify\"");
		j->is_settled = true;
	} else if (l->probe.state != PROBE_OK) {
		judging_unknown(g, j, &l->probe, "Notifications");
	} else {
		j->evidence.value = delivery_text(g, d);
		if (!d->ran_at)
			warns(g, j, "never ran", 0, "Nobody is told of anything", "hmc notify has never run here. Start its timer.");
		else if (judging_ahead(g, j, d->ran_at, "the last run of hmc notify"))
			return;
		else if (judging_age(g, d->ran_at) > STOPPED_S)
			warns(g, j, "stopped", d->ran_at, "Nobody is told of anything",
			      arena_printf(g->a, "hmc notify ran last %s. Look at its timer.", human_ago(g->a, d->ran_at, g->now)));
		else
			judge_delivery(g, j, d);
	}
}

/* That others are silent was told by a message, and their own rows show it: here it is a plain fact. */
static void judge_seen(struct judging *g, struct judgement *j, const struct watching *w)
{
	const char *looked = w->seen == COUNT_UNKNOWN ? NULL : arena_printf(g->a, "%" PRId64 " looked at", w->seen);

	if (w->error) {
		j->clears_when = "all of them can be looked at";
		judging_say(j, STATUS_WARN, "partly blind", NULL);
		judging_attend(j, "Not all exporters and notifiers are watched", judging_sentence(g, w->error), "exporters that nobody watches");
	} else if (w->silent > 0) {
		judging_say(j, STATUS_INFO, arena_printf(g->a, "%" PRId64 " silent", w->silent), looked);
	} else {
		judging_say(j, STATUS_OK, w->silent == 0 ? "all alive" : "watches", looked);
	}
}

void judge_watching(struct judging *g, const struct loops *l)
{
	const struct watching *w = &l->watching;
	struct judgement *j;

	if (!l->probe.taken_at || !w->ran_at)
		return; /* where hmc notify never ran, that is said above */
	j = judging_add(g, "notify.watch", "notifications", "Watch over the others", &l->probe);
	j->rule = "a warning when an exporter or a notifier cannot be looked at; of one that is silent a message tells";
	j->is_part = true;
	if (!g->instance->notify.is_on) {
		judging_off(j, "not configured", NULL, "the configuration has \"notify\"");
		j->is_settled = true;
	} else if (l->probe.state != PROBE_OK) {
		judging_unknown(g, j, &l->probe, "The watch over the others");
	} else {
		j->evidence.value = arena_printf(g->a, "last looked %s, %s looked at, %s silent", human_instant(g->a, w->ran_at),
						 human_count(g->a, w->seen), human_count(g->a, w->silent));
		if (!judging_ahead(g, j, w->ran_at, "the last look"))
			judge_seen(g, j, w);
	}
}
