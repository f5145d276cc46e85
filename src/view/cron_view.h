/*
 * view/cron_view.h -- the cron pane: when each job was due, and what became of it.
 */
#ifndef MC_VIEW_CRON_VIEW_H
#define MC_VIEW_CRON_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "model/snapshot.h"
#include "view/cron_slots.h"
#include "view/verdict.h"

/* The states to choose from, for an error message. */
#define CRON_STATES "all, failed, late, paused, ok"

/* Runs of one job that a strip may need: thirty slots, and some that were started by hand. */
#define CRON_PAST_MAX 45

bool cron_is_state(const char *state);

/* A job that is shown. past is the caller's to fill in; NULL = the ledger was not asked, or could not answer. */
struct cron_row {
	const struct cron_job *job;
	const struct judgement *judgement;
	const struct cron_past *past;
};

/* The jobs of an instance, worst first. */
struct cron_group {
	const struct verdict_part *part;
	struct cron_row *rows;
	size_t n;
	size_t matched;             /* so many the filter let through; the rest of them are not shown */
	const char *ledger_error;   /* the caller's to fill in: why runs are not known; NULL = they are */
};

struct cron_plan {
	const struct snapshot *snapshot;
	const struct verdict *verdict;
	const char *choice;
	const char *state;
	struct cron_group *groups;  /* the worst first */
	size_t n_groups;
};

/*
 * Chooses what is shown: the jobs of an instance (choice; NULL = of all) in a
 * state (one of the above; NULL = in any), at most a hundred in all. All in `a`.
 */
struct cron_plan *cron_plan(const struct snapshot *s, const char *choice, const char *state, struct arena *a);

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/cron prints and
 * templates/cron.html shows.
 */
cJSON *cron_view(const struct cron_plan *plan, struct arena *a);

/* One job with its strip. */
cJSON *cron_job_json(const struct cron_row *row, const struct cron_group *g, int64_t now, struct arena *a);

#endif
