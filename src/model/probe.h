/*
 * model/probe.h -- how well something is known.
 */
#ifndef MC_MODEL_PROBE_H
#define MC_MODEL_PROBE_H

#include <stdint.h>

enum probe_state {
	PROBE_UNKNOWN = 0, /* we could not find out; reason says why */
	PROBE_INACTIVE,    /* we did find out: stopped, absent, not configured */
	PROBE_OK,          /* the facts stored beside this one may be read */
};

/*
 * Heads every reading. All zero reads as "unknown, nobody asked", so a
 * forgotten field shows a doubt and never a false green.
 */
struct probe {
	enum probe_state state;
	const char *reason; /* one line fit to show; set whenever state is not PROBE_OK */
	const char *source; /* what was read: "cron/jobs.json", "hermes-gateway.service on the system bus" */
	int64_t taken_at;   /* epoch seconds; 0 only before anyone asked */
	int64_t took_us;    /* microseconds */
};

/*
 * In every model: strings are NULL where not known and live in the arena the
 * probe was given; times are epoch seconds, 0 = not known; counts are -1
 * where not known.
 */
#define COUNT_UNKNOWN (-1)

enum tristate { TRI_UNKNOWN = 0, TRI_NO, TRI_YES };

#endif
