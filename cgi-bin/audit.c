/*
 * audit.c -- the Audit page: who changed what, when, and how it ended. For admins.
 *
 *   GET /hermes/audit       the whole page; ?part=1 what changes of it
 *   GET /api/hermes/audit   the same model as JSON
 *
 *   ?action=all|refresh|... by=SUBJECT limit= cursor=
 */
#include "report/audit_read.h"
#include "view/audit_view.h"
#include "web/pane.h"

static void show_audit(struct pane *p)
{
	const struct params *q = &p->request->params;
	const struct audit_asked asked = { .action = params_get(q, "action"), .by = params_get(q, "by"),
					   .cursor = params_get(q, "cursor"), .limit = params_get(q, "limit") };
	struct audit_query query;
	struct audit_page page;
	const char *wrong = audit_query_parse(&asked, p->arena, &query);

	if (wrong) {
		pane_fail(p, 400, wrong);
		return;
	}
	/* Who has just done something must see it, and not this second's page from before. */
	p->is_live = true;
	query.instance = p->instance;
	audit_read(p->config->state_dir, &query, p->now, &page, p->arena);
	pane_render(p, audit_view(pane_snapshot(p), p->instance, &asked, &page, p->arena));
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/hermes/audit", show_audit },
		{ "GET", "/api/hermes/audit", show_audit },
		{ 0 },
	};

	return pane_main("audit", handlers);
}
