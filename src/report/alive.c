#include "report/alive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/files.h"

/* A clock that differs by this much between two processes of one machine was set in between. */
#define FUTURE_SLACK_S 60

static const char *const names[] = { [ALIVE_EXPORT] = "export", [ALIVE_NOTIFY] = "notify" };

/* Others must be able to look in, whatever the umask is. */
static int open_dir(const char *path)
{
	bool is_new = mkdir(path, 0755) == 0;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && is_new)
		fchmod(fd, 0755);
	return fd;
}

static bool touch(int dir, const char *name)
{
	CLEANUP_FD int fd = openat(dir, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return false;
	}
	return fchmod(fd, 0644) == 0 && futimens(fd, NULL) == 0;
}

int alive_mark(const char *state_dir, const char *id, enum alive_what what, struct arena *a, const char **error)
{
	const char *above = arena_printf(a, "%s/" ALIVE_DIR, state_dir), *path = arena_printf(a, "%s/%s", above, id);
	CLEANUP_FD int top = open_dir(above);
	CLEANUP_FD int dir = top < 0 ? -1 : open_dir(path);

	if (dir >= 0 && touch(dir, names[what]))
		return 0;
	*error = arena_printf(a, "%s/%s cannot be touched, so others cannot see that this went well: %s; run 'hmc setup' as root", path, names[what],
			      strerrordesc_np(errno));
	return -1;
}

static struct alive unknown(const char *reason)
{
	return (struct alive){ .state = ALIVE_UNKNOWN, .reason = reason };
}

struct alive alive_look(const char *state_dir, const char *id, enum alive_what what, int64_t now, struct arena *a)
{
	const char *dir = arena_printf(a, ALIVE_DIR "/%s", id), *path = arena_printf(a, "%s/%s", dir, names[what]), *reason = NULL;
	struct stat above, st;

	if (file_stat_beneath(state_dir, dir, a, &above, &reason) != FILE_OK || !S_ISDIR(above.st_mode))
		return unknown(arena_printf(a, "there is no folder %s/%s; run 'hmc setup' as root", state_dir, dir));
	if (above.st_mode & (S_IWGRP | S_IWOTH))
		return unknown(arena_printf(a, "%s/%s may be written by others; run 'hmc setup' as root", state_dir, dir));
	switch (file_stat_beneath(state_dir, path, a, &st, &reason)) {
	case FILE_ABSENT:
		return (struct alive){ .state = ALIVE_NEVER, .at = above.st_mtim.tv_sec };
	case FILE_OK:
		break;
	default:
		return unknown(reason);
	}
	if (!S_ISREG(st.st_mode) || (st.st_uid != above.st_uid && st.st_uid != 0))
		return unknown(arena_printf(a, "%s is not a plain file of its folder's owner", path));
	if ((int64_t)st.st_mtim.tv_sec > now + FUTURE_SLACK_S)
		return unknown(arena_printf(a, "%s is dated in the future: check the clock", path));
	return (struct alive){ .state = ALIVE_MARKED, .at = st.st_mtim.tv_sec };
}
