/* kanban.c -- the bytes of kanban.db. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("kanban.db", data, size);
	hermes_kanban(&r.kanban, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&kanban_shape, &r.kanban);
	return 0;
}
