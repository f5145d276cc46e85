/*
 * probe/host.h -- disk, memory, load, uptime from the kernel; Tailscale's address from the interface list.
 *
 * Each is a probe_fn (probe/runner.h).
 */
#ifndef MC_PROBE_HOST_H
#define MC_PROBE_HOST_H

#include <ifaddrs.h>

#include "base/arena.h"
#include "model/host.h"

/* `in`: the mount point (const char *). statvfs(3). */
void probe_disk(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* `in`: the /proc to read (const char *, "/proc" but in tests). /proc/meminfo, proc(5). */
void probe_memory(void *out, const void *in, struct arena *a, int64_t deadline_us);
void probe_load(void *out, const void *in, struct arena *a, int64_t deadline_us);
void probe_uptime(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* `in`: the address the configuration expects (const char *, may be NULL). getifaddrs(3). */
void probe_tailscale(void *out, const void *in, struct arena *a, int64_t deadline_us);

/*
 * The same over a given list: an interface named tailscale*, else one with
 * the expected address, else one with any address in 100.64.0.0/10. An
 * address other than the expected one is a fact, not an error.
 */
void tailscale_pick(struct tailscale *out, const struct ifaddrs *list, const char *expected, struct arena *a);

#endif
