/*
 * hermes/life.h -- the parts of hermes_life(), and whose message counts as a person's.
 */
#ifndef MC_HERMES_LIFE_H
#define MC_HERMES_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "hermes/hermes.h"
#include "model/gateway.h"
#include "model/life.h"

/* The sockets of the process that g found alive. */
void life_read_sockets(struct gateway_sockets *x, const struct gateway *g, const struct hermes_source *src, struct arena *a,
		       int64_t deadline_us);

/* Fills inbound, inbound_at, inbound_source from the newest rows of state.db. */
void life_read_inbound(struct life *l, const struct hermes_source *src, struct arena *a, int64_t deadline_us);

/*
 * Whether a session of that source is a chat with a person at the other end of
 * a platform: not the command line or another window on this machine, not a
 * schedule, not a program. Sources are an open set; an unknown name is taken
 * for a new platform.
 */
bool life_is_chat(const char *source);

#endif
