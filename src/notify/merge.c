/* Many at once are one message: of a storm a person wants to know how it stands. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "notify/text.h"
#include "view/links.h"

#define SUMMARY "summary:"

/* The rows that one summary will tell. */
struct pool {
	struct outbox_item *rows;
	size_t n, room;
	size_t fresh;           /* that no summary tells yet */
	bool has_summary;       /* one waits that has not been sent */
	bool has_bare;          /* one has no text of its own */
	bool was_refused;
};

static bool is_summary(const struct outbox_item *x)
{
	return str_starts(x->key, SUMMARY);
}

static bool is_of_alerts(const struct outbox_item *x)
{
	return (x->alert != 0 || is_summary(x)) && (x->kind == OUTBOX_OPENED || x->kind == OUTBOX_RECOVERED || x->kind == OUTBOX_REMINDER);
}

static void add(struct pool *p, const struct outbox_item *x, struct arena *a)
{
	if (p->n == p->room) {
		struct outbox_item *more = arena_calloc(a, p->room ? 2 * p->room : 64, sizeof(*more));

		if (p->n)
			memcpy(more, p->rows, p->n * sizeof(*more));
		p->rows = more;
		p->room = p->room ? 2 * p->room : 64;
	}
	p->rows[p->n++] = *x;
}

/* What an unsent summary was to tell is told by the next one. */
static int add_with_told(struct notify *n, struct pool *p, const struct outbox_item *x, const char **error)
{
	const struct outbox_query q = { .told_by = x->n };
	struct outbox_item *rows;
	size_t count;

	add(p, x, n->a);
	if (!is_summary(x))
		return 0;
	if (store_outbox(n->store, &q, &rows, &count, n->a, error) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		add(p, &rows[i], n->a);
	return 0;
}

static int add_waiting(struct notify *n, struct pool *p, const char **error)
{
	const struct outbox_query q = { .state = OUTBOX_WAITING };
	struct outbox_item *rows;
	size_t count;

	if (store_outbox(n->store, &q, &rows, &count, n->a, error) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (!is_of_alerts(&rows[i]) || !notify_may_say(n, &rows[i]))
			continue;
		p->has_summary = p->has_summary || is_summary(&rows[i]);
		p->fresh += !is_summary(&rows[i]);
		p->has_bare = p->has_bare || str_eq(rows[i].text, SUMMARISED);
		if (add_with_told(n, p, &rows[i], error) < 0)
			return -1;
	}
	return 0;
}

/* What was refused is told once the other side takes messages again. */
static int add_refused(struct notify *n, struct pool *p, const char **error)
{
	const struct outbox_query q = { .state = OUTBOX_REFUSED };
	const char *word = NULL;
	struct outbox_item *rows;
	int64_t good = 0;
	size_t count;

	if (!store_get_state(n->store, NOTIFY_GOOD, &good, &word, n->a) || good <= 0)
		return 0;
	if (store_outbox(n->store, &q, &rows, &count, n->a, error) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].told_by || rows[i].sent_at > good || !is_of_alerts(&rows[i]))
			continue;
		p->was_refused = true;
		if (add_with_told(n, p, &rows[i], error) < 0)
			return -1;
	}
	return 0;
}

static int by_number(const void *x, const void *y)
{
	const struct store_alert *p = x, *q = y;

	return (p->n > q->n) - (p->n < q->n);
}

/* Each once, in the order of their numbers. */
static size_t unique(struct store_alert *list, size_t n)
{
	size_t kept = 0;

	qsort(list, n, sizeof(*list), by_number);
	for (size_t i = 0; i < n; i++)
		if (!kept || list[kept - 1].n != list[i].n)
			list[kept++] = list[i];
	return kept;
}

static void sort_out(const struct notify *n, const struct pool *p, struct text_summary *s)
{
	s->open = arena_calloc(n->a, p->n + 1, sizeof(*s->open));
	s->over = arena_calloc(n->a, p->n + 1, sizeof(*s->over));
	s->was_refused = p->was_refused;
	for (size_t i = 0; i < p->n; i++) {
		const struct store_alert *open = notify_alert(n->open, n->n_open, p->rows[i].alert);
		const struct store_alert *over = notify_alert(n->closed, n->n_closed, p->rows[i].alert);

		if (is_summary(&p->rows[i]))
			continue;
		if (open)
			s->open[s->n_open++] = *open;
		else if (over)
			s->over[s->n_over++] = *over;
		else
			s->n_unnamed += p->rows[i].kind == OUTBOX_RECOVERED;
	}
	s->n_open = unique(s->open, s->n_open);
	s->n_over = unique(s->over, s->n_over);
}

static int put_summary(struct notify *n, const struct pool *p, int64_t *number, const char **error)
{
	struct text_summary s = { 0 };
	struct outbox_item row = { .state = OUTBOX_WAITING, .made_at = n->now, .next_at = n->now };
	int64_t last = 0;

	sort_out(n, p, &s);
	for (size_t i = 0; i < p->n; i++) {
		last = p->rows[i].n > last ? p->rows[i].n : last;
		row.severity = p->rows[i].severity > row.severity ? p->rows[i].severity : row.severity;
	}
	row.key = arena_printf(n->a, SUMMARY "%" PRId64 ":%" PRId64, last, n->now);
	row.kind = s.n_open ? OUTBOX_OPENED : OUTBOX_RECOVERED;
	row.text = text_summary(n, &s);
	row.link = link_pane(n->a, "alerts", n->in->id);
	return store_put_outbox(n->store, &row, number, n->a, error);
}

/* Refused ones stay so, and say what tells them. */
static int hand_over(struct notify *n, struct pool *p, int64_t number, const char **error)
{
	for (size_t i = 0; i < p->n; i++) {
		struct outbox_item *x = &p->rows[i];

		x->told_by = number;
		if (x->state != OUTBOX_REFUSED)
			x->state = OUTBOX_MERGED;
		if (store_mark_outbox(n->store, x, n->a, error) < 0)
			return -1;
	}
	return 0;
}

int notify_merge(struct notify *n, const char **error)
{
	struct pool p = { 0 };
	int64_t number = 0;

	if (add_waiting(n, &p, error) < 0 || add_refused(n, &p, error) < 0)
		return -1;
	if (!(p.fresh > NOTIFY_MERGE_OVER || (p.has_summary && p.fresh) || p.has_bare || p.was_refused))
		return 0;
	if (put_summary(n, &p, &number, error) < 0)
		return -1;
	return number ? hand_over(n, &p, number, error) : 0;
}
