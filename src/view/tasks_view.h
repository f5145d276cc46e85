/*
 * view/tasks_view.h -- the Tasks pane: one ledger of work across instances.
 */
#ifndef MC_VIEW_TASKS_VIEW_H
#define MC_VIEW_TASKS_VIEW_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/arena.h"
#include "model/ledger.h"
#include "model/snapshot.h"
#include "view/task_filter.h"

#define TASK_COUNT_MAX 100      /* beyond it a count is "99+" */

/* What the ledgers gave. */
struct tasks_ledger {
	const struct instance_snapshot *snapshot;
	const char *error;          /* why it could not be read, or not to the end; NULL = it was */
};

struct tasks_input {
	struct tasks_ledger *ledgers; /* of the chosen instances; work_item.ledger counts these */
	size_t n_ledgers;
	struct work_item *items;
	size_t n_items;
	bool has_more;
	size_t n_active;            /* up to TASK_COUNT_MAX each */
	size_t n_stalled;
	size_t n_failed;            /* in the time that is shown */
	const char **sources;       /* that there is work from, sorted */
	size_t n_sources;
	bool knows_job;             /* the job asked for is in a report or has runs; also where that could not be looked up */
};

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/tasks prints and
 * templates/tasks.html shows.
 */
cJSON *tasks_view(const struct snapshot *s, const char *choice, const struct task_filter *f, const struct tasks_input *in,
		  struct arena *a);

/* One piece of work, as every list shows it. */
cJSON *work_item_json(const struct work_item *item, const struct instance_snapshot *of, bool is_dark, int64_t now,
		      struct arena *a);

/* Whether an item is in the state that a filter asks for; "all" has every one. */
bool work_item_is(const struct work_item *item, const struct instance_snapshot *of, const char *state, int64_t now,
		  struct arena *a);

#endif
