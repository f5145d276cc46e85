#include "notify/text.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "view/human.h"

#define TITLE_CHARS 200
#define WHY_CHARS   400
#define NAME_CHARS  60
#define STEP_CHARS  120
#define NAMED_MAX   10          /* of each list in a summary */
#define EXPLAINED_MAX 3
#define OLD_S       120         /* what is older says since when it is so */
#define BUF_MAX     ((size_t)64 * 1024)

static const char *mark(enum alert_severity s)
{
	return s == ALERT_CRITICAL ? "🔴" : s == ALERT_WARN ? "🟠" : "⚪";
}

static const char *word(enum alert_severity s)
{
	return s == ALERT_CRITICAL ? "Critical" : s == ALERT_WARN ? "Warning" : "Unknown";
}

static const char *lower(enum alert_severity s)
{
	return s == ALERT_CRITICAL ? "critical" : s == ALERT_WARN ? "a warning" : "unknown";
}

static const char *who(const struct notify *n)
{
	return text_plain(n->redactor, instance_short_label(n->in, n->a), NAME_CHARS, n->a);
}

/* Whose alert it is. */
static const char *whose(const struct notify *n, const struct store_alert *x)
{
	return notify_is_host(x) ? "This machine" : who(n);
}

static const char *title(const struct notify *n, const struct store_alert *x)
{
	const char *s = text_plain(n->redactor, x->title, TITLE_CHARS, n->a);

	return *s ? s : text_plain(n->redactor, x->reading, TITLE_CHARS, n->a);
}

static int64_t age(int64_t from, int64_t to)
{
	return to > from ? to - from : 0;
}

/* ---- of one alert ---- */

static const char *since(const struct notify *n, const struct store_alert *x)
{
	int64_t at = store_alert_since(x);

	return arena_printf(n->a, "\nOpen for %s, since %s.", human_duration(n->a, age(at, n->now)), human_instant(n->a, at));
}

static const char *why(const struct notify *n, const struct store_alert *x)
{
	const char *s = text_plain(n->redactor, x->why, WHY_CHARS, n->a);

	return *s ? arena_printf(n->a, "\n%s", s) : "";
}

/* What was an alert by itself, and hangs from this one now. */
static const char *explains(const struct notify *n, const struct store_alert *x)
{
	const char *list = "";
	size_t count = 0;

	for (size_t i = 0; i < n->n_closed; i++) {
		const struct store_alert *c = &n->closed[i];

		if (!str_eq(c->ended, "explained") || !str_eq(c->cause, x->reading) || notify_is_host(c) != notify_is_host(x) || c->closed_at < store_alert_since(x))
			continue;
		if (count++ < EXPLAINED_MAX)
			list = arena_printf(n->a, "%s%s%s", list, *list ? "; " : "", title(n, c));
	}
	if (count == 0)
		return "";
	return arena_printf(n->a, "\nIt explains: %s%s.", list,
			    count > EXPLAINED_MAX ? arena_printf(n->a, "; and %zu more", count - EXPLAINED_MAX) : "");
}

static const char *changes(const struct notify *n, const struct store_alert *x)
{
	return x->unsteady_at ? arena_printf(n->a, "\nIt comes and goes, %s so far; single ones are not told any more.",
					     human_plural(n->a, x->flaps, "change")) : "";
}

const char *text_opened(const struct notify *n, const struct store_alert *x, bool is_again)
{
	bool is_old = age(store_alert_since(x), n->now) > OLD_S;

	return text_fit(arena_printf(n->a, "%s %s · %s: %s%s%s%s%s%s", mark(x->severity), word(x->severity), whose(n, x), title(n, x),
				     is_again ? "\nIt is back within the hour." : "", why(n, x), is_old ? since(n, x) : "", explains(n, x),
				     changes(n, x)), n->a);
}

const char *text_worse(const struct notify *n, const struct store_alert *x)
{
	return text_fit(arena_printf(n->a, "%s Now %s · %s: %s%s%s", mark(x->severity), lower(x->severity), whose(n, x), title(n, x), why(n, x),
				     since(n, x)), n->a);
}

const char *text_unsteady(const struct notify *n, const struct store_alert *x)
{
	return text_fit(arena_printf(n->a, "%s Unsteady · %s: %s%s", mark(x->severity), whose(n, x), title(n, x), changes(n, x)), n->a);
}

