/* What of the book is new or over, as rows of the outbox. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "notify/day.h"
#include "notify/text.h"
#include "notify/times.h"
#include "store/store_alerts.h"
#include "view/links.h"

#define TOLD_S    86400         /* what nobody was told of, and was over before that, is no news */
#define TELLERS_MAX 64          /* summaries of summaries */
#define TEXTS_MAX 50            /* of so many none is told by itself: what comes after needs no text of its own */

/* One pass over the book. */
struct plan {
	struct notify *n;
	size_t texts;           /* made so far */
	int64_t next_at;        /* when what is not critical may be said */
	const char **error;
};

void notify_say(struct notify *n, const char *fmt, ...)
{
	va_list ap;

	if (!n->say)
		return;
	va_start(ap, fmt);
	n->say(arena_vprintf(n->a, fmt, ap), n->ctx);
	va_end(ap);
}

static int by_number(const void *x, const void *y)
{
	const struct store_alert *p = x, *q = y;

	return (p->n > q->n) - (p->n < q->n);
}

const struct store_alert *notify_alert(const struct store_alert *list, size_t n, int64_t number)
{
	const struct store_alert key = { .n = number };

	return n ? bsearch(&key, list, n, sizeof(*list), by_number) : NULL;
}

bool notify_may_say(const struct notify *n, const struct outbox_item *x)
{
	int64_t until;

	return x->severity >= ALERT_CRITICAL || x->kind == OUTBOX_TEST ||
	       !notify_is_quiet(&n->in->notify, n->now, clock_local_offset_s(n->now), &until);
}

/* ---- rows ---- */

static bool is_bulk(struct plan *p)
{
	return p->texts++ >= TEXTS_MAX;
}

static const char *key_of(const struct plan *p, const struct store_alert *x, const char *what, int64_t which)
{
	/* The machine's ledger may begin anew while ours goes on. */
	if (notify_is_host(x))
		return arena_printf(p->n->a, "host:%" PRId64 ":%" PRId64 ":%s:%" PRId64, -x->n, x->opened_at, what, which);
	return arena_printf(p->n->a, "alert:%" PRId64 ":%s:%" PRId64, x->n, what, which);
}

static bool find(const struct plan *p, const char *key, struct outbox_item *row)
{
	return store_outbox_find(p->n->store, key, row, p->n->a);
}

/* The row that tells it in the end: a summary, where it was merged into one; itself where none does, or that is swept away. */
static struct outbox_item teller(const struct plan *p, const struct outbox_item *row)
{
	struct outbox_item x = *row, next;

	for (int i = 0; i < TELLERS_MAX && x.state == OUTBOX_MERGED && x.told_by > 0; i++) {
		if (!store_outbox_row(p->n->store, x.told_by, &next, p->n->a))
			return x;
		x = next;
	}
	return x;
}

/* The number of the new row; 0 where it was said already or could not be put, which *error tells. x may be NULL. */
static int64_t put(struct plan *p, const char *key, enum outbox_kind kind, enum outbox_state state, const struct store_alert *x,
		   const char *text, int64_t told_by)
{
	int64_t severity = x ? (int64_t)x->severity : 0, number = 0;
	const struct outbox_item row = { .key = key, .kind = kind, .state = state, .alert = x ? x->n : 0, .severity = severity, .text = text,
					 .link = link_pane(p->n->a, "alerts", x && notify_is_host(x) ? NULL : p->n->in->id), .made_at = p->n->now, .told_by = told_by,
					 .next_at = severity >= ALERT_CRITICAL ? p->n->now : p->next_at };

	if (!*p->error)
		store_put_outbox(p->n->store, &row, &number, p->n->a, p->error);
	return number;
}

static void mark(struct plan *p, struct outbox_item *row, enum outbox_state state, int64_t told_by)
{
	row->state = state;
	row->told_by = told_by;
	if (!*p->error)
		store_mark_outbox(p->n->store, row, p->n->a, p->error);
}

