/*
 * web/notbefore.h -- people all of whose tokens of before a moment are refused.
 *
 * <stateDir>/auth/not-before/<hex SHA-256 of the subject>: the second in 18
 * digits. It ends what nobody has a list of: every token that a person was
 * ever given, here or by the platform.
 */
#ifndef MC_WEB_NOTBEFORE_H
#define MC_WEB_NOTBEFORE_H

#include "web/denied.h"

/*
 * Whether a token of that subject, issued at that second (0: it does not
 * say), is one of those. *reason is set for DENIED_UNKNOWN: refuse.
 */
enum denied_answer notbefore_refuses(const char *state_dir, const char *sub, int64_t issued_at, struct arena *a,
				     const char **reason) __attribute__((nonnull));

/*
 * Refuses what was issued to that subject up to and including `now`; a later
 * mark that is there stays. False with *reason when it could not be written
 * down for good. Marks stay: a token without iat may become valid long after.
 */
bool notbefore_set(const char *state_dir, const char *sub, int64_t now, struct arena *a, const char **reason)
	__attribute__((nonnull));

#endif