const char *text_reminder(const struct notify *n, const struct store_alert *x, bool was_unclear)
{
	return text_fit(arena_printf(n->a, "%s Still %s · %s: %s%s%s%s", mark(x->severity), lower(x->severity), whose(n, x), title(n, x), why(n, x),
				     since(n, x), was_unclear ? "\nThe first message of it may not have arrived." : ""), n->a);
}

static const char *how_it_ended(const struct store_alert *x)
{
	return str_eq(x->ended, "off") ? "\nIt is meant to be off now." :
	       str_eq(x->ended, "gone") ? "\nThere is no such thing any more." : "";
}

const char *text_recovered(const struct notify *n, const struct store_alert *x, bool was_told)
{
	const char *it = was_told ? "It" : arena_printf(n->a, "It was %s and", lower(x->severity));

	return text_fit(arena_printf(n->a, "🟢 %s · %s: %s%s\n%s lasted %s, until %s.", was_told ? "Over" : "Was, and is over", whose(n, x), title(n, x),
				     how_it_ended(x), it, human_duration(n->a, age(store_alert_since(x), x->closed_at)),
				     human_instant(n->a, x->closed_at)), n->a);
}

/* ---- of many ---- */

static void add_alerts(struct buf *out, const struct notify *n, const struct store_alert *list, size_t count, bool is_over)
{
	size_t named = 0;

	/* The worst first, each of them in the order in which they came. */
	for (int s = ALERT_CRITICAL; s >= ALERT_NONE; s--)
		for (size_t i = 0; i < count && named < NAMED_MAX; i++)
			if ((int)list[i].severity == s) {
				buf_printf(out, "\n%s %s%s", is_over ? "🟢" : mark(list[i].severity), notify_is_host(&list[i]) ? "This machine: " : "",
					   title(n, &list[i]));
				named++;
			}
	if (count > named)
		buf_printf(out, "\n… and %zu more", count - named);
}

const char *text_summary(const struct notify *n, const struct text_summary *s)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(BUF_MAX);
	enum alert_severity worst = ALERT_NONE;

	for (size_t i = 0; i < s->n_open; i++)
		worst = s->open[i].severity > worst ? s->open[i].severity : worst;
	buf_printf(&out, "%s %s: %zu open, %zu over", s->n_open ? mark(worst) : "🟢", who(n), s->n_open, s->n_over + s->n_unnamed);
	if (s->was_refused)
		buf_adds(&out, "\nSome of it could not be told before.");
	if (s->n_open) {
		buf_adds(&out, "\nOpen:");
		add_alerts(&out, n, s->open, s->n_open, false);
	}
	if (s->n_over) {
		buf_adds(&out, "\nOver:");
		add_alerts(&out, n, s->over, s->n_over, true);
	}
	return text_fit(arena_strdup(n->a, buf_str(&out)), n->a);
}

const char *text_morning(const struct notify *n, const char *day)
{
	int64_t count = 0;

	for (size_t i = 0; i < n->n_open; i++)
		count += (int64_t)n->open[i].severity >= n->in->notify.min_severity;
	if (count == 0)
		return text_fit(arena_printf(n->a, "🟢 %s: nothing is open.\n%s", who(n), day), n->a);
	return text_fit(arena_printf(n->a, "🟠 %s: %s open.\n%s", who(n), human_plural(n->a, count, "alert"), day), n->a);
}

const char *text_done(const struct notify *n, const char *what, const char *const *steps, size_t n_steps)
{
	static const char *const keys[NOTIFY_STEPS_MAX] = { "1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟" };
	CLEANUP(buf_done) struct buf out = BUF_INIT(BUF_MAX);

	buf_printf(&out, "✅ %s: %s", who(n), text_plain(n->redactor, what, TITLE_CHARS, n->a));
	for (size_t i = 0; i < n_steps && i < NOTIFY_STEPS_MAX; i++)
		buf_printf(&out, "\n%s %s", keys[i], text_plain(n->redactor, steps[i], STEP_CHARS, n->a));
	return text_fit(arena_strdup(n->a, buf_str(&out)), n->a);
}

const char *text_test(const struct notify *n)
{
	return arena_printf(n->a, "✅ %s: this is a test of notifications, sent on %s. Nothing is wrong.", who(n),
			    human_instant(n->a, n->now));
}
