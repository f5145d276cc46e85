/*
 * view/judge_backup_days.h -- how each of some days was for an instance's backup.
 */
#ifndef MC_VIEW_JUDGE_BACKUP_DAYS_H
#define MC_VIEW_JUDGE_BACKUP_DAYS_H

#include "base/arena.h"
#include "model/instance.h"
#include "model/loops.h"
#include "view/status.h"

/* A day as `hmc backup` left it in the ledger. */
enum backup_day_state {
	BACKUP_DAY_BEFORE,          /* before the first run */
	BACKUP_DAY_NONE,            /* no run, and none was due */
	BACKUP_DAY_FRESH,
	BACKUP_DAY_LATE,            /* at its end the newest good run was older than backup.maxAge */
	BACKUP_DAY_FAILED,          /* its last run failed or was refused */
	BACKUP_DAY_STATES,
};

/* "fresh"; "nothing expected": for people. "fresh", "none": for programs. */
const char *backup_day_word(enum backup_day_state s);
const char *backup_day_name(enum backup_day_state s);
enum status backup_day_status(enum backup_day_state s);

/* What the ledger says of n days. */
struct backup_days {
	const struct backup_day *days;
	const int64_t *bounds;      /* n + 1 times */
	size_t n;
	int64_t first_at;           /* the first run of all; 0 = there was none */
	int64_t good_at;            /* the newest good one before the first day; 0 = there was none */
};

struct backup_day_verdict {
	enum backup_day_state state;
	int64_t age_s;              /* of the newest good run at the day's end, or now; COUNT_UNKNOWN where there was none */
};

/* A verdict of each day, in `a`. The day that now lies in is judged by now. */
struct backup_day_verdict *judge_backup_days(const struct instance *in, const struct backup_days *d, int64_t now, struct arena *a);

#endif
