/*
 * tests/unit/naughty.h -- the public list of strings that break programs.
 */
#ifndef MC_TESTS_NAUGHTY_H
#define MC_TESTS_NAUGHTY_H

#include "test.h"

#include "json/json.h"

/* Each of the public list of naughty strings; gives how many. */
static inline size_t each_naughty(void (*with)(const char *text))
{
	size_t n;
	char *text = read_all(shared_path("vectors/naughty-strings/blns.json"), &n);
	CLEANUP_JSON cJSON *list = json_parse(text, n, JSON_STRICT, NULL);
	const cJSON *item;

	assert_non_null(list);
	cJSON_ArrayForEach(item, list)
		with(cJSON_GetStringValue(item));
	free(text);
	return (size_t)cJSON_GetArraySize(list);
}

#endif
