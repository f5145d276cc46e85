/*
 * task.c -- one piece of work: a session with its messages, or a run of a scheduled job.
 *
 *   GET /hermes/tasks/<instance>/<session>       the whole page; ?part=1 its <section> alone
 *   GET /hermes/tasks/<instance>/runs/<number>   the same of a run
 *   GET /api/hermes/tasks/...                    the same models as JSON
 *
 *   ?after=<message>   the messages that follow that one
 */
#include <string.h>

#include "base/str.h"
#include "pane/ledgers.h"
#include "store/store_list.h"
#include "store/store_runs.h"
#include "store/store_sessions.h"
#include "store/store_timeline.h"
#include "view/facts.h"
#include "view/task_view.h"
#include "web/access.h"
#include "web/pane.h"

#define ID_BYTES_MAX 200
#define PAGE_ROWS    100

struct replying {
	struct pane *p;
	const struct snapshot *snapshot;
	const struct instance *instance;
	struct store *store;    /* NULL: it cannot be read, and facts.trouble says why */
	struct session_family family;
	struct run_family run;
	struct timeline_page timeline;
	struct task_facts facts;
};

/* The path's instance and what follows it; NULL after a 404. */
static const struct instance *instance_of(struct pane *p, const char **rest)
{
	const char *slash = strchr(p->rest, '/');
	const struct instance *in;

	if (!slash || !slash[1] || slash == p->rest) {
		pane_fail(p, 404, "There is no such page. A task's address is /hermes/tasks/<instance>/<session>.");
		return NULL;
	}
	in = config_instance(p->config, arena_strndup(p->arena, p->rest, (size_t)(slash - p->rest)));
	if (!in)
		access_fail_instance(p);
	*rest = slash + 1;
	return in;
}

static const struct instance_snapshot *snapshot_of(const struct snapshot *s, const struct instance *in)
{
	for (size_t i = 0; i < s->n_instances; i++)
		if (s->instances[i].instance == in)
			return &s->instances[i];
	return NULL; /* the snapshot has every instance of the configuration */
}

static void open_ledger(struct replying *x)
{
	struct ledger l = ledger_open(x->p, x->instance);

	x->store = l.store;
	x->facts.trouble = l.error;
}

/* What the ledger cannot say is left out, with the reason; what it said before stays. */
static void read_messages(struct replying *x)
{
	struct timeline_query q = { .number = x->family.self.rowid, .after = x->facts.after, .limit = PAGE_ROWS };
	const char **origins = arena_calloc(x->p->arena, x->family.n_children + 1, sizeof(*origins));

	x->facts.family = &x->family;
	x->facts.child_origins = origins;
	if (store_timeline_page(x->store, &q, &x->timeline, x->p->arena, &x->facts.trouble) == 0)
		x->facts.timeline = &x->timeline;
	if (!x->facts.trouble)
		store_origins(x->store, x->family.children, x->family.n_children, origins, x->p->arena, &x->facts.trouble);
}

/* False when there is no such session: then that was said. */
static bool find_session(struct replying *x, const char *id)
{
	bool found = x->store && store_session(x->store, id, &x->family, x->p->arena, &x->facts.trouble);

	x->facts.reported = task_reported(x->facts.instance, id);
	if (found) {
		read_messages(x);
		if (!x->facts.trouble)
			store_run_of_session(x->store, &x->family.self, &x->facts.run_of_session, x->p->arena, &x->facts.trouble);
		return true;
	}
	if (x->facts.trouble || x->facts.reported)
		return true;
	pane_fail(x->p, 404, arena_printf(x->p->arena, "There is no session of that id in the ledger of %s.", x->instance->id));
	return false;
}

static bool find_run(struct replying *x, int64_t n)
{
	struct session session;

	if (!x->store) {
		pane_fail(x->p, 503, arena_printf(x->p->arena, "This run cannot be shown: %s.", x->facts.trouble));
		return false;
	}
	if (!store_run(x->store, n, &x->run, x->p->arena, &x->facts.trouble)) {
		if (x->facts.trouble)
			pane_fail(x->p, 503, arena_printf(x->p->arena, "This run cannot be shown: %s.", x->facts.trouble));
		else
			pane_fail(x->p, 404, arena_printf(x->p->arena, "There is no run of that number in the ledger of %s.",
							  x->instance->id));
		return false;
	}
	x->facts.run = &x->run;
	if (store_run_session(x->store, &x->run.self, x->p->now, &session, x->p->arena, &x->facts.trouble) &&
	    store_session(x->store, session.id, &x->family, x->p->arena, &x->facts.trouble))
		read_messages(x);
	return true;
}

/* "runs/12" is a run; anything else is a session's id. */
static bool is_run(const char *rest, int64_t *n)
{
	return str_starts(rest, "runs/") && str_parse_i64(rest + strlen("runs/"), 1, INT64_MAX, n);
}

static void show(struct replying *x, const char *rest)
{
	int64_t n;

	if (is_run(rest, &n) ? find_run(x, n) : find_session(x, rest))
		pane_render(x->p, task_view(x->snapshot, x->p->instance, &x->facts, x->p->arena));
}

static void show_task(struct pane *p)
{
	struct replying x = { .p = p };
	const char *rest = NULL;

	p->switch_path = "/hermes/tasks"; /* the other instances have other tasks */
	x.instance = instance_of(p, &rest);
	if (!x.instance)
		return;
	if (strlen(rest) > ID_BYTES_MAX) {
		pane_fail(p, 404, "No session has an id as long as that.");
		return;
	}
	if (!params_i64(&p->request->params, "after", 1, INT64_MAX, 0, &x.facts.after)) {
		pane_fail(p, 400, "The parameter \"after\" is the number of a message: digits alone.");
		return;
	}
	x.snapshot = pane_snapshot(p);
	if (pane_visitor_has(p, snapshot_facts(x.snapshot, p->arena)))
		return;
	x.facts.instance = snapshot_of(x.snapshot, x.instance);
	x.facts.asked = rest;
	open_ledger(&x);
	show(&x, rest);
	store_close(x.store);
}

int main(void)
{
	static const struct handler handlers[] = {
		{ "GET", "/hermes/tasks/*", show_task },
		{ "GET", "/api/hermes/tasks/*", show_task },
		{ 0 },
	};

	return pane_main("task", handlers);
}
