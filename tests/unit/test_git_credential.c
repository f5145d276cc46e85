/* With what a backup is pushed, from the files of real repositories, some of them hostile. */
#include "git_repo.h"

#include <fcntl.h>
#include <pwd.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/instance.h"
#include "probe/git_credential.h"

#define PLANTED "ghp_PLANTEDplantedPLANTEDplanted0123456"
#define PUBLIC_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFiTt7PE2MwRHfIQeonOLyZkQXjesUrNkw8QCKuehqfD comment of somebody\n"

static const char *key; /* backup.key of the next probe */

static struct push_credential look(void)
{
	const struct instance in = { .backup_repo = dir, .backup_key = key };
	struct push_credential c = { 0 };

	probe_credential(&c, &in, arena, clock_mono_us() + 30 * 1000000);
	if (c.probe.state != PROBE_OK) {
		assert_non_null(c.probe.reason);
		assert_null(strchr(c.probe.reason, '\n'));
	}
	return c;
}

static void configure(const char *text)
{
	make_clean();
	append(".git/config", text);
}

static struct push_credential look_at(const char *text)
{
	configure(text);
	return look();
}

static const char *my_name(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	return pw ? pw->pw_name : arena_printf(arena, "%u", geteuid());
}

static void push(const char *who_logs, const char *what)
{
	mkdir(at(".git/logs/refs/remotes"), 0755);
	mkdir(at(".git/logs/refs/remotes/origin"), 0755);
	mkdir(at(".git/refs/remotes"), 0755);
	mkdir(at(".git/refs/remotes/origin"), 0755);
	append(".git/logs/refs/remotes/origin/main", who_logs);
	append(".git/logs/refs/remotes/origin/main", what);
	put(".git/refs/remotes/origin/main", "0123456789012345678901234567890123456789\n");
}

#define OIDS "0000000000000000000000000000000000000000 0123456789012345678901234567890123456789 "

static void a_repository_without_a_remote_pushes_nothing(void **state)
{
	(void)state;
	assert_int_equal(look_at("").probe.state, PROBE_INACTIVE);
}

static void no_repository_is_no_doubt(void **state)
{
	struct push_credential c = { 0 };
	const struct instance none = { 0 };

	(void)state;
	assert_int_equal(look().probe.state, PROBE_INACTIVE);
	probe_credential(&c, &none, arena, 0);
	assert_int_equal(c.probe.state, PROBE_INACTIVE);
	assert_string_equal(c.probe.reason, "not configured");
}

static void where_it_is_pushed_is_shown_without_what_is_secret(void **state)
{
	static const struct {
		const char *url, *shown, *transport;
		bool is_token;
	} cases[] = {
		{ "git@github.com:org/repo.git", "github.com:org/repo.git", "ssh", false },
		{ "ssh://git@host:2222/org/repo", "ssh://host:2222/org/repo", "ssh", false },
		{ "https://github.com/org/repo", "https://github.com/org/repo", "https", false },
		{ "https://uma@github.com/org/repo", "https://github.com/org/repo", "https", false },
		{ "https://uma:" PLANTED "@github.com/org/repo", "https://github.com/org/repo", "https", true },
		{ "https://" PLANTED "@github.com/org/repo", "https://github.com/org/repo", "https", true },
		{ "https://uma:pa/" PLANTED "@github.com/org/repo", "https://github.com/org/repo", "https", true },
		{ "https://uma:pa\\\\#" PLANTED "@github.com/org/repo", "https://github.com/org/repo", "https", true },
		{ "HTTPS://github.com/org/repo?access_token=" PLANTED, "https://github.com/org/repo", "https", true },
		{ "uma:" PLANTED "@github.com:org/repo", "github.com:org/repo", "ssh", true },
		{ "http://[fd7a::1]:80/repo", "http://[fd7a::1]:80/repo", "http", false },
		{ "git://host/repo", "git://host/repo", "git", false },
		{ "/srv/backup.git", "/srv/backup.git", "file", false },
		{ "file:///srv/backup.git", "file:///srv/backup.git", "file", false },
		{ "ext::sh -c " PLANTED, "by a remote helper", NULL, false },
		{ "\\\"\\n" PLANTED "@x:y", "x:y", "ssh", false },
	};

	(void)state;
	make_clean();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct push_credential c;

		put(".git/config", "[core]\n\tbare = false\n");
		append(".git/config", arena_printf(arena, "[remote \"origin\"]\n\turl = \"%s\"\n", cases[i].url));
		c = look();
		assert_int_equal(c.probe.state, PROBE_OK);
		if (strcmp(c.remote, cases[i].shown) != 0)
			fail_msg("%s is shown as %s", cases[i].url, c.remote);
		assert_true(str_eq(c.transport, cases[i].transport));
		assert_int_equal(str_eq(c.kind, "token in the URL"), cases[i].is_token);
	}
}

