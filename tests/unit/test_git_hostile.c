/* A backup repository that is broken, hostile, or somebody else's. */
#include "git_repo.h"

/* Replaces a file of the repository by a pipe that nobody writes to: opening it would hang for ever. */
static void expect_pipe_refused(const char *name)
{
	remove(at(name));
	assert_int_equal(mkfifo(at(name), 0600), 0);
	expect_unknown("is not a plain file");
	remove(at(name));
}

static void pipes_in_place_of_files_do_not_block(void **state)
{
	(void)state;
	make_clean();
	expect_pipe_refused(".gitignore");
	expect_pipe_refused(".git/info/exclude");
	expect_pipe_refused(".git/packed-refs");
	expect_pipe_refused(".git/refs/heads/main");
	expect_pipe_refused(".git/index");
	expect_pipe_refused(".git/config");
	expect_pipe_refused(".git/HEAD");
}

static void a_pipe_as_the_tracked_branch_does_not_block(void **state)
{
	(void)state;
	make_clean();
	append(".git/config",
	       "[remote \"origin\"]\n\turl = x\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
	       "[branch \"main\"]\n\tremote = origin\n\tmerge = refs/heads/main\n");
	assert_int_equal(mkdir(at(".git/refs/remotes"), 0700), 0);
	assert_int_equal(mkdir(at(".git/refs/remotes/origin"), 0700), 0);
	expect_pipe_refused(".git/refs/remotes/origin/main");
}

static void a_pipe_in_place_of_a_tracked_file_is_a_change(void **state)
{
	(void)state;
	make_clean();
	remove(at("config.yaml"));
	assert_int_equal(mkfifo(at("config.yaml"), 0600), 0);
	assert_int_equal(probe().is_dirty, TRI_YES);
}

static void a_broken_head_is_unknown(void **state)
{
	static const char *const heads[] = { "", "garbage\n", "ref: \n",
					     "ref: refs/heads/../../../etc/passwd\n",
					     "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\n" };

	(void)state;
	make_clean();
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		put(".git/HEAD", heads[i]);
		expect_unknown("");
	}
	remove(at(".git/HEAD"));
	expect_unknown("cannot be opened");
}

static void a_broken_index_is_unknown(void **state)
{
	(void)state;
	make_clean();
	put(".git/index", "DIRCgarbage");
	expect_unknown("its index is damaged");
}

static void a_broken_config_is_unknown(void **state)
{
	(void)state;
	make_clean();
	put(".git/config", "[core\nrepositoryformatversion = x\n");
	expect_unknown("cannot be opened");
}

static void a_missing_commit_is_unknown_but_its_name_is_told(void **state)
{
	struct repo r;

	(void)state;
	make_clean();
	put(".git/refs/heads/main", "0123456789012345678901234567890123456789\n");
	r = probe();
	assert_int_equal(r.probe.state, PROBE_UNKNOWN);
	assert_non_null(strstr(r.probe.reason, "0123456"));
	assert_string_equal(r.head, "0123456");
}

static void a_missing_tree_leaves_dirty_unknown(void **state)
{
	git_oid id = make_clean();
	git_repository *repo;
	git_commit *c;
	char hex[GIT_OID_HEXSZ + 1];
	struct repo r;

	(void)state;
	assert_int_equal(git_repository_open(&repo, dir), 0);
	assert_int_equal(git_commit_lookup(&c, repo, &id), 0);
	git_oid_tostr(hex, sizeof(hex), git_commit_tree_id(c));
	git_commit_free(c);
	git_repository_free(repo);
	assert_int_equal(remove(at(arena_printf(arena, ".git/objects/%.2s/%s", hex, hex + 2))), 0);
	r = probe();
	assert_int_equal(r.probe.state, PROBE_OK);
	assert_int_equal(r.is_dirty, TRI_UNKNOWN);
	assert_non_null(r.dirty_reason);
}

static void a_work_tree_elsewhere_is_not_looked_at(void **state)
{
	(void)state;
	make_clean();
	append(".git/config", "[core]\n\tworktree = /etc\n");
	expect_unknown("its work tree lies elsewhere, at /etc/");
}

