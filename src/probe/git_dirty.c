#include <inttypes.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "probe/git_parts.h"

/*
 * libgit2 re-hashes what looks touched: 50,000 files took 4.6 s. A backup of
 * a home has a few hundred.
 */
#define ENTRIES_MAX 20000

/* Time kept back for the rest of the probe, so that "not checked" still arrives in time. */
#define MARGIN_US (150 * 1000)

/* Where a comparison stands; it ends with the first difference, or when time is up. */
struct comparison {
	int64_t stop_us;
	bool is_found;
	bool is_late;
};

static void free_index(git_index **index)
{
	git_index_free(*index);
}

static void free_tree(git_tree **tree)
{
	git_tree_free(*tree);
}

static int on_difference(const git_diff *so_far, const git_diff_delta *delta, const char *pathspec,
			 void *payload)
{
	struct comparison *c = payload;

	(void)so_far;
	(void)pathspec;
	/* Told before libgit2 has looked inside: it drops the directory again when nothing in it counts. */
	if (delta->new_file.mode == GIT_FILEMODE_TREE)
		return 0;
	c->is_found = true;
	return -1;
}

static int on_progress(const git_diff *so_far, const char *old_path, const char *new_path, void *payload)
{
	struct comparison *c = payload;

	(void)so_far;
	(void)old_path;
	(void)new_path;
	if (clock_mono_us() < c->stop_us)
		return 0;
	c->is_late = true;
	return -1;
}

/*
 * HEAD against the index, then the index against the files. Reads only: the
 * index is not refreshed, submodules and the inside of untracked directories
 * are left alone. Sets is_found; negative when it was stopped or failed.
 */
static int compare(git_repository *repo, git_tree *tree, git_index *index, struct comparison *c)
{
	git_diff_options options;
	git_diff *diff = NULL;
	int error;

	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_IGNORE_SUBMODULES;
	options.notify_cb = on_difference;
	options.progress_cb = on_progress;
	options.payload = c;
	error = git_diff_tree_to_index(&diff, repo, tree, index, &options);
	git_diff_free(diff);
	if (error < 0)
		return error;
	diff = NULL;
	error = git_diff_index_to_workdir(&diff, repo, index, &options);
	if (error == 0 && git_diff_num_deltas(diff) > 0)
		c->is_found = true;
	git_diff_free(diff);
	return error;
}

static void not_checked(struct repo *r, const char *reason)
{
	r->is_dirty = TRI_UNKNOWN;
	r->dirty_reason = reason;
}

bool repo_compare(struct repo *r, git_repository *repo, const git_commit *head, struct arena *a,
		  int64_t deadline_us)
{
	CLEANUP(free_index) git_index *index = NULL;
	CLEANUP(free_tree) git_tree *tree = NULL;
	struct comparison c = { .stop_us = deadline_us - MARGIN_US };
	size_t n;

	if (git_repository_is_bare(repo)) {
		not_checked(r, "a bare repository has no work tree");
		return true;
	}
	if (git_repository_index(&index, repo) < 0)
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a, "its index is damaged: %s", repo_git_error(a)));
	n = git_index_entrycount(index);
	if (n > ENTRIES_MAX) {
		not_checked(r, arena_printf(a, "not checked: %zu files are more than the %d that are compared",
					    n, ENTRIES_MAX));
		return true;
	}
	if ((!head || git_commit_tree(&tree, head) == 0) && (compare(repo, tree, index, &c) == 0 || c.is_found))
		r->is_dirty = c.is_found ? TRI_YES : TRI_NO;
	else if (c.is_late)
		not_checked(r, arena_printf(a, "not checked: comparing its %zu files took too long", n));
	else
		not_checked(r, arena_printf(a, "not checked: %s", repo_git_error(a)));
	return true;
}
