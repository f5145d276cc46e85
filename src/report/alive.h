/*
 * report/alive.h -- <stateDir>/alive/<id>/{export,notify}: that an exporter or a notifier went well, and when.
 *
 * Instances may not read each other's reports. What they may know of each
 * other is this: the time of an empty file, which its owner touches. Nothing
 * of it is opened or read by others. `hmc setup` gives alive/<id> to the
 * instance's user, alive/host to the dashboard's.
 */
#ifndef MC_REPORT_ALIVE_H
#define MC_REPORT_ALIVE_H

#include <stdint.h>

#include "base/arena.h"

#define ALIVE_DIR  "alive"
#define ALIVE_HOST "host"           /* the machine's own exporter, as in reports/ */

enum alive_what {
	ALIVE_EXPORT = 0,           /* a report was published */
	ALIVE_NOTIFY,               /* a pass of hmc notify in which nothing stood in its way */
};

enum alive_state {
	ALIVE_UNKNOWN = 0,          /* reason says why */
	ALIVE_NEVER,                /* nothing was marked since the folder was made: at says when that was */
	ALIVE_MARKED,               /* at says when last */
};

struct alive {
	enum alive_state state;
	int64_t at;
	const char *reason;         /* one line that says what to do; NULL = nothing is wrong */
};

/* Touches the mark; makes the folders where that is still allowed. 0, or -1 with one line in *error. */
int alive_mark(const char *state_dir, const char *id, enum alive_what what, struct arena *a, const char **error) __attribute__((nonnull));

/*
 * Looks at the mark of whoever owns the folder, which root made: a plain file
 * of that user in a folder that nobody else may write. Opens nothing.
 */
struct alive alive_look(const char *state_dir, const char *id, enum alive_what what, int64_t now, struct arena *a) __attribute__((nonnull));

#endif
