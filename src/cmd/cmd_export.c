/* hmc export: take every reading, publish it, and go on if asked to. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/collect.h"
#include "cmd/counts.h"
#include "cmd/hand_over.h"
#include "cmd/intake.h"
#include "cmd/intake_timeline.h"
#include "cmd/limit.h"
#include "cmd/verdicts.h"
#include "report/alive.h"
#include "report/refresh_request.h"
#include "report/report.h"
#include "store/store.h"
#include "watch/watch.h"

#define RUN_ARENA_MAX (8 * 1024 * 1024)
#define ASKED_EVERY_US (500 * 1000) /* so often a process that stays looks whether it is asked for a report */

struct options {
	const char *instance;
	bool host;
	int64_t every_s;        /* 0 = once */
};

struct target {
	const char *id;
	const struct instance *instance; /* NULL = the host */
	struct collector *collector;
	struct intake *intake;
	struct timelines *timelines;  /* of its sessions; NULL for the host */
	char *last_error;       /* said already; a failure that lasts is logged once */
	struct store *store;    /* kept open between runs; NULL before the first and after a failure */
	char *last_ledger_error;
	char *last_mark_error;
	int64_t asked_at;       /* of the newest request that was answered */
};

struct exporter_run {
	const struct config *config;
	struct redactor *redactors[2]; /* without and with personal data, made when first wanted */
	struct target *targets;
	size_t n_targets;
	bool is_tty;
};

static bool parse(int argc, char **argv, struct options *o, int *status)
{
	static const struct option longs[] = { { "instance", required_argument, NULL, 'i' },
					       { "host", no_argument, NULL, 'h' },
					       { "every", required_argument, NULL, 'e' },
					       { 0 } };
	int opt;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == 'i') {
			o->instance = optarg;
		} else if (opt == 'h') {
			o->host = true;
		} else if (opt == 'e' && str_parse_i64(optarg, 1, 86400, &o->every_s)) {
			continue;
		} else {
			*status = opt == 'e' ? cmd_usage_error("export", "--every needs seconds from 1 to 86400, not '%s'", optarg)
					     : cmd_usage_error("export", "cannot understand '%s'", argv[optind - 1]);
			return false;
		}
	}
	if (optind < argc)
		*status = cmd_usage_error("export", "cannot understand '%s'", argv[optind]);
	else if (o->instance && o->host)
		*status = cmd_usage_error("export", "--instance and --host exclude each other");
	else
		return true;
	return false;
}

static void add_target(struct exporter_run *run, const struct instance *in)
{
	struct target *t = &run->targets[run->n_targets++];

	t->id = in ? in->id : "host";
	t->instance = in;
	t->collector = collector_new(run->config, in, run->is_tty);
	t->intake = in ? intake_new(in) : NULL;
	t->timelines = in ? timelines_new(in) : NULL;
}

static void target_done(struct target *t)
{
	collector_free(t->collector);
	intake_free(t->intake);
	timelines_free(t->timelines);
	store_close(t->store);
	free(t->last_error);
	free(t->last_ledger_error);
	free(t->last_mark_error);
}

/* Nobody reaches into another user's home: that user's own exporter reads it. */
static bool is_mine(const struct instance *in)
{
	return in->uid == (int64_t)geteuid();
}

static int say_whose(const struct instance *in)
{
	if (in->uid < 0)
		fprintf(stderr, "hmc export: instance %s belongs to user '%s', whom this machine does not know; correct 'user' in the configuration\n",
			in->id, in->user);
	else
		fprintf(stderr, "hmc export: instance %s belongs to user '%s'; run this as that user: runuser -u %s -- hmc export --instance %s\n",
			in->id, in->user, in->user, in->id);
	return 1;
}

static int choose_one(struct exporter_run *run, const char *id)
{
	const struct instance *in = config_instance(run->config, id);

	if (!in) {
		fprintf(stderr, "hmc export: there is no instance '%s'; 'hmc config --instances' lists them\n", id);
		return EXIT_USAGE;
	}
	if (!is_mine(in))
		return say_whose(in);
	add_target(run, in);
	return 0;
}

