/*
 * probe/sandbox.h -- what this process may do, by what the kernel says of it.
 *
 * Not by its unit's file: a drop-in, a user's own manager (which ignores much
 * of what a unit asks for) or a start by hand show as they are.
 */
#ifndef MC_PROBE_SANDBOX_H
#define MC_PROBE_SANDBOX_H

#include <stddef.h>

#include "base/arena.h"
#include "model/guard.h"

/* Who started this process. */
struct started_by {
	const char *flavour; /* "system timer", "user timer", "by hand" */
	const char *unit;    /* "hmc-export@vijay.service"; NULL = by hand */
};

/* From systemd's own mark in the environment and <proc_root>/self/cgroup; strings in `a`. */
struct started_by sandbox_started_by(const char *proc_root, struct arena *a);

#define OWN_PLACES_MAX 4

struct sandbox_source {
	const char *proc_root;             /* "/proc" but in tests */
	const char *dev;                   /* "/dev" but in tests */
	const char *own[OWN_PLACES_MAX];   /* this instance's home, and what else is its own; NULL ends them */
};

/*
 * A probe_fn: `in` a struct sandbox_source, `out` a struct sandbox. Of the
 * network it tries: a datagram without content from an own address to itself,
 * which never leaves the machine, is refused where systemd filters addresses.
 */
void probe_sandbox(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
