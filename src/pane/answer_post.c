#include "pane/answer_post.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "pane/answer_until.h"
#include "report/answers_file.h"
#include "view/alerts_view.h"
#include "view/verdict.h"
#include "web/access.h"
#include "web/audit.h"
#include "web/urls.h"

#define INCOMPLETE "The form is incomplete: "
#define CHANGED    "That alert has changed since the page was made, so nothing was answered. " \
		   "Go back, reload the page and look at it again."

/* One form, as it was posted. */
struct posted {
	const char *action;
	const char *instance;       /* an id, "host", or ANSWER_FOR_ALL */
	const char *reading;
	const char *seen;
	const char *answer;         /* the one to take back */
	struct answer made;
};

static const char *field(struct pane *p, const char *name)
{
	const char *value = request_field(p->request, name);

	return value ? value : "";
}

static bool fail(struct pane *p, int status, const char *message)
{
	pane_fail(p, status, message);
	return false;
}

/* Back to the list that the form stood on. */
static void go_back(struct pane *p)
{
	const struct instance *in = config_instance(p->config, field(p, "choice"));
	struct alerts_filter f;
	struct param show = { "show", field(p, "show") };
	const struct params with = { .items = &show, .n = 1 };
	bool has_show = *show.value && !alerts_filter_parse(&(struct alerts_asked){ .show = show.value }, p->arena, &f);

	response_redirect(p->response, url_make(p->arena, "/hermes/alerts", has_show ? &with : NULL, "instance", in ? in->id : "all"));
}

static const struct answers *answers_of(const struct snapshot *s, const char *id)
{
	for (size_t i = 0; i < s->n_instances; i++)
		if (str_eq(s->instances[i].instance->id, id))
			return &s->instances[i].answers;
	return str_eq(id, "host") ? &s->host.answers : &s->answers;
}

/* ---- the form ---- */

static bool read_instance(struct pane *p, struct posted *f, bool may_be_all)
{
	f->instance = field(p, "instance");
	if (str_eq(f->instance, "host") || (may_be_all && str_eq(f->instance, ANSWER_FOR_ALL)) || config_instance(p->config, f->instance))
		return true;
	if (str_eq(f->instance, ANSWER_FOR_ALL))
		return fail(p, 400, "Only a silence can hold for all instances.");
	access_fail_instance(p);
	return false;
}

static bool read_reason(struct pane *p, struct posted *f)
{
	const char *text = field(p, "reason");

	text = str_clean(p->arena, text, strlen(text), ANSWER_REASON_MAX + 1);
	text += strspn(text, " ");
	if (str_utf8_count(text, strlen(text)) > ANSWER_REASON_MAX)
		return fail(p, 400, "The reason is too long: 200 characters at most.");
	if (!*text && f->made.kind != ANSWER_SNOOZE)
		return fail(p, 400, INCOMPLETE "say why (reason), so that others know.");
	f->made.reason = *text ? text : NULL;
	return true;
}

static bool read_until(struct pane *p, struct posted *f)
{
	const char *time = field(p, "time"), *text = *time ? time : field(p, "until");
	int64_t most = f->made.kind == ANSWER_SNOOZE ? SNOOZE_MAX_S : SILENCE_MAX_S;

	if (f->made.kind == ANSWER_ACKNOWLEDGE) {
		f->made.until = p->now + ACKNOWLEDGE_MAX_S;
		return true;
	}
	if (!answer_until(text, p->zone ? p->zone : "UTC", p->now, p->arena, &f->made.until))
		return fail(p, 400, "Say until when: 4h, 7d, tomorrow, or a time ahead like 2026-11-25T08:00 (until or time).");
	if (f->made.until - p->now > most)
		return fail(p, 400, f->made.kind == ANSWER_SNOOZE ? "A snooze ends within 30 days." : "A silence ends within 90 days.");
	return true;
}

static bool read_reading(struct pane *p, struct posted *f)
{
	const char *wrong;

	f->reading = field(p, "reading");
	wrong = answer_rule_wrong(f->reading);
	if (!wrong && f->made.kind != ANSWER_SILENCE && strchr(f->reading, '*'))
		wrong = "Only a silence can be of several readings.";
	return wrong ? fail(p, 400, wrong) : true;
}

static bool read_kind(struct pane *p, struct posted *f)
{
	static const struct {
		const char *action;
		enum answer_kind kind;
	} kinds[] = { { "acknowledge", ANSWER_ACKNOWLEDGE }, { "snooze", ANSWER_SNOOZE }, { "silence", ANSWER_SILENCE },
		      { "undo", ANSWER_NONE } };

	f->action = field(p, "action");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!str_eq(f->action, kinds[i].action))
			continue;
		f->made.kind = kinds[i].kind;
		return true;
	}
	return fail(p, 400, "There is no such action. There are: acknowledge, snooze, silence, undo.");
}

