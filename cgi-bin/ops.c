/*
 * ops.c -- the Ops pane: every reading of every instance and of the machine.
 *
 *   GET /hermes/ops       the whole page; ?part=1 its <section> alone
 *   GET /api/hermes/ops   the same model as JSON
 *
 *   ?severity=all|critical|warning|unknown|fine
 */
#include "report/report.h"
#include "view/facts.h"
#include "view/ops_view.h"
#include "web/pane.h"

static void show_ops(struct pane *p)
{
	const char *severity = params_get(&p->request->params, "severity");
	const struct snapshot *s;

	if (severity && !ops_is_severity(severity)) {
		pane_fail(p, 400, "There is no such severity. There are: " OPS_SEVERITIES ".");
		return;
	}
	s = snapshot_load(p->config, p->now, p->arena);
	if (pane_visitor_has(p, snapshot_facts(s, p->arena)))
		return;
	pane_render(p, ops_view(s, p->instance, severity, p->arena));
}

int main(void)
{
	static const struct route routes[] = {
		{ "GET", "/hermes/ops", "ops", ACCESS_VIEWER, show_ops, "severity" },
		{ "GET", "/api/hermes/ops", NULL, ACCESS_VIEWER, show_ops, "severity" },
		{ 0 },
	};

	return pane_main("ops", routes);
}
