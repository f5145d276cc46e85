/*
 * model/host.h -- the machine under the instances.
 */
#ifndef MC_MODEL_HOST_H
#define MC_MODEL_HOST_H

#include <stddef.h>

#include "model/probe.h"
#include "model/unit.h"

struct disk {
	struct probe probe;
	const char *mount;
	int64_t size_bytes;
	int64_t available_bytes;    /* to an ordinary user */
	int64_t inodes;
	int64_t inodes_free;
};

struct memory {
	struct probe probe;
	int64_t total_bytes;
	int64_t available_bytes;
	int64_t swap_total_bytes;
	int64_t swap_free_bytes;
};

struct load {
	struct probe probe;
	double one;                 /* runnable tasks, averaged over 1, 5, 15 minutes */
	double five;
	double fifteen;
	int64_t cpus;
};

struct uptime {
	struct probe probe;
	int64_t uptime_s;
	int64_t booted_at;
};

struct tailscale {
	struct probe probe;         /* PROBE_INACTIVE: no tailscale interface on this machine */
	const char *interface;
	const char *address;        /* IPv4 in 100.64.0.0/10, as found */
	const char *expected;       /* from the configuration; NULL = none */
	enum tristate is_up;        /* the interface is up and running */
};

#endif
