/*
 * posture.c -- the Posture pane: the guardrails as checks with their evidence, and what Mission Control itself may do.
 *
 *   GET /hermes/posture       the whole page; ?part=1 what changes of it
 *   GET /api/hermes/posture   the same model as JSON
 */
#include "view/facts.h"
#include "view/posture_view.h"
#include "web/pane.h"

static void show_posture(struct pane *p)
{
	const struct snapshot *s = pane_snapshot(p);

	if (!pane_visitor_has(p, snapshot_facts(s, p->arena)))
		pane_render(p, posture_view(s, p->instance, p->arena));
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/hermes/posture", show_posture },
		{ "GET", "/api/hermes/posture", show_posture },
		{ 0 },
	};

	return pane_main("posture", handlers);
}
