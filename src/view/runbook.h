/*
 * view/runbook.h -- which section of the runbook a reading belongs to.
 *
 * docs/runbook.md has a section for whatever judge_*.c can give; a heading
 * there ends in its section's id. tests/unit/test_runbook.c holds the two
 * against each other.
 */
#ifndef MC_VIEW_RUNBOOK_H
#define MC_VIEW_RUNBOOK_H

#include "base/arena.h"

#define RUNBOOK_PATH "/hermes/runbook"

/*
 * The section's id for the reading of that id: the reading's own, but one for
 * each family ("platform.telegram" is in "platform.name"), and another for
 * what the machine and an instance both call by one name. instance_id is
 * "host" for the machine's. Static, or borrowed from id.
 */
const char *runbook_anchor(const char *instance_id, const char *id) __attribute__((nonnull(2), returns_nonnull));

/* The address of that section, in `a`; of the whole runbook for an id that no section can have. */
const char *runbook_href(const char *instance_id, const char *id, struct arena *a)
	__attribute__((nonnull(2, 3), returns_nonnull));

#endif