static int choose(struct exporter_run *run, const struct options *o)
{
	const struct config *c = run->config;

	run->targets = calloc(c->n_instances + 1, sizeof(*run->targets));
	if (!run->targets)
		abort();
	if (o->instance)
		return choose_one(run, o->instance);
	for (size_t i = 0; !o->host && i < c->n_instances; i++) {
		if (is_mine(&c->instances[i]))
			add_target(run, &c->instances[i]);
		else
			say_whose(&c->instances[i]);
	}
	add_target(run, NULL);
	return 0;
}

/*
 * Makes <stateDir>/reports/<id> where that is still possible; where it is not,
 * publishing says what is wrong. Group-readable: panes run as another user.
 */
static const char *report_dir(const struct config *c, const char *id, struct arena *a)
{
	const char *reports = arena_printf(a, "%s/reports", c->state_dir);
	const char *dir = arena_printf(a, "%s/%s", reports, id);

	mkdir(c->state_dir, 0755);
	mkdir(reports, 0755);
	mkdir(dir, 0750);
	return dir;
}

static void tell(const struct exporter_run *run, const struct target *t, const cJSON *report, int64_t took_us)
{
	const cJSON *reading;
	int known = 0, unknown = 0;

	if (!run->is_tty)
		return;
	cJSON_ArrayForEach(reading, json_object(report, "readings")) {
		if (str_eq(json_string(reading, "state"), "unknown"))
			unknown++;
		else
			known++;
	}
	printf("%-12s %d reading%s, %d could not be taken, %.1f ms\n", t->id, known + unknown,
	       known + unknown == 1 ? "" : "s", unknown, (double)took_us / 1000);
}

/* The readings as they were taken: borrowed from the target's collector. */
struct taken {
	const struct instance_report *instance;
	const struct host_report *host;
	const struct store_verdict *verdict;
};

/* By the instance's own policy; the machine has none, and nobody's data. */
static struct redactor *redactor_of(struct exporter_run *run, const struct instance *in)
{
	struct redactor **r = &run->redactors[in && in->privacy];

	if (!*r)
		*r = redactor_new(in && in->privacy);
	return *r;
}

static cJSON *take_readings(struct exporter_run *run, struct target *t, struct taken *out, struct arena *a)
{
	struct redactor *redactor = redactor_of(run, t->instance);

	if (t->instance) {
		collect_give_sessions(t->collector, intake_sessions(t->intake, t->store, redactor, run->is_tty, a));
		timelines_take(t->timelines, t->store, redactor, run->is_tty);
		intake_cron_runs(t->intake, t->store, redactor);
		out->instance = collect_instance(t->collector, t->store, a);
		return report_instance_json(out->instance, redactor);
	}
	out->host = collect_host(t->collector, t->store, a);
	return report_host_json(out->host, redactor);
}

/* Says a failure once, for as long as it is the same; NULL: all is well again. */
static bool settle(const struct target *t, char **last, const char *error)
{
	if (error && !str_eq(error, *last))
		log_line(LOG_LEVEL_ERROR, "%s: %s", t->id, error);
	free(*last);
	*last = error ? strdup(error) : NULL;
	return !error;
}

/* The report is out by now: whatever is wrong with the ledger takes nothing from it. */
static bool record(struct target *t, const struct taken *taken, const char *error, struct arena *a)
{
	if (t->store && (taken->instance ? store_record_instance(t->store, taken->instance, taken->verdict, a, &error)
					 : store_record_host(t->store, taken->host, taken->verdict, a, &error)) < 0)
		store_closep(&t->store); /* the next run opens again whatever is there then */
	return settle(t, &t->last_ledger_error, error);
}

/* To bring a large ledger up to date takes longer than a run may, once. */
static struct store *open_ledger(const char *dir, struct arena *a, const char **error)
{
	struct store *s;

	if (store_is_older(dir))
		limit_start_for(UPGRADE_LIMIT_S);
	s = store_open(dir, a, error);
	limit_start();
	return s;
}

/* That it went well is for others to see, and what of the machine is to be told: their notifiers tell. */
static void mark(const struct exporter_run *run, struct target *t, struct arena *a)
{
	const char *error = NULL;

	if (!t->instance && t->store)
		hand_over(run->config, t->store, clock_now_s(), a, &error);
	if (!t->instance && !error)
		counts_leave(run->config, clock_now_s(), a, &error);
	if (!error)
		alive_mark(run->config->state_dir, t->id, ALIVE_EXPORT, a, &error);
	settle(t, &t->last_mark_error, watch_spokesman(run->config) ? error : NULL); /* where nobody tells, nobody looks */
}

