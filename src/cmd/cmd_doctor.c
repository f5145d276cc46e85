/* hmc doctor: is this installation sound, and what is to be done about it. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/doctor.h"
#include "cmd/look.h"
#include "json/json.h"

void doctor_say(struct doctor *d, enum status status, const char *what, const char *found, const char *cure)
{
	if (d->n < DOCTOR_LINES_MAX)
		d->lines[d->n++] = (struct doctor_line){ d->section, status, what, found, cure };
}

static const char *word_of(enum status s)
{
	switch (s) {
	case STATUS_OK:
		return "ok";
	case STATUS_WARN:
		return "warns";
	case STATUS_CRITICAL:
		return "fails";
	case STATUS_OFF:
		return "not there";
	case STATUS_INFO:
		return "note";
	case STATUS_UNKNOWN:
		break;
	}
	return "unknown";
}

static void print_line(const struct doctor_line *l, bool colours)
{
	fputs("  ", stdout);
	look_print(l->status, word_of(l->status), 9, colours);
	printf("  %s%s%s\n", l->what, l->found ? ": " : "", l->found ? l->found : "");
	if (l->cure && l->status != STATUS_OK)
		printf("               -> %s\n", l->cure);
}

static void print_lines(const struct doctor *d, bool colours)
{
	for (size_t i = 0; i < d->n; i++) {
		if (i == 0 || !str_eq(d->lines[i].section, d->lines[i - 1].section))
			printf("%s%s\n", i ? "\n" : "", d->lines[i].section);
		print_line(&d->lines[i], colours);
	}
}

static size_t count(const struct doctor *d, enum status s)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->lines[i].status == s;
	return n;
}

static void print_sum(const struct doctor *d)
{
	size_t fails = count(d, STATUS_CRITICAL), warns = count(d, STATUS_WARN), unknown = count(d, STATUS_UNKNOWN);

	if (!d->is_installed)
		printf("\nNot installed as a service yet: what is \"not there\" comes with it. docs/operations.md says how.\n");
	if (fails + warns + unknown == 0)
		printf("\nNothing to do.\n");
	else
		printf("\n%zu fail%s, %zu warn%s, %zu unknown.\n", fails, fails == 1 ? "s" : "", warns, warns == 1 ? "s" : "", unknown);
}

static void print_json(const struct doctor *d)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	CLEANUP_FREE char *text = NULL;
	cJSON *list = json_add_array(json, "checks");

	json_add_bool(json, "isInstalled", d->is_installed);
	for (size_t i = 0; i < d->n; i++) {
		cJSON *x = cJSON_CreateObject();

		json_add_string(x, "section", d->lines[i].section);
		json_add_string(x, "what", d->lines[i].what);
		json_add_string(x, "status", status_name(d->lines[i].status));
		json_add_string(x, "found", d->lines[i].found);
		json_add_string(x, "cure", d->lines[i].cure);
		json_append(list, x);
	}
	text = json_print(json);
	puts(text);
}

/* The slow ones say on a terminal what is being waited for. */
static void run_all(struct doctor *d, bool shows)
{
	static const struct {
		const char *doing;
		void (*run)(struct doctor *d);
	} parts[] = {
		{ "reading the configuration", doctor_config }, { "looking at the machine", doctor_machine },
		{ "reading reports", doctor_reports },		{ "asking systemd", doctor_units },
		{ "asking the site", doctor_site },		{ "checking the guardrails", doctor_guards },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (shows)
			fprintf(stderr, "\r\033[K%s ...", parts[i].doing);
		parts[i].run(d);
	}
	if (shows)
		fputs("\r\033[K", stderr);
}

int cmd_doctor(int argc, char **argv, const struct config *config, const char *fault)
{
	static const struct option longs[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)512 * 1024 * 1024);
	struct doctor d = { .config = config, .fault = fault, .arena = a };
	bool json = false;
	int opt;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt != 'j')
			return cmd_usage_error("doctor", "cannot understand '%s'", argv[optind - 1]);
		json = true;
	}
	if (optind < argc)
		return cmd_usage_error("doctor", "cannot understand '%s'", argv[optind]);
	d.lines = arena_calloc(a, DOCTOR_LINES_MAX, sizeof(*d.lines));
	run_all(&d, !json && isatty(STDERR_FILENO) && isatty(STDOUT_FILENO));
	if (json) {
		print_json(&d);
	} else {
		print_lines(&d, isatty(STDOUT_FILENO));
		print_sum(&d);
	}
	if (count(&d, STATUS_CRITICAL) + count(&d, STATUS_WARN) > 0)
		return 1;
	return count(&d, STATUS_UNKNOWN) > 0 ? 2 : 0;
}
