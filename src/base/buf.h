/*
 * base/buf.h -- bytes that grow, never beyond a ceiling.
 *
 * Invariants: data is NULL or NUL-terminated at data[len]; len never exceeds
 * limit. An addition that would is dropped whole and sets overflow, so that a
 * writer checks once at the end. Running out of memory ends the process.
 */
#ifndef MC_BASE_BUF_H
#define MC_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len;
	size_t size;
	size_t limit;
	bool overflow;
};

/* An empty buffer that may grow to limit bytes. */
#define BUF_INIT(limit_bytes) { .limit = (limit_bytes) }

/* Frees the bytes; the buffer may be used again. */
void buf_done(struct buf *b) __attribute__((nonnull));

/* Empties it, keeps the memory. */
void buf_clear(struct buf *b) __attribute__((nonnull));

/* Takes back everything from the byte len on; nothing where that lies beyond the end. */
void buf_cut(struct buf *b, size_t len) __attribute__((nonnull));

void buf_add(struct buf *b, const void *bytes, size_t n) __attribute__((nonnull(1)));
void buf_adds(struct buf *b, const char *s) __attribute__((nonnull));
void buf_addc(struct buf *b, char c) __attribute__((nonnull));
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((nonnull(1, 2), format(printf, 2, 3)));

/* The bytes as a C string; "" when empty. Borrowed until the next call. */
const char *buf_str(const struct buf *b) __attribute__((nonnull, returns_nonnull));

/* Gives the string away (free() it) and empties the buffer. */
char *buf_take(struct buf *b) __attribute__((nonnull, returns_nonnull));

#endif
