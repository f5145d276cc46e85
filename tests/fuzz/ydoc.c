/* ydoc.c -- YAML that people edit: every node is asked for everything. */
#include "fuzz.h"

#include "hermes/ydoc.h"

#define DEPTH_MAX 6

struct walk {
	struct ydoc *y;
	struct arena *a;
	int depth;
	int left;               /* aliases may lead to the same place over and over */
};

static void look(const char *key, yaml_node_t *value, void *ctx)
{
	struct walk w = *(struct walk *)ctx;
	struct ydoc_names names;

	if (w.depth == DEPTH_MAX || --((struct walk *)ctx)->left < 0)
		return;
	w.left = ((struct walk *)ctx)->left;
	w.depth++;
	FUZZ_EXPECT(fuzz_is_text(key) && fuzz_is_text(ydoc_text(value, 40, w.a)));
	FUZZ_EXPECT(ydoc_count(value) >= COUNT_UNKNOWN);
	FUZZ_EXPECT(ydoc_bool(value) <= TRI_YES);
	names = ydoc_names(w.y, value, 5, 10, w.a);
	FUZZ_EXPECT(names.n <= 5);
	for (size_t i = 0; i < names.n; i++)
		FUZZ_EXPECT(names.list[i] && fuzz_is_text(names.list[i]));
	if (key)
		ydoc_get(w.y, ydoc_root(w.y), key);
	ydoc_each(w.y, value, 50, look, &w);
	((struct walk *)ctx)->left = w.left;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	CLEANUP(ydoc_done) struct ydoc y = { .is_loaded = false };
	const char *why = ydoc_load(&y, text, size, a);
	struct walk w = { &y, a, 0, 1000 };

	FUZZ_EXPECT(fuzz_is_text(why));
	if (!why)
		look(NULL, ydoc_root(&y), &w);
	return 0;
}
