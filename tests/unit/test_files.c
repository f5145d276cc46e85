/* Files of somebody else: what is read, and what is refused. */
#include "test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/files.h"

static char dir[64];
static struct arena *arena;

static const char *in_dir(const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(8 * 1024 * 1024);
	snprintf(dir, sizeof(dir), "%s", "/tmp/mc-files.XXXXXX");
	if (!mkdtemp(dir) || mkdir(in_dir("cron"), 0755) < 0)
		return -1;
	put("cron/jobs.json", "{\"jobs\":[]}");
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "cron/jobs.json", "cron/other",  "cron/link",
					     "cron/pipe",      "cron/socket", "cron/dir",
					     "cron",           "elsewhere",   "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		remove(in_dir(names[i]));
	arena_freep(&arena);
	return access(dir, F_OK) == 0 ? -1 : 0;
}

static const struct file_rules any = { .max_bytes = 1000, .owner_uid = -1 };

/* Reads and expects a refusal or absence whose reason has the words, and not the directory. */
static void expect(enum file_result want, const char *path, const struct file_rules *rules, const char *words)
{
	const char *reason;
	size_t len;
	char *data;

	assert_int_equal(file_read_beneath(dir, path, rules, arena, &data, &len, NULL, &reason), want);
	assert_null(data);
	assert_non_null(strstr(reason, words));
	assert_null(strstr(reason, dir));
}

static void a_plain_file_is_read_whole(void **state)
{
	const char *reason;
	struct stat st;
	size_t len;
	char *data;

	(void)state;
	assert_int_equal(file_read_beneath(dir, "cron/jobs.json", &any, arena, &data, &len, &st, &reason),
			 FILE_OK);
	assert_string_equal(data, "{\"jobs\":[]}");
	assert_int_equal(len, 11);
	assert_int_equal(st.st_size, 11);
	assert_null(reason);
}

static void an_opened_file_is_not_inherited_by_children(void **state)
{
	const char *reason;
	CLEANUP_FD int fd = -1;

	(void)state;
	assert_int_equal(file_open_beneath(dir, "cron/jobs.json", &any, arena, &fd, NULL, &reason), FILE_OK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void an_empty_file_is_a_file(void **state)
{
	const char *reason;
	size_t len;
	char *data;

	(void)state;
	put("cron/other", "");
	assert_int_equal(file_read_beneath(dir, "cron/other", &any, arena, &data, &len, NULL, &reason),
			 FILE_OK);
	assert_string_equal(data, "");
	assert_int_equal(len, 0);
}

static void what_is_missing_is_absent_not_refused(void **state)
{
	const char *reason;
	int fd;

	(void)state;
	expect(FILE_ABSENT, "cron/missing", &any, "no such file: cron/missing");
	expect(FILE_ABSENT, "none/jobs.json", &any, "no such file");
	expect(FILE_ABSENT, "cron/jobs.json/deeper", &any, "no such file");
	assert_int_equal(file_open_beneath(in_dir("gone"), "x", &any, arena, &fd, NULL, &reason),
			 FILE_ABSENT);
	assert_int_equal(fd, -1);
}

static void links_are_refused_at_every_step(void **state)
{
	(void)state;
	assert_int_equal(symlink("jobs.json", in_dir("cron/link")), 0);
	assert_int_equal(symlink("cron", in_dir("elsewhere")), 0);
	expect(FILE_REFUSED, "cron/link", &any, "symbolic link");
	expect(FILE_REFUSED, "elsewhere/jobs.json", &any, "symbolic link");
}

static void nothing_leads_out_of_the_directory(void **state)
{
	(void)state;
	expect(FILE_REFUSED, "../etc/passwd", &any, "leads out");
	expect(FILE_REFUSED, "cron/../../x", &any, "leads out");
	expect(FILE_REFUSED, "/etc/passwd", &any, "leads out");
}

static void pipes_sockets_devices_and_directories_are_refused_at_once(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	const char *reason;
	int device;

	(void)state;
	assert_int_equal(mkfifo(in_dir("cron/pipe"), 0600), 0);
	assert_int_equal(mkdir(in_dir("cron/dir"), 0700), 0);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", in_dir("cron/socket"));
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	expect(FILE_REFUSED, "cron/pipe", &any, "a named pipe, not a file");
	expect(FILE_REFUSED, "cron/dir", &any, "a directory, not a file");
	expect(FILE_REFUSED, "cron/socket", &any, "a socket or a device");
	assert_int_equal(file_open_beneath("/dev", "null", &any, arena, &device, NULL, &reason),
			 FILE_REFUSED);
	assert_non_null(strstr(reason, "a device, not a file"));
}

static void a_second_hard_link_is_refused(void **state)
{
	(void)state;
	assert_int_equal(link(in_dir("cron/jobs.json"), in_dir("cron/other")), 0);
	expect(FILE_REFUSED, "cron/jobs.json", &any, "2 hard links");
}

static void a_file_above_the_limit_is_refused_and_one_at_it_is_read(void **state)
{
	struct file_rules rules = { .max_bytes = 10, .owner_uid = -1 };
	const char *reason;
	int fd;

	(void)state;
	expect(FILE_REFUSED, "cron/jobs.json", &rules, "too large: 11 bytes, at most 10 are read");
	rules.max_bytes = 11;
	assert_int_equal(file_open_beneath(dir, "cron/jobs.json", &rules, arena, &fd, NULL, &reason),
			 FILE_OK);
	close(fd);
}

static void a_file_of_another_owner_is_refused(void **state)
{
	struct file_rules rules = { .max_bytes = 100, .owner_uid = geteuid() };
	const char *reason;
	int fd;

	(void)state;
	assert_int_equal(file_open_beneath(dir, "cron/jobs.json", &rules, arena, &fd, NULL, &reason),
			 FILE_OK);
	close(fd);
	rules.owner_uid = 65534;
	expect(FILE_REFUSED, "cron/jobs.json", &rules, "not to user 65534");
}

static void an_unreadable_file_says_so(void **state)
{
	(void)state;
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	chmod(in_dir("cron/jobs.json"), 0);
	/* mkdtemp's 0700 stops somebody else already; the owner is stopped by the file's own mode. */
	expect(FILE_REFUSED, "cron/jobs.json", &any, "permission denied: cron/jobs.json");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_plain_file_is_read_whole),
		T(an_opened_file_is_not_inherited_by_children),
		T(an_empty_file_is_a_file),
		T(what_is_missing_is_absent_not_refused),
		T(links_are_refused_at_every_step),
		T(nothing_leads_out_of_the_directory),
		T(pipes_sockets_devices_and_directories_are_refused_at_once),
		T(a_second_hard_link_is_refused),
		T(a_file_above_the_limit_is_refused_and_one_at_it_is_read),
		T(a_file_of_another_owner_is_refused),
		T(an_unreadable_file_says_so),
	};

	return RUN_TESTS("files", tests);
}
