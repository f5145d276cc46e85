/* hmc drill: the proof that a backup restores, by the instance's own user. */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/tell.h"
#include "drill/drill.h"
#include "store/store_loops.h"
#include "view/human.h"

#define ARENA_MAX  ((size_t)1024 * 1024 * 1024)
#define PATIENCE_S 10 /* after the run's own deadline, for what is stuck in one call */

struct options {
	const char *instance;
	bool no_push;
	bool verbose;
	bool tell;
};

/* One drill, and the thread that ends it where it is stopped or a call never comes back. */
struct watched {
	struct drill d;
	int64_t began_at;
	sigset_t signals;
};

static bool parse(int argc, char **argv, struct options *o, int *status)
{
	static const struct option longs[] = { { "instance", required_argument, NULL, 'i' },
					       { "no-push", no_argument, NULL, 'n' },
					       { "verbose", no_argument, NULL, 'v' },
					       { "tell", no_argument, NULL, 't' },
					       { 0 } };
	int opt;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == 'i') {
			o->instance = optarg;
		} else if (opt == 'n') {
			o->no_push = true;
		} else if (opt == 'v') {
			o->verbose = true;
		} else if (opt == 't') {
			o->tell = true;
		} else {
			*status = cmd_usage_error("drill", "cannot understand '%s'", argv[optind - 1]);
			return false;
		}
	}
	if (optind < argc)
		*status = cmd_usage_error("drill", "cannot understand '%s'", argv[optind]);
	else if (!o->instance)
		*status = cmd_usage_error("drill", "--instance ID is missing");
	else
		return true;
	return false;
}

static const struct instance *choose(const struct config *c, const char *id, int *status)
{
	const struct instance *in = config_instance(c, id);

	*status = EXIT_CONFIG;
	if (!in) {
		fprintf(stderr, "hmc drill: there is no instance '%s'; 'hmc config --instances' lists them\n", id);
		*status = EXIT_USAGE;
	} else if (in->uid != (int64_t)geteuid()) {
		fprintf(stderr, "hmc drill: instance %s belongs to user '%s', who alone drills it: runuser -u %s -- hmc drill --instance %s\n", id, in->user,
			in->user, id);
		*status = EXIT_FAILED;
	} else if (!in->backup_repo) {
		fprintf(stderr, "hmc drill: the configuration names no backup.repo for %s: there is nothing to restore; set up its backup first\n", id);
	} else {
		return in;
	}
	return NULL;
}

static void say(const char *step, void *ctx)
{
	(void)ctx;
	printf("%s\n", step);
	fflush(stdout);
}

/* The report's folder, as the exporter makes it. */
static const char *state_dir(const struct config *c, const char *id, struct arena *a)
{
	const char *dir = arena_printf(a, "%s/reports/%s", c->state_dir, id);

	mkdir(c->state_dir, 0755);
	mkdir(arena_printf(a, "%s/reports", c->state_dir), 0755);
	mkdir(dir, 0750);
	return dir;
}

static bool leave_row(const struct drill_run *row, const char *dir, struct arena *a)
{
	CLEANUP(store_closep) struct store *s = NULL;
	const char *error = NULL;

	s = store_open(dir, a, &error);
	if (s && store_put_drill(s, row, a, &error) == 0)
		return true;
	fprintf(stderr, "hmc drill: the ledger could not be written: %s\n", error ? error : "no reason is given");
	return false;
}

/* When the backup was last known to be as the home was; 0 where the ledger does not say. */
static int64_t backup_at(const char *dir, struct arena *a)
{
	CLEANUP(store_closep) struct store *s = NULL;
	struct loops loops = { 0 };
	const char *error = NULL;

	s = store_open(dir, a, &error);
	return s && store_loops(s, &loops, a, &error) == 0 ? loops.backup_good_at : 0;
}

/* What is known of a drill that is ended from outside: what it had proven or found stays so. */
static struct drill_run row_of_ended(struct watched *w, bool was_stopped, struct arena *a)
{
	const char *how = was_stopped ? "was stopped" : "took too long and was ended; is the remote or the disk stuck? Run it again";
	struct drill_run row = { .at = w->began_at, .state = LOOP_FAILED, .files = COUNT_UNKNOWN, .bytes = COUNT_UNKNOWN, .checked = COUNT_UNKNOWN,
				 .failed = COUNT_UNKNOWN };

	if (!atomic_load(&w->d.is_judged)) {
		row.error = was_stopped ? "the drill was stopped before it had proven anything; run it again" : arena_printf(a, "the drill %s", how);
		return row;
	}
	row = w->d.judged;
	if (!row.error)
		row.error = arena_printf(a, "proven, but pushing the receipt %s", how);
	return row;
}

