/*
 * tests/fuzz/seeds.h -- what a target begins with.
 *
 * Files of our own in tests/fuzz/corpus/<target>/, and where $MC_SHARED is
 * there what its public suites and homes hold: read where they are, never
 * copied into the project.
 */
#ifndef MC_TESTS_SEEDS_H
#define MC_TESTS_SEEDS_H

#include <stdbool.h>
#include <stddef.h>

typedef void seed_fn(const void *data, size_t size, void *ctx);

/* Calls take for every input of our own, or every shared one; *n counts them. */
void seeds_own(const char *target, seed_fn *take, void *ctx, size_t *n);
void seeds_shared(const char *target, seed_fn *take, void *ctx, size_t *n);

/* Whether there is anything shared for that target. */
bool seeds_has_shared(const char *target);

#endif
