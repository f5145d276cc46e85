/* One process of /proc: alive, dead, recycled, hostile. */
#include "test.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/process.h"

static char root[64];
static struct arena *arena;

static void put(const char *name, const void *bytes, size_t n)
{
	FILE *f = fopen(arena_printf(arena, "%s/%s", root, name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

/* A process 42 with this name (comm) and start time in the fake /proc. */
static void fake_process(const char *comm, const char *state, uint64_t start)
{
	static const char cmdline[] = "python\0-m\0hermes_cli.main\0gateway\0run";
	const char *stat = arena_printf(
		arena, "42 (%s) %s 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %" PRIu64 " 1000 200 0\n",
		comm, state, start);

	put("42/stat", stat, strlen(stat));
	put("42/cmdline", cmdline, sizeof(cmdline)); /* its own NUL ends the last argument */
}

static int set_up(void **state)
{
	static const char stat[] = "cpu  1 2 3\nintr 5 6\nbtime 1700000000\nprocesses 5\n";

	(void)state;
	arena = arena_new(8 * 1024 * 1024);
	snprintf(root, sizeof(root), "%s", "/tmp/mc-proc.XXXXXX");
	if (!mkdtemp(root) || mkdir(arena_printf(arena, "%s/42", root), 0755) < 0)
		return -1;
	put("stat", stat, sizeof(stat) - 1);
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "42/stat", "42/cmdline", "42", "stat", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		remove(arena_printf(arena, "%s/%s", root, names[i]));
	arena_freep(&arena);
	return 0;
}

static void this_very_process_is_found(void **state)
{
	struct process p = process_look_up("/proc", getpid(), arena);
	int64_t now = time(NULL);

	(void)state;
	assert_true(p.exists);
	assert_null(p.reason);
	assert_true(p.start_ticks > 0);
	assert_in_range(p.started_at, now - 86400, now + 2);
	assert_true(p.argc >= 1);
	assert_non_null(strstr(p.argv[0], "test_process"));
	assert_null(p.argv[p.argc]);
}

static void a_process_that_ended_does_not_exist(void **state)
{
	struct process p;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(0);
	assert_true(child > 0);
	/* It stays a zombie until it is waited for: ended all the same. */
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
	p = process_look_up("/proc", child, arena);
	assert_false(p.exists);
	assert_null(p.reason);
	assert_int_equal(waitpid(child, NULL, 0), child);
	p = process_look_up("/proc", child, arena);
	assert_false(p.exists);
	assert_null(p.reason);
}

static void numbers_that_are_no_pid_are_answered_with_a_reason(void **state)
{
	static const int64_t pids[] = { 0, -1, INT64_MIN, INT64_MAX, (int64_t)INT32_MAX + 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		struct process p = process_look_up("/proc", pids[i], arena);

		assert_false(p.exists);
		assert_non_null(strstr(p.reason, "is not the number of a process"));
	}
}

static void start_time_and_arguments_are_read(void **state)
{
	struct process p;

	(void)state;
	fake_process("python", "S", 12345);
	p = process_look_up(root, 42, arena);
	assert_true(p.exists);
	assert_int_equal(p.start_ticks, 12345);
	assert_int_equal(p.started_at, 1700000000 + 12345 / sysconf(_SC_CLK_TCK));
	assert_int_equal(p.argc, 5);
	assert_string_equal(p.argv[4], "run");
}

static void a_recycled_pid_shows_another_start_time(void **state)
{
	struct process before, after;

	(void)state;
	fake_process("python", "S", 100);
	before = process_look_up(root, 42, arena);
	fake_process("nginx", "S", 99999);
	after = process_look_up(root, 42, arena);
	assert_true(before.exists && after.exists);
	assert_int_not_equal(before.start_ticks, after.start_ticks);
}

static void a_name_with_brackets_and_blanks_does_not_shift_the_fields(void **state)
{
	static const char *const names[] = { "a) S 1 2 3 4 5 6 (b", "))))", "", "x y\nz", "(sd-pam)" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct process p;

		fake_process(names[i], "R", 777);
		p = process_look_up(root, 42, arena);
		assert_true(p.exists);
		assert_int_equal(p.start_ticks, 777);
	}
}

static void a_broken_stat_is_a_reason_not_a_process(void **state)
{
#define TO_21 "42 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 "
	static const char *const texts[] = { "",
					     "42",
					     "42 (x",
					     "42 (x) ",
					     "42 (x) S 1 2 3",
					     TO_21 "-5 1",
					     TO_21 "99999999999999999999999 1",
					     TO_21 "12x 1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct process p;

		put("42/stat", texts[i], strlen(texts[i]));
		p = process_look_up(root, 42, arena);
		assert_false(p.exists);
		assert_non_null(p.reason);
	}
}

static void a_command_line_of_nothing_but_ends_is_capped(void **state)
{
	static char zeros[200000];
	struct process p;

	(void)state;
	fake_process("x", "S", 1);
	put("42/cmdline", zeros, sizeof(zeros));
	p = process_look_up(root, 42, arena);
	assert_true(p.exists);
	assert_int_equal(p.argc, 1024);
}

static void a_rewritten_command_line_is_one_argument(void **state)
{
	static const char title[] = "hermes: gateway run (idle)";
	struct process p;

	(void)state;
	fake_process("x", "S", 1);
	put("42/cmdline", title, sizeof(title) - 1);
	p = process_look_up(root, 42, arena);
	assert_int_equal(p.argc, 1);
	assert_string_equal(p.argv[0], title);
	put("42/cmdline", "", 0); /* a kernel thread has none */
	p = process_look_up(root, 42, arena);
	assert_int_equal(p.argc, 0);
	assert_non_null(p.argv);
}

static void a_missing_proc_is_not_a_dead_process(void **state)
{
	struct process p = process_look_up("/nonexistent", 42, arena);

	(void)state;
	assert_false(p.exists);
	assert_non_null(p.reason);
}

static void no_boot_time_leaves_the_start_unknown(void **state)
{
	struct process p;

	(void)state;
	fake_process("x", "S", 500);
	put("stat", "cpu 1\n", 6);
	p = process_look_up(root, 42, arena);
	assert_true(p.exists);
	assert_int_equal(p.start_ticks, 500);
	assert_int_equal(p.started_at, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(this_very_process_is_found),
		T(a_process_that_ended_does_not_exist),
		T(numbers_that_are_no_pid_are_answered_with_a_reason),
		T(start_time_and_arguments_are_read),
		T(a_recycled_pid_shows_another_start_time),
		T(a_name_with_brackets_and_blanks_does_not_shift_the_fields),
		T(a_broken_stat_is_a_reason_not_a_process),
		T(a_command_line_of_nothing_but_ends_is_capped),
		T(a_rewritten_command_line_is_one_argument),
		T(a_missing_proc_is_not_a_dead_process),
		T(no_boot_time_leaves_the_start_unknown),
	};

	return RUN_TESTS("process", tests);
}
