#include "web/audit.h"

#include <string.h>
#include <systemd/sd-journal.h>

#include "base/log.h"
#include "base/str.h"
#include "report/audit_log.h"

/* Ours, made once by `systemd-id128 new`: `journalctl MESSAGE_ID=` finds every record. */
#define AUDIT_MESSAGE_ID "dffba43bc1a747c2a3e52782472f8838"

static const char *clean(struct pane *p, const char *text)
{
	return text ? str_clean(p->arena, text, strlen(text), AUDIT_WORDS_MAX) : "";
}

/*
 * The journal is the second copy, which the dashboard's user cannot take back.
 * It is sent as fields, each with its length, so no text can begin a field of
 * its own. Where there is no journal this does nothing: the file is what counts.
 */
static void tell_journal(struct pane *p, const struct audit_entry *e)
{
	const char *instance = clean(p, e->instance), *target = clean(p, e->target);

	sd_journal_send("MESSAGE=%s (%s): %s%s%s%s%s", e->sub, e->role, e->action, *target ? " " : "", target,
			*instance ? " of " : "", instance, "MESSAGE_ID=" AUDIT_MESSAGE_ID, "PRIORITY=%d", LOG_LEVEL_INFO,
			"HMC_ACTION=%s", e->action, "HMC_SUBJECT=%s", e->sub, "HMC_ROLE=%s", e->role, "HMC_INSTANCE=%s", instance,
			"HMC_TARGET=%s", target, "HMC_DETAIL=%s", clean(p, e->detail), "HMC_PANE=%s", e->pane, "HMC_REQUEST=%s",
			e->request, "HMC_RECORD=%s", e->id, NULL);
}

static void tell_journal_outcome(const struct pane *p, const char *why)
{
	sd_journal_send("MESSAGE=%s: that %s%s", p->token->sub, why ? "failed: " : "is done", why ? why : "",
			"MESSAGE_ID=" AUDIT_MESSAGE_ID, "PRIORITY=%d", why ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "HMC_OUTCOME=%s",
			why ? "failed" : "done", "HMC_PANE=%s", p->name, "HMC_REQUEST=%s", p->request_id, "HMC_RECORD=%s", p->audit_id,
			NULL);
}

static struct audit_entry entry_of(struct pane *p, const struct session_token *who, const struct audit_act *act)
{
	return (struct audit_entry){
		.id = request_id_new(p->arena),
		.at = p->now,
		.request = p->request_id,
		.sub = who->sub,
		.role = role_name(who->role),
		.pane = p->name,
		.action = act->action,
		.instance = act->instance,
		.target = act->target,
		.detail = act->detail,
	};
}

void audit_note(struct pane *p, const struct session_token *who, const struct audit_act *act)
{
	const struct audit_entry e = entry_of(p, who, act);
	const char *reason = NULL;

	if (!audit_log_record(p->config->state_dir, &e, p->arena, &reason) ||
	    !audit_log_outcome(p->config->state_dir, e.id, AUDIT_DONE, NULL, p->now, p->arena, &reason))
		log_line(LOG_LEVEL_ERROR, "%s", reason);
	tell_journal(p, &e);
}

bool audit_write(struct pane *p, const struct audit_act *act)
{
	const struct audit_entry e = entry_of(p, p->token, act);
	const char *reason = NULL;

	audit_close(p);
	if (!audit_log_record(p->config->state_dir, &e, p->arena, &reason)) {
		log_line(LOG_LEVEL_ERROR, "%s", reason);
		pane_fail(p, 503, "This could not be written down in the audit log, so nothing was changed. The program's log says why.");
		return false;
	}
	tell_journal(p, &e);
	p->audit_id = e.id;
	return true;
}

static void end(struct pane *p, const char *why)
{
	const char *reason = NULL;

	if (!audit_log_outcome(p->config->state_dir, p->audit_id, why ? AUDIT_FAILED : AUDIT_DONE, why, p->now, p->arena, &reason))
		log_line(LOG_LEVEL_ERROR, "how %s ended is not on record: %s", p->audit_id, reason);
	tell_journal_outcome(p, why ? clean(p, why) : NULL);
	p->audit_id = NULL;
}

void audit_failed(struct pane *p, const char *why)
{
	if (p->audit_id)
		end(p, why);
}

void audit_close(struct pane *p)
{
	int status = p->response->status;

	if (p->audit_id)
		end(p, status < 400 ? NULL : arena_printf(p->arena, "answered with %d, %s", status, response_phrase(status)));
}
