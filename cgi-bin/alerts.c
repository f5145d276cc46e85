/*
 * alerts.c -- the Alerts pane: one feed of what needs someone, and of what did.
 *
 *   GET /hermes/alerts       the whole page; ?part=1 what changes of it
 *   GET /api/hermes/alerts   the same model as JSON
 *
 *   GET /hermes/notifications       every message that was to be said, and what became of it; /api/hermes/notifications as JSON
 *       ?state=all|sent|waiting|refused|unclear|merged alert=N (of one instance) limit= cursor=
 *
 *   POST /hermes/alerts/answer   acknowledges, snoozes, silences, or takes that back; admins
 *
 *   ?show=all|open|acknowledged|snoozed|silenced|closed severity=all|critical|warning|unknown q= limit= cursor= tz=
 */
#include "base/str.h"
#include "pane/alerts_read.h"
#include "pane/answer_post.h"
#include "pane/messages_read.h"
#include "view/facts.h"
#include "web/pane.h"

static void show_alerts(struct pane *p)
{
	const struct params *q = &p->request->params;
	const struct alerts_asked asked = { .show = params_get(q, "show"), .severity = params_get(q, "severity"),
					    .q = params_get(q, "q"), .cursor = params_get(q, "cursor"),
					    .limit = params_get(q, "limit") };
	const struct snapshot *s;
	struct alerts_filter filter;
	struct alerts_input in;
	const char *wrong = alerts_filter_parse(&asked, p->arena, &filter);

	if (!wrong && filter.has_cursor && !str_eq(filter.after.ledger_id, "host") &&
	    !config_instance(p->config, filter.after.ledger_id))
		wrong = "This cursor belongs to an instance that is not configured. Begin again without it.";
	if (wrong) {
		pane_fail(p, 400, wrong);
		return;
	}
	/* An admin who has just answered must see it, and not this second's page from before. */
	p->is_live = p->token->role == ROLE_ADMIN;
	s = pane_snapshot(p);
	if (pane_visitor_has(p, arena_printf(p->arena, "%s\n%s", ledgers_facts(p), snapshot_facts(s, p->arena))))
		return;
	alerts_read(p, &filter, &in);
	in.zone = p->zone;
	pane_render(p, alerts_view(s, p->instance, &filter, &in, p->arena));
}

static void show_notifications(struct pane *p)
{
	const struct params *q = &p->request->params;
	const struct messages_asked asked = { .state = params_get(q, "state"), .alert = params_get(q, "alert"),
					      .cursor = params_get(q, "cursor"), .limit = params_get(q, "limit") };
	const struct snapshot *s;
	struct messages_filter filter;
	struct messages_input in;
	const char *wrong = messages_filter_parse(&asked, p->instance, p->arena, &filter);

	if (!wrong && filter.has_cursor && !config_instance(p->config, filter.after.ledger_id))
		wrong = "This cursor belongs to an instance that is not configured. Begin again without it.";
	if (wrong) {
		pane_fail(p, 400, wrong);
		return;
	}
	s = pane_snapshot(p);
	if (pane_visitor_has(p, arena_printf(p->arena, "%s\n%s", ledgers_facts(p), snapshot_facts(s, p->arena))))
		return;
	messages_read(p, &filter, &in);
	pane_render(p, notifications_view(s, p->instance, &filter, &in, p->arena));
}

static const struct handler handlers[] = {
	{ "GET", "/hermes/alerts", show_alerts },
	{ "GET", "/api/hermes/alerts", show_alerts },
	{ "GET", "/hermes/notifications", show_notifications },
	{ "GET", "/api/hermes/notifications", show_notifications },
	{ "POST", "/hermes/alerts/answer", answer_post },
	{ 0 },
};

int main(void)
{
	return pane_main("alerts", handlers);
}
