/*
 * probe/own_table.h -- what each of our units must have, and may have no more of.
 *
 * The one list of it: a unit as it is in force is held against it by
 * probe/own_units.c, the units that ship and docs/privileges.md by
 * tests/unit/test_privileges.c.
 */
#ifndef MC_PROBE_OWN_TABLE_H
#define MC_PROBE_OWN_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* OWN_LOOP: an instance's notifier, backup or drill. */
enum own_kind { OWN_PANE = 0, OWN_CADDY, OWN_PORT, OWN_HOST, OWN_INSTANCE, OWN_LOOP, OWN_BEAT, OWN_USER, OWN_KINDS, OWN_UNKNOWN = OWN_KINDS };

/* How a value in force is held against the one that ships. */
enum own_rule {
	OWN_SAME,               /* equal */
	OWN_HIDES,              /* "yes" or "tmpfs" */
	OWN_AT_MOST,            /* no word beside those: what is granted; where nothing is said, nothing is */
	OWN_AT_LEAST,           /* each of those words: what is taken away */
	OWN_ALLOW_LIST,         /* a list of what is allowed, no word beside those */
	OWN_CALLS,              /* a list of allowed system calls without those that no such list holds */
	OWN_NONE,               /* an empty set, which systemd gives as 0 */
	OWN_MASK,               /* octal */
};

/* Names and values as a unit's file has them, systemd.exec(5) and systemd.resource-control(5). NULL = it says nothing. */
struct own_setting {
	const char *name;
	enum own_rule rule;
	const char *want[OWN_KINDS];
};

extern const struct own_setting own_settings[];
extern const size_t n_own_settings;

/* Which of ours a unit is, by its name; OWN_UNKNOWN for one that is not listed. OWN_USER is a user manager's, and never found so. */
enum own_kind own_kind_of(const char *unit);

/*
 * What the setting should be for that kind with the lines of a drop-in that
 * hmc setup writes (NULL = none): lists grow by them, others are replaced.
 * In `a`; "" where nothing is said.
 */
const char *own_wanted(const struct own_setting *s, enum own_kind kind, const char *dropin, struct arena *a);

/* The lines that a unit needs beside it where stateDir is not the one that it ships with; NULL where it needs none. In `a`. */
const char *own_moved(enum own_kind kind, const char *state_dir, struct arena *a);

/* Whether a value in force, as bus_text() gives it, is looser than wanted. NULL, a property that this systemd does not have, is not. */
bool own_is_loose(const struct own_setting *s, const char *wanted, const char *in_force, struct arena *a);

/* Whether the n bytes at word are one of the words. */
bool own_has_word(const char *words, const char *word, size_t n);

#endif
