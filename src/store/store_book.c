#include "store/store_book.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

#define CHAIN_MAX 8 /* causes of causes */

/* What a run found of one reading. */
enum found {
	FOUND_GOOD,
	FOUND_BAD,
	FOUND_UNKNOWN,          /* and that asks for someone */
	FOUND_NOTHING,          /* not known, and another one asks */
	FOUND_OFF,
};

struct book_turn {
	struct book *book;
	const struct store_verdict *v;
	int64_t now;
	int64_t gap;            /* since the run before; 0 = not known */
	struct arena *a;
};

static const struct store_judged *judged_of(const struct store_verdict *v, const char *reading)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->items[i].reading, reading) == 0)
			return &v->items[i];
	return NULL;
}

/* ---- changes ---- */

/* A clock that was set back: what lies ahead by it is not earlier than now. */
static void cut(int64_t *t, int64_t now)
{
	if (*t > now)
		*t = now;
}

static void settle_clock(struct book_entry *e, int64_t now)
{
	struct book_alert *x = &e->alert;
	size_t kept = 0;

	cut(&e->since, now);
	cut(&e->last, now);
	cut(&e->unknown_since, now);
	if (x->is_open) {
		x->is_changed = x->is_changed || x->opened > now || x->last > now;
		cut(&x->opened, now);
		cut(&x->last, now);
		cut(&x->again, now);
		cut(&x->unsteady, now);
	} else if (x->is_there && x->closed > now) {
		x->is_changed = true;
		cut(&x->opened, now);
		cut(&x->closed, now);
	}
	for (size_t i = 0; i < e->n_changes; i++) {
		cut(&e->changes[i], now);
		if (now - e->changes[i] < BOOK_REOPEN_S)
			e->changes[kept++] = e->changes[i];
	}
	e->is_changed = e->is_changed || kept != e->n_changes;
	e->n_changes = kept;
}

static void note_change(struct book_entry *e, int64_t now)
{
	if (e->n_changes == BOOK_CHANGES_KEPT)
		memmove(e->changes, e->changes + 1, --e->n_changes * sizeof(e->changes[0]));
	e->changes[e->n_changes++] = now;
	if (!e->alert.is_open)
		return;
	e->alert.flaps++;
	e->alert.is_changed = true;
}

static bool is_calm(const struct book_entry *e, int64_t now)
{
	return e->n_changes == 0 || now - e->changes[e->n_changes - 1] >= BOOK_CALM_S;
}

/* ---- opening and closing ---- */

static const char *text(const struct book_turn *t, const char *s, size_t chars)
{
	return s ? str_clean(t->a, s, strlen(s), chars) : NULL;
}

static void describe(const struct book_turn *t, struct book_alert *x, const struct store_judged *j)
{
	x->severity = j->severity > x->severity ? j->severity : x->severity;
	x->title = j->title ? text(t, j->title, BOOK_TITLE_CHARS) : "";
	x->why = text(t, j->why, BOOK_WHY_CHARS);
}

static void open_alert(const struct book_turn *t, struct book_entry *e, const struct store_judged *j, int64_t since)
{
	struct book_alert *x = &e->alert;

	if (x->is_there && t->now - x->closed < BOOK_REOPEN_S) {
		x->reopened++;
		cut(&x->opened, t->now);
		x->again = since > x->opened ? since : x->opened;
		x->severity = ALERT_NONE; /* as bad as it is now: that it gets worse is told again */
	} else {
		*x = (struct book_alert){ .is_there = true, .opened = since };
	}
	x->is_open = x->is_changed = true;
	x->closed = 0;
	x->cause = x->ended = x->answered_by = NULL;
	x->answer = x->answered = 0;
	x->last = t->now;
	describe(t, x, j);
}

static void close_alert(const struct book_turn *t, struct book_entry *e, const char *ended, const char *cause)
{
	struct book_alert *x = &e->alert;

	if (!x->is_open)
		return;
	x->is_open = false;
	x->is_changed = true;
	x->closed = t->now > x->opened ? t->now : x->opened;
	x->unsteady = 0;
	x->ended = ended;
	x->cause = cause;
}

static void still_open(const struct book_turn *t, struct book_entry *e, const struct store_judged *j)
{
	struct book_alert *x = &e->alert;

	x->last = t->now;
	x->is_changed = true;
	/* Its words say how it is: when it ended, how late it is. Those of its worst time stay when it is less bad. */
	if (j->severity == x->severity)
		describe(t, x, j);
	if (j->severity <= x->severity)
		return;
	/* What was not known is bad only once it was found so as often as it takes. */
	if (x->severity == ALERT_UNKNOWN && e->bad < e->needs)
		return;
	describe(t, x, j);
	x->worse = t->now;
}

