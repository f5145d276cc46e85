#include "view/tasks_view.h"

#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/judge_task.h"
#include "view/links.h"
#include "view/parts_json.h"

#define LABELLED_MAX 20
#define KANBAN_MAX   60

struct pane_of {
	const struct snapshot *s;
	const char *choice;
	const struct task_filter *f;
	const struct tasks_input *in;
	const struct verdict *v;
	struct arena *a;
};

static const struct verdict_part *part_of(const struct pane_of *p, const struct instance_snapshot *of)
{
	for (size_t i = 0; i < p->v->n_parts; i++)
		if (p->v->parts[i].snapshot == of)
			return &p->v->parts[i];
	return NULL;
}

static bool nothing_was_read(const struct pane_of *p)
{
	for (size_t i = 0; i < p->in->n_ledgers; i++)
		if (!p->in->ledgers[i].error)
			return false;
	return true;
}

static bool something_was_not_read(const struct pane_of *p)
{
	for (size_t i = 0; i < p->in->n_ledgers; i++)
		if (p->in->ledgers[i].error)
			return true;
	return false;
}

/* ---- what can be chosen ---- */

static cJSON *chip(const struct pane_of *p, const char *name, const char *value, const char *label, bool is_current)
{
	cJSON *o = cJSON_CreateObject();

	add_text(o, "id", value ? value : "all", 200, p->a);
	add_text(o, "label", label, 60, p->a);
	json_add_string(o, "href", task_filter_href(p->f, p->choice, name, value, p->a));
	json_add_bool(o, "isCurrent", is_current);
	return o;
}

static size_t count_jobs(const struct pane_of *p, const char *word)
{
	size_t n = 0;

	for (size_t i = 0; i < p->v->n_parts; i++)
		for (size_t k = 0; k < p->v->parts[i].n; k++) {
			const struct judgement *j = &p->v->parts[i].judgements[k];

			n += str_starts(j->id, "cron.") && str_eq(j->word, word);
		}
	return n;
}

/* How many wait for a look in a state; less than 0 where they are not counted. */
static int64_t count_of(const struct pane_of *p, const char *state)
{
	if (str_eq(state, "not-delivered"))
		return (int64_t)count_jobs(p, "not delivered");
	if (str_eq(state, "late"))
		return (int64_t)count_jobs(p, "late");
	if (nothing_was_read(p))
		return -1;
	if (str_eq(state, "active"))
		return (int64_t)p->in->n_active;
	if (str_eq(state, "stalled"))
		return (int64_t)p->in->n_stalled;
	if (str_eq(state, "failed"))
		return (int64_t)p->in->n_failed;
	return -1;
}

static const char *capped(int64_t n, struct arena *a)
{
	return n >= TASK_COUNT_MAX ? arena_printf(a, "%d+", TASK_COUNT_MAX - 1) : human_count(a, n);
}

static void add_states(cJSON *model, const struct pane_of *p)
{
	cJSON *list = json_add_array(model, "states");

	for (const struct task_choice *c = task_states; c->id; c++) {
		int64_t n = count_of(p, c->id);
		cJSON *o = chip(p, "state", str_eq(c->id, "all") ? NULL : c->id, c->label, str_eq(c->id, p->f->state));

		if (n < 0)
			json_add_null(o, "count");
		else
			json_add_i64(o, "count", n);
		json_add_string(o, "countText", n > 0 ? capped(n, p->a) : NULL);
		json_append(list, o);
	}
}

static void add_sources(cJSON *model, const struct pane_of *p)
{
	cJSON *list = json_add_array(model, "sources");
	bool is_shown = !p->f->source;

	json_append(list, chip(p, "source", NULL, "All", !p->f->source));
	for (size_t i = 0; i < p->in->n_sources && i < LABELLED_MAX; i++) {
		const char *source = p->in->sources[i];

		is_shown |= str_eq(source, p->f->source);
		json_append(list, chip(p, "source", source, source, str_eq(source, p->f->source)));
	}
	if (!is_shown)
		json_append(list, chip(p, "source", p->f->source, p->f->source, true));
}

static void add_spans(cJSON *model, const struct pane_of *p)
{
	cJSON *list = json_add_array(model, "spans");

	for (const struct task_choice *c = task_spans; c->id; c++)
		json_append(list, chip(p, "since", c->id, c->label, str_eq(c->id, p->f->since)));
	json_add_string(model, "spanText",
			p->f->since ? NULL
				    : arena_printf(p->a, "Begun %s%s%s%s.", p->f->from_s ? "from " : "", human_instant(p->a, p->f->from_s),
						   p->f->to_s ? p->f->from_s ? " to " : "before " : "", human_instant(p->a, p->f->to_s)));
}

