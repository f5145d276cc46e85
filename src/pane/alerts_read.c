#include "pane/alerts_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/store_alerts.h"
#include "store/store_outbox.h"

#define OPEN_MAX  500
#define ROUNDS    20  /* of pages that a search looks through, an instance; the page says when that was not all */
#define CHUNK     200

struct reading {
	struct pane *p;
	const struct alerts_filter *f;
	struct alerts_input *out;
	size_t size;                /* room for closed ones */
};

/* Where this ledger's rows begin after the cursor: the order is time, then id of the ledger, then number. */
static void begin(struct alert_query *q, const struct alerts_filter *f, const char *id)
{
	int order;

	if (!f->has_cursor)
		return;
	order = strcmp(id, f->after.ledger_id);
	q->before_opened = f->after.at;
	q->before_n = order == 0 ? f->after.n : order > 0 ? INT64_MAX : 1;
}

static void read_open(struct reading *r, struct store *s, struct alerts_ledger *l)
{
	const struct alert_query q = { .only_open = true, .limit = OPEN_MAX };
	struct store_pending *pending;
	struct alert_page page;

	if (store_alerts(s, &q, &page, r->p->arena, &l->reason) < 0)
		return;
	l->open = page.rows;
	l->n_open = page.n;
	pending = arena_calloc(r->p->arena, OPEN_MAX, sizeof(*pending));
	if (store_pending(s, pending, OPEN_MAX, &l->n_pending, r->p->arena, &l->reason) == 0)
		l->pending = pending;
	else
		l->n_pending = 0;
}

/* A ledger whose outbox cannot be read is one of which it is not known what was said. */
static struct alert_told told_of(struct reading *r, struct store *s, int64_t alert)
{
	const char *error = NULL;
	struct alert_told told;

	store_told(s, alert, &told, r->p->arena, &error);
	return told;
}

static void read_told(struct reading *r, struct store *s, struct alerts_ledger *l)
{
	struct alert_told *told = arena_calloc(r->p->arena, l->n_open + 1, sizeof(*told));

	for (size_t i = 0; i < l->n_open; i++)
		told[i] = told_of(r, s, l->open[i].n);
	l->told = told;
}

/* As many that belong into the list as a page can hold, and one more. */
static void read_closed(struct reading *r, struct store *s, struct alerts_ledger *l)
{
	struct alert_query q = { .only_closed = true, .limit = CHUNK };
	struct alert_page page = { .has_more = true };
	size_t taken = 0;

	begin(&q, r->f, l->id);
	for (int i = 0; i < ROUNDS && page.has_more && taken <= r->f->limit; i++) {
		if (store_alerts(s, &q, &page, r->p->arena, &l->reason) < 0)
			return;
		for (size_t k = 0; k < page.n && taken <= r->f->limit; k++) {
			if (!alerts_filter_has(r->f, &page.rows[k]))
				continue;
			r->out->closed[r->out->n_closed++] = (struct alerts_closed){ l->id, page.rows[k], told_of(r, s, page.rows[k].n) };
			taken++;
		}
		if (page.n) {
			q.before_opened = page.rows[page.n - 1].opened_at;
			q.before_n = page.rows[page.n - 1].n;
		}
	}
	l->is_cut = page.has_more && taken <= r->f->limit;
}

static void read_one(struct reading *r, const char *id, struct store *s, const char *error)
{
	struct alerts_ledger *l = &r->out->ledgers[r->out->n_ledgers++];

	*l = (struct alerts_ledger){ .id = id, .reason = error };
	if (!s)
		return;
	read_open(r, s, l);
	read_told(r, s, l);
	if (!l->reason)
		read_closed(r, s, l);
}

static int last_opened_first(const void *x, const void *y)
{
	const struct alerts_closed *a = x, *b = y;
	int by_id;

	if (a->alert.opened_at != b->alert.opened_at)
		return a->alert.opened_at > b->alert.opened_at ? -1 : 1;
	by_id = strcmp(a->id, b->id);
	return by_id ? by_id : a->alert.n > b->alert.n ? -1 : a->alert.n < b->alert.n;
}

void alerts_read(struct pane *p, const struct alerts_filter *f, struct alerts_input *out)
{
	struct ledgers ledgers = ledgers_open(p);
	size_t n = ledgers.n + 1;
	struct reading r = { p, f, out, n * (f->limit + 1) };

	*out = (struct alerts_input){ .ledgers = arena_calloc(p->arena, n, sizeof(*out->ledgers)),
				      .closed = arena_calloc(p->arena, r.size + 1, sizeof(*out->closed)) };
	for (size_t i = 0; i < ledgers.n; i++)
		read_one(&r, ledgers.list[i].instance->id, ledgers.list[i].store, ledgers.list[i].error);
	if (!p->instance) {
		struct ledger host = ledger_of_host(p);

		read_one(&r, "host", host.store, host.error);
		store_closep(&host.store);
	}
	ledgers_close(&ledgers);
	qsort(out->closed, out->n_closed, sizeof(*out->closed), last_opened_first);
	out->has_more = out->n_closed > f->limit;
	if (out->has_more)
		out->n_closed = f->limit;
}
