/*
 * report/audit_read.h -- the audit log, newest first, read without trust.
 */
#ifndef MC_REPORT_AUDIT_READ_H
#define MC_REPORT_AUDIT_READ_H

#include "base/arena.h"
#include "model/audit.h"

#define AUDIT_READ_FILES 4 /* that one call looks through: of a rare word, the rest is for the next page */

/*
 * Finds up to q->limit records. Never fails: a folder or a file that is
 * another user's, too large or cannot be read is told of in *out, as are lines
 * that are no record; the rest stands. Reads up to AUDIT_READ_FILES MiB and a
 * little. All in `a`.
 */
void audit_read(const char *state_dir, const struct audit_query *q, int64_t now, struct audit_page *out, struct arena *a)
	__attribute__((nonnull));

#endif
