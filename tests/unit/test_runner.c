/* Deadlines that hold over probes that do not. */
#include "test.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "probe/runner.h"

struct reading {
	struct probe probe;
	const char *text;
	int64_t number;
};

/* A probe that sits in read() until somebody writes: what no timeout reaches. */
struct tap {
	int fds[2];
	atomic_int started, returned;
};

static void probe_hangs(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct tap *tap = (struct tap *)in;
	struct reading *r = out;
	char c;

	(void)deadline_us;
	atomic_fetch_add(&tap->started, 1);
	r->text = arena_strdup(a, "written before the wait");
	assert_int_equal(read(tap->fds[0], &c, 1), 1);
	r->probe.state = PROBE_OK;
	r->text = arena_printf(a, "came back with %c", c); /* late: into memory of its own */
	r->number = 7;
	atomic_fetch_add(&tap->returned, 1);
}

static void probe_answers(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct reading *r = out;

	assert_true(deadline_us > clock_mono_us());
	r->probe.state = PROBE_OK;
	r->text = arena_printf(a, "answer to %s", (const char *)in);
}

static void probe_says_nothing(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	(void)out;
	(void)in;
	(void)a;
	(void)deadline_us;
}

static void probe_sees_signals(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct reading *r = out;
	sigset_t mask;

	(void)in;
	(void)a;
	(void)deadline_us;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	r->number = sigismember(&mask, SIGTERM);
	r->probe.state = PROBE_OK;
}

#define TASK(fn, arg, place) \
	{ .name = "the " #fn, .run = (fn), .in = (arg), .out = (place), .out_size = sizeof(*(place)) }

/* A runner lives as long as the process; keeping them here keeps them in sight of leak checkers. */
static struct runner *runners[16];
static size_t n_runners;

static struct runner *new_runner(size_t n)
{
	return runners[n_runners++] = runner_new(n);
}

static void wait_for(const atomic_int *counter, int value)
{
	while (atomic_load(counter) < value)
		poll(NULL, 0, 1);
}

static void every_task_is_answered(void **state)
{
	struct reading one = { 0 }, two = { 0 };
	struct probe_task tasks[] = { TASK(probe_answers, "one", &one), TASK(probe_answers, "two", &two) };
	struct runner *r = new_runner(2);

	(void)state;
	runner_run(r, tasks, 2);
	assert_int_equal(one.probe.state, PROBE_OK);
	assert_string_equal(one.text, "answer to one");
	assert_string_equal(two.text, "answer to two");
	assert_string_equal(one.probe.source, "the probe_answers");
	assert_in_range(one.probe.taken_at, clock_now_s() - 5, clock_now_s());
	assert_true(one.probe.took_us > 0);
	assert_int_equal(runner_stuck(r), 0);
	runner_recycle(r);
}

static void answers_stay_until_they_are_recycled(void **state)
{
	struct reading first = { 0 }, second = { 0 };
	struct probe_task tasks[] = { TASK(probe_answers, "x", &first) };
	struct runner *r = new_runner(1);

	(void)state;
	runner_run(r, tasks, 1);
	tasks[0].out = &second;
	runner_run(r, tasks, 1);
	assert_string_equal(first.text, "answer to x");
	assert_string_equal(second.text, "answer to x");
	runner_recycle(r);
	runner_recycle(r); /* nothing left: nothing happens */
}

static void a_silent_probe_is_unknown_with_a_reason(void **state)
{
	struct reading out = { 0 };
	struct probe_task tasks[] = { TASK(probe_says_nothing, NULL, &out) };
	struct runner *r = new_runner(1);

	(void)state;
	runner_run(r, tasks, 1);
	assert_int_equal(out.probe.state, PROBE_UNKNOWN);
	assert_non_null(out.probe.reason);
	runner_recycle(r);
}

static void a_probe_that_hangs_is_left_behind_and_may_come_back(void **state)
{
	static struct tap tap;
	struct reading hung = { 0 }, quick = { 0 };
	struct probe_task tasks[] = { TASK(probe_hangs, &tap, &hung), TASK(probe_answers, "q", &quick) };
	struct runner *r = new_runner(2);
	int64_t start;

	(void)state;
	assert_int_equal(pipe(tap.fds), 0);
	tasks[0].limit_us = 100 * 1000;

	/* The run ends though the probe does not; what the probe wrote meanwhile is not shown. */
	start = clock_mono_us();
	runner_run(r, tasks, 2);
	assert_true(clock_mono_us() - start >= 100 * 1000);
	assert_int_equal(hung.probe.state, PROBE_UNKNOWN);
	assert_string_equal(hung.probe.reason, "timed out after 0.1 s");
	assert_null(hung.text);
	assert_true(hung.probe.took_us >= 100 * 1000);
	assert_int_equal(quick.probe.state, PROBE_OK);
	assert_int_equal(runner_stuck(r), 1);

	/* It is not started again while it is stuck, and nobody waits for it. */
	runner_recycle(r);
	hung = (struct reading){ 0 };
	runner_run(r, tasks, 2);
	assert_int_equal(hung.probe.state, PROBE_UNKNOWN);
	assert_non_null(hung.probe.reason);
	assert_non_null(strstr(hung.probe.reason, "not asked again"));
	assert_int_equal(quick.probe.state, PROBE_OK);
	assert_int_equal(atomic_load(&tap.started), 1);

	/* It comes back into memory of its own; the next run asks afresh. */
	assert_int_equal(write(tap.fds[1], "a", 1), 1);
	wait_for(&tap.returned, 1);
	while (runner_stuck(r))
		poll(NULL, 0, 1);
	assert_null(hung.text);
	assert_int_equal(write(tap.fds[1], "b", 1), 1);
	tasks[0].limit_us = 60 * 1000 * 1000;
	runner_recycle(r);
	runner_run(r, tasks, 2);
	assert_int_equal(hung.probe.state, PROBE_OK);
	assert_string_equal(hung.text, "came back with b");
	assert_int_equal(atomic_load(&tap.started), 2);
	runner_recycle(r);
	close(tap.fds[0]);
	close(tap.fds[1]);
}

static void all_hang_at_once_and_share_one_wait(void **state)
{
	static struct tap taps[8];
	struct reading out[8] = { 0 };
	struct probe_task tasks[8];
	struct runner *r = new_runner(8);
	int64_t start = clock_mono_us();

	(void)state;
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pipe(taps[i].fds), 0);
		tasks[i] = (struct probe_task)TASK(probe_hangs, &taps[i], &out[i]);
		tasks[i].limit_us = 500 * 1000;
	}
	runner_run(r, tasks, 8);
	/* One after the other they would take 4 s. */
	assert_true(clock_mono_us() - start < 3500 * 1000);
	assert_int_equal(runner_stuck(r), 8);
	for (int i = 0; i < 8; i++) {
		wait_for(&taps[i].started, 1);
		assert_int_equal(write(taps[i].fds[1], "z", 1), 1);
	}
	while (runner_stuck(r))
		poll(NULL, 0, 1);
	for (int i = 0; i < 8; i++) {
		close(taps[i].fds[0]);
		close(taps[i].fds[1]);
	}
	runner_run(r, tasks, 0); /* sweeps up what came back */
	runner_recycle(r);
}

