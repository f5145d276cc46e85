/*
 * probe/sandbox_parts.h -- the steps of probe_sandbox(), for sandbox*.c alone.
 */
#ifndef MC_PROBE_SANDBOX_PARTS_H
#define MC_PROBE_SANDBOX_PARTS_H

#include "probe/sandbox.h"

/* Fills system_is_read_only and homes_are_hidden from <proc_root>/self/mountinfo; leaves them unknown where it cannot be read. */
void sandbox_read_mounts(struct sandbox *s, const struct sandbox_source *src, struct arena *a);

/* Whether a packet could leave for beyond loopback. None does. */
enum tristate sandbox_has_network(void);

#endif
