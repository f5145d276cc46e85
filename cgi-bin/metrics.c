/*
 * metrics.c -- what other programs watch: metrics for Prometheus, and a feed of what needs a person.
 *
 *   GET /metrics               Prometheus's text format 0.0.4
 *   GET /hermes/alerts.atom    Atom (RFC 4287)
 *
 * Both take ?instance=, and a Bearer token as well as the cookie.
 */
#include "pane/ledgers.h"
#include "store/store_alerts.h"
#include "view/facts.h"
#include "view/feed_view.h"
#include "view/metrics_view.h"
#include "web/pane.h"

static void show_metrics(struct pane *p)
{
	const struct snapshot *s = pane_snapshot(p);

	p->response->content_type = METRICS_TYPE;
	metrics_view(s, p->instance, MC_VERSION, &p->response->body, p->arena);
}

/* Open alerts beyond these are dated by their evidence. */
#define BOOK_ROWS 1000

/* A ledger that cannot be read leaves its book empty: the feed is of now, and dates alone hang from it. */
static struct feed_book read_book(struct pane *p, const char *id, struct store *ledger)
{
	const struct alert_query q = { .limit = BOOK_ROWS };
	struct feed_book book = { .instance_id = id };
	const char *error = NULL;

	if (ledger && store_alerts(ledger, &q, &book.page, p->arena, &error) < 0)
		book.page.n = 0;
	return book;
}

static const struct feed_book *read_books(struct pane *p, size_t *n)
{
	CLEANUP(ledgers_close) struct ledgers l = ledgers_open(p);
	CLEANUP(store_closep) struct store *host = NULL;
	struct feed_book *books = arena_calloc(p->arena, l.n + 1, sizeof(*books));

	for (*n = 0; *n < l.n; ++*n)
		books[*n] = read_book(p, l.list[*n].instance->id, l.list[*n].store);
	if (!p->instance) {
		host = ledger_of_host(p).store;
		books[(*n)++] = read_book(p, "host", host);
	}
	return books;
}

static void show_feed(struct pane *p)
{
	const struct snapshot *s = pane_snapshot(p);
	const struct feed_book *books;
	size_t n;

	if (pane_visitor_has(p, snapshot_facts(s, p->arena)))
		return;
	books = read_books(p, &n);
	p->response->content_type = FEED_TYPE;
	feed_view(s, p->instance, p->config->site_origin, books, n, &p->response->body, p->arena);
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/metrics", show_metrics },
		{ "GET", FEED_PATH, show_feed },
		{ 0 },
	};

	return pane_main("metrics", handlers);
}
