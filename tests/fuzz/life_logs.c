/* life_logs.c -- the logs of starts and of exits. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char lifecycle[] = "{\"prior_unclean_exit\": true}";
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("state/gateway.lifecycle.json", lifecycle, sizeof(lifecycle) - 1);
	fuzz_put("logs/gateway-exit-diag.log", data, size);
	fuzz_put("logs/gateway-starts.log", data, size);
	hermes_life(&r.life, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&life_shape, &r.life);
	FUZZ_EXPECT(r.life.was_unclean == TRI_YES && r.life.starts_today >= 0);
	return 0;
}
