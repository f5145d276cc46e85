/* redact.c -- any text, with a secret planted behind it. The first byte chooses privacy and excerpts. */
#include "fuzz.h"

#include "base/str.h"
#include "redact/redact.h"

#define SECRET "ghp_7hZq2LmX9vTc4RbN8sWd3KfJ6gYpA1uE5oQi"

static struct redactor *redactor(bool privacy)
{
	static struct redactor *both[2];

	if (!both[privacy])
		both[privacy] = redactor_new(privacy);
	return both[privacy];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct redactor *r = redactor(size > 0 && data[0] & 1);
	const char *text, *once, *twice;
	bool is_excerpt = size > 0 && data[0] & 2;

	if (size < 1 || memchr(data, '\0', size))
		return 0;
	text = arena_printf(a, "%.*s\n" SECRET "\n", (int)(size - 1), (const char *)data + 1);
	once = is_excerpt ? redact_excerpt(r, text, data[0] & 4, 400, a) : redact(r, text, a);
	FUZZ_EXPECT(fuzz_is_text(once) && (once || is_excerpt));
	FUZZ_EXPECT(!once || !strstr(once, SECRET));
	if (is_excerpt)
		return 0;
	twice = redact(r, once, a);
	if (!str_eq(once, twice)) {
		fprintf(stderr, "once:  %s\ntwice: %s\n", once, twice);
		abort();
	}
	return 0;
}
