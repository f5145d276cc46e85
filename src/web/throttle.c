#include "web/throttle.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* A second since the epoch, 0 = free, and whose it was. */
struct event {
	int64_t at;
	uint64_t who;
};

/* The file's whole content. Local to this machine, so in its byte order. */
struct tries {
	struct event tries[THROTTLE_TRIES];
	struct event opened[THROTTLE_OPENED];
};

/* 0 for nobody in particular. */
static uint64_t number_of(const char *subject)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	uint64_t n;

	if (!subject)
		return 0;
	SHA256((const unsigned char *)subject, strlen(subject), hash);
	memcpy(&n, hash, sizeof(n));
	return n ? n : 1;
}

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
static bool is_recent(int64_t at, int64_t now, int64_t window_s)
{
	return at > 0 && at <= now && at > now - window_s;
}

/* How many of that window were whose; *oldest is the first of them. */
static size_t count(const struct event *list, size_t n, uint64_t who, int64_t now, int64_t window_s, int64_t *oldest)
{
	size_t found = 0;

	*oldest = now;
	for (size_t i = 0; i < n; i++) {
		if (list[i].who != who || !is_recent(list[i].at, now, window_s))
			continue;
		found++;
		if (list[i].at < *oldest)
			*oldest = list[i].at;
	}
	return found;
}

/* The place of the oldest, or one that is free. */
static struct event *oldest_place(struct event *list, size_t n, int64_t now, int64_t window_s)
{
	struct event *oldest = &list[0];

	for (size_t i = 0; i < n; i++) {
		if (!is_recent(list[i].at, now, window_s))
			return &list[i];
		if (list[i].at < oldest->at)
			oldest = &list[i];
	}
	return oldest;
}

static bool refuse(int64_t oldest, int64_t window_s, int64_t now, const char *why, int64_t *wait_s, const char **error)
{
	*wait_s = oldest + window_s - now;
	*error = why;
	return false;
}

static bool write_down(int fd, struct tries *t, struct event *place, uint64_t who, int64_t now, const char **error)
{
	*place = (struct event){ now, who };
	if (store(fd, t))
		return true;
	*error = "Sign-in tries cannot be counted: writing failed.";
	return false;
}

bool throttle_take(const char *state_dir, const char *subject, int64_t now, struct arena *a, int64_t *wait_s,
		   const char **error)
{
	struct tries t;
	CLEANUP_FD int fd = open_locked(state_dir, a, &t, error);
	uint64_t who = number_of(subject);
	struct event *place;
	int64_t oldest;

	*wait_s = 0;
	if (fd < 0)
		return false;
	if (count(t.tries, THROTTLE_TRIES, who, now, THROTTLE_WINDOW_S, &oldest) >= THROTTLE_TRIES_EACH)
		return refuse(oldest, THROTTLE_WINDOW_S, now, "Too many tries to sign in as one person failed.", wait_s, error);
	place = oldest_place(t.tries, THROTTLE_TRIES, now, THROTTLE_WINDOW_S);
	if (is_recent(place->at, now, THROTTLE_WINDOW_S))
		return refuse(place->at, THROTTLE_WINDOW_S, now, "Too many tries to sign in failed.", wait_s, error);
	return write_down(fd, &t, place, who, now, error);
}

void throttle_give_back(const char *state_dir, const char *subject, int64_t now, struct arena *a)
{
	const char *ignored;
	struct tries t;
	CLEANUP_FD int fd = open_locked(state_dir, a, &t, &ignored);
	uint64_t who = number_of(subject);

	if (fd < 0)
		return;
	for (size_t i = 0; i < THROTTLE_TRIES; i++) {
		if (t.tries[i].at == now && t.tries[i].who == who) {
			t.tries[i].at = 0;
			store(fd, &t);
			return;
		}
	}
}

bool throttle_open(const char *state_dir, const char *subject, int64_t now, struct arena *a, int64_t *wait_s,
		   const char **error)
{
	struct tries t;
	CLEANUP_FD int fd = open_locked(state_dir, a, &t, error);
	uint64_t who = number_of(subject);
	int64_t oldest;

	*wait_s = 0;
	if (fd < 0)
		return false;
	if (count(t.opened, THROTTLE_OPENED, who, now, THROTTLE_HOUR_S, &oldest) >= THROTTLE_OPENED_EACH)
		return refuse(oldest, THROTTLE_HOUR_S, now, "Too many sessions of one person were opened within an hour.",
			      wait_s, error);
	return write_down(fd, &t, oldest_place(t.opened, THROTTLE_OPENED, now, THROTTLE_HOUR_S), who, now, error);
}
