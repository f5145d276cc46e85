/* frontmatter.c -- what a SKILL.md says of itself. */
#include "fuzz.h"

#include "hermes/frontmatter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct frontmatter f = frontmatter_read(text, size, a);

	FUZZ_EXPECT(fuzz_is_text(f.name) && (!f.name || *f.name));
	return 0;
}
