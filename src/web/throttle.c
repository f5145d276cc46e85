#include "web/throttle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* The file's whole content: seconds since the epoch, 0 = free. Local to this machine, so in its byte order. */
struct tries {
	int64_t at[THROTTLE_TRIES];
};

/*
 * Opens the file and takes its lock, which lasts until the descriptor is
 * closed. Holders never wait for anything else, so the wait is short, and
 * the request's deadline bounds it. A file of another size starts afresh.
 */
static int open_locked(const char *state_dir, struct arena *a, struct tries *t, const char **error)
{
	const char *path = arena_printf(a, "%s/auth/attempts", state_dir);
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || flock(fd, LOCK_EX) < 0) {
		*error = arena_printf(a, "Sign-in tries cannot be counted (%s): %s.", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*t = (struct tries){ 0 };
	if (pread(fd, t, sizeof(*t), 0) != (ssize_t)sizeof(*t))
		*t = (struct tries){ 0 };
	return fd;
}

static bool store(int fd, const struct tries *t)
{
	return pwrite(fd, t, sizeof(*t), 0) == (ssize_t)sizeof(*t);
}

/* A time that lies ahead comes from a clock that was set back: it counts for nothing. */
static bool is_recent(int64_t at, int64_t now)
{
	return at <= now && at > now - THROTTLE_WINDOW_S;
}

bool throttle_take(const char *state_dir, int64_t now, struct arena *a, int64_t *wait_s, const char **error)
{
	struct tries t;
	CLEANUP_FD int fd = open_locked(state_dir, a, &t, error);
	int64_t oldest = now;

	*wait_s = 0;
	if (fd < 0)
		return false;
	for (size_t i = 0; i < THROTTLE_TRIES; i++) {
		if (!is_recent(t.at[i], now)) {
			t.at[i] = now;
			if (store(fd, &t))
				return true;
			*error = "Sign-in tries cannot be counted: writing failed.";
			return false;
		}
		if (t.at[i] < oldest)
			oldest = t.at[i];
	}
	*wait_s = oldest + THROTTLE_WINDOW_S - now;
	*error = "Too many tries to sign in failed.";
	return false;
}

void throttle_give_back(const char *state_dir, int64_t now, struct arena *a)
{
	const char *ignored;
	struct tries t;
	CLEANUP_FD int fd = open_locked(state_dir, a, &t, &ignored);

	if (fd < 0)
		return;
	for (size_t i = 0; i < THROTTLE_TRIES; i++) {
		if (t.at[i] == now) {
			t.at[i] = 0;
			store(fd, &t);
			return;
		}
	}
}
