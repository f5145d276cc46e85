#include "view/cron_slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "view/judge_task.h"

/* Two records of one run's end differ by less. */
#define SAME_RUN_S 120
/* A clock may be set back a little between two ticks. */
#define EARLY_MAX_S 60
/* So long a run may take that leaves no trace before its end. */
#define UNSEEN_RUN_S 3600

#define RUNS_MAX 200
#define PERIOD_MAX_S (INT64_C(10) * 366 * 86400)

struct known_run {
	const struct cron_run *run;
	int64_t n;                  /* the ledger's number; 0 = jobs.json's own */
};

struct slots {
	const struct cron_slot_facts *f;
	struct arena *arena;
	struct known_run runs[RUNS_MAX + 1]; /* newest first; jobs.json's own among them */
	size_t n_runs;
	struct cron_run last;       /* what jobs.json says of the last run */
	int64_t hole_from;          /* between these two the ledger lags behind jobs.json */
	int64_t hole_to;
	int64_t known_from;         /* from here on a run that is not there did not happen */
	bool has_starts;            /* this version tells when a run began */
	struct cron_slot made[CRON_DUE_MAX]; /* newest first */
	size_t n;
};

static int64_t start_of(const struct cron_run *r)
{
	return r->started_at ? r->started_at : r->finished_at;
}

static int64_t end_of(const struct cron_run *r)
{
	return r->finished_at ? r->finished_at : r->started_at;
}

static bool is_by_hand(const struct cron_run *r)
{
	return str_eq(r->source, "by hand");
}

/* ---- what there is to go by ---- */

static bool has_last_run(const struct slots *s, int64_t at)
{
	for (size_t i = 0; i < s->n_runs; i++)
		if (llabs(end_of(s->runs[i].run) - at) <= SAME_RUN_S)
			return true;
	return false;
}

/* jobs.json has other words than the ledger. */
static const char *result_of(const char *last_status)
{
	return str_eq(last_status, "error") || str_eq(last_status, "blocked_config") ? "failed" : last_status;
}

/* jobs.json knows how the last run ended, with or without a ledger. */
static void take_last_run(struct slots *s)
{
	const struct cron_job *job = s->f->job;
	size_t at = 0;

	if (!job->last_run_at || job->last_run_at > s->f->at || has_last_run(s, job->last_run_at))
		return;
	s->last = (struct cron_run){ .finished_at = job->last_run_at, .status = result_of(job->last_status) };
	while (at < s->n_runs && start_of(s->runs[at].run) > job->last_run_at)
		at++;
	memmove(&s->runs[at + 1], &s->runs[at], (s->n_runs - at) * sizeof(struct known_run));
	s->runs[at] = (struct known_run){ &s->last, 0 };
	s->n_runs++;
	s->hole_to = job->last_run_at;
	s->hole_from = at + 1 < s->n_runs ? end_of(s->runs[at + 1].run) : 0;
}

static void take_runs(struct slots *s)
{
	const struct cron_past *p = s->f->past;
	int64_t oldest = INT64_MAX;

	for (size_t i = 0; p && i < p->n && s->n_runs < RUNS_MAX; i++) {
		if (start_of(&p->runs[i]) > s->f->at)
			continue;
		s->has_starts |= p->runs[i].started_at != 0;
		s->runs[s->n_runs++] = (struct known_run){ &p->runs[i], p->numbers[i] };
		oldest = start_of(&p->runs[i]);
	}
	s->known_from = oldest;
	if (p && !p->is_cut && p->kept_since && p->kept_since < oldest)
		s->known_from = p->kept_since;
	/* Hermes itself says that it never ran. */
	if (s->f->job->created_at && !s->f->job->last_run_at && s->f->job->runs == 0 && s->n_runs == 0)
		s->known_from = s->f->job->created_at;
}

/* ---- one slot ---- */

static void add(struct slots *s, int64_t due, enum cron_slot_state state)
{
	if (s->n < CRON_DUE_MAX)
		s->made[s->n++] = (struct cron_slot){ .due_at = due, .state = state };
}

static enum cron_slot_state state_of_run(const struct slots *s, const struct cron_run *r)
{
	static const struct {
		const char *id;
		enum cron_slot_state state;
	} states[] = { { "ok", CRON_SLOT_OK },	       { "silent", CRON_SLOT_OK },   { "failed", CRON_SLOT_FAILED },
		       { "empty", CRON_SLOT_EMPTY }, { "running", CRON_SLOT_RUNNING }, { "not-delivered", CRON_SLOT_UNDELIVERED } };
	struct task_state t = judge_run_task(r, s->f->job, false, s->f->at, s->arena);

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (str_eq(t.id, states[i].id))
			return states[i].state;
	return CRON_SLOT_UNCLEAR;
}

