/*
 * probe/names.h -- users and groups of this machine by their numbers.
 */
#ifndef MC_PROBE_NAMES_H
#define MC_PROBE_NAMES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

/* The name, in `a`; the number where this machine has no name for it. Safe in threads. */
const char *name_of_user(uid_t uid, struct arena *a);
const char *name_of_group(gid_t gid, struct arena *a);

/*
 * Whether the group is the user's own: its first one, and called as the user
 * is, as Debian makes them. Others are members of a shared one ("users").
 */
bool is_own_group(uid_t uid, gid_t gid, struct arena *a);

#endif
