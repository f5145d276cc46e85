#include "view/cron_view.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"

/* An answer stays under 1 MiB and a page under 60 KB on the wire: so many jobs in all, an instance's worst first. */
#define ROWS_MAX 100

/* What a job's judgement says, as the filter puts it; "all" takes what fits none of the others, too. */
static const struct filter {
	const char *id;
	const char *label;
	const char *words; /* of a judgement, each between commas */
	const char *none;  /* what an instance says that has no such job */
} filters[] = {
	{ "all", "All", NULL, "It has no cron jobs." },
	{ "failed", "Failed", ",failed,not delivered,blocked,", "No job of it has failed or was not delivered." },
	{ "late", "Late", ",late,", "No job of it is late." },
	{ "paused", "Paused", ",paused,completed,", "No job of it is paused or completed." },
	{ "ok", "Ok", ",ok,not run yet,", "No job of it is fine." },
};

/* The filter of that id, the first for NULL; NULL when there is none. */
static const struct filter *find_filter(const char *id)
{
	if (!id)
		return &filters[0];
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (str_eq(filters[i].id, id))
			return &filters[i];
	return NULL;
}

bool cron_is_state(const char *state)
{
	return state && find_filter(state);
}

static bool takes(const struct filter *f, const struct judgement *j)
{
	const char *at = f->words ? strstr(f->words, j->word) : NULL;

	return !f->words || (at && at > f->words && at[-1] == ',' && at[strlen(j->word)] == ',');
}

/* ---- what is shown ---- */

/* An instance's judgements of its jobs, which follow the one of "cron" in the report's order. */
static const struct judgement *jobs_of(const struct verdict_part *p, size_t *n)
{
	const struct judgement *sum = judge_find(p->judgements, p->n, "cron");
	size_t after = sum ? (size_t)(sum - p->judgements) + 1 : p->n;

	*n = 0;
	while (after + *n < p->n && *n < p->snapshot->report.cron.n_jobs && str_starts(p->judgements[after + *n].id, "cron."))
		++*n;
	return p->judgements + after;
}

static int worst_first(const void *x, const void *y)
{
	const struct cron_row *a = x, *b = y;
	int by_status = status_rank(b->judgement->status) - status_rank(a->judgement->status);

	/* Among equals in the file's order, which is that of the array. */
	return by_status ? by_status : (a->job > b->job) - (a->job < b->job);
}

static void fill_group(struct cron_group *g, const struct verdict_part *p, const struct filter *f, struct arena *a)
{
	size_t n;
	const struct judgement *judged = jobs_of(p, &n);

	g->part = p;
	g->rows = arena_calloc(a, n ? n : 1, sizeof(*g->rows));
	for (size_t i = 0; i < n; i++)
		if (takes(f, &judged[i]))
			g->rows[g->n++] = (struct cron_row){ .job = &p->snapshot->report.cron.jobs[i], .judgement = &judged[i] };
	qsort(g->rows, g->n, sizeof(*g->rows), worst_first);
	g->matched = g->n;
}

static int group_rank(const struct cron_group *g)
{
	const struct judgement *sum = judge_find(g->part->judgements, g->part->n, "cron");
	const struct judgement *scheduler = judge_find(g->part->judgements, g->part->n, "scheduler");
	int rank = sum ? status_rank(sum->status) : 0, other = scheduler ? status_rank(scheduler->status) : 0;

	return rank > other ? rank : other;
}

static int worst_group_first(const void *x, const void *y)
{
	const struct cron_group *a = x, *b = y;
	int by_rank = group_rank(b) - group_rank(a);

	return by_rank ? by_rank : (a->part > b->part) - (a->part < b->part);
}

/* Where there is not room for all, each instance gets the same number of rows, and one at least. */
static void share_out(struct cron_plan *plan)
{
	size_t total = 0, with_jobs = 0, each;

	for (size_t i = 0; i < plan->n_groups; i++) {
		total += plan->groups[i].n;
		with_jobs += plan->groups[i].n > 0;
	}
	if (total <= ROWS_MAX)
		return;
	each = with_jobs < ROWS_MAX ? ROWS_MAX / with_jobs : 1;
	for (size_t i = 0; i < plan->n_groups; i++)
		if (plan->groups[i].n > each)
			plan->groups[i].n = each;
}

