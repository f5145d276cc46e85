/*
 * report/beat_file.h -- what the machine's exporter counts for the beat, and how sending it went.
 *
 * Who speaks to the outside may read no report: the exporter leaves counts
 * (<stateDir>/alive/host/counts.json, for all to read), the beat leaves how it
 * went (<stateDir>/beat/sent.json, its own user's). Either reads the other's
 * as foreign text.
 */
#ifndef MC_REPORT_BEAT_FILE_H
#define MC_REPORT_BEAT_FILE_H

#include "base/arena.h"
#include "model/beat.h"

#define BEAT_DIR "beat"

/* 0, or -1 with one line in *error, the old file untouched. */
int beat_counts_publish(const char *state_dir, const struct beat_counts *x, struct arena *a, const char **error) __attribute__((nonnull));
int beat_save(const char *state_dir, const struct beat *x, struct arena *a, const char **error) __attribute__((nonnull));

/* Absent is PROBE_INACTIVE; foreign or broken PROBE_UNKNOWN with its reason, and zero. */
void beat_counts_load(const char *state_dir, int64_t now, struct beat_counts *out, struct arena *a) __attribute__((nonnull));
void beat_load(const char *state_dir, int64_t now, struct beat *out, struct arena *a) __attribute__((nonnull));

#endif
