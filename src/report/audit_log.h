/*
 * report/audit_log.h -- <stateDir>/audit: the record of what people changed.
 *
 * Files of JSON lines, 000001.jsonl and so on, each up to AUDIT_FILE_BYTES;
 * the newest AUDIT_FILES_MAX are kept. Lines are only ever appended: a record
 * ("id"), and after it how that ended ("of"). A last line that a crash or a
 * full disk cut short stays as it is, and the next begins on a line of its own.
 */
#ifndef MC_REPORT_AUDIT_LOG_H
#define MC_REPORT_AUDIT_LOG_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/audit.h"

#define AUDIT_DIR "audit"

/*
 * Appends a record and waits until it is on the disk (fsync); makes the
 * folder where that is allowed. Texts are cleaned and cut to AUDIT_WORDS_MAX.
 * Waits up to 2 s for another worker. False with one line in *reason: then
 * nothing was written, or nothing that reads as a record.
 */
bool audit_log_record(const char *state_dir, const struct audit_entry *e, struct arena *a, const char **reason)
	__attribute__((nonnull));

/* The same for how the act of that record ended; why may be NULL. */
bool audit_log_outcome(const char *state_dir, const char *id, enum audit_outcome outcome, const char *why, int64_t at,
		       struct arena *a, const char **reason) __attribute__((nonnull(1, 2, 6, 7)));

/* The number of a log's file by its name; 0 for any other name. */
int64_t audit_log_number(const char *name) __attribute__((nonnull));

#endif
