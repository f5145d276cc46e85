/*
 * report/host_told_file.h -- <stateDir>/host-told/alerts.json: the machine's alerts, for whoever speaks for it.
 *
 * Nobody's chat is the machine's own. Its exporter puts its alerts there; the
 * folder is the dashboard's user's with the group of the one instance's user
 * that tells of them (`hmc setup`), so that no other instance reads them. What
 * is read is another user's text.
 */
#ifndef MC_REPORT_HOST_TOLD_FILE_H
#define MC_REPORT_HOST_TOLD_FILE_H

#include "base/arena.h"
#include "model/host_told.h"

#define HOST_TOLD_DIR "host-told"

/* Writes it where it has changed. 0, or -1 with one line in *error, the old file untouched. */
int host_told_publish(const char *state_dir, const struct host_told *x, struct arena *a, const char **error) __attribute__((nonnull));

/* Reads it into *out and `a`. What is foreign, broken or not what a book could hold is PROBE_UNKNOWN with its reason, and empty. */
void host_told_load(const char *state_dir, int64_t now, struct host_told *out, struct arena *a) __attribute__((nonnull));

#endif
