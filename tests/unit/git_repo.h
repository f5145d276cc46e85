/*
 * tests/unit/git_repo.h -- a repository in a directory of its own, made by libgit2 for one test.
 */
#ifndef MC_TESTS_GIT_REPO_H
#define MC_TESTS_GIT_REPO_H

#include <ftw.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "probe/git.h"
#include "test.h"

#define COMMIT_TIME 1700000000

static char dir[64];
static struct arena *arena;

static inline const char *at(const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

static inline void put(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static inline void append(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int set_up(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024 * 1024);
	snprintf(dir, sizeof(dir), "%s", "/tmp/mc-git.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static inline int tear_down(void **state)
{
	(void)state;
	if (geteuid() == 0 && chown(dir, 0, 0) < 0)
		return -1;
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_freep(&arena);
	return 0;
}

static inline git_repository *make(bool is_bare)
{
	git_repository_init_options options;
	git_repository *repo = NULL;

	git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_MKPATH | (is_bare ? GIT_REPOSITORY_INIT_BARE : 0);
	options.initial_head = "main";
	assert_int_equal(git_repository_init_ext(&repo, dir, &options), 0);
	return repo;
}

/* Commits whatever the index holds; with `ref` "HEAD" onto the branch at HEAD. */
static inline git_oid commit(git_repository *repo, const char *ref, const git_oid *parent_id,
			     const char *message)
{
	git_signature *who;
	git_commit *parent = NULL;
	git_index *index;
	git_tree *tree;
	git_oid tree_id, id;

	assert_int_equal(git_signature_new(&who, "Backup", "backup@example.org", COMMIT_TIME, 330), 0);
	assert_int_equal(git_repository_index(&index, repo), 0);
	assert_int_equal(git_index_write_tree(&tree_id, index), 0);
	assert_int_equal(git_tree_lookup(&tree, repo, &tree_id), 0);
	if (parent_id)
		assert_int_equal(git_commit_lookup(&parent, repo, parent_id), 0);
	assert_int_equal(git_commit_create(&id, repo, ref, who, who, NULL, message, tree, parent ? 1 : 0,
					   (const git_commit **)&parent),
			 0);
	git_commit_free(parent);
	git_tree_free(tree);
	git_index_free(index);
	git_signature_free(who);
	return id;
}

static inline void add(git_repository *repo, const char *name)
{
	git_index *index;

	assert_int_equal(git_repository_index(&index, repo), 0);
	assert_int_equal(git_index_add_bypath(index, name), 0);
	assert_int_equal(git_index_write(index), 0);
	git_index_free(index);
}

/* A repository with one file and one commit, both branch and files in order. */
static inline git_oid make_clean(void)
{
	git_repository *repo = make(false);
	git_oid id;

	put("config.yaml", "model: x\n");
	add(repo, "config.yaml");
	id = commit(repo, "HEAD", NULL, "backup");
	git_repository_free(repo);
	return id;
}

static inline struct repo probe_at(const char *path)
{
	struct repo r = { 0 };

	probe_repo(&r, path, arena, clock_mono_us() + 30 * 1000000);
	if (r.probe.state != PROBE_OK) {
		assert_non_null(r.probe.reason);
		assert_null(strchr(r.probe.reason, '\n'));
	}
	return r;
}

static inline struct repo probe(void)
{
	return probe_at(dir);
}

static inline void expect_unknown(const char *words)
{
	struct repo r = probe();

	assert_int_equal(r.probe.state, PROBE_UNKNOWN);
	if (!r.probe.reason || !strstr(r.probe.reason, words))
		fail_msg("'%s' is not in: %s", words, r.probe.reason ? r.probe.reason : "(no reason)");
}

#endif