static void add_run(struct slots *s, int64_t due, size_t i)
{
	const struct cron_run *r = s->runs[i].run;
	struct cron_slot slot = { .due_at = due, .state = state_of_run(s, r), .run_at = start_of(r), .run_n = s->runs[i].n };

	/* When only its end is known, a long run looks like a late one. */
	if (r->started_at && s->f->job->grace_s > 0 && r->started_at - due > s->f->job->grace_s) {
		slot.late_s = r->started_at - due;
		if (slot.state == CRON_SLOT_OK)
			slot.state = CRON_SLOT_LATE;
	}
	if (s->n < CRON_DUE_MAX)
		s->made[s->n++] = slot;
}

/* How long after its time a run may still be without a trace: where only ends are told, it may be at work. */
static int64_t wait_s(const struct slots *s)
{
	return s->f->job->grace_s + (s->has_starts ? 0 : UNSEEN_RUN_S);
}

/* A due time that nothing is known to have come of. */
static void add_empty(struct slots *s, int64_t due, bool is_newest)
{
	const struct cron_job *job = s->f->job;
	bool is_in_hole = due > s->hole_from && due <= s->hole_to;

	if (job->created_at && due < job->created_at) {
		add(s, due, CRON_SLOT_BEFORE);
	} else if (s->f->is_paused && job->paused_at && due >= job->paused_at) {
		add(s, due, CRON_SLOT_PAUSED);
	} else if (is_newest && s->f->is_late) {
		add(s, due, CRON_SLOT_LATE);
		s->made[s->n - 1].late_s = s->f->at - due;
	} else if (is_newest && !s->f->is_paused && s->f->at - due <= wait_s(s)) {
		add(s, due, CRON_SLOT_WAITING);
	} else if (due >= s->known_from && !is_in_hole && !(s->f->is_paused && !job->paused_at)) {
		add(s, due, CRON_SLOT_MISSED);
	} else {
		add(s, due, CRON_SLOT_UNOBSERVED);
	}
}

/* ---- times that the clock gives ---- */

static size_t due_times(const struct cron_job *job, int64_t at, int64_t out[CRON_DUE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < job->n_due; i++) {
		const struct cron_due *d = &job->due[i];
		bool is_sane = d->from > 0 && d->from <= at && d->every_s >= 0 && d->every_s <= PERIOD_MAX_S;

		for (int64_t k = 0; is_sane && k < d->times && k < CRON_DUE_MAX && n < CRON_DUE_MAX; k++) {
			int64_t t = d->from + k * d->every_s;

			if (t <= at && (n == 0 || t > out[n - 1]))
				out[n++] = t;
		}
	}
	return n;
}

static int64_t early_s(const struct cron_job *job)
{
	int64_t s = job->period_s > 0 ? job->period_s / 20 : EARLY_MAX_S;

	return s < EARLY_MAX_S ? s : EARLY_MAX_S;
}

/* The first run from `from` on and before `to` that was not started by hand; n_runs when there is none. */
static size_t first_run(const struct slots *s, int64_t from, int64_t to)
{
	size_t found = s->n_runs;

	for (size_t i = 0; i < s->n_runs; i++) {
		int64_t t = start_of(s->runs[i].run);

		if (t >= from && t < to && !is_by_hand(s->runs[i].run))
			found = i;
	}
	return found;
}

static void fill_by_clock(struct slots *s, const int64_t *due, size_t n)
{
	int64_t early = early_s(s->f->job);

	for (size_t i = n; i-- > 0;) {
		size_t run = first_run(s, due[i] - early, i + 1 < n ? due[i + 1] - early : INT64_MAX);

		if (run < s->n_runs)
			add_run(s, due[i], run);
		else
			add_empty(s, due[i], i + 1 == n);
	}
}

/* ---- times that count from the end of the run before ---- */

/* Due times from `from` on and before `to`, a period apart, at which nothing ran; the newest first. */
static void fill_gap(struct slots *s, int64_t from, int64_t to)
{
	int64_t period = s->f->job->period_s, k = (to - from + period - 1) / period;

	for (k = to > from ? k : 0; k-- > 0 && s->n < CRON_DUE_MAX;)
		add_empty(s, from + k * period, false);
}

