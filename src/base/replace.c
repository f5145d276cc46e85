#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"

#define LOCK_FILE ".lock"

int replace_lock(int dir, int64_t wait_us)
{
	int64_t until = clock_mono_us() + wait_us;
	int fd = openat(dir, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK || clock_mono_us() > until) {
			int why = errno;

			close(fd);
			errno = why;
			return -1;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
	}
	return fd;
}

/* Until the rename everything can fail without a trace. */
int replace_file(int dir, const char *name, const char *text, size_t n, mode_t mode)
{
	CLEANUP_FREE char *fresh = NULL;
	CLEANUP_FD int fd = -1;

	if (asprintf(&fresh, ".%s.new", name) < 0)
		abort();
	unlinkat(dir, fresh, 0); /* what a killed writer left behind */
	fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	if (io_write(fd, text, n) < 0 || fchmod(fd, mode) < 0 || fsync(fd) < 0 || renameat(dir, fresh, dir, name) < 0) {
		int why = errno;

		unlinkat(dir, fresh, 0);
		errno = why;
		return -1;
	}
	return fsync(dir);
}