static void note_answer(const struct book_turn *t, struct book_entry *e, const struct store_judged *j)
{
	struct book_alert *x = &e->alert;
	const struct answer *answer = j->answer;
	int64_t kind = answer ? (int64_t)answer->kind : 0, at = answer ? answer->at : 0;

	if (!x->is_open || (x->answer == kind && x->answered == at))
		return;
	x->answer = kind;
	x->answered = at;
	x->answered_by = answer ? text(t, answer->by, BOOK_NAME_CHARS) : NULL;
	x->is_changed = true;
}

/* ---- what is found ---- */

static void found_bad(const struct book_turn *t, struct book_entry *e, const struct store_judged *j)
{
	if (e->bad == 0)
		note_change(e, t->now);
	if (!e->since || (e->bad == 0 && !e->alert.is_open))
		e->since = t->now;
	e->good = e->unknown = e->unknown_since = 0;
	e->bad += e->bad < BOOK_COUNT_MAX;
	e->last = t->now;
	e->severity = j->severity;
	e->title = j->title ? text(t, j->title, BOOK_TITLE_CHARS) : "";
	if (e->alert.is_open)
		still_open(t, e, j);
	else if (e->bad >= e->needs || e->n_changes > BOOK_CHANGES_MAX)
		open_alert(t, e, j, e->since);
}

static void found_unknown(const struct book_turn *t, struct book_entry *e, const struct store_judged *j, int64_t needs)
{
	if (!e->unknown_since)
		e->unknown_since = t->now;
	e->unknown += e->unknown < BOOK_COUNT_MAX;
	if (!e->bad)
		e->title = j->title ? text(t, j->title, BOOK_TITLE_CHARS) : "";
	if (e->alert.is_open && e->alert.severity == ALERT_UNKNOWN)
		still_open(t, e, j);
	else if (!e->alert.is_open && e->unknown >= needs)
		open_alert(t, e, j, e->unknown_since);
}

/* A row of good ones counts from the last that was not; how: "recovered", or "gone". */
static void found_good(const struct book_turn *t, struct book_entry *e, const struct book_rule *rule, const char *how)
{
	if (e->bad > 0)
		note_change(e, t->now);
	e->bad = e->unknown = e->unknown_since = 0;
	e->good += e->good < BOOK_COUNT_MAX;
	e->severity = ALERT_NONE;
	if (e->alert.is_open && !e->alert.unsteady && e->good >= rule->close)
		close_alert(t, e, how, NULL);
	if (!e->alert.is_open)
		e->since = 0;
}

/* Nothing is to be counted any more: it is explained, or meant to be so. */
static void found_done(const struct book_turn *t, struct book_entry *e, const char *ended, const char *cause)
{
	close_alert(t, e, ended, cause);
	e->bad = e->good = e->unknown = e->unknown_since = e->since = 0;
	e->severity = ALERT_NONE;
}

static void set_unsteady(struct book_alert *x, int64_t since)
{
	x->is_changed = x->is_changed || x->unsteady != since;
	x->unsteady = since;
}

/* Before a reading is counted: it has been calm for long enough. */
static void calm_down(const struct book_turn *t, struct book_entry *e)
{
	if (e->alert.is_open && e->alert.unsteady && is_calm(e, t->now))
		set_unsteady(&e->alert, 0);
}

/* After it: that was one change too many. */
static void damp(const struct book_turn *t, struct book_entry *e)
{
	if (e->alert.is_open && !e->alert.unsteady && e->n_changes > BOOK_CHANGES_MAX && !is_calm(e, t->now)) {
		set_unsteady(&e->alert, t->now);
		if (e->alert.flaps < (int64_t)e->n_changes)
			e->alert.flaps = (int64_t)e->n_changes; /* those before it was opened made it so */
	}
}

/* ---- a run ---- */

static enum found found_of(const struct store_judged *j)
{
	if (j->severity >= ALERT_WARN)
		return FOUND_BAD;
	if (j->severity == ALERT_UNKNOWN)
		return FOUND_UNKNOWN;
	return !j->is_known ? FOUND_NOTHING : j->is_off ? FOUND_OFF : FOUND_GOOD;
}

/* The judgement at the end of the chain of causes; NULL where the chain leads nowhere. */
static const struct store_judged *root_of(const struct book_turn *t, const struct store_judged *j)
{
	for (int i = 0; j && j->cause && i < CHAIN_MAX; i++)
		j = judged_of(t->v, j->cause);
	return j && !j->cause ? j : NULL;
}

/*
 * It hangs from another one, whose turn was before. As long as that was seen
 * too seldom to be told of, or has just begun to be fine, nothing is decided.
 */