static void add_filters(cJSON *model, const struct pane_of *p)
{
	cJSON *hidden;
	const struct task_asked *q = &p->f->asked;
	const struct {
		const char *name;
		const char *value;
	} kept[] = { { "instance", p->choice ? p->choice : "all" }, { "state", q->state }, { "source", q->source },
		     { "since", q->since }, { "from", q->from }, { "to", q->to }, { "job", q->job }, { "limit", q->limit } };

	add_states(model, p);
	add_sources(model, p);
	add_spans(model, p);
	add_text(model, "query", p->f->words, 200, p->a);
	json_add_string(model, "clearHref", p->f->words ? task_filter_href(p->f, p->choice, "q", NULL, p->a) : NULL);
	add_text(model, "jobId", p->f->job, 200, p->a);
	json_add_string(model, "allJobsHref", p->f->job ? task_filter_href(p->f, p->choice, "job", NULL, p->a) : NULL);
	hidden = json_add_array(model, "kept");
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		cJSON *o;

		if (!kept[i].value)
			continue;
		o = cJSON_CreateObject();
		json_add_string(o, "name", kept[i].name);
		json_add_string(o, "value", kept[i].value);
		json_append(hidden, o);
	}
}

/* ---- what is shown ---- */

/* Jobs that have not run are no work yet: they are told from their own judgement. */
static cJSON *job_json(const struct pane_of *p, const struct verdict_part *part, const struct judgement *j)
{
	const char *id = part->snapshot->instance->id;
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", id);
	add_text(o, "instanceLabel", part->name, 60, p->a);
	add_text(o, "jobId", j->id + sizeof("cron.") - 1, 200, p->a);
	json_add_string(o, "href", link_pane(p->a, "cron", id));
	add_text(o, "title", j->label, 160, p->a);
	json_add_string(o, "status", status_name(j->status));
	json_add_string(o, "word", j->word);
	add_text(o, "detail", j->detail, 200, p->a);
	return o;
}

static size_t add_jobs(cJSON *model, const struct pane_of *p)
{
	bool wanted = str_eq(p->f->state, "late") || str_eq(p->f->state, "paused");
	cJSON *list = json_add_array(model, "jobs");
	size_t n = 0;

	for (size_t i = 0; wanted && i < p->v->n_parts; i++)
		for (size_t k = 0; k < p->v->parts[i].n && n < TASK_PAGE_MAX; k++) {
			const struct judgement *j = &p->v->parts[i].judgements[k];

			if (!str_starts(j->id, "cron.") || !str_eq(j->word, p->f->state))
				continue;
			json_append(list, job_json(p, &p->v->parts[i], j));
			n++;
		}
	json_add_bool(model, "hasJobs", n > 0);
	return n;
}

/* ---- boards ---- */

static cJSON *kanban_json(const struct pane_of *p, const struct verdict_part *part, const struct kanban_task *t,
			  const struct task_state *state)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", part->snapshot->instance->id);
	add_text(o, "instanceLabel", part->name, 60, p->a);
	json_add_string(o, "kind", "kanban");
	add_text(o, "id", t->id, 200, p->a);
	add_text(o, "board", t->board, 60, p->a);
	add_text(o, "title", t->title ? t->title : t->id, 160, p->a);
	add_text(o, "assignee", t->assignee, 60, p->a);
	json_add_string(o, "status", status_name(state->status));
	json_add_string(o, "state", state->id);
	add_text(o, "word", state->word, 40, p->a);
	add_text(o, "detail", t->error && str_eq(state->id, "failed") ? t->error : state->detail, 200, p->a);
	add_time(o, "started", t->started_at ? t->started_at : t->created_at, p->s->now, p->a);
	add_time(o, "ended", t->completed_at, p->s->now, p->a);
	return o;
}

/* Boards keep no order in time that the list could follow: their tasks stand beside its first page. */
static size_t add_kanban(cJSON *model, const struct pane_of *p)
{
	const struct task_filter *f = p->f;
	bool wanted = !f->has_cursor && !f->job && (!f->source || str_eq(f->source, "kanban"));
	cJSON *list = json_add_array(model, "kanban");
	size_t n = 0;

	for (size_t i = 0; wanted && i < p->v->n_parts; i++) {
		const struct verdict_part *part = &p->v->parts[i];
		const struct kanban *k = &part->snapshot->report.kanban;

		for (size_t t = 0; t < k->n_latest && n < KANBAN_MAX; t++) {
			const struct kanban_task *x = &k->latest[t];
			struct task_state state = judge_kanban_task(x, part->is_dark, p->s->now, p->a);

			if ((!str_eq(f->state, "all") && !str_eq(f->state, state.id)) || (f->words && !str_holds(x->title, f->words)))
				continue;
			json_append(list, kanban_json(p, part, x, &state));
			n++;
		}
	}
	json_add_bool(model, "hasKanban", n > 0);
	return n;
}

