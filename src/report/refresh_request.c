#include "report/refresh_request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/replace.h"
#include "base/str.h"
#include "probe/files.h"

#define LOCK_WAIT_US (2 * 1000 * 1000)
#define DIGITS       12 /* always all of them: a file is never half of another one */

int64_t refresh_asked_at(const char *state_dir, const char *id, struct arena *a)
{
	/* Anybody's: exporters need not know the dashboard's user, and all that it can say is a time. */
	const struct file_rules rules = { .max_bytes = 64, .owner_uid = -1 };
	const char *reason = NULL;
	char *text;
	size_t len;
	int64_t t;

	if (file_read_beneath(state_dir, arena_printf(a, REFRESH_DIR "/%s", id), &rules, a, &text, &len, NULL, &reason) != FILE_OK)
		return 0;
	if (len != DIGITS + 1 || text[DIGITS] != '\n')
		return 0;
	text[DIGITS] = '\0';
	return str_parse_i64(text, 1, INT64_MAX, &t) ? t : 0;
}

bool refresh_is_too_soon(int64_t asked_at, int64_t now)
{
	return asked_at > 0 && asked_at <= now && now - asked_at < REFRESH_EVERY_S;
}

int64_t refresh_last_ns(const char *state_dir, int64_t now, struct arena *a)
{
	struct stat st;

	if (stat(arena_printf(a, "%s/" REFRESH_DIR, state_dir), &st) < 0 || (int64_t)st.st_mtim.tv_sec < now - REFRESH_TOLD_S)
		return 0;
	return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

/* Exporters are other users: they must be able to look in. -1 with errno. */
static int open_dir(const char *state_dir, struct arena *a)
{
	const char *path = arena_printf(a, "%s/" REFRESH_DIR, state_dir);
	bool is_new = mkdir(path, 0755) == 0;
	int fd = is_new || errno == EEXIST ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

	if (fd >= 0 && is_new)
		fchmod(fd, 0755);
	return fd;
}

/*
 * In place, so that a watch on the file lasts; and the folder's own time is
 * moved with it, so that a page can tell by one look that nothing was asked.
 */
static bool write_time(int dir, const char *id, int64_t now)
{
	CLEANUP_FD int fd = openat(dir, id, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);
	const struct timespec at[] = { { .tv_nsec = UTIME_OMIT }, { .tv_nsec = UTIME_NOW } };
	char text[DIGITS + 2];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1) {
		errno = EINVAL;
		return false;
	}
	snprintf(text, sizeof(text), "%0*lld\n", DIGITS, (long long)now);
	errno = ENOSPC; /* a short write says nothing */
	return fchmod(fd, 0644) == 0 && pwrite(fd, text, DIGITS + 1, 0) == DIGITS + 1 && ftruncate(fd, DIGITS + 1) == 0 &&
	       futimens(dir, at) == 0;
}

enum refresh_result refresh_request(const char *state_dir, const char *id, int64_t now, struct arena *a, const char **reason)
{
	CLEANUP_FD int dir = open_dir(state_dir, a);
	CLEANUP_FD int lock = dir < 0 ? -1 : replace_lock(dir, LOCK_WAIT_US);

	if (lock >= 0 && refresh_is_too_soon(refresh_asked_at(state_dir, id, a), now))
		return REFRESH_TOO_SOON;
	if (lock >= 0 && write_time(dir, id, now))
		return REFRESH_ASKED;
	*reason = arena_printf(a, "%s/" REFRESH_DIR "/%s: %s; the folder must be the dashboard's user's, mode 0755", state_dir, id,
			       strerror(errno));
	return REFRESH_FAILED;
}
