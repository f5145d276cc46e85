/*
 * model/gateway.h -- what a gateway says of itself, and whether its process lives.
 */
#ifndef MC_MODEL_GATEWAY_H
#define MC_MODEL_GATEWAY_H

#include <stddef.h>

#include "model/probe.h"

struct platform {
	const char *name;          /* telegram, discord, ...: an open set */
	const char *state;         /* connecting, connected, disconnected, retrying, paused, fatal, ... */
	const char *error_code;    /* may be days old: see hermes/gateway.h */
	const char *error_message;
	int64_t updated_at;
	enum tristate needs_attention;
};

enum pid_state {
	PID_UNKNOWN = 0, /* could not be looked up */
	PID_NONE,        /* no process recorded */
	PID_DEAD,        /* recorded, no such process */
	PID_OTHER,       /* that number belongs to another process now */
	PID_ALIVE,       /* same start time and a gateway's command line */
};

/* PROBE_OK: gateway_state.json was read. It may be a dead process's last word: look at pid_state. */
struct gateway {
	struct probe probe;
	const char *state;       /* starting, running, degraded, draining, stopped, startup_failed */
	const char *exit_reason;
	enum pid_state pid_state;
	int64_t pid;
	int64_t process_started_at;
	int64_t updated_at;      /* does not move while the gateway idles */
	int64_t active_agents;   /* running turns; COUNT_UNKNOWN where this version does not say */
	struct platform *platforms;
	size_t n_platforms;
};

#endif
