/*
 * How old the newest backup is, whether it has left the machine, and how the last run of `hmc backup` ended.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_parts.h"

/* Between commit and push. */
#define PUSH_GRACE_S 900

static const char *backup_text(const struct judging *g, const struct repo *r)
{
	const char *text = arena_printf(g->a, "%s on %s",
					r->head ? judging_text(g, r->head, NAME_MAX_CHARS) : "no commit",
					r->branch ? judging_text(g, r->branch, NAME_MAX_CHARS) : "no branch");

	if (r->head_at)
		text = arena_printf(g->a, "%s, committed %s", text, human_instant(g->a, r->head_at));
	text = arena_printf(g->a, "%s, work tree %s", text,
			    r->is_dirty == TRI_NO    ? "clean"
			    : r->is_dirty == TRI_YES ? "with uncommitted changes"
						     : "not checked");
	if (r->ahead == 0 && r->behind == 0)
		return arena_printf(g->a, "%s, even with its remote", text);
	if (r->ahead > 0)
		text = arena_printf(g->a, "%s, %" PRId64 " ahead of its remote", text, r->ahead);
	if (r->behind > 0)
		text = arena_printf(g->a, "%s, %" PRId64 " behind its remote", text, r->behind);
	return text;
}

static void warns(struct judgement *j, enum status status, const char *word, const char *detail,
		  const char *title, const char *why, const char *phrase)
{
	judging_say(j, status, word, detail);
	judging_attend(j, title, why, phrase);
}

/* When the commit was last known to be what there is to back up: a run that found nothing new makes none. */
static int64_t current_at(const struct repo *r, const struct loops *l)
{
	bool is_checked = l->probe.state == PROBE_OK && l->backup_good_at > r->head_at && r->ahead <= 0;

	return is_checked ? l->backup_good_at : r->head_at;
}

static void is_late(struct judging *g, struct judgement *j, const struct repo *r, int64_t at)
{
	int64_t max = g->instance->backup_max_age_s, age = judging_age(g, at);
	const char *head = r->head ? judging_text(g, r->head, NAME_MAX_CHARS) : "?";
	const char *why = arena_printf(g->a, "The last commit %s is %s old, expected within %s.", head,
				       human_span(g->a, judging_age(g, r->head_at)), human_span(g->a, max));

	if (at != r->head_at)
		why = arena_printf(g->a, "The last good run, which found nothing newer than commit %s, began %s, expected within %s.", head,
				   human_ago(g->a, at, g->now), human_span(g->a, max));
	j->clears_when = arena_printf(g->a, "a commit newer than %s is seen%s", human_span(g->a, max), at != r->head_at ? ", or such a run" : "");
	warns(j, age / 2 >= max ? STATUS_CRITICAL : STATUS_WARN, "late",
	      arena_printf(g->a, "%s · expected within %s", human_ago(g->a, at, g->now), human_span(g->a, max)),
	      arena_printf(g->a, "Backup is %s late", human_span(g->a, age - max)), why, "a late backup");
}

static void judge_age(struct judging *g, struct judgement *j, const struct repo *r, const struct loops *l)
{
	int64_t max = g->instance->backup_max_age_s, at = current_at(r, l);
	int64_t age = judging_age(g, at);
	const char *head = r->head ? judging_text(g, r->head, NAME_MAX_CHARS) : "?";
	const char *detail = arena_printf(g->a, "%s · %s", human_ago(g->a, at, g->now), head);

	if (at != r->head_at)
		j->rule = arena_printf(g->a, "%s; a run that found nothing new counts as one", j->rule);
	if (max > 0 && age > max) {
		is_late(g, j, r, at);
	} else if (r->ahead > 0 && age > PUSH_GRACE_S) {
		j->clears_when = "its remote has the newest commit";
		warns(j, STATUS_WARN, "not pushed", detail, "Backup has not left this machine",
		      arena_printf(g->a, "%s not pushed; the newest, %s, is %s old.",
				   human_cap(g->a, arena_printf(g->a, "%s %s",
								human_plural(g->a, r->ahead, "commit"),
								r->ahead == 1 ? "was" : "were")),
				   head, human_span(g->a, age)),
		      "a backup that was not pushed");
	} else {
		judging_say(j, STATUS_OK, "fresh", detail);
	}
}

static bool has_failed(const struct loops *l)
{
	return l->probe.state == PROBE_OK && l->backup.at && (l->backup.state == LOOP_FAILED || l->backup.state == LOOP_REFUSED);
}

static bool has_none(const struct repo *r)
{
	return r->probe.state == PROBE_OK && (!r->head || !r->head_at);
}

/* Where hmc backup has tried and could not, it says why there is none. */
static void has_none_yet(struct judging *g, struct judgement *j, const struct loops *l)
{
	bool is_told = has_failed(l) && l->backup.at <= g->now;

	j->clears_when = "there is a first commit";
	warns(j, STATUS_CRITICAL, "none yet", NULL, "There is no backup yet", "The repository has no commit.", "no backup");
	if (is_told)
		judging_hang(j, "backup.run");
}

