/*
 * probe/git_credential.h -- with what, and as whom, a backup is pushed.
 *
 * From the repository's own files, and from the public half of a key that the
 * configuration names. No credential is opened, none is used; ~/.ssh and
 * ~/.gitconfig are not read, so that what only they say stays unknown.
 */
#ifndef MC_PROBE_GIT_CREDENTIAL_H
#define MC_PROBE_GIT_CREDENTIAL_H

#include "base/arena.h"
#include "model/guard.h"

/*
 * A probe_fn: `in` a struct instance (backup_repo, backup_key), `out` a
 * struct push_credential. Reads a repository of whatever owner. unit and
 * unit_user stay NULL: systemd is asked by another probe.
 */
void probe_credential(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
