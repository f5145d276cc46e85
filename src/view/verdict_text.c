/*
 * What a person would say who had looked at everything: worst first, short,
 * and no more certain than the readings are.
 */
#include "view/verdict_text.h"

#include <string.h>

#include "base/str.h"
#include "view/human.h"

/* With more instances than this they are counted instead of named. */
#define NAMED_MAX   3
#define PHRASES_MAX 4

static size_t count_dark(const struct verdict *v)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_parts; i++)
		n += v->parts[i].is_dark;
	return n;
}

static const char *is_are(size_t n)
{
	return n == 1 ? "is" : "are";
}

/* "Nothing is known about Bheem: its exporter has not reported for 5 min." */
static const char *say_dark(const struct verdict *v, size_t dark, struct arena *a)
{
	if (dark == 1)
		for (size_t i = 0; i < v->n_parts; i++)
			if (v->parts[i].is_dark)
				return arena_printf(
					a, "%s.",
					judge_find(v->parts[i].judgements, v->parts[i].n, "exporter")->title);
	if (dark == v->n_parts)
		return arena_printf(a, "Nothing is known about %s: no exporter has reported.",
				    dark == 2 ? "either instance"
					      : arena_printf(a, "any of the %s instances",
							     human_number(a, (int64_t)dark)));
	return arena_printf(a, "Nothing is known about %s of the %s instances.",
			    human_number(a, (int64_t)dark), human_number(a, (int64_t)v->n_parts));
}

/* "one is acknowledged"; "two are answered" where not all of them alike. NULL: nothing was. */
static const char *say_answered(const struct verdict *v, struct arena *a)
{
	size_t n = verdict_answered(v);
	const char *word = v->n_acknowledged == n ? "acknowledged" : v->n_snoozed == n ? "snoozed" : v->n_silenced == n ? "silenced" : "answered";

	return n ? arena_printf(a, "%s %s %s", human_number(a, (int64_t)n), is_are(n), word) : NULL;
}

static const char *need_of(const struct verdict *v, size_t dark, struct arena *a)
{
	size_t problems = v->n_critical + v->n_warn;
	size_t unread = v->n_unknown > dark ? v->n_unknown - dark : 0;
	const char *need = "";

	if (problems)
		need = arena_printf(a, "%s thing%s you. ", human_number_cap(a, (int64_t)problems),
				    problems == 1 ? " needs" : "s need");
	if (dark)
		return arena_printf(a, "%s%s", need, say_dark(v, dark, a));
	if (problems)
		return arena_strndup(a, need, strlen(need) - 1);
	if (unread)
		return arena_printf(a, "%s could not be taken.",
				    human_cap(a, human_plural(a, (int64_t)unread, "reading")));
	return "All is well.";
}

static const char *say_one(const struct verdict_part *p, struct arena *a)
{
	if (p->is_off)
		return arena_printf(a, "%s is switched off.", p->name);
	switch (p->is_running) {
	case TRI_YES:
		return arena_printf(a, "%s is running.", p->name);
	case TRI_NO:
		return arena_printf(a, "%s is not running.", p->name);
	default:
		return arena_printf(a, "Whether %s is running is not known.", p->name);
	}
}

static const char *say_two(const struct verdict_part *p, struct arena *a)
{
	const struct verdict_part *yes = p[0].is_running == TRI_YES ? &p[0] : &p[1];
	const struct verdict_part *other = yes == &p[0] ? &p[1] : &p[0];

	if (p[0].is_running == TRI_YES && p[1].is_running == TRI_YES)
		return "Both instances are running.";
	if (p[0].is_off && p[1].is_off)
		return "Both instances are switched off.";
	if (p[0].is_running == TRI_NO && p[1].is_running == TRI_NO)
		return "Neither instance is running.";
	if (yes->is_running != TRI_YES)
		return arena_printf(a, "%s %s", say_one(&p[0], a), say_one(&p[1], a));
	if (other->is_running == TRI_UNKNOWN)
		return arena_printf(a, "%s is running; whether %s is, is not known.", yes->name, other->name);
	return arena_printf(a, "%s is running, %s is %s.", yes->name, other->name,
			    other->is_off ? "switched off" : "not");
}

static const char *say_many(const struct verdict *v, size_t dark, struct arena *a)
{
	size_t seen = v->n_parts - dark, off = 0;

	for (size_t i = 0; i < v->n_parts; i++)
		off += v->parts[i].is_off;
	if (v->n_running == seen)
		return arena_printf(a, "%s %s%s %s running.", dark ? "The other" : "All",
				    seen == 1 ? "one" : human_number(a, (int64_t)seen),
				    dark ? "" : " instances", is_are(seen));
	if (off == v->n_parts)
		return arena_printf(a, "All %s instances are switched off.", human_number(a, (int64_t)off));
	if (v->n_running == 0)
		return arena_printf(a, "None of the %s instances is known to run.",
				    human_number(a, (int64_t)v->n_parts));
	return arena_printf(a, "%s of %s instances %s running.", human_number_cap(a, (int64_t)v->n_running),
			    human_number(a, (int64_t)v->n_parts), is_are(v->n_running));
}

