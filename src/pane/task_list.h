/*
 * pane/task_list.h -- a checked filter, made into questions to the ledgers.
 */
#ifndef MC_PANE_TASK_LIST_H
#define MC_PANE_TASK_LIST_H

#include "model/snapshot.h"
#include "pane/ledgers.h"
#include "store/store_list.h"
#include "view/tasks_view.h"

/*
 * Reads a page of the list and its counts, in `a`. Reports are looked at for
 * the jobs: their names are searched, and only they know of deliveries.
 */
void task_list_read(const struct ledgers *l, const struct snapshot *s, const struct task_filter *f, struct tasks_input *out,
		    struct arena *a) __attribute__((nonnull));

/* Whether some ledger or report knows of work from this source. */
bool task_list_knows_source(const struct tasks_input *in, const char *source) __attribute__((nonnull));

#endif
