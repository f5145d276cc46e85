/*
 * probe/git_remote.h -- where a repository is pushed, fit to be shown.
 */
#ifndef MC_PROBE_GIT_REMOTE_H
#define MC_PROBE_GIT_REMOTE_H

#include <stdbool.h>

#include "base/arena.h"
#include "probe/git_config.h"

struct git_remote {
	const char *name;       /* "origin"; NULL = none is configured */
	const char *shown;      /* without user, password, query */
	const char *transport;  /* "ssh", "https", "http", "git", "file"; NULL = another helper's */
	bool holds_secret;      /* a password, or a token in the place of a user or in the query, of any of its URLs */
};

/*
 * The remote that `branch` (NULL = detached) is pushed to: pushRemote,
 * remote.pushDefault, the branch's remote, "origin", or the only one there is
 * (gitremote-helpers(7), git-config(1)); its pushurl or url after
 * insteadOf and pushInsteadOf. Strings in `a`.
 */
void git_remote_of(struct git_remote *out, const struct git_settings *s, const char *branch, struct arena *a);

#endif
