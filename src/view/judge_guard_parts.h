/*
 * view/judge_guard_parts.h -- what the judge_guard*.c files share; judge.c hands them its judging.
 */
#ifndef MC_VIEW_JUDGE_GUARD_PARTS_H
#define MC_VIEW_JUDGE_GUARD_PARTS_H

#include "view/judge_guard.h"
#include "view/judge_parts.h"

/*
 * Adds a guardrail. It counts as part of a whole, so that no card of the
 * overview has a row of it; label names what is guarded and stands in one line
 * with each of the words.
 */
struct judgement *guard_add(struct judging *g, const char *id, const char *group, const char *label, const struct probe *p);

/* True, with j saying so, where the exporter does not tell of it at all: it is older than the fact. */
bool guard_is_untold(struct judgement *j, const struct probe *p);

void guard_holds(struct judgement *j, const char *detail);

/* A finding that needs somebody. */
void guard_broken(struct judgement *j, enum status status, const char *detail, const char *title, const char *why,
		  const char *phrase);

/* Less than could be, and nobody's alarm: what would make it more. */
void guard_weaker(struct judgement *j, const char *detail, const char *until);

/* It cannot be told, and nothing is wrong that anybody knows of: for the posture pane alone. */
void guard_unknown(struct judgement *j, const char *detail, const char *until);

/* Nothing to guard, by the configuration or by what is there. */
void guard_none(struct judgement *j, const char *detail, const char *until);

/* What was read in two places. */
void guard_read(struct judging *g, struct judgement *j, const char *also);

/* A few names of many, as they are found. Zeroed at first. */
#define GUARD_NAMES_MAX 6
struct guard_names {
	const char *list[GUARD_NAMES_MAX];
	size_t n;                   /* of all, named or not */
};
void guard_name(struct guard_names *to, const char *name);

/* "a, b and c", "a, b and 7 more" */
const char *guard_named(struct judging *g, const struct guard_names *names);

/* One file a family. */
void judge_guard_decisions(struct judging *g, const struct settings *s);
void judge_guard_push(struct judging *g, const struct instance_report *r);
void judge_guard_secrets(struct judging *g, const struct secret_files *f);
void judge_guard_sandbox(struct judging *g, const struct instance_report *r);
void judge_guard_listeners(struct judging *g, const struct host_report *r, const struct reach_expected *e);
void judge_guard_caddy(struct judging *g, const struct host_report *r, const struct reach_expected *e);
void judge_guard_own_units(struct judging *g, const struct own_units *u);
void judge_guard_own_files(struct judging *g, const struct own_files *f);

/* All of an instance, and of the machine. */
void judge_guards_of_instance(struct judging *g, const struct instance_report *r);
void judge_guards_of_host(struct judging *g, const struct host_report *r, const struct reach_expected *e);

/*
 * For judge.c: of those added since there were `from`, keeps what has an alarm
 * of its own, or was taken from sight by something that has one, as the group
 * "guardrails".
 */
void guard_keep_alarms(struct judging *g, size_t from);

/*
 * Whether what listens there is for loopback and this machine's address in the
 * tailnet alone. 100.64.0.0/10 is every tailnet, and many a provider's own
 * network: only this machine's address in it counts, as configured or found;
 * unknown where it is neither.
 */
enum tristate guard_is_near(const char *reach, const char *address, const struct reach_expected *e, const struct tailscale *t)
	__attribute__((nonnull(2, 3, 4)));

/* The port at the end of "[::1]:8480"; 0 when there is none. */
int64_t guard_port(const char *address);

#endif