static bool read_form(struct pane *p, struct posted *f)
{
	if (p->request->form.is_broken)
		return fail(p, 400, "The form holds bytes that are no text: it is UTF-8.");
	if (!read_kind(p, f))
		return false;
	f->seen = field(p, "seen");
	f->answer = field(p, "answer");
	if (f->made.kind == ANSWER_NONE && strlen(f->answer) != ANSWER_ID_CHARS)
		return fail(p, 400, INCOMPLETE "it needs which answer is taken back (answer).");
	if (!read_instance(p, f, f->made.kind == ANSWER_SILENCE || f->made.kind == ANSWER_NONE))
		return false;
	return f->made.kind == ANSWER_NONE || (read_reading(p, f) && read_reason(p, f) && read_until(p, f));
}

/* ---- what it is said of ---- */

/* The alert as it is now; false after a 409 when it is not what the person saw. */
static bool find_alert(struct pane *p, struct posted *f, const struct snapshot *s)
{
	const struct verdict *v = verdict_of(s, NULL, p->arena);
	const struct verdict_part *part = str_eq(f->instance, "host") ? v->host : NULL;
	const struct judgement *j;
	struct answerable alert;

	for (size_t i = 0; i < v->n_parts; i++)
		if (str_eq(v->parts[i].snapshot->instance->id, f->instance))
			part = &v->parts[i];
	j = part ? judge_find(part->judgements, part->n, f->reading) : NULL;
	if (!j || !j->title)
		return fail(p, 409, CHANGED);
	alert = verdict_answerable(part, s, j);
	if (!alert_is_as_seen(j, &alert, f->seen, p->arena))
		return fail(p, 409, CHANGED);
	f->made.severity = alert.severity;
	for (size_t i = 0; alert.opened->probe.state == PROBE_OK && i < alert.opened->n_list; i++)
		if (str_eq(alert.opened->list[i].reading, j->id))
			f->made.opened_at = alert.opened->list[i].at;
	return true;
}

static bool record(struct pane *p, const struct posted *f, const char *target, const char *detail)
{
	const struct audit_act act = { .action = str_eq(f->action, "undo") ? "undo-answer" : f->action,
				       .instance = str_eq(f->instance, ANSWER_FOR_ALL) ? NULL : f->instance,
				       .target = target, .detail = detail };

	return audit_write(p, &act);
}

static void could_not(struct pane *p, const char *reason)
{
	log_line(LOG_LEVEL_ERROR, "answers: %s", reason);
	audit_failed(p, reason);
	pane_fail(p, 503, "The answer could not be written down, so nothing was changed. The program's log says why.");
}

static void conflict(struct pane *p, const char *why)
{
	audit_failed(p, "somebody else was faster");
	pane_fail(p, 409, why);
}

/* ---- doing it ---- */

static void take_back(struct pane *p, const struct posted *f, const struct snapshot *s)
{
	static const char gone[] = "That answer has ended or was taken back already, so nothing was changed. Go back and reload the page.";
	const struct answers *all = answers_of(s, f->instance);
	const struct answer *x = NULL;
	const char *reason = NULL;
	bool found;

	for (size_t i = 0; i < all->n_list; i++)
		if (str_eq(all->list[i].id, f->answer))
			x = &all->list[i];
	if (!x) {
		pane_fail(p, 409, gone);
		return;
	}
	if (!record(p, f, x->reading, x->reason))
		return;
	if (!answers_remove(p->config->state_dir, f->instance, f->answer, &found, p->arena, &reason))
		could_not(p, reason);
	else if (!found)
		conflict(p, gone);
	else
		go_back(p);
}

static void put(struct pane *p, const struct posted *f, const struct snapshot *s)
{
	const struct answer *instead = answers_same(answers_of(s, f->instance), &f->made, p->now);
	const char *reason = NULL;

	if (!record(p, f, f->reading, f->made.reason))
		return;
	switch (answers_add(p->config->state_dir, &f->made, instead, p->arena, &reason)) {
	case ANSWERS_ADDED:
		go_back(p);
		return;
	case ANSWERS_CONFLICT:
		conflict(p, CHANGED);
		return;
	default:
		could_not(p, reason);
	}
}

void answer_post(struct pane *p)
{
	struct posted f = { .made = { .kind = ANSWER_NONE } };
	const struct snapshot *s;

	if (!read_form(p, &f))
		return;
	s = pane_snapshot(p);
	if (f.made.kind == ANSWER_NONE) {
		take_back(p, &f, s);
		return;
	}
	if (f.made.kind != ANSWER_SILENCE && !find_alert(p, &f, s))
		return;
	f.made.id = request_id_new(p->arena);
	f.made.instance_id = f.instance;
	f.made.reading = f.reading;
	f.made.by = p->token->sub;
	f.made.at = p->now;
	put(p, &f, s);
}
