/* dotenv.c -- a home's .env: names get out, values never. */
#include "fuzz.h"

#include "base/str.h"
#include "hermes/dotenv.h"

static void expect_name(const char *name, bool is_truthy, void *ctx)
{
	(void)is_truthy;
	(void)ctx;
	FUZZ_EXPECT(*name && !strpbrk(name, "=\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char key[] = "0123456789abcdef0123456789abcdef";
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put(".env", data, size);
	fuzz_put("fingerprint.key", key, sizeof(key) - 1);
	FUZZ_EXPECT(fuzz_is_text(dotenv_each(fuzz_home(), expect_name, NULL, a)));
	hermes_keys(&r.agent.keys, fuzz_home(), a, fuzz_deadline());
	hermes_settings(&r.agent.settings, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&settings_shape, &r.agent.settings);
	fuzz_expect_reading(&keys_shape, &r.agent.keys);
	for (size_t i = 0; i < r.agent.keys.n_list; i++)
		FUZZ_EXPECT(strlen(r.agent.keys.list[i].fingerprint) == FINGERPRINT_CHARS);
	return 0;
}
