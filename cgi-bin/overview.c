/*
 * overview.c -- the Overview pane: is all well, and what needs a person?
 *
 *   GET /hermes                the whole page; ?part=1 its <section> alone
 *   GET /api/hermes/overview   the same model as JSON (also as /api/hermes, the page's own address)
 */
#include "report/report.h"
#include "view/facts.h"
#include "view/overview_view.h"
#include "web/pane.h"

static void show_overview(struct pane *p)
{
	const struct snapshot *s = snapshot_load(p->config, p->now, p->arena);

	if (pane_visitor_has(p, snapshot_facts(s, p->arena)))
		return;
	pane_render(p, overview_view(s, p->instance, p->arena));
}

int main(void)
{
	static const struct route routes[] = {
		{ "GET", "/hermes", "overview", ACCESS_VIEWER, show_overview, NULL },
		{ "GET", "/api/hermes/overview", NULL, ACCESS_VIEWER, show_overview, NULL },
		{ "GET", "/api/hermes", NULL, ACCESS_VIEWER, show_overview, NULL },
		{ 0 },
	};

	return pane_main("overview", routes);
}
