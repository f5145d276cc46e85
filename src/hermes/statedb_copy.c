#include "hermes/statedb_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/files.h"

#define CHUNK (64 * 1024)

static bool write_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t done = write(fd, data, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data += done;
		n -= (size_t)done;
	}
	return true;
}

/* Copies at most STATEDB_COPY_MAX bytes, whatever the file grows to meanwhile. */
static bool pump(int from, int to)
{
	CLEANUP_FREE char *chunk = malloc(CHUNK);
	int64_t total = 0;

	while (chunk && total <= STATEDB_COPY_MAX) {
		ssize_t n = read(from, chunk, CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		if (!write_all(to, chunk, (size_t)n))
			return false;
		total += n;
	}
	return false;
}

static const char *copy_one(const char *from_dir, const char *to_dir, const char *name, struct arena *a)
{
	const struct file_rules rules = { .max_bytes = (size_t)STATEDB_COPY_MAX, .owner_uid = -1 };
	CLEANUP_FD int from = -1;
	CLEANUP_FD int to = -1;
	const char *reason;

	if (file_open_beneath(from_dir, name, &rules, a, &from, NULL, &reason) != FILE_OK)
		return reason;
	to = open(arena_printf(a, "%s/%s", to_dir, name),
		  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (to < 0 || !pump(from, to))
		return arena_printf(a, "%s cannot be copied to read it: %s", name, strerrordesc_np(errno));
	return NULL;
}

const char *statedb_copy_make(struct statedb_copy *c, const char *home, const char *const *names, int n_names,
			      const struct statedb_files *files, struct arena *a)
{
	const char *tmp = secure_getenv("TMPDIR");
	const char *reason = NULL;
	int64_t total = 0;

	for (int i = 0; i < n_names; i++)
		total += files->st[i].st_size;
	if (total > STATEDB_COPY_MAX)
		return arena_printf(a,
				    "%s cannot be read in place, and with %" PRId64
				    " MiB it is too large to copy: let the exporter write to its directory",
				    names[STATEDB_MAIN], total >> 20);
	c->dir = strdup(arena_printf(a, "%s/hmc-state.XXXXXX", tmp && *tmp == '/' ? tmp : "/tmp"));
	if (!c->dir || !mkdtemp(c->dir)) {
		free(TAKE_PTR(c->dir));
		return arena_printf(a, "%s cannot be copied to read it: %s", names[STATEDB_MAIN],
				    strerrordesc_np(errno));
	}
	for (int i = 0; i < n_names && !reason; i++)
		if (files->st[i].st_nlink && i != STATEDB_SHM)
			reason = copy_one(home, c->dir, names[i], a);
	return reason;
}

/* All that is in it is ours: the copies, and what SQLite made beside them. */
void statedb_copy_remove(struct statedb_copy *c)
{
	CLEANUP_DIR DIR *d = c->dir ? opendir(c->dir) : NULL;
	struct dirent *e;

	if (!c->dir)
		return;
	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	rmdir(c->dir);
	free(TAKE_PTR(c->dir));
}