static void add_items(cJSON *model, const struct pane_of *p)
{
	cJSON *list = json_add_array(model, "tasks");
	const struct list_cursor *c = NULL;
	struct list_cursor last;

	for (size_t i = 0; i < p->in->n_items; i++) {
		const struct work_item *item = &p->in->items[i];
		const struct instance_snapshot *of = p->in->ledgers[item->ledger].snapshot;
		const struct verdict_part *part = part_of(p, of);

		json_append(list, work_item_json(item, of, part && part->is_dark, p->s->now, p->a));
		last = (struct list_cursor){ item->at, of->instance->id, item->kind, item->n };
		c = &last;
	}
	json_add_bool(model, "hasTasks", p->in->n_items > 0);
	json_add_string(model, "nextCursor", p->in->has_more ? task_cursor_text(c, p->a) : NULL);
	json_add_string(model, "olderHref",
			p->in->has_more ? task_filter_href(p->f, p->choice, "cursor", task_cursor_text(c, p->a), p->a) : NULL);
	json_add_string(model, "newestHref", p->f->has_cursor ? task_filter_href(p->f, p->choice, NULL, NULL, p->a) : NULL);
}

/* A ledger that could not be read says so; one that is behind says that. */
static size_t add_notes(cJSON *model, const struct pane_of *p)
{
	cJSON *list = json_add_array(model, "notes");
	size_t n = 0;

	for (size_t i = 0; i < p->in->n_ledgers; i++) {
		const struct tasks_ledger *l = &p->in->ledgers[i];
		const struct verdict_part *part = part_of(p, l->snapshot);
		const char *name = part ? part->name : l->snapshot->instance->id, *text = NULL;
		cJSON *o;

		if (l->error)
			text = arena_printf(p->a, "%s: its work could not be read (%s).", name, l->error);
		else if (part && part->is_dark)
			text = arena_printf(p->a, "%s: as of its last report, %s.", name,
					    human_ago(p->a, l->snapshot->report.generated_at, p->s->now));
		if (!text || ++n > LABELLED_MAX)
			continue;
		o = cJSON_CreateObject();
		json_add_string(o, "instanceId", l->snapshot->instance->id);
		add_text(o, "text", text, 400, p->a);
		json_append(list, o);
	}
	json_add_bool(model, "hasNotes", n > 0);
	return n;
}

/* Whose jobs are not known now: "none is late" says nothing of them. NULL where all are. */
static const char *jobs_unknown(const struct pane_of *p)
{
	const char **names = arena_calloc(p->a, p->v->n_parts + 1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < p->v->n_parts; i++) {
		const struct verdict_part *part = &p->v->parts[i];

		if (part->is_dark || part->snapshot->report.cron.probe.state == PROBE_UNKNOWN)
			names[n++] = part->name;
	}
	return n ? human_list(p->a, names, n < LABELLED_MAX ? n : LABELLED_MAX) : NULL;
}

static const char *none_text(const struct pane_of *p, const struct task_choice *c)
{
	bool is_of_jobs = str_eq(c->id, "late") || str_eq(c->id, "paused") || str_eq(c->id, "not-delivered");
	const char *unknown = is_of_jobs ? jobs_unknown(p) : NULL;

	return unknown ? arena_printf(p->a, "%s But the jobs of %s are not known now.", c->none, unknown) : c->none;
}

static const char *empty_text(const struct pane_of *p, size_t n_jobs)
{
	const struct task_choice *c = task_states;

	if (p->in->n_items || n_jobs)
		return NULL;
	if (p->in->n_ledgers == 0)
		return "No Hermes instance was found, so there is no work to list.";
	if (nothing_was_read(p))
		return "No work could be read: the notes say why. That is no report that there is none.";
	if (p->f->words)
		return "No title begins a word with that in this time.";
	while (c->id && !str_eq(c->id, p->f->state))
		c++;
	return none_text(p, c);
}

/* "3 at work, 2 need a look" */
static const char *headline(const struct pane_of *p)
{
	int64_t busy = (int64_t)p->in->n_active;
	int64_t look = (int64_t)p->in->n_stalled + (int64_t)p->in->n_failed + count_of(p, "not-delivered") + count_of(p, "late");

	if (nothing_was_read(p) && p->in->n_ledgers)
		return "What is at work is not known";
	return arena_printf(p->a, "%s at work, %s%s", busy ? capped(busy, p->a) : "Nothing",
			    look == 0 ? "nothing needs a look"
				      : arena_printf(p->a, "%s need%s a look", capped(look, p->a), look == 1 ? "s" : ""),
			    something_was_not_read(p) ? ", as far as it could be read" : "");
}

cJSON *tasks_view(const struct snapshot *s, const char *choice, const struct task_filter *f, const struct tasks_input *in,
		  struct arena *a)
{
	const struct pane_of p = { s, choice, f, in, verdict_of(s, choice, a), a };
	cJSON *model = cJSON_CreateObject();
	size_t n_jobs;

	add_head(model, "Tasks", s, p.v, choice, a);
	json_add_string(model, "headline", headline(&p));
	json_add_string(model, "state", f->state);
	add_filters(model, &p);
	add_notes(model, &p);
	n_jobs = add_jobs(model, &p) + add_kanban(model, &p);
	add_items(model, &p);
	json_add_string(model, "emptyText", empty_text(&p, n_jobs));
	return model;
}
