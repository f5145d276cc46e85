/* jobs.c -- cron/jobs.json, as an agent writes it and people edit it. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("cron/jobs.json", data, size);
	hermes_cron(&r.cron, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_report(&r, &r.cron.probe);
	return 0;
}
