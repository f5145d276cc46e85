/* json.c -- JSON from outside. The first byte chooses how forgiving the reading is. */
#include "fuzz.h"

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_error err = { 0, NULL };

	if (size == 0)
		return 0;
	{
		CLEANUP_FREE char *text = fuzz_text(data + 1, size - 1);
		CLEANUP_JSON cJSON *once = json_parse(text, size - 1, data[0] & 31, &err), *twice = NULL;
		CLEANUP_FREE char *first = NULL, *second = NULL;

		FUZZ_EXPECT(once || (err.line > 0 && err.what));
		if (!once)
			return 0;
		first = json_print(once);
		FUZZ_EXPECT(str_is_utf8(first, strlen(first)) && !strchr(first, '<'));
		twice = json_parse(first, strlen(first), JSON_STRICT, &err);
		FUZZ_EXPECT(twice != NULL);
		second = json_print(twice);
		FUZZ_EXPECT(strcmp(first, second) == 0);
	}
	return 0;
}
