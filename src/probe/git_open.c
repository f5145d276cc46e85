#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/git_parts.h"

#define SMALL ((size_t)1024 * 1024)
#define LARGE ((size_t)16 * 1024 * 1024)

/*
 * What libgit2 opens by itself below the git directory. A named pipe among
 * them would hold the thread for ever.
 */
static const struct {
	const char *name;
	size_t max_bytes;
} git_files[] = {
	{ "HEAD", SMALL },
	{ "config", SMALL },
	{ "config.worktree", SMALL },
	{ "commondir", SMALL },
	{ "packed-refs", LARGE },
	{ "index", LARGE },
	{ "shallow", LARGE },
	{ "info/exclude", SMALL },
	{ "info/attributes", SMALL },
	{ "info/grafts", SMALL },
	{ "objects/info/alternates", SMALL },
};

/*
 * Options of libgit2 belong to the process: set once, before its first use,
 * and never again, so that a thread left behind cannot meet a change. That
 * is also why it is never shut down.
 */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void set_up(void)
{
	static const int levels[] = { GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
				      GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL };

	git_libgit2_init();
	/* An unreadable HOME would fail the open, and somebody's settings would change what we see. */
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
}

bool repo_is(struct repo *r, enum probe_state state, const char *reason)
{
	r->probe.state = state;
	r->probe.reason = reason;
	return false;
}

const char *repo_git_error(struct arena *a)
{
	const git_error *e = git_error_last();
	const char *message = e && e->message ? e->message : "libgit2 gave no reason";

	return str_clean(a, message, strlen(message), 200);
}

static bool is_mine(struct repo *r, const struct stat *st, const char *path, struct arena *a)
{
	if (st->st_uid == geteuid())
		return true;
	return repo_is(r, PROBE_UNKNOWN,
		       arena_printf(a, "%s belongs to user %u and is read only by its owner, not by user %u: "
				       "chown it to the instance's user",
				    path, (unsigned)st->st_uid, (unsigned)geteuid()));
}

bool repo_file_is_plain(struct repo *r, const char *git_dir, const char *name, size_t max_bytes,
			struct arena *a)
{
	struct stat st;

	if (lstat(arena_printf(a, "%s/%s", git_dir, name), &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return true;
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a, "%s of the repository cannot be looked at: %s", name,
					    strerrordesc_np(errno)));
	}
	if (!S_ISREG(st.st_mode))
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a, "%s of the repository is not a plain file", name));
	if (st.st_size > (off_t)max_bytes)
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a, "%s of the repository is too large: %lld bytes", name,
					    (long long)st.st_size));
	return true;
}

/* The directory that path names, as the kernel calls it. A missing one was found out, not missed. */
static bool find_directory(struct repo *r, const char *path, char real[PATH_MAX], struct arena *a)
{
	struct stat st;

	if (!realpath(path, real) || stat(real, &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return repo_is(r, PROBE_INACTIVE, arena_printf(a, "no such directory: %s", path));
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a, "%s cannot be opened: %s", path, strerrordesc_np(errno)));
	}
	if (!S_ISDIR(st.st_mode))
		return repo_is(r, PROBE_INACTIVE, arena_printf(a, "%s is a file, not a directory", path));
	return is_mine(r, &st, path, a);
}

static bool looks_bare(const char *dir, struct arena *a)
{
	struct stat st;

	return stat(arena_printf(a, "%s/objects", dir), &st) == 0 && S_ISDIR(st.st_mode) &&
	       lstat(arena_printf(a, "%s/HEAD", dir), &st) == 0;
}

/* Where the repository proper is: <path>/.git, or path itself when it is a bare one. */
static bool find_git_dir(struct repo *r, const char *path, const char *real, const char **git_dir,
			 struct arena *a)
{
	const char *inner = arena_printf(a, "%s/.git", real);
	struct stat st;

	*git_dir = inner;
	if (lstat(inner, &st) < 0) {
		if (errno != ENOENT)
			return repo_is(r, PROBE_UNKNOWN,
				       arena_printf(a, "%s/.git cannot be looked at: %s", path,
						    strerrordesc_np(errno)));
		*git_dir = real;
		return looks_bare(real, a) ||
		       repo_is(r, PROBE_INACTIVE,
			       arena_printf(a, "%s is not a git repository: it has no .git", path));
	}
	if (!S_ISDIR(st.st_mode))
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a,
					    "%s/.git is not a directory but points elsewhere "
					    "(a linked work tree); it is not followed",
					    path));
	return is_mine(r, &st, arena_printf(a, "%s/.git", path), a);
}

/* core.worktree could name /etc, and comparing would then list it. */
static bool work_tree_is_here(struct repo *r, git_repository *repo, const char *real, struct arena *a)
{
	const char *tree = git_repository_workdir(repo);
	char found[PATH_MAX];

	if (!tree)
		return true;
	if (realpath(tree, found) && strcmp(found, real) == 0)
		return true;
	return repo_is(r, PROBE_UNKNOWN,
		       arena_printf(a,
				    "its work tree lies elsewhere, at %s: unset core.worktree in its config",
				    str_clean(a, tree, strlen(tree), 200)));
}

bool repo_open(struct repo *r, const char *path, struct arena *a, git_repository **repo)
{
	char real[PATH_MAX];
	const char *git_dir;

	if (!find_directory(r, path, real, a) || !find_git_dir(r, path, real, &git_dir, a))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(git_files); i++) {
		if (!repo_file_is_plain(r, git_dir, git_files[i].name, git_files[i].max_bytes, a))
			return false;
	}
	if (!repo_file_is_plain(r, real, ".gitignore", SMALL, a) ||
	    !repo_file_is_plain(r, real, ".gitattributes", SMALL, a))
		return false;
	pthread_once(&once, set_up);
	if (git_repository_open_ext(repo, git_dir, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0)
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a, "the repository cannot be opened: %s", repo_git_error(a)));
	return work_tree_is_here(r, *repo, real, a);
}
