/*
 * history.c -- the History pane: what happened by day, and what of it was observed.
 *
 *   GET /hermes/history       the whole page; ?part=1 what changes of it
 *   GET /api/hermes/history   the same model as JSON
 *
 *   ?days=7|30|90 (30)   ?tz=Area/City (remembered; else this machine's)
 */
#include "base/str.h"
#include "base/zone.h"
#include "pane/ledgers.h"
#include "store/store_history.h"
#include "view/facts.h"
#include "view/history_view.h"
#include "web/pane.h"

#define DAYS_DEFAULT 30

/* Reads a ledger and closes it. */
static struct history_source read_source(struct pane *p, struct ledger l, const int64_t *bounds, size_t n)
{
	struct history_source out = { .reason = l.error };
	struct history *h = arena_alloc(p->arena, sizeof(*h));

	if (l.store && store_history(l.store, bounds, n, p->now, h, p->arena, &out.reason) == 0)
		out.history = h;
	store_close(l.store);
	return out;
}

/* What the ledgers of those chosen say of these days; of all, this machine's too. */
static void read_sources(struct pane *p, const struct snapshot *s, struct history_question *q)
{
	struct history_source *out = arena_calloc(p->arena, s->n_instances + 1, sizeof(*out));
	int64_t bounds[HISTORY_DAYS_MAX + 1];

	for (size_t i = 0; i < q->n_days; i++)
		bounds[i] = q->days[i].from_s;
	bounds[q->n_days] = q->days[q->n_days - 1].to_s;
	for (size_t i = 0; i < s->n_instances; i++) {
		const struct instance *in = s->instances[i].instance;

		if (!p->instance || str_eq(in->id, p->instance))
			out[i] = read_source(p, ledger_open(p, in), bounds, q->n_days);
	}
	if (!p->instance)
		q->host = read_source(p, ledger_of_host(p), bounds, q->n_days);
	q->sources = out;
}

static void show_history(struct pane *p)
{
	const char *asked = params_get(&p->request->params, "days");
	struct zone_day days[HISTORY_DAYS_MAX];
	struct history_question q = { .zone = p->zone, .days = days, .n_days = DAYS_DEFAULT };
	const struct snapshot *s;

	if (asked && !history_is_span(asked, &q.n_days)) {
		pane_fail(p, 400, "The parameter \"days\" is one of: " HISTORY_SPANS ".");
		return;
	}
	s = pane_snapshot(p);
	if (pane_visitor_has(p, snapshot_facts(s, p->arena)))
		return;
	q.home_zone = pane_home_zone(p);
	q.offset_s = zone_offset_s(p->zone, p->now);
	zone_days(p->zone, p->now, q.n_days, days);
	read_sources(p, s, &q);
	pane_render(p, history_view(s, p->instance, &q, p->arena));
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/hermes/history", show_history },
		{ "GET", "/api/hermes/history", show_history },
		{ 0 },
	};

	return pane_main("history", handlers);
}
