/* hmc notify: tells people, by an instance's own bot, of what is new or over. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/own_ledger.h"
#include "hermes/hermes.h"
#include "model/gateway.h"
#include "notify/bot.h"
#include "notify/notify.h"
#include "report/alive.h"
#include "report/answers_file.h"
#include "report/host_told_file.h"
#include "watch/watch.h"

#define ARENA_MAX      ((size_t)256 * 1024 * 1024)
#define LOCK_FILE      "notify.lock"
#define EXIT_FAILED    1
#define GATEWAY_LIMIT_US 500000

struct options {
	const char *instance;
	bool test;
	bool verbose;
	const char *done;
	const char *steps[NOTIFY_STEPS_MAX];
	size_t n_steps;
};

static bool take_option(int opt, struct options *o)
{
	switch (opt) {
	case 'i':
		o->instance = optarg;
		return true;
	case 't':
		o->test = true;
		return true;
	case 'v':
		o->verbose = true;
		return true;
	case 'd':
		o->done = optarg;
		return true;
	case 's':
		if (o->n_steps < NOTIFY_STEPS_MAX)
			o->steps[o->n_steps++] = optarg;
		return true;
	default:
		return false;
	}
}

static bool parse(int argc, char **argv, struct options *o, int *status)
{
	static const struct option longs[] = { { "instance", required_argument, NULL, 'i' }, { "test", no_argument, NULL, 't' },
					       { "done", required_argument, NULL, 'd' },     { "step", required_argument, NULL, 's' },
					       { "verbose", no_argument, NULL, 'v' },	     { 0 } };
	int opt;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (take_option(opt, o))
			continue;
		*status = cmd_usage_error("notify", "cannot understand '%s'", argv[optind - 1]);
		return false;
	}
	if (optind < argc)
		*status = cmd_usage_error("notify", "cannot understand '%s'", argv[optind]);
	else if (!o->instance)
		*status = cmd_usage_error("notify", "--instance ID is missing");
	else if (o->n_steps && !o->done)
		*status = cmd_usage_error("notify", "--step goes with --done");
	else if (o->done && (o->test || !*o->done))
		*status = cmd_usage_error("notify", "--done takes what was done, and goes without --test");
	else
		return true;
	return false;
}

/* Nobody speaks for another, root least of all. NULL with *status, which is 0 where nobody is to be told. */
static const struct instance *choose(const struct config *c, const struct options *o, int *status)
{
	const struct instance *in = config_instance(c, o->instance);

	*status = 0;
	if (!in) {
		fprintf(stderr, "hmc notify: there is no instance '%s'; 'hmc config --instances' lists them\n", o->instance);
		*status = EXIT_USAGE;
	} else if (in->uid != (int64_t)geteuid()) {
		fprintf(stderr, "hmc notify: instance %s belongs to user '%s', who alone speaks by its bot: runuser -u %s -- hmc notify --instance %s\n", in->id,
			in->user, in->user, in->id);
		*status = EXIT_FAILED;
	} else if (!in->notify.is_on && (o->test || o->done)) {
		fprintf(stderr, "hmc notify: the configuration has no \"notify\" for %s; add \"notify\": { \"enabled\": true } to it\n", in->id);
		*status = EXIT_CONFIG;
	} else if (!in->notify.is_on) {
		if (o->verbose || isatty(STDOUT_FILENO))
			printf("%s: not configured, so nobody is told; add \"notify\": { \"enabled\": true } to it\n", in->id);
	} else {
		return in;
	}
	return NULL;
}

static void say(const char *line, void *ctx)
{
	(void)ctx;
	printf("%s\n", line);
	fflush(stdout);
}

/* The descriptor that holds the lock; -1 with *status. It is never removed. */
static int take_lock(const struct instance *in, const char *dir, struct arena *a, int *status)
{
	int fd = open(arena_printf(a, "%s/" LOCK_FILE, dir), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		fprintf(stderr, "hmc notify: %s cannot be written: %s; run hmc doctor\n", dir, strerrordesc_np(errno));
		*status = EXIT_FAILED;
	} else if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		fprintf(stderr, "hmc notify: another one is at work for %s; this one leaves it alone\n", in->id);
		*status = EXIT_TRY_LATER;
		close(fd);
		fd = -1;
	}
	return fd;
}

/* ---- a pass ---- */

static int64_t gateway_pid(const struct hermes_source *src, struct arena *a)
{
	struct gateway g = { 0 };

	hermes_gateway(&g, src, a, clock_mono_us() + GATEWAY_LIMIT_US);
	return g.pid_state == PID_ALIVE ? g.pid : 0;
}

/* Told, and gone on with: Telegram itself says whether it is so still. */
static void look_at_dead(struct notify *n, const struct bot *bot, const struct hermes_source *src)
{
	const char *why = hermes_telegram_dead(src, bot->to.chat, n->a), *error = NULL;

	if (why)
		notify_say(n, "Hermes itself has given up delivering to chat %s: %s", bot->to.chat, why);
	store_put_state(n->store, NOTIFY_DEAD, why ? n->now : 0, why, n->a, &error);
}

/* The others are looked at in each pass, so that what is silent is told with the rest. False with n->error. */
static bool watch(struct notify *n, const struct config *c)
{
	const struct watch_clock clock = watch_clock_now();
	struct watch_list list;

	watch_look(c, n->in, n->now, &list, n->a);
	return watch_tell(n, &list, &clock);
}

