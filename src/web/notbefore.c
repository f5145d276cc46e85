#include "web/notbefore.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/replace.h"
#include "base/str.h"
#include "web/hex.h"
#include "web/token.h"

#define DIGITS        18 /* always all of them, so that a cut number is seen */
#define LOCK_WAIT_US  1000000

static void name_of(const char *sub, char out[TOKEN_ID_SIZE])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)sub, strlen(sub), hash);
	hex_encode(hash, sizeof(hash), out);
}

static int open_marks(const char *state_dir, struct arena *a)
{
	return open(arena_printf(a, "%s/auth/not-before", state_dir), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static const char *cannot(struct arena *a, const char *state_dir, const char *what, const char *why)
{
	return arena_printf(a, "The list of people whose sign-ins were ended (%s/auth/not-before) cannot be %s: %s.",
			    state_dir, what, why);
}

/* 1 with the mark's second, 0 where there is none, -1 with errno (EBADMSG: it is no number). */
static int read_mark(int dir, const char *name, int64_t *at)
{
	CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char text[DIGITS + 1] = "";
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	n = read(fd, text, DIGITS);
	if (n < 0)
		return -1;
	if (n == DIGITS && strspn(text, "0123456789") == DIGITS && str_parse_i64(text, 0, INT64_MAX, at))
		return 1;
	errno = EBADMSG;
	return -1;
}

enum denied_answer notbefore_refuses(const char *state_dir, const char *sub, int64_t issued_at, struct arena *a,
				     const char **reason)
{
	CLEANUP_FD int dir = open_marks(state_dir, a);
	char name[TOKEN_ID_SIZE];
	int64_t at = 0;
	int found;

	name_of(sub, name);
	found = dir < 0 ? -1 : read_mark(dir, name, &at);
	if (found < 0) {
		*reason = cannot(a, state_dir, "examined", strerror(errno));
		return DENIED_UNKNOWN;
	}
	return found && issued_at <= at ? DENIED_YES : DENIED_NO;
}

/* Root writes here too, by hmc; the folder's owner must be able to go on. */
static int lock_marks(int dir)
{
	int fd = replace_lock(dir, LOCK_WAIT_US);
	struct stat st;

	if (fd >= 0 && geteuid() == 0 && fstat(dir, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

bool notbefore_set(const char *state_dir, const char *sub, int64_t now, struct arena *a, const char **reason)
{
	CLEANUP_FD int dir = open_marks(state_dir, a);
	CLEANUP_FD int lock = dir < 0 ? -1 : lock_marks(dir);
	char name[TOKEN_ID_SIZE], text[DIGITS + 1];
	int64_t at = 0;

	if (lock < 0) {
		*reason = cannot(a, state_dir, "written", strerror(errno));
		return false;
	}
	name_of(sub, name);
	if (read_mark(dir, name, &at) == 1 && at >= now)
		return true;
	snprintf(text, sizeof(text), "%0*lld", DIGITS, (long long)now);
	/* Nobody but its owner may enter the folder; 0644 lets that owner read what root wrote. */
	if (replace_file(dir, name, text, DIGITS, 0644) == 0)
		return true;
	*reason = cannot(a, state_dir, "written", strerror(errno));
	return false;
}