/* The second: who runs. Of those that nothing is known about, nothing is said. */
static const char *say_running(const struct verdict *v, size_t dark, struct arena *a)
{
	if (dark == v->n_parts)
		return "";
	if (v->n_parts == 1)
		return say_one(&v->parts[0], a);
	if (v->n_parts == 2 && dark == 1)
		return say_one(v->parts[0].is_dark ? &v->parts[1] : &v->parts[0], a);
	if (v->n_parts == 2)
		return say_two(v->parts, a);
	return say_many(v, dark, a);
}

/* The first sentence: what is wanted of the reader. What was answered is no longer, and yet not well. */
static const char *say_need(const struct verdict *v, size_t dark, struct arena *a)
{
	const char *answered = say_answered(v, a), *need = need_of(v, dark, a);

	if (!answered)
		return need;
	if (verdict_asking(v) == 0 && !dark)
		return arena_printf(a, "Nothing needs you: %s.", answered);
	return arena_printf(a, "%s %s.", need, human_cap(a, answered));
}

const char *verdict_sentence(const struct verdict *v, struct arena *a)
{
	size_t dark = count_dark(v);
	const char *need = say_need(v, dark, a);
	const char *running;

	if (v->n_parts == 0)
		return arena_printf(a, "%s%sNo Hermes instance was found on this machine.",
				    status_needs_attention(v->status) ? need : "",
				    status_needs_attention(v->status) ? " " : "");
	running = say_running(v, dark, a);
	return *running ? arena_printf(a, "%s %s", need, running) : need;
}

/* "two failing cron jobs" instead of saying "a failing cron job" twice. */
static const char *say_phrase(const char *phrase, size_t times, struct arena *a)
{
	if (times < 2 || !str_starts(phrase, "a ") || !str_ends(phrase, " job"))
		return phrase;
	return arena_printf(a, "%s %ss", human_number(a, (int64_t)times), phrase + 2);
}

/* "a late backup and two failing cron jobs"; "" when there is nothing of the kind. */
static const char *say_troubles(const struct verdict_part *p, struct arena *a)
{
	const char *said[PHRASES_MAX + 1] = { 0 };
	size_t times[PHRASES_MAX + 1] = { 0 };
	size_t n = 0, more = 0;

	for (size_t i = 0; i < p->n; i++) {
		const char *phrase = p->judgements[i].title ? p->judgements[i].phrase : NULL;
		size_t at = 0;

		while (phrase && at < n && !str_eq(said[at], phrase))
			at++;
		if (phrase && at == PHRASES_MAX)
			more++;
		else if (phrase) {
			said[at] = phrase;
			times[at]++;
			n = at == n ? n + 1 : n;
		}
	}
	for (size_t i = 0; i < n; i++)
		said[i] = say_phrase(said[i], times[i], a);
	if (more)
		said[n++] = arena_printf(a, "%s", human_plural(a, (int64_t)more, "other trouble"));
	return human_list(a, said, n);
}

static const char *say_part(const struct verdict_part *p, struct arena *a)
{
	const char *troubles = say_troubles(p, a);
	const char *unread = human_plural(a, (int64_t)p->n_unknown, "reading");

	if (*troubles && p->n_unknown)
		return arena_printf(a, "%s has %s; %s could not be taken.", p->name, troubles, unread);
	if (*troubles)
		return arena_printf(a, "%s has %s.", p->name, troubles);
	return arena_printf(a, "%s has %s that could not be taken.", p->name, unread);
}

static bool is_troubled(const struct verdict_part *p)
{
	return !p->is_dark && p->n_critical + p->n_warn + p->n_unknown + p->n_answered > 0;
}

static const char *say_healthy(const struct verdict *v, struct arena *a)
{
	const char *names[NAMED_MAX];
	size_t n = 0;

	if (v->n_healthy == 0)
		return "";
	if (v->n_parts > NAMED_MAX)
		return arena_printf(a, "%s of %s %s healthy.", human_number_cap(a, (int64_t)v->n_healthy),
				    human_number(a, (int64_t)v->n_parts), is_are(v->n_healthy));
	for (size_t i = 0; i < v->n_parts; i++)
		if (v->parts[i].status == STATUS_OK)
			names[n++] = v->parts[i].name;
	return arena_printf(a, "%s %s healthy.", human_list(a, names, n), is_are(n));
}

const char *verdict_detail(const struct verdict *v, const char *discovery_note, struct arena *a)
{
	const char *text = say_healthy(v, a);
	size_t said = 0, more = 0;

	if (v->n_parts == 0)
		return discovery_note ? str_clean(a, discovery_note, strlen(discovery_note), 400)
				      : "The configuration names none, and no home was found to look into.";
	for (size_t i = 0; i < v->n_parts; i++) {
		if (!is_troubled(&v->parts[i]))
			continue;
		if (said == NAMED_MAX) {
			more++;
			continue;
		}
		said++;
		text = arena_printf(a, "%s%s%s", text, *text ? " " : "", say_part(&v->parts[i], a));
	}
	if (more)
		text = arena_printf(a, "%s %s need%s a look too.", text, human_number_cap(a, (int64_t)more),
				    more == 1 ? "s" : "");
	if (v->host && is_troubled(v->host))
		text = arena_printf(a, "%s%s%s", text, *text ? " " : "", say_part(v->host, a));
	return *text ? text : NULL;
}
