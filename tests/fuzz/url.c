/* url.c -- text as a part of a URL, and back. */
#include "fuzz.h"

#include "base/str.h"
#include "base/url.h"
#include "base/zone.h"
#include "web/params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	const char *encoded = url_encoded(a, text), *reason;
	struct params back;

	FUZZ_EXPECT(strspn(encoded, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%") == strlen(encoded));
	if (zone_is_known(text))
		FUZZ_EXPECT(*text != '/' && !strstr(text, "..") && str_eq(encoded, text) == !strchr(text, '+'));
	if (!*text || !fuzz_is_text(text) || strlen(text) > PARAM_MAX_BYTES)
		return 0;
	FUZZ_EXPECT(params_decode(encoded, strlen(encoded), a, &back, &reason));
	FUZZ_EXPECT(back.n == 1 && str_eq(back.items[0].name, text));
	return 0;
}
