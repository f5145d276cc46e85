/*
 * web/throttle.h -- how often signing in may fail, over all workers, and how many sessions one person may open.
 *
 * <stateDir>/auth/attempts holds the times of the latest. Behind Caddy every
 * client has the same address, so there is one limit for all, and a lower one
 * for each subject that tokens claim to be of. What they buy:
 *
 * - A signature cannot be guessed anyway: the limit for all keeps a flood of
 *   guesses cheap and visible.
 * - A program that goes on and on with one bad or expired token uses up the
 *   tries of the subject in it, or of those in which none can be read, and
 *   leaves as many to everybody else. A claim that nobody has verified decides
 *   no more than whose tries are used; who spells many names gets at most the
 *   limit for all, and locks out for a minute, as without it.
 * - Sessions are counted by the subject that a signature vouches for: a token
 *   in wrong hands, or a script that signs in for each request, is seen and
 *   slowed, and the list of ended sessions cannot be made to grow without end.
 */
#ifndef MC_WEB_THROTTLE_H
#define MC_WEB_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define THROTTLE_TRIES       10
#define THROTTLE_TRIES_EACH  5  /* of one subject */
#define THROTTLE_WINDOW_S    60
#define THROTTLE_OPENED      256 /* that are remembered */
#define THROTTLE_OPENED_EACH 60
#define THROTTLE_HOUR_S      3600

/*
 * Takes one of the tries of the last minute, before the token is verified, so
 * that workers side by side cannot exceed the number; subject is what it
 * claims, NULL where that cannot be read. True when there was one; else
 * *wait_s says after how many seconds there is one again. False with *error
 * (and *wait_s 0) when the file cannot be used: refuse.
 */
bool throttle_take(const char *state_dir, const char *subject, int64_t now, struct arena *a, int64_t *wait_s,
		   const char **error) __attribute__((nonnull(1, 4, 5, 6)));

/* Gives the try taken at `now` back: it succeeded, and only failures count. */
void throttle_give_back(const char *state_dir, const char *subject, int64_t now, struct arena *a)
	__attribute__((nonnull(1, 4)));

/* Counts a session that is about to be opened; answers as throttle_take(). */
bool throttle_open(const char *state_dir, const char *subject, int64_t now, struct arena *a, int64_t *wait_s,
		   const char **error) __attribute__((nonnull));

#endif
