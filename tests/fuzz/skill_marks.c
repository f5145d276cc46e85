/* skill_marks.c -- what other files say of a skill: each of them holds the input. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("skills/tools/one/SKILL.md", "---\nname: one\n---\n", 18);
	fuzz_put("skills/.bundled_manifest", data, size);
	fuzz_put("skills/.hub/lock.json", data, size);
	fuzz_put("skills/.usage.json", data, size);
	hermes_skills(&r.agent.skills, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&skills_shape, &r.agent.skills);
	FUZZ_EXPECT(r.agent.skills.n_list == 1);
	return 0;
}
