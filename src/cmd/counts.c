#include "cmd/counts.h"

#include "base/cleanup.h"
#include "report/beat_file.h"
#include "report/report.h"
#include "view/verdict.h"

#define EVERY_S       55
#define ONE_ARENA_MAX (64 * 1024 * 1024) /* of one report: more than the greatest that is read can become */

/* One at a time: what the largest report takes is all that they take together. */
static void count_one(const struct config *c, size_t i, int64_t now, struct beat_counts *x)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ONE_ARENA_MAX);
	struct config one = *c;
	const struct verdict *v;
	const struct verdict_part *p;

	one.instances = &c->instances[i];
	one.n_instances = 1;
	v = verdict_of(snapshot_load(&one, now, a), c->instances[i].id, a);
	p = &v->parts[0];
	x->instances++;
	if (p->n_critical)
		x->criticals++;
	else if (p->n_warn)
		x->warnings++;
	else if (p->is_dark || p->status == STATUS_UNKNOWN)
		x->unknown++;
	else
		x->healthy++;
}

int counts_leave(const struct config *c, int64_t now, struct arena *a, const char **error)
{
	struct beat_counts x;

	if (!c->beat.url_file)
		return 0;
	beat_counts_load(c->state_dir, now, &x, a);
	if (x.probe.state == PROBE_OK && x.at <= now && now - x.at < EVERY_S)
		return 0;
	x = (struct beat_counts){ .at = now };
	for (size_t i = 0; i < c->n_instances; i++)
		count_one(c, i, now, &x);
	return beat_counts_publish(c->state_dir, &x, a, error);
}
