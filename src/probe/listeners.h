/*
 * probe/listeners.h -- who takes connections on this machine.
 */
#ifndef MC_PROBE_LISTENERS_H
#define MC_PROBE_LISTENERS_H

#include "base/arena.h"
#include "model/host.h"

/*
 * A probe_fn: `in` is the /proc to read ("/proc" but in tests), `out` a struct
 * listeners. TCP sockets that listen and UDP sockets that are bound to a port,
 * without those that talk to one peer. The owner is always known; process and
 * unit only of processes that the caller may look into (its own, or all as
 * root). One entry for an address and port, however many processes share it.
 */
void probe_listeners(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
