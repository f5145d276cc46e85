/*
 * Whose credential pushes a backup, and how old it is: as far as files tell, since nobody uses it to find out.
 */
#include <string.h>

#include "base/str.h"
#include "view/judge_guard_parts.h"

#define KEY_OLD_S (180 * INT64_C(86400))

static const char *by_text(struct judging *g, const struct push_credential *c)
{
	return c->kind ? judging_text(g, c->kind, NAME_MAX_CHARS) : "a credential that its repository does not name";
}

static const char *push_text(struct judging *g, const struct push_credential *c)
{
	const char *text = arena_printf(g->a, "to %s by %s", c->remote ? judging_text(g, c->remote, TEXT_MAX) : "a remote that is not named",
					c->transport ? judging_text(g, c->transport, NAME_MAX_CHARS) : "a way that is not known");

	text = arena_printf(g->a, "%s, with %s", text, by_text(g, c));
	if (c->kind_from)
		text = arena_printf(g->a, "%s (%s)", text, judging_text(g, c->kind_from, NAME_MAX_CHARS));
	text = arena_printf(g->a, "%s; the last push wrote as %s", text, c->pushed_by ? judging_text(g, c->pushed_by, NAME_MAX_CHARS) : "nobody known");
	if (c->pushed_at)
		text = arena_printf(g->a, "%s, %s", text, human_instant(g->a, c->pushed_at));
	if (c->unit)
		text = arena_printf(g->a, "%s; %s runs as %s", text, judging_text(g, c->unit, NAME_MAX_CHARS),
				    c->unit_user ? judging_text(g, c->unit_user, NAME_MAX_CHARS) : "somebody not known");
	return text;
}

static void broken(struct judgement *j, enum status status, const char *detail, const char *title, const char *why, const char *phrase,
		   const char *clears_when)
{
	guard_broken(j, status, detail, title, why, phrase);
	j->clears_when = clears_when;
}

/* Somebody else than the instance's own user; NULL = nobody that is known. */
static const char *stranger(struct judging *g, const struct push_credential *c)
{
	const char *own = g->instance->user;

	if (c->pushed_by && !str_eq(c->pushed_by, own))
		return judging_text(g, c->pushed_by, NAME_MAX_CHARS);
	return c->unit_user && !str_eq(c->unit_user, own) ? judging_text(g, c->unit_user, NAME_MAX_CHARS) : NULL;
}

static void judge_known(struct judging *g, struct judgement *j, const struct push_credential *c)
{
	const char *other = stranger(g, c), *own = judging_text(g, g->instance->user, NAME_MAX_CHARS);

	if (c->kind && strcasestr(c->kind, "in the url"))
		broken(j, STATUS_CRITICAL, "a token stands in the URL of its remote", "A token stands in the URL of the backup's remote",
		       "Whoever may read the repository's configuration has it, and so has every copy of that file. Revoke it, and push by a "
		       "key or a credential helper.",
		       "a token in the URL of its backup", "the remote's URL holds neither user nor password");
	else if (c->key_is_private == TRI_NO)
		broken(j, STATUS_CRITICAL, "others may read its key", "Others may read the key that pushes the backup",
		       "Whoever has it writes where the backup goes, and reads it. Close the file, and make a new key.", "a key that others may read",
		       "nobody but its owner may read the key");
	else if (str_eq(c->transport, "http") || str_eq(c->transport, "git"))
		broken(j, STATUS_WARN, "pushed without encryption", "The backup is pushed without encryption",
		       arena_printf(g->a, "Its remote is reached by %s: what is pushed can be read and changed on its way.", c->transport),
		       "a backup that is pushed in the clear", "the remote is reached by ssh or https");
	else if (other)
		broken(j, STATUS_WARN, arena_printf(g->a, "%s pushes it, not %s", other, own),
		       arena_printf(g->a, "%s pushes this backup, and not %s", human_cap(g->a, other), own),
		       arena_printf(g->a, "A credential of %s reaches it: whoever has that reaches more than this one instance. Let the backup "
					  "run as %s, with a key of its own.",
				    other, own),
		       "a backup that another user pushes", arena_printf(g->a, "the backup's unit runs as %s, and has pushed", own));
	else if (!c->pushed_by && !c->unit_user)
		guard_unknown(j, c->note ? judging_text(g, c->note, TEXT_MAX) : "nothing tells who pushes it",
			      "it has been pushed, or its unit can be asked");
	else
		guard_holds(j, arena_printf(g->a, "by %s, with %s", own, by_text(g, c)));
}

