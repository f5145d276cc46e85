/*
 * How old the last proof is that the backup restores, and how the last drill ended.
 */
#include "base/str.h"
#include "view/judge_parts.h"

#define DAY_S     INT64_C(86400)
#define OVERDUE_S (92 * DAY_S) /* a quarter */

static const char *drill_text(const struct judging *g, const struct drill_run *d)
{
	const char *text = arena_printf(g->a, "%s, began %s", d->state == LOOP_DONE ? "proven" : "not proven", human_instant(g->a, d->at));

	if (d->files >= 0)
		text = arena_printf(g->a, "%s, %s restored", text, human_plural(g->a, d->files, "file"));
	if (d->took_us > 0)
		text = arena_printf(g->a, "%s in %s", text, human_took(g->a, d->took_us));
	if (d->remote)
		text = arena_printf(g->a, "%s, from %s", text, judging_text(g, d->remote, TEXT_MAX));
	return d->error ? arena_printf(g->a, "%s: %s", text, judging_text(g, d->error, TEXT_MAX)) : text;
}

static void warns(struct judgement *j, enum status status, const char *word, const char *detail, const char *title, const char *why,
		  const char *phrase)
{
	j->clears_when = "a drill has proven the backup restorable";
	judging_say(j, status, word, detail);
	judging_attend(j, title, why, phrase);
}

/* "30 days", "36 h" */
static const char *every_text(const struct judging *g)
{
	int64_t s = g->instance->drill_every_s;

	return s % DAY_S == 0 ? human_plural(g->a, s / DAY_S, "day") : human_span(g->a, s);
}

/* Since the last proof, or without one since the first backup. */
static void judge_age_of_proof(struct judging *g, struct judgement *j, const struct loops *l)
{
	bool is_proven = l->proof.at != 0;
	int64_t since = is_proven ? l->proof.at : l->backup_first_at;
	const char *ago = human_ago(g->a, since, g->now);
	enum status status = judging_age(g, since) > OVERDUE_S ? STATUS_CRITICAL : STATUS_WARN;

	if (!since)
		judging_say(j, STATUS_INFO, "never proven", "no backup of hmc backup and no drill is recorded");
	else if (judging_age(g, since) <= g->instance->drill_every_s)
		judging_say(j, is_proven ? STATUS_OK : STATUS_INFO, is_proven ? "proven" : "not yet proven",
			    is_proven ? ago : arena_printf(g->a, "the first backup was %s", ago));
	else if (is_proven)
		warns(j, status, "due", ago, "A restore drill is due",
		      arena_printf(g->a, "That the backup restores was last proven %s; hmc drill proves it anew.", ago), "a restore drill that is due");
	else
		warns(j, status, "never proven", arena_printf(g->a, "the first backup was %s", ago), "The backup was never proven to restore",
		      arena_printf(g->a, "The first backup was %s, and no drill has restored one; hmc drill does.", ago), "an unproven backup");
}

static void judge_bad_drill(struct judging *g, struct judgement *j, const struct loops *l)
{
	bool is_overdue = l->proof.at && judging_age(g, l->proof.at) > OVERDUE_S;
	const char *last = l->proof.at ? arena_printf(g->a, "The last proof is from %s.", human_ago(g->a, l->proof.at, g->now))
				       : "No drill has proven it yet.";

	warns(j, is_overdue ? STATUS_CRITICAL : STATUS_WARN, "failed", human_ago(g->a, l->drill.at, g->now), "The restore drill failed",
	      arena_printf(g->a, "%s %s", judging_sentence(g, l->drill.error), last), "a failed restore drill");
}

void judge_drill(struct judging *g, const struct loops *l)
{
	struct judgement *j;

	if (!l->probe.taken_at)
		return; /* an exporter of before there were loops */
	j = judging_add(g, "drill.proof", "backup", "Restore drill", &l->probe);
	j->rule = arena_printf(g->a,
			       "a warning when the last drill failed, or when the last proof, or without one the first backup, is older than %s; "
			       "critical after 92 days",
			       every_text(g));
	j->is_part = true;
	if (!g->instance->backup_repo) {
		judging_off(j, "not configured", NULL, "the configuration names a repository");
		j->is_settled = true;
	} else if (l->probe.state != PROBE_OK) {
		judging_unknown(g, j, &l->probe, "Restore drill");
	} else {
		j->evidence.value = l->drill.at ? drill_text(g, &l->drill) : "no row";
		if (judging_ahead(g, j, l->drill.at, "the last drill"))
			return;
		if (l->drill.at && l->drill.state != LOOP_DONE)
			judge_bad_drill(g, j, l);
		else
			judge_age_of_proof(g, j, l);
	}
}
