#include "pane/backups_read.h"

#include "base/str.h"
#include "store/store_loops.h"

/* Where the zone lies when a day's run began: clocks change within a day. */
static void find_offsets(const struct backups_question *q, struct backups_source *out)
{
	for (size_t i = 0; i < BACKUP_DAYS; i++)
		out->offsets[i] = out->days[i].last.at ? zone_offset_s(q->zone, out->days[i].last.at) : 0;
}

static void read_one(struct pane *p, const struct instance *in, const struct backups_question *q, struct backups_source *out)
{
	struct ledger l = ledger_open(p, in);
	int64_t bounds[BACKUP_DAYS + 1];

	out->reason = l.error;
	for (size_t i = 0; i < BACKUP_DAYS; i++)
		bounds[i] = q->days[i].from_s;
	bounds[BACKUP_DAYS] = q->days[BACKUP_DAYS - 1].to_s;
	if (l.store && store_backup_days(l.store, bounds, BACKUP_DAYS, out->days, &out->first_at, &out->good_at, p->arena, &out->reason) == 0 &&
	    store_drills(l.store, 0, out->drills, DRILLS_SHOWN, &out->n_drills, p->arena, &out->reason) == 0)
		find_offsets(q, out);
	store_close(l.store);
}

void backups_read(struct pane *p, const struct snapshot *s, struct backups_question *q)
{
	struct backups_source *out = arena_calloc(p->arena, s->n_instances + 1, sizeof(*out));

	for (size_t i = 0; i < s->n_instances; i++)
		if (!p->instance || str_eq(s->instances[i].instance->id, p->instance))
			read_one(p, s->instances[i].instance, q, &out[i]);
	q->sources = out;
}
