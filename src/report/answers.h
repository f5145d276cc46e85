/*
 * report/answers.h -- answers.json: who acknowledged, snoozed or silenced what.
 *
 * <stateDir>/answers/<id>/answers.json of each instance, of the host ("host"),
 * and of silences that hold everywhere ("all"); written by the dashboard's user
 * alone. `hmc setup` gives each folder the instance's group, so that its own
 * exporter and notifier can read it and other instances' cannot; those for all
 * are for all to read.
 */
#ifndef MC_REPORT_ANSWERS_H
#define MC_REPORT_ANSWERS_H

#include "base/arena.h"
#include "model/answers.h"

/*
 * Reads those of one id into *out and `a`. What cannot be read, is foreign or
 * does not hold what it should is PROBE_UNKNOWN with its reason, and empty:
 * then nothing is held to be answered.
 */
void answers_load(const char *state_dir, const char *id, int64_t now, struct answers *out, struct arena *a) __attribute__((nonnull));

/*
 * Adds one to the file of its instance. x->id must be fresh (answer_new_id());
 * it takes the place of what was said of the same alert, or of the silence with
 * the same rule. Those that ended 30 days ago are swept; of more than
 * ANSWERS_MAX the one that ended first goes, and where none has ended nothing
 * is added. Waits up to 2 s for another worker. False with one line in
 * *reason: nothing was changed.
 */
bool answers_add(const char *state_dir, const struct answer *x, struct arena *a, const char **reason) __attribute__((nonnull));

/* Takes one back. True also where it is not there any more: then *found is false. */
bool answers_remove(const char *state_dir, const char *instance, const char *id, bool *found, struct arena *a, const char **reason)
	__attribute__((nonnull));

/* ANSWER_ID_CHARS digits that nobody had before, in `a`. */
const char *answer_new_id(struct arena *a) __attribute__((nonnull, returns_nonnull));

#endif
