#include "cmd/hand_over.h"

#include <string.h>

#include "report/answers_file.h"
#include "report/host_told_file.h"
#include "report/refresh_request.h"
#include "store/store_alerts.h"
#include "watch/watch.h"

static void add(struct host_told *out, const struct alert_page *page)
{
	memcpy(&out->alerts[out->n_alerts], page->rows, page->n * sizeof(*page->rows));
	out->n_alerts += page->n;
}

int hand_over(const struct config *c, struct store *s, int64_t now, struct arena *a, const char **error)
{
	const struct alert_query open = { .only_open = true, .limit = HOST_TOLD_MAX };
	const struct alert_query over = { .only_closed = true, .from_s = now - HOST_TOLD_OVER_S, .limit = HOST_TOLD_MAX };
	struct host_told told = { .alerts = arena_calloc(a, 2 * HOST_TOLD_MAX + 1, sizeof(*told.alerts)) };
	struct alert_page page;
	struct answers answers;

	if (!watch_spokesman(c))
		return 0; /* nobody is told of anything */
	if (store_alerts(s, &open, &page, a, error) < 0)
		return -1;
	add(&told, &page);
	if (store_alerts(s, &over, &page, a, error) < 0)
		return -1;
	add(&told, &page);
	answers_load(c->state_dir, REFRESH_HOST, now, &answers, a);
	told.answers = answers.list;
	told.n_answers = answers.n_list;
	return host_told_publish(c->state_dir, &told, a, error);
}
