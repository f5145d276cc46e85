/* life.c -- the small files by which a gateway shows that it lives: each holds the input. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const files[] = { "state/gateway.heartbeat", "channel_directory.json", "state/gateway.lifecycle.json",
					     "gateway/dead_targets.json", "gateway_state.json" };
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		fuzz_put(files[i], data, size);
	hermes_life(&r.life, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&life_shape, &r.life);
	return 0;
}
