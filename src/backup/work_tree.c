#include "backup/work_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/replace.h"
#include "base/str.h"
#include "model/upkeep.h"
#include "probe/git_parts.h"
#include "probe/payload_kinds.h"

static void free_index(git_index **index)
{
	git_index_free(*index);
}

static bool stands_in_the_way(struct backup *b, const char *path, int error)
{
	return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s/%s cannot be written: %s; %s", PAYLOAD_DIR, str_clean(b->a, path, strlen(path), 160),
			   strerrordesc_np(error),
			   error == ENOSPC || error == EDQUOT ? "make room on the disk" : "look what stands there in the work tree");
}

/* A folder below `top`, made where it is missing, by no link; -1 with errno. */
static int open_below(int top, const char *name, bool make)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };

	if (make && mkdirat(top, name, 0700) < 0 && errno != EEXIST)
		return -1;
	return (int)syscall(SYS_openat2, top, name, &how, sizeof(how));
}

/* The folder that holds path, and its last name; -1 with errno. */
static int open_parent(int top, const char *path, bool make, const char **name, struct arena *a)
{
	int dir = dup(top);
	const char *slash;

	while (dir >= 0 && (slash = strchr(path, '/'))) {
		int next = open_below(dir, arena_strndup(a, path, (size_t)(slash - path)), make), why = errno;

		close(dir);
		errno = why;
		dir = next;
		path = slash + 1;
	}
	*name = path;
	return dir;
}

/* Whether the file there already is what it should be. */
static bool is_so(int dir, const char *name, const char *data, size_t n, unsigned mode, struct arena *a)
{
	CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	char *is;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size != (off_t)n || ((st.st_mode ^ mode) & 0100))
		return false;
	is = arena_alloc(a, n + 1);
	return io_read(fd, is, n) == (ssize_t)n && memcmp(is, data, n) == 0;
}

static bool put_file(struct backup *b, int top, const char *path, const char *data, size_t n, unsigned mode)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(BACKUP_FILE_MAX + 20 * 1024 * 1024);
	CLEANUP_FD int dir = -1;
	const char *name;

	dir = open_parent(top, path, true, &name, scratch);
	if (dir < 0)
		return stands_in_the_way(b, path, errno);
	if (!is_so(dir, name, data, n, mode, scratch) && replace_file(dir, name, data, n, mode & 0100 ? 0700 : 0600) < 0)
		return stands_in_the_way(b, path, errno);
	return true;
}

static bool is_kept(const struct backup *b, const char *path)
{
	size_t lo = 0, hi = b->n_files;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int order = backup_compare_paths(path, b->files[mid].path);

		if (order == 0)
			return true;
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return false;
}

/* Takes a file away that an earlier backup wrote, and the folders that are empty then. */
static void take_away(int top, const char *path, struct arena *a)
{
	const char *name;
	int dir = open_parent(top, path, false, &name, a);

	if (dir < 0)
		return;
	unlinkat(dir, name, 0);
	close(dir);
	for (char *folder = arena_strdup(a, path), *slash; (slash = strrchr(folder, '/'));) {
		*slash = '\0';
		dir = open_parent(top, folder, false, &name, a);
		if (dir < 0 || unlinkat(dir, name, AT_REMOVEDIR) < 0)
			slash = NULL;
		if (dir >= 0)
			close(dir);
		if (!slash)
			return;
	}
}

