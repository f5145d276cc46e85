/*
 * model/life.h -- proof that a gateway lives, beyond its word and its process.
 */
#ifndef MC_MODEL_LIFE_H
#define MC_MODEL_LIFE_H

#include "model/probe.h"

struct life {
	struct probe probe;         /* of the files: PROBE_OK when any sign could be looked for */
	int64_t heartbeat_at;       /* state/gateway.heartbeat; 0 where this version writes none */
	int64_t heartbeat_limit_s;  /* Hermes's own: silent for longer is stalled */
	int64_t directory_at;       /* channel_directory.json: every 5 minutes while a platform is connected */
	int64_t started_at;         /* state/gateway.lifecycle.json */
	enum tristate was_unclean;  /* the life before this one ended without an exit path */
	const char *exit_reason;    /* of that end */
	int64_t starts_today;       /* since local midnight, by logs/gateway-starts.log; COUNT_UNKNOWN without it */
	const char *wanted;         /* desired_state of a container install: running, stopped; NULL = not said */
	int64_t dead_targets;       /* chats Hermes has given up delivering to; COUNT_UNKNOWN where it keeps no list */

	struct probe inbound;       /* of state.db; PROBE_INACTIVE: nobody has written yet */
	int64_t inbound_at;         /* the newest message a person sent in a chat */
	const char *inbound_source; /* telegram, ... */

	/* Counted by the exporter in its ledger. */
	int64_t restarts_today;     /* changes of main process seen since local midnight; COUNT_UNKNOWN without a ledger */
	int64_t restarts_from;      /* counted since: local midnight, or the first run after it */
};

/*
 * Of the gateway's process. The kernel walks all its connections to tell
 * these, so they are read less often than the rest.
 */
struct gateway_sockets {
	struct probe probe;         /* PROBE_INACTIVE: no process */
	int64_t pid;                /* whose they are */
	int64_t established;        /* beyond loopback */
	int64_t close_wait;         /* the other side has hung up and the gateway has not noticed */
	int64_t listening;
};

#endif
