/* hermes_version.c -- pyproject.toml, for the release alone. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("hermes-agent/pyproject.toml", data, size);
	hermes_read_version(&r.hermes, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_report(&r, &r.hermes.probe);
	return 0;
}
