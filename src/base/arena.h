/*
 * base/arena.h -- memory that is freed as a whole.
 *
 * An arena has a ceiling; going over it, or running out of memory, ends the
 * process with a message. Readers keep their own, much lower limits, so that
 * input from outside meets those first. Not thread-safe: one thread an arena.
 */
#ifndef MC_BASE_ARENA_H
#define MC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* Gives an empty arena of at most limit_bytes; free it with arena_free(). */
struct arena *arena_new(size_t limit_bytes) __attribute__((returns_nonnull));

/* Frees the arena and everything in it; NULL is fine. */
void arena_free(struct arena *a);
void arena_freep(struct arena **a);

/* Empties the arena, keeping its first block for reuse. */
void arena_reset(struct arena *a) __attribute__((nonnull));

/* Bytes handed out since the arena was made or reset, each piece rounded up to its alignment. */
size_t arena_used(const struct arena *a) __attribute__((nonnull));

/* Gives size zeroed bytes, aligned for any type, owned by the arena. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((nonnull, returns_nonnull));

/* The same for an array; a product that overflows ends the process. */
void *arena_calloc(struct arena *a, size_t n, size_t size) __attribute__((nonnull, returns_nonnull));

/* Copies in; a NULL string stays NULL. */
char *arena_strdup(struct arena *a, const char *s) __attribute__((nonnull(1)));
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((nonnull(1)));

char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((nonnull(1, 2), returns_nonnull, format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((nonnull(1, 2), returns_nonnull, format(printf, 2, 0)));

#endif
