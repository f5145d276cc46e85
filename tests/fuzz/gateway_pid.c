/* gateway_pid.c -- gateway.pid, which says whose process to look for. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("gateway.pid", data, size);
	hermes_gateway(&r.gateway, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_report(&r, &r.gateway.probe);
	return 0;
}
