#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN 4096
#define BLOCK_MAX (256 * 1024) /* of those that grow with what is used already */
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
	/* Few blocks for much, without much for little. */
	size_t share = a->used / 2 < BLOCK_MAX ? a->used / 2 : BLOCK_MAX;
	size_t least = share > BLOCK_MIN ? share : BLOCK_MIN;
	size_t want = size > least ? size : least;
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

/* Writes a number's digits to end at `end`, and gives where they begin. */
static char *digits(char *end, uint64_t n)
{
	do
		*--end = (char)('0' + n % 10);
	while (n /= 10);
	return end;
}

/* A text cut to a precision at fmt ("%.16s", "%.*s"), and how much of fmt says so; 0 for anything else. */
static size_t convert_cut(const char *fmt, va_list *ap, const char **text, size_t *n)
{
	size_t taken = 1, max = 0;

	if (fmt[1] == '*' && fmt[2] == 's') {
		int given = va_arg(*ap, int);

		*text = va_arg(*ap, const char *);
		*n = *text ? given < 0 ? strlen(*text) : strnlen(*text, (size_t)given) : 0;
		return *text ? 3 : 0;
	}
	for (; taken < 5 && fmt[taken] >= '0' && fmt[taken] <= '9'; taken++)
		max = max * 10 + (size_t)(fmt[taken] - '0');
	if (fmt[taken] != 's')
		return 0;
	*text = va_arg(*ap, const char *);
	*n = *text ? strnlen(*text, max) : 0;
	return *text ? taken + 1 : 0;
}

/* A number at fmt (%d, %ld, %zu) in the same way; its digits end at `end`. */
static size_t convert_number(const char *fmt, va_list *ap, char *end, const char **text, size_t *n)
{
	bool is_size = fmt[0] == 'z' && fmt[1] == 'u', is_long = fmt[0] == 'l' && fmt[1] == 'd';
	char *first;
	int64_t v;

	if (!is_size && !is_long && fmt[0] != 'd')
		return 0;
	if (is_size) {
		first = digits(end, va_arg(*ap, size_t));
	} else {
		v = is_long ? va_arg(*ap, long) : va_arg(*ap, int);
		first = digits(end, v < 0 ? -(uint64_t)v : (uint64_t)v);
		if (v < 0)
			*--first = '-';
	}
	*text = first;
	*n = (size_t)(end - first);
	return is_size || is_long ? 2 : 1;
}

/* The text of one conversion at fmt, behind its percent sign, and how much of fmt that was; 0 for what libc is to be asked for. */
static size_t convert(const char *fmt, va_list *ap, char number[24], const char **text, size_t *n)
{
	switch (*fmt) {
	case 's':
		*text = va_arg(*ap, const char *);
		*n = *text ? strlen(*text) : 0;
		return *text ? 1 : 0;
	case '.':
		return convert_cut(fmt, ap, text, n);
	default:
		return convert_number(fmt, ap, number + 24, text, n);
	}
}

/*
 * Pages are made of thousands of short texts put together of others: those are
 * written straight into the room that is left in the block at hand. NULL where
 * it takes more than that; the room is all zero again then, as whoever gets it
 * may expect.
 */
static char *print_plainly(struct arena *a, const char *fmt, va_list *ap)
{
	/* Whole units of alignment, so that what fits here is what arena_alloc() will give. */
	size_t room = a->top ? (a->top->size - a->top->used) & ~(ALIGN - 1) : 0, len = 0, n, taken;
	char *s = room ? a->top->data + a->top->used : NULL, number[24];
	const char *text;

	for (; *fmt; fmt += taken, len += n) {
		if (*fmt == '%') {
			taken = convert(fmt + 1, ap, number, &text, &n);
			if (taken++ == 0)
				break;
		} else {
			text = fmt;
			taken = n = strcspn(fmt, "%");
		}
		if (n >= room - len || room == 0)
			break;
		memcpy(s + len, text, n);
	}
	if (*fmt == '\0' && len < room)
		return arena_alloc(a, len + 1);
	if (room)
		memset(s, 0, len);
	return NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int len;

	va_copy(again, ap);
	s = print_plainly(a, fmt, &again);
	va_end(again);
	if (s)
		return s;
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
