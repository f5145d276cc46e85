/*
 * vectors.h -- public test data (shared/vectors) that is JSON.
 */
#ifndef MC_TESTS_VECTORS_H
#define MC_TESTS_VECTORS_H

#include <string.h>

#include "base/cleanup.h"
#include "json/json.h"
#include "test.h"

/* A file below shared/, as a test of it wants it: whole, or the test fails (is skipped, where there are none). */
static inline cJSON *load_vectors(const char *path)
{
	struct json_error err;
	size_t n;
	CLEANUP_FREE char *text = read_all(shared_path(path), &n);
	cJSON *j;

	/* cJSON cannot hold NUL; another control byte serves these cases as well. */
	for (char *p = strstr(text, "\\u0000"); p; p = strstr(p, "\\u0000"))
		p[5] = '1';
	j = json_parse(text, n, JSON_REPLACE_BAD_UTF8, &err);
	if (!j)
		fail_msg("%s:%zu: %s", path, err.line, err.what);
	return j;
}

#endif
