/* The commit: the base's tree with the payload's paths changed, and nothing else. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backup/repo.h"
#include "backup/work_tree.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "probe/git_parts.h"
#include "probe/payload_kinds.h"
#include "model/upkeep.h"

#define AHEAD_MAX 500

static void free_index(git_index **index)
{
	git_index_free(*index);
}

static void free_tree(git_tree **tree)
{
	git_tree_free(*tree);
}

static void free_entry(git_tree_entry **entry)
{
	git_tree_entry_free(*entry);
}

static void free_blob(git_blob **blob)
{
	git_blob_free(*blob);
}

static void free_diff(git_diff **diff)
{
	git_diff_free(*diff);
}

static void free_walk(git_revwalk **walk)
{
	git_revwalk_free(*walk);
}

static void free_commit(git_commit **commit)
{
	git_commit_free(*commit);
}

static void free_signature(git_signature **who)
{
	git_signature_free(*who);
}

static void free_reference(git_reference **ref)
{
	git_reference_free(*ref);
}

static bool git_failed(struct backup *b, const char *what)
{
	const char *why = repo_git_error(b->a);

	return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s failed: %s; look at %s and whether its disk is full", what,
			   redact(b->redactor, why, b->a), b->in->backup_repo);
}

/* ---- open ---- */

static bool find_branch(struct backup *b, struct backup_repo *g)
{
	CLEANUP(free_reference) git_reference *head = NULL;
	const char *target;

	if (git_reference_lookup(&head, g->repo, "HEAD") < 0)
		return git_failed(b, "reading HEAD");
	target = git_reference_symbolic_target(head);
	if (!target || !str_starts(target, "refs/heads/"))
		return backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the repository %s is on no branch; check one out: git -C %s switch main", b->in->backup_repo,
				   b->in->backup_repo);
	g->ref = arena_strdup(b->a, target);
	g->branch = g->ref + strlen("refs/heads/");
	if (b->in->backup_branch && !str_eq(b->in->backup_branch, g->branch))
		return backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the repository %s is on branch %s, and backup.branch says %s; git -C %s switch %s",
				   b->in->backup_repo, str_clean(b->a, g->branch, strlen(g->branch), 80), b->in->backup_branch, b->in->backup_repo,
				   b->in->backup_branch);
	return true;
}

bool backup_repo_open(struct backup *b, struct backup_repo *g)
{
	struct repo r = { 0 };
	git_oid id;

	if (!repo_open(&r, b->in->backup_repo, b->a, &g->repo))
		return backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the repository cannot be used: %s", r.probe.reason);
	if (git_repository_state(g->repo) != GIT_REPOSITORY_STATE_NONE)
		return backup_fail(b, LOOP_REFUSED, EXIT_FAILED, "somebody is in the middle of a merge or rebase in %s; end it first: git -C %s status",
				   b->in->backup_repo, b->in->backup_repo);
	if (!find_branch(b, g))
		return false;
	if (git_reference_name_to_id(&id, g->repo, g->ref) < 0)
		return true; /* the first commit is ours */
	if (git_commit_lookup(&g->head, g->repo, &id) < 0)
		return git_failed(b, "reading the last commit");
	return true;
}

/* ---- the base ---- */

