#include "git_repo.h"

#include "base/str.h"
#include "model/upkeep.h"

static const struct payload_kind *kind(const struct payload *p, const char *name)
{
	for (size_t i = 0; i < p->n_kinds; i++)
		if (str_eq(p->kinds[i].kind, name))
			return &p->kinds[i];
	fail_msg("there is no %s", name);
	return NULL;
}

static struct payload read_payload(const char *path)
{
	struct payload p = { 0 };

	probe_payload(&p, path, arena, 0);
	return p;
}

static void commit_everything(void)
{
	git_repository *repo;
	git_index *index;

	git_libgit2_init();
	repo = make(false);
	assert_int_equal(git_repository_index(&index, repo), 0);
	assert_int_equal(git_index_add_all(index, NULL, 0, NULL, NULL), 0);
	assert_int_equal(git_index_write(index), 0);
	commit(repo, "HEAD", NULL, "backup");
	git_index_free(index);
	git_repository_free(repo);
}

static void folder(const char *name)
{
	assert_int_equal(mkdir(at(name), 0755), 0);
}

static void fill(const char *below)
{
	folder(arena_printf(arena, "%smemories", below));
	folder(arena_printf(arena, "%sskills", below));
	folder(arena_printf(arena, "%sskills/a", below));
	folder(arena_printf(arena, "%sskills/a/b", below));
	folder(arena_printf(arena, "%scron", below));
	put(arena_printf(arena, "%sconfig.yaml", below), "model: x\n");
	put(arena_printf(arena, "%sSOUL.md", below), "soul\n");
	put(arena_printf(arena, "%smemories/MEMORY.md", below), "one\n\xc2\xa7\ntwo\n\xc2\xa7\n \n\xc2\xa7\nthree");
	put(arena_printf(arena, "%smemories/USER.md", below), "a line with \xc2\xa7 in it");
	put(arena_printf(arena, "%sskills/a/SKILL.md", below), "x");
	put(arena_printf(arena, "%sskills/a/b/SKILL.md", below), "x");
	put(arena_printf(arena, "%sskills/a/notes.txt", below), "x");
	put(arena_printf(arena, "%scron/jobs.json", below),
	    "{\"jobs\": [{\"id\": \"1\", \"schedule_display\": \"daily\"}, {\"id\": \"2\", \"schedule_display\": \"hourly\"}]}");
	put(arena_printf(arena, "%sREADME", below), "x");
}

static void every_kind_is_counted_as_a_person_would(void **state)
{
	struct payload p;

	(void)state;
	folder(PAYLOAD_DIR);
	fill(PAYLOAD_DIR "/");
	put("outside.txt", "not part of it");
	commit_everything();
	put(PAYLOAD_DIR "/config.yaml", "changed, but not committed\n");
	p = read_payload(dir);
	assert_int_equal(p.probe.state, PROBE_OK);
	assert_string_equal(p.path, PAYLOAD_DIR);
	assert_int_equal(p.files, 9);
	assert_int_equal(kind(&p, "memories")->items, 4);
	assert_int_equal(kind(&p, "memories")->files, 2);
	assert_int_equal(kind(&p, "skills")->items, 2);
	assert_int_equal(kind(&p, "skills")->files, 3);
	assert_int_equal(kind(&p, "cronJobs")->items, 2);
	assert_int_equal(kind(&p, "config")->bytes, 9);
	assert_int_equal(kind(&p, "other")->files, 1);
	assert_string_equal(p.kinds[0].kind, "skills");
}

static void a_file_that_cannot_be_counted_makes_its_kind_unknown_alone(void **state)
{
	struct payload p;

	(void)state;
	fill("");
	put("cron/jobs.json", "{\"jobs\": [{\"id\": \"1\", ");
	put("config.yaml.bak", "not the settings\n");
	commit_everything();
	p = read_payload(dir);
	assert_int_equal(p.probe.state, PROBE_OK);
	assert_int_equal(kind(&p, "cronJobs")->items, COUNT_UNKNOWN);
	assert_int_equal(kind(&p, "cronJobs")->files, 1);
	assert_int_equal(kind(&p, "skills")->items, 2);
	assert_int_equal(kind(&p, "config")->items, 1);
	assert_int_equal(p.files, 10);
}

static void a_memory_of_more_than_a_mebibyte_is_not_read(void **state)
{
	char *big = malloc(1200 * 1024);
	struct payload p;

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 1200 * 1024 - 1);
	big[1200 * 1024 - 1] = '\0';
	fill("");
	put("memories/MEMORY.md", big);
	free(big);
	commit_everything();
	p = read_payload(dir);
	assert_int_equal(p.probe.state, PROBE_OK);
	assert_int_equal(kind(&p, "memories")->items, COUNT_UNKNOWN);
	assert_true(kind(&p, "memories")->bytes > 1024 * 1024);
}

static void jobs_are_counted_by_the_list_and_not_by_its_words(void **state)
{
	struct payload p;

	(void)state;
	fill("");
	put("cron/jobs.json", "[{\"id\": \"1\", \"prompt\": \"say \\\"schedule_display\\\"\"}, {}, {\"id\": \"3\"}]");
	commit_everything();
	p = read_payload(dir);
	assert_int_equal(kind(&p, "cronJobs")->items, 3);
}

static void a_home_at_the_top_of_the_repository_counts_too(void **state)
{
	struct payload p;

	(void)state;
	fill("");
	commit_everything();
	p = read_payload(dir);
	assert_int_equal(p.probe.state, PROBE_OK);
	assert_string_equal(p.path, ".");
	assert_int_equal(kind(&p, "skills")->items, 2);
}

static void what_holds_nothing_of_a_home_is_inactive(void **state)
{
	(void)state;
	assert_int_equal(read_payload(NULL).probe.state, PROBE_INACTIVE);
	assert_int_equal(read_payload(at("nowhere")).probe.state, PROBE_INACTIVE);
	put("README", "x");
	commit_everything();
	assert_int_equal(read_payload(dir).probe.state, PROBE_INACTIVE);
	assert_non_null(strstr(read_payload(dir).probe.reason, PAYLOAD_DIR));
}

static void a_lost_object_makes_it_unknown_and_not_less(void **state)
{
	struct payload p;
	char command[256];

	(void)state;
	fill("");
	commit_everything();
	/* Every object but the three trees and the commit; which is which does not matter: some file is gone. */
	snprintf(command, sizeof(command), "cd %s/.git/objects && for f in [0-9a-f]*/*; do git --git-dir=.. cat-file -t $(echo $f | tr -d /)"
		 " | grep -q blob && rm -f $f; done; true", dir);
	assert_int_equal(system(command), 0);
	p = read_payload(dir);
	assert_int_equal(p.probe.state, PROBE_UNKNOWN);
	assert_int_equal(p.files, COUNT_UNKNOWN);
	assert_int_equal(p.n_kinds, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(every_kind_is_counted_as_a_person_would),
		T(a_file_that_cannot_be_counted_makes_its_kind_unknown_alone),
		T(a_memory_of_more_than_a_mebibyte_is_not_read),
		T(jobs_are_counted_by_the_list_and_not_by_its_words),
		T(a_home_at_the_top_of_the_repository_counts_too),
		T(what_holds_nothing_of_a_home_is_inactive),
		T(a_lost_object_makes_it_unknown_and_not_less),
	};

	return RUN_TESTS("git payload", tests);
}
