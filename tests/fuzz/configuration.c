/* configuration.c -- the configuration file: what is printed of it can be read back and says the same. */
#include "fuzz.h"

#include "base/buf.h"
#include "config/config.h"

#define FILE_NAME "config.json"

/* Loads what the file says, prints it into *out; NULL when it is refused. */
static const struct config *load(struct buf *out, struct arena *a)
{
	const char *error = NULL, *path = arena_printf(a, "%s/%s", fuzz_dir(), FILE_NAME);
	const struct config *c = config_load(path, a, &error);

	FUZZ_EXPECT(c || (error && fuzz_is_text(error) && !strchr(error, '\n')));
	if (c)
		config_print(c, out);
	return c;
}

static char *without_comments(const struct buf *text)
{
	CLEANUP_JSON cJSON *j = json_parse(buf_str(text), text->len, JSON_COMMENTS, NULL);

	FUZZ_EXPECT(j != NULL);
	return json_print(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP(buf_done) struct buf once = BUF_INIT((size_t)4 * 1024 * 1024), twice = BUF_INIT((size_t)4 * 1024 * 1024);
	CLEANUP_FREE char *first = NULL, *second = NULL;

	fuzz_put(FILE_NAME, data, size);
	if (!load(&once, a))
		return 0;
	first = without_comments(&once);
	fuzz_put(FILE_NAME, once.data, once.len);
	FUZZ_EXPECT(load(&twice, a) != NULL);
	second = without_comments(&twice);
	if (strcmp(first, second) != 0) {
		fprintf(stderr, "printed: %s\nand then: %s\n", first, second);
		abort();
	}
	return 0;
}
