#include "view/asked_words.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "view/human.h"

#define FORGET_S    600
#define NAMES_SHOWN 3

/* "12:03:04 UTC" */
static const char *time_of_day(int64_t t, struct arena *a)
{
	char text[CLOCK_TEXT_MAX];

	clock_rfc3339(t, text);
	return strlen(text) == CLOCK_TEXT_MAX - 1 ? arena_printf(a, "%.8s UTC", text + 11) : text[0] ? arena_strdup(a, text) : "?";
}

static bool is_recent(const struct asked *q, int64_t now)
{
	return q->asked_at > now - FORGET_S && q->asked_at <= now + 5;
}

/* An exporter of an older version says nothing of requests: a report from after it will do. */
static bool is_answered(const struct asked *q)
{
	return q->answered_at >= q->asked_at || q->made_at > q->asked_at;
}

struct sum {
	const char *names[NAMES_SHOWN + 1];
	size_t n;               /* that matter */
	const struct asked *first; /* asked first of them */
	int64_t asked_at;       /* last of them */
	int64_t made_at;        /* oldest report of them */
	bool lacks_report;
};

static struct sum sum_up(const struct asked *list, size_t n, bool answered, int64_t now, struct arena *a)
{
	struct sum s = { .n = 0 };

	for (size_t i = 0; i < n; i++) {
		const struct asked *q = &list[i];

		if (!is_recent(q, now) || is_answered(q) != answered)
			continue;
		if (s.n < NAMES_SHOWN)
			s.names[s.n] = q->name;
		if (!s.first || q->asked_at < s.first->asked_at)
			s.first = q;
		if (q->asked_at > s.asked_at)
			s.asked_at = q->asked_at;
		if (q->made_at && (!s.made_at || q->made_at < s.made_at))
			s.made_at = q->made_at;
		s.lacks_report |= !q->made_at;
		s.n++;
	}
	if (s.n > NAMES_SHOWN)
		s.names[NAMES_SHOWN] = arena_printf(a, "%s more", human_number(a, (int64_t)(s.n - NAMES_SHOWN)));
	return s;
}

static const char *names_of(const struct sum *s, struct arena *a)
{
	return human_list(a, s->names, s->n > NAMES_SHOWN ? NAMES_SHOWN + 1 : s->n);
}

static const char *shown(const struct sum *s, struct arena *a)
{
	if (s->lacks_report)
		return s->n == 1 ? "there is none to show yet" : "some have none to show yet";
	return arena_printf(a, "the %s shown is from %s", s->n == 1 ? "one" : "oldest", time_of_day(s->made_at, a));
}

static const char *waiting_text(const struct sum *s, bool is_late, struct arena *a)
{
	const char *text = arena_printf(a, "%s of %s %s asked for at %s", s->n == 1 ? "A new report" : "New reports", names_of(s, a),
					s->n == 1 ? "was" : "were", time_of_day(is_late ? s->first->asked_at : s->asked_at, a));

	if (!is_late)
		return arena_printf(a, "%s; %s.", text, shown(s, a));
	return arena_printf(a, "%s, and %d s later %s has not come: %s. On the machine, '%s' says more.", text,
			    ASKED_PATIENCE_S, s->n == 1 ? "it" : "one of them", shown(s, a), s->first->look);
}

struct asked_words asked_words(const struct asked *list, size_t n, int64_t now, struct arena *a)
{
	struct sum waits = sum_up(list, n, false, now, a), here = sum_up(list, n, true, now, a);
	struct asked_words w = { .text = NULL };

	if (waits.n) {
		w.is_late = waits.first->asked_at + ASKED_PATIENCE_S < now;
		w.is_waiting = !w.is_late;
		w.text = waiting_text(&waits, w.is_late, a);
	} else if (here.n && here.asked_at + ASKED_NEWS_S >= now) {
		w.text = arena_printf(a, "%s of %s that %s asked for at %s %s here.", here.n == 1 ? "The report" : "The reports",
				      names_of(&here, a), here.n == 1 ? "was" : "were", time_of_day(here.asked_at, a),
				      here.n == 1 ? "is" : "are");
	}
	return w;
}