static bool write_files(struct backup *b, struct backup_repo *g)
{
	CLEANUP_FD int work = open(git_repository_workdir(g->repo), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int top = -1;

	if (work < 0)
		return stands_in_the_way(b, "", errno);
	top = open_below(work, PAYLOAD_DIR, true);
	if (top < 0)
		return stands_in_the_way(b, "", errno);
	for (size_t i = 0; i < g->former.n; i++)
		if (!is_kept(b, g->former.list[i]))
			take_away(top, g->former.list[i], b->a);
	for (size_t i = 0; i < b->n_files; i++)
		if (!put_file(b, top, b->files[i].path, b->files[i].data, b->files[i].n, b->files[i].mode))
			return false;
	return put_file(b, top, PAYLOAD_MANIFEST, g->manifest, g->n_manifest, 0644);
}

/* What the remote has of others, where it has gone on: never over what somebody changed here. */
static bool follow_base(struct backup *b, struct backup_repo *g)
{
	git_checkout_options opts;

	if (!g->base || g->base == g->head)
		return true;
	git_checkout_options_init(&opts, GIT_CHECKOUT_OPTIONS_VERSION);
	opts.checkout_strategy = GIT_CHECKOUT_SAFE | GIT_CHECKOUT_RECREATE_MISSING;
	opts.disable_filters = 1;
	if (git_checkout_tree(g->repo, (const git_object *)g->base, &opts) == 0)
		return true;
	return backup_fail(b, LOOP_REFUSED, EXIT_FAILED, "what the remote has cannot be brought into %s: %s; look at git -C %s status", b->in->backup_repo,
			   repo_git_error(b->a), b->in->backup_repo);
}

/* ---- index ---- */

static bool put_entry(git_repository *repo, git_index *index, const git_tree_entry *entry, const char *path)
{
	const git_index_entry *is = git_index_get_bypath(index, path, 0);
	CLEANUP_FD int work = open(git_repository_workdir(repo), O_PATH | O_DIRECTORY | O_CLOEXEC);
	git_index_entry e = { .path = path, .id = *git_tree_entry_id(entry), .mode = git_tree_entry_filemode(entry) };
	struct stat st;

	if (is && git_oid_equal(&is->id, &e.id) && is->mode == e.mode)
		return true;
	if (work >= 0 && fstatat(work, path, &st, AT_SYMLINK_NOFOLLOW) == 0) { /* so that git need not read it again */
		e.file_size = (uint32_t)st.st_size;
		e.mtime = (git_index_time){ (int32_t)st.st_mtim.tv_sec, (uint32_t)st.st_mtim.tv_nsec };
		e.ctime = (git_index_time){ (int32_t)st.st_ctim.tv_sec, (uint32_t)st.st_ctim.tv_nsec };
		e.dev = (uint32_t)st.st_dev;
		e.ino = (uint32_t)st.st_ino;
		e.uid = st.st_uid;
		e.gid = st.st_gid;
	}
	return git_index_add(index, &e) == 0;
}

static bool fill_index(struct backup *b, struct backup_repo *g, git_index *index)
{
	for (size_t i = 0; i < g->former.n; i++)
		if (!is_kept(b, g->former.list[i]))
			git_index_remove(index, arena_printf(b->a, PAYLOAD_DIR "/%s", g->former.list[i]), 0);
	for (size_t i = 0; i <= b->n_files; i++) {
		const char *path = arena_printf(b->a, PAYLOAD_DIR "/%s", i < b->n_files ? b->files[i].path : PAYLOAD_MANIFEST);
		git_tree_entry *entry = NULL;
		bool ok = git_tree_entry_bypath(&entry, g->tree, path) == 0 && put_entry(g->repo, index, entry, path);

		git_tree_entry_free(entry);
		if (!ok)
			return false;
	}
	return true;
}

static bool write_index(struct backup *b, struct backup_repo *g)
{
	CLEANUP(free_index) git_index *index = NULL;
	const char *lock = arena_printf(b->a, "%sindex.lock", git_repository_path(g->repo));

	if (access(lock, F_OK) == 0)
		return backup_fail(b, LOOP_FAILED, EXIT_TRY_LATER, "%s is locked by another git; if none runs, remove %s", b->in->backup_repo, lock);
	if (git_repository_index(&index, g->repo) == 0 && fill_index(b, g, index) && git_index_write(index) == 0)
		return true;
	return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "the index of %s cannot be written: %s; is its disk full?", b->in->backup_repo,
			   repo_git_error(b->a));
}

bool work_tree_settle(struct backup *b, struct backup_repo *g)
{
	if (!git_repository_workdir(g->repo))
		return true; /* a bare one has neither */
	return follow_base(b, g) && write_files(b, g) && write_index(b, g);
}
