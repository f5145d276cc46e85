/*
 * hermes/work.h -- what is new in state.db since it was last looked at.
 *
 * New sessions have a higher rowid. Changed ones have new messages, or are
 * among those that the caller asks for by id (open ones, and those active
 * lately), or come up in the sweep, a slice of old rows in each batch, which
 * also finds what was deleted. So a batch costs the same at any size of the
 * database, and next to nothing while its file stands still.
 *
 * Rowids are not for ever: VACUUM gives new ones (the table's key is text),
 * and a restored backup has old ones. Then the session at the cursor is
 * another, and everything is taken in once more; ids stay what they are.
 */
#ifndef MC_HERMES_WORK_H
#define MC_HERMES_WORK_H

#include "hermes/hermes.h"
#include "model/work.h"

struct work_source {
	struct hermes_source home;
	struct work_request request;
};

/* A probe_fn: `in` is a struct work_source, `out` a struct work_batch. Opens state.db as hermes/statedb.h says. */
void hermes_work(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