static void a_task_too_many_is_unknown_not_forgotten(void **state)
{
	struct reading one = { 0 }, two = { 0 };
	struct probe_task tasks[] = { TASK(probe_answers, "1", &one), TASK(probe_answers, "2", &two) };
	struct runner *r = new_runner(1);

	(void)state;
	runner_run(r, tasks, 2);
	assert_int_equal(one.probe.state, PROBE_OK);
	assert_int_equal(two.probe.state, PROBE_UNKNOWN);
	assert_non_null(two.probe.reason);
	runner_recycle(r);
}

static void signals_stay_with_the_main_thread(void **state)
{
	struct reading out = { 0 };
	struct probe_task tasks[] = { TASK(probe_sees_signals, NULL, &out) };
	struct runner *r = new_runner(1);
	sigset_t mask;

	(void)state;
	runner_run(r, tasks, 1);
	assert_int_equal(out.number, 1);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	assert_int_equal(sigismember(&mask, SIGTERM), 0);
	runner_recycle(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_task_is_answered),
		cmocka_unit_test(answers_stay_until_they_are_recycled),
		cmocka_unit_test(a_silent_probe_is_unknown_with_a_reason),
		cmocka_unit_test(a_probe_that_hangs_is_left_behind_and_may_come_back),
		cmocka_unit_test(all_hang_at_once_and_share_one_wait),
		cmocka_unit_test(a_task_too_many_is_unknown_not_forgotten),
		cmocka_unit_test(signals_stay_with_the_main_thread),
	};

	return RUN_TESTS("runner", tests);
}
