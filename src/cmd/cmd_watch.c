/* hmc watch: which exporters and notifiers are silent, by the eyes of one instance. */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/own_ledger.h"
#include "view/human.h"
#include "watch/watch.h"

#define ARENA_MAX ((size_t)64 * 1024 * 1024)

struct options {
	const char *instance;
	bool verbose;
};

static bool parse(int argc, char **argv, struct options *o, int *status)
{
	static const struct option longs[] = { { "instance", required_argument, NULL, 'i' }, { "verbose", no_argument, NULL, 'v' }, { 0 } };
	int opt;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == 'i') {
			o->instance = optarg;
		} else if (opt == 'v') {
			o->verbose = true;
		} else {
			*status = cmd_usage_error("watch", "cannot understand '%s'", argv[optind - 1]);
			return false;
		}
	}
	if (optind < argc)
		*status = cmd_usage_error("watch", "cannot understand '%s'", argv[optind]);
	else if (!o->instance)
		*status = cmd_usage_error("watch", "--instance ID is missing");
	else
		return true;
	return false;
}

static const struct instance *choose(const struct config *c, const struct options *o, int *status)
{
	const struct instance *in = config_instance(c, o->instance);

	if (!in) {
		fprintf(stderr, "hmc watch: there is no instance '%s'; 'hmc config --instances' lists them\n", o->instance);
		*status = EXIT_USAGE;
		return NULL;
	}
	if (in->uid == (int64_t)geteuid())
		return in;
	fprintf(stderr, "hmc watch: instance %s belongs to user '%s'; run this as that user: runuser -u %s -- hmc watch --instance %s\n", in->id, in->user,
		in->user, in->id);
	*status = 1;
	return NULL;
}

static const char *how(const struct watched *x, int64_t now, struct arena *a)
{
	if (x->alive.state == ALIVE_UNKNOWN)
		return x->alive.reason;
	if (x->alive.state == ALIVE_NEVER)
		return x->is_silent ? "silent: it has never run" : "it has not run yet";
	return arena_printf(a, "%s, last alive %s", x->is_silent ? "silent" : "alive", human_ago(a, x->alive.at, now));
}

/* What is wrong goes to stderr, all of it to whoever listens. 1 where anything is. */
static int say(const struct watch_list *w, int64_t now, bool is_told, struct arena *a)
{
	int status = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct watched *x = &w->list[i];
		bool is_wrong = x->is_silent || x->alive.state == ALIVE_UNKNOWN;
		const char *what = x->what == ALIVE_EXPORT ? "exporter" : "notifier";

		if (is_wrong)
			fprintf(stderr, "hmc watch: %s of %s: %s\n", what, x->id, how(x, now, a));
		else if (is_told)
			printf("%s of %s: %s\n", what, x->id, how(x, now, a));
		status = is_wrong ? 1 : status;
	}
	return status;
}

/* Where nobody is told of anything, to look is all there is to do. 0, or the exit status. */
static int tell(const struct config *c, const struct instance *in, const struct watch_list *w, struct arena *a)
{
	const struct watch_clock clock = watch_clock_now();
	CLEANUP(store_closep) struct store *s = NULL;
	struct notify n = { .in = in, .origin = c->site_origin, .a = a, .now = clock.now };
	int status = 0;
	bool ok;

	if (!in->notify.is_on)
		return 0;
	s = own_ledger("watch", arena_printf(a, "%s/reports/%s", c->state_dir, in->id), a, &status);
	if (!s)
		return status;
	n.store = s;
	n.redactor = redactor_new(in->privacy);
	ok = watch_tell(&n, w, &clock);
	redactor_free(n.redactor);
	if (!ok)
		fprintf(stderr, "hmc watch: %s: %s\n", in->id, n.error);
	return ok ? 0 : 1;
}

int cmd_watch(int argc, char **argv, const struct config *config)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct options o = { 0 };
	const struct instance *in;
	struct watch_list list;
	int status = 0, told;

	if (!parse(argc, argv, &o, &status))
		return status;
	in = choose(config, &o, &status);
	if (!in)
		return status;
	watch_look(config, in, clock_now_s(), &list, a);
	told = tell(config, in, &list, a);
	status = say(&list, clock_now_s(), o.verbose || isatty(STDOUT_FILENO), a);
	return told ? told : status;
}
