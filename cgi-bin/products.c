/*
 * products.c -- the Products pane: which services there are, and whether each does what is asked of it.
 *
 *   GET /hermes/products       the whole page; ?part=1 its <section> alone
 *   GET /api/hermes/products   the same model as JSON
 */
#include "pane/ledgers.h"
#include "view/facts.h"
#include "view/products_view.h"
#include "web/pane.h"

#define DAY_S 86400

static void read_past(struct pane *p, struct products_past *past)
{
	struct ledger l = ledger_of_host(p);

	past->error = l.error;
	if (l.store && store_reading_watches(l.store, PRODUCT_READING, p->now - DAY_S, p->now + 1, &past->watches, p->arena, &past->error) == 0)
		past->error = NULL;
	store_close(l.store);
}

static void show_products(struct pane *p)
{
	const struct snapshot *s = pane_snapshot(p);
	struct products_past past = { .error = NULL };

	if (pane_visitor_has(p, snapshot_facts(s, p->arena)))
		return;
	if (p->config->products.n)
		read_past(p, &past);
	pane_render(p, products_view(s, p->instance, &past, p->arena));
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/hermes/products", show_products },
		{ "GET", "/api/hermes/products", show_products },
		{ 0 },
	};

	return pane_main("products", handlers);
}