/* What came after the newest run: the time that it is waiting for, and times that were let pass. */
static void fill_newest(struct slots *s)
{
	const struct cron_job *job = s->f->job;
	int64_t next = job->next_run_at, first = end_of(s->runs[0].run) + job->period_s;
	int64_t end = next && next <= s->f->at ? next : s->f->at;

	if (str_eq(s->runs[0].run->status, "running"))
		return;
	if (s->f->is_paused) {
		fill_gap(s, first, s->f->at + 1);
		return;
	}
	if (next && next <= s->f->at)
		add_empty(s, next, true);
	/* Not the very time that the next run, a moment apart in another record, was counted to. */
	fill_gap(s, first, end - job->period_s / 2);
}

static void fill_by_runs(struct slots *s)
{
	int64_t period = s->f->job->period_s, first = 0;

	fill_newest(s);
	for (size_t i = 0; i < s->n_runs && s->n < CRON_DUE_MAX; i++) {
		int64_t start = start_of(s->runs[i].run);
		int64_t due = i + 1 < s->n_runs ? end_of(s->runs[i + 1].run) + period : start;
		/* After times that were let pass it counts anew; and a run may come early, after one by hand. */
		bool is_anew = start - due >= period || due > start;

		first = start;
		if (!is_by_hand(s->runs[i].run))
			add_run(s, is_anew ? start : due, i);
		if (start - due >= period)
			fill_gap(s, due, start - period / 2);
	}
	if (!(s->f->past && s->f->past->is_cut))
		for (; s->n < CRON_DUE_MAX && first > period && first - period >= s->f->job->created_at; first -= period)
			add_empty(s, first - period, false);
}

/* ---- */

/* Whether the slots end where they do because the job is no older. */
static bool is_young(const struct slots *s)
{
	const struct cron_job *job = s->f->job;
	int64_t oldest = s->n ? s->made[s->n - 1].due_at : job->next_run_at;

	return job->created_at > 0 && job->period_s > 0 && oldest > 0 && oldest - 2 * job->period_s <= job->created_at;
}

size_t cron_slots(const struct cron_slot_facts *f, struct cron_slot out[CRON_DUE_MAX], struct arena *a)
{
	struct slots s = { .f = f, .arena = a };
	int64_t due[CRON_DUE_MAX];
	size_t n_due = due_times(f->job, f->at, due);
	bool has_period = f->job->period_s > 0 && f->job->period_s <= PERIOD_MAX_S;

	take_runs(&s);
	take_last_run(&s);
	if (has_period && s.n_runs && str_eq(f->job->kind, "interval"))
		fill_by_runs(&s);
	else
		fill_by_clock(&s, due, n_due);
	for (bool pad = has_period && is_young(&s); pad && s.n < CRON_DUE_MAX;)
		s.made[s.n++] = (struct cron_slot){ .state = CRON_SLOT_BEFORE };
	for (size_t i = 0; i < s.n; i++)
		out[i] = s.made[s.n - 1 - i];
	return s.n;
}

static const struct {
	const char *id, *word, *class;
} words[CRON_SLOT_STATES] = {
	[CRON_SLOT_UNOBSERVED] = { "not-observed", "not observed", "unseen" },
	[CRON_SLOT_BEFORE] = { "before", "before it existed", "before" },
	[CRON_SLOT_PAUSED] = { "paused", "paused", "off" },
	[CRON_SLOT_WAITING] = { "waiting", "no result yet", "due" },
	[CRON_SLOT_RUNNING] = { "running", "running", "due" },
	[CRON_SLOT_OK] = { "ok", "ok", "ok" },
	[CRON_SLOT_UNCLEAR] = { "unknown", "result not known", "unknown" },
	[CRON_SLOT_EMPTY] = { "empty", "no answer", "warn" },
	[CRON_SLOT_LATE] = { "late", "late", "warn" },
	[CRON_SLOT_UNDELIVERED] = { "not-delivered", "not delivered", "warn" },
	[CRON_SLOT_MISSED] = { "missed", "missed", "missed" },
	[CRON_SLOT_FAILED] = { "failed", "failed", "critical" },
};

static size_t index_of(enum cron_slot_state s)
{
	return (size_t)s < CRON_SLOT_STATES ? (size_t)s : CRON_SLOT_UNOBSERVED;
}

const char *cron_slot_id(enum cron_slot_state s)
{
	return words[index_of(s)].id;
}

const char *cron_slot_word(enum cron_slot_state s)
{
	return words[index_of(s)].word;
}

const char *cron_slot_class(enum cron_slot_state s)
{
	return words[index_of(s)].class;
}
