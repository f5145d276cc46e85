/* markdown.c -- a document as blocks: no markup of its own, and no link to a scheme that runs something. */
#include "fuzz.h"

#include "base/str.h"
#include "view/markdown.h"

static void expect_links(const cJSON *j)
{
	for (const cJSON *item = j; item; item = item->next) {
		const char *href = json_string(item, "href");

		FUZZ_EXPECT(!href || str_starts(href, "https://") || str_starts(href, "http://") ||
			    (*href == '/' && href[1] != '/'));
		FUZZ_EXPECT(!cJSON_IsString(item) || fuzz_is_text(item->valuestring));
		expect_links(item->child);
	}
}

static void take(void *ctx, const struct markdown_heading *h, cJSON *blocks)
{
	(void)ctx;
	FUZZ_EXPECT(h->level >= 0 && h->level <= 6 && fuzz_is_text(h->id) && fuzz_is_text(h->title));
	expect_links(blocks);
	cJSON_Delete(blocks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);

	markdown_read(text, size, "/hermes/runbook", a, take, NULL);
	return 0;
}