struct cron_plan *cron_plan(const struct snapshot *s, const char *choice, const char *state, struct arena *a)
{
	struct cron_plan *plan = arena_calloc(a, 1, sizeof(*plan));
	const struct filter *f = find_filter(state);
	const struct verdict *v = verdict_of(s, choice, a);

	*plan = (struct cron_plan){ .snapshot = s, .verdict = v, .choice = choice, .state = f->id, .n_groups = v->n_parts };
	plan->groups = arena_calloc(a, v->n_parts ? v->n_parts : 1, sizeof(*plan->groups));
	for (size_t i = 0; i < v->n_parts; i++)
		fill_group(&plan->groups[i], &v->parts[i], f, a);
	qsort(plan->groups, plan->n_groups, sizeof(*plan->groups), worst_group_first);
	share_out(plan);
	return plan;
}

/* ---- the model ---- */

static size_t count(const struct cron_plan *plan, const struct filter *f)
{
	size_t total = 0, n;

	for (size_t i = 0; i < plan->n_groups; i++) {
		const struct judgement *judged = jobs_of(plan->groups[i].part, &n);

		for (size_t k = 0; k < n; k++)
			total += takes(f, &judged[k]);
	}
	return total;
}

static void add_filters(cJSON *model, const struct cron_plan *plan, struct arena *a)
{
	cJSON *list = json_add_array(model, "filters");

	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		cJSON *o = cJSON_CreateObject();
		size_t n = count(plan, &filters[i]);

		json_add_string(o, "id", filters[i].id);
		json_add_string(o, "label", filters[i].label);
		json_add_i64(o, "count", (int64_t)n);
		json_add_string(o, "countText", human_count(a, (int64_t)n));
		json_add_string(o, "href", arena_printf(a, "%s&state=%s", link_pane(a, "cron", plan->choice), filters[i].id));
		json_add_bool(o, "isCurrent", str_eq(filters[i].id, plan->state));
		json_append(list, o);
	}
}

struct tally {
	size_t all, bad, unknown, unread; /* unread: instances whose jobs are not known */
};

static struct tally tally_of(const struct cron_plan *plan)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < plan->n_groups; i++) {
		const struct instance_snapshot *in = plan->groups[i].part->snapshot;
		size_t n;
		const struct judgement *judged = jobs_of(plan->groups[i].part, &n);

		t.all += n;
		t.unread += !in->has_report || in->report.cron.probe.state == PROBE_UNKNOWN;
		for (size_t k = 0; k < n; k++) {
			t.unknown += judged[k].status == STATUS_UNKNOWN;
			t.bad += judged[k].status != STATUS_UNKNOWN && status_needs_attention(judged[k].status);
		}
	}
	return t;
}

static const char *with_verb(size_t n, const char *one, const char *many, struct arena *a)
{
	return arena_printf(a, "%s %s", human_number(a, (int64_t)n), n == 1 ? one : many);
}

/* "11 cron jobs, two need a look, one is unknown" */
static const char *headline(const struct cron_plan *plan, struct arena *a)
{
	struct tally t = tally_of(plan);
	const char *text;

	if (t.all == 0)
		return t.unread ? "Cron jobs are not known" : "There are no cron jobs";
	text = arena_printf(a, "%s cron job%s, ", human_count(a, (int64_t)t.all), t.all == 1 ? "" : "s");
	if (t.bad || !t.unknown)
		text = arena_printf(a, "%s%s", text, t.bad ? with_verb(t.bad, "needs a look", "need a look", a) : "none needs a look");
	if (t.unknown)
		text = arena_printf(a, "%s%s%s", text, t.bad ? ", " : "", with_verb(t.unknown, "is unknown", "are unknown", a));
	return t.unread ? arena_printf(a, "%s; those of %s are not known", text, human_plural(a, (int64_t)t.unread, "instance")) :
			  text;
}

static void add_note(cJSON *notes, const struct verdict_part *p, const char *text, struct arena *a)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", p->snapshot->instance->id);
	add_text(o, "text", text, 400, a);
	json_append(notes, o);
}

