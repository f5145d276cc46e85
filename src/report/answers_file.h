/*
 * report/answers_file.h -- answers.json: who acknowledged, snoozed or silenced what.
 *
 * <stateDir>/answers/<id>/answers.json of each instance, of the host ("host"),
 * and of silences that hold everywhere ("all"); written by the dashboard's user
 * alone. `hmc setup` gives each folder the instance's group, so that its own
 * exporter and notifier can read it and other instances' cannot; those for all
 * are for all to read.
 */
#ifndef MC_REPORT_ANSWERS_FILE_H
#define MC_REPORT_ANSWERS_FILE_H

#include "base/arena.h"
#include "model/answers.h"

/*
 * Reads those of one id into *out and `a`. What cannot be read, is foreign or
 * does not hold what it should is PROBE_UNKNOWN with its reason, and empty:
 * then nothing is held to be answered.
 */
void answers_load(const char *state_dir, const char *id, int64_t now, struct answers *out, struct arena *a) __attribute__((nonnull));

/* What stands of the same alert, or of the silence with the same rule, and has not ended; NULL = nothing. */
const struct answer *answers_same(const struct answers *all, const struct answer *x, int64_t now) __attribute__((nonnull));

enum answers_result {
	ANSWERS_FAILED,             /* with one line in *reason */
	ANSWERS_CONFLICT,           /* somebody else has answered meanwhile */
	ANSWERS_ADDED,
};

/*
 * Adds one to the file of its instance. x->id must be fresh;
 * it takes the place of `instead`, which is what stood of the same (NULL =
 * nothing); where something else does by now, it is a conflict. Those that ended 30 days ago are swept; of more than
 * ANSWERS_MAX the one that ended first goes, and where none has ended nothing
 * is added. Waits up to 2 s for another worker.
 */
enum answers_result answers_add(const char *state_dir, const struct answer *x, const struct answer *instead, struct arena *a,
				const char **reason) __attribute__((nonnull(1, 2, 4, 5)));

/* Takes one back. True also where it is not there any more: then *found is false. */
bool answers_remove(const char *state_dir, const char *instance, const char *id, bool *found, struct arena *a, const char **reason)
	__attribute__((nonnull));

#endif
