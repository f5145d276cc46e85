/*
 * What a person would say who had looked at every guardrail: first whether
 * anybody can get at it who should not, then what is left to do.
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/judge_guard.h"
#include "view/posture_parts.h"

static size_t count(const struct posture *p, const char *word)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += str_eq(p->checks[i].judgement->word, word);
	return n;
}

/* The worst of those that say who can reach us. */
static enum status reach(const struct posture *p)
{
	enum status worst = STATUS_OFF;

	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->checks[i].judgement->group, "reach"))
			worst = status_worst(worst, p->checks[i].judgement->status);
	return worst;
}

/* What is broken is said before what is not known. */
static bool is_broken_and_dark(const struct posture *p)
{
	return !p->only && reach(p) == STATUS_UNKNOWN && count(p, GUARD_BROKEN);
}

/* "one guardrail broken", "two things undecided": the worst, and in *more what else there is ("" for nothing). */
static const char *left_to_do(const struct posture *p, const char **more, struct arena *a)
{
	const struct {
		size_t n;
		const char *one, *many;
	} all[] = {
		{ count(p, GUARD_BROKEN), "guardrail broken", "guardrails broken" },
		{ count(p, GUARD_DRIFTED), "setting drifted", "settings drifted" },
		{ count(p, GUARD_UNDECIDED), "thing undecided", "things undecided" },
		{ count(p, GUARD_UNEVEN), "thing uneven", "things uneven" },
		{ count(p, GUARD_UNKNOWN), "thing not known", "things not known" },
	};
	const char *said[ARRAY_SIZE(all)];
	size_t n_said = 0, max = is_broken_and_dark(p) ? 1 : 2; /* more would be no headline */

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].n)
			said[n_said++] = arena_printf(a, "%s %s", human_number(a, (int64_t)all[i].n), all[i].n == 1 ? all[i].one : all[i].many);
	*more = n_said > max ? human_list(a, said + max, n_said - max) : "";
	return human_list(a, said, n_said < max ? n_said : max);
}

/* Of one instance, whose reach is the machine's affair. */
static const char *headline_of_one(const struct posture *p, const char *left, struct arena *a)
{
	const char *name = instance_short_label(p->only, a);

	return *left ? arena_printf(a, "%s: %s", name, left) : arena_printf(a, "Every guardrail of %s holds", name);
}

const char *posture_headline(const struct posture *p, struct arena *a)
{
	const enum status near = reach(p);
	const char *more, *left = left_to_do(p, &more, a);
	const char *private = near == STATUS_OK							? "Private" :
			      near == STATUS_CRITICAL || near == STATUS_WARN ? "Not private" : "Whether it is private is not known";

	if (p->only)
		return headline_of_one(p, left, a);
	if (is_broken_and_dark(p))
		return arena_printf(a, "%s, and whether it is private is not known", human_cap(a, left));
	if (!*left)
		return arena_printf(a, "%s, and every guardrail holds", private);
	return arena_printf(a, near == STATUS_UNKNOWN ? "%s: %s" : "%s, with %s", private, left);
}

const char *posture_note(const struct posture *p, const struct snapshot *s, struct arena *a)
{
	int64_t every = s->host.has_report ? s->host.report.exporter.interval_s : 0;
	const char *weaker = count(p, GUARD_WEAKER) ? " What is weaker than it could be is no alarm." : "", *more;

	for (size_t i = 0; i < s->n_instances; i++)
		if (p->only == s->instances[i].instance && s->instances[i].has_report)
			every = s->instances[i].report.exporter.interval_s;
	left_to_do(p, &more, a);
	return arena_printf(a, "%s%sThe guardrails%s, the worst of each part first. Each opens to its evidence.%s%s",
			    *more ? human_cap(a, more) : "", *more ? " besides. " : "", every > 0 ? arena_printf(a, ", checked every %s", human_span(a, every)) : "", weaker,
			    p->has_host ? "" : " Who can reach the machine, and what Mission Control itself may do, stands under All.");
}

/* For those about who can get at what: of a setting its name and its value say enough. */
const char *posture_claim(const struct judgement *j)
{
	static const struct {
		const char *id;
		const char *claim;
	} all[] = {
		{ "guard.listeners", "Nothing of Hermes or Mission Control listens beyond loopback and the tailnet" },
		{ "guard.caddy", "No public site of Caddy leads to what is private" },
		{ "guard.push", "Its own user pushes the backup" },
		{ "guard.secrets", "Files with secrets are closed to others" },
		{ "guard.files", "Mission Control's own keys and folders are as installed" },
		{ "guard.units", "Mission Control's own units grant no more than shipped" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (str_eq(j->id, all[i].id))
			return all[i].claim;
	return j->label;
}

void posture_add_counts(cJSON *model, const struct posture *p)
{
	static const struct {
		const char *name;
		const char *word;
	} all[] = {
		{ "holds", GUARD_HOLDS },     { "undecided", GUARD_UNDECIDED }, { "uneven", GUARD_UNEVEN },
		{ "broken", GUARD_BROKEN },   { "drifted", GUARD_DRIFTED },	{ "weaker", GUARD_WEAKER },
		{ "unknown", GUARD_UNKNOWN }, { "planned", GUARD_PLANNED },	{ "none", GUARD_NONE },
	};
	cJSON *o = json_add_object(model, "counts");

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		json_add_i64(o, all[i].name, (int64_t)count(p, all[i].word));
}
