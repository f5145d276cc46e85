/*
 * hermes/cron_runs.h -- what cron has run since it was last looked at.
 *
 * Since 0.20 cron/executions.db says it (cron/executions.py). Before, only the
 * outputs do: cron/output/<job>/<stamp>.md, written at the end of a run by
 * cron/jobs.py:save_job_output, "(FAILED)" in the title of a failed one, and
 * "(No response generated)" where an agent failed and the run counted as well
 * (issue 17855). A folder or database that has not changed is not read.
 */
#ifndef MC_HERMES_CRON_RUNS_H
#define MC_HERMES_CRON_RUNS_H

#include "hermes/hermes.h"
#include "model/runs.h"

struct runs_source {
	struct hermes_source home;
	struct runs_request request;
};

/* A probe_fn: `in` is a struct runs_source, `out` a struct runs_batch. */
void hermes_cron_runs(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
