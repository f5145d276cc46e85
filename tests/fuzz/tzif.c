/* tzif.c -- compiled time zones (RFC 8536). */
#include "fuzz.h"

#include "base/tzif.h"

/* Changes so far apart that no time of day is lost or told twice by two of them. */
static bool is_of_this_world(const struct tzif *z)
{
	for (size_t i = 1; i < z->n; i++)
		if (z->changes[i - 1] > INT64_MAX - 4 * 86400 || z->changes[i] <= z->changes[i - 1] + 4 * 86400)
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct tzif z = { 0 };

	if (!tzif_parse(text, size, FUZZ_NOW, &z, a))
		return 0;
	for (size_t i = 1; i < z.n; i++)
		FUZZ_EXPECT(z.changes[i - 1] < z.changes[i]);
	for (size_t i = 0; i < z.n; i++)
		FUZZ_EXPECT(tzif_offset_s(&z, z.changes[i]) == z.offsets[i]);
	for (int64_t t = -FUZZ_NOW; t <= FUZZ_NOW; t += FUZZ_NOW / 50)
		tzif_to_utc(&z, t);
	for (int64_t t = 0; is_of_this_world(&z) && t <= FUZZ_NOW; t += FUZZ_NOW / 50) {
		int64_t wall = t + tzif_offset_s(&z, t), back = tzif_to_utc(&z, wall);

		FUZZ_EXPECT(back <= t); /* the first of two */
		FUZZ_EXPECT(back + tzif_offset_s(&z, back) == wall);
	}
	return 0;
}
