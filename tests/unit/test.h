/*
 * tests/unit/test.h -- what every unit test program shares.
 */
#ifndef MC_TESTS_TEST_H
#define MC_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What cmocka does not say, so that compilers and analyzers know that a test that failed goes no further. */
void _fail(const char *file, int line) __attribute__((noreturn)); /* NOLINT(bugprone-reserved-identifier): cmocka's name */
#ifdef __clang_analyzer__
#undef assert_true
#undef assert_false
#undef assert_null
#undef assert_non_null
#define assert_true(c) do { if (!(c)) fail(); } while (0)
#define assert_false(c) assert_true(!(c))
#define assert_null(c) assert_true(!(c))
#define assert_non_null(c) assert_true(c)
#endif

/* A path below the folder of public suites; skips the test by name where that folder is missing. */
static inline const char *shared_path(const char *rest)
{
	static char path[1024];
	const char *dir = getenv("MC_SHARED");

	if (!dir || !*dir) {
		print_message("skipped: no public vectors\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/%s", dir, rest);
	return path;
}

/* A path below the project's folder. */
static inline const char *top_path(const char *rest)
{
	static char path[1024];
	const char *dir = getenv("MC_TOP");

	snprintf(path, sizeof(path), "%s/%s", dir && *dir ? dir : ".", rest);
	return path;
}

/* Reads a whole file, NUL-terminated; free() it. A missing file fails the test. */
static inline char *read_all(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *data = NULL;
	size_t n = 0, size = 0;

	if (!f)
		fail_msg("cannot open %s", path);
	for (;;) {
		if (size - n < 65536) {
			size = size ? size * 2 : 131072;
			char *larger = realloc(data, size + 1);
			if (!larger) {
				free(data);
				fail_msg("no room for %s", path);
			}
			data = larger;
		}
		size_t got = fread(data + n, 1, size - n, f);
		if (!got)
			break;
		n += got;
	}
	fclose(f);
	data[n] = '\0';
	if (len)
		*len = n;
	return data;
}

#define RUN_TESTS(name, tests) cmocka_run_group_tests_name(name, tests, NULL, NULL)

#endif
