/*
 * tests/unit/product_facts.h -- four products for the tests of views: an address, a unit, an https one, a planned one.
 */
#ifndef MC_TESTS_PRODUCT_FACTS_H
#define MC_TESTS_PRODUCT_FACTS_H

#include "view_facts.h"

enum { WEB, WORKER, SHOP, LATER, N_PRODUCTS };

static inline struct product_health fact_answer(const char *id, const char *source)
{
	return (struct product_health){ .probe = { .state = PROBE_OK, .source = source, .taken_at = NOW - 20, .took_us = 31000 },
					.id = id, .outcome = PRODUCT_ANSWERED, .status = 200, .latency_us = 31000,
					.unit = { .restarts = COUNT_UNKNOWN, .exit_status = COUNT_UNKNOWN } };
}

/* Fills the host's products, all of them well. Lists belong to `a`, so that a test may change one element. */
static inline void fact_products(struct host_snapshot *host, struct arena *a)
{
	struct product *list = arena_calloc(a, N_PRODUCTS, sizeof(*list));
	struct product_healths *h = &host->report.products;

	list[WEB] = (struct product){ .id = "web", .name = "Web", .url = "http://127.0.0.1:3049/healthz?key=secret",
				      .url_shown = "http://127.0.0.1:3049/healthz?…", .instance = "one", .expect_text = "ok" };
	list[WEB].links = arena_calloc(a, 1, sizeof(*list->links));
	list[WEB].links[0] = (struct product_link){ "Open", "https://web.example.ts.net/" };
	list[WEB].n_links = 1;
	list[WORKER] = (struct product){ .id = "worker", .name = "Worker", .unit = { "worker.service", UNIT_SCOPE_SYSTEM } };
	list[SHOP] = (struct product){ .id = "shop", .name = "Shop", .url = "https://shop.example/", .url_shown = "https://shop.example/",
				       .instance = "two" };
	list[LATER] = (struct product){ .id = "later", .name = "Billing" };
	host->products = (struct products){ list, N_PRODUCTS };
	*h = (struct product_healths){ .probe = { .state = PROBE_OK, .source = "the configured products", .taken_at = NOW - 20, .took_us = 40000 } };
	h->list = arena_calloc(a, N_PRODUCTS, sizeof(*h->list));
	h->list[WEB] = fact_answer("web", "http://127.0.0.1:3049/healthz?…");
	h->list[WEB].text_found = TRI_YES;
	h->list[WORKER] = (struct product_health){ .probe = PROBED("worker.service"), .id = "worker", .status = COUNT_UNKNOWN,
						   .unit = fact_unit("worker.service") };
	h->list[SHOP] = fact_answer("shop", "https://shop.example/");
	h->list[SHOP].certificate_until = NOW + 61 * DAYS;
	h->n_list = 3;
}

#endif
