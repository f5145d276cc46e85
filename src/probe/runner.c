#include "probe/runner.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define ARENA_LIMIT ((size_t)64 * 1024 * 1024)
#define STACK_BYTES ((size_t)1024 * 1024)

/*
 * One run of one probe, with memory of its own: `out` is copied to the caller
 * only when the probe answers in time, so one that is late can never write
 * where somebody reads. `done` is under the runner's lock; the rest belongs to
 * the thread until then, and to the runner afterwards.
 */
struct job {
	struct runner *runner;
	struct job *next; /* in runner->kept */
	probe_fn run;
	const void *in;
	void *out;
	struct arena *arena;
	int64_t started_us; /* monotonic */
	int64_t deadline_us;
	int64_t taken_at;
	int64_t took_us;
	bool done;
};

struct runner {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	size_t n_slots;
	struct job **slots; /* a task's job of this run, or the one left behind; NULL = none */
	struct job *kept;   /* jobs whose strings the last run's results borrow */
};

static void *must(void *p)
{
	if (!p) {
		fprintf(stderr, "mission-control: out of memory\n");
		abort();
	}
	return p;
}

struct runner *runner_new(size_t n_tasks)
{
	struct runner *r = must(calloc(1, sizeof(*r)));
	pthread_condattr_t attr;

	r->n_slots = n_tasks;
	r->slots = must(calloc(n_tasks ? n_tasks : 1, sizeof(struct job *)));
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	/* Deadlines must hold while somebody sets the clock. */
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->answered, &attr);
	pthread_condattr_destroy(&attr);
	return r;
}

static struct job *job_new(struct runner *r, const struct probe_task *t)
{
	struct job *j = must(calloc(1, sizeof(*j)));

	j->runner = r;
	j->run = t->run;
	j->in = t->in;
	j->out = must(calloc(1, t->out_size));
	j->arena = arena_new(ARENA_LIMIT);
	j->started_us = clock_mono_us();
	j->deadline_us = j->started_us + (t->limit_us > 0 ? t->limit_us : PROBE_LIMIT_US);
	j->taken_at = clock_now_s();
	return j;
}

static void job_free(struct job *j)
{
	free(j->out);
	arena_free(j->arena);
	free(j);
}

static void *job_main(void *arg)
{
	struct job *j = arg;
	struct runner *r = j->runner;

	j->run(j->out, j->in, j->arena, j->deadline_us);
	pthread_mutex_lock(&r->lock);
	j->took_us = clock_mono_us() - j->started_us;
	j->done = true;
	pthread_cond_broadcast(&r->answered);
	pthread_mutex_unlock(&r->lock);
	return NULL; /* j may be gone by now */
}

/* 0, or an errno. Signals stay with the threads of the caller, who has handlers for them. */
static int job_start(struct job *j)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, &attr, job_main, j);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return error;
}

static void say_unknown(struct probe_task *t, struct arena *a, int64_t took_us, const char *reason)
{
	struct probe *p = t->out;

	t->was_left_out = true;
	memset(t->out, 0, t->out_size);
	p->state = PROBE_UNKNOWN;
	p->reason = reason;
	p->source = arena_strdup(a, t->name);
	p->taken_at = clock_now_s();
	p->took_us = took_us;
}

/* Keeps strings of our own beside those of the probes: a job that never ran. */
static struct arena *own_arena(struct runner *r)
{
	struct job *j = must(calloc(1, sizeof(*j)));

	j->arena = arena_new(ARENA_LIMIT);
	j->next = r->kept;
	r->kept = j;
	return j->arena;
}

static void start_slot(struct runner *r, size_t i, struct probe_task *t, struct arena *own)
{
	int error;

	if (r->slots[i]) {
		int64_t late_us = clock_mono_us() - r->slots[i]->started_us;

		say_unknown(t, own, 0,
			    arena_printf(own,
					 "still no answer after %lld s; not asked again before it "
					 "comes back",
					 (long long)(late_us / 1000000)));
		return;
	}
	r->slots[i] = job_new(r, t);
	error = job_start(r->slots[i]);
	if (error) {
		say_unknown(
			t, own, 0,
			arena_printf(own, "no thread could be started for it: %s", strerrordesc_np(error)));
		job_free(r->slots[i]);
		r->slots[i] = NULL;
	}
}

