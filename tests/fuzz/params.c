/* params.c -- the pairs of a query or a form, and what may be gone on to after signing in. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/str.h"
#include "base/url.h"
#include "web/params.h"

/* A place of our own leaves no room for another origin. */
static void expect_own(const char *s)
{
	if (!params_is_own_path(s))
		return;
	FUZZ_EXPECT(str_starts(s, "/hermes") && (!s[7] || s[7] == '/' || s[7] == '?'));
	FUZZ_EXPECT(!strpbrk(s, "\\#\r\n\t ") && strlen(s) <= 1024);
	FUZZ_EXPECT(strcspn(s, "?") <= strcspn(s, "%"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	CLEANUP(buf_done) struct buf again = BUF_INIT((size_t)4 * 1024 * 1024);
	struct params once = { 0 }, twice = { 0 };
	const char *reason = NULL;
	int64_t number = 7;

	expect_own(text);
	if (!params_decode(text, size, a, &once, &reason)) {
		FUZZ_EXPECT(reason && fuzz_is_text(reason));
		return 0;
	}
	FUZZ_EXPECT(once.n <= PARAMS_MAX);
	for (size_t i = 0; i < once.n; i++) {
		FUZZ_EXPECT(fuzz_is_text(once.items[i].name) && fuzz_is_text(once.items[i].value));
		expect_own(once.items[i].value);
		url_add_encoded(&again, once.items[i].name);
		buf_addc(&again, '=');
		url_add_encoded(&again, once.items[i].value);
		buf_addc(&again, '&');
		FUZZ_EXPECT(!params_i64(&once, once.items[i].name, 1, 9, 7, &number) || (number >= 1 && number <= 9));
	}
	FUZZ_EXPECT(params_decode(buf_str(&again), again.len, a, &twice, &reason) && twice.n == once.n && !twice.is_broken);
	for (size_t i = 0; i < once.n; i++)
		FUZZ_EXPECT(str_eq(once.items[i].name, twice.items[i].name) &&
			    str_eq(once.items[i].value, twice.items[i].value));
	return 0;
}