static void a_git_file_or_link_is_not_followed(void **state)
{
	(void)state;
	make_clean();
	assert_int_equal(rename(at(".git"), at("real")), 0);
	put(".git", "gitdir: real\n");
	expect_unknown("points elsewhere");
	remove(at(".git"));
	assert_int_equal(symlink("real", at(".git")), 0);
	expect_unknown("points elsewhere");
}

static void somebody_elses_repository_is_refused(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	make_clean();
	assert_int_equal(chown(dir, 65534, 65534), 0);
	expect_unknown("belongs to user 65534");
	assert_int_equal(chown(dir, 0, 0), 0);
	assert_int_equal(chown(at(".git"), 65534, 65534), 0);
	expect_unknown("belongs to user 65534");
}

/* A user whose own settings hide every new file, and an environment that points elsewhere. */
static char home[64];

static void write_user_settings(void)
{
	snprintf(home, sizeof(home), "/tmp/mc-git-home.XXXXXX");
	assert_non_null(mkdtemp(home));
	snprintf(dir, sizeof(dir), "%s", home);
	arena = arena_new(1024 * 1024);
	put(".gitconfig", arena_printf(arena, "[core]\n\texcludesFile = %s/ignore\n", home));
	put("ignore", "*\n");
	arena_freep(&arena);
	setenv("HOME", home, 1);
}

static void settings_of_the_user_are_not_read(void **state)
{
	(void)state;
	make_clean();
	put("new", "untracked");
	setenv("GIT_DIR", "/nonexistent", 1);
	setenv("GIT_WORK_TREE", "/etc", 1);
	assert_int_equal(probe().probe.state, PROBE_OK);
	assert_int_equal(probe().is_dirty, TRI_YES);
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
}

static void a_deadline_that_nears_leaves_dirty_unchecked(void **state)
{
	struct repo r = { 0 };

	(void)state;
	make_clean();
	probe_repo(&r, dir, arena, clock_mono_us());
	assert_int_equal(r.probe.state, PROBE_OK);
	assert_non_null(r.head);
	assert_int_equal(r.is_dirty, TRI_UNKNOWN);
	assert_non_null(strstr(r.dirty_reason, "took too long"));
}

static void more_files_than_the_cap_are_not_compared(void **state)
{
	git_repository *repo;
	git_index_entry e = { .mode = GIT_FILEMODE_BLOB };
	git_index *index;
	struct repo r;

	(void)state;
	make_clean();
	assert_int_equal(git_repository_open(&repo, dir), 0);
	assert_int_equal(git_blob_create_from_buffer(&e.id, repo, "x", 1), 0);
	assert_int_equal(git_repository_index(&index, repo), 0);
	for (int i = 0; i < 20001; i++) {
		e.path = arena_printf(arena, "f/%05d", i);
		assert_int_equal(git_index_add(index, &e), 0);
	}
	assert_int_equal(git_index_write(index), 0);
	git_index_free(index);
	git_repository_free(repo);
	r = probe();
	assert_int_equal(r.probe.state, PROBE_OK);
	assert_int_equal(r.is_dirty, TRI_UNKNOWN);
	assert_non_null(strstr(r.dirty_reason, "20002 files"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(pipes_in_place_of_files_do_not_block),
		T(a_pipe_as_the_tracked_branch_does_not_block),
		T(a_pipe_in_place_of_a_tracked_file_is_a_change),
		T(a_broken_head_is_unknown),
		T(a_broken_index_is_unknown),
		T(a_broken_config_is_unknown),
		T(a_missing_commit_is_unknown_but_its_name_is_told),
		T(a_missing_tree_leaves_dirty_unknown),
		T(a_work_tree_elsewhere_is_not_looked_at),
		T(a_git_file_or_link_is_not_followed),
		T(somebody_elses_repository_is_refused),
		T(settings_of_the_user_are_not_read),
		T(a_deadline_that_nears_leaves_dirty_unchecked),
		T(more_files_than_the_cap_are_not_compared),
	};

	int failed;

	write_user_settings(); /* read by libgit2 when it starts */
	git_libgit2_init();
	failed = RUN_TESTS("git_hostile", tests);
	nftw(home, remove_one, 4, FTW_DEPTH | FTW_PHYS);
	return failed;
}
