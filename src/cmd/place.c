/* Files and folders of an installation: nothing of a person's is replaced, nothing is left half written. */
#include "cmd/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/str.h"

#define FILE_MAX (64 * 1024) /* a longer one differs from any of ours */

static bool write_new(const char *path, const char *text, mode_t mode, uid_t uid, gid_t gid)
{
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd >= 0 && io_write(fd, text, strlen(text)) == 0 && fchown(fd, uid, gid) == 0 && fchmod(fd, mode) == 0 &&
	       fsync(fd) == 0;
}

/* Whether a file begins with the mark; then text (FILE_MAX bytes and a NUL, zeroed by the caller) is what it says. */
static bool read_ours(const char *path, const char *mark, char *text)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && io_read(fd, text, FILE_MAX) >= 0 &&
	       str_starts(text, mark);
}

/* Leaves nothing at fresh; errno is the failure's. */
static bool give_up(const char *fresh)
{
	int saved = errno;

	unlink(fresh);
	errno = saved;
	return false;
}

enum placed place_file(const char *path, const char *text, mode_t mode, uid_t uid, gid_t gid, const char *mark,
		       struct arena *a)
{
	char *old = arena_calloc(a, FILE_MAX + 1, 1);
	const char *fresh = arena_printf(a, "%s.new", path);
	bool is_ours = mark && read_ours(path, mark, old), ok;
	struct stat st;

	if (is_ours ? str_eq(old, text) : lstat(path, &st) == 0)
		return PLACED_KEPT;
	unlink(fresh); /* of a run that was cut short */
	/*
	 * RENAME_NOREPLACE: a person may have written it at this very moment. In a folder of another user's
	 * what is renamed may be that user's own: it then has a file of its making where ours would be.
	 */
	ok = (write_new(fresh, text, mode, uid, gid) &&
	      renameat2(AT_FDCWD, fresh, AT_FDCWD, path, is_ours ? 0 : RENAME_NOREPLACE) == 0) || give_up(fresh);
	return ok ? PLACED_NEW : PLACED_FAILED;
}

const char *place_read(const char *path, const char *mark, struct arena *a)
{
	char *text = arena_calloc(a, FILE_MAX + 1, 1);

	return read_ours(path, mark, text) ? text : NULL;
}

enum placed place_folder(const char *path, mode_t mode, uid_t uid, gid_t gid)
{
	CLEANUP_FD int fd = -1;
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return PLACED_FAILED;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return PLACED_FAILED;
	if (st.st_uid == uid && st.st_gid == gid && (st.st_mode & 07777) == mode)
		return PLACED_KEPT;
	/* The mode last: a change of owner takes the set-group-id bit away. */
	if (fchown(fd, uid, gid) < 0 || fchmod(fd, mode) < 0)
		return PLACED_FAILED;
	return PLACED_NEW;
}
