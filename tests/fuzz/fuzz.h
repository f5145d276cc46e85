/*
 * tests/fuzz/fuzz.h -- what every fuzz target shares.
 *
 * A target is one file with LLVMFuzzerTestOneInput(). It is linked twice: with
 * libFuzzer, which makes inputs up (`make fuzz`), and with replay.c, which
 * plays those that are kept (`make check`). A broken invariant aborts, so that
 * either sees it as it sees a crash.
 */
#ifndef MC_TESTS_FUZZ_H
#define MC_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "hermes/hermes.h"
#include "json/json.h"
#include "model/report.h"
#include "report/shapes.h"

#define FUZZ_NOW INT64_C(1800000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_EXPECT(what)                                                                 \
	do {                                                                              \
		if (!(what)) {                                                            \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
			abort();                                                          \
		}                                                                         \
	} while (0)

/* An arena of the size that readers get; free it with arena_free(). */
struct arena *fuzz_arena(void);

/* The bytes and a NUL, in memory of exactly that size (free), so that a step beyond it is seen. */
char *fuzz_text(const uint8_t *data, size_t size);

/* Whether the text is NULL or UTF-8. */
bool fuzz_is_text(const char *s);

/* A folder that is there as long as the process; removed when it ends. */
const char *fuzz_dir(void);

/* Writes a file below that folder, mode 0600, with the folders on its way. */
void fuzz_put(const char *name, const void *data, size_t size);

/* fuzz_dir() as a home, and as /proc without processes, read at FUZZ_NOW with everything allowed. */
const struct hermes_source *fuzz_home(void);

/* Far enough away never to be met; microseconds, monotonic. */
int64_t fuzz_deadline(void);

/*
 * What an exporter writes a pane must be able to read: the model as JSON is
 * UTF-8, parses strictly, is taken back by the same shape, and then says the
 * same.
 */
void fuzz_expect_shape(const struct shape *shape, const void *model);

/* The same of a reading, which begins with a probe that must have said what it found. */
void fuzz_expect_reading(const struct shape *shape, const void *reading);

/* The same of a whole report with one reading filled in, for those that have no shape of their own. */
void fuzz_expect_report(const struct instance_report *r, const struct probe *p);

#endif
