/*
 * report/marks.h -- marks.json: which differences an admin called intended.
 *
 * <stateDir>/marks/marks.json, written by the dashboard's user alone. A file
 * that is foreign or broken is never overwritten: its marks would be lost.
 */
#ifndef MC_REPORT_MARKS_H
#define MC_REPORT_MARKS_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/marks.h"

/* Reads the marks into *out and `a`; what cannot be read, is another user's or broken is PROBE_UNKNOWN with its reason. */
void marks_load(const char *state_dir, int64_t now, struct marks *out, struct arena *a);

/*
 * Puts a mark in the place of the one of the same key, if there is one; the
 * oldest goes where there are MARKS_MAX. Waits up to 2 s for another worker.
 * False with one line in *reason: nothing was changed.
 */
bool marks_set(const char *state_dir, const struct mark *m, struct arena *a, const char **reason);

/* Takes the mark of that key back; true also where there is none. */
bool marks_remove(const char *state_dir, const char *key, struct arena *a, const char **reason);

#endif
