/*
 * cmd/tell.h -- "--tell" of hmc backup and hmc drill: the person who started it hears of its end.
 */
#ifndef MC_CMD_TELL_H
#define MC_CMD_TELL_H

#include "config/config.h"

/* Whether anybody can be told; where not, one line on stderr that begins with the command's name. */
bool tell_is_possible(const char *command, const struct instance *in);

/*
 * Puts `what` and its steps, numbered, into the outbox of the ledger in dir;
 * the next pass of hmc notify sends it. False with one line on stderr.
 */
bool tell_done(const char *command, const struct instance *in, const char *dir, const char *what, const char *const *steps,
	       size_t n_steps, struct arena *a);

#endif
