/* hook.c -- HOOK.yaml of a hook. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("hooks/one/HOOK.yaml", data, size);
	hermes_extensions(&r.agent.extensions, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&extensions_shape, &r.agent.extensions);
	return 0;
}
