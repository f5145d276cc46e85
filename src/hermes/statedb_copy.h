/*
 * hermes/statedb_copy.h -- a private, short-lived copy of a database and its side files.
 */
#ifndef MC_HERMES_STATEDB_COPY_H
#define MC_HERMES_STATEDB_COPY_H

#include "hermes/statedb.h"

struct statedb_copy {
	char *dir; /* mode 0700; malloc-ed, NULL = none */
};

/*
 * Copies main file, -wal and -journal (an -shm is SQLite's to make) to a new
 * directory below $TMPDIR or /tmp. Gives NULL, or one line saying why not:
 * over STATEDB_COPY_MAX, no room, not readable. Remove in any case.
 */
const char *statedb_copy_make(struct statedb_copy *c, const char *home, const char *const *names, int n_names,
			      const struct statedb_files *files, struct arena *a);

/* Unlinks everything in it. An open SQLite connection goes on reading what it has opened. */
void statedb_copy_remove(struct statedb_copy *c);

#endif
