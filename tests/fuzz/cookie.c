/* cookie.c -- the Cookie header. */
#include "fuzz.h"

#include "web/cookies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *header = fuzz_text(data, size);
	const char *value = NULL, *at;

	if (cookie_find(header, "hmc_session", a, &value) != COOKIE_FOUND)
		return 0;
	FUZZ_EXPECT(value && strlen(header) <= COOKIES_MAX_BYTES && !strchr(value, ';'));
	at = strstr(header, "hmc_session");
	FUZZ_EXPECT(at && strstr(at, value));
	FUZZ_EXPECT(!strstr(header, ", hmc_session="));
	return 0;
}