static void take_hanging(const struct book_turn *t, struct book_entry *e, const struct store_judged *j, const struct book_rule *rule)
{
	const struct store_judged *root = root_of(t, j);
	const struct book_entry *cause = root ? book_find(t->book, root->reading) : NULL;

	if (cause && cause->alert.is_open)
		found_done(t, e, "explained", root->reading);
	else if (root && found_of(root) == FOUND_OFF)
		found_done(t, e, "off", NULL);
	else if (root && found_of(root) == FOUND_GOOD && j->is_known && !j->is_off)
		found_good(t, e, rule, "recovered");
	else if (!j->is_known && !e->unknown_since)
		e->unknown_since = t->now;
}

static void take_found(const struct book_turn *t, struct book_entry *e, const struct store_judged *j, const struct book_rule *rule)
{
	switch (found_of(j)) {
	case FOUND_BAD:
		found_bad(t, e, j);
		break;
	case FOUND_UNKNOWN:
		found_unknown(t, e, j, rule->unknown);
		break;
	case FOUND_OFF:
		found_done(t, e, "off", NULL);
		break;
	case FOUND_GOOD:
		found_good(t, e, rule, "recovered");
		break;
	case FOUND_NOTHING:
		if (!e->unknown_since)
			e->unknown_since = t->now;
		break;
	}
	if (j->severity != ALERT_NONE)
		note_answer(t, e, j);
}

/* What is fine and was fine is not in the book. */
static void take_one(const struct book_turn *t, const struct store_judged *j)
{
	const struct book_rule *rule = book_rule_of(t->v->rules, j->reading);
	struct book_entry *e = book_find(t->book, j->reading);

	if (!e && (j->severity == ALERT_NONE || strlen(j->reading) > BOOK_READING_BYTES))
		return;
	if (!e)
		e = book_entry(t->book, j->reading, t->a);
	if (!e)
		return;
	e->is_judged = e->is_changed = true;
	calm_down(t, e);
	e->needs = found_of(j) == FOUND_UNKNOWN && !e->bad ? rule->unknown : rule->open;
	if (j->cause)
		take_hanging(t, e, j, rule);
	else
		take_found(t, e, j, rule);
	damp(t, e);
}

/*
 * What would have told of it: of "platform.telegram" the reading "platforms",
 * of "cron.daily" the reading "cron"; NULL where this run has none.
 */
static const struct store_judged *whole_of(const struct book_turn *t, const char *reading)
{
	size_t n = strcspn(reading, ".");

	for (size_t i = 0; i < t->v->n; i++) {
		const char *r = t->v->items[i].reading;

		if (reading[n] == '.' && strncmp(r, reading, n) == 0 && (!r[n] || (r[n] == 's' && !r[n + 1])))
			return &t->v->items[i];
	}
	return NULL;
}

/* It is not there any more; but what stands in a thing that could not be read is neither there nor gone. */
static void take_missing(const struct book_turn *t, struct book_entry *e)
{
	const struct book_rule *rule = book_rule_of(t->v->rules, e->reading);
	const struct store_judged *whole = whole_of(t, e->reading);

	e->is_changed = true;
	calm_down(t, e);
	if (whole && whole->cause && (!whole->is_known || whole->is_off))
		take_hanging(t, e, whole, rule);
	else if (!whole || whole->is_known)
		found_good(t, e, rule, "gone");
	else if (!e->unknown_since)
		e->unknown_since = t->now;
	damp(t, e);
}

/* Runs that should have been between this and the one before; half an interval late is not missed. */
static int64_t missed_runs(const struct book_turn *t)
{
	int64_t every = t->v->interval_s;

	return every > 0 && t->gap > every + every / 2 ? (t->gap + every / 2) / every - 1 : 0;
}

/* What was counted before a long silence is no row with what comes after it; what is open stays. */
static void begin(const struct book_turn *t, struct book_entry *e)
{
	int64_t missed = e->alert.is_open ? missed_runs(t) : 0;

	e->is_judged = false;
	settle_clock(e, t->now);
	e->alert.missed += missed;
	e->alert.is_changed = e->alert.is_changed || missed > 0;
	if (t->gap <= BOOK_REOPEN_S)
		return;
	e->good = e->unknown = 0;
	if (!e->alert.is_open)
		e->bad = e->since = e->unknown_since = 0;
	e->is_changed = true;
}

void book_take(struct book *b, const struct store_verdict *v, int64_t now, int64_t prior, struct arena *a)
{
	const struct book_turn t = { b, v, now, prior > 0 && now > prior ? now - prior : 0, a };

	for (size_t i = 0; i < b->n; i++)
		begin(&t, &b->list[i]);
	for (size_t i = 0; i < v->n; i++)
		if (!v->items[i].cause)
			take_one(&t, &v->items[i]);
	for (size_t i = 0; i < v->n; i++)
		if (v->items[i].cause)
			take_one(&t, &v->items[i]);
	for (size_t i = 0; i < b->n; i++)
		if (!b->list[i].is_judged && !book_entry_is_idle(&b->list[i]))
			take_missing(&t, &b->list[i]);
}
