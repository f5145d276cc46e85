#include "probe/git.h"

#include <git2.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/git_parts.h"

#define REF_FILE_MAX 4096

static void free_repository(git_repository **repo)
{
	git_repository_free(*repo);
}

static void free_reference(git_reference **ref)
{
	git_reference_free(*ref);
}

static void free_commit(git_commit **commit)
{
	git_commit_free(*commit);
}

bool repo_is_ref(const char *name)
{
	int is_valid = 0;

	return str_starts(name, "refs/") && git_reference_name_is_valid(&is_valid, name) == 0 && is_valid;
}

static const char *short_name(const char *ref, struct arena *a)
{
	static const char heads[] = "refs/heads/";

	if (str_starts(ref, heads))
		ref += sizeof(heads) - 1;
	return str_clean(a, ref, strlen(ref), 200);
}

/*
 * Follows HEAD by hand, one step, because a branch's file is as able to be a
 * named pipe as any other. False with r->probe filled when HEAD is broken.
 */
static bool read_branch(struct repo *r, git_repository *repo, const char **ref_name, struct arena *a)
{
	CLEANUP(free_reference) git_reference *head = NULL;
	const char *target;

	*ref_name = NULL;
	if (git_reference_lookup(&head, repo, "HEAD") < 0)
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a, "its HEAD is damaged: %s", repo_git_error(a)));
	if (git_reference_type(head) != GIT_REFERENCE_SYMBOLIC)
		return true;
	target = git_reference_symbolic_target(head);
	if (!repo_is_ref(target))
		return repo_is(r, PROBE_UNKNOWN, "its HEAD is damaged: it names no branch");
	if (!repo_file_is_plain(r, git_repository_commondir(repo), target, REF_FILE_MAX, a))
		return false;
	*ref_name = arena_strdup(a, target);
	r->branch = short_name(target, a);
	return true;
}

/* The commit at HEAD; *commit stays NULL before the first one. False with r->probe filled. */
static bool read_commit(struct repo *r, git_repository *repo, git_commit **commit, struct arena *a)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_oid oid;
	int error = git_reference_name_to_id(&oid, repo, "HEAD");

	if (error == GIT_ENOTFOUND && r->branch)
		return true;
	if (error < 0)
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a, "its HEAD is damaged: %s", repo_git_error(a)));
	git_oid_tostr(hex, sizeof(hex), &oid);
	r->head = arena_strndup(a, hex, 7);
	if (git_commit_lookup(commit, repo, &oid) < 0)
		return repo_is(r, PROBE_UNKNOWN,
			       arena_printf(a, "the commit at its HEAD, %s, cannot be read: %s", r->head,
					    repo_git_error(a)));
	r->head_at = git_commit_time(*commit);
	return true;
}

/*
 * Against the remote-tracking branch as the last fetch or push left it: no
 * network. A branch that tracks nothing leaves both unknown.
 */
static bool read_distance(struct repo *r, git_repository *repo, const char *ref_name,
			  const git_commit *commit, struct arena *a)
{
	const char *upstream = repo_upstream(repo, ref_name, a);
	size_t ahead, behind;
	git_oid oid;

	if (!upstream)
		return true;
	if (!repo_file_is_plain(r, git_repository_commondir(repo), upstream, REF_FILE_MAX, a))
		return false;
	if (git_reference_name_to_id(&oid, repo, upstream) == 0 &&
	    git_graph_ahead_behind(&ahead, &behind, repo, git_commit_id(commit), &oid) == 0) {
		r->ahead = (int64_t)ahead;
		r->behind = (int64_t)behind;
	}
	return true;
}

bool repo_head(struct repo *r, git_repository *repo, const char **ref_name, git_commit **commit, struct arena *a)
{
	return read_branch(r, repo, ref_name, a) && read_commit(r, repo, commit, a);
}

static bool read_repo(struct repo *r, git_repository *repo, struct arena *a, int64_t deadline_us)
{
	CLEANUP(free_commit) git_commit *commit = NULL;
	const char *ref_name;

	if (!repo_head(r, repo, &ref_name, &commit, a))
		return false;
	if (commit && ref_name && !read_distance(r, repo, ref_name, commit, a))
		return false;
	return repo_compare(r, repo, commit, a, deadline_us);
}

void probe_repo(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	CLEANUP(free_repository) git_repository *repo = NULL;
	struct repo *r = out;
	const char *path = in;

	r->ahead = COUNT_UNKNOWN;
	r->behind = COUNT_UNKNOWN;
	if (!path) {
		repo_is(r, PROBE_INACTIVE, "not configured");
		return;
	}
	r->path = arena_strdup(a, path);
	r->probe.source = arena_printf(a, "the git repository %s", path);
	if (repo_open(r, path, a, &repo) && read_repo(r, repo, a, deadline_us))
		r->probe.state = PROBE_OK;
}
