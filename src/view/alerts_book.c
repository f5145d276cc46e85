/*
 * What the alert book adds to what is judged now: how often it was seen, that
 * it came back, who answered, how it ended.
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "model/answers.h"
#include "model/book.h"
#include "view/alerts_parts.h"
#include "view/human.h"
#include "view/parts_json.h"

static const struct alerts_ledger *ledger_of(const struct feed *p, const char *id)
{
	for (size_t i = 0; i < p->in->n_ledgers; i++)
		if (str_eq(p->in->ledgers[i].id, id))
			return &p->in->ledgers[i];
	return NULL;
}

const struct store_alert *alerts_booked(const struct feed *p, const char *id, const char *reading)
{
	const struct alerts_ledger *l = ledger_of(p, id);

	for (size_t i = 0; l && i < l->n_open; i++)
		if (str_eq(l->open[i].reading, reading))
			return &l->open[i];
	return NULL;
}

const struct store_pending *alerts_pending(const struct feed *p, const char *id, const char *reading)
{
	const struct alerts_ledger *l = ledger_of(p, id);

	for (size_t i = 0; l && i < l->n_pending; i++)
		if (str_eq(l->pending[i].reading, reading))
			return &l->pending[i];
	return NULL;
}

static const char *times_text(const struct feed *p, int64_t n)
{
	return n == 1 ? "once" : n == 2 ? "twice" : arena_printf(p->a, "%s times", human_number(p->a, n));
}

/* What holds of it whether it is open or over. */
static const char *course_text(const struct feed *p, const struct store_alert *x)
{
	const char *text = "";

	if (x->reopened > 0)
		text = arena_printf(p->a, "%s It came back %s within an hour of being over.", text, times_text(p, x->reopened));
	if (x->unsteady_at)
		text = arena_printf(p->a, "%s It comes and goes (%s), and stays open until it has been calm for %s.", text,
				    human_plural(p->a, x->flaps, "change"), human_span(p->a, BOOK_CALM_S));
	if (x->missed > 0)
		text = arena_printf(p->a, "%s %s of the exporter did not happen meanwhile.", text, human_cap(p->a, human_plural(p->a, x->missed, "run")));
	return text;
}

const char *alerts_open_text(const struct feed *p, const struct store_alert *x, const struct store_pending *pending)
{
	if (pending && pending->needs > 0)
		return arena_printf(p->a, " Seen %s so far; it is told of after %s in a row.", times_text(p, pending->seen),
				    human_plural(p->a, pending->needs, "reading"));
	if (!x)
		return "";
	if (x->unknown_since && x->severity > ALERT_UNKNOWN)
		return arena_printf(p->a, " Not judged since %.16s UTC; as last known: %s.%s", human_instant(p->a, x->unknown_since), x->title,
				    course_text(p, x));
	return course_text(p, x);
}

static const char *answer_text(const struct feed *p, const struct store_alert *x)
{
	static const char *const did[] = { [ANSWER_ACKNOWLEDGE] = "acknowledged", [ANSWER_SNOOZE] = "snoozed", [ANSWER_SILENCE] = "silenced" };

	if (x->answer < ANSWER_ACKNOWLEDGE || x->answer > ANSWER_SILENCE || !x->answered_by)
		return "";
	return arena_printf(p->a, " It was %s by %s.", did[x->answer], x->answered_by);
}

const char *alerts_closed_text(const struct feed *p, const struct store_alert *x)
{
	const char *end = str_eq(x->ended, "explained") && x->cause ? arena_printf(p->a, " Explained by %s, which has an alert of its own.", x->cause)
			  : str_eq(x->ended, "off")		    ? " It is meant to be off."
			  : str_eq(x->ended, "gone")		    ? " It is not there any more."
								    : "";

	/* Between the last time it was seen and its end nobody looked: how long it really lasted is not known. */
	if (x->missed > 0 && x->last_at)
		end = arena_printf(p->a, "%s Last seen at %.16s UTC.", end, human_instant(p->a, x->last_at));
	return arena_printf(p->a, "%s%s%s", end, course_text(p, x), answer_text(p, x));
}

void alerts_add_course(cJSON *o, const struct store_alert *x)
{
	json_add_i64(o, "reopened", x ? x->reopened : 0);
	json_add_i64(o, "changes", x ? x->flaps : 0);
	json_add_bool(o, "isUnsteady", x && x->unsteady_at > 0);
	json_add_i64(o, "readingsMissed", x ? x->missed : 0);
}
