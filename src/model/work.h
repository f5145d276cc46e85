/*
 * model/work.h -- sessions on their way from state.db into the ledger.
 */
#ifndef MC_MODEL_WORK_H
#define MC_MODEL_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include "model/sessions.h"

#define WORK_BATCH   2000 /* rows at most in one batch */
#define WORK_RECHECK 300  /* sessions at most that are looked at again by name */

/* What a file looked like; the same again means that nothing was written to it. */
struct work_print {
	int64_t inode;
	int64_t size;
	int64_t mtime_ns;
	int64_t wal_size;
	int64_t wal_mtime_ns;
};

/* How far state.db has been taken in. All zero: not at all. */
struct work_cursor {
	int64_t row;                /* highest rowid of sessions taken in */
	const char *row_id;         /* that session's id: another one there means that rows were renumbered */
	int64_t message;            /* highest rowid of messages whose session was looked at */
	int64_t sweep;              /* old rows were looked at again up to this rowid */
	int64_t messages;           /* rows in messages, as last counted; COUNT_UNKNOWN */
	int64_t schema_version;     /* COUNT_UNKNOWN */
	int64_t size_bytes;
	bool is_complete;           /* no new rows were left when it was last looked at */
	struct work_print print;    /* of the file then */
};

struct work_request {
	struct work_cursor cursor;
	const char **recheck;       /* ids of sessions that may have ended or moved on without a new message */
	size_t n_recheck;
};

/* PROBE_OK: rows may be taken in, and then the cursor is `next`. */
struct work_batch {
	struct probe probe;
	bool is_unchanged;          /* the file is as it was: there are no rows, and nothing was opened */
	struct session *rows;
	size_t n_rows;
	int64_t swept_from;         /* every row with this < rowid <= swept_to is among `rows`, or is gone */
	int64_t swept_to;
	const char **spoken;        /* ids of sessions with new messages */
	size_t n_spoken;
	const char **missing;       /* asked for by id, and not there any more */
	size_t n_missing;
	int64_t total_rows;         /* about how many sessions there are, by rowid: for progress; COUNT_UNKNOWN */
	struct work_cursor next;
};

#endif
