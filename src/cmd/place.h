/*
 * cmd/place.h -- putting files and folders of an installation in their place (for hmc setup).
 */
#ifndef MC_CMD_PLACE_H
#define MC_CMD_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"

enum placed {
	PLACED_FAILED = -1,     /* errno says why */
	PLACED_KEPT = 0,        /* it was there and is as it was */
	PLACED_NEW,
};

/*
 * Writes a file whole or not at all, owned by this user and group. One that
 * exists is never replaced, except where it begins with `mark` (NULL: never)
 * and says something else. No link is followed at its last step. `a` is for scratch.
 */
enum placed place_file(const char *path, const char *text, mode_t mode, uid_t uid, gid_t gid, const char *mark,
		       struct arena *a);

/* What a file says that begins with `mark`, in `a`; NULL where there is no such file. */
const char *place_read(const char *path, const char *mark, struct arena *a);

/* Makes a folder, or gives one that is there this owner and mode; never a link or a file. */
enum placed place_folder(const char *path, mode_t mode, uid_t uid, gid_t gid);

#endif
