/* The ledger: what is kept, for how long, and what cannot hurt it. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/store_parts.h"
#include "test.h"

#define NOW     INT64_C(1795500000) /* a whole hour, so that sums can be named */
#define FAR_OFF (clock_mono_us() + 60 * INT64_C(1000000))
#define EVER    INT64_C(9000000000)

static struct arena *a;
static char dir[64];

static int setup(void **s)
{
	(void)s;
	a = arena_new(256 * 1024 * 1024);
	snprintf(dir, sizeof(dir), "/tmp/test_store.XXXXXX");
	assert_non_null(mkdtemp(dir));
	return 0;
}

static int teardown(void **s)
{
	static const char *const names[] = { "", "-journal", "-wal", "-shm", ".real" };

	(void)s;
	chmod(dir, 0700);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlink(arena_printf(a, "%s/ledger.db%s", dir, names[i]));
	assert_int_equal(rmdir(dir), 0);
	arena_free(a);
	return 0;
}

static const char *file(void)
{
	return arena_printf(a, "%s/ledger.db", dir);
}

static struct instance_report report_at(int64_t at)
{
	struct instance_report r = { .instance_id = "x", .generated_at = at, .exporter.took_us = 1000 };

	r.gateway_unit.probe.state = PROBE_OK;
	r.gateway_unit.active_state = "active";
	r.gateway_unit.sub_state = "running";
	r.sessions.probe.state = PROBE_OK;
	r.sessions.total = 7;
	r.sessions.active = r.sessions.messages = COUNT_UNKNOWN;
	return r;
}

static struct store *open_writer(void)
{
	const char *error = NULL;
	struct store *s = store_open(dir, a, &error);

	if (!s)
		fail_msg("%s", error);
	return s;
}

static struct store *open_reader(void)
{
	const char *error = NULL;
	struct store *s = store_open_read(dir, geteuid(), FAR_OFF, a, &error);

	if (!s)
		fail_msg("%s", error);
	return s;
}

static void put(struct store *s, const struct instance_report *r)
{
	const char *error = NULL;

	if (store_record_instance(s, r, NULL, a, &error) < 0)
		fail_msg("%s", error);
}

static void put_at(struct store *s, int64_t at)
{
	struct instance_report r = report_at(at);

	put(s, &r);
}

static struct store_samples samples_of(struct store *s, const char *reading)
{
	struct store_samples out;
	const char *error = NULL;

	if (store_samples(s, reading, 0, EVER, &out, a, &error) < 0)
		fail_msg("%s", error);
	return out;
}

static struct store_transitions changes_of(struct store *s, const char *reading)
{
	struct store_transitions out;
	const char *error = NULL;

	if (store_transitions(s, reading, 0, EVER, &out, a, &error) < 0)
		fail_msg("%s", error);
	return out;
}

/* How often a reading was observed, wherever those observations lie by now. */
static int64_t observed(const struct store_samples *all)
{
	int64_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->rows[i].ok + all->rows[i].inactive + all->rows[i].unknown;
	return n;
}

static void refused(const char *words)
{
	const char *error = NULL;

	assert_null(store_open(dir, a, &error));
	if (!strstr(error, words) || strchr(error, '\n'))
		fail_msg("'%s' does not say '%s'", error, words);
}

static void refused_to_read(int64_t uid, const char *words)
{
	const char *error = NULL;

	assert_null(store_open_read(dir, uid, FAR_OFF, a, &error));
	if (!strstr(error, words))
		fail_msg("'%s' does not say '%s'", error, words);
}