static void the_remote_is_the_one_that_git_would_push_to(void **state)
{
	struct push_credential c = look_at("[remote \"origin\"]\n url = https://a.example/x\n[remote \"other\"]\n url = https://b.example/x\n"
					   " pushurl = git@c.example:x\n[branch \"main\"]\n remote = origin\n pushRemote = other\n");

	(void)state;
	assert_string_equal(c.remote, "c.example:x");
	append(".git/config", "[remote \"other\"]\n pushurl = gh:x\n[url \"ssh://git@d.example/\"]\n insteadOf = gh:\n");
	assert_string_equal(look().remote, "ssh://d.example/x");
	put(".git/config", "[remote \"only\"]\n url = https://e.example/x\n[url \"git@f.example:\"]\n pushInsteadOf = https://e.example/\n");
	assert_string_equal(look().remote, "f.example:x");
}

static void a_token_in_any_url_of_the_remote_counts(void **state)
{
	static const char *const urls[] = {
		" url = https://uma:" PLANTED "@a.example/x\n url = git@b.example:x\n",
		" url = git@b.example:x\n pushurl = https://uma:" PLANTED "@a.example/x\n pushurl = git@c.example:x\n",
		" url = https://uma:" PLANTED "@a.example/x\n pushurl = git@c.example:x\n",
	};

	(void)state;
	make_clean();
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		struct push_credential c;

		put(".git/config", arena_printf(arena, "[remote \"origin\"]\n%s", urls[i]));
		c = look();
		if (!str_eq(c.kind, "token in the URL"))
			fail_msg("of URLs %zu it is: %s", i, c.kind ? c.kind : "not known");
		assert_null(strstr(c.remote, PLANTED));
	}
	/* Another remote's is not this one's. */
	put(".git/config", "[remote \"other\"]\n url = https://u:" PLANTED "@a.example/x\n[remote \"origin\"]\n url = git@b.example:x\n");
	assert_string_equal(look().kind, "ssh key");
}

static void a_key_of_ssh_is_known_where_the_repository_names_it(void **state)
{
	static const char *const commands[] = { "ssh -i /home/uma/.ssh/backup -o IdentitiesOnly=yes", "ssh -i/home/uma/.ssh/backup",
						"ssh -o IdentityFile=/home/uma/.ssh/backup", "ssh -F /dev/null -oidentityfile=/home/uma/.ssh/backup",
						"ssh -i '/home/uma/.ssh/backup'" };
	struct push_credential c = look_at("[remote \"origin\"]\n url = git@github.com:org/repo\n");

	(void)state;
	assert_string_equal(c.kind, "ssh key");
	assert_null(c.key_file);
	assert_non_null(strstr(c.note, "backup.key"));
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		append(".git/config", arena_printf(arena, "[core]\n\tsshCommand = \"%s\"\n", commands[i]));
		c = look();
		assert_string_equal(c.key_file, "/home/uma/.ssh/backup");
		assert_string_equal(c.kind_from, "core.sshCommand in .git/config");
		assert_int_equal(c.key_changed_at, 0);
	}
}

