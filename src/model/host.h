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

/* A socket that takes connections. */
struct listener {
	const char *protocol;       /* tcp, tcp6, udp, udp6 */
	const char *address;        /* "127.0.0.1", "::", ... */
	int64_t port;
	const char *user;           /* its owner; a number where this machine has no name for it */
	const char *process;        /* NULL where only root may see it */
	const char *unit;           /* of that process's control group */
	const char *reach;          /* loopback, tailnet, private, public: who can get to that address */
};

struct listeners {
	struct probe probe;
	struct listener *list;      /* by port */
	size_t n_list;
};

#define LISTENERS_MAX   500
#define HOST_TIMERS_MAX 20

/* Timers named in the configuration. */
struct host_timers {
	struct probe probe;         /* PROBE_INACTIVE: none configured */
	struct timer *list;
	size_t n_list;
};

#endif
