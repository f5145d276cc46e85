/* active_profile.c -- which profile a home says is chosen. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("profiles/work/SOUL.md", "", 0);
	fuzz_put("active_profile", data, size);
	hermes_profiles(&r.agent.profiles, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&profiles_shape, &r.agent.profiles);
	return 0;
}