static void a_token_that_a_helper_keeps_is_named_by_its_file(void **state)
{
	struct push_credential c = look_at("[remote \"origin\"]\n url = https://github.com/org/repo\n");

	(void)state;
	assert_null(c.kind);
	assert_non_null(strstr(c.note, "~/.gitconfig"));
	append(".git/config", "[credential]\n helper = store --file=/home/uma/.git-backup\n");
	c = look();
	assert_string_equal(c.kind, "token from a file");
	assert_string_equal(c.key_file, "/home/uma/.git-backup");
	append(".git/config", "[credential \"https://github.com\"]\n helper =\n helper = !echo password=" PLANTED "\n");
	c = look();
	assert_string_equal(c.kind, "credential helper");
	assert_null(c.key_file);
	append(".git/config", "[http]\n extraHeader = Authorization: Basic " PLANTED "\n");
	c = look();
	assert_string_equal(c.kind, "token in .git/config");
}

static void the_age_of_a_key_comes_from_its_public_half(void **state)
{
	struct push_credential c;
	struct timespec old[2] = { { 1700000000, 0 }, { 1700000000, 0 } };

	(void)state;
	configure("[remote \"origin\"]\n url = git@github.com:org/repo\n");
	key = at("id");
	put("id.pub", PUBLIC_KEY);
	assert_int_equal(utimensat(AT_FDCWD, at("id.pub"), old, 0), 0);
	c = look();
	assert_string_equal(c.key_type, "ssh-ed25519");
	assert_string_equal(c.key_print, "SHA256:flRTFuSCp06C5D77f+9xbFEOz0eIwjtqmEL0I+eW23s");
	assert_int_equal(c.key_changed_at, 1700000000);
	assert_int_equal(c.key_is_private, TRI_UNKNOWN);
	assert_string_equal(c.note, "the repository tells of no push of its branch");
	put("id", "private half, whose text does not matter\n");
	assert_int_equal(chmod(at("id"), 0640), 0);
	assert_int_equal(look().key_is_private, TRI_NO);
	assert_int_equal(chmod(at("id"), 0600), 0);
	c = look();
	assert_int_equal(c.key_is_private, TRI_YES);
	assert_in_range(c.key_changed_at, clock_now_s() - 60, clock_now_s());
	put("id.pub", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIFiTt7PE2MwRHfIQeonOLyZkQXjesUrNkw8QCKuehqfD\n");
	c = look();
	assert_null(c.key_print);
	assert_non_null(strstr(c.note, "no public key"));
	assert_int_equal(unlink(at("id.pub")), 0);
	assert_int_equal(mkfifo(at("id.pub"), 0600), 0);
	assert_non_null(strstr(look().note, "not seen from here"));
}

static void who_pushed_is_who_wrote_the_branch(void **state)
{
	struct push_credential c;

	(void)state;
	configure("[remote \"origin\"]\n url = git@github.com:org/repo\n");
	assert_null(look().pushed_by);
	push(OIDS "Backup <b@example.org> 1774807200 +0530\tupdate by push\n", "");
	c = look();
	assert_string_equal(c.repo_owner, my_name());
	assert_string_equal(c.pushed_by, my_name());
	assert_int_equal(c.pushed_at, 1774807200);
	if (geteuid() == 0) { /* root pushed what is another user's */
		assert_int_equal(chown(at(".git"), 65534, 65534), 0);
		assert_int_equal(chown(at(".git/logs/refs/remotes/origin/main"), 65534, 65534), 0);
		c = look();
		assert_string_equal(c.repo_owner, "nobody");
		assert_string_equal(c.pushed_by, "root");
		push(OIDS "Backup <b@example.org> 1774807300 +0530\tfetch origin: fast-forward\n", "");
		c = look();
		assert_null(c.pushed_by);
		assert_int_equal(c.pushed_at, 1774807200);
		assert_non_null(strstr(c.note, "fetched since"));
	}
}

static void a_hostile_configuration_tells_nothing_and_harms_nothing(void **state)
{
	CLEANUP(buf_done) struct buf big = BUF_INIT(4 * 1024 * 1024);
	struct push_credential c;

	(void)state;
	c = look_at("[remote \"origin\"]\n url = git@github.com:org/repo\n[core]\n sshCommand = \"ssh -i /tmp/a\\nb\\u001b[31m\"\n");
	assert_int_equal(c.probe.state, PROBE_UNKNOWN); /* no escape of git's */
	put(".git/config", "[remote \"origin\"]\n url = git@github.com:org/repo\n[core]\n sshCommand = \"ssh -i '/tmp/a\\nb\x1b[31m'\"\n");
	c = look();
	assert_int_equal(c.probe.state, PROBE_OK);
	assert_null(strpbrk(c.key_file, "\n\x1b"));
	put(".git/config", "[remote \"origin\"]\n url = git@github.com:org/repo\n[include]\n path = pipe\n");
	assert_int_equal(mkfifo(at(".git/pipe"), 0600), 0);
	c = look();
	assert_int_equal(c.probe.state, PROBE_OK);
	assert_non_null(strstr(c.note, "includes further files"));
	put(".git/config", "[include]\n path = /etc/passwd\n");
	assert_int_equal(look().probe.state, PROBE_UNKNOWN);
	while (big.len < 1024 * 1024)
		buf_adds(&big, "[remote \"origin\"]\n url = git@github.com:org/repo\n");
	put(".git/config", buf_str(&big));
	assert_non_null(strstr(look().probe.reason, "too large"));
	buf_cut(&big, 200 * 1024);
	put(".git/config", buf_str(&big));
	assert_int_equal(look().probe.state, PROBE_UNKNOWN);
	assert_int_equal(unlink(at(".git/config")), 0);
	assert_int_equal(mkfifo(at(".git/config"), 0600), 0);
	assert_int_equal(look().probe.state, PROBE_UNKNOWN);
	assert_int_equal(unlink(at(".git/config")), 0);
	assert_int_equal(symlink("/etc/passwd", at(".git/config")), 0);
	assert_int_equal(look().probe.state, PROBE_UNKNOWN);
}

static void names_that_lead_elsewhere_are_not_followed(void **state)
{
	struct push_credential c;

	(void)state;
	configure("[remote \"../../../../etc\"]\n url = git@github.com:org/repo\n[branch \"main\"]\n remote = ../../../../etc\n");
	c = look();
	assert_int_equal(c.probe.state, PROBE_OK);
	assert_null(c.pushed_by);
	put(".git/HEAD", "ref: refs/heads/../../../x\n");
	assert_int_equal(look().probe.state, PROBE_OK);
	push("", "");
	assert_int_equal(unlink(at(".git/refs/remotes/origin/main")), 0);
	assert_int_equal(unlink(at(".git/logs/refs/remotes/origin/main")), 0);
	assert_int_equal(mkfifo(at(".git/logs/refs/remotes/origin/main"), 0600), 0);
	assert_int_equal(symlink("/etc/passwd", at(".git/refs/remotes/origin/main")), 0);
	put(".git/HEAD", "ref: refs/heads/main\n");
	put(".git/config", "[remote \"origin\"]\n url = git@github.com:org/repo\n");
	c = look();
	assert_int_equal(c.probe.state, PROBE_OK);
	assert_null(c.pushed_by);
}

static int begin(void **state)
{
	key = NULL;
	return set_up(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_repository_without_a_remote_pushes_nothing),
		TEST(no_repository_is_no_doubt),
		TEST(where_it_is_pushed_is_shown_without_what_is_secret),
		TEST(the_remote_is_the_one_that_git_would_push_to),
		TEST(a_token_in_any_url_of_the_remote_counts),
		TEST(a_key_of_ssh_is_known_where_the_repository_names_it),
		TEST(a_token_that_a_helper_keeps_is_named_by_its_file),
		TEST(the_age_of_a_key_comes_from_its_public_half),
		TEST(who_pushed_is_who_wrote_the_branch),
		TEST(a_hostile_configuration_tells_nothing_and_harms_nothing),
		TEST(names_that_lead_elsewhere_are_not_followed),
	};

	git_libgit2_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
