/*
 * report/timeline_clean.h -- what of a session's messages may leave an instance.
 */
#ifndef MC_REPORT_TIMELINE_CLEAN_H
#define MC_REPORT_TIMELINE_CLEAN_H

#include "base/arena.h"
#include "model/instance.h"
#include "model/timeline.h"
#include "redact/redact.h"

/*
 * As the policy says: texts of messages and of arguments are excerpts, at most
 * TIMELINE_CHARS of each; names of roles, tools and models, sizes and times are
 * figures and stay. Whatever stays has passed the redactor.
 */
void timeline_clean(struct timeline_batch *b, enum publish publish, struct redactor *r, struct arena *a);

/* What may be published, as one number: the ledger begins its messages again when it changes. */
int64_t timeline_policy(const struct instance *in);

#endif
