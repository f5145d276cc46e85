/*
 * ops.c -- the Ops pane: every reading of every instance and of the machine; and the runbook to them.
 *
 *   GET /hermes/ops           the whole page; ?part=1 what changes of it
 *   GET /api/hermes/ops       the same model as JSON
 *       ?severity=all|critical|warning|unknown|fine
 *   GET /hermes/runbook       docs/runbook.md as a page; /api/hermes/runbook as JSON
 *       ?reading=ID           the one section of that reading
 *   GET /hermes/backups       thirty days of backups and the last restore drill, of each instance; /api/hermes/backups as JSON
 *       ?tz=Area/City (remembered; else this machine's)
 *   POST /hermes/refresh      asks exporters for new reports, from the bar of any page; admins
 */
#include "pane/backups_read.h"
#include "view/facts.h"
#include "view/markdown.h"
#include "view/ops_view.h"
#include "view/runbook.h"
#include "view/runbook_view.h"
#include "web/document.h"
#include "web/pane.h"
#include "web/refresh.h"

static void show_ops(struct pane *p)
{
	const char *severity = params_get(&p->request->params, "severity");
	const struct snapshot *s;

	if (severity && !ops_is_severity(severity)) {
		pane_fail(p, 400, "There is no such severity. There are: " OPS_SEVERITIES ".");
		return;
	}
	s = pane_snapshot(p);
	if (pane_visitor_has(p, snapshot_facts(s, p->arena)))
		return;
	pane_render(p, ops_view(s, p->instance, severity, p->arena));
}

static void show_runbook(struct pane *p)
{
	const char *reading = params_get(&p->request->params, "reading");
	struct document d = document_load("runbook.md", MARKDOWN_MAX_BYTES, p->arena);
	const struct snapshot *s;
	cJSON *model;

	if (!d.text) {
		pane_fail(p, 500, d.problem);
		return;
	}
	s = pane_snapshot(p);
	if (pane_visitor_has(p, arena_printf(p->arena, "%s\n%s", d.version, snapshot_facts(s, p->arena))))
		return;
	model = runbook_view(d.text, d.n, reading, s, p->instance, p->arena);
	if (model)
		pane_render(p, model);
	else
		pane_fail(p, 400, "The runbook has no section for that reading. " RUNBOOK_PATH " lists all of them.");
}

static void show_backups(struct pane *p)
{
	struct zone_day days[BACKUP_DAYS];
	struct backups_question q = { .zone = p->zone, .days = days };
	const struct snapshot *s = pane_snapshot(p);

	if (pane_visitor_has(p, arena_printf(p->arena, "%s\n%s", ledgers_facts(p), snapshot_facts(s, p->arena))))
		return;
	zone_days(p->zone, p->now, BACKUP_DAYS, days);
	q.offset_s = zone_offset_s(p->zone, p->now);
	backups_read(p, s, &q);
	pane_render(p, backups_view(s, p->instance, &q, p->arena));
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/hermes/ops", show_ops },
		{ "GET", "/api/hermes/ops", show_ops },
		{ "GET", "/hermes/runbook", show_runbook },
		{ "GET", "/api/hermes/runbook", show_runbook },
		{ "GET", "/hermes/backups", show_backups },
		{ "GET", "/api/hermes/backups", show_backups },
		{ "POST", "/hermes/refresh", refresh_post },
		{ 0 },
	};

	return pane_main("ops", handlers);
}
