#include "pane/task_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "view/judge_task.h"

#define SOURCES_MAX    100
#define JOBS_SEARCHED  20 /* whose runs a search shows, an instance */
#define SAME_RUN_S     120

struct listing {
	const struct task_filter *f;
	const struct ledgers *ledgers;
	const struct instance_snapshot **snapshots;
	struct list_stream *streams;
	size_t n;
	int64_t now;
	struct arena *a;
};

static struct list_stream *add(struct listing *l, size_t ledger, enum work_kind kind)
{
	struct list_stream *s = &l->streams[l->n < LIST_STREAMS_MAX - 1 ? l->n++ : l->n];

	*s = (struct list_stream){ .kind = kind, .ledger = ledger };
	s->sessions = (struct session_query){ .source = l->f->source, .from_s = l->f->from_s, .to_s = l->f->to_s,
					      .words = l->f->words, .now = l->now };
	s->runs = (struct run_query){ .job = l->f->job, .from_s = l->f->from_s, .to_s = l->f->to_s };
	return s;
}

static void add_sessions(struct listing *l, size_t ledger, enum session_class class, int64_t active_from, int64_t idle_since)
{
	struct list_stream *s;

	if (l->f->job)
		return; /* runs alone belong to a job */
	s = add(l, ledger, WORK_SESSION);
	s->sessions.class = class;
	s->sessions.active_from = active_from;
	s->sessions.idle_since = idle_since;
}

/* Runs have no titles; a search finds them by their job's name. */
static void add_runs(struct listing *l, size_t ledger, const char *status)
{
	const struct cron *cron = &l->snapshots[ledger]->report.cron;
	size_t shown = 0;

	if (l->f->source && !str_eq(l->f->source, "cron"))
		return;
	if (!l->f->words) {
		add(l, ledger, WORK_RUN)->runs.status = status;
		return;
	}
	for (size_t i = 0; i < cron->n_jobs && shown < JOBS_SEARCHED; i++) {
		struct list_stream *s;

		if (!cron->jobs[i].id || !str_holds(cron->jobs[i].name, l->f->words) ||
		    (l->f->job && !str_eq(l->f->job, cron->jobs[i].id)))
			continue;
		s = add(l, ledger, WORK_RUN);
		s->runs.job = cron->jobs[i].id;
		s->runs.status = status;
		shown++;
	}
}

/* Only a job's last run is known not to have been delivered. */
static void add_undelivered(struct listing *l, size_t ledger)
{
	const struct cron *cron = &l->snapshots[ledger]->report.cron;

	for (size_t i = 0; i < cron->n_jobs; i++) {
		const struct cron_job *job = &cron->jobs[i];
		struct list_stream *s;

		if (!job->id || !cron_job_is_undelivered(job) || !job->last_run_at ||
		    (l->f->words && !str_holds(job->name, l->f->words)) || (l->f->job && !str_eq(l->f->job, job->id)))
			continue;
		s = add(l, ledger, WORK_RUN);
		s->runs.job = job->id;
		if (job->last_run_at - 86400 > s->runs.from_s)
			s->runs.from_s = job->last_run_at - 86400;
	}
}

static void add_streams(struct listing *l, size_t ledger)
{
	const char *state = l->f->state;
	int64_t idle = l->now - TASK_ACTIVE_S, given_up = l->now - TASK_STALLED_S;

	if (str_eq(state, "all")) {
		add_sessions(l, ledger, SESSIONS_ANY, 0, 0);
		add_runs(l, ledger, NULL);
	} else if (str_eq(state, "active")) {
		add_sessions(l, ledger, SESSIONS_ANY, idle + 1, 0);
		add_runs(l, ledger, "running");
	} else if (str_eq(state, "stalled")) {
		add_sessions(l, ledger, SESSIONS_UNFINISHED, given_up + 1, idle + 1);
	} else if (str_eq(state, "open")) {
		add_sessions(l, ledger, SESSIONS_WAITING, 0, idle + 1);
		add_sessions(l, ledger, SESSIONS_UNFINISHED, 0, given_up + 1);
	} else if (str_eq(state, "ended")) {
		add_sessions(l, ledger, SESSIONS_ENDED, 0, 0);
	} else if (str_eq(state, "failed")) {
		add_sessions(l, ledger, SESSIONS_FAILED, 0, 0);
		add_runs(l, ledger, "failed");
	} else if (str_eq(state, "ok")) {
		add_runs(l, ledger, "ok");
		add_runs(l, ledger, "silent");
	} else if (str_eq(state, "not-delivered")) {
		add_undelivered(l, ledger);
	}
}

static bool keep(void *ctx, const struct work_item *item)
{
	struct listing *l = ctx;

	return work_item_is(item, l->snapshots[item->ledger], l->f->state, l->now, l->a);
}

