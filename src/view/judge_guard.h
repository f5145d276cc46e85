/*
 * view/judge_guard.h -- the guardrails as checks: what holds, what is undecided, what is broken.
 *
 * Judgements as in judge.h, of the groups "reach", "decisions",
 * "credentials", "files", "exporters" and "ourselves"; their ids begin with
 * "guard.". The posture pane and `hmc doctor` show all of them. Those that
 * need somebody (they have a title) are also among those of judge_instance()
 * and judge_host(), as the group "guardrails", so that the overview, Ops and
 * the alerts know them; what is merely undecided or uneven is the posture
 * pane's alone, and warns without a title.
 *
 * Some hang from a judgement of judge_instance() or judge_host() (cause), which
 * has the alarm. What an exporter does not tell of at all, since it is older,
 * hangs from "exporter", and is no reading of Ops.
 */
#ifndef MC_VIEW_JUDGE_GUARD_H
#define MC_VIEW_JUDGE_GUARD_H

#include "view/judge.h"

/* What can be said of a guardrail: these words, and no others. */
#define GUARD_HOLDS     "holds"
#define GUARD_UNDECIDED "undecided" /* nobody has said how it is to be */
#define GUARD_UNEVEN    "uneven"    /* one instance has what another lacks */
#define GUARD_BROKEN    "broken"
#define GUARD_DRIFTED   "drifted"   /* it is not as it was decided */
#define GUARD_WEAKER    "weaker"    /* less than could be; a plain fact */
#define GUARD_UNKNOWN   "unknown"   /* never taken for holding */
#define GUARD_PLANNED   "planned"   /* nothing tells of it yet: of none at present, but the API counts them */
#define GUARD_NONE      "none"      /* there is nothing to guard */

/* Gives every guardrail of an instance, in the order to show them, in `a`. */
void judge_guard_instance(const struct instance_snapshot *s, int64_t now, struct arena *a, struct judgement **out,
			  size_t *n);

/* The same of the machine: listeners and Caddy against what the configuration says (host_snapshot.expected). */
void judge_guard_host(const struct host_snapshot *s, int64_t now, struct arena *a, struct judgement **out, size_t *n);

/* What holds between instances: backups and drills alike for all. Nothing where there are fewer than two. */
void judge_guard_parity(const struct snapshot *s, struct arena *a, struct judgement **out, size_t *n);

/* What a person decided of a setting of the instance ("privacy.redact_pii"); NULL = nothing. */
const struct decision *guard_decision(const struct instance *in, const char *setting);

#endif
