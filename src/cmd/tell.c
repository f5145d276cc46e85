#include "cmd/tell.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "notify/notify.h"

bool tell_is_possible(const char *command, const struct instance *in)
{
	if (in->notify.is_on)
		return true;
	fprintf(stderr, "hmc %s: --tell has nobody to tell: the configuration has no \"notify\" for %s; add \"notify\": { \"enabled\": true } to it\n",
		command, in->id);
	return false;
}

bool tell_done(const char *command, const struct instance *in, const char *dir, const char *what, const char *const *steps,
	       size_t n_steps, struct arena *a)
{
	CLEANUP(store_closep) struct store *s = NULL;
	const char *error = NULL;
	bool ok;

	s = store_open(dir, a, &error);
	if (s) {
		struct notify n = { .in = in, .store = s, .redactor = redactor_new(in->privacy), .a = a, .now = clock_now_s() };

		ok = notify_put_done(&n, what, steps, n_steps);
		error = n.error;
		redactor_free(n.redactor);
		if (ok)
			return true;
	}
	fprintf(stderr, "hmc %s: it could not be told: %s\n", command, error ? error : "no reason is given");
	return false;
}
