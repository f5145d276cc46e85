/*
 * base/replace.h -- files that readers see whole, the old one or the new one, whatever happens.
 */
#ifndef MC_BASE_REPLACE_H
#define MC_BASE_REPLACE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Puts n bytes at name in the folder `dir` by temporary file (".<name>.new"),
 * fsync and rename. 0, or -1 with errno, the old file untouched. One writer
 * at a time: two would swap each other's half-written file.
 */
int replace_file(int dir, const char *name, const char *text, size_t n, mode_t mode) __attribute__((nonnull));

/*
 * Takes the folder's lock (flock on ".lock", which is never removed), waiting
 * at most wait_us. The descriptor, whose closing lets go of it; -1 with
 * errno, EWOULDBLOCK where somebody else has it still.
 */
int replace_lock(int dir, int64_t wait_us);

#endif