static bool is_configured(struct judging *g, struct judgement *j)
{
	if (g->instance->backup_repo)
		return true;
	guard_none(j, "no backup is configured", "the configuration names a repository");
	j->is_settled = true;
	return false;
}

/* What both have in common; true when the facts may be read. */
static bool begin(struct judging *g, struct judgement *j, const struct instance_report *r)
{
	const struct push_credential *c = &r->credential;

	if (!is_configured(g, j) || guard_is_untold(j, &c->probe))
		return false;
	if (c->probe.state == PROBE_INACTIVE) {
		guard_none(j, judging_text(g, c->probe.reason, TEXT_MAX), "the repository has a remote");
		return false;
	}
	if (c->probe.state == PROBE_UNKNOWN) {
		guard_unknown(j, judging_text(g, c->probe.reason, TEXT_MAX), "it can be read again");
		if (r->backup_repo.probe.state == PROBE_UNKNOWN)
			judging_hang(j, "backup.age");
		return false;
	}
	j->evidence.value = push_text(g, c);
	return true;
}

static const char *key_text(struct judging *g, const struct push_credential *c)
{
	const char *text = c->key_file ? judging_text(g, c->key_file, TEXT_MAX) : by_text(g, c);

	if (c->key_type)
		text = arena_printf(g->a, "%s, %s", text, judging_text(g, c->key_type, NAME_MAX_CHARS));
	if (c->key_print)
		text = arena_printf(g->a, "%s, %s", text, judging_text(g, c->key_print, NAME_MAX_CHARS));
	return c->key_changed_at ? arena_printf(g->a, "%s, of %s", text, human_instant(g->a, c->key_changed_at)) : text;
}

/* An old key is no fault. It is worth knowing, and easily made new. */
static void judge_key_age(struct judging *g, struct judgement *j, const struct push_credential *c)
{
	int64_t age = judging_age(g, c->key_changed_at);

	j->evidence.value = key_text(g, c);
	if (!c->key_changed_at)
		guard_unknown(j, c->note ? judging_text(g, c->note, TEXT_MAX) : "nothing that was read says how old it is",
			      "the configuration names the key (`backup.key`), and its public half can be read");
	else if (judging_ahead(g, j, c->key_changed_at, "the key's file"))
		judging_attend(j, NULL, NULL, NULL); /* the pane's alone */
	else if (age > KEY_OLD_S)
		guard_weaker(j, arena_printf(g->a, "%s, %s old; half a year is a good age to change it", by_text(g, c), human_span(g->a, age)),
			     "it is younger than 180 days");
	else
		guard_holds(j, arena_printf(g->a, "%s, %s old", by_text(g, c), human_span(g->a, age)));
	if (j->status == STATUS_UNKNOWN)
		j->word = GUARD_UNKNOWN;
}

void judge_guard_push(struct judging *g, const struct instance_report *r)
{
	struct judgement *push = guard_add(g, "guard.push", "credentials", "Who pushes the backup", &r->credential.probe);
	struct judgement *key = guard_add(g, "guard.key", "credentials", "Age of the credential that pushes", &r->credential.probe);

	push->rule = "holds while the instance's own user pushes its backup, with nothing secret in the remote's URL, by ssh or https; "
		     "told from what the last push wrote and from the backup's unit, without using the credential";
	key->rule = "holds up to 180 days, by the time of the key's file";
	if (begin(g, push, r))
		judge_known(g, push, &r->credential);
	if (begin(g, key, r))
		judge_key_age(g, key, &r->credential);
}
