#include "pane/messages_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "store/store_outbox.h"

struct reading {
	struct pane *p;
	const struct messages_filter *f;
	struct messages_input *out;
};

/* Where this ledger's rows begin after the cursor: the order is time, then id of the ledger, then number. */
static void begin(struct outbox_query *q, const struct messages_filter *f, const char *id)
{
	int order;

	if (!f->has_cursor)
		return;
	order = strcmp(id, f->after.ledger_id);
	q->before_made = f->after.at;
	q->before_n = order == 0 ? f->after.n : order > 0 ? INT64_MAX : 1;
}

/* Of one state, as many as a page can hold, and one more. */
static int read_rows(struct reading *r, struct store *s, struct messages_ledger *l, enum outbox_state state)
{
	struct outbox_query q = { .state = state, .alert = r->f->alert, .newest_first = true, .limit = r->f->limit + 1 };
	struct outbox_item *rows;
	size_t n;

	begin(&q, r->f, l->id);
	if (store_outbox(s, &q, &rows, &n, r->p->arena, &l->reason) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		r->out->rows[r->out->n_rows++] = (struct message_row){ l->id, rows[i] };
	return 0;
}

static void read_one(struct reading *r, const struct ledger *from)
{
	struct messages_ledger *l = &r->out->ledgers[r->out->n_ledgers++];
	bool is_any = messages_filter_has(r->f, OUTBOX_SENT) && messages_filter_has(r->f, OUTBOX_WAITING);

	*l = (struct messages_ledger){ .id = from->instance->id, .reason = from->error };
	if (!from->store || store_outbox_counts(from->store, &l->counts, r->p->arena, &l->reason) < 0)
		return;
	if (is_any) {
		read_rows(r, from->store, l, 0);
		return;
	}
	for (int s = OUTBOX_WAITING; s <= OUTBOX_UNCLEAR; s++)
		if (messages_filter_has(r->f, (enum outbox_state)s) && read_rows(r, from->store, l, (enum outbox_state)s) < 0)
			return;
}

static int newest_first(const void *x, const void *y)
{
	const struct message_row *a = x, *b = y;
	int by_id;

	if (a->item.made_at != b->item.made_at)
		return a->item.made_at > b->item.made_at ? -1 : 1;
	by_id = strcmp(a->id, b->id);
	return by_id ? by_id : a->item.n > b->item.n ? -1 : a->item.n < b->item.n;
}

void messages_read(struct pane *p, const struct messages_filter *f, struct messages_input *out)
{
	struct ledgers ledgers = ledgers_open(p);
	struct reading r = { p, f, out };

	/* What waits is of two states, each read by itself. */
	*out = (struct messages_input){ .ledgers = arena_calloc(p->arena, ledgers.n + 1, sizeof(*out->ledgers)),
					.rows = arena_calloc(p->arena, ledgers.n * 2 * (f->limit + 1) + 1, sizeof(*out->rows)) };
	for (size_t i = 0; i < ledgers.n; i++)
		read_one(&r, &ledgers.list[i]);
	ledgers_close(&ledgers);
	qsort(out->rows, out->n_rows, sizeof(*out->rows), newest_first);
	out->has_more = out->n_rows > f->limit;
	if (out->has_more)
		out->n_rows = f->limit;
}
