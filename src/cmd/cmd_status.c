/* hmc status: the pages' verdicts in a terminal. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/look.h"
#include "report/report.h"
#include "view/verdict.h"

#define EXIT_WARNS   1
#define EXIT_UNKNOWN 2

static void print_judgement(const struct judgement *j, bool colours)
{
	if (j->is_part)
		return;
	printf("  %-22s ", j->label);
	look_print(j->status, j->word ? j->word : "", 0, colours);
	printf("%s%s\n", j->detail ? "  " : "", j->detail ? j->detail : "");
	if (j->title)
		printf("  %-22s   %s%s%s\n", "", j->title, j->why ? ": " : "", j->why ? j->why : "");
}

static void print_part(const struct verdict_part *p, bool colours)
{
	const struct instance *in = p->snapshot ? p->snapshot->instance : NULL;

	printf("\n%s%s%s%s  ", in ? in->label : "Host", in ? " (" : "", in ? in->id : "", in ? ")" : "");
	look_print(p->status, p->word, 0, colours);
	putchar('\n');
	for (size_t i = 0; i < p->n; i++)
		print_judgement(&p->judgements[i], colours);
}

static void print_verdict(const struct verdict *v, bool colours)
{
	printf("%s\n", v->sentence);
	if (v->detail)
		printf("%s\n", v->detail);
	for (size_t i = 0; i < v->n_parts; i++)
		print_part(&v->parts[i], colours);
	if (v->host)
		print_part(v->host, colours);
}

static int exit_status(const struct verdict *v)
{
	if (v->n_critical || v->n_warn)
		return EXIT_WARNS;
	return v->n_unknown ? EXIT_UNKNOWN : 0;
}

struct options {
	const char *instance;
	bool json;
};

static bool parse(int argc, char **argv, struct options *o, int *status)
{
	static const struct option longs[] = { { "instance", required_argument, NULL, 'i' },
					       { "json", no_argument, NULL, 'j' },
					       { 0 } };
	int opt;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == 'i') {
			o->instance = optarg;
		} else if (opt == 'j') {
			o->json = true;
		} else {
			*status = cmd_usage_error("status", "cannot understand '%s'", argv[optind - 1]);
			return false;
		}
	}
	if (optind == argc)
		return true;
	*status = cmd_usage_error("status", "cannot understand '%s'", argv[optind]);
	return false;
}

int cmd_status(int argc, char **argv, const struct config *config)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)512 * 1024 * 1024);
	struct options o = { 0 };
	const struct snapshot *s;
	const struct verdict *v;
	int status = 0;

	if (!parse(argc, argv, &o, &status))
		return status;
	if (o.instance && !config_instance(config, o.instance)) {
		fprintf(stderr, "hmc status: there is no instance '%s'; 'hmc config --instances' lists them\n", o.instance);
		return EXIT_USAGE;
	}
	s = snapshot_load(config, clock_now_s(), a);
	v = verdict_of(s, o.instance, a);
	if (o.json) {
		CLEANUP_JSON cJSON *json = snapshot_json(s, o.instance);
		CLEANUP_FREE char *text = json_print(json);

		puts(text);
	} else {
		print_verdict(v, isatty(STDOUT_FILENO));
	}
	return exit_status(v);
}
