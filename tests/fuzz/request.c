/* request.c -- what FastCGI says of a request: "NAME=value" strings parted by NUL, an empty one, the body. */
#include "fuzz.h"

#include "base/str.h"
#include "web/request.h"

#define STRINGS_MAX 200

static void expect_path(const char *path)
{
	FUZZ_EXPECT(*path == '/' && strlen(path) <= REQUEST_PATH_MAX);
	FUZZ_EXPECT(!strstr(path, "//") && !strstr(path, "/../") && !str_ends(path, "/.."));
	FUZZ_EXPECT(!strpbrk(path, "\\%\r\n"));
	FUZZ_EXPECT(fuzz_is_text(path));
}

static void expect_pairs(const struct params *p)
{
	FUZZ_EXPECT(p->n <= PARAMS_MAX && !params_duplicate(p));
	for (size_t i = 0; i < p->n; i++)
		FUZZ_EXPECT(fuzz_is_text(p->items[i].name) && fuzz_is_text(p->items[i].value));
}

static void expect_refusal(int status, const char *reason)
{
	FUZZ_EXPECT(status >= 400 && status < 500);
	FUZZ_EXPECT(reason && fuzz_is_text(reason) && !strpbrk(reason, "\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	char *env[STRINGS_MAX + 1] = { NULL }, *at = text, *end = text + size;
	const char *reason = NULL;
	struct request r;
	size_t n = 0;
	int status;

	for (; n < STRINGS_MAX && at < end && *at; at += strlen(at) + 1)
		env[n++] = at;
	at += at < end;
	if (at > end)
		at = end;
	status = request_init(&r, REQUEST_FASTCGI, env, a, &reason);
	FUZZ_EXPECT(r.method && r.path);
	if (status != 0) {
		expect_refusal(status, reason);
		return 0;
	}
	expect_path(r.path);
	expect_pairs(&r.params);
	FUZZ_EXPECT(*r.method && r.query && strlen(r.query) <= REQUEST_QUERY_MAX);
	FUZZ_EXPECT(r.content_length >= 0 && r.content_length <= REQUEST_BODY_MAX);
	status = request_set_body(&r, at, (size_t)(end - at), a, &reason);
	if (status != 0) {
		expect_refusal(status, reason);
	} else {
		FUZZ_EXPECT(r.body_len == (size_t)r.content_length);
		expect_pairs(&r.form);
	}
	return 0;
}
