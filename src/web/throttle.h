/*
 * web/throttle.h -- how often signing in may fail, over all workers.
 *
 * <stateDir>/auth/attempts holds the times of the latest tries. Behind Caddy
 * every client has the same address, so the limit is one for all: a signature
 * cannot be guessed anyway, this keeps a flood of guesses cheap and visible.
 */
#ifndef MC_WEB_THROTTLE_H
#define MC_WEB_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define THROTTLE_TRIES    10
#define THROTTLE_WINDOW_S 60

/*
 * Takes one of THROTTLE_TRIES tries of the last minute, before the token is
 * looked at, so that workers side by side cannot exceed the number. True when
 * there was one; else *wait_s says after how many seconds there is one again.
 * False with *error (and *wait_s 0) when the file cannot be used: refuse.
 */
bool throttle_take(const char *state_dir, int64_t now, struct arena *a, int64_t *wait_s, const char **error)
	__attribute__((nonnull));

/* Gives the try taken at `now` back: it succeeded, and only failures count. */
void throttle_give_back(const char *state_dir, int64_t now, struct arena *a) __attribute__((nonnull));

#endif
