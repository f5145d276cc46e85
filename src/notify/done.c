/* What was done, as rows of the outbox. */
#include <inttypes.h>

#include "notify/text.h"
#include "view/links.h"

/* Alerts are merged; what was done is not, and is said at 20 a minute at most. */
static bool has_room(struct notify *n)
{
	const struct outbox_query q = { .state = OUTBOX_WAITING };
	const char *error = NULL;
	struct outbox_item *rows;
	size_t count, waiting = 0;

	if (store_outbox(n->store, &q, &rows, &count, n->a, &error) < 0) {
		n->error = error;
		return false;
	}
	for (size_t i = 0; i < count; i++)
		waiting += rows[i].kind == OUTBOX_DONE;
	if (waiting >= NOTIFY_DONE_MAX)
		n->error = arena_printf(n->a, "%zu messages wait already, and no more are taken; look why they do not go: hmc notify --instance %s", waiting,
					n->in->id);
	return waiting < NOTIFY_DONE_MAX;
}

bool notify_put_done(struct notify *n, const char *what, const char *const *steps, size_t n_steps)
{
	const char *text = text_done(n, what, steps, n_steps), *error = NULL;
	uint64_t sum = 14695981039346656037ULL; /* FNV-1a: only tells texts of one second apart */
	struct outbox_item row = { .kind = OUTBOX_DONE, .state = OUTBOX_WAITING, .text = text, .made_at = n->now, .next_at = n->now };
	int64_t number;

	if (!has_room(n))
		return false;
	for (const char *s = text; *s; s++)
		sum = (sum ^ (unsigned char)*s) * 1099511628211ULL;
	row.key = arena_printf(n->a, "done:%" PRId64 ":%016" PRIx64, n->now, sum);
	row.link = link_pane(n->a, "ops", n->in->id);
	if (store_put_outbox(n->store, &row, &number, n->a, &error) == 0)
		return true;
	n->error = error;
	return false;
}