/* What waits to be said of the alert is told by row number `by`. */
static void supersede(struct plan *p, const struct store_alert *x, int64_t by)
{
	const struct outbox_query q = { .state = OUTBOX_WAITING, .alert = x->n };
	struct outbox_item *rows;
	size_t n;

	if (*p->error || store_outbox(p->n->store, &q, &rows, &n, p->n->a, p->error) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (rows[i].n != by)
			mark(p, &rows[i], OUTBOX_MERGED, by);
}

/* ---- what is open ---- */

static const struct answer *answer_for(const struct plan *p, const struct store_alert *x)
{
	struct opened_alert one = { x->reading, store_alert_since(x) };
	const struct opened opened = { .probe = { .state = PROBE_OK }, .list = &one, .n_list = 1 };
	const struct answerable alert = { .reading = x->reading, .severity = x->severity, .opened = &opened, .now = p->n->now };

	return answer_of(notify_is_host(x) ? &p->n->host_own : p->n->own, p->n->all, &alert);
}

/* When a snooze of this very opening ended, lately; 0 = none did. */
static int64_t snooze_over(const struct plan *p, const struct store_alert *x)
{
	const struct answers *own = notify_is_host(x) ? &p->n->host_own : p->n->own;

	for (size_t i = 0; own && i < own->n_list; i++) {
		const struct answer *s = &own->list[i];

		if (s->kind == ANSWER_SNOOZE && str_eq(s->reading, x->reading) && s->at >= store_alert_since(x) && s->until <= p->n->now &&
		    s->until > p->n->now - TOLD_S)
			return s->until;
	}
	return 0;
}

static void open_first(struct plan *p, const struct store_alert *x, const char *key, bool is_again)
{
	put(p, key, OUTBOX_OPENED, OUTBOX_WAITING, x, is_bulk(p) ? SUMMARISED : text_opened(p->n, x, is_again), 0);
}

/* It came back: where its end was not told yet, who knows of its beginning knows how it is. */
static void open_again(struct plan *p, const struct store_alert *x, const char *key)
{
	struct outbox_item over = { .state = OUTBOX_WAITING }, first = { .state = OUTBOX_WAITING };
	bool untold = find(p, key_of(p, x, "closed", x->reopened - 1), &over) && over.state == OUTBOX_WAITING;
	bool known = find(p, key_of(p, x, "opened", x->reopened - 1), &first) && teller(p, &first).state == OUTBOX_SENT;

	if (untold)
		mark(p, &over, OUTBOX_MERGED, 0);
	if (untold && known)
		put(p, key, OUTBOX_OPENED, OUTBOX_MERGED, x, SUMMARISED, first.n);
	else
		open_first(p, x, key, known);
}

/* It waits still: it says what is true when it is sent. */
static void refresh(struct plan *p, const struct store_alert *x, struct outbox_item *row)
{
	if (row->severity >= (int64_t)x->severity)
		return;
	row->severity = (int64_t)x->severity;
	row->next_at = row->severity >= ALERT_CRITICAL ? p->n->now : row->next_at;
	row->text = text_opened(p->n, x, false);
	mark(p, row, OUTBOX_WAITING, 0);
}

/* Somebody answered before it was said, and the answer is over. */
static void revive(struct plan *p, const struct store_alert *x, struct outbox_item *row)
{
	row->severity = (int64_t)x->severity;
	row->next_at = row->severity >= ALERT_CRITICAL ? p->n->now : p->next_at;
	row->text = text_opened(p->n, x, false);
	mark(p, row, OUTBOX_WAITING, 0);
}

static int64_t put_reminder(struct plan *p, const struct store_alert *x, int64_t told_at, bool unclear)
{
	int64_t k = notify_reminder(&p->n->in->notify, told_at, p->n->now);

	if (k <= 0 || (x->severity_now != ALERT_CRITICAL && !(unclear && k == 1)))
		return 0;
	return put(p, key_of(p, x, arena_printf(p->n->a, "reminder:%" PRId64, x->reopened), k), OUTBOX_REMINDER, OUTBOX_WAITING, x,
		   text_reminder(p->n, x, unclear), 0);
}

static void told_and_open(struct plan *p, const struct store_alert *x, const struct outbox_item *row)
{
	const struct outbox_item said = teller(p, row);
	int64_t told_at = said.state == OUTBOX_SENT ? said.sent_at : row->made_at, snoozed = snooze_over(p, x), by = 0;
	bool unclear = said.state == OUTBOX_UNCLEAR;

	if (x->worse_at > row->made_at)
		by = put(p, key_of(p, x, "worse", x->worse_at), OUTBOX_OPENED, OUTBOX_WAITING, x, text_worse(p->n, x), 0);
	if (!by && x->unsteady_at > row->made_at)
		by = put(p, key_of(p, x, "unsteady", x->unsteady_at), OUTBOX_OPENED, OUTBOX_WAITING, x, text_unsteady(p->n, x), 0);
	if (!by && snoozed > told_at)
		by = put(p, key_of(p, x, "snoozed", snoozed), OUTBOX_REMINDER, OUTBOX_WAITING, x, text_reminder(p->n, x, unclear), 0);
	if (!by)
		by = put_reminder(p, x, told_at, unclear);
	if (by)
		supersede(p, x, by);
}

/*
 * That nobody is told of anything is untrue as soon as it is told. It is said only where a pass went by and it was found so again:
 * refused, given up. Otherwise its end is told, with how long it lasted.
 */
static bool is_mended_by_this(const struct plan *p, const struct store_alert *x)
{
	return !notify_is_host(x) && str_eq(x->reading, "notify.delivery") && (p->n->looked == 0 || store_alert_since(x) > p->n->looked || x->last_at <= p->n->looked);
}

static void take_open(struct plan *p, const struct store_alert *x)
{
	const char *key = key_of(p, x, "opened", x->reopened);
	struct outbox_item row = { .state = OUTBOX_WAITING };

	if ((int64_t)x->severity < p->n->in->notify.min_severity || is_mended_by_this(p, x))
		return;
	if (answer_for(p, x)) {
		supersede(p, x, 0); /* who has answered knows */
		return;
	}
	if (find(p, key, &row)) {
		if (row.state == OUTBOX_MERGED && row.told_by == 0)
			revive(p, x, &row);
		else if (row.state == OUTBOX_WAITING)
			refresh(p, x, &row);
		else
			told_and_open(p, x, &row);
	} else if (x->reopened > 0) {
		open_again(p, x, key);
	} else {
		open_first(p, x, key, false);
	}
}

/* ---- what is over ---- */

/* Of what began unsaid the end is said only where it came and went between two passes. */
static bool is_hushed(const struct store_alert *x, bool was_put)
{
	return x->answer == ANSWER_SILENCE || (!was_put && x->answer != ANSWER_NONE) || str_eq(x->ended, "explained") ||
	       (!was_put && str_eq(x->ended, "off"));
}

static bool is_told(const struct plan *p, const struct outbox_item *row)
{
	enum outbox_state how = teller(p, row).state;

	return how != OUTBOX_WAITING && how != OUTBOX_REFUSED;
}

static void take_closed(struct plan *p, const struct store_alert *x)
{
	const char *key = key_of(p, x, "closed", x->reopened), *first = key_of(p, x, "opened", x->reopened);
	struct outbox_item row = { .state = OUTBOX_WAITING };
	bool was_put, was_told, is_untold;
	int64_t by = 0;

	if ((int64_t)x->severity < p->n->in->notify.min_severity || find(p, key, &row))
		return;
	was_put = find(p, first, &row);
	if (!was_put && x->closed_at < p->n->now - TOLD_S)
		return;
	was_told = was_put && is_told(p, &row);
	is_untold = was_put && row.state == OUTBOX_MERGED && row.told_by == 0;
	if (is_hushed(x, was_put) || is_untold)
		put(p, key, OUTBOX_RECOVERED, OUTBOX_MERGED, x, SUMMARISED, 0);
	else
		by = put(p, key, OUTBOX_RECOVERED, OUTBOX_WAITING, x, is_bulk(p) ? SUMMARISED : text_recovered(p->n, x, was_told), 0);
	if (!was_put)
		put(p, first, OUTBOX_OPENED, OUTBOX_MERGED, x, SUMMARISED, by);
	supersede(p, x, by);
}

/* ---- the whole ---- */

/* A morning line that could not be sent is none by the afternoon. */
static void drop_mornings(struct plan *p)
{
	const struct outbox_query q = { .state = OUTBOX_WAITING };
	struct outbox_item *rows;
	size_t n;

	if (*p->error || store_outbox(p->n->store, &q, &rows, &n, p->n->a, p->error) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (rows[i].kind == OUTBOX_MORNING && rows[i].made_at < p->n->now - MORNING_LATE_S)
			mark(p, &rows[i], OUTBOX_MERGED, 0);
}

static void take_morning(struct plan *p)
{
	const char *words;
	int64_t day;

	drop_mornings(p);
	if (!notify_is_morning(&p->n->in->notify, p->n->now, clock_local_offset_s(p->n->now), &day))
		return;
	words = notify_day(p->n, "24 h", NULL, p->error);
	put(p, arena_printf(p->n->a, "morning:%" PRId64, day), OUTBOX_MORNING, OUTBOX_WAITING, NULL, text_morning(p->n, words ? words : ""), 0);
}

/* When it is not quiet any more; a night in which the clocks are set is longer or shorter. */
static int64_t quiet_until(const struct notify *n)
{
	int64_t here = clock_local_offset_s(n->now), until;

	notify_is_quiet(&n->in->notify, n->now, here, &until);
	return until + here - clock_local_offset_s(until);
}

static int plan_rows(struct notify *n, const char **error)
{
	struct plan p = { .n = n, .error = error };

	if (notify_read_book(n, error) < 0)
		return -1;
	p.next_at = quiet_until(n);
	for (size_t i = 0; i < n->n_closed; i++)
		take_closed(&p, &n->closed[i]);
	for (size_t i = 0; i < n->n_open; i++)
		take_open(&p, &n->open[i]);
	take_morning(&p);
	if (*error || notify_merge(n, error) < 0)
		return -1;
	return store_put_state(n->store, NOTIFY_LOOKED, n->now, NULL, n->a, error);
}

bool notify_plan(struct notify *n)
{
	const char *error = NULL;
	int64_t unclear = 0;
	int rc = store_begin(n->store, n->a, &error);

	if (rc == 0)
		rc = store_outbox_unclear(n->store, "the notifier was ended while it was sent; it may have arrived, and is not sent again", &unclear,
					  n->a, &error);
	if (rc == 0)
		rc = store_outbox_settle(n->store, n->now, n->a, &error);
	if (rc == 0)
		rc = plan_rows(n, &error);
	if (rc == 0)
		rc = store_outbox_sweep(n->store, n->now - OUTBOX_KEPT_S, n->a, &error);
	if (store_commit(n->store, rc, n->a, &error) == 0)
		return true;
	n->error = error ? error : "the outbox could not be written; run hmc doctor";
	return false;
}