void judge_backup(struct judging *g, const struct repo *r, const struct loops *l)
{
	struct judgement *j = judging_add(g, "backup.age", "backup", "Backup", &r->probe);
	int64_t max = g->instance->backup_max_age_s;

	j->rule =
		max > 0 ? arena_printf(g->a,
				       "a warning when the newest commit is older than %s or was not pushed "
				       "within 15 min, critical at twice that age or without any commit",
				       human_span(g->a, max))
			: "a warning when the newest commit was not pushed within 15 min, critical without "
			  "any commit";
	if (!g->instance->backup_repo) {
		judging_off(j, "not configured", NULL, "the configuration names a repository");
		j->is_settled = true;
		return;
	}
	if (r->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &r->probe, "Backup");
	} else if (r->probe.state == PROBE_INACTIVE) {
		j->clears_when = "the repository is there";
		warns(j, STATUS_CRITICAL, "missing", NULL, "There is no backup repository",
		      judging_sentence(g, r->probe.reason), "no backup repository");
	} else {
		j->evidence.value = backup_text(g, r);
		if (has_none(r))
			has_none_yet(g, j, l);
		else if (!judging_ahead(g, j, r->head_at, "the newest backup"))
			judge_age(g, j, r, l);
	}
}

/* ---- how hmc backup ended ---- */

static const char *run_text(const struct judging *g, const struct backup_run *b)
{
	const char *word = b->state == LOOP_DONE ? "pushed" : b->state == LOOP_NOTHING ? "nothing to do" :
			   b->state == LOOP_REFUSED ? "refused" : "failed";
	const char *text = arena_printf(g->a, "%s, began %s", word, human_instant(g->a, b->at));

	if (b->files >= 0)
		text = arena_printf(g->a, "%s, %s", text, human_plural(g->a, b->files, "file"));
	if (b->remote)
		text = arena_printf(g->a, "%s, to %s", text, judging_text(g, b->remote, TEXT_MAX));
	return b->error ? arena_printf(g->a, "%s: %s", text, judging_text(g, b->error, TEXT_MAX)) : text;
}

static void judge_bad_run(struct judging *g, struct judgement *j, const struct repo *r, const struct loops *l)
{
	bool refused = l->backup.state == LOOP_REFUSED;
	const char *good = l->backup_good_at ? arena_printf(g->a, "The last good run began %s.",
							    human_ago(g->a, l->backup_good_at, g->now))
			   : has_none(r)	? "There is no backup yet."
						: "No run has ended well yet.";
	const char *times = l->backup_failures > 1 ? arena_printf(g->a, "%" PRId64 " runs in a row. ", l->backup_failures) : "";

	j->clears_when = "a run of hmc backup ends well";
	if (has_none(r))
		j->rule = "critical when the last run of hmc backup failed or was refused and there is no backup yet";
	warns(j, has_none(r) ? STATUS_CRITICAL : STATUS_WARN, refused ? "refused" : "failed", human_ago(g->a, l->backup.at, g->now),
	      refused ? "Backup was refused" : "Backup failed",
	      arena_printf(g->a, "%s %s%s", judging_sentence(g, l->backup.error), times, good),
	      refused ? "a refused backup" : "a failed backup");
}

/* Our timer's last run is that very run: it says what systemd says of it, and not why. */
static void explain_timer(struct judging *g, const struct loops *l)
{
	const char *unit = g->instance->backup_timer.unit;

	if (!unit || !str_starts(unit, "hmc-backup@") || !has_failed(l))
		return;
	for (size_t i = 0; i < g->n; i++)
		if (str_eq(g->items[i].id, "backup.timer") && str_eq(g->items[i].word, "last run failed"))
			judging_hang(&g->items[i], "backup.run");
}

void judge_backup_run(struct judging *g, const struct repo *r, const struct loops *l)
{
	struct judgement *j;

	if (!l->probe.taken_at)
		return; /* an exporter of before there were loops */
	j = judging_add(g, "backup.run", "backup", "Last backup run", &l->probe);
	j->rule = "a warning when the last run of hmc backup failed or was refused; how old the backup is, is judged by itself";
	j->is_part = true;
	if (!g->instance->backup_repo) {
		judging_off(j, "not configured", NULL, "the configuration names a repository");
		j->is_settled = true;
	} else if (l->probe.state != PROBE_OK) {
		judging_unknown(g, j, &l->probe, "Last backup run");
	} else if (!l->backup.at) {
		judging_say(j, STATUS_INFO, "never ran", "no run of hmc backup is recorded");
		j->evidence.value = "no row";
	} else {
		j->evidence.value = run_text(g, &l->backup);
		if (judging_ahead(g, j, l->backup.at, "the last backup run"))
			return;
		if (l->backup.state == LOOP_DONE || l->backup.state == LOOP_NOTHING)
			judging_say(j, STATUS_OK, l->backup.state == LOOP_DONE ? "pushed" : "nothing new",
				    human_ago(g->a, l->backup.at, g->now));
		else
			judge_bad_run(g, j, r, l);
		explain_timer(g, l);
	}
}
