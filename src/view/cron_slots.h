/*
 * view/cron_slots.h -- the last times a job was due, and what became of each.
 *
 * Due times come from the report (only an exporter knows schedules), runs
 * from the ledger, the last result from jobs.json. Pure. How a run went says
 * judge_task.c, whether the job is late or paused now judge_cron.c.
 */
#ifndef MC_VIEW_CRON_SLOTS_H
#define MC_VIEW_CRON_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/cron.h"
#include "model/runs.h"

enum cron_slot_state {
	CRON_SLOT_UNOBSERVED = 0, /* no evidence either way */
	CRON_SLOT_BEFORE,         /* the job did not exist */
	CRON_SLOT_PAUSED,
	CRON_SLOT_WAITING,        /* due, and nothing is known to have come of it yet */
	CRON_SLOT_RUNNING,
	CRON_SLOT_OK,
	CRON_SLOT_UNCLEAR,        /* it ran; how that ended is not known */
	CRON_SLOT_EMPTY,          /* it ran and answered nothing, which Hermes calls ok */
	CRON_SLOT_LATE,           /* ran later than its grace, or still has to */
	CRON_SLOT_UNDELIVERED,
	CRON_SLOT_MISSED,
	CRON_SLOT_FAILED,
	CRON_SLOT_STATES
};

struct cron_slot {
	int64_t due_at;             /* 0 = not known, which only CRON_SLOT_BEFORE has */
	enum cron_slot_state state;
	int64_t run_at;             /* 0 = no run belongs to it */
	int64_t run_n;              /* the ledger's number of that run; 0 = the ledger does not have it */
	int64_t late_s;             /* of CRON_SLOT_LATE; 0 = none */
};

/* What the ledger knows of a job. */
struct cron_past {
	const struct cron_run *runs; /* newest first */
	const int64_t *numbers;      /* the ledger's, one a run */
	size_t n;
	bool is_cut;                 /* there are older runs */
	int64_t kept_since;          /* when the ledger began; 0 = not known */
};

struct cron_slot_facts {
	const struct cron_job *job;
	const struct cron_past *past; /* NULL = the ledger could not be asked */
	int64_t at;                   /* of the report */
	bool is_paused;               /* as judged */
	bool is_late;
};

/*
 * Fills out, the oldest first, and gives their number: none where the report
 * names no time. A run started by hand belongs to no slot; of several in one
 * slot the first does. That a run is missing counts only where the ledger
 * would have it.
 */
size_t cron_slots(const struct cron_slot_facts *f, struct cron_slot out[CRON_DUE_MAX], struct arena *a);

/* "not-delivered", for programs; "not delivered", for people; and its class in a strip (view/strip.h, and "due"). */
const char *cron_slot_id(enum cron_slot_state s);
const char *cron_slot_word(enum cron_slot_state s);
const char *cron_slot_class(enum cron_slot_state s);

#endif
