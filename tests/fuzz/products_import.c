/* products_import.c -- a docker-compose file or a list of services: what is proposed is a configuration. */
#include "fuzz.h"

#include "base/buf.h"
#include "config/config.h"
#include "import/propose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	CLEANUP(buf_done) struct buf out = BUF_INIT((size_t)4 * 1024 * 1024);
	static const struct products none;
	struct proposals p = { .had = &none, .a = a };
	const struct config *c;
	const char *error = NULL;

	if (!import_services(text, size, &p, &error)) {
		FUZZ_EXPECT(error && fuzz_is_text(error) && !strchr(error, '\n'));
		return 0;
	}
	for (size_t i = 0; i < p.n_notes; i++)
		FUZZ_EXPECT(fuzz_is_text(p.notes[i]) && !strchr(p.notes[i], '\n'));
	FUZZ_EXPECT(p.n <= PRODUCTS_MAX);
	proposals_print(&p, &out);
	fuzz_put("config.json", out.data, out.len);
	c = config_load(arena_printf(a, "%s/config.json", fuzz_dir()), a, &error);
	if (!c) {
		fprintf(stderr, "refused: %s\n%s\n", error, buf_str(&out));
		abort();
	}
	return 0;
}
