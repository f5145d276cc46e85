/* Owners and modes of what holds secrets. */
#include "test_hermes.h"

#include "model/guard.h"

static struct secret_files look(struct home *h)
{
	struct secret_files s = { 0 };

	hermes_secret_files(&s, &h->src, h->a, 0);
	return s;
}

static const struct file_guard *find(const struct secret_files *s, const char *path)
{
	for (size_t i = 0; i < s->n_list; i++)
		if (strcmp(s->list[i].path, path) == 0)
			return &s->list[i];
	return NULL;
}

static const struct file_guard *with_mode(struct home *h, const char *name, mode_t mode)
{
	static struct secret_files s;

	puts_(h, name, "KEY=text that is never read\n");
	assert_int_equal(chmod(in_home(h, name), mode), 0);
	s = look(h);
	return find(&s, name);
}

static void only_what_is_there_is_listed(void **state)
{
	struct home *h = *state;
	struct secret_files s = look(h);

	assert_int_equal(s.probe.state, PROBE_INACTIVE);
	assert_int_equal(s.home_mode, 0755);
	puts_(h, ".env", "");
	puts_(h, "sessions/a.json", "");
	puts_(h, "SOUL.md", "");
	s = look(h);
	assert_int_equal(s.probe.state, PROBE_OK);
	assert_int_equal(s.n_list, 2);
	assert_non_null(find(&s, "sessions"));
}

static void a_file_is_private_when_nobody_else_has_rights_on_it(void **state)
{
	struct home *h = *state;

	assert_int_equal(with_mode(h, ".env", 0600)->is_private, TRI_YES);
	assert_int_equal(with_mode(h, ".env", 0600)->mode, 0600);
	assert_int_equal(with_mode(h, ".env", 0604)->is_private, TRI_NO);
	assert_int_equal(with_mode(h, ".env", 0602)->is_private, TRI_NO);
	assert_int_equal(with_mode(h, "auth.json", 0400)->is_private, TRI_YES);
}

static void a_group_is_meant_when_it_is_the_owners_own(void **state)
{
	struct home *h = *state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(with_mode(h, ".env", 0640)->is_private, TRI_YES); /* root:root */
	assert_int_equal(chown(in_home(h, ".env"), 0, 100), 0);
	assert_int_equal(with_mode(h, ".env", 0640)->is_private, TRI_NO);
	assert_int_equal(chown(in_home(h, ".env"), 4242, 4242), 0);
	assert_string_equal(with_mode(h, ".env", 0600)->owner, "4242");
	assert_int_equal(with_mode(h, ".env", 0640)->is_private, TRI_NO); /* nobody knows that group */
}

static void a_closed_folder_keeps_others_out_of_what_is_in_it(void **state)
{
	struct home *h = *state;

	assert_int_equal(with_mode(h, "cron/jobs.json", 0644)->is_private, TRI_NO);
	assert_int_equal(chmod(in_home(h, "cron"), 0700), 0);
	assert_int_equal(with_mode(h, "cron/jobs.json", 0644)->is_private, TRI_YES);
	assert_int_equal(chmod(h->path, 0700), 0);
	assert_int_equal(with_mode(h, ".env", 0644)->is_private, TRI_NO); /* home_mode says it */
}

static void a_link_is_told_and_not_followed(void **state)
{
	struct home *h = *state;
	const struct file_guard *f;
	struct secret_files s;

	assert_int_equal(symlink("/etc/shadow", in_home(h, ".env")), 0);
	assert_int_equal(symlink("/etc", in_home(h, "cron")), 0);
	s = look(h);
	f = find(&s, ".env");
	assert_non_null(f);
	assert_int_equal(f->is_private, TRI_UNKNOWN);
	assert_int_equal(f->mode, COUNT_UNKNOWN);
	assert_null(f->owner);
	assert_non_null(strstr(f->reason, "symbolic link"));
}

static void a_pipe_does_not_hold_it_up(void **state)
{
	struct home *h = *state;
	struct secret_files s;

	assert_int_equal(mkfifo(in_home(h, "state.db"), 0600), 0);
	s = look(h);
	assert_int_equal(find(&s, "state.db")->is_private, TRI_YES);
}

static void no_home_is_no_doubt(void **state)
{
	struct home *h = *state;
	struct secret_files s;

	h->src.home = in_home(h, "nothing");
	s = look(h);
	assert_int_equal(s.probe.state, PROBE_INACTIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(only_what_is_there_is_listed),
		HOME_TEST(a_file_is_private_when_nobody_else_has_rights_on_it),
		HOME_TEST(a_group_is_meant_when_it_is_the_owners_own),
		HOME_TEST(a_closed_folder_keeps_others_out_of_what_is_in_it),
		HOME_TEST(a_link_is_told_and_not_followed),
		HOME_TEST(a_pipe_does_not_hold_it_up),
		HOME_TEST(no_home_is_no_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