/* A thread: what was stopped, or hangs in a call that knows no deadline, is told, recorded, swept up and ended. */
static void *watch(void *ctx)
{
	struct watched *w = ctx;
	const struct timespec limit = { .tv_sec = backup_limit_s() + PATIENCE_S };
	int64_t start = clock_mono_us();
	int sig = sigtimedwait(&w->signals, NULL, &limit);

	if (sig != SIGUSR1) {
		CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
		struct drill_run row = row_of_ended(w, sig > 0, a);

		row.took_us = clock_mono_us() - start;
		fprintf(stderr, "hmc drill: %s: %s\n", w->d.b.in->id, row.error);
		drill_scratch_remove(&w->d);
		leave_row(&row, w->d.b.state_dir, a);
		_exit(atomic_load(&w->d.is_judged) && row.state == LOOP_FAILED ? EXIT_FAILED : EXIT_TRY_LATER);
	}
	return NULL;
}

static void run_watched(struct watched *w)
{
	pthread_t thread;
	bool is_watched;

	w->began_at = clock_now_s();
	sigemptyset(&w->signals);
	sigaddset(&w->signals, SIGINT);
	sigaddset(&w->signals, SIGTERM);
	sigaddset(&w->signals, SIGHUP);
	sigaddset(&w->signals, SIGUSR1); /* our own: the drill is over */
	pthread_sigmask(SIG_BLOCK, &w->signals, NULL);
	is_watched = pthread_create(&thread, NULL, watch, w) == 0;
	drill_run(&w->d);
	if (is_watched) {
		pthread_kill(thread, SIGUSR1);
		pthread_join(thread, NULL);
	}
}

static void tell_end(struct drill *d, bool is_told)
{
	const struct drill_run *r = &d->row;

	if (r->error)
		fprintf(stderr, "hmc drill: %s: %s\n", d->b.in->id, r->error);
	else if (is_told)
		printf("%s: proven: %s, %s restored from %s at %.10s and checked in %s\n", d->b.in->id, human_plural(d->b.a, r->files, "file"),
		       human_bytes(d->b.a, r->bytes), r->remote, r->commit, human_took(d->b.a, r->took_us));
}

/* What was done; how it failed is an alert, and told as one. */
static bool tell(struct drill *d)
{
	const struct drill_run *r = &d->row;
	struct arena *a = d->b.a;
	const char *steps[] = {
		arena_printf(a, "%s cloned in %s", r->remote, human_took(a, d->took_us[DRILL_CLONE])),
		arena_printf(a, "%s, %s restored into an empty home", human_plural(a, r->files, "file"), human_bytes(a, r->bytes)),
		"all as the backup's list has them, and without a secret",
		"read as Hermes would read them",
		d->knows_live ? "compared with the live home" : "the live home could not be compared",
		d->no_push ? "the receipt stands in the ledger" : "the receipt stands in the ledger and in the repository",
	};

	return tell_done("drill", d->b.in, d->b.state_dir, "The backup restores", steps, ARRAY_SIZE(steps), a);
}

int cmd_drill(int argc, char **argv, const struct config *config)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct watched w = { 0 };
	struct options o = { 0 };
	const struct instance *in;
	bool is_told;
	int status = 0;

	if (!parse(argc, argv, &o, &status))
		return status;
	in = choose(config, o.instance, &status);
	if (!in)
		return status;
	if (o.tell && !tell_is_possible("drill", in))
		return EXIT_CONFIG;
	is_told = o.verbose || isatty(STDOUT_FILENO);
	w.d.scratch_fd = -1;
	w.d.no_push = o.no_push;
	w.d.b = (struct backup){ .in = in, .state_dir = state_dir(config, in->id, a), .a = a, .redactor = redactor_new(/* privacy= */ false),
				 .deadline_us = clock_mono_us() + backup_limit_s() * INT64_C(1000000), .say = is_told ? say : NULL };
	w.d.backup_at = backup_at(w.d.b.state_dir, a);
	run_watched(&w);
	for (size_t i = 0; is_told && i < w.d.told.n; i++)
		printf("  %s\n", w.d.told.list[i]);
	tell_end(&w.d, is_told);
	if (w.d.row.at && !leave_row(&w.d.row, w.d.b.state_dir, a) && !w.d.b.status)
		w.d.b.status = EXIT_FAILED;
	if (o.tell && w.d.row.state == LOOP_DONE && !w.d.row.error && !tell(&w.d) && !w.d.b.status)
		w.d.b.status = EXIT_FAILED;
	redactor_free(w.d.b.redactor);
	return w.d.b.status;
}