static bool export_one(struct exporter_run *run, struct target *t)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(RUN_ARENA_MAX);
	CLEANUP_JSON cJSON *report = NULL;
	CLEANUP_FREE char *text = NULL;
	int64_t start = clock_mono_us();
	const char *error = NULL, *ledger_error = NULL, *dir = report_dir(run->config, t->id, a);
	struct taken taken = { 0 };

	if (!t->store)
		t->store = open_ledger(dir, a, &ledger_error);
	/* Before anything is read: what is asked from now on wants readings from then on. */
	t->asked_at = refresh_asked_at(run->config->state_dir, t->id, a);
	collect_give_request(t->collector, t->asked_at);
	report = take_readings(run, t, &taken, a);
	text = json_print(report);
	if (report_publish(dir, text, a, &error) == 0)
		tell(run, t, report, clock_mono_us() - start);
	if (!settle(t, &t->last_error, error))
		return false; /* the ledger lies in the same folder */
	taken.verdict = t->instance ? verdict_of_instance(report, t->instance, run->config, a)
				    : verdict_of_host(report, run->config, a);
	if (!record(t, &taken, ledger_error, a))
		return false;
	mark(run, t, a);
	return true;
}

static bool export_all(struct exporter_run *run)
{
	bool ok = true;

	for (size_t i = 0; i < run->n_targets; i++) {
		limit_start();
		ok = export_one(run, &run->targets[i]) && ok;
	}
	limit_stop();
	return ok;
}

static bool is_asked_again(const struct exporter_run *run, const struct target *t)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(RUN_ARENA_MAX);

	return refresh_asked_at(run->config->state_dir, t->id, a) != t->asked_at;
}

/*
 * Once more for whom somebody asked meanwhile: systemd.path(5) does not see
 * what happens while the exporter runs.
 */
static bool export_asked(struct exporter_run *run)
{
	bool ok = true;

	for (size_t i = 0; i < run->n_targets; i++) {
		if (!is_asked_again(run, &run->targets[i]))
			continue;
		limit_start();
		ok = export_one(run, &run->targets[i]) && ok;
	}
	limit_stop();
	return ok;
}

/*
 * Waits for the next full interval, and answers who asks meanwhile; false when
 * asked to stop. Runs that took too long are skipped, not queued.
 */
static bool wait_next(struct exporter_run *run, int64_t start_us, int64_t every_s, const sigset_t *stop)
{
	int64_t every_us = every_s * 1000000, now = clock_mono_us();
	int64_t until = start_us + ((now - start_us) / every_us + 1) * every_us;

	for (; now < until; now = clock_mono_us()) {
		int64_t left = until - now < ASKED_EVERY_US ? until - now : ASKED_EVERY_US;
		struct timespec ts = { .tv_sec = left / 1000000, .tv_nsec = (left % 1000000) * 1000 };

		if (sigtimedwait(stop, NULL, &ts) > 0)
			return false;
		export_asked(run);
		fflush(stdout);
	}
	return true;
}

static int go_on(struct exporter_run *run, int64_t every_s)
{
	int64_t start = clock_mono_us();
	sigset_t stop;
	bool ok;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL); /* a report is finished before the process ends */
	do {
		ok = export_all(run);
		fflush(stdout);
	} while (wait_next(run, start, every_s, &stop));
	return ok ? 0 : 1;
}

static int go_once(struct exporter_run *run)
{
	bool ok = export_all(run);

	return export_asked(run) && ok ? 0 : 1;
}

int cmd_export(int argc, char **argv, const struct config *config)
{
	struct exporter_run run = { .config = config, .is_tty = isatty(STDOUT_FILENO) };
	struct options o = { 0 };
	int status = 0;

	log_name("hmc export");
	if (!parse(argc, argv, &o, &status))
		return status;
	status = choose(&run, &o);
	if (status == 0)
		status = o.every_s ? go_on(&run, o.every_s) : go_once(&run);
	for (size_t i = 0; i < run.n_targets; i++)
		target_done(&run.targets[i]);
	free(run.targets);
	for (size_t i = 0; i < ARRAY_SIZE(run.redactors); i++)
		redactor_free(run.redactors[i]);
	return status;
}