static git_tree *payload_of(git_repository *repo, const git_commit *commit)
{
	CLEANUP(free_tree) git_tree *top = NULL;
	CLEANUP(free_entry) git_tree_entry *entry = NULL;
	git_tree *tree = NULL;

	if (commit && git_commit_tree(&top, commit) == 0 && git_tree_entry_bypath(&entry, top, PAYLOAD_DIR) == 0 &&
	    git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		git_tree_lookup(&tree, repo, git_tree_entry_id(entry));
	return tree;
}

static bool is_payload_path(const char *path)
{
	return path && str_starts(path, PAYLOAD_DIR "/");
}

/* Whether a commit changes the payload alone: then a newer payload stands for it. */
static bool is_clean_backup(git_repository *repo, const git_oid *id)
{
	CLEANUP(free_commit) git_commit *commit = NULL;
	CLEANUP(free_commit) git_commit *parent = NULL;
	CLEANUP(free_tree) git_tree *tree = NULL;
	CLEANUP(free_tree) git_tree *before = NULL;
	CLEANUP(free_diff) git_diff *diff = NULL;

	if (git_commit_lookup(&commit, repo, id) < 0 || git_commit_parentcount(commit) > 1 || git_commit_tree(&tree, commit) < 0)
		return false;
	if (git_commit_parentcount(commit) == 1 && (git_commit_parent(&parent, commit, 0) < 0 || git_commit_tree(&before, parent) < 0))
		return false;
	if (git_diff_tree_to_tree(&diff, repo, before, tree, NULL) < 0)
		return false;
	for (size_t i = 0; i < git_diff_num_deltas(diff); i++) {
		const git_diff_delta *d = git_diff_get_delta(diff, i);

		if (!is_payload_path(d->new_file.path) || !is_payload_path(d->old_file.path))
			return false;
	}
	return true;
}

/* Whether all that is here and not there is backups. */
static bool only_backups_ahead(struct backup_repo *g)
{
	CLEANUP(free_walk) git_revwalk *walk = NULL;
	git_oid id;
	size_t n = 0;
	int rc;

	if (git_revwalk_new(&walk, g->repo) < 0 || git_revwalk_push(walk, git_commit_id(g->head)) < 0 ||
	    git_revwalk_hide(walk, git_commit_id(g->upstream)) < 0)
		return false;
	while ((rc = git_revwalk_next(&id, walk)) == 0)
		if (++n > AHEAD_MAX || !is_clean_backup(g->repo, &id))
			return false;
	return rc == GIT_ITEROVER;
}

bool backup_repo_base(struct backup *b, struct backup_repo *g)
{
	size_t ahead = 0, behind = 0;

	g->base = g->head;
	if (!g->upstream)
		return true;
	if (!g->head) {
		g->base = g->upstream;
		return true;
	}
	if (git_graph_ahead_behind(&ahead, &behind, g->repo, git_commit_id(g->head), git_commit_id(g->upstream)) < 0)
		return git_failed(b, "comparing with the remote");
	if (behind == 0)
		return true;
	if (ahead > 0 && !only_backups_ahead(g))
		return backup_fail(b, LOOP_REFUSED, EXIT_FAILED,
				   "%s and its remote have gone apart, and %zu commits here are not the backup's alone; bring them together by hand: git -C %s pull --rebase",
				   b->in->backup_repo, ahead, b->in->backup_repo);
	backup_say(b, ahead ? "the remote has gone on: the backup is made anew on top of it" : "the remote has gone on: %s follows", g->branch);
	g->base = g->upstream;
	return true;
}

/* ---- the tree ---- */

static void read_former(struct backup *b, struct backup_repo *g, const char **text, size_t *n)
{
	CLEANUP(free_tree) git_tree *payload = payload_of(g->repo, g->base);
	CLEANUP(free_blob) git_blob *blob = NULL;
	const git_tree_entry *entry = payload ? git_tree_entry_byname(payload, PAYLOAD_MANIFEST) : NULL;

	*text = NULL;
	*n = 0;
	if (!entry || git_blob_lookup(&blob, g->repo, git_tree_entry_id(entry)) < 0)
		return;
	*n = (size_t)git_blob_rawsize(blob);
	*text = arena_strndup(b->a, git_blob_rawcontent(blob), *n);
	backup_manifest_paths(*text, *n, &g->former, b->a);
}

static bool add_blob(struct backup_repo *g, git_index *index, struct backup *b, const char *path, const char *data, size_t n, unsigned mode)
{
	git_index_entry e = { .path = arena_printf(b->a, PAYLOAD_DIR "/%s", path),
			      .mode = mode & 0100 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB };

	return git_blob_create_from_buffer(&e.id, g->repo, data, n) == 0 && git_index_add(index, &e) == 0;
}

static bool fill_index(struct backup *b, struct backup_repo *g, git_index *index)
{
	CLEANUP(free_tree) git_tree *top = NULL;

	if (g->base && (git_commit_tree(&top, g->base) < 0 || git_index_read_tree(index, top) < 0))
		return false;
	for (size_t i = 0; i < g->former.n; i++)
		git_index_remove(index, arena_printf(b->a, PAYLOAD_DIR "/%s", g->former.list[i]), 0);
	for (size_t i = 0; i < b->n_files; i++)
		if (!add_blob(g, index, b, b->files[i].path, b->files[i].data, b->files[i].n, b->files[i].mode))
			return false;
	return add_blob(g, index, b, PAYLOAD_MANIFEST, g->manifest, g->n_manifest, 0644);
}

bool backup_repo_build(struct backup *b, struct backup_repo *g, bool *changed)
{
	CLEANUP(free_index) git_index *index = NULL;
	const char *old;
	size_t n_old;
	git_oid id;

	read_former(b, g, &old, &n_old);
	g->manifest = backup_manifest(b, old, n_old, &g->n_manifest);
	if (!g->manifest)
		return backup_fail(b, LOOP_REFUSED, EXIT_FAILED, "the list of the backup's files is too long; the home has too many");
	if (git_index_new(&index) < 0 || !fill_index(b, g, index) || git_index_write_tree_to(&id, index, g->repo) < 0 ||
	    git_tree_lookup(&g->tree, g->repo, &id) < 0)
		return git_failed(b, "making the tree");
	*changed = !g->base || git_oid_cmp(&id, git_commit_tree_id(g->base)) != 0;
	return true;
}

/* ---- what it means ---- */

static int64_t size_of(git_repository *repo, const git_diff_file *f)
{
	CLEANUP(free_blob) git_blob *blob = NULL;

	return git_blob_lookup(&blob, repo, &f->id) == 0 ? (int64_t)git_blob_rawsize(blob) : 0;
}

bool backup_repo_tell(struct backup *b, struct backup_repo *g)
{
	CLEANUP(free_tree) git_tree *before = NULL;
	CLEANUP(free_diff) git_diff *diff = NULL;

	if ((g->base && git_commit_tree(&before, g->base) < 0) || git_diff_tree_to_tree(&diff, g->repo, before, g->tree, NULL) < 0)
		return git_failed(b, "comparing with the last backup");
	b->row.changed = 0;
	for (size_t i = 0; i < git_diff_num_deltas(diff); i++) {
		const git_diff_delta *d = git_diff_get_delta(diff, i);
		bool gone = d->status == GIT_DELTA_DELETED;
		const char *path = (gone ? d->old_file.path : d->new_file.path) + strlen(PAYLOAD_DIR "/");
		const char *name = str_clean(b->a, path, strlen(path), 160);

		if (str_eq(path, PAYLOAD_MANIFEST))
			continue;
		b->row.changed++;
		if (gone)
			backup_say(b, "  gone     %s (%lld bytes)", name, (long long)size_of(g->repo, &d->old_file));
		else if (d->status == GIT_DELTA_ADDED)
			backup_say(b, "  added    %s (%lld bytes)", name, (long long)size_of(g->repo, &d->new_file));
		else
			backup_say(b, "  changed  %s (%lld bytes, was %lld)", name, (long long)size_of(g->repo, &d->new_file),
				   (long long)size_of(g->repo, &d->old_file));
	}
	return true;
}

/* ---- commit ---- */

/* Without angle brackets, and with a letter. */
const char *backup_author(const struct backup *b)
{
	char *name = str_clean(b->a, b->in->label, strlen(b->in->label), 100);
	bool has_letter = false;
	size_t n = 0;

	for (const char *p = name; *p; p++) {
		has_letter = has_letter || isalnum((unsigned char)*p) || (unsigned char)*p >= 0x80;
		if (*p != '<' && *p != '>')
			name[n++] = *p;
	}
	name[n] = '\0';
	return has_letter ? name : b->in->id;
}

static bool make_commit(struct backup *b, struct backup_repo *g, git_oid *id)
{
	CLEANUP(free_signature) git_signature *who = NULL;
	char host[256] = "localhost";
	const git_commit *parents[1] = { g->base };
	const char *message;

	gethostname(host, sizeof(host) - 1);
	if (git_signature_now(&who, backup_author(b), arena_printf(b->a, "%s@%s", b->in->id, host)) < 0)
		return git_failed(b, "signing the commit");
	message = arena_printf(b->a, "Backup of %s: %lld files, %lld changed\n", b->in->id, (long long)b->row.files, (long long)b->row.changed);
	if (git_commit_create(id, g->repo, NULL, who, who, "UTF-8", message, g->tree, g->base ? 1 : 0, g->base ? parents : NULL) < 0)
		return git_failed(b, "making the commit");
	return true;
}

/* Only if the branch is where it was when we looked: somebody may have committed meanwhile. */
static bool move_branch(struct backup *b, struct backup_repo *g, const git_oid *id)
{
	CLEANUP(free_reference) git_reference *ref = NULL;
	int rc;

	if (g->head && git_oid_cmp(git_commit_id(g->head), id) == 0)
		return true;
	rc = g->head ? git_reference_create_matching(&ref, g->repo, g->ref, id, 1, git_commit_id(g->head), "hmc backup")
		     : git_reference_create(&ref, g->repo, g->ref, id, 0, "hmc backup");
	if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS)
		return backup_fail(b, LOOP_FAILED, EXIT_TRY_LATER, "somebody committed to %s meanwhile; the next run goes on from there", g->branch);
	return rc == 0 || git_failed(b, "moving the branch");
}

/* The work tree comes first: until the branch moves, the next run finds all as it was and does it again. */
bool backup_repo_write(struct backup *b, struct backup_repo *g, bool changed)
{
	git_commit *made = NULL;
	git_oid id;
	bool ok;

	if (changed) {
		if (!make_commit(b, g, &id))
			return false;
	} else {
		git_oid_cpy(&id, git_commit_id(g->base));
	}
	ok = work_tree_settle(b, g) && move_branch(b, g, &id) && (git_commit_lookup(&made, g->repo, &id) == 0 || git_failed(b, "reading the commit"));
	if (!ok)
		return false;
	git_commit_free(g->head);
	g->head = made;
	g->base = NULL; /* it was borrowed */
	b->row.commit = arena_strdup(b->a, git_oid_tostr_s(&id));
	return true;
}

void backup_repo_done(struct backup_repo *g)
{
	git_tree_free(g->tree);
	git_commit_free(g->head);
	git_commit_free(g->upstream);
	git_repository_free(g->repo);
	*g = (struct backup_repo){ 0 };
}