static enum notify_end speak(struct notify *n, const struct options *o)
{
	struct bot bot = { .in = n->in, .origin = n->origin, .redactor = n->redactor };
	const struct hermes_source src = { .home = n->in->hermes_home, .proc_root = "/proc" };
	const char *wrong = bot_find(&bot, &src, gateway_pid(&src, n->a), n->a);
	enum notify_end how;

	if (wrong) {
		/* What is new is put down all the same: it waits, and is not forgotten. */
		how = o->test || notify_plan(n) ? NOTIFY_NOWHERE : NOTIFY_FAILED;
		n->error = how == NOTIFY_NOWHERE ? wrong : n->error;
		bot_done(&bot);
		return how;
	}
	look_at_dead(n, &bot, &src);
	how = o->test ? notify_test(n, &bot) : NOTIFY_ALL;
	if (how == NOTIFY_ALL)
		how = notify_plan(n) ? notify_send(n, &bot) : NOTIFY_FAILED;
	bot_done(&bot);
	return how;
}

/* What stands in the way is on file: the page and the alert book read it there. */
static int leave(struct notify *n, const struct config *c, enum notify_end how, bool is_told)
{
	static const int codes[] = { [NOTIFY_ALL] = 0, [NOTIFY_PACED] = 0, [NOTIFY_LATER] = EXIT_TRY_LATER, [NOTIFY_REFUSED] = EXIT_FAILED,
				     [NOTIFY_NOWHERE] = EXIT_CONFIG, [NOTIFY_FAILED] = EXIT_FAILED };
	const char *error = NULL, *line = n->error ? str_clean(n->a, n->error, strlen(n->error), 380) : NULL;

	if (store_put_state(n->store, NOTIFY_RAN, clock_now_s(), how == NOTIFY_ALL || how == NOTIFY_PACED ? NULL : line, n->a, &error) < 0 && !line)
		line = error;
	/* For the others to see. Where that is not possible, hmc watch and the reading of it say so. */
	if (!line && alive_mark(c->state_dir, n->in->id, ALIVE_NOTIFY, n->a, &error) < 0)
		notify_say(n, "%s", error);
	if (line)
		fprintf(stderr, "hmc notify: %s: %s\n", n->in->id, line);
	else if (is_told)
		printf("%s: %" PRId64 " sent%s\n", n->in->id, n->sent, how == NOTIFY_PACED ? ", the rest is said later" : "");
	return line && !codes[how] ? EXIT_FAILED : codes[how]; /* one message was refused, others were not */
}

/* The machine's alerts are told by one instance. What cannot be read is not told: it stands on the page. */
static void take_host(struct notify *n, const struct config *c, struct host_told *told)
{
	const struct instance *spokesman = watch_spokesman(c);
	struct watched exporter;

	if (!spokesman || !str_eq(spokesman->id, n->in->id))
		return;
	exporter = watch_one(c, ALIVE_HOST, "", ALIVE_EXPORT, n->now, n->a);
	host_told_load(c->state_dir, n->now, told, n->a);
	if (told->probe.state != PROBE_OK)
		notify_say(n, "the machine's alerts: %s", told->probe.reason);
	else if (exporter.is_silent)
		notify_say(n, "the machine's alerts are not told while its exporter is silent");
	else
		n->host = told;
}

static int run(struct notify *n, const struct config *c, const struct options *o, const char *dir, bool is_told)
{
	CLEANUP_FD int lock = -1;
	int status = 0;

	/* Before the lock: whoever has it says it, or the next one. */
	if (o->done && !notify_put_done(n, o->done, o->steps, o->n_steps)) {
		fprintf(stderr, "hmc notify: %s: %s\n", n->in->id, n->error);
		return EXIT_FAILED;
	}
	lock = take_lock(n->in, dir, n->a, &status);
	if (lock < 0)
		return o->done ? 0 : status;
	return leave(n, c, watch(n, c) ? speak(n, o) : NOTIFY_FAILED, is_told);
}

int cmd_notify(int argc, char **argv, const struct config *config)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(store_closep) struct store *s = NULL;
	struct answers own, all;
	struct host_told told;
	struct options o = { 0 };
	const struct instance *in;
	const char *dir;
	bool is_told;
	int status = 0;

	if (!parse(argc, argv, &o, &status))
		return status;
	in = choose(config, &o, &status);
	if (!in)
		return status;
	dir = arena_printf(a, "%s/reports/%s", config->state_dir, in->id);
	s = own_ledger("notify", dir, a, &status);
	if (!s)
		return status;
	is_told = o.verbose || o.test || isatty(STDOUT_FILENO);
	answers_load(config->state_dir, in->id, clock_now_s(), &own, a);
	answers_load(config->state_dir, ANSWER_FOR_ALL, clock_now_s(), &all, a);
	struct notify n = { .in = in, .origin = config->site_origin, .store = s, .redactor = redactor_new(in->privacy), .own = &own, .all = &all, .a = a,
			    .now = clock_now_s(), .say = is_told ? say : NULL };
	take_host(&n, config, &told);
	status = run(&n, config, &o, dir, is_told);
	redactor_free(n.redactor);
	return status;
}
