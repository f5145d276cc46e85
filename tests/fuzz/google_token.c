/* google_token.c -- google_token.json: times and counts, never the token. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("google_token.json", data, size);
	hermes_google(&r.google, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&google_token_shape, &r.google);
	return 0;
}
