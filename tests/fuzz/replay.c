/*
 * replay.c -- plays a target's inputs without libFuzzer: the kept ones as tests (TAP), or those that are named.
 *
 *   TARGET               tests/fuzz/corpus/TARGET, and the public suites where they are
 *   TARGET FILE...       these inputs
 *   TARGET --write DIR   writes all of them below DIR, for libFuzzer to begin with
 *
 * An input that breaks something ends the process: it was the last one named on stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "seeds.h"

static void play(const void *data, size_t size, void *ctx)
{
	uint8_t *exact = malloc(size ? size : 1);

	(void)ctx;
	if (!exact)
		abort();
	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static void play_file(const char *path)
{
	CLEANUP_FILE FILE *f = fopen(path, "rb");
	CLEANUP_FREE char *data = malloc((size_t)1024 * 1024);
	size_t n;

	if (!f || !data) {
		fprintf(stderr, "%s cannot be read\n", path);
		exit(1);
	}
	n = fread(data, 1, (size_t)1024 * 1024, f);
	fprintf(stderr, "%s: %zu bytes\n", path, n);
	play(data, n, NULL);
}

struct writer {
	const char *dir;
	size_t n;
};

static void write_one(const void *data, size_t size, void *ctx)
{
	struct writer *w = ctx;
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%05zu", w->dir, w->n++);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) {
		fprintf(stderr, "%s cannot be written\n", path);
		exit(1);
	}
}

static int test(const char *target)
{
	bool has_shared = seeds_has_shared(target);
	size_t n = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%d\n", has_shared ? 2 : 1);
	seeds_own(target, play, NULL, &n);
	printf("%s 1 - every kept input of %s holds (%zu)\n", n ? "ok" : "not ok", target, n);
	if (!has_shared)
		return n == 0;
	seeds_shared(target, play, NULL, &n);
	if (n)
		printf("ok 2 - every input of the public suites for %s holds (%zu)\n", target, n);
	else
		printf("ok 2 - inputs of the public suites # SKIP no public vectors\n");
	return 0;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *target = slash ? slash + 1 : argv[0];

	if (argc == 3 && strcmp(argv[1], "--write") == 0) {
		struct writer w = { argv[2], 0 };
		size_t n;

		seeds_own(target, write_one, &w, &n);
		seeds_shared(target, write_one, &w, &n);
		return 0;
	}
	if (argc == 1)
		return test(target);
	for (int i = 1; i < argc; i++)
		play_file(argv[i]);
	return 0;
}
