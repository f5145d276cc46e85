/*
 * base/io.h -- reading a descriptor to its end, and writing all there is.
 */
#ifndef MC_BASE_IO_H
#define MC_BASE_IO_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Reads until size bytes are there or the file ends, over short reads and
 * interruptions. The number of bytes, or -1 with errno. No NUL is added.
 * Blocks as long as the descriptor does: callers open what may.
 */
ssize_t io_read(int fd, char *data, size_t size) __attribute__((nonnull, warn_unused_result));

/*
 * Writes everything: write(2) may be short without an error, on a full disk
 * for one. 0, or -1 with errno.
 */
int io_write(int fd, const char *data, size_t n) __attribute__((nonnull, warn_unused_result));

#endif
