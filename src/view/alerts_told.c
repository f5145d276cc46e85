/* What was said of alerts, and whether anybody is told at all. */
#include "base/str.h"
#include "json/json.h"
#include "view/alerts_parts.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"

const struct alert_told *alerts_told_of(const struct feed *p, const char *id, const struct store_alert *booked)
{
	for (size_t i = 0; booked && i < p->in->n_ledgers; i++) {
		const struct alerts_ledger *l = &p->in->ledgers[i];

		if (str_eq(l->id, id) && l->told)
			return &l->told[booked - l->open];
	}
	return NULL;
}

/* "Two messages sent, the last 3 h ago; one was refused." */
static const char *told_text(const struct feed *p, const struct alert_told *t)
{
	const char *text = "", *sep = "";

	if (t->sent > 0) {
		text = arena_printf(p->a, "%s sent, %s%s", human_plural(p->a, t->sent, "message"), t->sent > 1 ? "the last " : "",
				    human_ago(p->a, t->sent_at, p->s->now));
		sep = "; ";
	}
	if (t->merged > 0) {
		text = arena_printf(p->a, "%s%s%s told together with others", text, sep, human_number(p->a, t->merged));
		sep = "; ";
	}
	if (t->waiting > 0) {
		text = arena_printf(p->a, "%s%s%s waiting", text, sep, human_number(p->a, t->waiting));
		sep = "; ";
	}
	if (t->refused > 0) {
		text = arena_printf(p->a, "%s%s%s refused", text, sep, human_number(p->a, t->refused));
		sep = "; ";
	}
	if (t->unclear > 0)
		text = arena_printf(p->a, "%s%s%s may not have arrived", text, sep, human_number(p->a, t->unclear));
	return arena_printf(p->a, "%s.", human_cap(p->a, text));
}

void alerts_add_told(cJSON *o, const struct feed *p, const char *id, int64_t alert, const struct alert_told *told)
{
	cJSON *t;

	if (!told || told->sent < 0 || told->sent + told->waiting + told->refused + told->unclear + told->merged == 0) {
		json_add_null(o, "told");
		return;
	}
	t = json_add_object(o, "told");
	json_add_i64(t, "sent", told->sent);
	json_add_i64(t, "waiting", told->waiting);
	json_add_i64(t, "refused", told->refused);
	json_add_i64(t, "unclear", told->unclear);
	json_add_i64(t, "merged", told->merged);
	add_time_as(t, "sentAt", "sentText", "sentExact", told->sent_at, p->s->now, p->a);
	json_add_string(t, "text", told_text(p, told));
	json_add_string(t, "href", arena_printf(p->a, "%s&alert=%lld", link_pane(p->a, "notifications", id), (long long)alert));
}

void alerts_add_telling(cJSON *model, const struct feed *p)
{
	const struct verdict_part *last = NULL;
	bool is_on = false;
	int64_t good = 0;

	for (size_t i = 0; i < p->v->n_parts; i++) {
		const struct instance_snapshot *in = p->v->parts[i].snapshot;

		is_on |= in->instance->notify.is_on;
		if (!in->instance->notify.is_on || !in->has_report || in->report.loops.delivery.good_at <= good)
			continue;
		good = in->report.loops.delivery.good_at;
		last = &p->v->parts[i];
	}
	json_add_string(model, "tellingText",
			last ? arena_printf(p->a, "Silent when healthy: the last message went to %s’s chat %s, and arrived.", last->name,
					    human_ago(p->a, good, p->s->now))
			: is_on ? "Silent when healthy: no message has arrived yet."
				: "Nobody is told of alerts: notifications are not configured.");
	json_add_string(model, "notificationsHref", link_pane(p->a, "notifications", p->choice));
}
