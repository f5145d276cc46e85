#include "web/denied.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "web/token.h"

#define EXPIRY_DIGITS 18  /* always all of them, so that a cut number is seen */
#define SWEEP_MAX     512 /* entries looked at in one go */
#define SWEEP_GRACE_S 300 /* a clock that is set back a little must not revive a token */

static int open_dir(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Makes the directory under at if need be and gives it the owner of the state directory. */
static int make_dir(int at, const char *name, const struct stat *owner)
{
	bool is_new = mkdirat(at, name, 0700) == 0;
	int fd;

	if (!is_new && errno != EEXIST)
		return -1;
	fd = open_dir(at, name);
	if (fd >= 0 && is_new && geteuid() == 0 && fchown(fd, owner->st_uid, owner->st_gid) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

bool denied_prepare(const char *state_dir, struct arena *a, const char **error)
{
	CLEANUP_FD int root = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (root < 0 || fstat(root, &st) < 0) {
		*error = arena_printf(a, "%s (stateDir): %s; create it and give it to the dashboard's user",
				      state_dir, strerror(errno));
		return false;
	}
	CLEANUP_FD int auth = make_dir(root, "auth", &st);
	static const char *const lists[] = { "denied", "not-before" };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		CLEANUP_FD int list = auth < 0 ? -1 : make_dir(auth, lists[i], &st);

		if (list >= 0)
			continue;
		*error = arena_printf(a, "%s/auth/%s: %s; create it and give it to the dashboard's user", state_dir,
				      lists[i], strerror(errno));
		return false;
	}
	return true;
}

static bool is_id(const char *id)
{
	return strlen(id) == TOKEN_ID_SIZE - 1 && strspn(id, "0123456789abcdef") == TOKEN_ID_SIZE - 1;
}

/* Opens <stateDir>/auth/denied; -1 with the reason. */
static int open_list(const char *state_dir, struct arena *a, const char **reason)
{
	int fd = open_dir(AT_FDCWD, arena_printf(a, "%s/auth/denied", state_dir));

	if (fd < 0)
		*reason = arena_printf(a, "The list of ended sign-ins (%s/auth/denied) cannot be examined: %s.",
				       state_dir, strerror(errno));
	return fd;
}

enum denied_answer denied_contains(const char *state_dir, const char *id, struct arena *a, const char **reason)
{
	CLEANUP_FD int dir = open_list(state_dir, a, reason);

	if (dir < 0)
		return DENIED_UNKNOWN;
	if (!is_id(id)) {
		*reason = "A token's id is malformed.";
		return DENIED_UNKNOWN;
	}
	if (faccessat(dir, id, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return DENIED_YES;
	if (errno == ENOENT)
		return DENIED_NO;
	*reason = arena_printf(a, "The list of ended sign-ins (%s/auth/denied) cannot be examined: %s.",
			       state_dir, strerror(errno));
	return DENIED_UNKNOWN;
}

/* When the entry may go; one without full figures (its writer died) after the longest life of any token. */
static int64_t entry_expiry(int dir, const char *name)
{
	CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char text[EXPIRY_DIGITS + 1] = "";
	struct stat st;
	int64_t t;

	if (fd >= 0 && read(fd, text, EXPIRY_DIGITS) == EXPIRY_DIGITS && str_parse_i64(text, 0, INT64_MAX, &t))
		return t;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return INT64_MAX;
	return (int64_t)st.st_mtime + TOKEN_LIFETIME_MAX_S;
}

static void sweep(int dir, int64_t now)
{
	int fd = open_dir(dir, ".");
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (int i = 0; i < SWEEP_MAX && (e = readdir(d)) != NULL; i++) {
		int64_t expiry;

		if (!is_id(e->d_name))
			continue;
		expiry = entry_expiry(dir, e->d_name);
		if (expiry < INT64_MAX - SWEEP_GRACE_S && expiry + SWEEP_GRACE_S < now)
			unlinkat(dir, e->d_name, 0);
	}
	closedir(d);
}

enum denied_answer denied_add(const char *state_dir, const char *id, int64_t expires_at, int64_t now,
			      struct arena *a, const char **reason)
{
	CLEANUP_FD int dir = open_list(state_dir, a, reason);
	char text[EXPIRY_DIGITS + 1];
	ssize_t written;

	if (dir < 0)
		return DENIED_UNKNOWN;
	if (!is_id(id)) {
		*reason = "A token's id is malformed.";
		return DENIED_UNKNOWN;
	}
	sweep(dir, now);
	/* Nobody but its owner may enter the folder; 0644 lets that owner read what root wrote, by hmc. */
	CLEANUP_FD int fd = openat(dir, id, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0 && errno == EEXIST)
		return DENIED_NO;
	if (fd < 0) {
		*reason = arena_printf(a, "The list of ended sign-ins (%s/auth/denied) cannot be written: %s.",
				       state_dir, strerror(errno));
		return DENIED_UNKNOWN;
	}
	/* The name alone denies. Where a full disk cuts the figures short, the sweep does not believe them. */
	snprintf(text, sizeof(text), "%0*lld", EXPIRY_DIGITS, (long long)expires_at);
	written = write(fd, text, EXPIRY_DIGITS);
	(void)written;
	(void)!fchmod(fd, 0644);
	/* The denial must outlive a power cut, or an ended session or a used link comes back. */
	fsync(fd);
	fsync(dir);
	return DENIED_YES;
}