/* Under the lock: waits until the job has answered or run out of time; true when it has answered. */
static bool wait_for(struct runner *r, const struct job *j)
{
	struct timespec until = { .tv_sec = j->deadline_us / 1000000,
				  .tv_nsec = j->deadline_us % 1000000 * 1000 };

	while (!j->done) {
		if (pthread_cond_timedwait(&r->answered, &r->lock, &until) == ETIMEDOUT)
			return j->done;
	}
	return true;
}

/* "2 s", or "1.5 s", "0.3 s" where the limit is no whole number of seconds. */
static const char *limit_text(struct arena *a, int64_t us)
{
	if (us % 1000000 == 0)
		return arena_printf(a, "%lld s", (long long)(us / 1000000));
	return arena_printf(a, "%lld.%lld s", (long long)(us / 1000000), (long long)(us % 1000000 / 100000));
}

static void take_answer(struct runner *r, struct job *j, struct probe_task *t)
{
	struct probe *p = t->out;

	t->was_left_out = false;
	memcpy(t->out, j->out, t->out_size);
	if (p->state != PROBE_OK && !p->reason)
		p->reason = "the probe gave no reason";
	if (!p->source)
		p->source = t->name;
	if (!p->taken_at)
		p->taken_at = j->taken_at;
	if (!p->took_us)
		p->took_us = j->took_us > 0 ? j->took_us : 1;
	j->next = r->kept;
	r->kept = j;
}

/* Under the lock: jobs of earlier runs that have come back too late for anybody to want them. */
static void sweep(struct runner *r)
{
	for (size_t i = 0; i < r->n_slots; i++) {
		if (r->slots[i] && r->slots[i]->done) {
			job_free(r->slots[i]);
			r->slots[i] = NULL;
		}
	}
}

void runner_run(struct runner *r, struct probe_task *tasks, size_t n_tasks)
{
	struct arena *own = own_arena(r);
	size_t n = n_tasks < r->n_slots ? n_tasks : r->n_slots;
	bool *started = arena_calloc(own, n ? n : 1, sizeof(*started));

	for (size_t i = n; i < n_tasks; i++)
		say_unknown(&tasks[i], own, 0, "not asked: more tasks than the runner was made for");
	pthread_mutex_lock(&r->lock);
	sweep(r);
	for (size_t i = 0; i < n; i++) {
		bool was_stuck = r->slots[i] != NULL;

		start_slot(r, i, &tasks[i], own);
		started[i] = !was_stuck && r->slots[i];
	}
	for (size_t i = 0; i < n; i++) {
		struct job *j = r->slots[i];

		if (!started[i])
			continue;
		if (wait_for(r, j)) {
			r->slots[i] = NULL;
			take_answer(r, j, &tasks[i]);
			continue;
		}
		say_unknown(&tasks[i], own, clock_mono_us() - j->started_us,
			    arena_printf(own, "timed out after %s",
					 limit_text(own, j->deadline_us - j->started_us)));
	}
	pthread_mutex_unlock(&r->lock);
}

void runner_recycle(struct runner *r)
{
	while (r->kept) {
		struct job *j = r->kept;

		r->kept = j->next;
		job_free(j);
	}
}

size_t runner_stuck(const struct runner *r)
{
	struct runner *mine = (struct runner *)r; /* the lock is not part of what is const */
	size_t n = 0;

	pthread_mutex_lock(&mine->lock);
	for (size_t i = 0; i < mine->n_slots; i++)
		n += mine->slots[i] && !mine->slots[i]->done;
	pthread_mutex_unlock(&mine->lock);
	return n;
}

void runner_free(struct runner *r)
{
	if (!r || runner_stuck(r) > 0)
		return;
	runner_recycle(r);
	for (size_t i = 0; i < r->n_slots; i++)
		if (r->slots[i])
			job_free(r->slots[i]);
	pthread_cond_destroy(&r->answered);
	pthread_mutex_destroy(&r->lock);
	free(r->slots);
	free(r);
}
