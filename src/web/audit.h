/*
 * web/audit.h -- who changed what: written down before it is done.
 *
 * Nothing that a person can change through a page changes without a record.
 */
#ifndef MC_WEB_AUDIT_H
#define MC_WEB_AUDIT_H

#include <stdbool.h>

#include "web/pane.h"

struct audit_act {
	const char *action;         /* "refresh", "acknowledge", "snooze", "silence", "mark", "unmark", "revoke" */
	const char *instance;       /* an id; NULL = all, or none in particular */
	const char *target;         /* what it is done to: the id of an alert, a difference, a subject; NULL = none */
	const char *detail;         /* in a few words; may quote a person, so it is hostile text; NULL = none */
};

/*
 * Writes the record (who, when, from which pane, what) to <stateDir>/audit
 * and to the journal. Call it when the form has been checked and nothing has
 * been changed. False after a 503 has been answered, when it could not be
 * written: then nothing may be changed.
 */
bool audit_write(struct pane *p, const struct audit_act *act) __attribute__((nonnull));

/*
 * Adds that somebody signed in ("signin") or out ("signout"), done as it is.
 * What cannot be written down is told in the log and to the journal, and is
 * not refused: nothing that others see is changed by it, and who is kept out
 * cannot look at why the disk is full, or end a session that must end.
 */
void audit_note(struct pane *p, const struct session_token *who, const struct audit_act *act) __attribute__((nonnull));

/*
 * Adds that the act of the last audit_write() of this request failed, and why
 * (it is shown to admins; say what the program's log says). Without this call
 * the answer decides, see audit_close().
 */
void audit_failed(struct pane *p, const char *why) __attribute__((nonnull));

/*
 * Called once the pane has answered: adds that the act is done, or, after an
 * error, that it failed with that status. Does nothing where nothing was
 * recorded, or where audit_failed() has said it.
 */
void audit_close(struct pane *p) __attribute__((nonnull));

#endif
