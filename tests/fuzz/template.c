/* template.c -- a template over a model whose every text is hostile. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/str.h"
#include "tmpl/tmpl.h"

static const char hostile[] =
	"{\"a\":\"<b>&amp;\\\"'\",\"b\":{\"a\":\"<\",\"c\":{\"a\":1}},\"list\":[{\"a\":\"<1>\"},{\"a\":null},{\"b\":{\"a\":\"x\"}}],"
	"\"words\":[\"<i>\",\"two\"],\"n\":0,\"t\":true,\"f\":false,\"empty\":[]}";

/* Whether the text itself could write a '<', or ask for one as it is. */
static bool may_be_raw(const char *text)
{
	return strpbrk(text, "<&=") || strstr(text, "{{{");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_text(data, size);
	CLEANUP_JSON cJSON *model = json_parse(hostile, sizeof(hostile) - 1, JSON_STRICT, NULL);
	CLEANUP(buf_done) struct buf out = BUF_INIT((size_t)1024 * 1024);
	struct tmpl_set *set = tmpl_set_new("/nonexistent", false);
	static const char partial[] = "({{a}}{{#list}}{{>p}}{{/list}})";
	struct tmpl_error err = { "" };

	FUZZ_EXPECT(model != NULL);
	FUZZ_EXPECT(tmpl_set_add(set, "p", true, partial, sizeof(partial) - 1, &err));
	if (!tmpl_set_add(set, "t", false, text, size, &err) || !tmpl_render(set, "t", model, &out, &err)) {
		FUZZ_EXPECT(*err.text && out.len == 0);
	} else {
		FUZZ_EXPECT(str_is_utf8(buf_str(&out), out.len));
		FUZZ_EXPECT(may_be_raw(text) || !memchr(buf_str(&out), '<', out.len));
	}
	tmpl_set_free(set);
	return 0;
}
