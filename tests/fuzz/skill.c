/* skill.c -- a SKILL.md in its folder. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("skills/tools/one/SKILL.md", data, size);
	hermes_skills(&r.agent.skills, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&skills_shape, &r.agent.skills);
	return 0;
}
