/*
 * cron.c -- the Cron pane: the jobs of every instance, when each was due and what became of it.
 *
 *   GET /hermes/cron       the whole page; ?part=1 its <section> alone
 *   GET /api/hermes/cron   the same model as JSON
 *
 *   ?state=all|failed|late|paused|ok
 */
#include "pane/ledgers.h"
#include "store/store_runs.h"
#include "view/cron_view.h"
#include "view/facts.h"
#include "web/pane.h"

/* The runs of one job; false with one line in *error. */
static bool read_past(struct cron_row *row, struct store *s, int64_t kept_since, struct arena *a, const char **error)
{
	const struct run_query q = { .job = row->job->id, .limit = CRON_PAST_MAX };
	struct cron_past *past = arena_alloc(a, sizeof(*past));
	struct run_page page;

	if (!q.job)
		return true;
	if (store_run_page(s, &q, &page, a, error) < 0)
		return false;
	*past = (struct cron_past){ page.runs, page.numbers, page.n, page.has_more, kept_since };
	row->past = past;
	return true;
}

static void read_ledger(struct pane *p, struct cron_group *g)
{
	struct ledger l = { 0 };
	int64_t kept_since;

	if (g->n == 0)
		return;
	l = ledger_open(p, g->part->snapshot->instance);
	CLEANUP(store_closep) struct store *s = l.store;

	g->ledger_error = l.error;
	if (!s)
		return;
	kept_since = store_kept_since(s);
	for (size_t i = 0; i < g->n && !g->ledger_error; i++)
		read_past(&g->rows[i], s, kept_since, p->arena, &g->ledger_error);
}

static void show_cron(struct pane *p)
{
	const char *state = params_get(&p->request->params, "state");
	const struct snapshot *s;
	struct cron_plan *plan;

	if (state && !cron_is_state(state)) {
		pane_fail(p, 400, "There is no such state. There are: " CRON_STATES ".");
		return;
	}
	s = pane_snapshot(p);
	if (pane_visitor_has(p, snapshot_facts(s, p->arena)))
		return;
	plan = cron_plan(s, p->instance, state, p->arena);
	for (size_t i = 0; i < plan->n_groups; i++)
		read_ledger(p, &plan->groups[i]);
	pane_render(p, cron_view(plan, p->arena));
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/hermes/cron", show_cron },
		{ "GET", "/api/hermes/cron", show_cron },
		{ 0 },
	};

	return pane_main("cron", handlers);
}
