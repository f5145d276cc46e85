/* ticker.c -- the stamps that cron's ticker leaves. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("cron/jobs.json", "{\"jobs\":[]}", 11);
	fuzz_put("cron/ticker_heartbeat", data, size);
	fuzz_put("cron/ticker_last_success", data, size);
	fuzz_put("cron/ticker_last_error", data, size);
	hermes_cron(&r.cron, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_report(&r, &r.cron.probe);
	FUZZ_EXPECT(r.cron.probe.state == PROBE_OK);
	return 0;
}
