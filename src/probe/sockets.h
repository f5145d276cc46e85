/*
 * probe/sockets.h -- the kernel's socket tables: /proc/net/{tcp,tcp6,udp,udp6}.
 *
 * Format: proc_net_tcp of the kernel's documentation; addresses are words of
 * 32 bits in host order, in hexadecimal.
 */
#ifndef MC_PROBE_SOCKETS_H
#define MC_PROBE_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Of the column "st" (include/net/tcp_states.h); a bound UDP socket is SOCKET_CLOSE. */
enum socket_state {
	SOCKET_ESTABLISHED = 1,
	SOCKET_CLOSE = 7,
	SOCKET_CLOSE_WAIT = 8,
	SOCKET_LISTEN = 10,
};

enum socket_table { SOCKETS_TCP = 0, SOCKETS_TCP6, SOCKETS_UDP, SOCKETS_UDP6, SOCKETS_TABLES };

struct socket_address {
	bool is_v6;
	uint8_t bytes[16];      /* network order; IPv4 in the first four, also when it was mapped into IPv6 */
	int port;
};

struct socket_line {
	enum socket_table table;
	struct socket_address local;
	struct socket_address remote;
	int state;              /* enum socket_state, or another of the kernel's */
	uint32_t uid;
	uint64_t inode;         /* 0: no process holds it any more */
};

/*
 * Calls each(line, ctx) for every socket of one table, until it gives false or
 * deadline_us (monotonic) has passed. proc is "/proc", or "/proc/<pid>" for the
 * network namespace of a process. A machine without IPv6 has no such table:
 * that is no error. NULL, or one line in `a` that says why not all were seen.
 */
const char *sockets_each(const char *proc, enum socket_table table, bool (*each)(const struct socket_line *line, void *ctx),
			 void *ctx, int64_t deadline_us, struct arena *a);

/* "tcp", "tcp6", "udp", "udp6". */
const char *socket_table_name(enum socket_table table);

/* The inode of a socket that a link in /proc/PID/fd names ("socket:[12345]"); 0 when it names none. */
uint64_t socket_inode_of_link(const char *link);

bool socket_address_is_loopback(const struct socket_address *address);

/* Who can get to a socket bound to that address: "loopback", "tailnet", "private" or "public". Static text. */
const char *socket_address_reach(const struct socket_address *address);

/* "127.0.0.1", "fd7a::1", in `a`. */
const char *socket_address_text(const struct socket_address *address, struct arena *a);

#endif
