/*
 * probe/git.h -- the state of a backup repository, by libgit2, without running git.
 *
 * Reads as the repository's owner; refuses one that belongs to somebody else
 * or whose work tree lies elsewhere (core.worktree). Global and system git
 * configuration are not read.
 */
#ifndef MC_PROBE_GIT_H
#define MC_PROBE_GIT_H

#include "base/arena.h"
#include "model/repo.h"

/*
 * `in` is the path (const char *; NULL = not configured); `out` a struct repo.
 * A missing directory is PROBE_INACTIVE, a broken repository PROBE_UNKNOWN.
 * is_dirty stays TRI_UNKNOWN, with dirty_reason, when the work tree has more
 * files than can be compared before the deadline.
 */
void probe_repo(void *out, const void *in, struct arena *a, int64_t deadline_us);

/*
 * A probe_fn: what the persistent backup holds, by kind. `in`: the path of the
 * backup repository (const char *; NULL = not configured), `out` a struct
 * payload (model/upkeep.h). Looks at the tree of the last commit, for that is
 * what a restore would get: its folder PAYLOAD_DIR, or the whole of it where
 * config.yaml, SOUL.md or memories/ lie at the top.
 */
#define PAYLOAD_DIR "hermes_persistent_backup"
void probe_payload(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
