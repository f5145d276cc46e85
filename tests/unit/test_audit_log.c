/*
 * test_audit_log.c -- what was done is kept, whole, bounded, and never said to be kept when it is not.
 */
#include "test.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "report/audit_log.h"

#define NOW INT64_C(1795500000)

struct place {
	char dir[64];
	struct arena *a;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/mc-audit.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->a = arena_new(64 * 1024 * 1024);
	*state = p;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static int teardown(void **state)
{
	struct place *p = *state;

	nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(p->a);
	free(p);
	return 0;
}

static const char *path_of(struct place *p, const char *name)
{
	return arena_printf(p->a, "%s/audit/%s", p->dir, name);
}

static const char *file_of(struct place *p, int n)
{
	return path_of(p, arena_printf(p->a, "%06d.jsonl", n));
}

static const char *id_of(struct place *p, int n)
{
	return arena_printf(p->a, "%016x", (unsigned)n);
}

static struct audit_entry entry(struct place *p, int n)
{
	return (struct audit_entry){ .id = id_of(p, n), .at = NOW + n, .request = "00000000000000aa", .sub = "asha", .role = "admin",
				     .pane = "alerts", .action = "acknowledge", .instance = "bheem", .target = "bheem/gateway" };
}

static bool record(struct place *p, const struct audit_entry *e, const char **reason)
{
	*reason = NULL;
	return audit_log_record(p->dir, e, p->a, reason);
}

static void must_record(struct place *p, const struct audit_entry *e)
{
	const char *reason;

	if (!record(p, e, &reason))
		fail_msg("%s", reason);
}

static void fill(struct place *p, const char *path, size_t n)
{
	CLEANUP_FREE char *bytes = malloc(n);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_non_null(bytes);
	memset(bytes, 'x', n);
	if (n)
		bytes[n - 1] = '\n';
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
	chmod(path, 0600);
	(void)p;
}

static void records_and_their_ends_are_lines_for_its_user_alone(void **state)
{
	struct place *p = *state;
	struct audit_entry e = entry(p, 1);
	const char *reason = NULL;
	CLEANUP_FREE char *text = NULL;
	struct stat st;

	must_record(p, &e);
	assert_true(audit_log_outcome(p->dir, e.id, AUDIT_FAILED, "no \"room\"\nleft", NOW + 2, p->a, &reason));
	text = read_all(file_of(p, 1), NULL);
	assert_string_equal(text,
			    "{\"id\":\"0000000000000001\",\"at\":\"2026-11-24T06:00:01Z\",\"request\":\"00000000000000aa\",\"sub\":\"asha\","
			    "\"role\":\"admin\",\"pane\":\"alerts\",\"action\":\"acknowledge\",\"instance\":\"bheem\","
			    "\"target\":\"bheem/gateway\",\"detail\":null}\n"
			    "{\"of\":\"0000000000000001\",\"at\":\"2026-11-24T06:00:02Z\",\"outcome\":\"failed\",\"why\":\"no \\\"room\\\" left\"}\n");
	assert_int_equal(stat(file_of(p, 1), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(path_of(p, ""), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

static void forge(struct place *p, const char four_bytes[5])
{
	struct audit_entry e = entry(p, 1);
	char *hostile = arena_alloc(p->a, 40001);
	CLEANUP_FREE char *text = NULL;
	size_t n, lines = 0;

	for (int i = 0; i < 40000; i += 4)
		memcpy(hostile + i, four_bytes, 4);
	e.target = e.detail = e.instance = hostile;
	must_record(p, &e);
	text = read_all(file_of(p, 1), &n);
	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	assert_int_equal(lines, 1);
	assert_true(n <= AUDIT_LINE_BYTES);
	CLEANUP_JSON cJSON *line = json_parse(text, n, JSON_STRICT, NULL);

	assert_non_null(line);
	assert_string_equal(json_string(line, "id"), e.id);
	assert_int_equal(unlink(file_of(p, 1)), 0);
}

static void nobody_can_forge_or_stretch_a_line(void **state)
{
	forge(*state, "\"}\n{");
	forge(*state, "\xF0\x9F\x98\x80");
	forge(*state, "<<<<");
	forge(*state, "\\\\\\\\");
	forge(*state, "\x01\x80\xFF\r");
}

static void a_file_that_is_full_is_followed_by_the_next_and_the_oldest_goes(void **state)
{
	struct place *p = *state;
	struct audit_entry e = entry(p, 1);

	must_record(p, &e);
	for (int i = 1; i <= AUDIT_FILES_MAX; i++)
		fill(p, file_of(p, i), AUDIT_FILE_BYTES - 100);
	must_record(p, &e);
	assert_int_equal(access(file_of(p, AUDIT_FILES_MAX + 1), F_OK), 0);
	assert_int_equal(access(file_of(p, 2), F_OK), 0);
	assert_int_not_equal(access(file_of(p, 1), F_OK), 0);
	/* The next goes into the file that was begun. */
	must_record(p, &e);
	assert_int_not_equal(access(file_of(p, AUDIT_FILES_MAX + 2), F_OK), 0);
}

static void a_cut_line_does_not_swallow_the_next(void **state)
{
	struct place *p = *state;
	struct audit_entry e = entry(p, 2);
	CLEANUP_FREE char *text = NULL;
	FILE *f;

	must_record(p, &e);
	f = fopen(file_of(p, 1), "a");
	assert_non_null(f);
	fputs("{\"id\":\"00", f);
	fclose(f);
	must_record(p, &e);
	text = read_all(file_of(p, 1), NULL);
	assert_non_null(strstr(text, "}\n{\"id\":\"00\n{\"id\":\"0000000000000002\""));
}

/* In a child, for the limit holds for a process: whether a record could be kept there. */
static bool record_with_limit(struct place *p, rlim_t bytes)
{
	struct rlimit limit = { bytes, bytes };
	struct audit_entry e = entry(p, 3);
	const char *reason = NULL;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(record(p, &e, &reason) ? 0 : reason && strstr(reason, "cannot be") ? 1 : 2);
	}
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_not_equal(WEXITSTATUS(status), 2);
	return WEXITSTATUS(status) == 0;
}

static void a_full_disk_refuses_and_leaves_no_half_line(void **state)
{
	struct place *p = *state;
	struct audit_entry e = entry(p, 1);
	struct stat before, after;

	must_record(p, &e);
	assert_int_equal(stat(file_of(p, 1), &before), 0);
	assert_false(record_with_limit(p, (rlim_t)before.st_size + 40));
	assert_int_equal(stat(file_of(p, 1), &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_true(record_with_limit(p, (rlim_t)before.st_size + 4096));
}

static void what_is_not_ours_alone_is_not_written_to(void **state)
{
	struct place *p = *state;
	struct audit_entry e = entry(p, 1);
	const char *reason, *other = arena_printf(p->a, "%s/elsewhere", p->dir);

	must_record(p, &e);
	assert_int_equal(chmod(path_of(p, ""), 0722), 0);
	assert_false(record(p, &e, &reason));
	assert_non_null(strstr(reason, "written by others"));
	assert_int_equal(chmod(path_of(p, ""), 0700), 0);
	assert_int_equal(chmod(file_of(p, 1), 0620), 0);
	assert_false(record(p, &e, &reason));
	assert_int_equal(chmod(file_of(p, 1), 0600), 0);
	assert_int_equal(link(file_of(p, 1), other), 0);
	assert_false(record(p, &e, &reason));
	assert_int_equal(unlink(file_of(p, 1)), 0);
	assert_int_equal(symlink(other, file_of(p, 1)), 0);
	assert_false(record(p, &e, &reason));
	assert_int_equal(unlink(file_of(p, 1)), 0);
	assert_int_equal(mkfifo(file_of(p, 1), 0600), 0);
	assert_false(record(p, &e, &reason));
	assert_int_equal(unlink(file_of(p, 1)), 0);
	must_record(p, &e);
	if (geteuid() == 0) {
		assert_int_equal(chown(file_of(p, 1), 65534, (gid_t)-1), 0);
		assert_false(record(p, &e, &reason));
		assert_non_null(strstr(reason, "another user"));
	}
}

static void a_folder_that_cannot_be_had_refuses(void **state)
{
	struct place *p = *state;
	struct audit_entry e = entry(p, 1);
	const char *reason;

	fill(p, arena_printf(p->a, "%s/audit", p->dir), 3);
	assert_false(record(p, &e, &reason));
	assert_int_equal(unlink(arena_printf(p->a, "%s/audit", p->dir)), 0);
	assert_int_equal(symlink("/tmp", arena_printf(p->a, "%s/audit", p->dir)), 0);
	assert_false(record(p, &e, &reason));
	assert_int_equal(unlink(arena_printf(p->a, "%s/audit", p->dir)), 0);
	must_record(p, &e);
}

/* Root that looks first must not lock the dashboard's user out. */
static void what_root_makes_belongs_to_the_state_folders_user(void **state)
{
	struct place *p = *state;
	struct audit_entry e = entry(p, 1);
	struct stat st;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(p->dir, 65534, 65534), 0);
	must_record(p, &e);
	assert_int_equal(stat(path_of(p, ""), &st), 0);
	assert_int_equal(st.st_uid, 65534);
	assert_int_equal(stat(file_of(p, 1), &st), 0);
	assert_int_equal(st.st_uid, 65534);
	assert_int_equal(stat(path_of(p, ".lock"), &st), 0);
	assert_int_equal(st.st_uid, 65534);
}

static void only_names_of_ours_are_numbers(void **state)
{
	(void)state;
	assert_int_equal(audit_log_number("000012.jsonl"), 12);
	assert_int_equal(audit_log_number("000000.jsonl"), 0);
	assert_int_equal(audit_log_number("12.jsonl"), 0);
	assert_int_equal(audit_log_number("-00012.jsonl"), 0);
	assert_int_equal(audit_log_number("000012.jsonx"), 0);
	assert_int_equal(audit_log_number(".lock"), 0);
	assert_int_equal(audit_log_number(""), 0);
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(records_and_their_ends_are_lines_for_its_user_alone),
		UNIT(nobody_can_forge_or_stretch_a_line),
		UNIT(a_file_that_is_full_is_followed_by_the_next_and_the_oldest_goes),
		UNIT(a_cut_line_does_not_swallow_the_next),
		UNIT(a_full_disk_refuses_and_leaves_no_half_line),
		UNIT(what_is_not_ours_alone_is_not_written_to),
		UNIT(a_folder_that_cannot_be_had_refuses),
		UNIT(what_root_makes_belongs_to_the_state_folders_user),
		UNIT(only_names_of_ours_are_numbers),
	};

	json_init();
	return RUN_TESTS("audit_log", tests);
}
