/* The folder that a drill restores into, and its end. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "drill/drill.h"

#define DEPTH_MAX 64
#define TAIL      "XXXXXX"

/* Everything in an open folder; links are removed, never followed. Takes fd. */
static void empty(int fd, int depth)
{
	CLEANUP_DIR DIR *d = fdopendir(fd);
	const struct dirent *e;

	if (!d) {
		close(fd);
		return;
	}
	while ((e = readdir(d))) {
		int below;

		if (str_eq(e->d_name, ".") || str_eq(e->d_name, "..") || unlinkat(dirfd(d), e->d_name, 0) == 0)
			continue;
		below = depth < DEPTH_MAX ? openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
		if (below >= 0)
			empty(below, depth + 1);
		unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	}
}

static const char *base_folder(void)
{
	const char *dir = secure_getenv("RUNTIME_DIRECTORY");

	if (!dir || *dir != '/' || strchr(dir, ':'))
		dir = secure_getenv("TMPDIR");
	return dir && *dir == '/' ? dir : "/tmp";
}

/* One that a killed run left: ours, of this instance, and locked by nobody. */
static void sweep_one(struct drill *d, int base, const char *name)
{
	CLEANUP_FD int fd = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_uid != geteuid() || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return;
	backup_say(&d->b, "an earlier drill was killed: its folder %s is taken away", name);
	empty(dup(fd), 0);
	unlinkat(base, name, AT_REMOVEDIR);
}

static void sweep(struct drill *d, const char *base, const char *prefix)
{
	CLEANUP_DIR DIR *dir = opendir(base);
	const struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (str_starts(e->d_name, prefix) && strlen(e->d_name) == strlen(prefix) + strlen(TAIL))
			sweep_one(d, dirfd(dir), e->d_name);
}

bool drill_scratch_make(struct drill *d)
{
	const char *base = base_folder(), *prefix = arena_printf(d->b.a, "hmc-drill.%s.", d->b.in->id);
	int n = snprintf(d->scratch, sizeof(d->scratch), "%s/%s" TAIL, base, prefix);

	sweep(d, base, prefix);
	if (n >= (int)sizeof(d->scratch) || !mkdtemp(d->scratch)) {
		int why = n >= (int)sizeof(d->scratch) ? ENAMETOOLONG : errno;

		d->scratch[0] = '\0';
		return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "no scratch folder can be made in %s: %s; set TMPDIR to a folder with room", base,
				   strerrordesc_np(why));
	}
	d->scratch_fd = open(d->scratch, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d->scratch_fd < 0 || flock(d->scratch_fd, LOCK_EX | LOCK_NB) < 0 || mkdirat(d->scratch_fd, "home", 0700) < 0)
		return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "the scratch folder %s cannot be used: %s", d->scratch, strerrordesc_np(errno));
	return true;
}

void drill_scratch_remove(struct drill *d)
{
	if (d->scratch_fd >= 0) {
		int fd = dup(d->scratch_fd);

		if (fd >= 0)
			empty(fd, 0);
	}
	if (d->scratch[0])
		rmdir(d->scratch);
}
