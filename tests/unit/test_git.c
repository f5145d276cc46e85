/* A backup repository in good order. */
#include "git_repo.h"

static void not_configured_is_inactive(void **state)
{
	struct repo r = probe_at(NULL);

	(void)state;
	assert_int_equal(r.probe.state, PROBE_INACTIVE);
	assert_string_equal(r.probe.reason, "not configured");
}

static void a_missing_directory_is_inactive(void **state)
{
	struct repo r = probe_at("/nonexistent/repo");

	(void)state;
	assert_int_equal(r.probe.state, PROBE_INACTIVE);
	assert_string_equal(r.probe.reason, "no such directory: /nonexistent/repo");
	assert_int_equal(r.ahead, COUNT_UNKNOWN);
}

static void a_directory_without_a_repository_is_inactive(void **state)
{
	(void)state;
	assert_int_equal(probe().probe.state, PROBE_INACTIVE);
	put("file", "");
	assert_int_equal(probe_at(at("file")).probe.state, PROBE_INACTIVE);
}

static void a_clean_repository_has_its_facts(void **state)
{
	git_oid id = make_clean();
	struct repo r = probe();
	char hex[8];

	(void)state;
	assert_int_equal(r.probe.state, PROBE_OK);
	assert_string_equal(r.branch, "main");
	assert_string_equal(r.head, git_oid_tostr(hex, sizeof(hex), &id));
	assert_int_equal(r.head_at, COMMIT_TIME);
	assert_int_equal(r.is_dirty, TRI_NO);
	assert_null(r.dirty_reason);
	assert_int_equal(r.ahead, COUNT_UNKNOWN);
}

static void a_link_to_the_repository_is_followed(void **state)
{
	struct repo r;

	(void)state;
	make_clean();
	const char *link = arena_printf(arena, "%s.link", dir);
	assert_int_equal(symlink(dir, link), 0);
	r = probe_at(link);
	unlink(link);
	assert_int_equal(r.probe.state, PROBE_OK);
	assert_int_equal(r.is_dirty, TRI_NO);
}

static void every_kind_of_change_is_dirty(void **state)
{
	git_repository *repo;

	(void)state;
	make_clean();
	put("config.yaml", "model: other\n");
	assert_int_equal(probe().is_dirty, TRI_YES);
	put("config.yaml", "model: x\n"); /* touched, but the same again */
	assert_int_equal(probe().is_dirty, TRI_NO);
	put("new", "untracked");
	assert_int_equal(probe().is_dirty, TRI_YES);
	assert_int_equal(git_repository_open(&repo, dir), 0);
	add(repo, "new");
	git_repository_free(repo);
	assert_int_equal(probe().is_dirty, TRI_YES); /* staged */
	remove(at("new"));
	remove(at("config.yaml"));
	assert_int_equal(probe().is_dirty, TRI_YES);
}

static void ignored_files_and_empty_directories_are_clean(void **state)
{
	(void)state;
	make_clean();
	append(".git/info/exclude", "*.log\n");
	put("a.log", "x");
	assert_int_equal(mkdir(at("empty"), 0700), 0);
	assert_int_equal(probe().is_dirty, TRI_NO);
}

static void looking_changes_nothing(void **state)
{
	struct stat before, after;

	(void)state;
	make_clean();
	put("config.yaml", "model: x\n");
	assert_int_equal(stat(at(".git/index"), &before), 0);
	probe();
	assert_int_equal(stat(at(".git/index"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void before_the_first_commit_there_is_no_head(void **state)
{
	struct repo r;

	(void)state;
	git_repository_free(make(false));
	r = probe();
	assert_int_equal(r.probe.state, PROBE_OK);
	assert_string_equal(r.branch, "main");
	assert_null(r.head);
	assert_int_equal(r.head_at, 0);
	assert_int_equal(r.is_dirty, TRI_NO);
}

static void a_detached_head_has_no_branch(void **state)
{
	git_oid id = make_clean();
	git_repository *repo;
	struct repo r;

	(void)state;
	assert_int_equal(git_repository_open(&repo, dir), 0);
	assert_int_equal(git_repository_set_head_detached(repo, &id), 0);
	git_repository_free(repo);
	r = probe();
	assert_int_equal(r.probe.state, PROBE_OK);
	assert_null(r.branch);
	assert_non_null(r.head);
	assert_int_equal(r.is_dirty, TRI_NO);
}

static void a_bare_repository_has_no_work_tree_to_compare(void **state)
{
	git_repository *repo = make(true);
	struct repo r;

	(void)state;
	commit(repo, "HEAD", NULL, "backup");
	git_repository_free(repo);
	r = probe();
	assert_int_equal(r.probe.state, PROBE_OK);
	assert_non_null(r.head);
	assert_int_equal(r.is_dirty, TRI_UNKNOWN);
	assert_non_null(strstr(r.dirty_reason, "bare"));
}

static void commits_are_counted_against_the_remote_tracking_branch(void **state)
{
	git_oid first = make_clean(), theirs;
	git_reference *ref;
	git_repository *repo;
	struct repo r;

	(void)state;
	append(".git/config", "[remote \"origin\"]\n\turl = https://example.org/x\n"
			      "\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
			      "[branch \"main\"]\n\tremote = origin\n\tmerge = refs/heads/main\n");
	assert_int_equal(probe().ahead, COUNT_UNKNOWN); /* never fetched: the branch it tracks is not there */
	assert_int_equal(git_repository_open(&repo, dir), 0);
	theirs = commit(repo, NULL, &first, "theirs");
	assert_int_equal(git_reference_create(&ref, repo, "refs/remotes/origin/main", &theirs, 0, NULL), 0);
	git_reference_free(ref);
	r = probe();
	assert_int_equal(r.ahead, 0);
	assert_int_equal(r.behind, 1);
	first = commit(repo, "HEAD", &first, "mine 1");
	commit(repo, "HEAD", &first, "mine 2");
	git_repository_free(repo);
	r = probe();
	assert_int_equal(r.ahead, 2);
	assert_int_equal(r.behind, 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(not_configured_is_inactive),
		T(a_missing_directory_is_inactive),
		T(a_directory_without_a_repository_is_inactive),
		T(a_clean_repository_has_its_facts),
		T(a_link_to_the_repository_is_followed),
		T(every_kind_of_change_is_dirty),
		T(ignored_files_and_empty_directories_are_clean),
		T(looking_changes_nothing),
		T(before_the_first_commit_there_is_no_head),
		T(a_detached_head_has_no_branch),
		T(a_bare_repository_has_no_work_tree_to_compare),
		T(commits_are_counted_against_the_remote_tracking_branch),
	};

	git_libgit2_init();
	return RUN_TESTS("git", tests);
}
