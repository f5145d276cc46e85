/*
 * probe/git_parts.h -- the steps of probe_repo(), for git*.c alone.
 */
#ifndef MC_PROBE_GIT_PARTS_H
#define MC_PROBE_GIT_PARTS_H

#include <git2.h>
#include <stdbool.h>

#include "model/repo.h"
#include "probe/git.h"

/* Fills the head of the reading; always false, so that a check can end with it. */
bool repo_is(struct repo *r, enum probe_state state, const char *reason);

/* What libgit2 said last in this thread, one clean line in `a`. */
const char *repo_git_error(struct arena *a);

/*
 * Opens the repository at path after looking that it is the caller's own, that
 * none of its files can block, and that its work tree is where it is thought
 * to be. False with r->probe filled when it may not or cannot be read.
 */
bool repo_open(struct repo *r, const char *path, struct arena *a, git_repository **repo);

/*
 * True when name below the git directory is a plain file or not there: what
 * libgit2 may open without hanging on a pipe. False with r->probe filled.
 */
bool repo_file_is_plain(struct repo *r, const char *git_dir, const char *name, size_t max_bytes,
			struct arena *a);

/* True for a name below refs/ that git would allow: one that leads nowhere else on disk. NULL is none. */
bool repo_is_ref(const char *name);

/* The remote-tracking branch that the branch ref_name follows, in `a`; NULL when it follows none. */
const char *repo_upstream(git_repository *repo, const char *ref_name, struct arena *a);

/*
 * The branch that HEAD is on (ref_name, NULL when detached) and its commit
 * (NULL before the first one; git_commit_free). False with r->probe filled
 * when HEAD is broken.
 */
bool repo_head(struct repo *r, git_repository *repo, const char **ref_name, git_commit **commit, struct arena *a);

/* Fills is_dirty and dirty_reason. False with r->probe filled when the index is damaged. */
bool repo_compare(struct repo *r, git_repository *repo, const git_commit *head, struct arena *a,
		  int64_t deadline_us);

#endif
