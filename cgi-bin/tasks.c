/*
 * tasks.c -- the Tasks pane: one ledger of work across instances.
 *
 *   GET /hermes/tasks       the whole page; ?part=1 what changes of it
 *   GET /api/hermes/tasks   the same model as JSON
 *
 *   ?state= source= since= (or from= to=) q= job= limit= cursor=     see view/task_filter.h
 */
#include "pane/task_list.h"
#include "view/facts.h"
#include "view/human.h"
#include "web/pane.h"

static void read_asked(const struct pane *p, struct task_asked *out)
{
	const struct params *q = &p->request->params;

	*out = (struct task_asked){
		.state = params_get(q, "state"), .source = params_get(q, "source"), .since = params_get(q, "since"),
		.from = params_get(q, "from"),	 .to = params_get(q, "to"),	    .q = params_get(q, "q"),
		.job = params_get(q, "job"),	 .cursor = params_get(q, "cursor"), .limit = params_get(q, "limit"),
	};
}

/* A source that nobody has work from is a slip of the pen, unless nobody's work could be read. */
static bool has_source(struct pane *p, const struct task_filter *f, const struct tasks_input *in)
{
	if (!f->source || in->n_sources == 0 || task_list_knows_source(in, f->source))
		return true;
	pane_fail(p, 400, arena_printf(p->arena, "No work comes from that source. There is work from: %s.",
				       human_list(p->arena, in->sources, in->n_sources < 20 ? in->n_sources : 20)));
	return false;
}

static bool has_job(struct pane *p, const struct task_filter *f, const struct tasks_input *in)
{
	if (!f->job || in->knows_job || in->n_ledgers == 0)
		return true;
	pane_fail(p, 400, "There is no scheduled job of that id, and no run of one. The Cron page lists those there are.");
	return false;
}

static void show_tasks(struct pane *p)
{
	const struct snapshot *s = pane_snapshot(p);
	struct ledgers ledgers;
	struct task_filter filter;
	struct task_asked asked;
	struct tasks_input in;
	const char *wrong;

	read_asked(p, &asked);
	wrong = task_filter_parse(&asked, p->now, p->arena, &filter);
	if (!wrong && filter.has_cursor && !config_instance(p->config, filter.after.ledger_id))
		wrong = "This cursor belongs to an instance that is not configured. Begin again without it.";
	if (wrong) {
		pane_fail(p, 400, wrong);
		return;
	}
	if (pane_visitor_has(p, snapshot_facts(s, p->arena)))
		return;
	ledgers = ledgers_open(p);
	task_list_read(&ledgers, s, &filter, &in, p->arena);
	if (has_source(p, &filter, &in) && has_job(p, &filter, &in))
		pane_render(p, tasks_view(s, p->instance, &filter, &in, p->arena));
	ledgers_close(&ledgers);
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/hermes/tasks", show_tasks },
		{ "GET", "/api/hermes/tasks", show_tasks },
		{ 0 },
	};

	return pane_main("tasks", handlers);
}
