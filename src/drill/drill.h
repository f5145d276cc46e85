/*
 * drill/drill.h -- the proof that a backup restores: cloned, put back, read as Hermes would, and compared.
 *
 * Everything runs as the instance's own user in a folder of its own, by
 * libgit2 and without a process of its own. The remote's content is hostile:
 * it is never checked out, so that no filter, hook, link or submodule of it
 * is followed; files are written one by one below the scratch home.
 */
#ifndef MC_DRILL_DRILL_H
#define MC_DRILL_DRILL_H

#include <stdatomic.h>

#include "backup/repo.h"
#include "json/json.h"

#define DRILL_RECEIPT_KIND    "hmc-restore-drill"
#define DRILL_RECEIPT_VERSION 1
#define DRILL_RECEIPTS_KEPT   20
#define DRILL_SAID_MAX        20 /* of each list that a receipt names; fewer where they are long, so that the ledger takes it (RECEIPT_BYTES_MAX) */

enum drill_step { DRILL_CLONE, DRILL_RESTORE, DRILL_COMPARE, DRILL_READ, DRILL_LIVE, DRILL_STEPS };

/* Of one kind of payload; items may be COUNT_UNKNOWN. */
struct drill_count {
	const char *kind;
	int64_t backup, live;
};

struct drill {
	/* Given. Of b: in, state_dir, a, redactor, deadline_us, say; drill_run() fills status and files. */
	struct backup b;
	int64_t backup_at;          /* when the last backup that ended well began, by the ledger; 0 = not known */
	bool no_push;

	/* What was found. */
	char scratch[512];          /* "" = none */
	int scratch_fd;
	struct backup_repo g;       /* the scratch clone */
	cJSON *manifest;
	int64_t made_at;            /* of the backup */
	struct backup_names findings, told;
	struct drill_count counts[16];
	size_t n_counts;
	bool knows_live;
	int64_t took_us[DRILL_STEPS];

	struct drill_run row;
	struct drill_run judged;    /* the row before the receipt is pushed, for who ends a drill that hangs there ... */
	atomic_bool is_judged;      /* ... once this is set */
};

/* Runs it all; d->row says how it ended, d->b.status is the exit status. */
void drill_run(struct drill *d);

/* Something that would not restore: counted all, named up to DRILL_SAID_MAX. */
void drill_find(struct drill *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A path or a word from outside, fit to be shown. */
const char *drill_shown(struct drill *d, const char *s);

/* A folder of 0700 below $RUNTIME_DIRECTORY, $TMPDIR or /tmp; takes away what killed runs left there. */
bool drill_scratch_make(struct drill *d);
void drill_scratch_remove(struct drill *d);

/* The steps, in order; false where nothing can be said further, with the failure in b.row. */
bool drill_clone(struct drill *d, struct backup_remote *r);
bool drill_restore(struct drill *d);
bool drill_compare(struct drill *d);
void drill_read(struct drill *d);
void drill_live(struct drill *d);

/* The receipt as JSON, past the redactor; in d->b.a. */
const char *drill_receipt(struct drill *d);
/* Commits the receipt on what was cloned, and pushes it. */
bool drill_push(struct drill *d, struct backup_remote *r);

#endif