/* What stands in the way of knowing more, each with its reason. */
static void add_notes(cJSON *card, const struct cron_group *g, struct arena *a)
{
	const struct verdict_part *p = g->part;
	const struct judgement *exporter = judge_find(p->judgements, p->n, "exporter");
	const struct cron *c = &p->snapshot->report.cron;
	cJSON *notes = json_add_array(card, "notes");

	if (p->is_dark && exporter && exporter->title)
		add_note(notes, p, arena_printf(a, "%s. %s", exporter->title,
					     p->snapshot->has_report ? "What follows is as it was then." : exporter->why), a);
	else if (p->is_dark)
		add_note(notes, p, "Nothing is known: there is no report that can be used.", a);
	if (p->snapshot->has_report && c->probe.state == PROBE_UNKNOWN)
		add_note(notes, p, arena_printf(a, "The jobs could not be read: %s.",
					     c->probe.reason ? c->probe.reason : "no reason is given"), a);
	else if (p->snapshot->has_report && c->probe.state == PROBE_OK && c->probe.reason)
		add_note(notes, p, arena_printf(a, "Of %s.", c->probe.reason), a);
	if (g->ledger_error)
		add_note(notes, p, arena_printf(a, "Past runs are not known: %s. Of each job only the last result is shown.",
					     g->ledger_error), a);
}

static const char *more_text(const struct cron_group *g, const struct cron_plan *plan, struct arena *a)
{
	size_t more = g->matched - g->n;

	if (!more)
		return NULL;
	return arena_printf(a, "%s more, none of them worse%s", human_count(a, (int64_t)more),
			    plan->choice ? "" : "; choose this instance to see more of its jobs");
}

/* Why there are no rows, where that is not said by a note. */
static const char *empty_text(const struct cron_group *g, const struct cron_plan *plan)
{
	const struct instance_snapshot *in = g->part->snapshot;

	if (g->n || !in->has_report || in->report.cron.probe.state == PROBE_UNKNOWN)
		return NULL;
	if (g->part->is_dark && in->report.cron.n_jobs && !str_eq(plan->state, "all"))
		return "How its jobs are now is not known, so none can be told apart by it.";
	return find_filter(plan->state)->none;
}

static cJSON *group_card(const struct cron_group *g, const struct cron_plan *plan, struct arena *a)
{
	const struct verdict_part *p = g->part;
	const char *id = p->snapshot->instance->id;
	const struct judgement *scheduler = judge_find(p->judgements, p->n, "scheduler");
	const struct judgement *sum = judge_find(p->judgements, p->n, "cron");
	const struct cron *c = &p->snapshot->report.cron;
	cJSON *card = cJSON_CreateObject(), *jobs;

	json_add_string(card, "instanceId", id);
	add_text(card, "name", p->name, 100, a);
	add_text(card, "user", p->snapshot->instance->user, 100, a);
	json_add_string(card, "status", status_name(sum ? sum->status : STATUS_UNKNOWN));
	add_text(card, "word", sum ? sum->word : "unknown", 100, a);
	json_add(card, "scheduler", scheduler ? reading_json(scheduler, id, true, plan->snapshot->now, a) : NULL);
	add_time(card, "heartbeat", c->heartbeat_at, plan->snapshot->now, a);
	json_add_string(card, "tasksHref", arena_printf(a, "%s&source=cron", link_pane(a, "tasks", id)));
	add_notes(card, g, a);
	jobs = json_add_array(card, "jobs");
	for (size_t i = 0; i < g->n; i++)
		json_append(jobs, cron_job_json(&g->rows[i], g, plan->snapshot->now, a));
	json_add_bool(card, "hasJobs", g->n > 0);
	json_add_string(card, "emptyText", empty_text(g, plan));
	json_add_string(card, "moreText", more_text(g, plan, a));
	json_add_string(card, "moreHref",
			plan->choice ? NULL : arena_printf(a, "%s&state=%s", link_pane(a, "cron", id), plan->state));
	return card;
}

cJSON *cron_view(const struct cron_plan *plan, struct arena *a)
{
	cJSON *model = cJSON_CreateObject(), *list;

	add_head(model, "Cron", plan->snapshot, plan->verdict, plan->choice, a);
	json_add_string(model, "headline", headline(plan, a));
	json_add_string(model, "state", plan->state);
	add_filters(model, plan, a);
	list = json_add_array(model, "cards");
	for (size_t i = 0; i < plan->n_groups; i++)
		json_append(list, group_card(&plan->groups[i], plan, a));
	return model;
}
