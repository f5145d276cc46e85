/* hmc backup: what restores an instance, pushed by its own user. */
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backup/backup.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/tell.h"
#include "store/store_loops.h"
#include "view/human.h"

#define ARENA_MAX    ((size_t)1024 * 1024 * 1024)
#define PATIENCE_S   10 /* after the run's own deadline, for what is stuck in one call */

struct options {
	const char *instance;
	bool dry_run;
	bool verbose;
	bool tell;
};

/* One run, and the thread that ends it where a call never comes back. */
struct watched {
	struct backup b;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool is_over;
};

static bool parse(int argc, char **argv, struct options *o, int *status)
{
	static const struct option longs[] = { { "instance", required_argument, NULL, 'i' },
					       { "dry-run", no_argument, NULL, 'n' },
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
			o->dry_run = true;
		} else if (opt == 'v') {
			o->verbose = true;
		} else if (opt == 't') {
			o->tell = true;
		} else {
			*status = cmd_usage_error("backup", "cannot understand '%s'", argv[optind - 1]);
			return false;
		}
	}
	if (optind < argc)
		*status = cmd_usage_error("backup", "cannot understand '%s'", argv[optind]);
	else if (!o->instance)
		*status = cmd_usage_error("backup", "--instance ID is missing");
	else if (o->tell && o->dry_run)
		*status = cmd_usage_error("backup", "--tell goes without --dry-run");
	else
		return true;
	return false;
}

/* Nobody pushes for another, root least of all. */
static const struct instance *choose(const struct config *c, const char *id, int *status)
{
	const struct instance *in = config_instance(c, id);

	*status = EXIT_CONFIG;
	if (!in) {
		fprintf(stderr, "hmc backup: there is no instance '%s'; 'hmc config --instances' lists them\n", id);
		*status = EXIT_USAGE;
	} else if (in->uid != (int64_t)geteuid()) {
		fprintf(stderr, "hmc backup: instance %s belongs to user '%s', who alone backs it up: runuser -u %s -- hmc backup --instance %s\n", id,
			in->user, in->user, id);
		*status = EXIT_FAILED;
	} else if (!in->backup_repo) {
		fprintf(stderr, "hmc backup: the configuration names no backup.repo for %s; clone a private repository and name its path\n", id);
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

static bool leave_row(const struct backup_run *row, const char *dir, struct arena *a)
{
	CLEANUP(store_closep) struct store *s = NULL;
	const char *error = NULL;

	s = store_open(dir, a, &error);
	if (s && store_put_backup_run(s, row, a, &error) == 0)
		return true;
	fprintf(stderr, "hmc backup: the ledger could not be written: %s\n", error ? error : "no reason is given");
	return false;
}

/* A thread: what hangs in a call that knows no deadline is told, recorded and ended. */
static void *watch(void *ctx)
{
	struct watched *w = ctx;
	struct backup_run row = { .at = clock_now_s(), .state = LOOP_FAILED, .took_us = (backup_limit_s() + PATIENCE_S) * INT64_C(1000000),
				  .files = COUNT_UNKNOWN, .bytes = COUNT_UNKNOWN, .changed = COUNT_UNKNOWN,
				  .error = "the backup took too long and was ended; is the remote or the disk stuck? The next run goes on" };
	struct timespec until;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += backup_limit_s() + PATIENCE_S;
	pthread_mutex_lock(&w->lock);
	while (!w->is_over && rc == 0)
		rc = pthread_cond_timedwait(&w->over, &w->lock, &until);
	if (!w->is_over) {
		CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);

		fprintf(stderr, "hmc backup: %s\n", row.error);
		if (!w->b.dry_run)
			leave_row(&row, w->b.state_dir, a);
		_exit(EXIT_TRY_LATER);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* A clock that is set forward meanwhile ends no run. */
static void use_monotonic_clock(pthread_cond_t *c)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(c, &attr);
	pthread_condattr_destroy(&attr);
}

static void run_watched(struct watched *w)
{
	pthread_t thread;
	bool is_watched;

	use_monotonic_clock(&w->over);
	is_watched = pthread_create(&thread, NULL, watch, w) == 0;
	backup_run(&w->b);
	pthread_mutex_lock(&w->lock);
	w->is_over = true;
	pthread_cond_signal(&w->over);
	pthread_mutex_unlock(&w->lock);
	if (is_watched)
		pthread_join(thread, NULL);
}

static void tell_end(const struct backup *b, bool is_told)
{
	const struct backup_run *r = &b->row;

	if (r->error) {
		fprintf(stderr, "hmc backup: %s: %s\n", b->in->id, r->error);
		return;
	}
	if (!is_told)
		return;
	if (b->dry_run)
		printf("%s: %s, %s; %s would change\n", b->in->id, human_plural(b->a, r->files, "file"), human_bytes(b->a, r->bytes),
		       human_plural(b->a, r->changed, "file"));
	else
		printf("%s: %s, %s, %s changed; %s has %.10s\n", b->in->id, human_plural(b->a, r->files, "file"), human_bytes(b->a, r->bytes),
		       human_plural(b->a, r->changed, "file"), r->remote, r->commit);
}

/* What was done; how it failed is an alert, and told as one. */
static bool tell(const struct backup *b)
{
	const struct backup_run *r = &b->row;
	bool is_new = r->state == LOOP_DONE;
	const char *steps[] = {
		arena_printf(b->a, "%s, %s read", human_plural(b->a, r->files, "file"), human_bytes(b->a, r->bytes)),
		"no secret found in them",
		is_new ? arena_printf(b->a, "%s changed", human_plural(b->a, r->changed, "file")) : "nothing has changed since the last backup",
		arena_printf(b->a, "%s has %.10s", r->remote, r->commit),
	};

	return tell_done("backup", b->in, b->state_dir, is_new ? "Backup pushed" : "Backup: nothing new", steps, ARRAY_SIZE(steps), b->a);
}

int cmd_backup(int argc, char **argv, const struct config *config)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct watched w = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct options o = { 0 };
	const struct instance *in;
	bool is_told;
	int status = 0;

	if (!parse(argc, argv, &o, &status))
		return status;
	in = choose(config, o.instance, &status);
	if (!in)
		return status;
	if (o.tell && !tell_is_possible("backup", in))
		return EXIT_CONFIG;
	is_told = o.verbose || o.dry_run || isatty(STDOUT_FILENO);
	w.b = (struct backup){ .in = in, .state_dir = state_dir(config, in->id, a), .a = a, .redactor = redactor_new(/* privacy= */ false),
			       .dry_run = o.dry_run, .deadline_us = clock_mono_us() + backup_limit_s() * INT64_C(1000000),
			       .say = is_told ? say : NULL };
	run_watched(&w);
	tell_end(&w.b, is_told);
	if (!o.dry_run && w.b.row.at && !leave_row(&w.b.row, w.b.state_dir, a) && !w.b.status)
		w.b.status = EXIT_FAILED;
	if (o.tell && !w.b.row.error && !tell(&w.b) && !w.b.status)
		w.b.status = EXIT_FAILED;
	redactor_free(w.b.redactor);
	return w.b.status;
}
