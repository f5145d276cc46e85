/* What a pass looks through: the instance's own book, and the machine's alerts where it speaks for the machine. */
#include <stdlib.h>
#include <string.h>

#include "notify/notify.h"
#include "store/store_alerts.h"

#define SLACK_S   3600          /* an exporter's run is written after its own time */

static int by_number(const void *x, const void *y)
{
	const struct store_alert *p = x, *q = y;

	return (p->n > q->n) - (p->n < q->n);
}

/* Room for more behind the rows of a page, which are as many as there can be. */
static struct store_alert *roomy(const struct notify *n, const struct alert_page *page)
{
	size_t more = n->host ? n->host->n_alerts : 0;
	struct store_alert *list = arena_calloc(n->a, page->n + more + 1, sizeof(*list));

	memcpy(list, page->rows, page->n * sizeof(*list));
	return list;
}

/* Of the machine's, those that are open, or were over since from_s. */
static void add_host(struct notify *n, int64_t from_s)
{
	for (size_t i = 0; n->host && i < n->host->n_alerts; i++) {
		struct store_alert x = n->host->alerts[i];

		x.n = -x.n;
		if (!x.closed_at)
			n->open[n->n_open++] = x;
		else if (x.closed_at >= from_s)
			n->closed[n->n_closed++] = x;
	}
	if (n->host)
		n->host_own = (struct answers){ .probe = n->host->probe, .list = n->host->answers, .n_list = n->host->n_answers };
}

int notify_read_book(struct notify *n, const char **error)
{
	const struct alert_query open = { .only_open = true };
	struct alert_query closed = { .only_closed = true, .from_s = n->now };
	const char *word = NULL;
	struct alert_page page;
	int64_t looked = 0;

	/* A clock that was set back looked no later than now. */
	if (store_get_state(n->store, NOTIFY_LOOKED, &looked, &word, n->a) && looked > n->now)
		looked = n->now;
	if (looked > 0)
		closed.from_s = looked - SLACK_S;
	n->looked = looked;
	if (store_alerts(n->store, &open, &page, n->a, error) < 0)
		return -1;
	n->open = roomy(n, &page);
	n->n_open = page.n;
	if (store_alerts(n->store, &closed, &page, n->a, error) < 0)
		return -1;
	n->closed = roomy(n, &page);
	n->n_closed = page.n;
	add_host(n, closed.from_s);
	qsort(n->open, n->n_open, sizeof(*n->open), by_number);
	qsort(n->closed, n->n_closed, sizeof(*n->closed), by_number);
	return 0;
}