static void sql(const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(file(), &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void write_file(const char *path, const char *bytes, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

static void check_integrity(void)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;

	assert_int_equal(sqlite3_open(file(), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(stmt, 0), "ok");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void a_new_ledger_is_made_for_the_group_to_read(void **state)
{
	mode_t old = umask(077);
	struct store *s = open_writer(), *r;
	struct store_samples got;
	struct stat st;

	(void)state;
	umask(old);
	assert_int_equal(stat(file(), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	put_at(s, NOW);
	r = open_reader();
	got = samples_of(r, "sessions");
	assert_int_equal(got.n, 1);
	assert_int_equal(got.rows[0].at, NOW);
	assert_int_equal(got.rows[0].ok, 1);
	assert_int_equal(got.rows[0].values, 1);
	assert_true(got.rows[0].mean == 7);
	assert_int_equal(samples_of(r, "sessions.active").rows[0].values, 0); /* not known is no number */
	assert_int_equal(samples_of(r, "gateway").rows[0].unknown, 1);
	assert_int_equal(samples_of(r, "nonsense").n, 0);
	assert_int_equal(changes_of(r, NULL).n, 0);                           /* a first sight is no change */
	assert_int_equal(access(arena_printf(a, "%s-journal", file()), F_OK), -1);
	store_close(r);
	store_close(s);
}

static void a_change_is_written_once_with_both_sides(void **state)
{
	struct instance_report r = report_at(NOW);
	struct store *s = open_writer();
	struct store_transitions got;

	(void)state;
	put(s, &r);
	r.generated_at = NOW + 30;
	r.gateway_unit.sub_state = "auto-restart";
	r.gateway_unit.active_state = "activating";
	put(s, &r);
	r.generated_at = NOW + 60;
	put(s, &r);
	r.generated_at = NOW + 90;
	r.gateway_unit.probe.state = PROBE_UNKNOWN;
	r.gateway_unit.active_state = r.gateway_unit.sub_state = NULL;
	put(s, &r);
	got = changes_of(s, "gatewayUnit");
	assert_int_equal(got.n, 2);
	assert_int_equal(got.rows[0].at, NOW + 30);
	assert_int_equal(got.rows[0].prior_at, NOW);
	assert_string_equal(got.rows[0].from_word, "active/running");
	assert_string_equal(got.rows[0].to_word, "activating/auto-restart");
	assert_int_equal(got.rows[1].from_state, PROBE_OK);
	assert_int_equal(got.rows[1].to_state, PROBE_UNKNOWN);
	assert_int_equal(got.rows[1].prior_at, NOW + 60);
	assert_null(got.rows[1].to_word);
	assert_int_equal(changes_of(s, NULL).n, 2);
	store_close(s);
}

static void hostile_words_do_not_get_in(void **state)
{
	struct platform platforms[] = { { .name = "telegram", .state = "connected" },
					{ .name = "Sk-Secret'); DROP", .state = "x" },
					{ .name = "discord", .state = "token=AB12" } };
	struct instance_report r = report_at(NOW);
	struct store *s = open_writer();
	struct store_transitions got;

	(void)state;
	r.gateway.probe.state = PROBE_OK;
	r.gateway.platforms = platforms;
	r.gateway.n_platforms = 3;
	put(s, &r);
	r.generated_at++;
	platforms[0].state = "\x1b[31mevil";
	platforms[2].state = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	r.gateway_unit.sub_state = "";
	put(s, &r);
	got = changes_of(s, "platform.telegram");
	assert_int_equal(got.n, 1);
	assert_string_equal(got.rows[0].to_word, "other");
	assert_int_equal(changes_of(s, "platform.discord").n, 0); /* other, and other again */
	assert_string_equal(changes_of(s, "gatewayUnit").rows[0].to_word, "active/none");
	assert_int_equal(changes_of(s, NULL).n, 2);
	store_close(s);
}

static void a_gateway_that_invents_platforms_meets_a_limit(void **state)
{
	struct platform platform = { .state = "connected" };
	struct instance_report r = report_at(NOW);
	struct store *s = open_writer();
	char name[] = "aaa";

	(void)state;
	sqlite3_exec(s->db, "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY", NULL, NULL, NULL);
	r.gateway.platforms = &platform;
	r.gateway.n_platforms = 1;
	platform.name = name;
	for (int i = 0; i < 400; i++) {
		name[0] = (char)('a' + i / 26);
		name[1] = (char)('a' + i % 26);
		r.generated_at++;
		put(s, &r);
	}
	assert_int_equal(store_number(s->db, "SELECT count(*) FROM readings", 0), 256);
	assert_int_equal(samples_of(s, "sessions").n, 400);
	store_close(s);
}

static void an_older_schema_is_brought_up_and_keeps_its_rows(void **state)
{
	struct store *s;
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(file(), &db), SQLITE_OK);
	assert_int_equal(store_migrate(db, 1), SQLITE_OK);
	sqlite3_close(db);
	sql("INSERT INTO readings VALUES(1, 'sessions'); INSERT INTO samples VALUES(1795499000, 1, 2, 5.0)");
	refused_to_read(geteuid(), "older version");
	s = open_writer();
	put_at(s, NOW);
	assert_int_equal(samples_of(s, "sessions").n, 2);
	assert_int_equal(store_number(s->db, "PRAGMA user_version", 0), STORE_SCHEMA_VERSION);
	store_close(s);
}

static void a_newer_schema_is_refused_and_left_alone(void **state)
{
	(void)state;
	store_close(open_writer());
	sql("PRAGMA user_version=99");
	refused("written by a newer version");
	refused_to_read(geteuid(), "written by a newer version");
}

static void what_is_no_ledger_is_refused_and_left_alone(void **state)
{
	char page[8192];

	(void)state;
	refused_to_read(geteuid(), "no ledger.db");
	write_file(file(), "", 0, 0640);
	refused_to_read(geteuid(), "is empty");
	memset(page, 'x', sizeof(page));
	write_file(file(), page, sizeof(page), 0640);
	refused("damaged");
	refused_to_read(geteuid(), "damaged");
	assert_int_equal(unlink(file()), 0);
	sql("CREATE TABLE other(x)");
	refused("another program's");
	assert_int_equal(chmod(file(), 0666), 0);
	refused("others may write");
	assert_int_equal(chmod(file(), 0640), 0);
	refused_to_read(geteuid() + 1, "belongs to user number");
	assert_int_equal(rename(file(), arena_printf(a, "%s.real", file())), 0);
	assert_int_equal(symlink("ledger.db.real", file()), 0);
	refused("is a link");
	refused_to_read(geteuid(), "is a link");
	unlink(file());
	assert_int_equal(link(arena_printf(a, "%s.real", file()), file()), 0);
	refused("second name");
	unlink(file());
	assert_int_equal(mkfifo(file(), 0640), 0);
	refused("a pipe");
	unlink(file());
	assert_int_equal(mkfifo(arena_printf(a, "%s-journal", file()), 0640), 0);
	refused("ledger.db-journal");
}

static void a_page_that_breaks_later_is_a_reason(void **state)
{
	struct store *s = open_writer();
	struct store_samples got;
	const char *error = NULL;
	char junk[4096];
	int64_t page;
	int fd;

	(void)state;
	for (int i = 0; i < 150; i++)
		put_at(s, NOW + i);
	page = store_number(s->db, "SELECT rootpage FROM sqlite_schema WHERE name = 'samples'", 0);
	assert_true(page > 1);
	store_close(s);
	memset(junk, 0xA5, sizeof(junk));
	fd = open(file(), O_WRONLY);
	assert_int_equal(pwrite(fd, junk, sizeof(junk), (page - 1) * 4096), sizeof(junk));
	close(fd);
	s = open_reader();
	assert_int_equal(store_samples(s, "sessions", 0, EVER, &got, a, &error), -1);
	assert_non_null(strstr(error, "damaged"));
	store_close(s);
}

static void a_reader_of_another_user_reads_while_it_is_written(void **state)
{
	struct store *s = open_writer();
	int status, seen = 0;
	pid_t child;

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: not root\n");
		store_close(s);
		skip();
	}
	put_at(s, NOW);
	store_close(s);
	assert_int_equal(chown(dir, 0, 65534), 0);
	assert_int_equal(chmod(dir, 0750), 0);
	assert_int_equal(chown(file(), 0, 65534), 0);
	child = fork();
	if (child == 0) {
		const char *error = NULL;
		int read = 0;

		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(99);
		for (int i = 0; i < 60; i++) {
			struct store *r = store_open_read(dir, 0, FAR_OFF, a, &error);
			struct store_samples got;

			if (r && store_samples(r, "sessions", 0, EVER, &got, a, &error) == 0 && got.n >= 1)
				read++;
			else if (!strstr(error, "is locked")) /* the one honest excuse */
				_exit(98);
			store_close(r);
		}
		_exit(read >= 30 ? 0 : 97);
	}
	s = open_writer();
	for (; waitpid(child, &status, WNOHANG) == 0; usleep(3000)) /* a pause, as between runs */
		put_at(s, NOW + ++seen);
	store_close(s);
	assert_int_equal(status, 0);
	assert_true(seen > 1);
}

static void a_kill_at_any_moment_loses_the_run_in_progress_at_most(void **state)
{
	int64_t *done = NULL;
	int fds[2];

	(void)state;
	done = arena_alloc(a, sizeof(*done));
	store_close(open_writer());
	for (int round = 0; round < 40; round++) {
		int64_t start = NOW + round * INT64_C(100000), got = start;
		struct store *s;
		pid_t child;

		assert_int_equal(pipe(fds), 0);
		child = fork();
		if (child == 0) {
			s = open_writer();
			for (int64_t at = start + 1;; at++) {
				put_at(s, at);
				if (write(fds[1], &at, sizeof(at)) != sizeof(at))
					_exit(1);
			}
		}
		close(fds[1]);
		usleep((useconds_t)(500 + round * 731));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		while (read(fds[0], done, sizeof(*done)) == sizeof(*done))
			got = *done;
		close(fds[0]);
		s = open_writer(); /* rolls back what was cut off */
		assert_true(store_number(s->db, "SELECT max(at) FROM samples", 0) >= (got > start ? got : 0));
		assert_int_equal(store_number(s->db, "SELECT count(DISTINCT n) > 1 FROM (SELECT count(*) AS n"
						     " FROM samples GROUP BY at)", -1), 0); /* whole runs only */
		store_close(s);
	}
	check_integrity();
}

static void a_full_disk_loses_nothing_that_was_there(void **state)
{
	struct rlimit limit = { 0, RLIM_INFINITY };
	struct store *s = open_writer();
	struct stat st;
	pid_t child;
	int status;

	(void)state;
	put_at(s, NOW);
	store_close(s);
	stat(file(), &st);
	limit.rlim_cur = (rlim_t)st.st_size;
	child = fork();
	if (child == 0) {
		const char *error = NULL;
		int failed = 0;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		s = store_open(dir, a, &error);
		for (int i = 1; s && i < 2000 && !failed; i++) {
			struct instance_report r = report_at(NOW + i);

			failed = store_record_instance(s, &r, NULL, a, &error) < 0;
		}
		store_close(s);
		_exit(failed && error && *error ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	s = open_writer();
	assert_int_equal(samples_of(s, "sessions").rows[0].at, NOW);
	put_at(s, NOW + 5000);
	store_close(s);
	check_integrity();
}

static void a_folder_that_cannot_be_written_is_a_reason(void **state)
{
	const char *error = NULL;

	(void)state;
	assert_null(store_open("/nonexistent/x", a, &error));
	assert_non_null(strstr(error, "cannot be opened"));
	assert_null(store_open("/proc/self", a, &error));
	assert_non_null(strstr(error, "cannot be made"));
}

static void a_file_that_was_moved_away_is_noticed(void **state)
{
	struct instance_report r = report_at(NOW);
	struct store *s = open_writer();
	const char *error = NULL;

	(void)state;
	put(s, &r);
	assert_int_equal(rename(file(), arena_printf(a, "%s.real", file())), 0);
	assert_int_equal(store_record_instance(s, &r, NULL, a, &error), -1);
	assert_non_null(strstr(error, "was moved"));
	store_close(s);
	s = open_writer();
	put(s, &r);
	store_close(s);
}

static void a_clock_that_jumps_a_day_leaves_order(void **state)
{
	static const int64_t steps[] = { 0, 30, 60, DAY_S, DAY_S + 30, 0, 30, 60, -DAY_S, 90, 120, DAY_S };
	struct instance_report r = report_at(NOW);
	struct store *s = open_writer();
	struct store_transitions changes;
	struct store_samples got;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		r.generated_at = NOW + steps[i];
		r.gateway_unit.active_state = i % 2 ? "active" : "failed";
		put(s, &r);
	}
	got = samples_of(s, "sessions");
	assert_int_equal(got.n, 8); /* moments seen twice are one */
	for (size_t i = 1; i < got.n; i++)
		assert_true(got.rows[i].at > got.rows[i - 1].at);
	changes = changes_of(s, NULL);
	assert_int_equal(changes.n, 11);
	for (size_t i = 1; i < changes.n; i++)
		assert_true(changes.rows[i].at >= changes.rows[i - 1].at);
	store_close(s);
}

/* Runs every step_s for span_s, in a ledger that does not wait for the disk. */
static struct store *simulate(int64_t span_s, int64_t step_s)
{
	struct store *s = open_writer();

	sqlite3_exec(s->db, "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY", NULL, NULL, NULL);
	for (int64_t t = 0; t < span_s; t += step_s)
		put_at(s, NOW + t);
	return s;
}

static size_t rows_with_span(const struct store_samples *all, int64_t span_s)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->rows[i].span_s == span_s;
	return n;
}

static void after_three_days_two_are_raw_and_one_is_hours(void **state)
{
	struct store *s = simulate(3 * DAY_S, 60);
	struct store_samples got = samples_of(s, "sessions");
	size_t raw = rows_with_span(&got, 0), hours = rows_with_span(&got, HOUR_S);

	(void)state;
	assert_int_equal(observed(&got), 3 * 1440); /* nothing lost, nothing twice */
	assert_true(raw >= 2880 && raw <= 2880 + 120);
	assert_true(hours >= 23 && hours <= 25);
	assert_int_equal(rows_with_span(&got, DAY_S), 0);
	assert_int_equal(got.rows[1].ok, 60);
	assert_true(got.rows[1].low == 7 && got.rows[1].high == 7 && got.rows[1].mean == 7);
	store_close(s);
	check_integrity();
}

static void after_a_hundred_days_ten_are_days(void **state)
{
	struct store *s = simulate(100 * DAY_S, 1800);
	struct store_samples got = samples_of(s, "sessions");
	size_t days = rows_with_span(&got, DAY_S);

	(void)state;
	assert_int_equal(observed(&got), 100 * 48);
	assert_true(days >= 10 && days <= 12);
	assert_true(rows_with_span(&got, HOUR_S) >= 87 * 24);
	assert_int_equal(got.rows[2].ok, 48);
	assert_true(got.rows[2].mean == 7);
	store_close(s);
}

static void after_three_years_two_are_left_and_the_size_is_bounded(void **state)
{
	struct store *s = simulate(1096 * DAY_S, 6 * HOUR_S);
	struct store_samples got = samples_of(s, "sessions");
	struct stat st;

	(void)state;
	assert_true(got.rows[0].at >= NOW + (1096 - 733) * (int64_t)DAY_S);
	assert_true(got.rows[0].at <= NOW + (1096 - 729) * (int64_t)DAY_S);
	assert_true(rows_with_span(&got, DAY_S) >= 639);
	store_close(s);
	stat(file(), &st);
	assert_true(st.st_size < 4 * 1024 * 1024);
}

static void a_ledger_that_lay_still_catches_up_in_bounded_steps(void **state)
{
	struct store *s = simulate(DAY_S, 60);
	int64_t left, before = store_number(s->db, "SELECT count(*) FROM samples", 0);
	int64_t later = NOW + 10 * DAY_S;

	(void)state;
	put_at(s, later);
	left = store_number(s->db, "SELECT count(*) FROM samples", 0);
	assert_true(left < before && left > before - 2100);
	for (int i = 1; i < 20; i++)
		put_at(s, later + i);
	assert_int_equal(store_number(s->db, "SELECT min(at) FROM samples", 0), later);
	{
		struct store_samples got = samples_of(s, "sessions");

		assert_int_equal(observed(&got), 1440 + 20);
		assert_int_equal(got.rows[0].ok, 60); /* an hour that came in parts is one row */
	}
	store_close(s);
}

static void a_clock_years_ahead_for_minutes_does_not_empty_it(void **state)
{
	struct store *s = simulate(300 * DAY_S, 12 * HOUR_S);
	struct store_samples got;

	(void)state;
	for (int i = 0; i < 5; i++)
		put_at(s, NOW + 3650 * (int64_t)DAY_S + i);
	put_at(s, NOW + 300 * (int64_t)DAY_S);
	got = samples_of(s, "sessions");
	assert_true(observed(&got) > 600 - 2 * 5 * 64);
	assert_int_equal(changes_of(s, NULL).n, 0);
	store_close(s);
}

static void a_question_past_its_deadline_is_a_reason(void **state)
{
	struct store *s = simulate(DAY_S, 60), *r;
	struct store_samples got;
	const char *error = NULL;

	(void)state;
	store_close(s);
	r = open_reader();
	r->deadline_us = 1;
	assert_int_equal(store_samples(r, "sessions", 0, EVER, &got, a, &error), -1);
	assert_non_null(strstr(error, "too long"));
	store_close(r);
}

static void put_process(struct store *s, int64_t at, int64_t pid)
{
	struct instance_report r = report_at(at);

	r.gateway.probe.state = PROBE_OK;
	r.gateway.pid_state = pid ? PID_ALIVE : PID_DEAD;
	r.gateway.pid = pid;
	put(s, &r);
}

static void starts_of_the_gateway_are_counted_since_midnight(void **state)
{
	struct store *s = open_writer();
	int64_t midnight = NOW - NOW % 86400, restarts = -1, from = -1;

	(void)state;
	assert_false(store_restarts(s, midnight, NOW, &restarts, &from));
	put_process(s, midnight - 60, 100);
	put_process(s, midnight - 30, 101); /* yesterday's */
	put_process(s, midnight + 30, 101);
	assert_true(store_restarts(s, midnight, midnight + 40, &restarts, &from));
	assert_int_equal(restarts, 0);
	assert_int_equal(from, midnight + 30);
	put_process(s, midnight + 60, 102);
	put_process(s, midnight + 90, 0);   /* gone ... */
	put_process(s, midnight + 120, 103); /* ... and back */
	put_process(s, midnight + 150, 103);
	assert_true(store_restarts(s, midnight, midnight + 200, &restarts, &from));
	assert_int_equal(restarts, 2);
	store_close(s);
}

static void put_room(struct store *s, int64_t at, int64_t bytes)
{
	struct instance_report r = report_at(at);

	r.storage.probe.state = PROBE_OK;
	r.storage.bytes = bytes;
	put(s, &r);
}

static void growth_is_what_a_week_shows_and_not_known_before(void **state)
{
	struct store *s = open_writer();
	int64_t day = 0, over = 0;

	(void)state;
	put_at(s, NOW - 10 * 86400);
	assert_false(store_growth(s, NOW, 1000, &day, &over));
	put_room(s, NOW - 9 * 86400, 5);
	put_room(s, NOW - 2 * 86400 + 100, 1000000);
	put_room(s, NOW, 3000000);
	assert_true(store_growth(s, NOW, 3000000, &day, &over));
	assert_true(over > 86400 && over <= 7 * 86400);
	assert_true(day > 990000 && day < 1010000);
	assert_true(store_growth(s, NOW, 0, &day, &over));
	assert_true(day < 0);
	store_close(s);
}

static void the_host_is_recorded_too(void **state)
{
	struct host_report r = { .generated_at = NOW };
	struct store *s = open_writer();
	const char *error = NULL;

	(void)state;
	r.load.probe.state = PROBE_OK;
	r.load.one = 0.25;
	r.tailscale.probe.state = PROBE_OK;
	r.tailscale.is_up = TRI_YES;
	assert_int_equal(store_record_host(s, &r, NULL, a, &error), 0);
	r.generated_at++;
	r.tailscale.is_up = TRI_NO;
	assert_int_equal(store_record_host(s, &r, NULL, a, &error), 0);
	assert_true(samples_of(s, "load").rows[0].mean == 0.25);
	assert_string_equal(changes_of(s, NULL).rows[0].to_word, "down");
	store_close(s);
}

static void a_hundred_products_are_sampled_beside_the_rest(void **state)
{
	struct product_health list[PRODUCTS_MAX] = { { .outcome = PRODUCT_NOT_ASKED } };
	struct host_report r = { .generated_at = NOW, .products = { .list = list, .n_list = PRODUCTS_MAX } };
	struct store *s = open_writer();
	const char *error = NULL;

	(void)state;
	for (size_t i = 0; i < PRODUCTS_MAX; i++)
		list[i] = (struct product_health){ .probe.state = PROBE_OK, .outcome = PRODUCT_ANSWERED, .latency_us = 31000,
						   .id = arena_printf(a, "a-product-of-thirty-two-chars-%02zu", i) };
	assert_int_equal(store_record_host(s, &r, NULL, a, &error), 0);
	r.generated_at++;
	list[99].probe.state = PROBE_INACTIVE;
	list[99].outcome = PRODUCT_REFUSED;
	list[98] = (struct product_health){ .probe.state = PROBE_OK, .id = list[98].id, .unit = { .active_state = "active", .sub_state = "running" } };
	assert_int_equal(store_record_host(s, &r, NULL, a, &error), 0);
	assert_int_equal(samples_of(s, "listeners").n, 2);
	assert_int_equal(samples_of(s, "product.a-product-of-thirty-two-chars-00").n, 2);
	assert_true(samples_of(s, "product.a-product-of-thirty-two-chars-00").rows[1].mean == 31000);
	assert_int_equal(samples_of(s, "product.a-product-of-thirty-two-chars-99").rows[1].inactive, 1);
	assert_int_equal(changes_of(s, NULL).n, 2);
	assert_string_equal(changes_of(s, NULL).rows[1].reading, "product.a-product-of-thirty-two-chars-99");
	assert_string_equal(changes_of(s, NULL).rows[1].to_word, "refused");
	assert_string_equal(changes_of(s, NULL).rows[0].to_word, "active/running");
	store_close(s);
}

/* One run of the machine's exporter, with two products. */
static void put_products(struct store *s, int64_t at, enum probe_state web, enum probe_state api)
{
	struct product_health list[] = { { .probe.state = web, .id = "web" }, { .probe.state = api, .id = "api" } };
	struct host_report r = { .generated_at = at, .products = { .list = list, .n_list = api == PROBE_OK + 1 ? 1 : 2 } };
	const char *error = NULL;

	assert_int_equal(store_record_host(s, &r, NULL, a, &error), 0);
}

#define NOT_THERE ((enum probe_state)(PROBE_OK + 1))

static void a_product_that_was_not_asked_anew_is_not_sampled_again(void **state)
{
	struct product_health web = { .probe = { .state = PROBE_OK, .taken_at = NOW }, .id = "web" };
	struct host_report r = { .generated_at = NOW + 3, .products = { .list = &web, .n_list = 1 } };
	struct store *s = open_writer();
	const char *error = NULL;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_record_host(s, &r, NULL, a, &error), 0);
		r.generated_at += 30;
	}
	web.probe.taken_at = NOW + 61;
	assert_int_equal(store_record_host(s, &r, NULL, a, &error), 0);
	assert_int_equal(samples_of(s, "export").n, 3);
	assert_int_equal(samples_of(s, "product.web").n, 2);
	store_close(s);
}

static void products_are_told_by_quarters_of_an_hour(void **state)
{
	const int64_t quarter = NOW - NOW % 900, day = quarter - 86400;
	struct store *s = open_writer();
	struct reading_watches w;
	const char *error = NULL;

	(void)state;
	put_products(s, day - 3600, PROBE_OK, NOT_THERE);      /* web is older than the window */
	put_products(s, day + 4000, PROBE_OK, PROBE_UNKNOWN);  /* api begins within it */
	put_products(s, quarter + 10, PROBE_OK, PROBE_OK);
	put_products(s, quarter + 40, PROBE_INACTIVE, PROBE_OK);
	put_products(s, quarter + 899, PROBE_UNKNOWN, PROBE_OK);
	store_close(s);
	s = store_open_read(dir, STORE_ANY_USER, clock_mono_us() + 10 * 1000000, a, &error);
	assert_non_null(s);
	assert_int_equal(store_reading_watches(s, "product.", day + 3, quarter + 900, &w, a, &error), 0);
	assert_int_equal(w.n, 2);
	assert_string_equal(w.list[0].reading, "product.web");
	assert_int_equal(w.list[0].watch.since, day);
	assert_int_equal(w.list[0].watch.n, 2);
	assert_int_equal(w.list[0].watch.rows[1].at, quarter);
	assert_int_equal(w.list[0].watch.rows[1].runs, 3);
	assert_int_equal(w.list[0].watch.rows[1].fine, 1);
	assert_int_equal(w.list[0].watch.rows[1].critical, 1);
	assert_int_equal(w.list[0].watch.rows[1].down, 1);
	assert_string_equal(w.list[1].reading, "product.api");
	assert_int_equal(w.list[1].watch.since, day + 4000);
	assert_int_equal(w.list[1].watch.rows[0].runs, 1);
	assert_int_equal(w.list[1].watch.rows[0].up, 0);
	assert_int_equal(store_reading_watches(s, "nothing.", day, quarter, &w, a, &error), 0);
	assert_int_equal(w.n, 0);
	store_close(s);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_new_ledger_is_made_for_the_group_to_read),
		T(a_change_is_written_once_with_both_sides),
		T(hostile_words_do_not_get_in),
		T(a_gateway_that_invents_platforms_meets_a_limit),
		T(an_older_schema_is_brought_up_and_keeps_its_rows),
		T(a_newer_schema_is_refused_and_left_alone),
		T(what_is_no_ledger_is_refused_and_left_alone),
		T(a_page_that_breaks_later_is_a_reason),
		T(a_reader_of_another_user_reads_while_it_is_written),
		T(a_kill_at_any_moment_loses_the_run_in_progress_at_most),
		T(a_full_disk_loses_nothing_that_was_there),
		T(a_folder_that_cannot_be_written_is_a_reason),
		T(a_file_that_was_moved_away_is_noticed),
		T(a_clock_that_jumps_a_day_leaves_order),
		T(after_three_days_two_are_raw_and_one_is_hours),
		T(after_a_hundred_days_ten_are_days),
		T(after_three_years_two_are_left_and_the_size_is_bounded),
		T(a_ledger_that_lay_still_catches_up_in_bounded_steps),
		T(a_clock_years_ahead_for_minutes_does_not_empty_it),
		T(a_question_past_its_deadline_is_a_reason),
		T(starts_of_the_gateway_are_counted_since_midnight),
		T(growth_is_what_a_week_shows_and_not_known_before),
		T(the_host_is_recorded_too),
		T(a_hundred_products_are_sampled_beside_the_rest),
		T(a_product_that_was_not_asked_anew_is_not_sampled_again),
		T(products_are_told_by_quarters_of_an_hour),
	};

	return RUN_TESTS("store", tests);
}
