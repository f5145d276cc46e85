/* memory.c -- MEMORY.md: how much is remembered, never what. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("memories/MEMORY.md", data, size);
	hermes_memory_md(&r.agent.memory, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&memory_file_shape, &r.agent.memory);
	return 0;
}
