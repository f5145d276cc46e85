/*
 * cmd/doctor.h -- checks of an installation, gathered for hmc doctor.
 *
 * Each adds lines and writes nothing, starts nothing, changes nothing. What
 * the caller may not see is unknown, with how to see it.
 */
#ifndef MC_CMD_DOCTOR_H
#define MC_CMD_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "config/config.h"
#include "view/status.h"

#define DOCTOR_LINES_MAX 2000

struct doctor_line {
	const char *section;        /* "Configuration" */
	enum status status;
	const char *what;           /* "The key local" */
	const char *found;          /* one line; NULL = the status says it all */
	const char *cure;           /* what to do; NULL where nothing is to be done */
};

struct doctor {
	const struct config *config; /* NULL: it cannot be read, see fault */
	const char *fault;
	struct arena *arena;
	const char *section;        /* of the lines that are being added */
	bool is_installed;          /* the account hmc is there */
	struct doctor_line *lines;
	size_t n;
};

/* Adds a line to the current section. Strings are kept in the arena by the caller. */
void doctor_say(struct doctor *d, enum status status, const char *what, const char *found, const char *cure)
	__attribute__((nonnull(1, 3)));

/* found, put together. */
#define doctor_text(d, ...) arena_printf((d)->arena, __VA_ARGS__)

void doctor_config(struct doctor *d);   /* file, accounts, keys, address */
void doctor_machine(struct doctor *d);  /* libraries with a known hole, clock, room */
void doctor_reports(struct doctor *d);  /* each exporter's last word */
void doctor_units(struct doctor *d);    /* what systemd runs of ours */
void doctor_site(struct doctor *d);     /* whether a worker answers through Caddy */
void doctor_guards(struct doctor *d);   /* the guardrails, as the posture pane judges them */

#endif
