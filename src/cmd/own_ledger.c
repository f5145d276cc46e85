#include "cmd/own_ledger.h"

#include <stdio.h>
#include <unistd.h>

struct store *own_ledger(const char *command, const char *dir, struct arena *a, int *status)
{
	const char *error = NULL;
	struct store *s = NULL;

	if (access(arena_printf(a, "%s/" STORE_FILE, dir), F_OK) < 0) {
		fprintf(stderr, "hmc %s: there is no ledger in %s yet; hmc export makes it\n", command, dir);
		*status = EXIT_TRY_LATER;
	} else if (store_is_older(dir)) {
		fprintf(stderr, "hmc %s: the ledger is of an older version; the exporter's next run brings it up to date\n", command);
		*status = EXIT_TRY_LATER;
	} else {
		s = store_open(dir, a, &error);
		if (!s)
			fprintf(stderr, "hmc %s: %s\n", command, error);
		*status = 1;
	}
	return s;
}
