/*
 * view/judge_guard.h -- the guardrails as checks: what holds, what is undecided, what is broken.
 *
 * Judgements as in judge.h, of the groups "reach", "decisions",
 * "credentials", "files", "exporters" and "ourselves"; their ids begin with
 * "guard.". The posture pane and `hmc doctor` show all of them. Those that
 * need somebody (they have a title) are also among those of judge_instance()
 * and judge_host(), so that the overview and the alerts know them; what is
 * merely undecided or uneven is the posture pane's alone.
 */
#ifndef MC_VIEW_JUDGE_GUARD_H
#define MC_VIEW_JUDGE_GUARD_H

#include "view/judge.h"

/* Gives every guardrail of an instance, in the order to show them, in `a`. */
void judge_guard_instance(const struct instance_snapshot *s, int64_t now, struct arena *a, struct judgement **out, size_t *n);

/* The same of the machine: listeners and Caddy against what the configuration says (host_snapshot.expected). */
void judge_guard_host(const struct host_snapshot *s, int64_t now, struct arena *a, struct judgement **out, size_t *n);

/* What holds between instances: backups and drills alike for all. Nothing where there are fewer than two. */
void judge_guard_parity(const struct snapshot *s, struct arena *a, struct judgement **out, size_t *n);

#endif
