/* cron_output.c -- what a cron job left as its output. */
#include "fuzz.h"

#include "base/str.h"
#include "hermes/cron_runs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const known[] = { "ok", "failed", "empty", "silent" };
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct runs_source in = { .home = *fuzz_home() };
	struct runs_batch out = { 0 };
	bool is_known = false;

	fuzz_put("cron/output/0123456789ab/2026-03-29_17-41-00.md", data, size);
	hermes_cron_runs(&out, &in, a, fuzz_deadline());
	FUZZ_EXPECT(out.probe.state == PROBE_OK && out.n_runs == 1);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		is_known |= str_eq(out.runs[0].status, known[i]);
	FUZZ_EXPECT(is_known && fuzz_is_text(out.runs[0].error));
	FUZZ_EXPECT(out.runs[0].output_bytes == (int64_t)size);
	return 0;
}
