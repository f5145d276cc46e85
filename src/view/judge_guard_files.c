/*
 * Whose eyes secrets are for: the modes of a home's files, and of our own.
 */

#include "base/str.h"
#include "view/judge_guard_parts.h"

/* Others' and the group's way through a folder. */
#define WAY_IN 0011

static const char *mode_text(struct judging *g, const struct file_guard *f)
{
	const char *mode = f->reason	? judging_text(g, f->reason, NAME_MAX_CHARS) :
			   f->mode >= 0 ? arena_printf(g->a, "%04o", (unsigned)(f->mode & 07777)) : "mode not known";

	return arena_printf(g->a, "%s (%s %s:%s)", judging_text(g, f->path, NAME_MAX_CHARS), mode,
			    f->owner ? judging_text(g, f->owner, NAME_MAX_CHARS) : "?", f->group ? judging_text(g, f->group, NAME_MAX_CHARS) : "?");
}

struct tally {
	struct guard_names open, foreign;
	size_t n_unknown;
	const struct file_guard *first_open;
};

/* owner: whose they are to be; NULL = not asked. */
static struct tally count(struct judging *g, const struct file_guard *list, size_t n, const char *owner)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (list[i].is_private == TRI_NO) {
			guard_name(&t.open, mode_text(g, &list[i]));
			t.first_open = t.first_open ? t.first_open : &list[i];
		} else if (list[i].is_private == TRI_UNKNOWN) {
			t.n_unknown++;
		}
		if (owner && list[i].owner && !str_eq(list[i].owner, owner))
			guard_name(&t.foreign, mode_text(g, &list[i]));
	}
	return t;
}

static const char *list_text(struct judging *g, const struct file_guard *list, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++)
		text = arena_printf(g->a, "%s%s%s", text, i ? ", " : "", mode_text(g, &list[i]));
	return text;
}

static void open_files(struct judging *g, struct judgement *j, const struct tally *t, const char *what)
{
	const char *holds = t->first_open->holds ? judging_text(g, t->first_open->holds, NAME_MAX_CHARS) : what;

	guard_broken(j, STATUS_CRITICAL, guard_named(g, &t->open),
		     arena_printf(g->a, "Others than its user can get at %s", judging_text(g, t->first_open->path, NAME_MAX_CHARS)),
		     arena_printf(g->a, "%s. It holds %s. Take the others' rights away (chmod), and see whose it is to be.",
				  human_cap(g->a, guard_named(g, &t->open)), holds),
		     "secrets that others can get at");
	j->clears_when = "no one but its user, or the group that is meant, has rights on them";
}

static void foreign_files(struct judging *g, struct judgement *j, const struct tally *t)
{
	const char *own = judging_text(g, g->instance->user, NAME_MAX_CHARS);

	guard_broken(j, STATUS_WARN, guard_named(g, &t->foreign), "Files of this home belong to another user",
		     arena_printf(g->a, "%s; the home is %s's. Another user wrote there, and Hermes may fail to. Give them to %s (chown).",
				  guard_named(g, &t->foreign), own, own),
		     "files of another user in its home");
	j->clears_when = arena_printf(g->a, "all of them belong to %s", own);
}

void judge_guard_secrets(struct judging *g, const struct secret_files *f)
{
	struct judgement *j = guard_add(g, "guard.secrets", "files", "Files with secrets", &f->probe);
	bool home_is_closed = f->home_mode > 0 && !(f->home_mode & WAY_IN);
	struct tally t = count(g, f->list, f->n_list, g->instance->user);

	j->rule = "holds while each belongs to the instance's user and nobody but that user, or a group that is meant, has rights on it; "
		  "weaker where the home's own folder alone keeps others out";
	if (guard_is_untold(j, &f->probe))
		return;
	if (f->probe.state == PROBE_INACTIVE) {
		guard_none(j, judging_text(g, f->probe.reason, TEXT_MAX), "the home holds one");
		return;
	}
	if (f->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &f->probe, "Who may read its secrets");
		j->why = judging_sentence(g, f->probe.reason);
		return;
	}
	j->evidence.value = arena_printf(g->a, "home %s %s; %s",
					 f->home_mode < 0 ? "(mode not known)" : arena_printf(g->a, "%04o", (unsigned)(f->home_mode & 07777)),
					 f->home_owner ? judging_text(g, f->home_owner, NAME_MAX_CHARS) : "?", list_text(g, f->list, f->n_list));
	if (t.open.n && !home_is_closed)
		open_files(g, j, &t, "secrets");
	else if (t.foreign.n)
		foreign_files(g, j, &t);
	else if (t.open.n)
		guard_weaker(j, arena_printf(g->a, "its home's folder alone keeps others out of %s", guard_named(g, &t.open)),
			     "the files themselves are closed, too");
	else if (t.n_unknown)
		guard_unknown(j, arena_printf(g->a, "%zu of %zu could not be told", t.n_unknown, f->n_list), "their modes can be read");
	else
		guard_holds(j, arena_printf(g->a, "%s, its user's alone", human_plural(g->a, (int64_t)f->n_list, "file")));
}

void judge_guard_own_files(struct judging *g, const struct own_files *f)
{
	struct judgement *j = guard_add(g, "guard.files", "files", "Mission Control's own keys and folders", &f->probe);
	struct tally t = count(g, f->list, f->n_list, NULL);

	j->rule = "holds while keys, configuration, folders and sockets have the owner and the mode that they are installed with, or narrower ones";
	if (guard_is_untold(j, &f->probe))
		return;
	if (f->probe.state == PROBE_INACTIVE) {
		guard_none(j, judging_text(g, f->probe.reason, TEXT_MAX), "it is installed");
		return;
	}
	if (f->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &f->probe, "Who may read Mission Control's own keys");
		j->why = judging_sentence(g, f->probe.reason);
		return;
	}
	j->evidence.value = list_text(g, f->list, f->n_list);
	if (t.open.n)
		open_files(g, j, &t, "what signs people in");
	else if (t.n_unknown)
		guard_unknown(j, arena_printf(g->a, "%zu of %zu could not be told", t.n_unknown, f->n_list), "their modes can be read");
	else
		guard_holds(j, arena_printf(g->a, "%s as installed", human_plural(g->a, (int64_t)f->n_list, "file")));
	if (j->title)
		j->title = arena_printf(g->a, "Others can get at %s", judging_text(g, t.first_open->path, NAME_MAX_CHARS));
}
