/* httpurl.c -- URLs that are asked or linked to. */
#include "fuzz.h"

#include "base/httpurl.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	const char *why = NULL, *shown;
	struct httpurl u = { 0 };

	if (!httpurl_parse(text, &u, &why)) {
		FUZZ_EXPECT(why && *why);
		return 0;
	}
	FUZZ_EXPECT(strlen(text) <= HTTPURL_MAX && u.host_len > 0 && u.port >= 1 && u.port <= 65535);
	FUZZ_EXPECT(u.host >= text && u.host + u.host_len <= u.rest && u.rest <= text + size);
	FUZZ_EXPECT(!memchr(u.host, '@', u.host_len) && !memchr(u.host, '/', u.host_len));
	FUZZ_EXPECT(*u.rest == '\0' || strchr("/?#", *u.rest));
	for (const char *p = text; *p; p++)
		FUZZ_EXPECT(*p > ' ' && *p < 127 && *p != '\\');
	FUZZ_EXPECT(httpurl_stays(&u, &u));
	FUZZ_EXPECT(!httpurl_is_loopback(&u) || httpurl_is_address(&u) || strncasecmp(u.host, "localhost", u.host_len) == 0);
	shown = httpurl_shown(text, a);
	FUZZ_EXPECT(fuzz_is_text(shown) && !strchr(shown, '#'));
	FUZZ_EXPECT(!strchr(shown, '?') || str_ends(shown, "?…"));
	return 0;
}
