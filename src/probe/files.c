#include "probe/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

/*
 * RESOLVE_NO_XDEV is left out on purpose: a sandbox binds parts of a home
 * (the directory of state.db) over itself, and such a mount is no escape.
 */
static int open_beneath(int dir_fd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	/* EAGAIN: the kernel saw a rename while it walked through "..", EINTR: a signal. */
	for (int tries = 0; tries < 8; tries++) {
		fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return (int)fd;
}

static enum file_result open_failed(const char *path, int error, struct arena *a, const char **reason)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		*reason = arena_printf(a, "no such file: %s", path);
		return FILE_ABSENT;
	case EACCES:
	case EPERM:
		*reason = arena_printf(a, "permission denied: %s", path);
		break;
	case ELOOP:
		*reason = arena_printf(a, "%s is, or lies behind, a symbolic link; only plain files are read",
				       path);
		break;
	case EXDEV:
		*reason = arena_printf(a, "%s leads out of its directory", path);
		break;
	case ENXIO:
		*reason = arena_printf(a, "%s is a socket or a device, not a file", path);
		break;
	case ENOSYS:
		*reason = arena_printf(a, "%s cannot be opened safely: that needs Linux 5.6 or newer", path);
		break;
	default:
		*reason = arena_printf(a, "%s cannot be opened: %s", path, strerrordesc_np(error));
	}
	return FILE_REFUSED;
}

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a named pipe";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

/* Why this file may not be read; NULL when it may. */
static const char *refusal(const char *path, const struct file_rules *rules, const struct stat *st,
			   struct arena *a)
{
	if (!S_ISREG(st->st_mode))
		return arena_printf(a, "%s is %s, not a file", path, kind_of(st->st_mode));
	if (rules->owner_uid >= 0 && (int64_t)st->st_uid != rules->owner_uid)
		return arena_printf(a, "%s belongs to user %u, not to user %" PRId64, path,
				    (unsigned)st->st_uid, rules->owner_uid);
	/* None left is a file that was replaced by rename just now: whole, only a moment old. */
	if (st->st_nlink > 1)
		return arena_printf(a, "%s has %lu hard links: it may be somebody else's file", path,
				    (unsigned long)st->st_nlink);
	if (st->st_size < 0 || (uint64_t)st->st_size > rules->max_bytes)
		return arena_printf(a, "%s is too large: %lld bytes, at most %zu are read", path,
				    (long long)st->st_size, rules->max_bytes);
	return NULL;
}

enum file_result file_open_beneath(const char *dir, const char *path, const struct file_rules *rules,
				   struct arena *a, int *fd, struct stat *st, const char **reason)
{
	CLEANUP_FD int dir_fd = -1;
	CLEANUP_FD int file = -1;
	struct stat found;

	*fd = -1;
	*reason = NULL;
	dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return open_failed(path, errno, a, reason);
	file = open_beneath(dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (file < 0)
		return open_failed(path, errno, a, reason);
	if (fstat(file, &found) < 0)
		return open_failed(path, errno, a, reason);
	*reason = refusal(path, rules, &found, a);
	if (*reason)
		return FILE_REFUSED;
	if (st)
		*st = found;
	*fd = take_fd(&file);
	return FILE_OK;
}

enum file_result file_read_beneath(const char *dir, const char *path, const struct file_rules *rules,
				   struct arena *a, char **data, size_t *len, struct stat *st,
				   const char **reason)
{
	CLEANUP_FD int fd = -1;
	struct stat found;
	enum file_result result = file_open_beneath(dir, path, rules, a, &fd, &found, reason);
	ssize_t n;
	char *bytes;

	*data = NULL;
	*len = 0;
	if (result != FILE_OK)
		return result;
	bytes = arena_alloc(a, (size_t)found.st_size + 1);
	/* What it held when it was opened: one that grows gives its beginning, one that shrinks what is left. */
	n = io_read(fd, bytes, (size_t)found.st_size);
	if (n < 0) {
		*reason = arena_printf(a, "%s cannot be read: %s", path, strerrordesc_np(errno));
		return FILE_REFUSED;
	}
	*len = (size_t)n;
	if (st)
		*st = found;
	*data = bytes;
	return FILE_OK;
}

enum file_result file_stat_beneath(const char *dir, const char *path, struct arena *a, struct stat *st, const char **reason)
{
	CLEANUP_FD int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int file = -1;

	*reason = NULL;
	if (dir_fd < 0)
		return open_failed(path, errno, a, reason);
	file = open_beneath(dir_fd, path, O_PATH);
	if (file < 0 || fstat(file, st) < 0)
		return open_failed(path, errno, a, reason);
	if (S_ISLNK(st->st_mode)) /* with O_PATH the last step may be one */
		return open_failed(path, ELOOP, a, reason);
	return FILE_OK;
}
