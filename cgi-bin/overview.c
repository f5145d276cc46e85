/*
 * overview.c -- the Overview pane: is all well, and what needs a person?
 *
 *   GET /hermes                the whole page; ?part=1 what changes of it
 *   GET /api/hermes/overview   the same model as JSON (also as /api/hermes, the page's own address)
 *
 *   ?tz=      the zone whose days the trends are of (remembered; else this machine's)
 *   ?since=   "changes" since then, for JSON; a page remembers when it was looked at
 */
#include <inttypes.h>

#include "base/clock.h"
#include "pane/overview_read.h"
#include "view/facts.h"
#include "view/overview_view.h"
#include "web/looked.h"
#include "web/pane.h"

static void show_overview(struct pane *p)
{
	const char *since = params_get(&p->request->params, "since");
	struct overview_past past = { .looked_at = looked_before(p) };
	const struct snapshot *s;

	if (since && (!clock_parse_iso(since, 0, &past.looked_at) || past.looked_at <= 0 || past.looked_at > p->now)) {
		pane_fail(p, 400, "\"since\" is a time that is over, like 2026-11-24T05:22:00Z.");
		return;
	}
	s = pane_snapshot(p);
	if (pane_visitor_has(p, arena_printf(p->arena, "%s\n%" PRId64, snapshot_facts(s, p->arena), past.looked_at)))
		return;
	overview_read(p, s, &past);
	pane_render(p, overview_view(s, p->instance, &past, p->arena));
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/hermes", show_overview },
		{ "GET", "/api/hermes/overview", show_overview },
		{ "GET", "/api/hermes", show_overview },
		{ 0 },
	};

	return pane_main("overview", handlers);
}
