/*
 * A day is as its last run left it; one without a run is late once the newest
 * good run is older than backup.maxAge, by the configuration of today: what
 * it said then is not on record.
 */
#include "view/judge_backup_days.h"

#include "base/cleanup.h"

static const struct {
	const char *name;
	const char *word;
	enum status status;
} kinds[BACKUP_DAY_STATES] = {
	[BACKUP_DAY_BEFORE] = { "before", "before the first", STATUS_INFO },
	[BACKUP_DAY_NONE] = { "none", "nothing expected", STATUS_OFF },
	[BACKUP_DAY_FRESH] = { "fresh", "fresh", STATUS_OK },
	[BACKUP_DAY_LATE] = { "late", "late", STATUS_WARN },
	[BACKUP_DAY_FAILED] = { "failed", "failed", STATUS_CRITICAL },
};

const char *backup_day_word(enum backup_day_state s)
{
	return kinds[s].word;
}

const char *backup_day_name(enum backup_day_state s)
{
	return kinds[s].name;
}

enum status backup_day_status(enum backup_day_state s)
{
	return kinds[s].status;
}

static bool is_bad(enum loop_state s)
{
	return s != LOOP_DONE && s != LOOP_NOTHING;
}

static enum backup_day_state state_of(const struct instance *in, const struct backup_days *d, size_t i, int64_t since, int64_t end)
{
	const struct backup_day *day = &d->days[i];
	int64_t max = in->backup_max_age_s;
	bool is_late = in->backup_repo && max > 0 && since && end - since > max;

	if (day->last.at && is_bad(day->last.state))
		return BACKUP_DAY_FAILED;
	if (day->last.at)
		return is_late ? BACKUP_DAY_LATE : BACKUP_DAY_FRESH;
	if (!in->backup_repo)
		return BACKUP_DAY_NONE;
	if (!d->first_at || d->first_at >= d->bounds[i + 1])
		return BACKUP_DAY_BEFORE;
	return is_late ? BACKUP_DAY_LATE : BACKUP_DAY_NONE;
}

struct backup_day_verdict *judge_backup_days(const struct instance *in, const struct backup_days *d, int64_t now, struct arena *a)
{
	struct backup_day_verdict *out = arena_calloc(a, d->n ? d->n : 1, sizeof(*out));
	int64_t good = d->good_at;

	for (size_t i = 0; i < d->n; i++) {
		int64_t end = d->bounds[i + 1] < now ? d->bounds[i + 1] : now;

		if (d->days[i].good.at > good)
			good = d->days[i].good.at;
		out[i].state = state_of(in, d, i, good ? good : d->first_at, end);
		out[i].age_s = !good ? COUNT_UNKNOWN : end > good ? end - good : 0;
	}
	return out;
}
