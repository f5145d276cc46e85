/* executions_db.c -- the bytes of cron/executions.db. */
#include "fuzz.h"

#include "hermes/cron_runs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct runs_source in = { .home = *fuzz_home() };
	struct runs_batch out = { 0 };

	fuzz_put("cron/executions.db", data, size);
	hermes_cron_runs(&out, &in, a, fuzz_deadline());
	FUZZ_EXPECT(out.probe.state == PROBE_OK || fuzz_is_text(out.probe.reason));
	for (size_t i = 0; i < out.n_runs; i++) {
		FUZZ_EXPECT(out.runs[i].id && fuzz_is_text(out.runs[i].id) && fuzz_is_text(out.runs[i].job_id));
		FUZZ_EXPECT(fuzz_is_text(out.runs[i].status) && fuzz_is_text(out.runs[i].error));
		FUZZ_EXPECT(fuzz_is_text(out.runs[i].source) && fuzz_is_text(out.runs[i].output));
	}
	return 0;
}
