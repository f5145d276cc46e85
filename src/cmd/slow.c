#include "cmd/slow.h"

#include <string.h>

#include "base/clock.h"

/* A time ahead of ours is a clock that was set back: take it again. */
static bool still_holds(const struct slow *s, const struct probe *kept)
{
	int64_t age = clock_now_s() - kept->taken_at;

	/* What is not there costs nothing to look for, and is told at once when it is. */
	if (kept->state == PROBE_INACTIVE)
		return false;
	return kept->taken_at > 0 && age >= 0 && age < (kept->state == PROBE_UNKNOWN ? s->every_s / 4 : s->every_s);
}

void slow_read(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct slow *s = in;

	if (s->kept && still_holds(s, s->kept))
		memcpy(out, s->kept, s->size);
	else
		s->run(out, s->in, a, deadline_us);
}
