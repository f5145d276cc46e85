/* marks.c -- marks.json: what is broken is kept as it is, what is not takes another mark. */
#include "fuzz.h"

#include "base/str.h"
#include "report/marks.h"

static bool has_key(const struct marks *m, const char *key)
{
	for (size_t i = 0; i < m->n_list; i++)
		if (str_eq(m->list[i].key, key))
			return true;
	return false;
}

static void expect_whole(const struct mark *m)
{
	FUZZ_EXPECT(m->key && fuzz_is_text(m->key) && fuzz_is_text(m->by));
	for (size_t i = 0; i < m->n_values; i++)
		FUZZ_EXPECT(m->values[i].instance_id && m->values[i].digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mark_value value = { .instance_id = "one", .digest = "0123456789abcdef" };
	static const struct mark mark = { .key = "fuzz.key", .by = "uma", .at = FUZZ_NOW, .values = &value, .n_values = 1 };
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct marks before, after;
	const char *reason = NULL;
	bool is_set;

	fuzz_put("marks/marks.json", data, size);
	marks_load(fuzz_dir(), FUZZ_NOW, &before, a);
	FUZZ_EXPECT(before.probe.state == PROBE_OK || (before.probe.reason && fuzz_is_text(before.probe.reason)));
	for (size_t i = 0; i < before.n_list; i++)
		expect_whole(&before.list[i]);
	is_set = marks_set(fuzz_dir(), &mark, a, &reason);
	FUZZ_EXPECT(is_set == (before.probe.state == PROBE_OK));
	marks_load(fuzz_dir(), FUZZ_NOW, &after, a);
	FUZZ_EXPECT(after.probe.state == before.probe.state);
	if (!is_set)
		return 0;
	FUZZ_EXPECT(has_key(&after, mark.key) && after.n_list <= MARKS_MAX && after.n_list + 1 >= before.n_list);
	for (size_t i = 0; i < before.n_list && before.n_list < MARKS_MAX; i++)
		FUZZ_EXPECT(has_key(&after, before.list[i].key));
	return 0;
}