/* What cannot be counted is not counted as none: its ledger says why. */
static void tally(const struct ledger *l, const struct task_filter *f, int64_t now, struct tasks_input *out, const char **error,
		  struct arena *a)
{
	const struct session_query active = { .active_from = now - TASK_ACTIVE_S + 1 };
	const struct session_query stalled = { .class = SESSIONS_UNFINISHED, .active_from = now - TASK_STALLED_S + 1,
					       .idle_since = now - TASK_ACTIVE_S + 1 };
	const struct session_query failed = { .class = SESSIONS_FAILED, .from_s = f->from_s, .to_s = f->to_s };
	const struct run_query bad_runs = { .status = "failed", .from_s = f->from_s, .to_s = f->to_s, .limit = TASK_COUNT_MAX };
	struct run_page runs;
	size_t n;

	if (store_session_tally(l->store, &active, TASK_COUNT_MAX, &n, a, error) == 0)
		out->n_active += n;
	if (store_session_tally(l->store, &stalled, TASK_COUNT_MAX, &n, a, error) == 0)
		out->n_stalled += n;
	if (store_session_tally(l->store, &failed, TASK_COUNT_MAX, &n, a, error) == 0)
		out->n_failed += n;
	if (store_run_page(l->store, &bad_runs, &runs, a, error) == 0)
		out->n_failed += runs.n;
}

static void add_source(struct tasks_input *out, const char *source)
{
	for (size_t i = 0; i < out->n_sources; i++)
		if (str_eq(out->sources[i], source))
			return;
	if (source && *source && out->n_sources < SOURCES_MAX)
		out->sources[out->n_sources++] = source;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void add_sources(const struct ledger *l, const struct instance_snapshot *s, struct tasks_input *out, struct arena *a)
{
	const struct sessions *known = &s->report.sessions;
	const char **list = NULL, *error = NULL;
	size_t n = 0;

	for (size_t i = 0; i < known->n_by_source; i++)
		add_source(out, known->by_source[i].source);
	if (l->store && store_sources(l->store, &list, &n, a, &error) == 0)
		for (size_t i = 0; i < n; i++)
			add_source(out, list[i]);
	if (s->report.cron.n_jobs)
		add_source(out, "cron");
	if (s->report.kanban.n_latest)
		add_source(out, "kanban");
}

bool task_list_knows_source(const struct tasks_input *in, const char *source)
{
	for (size_t i = 0; i < in->n_sources; i++)
		if (str_eq(in->sources[i], source))
			return true;
	return false;
}

/* Whether the job asked for is one, or was: its runs outlive it. What cannot be looked up may be. */
static bool knows_job(const struct ledger *l, const struct instance_snapshot *s, const char *job, struct arena *a)
{
	const struct run_query q = { .job = job, .limit = 1 };
	const char *error = NULL;
	struct run_page page;

	for (size_t i = 0; job && i < s->report.cron.n_jobs; i++)
		if (str_eq(s->report.cron.jobs[i].id, job))
			return true;
	return !job || !l->store || store_run_page(l->store, &q, &page, a, &error) < 0 || page.n > 0;
}

static const struct instance_snapshot *snapshot_of(const struct snapshot *s, const char *id)
{
	for (size_t i = 0; i < s->n_instances; i++)
		if (str_eq(s->instances[i].instance->id, id))
			return &s->instances[i];
	return NULL;
}

void task_list_read(const struct ledgers *l, const struct snapshot *s, const struct task_filter *f, struct tasks_input *out,
		    struct arena *a)
{
	struct listing listing = { .f = f, .ledgers = l, .now = s->now, .a = a };
	struct list_ledger *stores = arena_calloc(a, l->n + 1, sizeof(*stores));
	struct list_page page;

	listing.snapshots = arena_calloc(a, l->n + 1, sizeof(*listing.snapshots)); /* NOLINT(bugprone-sizeof-expression): of pointers */
	listing.streams = arena_calloc(a, LIST_STREAMS_MAX, sizeof(*listing.streams));
	*out = (struct tasks_input){ .ledgers = arena_calloc(a, l->n + 1, sizeof(*out->ledgers)), .n_ledgers = l->n,
				     .sources = arena_calloc(a, SOURCES_MAX, sizeof(*out->sources)) };
	for (size_t i = 0; i < l->n; i++) {
		listing.snapshots[i] = snapshot_of(s, l->list[i].instance->id);
		stores[i] = (struct list_ledger){ l->list[i].instance->id, l->list[i].store };
		out->ledgers[i] = (struct tasks_ledger){ listing.snapshots[i], l->list[i].error };
		add_sources(&l->list[i], listing.snapshots[i], out, a);
		out->knows_job |= knows_job(&l->list[i], listing.snapshots[i], f->job, a);
		if (!l->list[i].store)
			continue;
		add_streams(&listing, i);
		tally(&l->list[i], f, s->now, out, &out->ledgers[i].error, a);
	}
	qsort(out->sources, out->n_sources, sizeof(*out->sources), by_name);
	store_list(&(struct list_query){ .ledgers = stores, .n_ledgers = l->n, .streams = listing.streams, .n_streams = listing.n,
					 .after = f->has_cursor ? &f->after : NULL, .limit = f->limit, .keep = keep,
					 .ctx = &listing },
		   &page, a);
	out->items = page.items;
	out->n_items = page.n;
	out->has_more = page.has_more;
	for (size_t i = 0; i < l->n; i++)
		if (page.errors[i])
			out->ledgers[i].error = page.errors[i];
}
