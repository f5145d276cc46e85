/*
 * report/keeper.h -- small JSON files that the dashboard's user alone writes: what people have said.
 *
 * <stateDir>/<dir>/<name>: {"schemaVersion": 1, ...}, replaced whole, under the
 * folder's lock. A file that is foreign or broken is never overwritten: what
 * was said would be lost.
 */
#ifndef MC_REPORT_KEEPER_H
#define MC_REPORT_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "report/shape.h"

struct keeper {
	const char *dir;            /* below stateDir: "marks"; made by the first who writes, where that is allowed */
	const char *name;           /* "marks.json" */
	const char *things;         /* what they are called: "marks" */
	const char *none;           /* the reason of PROBE_INACTIVE: "nothing was marked yet" */
	const struct shape *shape;  /* of a struct that begins with a struct probe */
	/* NULL, or says what is wrong with one that has the shape (a line in the arena); NULL = nothing. */
	const char *(*check)(const void *what, struct arena *a);
	mode_t dir_mode;
	mode_t mode;
};

/*
 * Reads the file into *out (of the shape's size) and `a`. Absent is
 * PROBE_INACTIVE. What cannot be read, is broken, or belongs to another user
 * than root or the owner of its folder (which root made) is PROBE_UNKNOWN
 * with its reason, and the rest is zero.
 */
void keeper_load(const struct keeper *k, const char *state_dir, int64_t now, void *out, struct arena *a) __attribute__((nonnull));

enum keeper_wish {
	KEEPER_REFUSE,              /* with one line in *reason */
	KEEPER_AS_IT_IS,
	KEEPER_SAVE,
};

/* Changes what was read; everything that it puts there must last as long as the arena. */
typedef enum keeper_wish keeper_fn(void *what, void *ctx, struct arena *a, const char **reason);

/*
 * Reads, changes and writes under the lock, so that two workers do not lose
 * each other's; waits for it 2 s at most. False with one line in *reason:
 * nothing was changed.
 */
bool keeper_change(const struct keeper *k, const char *state_dir, keeper_fn *change, void *ctx, struct arena *a, const char **reason)
	__attribute__((nonnull(1, 2, 3, 5, 6)));

#endif
