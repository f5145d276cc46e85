/*
 * agents.c -- the Agents pane: what each instance is made of, and where they part.
 *
 *   GET  /hermes/agents        the whole page; ?part=1 what changes of it
 *   GET  /api/hermes/agents    the same model as JSON
 *   POST /hermes/agents/mark   calls a difference intended, or takes that back; admins
 *
 *   ?q=TEXT    only skills in whose name, category or origin it occurs
 */
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "report/marks.h"
#include "view/agents_view.h"
#include "view/agent_diff.h"
#include "view/facts.h"
#include "web/audit.h"
#include "web/pane.h"
#include "web/urls.h"

/* What may have changed besides the reports. */
static const char *marks_facts(const struct marks *m, struct arena *a)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(256 * 1024);

	buf_printf(&out, "%d %s", (int)m->probe.state, m->probe.reason ? m->probe.reason : "");
	for (size_t i = 0; i < m->n_list; i++)
		buf_printf(&out, "\n%s %lld %s %s", m->list[i].key ? m->list[i].key : "", (long long)m->list[i].at,
			   m->list[i].by ? m->list[i].by : "", m->list[i].n_values ? m->list[i].values[0].digest : "");
	return arena_strdup(a, buf_str(&out));
}

/* A search as it may be; NULL after a 400. */
static const char *search_of(struct pane *p, const char *q)
{
	if (!q)
		return "";
	if (strlen(q) > 4 * AGENTS_QUERY_MAX || str_utf8_count(q, strlen(q)) > AGENTS_QUERY_MAX) {
		pane_fail(p, 400, "The search is too long: 100 characters at most.");
		return NULL;
	}
	return q;
}

static void show_agents(struct pane *p)
{
	const char *q = search_of(p, request_param(p->request, "q"));
	const struct snapshot *s;
	struct marks marks;

	if (!q)
		return;
	/* An admin who has just marked something must see it, and not this second's page from before. */
	p->is_live = p->token->role == ROLE_ADMIN;
	s = pane_snapshot(p);
	marks_load(p->config->state_dir, p->now, &marks, p->arena);
	if (pane_visitor_has(p, arena_printf(p->arena, "%s\n%s", snapshot_facts(s, p->arena), marks_facts(&marks, p->arena))))
		return;
	pane_render(p, agents_view(s, &marks, p->instance, q, p->arena));
}

/* ---- marking ---- */

struct posted {
	const char *key;
	const char *seen;           /* of the state that the person looked at */
	bool is_intended;
};

static bool read_form(struct pane *p, struct posted *f)
{
	const char *action = request_field(p->request, "action");

	f->key = request_field(p->request, "key");
	f->seen = request_field(p->request, "seen");
	if (!f->key || !f->seen || strlen(f->key) > MARK_KEY_MAX || strlen(f->seen) != DIGEST_CHARS) {
		pane_fail(p, 400, "The form is incomplete: it needs a difference (key) and what was seen of it (seen).");
		return false;
	}
	if (!str_eq(action, "intend") && !str_eq(action, "undo")) {
		pane_fail(p, 400, "There is no such action. There are: intend, undo.");
		return false;
	}
	f->is_intended = str_eq(action, "intend");
	return true;
}

/* Back to the page that the form stood on. */
static void go_back(struct pane *p)
{
	const char *id = request_field(p->request, "instance"), *q = request_field(p->request, "q");
	const struct instance *in = id ? config_instance(p->config, id) : NULL;
	struct param search = { "q", q };
	const struct params with = { .items = &search, .n = q && *q ? 1 : 0 };

	response_redirect(p->response, url_make(p->arena, "/hermes/agents", &with, "instance", in ? in->id : "all"));
}

static bool store_mark(struct pane *p, const struct posted *f, const struct mark *m)
{
	const char *reason = NULL;
	bool ok = f->is_intended ? marks_set(p->config->state_dir, m, p->arena, &reason) :
				   marks_remove(p->config->state_dir, f->key, p->arena, &reason);

	if (ok)
		return true;
	log_line(LOG_LEVEL_ERROR, "marks: %s", reason);
	audit_failed(p, "the mark could not be written down; the program's log says why");
	pane_fail(p, 503, "The mark could not be written down, so nothing was changed. The program's log says why.");
	return false;
}

static void mark_difference(struct pane *p)
{
	struct marks marks = { .n_list = 0 };
	const struct difference *x;
	const struct snapshot *s;
	struct differences d;
	struct audit_act act;
	struct posted f;
	struct mark m;

	if (!read_form(p, &f))
		return;
	s = pane_snapshot(p);
	marks_load(p->config->state_dir, p->now, &marks, p->arena);
	d = differences_of(s, &marks, p->arena);
	x = difference_find(&d, f.key);
	/* What nobody has seen is not called intended: the values may have changed since the page was made. */
	if (!x || !str_eq(x->seen, f.seen)) {
		pane_fail(p, 409, "That difference has changed since the page was made, so nothing was marked. "
				  "Go back, reload the page and look at it again.");
		return;
	}
	act = (struct audit_act){ .action = f.is_intended ? "mark" : "unmark", .target = f.key };
	if (!audit_write(p, &act))
		return;
	m = difference_mark(&d, x, s, p->token->sub, p->arena);
	if (store_mark(p, &f, &m))
		go_back(p);
}

static const struct handler handlers[] = {
	{ "GET", "/hermes/agents", show_agents },
	{ "GET", "/api/hermes/agents", show_agents },
	{ "POST", "/hermes/agents/mark", mark_difference },
	{ 0 },
};

int main(void)
{
	return pane_main("agents", handlers);
}
