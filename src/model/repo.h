/*
 * model/repo.h -- a backup repository.
 */
#ifndef MC_MODEL_REPO_H
#define MC_MODEL_REPO_H

#include "model/probe.h"

struct repo {
	struct probe probe;
	const char *path;
	const char *branch;         /* NULL when HEAD is detached */
	const char *head;           /* first 7 hex digits; NULL before the first commit */
	int64_t head_at;            /* committer time */
	enum tristate is_dirty;     /* TRI_UNKNOWN: not checked, dirty_reason says why */
	const char *dirty_reason;
	int64_t ahead;              /* commits against its remote-tracking branch */
	int64_t behind;
};

#endif
