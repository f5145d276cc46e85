/* hmc beat: counts to the outside, so that a dead machine is noticed there. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/own_ledger.h"
#include "watch/beat.h"

#define ARENA_MAX ((size_t)16 * 1024 * 1024)

int cmd_beat(int argc, char **argv, const struct config *config)
{
	static const struct option longs[] = { { "verbose", no_argument, NULL, 'v' }, { 0 } };
	static const int codes[] = { [BEAT_NOT_YET] = 0, [BEAT_SENT] = 0, [BEAT_LATER] = EXIT_TRY_LATER, [BEAT_CONFIG] = EXIT_CONFIG, [BEAT_FAILED] = 1 };
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	bool is_told = isatty(STDOUT_FILENO);
	const char *error = NULL;
	enum beat_end how;
	int opt;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt != 'v')
			return cmd_usage_error("beat", "cannot understand '%s'", argv[optind - 1]);
		is_told = true;
	}
	if (optind < argc)
		return cmd_usage_error("beat", "cannot understand '%s'", argv[optind]);
	if (!config->beat.url_file) {
		if (is_told)
			printf("not configured, so nothing is sent; add \"beat\": { \"urlFile\": \"/etc/hermes-mission-control/beat.url\" }\n");
		return 0;
	}
	how = beat_pass(config, clock_now_s(), a, &error);
	if (error)
		fprintf(stderr, "hmc beat: %s\n", str_clean(a, error, strlen(error), 380));
	else if (is_told)
		printf("%s\n", how == BEAT_SENT ? "the beat was taken" : "it is not time yet");
	return codes[how];
}
