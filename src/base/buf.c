#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_done(struct buf *b)
{
	free(b->data);
	b->data = NULL;
	b->len = b->size = 0;
	b->overflow = false;
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}

void buf_cut(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

static void die(void)
{
	fprintf(stderr, "mission-control: out of memory\n");
	abort();
}

/* Makes room for n more bytes and the NUL; false when the ceiling forbids it. */
static bool reserve(struct buf *b, size_t n)
{
	size_t need, size;
	char *p;

	if (n > b->limit || b->len > b->limit - n) {
		b->overflow = true;
		return false;
	}
	if (b->len + n >= SIZE_MAX / 2)
		die();
	need = b->len + n + 1;
	if (need <= b->size)
		return true;
	size = b->size ? b->size : 256;
	while (size < need)
		size *= 2;
	p = realloc(b->data, size);
	if (!p)
		die();
	b->data = p;
	b->size = size;
	return true;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	/* Room that is there was within the ceiling when it was made, but for the last bytes. */
	if ((n >= b->size - b->len || n > b->limit - b->len) && !reserve(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->overflow = true; /* dropped whole, and to be noticed like any other loss */
		return;
	}
	if (!reserve(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *buf_take(struct buf *b)
{
	char *s;

	reserve(b, 0);
	s = b->data;
	s[b->len] = '\0';
	b->data = NULL;
	b->len = b->size = 0;
	b->overflow = false;
	return s;
}
