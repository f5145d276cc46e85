#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN 4096
#define ALIGN     _Alignof(max_align_t)

struct block {
	struct block *prev;
	size_t size;
	size_t used;
	_Alignas(max_align_t) char data[];
};

struct arena {
	struct block *top;
	size_t limit;
	size_t used;
};

static void die(const char *why)
{
	fprintf(stderr, "mission-control: %s\n", why);
	abort();
}

struct arena *arena_new(size_t limit_bytes)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		die("out of memory");
	a->limit = limit_bytes < SIZE_MAX / 4 ? limit_bytes : SIZE_MAX / 4; /* sums with it cannot wrap */
	return a;
}

void arena_reset(struct arena *a)
{
	while (a->top && a->top->prev) {
		struct block *b = a->top;

		a->top = b->prev;
		free(b);
	}
	if (a->top) {
		memset(a->top->data, 0, a->top->used);
		a->top->used = 0;
	}
	a->used = 0;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_reset(a);
	free(a->top);
	free(a);
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

static struct block *grow(struct arena *a, size_t size)
{
	size_t want = size > BLOCK_MIN ? size : BLOCK_MIN;
	struct block *b = calloc(1, sizeof(*b) + want);

	if (!b)
		die("out of memory");
	b->size = want;
	b->prev = a->top;
	a->top = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct block *b = a->top;
	void *p;

	if (size > a->limit)
		die("an arena reached its ceiling");
	size = (size + ALIGN - 1) & ~(ALIGN - 1);
	if (a->used + size > a->limit)
		die("an arena reached its ceiling");
	if (!b || b->size - b->used < size)
		b = grow(a, size);
	p = b->data + b->used;
	b->used += size;
	a->used += size;
	return p;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		die("an array is too large for memory");
	return arena_alloc(a, n * size);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len;
	char *copy;

	if (!s)
		return NULL;
	len = strnlen(s, n);
	copy = arena_alloc(a, len + 1);
	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len < 0)
		die("a format could not be printed");
	s = arena_alloc(a, (size_t)len + 1);
	vsnprintf(s, (size_t)len + 1, fmt, again);
	va_end(again);
	return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}
