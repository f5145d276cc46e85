/*
 * probe/files.h -- open what somebody else wrote, without being led astray.
 */
#ifndef MC_PROBE_FILES_H
#define MC_PROBE_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"

enum file_result {
	FILE_OK = 0,
	FILE_ABSENT,  /* nothing there, or a parent is missing */
	FILE_REFUSED, /* there, but not what may be read: reason says why */
};

struct file_rules {
	size_t max_bytes;
	int64_t owner_uid;      /* -1 = any */
};

/*
 * Opens path below the directory dir (both may not leave it: openat2 with
 * RESOLVE_BENEATH, no symbolic link at any step, no magic link) for reading:
 * a regular file with one link, owned as rules say, of at most max_bytes.
 * Never blocks on a FIFO or device. On FILE_OK *fd is the caller's to close;
 * otherwise *fd is -1 and *reason is one line in `a`, naming path, not dir.
 */
enum file_result file_open_beneath(const char *dir, const char *path, const struct file_rules *rules,
				   struct arena *a, int *fd, struct stat *st, const char **reason);

/* The same, read whole: *data is NUL-terminated in `a`, *len its length without that. */
enum file_result file_read_beneath(const char *dir, const char *path, const struct file_rules *rules,
				   struct arena *a, char **data, size_t *len, struct stat *st,
				   const char **reason);

/*
 * Looks at what lies there, of whatever kind, by the same steps and without
 * opening it: nothing can block, and no right to read it is needed.
 */
enum file_result file_stat_beneath(const char *dir, const char *path, struct arena *a, struct stat *st, const char **reason);

#endif
