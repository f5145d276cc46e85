/*
 * How old the newest backup is, and whether it has left the machine.
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

static void judge_age(struct judging *g, struct judgement *j, const struct repo *r)
{
	int64_t max = g->instance->backup_max_age_s;
	int64_t age = judging_age(g, r->head_at);
	const char *ago = human_ago(g->a, r->head_at, g->now);
	const char *head = r->head ? judging_text(g, r->head, NAME_MAX_CHARS) : "?";
	const char *detail = arena_printf(g->a, "%s · %s", ago, head);

	if (max > 0 && age > max) {
		j->clears_when = arena_printf(g->a, "a commit newer than %s is seen", human_span(g->a, max));
		warns(j, age / 2 >= max ? STATUS_CRITICAL : STATUS_WARN, "late",
		      arena_printf(g->a, "%s · expected within %s", ago, human_span(g->a, max)),
		      arena_printf(g->a, "Backup is %s late", human_span(g->a, age - max)),
		      arena_printf(g->a, "The last commit %s is %s old, expected within %s.", head,
				   human_span(g->a, age), human_span(g->a, max)),
		      "a late backup");
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

void judge_backup(struct judging *g, const struct repo *r)
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
		if (!r->head || !r->head_at) {
			j->clears_when = "there is a first commit";
			warns(j, STATUS_CRITICAL, "none yet", NULL, "There is no backup yet",
			      "The repository has no commit.", "no backup");
		} else if (!judging_ahead(g, j, r->head_at, "the newest backup")) {
			judge_age(g, j, r);
		}
	}
}
